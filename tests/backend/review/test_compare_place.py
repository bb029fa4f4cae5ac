"""Motions are found between frames, and said as a shift and a turn."""

import numpy as np
import pytest

from holotable.review.compare_place import motions_between, move_of, same_frame, swept
from holotable.sample.solids import moved
from holotable.sample.step_file import StepFile, rotation, translation
from tests.compare_models import bolt, files_of, step_package


def test_a_turn_about_the_middle_moves_nothing_but_corners() -> None:
    motion = np.eye(4)
    motion[:3, :3] = rotation((0, 0, 1), 30)[:3, :3]
    middle = np.array([1.0, 2.0, 3.0])
    motion[:3, 3] = middle - motion[:3, :3] @ middle
    move = move_of(motion, middle)
    assert move.distance_m == pytest.approx(0.0, abs=1e-12)
    assert move.angle_rad == pytest.approx(np.deg2rad(30))
    assert move.axis == pytest.approx((0, 0, 1))
    box = np.array([[[0.0, 1.0, 2.0], [2.0, 3.0, 4.0]]])
    assert swept(motion[None], box)[0] > 0.3
    assert swept(np.eye(4)[None], box)[0] == 0.0


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0)])
def test_half_a_turn_has_an_axis(axis: tuple[float, ...]) -> None:
    motion = np.eye(4)
    motion[:3, :3] = rotation(axis, 180)[:3, :3]
    move = move_of(motion, np.zeros(3))
    assert move.angle_rad == pytest.approx(np.pi)
    assert abs(np.dot(move.axis, np.array(axis) / np.linalg.norm(axis))) == pytest.approx(1.0)


def test_the_motion_between_two_frames_of_one_shape_is_found(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("place")
    away = translation(40, 7, -3) @ rotation((1, 2, 3), 50)

    def build(file: StepFile, matrix: np.ndarray) -> None:
        file.part("Bolt", moved(bolt(), matrix))

    old = files_of(step_package(folder, lambda file: build(file, np.eye(4)))).side.figures
    new = files_of(step_package(folder, lambda file: build(file, away))).side.figures
    rows = np.zeros(1, np.int64)
    assert same_frame(old, rows, old, rows)[0]
    assert not same_frame(old, rows, new, rows)[0]
    metres = away.copy()
    metres[:3, 3] /= 1000.0
    up = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
    wanted = up @ metres @ up.T
    found = motions_between(old, 0, new, 0)
    assert min(np.abs(motion - wanted).max() for motion in found) < 1e-4
