"""The face under a point of an exact shape, and which face of another shape it has become.

Frame: that of the second part, metres. Surfaces are compared as numbers, so a file that was
exported again, in inches or with other face numbers, has the same faces.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_faces import Faces, faces_of
from holotable.review.exact import (
    CIRCLE,
    CONE,
    CURVE,
    CYLINDER,
    ELLIPSE,
    PLANE,
    SPHERE,
    SURFACE,
    TORUS,
    ExactPart,
)

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

KINDS: Final = ("plane", "cylinder", "cone", "sphere", "torus", "other")
LENGTH: Final = 2e-6  # of the part's size: coordinates in text and in inches differ by less
NOISE_M: Final = 5e-8
ANGLE: Final = 2e-6  # of directions, as the sine between them
_ARC: Final = 48  # pieces of a whole turn: its chords stray 0.2 % of the radius
_SAMPLED: Final = 200  # faces that tell whether a motion keeps a shape
_MANY: Final = 1_500  # faces of one kind that are compared each with each: 2 million pairs
_AREA: Final = 0.1  # a face that moved has the same area but for what meets it


@dataclass(frozen=True, slots=True)
class Shape:
    """The faces of a part in one frame. outlines: of each face, (k, 2, 3) pieces of its edges."""

    faces: Faces
    outlines: tuple[Floats, ...]
    size: float  # metres: the diagonal of the box around its edges

    @property
    def length(self) -> float:
        """Lengths nearer than this are equal, metres."""
        return LENGTH * self.size + NOISE_M


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a face and of the point on it.

    kind: same | moved | resized | gone.  face: of the new shape.  point: (3,) there.
    shift: (3,) by which the face moved.  radii: before and after.
    kept: share of all faces that are where they were under this motion.
    """

    kind: str
    face: int
    point: Floats
    shift: Floats
    radii: tuple[float, float] | None
    nearest_m: float
    kept: float


def shape_of(part: ExactPart, motion: Floats) -> Shape:
    """The faces of a part, moved. motion: (4, 4), a rotation, one scale for all, a shift."""
    pieces = [
        _pieces(part, edge) @ motion[:3, :3].T + motion[:3, 3]
        for edge in range(len(part.edge_kinds))
    ]
    starts = part.face_edge_starts
    outlines = tuple(
        np.concatenate([pieces[edge] for edge in part.face_edges[starts[face] : starts[face + 1]]])
        if starts[face + 1] > starts[face]
        else np.zeros((0, 2, 3))
        for face in range(len(part.face_kinds))
    )
    every = (
        np.concatenate([one.reshape(-1, 3) for one in outlines]) if outlines else np.zeros((0, 3))
    )
    size = float(np.linalg.norm(np.ptp(every, axis=0))) if len(every) else 0.0
    return Shape(faces_of(part, motion), outlines, max(size, 1e-6))


def face_under(shape: Shape, point: Floats, normal: Floats | None = None) -> tuple[int, float]:
    """The face nearest to a point, and how far it is, metres; −1 without any known surface.

    normal: (3,) the way the surface looks there, to choose between the sides of a thin sheet.
    """
    away = distances(shape, point)
    if not len(away) or not np.isfinite(away).any():
        return -1, float("inf")
    near = np.flatnonzero(away <= away.min() + 10.0 * shape.length)
    if normal is not None and len(near) > 1:
        looks = np.array([float(outward(shape.faces, int(face), point) @ normal) for face in near])
        return int(near[int(looks.argmax())]), float(away[near[int(looks.argmax())]])
    best = int(near[int(shape.faces.areas[near].argmin())])
    return best, float(away[best])


def distances(shape: Shape, point: Floats) -> Floats:
    """(f,) metres from a point to each trimmed face; infinite where the surface is not known."""
    off = _off_surface(shape.faces, point)
    result = np.full(len(off), np.inf)
    reach = off.min(initial=np.inf) + 0.05 * shape.size
    for face in np.flatnonzero(off <= reach).tolist():
        result[face] = float(np.hypot(off[face], _outside(shape, face, point)))
    return result


