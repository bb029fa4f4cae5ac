"""Lines of imports: NDJSON and CSV say the same, and what cannot be read says where."""

import json

import pytest

from holotable.errors import ImportTooLarge, Invalid
from holotable.exchange.import_lines import (
    MAX_LINE_CHARACTERS,
    MAX_LINES,
    BadLine,
    Line,
    read_csv,
    read_ndjson,
)


def test_both_forms_say_the_same() -> None:
    said = {"kind": "asset", "ref": {"system": "odoo", "id": "4,7"}, "name": 'A "b"\nc; d'}
    text = json.dumps(said, separators=(",", ":"))
    as_json = b"\xef\xbb\xbf" + text.encode() + b"\r\n"
    for csv in (
        'kind,ref.system,ref.id,name,note\r\nasset, odoo,"4,7","A ""b""\nc; d",\r\n',
        'kind;ref.system;ref.id;name;note\nasset;odoo;4,7;"A ""b""\nc; d";\n\n;;;;\n',
    ):
        assert [line.value for line in read_csv(csv.encode()) if isinstance(line, Line)] == [said]
    assert read_ndjson(as_json) == [Line(1, said)]


def test_a_line_that_cannot_be_read_keeps_its_number_and_the_others() -> None:
    deep = "[" * 50_000
    lines = read_ndjson(f'{{"a":1}}\n\n{{"a":NaN}}\n[1]\n{{"a"\n{deep}\n{{"b":2}}'.encode())
    assert [(one.number, isinstance(one, Line)) for one in lines] == [
        (1, True), (3, False), (4, False), (5, False), (6, False), (7, True),
    ]  # fmt: skip
    rows = read_csv(b"a,b\n1,2\n1,2,3\n4,5\n")
    assert [(one.number, isinstance(one, Line)) for one in rows] == [
        (2, True), (3, False), (4, True),
    ]  # fmt: skip
    broken = read_csv(b'a,b\n1,2\n"x"y,2\n3,4\n')
    assert [isinstance(one, BadLine) for one in broken] == [False, True]
    long = "x" * (MAX_LINE_CHARACTERS + 1)
    assert isinstance(read_ndjson(f'{{"a":"{long}"}}'.encode())[0], BadLine)
    assert isinstance(read_csv(f"a\n{long}\n".encode())[0], BadLine)


@pytest.mark.parametrize(
    "body", [b"\xff", b"a,,b\n", b"a,a\n1,2\n", b"a.b.c\n", b"a,a.b\n", b".a\n"]
)
def test_a_head_line_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_csv(body)


def test_more_lines_than_one_import_may_have_are_refused_whole() -> None:
    assert len(read_ndjson(b"{}\n" * MAX_LINES)) == MAX_LINES
    for read, body in ((read_ndjson, b"{}\n"), (read_csv, b"a\n")):
        with pytest.raises(ImportTooLarge):
            read(body * (MAX_LINES + 2))
    assert (read_ndjson(b""), read_csv(b"")) == ([], []) or read_ndjson(b"\n") == []
