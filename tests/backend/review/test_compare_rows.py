"""What an assembly says of itself is told on its row, and never what an export made anew."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from holotable.comparison_run import results_of
from holotable.review.compare import KINDS, Comparison
from holotable.review.compare_place import world_boxes
from holotable.review.compare_rows import Below, assembly_changes, row_boxes
from holotable.review.compare_side import Side
from holotable.sample.step_file import StepFile, translation
from tests.compare_models import (
    bolt,
    compared,
    files_of,
    plate,
    random_word,
    step,
    step_package,
    told,
    with_names,
)
from tests.compare_models import package as packed


def machine(file: StepFile, drive: str = "Drive") -> None:
    """A machine of two assemblies, one in the other, and loose parts beside them."""
    root = file.assembly("Machine")
    file.place(root, file.part("Base", plate(), "#888888"), None, "Base")
    unit, axle = file.assembly(drive), file.assembly("Axle")
    pin = file.part("Pin", bolt(), "#303030")
    file.place(axle, pin, translation(0, 0, 40), "Front")
    file.place(axle, pin, translation(30, 0, 40), "Rear")
    file.place(unit, axle, None, "Axle")
    file.place(unit, pin, translation(60, 0, 40), "Stop")
    file.place(root, unit, translation(5, 5), drive)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    return step_package(folder, machine)


@pytest.fixture
def side(plain: Path) -> Side:
    return files_of(plain).side


def row(side: Side, name: str) -> int:
    return list(side.names).index(name)


def saying(side: Side, name: str, properties: Mapping[str, Any]) -> Side:
    """The same with other properties of the named row."""
    said = {**side.row_properties, row(side, name): properties}
    return dataclasses.replace(side, row_properties=said)


def changes(old: Side, new: Side) -> list[tuple[str, list[tuple[str, Any, Any]]]]:
    """(name, what it says otherwise) of each assembly; every row has itself as partner."""
    return [
        (new.names[one.new], [(said["name"], said["from"], said["to"]) for said in one.properties])
        for one in assembly_changes(old, new, np.arange(len(old.ids)))
    ]


def said_of(comparison: Comparison) -> list[tuple[str, str, list[tuple[Any, Any]]]]:
    return [
        (KINDS[one.kind], comparison.new.names[one.new],
         [(said["from"], said["to"]) for said in one.properties])
        for one in comparison.changes
    ]  # fmt: skip


def test_another_name_of_an_assembly_is_told_on_its_row(folder: Path, plain: Path) -> None:
    renamed = step_package(folder, lambda file: machine(file, "Gear unit"))
    found = compared(plain, renamed)
    assert told(found) == {"properties": 1}
    assert said_of(found) == [("properties", "Gear unit", [("Drive", "Gear unit")])]
    assert set(found.codes_new.tolist()) == {0}, "what stands in it is as it was"
    assert set(found.codes_old.tolist()) == {0}


def test_names_that_an_export_made_anew_are_no_change(folder: Path) -> None:
    source = step(folder, machine, "named.step")
    other = with_names(source, folder / "anew.step", random_word(4))
    assert told(compared(packed(folder, source), packed(folder, other))) == {}


def test_a_property_of_an_assembly_is_told_and_its_neighbours_are_not(side: Side) -> None:
    old = saying(side, "Drive", {"Metadata": {"Supplier": "Berg", "Mass": "2 kg"}})
    new = saying(side, "Drive", {"Metadata": {"Supplier": "Okafor", "Mass": "2000 g"}})
    assert changes(old, new) == [("Drive", [("Supplier", "Berg", "Okafor")])]
    assert changes(old, side) == [("Drive", [("Mass", "2 kg", None), ("Supplier", "Berg", None)])]
    assert changes(old, old) == []


def test_another_part_number_is_told(side: Side) -> None:
    old = saying(side, "Axle", {"Product": {"id": "AX-100"}})
    new = saying(side, "Axle", {"Product": {"id": "AX-200"}})
    assert changes(old, new) == [("Axle", [("id", "AX-100", "AX-200")])]


def test_part_numbers_that_an_export_made_anew_are_no_change(side: Side) -> None:
    def numbered(prefix: str) -> Side:
        rows = {at: {"Product": {"id": f"{prefix}{at}"}} for at in range(len(side.ids))}
        parts = {at: {"Product": {"id": f"{prefix}p{at}"}} for at in range(len(side.masses))}
        return dataclasses.replace(side, row_properties=rows, part_properties=parts)

    assert changes(numbered("a"), numbered("b")) == []
    assert changes(numbered("a"), numbered("a")) == []


def test_counters_that_went_from_one_to_another_are_no_change(side: Side) -> None:
    swapped = {"Drive": "Axle", "Axle": "Drive"}
    other = dataclasses.replace(side, names=[swapped.get(name, name) for name in side.names])
    assert changes(side, other) == []


def test_the_name_of_a_root_is_its_own_only_where_a_file_names_it(side: Side) -> None:
    called = dataclasses.replace(side, names=["Machine 2", *side.names[1:]])
    assert changes(side, called) == [("Machine 2", [("name", "Machine", "Machine 2")])]
    meshes = [dataclasses.replace(one, source_kind="gltf") for one in (side, called)]
    assert changes(meshes[0], meshes[1]) == []


def test_the_tour_shows_what_stands_in_a_changed_assembly(
    folder: Path, plain: Path, tmp_path: Path
) -> None:
    renamed = step_package(folder, lambda file: machine(file, "Gear unit"))
    old, new = files_of(plain), files_of(renamed)
    summary = results_of(old, new, tmp_path, 60.0)
    assert summary["counts"]["properties"] == 1
    assert summary["counts"]["unchanged"] == 4
    (change,) = json.loads((tmp_path / "changes.json").read_text())
    assert (change["to"]["name"], change["to"]["number"], change["to"]["part"]) == (
        "Gear unit", None, None,
    )  # fmt: skip
    (stop,) = json.loads((tmp_path / "tour.json").read_text())
    names = [new.side.names[new.side.placed[number]] for number in stop["to"]]
    assert sorted(names) == ["Front", "Rear", "Stop"]
    assert (stop["name"], stop["text"]) == ("Gear unit", "Gear unit: properties, name")
    size = np.subtract(stop["bounds"]["max"], stop["bounds"]["min"])
    assert size.max() == pytest.approx(0.068, abs=1e-3)


def test_an_assembly_of_nothing_has_its_origin_for_a_box(side: Side) -> None:
    boxes = row_boxes(side, world_boxes(side))
    assert np.isfinite(boxes).all()
    outer, inner = boxes[row(side, "Drive")], boxes[row(side, "Axle")]
    assert (outer[0] <= inner[0] + 1e-12).all()
    assert (outer[1] >= inner[1] - 1e-12).all()
    bare = dataclasses.replace(side, parts=np.full(len(side.ids), -1))
    origins = row_boxes(bare, np.zeros((len(side.ids), 2, 3)))
    assert np.allclose(origins[:, 0], side.world[:, :3, 3])


def test_what_is_below_a_row_is_cut_at_what_is_asked_for(side: Side) -> None:
    below = Below(side)
    names = sorted(side.names[one] for one in below.placed(row(side, "Drive"), 10))
    assert names == ["Front", "Rear", "Stop"]
    assert len(below.placed(0, 2)) == 2
    assert below.placed(row(side, "Base"), 10) == [row(side, "Base")]
