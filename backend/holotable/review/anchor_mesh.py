"""The patch of a mesh under a point, and what of it is found on another mesh.

A mesh has no faces to recognise, so what is compared is the surface itself: how far the nearest of
it is, which way it looks, and how flat it is around. Frame: the part's own, metres.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from holotable.review.compare_distance import closest_points
from holotable.review.model_file import Triangles

Floats: TypeAlias = NDArray[np.float64]
Vector: TypeAlias = tuple[float, float, float]

TOLERANCE: Final = 5e-4  # of the part's size: what another tessellation of one surface strays
SMALLEST_M: Final = 2e-6
_RADIUS: Final = 0.02  # of the part's size: what counts as the surroundings of a point
_TURNED_RAD: Final = 0.2  # 11 degrees: between chords of one curved surface
_SAMPLED: Final = 48
_SAME_WAY: Final = 0.3  # cosine: the other side of a sheet looks away


class Patch(BaseModel):
    """The surface around a point. flatness_m: how far its corners stray from a plane."""

    model_config = ConfigDict(frozen=True)

    normal: Vector
    radius_m: float
    area: float
    flatness_m: float
    distance_m: float  # of the point from the surface


@dataclass(frozen=True, slots=True)
class CarriedPatch:
    """Where a patch would be on another mesh, and whether it is there."""

    same: bool
    point: Floats
    normal: Floats | None
    nearest_m: float
    tolerance_m: float
    turned_rad: float | None
    flatness: tuple[float, float] | None


def size_of(surface: Triangles) -> float:
    """The diagonal of the box around a surface, metres."""
    used = surface.positions
    return max(float(np.linalg.norm(np.ptp(used, axis=0))), 1e-6) if len(used) else 1e-6


def patch_at(surface: Triangles, point: Floats, normal: Floats | None = None) -> Patch:
    """What the surface is like where it is nearest to a point."""
    corners = surface.positions[surface.triangles]
    at, triangle, away = nearest(corners, point, normal)
    radius = _RADIUS * size_of(surface)
    middles = corners.mean(axis=1)
    reach = np.linalg.norm(corners - middles[:, None], axis=2).max(axis=1)
    around = corners[np.linalg.norm(middles - at, axis=1) <= radius + reach]
    spread = closest_points(np.repeat(at[None], len(around), axis=0), around)
    around = around[np.linalg.norm(spread - at, axis=1) <= radius]
    own = _normals(corners[triangle][None])[0]
    doubled = np.linalg.norm(_doubled(around), axis=1)
    # Corners may lie far away; the nearest points of each triangle tell what is around here.
    near = closest_points(np.repeat(at[None], len(around), axis=0), around)
    stray = float(np.abs((near - at) @ own).max(initial=0.0))
    return Patch(
        normal=(float(own[0]), float(own[1]), float(own[2])),
        radius_m=radius,
        area=float(min(doubled.sum() / 2.0, np.pi * radius**2)),
        flatness_m=stray,
        distance_m=away,
    )


def nearest(
    corners: Floats, point: Floats, normal: Floats | None = None
) -> tuple[Floats, int, float]:
    """(the nearest point, its triangle, how far). corners: (m, 3, 3), m > 0.

    normal: (3,) of triangles equally near the one that looks this way.
    """
    low, high = corners.min(axis=1), corners.max(axis=1)
    bound = np.linalg.norm(np.maximum(np.maximum(low - point, point - high), 0.0), axis=1)
    upper = float(np.linalg.norm(corners[:, 0] - point, axis=1).min())
    some = np.flatnonzero(bound <= upper)
    found = closest_points(np.repeat(point[None], len(some), axis=0), corners[some])
    away = np.linalg.norm(found - point, axis=1)
    best = float(away.min())
    at = int(away.argmin())
    if normal is not None:
        level = np.flatnonzero(away <= best + 1e-9 + 1e-6 * upper)
        at = int(level[int((_normals(corners[some[level]]) @ normal).argmax())])
    return np.asarray(found[at]), int(some[at]), float(away[at])


def carry_patch(
    patch: Patch | None,
    old: Triangles | None,
    new: Triangles,
    stayed: Floats,
    point: Floats,
    normal: Floats | None,
) -> CarriedPatch:
    """Find a patch on another mesh.

    stayed: (4, 4) from the old part's frame to the new one's, had nothing moved in the model.
    point, normal: (3,) in the old frame.
    """
    corners = new.positions[new.triangles]
    tolerance = max(TOLERANCE * size_of(new), SMALLEST_M)
    best: tuple[tuple[float, bool, float], CarriedPatch] | None = None
    for motion in _motions(old, new, stayed):
        kept = 1.0 if old is None else _kept(old, corners, motion, tolerance)
        got = _under(patch, new, corners, motion, point, normal, tolerance)
        key = round(-kept, 1), not got.same, got.nearest_m
        if best is None or key < best[0]:
            best = key, got
    assert best is not None  # there is always the motion that is none
    return best[1]


def _under(
    patch: Patch | None,
    new: Triangles,
    corners: Floats,
    motion: Floats,
    point: Floats,
    normal: Floats | None,
    tolerance: float,
) -> CarriedPatch:
    wanted = motion[:3, :3] @ point + motion[:3, 3]
    looks = None
    said = np.array(patch.normal) if patch is not None else normal
    if said is not None:
        looks = motion[:3, :3] @ said
        looks = looks / max(float(np.linalg.norm(looks)), 1e-300)
    at, triangle, away = nearest(corners, wanted, looks)
    own = _normals(corners[triangle][None])[0]
    turned = None if looks is None else float(np.arccos(np.clip(own @ looks, -1.0, 1.0)))
    off = abs(away - patch.distance_m) if patch is not None else away
    same = off <= tolerance and (turned is None or turned <= _TURNED_RAD)
    flatness = None
    if patch is not None:
        there = patch_at(new, at, own)
        flatness = patch.flatness_m, there.flatness_m
        same = same and abs(flatness[0] - flatness[1]) <= 0.5 * patch.radius_m
    return CarriedPatch(same, wanted if same else at, own, away, tolerance, turned, flatness)


def _motions(old: Triangles | None, new: Triangles, stayed: Floats) -> list[Floats]:
    """The part's frame stayed; the world stayed; everything in the part was shifted."""
    motions = [np.eye(4)]
    if not np.allclose(stayed, np.eye(4), rtol=0.0, atol=1e-9):
        motions.append(stayed)
    if old is not None and len(old.triangles) == len(new.triangles):
        shift = new.positions.min(axis=0) - old.positions.min(axis=0)
        other = new.positions.max(axis=0) - old.positions.max(axis=0)
        if np.linalg.norm(shift) > 0.0 and np.allclose(shift, other, rtol=1e-3, atol=1e-7):
            motion = np.eye(4)
            motion[:3, 3] = shift
            motions.append(motion)
    return motions


def _kept(old: Triangles, corners: Floats, motion: Floats, tolerance: float) -> float:
    """The share of an old surface that lies on the new one under a motion."""
    some = np.unique(np.linspace(0, len(old.triangles) - 1, _SAMPLED).astype(np.int64))
    middles = old.positions[old.triangles[some]].mean(axis=1) @ motion[:3, :3].T + motion[:3, 3]
    away = [nearest(corners, middle)[2] for middle in middles]
    return float(np.mean(np.array(away) <= tolerance))


def _doubled(corners: Floats) -> Floats:
    return np.asarray(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))


def _normals(corners: Floats) -> Floats:
    doubled = _doubled(corners)
    return np.asarray(doubled / np.maximum(np.linalg.norm(doubled, axis=1), 1e-300)[:, None])
