"""What a part's surface amounts to, whatever triangles it is made of: for comparing revisions.

Frame: the part's own, metres, y up. Integrals over the surface hardly change when a file is meshed
again, and `sag_m` says how much they may. docs/formats/shape.md specifies the file.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[Any]  # of any width

MAGIC: Final = b"HTSH"
VERSION: Final = 1
COLUMNS: Final = 28
AREA, CENTRE, SECOND, THIRD, SAG, BOUNDS, COUNT = 0, 1, 4, 10, 20, 21, 27
# Order of the products of coordinates in SECOND and THIRD.
SECOND_ORDER: Final = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
THIRD_ORDER: Final = (
    (0, 0, 0), (1, 1, 1), (2, 2, 2), (0, 0, 1), (0, 0, 2), (1, 1, 0), (1, 1, 2), (2, 2, 0),
    (2, 2, 1), (0, 1, 2),
)  # fmt: skip

# Above this many triangles each is taken as a point at its middle: they are small, and exact
# moments of ten million would take as long as all the rest of a conversion.
_FINE: Final = 300_000
_BLOCK: Final = 100_000
# Dunavant 1985, degree 4: exact for products of up to four coordinates.
_RULE: Final = (
    (0.223381589678011, (0.108103018168070, 0.445948490915965, 0.445948490915965)),
    (0.109951743655322, (0.816847572980459, 0.091576213509771, 0.091576213509771)),
)
_SMOOTH_RAD: Final = 0.7  # 40 degrees: a sharper edge is meant; 45 degrees are a chamfer
_UNKNOWN_SAG: Final = 0.002  # of the size: twice the usual tolerance of a conversion
_MOST_PARTS: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Shapes:
    """Of every part of one revision, as columns.

    rows: (parts, COLUMNS): area (m²), its centre (3), second (6) and third (10) moments about the
    centre divided by the area, how far the triangles may stray from the true surface (m), bounds
    (6), and how many triangles or points there are.
    meshes: (parts,) 16 bytes, equal only for equal triangles.  textures: (parts,) 8 bytes, equal
    for equal pictures and materials, zero without.
    looks: of each part {palette colour: share of the area}; "" is the occurrence's own.
    whole: False when the package did not say and this is what its structure tells.
    """

    rows: Floats
    meshes: NDArray[np.void]
    textures: NDArray[np.void]
    looks: tuple[Mapping[str, float], ...]
    whole: bool = True

    def __len__(self) -> int:
        """How many parts."""
        return len(self.rows)

    def bare(self) -> "Shapes":
        """What an older package would have told: area and bounds alone, so that both compare."""
        rows = np.zeros_like(self.rows)
        rows[:, AREA], rows[:, COUNT] = self.rows[:, AREA], self.rows[:, COUNT]
        rows[:, BOUNDS:COUNT] = self.rows[:, BOUNDS:COUNT]
        low, high = rows[:, BOUNDS : BOUNDS + 3], rows[:, BOUNDS + 3 : COUNT]
        rows[:, CENTRE : CENTRE + 3] = (low + high) / 2.0
        rows[:, SAG] = _UNKNOWN_SAG * np.linalg.norm(high - low, axis=1)
        count = len(rows)
        blank: tuple[dict[str, float], ...] = tuple({} for _ in range(count))
        return Shapes(rows, np.zeros(count, "V16"), np.zeros(count, "V8"), blank, whole=False)


def surface_row(positions: Floats, triangles: Whole) -> Floats:
    """(COLUMNS,) of one surface. positions: (n, 3).  triangles: (m, 3)."""
    row = np.zeros(COLUMNS)
    row[COUNT] = len(triangles)
    if not len(triangles):
        return row
    used = positions[np.unique(triangles)] if len(positions) > 3 * len(triangles) else positions
    row[BOUNDS : BOUNDS + 3], row[BOUNDS + 3 : BOUNDS + 6] = used.min(axis=0), used.max(axis=0)
    middle = (row[BOUNDS : BOUNDS + 3] + row[BOUNDS + 3 : BOUNDS + 6]) / 2.0
    total, first = 0.0, np.zeros(3)
    second, third = np.zeros(6), np.zeros(10)
    for start in range(0, len(triangles), _BLOCK):
        corners = positions[triangles[start : start + _BLOCK]].astype(float) - middle
        a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
        areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0
        total += float(areas.sum())
        for weight, point in _points_of(a, b, c, len(triangles) > _FINE):
            shares = areas * weight
            first += shares @ point
            second += [float(shares @ (point[:, i] * point[:, j])) for i, j in SECOND_ORDER]
            third += [
                float(shares @ (point[:, i] * point[:, j] * point[:, k])) for i, j, k in THIRD_ORDER
            ]
    if not total > 0.0:
        row[CENTRE : CENTRE + 3] = middle
        return row
    centre = first / total
    row[AREA], row[CENTRE : CENTRE + 3] = total, centre + middle
    about = second / total - [centre[i] * centre[j] for i, j in SECOND_ORDER]
    row[SECOND : SECOND + 6] = about
    row[THIRD : THIRD + 10] = _third_about(third / total, second / total, centre)
    row[SAG] = largest_sag(positions, triangles)
    return row


def _points_of(a: Floats, b: Floats, c: Floats, small: bool) -> list[tuple[float, Floats]]:
    """Weights and points whose sum is the integral over each triangle."""
    if small:
        return [(1.0, (a + b + c) / 3.0)]
    return [
        (weight, x * a + y * b + z * c)
        for weight, (u, v, w) in _RULE
        for x, y, z in ((u, v, w), (v, u, w), (w, v, u))
    ]


def _third_about(raw: Floats, second: Floats, centre: Floats) -> Floats:
    """Third moments about the centre, from those about another point (all by the area)."""
    pairs = {pair: second[number] for number, pair in enumerate(SECOND_ORDER)}

    def of(i: int, j: int) -> float:
        return float(pairs[min(i, j), max(i, j)])

    c = centre
    return np.array(
        [
            raw[n] - c[i] * of(j, k) - c[j] * of(i, k) - c[k] * of(i, j) + 2.0 * c[i] * c[j] * c[k]
            for n, (i, j, k) in enumerate(THIRD_ORDER)
        ]
    )


def largest_sag(positions: Floats, triangles: Whole) -> float:
    """How far the triangles may stray from the surface they stand for, metres; see `sags`."""
    if len(triangles) > _FINE:  # a scan: its noise is of the size of its triangles
        some = positions[triangles[:: len(triangles) // 10_000]].astype(float)
        return 0.1 * float(np.linalg.norm(some[:, 0] - some[:, 1], axis=1).mean())
    found = sags(positions, triangles)
    return float(found.max(initial=0.0))


def sags(positions: Floats, triangles: Whole) -> Floats:
    """(m,) metres: how far the true surface may lie from each triangle, as its neighbours tell.

    Strips of widths v and w that meet at a small angle φ stand for an arc of radius (v + w) / 2 φ,
    from which one strays by w² / 8 of that radius. A box has none, a cylinder of 24 corners 0.9 %.
    """
    result = np.zeros(len(triangles))
    places = welded(positions)
    corners = places[triangles]
    proper = np.flatnonzero(
        (corners[:, 0] != corners[:, 1])
        & (corners[:, 1] != corners[:, 2])
        & (corners[:, 2] != corners[:, 0])
    )
    if not len(proper):
        return result
    corners = corners[proper]
    points = positions[triangles[proper]].astype(float)
    normals = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    doubled = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(doubled, 1e-300)[:, None]
    # Edges of all triangles, those of the same two corners side by side.
    start, end = corners.reshape(-1), corners[:, [1, 2, 0]].reshape(-1)
    lengths = np.linalg.norm(points[:, [1, 2, 0]] - points, axis=2).reshape(-1)
    heights = np.repeat(doubled, 3) / np.maximum(lengths, 1e-300)
    owners = np.repeat(np.arange(len(corners)), 3)
    low = np.minimum(start, end).astype(np.int64)
    key = low * (int(places.max()) + 1) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(key[1:] == key[:-1])
    one, other = order[first], order[first + 1]
    across = np.einsum("ij,ij->i", normals[owners[one]], normals[owners[other]])
    angles = np.arccos(np.clip(across, -1.0, 1.0))
    bend = 2.0 * angles / np.maximum(heights[one] + heights[other], 1e-300)  # one over the radius
    bend[(angles > _SMOOTH_RAD) | (angles < 1e-4)] = 0.0
    found = np.zeros(len(corners))
    for side in (one, other):
        own = np.where(bend * heights[side] <= _SMOOTH_RAD, bend * heights[side] ** 2 / 8.0, 0.0)
        # Added up over the three sides: a sphere's triangles stray in both directions.
        np.add.at(found, owners[side], own)
    result[proper] = found
    return result


def welded(positions: Floats) -> NDArray[np.int64]:
    """(n,) a number of each point's place: corners that normals keep apart are one again."""
    rows = np.ascontiguousarray(positions, np.float32) + np.float32(0.0)  # no −0
    _, places = np.unique(rows.view("V12").reshape(-1), return_inverse=True)
    return places.reshape(-1)


