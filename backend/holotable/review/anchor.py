"""Where on the model something stands, and what becomes of that place on another revision.

An anchor is a point in the frame of a part, with a fingerprint of the face under it. On another
revision its part is *there*, *elsewhere*, *changed here*, or *gone*; whichever it is, the evidence
says how that was found. Frames: `point` and `normal` are the part's own, metres; `world` is the
model's after its placement was corrected, metres, y up.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from holotable.review.anchor_faces import (
    KINDS,
    Carried,
    Shape,
    carry,
    face_under,
    neighbours,
    outward,
    shape_of,
)
from holotable.review.anchor_mesh import Patch, carry_patch, patch_at, size_of
from holotable.review.exact import ExactPart
from holotable.review.model_file import Triangles

Floats: TypeAlias = NDArray[np.float64]
State: TypeAlias = Literal["placed", "moved", "geometry_changed", "detached"]
Coordinate: TypeAlias = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Vector: TypeAlias = tuple[Coordinate, Coordinate, Coordinate]

NEAR: Final = 0.02  # of the part's size: a point farther from every face is on none
_MOVED_M: Final = 1e-6  # a placement that differs by less is the same: text with few digits


class Frozen(BaseModel):
    """A value that is stored as JSON."""

    model_config = ConfigDict(frozen=True)


class FacePrint(Frozen):
    """A face as it was when somebody pointed at it. direction: normal or axis; SI units."""

    index: int
    kind: str
    area: float
    radius: float | None = None
    second: float | None = None
    hole: bool = False
    origin: Vector
    direction: Vector
    centroid: Vector
    neighbours: list[str]
    distance_m: float  # of the point from it


class Fingerprint(Frozen):
    """What the surface under an anchor was like; `source` none: nothing was known of it."""

    source: Literal["exact", "mesh", "none"]
    size_m: float = 0.0  # of the part
    face: FacePrint | None = None
    patch: Patch | None = None


class Anchor(Frozen):
    """A place on one revision. placement: the revision's correction of unit and axis then."""

    occurrence_id: str
    point: Vector
    normal: Vector | None = None
    world: Vector
    world_normal: Vector | None = None
    structure: str | None = None  # sha256 of structure.json
    placement: dict[str, Any] | None = None
    fingerprint: Fingerprint = Fingerprint(source="none")


class Difference(Frozen):
    """One thing that is no longer what it was; SI units."""

    what: Literal["radius", "normal", "distance", "area", "flatness", "face", "part"]
    before: float | str | None = None
    after: float | str | None = None


class Evidence(Frozen):
    """How an outcome was found.

    matched_by: how the part was found: id, place, compare.  approximate: that was a guess.
    source: what was compared.  nearest_m: from where the point would be to the nearest surface.
    reason: in one word.
    """

    matched_by: str
    approximate: bool = False
    source: Literal["exact", "mesh", "none"]
    reason: Literal[
        "same_face",
        "same_surface",
        "part_moved",
        "face_moved",
        "size_changed",
        "face_gone",
        "surface_changed",
        "part_gone",
        "part_without_shape",
        "not_compared",
    ]
    tolerance_m: float
    nearest_m: float | None = None
    differences: list[Difference] = []
    face: int | None = None  # of the exact shape there


