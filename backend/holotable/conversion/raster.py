"""A software rasteriser in numpy: which triangle is in front at each pixel.

Parallel projection only, so depth is affine on screen. A conversion runs where no GPU is; a Python
loop over 100,000 triangles took 4 s, this takes 0.1 s. Single precision: half the memory traffic,
and `np.minimum.at` is three times as fast as on doubles.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.scene import Floats32

Numbers: TypeAlias = NDArray[np.int32]

NOTHING: Final = -1
_BATCH_FRAGMENTS: Final = 2_000_000  # bounds the working memory to about 100 MB
_FLAT: Final = 1e-9  # square pixels of a triangle seen edge-on


@dataclass(frozen=True, slots=True)
class Picture:
    """What is seen at each pixel; row 0 is the top.

    front: (h, w) index of the triangle in front, or NOTHING. depth: (h, w) its distance from the
    viewer, infinite where there is nothing.
    """

    front: Numbers
    depth: Floats32


def rasterise(corners: Floats32, width: int, height: int) -> Picture:
    """Draw triangles with a depth buffer.

    corners: (m, 3, 3) x right, y down, both in pixels, and depth growing away from the viewer. A
    pixel belongs to the triangle that covers its centre.
    """
    depth = np.full(width * height, np.inf, np.float32)
    front = np.full(width * height, NOTHING, np.int32)
    corners = np.asarray(corners, np.float32)
    x, y = corners[:, :, 0], corners[:, :, 1]
    top = np.clip(np.ceil(least(y) - 0.5), 0, height)
    bottom = np.clip(np.ceil(greatest(y) - 0.5), 0, height)
    leftmost = np.clip(np.ceil(least(x) - 0.5), 0, width)
    rightmost = np.clip(np.ceil(greatest(x) - 0.5), 0, width)
    # Most triangles of a dense mesh lie between pixel centres: they are left out at once.
    drawn = np.flatnonzero((bottom > top) & (rightmost > leftmost)).astype(np.int32)
    top = top[drawn].astype(np.int32)
    rows = bottom[drawn].astype(np.int32) - top
    work = np.cumsum(rows + np.minimum(rows * (rightmost - leftmost)[drawn], _areas(x, y, drawn)))
    edges = _Edges.of(corners[drawn])
    for first, last in _batches(work):
        counts = rows[first:last]
        triangle = np.repeat(np.arange(first, last, dtype=np.int32), counts)
        row = _counted(top[first:last], counts)
        left, right = edges.spans(slice(first, last), counts, row + np.float32(0.5), width)
        filled = np.flatnonzero(right > left)
        triangle, row, left = triangle[filled], row[filled], left[filled]
        lengths = right[filled] - left
        # Pixel and depth grow from the row's own start: a plane through (0, 0) loses its digits
        # when it is steep.
        steps = _counted(np.zeros_like(lengths), lengths)
        away = np.repeat(edges.slopes[0, triangle], lengths)
        away *= steps
        away += np.repeat(edges.depths(triangle, left, row), lengths)
        pixel = np.repeat(row * np.int32(width) + left, lengths)
        pixel += steps
        np.minimum.at(depth, pixel, away)
        nearest = np.flatnonzero(away <= depth[pixel])
        front[pixel[nearest]] = np.repeat(drawn[triangle], lengths)[nearest]
    return Picture(front.reshape(height, width), depth.reshape(height, width))


def _areas(x: Floats32, y: Floats32, drawn: Numbers) -> Floats32:
    """Square pixels of the triangles; x, y: (m, 3)."""
    x, y = x[drawn], y[drawn]
    across, along = x[:, 1:] - x[:, :1], y[:, 1:] - y[:, :1]
    return np.asarray(np.abs(across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0]) / 2)


def least(values: Floats32) -> Floats32:
    """The least of (m, 3, …) over the three; numpy's own takes ten times as long."""
    return np.minimum(np.minimum(values[:, 0], values[:, 1]), values[:, 2])


def greatest(values: Floats32) -> Floats32:
    """The greatest of (m, 3, …) over the three."""
    return np.maximum(np.maximum(values[:, 0], values[:, 1]), values[:, 2])


def slopes_of(corners: Floats32, values: Floats32) -> Floats32:
    """How values (m, 3, c) at the corners change per pixel to the right and down; (m, c, 2).

    0 for a triangle seen edge-on. Computed in double precision: narrow triangles cancel.
    """
    x, y = corners[:, :, 0].astype(np.float64), corners[:, :, 1].astype(np.float64)
    right, down = x[:, 1:] - x[:, :1], y[:, 1:] - y[:, :1]
    area = right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0]
    share = np.divide(1.0, area, out=np.zeros_like(area), where=np.abs(area) > _FLAT)[:, None]
    rise = values[:, 1:] - values[:, :1].astype(np.float64)
    slopes = np.empty((len(values), values.shape[2], 2), np.float32)
    slopes[:, :, 0] = (rise[:, 0] * down[:, 1, None] - rise[:, 1] * down[:, 0, None]) * share
    slopes[:, :, 1] = (rise[:, 1] * right[:, 0, None] - rise[:, 0] * right[:, 1, None]) * share
    return slopes


