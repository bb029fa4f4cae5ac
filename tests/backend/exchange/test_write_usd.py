from pathlib import Path

import numpy as np
import pytest
from backend.exchange.part_trees import CORNERS, assembly
from pxr import Usd, UsdGeom, UsdValidation

from holotable.exchange.part_tree import read_tree
from holotable.exchange.write_usd import write_usd


@pytest.mark.parametrize("suffix", [".usda", ".usdz"])
def test_openusd_finds_names_ids_metres_and_places(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"skid{suffix}"
    write_usd(path, read_tree(assembly()), name="Skid", identifier="P-101", version="C")
    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    info = Usd.ModelAPI(stage.GetDefaultPrim()).GetAssetInfo()
    assert (info["name"], info["identifier"].path, info["version"]) == ("Skid", "P-101", "C")
    rows = {
        prim.GetCustomDataByKey("holotable:id"): prim
        for prim in stage.Traverse()
        if prim.GetCustomDataByKey("holotable:id")
    }
    assert set(rows) == {"root", "bolt-1", "group", "bolt-2", "bolt-3"}
    assert rows["bolt-2"].GetDisplayName() == "Bolt M6 / 20"
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"])
    bounds = box.ComputeWorldBound(rows["bolt-2"]).ComputeAlignedRange()
    # Turned by 90° about z: the box's 2 mm along x are along y.
    assert list(bounds.GetSize()) == pytest.approx([0.004, 0.002, 0.006])
    assert list(bounds.GetMax()) == pytest.approx([0.5, 0.002, 0.006])


def test_a_part_is_written_once_and_stands_where_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "skid.usda"
    write_usd(path, read_tree(assembly()), name="Skid", identifier="P-101", version="C")
    assert path.read_text().count("int[] faceVertexIndices") == 1
    stage = Usd.Stage.Open(str(path))
    assert sum(prim.IsInstance() for prim in stage.Traverse()) == 3
    (prototype,) = stage.GetPrototypes()
    mesh = UsdGeom.Mesh(next(prim for prim in Usd.PrimRange(prototype) if prim.IsA(UsdGeom.Mesh)))
    assert np.array_equal(np.array(mesh.GetPointsAttr().Get()), CORNERS)


def test_a_packed_file_is_one_that_room_viewers_take(tmp_path: Path) -> None:
    path = tmp_path / "skid.usdz"
    write_usd(path, read_tree(assembly()), name="Skid", identifier="P-101", version="C")
    registry = UsdValidation.ValidationRegistry()
    known = registry.GetOrLoadAllValidators()
    context = UsdValidation.ValidationContext(known)
    wrong = context.Validate(Usd.Stage.Open(str(path)))
    assert len(known) > 10
    assert [str(one.GetMessage()) for one in wrong] == []
