"""Colours and properties are compared as people see them, not as programs write them."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from holotable.review.compare_looks import looks_alike, looks_compared, property_changes
from holotable.review.compare_side import DEFAULT_COLOUR, Side
from tests.compare_models import files_of, row_of_bolts, step_package

ROW = np.array([1])


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Side:
    folder: Path = tmp_path_factory.mktemp("looks")
    return files_of(step_package(folder, lambda file: row_of_bolts(file, [0.0]))).side


def painted(side: Side, colour: str) -> Side:
    return dataclasses.replace(side, colours=[colour] * len(side.ids))


def test_a_colour_a_rounding_away_is_the_same(side: Side) -> None:
    red = painted(side, "#ff0000ff")
    assert looks_alike(red, ROW, painted(side, "#fe0100ff"), ROW).all()
    assert not looks_alike(red, ROW, painted(side, "#f00000ff"), ROW).any()
    assert not looks_alike(red, ROW, painted(side, "#ff000080"), ROW).any()


def test_a_file_without_colours_says_nothing_about_paint(side: Side) -> None:
    plain = painted(side, DEFAULT_COLOUR)
    assert not looks_compared(plain, side)
    assert looks_alike(plain, ROW, painted(side, "#ff0000ff"), ROW).all()


def test_shares_of_faces_are_compared(side: Side) -> None:
    def faced(share: float) -> Side:
        looks = ({"": 1 - share, "#00ff00ff": share},) * len(side.shapes.looks)
        return dataclasses.replace(side, shapes=dataclasses.replace(side.shapes, looks=looks))

    assert looks_alike(faced(0.3), ROW, faced(0.31), ROW).all()
    assert not looks_alike(faced(0.3), ROW, faced(0.4), ROW).any()


def saying(side: Side, **values: object) -> Side:
    return dataclasses.replace(
        side, row_properties={1: {"Pset": values, "File": {"x": id(values)}}}
    )


def test_values_are_equal_in_another_unit_and_the_rest_is_named(side: Side) -> None:
    old = saying(side, length="25.4 mm", state="draft", count=3)
    assert (
        property_changes(old, ROW, saying(side, length="1 in", state="draft", count=3.0), ROW) == {}
    )
    found = property_changes(old, ROW, saying(side, length="26 mm", state="draft"), ROW)
    assert found == {
        0: [
            {"group": "Pset", "name": "count", "from": 3, "to": None},
            {"group": "Pset", "name": "length", "from": "25.4 mm", "to": "26 mm"},
        ]
    }


def test_between_formats_only_what_both_say_counts(side: Side) -> None:
    other = dataclasses.replace(saying(side, state="final"), source_kind="ifc")
    found = property_changes(saying(side, length="25.4 mm", state="draft"), ROW, other, ROW)
    assert found == {0: [{"group": "Pset", "name": "state", "from": "draft", "to": "final"}]}
