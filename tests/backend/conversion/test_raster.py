import numpy as np
import pytest

from holotable.conversion.raster import NOTHING, rasterise, slopes_of, weights_at


def triangle(*corners: tuple[float, float, float]) -> np.ndarray:
    return np.array(corners, float)


def test_a_pixel_belongs_to_the_triangle_that_covers_its_centre() -> None:
    picture = rasterise(triangle((0, 0, 5), (4, 0, 5), (0, 4, 5))[None], 4, 4)
    covered = [[x + y < 3 for x in range(4)] for y in range(4)]
    assert (picture.front == 0)[np.array(covered)].all()
    assert (picture.front[3, 1:] == NOTHING).all()
    assert picture.depth[0, 0] == pytest.approx(5)
    assert np.isinf(picture.depth[3, 3])


def test_the_nearer_triangle_is_in_front_whatever_the_order() -> None:
    far = triangle((0, 0, 9), (8, 0, 9), (0, 8, 9))
    near = triangle((0, 0, 1), (8, 0, 1), (0, 8, 1))
    assert rasterise(np.stack([far, near]), 8, 8).front[1, 1] == 1
    assert rasterise(np.stack([near, far]), 8, 8).front[1, 1] == 0


def test_depth_is_affine_over_a_slanted_triangle() -> None:
    corners = triangle((0, 0, 0), (10, 0, 10), (0, 10, 20))[None]
    picture = rasterise(corners, 10, 10)
    assert picture.depth[2, 3] == pytest.approx(3.5 + 2 * 2.5)


def test_two_triangles_of_a_square_leave_no_gap_and_no_overlap() -> None:
    square = np.stack(
        [
            triangle((1.2, 1.7, 0), (13.9, 2.2, 0), (12.1, 14.4, 0)),
            triangle((1.2, 1.7, 0), (12.1, 14.4, 0), (2.3, 12.9, 0)),
        ]
    )
    both = rasterise(square, 16, 16).front != NOTHING
    first = rasterise(square[:1], 16, 16).front != NOTHING
    second = rasterise(square[1:], 16, 16).front != NOTHING
    assert (both == (first | second)).all()
    assert not (first & second).any()
    x, y = square[:, :, 0], square[:, :, 1]
    doubled = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    area = np.abs(doubled) / 2
    assert both.sum() == pytest.approx(area.sum(), rel=0.06)


def test_triangles_outside_or_seen_edge_on_draw_nothing() -> None:
    outside = np.stack(
        [
            triangle((-9, -9, 0), (-1, -9, 0), (-9, -1, 0)),
            triangle((20, 20, 0), (30, 20, 0), (20, 30, 0)),
            triangle((1, 1, 0), (5, 5, 1), (3, 3, 2)),
        ]
    )
    assert (rasterise(outside, 16, 16).front == NOTHING).all()
    assert (rasterise(np.zeros((0, 3, 3)), 4, 4).front == NOTHING).all()


def test_weights_interpolate_the_corners() -> None:
    corners = triangle((0, 0, 0), (10, 0, 0), (0, 10, 0))[None]
    weights = weights_at(corners, np.array([2.5]), np.array([4.5]))
    assert weights[0] == pytest.approx([0.3, 0.25, 0.45])
    outside = weights_at(corners, np.array([-5.0]), np.array([0.0]))
    assert outside[0] == pytest.approx([1.0, 0.0, 0.0])


def test_values_at_the_corners_rise_evenly_over_the_screen() -> None:
    corners = triangle((1, 2, 0), (11, 2, 0), (1, 22, 0))[None]
    values = np.array([[[1.0, 5.0], [3.0, 5.0], [1.0, 9.0]]])
    assert slopes_of(corners, values)[0].tolist() == pytest.approx(
        np.array([[0.2, 0.0], [0.0, 0.2]])
    )
    edge_on = triangle((1, 1, 0), (2, 2, 5), (3, 3, 9))[None]
    assert (slopes_of(edge_on, values) == 0).all()


def test_a_steep_triangle_far_from_the_corner_of_the_picture_keeps_its_depth() -> None:
    steep = triangle((900, 700, 0), (900.7, 760, 400), (900.2, 760, 0.0))[None]
    picture = rasterise(steep, 1024, 768)
    seen = picture.depth[np.isfinite(picture.depth)]
    assert len(seen)
    assert seen.min() >= 0
    assert seen.max() <= 400


def test_many_small_triangles_are_drawn_in_batches() -> None:
    random = np.random.default_rng(1)
    corners = random.uniform(0, 200, (20_000, 1, 3)) + random.uniform(-3, 3, (20_000, 3, 3))
    picture = rasterise(corners, 200, 200)
    # Poisson: mean area 36 * 11 / 144 pixels, so 1 - exp(-20,000 * 2.75 / 40,000) are covered.
    assert (picture.front != NOTHING).mean() == pytest.approx(0.747, abs=0.02)
    seen = picture.front[picture.front != NOTHING]
    assert corners[seen, :, 2].mean() < corners[:, :, 2].mean()
