"""Welding, shading normals and closedness, against cubes, fans and spheres of known shape."""

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st
from mesh_files import CORNERS, TRIANGLES, VOLUME

from holotable.conversion.normals import (
    crease_normals,
    face_vectors,
    first_of_each,
    join,
    measure,
    pair_numbers,
    unit_rows,
    weld,
)

SOUP = CORNERS[TRIANGLES].reshape(-1, 3)


def test_only_equal_points_are_welded() -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [-0.0, 0, 0], [1, 0, 1e-12]])
    first, place = weld(points)
    assert first.tolist() == [0, 1, 3]
    assert place.tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_soup_of_triangles_becomes_eight_corners(kind: type) -> None:
    first, place = weld(SOUP.astype(kind))
    assert len(first) == 8
    assert np.array_equal(SOUP[first][place], SOUP)


def test_nothing_welds_to_nothing() -> None:
    first, place = weld(np.empty((0, 3)))
    assert len(first) == len(place) == 0


def test_places_whose_hashes_meet_are_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from holotable.conversion import normals

    monkeypatch.setattr(normals, "_MIX", (np.uint64(0), np.uint64(0), np.uint64(0)))
    first, place = weld(SOUP)
    assert len(first) == 8
    assert np.array_equal(SOUP[first][place], SOUP)


@given(st.lists(st.integers(-5, 5), max_size=50))
def test_keys_are_numbered_in_order_of_appearance(keys: list[int]) -> None:
    first, number = first_of_each(np.array(keys, np.int64))
    seen = list(dict.fromkeys(keys))
    assert [keys[i] for i in first.tolist()] == seen
    assert number.tolist() == [seen.index(key) for key in keys]


def test_pairs_are_numbered() -> None:
    assert pair_numbers(np.array([0, 0, 1, 0]), np.array([5, 6, 5, 5])).tolist() == [0, 1, 2, 0]


def test_a_cube_is_closed_with_its_volume_and_area() -> None:
    shape = measure(CORNERS, TRIANGLES)
    assert shape.closed
    assert shape.volume == pytest.approx(VOLUME)
    assert shape.area == pytest.approx(2 * (2 * 3 + 3 * 4 + 4 * 2))


def test_a_cube_far_from_the_origin_keeps_its_volume() -> None:
    assert measure(CORNERS + 1e7, TRIANGLES).volume == pytest.approx(VOLUME, rel=1e-6)


def test_a_cube_turned_inside_out_has_a_negative_volume() -> None:
    assert measure(CORNERS, TRIANGLES[:, ::-1]).volume == pytest.approx(-VOLUME)


@pytest.mark.parametrize(
    "triangles",
    [TRIANGLES[1:], np.concatenate([TRIANGLES, TRIANGLES]), TRIANGLES[[0] * 12]],
    ids=["one missing", "all twice", "one only"],
)
def test_what_is_not_a_solid_is_not_closed(triangles: np.ndarray) -> None:
    assert not measure(CORNERS, triangles).closed


def test_one_triangle_wound_the_other_way_opens_the_solid() -> None:
    flipped = TRIANGLES.copy()
    flipped[3] = flipped[3][::-1]
    assert not measure(CORNERS, flipped).closed


def test_triangles_without_area_do_not_matter() -> None:
    assert measure(CORNERS, np.concatenate([TRIANGLES, [[1, 1, 2]]])).closed


def test_rounding_noise_is_joined_when_that_closes_the_solid() -> None:
    noisy = np.concatenate([CORNERS, CORNERS + np.array([1e-9, 0, 0])])
    triangles = TRIANGLES.copy()
    triangles[6:] += 8
    assert not measure(noisy, triangles).closed
    places, merged, shape = join(noisy, triangles)
    assert shape.closed
    assert len(places) == 8
    assert merged.tolist() == [*range(8), *range(8)]


def test_an_open_surface_is_not_moved() -> None:
    noisy = np.concatenate([CORNERS, CORNERS + np.array([1e-9, 0, 0])])
    places, merged, shape = join(noisy, TRIANGLES[:5])
    assert not shape.closed
    assert np.array_equal(places, noisy)
    assert merged.tolist() == list(range(16))


def test_a_cube_has_a_vertex_for_each_side_of_each_corner() -> None:
    corners, normals = crease_normals(CORNERS, TRIANGLES)
    assert len(normals) == 24
    faces = face_vectors(CORNERS, TRIANGLES)
    faces /= np.linalg.norm(faces, axis=1)[:, None]
    assert np.allclose(normals[corners], faces[:, None, :])


def test_a_sphere_is_smooth() -> None:
    sphere = trimesh.creation.icosphere(subdivisions=3)
    corners, normals = crease_normals(np.asarray(sphere.vertices), np.asarray(sphere.faces))
    assert len(normals) == len(sphere.vertices)
    found = np.zeros((len(sphere.vertices), 3))
    found[np.asarray(sphere.faces)] = normals[corners]
    assert (np.einsum("ij,ij->i", found, sphere.vertices) > 0.999).all()


def test_a_cylinder_is_smooth_round_its_axis_and_sharp_at_its_rims() -> None:
    cylinder = trimesh.creation.cylinder(radius=1.0, height=2.0, sections=32)
    _, normals = crease_normals(np.asarray(cylinder.vertices), np.asarray(cylinder.faces))
    assert len(normals) == len(cylinder.vertices) + 2 * 32
    level = np.abs(normals[:, 2])
    assert ((level < 1e-6) | (level > 1 - 1e-6)).all()


def test_seams_between_triangles_wound_differently_stay_sharp() -> None:
    flat = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], float)
    _, normals = crease_normals(flat, np.array([[0, 1, 2], [1, 2, 3]]))
    assert len(normals) == 6
    assert normals[:, 2].min() == -1.0
    assert normals[:, 2].max() == 1.0


def test_a_fan_of_a_hundred_thousand_triangles_takes_no_quadratic_time() -> None:
    count = 100_000
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(count)])
    points = np.concatenate([points, [[0, 0, 0.01]]])
    ring = np.arange(count)
    triangles = np.column_stack([ring, (ring + 1) % count, np.full(count, count)])
    corners, normals = crease_normals(points, triangles)
    assert len(normals) == count + 1
    assert corners.max() == count


def test_a_vector_without_direction_points_up() -> None:
    rows = unit_rows(np.array([[0, 0, 0], [np.nan, 0, 0], [0, 0, 5]], float))
    assert rows.tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_places_of_no_triangle_leave_no_gap_in_the_vertices() -> None:
    for lift in (0.0, 2.0):  # flat, and folded at the middle
        points = np.array(
            [[9, 9, 9], [0, 0, 0], [1, 0, 0], [8, 8, 8], [1, 1, 0], [0, 1, lift], [7, 7, 7]], float
        )
        corners, normals = crease_normals(points, np.array([[1, 2, 4], [1, 4, 5]]))
        assert np.unique(corners).tolist() == list(range(len(normals)))
