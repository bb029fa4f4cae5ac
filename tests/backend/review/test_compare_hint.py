"""Sizes that differ by a unit or lie on their side are told apart from those that changed."""

from typing import Any

import pytest

from holotable.review.compare_hint import Hint, hint_of

PART = (0.127, 0.034925, 0.0635)
STEP: dict[str, Any] = {"kind": "step", "length_unit": "mm", "up_axis": "z"}
STL: dict[str, Any] = {"kind": "stl", "length_unit": None, "up_axis": None}


def hint(
    old: tuple[float, ...],
    new: tuple[float, ...],
    said_old: dict[str, Any] = STEP,
    said_new: dict[str, Any] = STL,
    corrected: dict[str, Any] | None = None,
) -> Hint | None:
    return hint_of(
        {"from": old, "to": new},
        {"from": said_old, "to": said_new},
        {"from": None, "to": corrected},
    )


def scaled(factor: float) -> tuple[float, ...]:
    return tuple(size * factor for size in PART)


@pytest.mark.parametrize(("factor", "unit"), [(25.4, "in"), (1000.0, "m"), (10.0, "cm")])
def test_a_file_without_a_unit_that_is_smaller_by_one_is_named_so(factor: float, unit: str) -> None:
    assert hint(PART, scaled(1 / factor)) == Hint("to", unit, None)
    assert hint(scaled(1 / factor), PART, STL, STEP) == Hint("from", unit, None)


def test_a_model_that_lies_down_is_named_so_alone_and_with_its_unit() -> None:
    x, y, z = PART
    assert hint(PART, (x, z, y)) == Hint("to", None, "y")
    assert hint(PART, (x / 25.4, z / 25.4, y / 25.4)) == Hint("to", "in", "y")
    wavefront = {**STL, "kind": "obj"}
    assert hint(PART, (x, z, y), said_new=wavefront) == Hint("to", None, "z")


def test_what_is_of_one_size_or_was_corrected_or_says_its_unit_gets_no_hint() -> None:
    assert hint(PART, PART) is None
    assert hint(PART, scaled(1.001)) is None  # of triangles
    assert hint(PART, scaled(1 / 25.4), STEP, STEP) is None
    assert hint(PART, scaled(1 / 25.4), corrected={"unit": "ft", "up_axis": "z"}) is None
    assert hint(PART, scaled(2.0)) is None
    assert hint(PART, (0.127 / 25.4, 0.034925, 0.0635)) is None
    assert hint((0.0, 0.0, 0.0), PART) is None
