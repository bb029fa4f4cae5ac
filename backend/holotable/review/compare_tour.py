"""Changes put together: sub-assemblies that moved as a whole, and stops of the change tour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare import (
    ADDED,
    APPEARANCE,
    MOVED,
    PROPERTIES,
    REMOVED,
    SHAPE,
    Change,
    Comparison,
)
from holotable.review.compare_place import still, swept, world_boxes
from holotable.review.compare_rows import row_boxes

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_NONE, _MIXED = -1, -2
_MOTIONS: Final = 300  # different motions that groups are looked for among
_RANK: Final = {SHAPE: 0, REMOVED: 1, ADDED: 1, MOVED: 2, APPEARANCE: 3, PROPERTIES: 4}


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of the tour. kind: of its changes.  changes: places in `Comparison.changes`.
    group: row of the new structure when a sub-assembly moved as a whole, else −1.
    bounds: (2, 3) of all of it on both sides, metres, model frame.
    """

    kind: int
    changes: tuple[int, ...]
    group: int
    bounds: Floats


def groups_of(comparison: Comparison) -> Whole:
    """(changes,) row of the new structure's highest assembly that moved as a whole, or −1.

    All that is in it and was in the old revision made one motion, and there are two such or more.
    """
    new = comparison.new
    found = np.full(len(comparison.changes), -1)
    kinds = _motion_kinds(comparison)
    state = np.full(len(new.ids), _NONE)
    paired = new.placed[comparison.partners_new >= 0]
    state[paired] = _MIXED
    members = np.zeros(len(new.ids), np.int64)
    members[paired] = 1
    for at, kind in kinds.items():
        state[comparison.changes[at].new] = kind
    for rows in reversed(new.levels[1:]):
        above = new.parents[rows]
        np.add.at(members, above, members[rows])
        for row, parent in zip(rows.tolist(), above.tolist(), strict=True):
            if state[row] == _NONE:
                continue
            state[parent] = state[row] if state[parent] in (_NONE, state[row]) else _MIXED
    top = np.full(len(new.ids), -1)
    for rows in new.levels:
        for row in rows.tolist():
            parent = int(new.parents[row])
            if parent >= 0 and top[parent] >= 0:
                top[row] = top[parent]
            elif state[row] >= 0 and members[row] >= 2 and new.parts[row] < 0:
                top[row] = row
    for at in kinds:
        found[at] = top[comparison.changes[at].new]
    return found


def _motion_kinds(comparison: Comparison) -> dict[int, int]:
    """Numbers of motions of the changes that moved; equal for equal motions."""
    moved = [at for at, one in enumerate(comparison.changes) if one.move is not None]
    if not moved:
        return {}
    motions = np.array([_matrix(comparison, comparison.changes[at]) for at in moved])
    boxes = world_boxes(comparison.old)[[comparison.changes[at].old for at in moved]]
    extent = max(comparison.old.extent, comparison.new.extent)
    slack = 8.0 * still(np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1), extent)
    number = np.full(len(moved), -1)
    count = 0
    while count < _MOTIONS and (number < 0).any():
        free = np.flatnonzero(number < 0)
        between = np.linalg.inv(motions[free[0]]) @ motions[free]
        same = swept(between, boxes[free]) <= slack[free]
        same[0] = True
        number[free[same]] = count
        count += 1
    rest = np.flatnonzero(number < 0)
    number[rest] = count + np.arange(len(rest))
    return dict(zip(moved, number.tolist(), strict=True))


def _matrix(comparison: Comparison, change: Change) -> Floats:
    """(4, 4) of a change's move, in the model."""
    move = change.move
    assert move is not None
    axis, angle = np.array(move.axis), move.angle_rad
    x, y, z = axis
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    motion = np.eye(4)
    motion[:3, :3] += np.sin(angle) * skew + (1.0 - np.cos(angle)) * (skew @ skew)
    at = int(np.searchsorted(comparison.old.placed, change.old))
    middle = comparison.old.boxes[at].mean(axis=0)
    motion[:3, 3] = middle + np.array(move.vector) - motion[:3, :3] @ middle
    return motion


def tour_of(comparison: Comparison, groups: Whole) -> list[Stop]:
    """The stops, most important first.

    What became of the same part in the same way is one stop, wherever it stands. The rule: another
    shape, then what came or went, then what moved, then looks, then properties; among those the
    larger first, by the diagonal of the largest occurrence times the root of how many there are.
    """
    stops: dict[tuple[Any, ...], list[int]] = {}
    for at, change in enumerate(comparison.changes):
        stops.setdefault(_key(comparison, change, int(groups[at])), []).append(at)
    boxes = _row_boxes(comparison)
    made = []
    for key, members in stops.items():
        around = _boxes([comparison.changes[at] for at in members], boxes)
        largest = float(np.linalg.norm(around[:, 1] - around[:, 0], axis=1).max())
        bounds = np.stack([around[:, 0].min(axis=0), around[:, 1].max(axis=0)])
        kind = comparison.changes[members[0]].kind
        group = int(key[1]) if key[0] == "group" else -1
        weight = largest * float(np.sqrt(len(members)))
        made.append((_RANK[kind], -weight, members[0], Stop(kind, tuple(members), group, bounds)))
    return [stop for *_order, stop in sorted(made, key=lambda one: one[:3])]


def _key(comparison: Comparison, change: Change, group: int) -> tuple[Any, ...]:
    old, new = comparison.old, comparison.new
    one = int(old.parts[change.old]) if change.old >= 0 else -1
    other = int(new.parts[change.new]) if change.new >= 0 else -1
    if change.kind == MOVED and group >= 0:
        return ("group", group)
    if change.kind == SHAPE:
        return ("shape", one, other)
    if change.kind == MOVED and change.move is not None:
        step = 1e-6
        return ("moved", one, other, *(round(value / step) for value in change.move.vector),
                round(change.move.angle_rad / 1e-5))  # fmt: skip
    if change.kind == APPEARANCE:
        return ("looks", one, other, old.colours[change.old], new.colours[change.new])
    if change.kind == PROPERTIES:
        return ("said", one, other, repr(change.properties))
    return (change.kind, one, other)


def _row_boxes(comparison: Comparison) -> tuple[Floats, Floats]:
    """(rows, 2, 3) of both sides; around what is in assemblies only when one of them changed."""
    old, new = comparison.old, comparison.new
    boxes = world_boxes(old), world_boxes(new)
    if any(one.new >= 0 and new.parts[one.new] < 0 for one in comparison.changes):
        return row_boxes(old, boxes[0]), row_boxes(new, boxes[1])
    return boxes


def _boxes(changes: Sequence[Change], boxes: tuple[Floats, Floats]) -> Floats:
    """(k, 2, 3) where the occurrences stand on either side."""
    found = [boxes[0][one.old] for one in changes if one.old >= 0]
    found += [boxes[1][one.new] for one in changes if one.new >= 0]
    return np.array(found)
