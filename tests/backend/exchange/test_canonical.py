"""RFC 8785 with its own examples, and a log that no line can leave."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotable.exchange.canonical import NOTHING_BEFORE, canonical, chained, check_chain, number

# RFC 8785, appendix B: IEEE 754 bits and what they are written as.
NUMBERS = {
    "0000000000000000": "0", "8000000000000000": "0", "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324", "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308", "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992", "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22", "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23", "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000", "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7", "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332", "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
}  # fmt: skip


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items(), ids=list(NUMBERS))
def test_numbers_are_written_as_the_rfc_writes_them(bits: str, text: str) -> None:
    import struct

    assert number(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


def test_members_are_sorted_by_utf_16_as_the_rfc_sorts_them() -> None:
    said = {
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }  # fmt: skip
    assert list(json.loads(canonical(said)).values()) == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
        "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
    ]  # fmt: skip


def test_the_example_of_the_rfc_is_written_byte_by_byte() -> None:
    said = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\nA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert (
        canonical(said)
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**53) + 1, 2**53 - 1),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)  # fmt: skip
def test_what_is_written_reads_back_as_it_was(value: object) -> None:
    assert json.loads(canonical(value), parse_int=float) == value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, {1: 2}, b"x", "\ud800", {"\ud800": 1}], ids=repr
)
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # UnicodeEncodeError is one
        canonical(value)


def test_each_line_holds_the_hash_of_the_line_before() -> None:
    log, head = chained([{"kind": "a"}, {"kind": "b"}])
    first, second = log.splitlines()
    assert json.loads(first) == {"kind": "a", "number": 1, "previous": NOTHING_BEFORE}
    assert json.loads(second)["previous"] == sha256(first).hexdigest()
    assert head == sha256(second).hexdigest()
    assert check_chain(log, head, 2) is None
    assert check_chain(*chained([]), 0) is None


def test_a_log_that_was_touched_says_in_which_line() -> None:
    log, head = chained([{"kind": name} for name in "abcd"])
    lines = log.splitlines(keepends=True)
    changed = lines[0] + lines[1].replace(b'"b"', b'"x"') + b"".join(lines[2:])
    cases = {
        "changed": (changed, 3),
        "taken out": (lines[0] + b"".join(lines[2:]), 2),
        "swapped": (lines[0] + lines[2] + lines[1] + lines[3], 2),
        "cut off": (b"".join(lines[:3]), 4),
        "half a line": (log[:-10], 4),
        "no JSON": (lines[0] + b"{\n" + b"".join(lines[2:]), 2),
        "the last changed": (b"".join(lines[:3]) + lines[3].replace(b'"d"', b'"x"'), 4),
        "empty": (b"", 1),
    }
    found = {name: check_chain(said, head, 4) for name, (said, _) in cases.items()}
    assert {name: one and one.line for name, one in found.items()} == {
        name: line for name, (_, line) in cases.items()
    }
