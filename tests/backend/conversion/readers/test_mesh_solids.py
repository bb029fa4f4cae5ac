import numpy as np
import pytest

from holotable.conversion.readers.flat_mesh import is_closed, volume_of
from holotable.conversion.readers.mesh_solids import Solid, SolidKernel, has_skin, prism


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Solid:
    a, b = np.array(low), np.array(high)
    outline = np.array(
        [[a[0], a[1], a[2]], [b[0], a[1], a[2]], [b[0], b[1], a[2]], [a[0], b[1], a[2]]]
    )
    solid = prism(outline, np.array([0.0, 0.0, b[2] - a[2]]))
    assert solid is not None
    return solid


def volume(solid: Solid | None) -> float:
    assert solid is not None
    assert is_closed(solid.triangles)
    return volume_of(solid.points, solid.triangles)


def test_a_polygon_swept_either_way_is_a_closed_solid() -> None:
    shape = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [1, 1, 0], [1, 2, 0], [0, 2, 0]], float)

    for outline in (shape, shape[::-1]):
        for along in ((0, 0, 2), (0.5, 0, -2)):
            assert volume(prism(outline, np.array(along, float))) == pytest.approx(6.0)


def test_corners_on_a_straight_line_do_not_matter() -> None:
    outline = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]], float)
    solid = prism(outline, np.array([0.0, 0.0, 1.0]))

    assert solid is not None
    assert (len(solid.points), len(solid.triangles)) == (8, 12)


def test_what_encloses_nothing_is_no_solid() -> None:
    line = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], float)
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)

    assert prism(line, np.array([0.0, 0.0, 1.0])) is None
    assert prism(square, np.array([1.0, 0.0, 0.0])) is None


def test_openings_are_cut_exactly_with_no_triangle_too_many() -> None:
    wall = box((0, 0, 0), (4, 0.2, 3))
    window, door = box((1, -1, 1), (2, 1, 2)), box((2.5, -1, 0), (3.5, 1, 2.1))

    left = SolidKernel().subtract(wall, [window, door], [])

    assert volume(left) == pytest.approx(0.2 * (12 - 1 - 2.1), abs=1e-12)
    assert left is not None
    # 8 corners of the wall, 8 of the window, 8 of the door; genus 1.
    assert len(left.triangles) == 2 * 24


def test_faces_that_touch_leave_no_skin() -> None:
    block = box((0, 0, 0), (2, 2, 2))
    left = SolidKernel().subtract(block, [box((0, 0, 1), (2, 2, 2))], [])

    assert volume(left) == pytest.approx(4.0, abs=1e-12)
    assert left is not None
    assert len(left.triangles) == 12


def test_a_half_space_may_be_bounded() -> None:
    block = box((0, 0, 0), (4, 1, 1))
    above, only_here = box((-9, -9, 0.5), (9, 9, 9)), box((0, -9, -9), (1, 9, 9))

    kernel = SolidKernel()

    assert volume(kernel.subtract(block, [], [(above, None)])) == pytest.approx(2.0)
    assert volume(kernel.subtract(block, [], [(above, only_here)])) == pytest.approx(3.5)


def test_map_coordinates_do_not_blur_the_result() -> None:
    far = np.eye(4)
    far[:3, 3] = (3_500_000.25, 5_700_000.5, 100.125)
    wall, hole = box((0, 0, 0), (4, 0.2, 3)).moved(far), box((1, -1, 1), (2, 1, 2)).moved(far)

    left = SolidKernel().subtract(wall, [hole], [])

    assert left is not None
    assert volume_of(left.points - far[:3, 3], left.triangles) == pytest.approx(2.2, abs=1e-7)


def test_an_open_mesh_is_left_to_another_kernel() -> None:
    block = box((0, 0, 0), (1, 1, 1))
    open_block = Solid(block.points, block.triangles[:-1])
    kernel = SolidKernel()

    assert kernel.subtract(open_block, [], []) is None
    assert kernel.subtract(block, [open_block], []) is None


def test_a_mirrored_solid_still_looks_outwards() -> None:
    mirrored = box((0, 0, 0), (1, 2, 3)).moved(np.diag([-1.0, 1.0, 1.0, 1.0]))

    assert volume(mirrored) == pytest.approx(6.0)


def test_one_kernel_cuts_many_solids() -> None:
    kernel = SolidKernel()
    hole = box((0.25, 0.25, -1), (0.75, 0.75, 2))

    volumes = [volume(kernel.subtract(box((0, 0, 0), (1, 1, 1)), [hole], [])) for _ in range(150)]

    assert volumes == [pytest.approx(0.75)] * 150


@pytest.mark.parametrize("turn_rad", [0.0, 0.3, 1.0, 2.4])
@pytest.mark.parametrize("noise_m", [0.0, -1e-9, 1e-9, -1e-7, 1e-7])
def test_a_cut_that_ends_in_a_face_leaves_no_skin(turn_rad: float, noise_m: float) -> None:
    """Windows flush with both faces of a turned wall, one of them in two halves that touch."""
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(turn_rad), -np.sin(turn_rad)], [np.sin(turn_rad), np.cos(turn_rad)]]
    turn[:3, 3] = (12.3, 45.6, 7.8)
    wall = box((0, 0, 0), (4, 0.2, 3)).moved(turn)
    windows = [
        box((0.5, 0.0 + noise_m, 1), (1.5, 0.2 - noise_m, 2)).moved(turn),
        box((2.0, 0.0 + noise_m, 1), (2.5, 0.2, 2)).moved(turn),
        box((2.5, 0.0, 1), (3.0, 0.2 - noise_m, 2)).moved(turn),
    ]

    left = SolidKernel().subtract(wall, windows, [])

    assert volume(left) == pytest.approx(0.2 * (12 - 2), abs=5e-8)
    assert left is not None
    assert area(left) == pytest.approx(2 * (12 - 2) + 2 * 0.2 * (4 + 3) + 2 * 4 * 0.2, abs=1e-6)
    assert not has_skin(left.points, left.triangles)


def area(solid: Solid) -> float:
    a, b, c = (solid.points[solid.triangles[:, n]] for n in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_a_bound_flush_with_a_wall_leaves_no_skin() -> None:
    wall = box((0, 0, 0), (4, 0.2, 3))
    above, flush = box((-9, -9, 2), (9, 9, 9)), box((1, 0.0, -9), (2, 0.2, 9))

    left = SolidKernel().subtract(wall, [], [(above, flush)])

    assert volume(left) == pytest.approx(0.2 * (12 - 1), abs=1e-9)
    assert left is not None
    assert not has_skin(left.points, left.triangles)


def test_a_wall_of_no_thickness_is_seen() -> None:
    thin = box((0, 0, 0), (4, 1e-9, 3))
    thick = box((0, 0, 0), (4, 0.01, 3))

    assert has_skin(thin.points, thin.triangles)
    assert not has_skin(thick.points, thick.triangles)
