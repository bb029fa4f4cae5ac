"""exact.bin back into exact shapes: what a comparison reads of a B-rep.

docs/formats/exact.md specifies the bytes. They come out of a sandbox that a hostile file may have
taken over, so nothing is believed before it is counted.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.exact import CIRCLE, CURVE, ELLIPSE, LINE, SURFACE, ExactPart, Floats

_Whole: TypeAlias = NDArray[np.int64]
_STRAIGHT: Final = 0x40
_RECOGNISED: Final = 0x80
_MOST: Final = 1 << 26  # of anything in one part
# How many points, directions and numbers an edge or face of each kind takes.
_EDGE_TAKES: Final = np.array([[1, 1, 1], [1, 2, 3], [1, 2, 5], [0, 0, 1]])
_FACE_TAKES: Final = np.array([[1, 2, 0], [1, 2, 1], [1, 2, 2], [1, 2, 1], [1, 2, 2], [0, 0, 0]])


@dataclass(frozen=True, slots=True)
class ExactFile:
    """exact.bin. content: the whole file.  parts: (n, 2) offset and bytes of each part's block."""

    content: memoryview
    parts: _Whole

    def block(self, part: int) -> bytes:
        """The bytes of a part; empty when it has no exact shape."""
        if not 0 <= part < len(self.parts):
            return b""
        offset, size = self.parts[part].tolist()
        return bytes(self.content[offset : offset + size])

    def part(self, part: int) -> ExactPart | None:
        """The exact shape of a part; None without one, or when its bytes are odd."""
        block = self.block(part)
        try:
            with np.errstate(all="ignore"):
                return decode_part(block) if block else None
        except (ValueError, IndexError, struct.error, OverflowError):
            return None

    def has(self, part: int) -> bool:
        """Whether the part has an exact shape."""
        return 0 <= part < len(self.parts) and int(self.parts[part, 1]) > 0


def open_exact(content: memoryview) -> ExactFile | None:
    """The file with its head read; None when it is none."""
    if len(content) < 16:
        return None
    magic, version, parts, _geometries = struct.unpack_from("<4sIII", content)
    if magic != b"HTEX" or version != 1 or 16 + 8 * parts > len(content):
        return None
    rows = np.frombuffer(content, "<u4", 2 * parts, 16).reshape(parts, 2).astype(np.int64)
    rows = np.where((rows.sum(axis=1) <= len(content))[:, None], rows, 0)
    return ExactFile(content, rows)


class _Cursor:
    """Reads columns one after the other."""

    def __init__(self, block: bytes, at: int) -> None:
        self.block, self.at = block, at

    def take(self, kind: str, count: int) -> NDArray[Any]:
        """So many numbers of a numpy kind. raises: ValueError when there are not so many."""
        values = np.frombuffer(self.block, kind, count, self.at)
        self.at += values.nbytes
        return values

    def column(self, count: int, limit: int) -> _Whole:
        """Whole numbers below `limit`; −1 where every bit is set."""
        width = 1 if limit < 2**8 else 2 if limit < 2**16 else 4
        values = self.take(f"<u{width}", count).astype(np.int64)
        values[values == 256**width - 1] = -1
        if (values >= max(limit, 1)).any():
            raise ValueError("a number beyond its limit")
        return values


