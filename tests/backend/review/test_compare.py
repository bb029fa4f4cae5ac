"""Two revisions become exactly the changes that were planted, and no other."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf
from once import once

from holotable.conversion.options import ConvertOptions
from holotable.review.compare import KINDS, MOVED, SHAPE, Comparison, compare
from holotable.review.compare_words import face_remarks, text_of
from holotable.sample.solids import block, cut, cylinder, moved
from holotable.sample.step_file import Material, StepFile, rotation, translation
from tests.cad_files import in_inches
from tests.compare_models import (
    bolt,
    compared,
    files_of,
    named,
    package,
    plate,
    row_of_bolts,
    step,
    step_package,
    told,
)

SPOTS = (0.0, 20.0, 45.0, 70.0, 100.0, 130.0, 170.0, 220.0)
FINE = ConvertOptions(deflection_m=2e-5, angle_rad=0.2)
MODELS = Path(__file__).resolve().parents[4] / "shared" / "models"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compare")


@pytest.fixture(scope="module")
def gearboxes(run_folder: Path, sample_files: Path) -> dict[str, Path]:
    """Packages of the sample's revisions, C once more with finer triangles."""

    def converted(name: str, label: str, options: ConvertOptions) -> Path:
        source = sample_files / f"gearbox-{label}.step"
        return once(run_folder, f"gearbox {name}", lambda out: package(out, source, options))

    plain = ConvertOptions()
    return {
        name: converted(name, label, options) / "package-0"
        for name, label, options in (("B", "B", plain), ("C", "C", plain), ("C fine", "C", FINE))
    }


def remarks(comparison: Comparison) -> list[str]:
    found: list[str] = []
    for pair in comparison.pairs:
        if pair.verdict.faces is not None:
            found += [text_of(one) for one in face_remarks(pair.verdict.faces)]
    return found


@pytest.mark.parametrize("new", ["C", "C fine"])
def test_the_gearbox_has_exactly_its_planted_changes(gearboxes: dict[str, Path], new: str) -> None:
    found = compared(gearboxes["B"], gearboxes[new])
    assert told(found) == {"added": 1, "removed": 1, "moved": 1, "shape": 1}
    assert named(found, "added") == ["S1"]
    assert named(found, "removed") == ["Screw ISO 4762 M5x16"]
    assert named(found, "moved") == ["P1"]
    assert named(found, "shape") == ["Input cover"]
    assert remarks(found) == ["hole Ø 6.0 → Ø 6.5"]
    (port,) = [one for one in found.changes if one.kind == MOVED]
    assert port.move is not None
    assert port.move.distance_m == pytest.approx(0.0125, abs=1e-9)
    assert port.move.angle_rad == pytest.approx(0.0, abs=1e-9)
    assert not any(one.approximate for one in found.changes)


def test_one_file_meshed_twice_and_once_compares_equal(gearboxes: dict[str, Path]) -> None:
    for new in ("C", "C fine"):
        found = compared(gearboxes["C"], gearboxes[new])
        assert told(found) == {}
        assert found.counts["unchanged"] == 153
        assert found.partners_new.tolist() == list(range(153))


def test_triangles_beside_the_exact_shape_find_the_same(
    gearboxes: dict[str, Path], tmp_path: Path
) -> None:
    """A glTF that another program would have made of revision C, beside revision B as STEP."""
    source = tmp_path / "C.glb"
    source.write_bytes((gearboxes["C fine"] / "model.glb").read_bytes())
    meshes = package(tmp_path, source)
    assert told(compared(gearboxes["C"], meshes)) == {}
    found = compared(gearboxes["B"], meshes)
    assert told(found) == {"added": 1, "removed": 1, "moved": 1, "shape": 1}
    assert named(found, "shape") == ["Input cover"]
    (cover,) = [one for one in found.changes if one.kind == SHAPE]
    assert cover.approximate
    away = found.pairs[cover.pair].verdict.away_m
    assert away == pytest.approx(0.00025, abs=0.00004)


def test_inches_and_a_corrected_unit_change_nothing(folder: Path) -> None:
    old = step_package(folder, lambda file: row_of_bolts(file, SPOTS))
    source = step(folder, lambda file: row_of_bolts(file, SPOTS, scale=1 / 25.4), "inch.step")
    in_inches(source)
    assert told(compared(old, package(folder, source))) == {}
    wrong = step(folder, lambda file: row_of_bolts(file, SPOTS), "wrong.step")
    in_inches(wrong)
    new = package(folder, wrong)
    assert told(compared(old, new)) == {"shape": 9}
    corrected = compare(files_of(old), files_of(new, {"unit": "mm"}), math.inf)
    assert told(corrected) == {}


def test_another_origin_of_a_part_changes_nothing(folder: Path) -> None:
    """A program that moves the part's own frame, and places it so that it stands as before."""

    def build(file: StepFile, frame: np.ndarray) -> None:
        root = file.assembly("Root")
        for name, solid, at in (
            ("Plate", plate(), translation(0)),
            ("Bolt", bolt(), translation(300, 20, 5) @ rotation((0, 1, 1), 25)),
        ):
            part = file.part(name, moved(solid, frame))
            file.place(root, part, at @ np.linalg.inv(frame), name)

    turned = translation(5, 80, -20) @ rotation((1, 0, 0), 90)
    odd = translation(-7, 3, 11) @ rotation((3, 1, 2), 77)
    old = step_package(folder, lambda file: build(file, np.eye(4)))
    for frame in (turned, odd):
        assert told(compared(old, step_package(folder, lambda file, f=frame: build(file, f)))) == {}


