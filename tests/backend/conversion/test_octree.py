"""Levels of a point cloud along the Morton curve."""

import numpy as np
import pytest

from holotable.conversion.octree import BITS, Octree, build, morton_codes, spacing_m, split


def cloud(count: int, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    points = random.uniform(-3, 3, (count, 3)) * (10.0, 0.2, 6.0)
    return points.astype(np.float32)


def cells(positions: np.ndarray, tree: Octree, step: int) -> np.ndarray:
    """The number of the cell of each point at a step, found without any curve."""
    size = spacing_m(tree.lowest)
    corner = np.floor(positions.min(axis=0).astype(float) / size) * size
    finest = np.floor((positions - corner) / size).astype(np.int64)
    return np.unique(finest >> step, axis=0, return_inverse=True)[1].reshape(-1)


def test_the_spacing_doubles_from_level_to_level() -> None:
    assert [spacing_m(level) for level in (-1, 0, 1, 10)] == [0.0005, 0.001, 0.002, 1.024]


def test_a_code_interleaves_the_bits_of_x_y_and_z() -> None:
    corners = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [3, 0, 5], [2097151, 0, 0]], np.float32)
    codes = morton_codes(corners, np.zeros(3), 1.0)
    assert codes.tolist()[:4] == [1, 2, 4, 0b100_000_101 | 0b001_000]
    assert int(codes[4]) == sum(1 << 3 * bit for bit in range(BITS))


def test_the_levels_together_are_one_point_for_each_occupied_cell() -> None:
    points = cloud(20_000)
    tree = build(points)
    assert sorted(tree.order.tolist()) == list(range(20_000))
    assert (np.diff(tree.codes.astype(np.int64)) >= 0).all()
    for step in (8, 12, 15, 18):
        here = cells(points, tree, step)
        chosen = tree.order[tree.steps >= step]
        assert len(np.unique(here[chosen])) == len(chosen) == len(np.unique(here))
        assert tree.occupied()[step] == len(chosen)


def test_the_finest_level_tells_most_points_apart() -> None:
    tree = build(cloud(20_000))
    occupied = tree.occupied()
    assert occupied[tree.finest()] >= 15_000 > occupied[tree.finest() + 1]


@pytest.mark.parametrize("positions", [np.zeros((1, 3)), np.full((500, 3), 7.25)])
def test_points_at_one_place_are_one_cell(positions: np.ndarray) -> None:
    tree = build(positions.astype(np.float32))
    assert tree.occupied()[0] == 1
    assert len(tree.order) == len(positions)
    runs = list(split(tree.codes, 0, 100))
    assert sum(run.stop - run.start for run in runs) == len(positions)
    assert max(run.stop - run.start for run in runs) <= 100


def test_runs_cover_a_level_once_and_are_compact() -> None:
    points = cloud(30_000)
    tree = build(points)
    runs = list(split(tree.codes, 0, 700))
    assert [run.start for run in runs] == [0, *(run.stop for run in runs[:-1])]
    assert runs[-1].stop == 30_000
    assert max(run.stop - run.start for run in runs) <= 700
    whole = np.ptp(points, axis=0).prod()
    boxes = [np.ptp(points[tree.order[run]], axis=0).prod() for run in runs]
    assert sum(boxes) < 1.5 * whole


def test_a_run_is_at_most_a_thousand_cells_long() -> None:
    line = np.zeros((5_000, 3), np.float32)
    line[:, 0] = np.linspace(0, 1, 5_000)
    tree = build(line)
    for run in split(tree.codes, 5, 100_000):
        assert np.ptp(line[tree.order[run]], axis=0).max() <= spacing_m(tree.lowest + 5) * 1024


def test_a_far_cloud_keeps_its_codes_apart() -> None:
    points = cloud(2_000) + np.float32(1000.0)
    tree = build(points)
    assert tree.occupied()[0] > 1_900
