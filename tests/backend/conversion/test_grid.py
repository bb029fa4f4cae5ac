import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_builders import box_mesh, sphere_mesh

from holotable.conversion.grid import Grid, grid_for, pack_mesh
from holotable.review.scene import Mesh


@given(
    low=st.floats(-1e4, 1e4),
    extent=st.floats(1e-5, 1e4),
    tolerance=st.floats(1e-5, 5e-3),
)
def test_a_grid_reaches_over_its_box_with_a_step_below_the_tolerance_if_u16_allows(
    low: float, extent: float, tolerance: float
) -> None:
    corner = np.array([low, 0.0, 0.0])
    grid = grid_for(corner, corner + np.array([extent, extent / 2, 0.0]), tolerance)
    assert (grid.minimum <= corner + 1e-12).all()
    assert low + extent <= grid.minimum[0] + grid.step * 65_535 * (1 + 1e-9)
    assert grid.step <= max(tolerance / 4, extent / 65_534 * 2.5) * (1 + 1e-9)
    assert extent / grid.step >= 6_500
    mantissa = f"{grid.step:.5e}"[0]
    assert mantissa in "125"


@given(extent=st.floats(1e-4, 300.0), share=st.floats(2e-4, 1e-2), seed=st.integers(0, 2**32 - 1))
def test_nothing_moves_by_more_than_a_quarter_of_the_tolerance(
    extent: float, share: float, seed: int
) -> None:
    tolerance = extent * share
    random = np.random.default_rng(seed)
    points = (random.uniform(0, extent, (200, 3)) + random.uniform(-extent, extent, 3)).astype(
        np.float32
    )
    grid = grid_for(points.min(axis=0).astype(float), points.max(axis=0).astype(float), tolerance)
    back = grid.positions(grid.quantise(points))
    assert np.linalg.norm(back - points, axis=1).max() <= tolerance / 4


def test_a_part_that_is_small_in_its_scene_has_no_finer_steps_than_it_can_show() -> None:
    low, high = np.zeros(3), np.array([0.05, 0.04, 0.03])
    alone = grid_for(low, high, 5e-5)
    placed = grid_for(low, high, 5e-5, scene_extent_m=100.0)
    assert alone.step == pytest.approx(5e-6)
    assert placed.step == pytest.approx(1e-5)  # still a fifth of its tolerance


def test_round_numbers_of_a_drawing_are_exact_on_the_grid() -> None:
    grid = grid_for(np.array([-0.01, 0.0, -0.15]), np.array([0.19, 0.02, 0.0]), 1e-4)
    places = np.array([[-0.01, 0.0, -0.15], [0.18, 0.005, -0.02], [0.1725, 0.0125, 0.0]])
    back = grid.positions(grid.quantise(places.astype(np.float32)))
    assert back == pytest.approx(places, abs=1e-15)


def test_a_point_and_a_plane_have_a_grid_too() -> None:
    flat = grid_for(np.zeros(3), np.array([1.0, 0.0, 1.0]), 1e-3)
    assert flat.step > 0
    point = grid_for(np.ones(3), np.ones(3), 1e-3)
    assert point.positions(point.quantise(np.ones((1, 3), np.float32))) == pytest.approx(
        np.ones((1, 3)), abs=1e-9
    )


def test_packing_keeps_every_triangle_with_its_corners_and_material() -> None:
    mesh = box_mesh((0.1, 0.2, 0.3), materials=(0, 1, 2, 3, 4, 5))
    grid = grid_for(np.zeros(3), np.array([0.1, 0.2, 0.3]), 1e-4)
    packed = pack_mesh(mesh, grid)

    def corners(positions: np.ndarray, materials: np.ndarray, triangles: np.ndarray) -> set:
        found = set()
        for triangle in triangles:
            points = [tuple(np.rint(positions[i] * 1e5).astype(int).tolist()) for i in triangle]
            least = points.index(min(points))
            found.add((*points[least:], *points[:least], int(materials[triangle[0]])))
        return found

    assert corners(
        grid.positions(packed.positions[:, :3]), packed.materials[:, 0], packed.triangles
    ) == corners(mesh.positions, mesh.materials, mesh.triangles)


def test_equal_vertices_are_merged_but_never_across_materials() -> None:
    sphere = sphere_mesh(0.1, 8, 16)
    soup = Mesh(
        sphere.positions[sphere.triangles].reshape(-1, 3),
        sphere.normals[sphere.triangles].reshape(-1, 3),
        np.arange(sphere.triangles.size, dtype=np.uint32).reshape(-1, 3),
        np.zeros(sphere.triangles.size, np.uint16),
    )
    grid = grid_for(np.full(3, -0.1), np.full(3, 0.1), 1e-4)
    merged = pack_mesh(soup, grid)
    assert 7 * 16 + 2 <= len(merged.positions) <= 7 * 16 + 6  # the seam may round both ways
    assert len(merged.triangles) == len(sphere.triangles)
    striped = Mesh(
        soup.positions,
        soup.normals,
        soup.triangles,
        np.repeat(np.arange(len(soup.triangles)) % 2, 3).astype(np.uint16),
    )
    assert len(pack_mesh(striped, grid).positions) > len(merged.positions)


def test_a_value_outside_the_box_is_held_at_its_border() -> None:
    grid = Grid(np.zeros(3), 1.0)
    far = np.array([[-5.0, 1e9, 3.0]], np.float32)
    assert grid.quantise(far).tolist() == [[0, 65_535, 3]]
