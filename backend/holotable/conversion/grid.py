"""Quantisation: one grid per geometry, and meshes as whole numbers on it.

A grid is a corner and one step for all axes: p = minimum + step * q with q from 0 to 65535, in the
part's frame. Per geometry, because one grid per scene gives 1.5 mm steps on a bolt in a 100 m
plant; the same grid in all levels and in the edges, so that they never part from each other.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import meshopt
import numpy as np
from numpy.typing import NDArray

from holotable.review.scene import Floats, Floats32, Indices, Mesh

Shorts: TypeAlias = NDArray[np.uint16]
Bytes: TypeAlias = NDArray[np.uint8]

MAX_STEPS: Final = 65_534  # one less than u16 holds: the corner is rounded down to the grid
MIN_STEPS: Final = 6_554  # 16,384 / 2.5: a round step lies between 12.7 and 14 bits
SCENE_STEPS: Final = 16_384
TOLERANCE_SHARE: Final = 0.25  # of the tessellation tolerance that a step may be
SMALLEST_EXTENT_M: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Grid:
    """p = minimum + step * q, metres, in the frame of one geometry."""

    minimum: Floats  # (3,)
    step: float

    def quantise(self, positions: Floats | Floats32) -> Shorts:
        """The nearest grid point of each position; (n, 3)."""
        steps = np.rint((positions.astype(float) - self.minimum) / self.step)
        return np.clip(steps, 0, 65_535).astype(np.uint16)

    def positions(self, steps: Shorts) -> Floats:
        """Metres of grid points; (n, 3)."""
        metres: Floats = self.minimum + self.step * steps.astype(float)
        return metres


def grid_for(low: Floats, high: Floats, tolerance_m: float, scene_extent_m: float = 0.0) -> Grid:
    """A grid over the box from low to high (3,) for a shape of this tolerance.

    A step is at most a quarter of the tolerance where 16 bits reach over the box, so nothing moves
    by more than 0.22 of it (half a step along each axis), and at most extent / 6,554. A part that
    is small in its scene may have steps of up to scene_extent_m / 16,384, gltfpack's own for all.

    The step is 1, 2 or 5 times a power of ten metres and the corner a multiple of it, so that
    drawings' round numbers stay exact: a plate of 180 mm measures 180 mm on the grid, where a step
    of extent / 16383, gltfpack's, is off by up to half a step. Two bits more for every part, tried
    first, cost 8 % of the bytes on 24 shared models for steps that nobody can see.
    """
    extent = max(float((high - low).max()), SMALLEST_EXTENT_M)
    step = round_step_below(max(extent / MIN_STEPS, scene_extent_m / SCENE_STEPS))
    if step > tolerance_m * TOLERANCE_SHARE:
        finer = round_step_below(tolerance_m * TOLERANCE_SHARE)
        step = max(finer, round_step_above(extent / MAX_STEPS))
    minimum = np.floor(np.asarray(low, float) / step) * step
    return Grid(minimum, step)


def round_step_below(value: float) -> float:
    """The largest 1, 2 or 5 times a power of ten up to a length."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return max(factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= value * (1 + 1e-9))


def round_step_above(value: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten from a length on."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    factors = (1.0, 2.0, 5.0, 10.0)
    return min(factor * power for factor in factors if factor * power >= value * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class PackedMesh:
    """One geometry at one level, as rows ready to be encoded.

    positions: (n, 4) u16, the last 0. normals: (n, 4) octahedral rows. materials: (n, 2) u16, the
    last 0. triangles: (m, 3) into these vertices, in an order a vertex cache likes.
    faces: (m,) number of the exact face that each triangle lies on, where the mesh tells.
    """

    positions: Shorts
    normals: Bytes
    materials: Shorts
    triangles: Indices
    faces: Indices | None = None


def pack_mesh(mesh: Mesh, grid: Grid) -> PackedMesh:
    """Quantise, merge vertices that became equal, and order for cache and compression."""
    positions = np.zeros((len(mesh.positions), 4), np.uint16)
    positions[:, :3] = grid.quantise(mesh.positions)
    directions = np.zeros((len(mesh.normals), 4), np.float32)
    directions[:, :3] = mesh.normals
    normals = meshopt.encode_filter_oct(directions, 4, 8)

    first, numbers = _distinct(positions, normals, mesh.materials)
    merged = numbers[mesh.triangles]
    triangles, remap, used = meshopt.reorder_mesh(
        np.ascontiguousarray(merged.reshape(-1), np.uint32), True, True
    )
    kept = np.flatnonzero(remap[: len(first)] < used)
    order = np.empty(used, np.int64)
    order[remap[kept]] = first[kept]
    materials = np.zeros((used, 2), np.uint16)
    materials[:, 0] = mesh.materials[order]
    triangles = triangles.reshape(-1, 3)
    faces = None
    if mesh.faces is not None and len(triangles):
        faces = mesh.faces[mesh.triangles[_origins(remap[merged], triangles), 0]]
    return PackedMesh(positions[order], normals[order], materials, triangles, faces)


def _origins(triangles: Indices, reordered: Indices) -> NDArray[np.int64]:
    """Which of the triangles each of the reordered ones was; their corners may have rotated."""
    before, after = (np.sort(corners, axis=1) for corners in (triangles, reordered))
    origins = np.empty(len(after), np.int64)
    origins[np.lexsort(after.T[::-1])] = np.lexsort(before.T[::-1])
    return origins


def _distinct(
    positions: Shorts, normals: Bytes, materials: Shorts
) -> tuple[NDArray[np.int64], Indices]:
    """First vertex of each distinct one, and each vertex's number among the distinct.

    Three coordinates and the two octahedral bytes are exactly 64 bit: one sort of whole numbers.
    """
    key = np.zeros((len(positions), 8), np.uint8)
    key[:, :6] = positions[:, :3].copy().view(np.uint8)
    key[:, 6:] = normals[:, :2].view(np.uint8)
    _, first, numbers = np.unique(
        key.view(np.uint64).reshape(-1), return_index=True, return_inverse=True
    )
    if len(materials) and (materials != materials[0]).any():
        both = numbers.astype(np.uint64) << np.uint64(16) | materials
        _, first, numbers = np.unique(both, return_index=True, return_inverse=True)
    return first, numbers.reshape(-1).astype(np.uint32)
