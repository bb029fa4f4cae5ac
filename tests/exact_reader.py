"""A second reader of exact.bin, written from docs/formats/exact.md alone.

It shares no code with the writer, so that a mistake on one side shows.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

EDGE_KINDS = ("line", "circle", "ellipse", "other")
FACE_KINDS = ("plane", "cylinder", "cone", "sphere", "torus", "other")


@dataclass(frozen=True)
class Edge:
    """One edge; what its kind does not have is absent from `values`."""

    kind: str
    vertices: tuple[int, int]  # −1: none
    recognised: bool
    length: float
    values: dict[str, Any]
    polyline: np.ndarray


@dataclass(frozen=True)
class Face:
    """One face."""

    kind: str
    body: int
    hole: bool
    recognised: bool
    area: float
    edges: list[int]
    values: dict[str, Any]


@dataclass(frozen=True)
class Exact:
    """One part."""

    vertices: np.ndarray
    edges: list[Edge]
    faces: list[Face]
    bodies: list[dict[str, Any]]
    tolerance: float
    pools: dict[str, int] = field(default_factory=dict)


def read_head(data: bytes) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where the blocks of parts and geometries stand: (offset, bytes)."""
    magic, version, parts, geometries = struct.unpack_from("<4sIII", data)
    assert (magic, version) == (b"HTEX", 1)
    rows = [struct.unpack_from("<II", data, 16 + 8 * row) for row in range(parts + geometries)]
    return rows[:parts], rows[parts:]


def read_faces(block: bytes) -> np.ndarray:
    """The face of each triangle."""
    triangles, runs = struct.unpack_from("<II", block)
    at, face, faces = 8, 0, []
    for _ in range(runs):
        step, at = _varint(block, at)
        more, at = _varint(block, at)
        face += _signed(step)
        faces += [face] * (more + 1)
    assert len(faces) == triangles
    assert at == len(block)
    return np.array(faces)


