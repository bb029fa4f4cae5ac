"""Levels of detail: each part at about 100, 35, 10 and 2 % of its triangles, within an error bound.

Level 0 is the part as read. Each further level is made from the one before it. A part that is
already small keeps its mesh, and a level that would hardly differ is the same `Mesh` value, so
that the packer writes it once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from holotable.conversion.place import Integers
from holotable.conversion.simplify import Simplified, Simplifier
from holotable.review.scene import Floats, Floats32, Indices, Mesh

COARSEST: Final = 3

BOX: Final = 12  # triangles of the proxies that replace a part when nothing else fits
TETRAHEDRON: Final = 4

# A level counts as different from 85 % down: a smaller saving costs more bytes than it draws less.
WORTHWHILE: Final = 0.85

# Stray normals: a corner whose normal turned more than 60 degrees from its triangle, as happens
# where a collapse crossed a sharp edge, takes the triangle's normal, else coarse boxes look dented.
MIN_AGREEMENT: Final = 0.5


# The simplifier's error is a mean over the planes around an edge. On 59 levels of eleven shared
# models 99.5 % of the surface lay within 1.13 of it, on all but two within 1.8; single points
# strayed up to 2.8, at the finest level 7 times as far.
SAFETY: Final = 1.5
# Loose pieces up to this many times the allowed error may be dropped; a stair's rods may not.
LOST: Final = 3.0
CHECKED: Final = 0.01  # allowed errors below this drop nothing that anybody sees

# A model this small is whole in the first picture: coarser levels would cost more bytes and seconds
# than they save anybody. 250 kB take 0.08 s at 25 Mbit/s; a headset draws 600,000 triangles.
WHOLE_VERTICES: Final = 45_000
WHOLE_TRIANGLES: Final = 60_000
WHOLE_PLACED: Final = 200_000  # triangles


@dataclass(frozen=True, slots=True)
class Step:
    """How one level is made from the one before."""

    ratio: float  # of the triangles of level 0
    max_error: float  # over the part's largest dimension
    floor: int  # triangles below which a part is left alone


# Errors of 0.2, 1 and 4 % of the part: a 100 mm part drawn 500 pixels tall strays 1, 5, 20 pixels.
_RATIOS: Final = (0.35, 0.10, 0.02)
_MAX_ERRORS: Final = (0.002, 0.01, 0.04)
_FLOOR_FACTORS: Final = (2.0, 1.5, 1.0)

# The first picture of a small model need not be crude: its coarsest level may keep up to 120
# triangles a part while all parts together stay near 12,000 and all placements near 200,000.
_MIN_FLOOR: Final = 40
_MAX_FLOOR: Final = 120
_UNIQUE_TRIANGLES: Final = 12_000
_PLACED_TRIANGLES: Final = 200_000


def steps_for(parts: int, occurrences: int) -> tuple[Step, ...]:
    """How the levels of a model of this size are made, finest first."""
    share = min(_UNIQUE_TRIANGLES / max(parts, 1), _PLACED_TRIANGLES / max(occurrences, 1))
    floor = min(max(share, _MIN_FLOOR), _MAX_FLOOR)
    return tuple(
        Step(ratio, error, int(floor * factor))
        for ratio, error, factor in zip(_RATIOS, _MAX_ERRORS, _FLOOR_FACTORS, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Levels:
    """The meshes of one part, finest first (COARSEST + 1 of them), and each one's error in metres:
    99 % of its surface lies within it of level 0's, and the other way round.

    Equal neighbours are the very same object.
    """

    meshes: Sequence[Mesh]
    errors_m: tuple[float, ...]

    def triangles(self) -> list[int]:
        """The number of triangles of each level."""
        return [len(mesh.triangles) for mesh in self.meshes]


def fits_whole(meshes: Sequence[Mesh], placed: Integers) -> bool:
    """Whether a model is so small that it needs no coarser levels. placed: (k,) part of each."""
    triangles = np.array([len(mesh.triangles) for mesh in meshes], int)
    shown = np.bincount(placed, minlength=len(meshes)) > 0
    vertices = sum(len(mesh.positions) for mesh, used in zip(meshes, shown, strict=True) if used)
    return bool(
        vertices <= WHOLE_VERTICES
        and triangles[shown].sum() <= WHOLE_TRIANGLES
        and triangles[placed].sum() <= WHOLE_PLACED
    )


def whole(mesh: Mesh) -> Levels:
    """A part that is the same at every level."""
    return Levels((mesh,) * (COARSEST + 1), (0.0,) * (COARSEST + 1))


def extent_of(positions: Floats32) -> float:
    """The largest dimension of the vertices' box, metres."""
    if not len(positions):
        return 0.0
    return float((positions.max(axis=0) - positions.min(axis=0)).max())


