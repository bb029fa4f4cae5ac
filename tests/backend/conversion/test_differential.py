"""Whole conversions of files that other programs wrote, held against independent readers.

Written by: Open CASCADE, trimesh and usd-core. Read by: tests/package_reader.py
(the specification's second reader), by trimesh (model.glb) and by usd-core
again, none through our readers. Truths are closed forms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from cad_files import EXACT, box, cylinder, silent
from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge
from OCP.BRepPrimAPI import BRepPrimAPI_MakeSphere, BRepPrimAPI_MakeTorus
from OCP.BRepTools import BRepTools
from OCP.gp import gp_Ax1, gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.IGESControl import IGESControl_Writer
from OCP.Interface import Interface_Static
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound
from package_reader import Package, read_edges, read_package
from pxr import Usd, UsdGeom, Vt

from holotable.conversion.pipeline import convert
from holotable.review.scene import Floats
from holotable.sample.step_file import StepFile, rotation, translation

_MM = 1e-3
_TORUS = 2 * np.pi**2 * 30 * 100  # of radii 30 and 10
_BALL = 4 / 3 * np.pi * 1000  # of radius 10


@dataclass(frozen=True)
class Drawn:
    """What a viewer shows at level 0: sums over the placements in base.glb."""

    low: Floats
    high: Floats
    area: float
    volume: float
    triangles: int


def drawn(package: Package) -> Drawn:
    """Draw every placement, and hold normals against the winding on the way."""
    corners = []
    for number in range(len(package.instances["TRANSLATION"])):
        index = int(np.flatnonzero(package.instances["_FEATURE_ID_0"][:, 0] == number)[0])
        mesh = package.mesh(int(package.instances["_PART"][index, 0]), 0)
        corners.append(package.placed(number, 0)[mesh.triangles])
        local = mesh.points.astype(float)[mesh.triangles]
        across = np.cross(local[:, 1] - local[:, 0], local[:, 2] - local[:, 0])
        along = np.einsum("ij,ij->i", across, mesh.normals[mesh.triangles].sum(axis=1))
        assert np.linalg.norm(across[along < 0], axis=1).sum() < 0.01 * np.abs(across).sum()
    every = np.concatenate(corners)
    across = np.cross(every[:, 1] - every[:, 0], every[:, 2] - every[:, 0])
    centred = every - every.mean(axis=(0, 1))
    return Drawn(
        every.min(axis=(0, 1)),
        every.max(axis=(0, 1)),
        float(np.linalg.norm(across, axis=1).sum() / 2),
        float(np.linalg.det(centred).sum() / 6),
        len(every),
    )


def world(structure: dict[str, Any]) -> list[Floats]:
    """(4, 4) of every row."""
    found: list[Floats] = []
    for parent, columns in zip(structure["parent"], structure["transform"], strict=True):
        own = np.eye(4) if columns is None else np.array(columns).reshape(4, 4).T
        found.append(own if parent < 0 else found[parent] @ own)
    return found


def stated_volume(package: Package) -> float:
    """The sum of structure.json over the occurrences."""
    structure = package.structure
    return sum(
        float(structure["parts"][part]["volume_m3"]) * abs(np.linalg.det(matrix[:3, :3]))
        for part, matrix in zip(structure["part"], world(structure), strict=True)
        if part >= 0
    )


def converted(path: Path) -> tuple[Package, Drawn]:
    """Convert, and hold the package against itself and against trimesh's view of model.glb."""
    out = path.parent / "scene"
    manifest = convert(path, out, EXACT, silent)
    package = read_package(out)
    seen = drawn(package)
    size = float(np.linalg.norm(seen.high - seen.low))
    assert manifest["counts"]["triangles"] == seen.triangles
    assert manifest["bounds"]["min"] == pytest.approx(seen.low, abs=1e-4 * size)
    assert manifest["bounds"]["max"] == pytest.approx(seen.high, abs=1e-4 * size)
    model = trimesh.load(out / "model.glb", force="scene", process=False).to_geometry()
    assert model.bounds == pytest.approx(np.array([seen.low, seen.high]), abs=1e-4 * size)
    assert model.area == pytest.approx(seen.area, rel=1e-3)
    assert (out / "thumbnail.webp").stat().st_size > 100
    return package, seen


def at(x: float, y: float, z: float, turn: float = 0.0) -> TopLoc_Location:
    """Turned about (1, 1, 0) by radians, then moved by millimetres."""
    turned, moved = gp_Trsf(), gp_Trsf()
    turned.SetRotation(gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(1, 1, 0)), turn)
    moved.SetTranslation(gp_Vec(x, y, z))
    return TopLoc_Location(moved * turned)


def mirror() -> TopLoc_Location:
    """Mirrored at the plane x = 0."""
    mirrored = gp_Trsf()
    mirrored.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    return TopLoc_Location(mirrored)