def decode_part(block: bytes) -> ExactPart:
    """One part. raises: ValueError, IndexError or struct.error when the bytes are odd."""
    counts = struct.unpack_from("<10I", block)
    if max(counts) > _MOST:
        raise ValueError("too many")
    m, v, p, d, e, f, n, b, k, z = counts
    cursor = _Cursor(block, 40)
    tolerance, step, *corner = cursor.take("<f8", 5).tolist()
    pool = cursor.take("<f8", m)
    bodies = cursor.take("<f8", 10 * b).reshape(b, 10)

    def numbers(count: int) -> Floats:
        rows = cursor.column(count, 2 * m)
        return np.asarray(pool[rows >> 1] * np.where(rows & 1, -1.0, 1.0))

    points, directions = numbers(3 * p).reshape(p, 3), numbers(3 * d).reshape(d, 3)
    edge_bytes = cursor.take("u1", e)
    ends = cursor.column(2 * e, v).reshape(e, 2)
    edge_kinds = (edge_bytes & 7).astype(np.uint8)
    if (edge_kinds > CURVE).any():
        raise ValueError("an edge of no kind")
    takes = _EDGE_TAKES[edge_kinds]
    straight = (edge_bytes & _STRAIGHT) != 0
    takes[straight & (edge_kinds == LINE)] = 0
    edge_points = points[cursor.column(int(takes[:, 0].sum()), p)]
    edge_directions = directions[cursor.column(int(takes[:, 1].sum()), d)]
    edge_numbers = numbers(int(takes[:, 2].sum()))
    face_bytes = cursor.take("u1", f)
    face_kinds = (face_bytes & 7).astype(np.uint8)
    if (face_kinds > SURFACE).any():
        raise ValueError("a face of no kind")
    areas, face_bodies = numbers(f), cursor.column(f, b)
    face_takes = _FACE_TAKES[face_kinds]
    face_points = points[cursor.column(int(face_takes[:, 0].sum()), p)]
    face_directions = directions[cursor.column(int(face_takes[:, 1].sum()), d)]
    face_numbers = numbers(int(face_takes[:, 2].sum()))
    around = cursor.column(f, n + 1)
    face_edges = cursor.column(n, e)
    curves = np.flatnonzero(edge_kinds == CURVE)
    lengths = cursor.column(len(curves), k + 1)
    if (around < 0).any() or around.sum() != n or (lengths < 0).any() or lengths.sum() != k:
        raise ValueError("lists that do not fit")
    edge_parameters, edge_lengths = _edges(
        edge_kinds, straight, points[:v], ends, takes, edge_points, edge_directions, edge_numbers
    )
    per_edge = np.zeros(e, np.int64)
    per_edge[curves] = lengths
    grid = _polylines(cursor.take("u1", z), lengths)
    inertias = bodies[:, [4, 7, 8, 7, 5, 9, 8, 9, 6]].reshape(b, 3, 3)
    if not all(
        np.isfinite(one).all() for one in (pool, bodies, edge_parameters, edge_lengths, grid)
    ):
        raise ValueError("numbers that are none")
    return ExactPart(
        vertices=points[:v],
        edge_kinds=edge_kinds,
        edge_vertices=ends.astype(np.int32),
        edge_parameters=edge_parameters,
        edge_lengths=edge_lengths,
        edge_starts=np.r_[0, np.cumsum(per_edge)].astype(np.int32),
        edge_points=np.array(corner) + step * grid,
        edge_recognised=(edge_bytes & _RECOGNISED) != 0,
        face_kinds=face_kinds,
        face_parameters=_faces(face_bytes, face_takes, face_points, face_directions, face_numbers),
        face_recognised=(face_bytes & _RECOGNISED) != 0,
        face_areas=areas,
        face_bodies=face_bodies.astype(np.int32),
        face_edge_starts=np.r_[0, np.cumsum(around)].astype(np.int32),
        face_edges=face_edges.astype(np.int32),
        body_volumes=bodies[:, 0],
        body_centres=bodies[:, 1:4],
        body_inertias=inertias,
        tolerance_m=tolerance,
    )


