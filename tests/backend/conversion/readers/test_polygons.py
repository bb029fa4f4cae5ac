"""Polygons are cut into triangles that cover them once."""

import numpy as np
import pytest

from holotable.conversion.readers.polygons import triangulate

L_SHAPE = np.array([[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2]], float)


def area(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Signed area of each triangle, seen against z."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return np.cross(b - a, c - a)[:, 2] / 2


def in_space(flat: np.ndarray) -> np.ndarray:
    return np.column_stack([flat, np.zeros(len(flat))])


def test_triangles_stay_as_they_are() -> None:
    triangles, polygon = triangulate(np.zeros((3, 3)), np.array([2, 1, 0]), np.array([3]))
    assert triangles.tolist() == [[0, 1, 2]]
    assert polygon.tolist() == [0]


def test_convex_polygons_of_all_sizes_are_fanned() -> None:
    angle = np.linspace(0, 2 * np.pi, 7, endpoint=False)
    points = in_space(np.column_stack([np.cos(angle), np.sin(angle)]))
    corners = np.array([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 0, 1, 2, 5, 6])
    triangles, polygon = triangulate(points, corners, np.array([7, 4, 3, 2]))
    assert polygon.tolist() == [0] * 5 + [1] * 2 + [2]
    assert (area(points, corners[triangles]) > 0).all()


@pytest.mark.parametrize("start", range(6))
@pytest.mark.parametrize("turn", [1, -1])
def test_a_concave_polygon_is_covered_once_from_any_corner(start: int, turn: int) -> None:
    points = in_space(L_SHAPE)
    corners = np.roll(np.arange(6), start)[::turn]
    triangles, _ = triangulate(points, corners, np.array([6]))
    areas = area(points, corners[triangles])
    assert len(triangles) == 4
    assert (areas * turn > 0).all()
    assert areas.sum() == pytest.approx(3.0 * turn)


def test_a_polygon_that_crosses_itself_still_gives_its_number_of_triangles() -> None:
    points = in_space(np.array([[0, 0], [2, 2], [2, 0], [0, 2], [1, 3]], float))
    triangles, _ = triangulate(points, np.arange(5), np.array([5]))
    assert len(triangles) == 3


def test_a_concave_polygon_of_thousands_of_corners_is_fanned_in_no_time() -> None:
    angle = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    radius = np.where(np.arange(20_000) % 2, 1.0, 2.0)
    points = in_space(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    triangles, _ = triangulate(points, np.arange(20_000), np.array([20_000]))
    assert len(triangles) == 19_998


def test_no_polygons_give_no_triangles() -> None:
    triangles, polygon = triangulate(np.zeros((0, 3)), np.empty(0, int), np.empty(0, int))
    assert triangles.shape == (0, 3)
    assert len(polygon) == 0
