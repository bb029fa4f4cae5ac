"""How rows of the tree move, as a reader finds it and as it is kept."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from holotable.conversion.readers.draft import Frame
from holotable.review.scene import Floats
from holotable.review.surface import Channel


@dataclass(frozen=True, slots=True)
class Moving:
    """One animated quantity of a row, in the file's unit and axes, relative to the parent.

    times: (k,) seconds. values: (k, …), of cubic splines (k, 3, …): tangent, value, tangent.
    """

    row: int
    path: Literal["translation", "rotation", "scale", "weights"]
    interpolation: Literal["STEP", "LINEAR", "CUBICSPLINE"]
    times: Floats
    values: Floats


def channel_of(moving: Moving, node: int, frame: Frame) -> Channel:
    """The same in metres and y up. node: the row's number in the scene.

    Tangents of cubic splines turn and scale as their values do, since both are linear.
    """
    values = moving.values
    turn = frame.turn[:3, :3]
    if moving.path == "translation":
        values = (values * frame.scale) @ turn.T
    elif moving.path == "rotation":
        values = np.concatenate([values[..., :3] @ turn.T, values[..., 3:]], axis=-1)
    elif moving.path == "scale":
        values = values @ np.abs(turn).T  # the turn exchanges axes and may negate one
    return Channel(
        node,
        moving.path,
        moving.interpolation,
        moving.times.astype(np.float32),
        values.astype(np.float32),
    )
