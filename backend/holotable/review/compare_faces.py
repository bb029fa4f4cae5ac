"""What differs between two exact shapes: surfaces matched by kind, axis, radius and position.

Not faces: programs split a cylinder in halves or not, and number faces as they like. A *carrier* is
the whole surface on which faces of both sides lie; two shapes are equal when every carrier has the
same area on both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_pairs import join
from holotable.review.exact import CIRCLE, CONE, CYLINDER, PLANE, SPHERE, SURFACE, TORUS, ExactPart

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

LENGTH: Final = 2e-6  # of the part's size, and no less than NOISE_M: coordinates in text and inches
NOISE_M: Final = 5e-8
_ANGLE: Final = 2e-6
_AREA: Final = 2e-5  # relative
# Planes through one point have one foot from it; from far outside in no special direction, none.
_OUTSIDE: Final = np.array([0.83, 1.27, 0.59])
_FULL: Final = 0.7  # of a turn: a bore with a slot is a bore, a fillet is a quarter


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one side in the frame of comparison. kinds … areas: of each face.

    points: (f, 3) on the axis, the plane, or the middle.  axes: (f, 3).  radii: (f, 2).
    holes: (f,).  spans: (f, 2) from where to where along the axis.  turns: (f,) share of a
    whole turn that it covers, of cylinders and cones.  middles: (f, 3) of its edges.
    """

    kinds: NDArray[np.uint8]
    points: Floats
    axes: Floats
    radii: Floats
    holes: Mask
    areas: Floats
    spans: Floats
    turns: Floats
    middles: Floats


@dataclass(frozen=True, slots=True)
class Carrier:
    """One surface and the faces of each side on it; its numbers are those of its first face.

    turn: share of a whole turn.  span: along the axis.  middle: of its faces.
    """

    kind: int
    point: Floats
    axis: Floats
    radius: float
    second: float
    hole: bool
    turn: float
    span: tuple[float, float]
    middle: Floats
    area: float
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FaceChanges:
    """removed, added: carriers of one side only.  trimmed: of both, with another area: pairs of
    the faces on each side.  loose: area of faces without a known surface, both sides.
    equal: nothing differs.  tolerance_m: lengths nearer than this are equal.
    """

    removed: tuple[Carrier, ...]
    added: tuple[Carrier, ...]
    trimmed: tuple[tuple[Carrier, Carrier], ...]
    kept: tuple[Carrier, ...]
    loose: tuple[float, float]
    equal: bool
    tolerance_m: float

    @property
    def told_apart(self) -> bool:
        """Whether known surfaces differ by numbers: not because one file writes them as splines."""
        kinds = [sorted(one.kind for one in some) for some in (self.removed, self.added)]
        return bool(kinds[0]) and kinds[0] == kinds[1]


def compare_faces(old: ExactPart, new: ExactPart, motion: Floats) -> FaceChanges:
    """What differs. motion: (4, 4) from the old part's frame to the new one's, a similarity."""
    one, other = faces_of(old, motion), faces_of(new, np.eye(4))
    size = max(_size(old) * float(np.cbrt(abs(np.linalg.det(motion[:3, :3])))), _size(new), 1e-9)
    length = LENGTH * size + NOISE_M
    carriers = _components(one, other, size, length)
    removed, added, trimmed, kept = [], [], [], []
    for a, b in carriers:
        if not len(b):
            removed.append(_carrier(one, a))
        elif not len(a):
            added.append(_carrier(other, b))
        else:
            areas = float(one.areas[a].sum()), float(other.areas[b].sum())
            pair = _carrier(one, a), _carrier(other, b)
            if abs(areas[0] - areas[1]) > _AREA * max(areas) + 2.0 * length * np.sqrt(max(areas)):
                trimmed.append(pair)
            else:
                kept.append(pair[1])
    free = [faces.areas[faces.kinds == SURFACE] for faces in (one, other)]
    sums = float(free[0].sum()), float(free[1].sum())
    even = abs(sums[0] - sums[1]) <= 10 * _AREA * max(sums) + length * np.sqrt(max(sums))
    return FaceChanges(
        tuple(removed), tuple(added), tuple(trimmed), tuple(kept), sums,
        not (removed or added or trimmed) and bool(even), length,
    )  # fmt: skip


