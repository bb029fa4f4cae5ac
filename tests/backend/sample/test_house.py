"""The sample house is a valid IFC with storeys, openings, property sets and known bounds."""

from pathlib import Path

import ifcopenshell
import pytest

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.bim import read_bim
from holotable.sample import house


@pytest.fixture(scope="module")
def file(sample_files: Path) -> Path:
    return sample_files / "house.ifc"


def test_the_house_reads_with_storeys_names_colours_and_properties(file: Path) -> None:
    scene = read_bim(file, "ifc", ConvertOptions(), lambda *_: None)
    names = {node.name: node for node in scene.nodes}
    assert {"House by the lake", "Lake shore", "House", *house.STORIES} <= set(names)
    assert names["Wall south 0"].kind == "IfcWall"
    assert names["Wall south 0"].properties["Pset_WallCommon"]["FireRating"] == "F90"
    openings = [node for node in scene.nodes if node.kind == "IfcOpeningElement"]
    assert len(openings) == 28
    assert all(node.hidden for node in openings)
    placed = [node for node in scene.nodes if node.part is not None and not node.hidden]
    # 28 windows and doors, 14 walls, 6 slabs, 16 steps, 3 railings, 2 columns, 1 chimney
    assert len(placed) == 70
    assert all(node.identity == "file" for node in placed)
    colours = set(scene.palette) | {node.colour for node in placed}
    assert len(colours) > 5


def test_a_window_is_a_hole_in_its_wall(file: Path) -> None:
    model = ifcopenshell.open(file)
    openings = model.by_type("IfcOpeningElement")
    assert len(openings) == 4 * 2 * 2 + 2 * 2 * 2 + 4
    assert all(opening.HasFillings for opening in openings)
    scene = read_bim(file, "ifc", ConvertOptions(), lambda *_: None)
    wall = next(node for node in scene.nodes if node.name == "Wall north 1")
    assert wall.part is not None
    part = scene.parts[wall.part]
    solid = house.LENGTH * house.WALL * (house.STOREY - house.SLAB)
    windows = 4 * 1.4 * 1.3 * house.WALL
    assert part.volume_m3 == pytest.approx(solid - windows, rel=1e-6)


def test_the_ids_are_the_same_every_time(file: Path, tmp_path: Path) -> None:
    house.write(tmp_path / "again.ifc")
    ids = [
        [rooted.GlobalId for rooted in ifcopenshell.open(path).by_type("IfcRoot")]
        for path in (file, tmp_path / "again.ifc")
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])