def make_levels(mesh: Mesh, steps: Sequence[Step], simplifier: Simplifier) -> Levels:
    """Simplify one part step by step."""
    meshes, errors = [mesh], [0.0]
    extent = extent_of(mesh.positions)
    for step in steps:
        current = meshes[-1]
        target = max(int(len(mesh.triangles) * step.ratio), step.floor)
        coarser = current
        error = 0.0
        if target < len(current.triangles) * WORTHWHILE and extent > 0:
            coarser, error = simplified(current, target, step.max_error, simplifier)
            if not 0 < len(coarser.triangles) < len(current.triangles) * WORTHWHILE:
                coarser, error = current, 0.0
        meshes.append(coarser)
        errors.append(errors[-1] + SAFETY * error * extent)
    return Levels(tuple(meshes), tuple(errors))


def simplified(
    mesh: Mesh, target: int, max_error: float, simplifier: Simplifier, lock_border: bool = False
) -> tuple[Mesh, float]:
    """A mesh of about `target` triangles, and its error over the mesh's extent.

    lock_border: of a piece of a larger mesh, whose loose parts may go on in the next one.
    """
    protected = material_seams(mesh, simplifier)

    def attempt(prune: bool) -> Simplified:
        return simplifier.simplify(
            mesh.triangles,
            mesh.positions,
            mesh.normals,
            target,
            max_error,
            protected=protected,
            prune=prune,
            lock_border=lock_border,
        )

    result = attempt(prune=not lock_border)
    error = result.error
    if not lock_border and len(result.triangles) and max_error >= CHECKED:
        extent = max(extent_of(mesh.positions), 1e-30)
        lost = _lost_size(mesh, result.triangles, simplifier) / extent
        if LOST * max_error < lost:
            kept = attempt(prune=False)
            if len(kept.triangles) <= max(target, len(result.triangles)) * 2:
                return settled(mesh, kept.triangles), kept.error
        error = max(error, lost)
    return settled(mesh, result.triangles), error


def _lost_size(mesh: Mesh, triangles: Indices, simplifier: Simplifier) -> float:
    """Diagonal of the largest loose piece of a mesh of which none of these triangles is left."""
    places = simplifier.position_remap(mesh.positions)
    corners = places[mesh.triangles]
    labels = _labels(corners, len(places))
    alive = np.zeros(len(places), bool)
    alive[labels[places[triangles]]] = True
    lost = corners.reshape(-1)[~alive[labels[corners.reshape(-1)]]]
    if not len(lost):
        return 0.0
    low = np.full((len(places), 3), np.inf, np.float32)
    high = np.full((len(places), 3), -np.inf, np.float32)
    np.minimum.at(low, labels[lost], mesh.positions[lost])
    np.maximum.at(high, labels[lost], mesh.positions[lost])
    pieces = np.unique(labels[lost])
    return float(np.linalg.norm(high[pieces] - low[pieces], axis=1).max())


def _labels(corners: Indices, count: int) -> Indices:
    """(count,) the least place of the connected piece that each place belongs to."""
    labels = np.arange(count, dtype=np.uint32)
    while True:
        ends = labels[corners]
        least = np.minimum(np.minimum(ends[:, 0], ends[:, 1]), ends[:, 2])
        after = labels.copy()
        for corner in range(3):
            np.minimum.at(after, ends[:, corner], least)
        while not np.array_equal(after, shorter := after[after]):
            after = shorter
        if (after == labels).all():
            return labels
        labels = after


