"""Bills of materials: quantities, masses, what is missing, and CSV that is only data."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from part_models import part_search

from holotable.review.bom import as_csv, bill, disarmed, ordered

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "queries.json").read_text())
MODEL = part_search(VECTORS["structure"], VECTORS["properties"])
EVERYTHING = np.arange(5)


def test_a_line_is_a_part_with_its_masses() -> None:
    found = bill(MODEL, EVERYTHING)
    wall, *others = found.lines
    assert (wall.name, wall.quantity, wall.material) == ("Wall type", 2, "Concrete C30")
    assert (wall.mass_kg, wall.total_mass_kg, wall.missing) == (4800.0, 9600.0, 0)
    assert (wall.method, wall.size_m, wall.ranges) == ("exact", (4.0, 2.5, 0.2), [(0, 1)])
    names = {line.name: line for line in others}
    assert names["Gate valve DN50"].number == "4711-17"
    assert names["Bolt"].mass_kg is None
    assert names["Slab type"].method == "mesh"
    assert (found.quantity, found.missing, found.approximate) == (5, 2, True)
    assert found.total_mass_kg == pytest.approx(9612.0)


def test_a_scaled_placement_weighs_more_and_has_no_common_mass() -> None:
    twice = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]
    structure = {**VECTORS["structure"], "transform": [None] * 4 + [twice] + [None] * 4}
    wall = bill(part_search(structure, VECTORS["properties"]), EVERYTHING).lines[0]
    assert wall.mass_kg is None
    assert wall.total_mass_kg == pytest.approx(9 * 4800.0)


def test_lines_may_be_grouped_by_a_property() -> None:
    found = bill(MODEL, EVERYTHING, "storey")
    assert [(line.name, line.quantity, line.material) for line in found.lines] == [
        ("EG", 3, "…"), ("OG", 2, "…"),
    ]  # fmt: skip
    rated = bill(MODEL, EVERYTHING, "FireRating")
    assert [(line.name, line.quantity) for line in rated.lines] == [("", 3), ("F30", 1), ("F90", 1)]


def test_a_bill_of_some_parts_counts_only_these() -> None:
    found = bill(MODEL, np.array([1, 4]))
    assert [(line.name, line.quantity) for line in found.lines] == [("Bolt", 1), ("Wall type", 1)]
    assert bill(MODEL, np.zeros(0, np.int64)).lines == []


def test_unknown_values_come_last_in_any_order() -> None:
    lines = bill(MODEL, EVERYTHING).lines
    assert [line.name for line in ordered(lines, "mass", True)][-2:] == ["Bolt", "Slab type"]
    assert [line.name for line in ordered(lines, "mass", False)][:2] == [
        "Gate valve DN50", "Wall type",
    ]  # fmt: skip
    assert ordered(lines, "name", False)[0].name == "Bolt"


def test_csv_is_read_back_as_it_was_written() -> None:
    structure = {**VECTORS["structure"]}
    structure["parts"] = [
        {**part, "name": name}
        for part, name in zip(
            structure["parts"],
            ['Wall, "thick"', "Zeile 1\nZeile 2", "=HYPERLINK(1)", "-1+2"],
            strict=True,
        )
    ]
    text = as_csv(bill(part_search(structure, VECTORS["properties"]), EVERYTHING))
    assert text.count("\r\n") == 5
    header, *rows = list(csv.reader(io.StringIO(text, newline="")))
    assert header[3:6] == ["Quantity", "Mass each (kg)", "Mass total (kg)"]
    assert rows[0][:6] == ['Wall, "thick"', "", "Concrete C30", "2", "4800", "9600"]
    assert {row[0] for row in rows} >= {"'=HYPERLINK(1)", "'-1+2", "Zeile 1\nZeile 2"}
    assert as_csv(bill(MODEL, EVERYTHING), byte_order_mark=True).startswith("\ufeffName")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_formula_becomes_a_text(text: str) -> None:
    assert disarmed(text) == "'" + text
    assert disarmed("a" + text) == "a" + text
