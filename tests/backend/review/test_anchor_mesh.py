"""Patches of meshes: nearest points, and what of a patch is found on another mesh."""

import numpy as np
import pytest
import trimesh

from holotable.review.anchor_mesh import carry_patch, nearest, patch_at, size_of
from holotable.review.model_file import Triangles


def surface(mesh: trimesh.Trimesh) -> Triangles:
    return Triangles(np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64))


def drum(radius: float = 0.01, sections: int = 64, shift: float = 0.0) -> Triangles:
    made = trimesh.creation.cylinder(radius, 0.03, sections=sections)
    made.apply_translation((shift, 0, 0))
    return surface(made)


POINT = np.array([0.01, 0.0, 0.0])


def test_the_nearest_point_is_that_of_another_program() -> None:
    mesh = trimesh.creation.icosphere(3, 0.02)
    corners = mesh.vertices[mesh.faces]
    points = np.random.default_rng(4).normal(0, 0.03, (20, 3))
    truth, away, _ = trimesh.proximity.closest_point_naive(mesh, points)
    for point, expected, distance in zip(points, truth, away, strict=True):
        at, triangle, found = nearest(corners, point)
        assert found == pytest.approx(distance, abs=1e-12)
        assert at == pytest.approx(expected, abs=1e-9)
        assert 0 <= triangle < len(corners)


def test_of_a_thin_sheet_the_side_that_looks_the_right_way_is_taken() -> None:
    box = trimesh.creation.box((0.1, 0.1, 0.0))
    sheet = surface(box)
    corners = sheet.positions[sheet.triangles]
    for way in (1.0, -1.0):
        normal = np.array([0.0, 0.0, way])
        _, triangle, _ = nearest(corners, np.zeros(3), normal)
        a, b, c = corners[triangle]
        assert np.cross(b - a, c - a)[2] * way > 0


def test_a_patch_knows_how_the_surface_looks_and_how_flat_it_is() -> None:
    flat = patch_at(surface(trimesh.creation.box((0.1, 0.1, 0.1))), np.array([0.05, 0, 0]))
    assert flat.normal == pytest.approx((1, 0, 0))
    assert flat.flatness_m == pytest.approx(0, abs=1e-12)
    assert patch_at(drum(), POINT).flatness_m > 0


@pytest.mark.parametrize(
    ("new", "same", "nearest_m", "shift_m"),
    [
        (drum(), True, 0.0, 0.0),
        (drum(sections=97), True, 0.0, 0.0),
        (drum(shift=0.004), True, 0.0, 0.004),
        (drum(radius=0.0112), False, 0.0012, 0.0),
    ],
)
def test_a_patch_is_found_whatever_triangles_it_is_made_of(
    new: Triangles, same: bool, nearest_m: float, shift_m: float
) -> None:
    old = drum()
    patch = patch_at(old, POINT)
    got = carry_patch(patch, old, new, np.eye(4), POINT, None)
    assert got.same is same
    assert got.nearest_m == pytest.approx(nearest_m, abs=2e-5)
    if same:
        assert got.point == pytest.approx(POINT + np.array([shift_m, 0, 0]), abs=1e-9)
    assert got.tolerance_m == pytest.approx(5e-4 * size_of(new))
