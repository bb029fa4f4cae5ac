"""Rows find their partners by id, then by shape and place, then by name, then by shape alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from holotable.review.compare_kin import kin_of
from holotable.review.compare_match import (
    NAMED_ID,
    NEAREST,
    PLACE,
    SHAPE,
    SIMILAR,
    WITHIN,
    Partners,
    partners_of,
)
from holotable.review.compare_side import Side
from holotable.sample.solids import block, cut, cylinder
from holotable.sample.step_file import StepFile, rotation, translation
from tests.compare_models import (
    bolt,
    files_of,
    package,
    plate,
    random_word,
    row_of_bolts,
    step,
    step_package,
    with_names,
)

SPOTS = (0.0, 20.0, 45.0, 70.0, 100.0, 130.0, 170.0, 220.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("match")


def matched(old: Path, new: Path) -> tuple[Side, Side, Partners]:
    one, other = files_of(old).side, files_of(new).side
    return one, other, partners_of(one, other, kin_of(one, other))


def bolts(
    folder: Path, spots: Sequence[float], names: Callable[[int], str] = lambda _n: ""
) -> Path:
    return step_package(folder, lambda file: row_of_bolts(file, spots, names))


def stays(old: Side, new: Side, found: Partners) -> bool:
    """Whether every pair stands where it stood."""
    rows = np.flatnonzero((found.partner >= 0) & (old.parts >= 0))
    return bool(np.allclose(old.world[rows], new.world[found.partner[rows]], atol=1e-9))


def test_shuffled_siblings_keep_their_places(folder: Path) -> None:
    old, new, found = matched(bolts(folder, SPOTS), bolts(folder, SPOTS[::-1]))
    assert (found.partner >= 0).all()
    assert stays(old, new, found)


@pytest.mark.parametrize("gone", [0, 3, 7])
def test_of_eight_equal_bolts_the_removed_one_is_left_over(folder: Path, gone: int) -> None:
    old, new, found = matched(bolts(folder, SPOTS), bolts(folder, SPOTS[:gone] + SPOTS[gone + 1 :]))
    (left,) = np.flatnonzero(found.partner < 0)
    assert old.world[left][0, 3] == pytest.approx(SPOTS[gone] / 1000)
    assert (found.back >= 0).all()
    assert stays(old, new, found)


def test_counters_that_start_anew_do_not_make_bolts_move(folder: Path) -> None:
    def counter(number: int) -> str:
        return f"Bolt:{number + 1}"

    old, new, found = matched(
        bolts(folder, SPOTS, counter), bolts(folder, SPOTS[:2] + SPOTS[3:], counter)
    )
    assert stays(old, new, found)
    assert int((found.partner < 0).sum()) == 1


def test_a_telling_name_beats_an_equal_shape_in_its_place(folder: Path) -> None:
    def valve(number: int) -> str:
        return f"V-{'ABCDEFGH'[number]}"

    def swapped(number: int) -> str:
        return valve({0: 1, 1: 0}.get(number, number))

    old, new, found = matched(bolts(folder, SPOTS, valve), bolts(folder, SPOTS, swapped))
    assert not stays(old, new, found)
    row = old.names.index("V-A")
    assert new.names[found.partner[row]] == "V-A"
    assert found.how[row] == NAMED_ID


def test_random_names_and_numbers_change_nothing(folder: Path) -> None:
    source = step(folder, lambda file: row_of_bolts(file, SPOTS), "plain.step")
    renamed = with_names(source, folder / "renamed.step", random_word(3))
    old, new, found = matched(package(folder, source), package(folder, renamed))
    assert not set(old.ids) & set(new.ids)
    assert (found.partner >= 0).all()
    assert stays(old, new, found)
    assert set(found.how[old.placed].tolist()) == {PLACE}


def test_equal_parts_that_all_moved_move_least_in_all(folder: Path) -> None:
    shifted = [spot + 4.0 for spot in SPOTS]
    old, new, found = matched(bolts(folder, SPOTS), bolts(folder, shifted))
    rows = [row for row in old.placed.tolist() if old.names[row] == "Bolt"]
    away = new.world[found.partner[rows]][:, 0, 3] - old.world[rows][:, 0, 3]
    assert away == pytest.approx([0.004] * 8)
    assert set(found.how[rows].tolist()) == {NEAREST}


def nested(file: StepFile, place: np.ndarray) -> None:
    """Two arms of equal bolts; the second stands where `place` says."""
    root = file.assembly("Root")
    pin, base = file.part("Bolt", bolt()), file.part("Base", plate())
    for number, matrix in enumerate((translation(0), place)):
        arm = file.assembly(f"Arm {'AB'[number]}")
        for spot in SPOTS:
            file.place(arm, pin, translation(spot), "")
        file.place(arm, base, translation(0, 40), "")
        file.place(root, arm, matrix, "")


def test_what_is_in_a_moved_assembly_is_found_within_it(folder: Path) -> None:
    old_place = translation(0, 300)
    new_place = translation(13, 300, 50) @ rotation((0, 0, 1), 20)
    source = step(folder, lambda file: nested(file, old_place), "nested.step")
    target = step(folder, lambda file: nested(file, new_place), "nested2.step")
    hidden = with_names(target, folder / "nested3.step", random_word(5))
    old, new, found = matched(package(folder, source), package(folder, hidden))
    assert (found.partner >= 0).all()
    metres = new_place @ np.linalg.inv(old_place)
    metres[:3, 3] /= 1000.0
    up = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
    motion = up @ metres @ up.T
    arm = [row for row, parent in enumerate(old.parents) if old.names[int(parent)] == "Arm B"]
    assert len(arm) == 9
    assert new.world[found.partner[arm]] == pytest.approx(motion @ old.world[arm], abs=1e-6)
    assert WITHIN in found.how[arm].tolist()


def test_a_changed_part_without_its_name_is_found_at_its_place(folder: Path) -> None:
    def build(file: StepFile, radius: float) -> None:
        root = file.assembly("Root")
        file.place(root, file.part("Plate", plate(radius)), translation(5, 6, 7), "")
        file.place(root, file.part("Bolt", bolt()), translation(400), "")

    source = step(folder, lambda file: build(file, 3.0), "like.step")
    target = step(folder, lambda file: build(file, 3.5), "like2.step")
    other = with_names(target, folder / "like3.step", random_word(6))
    old, _new, found = matched(package(folder, source), package(folder, other))
    assert found.how[old.names.index("Plate")] == SIMILAR


def test_an_equal_shape_elsewhere_is_the_last_that_is_tried(folder: Path) -> None:
    def build(file: StepFile, name: str, x: float) -> None:
        root = file.assembly("Root")
        lid = cut(block((0, 0, 0), (30, 20, 5)), cylinder(2, 20, (7, 7, -5)))
        file.place(root, file.part(name, lid), translation(x), "")
        file.place(root, file.part("Base", plate()), translation(0, 200), "")

    old, _new, found = matched(
        step_package(folder, lambda file: build(file, "Lid", 0)),
        step_package(folder, lambda file: build(file, "Cover", 500)),
    )
    assert found.how[old.names.index("Lid")] == SHAPE
