"""exact.bin: the exact shape of each part, and the exact face of each triangle of level 0.

docs/formats/exact.md specifies the file. It is small because a part's points, directions and
numbers stand once each: a drilled plate has hundreds of circles, and few different axes and radii.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.grid import Grid, pack_mesh, round_step_below
from holotable.conversion.lod import Levels, baked
from holotable.conversion.place import Geometry
from holotable.review.exact import (
    CIRCLE,
    CONE,
    CURVE,
    CYLINDER,
    ELLIPSE,
    LINE,
    SPHERE,
    SURFACE,
    TORUS,
    ExactPart,
    Floats,
)
from holotable.review.scene import Indices, Part

MAGIC: Final = b"HTEX"
VERSION: Final = 1
STRAIGHT: Final = 0x40  # of an edge: the line from its first to its last vertex
HOLE: Final = 0x40  # of a face: the material is outside of the cylinder, cone, sphere or torus
RECOGNISED: Final = 0x80
LARGEST: Final = 2**32 - 1  # offsets are u32

_SAME: Final = 1e-9  # of the part's size, and radians: how exact a line through its vertices is
# Kernels write one axis or radius many times, differing in the last digits of a double: rounded
# here, they meet. 0.5e-12 of the part's size, 0.5e-15 of a direction, 0.5e-14 of a radius.
_DIGITS: Final = 12
_DIRECTION_DECIMALS: Final = 15
_SIGNIFICANT: Final = 14
_STEPS: Final = 4.0  # of a polyline's grid within its tolerance


@dataclass(frozen=True, slots=True)
class Written:
    """What the manifest says of exact.bin. left_out: parts beyond its 4 GiB."""

    size_bytes: int
    head_bytes: int
    parts: int
    left_out: int

    def manifest(self) -> dict[str, int]:
        """The manifest's `exact`."""
        return {"bytes": self.size_bytes, "head_bytes": self.head_bytes, "parts": self.parts}


def write_exact(
    path: Path,
    parts: Sequence[Part],
    catalogue: Sequence[Geometry],
    levels: Sequence[Levels],
    grids: Sequence[Grid],
    placed: Sequence[bool],
) -> Written | None:
    """Write exact.bin; nothing and None when no part has an exact shape.

    levels: per part.  grids, placed: per geometry, placed whether any occurrence shows it.
    """
    if all(part.exact is None for part in parts):
        return None
    of_part: dict[int, list[int]] = {}
    for number, geometry in enumerate(catalogue):
        of_part.setdefault(geometry.part, []).append(number)
    head = 16 + 8 * (len(parts) + len(catalogue))
    directory = np.zeros((len(parts) + len(catalogue), 2), np.int64)
    at, kept, left_out = head, 0, 0
    with path.open("wb") as file:
        file.write(bytes(head))
        for number, part in enumerate(parts):
            if part.exact is None:
                continue
            blocks = {number: encode_part(part.exact)}
            for shown in of_part.get(number, ()):
                if placed[shown]:
                    table = _table(catalogue[shown], levels[number], grids[shown])
                    if table is not None:
                        blocks[len(parts) + shown] = encode_faces(table)
            if at + sum(len(block) for block in blocks.values()) > LARGEST:
                left_out += 1
                continue
            kept += 1
            for row, block in blocks.items():
                directory[row] = (at, len(block))
                file.write(block)
                at += len(block)
        file.seek(0)
        file.write(struct.pack("<4sIII", MAGIC, VERSION, len(parts), len(catalogue)))
        file.write(directory.astype("<u4").tobytes())
    return Written(at, head, kept, left_out)


def _table(geometry: Geometry, levels: Levels, grid: Grid) -> Indices | None:
    """The exact face of each triangle of a geometry's finest level, in the order of its chunk."""
    mesh = levels.meshes[0]
    if mesh.faces is None or not len(mesh.triangles):
        return None
    # Packed once more rather than remembered: 15 ms for 45,000 triangles.
    return pack_mesh(mesh if geometry.bake is None else baked(mesh, geometry.bake), grid).faces


def encode_faces(faces: Indices) -> bytes:
    """The block of one geometry: runs of triangles on the same face. faces: (m,)."""
    starts = np.flatnonzero(np.r_[len(faces) > 0, faces[1:] != faces[:-1]])
    lengths = np.diff(np.r_[starts, len(faces)])
    runs = faces[starts].astype(np.int64)
    jumps = runs - np.r_[0, runs[:-1]]
    pairs = np.stack([_zigzag(jumps), lengths - 1], axis=1)
    return struct.pack("<II", len(faces), len(starts)) + varints(pairs.reshape(-1))