def _edges(
    kinds: NDArray[np.uint8],
    straight: NDArray[np.bool_],
    vertices: Floats,
    ends: _Whole,
    takes: _Whole,
    points: Floats,
    directions: Floats,
    numbers: Floats,
) -> tuple[Floats, Floats]:
    """(e, 13) parameters as `ExactPart` has them, and (e,) lengths."""
    parameters, lengths = np.zeros((len(kinds), 13)), np.zeros(len(kinds))
    at = np.cumsum(takes, axis=0) - takes
    placed = takes[:, 0] > 0
    parameters[placed, :3] = points[at[placed, 0]]
    parameters[placed, 3:6] = directions[at[placed, 1]]
    round_ = (kinds == CIRCLE) | (kinds == ELLIPSE)
    parameters[round_, 6:9] = directions[at[round_, 1] + 1]
    circles = np.flatnonzero(kinds == CIRCLE)
    first = at[circles, 2]
    parameters[circles, 9] = parameters[circles, 10] = numbers[first]
    parameters[circles, 11], parameters[circles, 12] = numbers[first + 1], numbers[first + 2]
    lengths[circles] = numbers[first] * (numbers[first + 2] - numbers[first + 1])
    ellipses = np.flatnonzero(kinds == ELLIPSE)
    for column in range(4):
        parameters[ellipses, 9 + column] = numbers[at[ellipses, 2] + column]
    lengths[ellipses] = numbers[at[ellipses, 2] + 4]
    others = np.flatnonzero((kinds == CURVE) | ((kinds == LINE) & placed))
    lengths[others] = numbers[at[others, 2]]
    lines = np.flatnonzero(straight & (kinds == LINE))
    start, end = vertices[ends[lines, 0]], vertices[ends[lines, 1]]
    along = np.linalg.norm(end - start, axis=1)
    parameters[lines, :3] = start
    parameters[lines, 3:6] = (end - start) / np.maximum(along, 1e-300)[:, None]
    lengths[lines] = along
    return parameters, lengths


def _faces(
    flags: NDArray[np.uint8], takes: _Whole, points: Floats, directions: Floats, numbers: Floats
) -> Floats:
    """(f, 12) parameters as `ExactPart` has them."""
    parameters = np.zeros((len(flags), 12))
    at = np.cumsum(takes, axis=0) - takes
    known = takes[:, 0] > 0
    parameters[known, :3] = points[at[known, 0]]
    parameters[known, 3:6] = directions[at[known, 1]]
    parameters[known, 6:9] = directions[at[known, 1] + 1]
    for column in range(2):
        there = takes[:, 2] > column
        parameters[there, 9 + column] = numbers[at[there, 2] + column]
    parameters[:, 11] = (flags & _STRAIGHT) != 0
    return parameters


def _polylines(content: NDArray[np.uint8], lengths: _Whole) -> Floats:
    """(k, 3) grid points from variable-length second differences."""
    total = int(lengths.sum())
    if not total:
        return np.zeros((0, 3))
    last = np.flatnonzero(content < 128)
    if len(last) != 3 * total or last[-1] != len(content) - 1:
        raise ValueError("polylines that do not fit")
    starts = np.r_[0, last[:-1] + 1]
    places = np.arange(len(content)) - np.repeat(starts, last - starts + 1)
    if places.max(initial=0) > 4:
        raise ValueError("a number of more than five bytes")
    bits = (content & 127).astype(np.int64) << (7 * places)
    values = np.add.reduceat(bits, starts)
    signed = np.where(values & 1, -((values + 1) >> 1), values >> 1).reshape(total, 3)
    firsts = (np.cumsum(lengths) - lengths)[lengths > 0]
    return _summed(_summed(signed, firsts, skip=True), firsts, skip=False).astype(float)


def _summed(values: _Whole, firsts: _Whole, *, skip: bool) -> _Whole:
    """Running sums that begin anew at each polyline; `skip`: its first point is not a step."""
    work = values.copy()
    if skip:  # the steps: the second point of each line holds the first of them
        work[firsts] = 0
    sums = np.cumsum(work, axis=0)
    sizes = np.diff(np.r_[firsts, len(values)])
    sums -= np.repeat(sums[firsts] - work[firsts], sizes, axis=0)
    if skip:
        sums[firsts] = values[firsts]
    return sums
