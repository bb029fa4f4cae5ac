"""Levels of detail of a point cloud: which points make the coarse picture, and which fill it up.

Level j has cells of 2^j millimetres. Along the Morton curve (Morton 1966) the points of a cell are
neighbours, for every cell size at once: a point that begins a new cell of level j, and none of a
coarser one, is *of level j*. So the points of all levels ≥ j together are one for each occupied
cell of level j, every point has exactly one level, and finding them all costs one sort.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.scene import Floats, Floats32

Codes: TypeAlias = NDArray[np.uint64]
Order: TypeAlias = NDArray[np.int64] | NDArray[np.uint32]

BITS: Final = 21  # per axis: three of them fill 63
_PIECE: Final = 1 << 18  # points at a time: what a piece needs stays in the processor's cache
_UNIT_M: Final = 0.001  # the cell size of level 0 of the ladder that all clouds share
_SMALLEST_M: Final = 1e-6
_LONGEST: Final = 10  # a chunk is at most 2^10 cells of its level long
# Where this share of the points is told apart the rest is not worth a level of its own.
_TOLD_APART: Final = 0.75

# The bits of 11-bit numbers spread to every third place.
_SPREAD: Final = np.array(
    [sum(((n >> bit) & 1) << (3 * bit) for bit in range(11)) for n in range(1 << 11)], np.uint64
)


@dataclass(frozen=True, slots=True)
class Octree:
    """The points of one cloud along the Morton curve.

    order: (n,) index into the cloud. codes: (n,) rising. steps: (n,) level of each above `lowest`.
    lowest: ladder number of the cells that codes count: 2^lowest mm. distinct: how many of those
    cells hold a point; the other points are as good as on top of one another.
    """

    order: Order
    codes: Codes
    steps: NDArray[np.uint8]
    lowest: int
    distinct: int

    def occupied(self) -> NDArray[np.int64]:
        """How many cells of each level above `lowest` hold a point; (BITS + 1,)."""
        found = np.bincount(self.steps, minlength=BITS + 1)
        found[0] -= len(self.steps) - self.distinct
        return np.cumsum(found[::-1])[::-1]

    def finest(self) -> int:
        """The step of the finest level that is worth having."""
        enough = self.occupied() >= _TOLD_APART * self.distinct
        return int(np.flatnonzero(enough)[-1])

    def longest(self) -> int:
        """The finest step at which the whole cloud is at most 2^_LONGEST cells long."""
        spans = int(self.codes[0] ^ self.codes[-1]).bit_length() if len(self.codes) else 0
        return max((spans + 2) // 3 - _LONGEST, 0)


def spacing_m(level: int) -> float:
    """Metres between the points of a level of the ladder."""
    return math.ldexp(_UNIT_M, level)


def build(positions: Floats32) -> Octree:
    """Sort the points of a cloud and find their levels. positions: (n, 3) metres, at least one."""
    axes = [positions[:, axis] for axis in range(3)]
    low = np.array([axis.min() for axis in axes], np.float64)
    extent = float((np.array([axis.max() for axis in axes]) - low).max())
    # As fine as the bits allow, but no finer than single precision tells points apart.
    lowest = math.ceil(math.log2(max(extent, _SMALLEST_M) / _UNIT_M)) - (BITS - 1)
    # Cells begin at round places, so that clouds scanned side by side meet.
    cell = spacing_m(lowest)
    corner = np.floor(low / cell) * cell
    codes = morton_codes(positions, corner, cell)
    order: Order = np.argsort(codes)
    if len(order) <= 0xFFFFFFFF:
        order = order.astype(np.uint32)
    codes = codes[order]
    distinct = 1 + int(np.count_nonzero(codes[1:] != codes[:-1]))
    return Octree(order, codes, _steps(codes), lowest, distinct)


def morton_codes(positions: Floats32, corner: Floats, cell: float) -> Codes:
    """The cell of each point as one number, the bits of x, y and z in turn; (n,)."""
    codes = np.empty(len(positions), np.uint64)
    for first in range(0, len(positions), _PIECE):
        piece = slice(first, first + _PIECE)
        cells = np.clip((positions[piece] - corner) / cell, 0, (1 << BITS) - 1).astype(np.uint32)
        code = codes[piece]
        code[:] = 0
        for axis in range(3):
            along = cells[:, axis]
            code |= _SPREAD[along & 2047] << np.uint64(axis)
            code |= _SPREAD[along >> 11] << np.uint64(33 + axis)
    return codes


def _steps(codes: Codes) -> NDArray[np.uint8]:
    """The coarsest level at which each point begins a cell: where its code first differs."""
    steps = np.empty(len(codes), np.uint8)
    for first in range(0, len(codes), _PIECE):
        piece = codes[first : first + _PIECE]
        before = (
            codes[first - 1 : first - 1 + len(piece)] if first else np.r_[piece[:1], piece[:-1]]
        )
        differ = piece ^ before
        # The exponent of a double is the place of the highest bit; 53 bits may round up to the
        # next power, so the lower ones are cut off first.
        high = differ & ~(differ >> np.uint64(1))
        _, place = np.frexp(high.astype(np.float64))
        steps[first : first + len(piece)] = np.maximum(place - 1, 0) // 3
    if len(steps):
        steps[0] = BITS
    return steps


def split(codes: Codes, step: int, most: int) -> Iterator[slice]:
    """Cut the points of one level into compact runs of at most `most`; codes: theirs, rising.

    A run is a cell of the octree or neighbouring ones under the same parent.
    """
    if len(codes):
        yield from _split(codes, 0, len(codes), BITS, step, most)


def _split(codes: Codes, first: int, last: int, size: int, step: int, most: int) -> Iterator[slice]:
    """size: the cell that holds all of them is 2^size of the finest cells long."""
    if last - first <= most and size - step <= _LONGEST:
        yield slice(first, last)
        return
    if size == 0:  # very many points at one place
        for start in range(first, last, most):
            yield slice(start, min(start + most, last))
        return
    base = (int(codes[first]) >> (3 * size)) << (3 * size)
    marks = np.array([base + (child << (3 * (size - 1))) for child in range(1, 8)], np.uint64)
    ends = [first, *(np.searchsorted(codes[first:last], marks) + first).tolist(), last]
    may_join = size - step <= _LONGEST
    held = first
    for start, end in pairwise(ends):
        if may_join and end - held <= most:
            continue
        if start > held:
            yield slice(held, start)
        held = start
        if end - start > most or not may_join:
            if end > start:
                yield from _split(codes, start, end, size - 1, step, most)
            held = end
    if last > held:
        yield slice(held, last)
