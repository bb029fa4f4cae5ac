"""Equal shapes are kin, others are not, mirror images are not."""

from pathlib import Path

import pytest

from holotable.conversion.options import ConvertOptions
from holotable.review.compare_kin import kin_of
from holotable.sample.solids import block, cut, cylinder, moved
from holotable.sample.step_file import StepFile, rotation, translation
from tests.compare_models import bolt, files_of, plate, step_package


def parts(file: StepFile, *, moved_frame: bool = False) -> None:
    """A plate, a bolt and a longer bolt; `moved_frame`: made elsewhere and turned."""
    away = translation(70, -30, 12) @ rotation((1, 2, 3), 40) if moved_frame else translation(0)
    root = file.assembly("Root")
    longer = cut(cylinder(4, 31), block((2.5, -5, 20), (6, 5, 32)))
    for name, solid in (("Plate", plate()), ("Bolt", bolt()), ("Longer", longer)):
        file.place(root, file.part(name, moved(solid, away)), None, name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kin")


def kin(old: Path, new: Path) -> dict[str, set[str]]:
    """Names of the new side's parts that are kin of each of the old side's."""
    one, other = files_of(old).side, files_of(new).side
    found = kin_of(one, other)
    return {
        one.part_names[int(part)]: {
            other.part_names[int(there)]
            for number, there in enumerate(other.figures.parts)
            if found.new[number] == found.old[at]
        }
        for at, part in enumerate(one.figures.parts)
    }


def test_parts_are_kin_of_themselves_in_another_frame_and_tessellation(folder: Path) -> None:
    old = step_package(folder, parts)
    fine = ConvertOptions(deflection_m=1e-5, angle_rad=0.2)
    new = step_package(folder, lambda file: parts(file, moved_frame=True), fine)
    expected = {"Plate": {"Plate"}, "Bolt": {"Bolt"}, "Longer": {"Longer"}}
    assert kin(old, old) == kin(old, new) == expected


def test_a_mirror_image_is_no_kin(folder: Path) -> None:
    def corner(file: StepFile, sign: int) -> None:
        solid = cut(
            block((0, 0, 0), (40, 30, 20)),
            block((20, 10, 10), (50, 50, 50)),
            cylinder(2, 50, (8, 7 if sign > 0 else 23, -5)),
            block((-1, 15 if sign > 0 else -1, 15), (5, 31 if sign > 0 else 15, 25)),
        )
        other = block((30, -1 if sign > 0 else 25, -1), (41, 5 if sign > 0 else 31, 5))
        file.part("Corner", cut(solid, other))

    old = step_package(folder, lambda file: corner(file, 1))
    new = step_package(folder, lambda file: corner(file, -1))
    assert kin(old, old) == {"Corner": {"Corner"}}
    assert kin(old, new) == {"Corner": set()}