def carry(old: Shape, new: Shape, face: int, point: Floats) -> Carried:
    """Find a face of the old shape in the new one. point: (3,) on the face, in the new frame."""
    length = max(old.length, new.length)
    some = np.unique(np.linspace(0, len(old.faces.kinds) - 1, _SAMPLED).astype(np.int64))
    kept = float(_pieces_kept(rows_of(old.faces, some), new.faces, length).any(axis=1).mean())
    away = distances(new, point)
    here = np.flatnonzero(same_surfaces(rows_of(old.faces, np.array([face])), new.faces, length)[0])
    slack = max(20.0 * length, float(distances(old, point)[face]) + length)
    on = [int(one) for one in here if away[one] <= slack]
    if on:
        return Carried("same", on[0], point, np.zeros(3), None, float(away[on[0]]), kept)
    nearest = float(np.min(away, initial=np.inf))
    free, lost = _unmatched(old.faces, new.faces, face, length)
    resized = _resized(old, new, face, free, length)
    # Another size about the very same axis: a face of the old size elsewhere is another one.
    in_place = resized is not None and not resized[1].any()
    moved = None if in_place else _moved(old.faces, new.faces, face, free, lost, length)
    if moved is not None:
        one, shift = moved
        return Carried("moved", one, point + shift, shift, None, nearest, kept)
    if resized is not None:
        one, shift = resized
        radii = float(old.faces.radii[face, 0]), float(new.faces.radii[one, 0])
        at = _onto(new.faces, one, point + shift)
        return Carried("resized", one, at, shift, radii, nearest, kept)
    closest = int(np.argmin(away)) if np.isfinite(nearest) else -1
    at = point if closest < 0 else _onto(new.faces, closest, point)
    return Carried("gone", closest, at, np.zeros(3), None, nearest, kept)


def same_surfaces(old: Faces, new: Faces, length: float) -> Mask:
    """(old, new) whether two faces lie on one surface, whatever of it each is."""
    kinds = old.kinds[:, None] == new.kinds[None]
    known = kinds & (old.kinds != SURFACE)[:, None]
    radii = (np.abs(old.radii[:, None] - new.radii[None]) <= [length, length]).all(axis=2)
    cones = (old.kinds == CONE)[:, None] & kinds
    radii |= cones & (np.abs(old.radii[:, None, 1] - new.radii[None, :, 1]) <= ANGLE)
    holes = (old.holes[:, None] == new.holes[None]) | (old.kinds == PLANE)[:, None]
    across = np.linalg.norm(np.cross(old.axes[:, None], new.axes[None]), axis=2) <= 10.0 * ANGLE
    facing = np.einsum("ai,bi->ab", old.axes, new.axes) > 0.0
    apart = new.points[None] - old.points[:, None]
    along = np.einsum("abi,ai->ab", apart, old.axes)
    beside = np.linalg.norm(apart - along[..., None] * old.axes[:, None], axis=2)
    whole = np.linalg.norm(apart, axis=2)
    kind = old.kinds[:, None]
    flat = (kind == PLANE) & across & facing & (np.abs(along) <= length)
    round_ = (kind == CYLINDER) & across & (beside <= length)
    slope = np.tan(np.where(old.kinds == CONE, old.radii[:, 1], 0.0))[:, None]
    grown = old.radii[:, None, 0] + slope * along
    cone = cones & across & (beside <= length) & (np.abs(grown - new.radii[None, :, 0]) <= length)
    ball = (kind == SPHERE) & (whole <= length)
    ring = (kind == TORUS) & across & (whole <= length)
    return np.asarray(known & holes & radii & (flat | round_ | cone | ball | ring))


def outward(faces: Faces, face: int, point: Floats) -> Floats:
    """(3,) the way out of the material at a point of a face; zero where it is not known."""
    kind, axis = faces.kinds[face], faces.axes[face]
    apart = point - faces.points[face]
    if kind == PLANE:
        return np.asarray(axis)
    if kind == SURFACE:
        return np.zeros(3)
    along = float(apart @ axis)
    out = apart if kind == SPHERE else apart - along * axis
    if kind == TORUS:
        flat = out / max(float(np.linalg.norm(out)), 1e-300)
        out = apart - faces.radii[face, 0] * flat
    out = out / max(float(np.linalg.norm(out)), 1e-300)
    if kind == CONE:
        half = float(faces.radii[face, 1])
        out = np.cos(half) * out - np.sin(half) * axis
    return np.asarray(-out if faces.holes[face] else out)