def encode_part(exact: ExactPart) -> bytes:
    """The block of one part."""
    size = _size(exact)
    points = _Rows(_decimals(int(_DIGITS - np.floor(np.log10(size)))), exact.vertices)
    directions = _Rows(_decimals(_DIRECTION_DECIMALS))
    straight = _straight(exact, size)
    edge_points, edge_directions, of_edges = _edge_columns(exact, straight, points, directions)
    face_points, face_directions, of_faces = _face_columns(exact, points, directions)
    counts = np.diff(exact.edge_starts)[exact.edge_kinds == CURVE]
    step = round_step_below(max(exact.tolerance_m, size * 1e-9) / _STEPS)
    corner = np.zeros(3)
    if len(exact.edge_points):
        corner = np.floor(exact.edge_points.min(axis=0) / step) * step
    polylines = _polylines(exact, corner, step)
    pool, columns = _pooled(
        [
            points.all(),
            directions.all(),
            _significant(of_edges),
            _significant(of_faces),
            _significant(exact.face_areas),
        ]
    )
    point_numbers, direction_numbers, edge_numbers, face_numbers, areas = columns
    vertex_count, body_count = len(exact.vertices), len(exact.body_volumes)
    edge_count, face_count = len(exact.edge_kinds), len(exact.face_kinds)
    edge_flags = straight * STRAIGHT + exact.edge_recognised * RECOGNISED
    holes = (exact.face_parameters[:, 11] != 0) * HOLE
    pieces = [
        struct.pack(
            "<10I",
            len(pool),
            vertex_count,
            points.size,
            directions.size,
            edge_count,
            face_count,
            len(exact.face_edges),
            body_count,
            len(exact.edge_points),
            len(polylines),
        ),
        _doubles([exact.tolerance_m, step, *corner]),
        _doubles(pool),
        _doubles(_body_rows(exact)),
        _column(point_numbers, 2 * len(pool)),
        _column(direction_numbers, 2 * len(pool)),
        (exact.edge_kinds + edge_flags).astype(np.uint8).tobytes(),
        _column(exact.edge_vertices, vertex_count),
        _column(edge_points, points.size),
        _column(edge_directions, directions.size),
        _column(edge_numbers, 2 * len(pool)),
        (exact.face_kinds + holes + exact.face_recognised * RECOGNISED).astype(np.uint8).tobytes(),
        _column(areas, 2 * len(pool)),
        _column(exact.face_bodies, body_count),
        _column(face_points, points.size),
        _column(face_directions, directions.size),
        _column(face_numbers, 2 * len(pool)),
        _column(np.diff(exact.face_edge_starts), len(exact.face_edges) + 1),
        _column(exact.face_edges, edge_count),
        _column(counts, len(exact.edge_points) + 1),
        polylines,
    ]
    return b"".join(pieces)


def _body_rows(exact: ExactPart) -> Floats:
    """(b, 10): volume, centre, inertia xx, yy, zz, xy, xz, yz."""
    inertias = exact.body_inertias.reshape(-1, 9)[:, [0, 4, 8, 1, 2, 5]]
    return np.concatenate([exact.body_volumes[:, None], exact.body_centres, inertias], axis=1)


def _pooled(columns: Sequence[Floats]) -> tuple[Floats, list[NDArray[np.int64]]]:
    """Distinct magnitudes, ascending, and each column as references: twice the place, + 1 if < 0.

    Parts repeat their numbers: the coordinates of asm_line_768 are 11,613 of which 2,970 differ,
    and those of its directions, areas and radii meet them too. 40 % smaller than the doubles.
    """
    every = np.concatenate([column.reshape(-1) for column in columns])
    pool, places = np.unique(np.abs(every), return_inverse=True)
    references = 2 * places.reshape(-1).astype(np.int64) + (every < 0)
    ends = np.cumsum([column.size for column in columns])
    return pool, np.split(references, ends[:-1])


class _Rows:
    """Points or directions that stand once each."""

    def __init__(self, rounded: Callable[[Floats], Floats], first: Floats | None = None) -> None:
        """first: rows that come first, each for itself."""
        self._rounded = rounded
        rows = np.zeros((0, 3)) if first is None else rounded(first)
        self._pieces = [rows]
        self._numbers: dict[bytes, int] = {}
        self.size = len(rows)
        for number, row in enumerate(rows):
            self._numbers.setdefault(row.tobytes(), number)

    def numbers(self, rows: Floats) -> NDArray[np.int64]:
        """The number of each row; new ones are added."""
        result = np.empty(len(rows), np.int64)
        added = []
        for at, row in enumerate(self._rounded(rows)):
            key = row.tobytes()
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = self.size
                self.size += 1
                added.append(row)
            result[at] = number
        if added:
            self._pieces.append(np.array(added))
        return result

    def all(self) -> Floats:
        """All rows in order."""
        return np.concatenate(self._pieces)


def _decimals(decimals: int) -> Callable[[Floats], Floats]:
    def rounded(rows: Floats) -> Floats:
        return np.ascontiguousarray(np.round(rows, decimals) + 0.0)

    return rounded


def _significant(rows: Floats) -> Floats:
    distinct, numbers = np.unique(rows, return_inverse=True)
    short = np.array([float(f"{value:.{_SIGNIFICANT}g}") for value in distinct.tolist()])
    return np.ascontiguousarray(short[numbers].reshape(rows.shape) + 0.0)


