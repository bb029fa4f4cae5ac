"""Channels in metres and y up."""

import numpy as np

from holotable.conversion.readers.draft import Frame
from holotable.conversion.readers.moving import Moving, channel_of
from holotable.review.scene import Z_UP_TO_Y_UP


def test_turning_a_rotation_is_conjugating_its_matrix() -> None:
    random = np.random.default_rng(5)
    frame = Frame(0.001, Z_UP_TO_Y_UP)
    for quaternion in random.normal(size=(20, 4)):
        unit = quaternion / np.linalg.norm(quaternion)
        moving = Moving(0, "rotation", "STEP", np.zeros(1), unit[None])
        turned = channel_of(moving, 7, frame).values[0].astype(float)
        expected = Z_UP_TO_Y_UP[:3, :3] @ matrix(unit) @ Z_UP_TO_Y_UP[:3, :3].T
        assert np.allclose(matrix(turned), expected, atol=1e-6)


def matrix(q: np.ndarray) -> np.ndarray:
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_scale_and_translation_follow_the_axes() -> None:
    frame = Frame(2.0, Z_UP_TO_Y_UP)
    for path, expected in (
        ("scale", [1, 3, 2]),
        ("translation", [2, 6, -4]),
        ("weights", [1, 2, 3]),
    ):
        moving = Moving(0, path, "LINEAR", np.zeros(1), np.array([[1.0, 2.0, 3.0]]))  # type: ignore[arg-type]  # of the four
        channel = channel_of(moving, 3, frame)
        assert channel.node == 3
        assert channel.values.tolist() == [expected]