def neighbours(part: ExactPart, face: int) -> list[str]:
    """The kinds of the faces that share an edge with a face, sorted."""
    starts = part.face_edge_starts
    own = set(part.face_edges[starts[face] : starts[face + 1]].tolist())
    owners = np.repeat(np.arange(len(part.face_kinds)), np.diff(starts))
    beside = {
        int(owner)
        for owner, edge in zip(owners, part.face_edges.tolist(), strict=True)
        if edge in own and owner != face
    }
    return sorted(KINDS[int(part.face_kinds[one])] for one in beside)


def rows_of(faces: Faces, rows: NDArray[np.int64]) -> Faces:
    """Some of the faces."""
    return Faces(
        faces.kinds[rows], faces.points[rows], faces.axes[rows], faces.radii[rows],
        faces.holes[rows], faces.areas[rows], faces.spans[rows], faces.turns[rows],
        faces.middles[rows],
    )  # fmt: skip


def _pieces_kept(old: Faces, new: Faces, length: float) -> Mask:
    """(old, new) whether two faces are the same piece of one surface."""
    near = np.linalg.norm(old.middles[:, None] - new.middles[None], axis=2)
    sizes = np.sqrt(np.maximum(old.areas, 0.0))[:, None]
    return np.asarray((near <= 10.0 * length + 0.02 * sizes) & same_surfaces(old, new, length))


