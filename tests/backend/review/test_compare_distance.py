"""Distances between surfaces: the nearest point, its side, and what other triangles explain."""

import numpy as np
import pytest

from holotable.review.compare_distance import (
    SurfaceGrid,
    closest_points,
    displacement,
    surface_of,
    surfaces_differ,
)
from holotable.review.model_file import Triangles
from holotable.review.scene import Mesh
from tests.scene_builders import box_mesh, cylinder_mesh, sphere_mesh


def triangles(mesh: Mesh) -> Triangles:
    return Triangles(mesh.positions.astype(float), mesh.triangles.astype(np.int64))


def test_the_nearest_point_is_that_of_all_triangles() -> None:
    random = np.random.default_rng(5)
    points, corners = random.random((300, 3)), random.integers(0, 300, (200, 3))
    corners = corners[[len(set(row)) == 3 for row in corners.tolist()]]
    asked = random.random((400, 3)) * 4 - 1.5
    found = SurfaceGrid(Triangles(points, corners)).nearest(asked)
    every = np.repeat(asked, len(corners), axis=0)
    near = closest_points(every, np.tile(points[corners], (len(asked), 1, 1)))
    true = np.linalg.norm(every - near, axis=1).reshape(len(asked), -1).min(axis=1)
    assert np.abs(found.signed) == pytest.approx(true, abs=1e-8)


def test_outside_is_positive_at_faces_edges_and_corners() -> None:
    grid = SurfaceGrid(triangles(box_mesh((2.0, 2.0, 2.0))))
    box = box_mesh((2.0, 2.0, 2.0)).positions
    middle = (box.min(axis=0) + box.max(axis=0)) / 2
    asked = middle + np.array([[1.5, 0, 0], [1.5, 1.5, 0], [1.5, 1.5, 1.5], [0.75, 0, 0]])
    found = grid.nearest(asked).signed
    assert found == pytest.approx([0.5, np.sqrt(0.5), np.sqrt(0.75), -0.25], abs=1e-6)


@pytest.mark.parametrize("make", [lambda n: cylinder_mesh(3.0, 10.0, n),
                                  lambda n: sphere_mesh(5.0, n // 2, n)])  # fmt: skip
def test_another_tessellation_is_the_same_surface(make: object) -> None:
    assert callable(make)
    for one, other in ((20, 64), (48, 20), (31, 32)):
        a, b = surface_of(triangles(make(one))), surface_of(triangles(make(other)))
        assert a is not None
        assert b is not None
        assert surfaces_differ(a, b, np.eye(4)).same


def test_a_diameter_of_6_and_one_of_6_5_differ_whatever_their_triangles() -> None:
    for one, other in ((20, 20), (24, 64), (64, 24)):
        a = surface_of(triangles(cylinder_mesh(3.0, 10.0, one)))
        b = surface_of(triangles(cylinder_mesh(3.25, 10.0, other)))
        assert a is not None
        assert b is not None
        found = surfaces_differ(a, b, np.eye(4))
        assert not found.same
        assert found.largest_m == pytest.approx(0.25, abs=0.07)


def test_a_moved_surface_is_the_same_under_its_motion_alone() -> None:
    mesh = triangles(box_mesh((1.0, 2.0, 3.0)))
    motion = np.eye(4)
    motion[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    motion[:3, 3] = (4, 5, 6)
    moved = Triangles(mesh.positions @ motion[:3, :3].T + motion[:3, 3], mesh.triangles)
    a, b = surface_of(mesh), surface_of(moved)
    assert a is not None
    assert b is not None
    assert surfaces_differ(a, b, motion).same
    assert not surfaces_differ(a, b, np.eye(4)).same
    mirror = np.diag([-1.0, 1.0, 1.0, 1.0])
    turned = Triangles(mesh.positions * [-1, 1, 1], mesh.triangles[:, ::-1])
    c = surface_of(turned)
    assert c is not None
    assert surfaces_differ(a, c, mirror).same


def test_displacement_is_how_far_the_new_surface_went_outwards() -> None:
    a = surface_of(triangles(sphere_mesh(1.0, 24, 48)))
    b = surface_of(triangles(sphere_mesh(1.1, 24, 48)))
    assert a is not None
    assert b is not None
    out, back = displacement(a, b, np.eye(4)), displacement(b, a, np.eye(4))
    assert out.summary["min"] == pytest.approx(0.1, abs=4e-3)
    assert out.summary["rms"] == pytest.approx(0.1, abs=4e-3)
    assert back.summary["max"] == pytest.approx(-0.1, abs=4e-3)


def test_what_has_no_area_is_no_surface() -> None:
    flat = Triangles(np.zeros((3, 3)), np.array([[0, 1, 2]]))
    assert surface_of(flat) is None
    assert surface_of(None) is None
