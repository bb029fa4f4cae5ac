"""Values of parts: names, groups, bins, and what a selection has in common."""

import json
from pathlib import Path

import numpy as np
import pytest
from part_models import part_search

from holotable.errors import BadQuery
from holotable.review.part_values import (
    numbers_in,
    property_names,
    runs_of,
    shared_properties,
    value_groups,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "queries.json").read_text())
MODEL = part_search(VECTORS["structure"], VECTORS["properties"])


def test_runs_and_numbers_are_each_others_inverse() -> None:
    numbers = np.array([0, 1, 2, 5, 9, 10])
    assert runs_of(numbers) == [(0, 2), (5, 5), (9, 10)]
    assert numbers_in([[9, 10], [0, 2], [1, 2], [5, 5]], 11).tolist() == numbers.tolist()
    assert numbers_in([[3, 10**30], [-(10**30), 0]], 5).tolist() == [0, 3, 4]
    assert numbers_in([], 5).tolist() == []
    assert runs_of(np.zeros(0, np.int64)) == []


def test_names_are_ours_first_and_say_what_they_hold() -> None:
    names = {one.key: one for one in property_names(MODEL)}
    assert list(names)[:2] == ["name", "type"]
    assert (names["mass"].kind, names["mass"].unit, names["mass"].occurrences) == (
        "number",
        "kg",
        3,
    )
    assert (names["material"].values, names["material"].occurrences) == (3, 4)
    width = names["BaseQuantities/Width"]
    assert (width.kind, width.unit, width.values, width.occurrences) == ("number", "m", 2, 2)
    assert names["Pset_WallCommon/FireRating"].kind == "text"


def test_parts_are_grouped_by_a_word() -> None:
    found = value_groups(MODEL, "Material", 0)
    assert [(one.label, one.numbers.tolist()) for one in found.groups] == [
        ("Concrete C30", [0, 1]), ("316L", [2]), ("8.8 zinc", [4]),
    ]  # fmt: skip
    assert found.missing.tolist() == [3]
    assert [one.label for one in value_groups(MODEL, "storey", 0).groups] == ["EG", "OG"]


def test_numbers_are_grouped_in_ascending_bins_that_hold_everything() -> None:
    found = value_groups(MODEL, "volume", 2)
    assert (found.kind, found.unit) == ("number", "m³")
    assert found.missing.tolist() == [4]
    assert np.concatenate([one.numbers for one in found.groups]).tolist() != []
    assert sorted(np.concatenate([one.numbers for one in found.groups]).tolist()) == [0, 1, 2, 3]
    assert [one.low for one in found.groups] == sorted(one.low or 0 for one in found.groups)
    each = value_groups(MODEL, "volume", 0)
    assert [one.low for one in each.groups] == [0.0015, 2.0, 10.0]
    widths = value_groups(MODEL, "BaseQuantities/Width", 7)
    assert [(one.low, one.numbers.tolist()) for one in widths.groups] == [(0.2, [0]), (0.24, [1])]


def test_an_unknown_property_is_named() -> None:
    with pytest.raises(BadQuery):
        value_groups(MODEL, "nothing like it", 0)


def test_a_selection_has_common_values_and_sums() -> None:
    found = shared_properties(MODEL, np.array([0, 1]))
    properties = {one.name: one for one in found.properties}
    assert (found.occurrences, found.parts) == (2, 1)
    assert (properties["Material"].value, properties["Material"].distinct) == ("Concrete C30", 1)
    assert (properties["FireRating"].value, properties["FireRating"].distinct) == (None, 2)
    assert properties["Width"].total == pytest.approx(0.44)
    assert properties["Width"].unit == "m"
    assert properties["Count"].total is None
