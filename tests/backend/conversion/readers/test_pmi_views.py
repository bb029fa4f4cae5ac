import numpy as np
import pytest

from holotable.conversion.readers.pmi_geometry import Camera
from holotable.conversion.readers.pmi_views import saved_view
from holotable.review.scene import Floats

DOWN, NORTH = np.array([0.0, 0, -1]), np.array([0.0, 1, 0])


def to_scene(points: Floats) -> Floats:
    """Millimetres, z up, to metres, y up."""
    return np.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1) / 1000.0


def test_a_view_looks_at_what_it_shows_in_metres_and_y_up() -> None:
    camera = Camera(np.array([20.0, 15, 120]), DOWN, NORTH, 100.0, 50.0)

    view = saved_view("Top", camera, 1.0, to_scene, np.array([25.0, 15, 10]))

    assert view.position == pytest.approx((0.02, 0.12, -0.015))
    assert view.target == pytest.approx((0.02, 0.01, -0.015))
    assert view.up == pytest.approx((0, 0, -1))
    assert view.height_m == pytest.approx(0.05)
    assert view.plane is None


def test_an_orthographic_eye_inside_what_it_shows_steps_back() -> None:
    camera = Camera(np.array([0.0, 0, 0]), DOWN, NORTH, 100.0, 50.0)

    view = saved_view("Top", camera, 1.0, to_scene, np.array([0.0, 0, 5]))

    assert view.position == pytest.approx((0, 0.1, 0))
    assert view.target == pytest.approx((0, 0.005, 0))


def test_a_perspective_eye_stays_where_it_is() -> None:
    camera = Camera(np.array([0.0, 0, 0]), DOWN, NORTH, 100.0, None)

    view = saved_view("Top", camera, 1.0, to_scene, np.array([0.0, 0, 5]))

    assert view.position == (0, 0, 0)
    assert view.target == pytest.approx((0, -0.1, 0))
    assert view.height_m is None


def test_a_clipping_plane_keeps_its_side_in_the_scene_and_unit() -> None:
    keep_below = np.array([0.0, 0, -1, 15])  # 0.6 inch
    camera = Camera(np.array([0.0, 0, 50]), DOWN, NORTH, 40.0, 50.0, (keep_below,))

    view = saved_view("Cut", camera, 25.4, to_scene, None)

    assert view.plane == pytest.approx((0, -1, 0, 0.381))
    assert view.height_m == pytest.approx(1.27)
    assert view.target == pytest.approx((0, 0.254, 0))
