"""Stored views as they leave the house: ids for numbers, directions of length 1, cuts that stay."""

import pytest

from holotable.exchange.stored_views import MAX_PARTS, camera_of, cuts_of, named_parts


def test_parts_are_named_and_those_without_a_name_are_counted() -> None:
    ids = ["a", "b", "c"]
    assert named_parts([[0, 1], [5, 6]], ids) == (("a", "b"), 2)
    assert named_parts({"ids": ["a"], "all_but": True}, ids) == (("b", "c"), 0)
    assert named_parts({"ids": ["a"]}, None) == (("a",), 0)
    assert named_parts([[0, 1]], None) == ((), 2)
    many = [str(number) for number in range(MAX_PARTS + 5)]
    assert named_parts([[0, MAX_PARTS + 4]], many)[1] == 5


def test_a_camera_looks_along_a_direction_of_length_one() -> None:
    said = {"position": [0, 0, 4], "target": [0, 0, 0], "up": [0, 1, 0], "fov_rad": 0.8}
    found = camera_of(said)
    assert found is not None
    assert found.direction == (0.0, 0.0, -1.0)
    assert found.height_m is None
    assert camera_of(None) is None


def test_a_box_cuts_with_six_planes_and_a_disabled_plane_with_none() -> None:
    planes = [
        {"normal": [0, -1, 0], "offset_m": -0.5},
        {"normal": [1, 0, 0], "offset_m": 0, "enabled": False},
    ]
    turned = [0.0, 0.0, 0.7071067811865476, 0.7071067811865476]  # a quarter about z
    box = {"centre": [1, 1, 1], "half": [1, 2, 3], "rotation": turned}
    found = cuts_of({"planes": planes, "box": box})
    assert len(found) == 7
    assert found[0].point == (0.0, 0.5, 0.0)
    assert found[1].point == pytest.approx((1.0, 2.0, 1.0))
    assert found[1].normal == pytest.approx((0.0, -1.0, 0.0))
