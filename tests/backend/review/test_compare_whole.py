"""An assembly beside one body of triangles: what the STL of a program is beside its STEP file."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from holotable.conversion.options import ConvertOptions
from holotable.sample.solids import block, cut, cylinder
from holotable.sample.step_file import StepFile, translation
from tests.compare_models import bolt, compared, named, package, step_package, told

SPOTS = ((0.0, 0.0), (60.0, 0.0), (0.0, 40.0), (60.0, 40.0))


def stack(file: StepFile, *, bore: float = 20.0, bolts: int = 4, knob: bool = False) -> None:
    """A base, a cover with a bore on it, bolts beside them, and maybe a knob. Millimetres."""
    root = file.assembly("Stack")
    base = file.part("Base", block((0, 0, 0), (100, 80, 10)), "#3a6ea5")
    lid = cut(block((0, 0, 0), (100, 80, 6)), cylinder(bore / 2, 20, (50, 40, -5)))
    cover = file.part("Cover", lid, "#888888")
    file.place(root, base, None, "Base")
    file.place(root, cover, translation(0, 0, 10), "Cover")
    screw = file.part("Bolt", bolt(), "#222222")
    for number, (x, y) in enumerate(SPOTS[:bolts]):
        file.place(root, screw, translation(x + 150, y, 0), f"Bolt {number}")
    if knob:
        shape = file.part("Knob", cylinder(5, 30), "#111111")
        file.place(root, shape, translation(50, 40, 30), "Knob")


def merged(folder: Path, source: Path) -> Path:
    """The package of one STL, millimetres and z up, of all that a package shows."""
    scene = trimesh.load(source / "model.glb", file_type="glb")
    mesh = scene.to_mesh()
    to_z_up = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], float)
    mesh.apply_transform(to_z_up)
    mesh.apply_scale(1000.0)
    path = folder / f"{source.name}.stl"
    path.write_bytes(mesh.export(file_type="stl"))
    return package(folder, path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    return step_package(folder, stack)


@pytest.fixture(scope="module")
def body(folder: Path, plain: Path) -> Path:
    return merged(folder, plain)


def test_the_stl_of_an_assembly_changes_nothing_in_either_direction(
    plain: Path, body: Path
) -> None:
    forth = compared(plain, body)
    assert told(forth) == {}
    assert forth.partners_old.tolist() == [0] * 6
    back = compared(body, plain)
    assert told(back) == {}
    assert back.counts["unchanged"] == 6
    assert back.partners_new.tolist() == [0] * 6


def test_a_coarser_stl_is_the_same_assembly(folder: Path, body: Path) -> None:
    fine = step_package(folder, stack, ConvertOptions(deflection_m=5e-6, angle_rad=0.1))
    assert told(compared(fine, body)) == {}


def test_a_part_that_is_not_in_the_body_is_gone_and_the_others_are_not(
    folder: Path, body: Path
) -> None:
    with_knob = step_package(folder, lambda file: stack(file, knob=True))
    found = compared(with_knob, body)
    assert told(found) == {"removed": 1}
    assert named(found, "removed") == ["Knob"]
    assert named(compared(body, with_knob), "added") == ["Knob"]


def test_what_no_part_has_changes_the_body(folder: Path, body: Path) -> None:
    fewer = step_package(folder, lambda file: stack(file, bolts=3))
    found = compared(body, fewer)
    assert told(found) == {"shape": 1}
    (change,) = found.changes
    assert (change.old >= 0, change.new) == (True, -1)
    assert change.approximate


def test_a_bore_that_differs_names_its_part(folder: Path, body: Path) -> None:
    wider = step_package(folder, lambda file: stack(file, bore=22.0))
    found = compared(body, wider)
    parts = [found.new.names[one.new] for one in found.changes if one.new >= 0]
    assert parts == ["Cover"]
    assert told(found) == {"shape": 2}, "the cover, and the body in which it was another one"


def test_the_only_part_that_is_left_is_that_part(folder: Path) -> None:
    old = step_package(folder, lambda file: stack(file, bolts=1))

    def alone(file: StepFile) -> None:
        root = file.assembly("Stack")
        file.place(
            root, file.part("Base", block((0, 0, 0), (100, 80, 10)), "#3a6ea5"), None, "Base"
        )

    left = merged(folder, step_package(folder, alone))
    found = compared(old, left)
    assert sorted(named(found, "removed")) == ["Bolt", "Cover"]
    assert told(found) == {"removed": 2}


def test_another_model_stands_for_nothing(folder: Path, plain: Path) -> None:
    def other(file: StepFile) -> None:
        root = file.assembly("Other")
        file.place(root, file.part("Ring", cylinder(200, 3), "#999999"), None, "Ring")

    found = compared(plain, merged(folder, step_package(folder, other)))
    assert found.counts["unchanged"] == 0