class Outcome(Frozen):
    """What became of an anchor on one revision. vector: from the old place to the new, world."""

    state: State
    occurrence_id: str | None
    point: Vector | None
    normal: Vector | None = None
    world: Vector | None
    world_normal: Vector | None = None
    distance_m: float = 0.0
    vector: Vector | None = None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PartShape:
    """A part as one revision has it: exactly when the file did, and its triangles."""

    exact: ExactPart | None
    triangles: Triangles | None

    @property
    def is_known(self) -> bool:
        """Whether there is any surface to compare."""
        return self.triangles is not None or (
            self.exact is not None and len(self.exact.face_kinds) > 0
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """An occurrence of a part in one revision.

    world: (4, 4) from the part's frame to the model, corrected.
    has_shape: False for a part of which conversion could make nothing.
    """

    occurrence_id: str
    world: Floats
    shape: PartShape
    has_shape: bool = True


@dataclass(frozen=True, slots=True)
class Partner:
    """Which occurrence an old one has become, and how that is known."""

    occurrence_id: str
    approximate: bool
    matched_by: str = "id"


def fingerprint_of(shape: PartShape, point: Floats, normal: Floats | None) -> Fingerprint:
    """What the surface at a point of a part is like. point, normal: (3,) part frame."""
    if shape.exact is not None and len(shape.exact.face_kinds):
        faces = shape_of(shape.exact, np.eye(4))
        face, away = face_under(faces, point, normal)
        if face >= 0 and away <= NEAR * faces.size:
            said = _face_print(shape.exact, faces, face, away)
            return Fingerprint(source="exact", size_m=faces.size, face=said)
    if shape.triangles is not None and len(shape.triangles.triangles):
        patch = patch_at(shape.triangles, point, normal)
        return Fingerprint(source="mesh", size_m=size_of(shape.triangles), patch=patch)
    return Fingerprint(source="none")


def re_anchor(
    anchor: Anchor, old: Placed | None, new: Placed | None, partner: Partner | None
) -> Outcome:
    """What became of an anchor. old: None when its revision can no longer be read.

    new: the partner's; None when there is none.
    """
    if partner is None or new is None:
        return _detached("part_gone", partner, Difference(what="part", before=anchor.occurrence_id))
    if not new.has_shape:
        lost = Difference(what="part", before=anchor.occurrence_id, after=new.occurrence_id)
        return _detached("part_without_shape", partner, lost)
    point = np.array(anchor.point)
    before = np.array(anchor.world)
    found = _carried(anchor, old, new, point)
    after = _apply(new.world, found.point)
    vector = after - before
    distance = float(np.linalg.norm(vector))
    scale = float(np.cbrt(abs(np.linalg.det(new.world[:3, :3]))))
    slack = max(_MOVED_M, found.tolerance_m * scale)
    state, reason = found.state, found.reason
    if state == "placed" and distance > slack:
        state, reason = "moved", "part_moved"
    looks = None
    if found.normal is not None:
        looks = np.linalg.pinv(new.world[:3, :3]).T @ found.normal
        looks = looks / max(float(np.linalg.norm(looks)), 1e-300)
    return Outcome(
        state=state,
        occurrence_id=new.occurrence_id,
        point=_vector(found.point),
        normal=None if found.normal is None else _vector(found.normal),
        world=_vector(after),
        world_normal=None if looks is None else _vector(looks),
        distance_m=0.0 if state == "placed" else distance,
        vector=None if state == "placed" else _vector(vector),
        evidence=Evidence(
            matched_by=partner.matched_by,
            approximate=partner.approximate,
            source=found.source,
            reason=reason,
            tolerance_m=slack,
            nearest_m=found.nearest_m,
            differences=found.differences,
            face=found.face,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A place on the new part, in its frame, and what was seen there."""

    state: State
    reason: Any  # a word of Evidence.reason, which pydantic checks
    source: Literal["exact", "mesh", "none"]
    point: Floats
    normal: Floats | None
    tolerance_m: float
    nearest_m: float | None
    differences: list[Difference]
    face: int | None = None


def _carried(anchor: Anchor, old: Placed | None, new: Placed, point: Floats) -> _Found:
    """The best that is found under each motion that the part's own frame may have made."""
    normal = None if anchor.normal is None else np.array(anchor.normal)
    if old is not None and old.shape.exact is not None and new.shape.exact is not None:
        found = _by_faces(old.shape.exact, new.shape.exact, old.world, new.world, point, normal)
        if found is not None:
            return found
    if new.shape.triangles is not None and len(new.shape.triangles.triangles):
        patch = anchor.fingerprint.patch
        triangles = None if old is None else old.shape.triangles
        if patch is None and triangles is not None and len(triangles.triangles):
            patch = patch_at(triangles, point, normal)
        shift = np.eye(4) if old is None else np.linalg.inv(new.world) @ old.world
        got = carry_patch(patch, triangles, new.shape.triangles, shift, point, normal)
        differences = [Difference(what="distance", before=0.0, after=got.nearest_m)]
        if got.turned_rad is not None and not got.same:
            differences.append(Difference(what="normal", before=0.0, after=got.turned_rad))
        if got.flatness is not None and not got.same:
            differences.append(
                Difference(what="flatness", before=got.flatness[0], after=got.flatness[1])
            )
        return _Found(
            "placed" if got.same else "geometry_changed",
            "same_surface" if got.same else "surface_changed",
            "mesh",
            got.point,
            got.normal,
            got.tolerance_m,
            got.nearest_m,
            [] if got.same else differences,
        )
    return _Found("placed", "not_compared", "none", point, normal, _MOVED_M, None, [])


def _by_faces(
    old: ExactPart,
    new: ExactPart,
    world_old: Floats,
    world_new: Floats,
    point: Floats,
    normal: Floats | None,
) -> _Found | None:
    """The face under the anchor, looked for in the new shape; None when it is on no known face."""
    target = shape_of(new, np.eye(4))
    own = shape_of(old, np.eye(4))
    face, away = face_under(own, point, normal)
    if face < 0 or away > NEAR * own.size or KINDS[int(own.faces.kinds[face])] == "other":
        return None
    best: tuple[tuple[float, int], Carried, Shape] | None = None
    for rank, motion in enumerate(_motions(own, target, world_old, world_new)):
        moved = own if rank == 0 else shape_of(old, motion)
        got = carry(moved, target, face, _apply(motion, point))
        # More faces where they were beats a better end for one of them; then the plainer motion.
        order = ("same", "moved", "resized", "gone").index(got.kind)
        key = (round(-got.kept, 1), order)
        if best is None or key < best[0]:
            best = key, got, moved
    assert best is not None  # there is always the motion that is none
    _, got, moved = best
    looks = outward(target.faces, got.face, got.point) if got.face >= 0 else None
    differences = []
    if got.radii is not None and abs(got.radii[0] - got.radii[1]) > target.length:
        differences.append(Difference(what="radius", before=got.radii[0], after=got.radii[1]))
    if got.kind == "gone":
        kind = KINDS[int(own.faces.kinds[face])]
        differences.append(Difference(what="face", before=kind, after=None))
    if got.kind in ("same", "moved"):
        areas = float(moved.faces.areas[face]), float(target.faces.areas[got.face])
        if abs(areas[0] - areas[1]) > 1e-4 * areas[0]:
            differences.append(Difference(what="area", before=areas[0], after=areas[1]))
    states: dict[str, tuple[State, str]] = {
        "same": ("placed", "same_face"),
        "moved": ("moved", "face_moved"),
        "resized": ("geometry_changed", "size_changed"),
        "gone": ("geometry_changed", "face_gone"),
    }
    state, reason = states[got.kind]
    nearest = got.nearest_m if np.isfinite(got.nearest_m) else None
    return _Found(
        state, reason, "exact", got.point, looks, target.length, nearest, differences, got.face
    )


def _motions(own: Shape, target: Shape, world_old: Floats, world_new: Floats) -> list[Floats]:
    """From the old part's frame to the new one's: it stayed; the world stayed; all of it moved."""
    motions = [np.eye(4)]
    stayed = np.linalg.inv(world_new) @ world_old
    if not np.allclose(stayed, np.eye(4), rtol=0.0, atol=1e-9):
        motions.append(stayed)
    areas = float(own.faces.areas.sum()), float(target.faces.areas.sum())
    if abs(areas[0] - areas[1]) <= 1e-5 * max(areas):
        middles = [
            one.faces.areas @ one.faces.middles / max(one.faces.areas.sum(), 1e-300)
            for one in (own, target)
        ]
        if np.linalg.norm(middles[1] - middles[0]) > target.length:
            motion = np.eye(4)
            motion[:3, 3] = middles[1] - middles[0]
            motions.append(motion)
    return motions


def _face_print(part: ExactPart, shape: Shape, face: int, away: float) -> FacePrint:
    faces = shape.faces
    kind = KINDS[int(faces.kinds[face])]
    radius, second = faces.radii[face].tolist()
    return FacePrint(
        index=face,
        kind=kind,
        area=float(faces.areas[face]),
        radius=radius if kind in ("cylinder", "cone", "sphere", "torus") else None,
        second=second if kind in ("cone", "torus") else None,
        hole=bool(faces.holes[face]),
        origin=_vector(faces.points[face]),
        direction=_vector(faces.axes[face]),
        centroid=_vector(faces.middles[face]),
        neighbours=neighbours(part, face),
        distance_m=away,
    )


def _detached(reason: Any, partner: Partner | None, lost: Difference) -> Outcome:
    return Outcome(
        state="detached",
        occurrence_id=partner.occurrence_id if partner else None,
        point=None,
        world=None,
        evidence=Evidence(
            matched_by=partner.matched_by if partner else "id",
            approximate=partner.approximate if partner else False,
            source="none",
            reason=reason,
            tolerance_m=0.0,
            differences=[lost],
        ),
    )


def _apply(matrix: Floats, point: Floats) -> Floats:
    return np.asarray(matrix[:3, :3] @ point + matrix[:3, 3])


def _vector(values: Floats) -> Vector:
    x, y, z = (float(one) for one in values)
    return x, y, z
