"""Meshes of millions of triangles, from blocks: welded, measured and given normals within bounds.

A scan of 20 million triangles is 720 MB of corners alone. Nothing of that size is ever held: blocks
are welded one by one as they are read, then what is left of them once more together. What a part of
ordinary size is asked besides, whether rounding noise keeps its surface open, is not asked here.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from holotable.conversion.normals import crease_normals, measure, weld
from holotable.conversion.readers.colours import OWN_COLOUR
from holotable.conversion.readers.draft import Draft, Frame
from holotable.errors import DamagedFile
from holotable.review.scene import Floats, Floats32, Indices, Properties

DENSE: Final = 2_000_000  # triangles from which a mesh is read so
_BLOCK: Final = 500_000  # rows


def weld_blocks(blocks: Iterable[Floats32]) -> tuple[Floats32, Indices]:
    """Points (k, 3) and triangles (m, 3) of corners (3b, 3) that come in blocks.

    raises: DamagedFile for a coordinate that is no number.
    """
    points: list[Floats32] = []
    triangles: list[Indices] = []
    count = 0
    for corners in blocks:
        if not np.isfinite(corners).all():
            raise DamagedFile("A coordinate is not a finite number.")
        first, place = weld(corners)
        points.append(corners[first])
        triangles.append((place + count).astype(np.uint32).reshape(-1, 3))
        count += len(first)
    every = np.concatenate([np.empty((0, 3), np.float32), *points])
    points.clear()
    first, place = weld(every)
    numbers = place.astype(np.uint32)
    del place
    for index, block in enumerate(triangles):
        triangles[index] = numbers[block]
    return every[first], _joined(triangles)


def _joined(blocks: list[Indices]) -> Indices:
    """All blocks as one array; each is let go as soon as it is copied."""
    whole = np.empty((sum(len(block) for block in blocks), 3), np.uint32)
    at = 0
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        whole[at : at + len(block)] = block
        at += len(block)
    return whole


def dense_draft(
    name: str, points: Floats | Floats32, triangles: Indices, frame: Frame, properties: Properties
) -> Draft:
    """A part of very many triangles in its own colour; see Assembly.add_part.

    points: (k, 3) each place once, file unit and axes. triangles: (m, 3).
    """
    low, high = frame.places(np.stack([points.min(axis=0), points.max(axis=0)]))
    low, high = np.minimum(low, high), np.maximum(low, high)
    size = float(np.linalg.norm(high - low))
    near = float(np.abs([low, high]).max()) * 2.0**-24 <= 1e-5 * size
    offset = np.zeros(3) if near else (low + high) / 2
    places = np.empty((len(points), 3), np.float32)
    for start in range(0, len(points), _BLOCK):
        places[start : start + _BLOCK] = frame.places(points[start : start + _BLOCK]) - offset
    shape = measure(places, triangles)
    inside_out = shape.closed and shape.volume < 0
    if inside_out:
        triangles = np.ascontiguousarray(triangles[:, ::-1])
    count = len(places)
    vertices, normals = crease_normals(places, triangles)
    if len(normals) != count:
        chosen = np.empty(len(normals), np.uint32)
        chosen[vertices] = triangles  # the place of each vertex
        places = places[chosen]
    return Draft(
        name=name,
        positions=places,
        normals=normals,
        triangles=vertices,
        colours=np.broadcast_to(np.int64(OWN_COLOUR), (len(places),)),
        offset=offset,
        closed=shape.closed,
        volume_m3=abs(shape.volume) if shape.closed else None,
        area_m2=shape.area,
        properties=properties,
        inside_out=inside_out,
    )
