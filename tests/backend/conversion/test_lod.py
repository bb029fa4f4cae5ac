import numpy as np
import pytest
from scene_builders import box_mesh, cylinder_mesh, pressed_plate, sphere_mesh, turned_y

from holotable.conversion.lod import (
    COARSEST,
    Levels,
    baked,
    baked_levels,
    box_of,
    capped,
    caps_for,
    extent_of,
    make_levels,
    steps_for,
    tetrahedron_of,
)
from holotable.conversion.simplify import Simplifier
from holotable.review.scene import Mesh

STEPS = steps_for(500, 10_000)


@pytest.fixture(scope="module")
def simplifier() -> Simplifier:
    return Simplifier()


def levels_of(mesh: Mesh, simplifier: Simplifier, parts: int = 500, placed: int = 10_000) -> Levels:
    return make_levels(mesh, steps_for(parts, placed), simplifier)


def area_and_volume(mesh: Mesh) -> tuple[float, float]:
    corners = mesh.positions[mesh.triangles].astype(float)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    volume = np.einsum("ij,ij->i", corners[:, 0], cross).sum() / 6
    return float(np.linalg.norm(cross, axis=1).sum() / 2), float(volume)


def test_levels_hold_about_100_35_10_and_2_percent(simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.1, 120, 240)
    levels = levels_of(mesh, simplifier)
    assert levels.meshes[0] is mesh
    shares = [count / len(mesh.triangles) for count in levels.triangles()]
    assert shares == pytest.approx([1.0, 0.35, 0.10, 0.02], rel=0.15)
    assert list(levels.errors_m) == sorted(levels.errors_m)
    assert levels.errors_m[-1] < 0.2 * 0.06


def test_every_level_is_the_same_body(simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.1, 120, 240)
    area, volume = area_and_volume(mesh)
    for level in levels_of(mesh, simplifier).meshes:
        assert area_and_volume(level) == pytest.approx((area, volume), rel=0.03)
        assert np.linalg.norm(level.normals, axis=1) == pytest.approx(1.0, abs=1e-3)
        assert extent_of(level.positions) == pytest.approx(0.2, rel=0.02)


@pytest.mark.parametrize(
    "mesh",
    [
        sphere_mesh(0.5, 40, 80),
        cylinder_mesh(0.02, 0.3, 400),
        pressed_plate((0.2, 0.01, 0.1), 30, np.random.default_rng(3)),
    ],
    ids=["sphere", "cylinder", "plate"],
)
def test_99_percent_of_each_level_lies_within_its_error_both_ways(
    mesh: Mesh, simplifier: Simplifier
) -> None:
    levels = make_levels(mesh, STEPS, simplifier)
    assert levels.errors_m[0] == 0
    for coarse, error in zip(levels.meshes[1:], levels.errors_m[1:], strict=True):
        if coarse is mesh:
            continue
        assert np.quantile(distances(coarse, mesh), 0.99) <= error + 1e-7
        assert np.quantile(distances(mesh, coarse), 0.99) <= error + 1e-7


def distances(one: Mesh, other: Mesh) -> np.ndarray:
    """From random points of a surface to the nearest point of another (every triangle is tried)."""
    random = np.random.default_rng(7)
    a, b, c = (one.positions[one.triangles[:, i]].astype(float) for i in range(3))
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    chosen = random.choice(len(areas), 300, p=areas / areas.sum())
    root, across = np.sqrt(random.random((300, 1))), random.random((300, 1))
    points = (1 - root) * a[chosen] + root * (1 - across) * b[chosen] + root * across * c[chosen]
    corners = [other.positions[other.triangles[:, i]].astype(float) for i in range(3)]
    return np.array([to_triangles(point, *corners).min() for point in points])


