"""Triangles of polygons: OBJ, PLY, OFF and COLLADA faces may have any number of corners."""

import math
from typing import Final

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.review.scene import Floats, Floats32

_MAX_CLIPPED: Final = 1024  # corners; clipping ears is quadratic, larger ones are fanned


def triangulate(
    points: Floats | Floats32, corners: Numbers, sizes: Numbers
) -> tuple[Numbers, Numbers]:
    """Cut polygons into triangles: a fan where convex, ears where not.

    points: (n, 3). corners: (c,) indices into points, polygon after polygon. sizes: (p,) corners
        of each polygon; those with fewer than three give nothing.
    returns: (m, 3) positions in `corners`, and (m,) the polygon each triangle belongs to.
    """
    starts = np.cumsum(sizes) - sizes
    if len(sizes) and (sizes == 3).all():
        return np.arange(len(corners), dtype=np.int64).reshape(-1, 3), np.arange(len(sizes))
    each = np.maximum(sizes - 2, 0)
    polygon = np.repeat(np.arange(len(sizes)), each)
    step = np.arange(len(polygon)) - np.repeat(np.cumsum(each) - each, each)
    first = starts[polygon]
    triangles = np.stack([first, first + step + 1, first + step + 2], axis=1)
    # A fan is right when none of its triangles turns against the polygon.
    wide = np.asarray(points, np.float64)
    origin = wide[corners[triangles[:, 0]]]
    vectors = np.cross(
        wide[corners[triangles[:, 1]]] - origin, wide[corners[triangles[:, 2]]] - origin
    )
    total = np.zeros((len(sizes), 3))
    for axis in range(3):
        total[:, axis] = np.bincount(polygon, weights=vectors[:, axis], minlength=len(sizes))
    against = np.einsum("ij,ij->i", vectors, total[polygon]) < 0
    for number in np.unique(polygon[against]).tolist():
        size = int(sizes[number])
        if size > _MAX_CLIPPED:
            continue
        start = int(starts[number])
        loop = wide[corners[start : start + size]]
        triangles[polygon == number] = start + _clip_ears(loop, total[number])
    return triangles, polygon


def _clip_ears(loop: Floats, normal: Floats) -> Numbers:
    """(n - 2, 3) triangles of one polygon, by clipping ears (Meisters 1975) in its plane."""
    flat = _in_plane(loop, normal)
    left = list(range(len(flat)))
    triangles: list[tuple[int, int, int]] = []
    while len(left) > 3:
        for place in range(len(left)):
            before, here, after = left[place - 1], left[place], left[(place + 1) % len(left)]
            if _is_ear(flat, before, here, after, left):
                break
        else:
            place = 1  # crosses itself: cut anything, so that the count stays right
            before, here, after = left[0], left[1], left[2]
        triangles.append((before, here, after))
        del left[place]
    triangles.append((left[0], left[1], left[2]))
    return np.array(triangles, np.int64)


def _in_plane(loop: Floats, normal: Floats) -> list[tuple[float, float]]:
    """The polygon seen against its normal, counter-clockwise."""
    length = math.sqrt(float(normal @ normal)) or 1.0
    up = normal / length
    axis = np.eye(3)[int(np.argmin(np.abs(up)))]
    across = np.cross(axis, up)
    across /= math.sqrt(float(across @ across)) or 1.0
    along = np.cross(up, across)
    shifted = loop - loop[0]
    return [(float(point @ across), float(point @ along)) for point in shifted]


def _is_ear(
    flat: list[tuple[float, float]], before: int, here: int, after: int, left: list[int]
) -> bool:
    a, b, c = flat[before], flat[here], flat[after]
    if _turn(a, b, c) <= 0:
        return False
    for other in left:
        point = flat[other]
        if point in (a, b, c):
            continue
        if _turn(a, b, point) >= 0 and _turn(b, c, point) >= 0 and _turn(c, a, point) >= 0:
            return False
    return True


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
