"""JSON in one form only (RFC 8785), and a log whose lines hold each other.

Two programs that write the same value write the same bytes, so that a hash of a value means
something. Each line of a log holds the SHA-256 of the line before: nobody takes one out, changes
one or puts one in between without changing every line after it.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

NOTHING_BEFORE: Final = "0" * 64  # what the first line holds
_SAFE: Final = 2**53 - 1  # RFC 8785 §3.2.2.3: numbers are doubles


def canonical(value: Any) -> bytes:
    """A JSON value as RFC 8785 writes it: UTF-8, members sorted, no blanks.

    value: JSON alone: None, bool, str, int, float, lists or tuples, mappings with str keys.
    raises: ValueError for numbers that no double is (NaN, infinities, integers beyond 2^53 - 1),
    for text that is no Unicode (halves of surrogate pairs), and for anything that is no JSON.
    """
    return "".join(_pieces(value)).encode()


def _pieces(value: Any) -> Iterable[str]:
    if value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, str):
        yield _text(value)
    elif isinstance(value, int):
        if abs(value) > _SAFE:
            raise ValueError(f"{value} is no number of JSON that every reader keeps")
        yield str(value)
    elif isinstance(value, float):
        yield number(value)
    elif isinstance(value, Mapping):
        yield "{"
        # §3.2.3: sorted by UTF-16 code units, not by code points.
        for at, key in enumerate(sorted(value, key=lambda key: _text_key(key))):
            yield ("," if at else "") + _text(key) + ":"
            yield from _pieces(value[key])
        yield "}"
    elif isinstance(value, (list, tuple)):
        yield "["
        for at, one in enumerate(value):
            if at:
                yield ","
            yield from _pieces(one)
        yield "]"
    else:
        raise ValueError(f"{type(value).__name__} is no JSON")


def _text_key(key: Any) -> bytes:
    if not isinstance(key, str):
        raise ValueError("members of JSON objects have names")
    return key.encode("utf-16-be", "surrogatepass")


def _text(text: str) -> str:
    text.encode()  # a lone half of a pair raises UnicodeEncodeError, a ValueError
    return json.dumps(text, ensure_ascii=False)  # the two-letter escapes of §3.2.2.2, \u00xx else


def number(value: float) -> str:
    """A double as ECMAScript writes it (ECMA-262, Number::toString): the shortest that reads back.

    raises: ValueError for NaN and infinities.
    """
    if not math.isfinite(value):
        raise ValueError("JSON has no such number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    # Python's repr has the same shortest digits, but another taste for exponents.
    digits, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = digits.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{mantissa}e{point - 1:+d}"


def chained(entries: Sequence[Mapping[str, Any]]) -> tuple[bytes, str]:
    """A log of these entries, one line each, and the SHA-256 of its last line.

    Each line gets `number`, from 1, and `previous`: the SHA-256 (hex) of the line before without
    its line feed, 64 zeros in the first.
    """
    previous = NOTHING_BEFORE
    lines = []
    for at, entry in enumerate(entries, 1):
        line = canonical({**entry, "number": at, "previous": previous})
        previous = sha256(line).hexdigest()
        lines.append(line + b"\n")
    return b"".join(lines), previous


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a log stops holding together. line: from 1."""

    line: int
    why: str


def check_chain(log: bytes, head: str, count: object) -> Broken | None:
    """Follow a log from its first line; None when it holds.

    head: the SHA-256 its last line must have. count: of its lines.
    """
    if log and not log.endswith(b"\n"):
        return Broken(log.count(b"\n") + 1, "the last line does not end")
    lines = log.split(b"\n")[:-1]
    previous = NOTHING_BEFORE
    for at, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            return Broken(at, "this is no JSON")
        if not isinstance(entry, dict):
            return Broken(at, "this is no entry")
        if entry.get("number") != at:
            return Broken(at, f"it says that it is number {entry.get('number')}")
        if entry.get("previous") != previous:
            return Broken(at, "it does not follow the line before it")
        previous = sha256(line).hexdigest()
    if len(lines) != count:
        return Broken(len(lines) + 1, f"there are {len(lines)} lines, {count} were signed")
    if previous != head:
        return Broken(len(lines), "the last line is not the one that was signed")
    return None