def to_triangles(p: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Distance of one point from each triangle: its plane's foot if inside, else the sides."""
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    height = np.einsum("ij,ij->i", p - a, normal)
    foot = p - height[:, None] * normal
    inside = np.ones(len(a), bool)
    nearest = np.full(len(a), np.inf)
    for start, end in ((a, b), (b, c), (c, a)):
        side = end - start
        inside &= np.einsum("ij,ij->i", np.cross(side, foot - start), normal) >= 0
        along = np.einsum("ij,ij->i", p - start, side)
        share = np.clip(along / np.maximum(np.einsum("ij,ij->i", side, side), 1e-30), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(p - start - share[:, None] * side, axis=1))
    return np.where(inside, np.abs(height), nearest)


def test_thin_rods_are_not_dropped_as_loose_crumbs(simplifier: Simplifier) -> None:
    body = sphere_mesh(0.2, 40, 80)
    rods = [cylinder_mesh(0.002, 0.9, 24) for _ in range(3)]
    for number, rod in enumerate(rods):
        rod.positions[:, 0] += 0.3 + 0.05 * number
    starts = np.cumsum([0, len(body.positions), *(len(rod.positions) for rod in rods)])
    mesh = Mesh(
        np.concatenate([body.positions, *(rod.positions for rod in rods)]),
        np.concatenate([body.normals, *(rod.normals for rod in rods)]),
        np.concatenate(
            [m.triangles + np.uint32(s) for m, s in zip([body, *rods], starts, strict=False)]
        ),
        np.zeros(starts[-1], np.uint16),
    )
    levels = make_levels(mesh, STEPS, simplifier)
    for coarse, error in zip(levels.meshes[1:], levels.errors_m[1:], strict=True):
        there = coarse.positions[coarse.triangles].reshape(-1, 3)
        for number in range(3):
            near = np.abs(there[:, 0] - (0.3 + 0.05 * number)) < 0.02
            assert near.any() or error > 0.85  # the rod's length


def test_a_box_is_one_mesh_at_all_levels(simplifier: Simplifier) -> None:
    mesh = box_mesh()
    assert all(level is mesh for level in levels_of(mesh, simplifier).meshes)


def test_the_first_picture_of_a_small_model_is_less_crude(simplifier: Simplifier) -> None:
    mesh = cylinder_mesh(0.02, 0.1, 200)
    alone = levels_of(mesh, simplifier, parts=1, placed=1).triangles()[COARSEST]
    crowded = levels_of(mesh, simplifier).triangles()[COARSEST]
    assert crowded < alone <= 130


def test_material_borders_survive_simplification(simplifier: Simplifier) -> None:
    sphere = sphere_mesh(0.1, 60, 120)
    middles = sphere.positions[sphere.triangles].mean(axis=1)
    upper = middles[:, 1] > 0
    count = len(sphere.positions)
    triangles = np.where(upper[:, None], sphere.triangles, sphere.triangles + count)
    two = Mesh(
        np.concatenate([sphere.positions] * 2),
        np.concatenate([sphere.normals] * 2),
        triangles.astype(np.uint32),
        np.repeat(np.array([1, 2], np.uint16), count),
    )
    for level in levels_of(two, simplifier).meshes:
        entries = level.materials[level.triangles]
        assert (entries == entries[:, :1]).all()
        heights = level.positions[level.triangles].mean(axis=1)[:, 1]
        assert (heights[entries[:, 0] == 1] > -0.01).all()
        assert (heights[entries[:, 0] == 2] < 0.01).all()


def test_no_corner_of_a_coarse_level_has_a_stray_normal(simplifier: Simplifier) -> None:
    mesh = cylinder_mesh(0.02, 0.1, 200)
    for level in levels_of(mesh, simplifier).meshes[1:]:
        corners = level.positions[level.triangles].astype(float)
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        lengths = np.linalg.norm(faces, axis=1)
        faces = faces[lengths > 0] / lengths[lengths > 0, None]
        normals = level.normals[level.triangles][lengths > 0]
        assert np.einsum("tcj,tj->tc", normals, faces).min() > 0.45


@pytest.mark.parametrize("cap", [200, 40, 12])
def test_a_cap_is_kept_and_the_part_still_fills_its_box(cap: int, simplifier: Simplifier) -> None:
    mesh = sphere_mesh(0.1, 60, 120)
    coarse = capped(levels_of(mesh, simplifier), cap, simplifier)
    assert len(coarse.meshes[-1].triangles) <= cap * 1.25
    assert extent_of(coarse.meshes[-1].positions) > 0.13
    assert len(coarse.meshes[0].triangles) == len(mesh.triangles)


def test_a_box_around_a_mesh_faces_outward_in_its_commonest_material() -> None:
    mesh = box_mesh((1.0, 2.0, 3.0), materials=(4, 4, 4, 4, 1, 1))
    box = box_of(mesh)
    assert area_and_volume(box) == pytest.approx((22.0, 6.0))
    assert set(box.materials) == {4}
    corners = box.positions[box.triangles].astype(float)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("tj,tj->t", faces, box.normals[box.triangles[:, 0]]) > 0).all()


def test_caps_share_a_budget_and_lean_toward_large_parts() -> None:
    triangles = np.array([1000, 1000, 10])
    placed = np.array([10.0, 10.0, 10.0])
    caps = caps_for(triangles, placed, np.array([1.0, 0.01, 1.0]), 6_000)
    kept = np.minimum(triangles, caps)
    assert (kept * placed).sum() <= 6_000
    assert (kept * placed).sum() > 5_000
    assert caps[0] > 5 * caps[1]
    assert caps.min() >= 12


@pytest.mark.parametrize(
    "linear",
    [np.diag([-1.0, 1.0, 1.0]), turned_y(0.4) @ np.diag([1.0, 2.0, -3.0])],
)
def test_baking_keeps_faces_outward_even_when_mirrored(linear: np.ndarray) -> None:
    mesh = box_mesh((1.0, 2.0, 3.0))
    found = baked(mesh, linear)
    assert area_and_volume(found)[1] == pytest.approx(6.0 * abs(np.linalg.det(linear)), rel=1e-5)
    corners = found.positions[found.triangles].astype(float)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    assert found.normals[found.triangles[:, 0]] == pytest.approx(faces, abs=1e-5)


def test_baking_keeps_equal_levels_the_same_object(simplifier: Simplifier) -> None:
    levels = baked_levels(levels_of(box_mesh(), simplifier), np.diag([-1.0, 1.0, 1.0]))
    assert len({id(mesh) for mesh in levels.meshes}) == 1


def test_a_tetrahedron_spans_the_box_and_faces_outward() -> None:
    mesh = tetrahedron_of(box_mesh((1.0, 2.0, 3.0)))
    assert area_and_volume(mesh)[1] == pytest.approx(2.0)
    assert mesh.positions.min(axis=0).tolist() == [0, 0, 0]
    assert mesh.positions.max(axis=0).tolist() == [1, 2, 3]
    corners = mesh.positions[mesh.triangles].astype(float)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("tj,tj->t", faces, mesh.normals[mesh.triangles[:, 0]]) > 0).all()


def test_where_even_boxes_are_too_many_the_smallest_parts_become_tetrahedra(
    simplifier: Simplifier,
) -> None:
    triangles, placed = np.array([500, 500]), np.array([100.0, 100_000.0])
    caps = caps_for(triangles, placed, np.array([1.0, 0.01]), 600_000)
    assert caps[0] > 12
    assert 4 <= caps[1] < 12
    small = capped(levels_of(sphere_mesh(0.01, 20, 40), simplifier), int(caps[1]), simplifier)
    assert 4 <= len(small.meshes[-1].triangles) <= 8