def write_shapes(shapes: Shapes) -> bytes:
    """shape.bin."""
    starts = np.cumsum([0, *(len(look) for look in shapes.looks)]).astype("<u4")
    entries = b"".join(
        struct.pack("<If", int(colour[1:] or "0", 16) if colour else 0, share)
        for look in shapes.looks
        for colour, share in look.items()
    )
    return b"".join(
        [
            struct.pack("<4sIII", MAGIC, VERSION, len(shapes), int(starts[-1])),
            shapes.meshes.tobytes(),
            shapes.textures.tobytes(),
            shapes.rows.astype("<f8").tobytes(),
            starts.tobytes(),
            entries,
        ]
    )


def read_shapes(data: bytes, parts: int) -> Shapes | None:
    """The shapes of a package with so many parts; None when these bytes are none of it."""
    if len(data) < 16:
        return None
    magic, version, count, entries = struct.unpack_from("<4sIII", data)
    wanted = 16 + count * (24 + 8 * COLUMNS + 4) + 4 + 8 * entries
    plain = magic == MAGIC and version == VERSION and count == parts and count <= _MOST_PARTS
    if not plain or len(data) != wanted:
        return None
    at = 16
    meshes = np.frombuffer(data, "V16", count, at)
    textures = np.frombuffer(data, "V8", count, at + 16 * count)
    at += 24 * count
    rows = np.frombuffer(data, "<f8", count * COLUMNS, at).reshape(count, COLUMNS)
    at += 8 * COLUMNS * count
    starts = np.frombuffer(data, "<u4", count + 1, at).astype(int)
    at += 4 * (count + 1)
    if (np.diff(starts) < 0).any() or starts[0] != 0 or starts[-1] != entries:
        return None
    colours = np.frombuffer(data, "<u4", 2 * entries, at)[0::2].tolist()
    shares = np.frombuffer(data, "<f4", 2 * entries, at)[1::2].tolist()
    names = [f"#{colour:08x}" if colour else "" for colour in colours]
    pairs = list(zip(names, shares, strict=True))
    limits = starts.tolist()
    looks = tuple(dict(pairs[limits[n] : limits[n + 1]]) for n in range(count))
    return Shapes(np.nan_to_num(rows.astype(float)), meshes, textures, looks)


def shapes_of_structure(part_rows: Sequence[Mapping[str, Any]]) -> Shapes:
    """What the structure of an older package tells of its parts: area, bounds, and no more."""
    count = len(part_rows)
    rows = np.zeros((count, COLUMNS))
    for number, said in enumerate(part_rows):
        rows[number, AREA] = said.get("area_m2") or 0.0
        rows[number, COUNT] = said.get("triangles") or 0
        bounds = said.get("bounds") or {}
        low, high = bounds.get("min") or [0, 0, 0], bounds.get("max") or [0, 0, 0]
        rows[number, BOUNDS : BOUNDS + 6] = [*low, *high]
    marks = np.zeros(count, "V16"), np.zeros(count, "V8")
    return Shapes(rows, *marks, tuple({} for _ in range(count)), whole=False).bare()
