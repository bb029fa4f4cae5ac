"""A comparison as documents: sums before and after, rows by stop, columns that mirror."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from holotable.review.compare import Comparison
from holotable.review.compare_distance import Displacement
from holotable.review.compare_results import (
    change_rows,
    heat_points,
    occurrence_columns,
    part_row,
    summary_of,
    tour_rows,
)
from holotable.review.compare_tour import groups_of, tour_of
from holotable.sample.step_file import Material, StepFile, translation
from tests.compare_models import bolt, compared, plate, step_package


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder: Path = tmp_path_factory.mktemp("results")
    steel = Material("Steel", 7850.0)

    def build(file: StepFile, bore: float, x: float) -> None:
        root = file.assembly("Root")
        file.place(root, file.part("Base", plate(bore), "#808080", steel), None, "Base")
        file.place(root, file.part("Bolt", bolt(), "#303030", steel), translation(x, 200), "Pin")

    return compared(
        step_package(folder, lambda file: build(file, 3.0, 0.0)),
        step_package(folder, lambda file: build(file, 3.25, 2.0)),
    )


def test_sums_are_those_of_the_closed_form(found: Comparison) -> None:
    said = summary_of(found, tour_of(found, groups_of(found)))
    # Eight bores of 10 mm: their material is gone.
    gone = 8 * np.pi * (3.25**2 - 3.0**2) * 10 * 1e-9
    assert said["from"]["volume_m3"] - said["to"]["volume_m3"] == pytest.approx(gone, rel=1e-6)
    assert said["from"]["mass_kg"] - said["to"]["mass_kg"] == pytest.approx(7850 * gone, rel=1e-6)
    mass = next(one for one in said["remarks"] if one["kind"] == "mass")
    assert mass["by"] == pytest.approx(-7850 * gone / said["from"]["mass_kg"], rel=1e-6)
    assert said["counts"]["shape"] == said["counts"]["moved"] == 1
    json.dumps(said, allow_nan=False)


def test_rows_parts_and_stops_refer_to_one_another(found: Comparison) -> None:
    groups = groups_of(found)
    stops = tour_of(found, groups)
    parts = [part_row(found, number, None) for number in range(len(found.pairs))]
    rows, tour = change_rows(found, groups, stops), tour_rows(found, stops, parts)
    assert [row["stop"] for row in rows] == [0, 1]
    assert [one["first_change"] for one in tour] == [0, 1]
    assert rows[0]["part"] == tour[0]["part"] == parts[0]["part"] == 0
    assert parts[0]["remarks"][0]["text"] == "hole Ø 6.0 → Ø 6.5 (×8)"
    assert {one["kind"] for one in parts[0]["remarks"]} >= {"mass", "volume", "centre_of_mass"}
    assert tour[1]["text"] == "Pin: moved, 2.00 mm"
    assert rows[1]["move"]["vector"] == pytest.approx([0.002, 0, 0], abs=1e-12)
    json.dumps([rows, tour, parts], allow_nan=False)


def test_columns_hold_codes_and_partners_of_both_sides(found: Comparison) -> None:
    content = occurrence_columns(found)
    magic, version, old, new = struct.unpack_from("<4sIII", content)
    assert (magic, version, old, new) == (b"HTCO", 1, 2, 2)
    assert sorted(content[16:18]) == sorted(content[18:20]) == [3, 4]
    assert np.frombuffer(content, "<i4", 4, 20).tolist() in ([0, 1, 0, 1], [1, 0, 1, 0])


def test_heat_points_carry_their_range() -> None:
    displaced = Displacement(np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([-0.5, 0.25]))
    content = heat_points(displaced)
    assert struct.unpack_from("<4sII3f", content)[:5] == (b"HTHM", 1, 2, -0.5, 0.25)
    assert np.frombuffer(content, "<f4", 8, 24).tolist() == [1, 2, 3, -0.5, 4, 5, 6, 0.25]
