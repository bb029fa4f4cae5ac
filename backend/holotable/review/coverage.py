"""What of a revision somebody has had in view, against what changed in it."""

import struct
from collections.abc import Collection, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Whole: TypeAlias = NDArray[np.int64]

_HEAD: Final = struct.Struct("<4sIII")


def changed_numbers(codes: NDArray[np.uint8]) -> Whole:
    """Dense numbers of what changed. codes: (occurrences of the new revision,) kinds, 0 unchanged.

    What was removed cannot be seen in the new revision and is not among them.
    """
    return np.flatnonzero(codes)


def unseen_numbers(changed: Whole, seen: Collection[Sequence[int]]) -> Whole:
    """Those of `changed` that are in no run. seen: [first, last] dense numbers, ascending."""
    if not seen or not len(changed):
        return changed
    runs = np.array([[run[0], run[1]] for run in seen], np.int64)
    run = np.searchsorted(runs[:, 0], changed, side="right") - 1
    inside = (run >= 0) & (changed <= runs[np.maximum(run, 0), 1])
    unseen: Whole = changed[~inside]
    return unseen


def codes_of_new(columns: bytes) -> NDArray[np.uint8]:
    """The codes of the new side's occurrences, read from the columns. raises: ValueError."""
    if len(columns) < _HEAD.size:
        raise ValueError("the columns end in their head")
    magic, version, old, new = _HEAD.unpack_from(columns)
    if magic != b"HTCO" or version != 1 or len(columns) < _HEAD.size + old + new:
        raise ValueError("these are no columns of occurrences of version 1")
    return np.frombuffer(columns, np.uint8, new, _HEAD.size + old)