def together(*shapes: Any) -> Any:
    builder, compound = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(compound)
    for shape in shapes:
        builder.Add(compound, shape)
    return compound


def hollow() -> Any:
    """A cube of 40 with a ball of radius 10 cut out of its middle."""
    ball = BRepPrimAPI_MakeSphere(10).Shape().Moved(at(20, 20, 20))
    return BRepAlgoAPI_Cut(box(40, 40, 40), ball).Shape()


BODIES: dict[str, tuple[Callable[[], Any], float]] = {
    "hollow": (hollow, 64000 - _BALL),
    "torus": (lambda: BRepPrimAPI_MakeTorus(30, 10).Shape(), _TORUS),
    "reversed beside": (
        lambda: together(box(10, 20, 30).Reversed(), box(5, 5, 5).Moved(at(30, 0, 0))), 6125,
    ),
    "hollow beside reversed": (
        lambda: together(hollow(), box(10, 20, 30).Moved(at(100, 0, 0, 0.7)).Reversed()),
        70000 - _BALL,
    ),
    "far away": (lambda: box(10, 20, 30).Moved(at(2e6, 3e6, 1e5)), 6000),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("unit", ["MM", "INCH"])
def test_bodies_of_loose_iges_faces_have_their_volume(tmp_path: Path, name: str, unit: str) -> None:
    make, volume = BODIES[name]
    path = tmp_path / "a.igs"
    Interface_Static.SetCVal_s("write.iges.unit", unit)
    writer = IGESControl_Writer(unit, 0)  # 0: faces, not solids
    writer.AddShape(make())
    writer.ComputeModel()
    assert writer.Write(str(path))
    Interface_Static.SetCVal_s("write.iges.unit", "MM")

    package, seen = converted(path)

    assert all(part["closed"] for part in package.structure["parts"])
    written = 1e-5 if name == "far away" else 1e-6  # digits that IGES text has left for 10 mm
    assert stated_volume(package) == pytest.approx(volume * _MM**3, rel=written)
    assert seen.volume == pytest.approx(volume * _MM**3, rel=0.03)


@pytest.mark.parametrize("name", BODIES)
def test_mirrored_brep_bodies_are_seen_from_outside(tmp_path: Path, name: str) -> None:
    make, volume = BODIES[name]
    path = tmp_path / "a.brep"
    BRepTools.Write_s(make().Moved(mirror(), False), str(path))

    package, seen = converted(path)

    assert stated_volume(package) == pytest.approx(volume * _MM**3, rel=1e-6)
    assert seen.volume == pytest.approx(volume * _MM**3, rel=0.03)


def test_placements_of_a_step_assembly_are_those_of_its_names(tmp_path: Path) -> None:
    file = StepFile()
    top, arm = file.assembly("Top"), file.assembly("Arm")
    plate = file.part("Plate", box(10, 20, 30), "#3366cc")
    rod = file.part("Plate", cylinder(5, 12), "#cc9933")  # another shape of the same name
    file.place(arm, plate, translation(1, 2, 3), "P 1")
    file.place(arm, rod, rotation((1, 1, 0), 40), "P 2", "#ff0000")
    for number in range(3):
        turn = rotation((1, 2, 3), 30.0 * number)
        file.place(top, arm, translation(0, 100 * number, 0) @ turn, f"Arm {number}")
    path = tmp_path / "a.step"
    file.write(path, "a")

    package, seen = converted(path)

    structure = package.structure
    assert package.manifest["counts"]["occurrences"] == 6
    assert package.manifest["counts"]["parts"] == 2
    assert structure["name"].count("P 1") == structure["name"].count("P 2") == 3
    volume = 3 * (6000 + np.pi * 25 * 12) * _MM**3
    assert stated_volume(package) == pytest.approx(volume, rel=1e-6)
    assert seen.volume == pytest.approx(volume, rel=0.03)
    placed = [row for row, part in enumerate(structure["part"]) if part >= 0]
    for number, (row, matrix) in enumerate((row, world(structure)[row]) for row in placed):
        part = structure["part"][row]
        points = package.mesh(part, 0).points * package.manifest["grids"][part][3]
        points = points + np.array(package.manifest["grids"][part][:3])
        expected = points @ matrix[:3, :3].T + matrix[:3, 3]
        assert package.placed(number, 0) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", ["stl", "ply", "off", "obj", "glb", "dae", "3mf"])
def test_what_trimesh_writes_is_what_a_viewer_shows(tmp_path: Path, kind: str) -> None:
    ball = trimesh.creation.icosphere(3, radius=15.0)
    ball.apply_translation((1000, 50, 25))
    path = tmp_path / f"a.{kind}"
    path.write_bytes(_bytes(trimesh.Scene({"ball": ball}).export(file_type=kind)) if kind == "3mf"
                     else _bytes(ball.export(file_type=kind)))  # fmt: skip

    package, seen = converted(path)

    turned = ball.vertices if kind in ("glb", "obj", "dae") else ball.vertices[:, [0, 2, 1]]
    if kind not in ("glb", "obj", "dae"):
        turned = turned * (1, 1, -1)
    metres = 1.0 if kind in ("glb", "dae") else _MM
    assert seen.triangles == len(ball.faces)
    assert seen.low == pytest.approx(turned.min(axis=0) * metres, abs=0.01 * metres)
    assert seen.high == pytest.approx(turned.max(axis=0) * metres, abs=0.01 * metres)
    assert seen.area == pytest.approx(ball.area * metres**2, rel=1e-3)
    assert stated_volume(package) == pytest.approx(ball.volume * metres**3, rel=1e-4)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def test_nested_mirrored_and_instanced_usd_lies_where_usd_core_says(tmp_path: Path) -> None:
    path = tmp_path / "a.usda"
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    UsdGeom.SetStageUpAxis(stage, "Z")
    shape = trimesh.creation.box((1, 2, 3))

    def mesh(name: str) -> Any:
        prim = UsdGeom.Mesh.Define(stage, name)
        prim.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(shape.vertices.astype(np.float32)))
        prim.CreateFaceVertexCountsAttr([3] * len(shape.faces))
        prim.CreateFaceVertexIndicesAttr(shape.faces.ravel().tolist())
        return prim

    outer = UsdGeom.Xform.Define(stage, "/World")
    outer.AddRotateXYZOp().Set((0, 0, 90))
    inner = UsdGeom.Xform.Define(stage, "/World/Inner")
    inner.AddTranslateOp().Set((10, 20, 30))
    inner.AddScaleOp().Set((-1, 2, 1))
    mesh("/World/Inner/shape")
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/Many")
    mesh("/World/Many/prototypes/shape")
    instancer.CreatePrototypesRel().SetTargets(["/World/Many/prototypes/shape"])
    instancer.CreateProtoIndicesAttr([0, 0])
    instancer.CreatePositionsAttr([(0, 0, 0), (50, 0, 0)])
    instancer.CreateScalesAttr([(1, 1, 1), (1, 1, 5)])
    stage.GetRootLayer().Save()

    package, seen = converted(path)

    cache = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_])
    reach = cache.ComputeWorldBound(stage.GetPseudoRoot()).ComputeAlignedRange()
    low, high = np.array(reach.GetMin()) * 0.01, np.array(reach.GetMax()) * 0.01
    assert package.manifest["counts"]["occurrences"] == 3
    assert seen.low == pytest.approx((low[0], low[2], -high[1]), abs=1e-6)
    assert seen.high == pytest.approx((high[0], high[2], -low[1]), abs=1e-6)
    assert seen.volume == pytest.approx(6e-6 * (2 + 1 + 5), rel=1e-4)