def weights_at(corners: Floats32, x: Floats32, y: Floats32) -> Floats32:
    """Barycentric weights of points x, y (p,) in their triangles (p, 3, …); (p, 3), clipped."""
    wide = corners.astype(np.float64)
    right, down = wide[:, 1:, 0] - wide[:, :1, 0], wide[:, 1:, 1] - wide[:, :1, 1]
    area = right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0]
    area = np.where(np.abs(area) < 1e-12, 1e-12, area)
    across, along = x - wide[:, 0, 0], y - wide[:, 0, 1]
    second = (across * down[:, 1] - along * right[:, 1]) / area
    third = (along * right[:, 0] - across * down[:, 0]) / area
    weights = np.clip(np.stack([1.0 - second - third, second, third], axis=1), 0.0, 1.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class _Edges:
    """What the rows of triangles are computed from, a line for each quantity.

    sides: (3, 3, m) x0, y0 and slope (x = x0 + slope · (y − y0)) of the long side, the upper and
    the lower short one. middle: (m,) the y where the short sides meet. reach: (2, m) least and
    greatest x. start: (3, m) x, y and depth of one corner. slopes: (2, m) change of depth right
    and down. range: (2, m) least and greatest depth.
    """

    sides: Floats32
    middle: Floats32
    reach: Floats32
    start: Floats32
    slopes: Floats32
    range: Floats32

    @staticmethod
    def of(corners: Floats32) -> "_Edges":
        order = np.argsort(corners[:, :, 1], axis=1)
        x = np.take_along_axis(corners[:, :, 0], order, axis=1).T
        y = np.take_along_axis(corners[:, :, 1], order, axis=1).T
        sides = np.zeros((3, 3, len(corners)), np.float32)
        for side, (start, end) in enumerate(((0, 2), (0, 1), (1, 2))):
            rise = y[end] - y[start]
            sides[side, 0], sides[side, 1] = x[start], y[start]
            np.divide(x[end] - x[start], rise, out=sides[side, 2], where=rise > 1e-6)
        depths = corners[:, :, 2]
        return _Edges(
            sides,
            np.ascontiguousarray(y[1]),
            np.stack([least(corners[:, :, 0]), greatest(corners[:, :, 0])]),
            np.ascontiguousarray(corners[:, 0].T),
            np.ascontiguousarray(slopes_of(corners, corners[:, :, 2:])[:, 0].T),
            np.stack([least(depths), greatest(depths)]),
        )

    def spans(
        self, piece: slice, counts: Numbers, y: Floats32, width: int
    ) -> tuple[Numbers, Numbers]:
        """First and past-last pixel of each row; counts: rows of each triangle of the piece."""

        def crossing(side: int) -> Floats32:
            x0, y0, slope = (np.repeat(line[piece], counts) for line in self.sides[side])
            crossed: Floats32 = x0 + (y - y0) * slope
            return crossed

        upper = y < np.repeat(self.middle[piece], counts)
        long_side, short_side = crossing(0), np.where(upper, crossing(1), crossing(2))
        low, high = (np.repeat(line[piece], counts) for line in self.reach)
        ends = []
        for edge in (np.minimum(long_side, short_side), np.maximum(long_side, short_side)):
            np.clip(edge, low, high, out=edge)
            np.ceil(edge - np.float32(0.5), out=edge)
            ends.append(np.clip(edge, 0, width, out=edge).astype(np.int32))
        return ends[0], ends[1]

    def depths(self, triangle: Numbers, column: Numbers, row: Numbers) -> Floats32:
        """The depth of triangles at pixel centres, within the depths of their corners."""
        right = column + np.float32(0.5) - self.start[0, triangle]
        down = row + np.float32(0.5) - self.start[1, triangle]
        depth = self.start[2, triangle] + self.slopes[0, triangle] * right
        depth += self.slopes[1, triangle] * down
        return np.asarray(np.clip(depth, self.range[0, triangle], self.range[1, triangle]))


def _counted(starts: Numbers, counts: Numbers) -> Numbers:
    """start, start + 1, … of each, `counts` of them, behind each other."""
    ends = np.cumsum(counts, dtype=np.int32)
    numbers = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int32)
    numbers += np.repeat(starts - ends + counts, counts)
    return numbers


def _batches(work: Floats32) -> list[tuple[int, int]]:
    """Ranges of triangles whose summed work stays near _BATCH_FRAGMENTS; work is cumulative."""
    batches, first = [], 0
    while first < len(work):
        done = work[first - 1] if first else 0.0
        last = int(np.searchsorted(work, done + _BATCH_FRAGMENTS, side="right"))
        last = max(last, first + 1)
        batches.append((first, last))
        first = last
    return batches
