"""Feature edges: exact B-rep polylines where a reader gave them, else creases of 30 degrees.

edges.bin, little endian: "HTED", u32 version 1, u32 geometries, u32 vertices; per geometry u32
first vertex and u32 count; per vertex u16 x, y, z on the geometry's grid and u16 number of the
exact edge (65535: none). Each pair of vertices is a line segment (GL_LINES). When the file gives
edges colours: u32 ranges; per range u32 first vertex, u32 count, u32 palette entry.
"""

import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.grid import Grid, Shorts
from holotable.conversion.normals import weld
from holotable.conversion.place import Geometry
from holotable.review.scene import EdgeLines, Floats32, Indices, Mesh, Part

MAGIC: Final = b"HTED"
VERSION: Final = 1
NO_EDGE: Final = 65_535
CREASE_RAD: Final = math.radians(30.0)

# 16 B a segment: 2 million make 32 MB, more than the geometry they outline. A rough scan has a
# crease on every second edge and would look black.
MAX_SEGMENTS: Final = 2_000_000


# A mesh this fine is a scan: looking for its creases takes 1 CPU s and 0.2 GB a million.
MAX_TRIANGLES: Final = 3_000_000


def crease_segments(mesh: Mesh) -> Indices:
    """Edges where faces meet at more than 30 degrees, or where only one ends; (e, 2) vertices.

    Vertices at the same place count as one, since flat-shaded meshes repeat every corner.
    """
    if not len(mesh.triangles):
        return np.zeros((0, 2), np.uint32)
    first, welded = weld(mesh.positions)
    triangles = welded[mesh.triangles]
    positions = mesh.positions[first]
    corners = positions[triangles].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    real = lengths > 0
    normals = normals[real] / lengths[real, None]
    triangles = triangles[real]

    halves = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.uint64)
    faces = np.repeat(np.arange(len(triangles)), 3)
    keys = halves.min(axis=1) << np.uint64(32) | halves.max(axis=1)
    order = np.argsort(keys, kind="stable")
    keys, faces = keys[order], faces[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, int)
    counts = np.diff(np.r_[starts, len(keys)])
    sharp = counts != 2  # an open border, or more than two faces
    pairs = starts[~sharp]
    cosines = np.einsum("ij,ij->i", normals[faces[pairs]], normals[faces[pairs + 1]])
    sharp[~sharp] = cosines < math.cos(CREASE_RAD)
    chosen = keys[starts[sharp]]
    ends = np.stack([chosen >> np.uint64(32), chosen & np.uint64(0xFFFFFFFF)], axis=1)
    return first[ends.astype(np.int64)].astype(np.uint32)


def part_segments(part: Part) -> tuple[Floats32, Shorts, Shorts]:
    """The line segments of one part, segments of one colour together.

    returns: (2 s, 3) metres in its frame, (2 s,) edge numbers, (2 s,) palette entries.
    """
    if part.edges is not None:
        return _polyline_segments(part.edges)
    ends = np.empty(0, np.uint32)
    if len(part.mesh.triangles) <= MAX_TRIANGLES:
        ends = crease_segments(part.mesh).reshape(-1)
    plain = np.zeros(len(ends), np.uint16)
    return part.mesh.positions[ends], np.full(len(ends), NO_EDGE, np.uint16), plain


def _polyline_segments(edges: EdgeLines) -> tuple[Floats32, Shorts, Shorts]:
    starts = edges.starts.astype(np.int64)
    lengths = starts[1:] - starts[:-1]
    owners = np.repeat(np.arange(len(lengths)), lengths)
    inside = np.flatnonzero(owners[1:] == owners[:-1])  # a segment never spans two polylines
    if edges.colours is None:
        colours = np.zeros(len(inside), np.uint16)
    else:
        colours = edges.colours[owners[inside]].astype(np.uint16)
        order = np.argsort(colours, kind="stable")
        inside, colours = inside[order], colours[order]
    points = edges.points[np.stack([inside, inside + 1], axis=1).reshape(-1)]
    numbers = np.minimum(edges.edges[owners[inside]], NO_EDGE).astype(np.uint16)
    return points.astype(np.float32), np.repeat(numbers, 2), np.repeat(colours, 2)


def write_edges(
    path: Path,
    parts: Sequence[Part],
    catalogue: Sequence[Geometry],
    grids: Sequence[Grid],
    placed: Sequence[bool],
) -> int:
    """Write edges.bin; returns how many parts had to go without because there were too many.

    placed: per geometry, whether any occurrence shows it; others get no lines.
    """
    segments = [part_segments(part) for part in parts]
    kept = _within_limit([len(numbers) // 2 for _, numbers, _ in segments])
    table: list[tuple[int, int]] = []
    rows: list[Shorts] = []
    coloured: list[tuple[int, int, int]] = []
    total = 0
    for geometry, grid, shown in zip(catalogue, grids, placed, strict=True):
        points, numbers, colours = segments[geometry.part]
        if not shown or not kept[geometry.part]:
            table.append((total, 0))
            continue
        if geometry.bake is not None:
            points = (points @ geometry.bake.T).astype(np.float32)
        row = np.empty((len(points), 4), np.uint16)
        row[:, :3] = grid.quantise(points)
        row[:, 3] = numbers
        # A segment shorter than the grid is a point: nothing to draw.
        real = (row[0::2, :3] != row[1::2, :3]).any(axis=1)
        row, colours = row[np.repeat(real, 2)], colours[np.repeat(real, 2)]
        table.append((total, len(row)))
        coloured += _colour_ranges(colours, total)
        rows.append(row)
        total += len(row)
    with path.open("wb") as file:
        file.write(struct.pack("<4sIII", MAGIC, VERSION, len(table), total))
        file.write(np.array(table, "<u4").tobytes())
        for row in rows:
            file.write(row.astype("<u2").tobytes())
        if coloured:
            file.write(struct.pack("<I", len(coloured)))
            file.write(np.array(coloured, "<u4").tobytes())
    dense = sum(part.edges is None and len(part.mesh.triangles) > MAX_TRIANGLES for part in parts)
    return kept.count(False) + dense


def _colour_ranges(colours: Shorts, first: int) -> list[tuple[int, int, int]]:
    """First vertex, count and palette entry of each run of one colour other than the viewer's."""
    if not len(colours):
        return []
    starts = np.flatnonzero(np.r_[True, colours[1:] != colours[:-1]]).tolist()
    ends = [*starts[1:], len(colours)]
    return [
        (first + start, end - start, int(colours[start]))
        for start, end in zip(starts, ends, strict=True)
        if colours[start]
    ]


def _within_limit(segments: list[int]) -> list[bool]:
    """Which parts keep their edges: all, or without the busiest until the rest fits."""
    kept = [True] * len(segments)
    total = sum(segments)
    for part in sorted(range(len(segments)), key=lambda part: -segments[part]):
        if total <= MAX_SEGMENTS:
            break
        kept[part] = False
        total -= segments[part]
    return kept
