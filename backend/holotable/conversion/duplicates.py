"""Parts that are copies of one another, found by their shape: their geometry is stored once.

OBJ, STL, COLLADA and many exporters of glTF and IFC know no instances, or write none: a hundred
equal bolts are a hundred meshes at a hundred places. Parts, names and ids stay as the file has
them; only the geometry of the copies refers to that of the first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.lod import COARSEST, Levels
from holotable.conversion.place import SHEAR_TOLERANCE, Placements, classify, quaternions
from holotable.review.scene import Floats, Mesh, Part

# Of the size of the part, and of the coordinates' own last bit: a copy is the same numbers moved.
TOLERANCE: Final = 2e-6
_BITS: Final = 2.0**-21
_NORMALS: Final = 0.02  # cosines may differ by: rounding of the reader's angles
_FEWEST: Final = 4  # triangles below which nothing is saved


@dataclass(frozen=True, slots=True)
class Copy:
    """A part that is another one moved. motion: (4, 4) rigid, from that one's frame to this."""

    of: int
    motion: Floats


def find_copies(parts: Sequence[Part], placements: Placements) -> dict[int, Copy]:
    """Which parts are copies of an earlier one, by number.

    Only parts that are shown, and by nothing but triangles with the same materials: an exact shape,
    textures, lines of its own or points stay with their part. A copy has its vertices in the same
    order; one that was stored anew in another is not looked for.
    """
    usable = _usable(parts, placements)
    alike: dict[tuple[int, int, bytes], list[int]] = defaultdict(list)
    for number in usable:
        mesh = parts[number].mesh
        first = mesh.triangles[:16].tobytes()
        alike[len(mesh.positions), len(mesh.triangles), first].append(number)
    uneven = _uneven(parts, placements)
    copies: dict[int, Copy] = {}
    for numbers in alike.values():
        originals: list[int] = []
        sizes = {n: _sizes(parts[n].mesh) for n in numbers} if len(numbers) > 1 else {}
        for number in numbers:
            for original in originals:
                if np.abs(sizes[number] - sizes[original]).max() > 1e-4 * sizes[number][0]:
                    continue
                motion = motion_between(parts[original].mesh, parts[number].mesh)
                if motion is None or parts[original].closed != parts[number].closed:
                    continue
                if not uneven[number] or np.array_equal(motion[:3, :3], np.eye(3)):
                    copies[number] = Copy(original, motion)
                    break
            else:
                originals.append(number)
    return copies


def _uneven(parts: Sequence[Part], placements: Placements) -> NDArray[np.bool_]:
    """(parts,) whether any placement stretches the axes differently.

    Such a stretch after a turn is a shear, which a renderer's TRS cannot say.
    """
    spread = np.ptp(placements.scales, axis=1)
    stretched = spread > SHEAR_TOLERANCE * placements.scales.max(axis=1, initial=0.0)
    return np.asarray(np.bincount(placements.parts[stretched], minlength=len(parts)) > 0)


def _sizes(mesh: Mesh) -> Floats:
    """Lengths that no motion changes: farthest, mean and mean squared vertex from the middle."""
    away = mesh.positions.astype(float)
    away -= away.mean(axis=0)
    squares = np.einsum("ij,ij->i", away, away)
    radii = np.sqrt(squares)
    return np.array([radii.max(), radii.mean(), np.sqrt(squares.mean())])


def _usable(parts: Sequence[Part], placements: Placements) -> list[int]:
    """Parts that may share: shown, with plain placements and nothing but triangles."""
    baked = {geometry.part for geometry in placements.catalogue if geometry.bake is not None}
    shown = np.bincount(placements.parts, minlength=len(parts)) > 0
    return [
        number
        for number, part in enumerate(parts)
        if shown[number]
        and number not in baked
        and len(part.mesh.triangles) >= _FEWEST
        and part.exact is None
        and part.surface is None
        and part.points is None
        and part.edges is None
        and part.mesh.faces is None
    ]


def motion_between(one: Mesh, other: Mesh) -> Floats | None:
    """The rigid motion (4, 4) that takes `one` to `other` vertex by vertex; None when none does.

    Kabsch 1976, with the handedness kept: a mirrored part is no copy.
    """
    if not (
        np.array_equal(one.triangles, other.triangles)
        and np.array_equal(one.materials, other.materials)
    ):
        return None
    a, b = one.positions.astype(float), other.positions.astype(float)
    from_middle, to_middle = a.mean(axis=0), b.mean(axis=0)
    a, b = a - from_middle, b - to_middle
    size = float(np.abs(a).max())
    if abs(float(np.abs((a * a).sum(axis=1) - (b * b).sum(axis=1)).max())) > 1e-4 * size * size:
        return None
    turn = np.eye(3)
    allowed = TOLERANCE * size + _BITS * float(
        max(np.abs(one.positions).max(), np.abs(other.positions).max())
    )
    if np.abs(b - a).max() > allowed:
        left, _, right = np.linalg.svd(a.T @ b)
        flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
        turn = (left @ flip @ right).T
        if np.abs(b - a @ turn.T).max() > allowed:
            return None
    agreement = np.einsum("ij,ij->i", one.normals @ turn.T, other.normals)
    if agreement.min() < 1.0 - _NORMALS:
        return None
    motion = np.eye(4)
    motion[:3, :3] = turn
    motion[:3, 3] = to_middle - turn @ from_middle
    return motion


def drawn_placements(placements: Placements, copies: Mapping[int, Copy]) -> Placements:
    """Where the geometry that is really drawn stands: copies as what they are copies of."""
    if not copies:
        return placements
    world = placements.world.copy()
    parts = placements.parts.copy()
    for index in np.flatnonzero(np.isin(parts, list(copies))).tolist():
        copy = copies[int(parts[index])]
        world[index] = world[index] @ copy.motion
        parts[index] = copy.of
    changed = np.flatnonzero(parts != placements.parts)
    lengths = classify(world[changed, :3, :3]).lengths
    rotations, scales = placements.rotations.copy(), placements.scales.copy()
    rotations[changed] = quaternions(world[changed, :3, :3] / lengths[:, None, :])
    scales[changed] = lengths
    geometries = placements.geometries.copy()
    geometries[changed] = parts[changed]  # a part that has copies is never baked
    return replace(
        placements,
        parts=parts,
        geometries=geometries,
        world=world,
        rotations=rotations,
        scales=scales,
        translations=world[:, :3, 3].copy(),
    )


class _Moved(Sequence[Mesh]):
    """The levels of a part, moved; made when asked for."""

    def __init__(self, meshes: Sequence[Mesh], motion: Floats) -> None:
        self._meshes, self._motion = meshes, motion

    @overload
    def __getitem__(self, level: int) -> Mesh: ...
    @overload
    def __getitem__(self, level: slice) -> Sequence[Mesh]: ...
    def __getitem__(self, level: int | slice) -> Mesh | Sequence[Mesh]:
        """The mesh of a level."""
        if isinstance(level, slice):
            return [self[i] for i in range(*level.indices(len(self)))]
        mesh = self._meshes[level]
        turn, shift = self._motion[:3, :3], self._motion[:3, 3]
        positions = (mesh.positions.astype(float) @ turn.T + shift).astype(np.float32)
        normals = (mesh.normals @ turn.T).astype(np.float32)
        return Mesh(positions, normals, mesh.triangles, mesh.materials)

    def __len__(self) -> int:
        """As many levels as any part has."""
        return COARSEST + 1


def moved_levels(levels: Levels, motion: Floats) -> Levels:
    """The levels of a copy in its own frame."""
    return Levels(_Moved(levels.meshes, motion), levels.errors_m)
