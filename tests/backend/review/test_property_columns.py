"""Columns of properties: a part's hold for all its placements, a placement's own win."""

import numpy as np

from holotable.review import property_columns
from holotable.review.property_columns import PropertyColumns, text_of

PARTS = np.array([-1, 0, 1, 0])


def test_values_are_stored_once_and_spread_over_the_placements() -> None:
    columns = PropertyColumns(
        {"parts": {"0": {"M": {"grade": "8.8"}}, "1": {"M": {"grade": "10.9"}}},
         "nodes": {"3": {"M": {"grade": "10.9"}}}},
        PARTS,
    )  # fmt: skip
    (grade,) = columns
    assert (grade.key, grade.values) == ("M/grade", ["8.8", "10.9"])
    assert [grade.value_at(row)[1] for row in range(4)] == [None, "8.8", "10.9", "10.9"]
    assert grade.rows_with(np.array([False, True])).tolist() == [2, 3]


def test_truth_and_one_are_two_values() -> None:
    (column,) = PropertyColumns({"nodes": {"1": {"G": {"k": True}}, "2": {"G": {"k": 1}}}}, PARTS)
    assert column.values == [True, 1]
    assert [text_of(value) for value in column.values] == ["true", "1"]


def test_a_column_of_lengths_says_so() -> None:
    table = {"1": {"G": {"w": "0.2 m", "x": 1}}, "2": {"G": {"w": "24 cm", "x": "n/a"}}}
    width, other = PropertyColumns({"nodes": table}, PARTS)
    assert (width.dimension(), width.si_unit()) == ("length", "m")
    assert (other.dimension(), other.si_unit()) == (None, "")


def test_columns_are_named_with_and_without_their_group() -> None:
    columns = PropertyColumns({"nodes": {"1": {"A": {"k": 1}, "B": {"k": 2}}}}, PARTS)
    assert [column.key for column in columns.named("K")] == ["A/k", "B/k"]
    assert [column.key for column in columns.named("b/k")] == ["B/k"]
    assert columns.groups_of(1) == {"A": {"k": 1}, "B": {"k": 2}}


def test_more_values_than_memory_allows_are_cut_and_said(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(property_columns, "_MOST_VALUES", 2)
    columns = PropertyColumns({"nodes": {str(row): {"G": {"k": row}} for row in range(4)}}, PARTS)
    assert columns.cut
    assert next(iter(columns)).rows.tolist() == [0, 1]
