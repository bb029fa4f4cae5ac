"""Filters of OData: the examples of the BCF API, and filters that mean harm."""

from datetime import UTC, datetime
from typing import Any

import pytest

from holotable.errors import Invalid
from holotable.exchange.odata import ordered, parse_filter, parse_order

NAMES = frozenset({"title", "assigned_to", "creation_date", "labels", "index", "stage"})
ROWS: list[dict[str, Any]] = [
    {"title": "A", "assigned_to": "Architect@example.com", "labels": ["Structural", "MEP"],
     "creation_date": datetime(2015, 12, 6, tzinfo=UTC), "index": 2, "stage": None},
    {"title": "b's", "assigned_to": None, "labels": [],
     "creation_date": datetime(2014, 1, 1, tzinfo=UTC), "index": 1, "stage": "Design"},
]  # fmt: skip


def found(text: str) -> list[str]:
    test = parse_filter(text, NAMES)
    return [row["title"] for row in ROWS if test(row)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("assigned_to eq 'Architect@example.com' and creation_date gt 2015-12-05T00:00:00+01:00",
         ["A"]),
        ("creation_date lt 2015-01-01", ["b's"]),
        ("creation_date lt '2015-01-01T00:00:00Z'", ["b's"]),
        ("labels/any(label: label eq 'Structural')", ["A"]),
        ("not labels/any(l: contains(l, 'M'))", ["b's"]),
        ("title eq 'b''s' or (index ge 2 and index le 2.0)", ["A", "b's"]),
        ("stage eq null", ["A"]),
        ("stage ne null", ["b's"]),
        ("assigned_to gt 'A'", ["A"]),
        ("startswith(tolower(title), 'a')", ["A"]),
        ("index eq 'two'", []),
        ("endswith(title, '''; drop table issue; --')", []),
    ],
)  # fmt: skip
def test_what_passes(text: str, titles: list[str]) -> None:
    assert found(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "", "title", "title eq", "title eq 'x", "(title eq 'x'", "title eq 'x')", "nothing eq 1",
        "title eq 'x' union select 1", "labels/all(x: x eq 1)", "a" * 3_000, "(" * 500,
        "not " * 200 + "index eq 1", " or ".join(["index eq 1"] * 200), "title eq \x00",
        "labels/any(a: labels/any(b: b eq 'x'))", "creation_date eq 2015-99-99", ") eq 1",
    ],
)  # fmt: skip
def test_what_is_no_filter_or_too_much_of_one_is_refused(text: str) -> None:
    if text == "title":
        assert found(text) == ["A", "b's"], "a member by itself is true when it says something"
        return
    with pytest.raises(Invalid) as refused:
        found(text)
    assert refused.value.facts["pointer"] == "/query/$filter"


def test_rows_are_ordered_by_several_members() -> None:
    order = parse_order("stage desc, index", NAMES)
    assert order == [("stage", True), ("index", False)]
    assert [row["title"] for row in ordered(ROWS, order)] == ["b's", "A"]
    assert [row["title"] for row in ordered(ROWS, [("index", False)])] == ["b's", "A"]
    for wrong in ("nothing", "title sideways", "title asc desc", "", "x" * 3_000):
        with pytest.raises(Invalid):
            parse_order(wrong, NAMES)