def _unmatched(
    old: Faces, new: Faces, face: int, length: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of the kind of an old face, near it: new faces that the old shape does not have, and old
    ones that the new shape does not have."""
    ours = _nearest(old, face, old.middles[face], old.kinds[face])
    theirs = _nearest(new, None, old.middles[face], old.kinds[face])
    if not len(theirs):
        return theirs, ours
    there = _pieces_kept(rows_of(old, ours), rows_of(new, theirs), length)
    return np.asarray(theirs[~there.any(axis=0)]), np.asarray(ours[~there.any(axis=1)])


def _nearest(faces: Faces, own: int | None, middle: Floats, kind: int) -> NDArray[np.int64]:
    """The faces of a kind, the nearest of them when there are very many; always `own`."""
    found = np.flatnonzero(faces.kinds == kind)
    if len(found) <= _MANY:
        return found
    away = np.linalg.norm(faces.middles[found] - middle, axis=1)
    near = found[np.argpartition(away, _MANY)[:_MANY]]
    return near if own is None else np.union1d(near, [own])


def _moved(
    old: Faces,
    new: Faces,
    face: int,
    free: NDArray[np.int64],
    lost: NDArray[np.int64],
    length: float,
) -> tuple[int, Floats] | None:
    """The new face that is the old one somewhere else, and by how much it moved.

    lost: old faces that are not where they were; one of them may have a better claim to a new one.
    """
    kind = old.kinds[face]
    if kind == SURFACE or not len(free):
        return None
    turned = np.linalg.norm(np.cross(old.axes[face], new.axes[free]), axis=1)
    same_way = (turned <= 1e-5) & ((new.axes[free] @ old.axes[face] > 0.0) | (kind != PLANE))
    radii = np.abs(new.radii[free] - old.radii[face])
    fits = (
        (new.kinds[free] == kind)
        & (new.holes[free] == old.holes[face])
        & (radii <= length).all(axis=1)
        & (same_way | (kind == SPHERE))
        & (np.abs(new.areas[free] - old.areas[face]) <= _AREA * old.areas[face])
    )
    found = free[fits]
    if not len(found):
        return None
    away = np.linalg.norm(new.middles[found] - old.middles[face], axis=1)
    alike = lost[
        (lost != face)
        & (old.holes[lost] == old.holes[face])
        & (np.abs(old.radii[lost] - old.radii[face]) <= length).all(axis=1)
        & (np.abs(old.areas[lost] - old.areas[face]) <= _AREA * old.areas[face])
    ]
    if len(alike):
        theirs = np.linalg.norm(new.middles[found][:, None] - old.middles[alike][None], axis=2)
        nearer = theirs.min(axis=1) < away - length
        found, away = found[~nearer], away[~nearer]
        if not len(found):
            return None
    one = int(found[int(away.argmin())])
    return one, _shift(old, new, face, one, length)


def _shift(old: Faces, new: Faces, face: int, one: int, length: float) -> Floats:
    """(3,) from the old face to the new one: sideways by its axis, along it by its middle."""
    kind, axis = old.kinds[face], old.axes[face]
    if kind in (PLANE, SPHERE, TORUS):
        apart = new.middles[one] - old.middles[face]
        if kind == PLANE:  # the outline may have changed as well: along the normal for certain
            off = float((new.points[one] - old.points[face]) @ axis)
            inside = apart - float(apart @ axis) * axis
            same = abs(new.areas[one] - old.areas[face]) <= 1e-4 * old.areas[face]
            return np.asarray(off * axis + (inside if same else 0.0))
        return np.asarray(new.points[one] - old.points[face])
    apart = new.points[one] - old.points[face]
    beside = apart - float(apart @ axis) * axis
    heights = [float(np.diff(faces.spans[at])[0]) for faces, at in ((old, face), (new, one))]
    if abs(heights[0] - heights[1]) <= 10.0 * length:
        middle = new.middles[one] - old.middles[face]
        beside = beside + float(middle @ axis) * axis
    return np.asarray(beside)


def _resized(
    old: Shape, new: Shape, face: int, free: NDArray[np.int64], length: float
) -> tuple[int, Floats] | None:
    """The new face of another size in place of an old one, and by how much its axis moved."""
    a, b = old.faces, new.faces
    kind = a.kinds[face]
    if kind in (PLANE, SURFACE) or not len(free):
        return None
    turned = np.linalg.norm(np.cross(a.axes[face], b.axes[free]), axis=1)
    apart = b.points[free] - a.points[face]
    along = apart @ a.axes[face]
    beside = apart if kind in (SPHERE, TORUS) else apart - along[:, None] * a.axes[face]
    off = np.linalg.norm(beside, axis=1)
    reach = max(2.0 * float(a.radii[face, 0]), 20.0 * length)
    meets = (b.spans[free, 0] + along <= a.spans[face, 1] + reach) & (
        b.spans[free, 1] + along >= a.spans[face, 0] - reach
    )
    fits = (
        (b.kinds[free] == kind)
        & (b.holes[free] == a.holes[face])
        & ((turned <= 1e-5) | (kind == SPHERE))
        & (off <= reach)
        & (meets | (kind in (SPHERE, TORUS)))
    )
    if not fits.any():
        return None
    cost = off + np.abs(b.radii[free, 0] - a.radii[face, 0])
    cost[~fits] = np.inf
    at = int(cost.argmin())
    return int(free[at]), np.asarray(beside[at] if off[at] > length else np.zeros(3))


def _onto(faces: Faces, face: int, point: Floats) -> Floats:
    """(3,) the point of a face's surface that is nearest to a point beside it."""
    kind = faces.kinds[face]
    if kind == SURFACE:
        return point
    out = outward(faces, face, point)
    signed = float(_signed(faces, point)[face])
    way = -out if faces.holes[face] and kind != PLANE else out
    return np.asarray(point - signed * way)


def _off_surface(faces: Faces, point: Floats) -> Floats:
    """(f,) metres from a point to each whole surface."""
    return np.abs(_signed(faces, point))


def _signed(faces: Faces, point: Floats) -> Floats:
    """(f,) metres, positive away from the axis or along the normal; infinite when not known."""
    apart = point - faces.points
    along = np.einsum("fi,fi->f", apart, faces.axes)
    beside = np.linalg.norm(apart - along[:, None] * faces.axes, axis=1)
    radius, second = faces.radii[:, 0], faces.radii[:, 1]
    half = np.where(faces.kinds == CONE, second, 0.0)
    result = np.full(len(along), np.inf)
    for kind, value in (
        (PLANE, along),
        (CYLINDER, beside - radius),
        (CONE, (beside - radius - along * np.tan(half)) * np.cos(half)),
        (SPHERE, np.linalg.norm(apart, axis=1) - radius),
        (TORUS, np.hypot(beside - radius, along) - second),
    ):
        result = np.where(faces.kinds == kind, value, result)
    return np.asarray(result)


def _outside(shape: Shape, face: int, point: Floats) -> float:
    """Metres by which a point of the surface lies outside the face's edges; 0 inside."""
    faces, pieces = shape.faces, shape.outlines[face]
    kind, axis = faces.kinds[face], faces.axes[face]
    if not len(pieces) or kind in (SPHERE, TORUS):
        return 0.0
    if kind == PLANE:
        return 0.0 if _in_outline(pieces, axis, point) else _to_pieces(pieces, point)
    along = float((point - faces.points[face]) @ axis)
    low, high = faces.spans[face].tolist()
    over = float(max(low - along, along - high, 0.0))
    if faces.turns[face] > 0.95:
        return over
    ends = pieces.reshape(-1, 3) - faces.points[face]
    flat = ends - (ends @ axis)[:, None] * axis
    middle = flat.sum(axis=0)
    length = float(np.linalg.norm(middle))
    if length < 1e-12:
        return over
    own = (point - faces.points[face]) - along * axis
    lengths = np.maximum(np.linalg.norm(flat, axis=1), 1e-300)
    reach = float(np.arccos(np.clip(flat @ middle / lengths / length, -1.0, 1.0)).max())
    radius = max(float(np.linalg.norm(own)), 1e-300)
    angle = float(np.arccos(np.clip(own @ middle / radius / length, -1.0, 1.0)))
    return float(np.hypot(over, max(angle - reach, 0.0) * radius))


def _in_outline(pieces: Floats, axis: Floats, point: Floats) -> bool:
    """Whether a point of a plane lies within its edges: even or odd crossings of a ray."""
    first = np.eye(3)[int(np.argmin(np.abs(axis)))]
    u = np.cross(axis, first)
    u /= np.linalg.norm(u)
    v = np.cross(axis, u)
    flat = (pieces - point) @ np.stack([u, v], axis=1)
    a, b = flat[:, 0], flat[:, 1]
    crosses = (a[:, 1] > 0.0) != (b[:, 1] > 0.0)
    a, b = a[crosses], b[crosses]
    at = a[:, 0] - a[:, 1] * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return bool((at > 0.0).sum() % 2)


def _to_pieces(pieces: Floats, point: Floats) -> float:
    """Metres to the nearest of straight pieces."""
    start, run = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
    squared = np.maximum(np.einsum("ij,ij->i", run, run), 1e-300)
    share = np.clip(np.einsum("ij,ij->i", point - start, run) / squared, 0.0, 1.0)
    return float(np.linalg.norm(start + share[:, None] * run - point, axis=1).min())


def _pieces(part: ExactPart, edge: int) -> Floats:
    """(k, 2, 3) an edge as straight pieces."""
    kind, said = part.edge_kinds[edge], part.edge_parameters[edge]
    if kind in (CIRCLE, ELLIPSE):
        count = max(2, int(np.ceil(_ARC * (said[12] - said[11]) / (2.0 * np.pi))))
        angles = np.linspace(said[11], said[12], count + 1)
        across = np.cross(said[3:6], said[6:9])
        points = (
            said[:3]
            + said[9] * np.cos(angles)[:, None] * said[6:9]
            + said[10] * np.sin(angles)[:, None] * across
        )
    elif kind == CURVE:
        points = part.edge_points[part.edge_starts[edge] : part.edge_starts[edge + 1]]
    else:
        ends = part.edge_vertices[edge]
        if (ends < 0).any():
            return np.zeros((0, 2, 3))
        points = part.vertices[ends]
    return np.stack([points[:-1], points[1:]], axis=1) if len(points) > 1 else np.zeros((0, 2, 3))
