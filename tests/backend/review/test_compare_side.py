"""A side reads a structure that may be odd, and knows its rigid figures."""

import numpy as np
import pytest

from holotable.review.compare_side import DEFAULT_COLOUR, Side, levels_of, side_of
from holotable.review.mass import said_mass
from holotable.review.shape import shapes_of_structure

PART = {
    "name": "Bolt", "area_m2": 6.0, "triangles": 12, "mass_method": "exact", "volume_m3": 1.0,
    "centroid_m": [0.5, 0.5, 0.5], "inertia_m5": [1 / 6, 1 / 6, 1 / 6, 0, 0, 0],
    "bounds": {"min": [0, 0, 0], "max": [1, 1, 1]},
}  # fmt: skip


def column_major(matrix: np.ndarray) -> list[float]:
    return matrix.T.reshape(-1).tolist()


def side(transforms: list[object], **columns: object) -> Side:
    count = len(transforms)
    structure = {
        "id": [f"id{n}" for n in range(count)],
        "parent": [-1] + [0] * (count - 1),
        "part": [-1] + [0] * (count - 1),
        "transform": transforms,
        **columns,
    }
    return side_of(structure, {}, shapes_of_structure([PART]), np.eye(4), [said_mass(PART)], "step")


def test_children_stand_where_their_parents_put_them() -> None:
    shift = np.eye(4)
    shift[:3, 3] = (1, 2, 3)
    found = side([column_major(shift), column_major(shift), None])
    assert found.world[1][:3, 3].tolist() == [2, 4, 6]
    assert found.world[2][:3, 3].tolist() == [1, 2, 3]
    assert found.boxes[0].tolist() == [[2, 4, 6], [3, 5, 7]]
    assert found.extent == pytest.approx(4.0)


def test_a_mirrored_placement_is_another_figure_under_a_proper_rotation() -> None:
    mirror = np.diag([-1.0, 1.0, 1.0, 1.0])
    found = side([None, None, column_major(mirror), column_major(np.diag([2.0, 2, 2, 1]))])
    figures = found.figures
    assert len(figures) == 3
    assert np.linalg.det(figures.motions[:, :3, :3]) == pytest.approx([1.0, 1.0, 1.0])
    for row, figure in zip(found.placed, figures.of, strict=True):
        at = int(np.flatnonzero(found.placed == row)[0])
        whole = figures.motions[at][:3, :3] @ figures.stretches[figure]
        assert whole == pytest.approx(found.world[row][:3, :3])
    assert sorted(figures.volumes.tolist()) == pytest.approx([1.0, 1.0, 8.0])
    assert sorted(figures.areas.tolist()) == pytest.approx([6.0, 6.0, 24.0])


def test_colours_and_hiding_come_from_above() -> None:
    found = side([None, None, None], colour=[None, "#ff0000ff", None], hidden=[True, False, False])
    assert found.colours == [DEFAULT_COLOUR, "#ff0000ff", DEFAULT_COLOUR]
    assert found.hidden.all()


def test_odd_columns_are_taken_for_missing() -> None:
    found = side([None, "x", [1.0]], parent=[7, 0, "a"], part=[-1, 0, 99])
    assert found.parents.tolist() == [-1, 0, -1]
    assert found.parts.tolist() == [-1, 0, -1]
    assert np.array_equal(found.world[1], np.eye(4))


def test_levels_hold_every_row_once() -> None:
    levels = levels_of([-1, 0, 1, 0, -1])
    assert [level.tolist() for level in levels] == [[0, 4], [1, 3], [2]]