def faces_of(part: ExactPart, motion: Floats) -> Faces:
    """The faces of a part, moved. motion: (4, 4), a rotation, one scale for all, a shift."""
    scale = float(np.cbrt(abs(np.linalg.det(motion[:3, :3]))))
    turn = motion[:3, :3] / scale
    count = len(part.face_kinds)
    points = part.face_parameters[:, :3] @ motion[:3, :3].T + motion[:3, 3]
    axes = part.face_parameters[:, 3:6] @ turn.T
    radii = part.face_parameters[:, 9:11].copy()
    radii[:, 0] *= scale
    radii[part.face_kinds == TORUS, 1] *= scale
    corners = _edge_points(part) @ motion[:3, :3].T + motion[:3, 3]
    starts = part.face_edge_starts
    owners = np.repeat(np.arange(count), np.diff(starts))
    along = np.einsum("ecj,ej->ec", corners[part.face_edges] - points[owners][:, None],
                      axes[owners])  # fmt: skip
    spans = np.stack([np.full(count, np.inf), np.full(count, -np.inf)], axis=1)
    np.minimum.at(spans[:, 0], owners, along.min(axis=1, initial=np.inf))
    np.maximum.at(spans[:, 1], owners, along.max(axis=1, initial=-np.inf))
    spans[~np.isfinite(spans).all(axis=1)] = 0.0
    areas = part.face_areas * scale**2
    heights = spans[:, 1] - spans[:, 0]
    around = 2.0 * np.pi * radii[:, 0] * heights
    cones = part.face_kinds == CONE
    slope = np.clip(np.cos(radii[:, 1]), 1e-6, 1.0)
    middle_radius = np.abs(
        radii[:, 0] + spans.mean(axis=1) * np.tan(np.where(cones, radii[:, 1], 0))
    )
    around = np.where(cones, 2.0 * np.pi * middle_radius * heights / slope, around)
    turns = np.where(around > 0.0, areas / np.maximum(around, 1e-300), 0.0)
    sums = np.zeros((count, 3))
    np.add.at(sums, owners, corners[part.face_edges].mean(axis=1))
    middles = sums / np.maximum(np.diff(starts), 1)[:, None]
    alone = np.diff(starts) == 0
    middles[alone] = points[alone]
    return Faces(
        part.face_kinds, points, axes, radii, part.face_parameters[:, 11] != 0, areas, spans,
        np.minimum(turns, 1.0), middles,
    )  # fmt: skip


