"""A software rasteriser in numpy: which triangle is in front at each pixel.

Parallel projection only, so depth and barycentric coordinates are affine on screen. A conversion
runs where no GPU is; per-triangle Python loops took 4 s for 100,000 triangles, this takes 0.3 s.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.scene import Floats

Numbers: TypeAlias = NDArray[np.int64]

NOTHING: Final = -1
_BATCH_FRAGMENTS: Final = 2_000_000  # bounds the working memory to about 100 MB


@dataclass(frozen=True, slots=True)
class Picture:
    """What is seen at each pixel; row 0 is the top.

    front: (h, w) index of the triangle in front, or NOTHING. depth: (h, w) its distance from the
    viewer, infinite where there is nothing.
    """

    front: NDArray[np.int64]
    depth: Floats


def rasterise(corners: Floats, width: int, height: int) -> Picture:
    """Draw triangles with a depth buffer.

    corners: (m, 3, 3) x right, y down, both in pixels, and depth growing away from the viewer. A
    pixel belongs to the triangle that covers its centre.
    """
    depth = np.full(width * height, np.inf)
    front = np.full(width * height, NOTHING, np.int64)
    order = np.argsort(corners[:, :, 1], axis=1)
    sorted_corners = np.take_along_axis(corners, order[:, :, None], axis=1)
    top = np.clip(np.ceil(sorted_corners[:, 0, 1] - 0.5), 0, height).astype(np.int64)
    bottom = np.clip(np.ceil(sorted_corners[:, 2, 1] - 0.5), 0, height).astype(np.int64)
    rows = np.maximum(bottom - top, 0)
    slopes = _depth_slopes(corners)
    widths = corners[:, :, 0].max(axis=1) - corners[:, :, 0].min(axis=1)
    work = np.cumsum(rows * (np.clip(widths, 1, width)))
    for first, last in _batches(work):
        chosen = np.arange(first, last)
        owner = np.repeat(chosen, rows[first:last])
        row = _counted(top[first:last], rows[first:last])
        left, right = _spans(sorted_corners[owner], row.astype(float) + 0.5, width)
        lengths = np.maximum(right - left, 0)
        column = _counted(left, lengths)
        owner, row = np.repeat(owner, lengths), np.repeat(row, lengths)
        start = corners[owner, 0]
        away = (
            start[:, 2]
            + slopes[owner, 0] * (column + 0.5 - start[:, 0])
            + slopes[owner, 1] * (row + 0.5 - start[:, 1])
        )
        pixel = row * width + column
        np.minimum.at(depth, pixel, away)
        nearest = away <= depth[pixel]
        front[pixel[nearest]] = owner[nearest]
    return Picture(front.reshape(height, width), depth.reshape(height, width))


def weights_at(corners: Floats, front: Numbers, columns: Numbers, rows: Numbers) -> Floats:
    """Barycentric weights of pixel centres in their triangles; (p, 3), clipped to the triangle.

    corners: (m, 3, 3) as given to `rasterise`; front: (p,) triangle of each pixel.
    """
    a, b, c = (corners[front, i, :2] for i in range(3))
    point = np.stack([columns + 0.5, rows + 0.5], axis=1)
    area = _cross(b - a, c - a)
    area = np.where(np.abs(area) < 1e-12, 1e-12, area)
    second = _cross(point - a, c - a) / area
    third = _cross(b - a, point - a) / area
    weights = np.clip(np.stack([1.0 - second - third, second, third], axis=1), 0.0, 1.0)
    total: Floats = weights / weights.sum(axis=1, keepdims=True)
    return total


def _spans(corners: Floats, y: Floats, width: int) -> tuple[Numbers, Numbers]:
    """First and past-last pixel of each triangle's row; corners sorted by y, (r, 3, 3)."""
    low, middle, high = corners[:, 0], corners[:, 1], corners[:, 2]
    upper = y < middle[:, 1]
    start = np.where(upper[:, None], low[:, :2], middle[:, :2])
    end = np.where(upper[:, None], middle[:, :2], high[:, :2])
    long_side = _crossing(low[:, :2], high[:, :2], y)
    short_side = _crossing(start, end, y)
    left = np.ceil(np.minimum(long_side, short_side) - 0.5)
    right = np.ceil(np.maximum(long_side, short_side) - 0.5)
    return (
        np.clip(left, 0, width).astype(np.int64),
        np.clip(right, 0, width).astype(np.int64),
    )


def _crossing(start: Floats, end: Floats, y: Floats) -> Floats:
    """Where lines from start to end (r, 2) cross the heights y."""
    rise = end[:, 1] - start[:, 1]
    share = np.divide(y - start[:, 1], rise, out=np.zeros_like(y), where=rise != 0)
    crossing: Floats = start[:, 0] + np.clip(share, 0.0, 1.0) * (end[:, 0] - start[:, 0])
    return crossing


def _depth_slopes(corners: Floats) -> Floats:
    """Change of depth per pixel right and down of each triangle; (m, 2), 0 seen edge-on."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = _cross(first[:, :2], second[:, :2])
    usable = np.abs(area) > 1e-9
    area = np.where(usable, area, 1.0)
    right = (first[:, 2] * second[:, 1] - second[:, 2] * first[:, 1]) / area
    down = (second[:, 2] * first[:, 0] - first[:, 2] * second[:, 0]) / area
    slopes: Floats = np.where(usable[:, None], np.stack([right, down], axis=1), 0.0)
    return slopes


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _counted(starts: Numbers, counts: Numbers) -> Numbers:
    """start, start + 1, … of each, `counts` of them, behind each other."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - ends + counts, counts)


def _batches(work: Floats) -> list[tuple[int, int]]:
    """Ranges of triangles whose summed work stays near _BATCH_FRAGMENTS; work is cumulative."""
    batches, first = [], 0
    while first < len(work):
        done = work[first - 1] if first else 0.0
        last = int(np.searchsorted(work, done + _BATCH_FRAGMENTS, side="right"))
        last = max(last, first + 1)
        batches.append((first, last))
        first = last
    return batches