def test_one_part_far_away_does_not_blur_the_others(tmp_path: Path) -> None:
    file = StepFile()
    top = file.assembly("Top")
    block = file.part("Block", box(10, 20, 30), "#3366cc")
    for number in range(5):
        file.place(top, block, translation(4.5e8 + 20 * number, 5.4e9, 0), f"Block {number}")
    file.place(top, block, translation(0, 0, 0), "Stray")
    path = tmp_path / "a.step"
    file.write(path, "a")

    manifest = convert(path, tmp_path / "scene", EXACT, silent)
    package = read_package(tmp_path / "scene")

    assert [(each["code"], each["count"]) for each in manifest["warnings"]] == [("far_apart", 1)]
    for number in range(5):
        low = package.placed(number, 0).min(axis=0)
        assert low == pytest.approx((450_000 + 0.02 * number, 0, -5_400_000.02), abs=1e-6)


def test_a_drawing_of_curves_alone_is_shown_as_edges(tmp_path: Path) -> None:
    path = tmp_path / "a.igs"
    writer = IGESControl_Writer("MM", 0)
    writer.AddShape(BRepBuilderAPI_MakeEdge(gp_Pnt(1, 2, 3), gp_Pnt(11, 2, 3)).Edge())
    writer.ComputeModel()
    assert writer.Write(str(path))

    manifest = convert(path, tmp_path / "scene", EXACT, silent)
    package = read_package(tmp_path / "scene")

    assert manifest["bounds"] == {"min": [0.001, 0.003, -0.002], "max": [0.011, 0.003, -0.002]}
    assert manifest["counts"]["occurrences"] == len(package.instances["TRANSLATION"]) == 1
    ((segments, _),) = read_edges(tmp_path / "scene" / "edges.bin")
    assert len(segments) == 1
