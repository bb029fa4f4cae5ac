"""Buildings: new GlobalIds and another unit change nothing; what was planted is found."""

from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid
import pytest

from holotable.review.compare import Comparison
from tests.compare_models import compared, named, package, told
from tests.ifc_files import two_storeys

MODELS = Path(__file__).resolve().parents[4] / "shared" / "models"


def written(folder: Path, file: Any, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    file.write(str(path))
    return package(folder, path)


def with_new_ids(file: Any) -> Any:
    """The same building as a program writes it that makes every GlobalId anew."""
    for root in file.by_type("IfcRoot"):
        root.GlobalId = ifcopenshell.guid.new()
    return file


def moved(file: Any, product: Any, x: float) -> None:
    location = product.ObjectPlacement.RelativePlacement.Location
    first, *rest = location.Coordinates
    product.ObjectPlacement.RelativePlacement.Location = file.create_entity(
        "IfcCartesianPoint", Coordinates=(first + x, *rest)
    )


def building(unit: str = "m", mark: str = "F30") -> Any:
    """The building of two storeys whose door has a property."""
    made = two_storeys(unit)
    (door,) = made.file.by_type("IfcDoor")
    value = made.file.create_entity(
        "IfcPropertySingleValue", Name="FireRating",
        NominalValue=made.file.create_entity("IfcLabel", mark),
    )  # fmt: skip
    said = made.root("IfcPropertySet", "Pset_DoorCommon", HasProperties=[value])
    made.relate(
        "IfcRelDefinesByProperties", "said of the door", RelatedObjects=[door],
        RelatingPropertyDefinition=said,
    )  # fmt: skip
    return made.file


def between(folder: Path, new: Any, unit: str = "m") -> Comparison:
    old = written(folder / "old", building(unit), "building.ifc")
    return compared(old, written(folder / "new", new, "building.ifc"))


def test_new_global_ids_change_nothing(tmp_path: Path) -> None:
    assert told(between(tmp_path, with_new_ids(building()))) == {}


def test_the_same_building_in_millimetres_changes_nothing(tmp_path: Path) -> None:
    assert told(between(tmp_path, building("mm"))) == {}


@pytest.mark.parametrize("anew", [False, True], ids=["same_ids", "new_ids"])
def test_planted_changes_are_found_whatever_the_ids_are(tmp_path: Path, anew: bool) -> None:
    new = building(mark="F90")
    above = next(one for one in new.by_type("IfcWall") if one.Name == "Wall above")
    moved(new, above, 0.25)
    (room,) = new.by_type("IfcSpace")
    extrusion = room.Representation.Representations[0].Items[0]
    extrusion.Depth = 2.7
    found = between(tmp_path, with_new_ids(new) if anew else new)
    assert told(found) == {"moved": 1, "shape": 1, "properties": 1}
    (wall,) = (one for one in found.changes if one.move is not None)
    assert wall.move is not None
    assert wall.move.distance_m == pytest.approx(0.25, abs=1e-6)
    assert named(found, "shape") == ["Room"]
    (door,) = (one for one in found.changes if one.properties)
    assert [dict(one) for one in door.properties] == [
        {"group": "Pset_DoorCommon", "name": "FireRating", "from": "F30", "to": "F90"}
    ]


@pytest.mark.models
@pytest.mark.parametrize("name", ["haus.ifc", "LargeBuilding.ifc"])
def test_a_real_building_with_new_ids_is_unchanged_but_for_the_door_that_moved(
    tmp_path: Path, name: str
) -> None:
    if not (MODELS / name).exists():
        pytest.skip("the shared models are not here")
    new = with_new_ids(ifcopenshell.open(str(MODELS / name)))
    door = new.by_type("IfcDoor")[0]
    factor = 1000.0 if name == "LargeBuilding.ifc" else 1.0
    moved(new, door, 0.25 * factor)
    (tmp_path / "old").mkdir()
    found = compared(
        package(tmp_path / "old", MODELS / name), written(tmp_path / "new", new, "new.ifc")
    )
    assert told(found) == {"moved": 1}
    assert named(found, "moved") == [door.Name]
    assert found.changes[0].move is not None
    assert found.changes[0].move.distance_m == pytest.approx(0.25, rel=1e-4)