def material_seams(
    mesh: Mesh, simplifier: Simplifier
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]] | None":
    """Which vertices share their position with one of another material; None when none can.

    A mesh coloured vertex by vertex, whose triangles mix materials, has such a seam everywhere;
    there colours may mix further, or it would never become coarser.
    """
    if not len(mesh.materials) or (mesh.materials == mesh.materials[0]).all():
        return None
    entries = mesh.materials[mesh.triangles]
    if (entries != entries[:, :1]).any():
        return None
    remap = simplifier.position_remap(mesh.positions)
    lowest = np.full(len(remap), np.iinfo(np.uint16).max, np.uint16)
    highest = np.zeros(len(remap), np.uint16)
    np.minimum.at(lowest, remap, mesh.materials)
    np.maximum.at(highest, remap, mesh.materials)
    seam = (lowest != highest)[remap]
    return np.asarray(seam)


def settled(mesh: Mesh, triangles: Indices) -> Mesh:
    """A mesh of these triangles over `mesh`'s vertices: unused ones gone, stray normals mended."""
    corners = triangles.reshape(-1)
    positions = mesh.positions[corners].reshape(-1, 3, 3)
    faces = np.cross(positions[:, 1] - positions[:, 0], positions[:, 2] - positions[:, 0])
    lengths = np.linalg.norm(faces, axis=1, keepdims=True)
    faces = np.divide(faces, lengths, out=np.zeros_like(faces), where=lengths > 0)
    agreement = np.einsum("tcj,tj->tc", mesh.normals[corners].reshape(-1, 3, 3), faces)
    stray = ((agreement < MIN_AGREEMENT) & (lengths > 0)).reshape(-1)

    used, kept = np.unique(corners, return_inverse=True)
    numbers = kept.reshape(-1).astype(np.uint32)
    mended = np.flatnonzero(stray)
    numbers[mended] = len(used) + np.arange(len(mended), dtype=np.uint32)
    return Mesh(
        positions=np.concatenate([mesh.positions[used], mesh.positions[corners[mended]]]),
        normals=np.concatenate([mesh.normals[used], faces[mended // 3]]).astype(np.float32),
        triangles=numbers.reshape(-1, 3),
        materials=np.concatenate([mesh.materials[used], mesh.materials[corners[mended]]]),
    )


def capped(levels: Levels, cap: int, simplifier: Simplifier) -> Levels:
    """The same levels with at most about `cap` triangles in the coarsest.

    Tries an unbounded simplification, then vertex clustering, then a box, or below its 12 triangles
    a tetrahedron: what a part of a large plant needs to be seen at all in the first half megabyte.
    """
    coarsest = levels.meshes[-1]
    if len(coarsest.triangles) <= cap:
        return levels
    extent = extent_of(coarsest.positions)
    mesh, error = simplified(coarsest, cap, 1.0, simplifier)
    if not 4 <= len(mesh.triangles) <= cap * 1.25:
        result = simplifier.simplify_sloppily(coarsest.triangles, coarsest.positions, cap, 1.0)
        mesh, error = settled(coarsest, result.triangles), result.error
    if not 4 <= len(mesh.triangles) <= cap * 1.25 or error > 0.25:
        mesh, error = (box_of if cap >= BOX else tetrahedron_of)(coarsest), 0.5
    return Levels(
        (*levels.meshes[:-1], mesh),
        (*levels.errors_m[:-1], levels.errors_m[-2] + SAFETY * error * extent),
    )


def box_of(mesh: Mesh) -> Mesh:
    """The bounding box of a mesh as 12 triangles, in its most frequent material."""
    low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
    material = np.bincount(mesh.materials).argmax()
    positions = np.empty((6, 4, 3), np.float32)
    normals = np.zeros((6, 4, 3), np.float32)
    for side in range(6):
        axis, far = side % 3, side >= 3
        across, up = (axis + 1) % 3, (axis + 2) % 3
        for corner, (u, v) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
            positions[side, corner, axis] = high[axis] if far else low[axis]
            positions[side, corner, across] = high[across] if u else low[across]
            positions[side, corner, up] = high[up] if v else low[up]
        normals[side, :, axis] = 1.0 if far else -1.0
    outward = np.array([[0, 1, 2], [0, 2, 3]], np.uint32)
    triangles = np.concatenate(
        [(outward if side >= 3 else outward[:, ::-1]) + 4 * side for side in range(6)]
    )
    return Mesh(
        positions.reshape(-1, 3),
        normals.reshape(-1, 3),
        triangles.astype(np.uint32),
        np.full(24, material, np.uint16),
    )


def tetrahedron_of(mesh: Mesh) -> Mesh:
    """Four triangles between every other corner of a mesh's bounding box, flat shaded."""
    low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
    corners = np.array([[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)
    corners = low + corners * (high - low)
    positions = corners[np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])]
    normals = np.cross(positions[:, 1] - positions[:, 0], positions[:, 2] - positions[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(lengths > 0, normals / np.maximum(lengths, 1e-30), (0.0, 1.0, 0.0))
    return Mesh(
        positions.reshape(-1, 3).astype(np.float32),
        np.repeat(normals, 3, axis=0).astype(np.float32),
        np.arange(12, dtype=np.uint32).reshape(4, 3),
        np.full(12, np.bincount(mesh.materials).argmax(), np.uint16),
    )


def caps_for(triangles: Integers, weights: Floats, sizes: Floats, budget: float) -> Integers:
    """The most triangles each part may have so that the weighted sum stays within the budget.

    triangles, weights, sizes: (p,) triangles now, cost of one triangle (placements or bytes), and
    the part's diagonal. One common cap, leaned toward large parts by the root of their size: a
    hall's frame may keep more than its bolts. returns: (p,) caps, at least a box, or at least a
    tetrahedron where boxes alone would be over the budget.
    """
    boxes_fit = float((np.minimum(triangles, BOX) * weights).sum()) <= budget
    least = float(BOX if boxes_fit else TETRAHEDRON)
    lean = np.sqrt(np.maximum(sizes, 1e-9) / max(float(sizes.max(initial=0.0)), 1e-9))
    low = least
    high = max(float(triangles.max(initial=0)), least) / max(float(lean.min(initial=1.0)), 1e-3)
    for _ in range(40):
        middle = math.sqrt(low * high)
        caps = np.maximum(middle * lean, least)
        if float((np.minimum(triangles, caps) * weights).sum()) <= budget:
            low = middle
        else:
            high = middle
    return np.maximum(low * lean, least).astype(int)


def baked(mesh: Mesh, linear: Floats) -> Mesh:
    """A mesh under a linear map (3, 3); a mirroring map turns the triangles over."""
    mirrored = np.linalg.det(linear) < 0
    cofactors = np.stack(
        [
            np.cross(linear[:, 1], linear[:, 2]),
            np.cross(linear[:, 2], linear[:, 0]),
            np.cross(linear[:, 0], linear[:, 1]),
        ],
        axis=1,
    )  # the inverse transpose times the determinant; also defined for a flattening map
    normals = mesh.normals @ cofactors.T.astype(np.float32) * (-1.0 if mirrored else 1.0)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(
        positions=(mesh.positions @ linear.T).astype(np.float32),
        normals=np.where(lengths > 0, normals / np.maximum(lengths, 1e-30), mesh.normals).astype(
            np.float32
        ),
        triangles=mesh.triangles[:, ::-1].copy() if mirrored else mesh.triangles,
        materials=mesh.materials,
        faces=mesh.faces,
    )


def baked_levels(levels: Levels, linear: Floats) -> Levels:
    """All levels of a part under a linear map; what was one object stays one object."""
    made: dict[int, Mesh] = {}
    for mesh in levels.meshes:
        if id(mesh) not in made:
            made[id(mesh)] = baked(mesh, linear)
    stretch = float(np.linalg.norm(linear, 2))
    return Levels(
        tuple(made[id(mesh)] for mesh in levels.meshes),
        tuple(error * stretch for error in levels.errors_m),
    )


def triangles_of(levels: Sequence[Levels], level: int) -> Integers:
    """The triangles of each part at a level; (p,)."""
    return np.array([len(part.meshes[level].triangles) for part in levels], int)