def read_part(block: bytes) -> Exact:
    """One part's block."""
    m, v, p, d, e, f, n, b, k, z = struct.unpack_from("<10I", block)
    tolerance, step, *corner = struct.unpack_from("<5d", block, 40)
    at = 80

    def doubles(count: int, width: int) -> np.ndarray:
        nonlocal at
        values = np.frombuffer(block, "<f8", count * width, at).reshape(count, width)
        at += values.nbytes
        return values

    def column(count: int, limit: int, width: int = 0) -> list[int]:
        nonlocal at
        width = width or (1 if limit < 256 else 2 if limit < 65536 else 4)
        values = np.frombuffer(block, f"<u{width}", count, at).astype(int)
        at += count * width
        values[values == 256**width - 1] = -1
        assert (values < max(limit, 1)).all()
        return values.tolist()

    def numbers_of(count: int) -> np.ndarray:
        rows = np.array(column(count, 2 * m), int)
        return pool[rows // 2] * np.where(rows % 2, -1.0, 1.0)

    pool, bodies = doubles(m, 1).reshape(-1), doubles(b, 10)
    assert (np.diff(pool) > 0).all()
    points, directions = numbers_of(3 * p).reshape(p, 3), numbers_of(3 * d).reshape(d, 3)
    edge_bytes = np.frombuffer(block, "u1", e, at)
    at += e
    ends = column(2 * e, v)
    takes = []
    for byte in edge_bytes.tolist():
        straight = bool(byte & 0x40)
        takes.append(
            {0: (0, 0, 0) if straight else (1, 1, 1), 1: (1, 2, 3), 2: (1, 2, 5)}.get(
                byte & 7, (0, 0, 1)
            )
        )
    edge_parts = _dealt(
        takes,
        points[column(sum(take[0] for take in takes), p)],
        directions[column(sum(take[1] for take in takes), d)],
        numbers_of(sum(take[2] for take in takes)),
    )
    polylines_of = [row for row, byte in enumerate(edge_bytes) if byte & 7 == 3]

    face_bytes = np.frombuffer(block, "u1", f, at)
    at += f
    areas = numbers_of(f)
    face_bodies = column(f, b)
    face_takes = [
        (1, 2, {0: 0, 1: 1, 2: 2, 3: 1, 4: 2}[byte & 7]) if byte & 7 < 5 else (0, 0, 0)
        for byte in face_bytes.tolist()
    ]
    face_parts = _dealt(
        face_takes,
        points[column(sum(take[0] for take in face_takes), p)],
        directions[column(sum(take[1] for take in face_takes), d)],
        numbers_of(sum(take[2] for take in face_takes)),
    )
    counts = column(f, n + 1)
    around = column(n, e)
    lengths = column(len(polylines_of), k + 1)
    end = at + z
    lines: dict[int, np.ndarray] = {}
    for row, length in zip(polylines_of, lengths, strict=True):
        grid = []
        for number in range(length):
            values = []
            for _ in range(3):
                value, at = _varint(block, at)
                values.append(_signed(value))
            vector = np.array(values)
            if number == 1:
                vector = vector + grid[0]
            elif number > 1:
                vector = vector + 2 * grid[-1] - grid[-2]
            grid.append(vector)
        lines[row] = np.array(corner) + step * np.array(grid).reshape(-1, 3)
    assert at == end
    assert len(block) == at

    vertices = points[:v]
    edges = []
    for row, (byte, (pts, dirs, numbers)) in enumerate(
        zip(edge_bytes.tolist(), edge_parts, strict=True)
    ):
        kind = EDGE_KINDS[byte & 7]
        first, last = ends[2 * row], ends[2 * row + 1]
        values: dict[str, Any] = {}
        if kind == "line" and byte & 0x40:
            chord = vertices[last] - vertices[first]
            length = float(np.linalg.norm(chord))
            values = {"point": vertices[first], "direction": chord / length}
        elif kind == "line":
            values, length = {"point": pts[0], "direction": dirs[0]}, numbers[0]
        elif kind == "circle":
            values = {"centre": pts[0], "axis": dirs[0], "x": dirs[1], "radius": numbers[0]}
            values["angles"] = (numbers[1], numbers[2])
            length = numbers[0] * (numbers[2] - numbers[1])
        elif kind == "ellipse":
            values = {"centre": pts[0], "axis": dirs[0], "x": dirs[1], "radii": numbers[:2]}
            values["angles"] = (numbers[2], numbers[3])
            length = numbers[4]
        else:
            length = numbers[0]
        line = lines.get(row, np.zeros((0, 3)))
        edges.append(Edge(kind, (first, last), bool(byte & 0x80), float(length), values, line))
    faces = []
    start = 0
    for row, (byte, (pts, dirs, numbers)) in enumerate(
        zip(face_bytes.tolist(), face_parts, strict=True)
    ):
        values = {}
        if byte & 7 < 5:
            values = {"origin": pts[0], "axis": dirs[0], "x": dirs[1], "numbers": numbers}
        faces.append(
            Face(
                FACE_KINDS[byte & 7],
                face_bodies[row],
                bool(byte & 0x40),
                bool(byte & 0x80),
                float(areas[row]),
                around[start : start + counts[row]],
                values,
            )
        )
        start += counts[row]
    return Exact(
        vertices,
        edges,
        faces,
        [{"volume": row[0], "centre": row[1:4], "inertia": _tensor(row[4:])} for row in bodies],
        tolerance,
        {"numbers": m, "points": p, "directions": d},
    )


def _dealt(takes: list[Any], *columns: np.ndarray) -> list[Any]:
    """Hand the columns out, row by row."""
    cursors = [0, 0, 0]
    rows = []
    for take in takes:
        row = []
        for which, column in enumerate(columns):
            row.append(list(column[cursors[which] : cursors[which] + take[which]]))
            cursors[which] += take[which]
        rows.append(tuple(row))
    return rows


def _tensor(row: np.ndarray) -> np.ndarray:
    xx, yy, zz, xy, xz, yz = row
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _signed(value: int) -> int:
    return -((value + 1) // 2) if value & 1 else value // 2