def _size(exact: ExactPart) -> float:
    """The part's extent in metres, as far as its vertices and polylines tell."""
    points = np.concatenate([exact.vertices, exact.edge_points])
    extent = float(np.ptp(points, axis=0).max()) if len(points) else 0.0
    return max(extent, float(exact.edge_lengths.max(initial=0.0)), 1e-6)


def _straight(exact: ExactPart, size: float) -> NDArray[np.bool_]:
    """Which edges are just the line between their two vertices; (e,).

    Their own origin, direction and length are left out: most edges of most parts are such.
    """
    result = np.asarray((exact.edge_kinds == LINE) & (exact.edge_vertices >= 0).all(axis=1))
    rows = np.flatnonzero(result)
    first = exact.vertices[exact.edge_vertices[rows, 0]]
    last = exact.vertices[exact.edge_vertices[rows, 1]]
    chord = last - first
    length = np.linalg.norm(chord, axis=1)
    direction = exact.edge_parameters[rows, 3:6]
    across = first - exact.edge_parameters[rows, :3]
    across -= np.einsum("ij,ij->i", across, direction)[:, None] * direction
    turned = np.linalg.norm(np.cross(chord, direction), axis=1) > _SAME * length
    forward = np.einsum("ij,ij->i", chord, direction) > 0
    result[rows] = (
        forward
        & ~turned
        & (np.linalg.norm(across, axis=1) <= _SAME * size)
        & (np.abs(length - exact.edge_lengths[rows]) <= _SAME * size)
    )
    return result


def _edge_columns(
    exact: ExactPart, straight: NDArray[np.bool_], points: _Rows, directions: _Rows
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Of all edges in order: references to points and directions, and plain numbers."""
    kinds, parameters = exact.edge_kinds, exact.edge_parameters
    placed = (kinds != CURVE) & ~straight
    round_ = (kinds == CIRCLE) | (kinds == ELLIPSE)
    wanted = np.stack([placed, placed & round_], axis=1)
    numbers = np.concatenate([parameters[:, 9:13], exact.edge_lengths[:, None]], axis=1)
    used = np.zeros((len(kinds), 5), bool)
    used[:, 4] = ~straight & (kinds != CIRCLE)
    used[kinds == CIRCLE] = (True, False, True, True, False)
    used[kinds == ELLIPSE] = True
    return (
        points.numbers(parameters[placed, :3]),
        directions.numbers(parameters[:, 3:9].reshape(-1, 2, 3)[wanted]),
        numbers[used],
    )


def _face_columns(
    exact: ExactPart, points: _Rows, directions: _Rows
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Of all faces in order: references to points and directions, and plain numbers."""
    kinds, parameters = exact.face_kinds, exact.face_parameters
    known = kinds != SURFACE
    used = np.zeros((len(kinds), 2), bool)
    used[:, 0] = np.isin(kinds, (CYLINDER, CONE, SPHERE, TORUS))
    used[:, 1] = np.isin(kinds, (CONE, TORUS))
    return (
        points.numbers(parameters[known, :3]),
        directions.numbers(parameters[known, 3:9].reshape(-1, 3)),
        parameters[:, 9:11][used],
    )


def _polylines(exact: ExactPart, corner: Floats, step: float) -> bytes:
    """Grid points of all polylines: the first, its difference to the next, then second ones."""
    if not len(exact.edge_points):
        return b""
    grid = np.rint((exact.edge_points - corner) / step).astype(np.int64)
    starts = np.unique(exact.edge_starts[:-1][np.diff(exact.edge_starts) > 0])
    one = np.diff(grid, axis=0, prepend=0)
    one[starts] = grid[starts]
    two = np.diff(one, axis=0, prepend=0)
    two[starts] = one[starts]
    seconds = np.setdiff1d(starts + 1, starts)
    seconds = seconds[seconds < len(grid)]
    two[seconds] = one[seconds]
    return varints(_zigzag(two).reshape(-1))


def _zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed numbers as unsigned ones, small where they are small: 0, −1, 1, −2… as 0, 1, 2, 3…"""
    return (values << 1) ^ (values >> 63)


def varints(values: NDArray[Any]) -> bytes:
    """Unsigned numbers below 2³⁵ in 7 bit groups, the lowest first (LEB128)."""
    wide = values.astype(np.uint64)
    groups = wide[:, None] >> (np.arange(5, dtype=np.uint64) * np.uint64(7))
    more = groups >= 128
    kept = np.ones_like(more)
    kept[:, 1:] = more[:, :-1]
    return bytes(((groups & np.uint64(127)) | (more * np.uint64(128)))[kept].astype(np.uint8))


def _doubles(values: Any) -> bytes:
    return np.asarray(values, "<f8").tobytes()


def _column(numbers: NDArray[Any], count: int) -> bytes:
    """Whole numbers below `count` in as few bytes as hold them; −1 is all ones."""
    kind = "<u1" if count < 2**8 else "<u2" if count < 2**16 else "<u4"
    return np.asarray(numbers, np.int64).astype(kind).tobytes()
