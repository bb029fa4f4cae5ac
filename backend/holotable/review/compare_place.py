"""How a pair of occurrences moved: the motion between two shapes, and what is left of it.

A part's own frame may be another after an export, so that the motion of an occurrence is not the
quotient of its placements. What counts is where the shape was and where it is.
"""

from dataclasses import dataclass
from itertools import permutations, product
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_kin import RELATIVE
from holotable.review.compare_match import EXTENT
from holotable.review.compare_side import Figures, Side

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_SAGS: Final = 2.0
_SYMMETRIC: Final = 2e-3  # of radii: below, two axes cannot be told apart by moments


@dataclass(frozen=True, slots=True)
class Move:
    """A rigid motion in the model. vector: of the middle, metres.  distance_m: its length.
    angle_rad: 0 … π about `axis`.
    """

    vector: tuple[float, float, float]
    distance_m: float
    angle_rad: float
    axis: tuple[float, float, float]


def still(size: Floats | float, extent: float) -> Floats:
    """Metres that a corner of a part may move by and still be where it was."""
    return np.asarray(RELATIVE * np.asarray(size) + EXTENT * extent + 1e-9)


def swept(motions: Floats, boxes: Floats) -> Floats:
    """(n,) metres by which the farthest corner of a box moves. boxes: (n, 2, 3) in the model."""
    middle, half = boxes.mean(axis=1), (boxes[:, 1] - boxes[:, 0]) / 2.0
    linear = motions[:, :3, :3] - np.eye(3)
    shift = np.einsum("nij,nj->ni", linear, middle) + motions[:, :3, 3]
    reach = np.einsum("nij,nj->ni", np.abs(linear), half)
    return np.asarray(np.linalg.norm(np.abs(shift) + reach, axis=1))


def move_of(motion: Floats, middle: Floats) -> Move:
    """A motion (4, 4) as a shift of the middle and a turn about it."""
    shift = motion[:3, :3] @ middle + motion[:3, 3] - middle
    turn = motion[:3, :3]
    angle = float(np.arccos(np.clip((np.trace(turn) - 1.0) / 2.0, -1.0, 1.0)))
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    length = float(np.linalg.norm(axis))
    if length > 1e-9:
        # The arc sine is the sharper one for small angles.
        angle = float(np.arctan2(length / 2.0, (np.trace(turn) - 1.0) / 2.0))
        axis = axis / length
    elif angle > 1.0:  # half a turn
        column = turn + np.eye(3)
        axis = column[:, int(np.argmax(np.linalg.norm(column, axis=0)))]
        axis = axis / np.linalg.norm(axis)
    x, y, z = shift.tolist()
    u, v, w = axis.tolist()
    return Move((x, y, z), float(np.linalg.norm(shift)), angle, (u, v, w))


def same_frame(old: Figures, one: Whole, new: Figures, other: Whole) -> NDArray[np.bool_]:
    """(k,) whether both figures stand alike in their own frames, within what triangles allow."""
    return _fits(old, one, new, other, np.broadcast_to(np.eye(4), (len(one), 4, 4)))


def _fits(
    old: Figures, one: Whole, new: Figures, other: Whole, motions: Floats
) -> NDArray[np.bool_]:
    """(k,) whether the motion takes the moments of one to those of the other."""
    turn = motions[:, :3, :3]
    exact = old.exact[one] & new.exact[other]
    size = np.maximum(old.sizes[one], new.sizes[other])
    off = RELATIVE * size + _SAGS * (old.sags[one] + new.sags[other]) + 1e-9
    tight = np.where(exact, RELATIVE * size + 1e-9, off)
    before = np.where(exact[:, None], old.bodies[one], old.centres[one])
    after = np.where(exact[:, None], new.bodies[other], new.centres[other])
    moved = np.einsum("kij,kj->ki", turn, before) + motions[:, :3, 3]
    good = np.linalg.norm(moved - after, axis=1) <= tight
    seconds = turn @ old.seconds[one] @ turn.transpose(0, 2, 1) - new.seconds[other]
    good &= np.abs(seconds).max(axis=(1, 2), initial=0.0) <= 2.0 * off * size
    thirds = np.einsum("kai,kbj,kcl,kijl->kabc", turn, turn, turn, old.thirds[one])
    apart = np.abs(thirds - new.thirds[other]).reshape(len(one), -1).max(axis=1, initial=0.0)
    return np.asarray(good & (apart <= 3.0 * off * size**2))


def motions_between(old: Figures, one: int, new: Figures, other: int) -> list[Floats]:
    """Every rigid motion (4, 4) by which the moments of one figure become those of the other.

    Turns of the axes by quarters come first: programs swap axes and move origins. Then principal
    axes, of which a part with a symmetry has several.
    """
    turns = [*_quarters(), *_principal(old.seconds[one], new.seconds[other])]
    count = len(turns)
    motions = np.tile(np.eye(4), (count, 1, 1))
    motions[:, :3, :3] = turns
    exact = bool(old.exact[one] and new.exact[other])
    before = old.bodies[one] if exact else old.centres[one]
    after = new.bodies[other] if exact else new.centres[other]
    motions[:, :3, 3] = after - motions[:, :3, :3] @ before
    rows, columns = np.full(count, one), np.full(count, other)
    return list(motions[_fits(old, rows, new, columns, motions)])


def _quarters() -> list[Floats]:
    """The 24 turns of a cube."""
    turns = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            if np.linalg.det(turn) > 0:
                turns.append(turn)
    turns.sort(key=lambda turn: -float(np.trace(turn)))
    return turns


def _principal(before: Floats, after: Floats) -> list[Floats]:
    """Turns that take principal axes to principal axes; of a body of revolution, one of many."""
    _, one = np.linalg.eigh(before)
    _, other = np.linalg.eigh(after)
    turns = []
    for signs in product((1.0, -1.0), repeat=3):
        turn = other @ np.diag(signs) @ one.T
        if np.linalg.det(turn) > 0:
            turns.append(turn)
    return turns


def world_boxes(side: Side) -> Floats:
    """(rows, 2, 3) boxes of placed rows; zeros for assemblies."""
    boxes = np.zeros((len(side.ids), 2, 3))
    boxes[side.placed] = side.boxes
    return boxes
