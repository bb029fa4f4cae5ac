"""The coarsest level made to fit: the first half megabyte, and what a headset can draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from holotable.conversion.lod import COARSEST, Levels, capped, caps_for, triangles_of
from holotable.conversion.place import Integers, Placements
from holotable.conversion.simplify import Simplifier
from holotable.review.scene import Floats

# Per eye on a Quest 3 (VIEWER §4): published 750k triangles, adopted with a fifth in reserve.
HEADSET_TRIANGLES: Final = 600_000
HEADSET_DRAW_CALLS: Final = 150
HEADSET_SUB_DRAWS: Final = 500

# base.glb for 10,000 occurrences. The first picture may cost 500 kB (DESIGN §10): the manifest and
# the thumbnail that stands in meanwhile take up to 50 kB of them.
BASE_BYTES: Final = 440_000
# What geometry may always take, however many instances there are: 100,000 of them fill 2.4 MB.
MIN_MESH_BYTES: Final = 150_000
_MARGIN: Final = 0.92  # aim below the limit, since caps are only about kept
_ROUNDS: Final = 6


@dataclass(frozen=True, slots=True)
class BaseSize:
    """What one attempt at base.glb weighs."""

    total_bytes: int
    instance_bytes: int

    @property
    def mesh_bytes(self) -> int:
        """All that is not instances."""
        return self.total_bytes - self.instance_bytes


def fit_coarsest(
    levels: Sequence[Levels],
    placements: Placements,
    sizes: Floats,
    simplifier: Simplifier,
    write: Callable[[Sequence[Levels]], BaseSize],
) -> tuple[list[Levels], BaseSize]:
    """Make the coarsest level coarser until base.glb and a headset's budget hold.

    sizes: (parts,) diagonal of each part, metres. write: writes base.glb from these levels.
    Gives up after a few rounds with what it has: below a tetrahedron per part nothing is left.
    """
    fitted = list(levels)
    placed = np.bincount(placements.parts, minlength=len(levels)).astype(float)
    copies = np.zeros(len(levels))
    shown = placements.counts() > 0
    for geometry, shows in zip(placements.catalogue, shown, strict=True):
        copies[geometry.part] += shows
    size = write(fitted)
    for _ in range(_ROUNDS):
        triangles = triangles_of(fitted, COARSEST)
        drawn = float((triangles * placed).sum())
        allowed = max(BASE_BYTES - size.instance_bytes, MIN_MESH_BYTES)
        if drawn <= HEADSET_TRIANGLES and size.mesh_bytes <= allowed:
            break
        caps = _caps(triangles, placed, copies, sizes, size, allowed)
        coarser = [
            part if count == 0 else capped(part, int(cap), simplifier)
            for part, cap, count in zip(fitted, caps, placed, strict=True)
        ]
        if all(new is old for new, old in zip(coarser, fitted, strict=True)):
            break
        fitted = coarser
        size = write(fitted)
    return fitted, size


def _caps(
    triangles: Integers,
    placed: Floats,
    copies: Floats,
    sizes: Floats,
    size: BaseSize,
    allowed: int,
) -> Integers:
    """The triangles each part may keep so that both budgets hold."""
    for_headset = caps_for(triangles, placed, sizes, HEADSET_TRIANGLES * _MARGIN)
    unique = float((triangles * copies).sum())
    bytes_each = size.mesh_bytes / max(unique, 1.0)
    for_bytes = caps_for(triangles, copies * bytes_each, sizes, allowed * _MARGIN)
    return np.minimum(for_headset, for_bytes)


def headset(levels: Sequence[dict[str, int]]) -> dict[str, Any]:
    """The finest level that a headset can draw; else the coarsest, which then does not pass.

    levels: the manifest's rows, finest first.
    """

    def fits(level: dict[str, int]) -> bool:
        return (
            level["triangles"] <= HEADSET_TRIANGLES
            and level["draw_calls"] <= HEADSET_DRAW_CALLS
            and level["sub_draws"] <= HEADSET_SUB_DRAWS
        )

    chosen = next((level for level in levels if fits(level)), levels[-1])
    measured = {key: chosen[key] for key in ("level", "triangles", "draw_calls", "sub_draws")}
    return {**measured, "passes": fits(chosen)}
