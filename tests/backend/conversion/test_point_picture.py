"""Pictures of clouds."""

from pathlib import Path

import numpy as np
from PIL import Image
from point_files import hill, y_up

from holotable.conversion.point_picture import ramp, write_picture
from holotable.conversion.points import Sample
from holotable.review.scene import Floats

PLACES = y_up(hill(20_000)).astype(np.float32)
ORANGE = np.tile(np.array([[240, 120, 20]], np.uint8), (20_000, 1))


def drawn(folder: Path, *samples: Sample) -> Floats:
    """(384, 512, 4) of the picture."""
    write_picture(folder / "a.webp", samples)
    with Image.open(folder / "a.webp") as picture:
        return np.asarray(picture.convert("RGBA"), float)


def test_a_cloud_fills_the_picture_in_its_colours(tmp_path: Path) -> None:
    picture = drawn(tmp_path, Sample(0, PLACES, ORANGE, np.eye(4)[None]))
    solid = picture[:, :, 3] > 200
    assert 0.15 < solid.mean() < 0.8
    red, green, blue = picture[solid][:, :3].mean(axis=0)
    assert red > 1.6 * green > 2 * blue
    columns = np.flatnonzero(solid.any(axis=0))
    assert columns[0] < 60
    assert columns[-1] > 450


def test_without_colours_height_tells_points_apart(tmp_path: Path) -> None:
    picture = drawn(tmp_path, Sample(0, PLACES, None, np.eye(4)[None]))
    solid = picture[picture[:, :, 3] > 200][:, :3]
    assert np.ptp(solid[:, 0] - solid[:, 2]) > 100
    assert ramp(np.array([0.0, 1.0])).tolist() == [[38, 84, 124], [196, 108, 78]]


def test_one_stray_point_does_not_shrink_the_rest(tmp_path: Path) -> None:
    stray = PLACES.copy()
    stray[7] = (0, 50_000, 0)
    near = drawn(tmp_path, Sample(0, PLACES, ORANGE, np.eye(4)[None]))
    far = drawn(tmp_path, Sample(0, stray, ORANGE, np.eye(4)[None]))
    assert (far[:, :, 3] > 200).mean() > 0.9 * (near[:, :, 3] > 200).mean()


def test_what_is_in_front_is_seen(tmp_path: Path) -> None:
    behind = np.eye(4)
    behind[:3, 3] = (-62, -52, -78)  # away from the viewer, who stands front right above
    blue = np.tile(np.array([[20, 40, 240]], np.uint8), (20_000, 1))
    places = PLACES * np.float32(0.3)
    for order in (1, -1):
        samples = [
            Sample(0, places, ORANGE, np.eye(4)[None]), Sample(1, places, blue, behind[None]),
        ][::order]  # fmt: skip
        picture = drawn(tmp_path, *samples)
        solid = picture[picture[:, :, 3] > 200]
        assert (solid[:, 0] > solid[:, 2]).mean() > 0.95


def test_every_placement_is_drawn_and_none_is_an_empty_picture(tmp_path: Path) -> None:
    twice = np.stack([np.eye(4), np.eye(4)])
    twice[1, 0, 3] = 300
    one = drawn(tmp_path, Sample(0, PLACES, ORANGE, twice[:1]))
    two = drawn(tmp_path, Sample(0, PLACES, ORANGE, twice))
    assert (two[:, :, 3] > 200).mean() < 0.6 * (one[:, :, 3] > 200).mean()
    assert not drawn(tmp_path)[:, :, 3].any()