def test_a_moved_part_has_its_distance_and_its_turn(folder: Path) -> None:
    def build(file: StepFile, matrix: np.ndarray) -> None:
        root = file.assembly("Root")
        file.place(root, file.part("Base", plate()), None, "Base")
        file.place(root, file.part("Bolt", bolt()), matrix, "Pin")

    at = translation(200, 0, 0)
    old = step_package(folder, lambda file: build(file, at))
    for new, distance, angle in (
        (translation(200, 12.5, 0), 0.0125, 0.0),
        (translation(200, 0.02, 0), 0.00002, 0.0),
        (at @ rotation((0, 0, 1), 17), None, math.radians(17)),
    ):
        found = compared(old, step_package(folder, lambda file, m=new: build(file, m)))
        assert told(found) == {"moved": 1}
        move = found.changes[0].move
        assert move is not None
        if distance is not None:
            assert move.distance_m == pytest.approx(distance, abs=1e-9)
        assert move.angle_rad == pytest.approx(angle, abs=1e-9)


def painted(file: StepFile, colour: str, material: Material) -> None:
    root = file.assembly("Root")
    file.place(root, file.part("Base", plate(), "#808080"), None, "Base")
    file.place(root, file.part("Bolt", bolt(), colour, material), translation(200), "Pin")


def test_paint_and_properties_are_changes_of_their_own(folder: Path) -> None:
    steel, brass = Material("Steel", 7850.0), Material("Brass", 8400.0)
    old = step_package(folder, lambda file: painted(file, "#303030", steel))
    paint = compared(old, step_package(folder, lambda file: painted(file, "#c03030", steel)))
    assert told(paint) == {"appearance": 1}
    assert named(paint, "appearance") == ["Pin"]
    matter = compared(old, step_package(folder, lambda file: painted(file, "#303030", brass)))
    assert told(matter) == {"properties": 1}
    said = {one["name"]: (one["from"], one["to"]) for one in matter.changes[0].properties}
    assert said["name"] == ("Steel", "Brass")


def test_several_reasons_are_all_named_and_the_shape_comes_first(folder: Path) -> None:
    def build(file: StepFile, radius: float, x: float, colour: str) -> None:
        root = file.assembly("Root")
        file.place(root, file.part("Plate", plate(radius), colour), translation(x), "Plate")
        file.place(root, file.part("Bolt", bolt(), "#303030"), translation(0, 200), "Pin")

    old = step_package(folder, lambda file: build(file, 3.0, 0.0, "#808080"))
    new = step_package(folder, lambda file: build(file, 3.25, 5.0, "#ff8080"))
    found = compared(old, new)
    (change,) = found.changes
    assert [KINDS[reason] for reason in change.reasons] == ["shape", "moved", "appearance"]
    assert KINDS[change.kind] == "shape"
    assert change.move is not None
    assert change.move.distance_m == pytest.approx(0.005, abs=1e-4)


def mirrored(solid: Any) -> Any:
    transform = gp_Trsf()
    transform.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    return BRepBuilderAPI_Transform(solid, transform, True).Shape()


def test_a_mirrored_part_is_another_shape(folder: Path) -> None:
    solid = cut(block((0, 0, 0), (40, 30, 20)), cylinder(3, 50, (8, 7, -5)),
                block((20, 10, 10), (50, 50, 50)))  # fmt: skip

    def build(file: StepFile, shape: Any) -> None:
        root = file.assembly("Root")
        file.place(root, file.part("Base", plate()), translation(0, 200), "Base")
        file.place(root, file.part("Bracket", shape), None, "Bracket")

    old = step_package(folder, lambda file: build(file, solid))
    found = compared(old, step_package(folder, lambda file: build(file, mirrored(solid))))
    assert told(found) == {"shape": 1}


def test_a_whole_model_elsewhere_moved_as_one(folder: Path) -> None:
    def build(file: StepFile, matrix: np.ndarray) -> None:
        top = file.assembly("Top")
        file.place(top, row_of_bolts(file, SPOTS), matrix, "Fixture")

    old = step_package(folder, lambda file: build(file, np.eye(4)))
    new = step_package(folder, lambda file: build(file, translation(100, 40, 0)))
    found = compared(old, new)
    assert told(found) == {"moved": 9}
    assert {round(one.move.distance_m, 9) for one in found.changes if one.move} == {
        round(math.hypot(0.1, 0.04), 9)
    }


@pytest.mark.skipif(not MODELS.is_dir(), reason="../shared/models is not there")
@pytest.mark.parametrize(
    "name",
    ["as1-oc-214.stp", "nist_ctc_02_asme1_ap242-e2.stp", "haus.ifc", "sts3215_servo.step",
     "cube.iges", "bottle.brep", "featuretype.step", "asm_line_768.step", "CesiumMilkTruck.glb",
     "utah_teapot.stl"],
)  # fmt: skip
def test_a_shared_model_meshed_again_has_no_change(folder: Path, name: str) -> None:
    sources: Sequence[ConvertOptions] = (ConvertOptions(), ConvertOptions(deflection_m=5e-5))
    old, new = (package(folder, MODELS / name, options) for options in sources)
    found = compared(old, new)
    assert told(found) == {}
    assert found.unchecked == 0
