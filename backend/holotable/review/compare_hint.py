"""Whether one of two revisions was read in a wrong unit, or lies down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from holotable.review.placement import METRES_PER_UNIT

_ASSUMED: Final = METRES_PER_UNIT["mm"]
_SAME: Final = 2e-3  # of a size: what triangles leave of round shapes


@dataclass(frozen=True, slots=True)
class Hint:
    """How one side would be as large as the other, where its file does not say it.

    side: from or to.  unit, up_axis: as a correction has them, None where nothing is to change.
    """

    side: str
    unit: str | None
    up_axis: str | None


def hint_of(
    sizes: Mapping[str, Sequence[float]],
    said: Mapping[str, Mapping[str, Any]],
    corrected: Mapping[str, Mapping[str, Any] | None],
) -> Hint | None:
    """A correction after which both are of one size; None when they are, or no unit explains it.

    All by side, `from` and `to`. sizes: (3,) metres along x, y, z, y up, as they are compared.
    said: kind, length_unit and up_axis of the source. corrected: its placement.
    """
    for side, other in (("to", "from"), ("from", "to")):
        mine, theirs = np.asarray(sizes[side], float), np.asarray(sizes[other], float)
        if min(mine.max(), theirs.max()) <= 0 or _same(mine, theirs):
            return None
        known = corrected[side] or {}
        units: list[str | None] = [None]
        if not said[side].get("length_unit") and not known.get("unit"):
            units += [unit for unit in METRES_PER_UNIT if unit != "mm"]
        axes: list[str | None] = [None]
        if not said[side].get("up_axis") and not known.get("up_axis"):
            axes.append("z" if said[side].get("kind") == "obj" else "y")
        for axis in axes:
            lying = mine if axis is None else mine[[0, 2, 1]]
            for unit in units:
                factor = 1.0 if unit is None else METRES_PER_UNIT[unit] / _ASSUMED
                if _same(lying * factor, theirs):
                    return Hint(side, unit, axis)
    return None


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() <= _SAME * other.max())