def _edge_points(part: ExactPart) -> Floats:
    """(e, 4, 3) points of each edge: its ends, and of a circle what is between or opposite."""
    count = len(part.edge_kinds)
    result = np.zeros((count, 4, 3))
    if len(part.vertices):
        ends = part.edge_vertices
        result[:, 0] = part.vertices[np.maximum(ends[:, 0], 0)]
        result[:, 1] = part.vertices[np.maximum(ends[:, 1], 0)]
    else:
        result[:, :2] = part.edge_parameters[:, None, :3]
    result[:, 2], result[:, 3] = result[:, 0], result[:, 1]
    circles = np.flatnonzero(part.edge_kinds == CIRCLE)
    said = part.edge_parameters[circles]
    across = np.cross(said[:, 3:6], said[:, 6:9])
    for column, share in ((0, 0.0), (1, 1.0), (2, 0.5), (3, 0.25)):
        angle = said[:, 11] + share * (said[:, 12] - said[:, 11])
        result[circles, column] = said[:, :3] + said[:, 9:10] * (
            np.cos(angle)[:, None] * said[:, 6:9] + np.sin(angle)[:, None] * across
        )
    lengths = np.diff(part.edge_starts)
    for edge in np.flatnonzero(lengths > 0).tolist():
        line = part.edge_points[part.edge_starts[edge] : part.edge_starts[edge + 1]]
        result[edge] = line[[0, len(line) // 3, (2 * len(line)) // 3, -1]]
    return result


def _size(part: ExactPart) -> float:
    points = np.concatenate([part.vertices, part.edge_points, part.edge_parameters[:, :3]])
    return float(np.linalg.norm(np.ptp(points, axis=0))) if len(points) else 0.0


def _components(one: Faces, other: Faces, size: float, length: float) -> list[tuple[Whole, Whole]]:
    """Faces of both sides that lie on one surface: (of the old, of the new) for each surface."""
    count = len(one.kinds)
    kinds = np.concatenate([one.kinds, other.kinds])
    known = np.flatnonzero(kinds != SURFACE)
    points = np.concatenate([one.points, other.points])[known]
    axes = np.concatenate([one.axes, other.axes])[known]
    radii = np.concatenate([one.radii, other.radii])[known]
    holes = np.concatenate([one.holes, other.holes])[known]
    kinds = kinds[known]
    if not len(known):
        return []
    middle = (points.min(axis=0) + points.max(axis=0)) / 2.0
    feet, radii = _feet(kinds, points, axes, radii, middle + 2.0 * size * _OUTSIDE)
    keys = np.stack([kinds.astype(np.int64), holes.astype(np.int64)], axis=1)
    left, right = join(keys, feet / (8.0 * length), keys, feet / (8.0 * length))
    forward = left < right
    left, right = left[forward], right[forward]
    good = np.abs(feet[left] - feet[right]).max(axis=1, initial=0.0) <= 4.0 * length
    good &= (kinds[left] == kinds[right]) & (holes[left] == holes[right])
    good &= np.abs(radii[left, 0] - radii[right, 0]) <= length
    slack = np.where(kinds[left] == CONE, _ANGLE * 10, length)
    good &= np.abs(radii[left, 1] - radii[right, 1]) <= slack
    crossed = np.linalg.norm(np.cross(axes[left], axes[right]), axis=1) <= _ANGLE * 5
    facing = np.einsum("ij,ij->i", axes[left], axes[right]) > 0
    directed = (kinds[left] == PLANE) | (kinds[left] == CONE)
    good &= (kinds[left] == SPHERE) | (crossed & (facing | ~directed))
    number = _groups(len(known), left[good], right[good])
    order = np.argsort(number, kind="stable")
    found = []
    for members in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        rows = known[members]
        found.append((rows[rows < count], rows[rows >= count] - count))
    return found


def _feet(
    kinds: NDArray[np.uint8], points: Floats, axes: Floats, radii: Floats, outside: Floats
) -> tuple[Floats, Floats]:
    """(f, 3) a point that belongs to the surface, whatever point the file describes it by; and
    radii that belong to it: a cone's is taken at that point.
    """
    away = outside - points
    along = np.einsum("ij,ij->i", away, axes)
    feet = points.copy()
    flat = kinds == PLANE
    feet[flat] = outside - along[flat, None] * axes[flat]
    round_ = kinds == CYLINDER
    feet[round_] += along[round_, None] * axes[round_]
    radii = radii.copy()
    cones = kinds == CONE
    tangent = np.maximum(np.tan(radii[cones, 1]), 1e-9)
    feet[cones] -= (radii[cones, 0] / tangent)[:, None] * axes[cones]  # the apex
    radii[cones, 0] = 0.0
    return feet, radii


def _groups(count: int, left: Whole, right: Whole) -> Whole:
    number = np.arange(count)
    while True:
        before = number.copy()
        low = np.minimum(number[left], number[right])
        np.minimum.at(number, left, low)
        np.minimum.at(number, right, low)
        number = number[number]
        if np.array_equal(number, before):
            return number


def _carrier(faces: Faces, rows: Whole) -> Carrier:
    first = int(rows[0])
    # Spans and middles in the terms of the first face's point and axis.
    sign = np.sign(faces.axes[rows] @ faces.axes[first])
    shift = (faces.points[rows] - faces.points[first]) @ faces.axes[first]
    spans = shift[:, None] + np.where(sign[:, None] > 0, faces.spans[rows], -faces.spans[rows])
    weights = faces.areas[rows] + 1e-300
    return Carrier(
        int(faces.kinds[first]),
        faces.points[first],
        faces.axes[first],
        float(faces.radii[first, 0]),
        float(faces.radii[first, 1]),
        bool(faces.holes[first]),
        float(faces.turns[rows].sum()),
        (float(spans.min()), float(spans.max())),
        weights @ faces.middles[rows] / weights.sum(),
        float(faces.areas[rows].sum()),
        tuple(rows.tolist()),
    )


def is_bore(carrier: Carrier) -> bool:
    """Whether a cylinder goes (nearly) all around: a hole or a shaft, no fillet."""
    return carrier.kind == CYLINDER and carrier.turn >= _FULL


def is_fillet(carrier: Carrier) -> bool:
    """Whether it is part of a cylinder or a torus, as between two faces."""
    return (carrier.kind == CYLINDER and carrier.turn < _FULL) or carrier.kind == TORUS


def fillet_radius(carrier: Carrier) -> float:
    """Of a cylinder its radius, of a torus that of its tube."""
    return carrier.second if carrier.kind == TORUS else carrier.radius


def line_distance(one: Carrier, other: Carrier) -> float:
    """Metres between two parallel axes; infinite when they are not parallel."""
    if np.linalg.norm(np.cross(one.axis, other.axis)) > 1e-4:
        return float("inf")
    away = other.point - one.point
    return float(np.linalg.norm(away - (away @ one.axis) * one.axis))


def overlap(one: Carrier, other: Carrier) -> bool:
    """Whether two surfaces about the same axis share some of their length along it."""
    shift = float((other.point - one.point) @ one.axis)
    sign = 1.0 if one.axis @ other.axis > 0 else -1.0
    ends = sorted((shift + sign * other.span[0], shift + sign * other.span[1]))
    return min(one.span[1], ends[1]) >= max(one.span[0], ends[0])


def total(carriers: Sequence[Carrier]) -> float:
    """Square metres of all."""
    return float(sum(carrier.area for carrier in carriers))
