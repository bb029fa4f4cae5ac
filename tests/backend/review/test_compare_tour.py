"""Sub-assemblies that moved as a whole are one stop, equal changes too, the gravest comes first."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from holotable.review.compare import KINDS, Comparison
from holotable.review.compare_tour import groups_of, tour_of
from holotable.sample.step_file import StepFile, rotation, translation
from tests.compare_models import bolt, compared, plate, step_package

SPOTS = (0.0, 20.0, 45.0, 70.0)


def arms(file: StepFile, place: np.ndarray, extra: float = 0.0) -> None:
    """Two arms of a plate and bolts; the second stands where `place` says, its last bolt apart."""
    root = file.assembly("Root")
    pin, base = file.part("Bolt", bolt()), file.part("Base", plate())
    for number, matrix in enumerate((translation(0), place)):
        arm = file.assembly(f"Arm {'AB'[number]}")
        for spot in SPOTS:
            away = extra if number and spot == SPOTS[-1] else 0.0
            file.place(arm, pin, translation(spot, away), "")
        file.place(arm, base, translation(0, 40), "")
        file.place(root, arm, matrix, "")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Comparison]:
    folder: Path = tmp_path_factory.mktemp("tour")

    def of(old: Callable[[StepFile], None], new: Callable[[StepFile], None]) -> Comparison:
        return compared(step_package(folder, old), step_package(folder, new))

    return of


HERE = translation(0, 300)
THERE = translation(13, 300, 50) @ rotation((0, 0, 1), 20)


def test_a_moved_sub_assembly_is_one_stop_and_keeps_its_rows(
    pair: Callable[..., Comparison],
) -> None:
    found = pair(lambda file: arms(file, HERE), lambda file: arms(file, THERE))
    assert len(found.changes) == 5
    groups = groups_of(found)
    assert {found.new.names[row] for row in groups} == {"Arm B"}
    (stop,) = tour_of(found, groups)
    assert KINDS[stop.kind] == "moved"
    assert len(stop.changes) == 5
    assert found.new.names[stop.group] == "Arm B"


def test_a_part_that_moved_otherwise_keeps_its_assembly_from_being_one(
    pair: Callable[..., Comparison],
) -> None:
    found = pair(lambda file: arms(file, HERE), lambda file: arms(file, THERE, extra=9.0))
    assert (groups_of(found) == -1).all()


def test_a_model_that_moved_is_grouped_under_its_root(pair: Callable[..., Comparison]) -> None:
    def whole(file: StepFile, x: float) -> None:
        top = file.assembly("Top")
        inner = file.assembly("Inner")
        for spot in SPOTS:
            file.place(inner, file.part(f"Bolt {spot}", bolt()), translation(spot), "")
        file.place(top, inner, translation(x), "")

    found = pair(lambda file: whole(file, 0), lambda file: whole(file, 250))
    groups = groups_of(found)
    assert len(set(groups.tolist())) == 1
    assert found.new.parents[groups[0]] == -1
    assert len(tour_of(found, groups)) == 1


def test_equal_changes_are_one_stop_and_shapes_come_first(pair: Callable[..., Comparison]) -> None:
    def build(file: StepFile, bore: float, spots: tuple[float, ...]) -> None:
        root = file.assembly("Root")
        base, pin = file.part("Base", plate(bore)), file.part("Bolt", bolt())
        for y in (0, 150, 300):
            file.place(root, base, translation(0, y), "")
        for spot in spots:
            file.place(root, pin, translation(spot, 500), "")

    found = pair(
        lambda file: build(file, 3.0, (0, 20, 45, 70)), lambda file: build(file, 3.25, (0, 20))
    )
    stops = tour_of(found, groups_of(found))
    assert [(KINDS[stop.kind], len(stop.changes)) for stop in stops] == [
        ("shape", 3), ("removed", 2),
    ]  # fmt: skip
    assert stops[0].bounds[0] == pytest.approx([0, 0, -0.4], abs=1e-6)
    assert stops[0].bounds[1] == pytest.approx([0.1, 0.01, 0], abs=1e-6)
