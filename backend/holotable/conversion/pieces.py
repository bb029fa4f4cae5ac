"""Very large meshes in pieces, so that a viewer culls and refines a scan bit by bit.

A mesh of more than SPLIT_FROM triangles is cut along the faces of a kd-tree over its triangles'
centres. Each piece is simplified alone with its border locked: pieces at different levels meet
without a crack. The coarsest level would be nothing but borders, so it is made of all pieces
together, and a viewer shows it in place of all of them (docs/formats/scene-package.md).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.lod import COARSEST, SAFETY, Levels, Step, extent_of, simplified
from holotable.conversion.normals import first_of_each
from holotable.conversion.simplify import Simplifier
from holotable.review.scene import Floats, Indices, Mesh

SPLIT_FROM: Final = 200_000  # triangles
PIECE: Final = 80_000  # triangles at most, so that most have 40,000 to 80,000: one chunk of 0.2 MB
_VOXELS: Final = 128  # along the longest side, in which triangles are counted
_BLOCK: Final = 131_072
_RATIOS: Final = (0.3, 0.08)  # of the finest, at levels 1 and 2: below, borders are all there is
_WHOLE: Final = 100_000  # triangles of the coarsest level of a whole

Numbers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which triangles of a mesh make each piece. order: (m,) triangle numbers, piece by piece,
    ascending within one. starts: (p + 1,) into order."""

    order: Indices
    starts: Numbers

    def __len__(self) -> int:
        """The number of pieces."""
        return len(self.starts) - 1

    def piece(self, mesh: Mesh, number: int) -> Mesh:
        """One piece as a mesh of its own."""
        chosen = mesh.triangles[self.order[self.starts[number] : self.starts[number + 1]]]
        corners = chosen.reshape(-1)
        first, local = first_of_each(corners.astype(np.int64))
        used = corners[first]
        return Mesh(
            mesh.positions[used],
            mesh.normals[used],
            local.astype(np.uint32).reshape(-1, 3),
            mesh.materials[used],
            None if mesh.faces is None else mesh.faces[used],
        )


def cut(mesh: Mesh, target: int = PIECE) -> Cut:
    """Cut a mesh into pieces of at most `target` triangles, near ones side by side."""
    cells = _cells(mesh)
    counts = np.bincount(cells, minlength=_VOXELS**3)
    occupied = np.flatnonzero(counts)
    label_of, labels = _labels(occupied, counts[occupied], target)
    table = np.zeros(_VOXELS**3, np.uint16)
    table[occupied] = label_of
    piece = table[cells]
    del cells
    order = np.argsort(piece, kind="stable").astype(np.uint32)  # 16 bit: a radix sort
    sizes = np.bincount(piece, minlength=labels)
    return Cut(order, _bounded(sizes, 2 * target))


def _bounded(sizes: Numbers, most: int) -> Numbers:
    """Where pieces start; one cell that alone holds more than `most` becomes several."""
    parts = np.maximum(1, -(-sizes // most))
    ends = [
        start + np.linspace(0, size, int(share) + 1)[1:].astype(int)
        for start, size, share in zip(np.cumsum(sizes) - sizes, sizes, parts, strict=True)
    ]
    return np.concatenate([[0], *ends]).astype(np.int64)


def _cells(mesh: Mesh) -> NDArray[np.uint32]:
    """(m,) number of the voxel of each triangle's centre."""
    low = mesh.positions.min(axis=0)
    size = max(extent_of(mesh.positions), 1e-30)
    cells = np.empty(len(mesh.triangles), np.uint32)
    for start in range(0, len(cells), _BLOCK):
        corners = [mesh.positions[mesh.triangles[start : start + _BLOCK, i]] for i in range(3)]
        centre = (corners[0] + corners[1] + corners[2]) / np.float32(3.0) - low
        place = np.clip(centre * np.float32(_VOXELS / size), 0, _VOXELS - 1).astype(np.uint32)
        cells[start : start + _BLOCK] = place @ np.array([_VOXELS**2, _VOXELS, 1], np.uint32)
    return cells


def _labels(occupied: Numbers, counts: Numbers, target: int) -> tuple[Numbers, int]:
    """The piece of each occupied voxel, and how many pieces there are: a kd-tree by counts."""
    places = np.stack([occupied // _VOXELS**2, occupied // _VOXELS % _VOXELS, occupied % _VOXELS])
    target = max(target, int(counts.sum() // 30_000))  # labels have 16 bit
    labels = np.zeros(len(occupied), np.int64)
    open_sets, pieces = [np.arange(len(occupied))], 0
    while open_sets:
        members = open_sets.pop()
        sides = [place[members] for place in places]
        spans = [int(side.max() - side.min()) for side in sides]
        axis = int(np.argmax(spans))
        if counts[members].sum() <= target or spans[axis] == 0:
            labels[members] = pieces
            pieces += 1
            continue
        along = sides[axis] - sides[axis].min()
        weight = np.cumsum(np.bincount(along, counts[members]))
        middle = int(np.searchsorted(weight, weight[-1] / 2))
        middle = min(max(middle, 0), spans[axis] - 1)
        left = along <= middle
        open_sets += [members[~left], members[left]]  # the left one is next: neighbours follow
    return labels, pieces


class _Meshes(Sequence[Mesh]):
    """The levels of one piece; the finest is cut out of the whole whenever it is asked for."""

    def __init__(self, mesh: Mesh, table: Cut, number: int, coarser: tuple[Mesh, ...]) -> None:
        self._mesh, self._table, self._number, self._coarser = mesh, table, number, coarser

    @overload
    def __getitem__(self, level: int) -> Mesh: ...
    @overload
    def __getitem__(self, level: slice) -> Sequence[Mesh]: ...
    def __getitem__(self, level: int | slice) -> Mesh | Sequence[Mesh]:
        """The mesh of a level."""
        if isinstance(level, slice):
            return [self[i] for i in range(*level.indices(len(self)))]
        if level == 0:
            return self._table.piece(self._mesh, self._number)
        return self._coarser[level - 1]

    def __len__(self) -> int:
        """As many levels as any geometry has."""
        return len(self._coarser) + 1


@dataclass(frozen=True, slots=True)
class Pieces:
    """A part in pieces.

    whole: all of it at the coarsest level, at every level. levels: of each piece; its coarsest is
    empty. boxes: (p, 2, 3) metres. triangles: of all pieces together at each level.
    """

    whole: Levels
    levels: tuple[Levels, ...]
    boxes: Floats
    triangles: tuple[int, ...]


def make_pieces(
    mesh: Mesh, steps: Sequence[Step], simplifier: Simplifier, done: Callable[[float], None]
) -> Pieces:
    """Cut a mesh and simplify each piece. done: is told the share that is."""
    table = cut(mesh)
    extent = extent_of(mesh.positions)
    nothing = Mesh(mesh.positions[:0], mesh.normals[:0], mesh.triangles[:0], mesh.materials[:0])
    levels, boxes = [], np.empty((len(table), 2, 3))
    triangles = np.zeros(COARSEST + 1, int)
    for number in range(len(table)):
        finest = table.piece(mesh, number)
        boxes[number] = finest.positions.min(axis=0), finest.positions.max(axis=0)
        coarser, errors = _simplified(finest, steps, extent, simplifier)
        meshes = _Meshes(mesh, table, number, (*coarser, nothing))
        levels.append(Levels(meshes, (*errors, errors[-1])))
        triangles += [len(finest.triangles), *(len(m.triangles) for m in coarser), 0]
        done(number / len(table))
    whole, error = _joined([piece.meshes[COARSEST - 1] for piece in levels], extent, simplifier)
    error += max(piece.errors_m[COARSEST - 1] for piece in levels)
    everywhere = Levels((whole,) * (COARSEST + 1), (error,) * (COARSEST + 1))
    triangles[COARSEST] = len(whole.triangles)
    return Pieces(everywhere, tuple(levels), boxes, tuple(triangles.tolist()))


def _simplified(
    finest: Mesh, steps: Sequence[Step], extent: float, simplifier: Simplifier
) -> tuple[list[Mesh], list[float]]:
    """Levels 1 and 2 of a piece, and the errors of levels 0 to 2, metres."""
    meshes, errors = [finest], [0.0]
    own = max(extent_of(finest.positions), 1e-30)
    for step, ratio in zip(steps, _RATIOS, strict=False):
        target = int(len(finest.triangles) * ratio)
        allowed = min(step.max_error * extent / own, 1.0)
        coarser, error = simplified(meshes[-1], target, allowed, simplifier, lock_border=True)
        meshes.append(coarser)
        errors.append(errors[-1] + SAFETY * error * own)
    return meshes[1:], errors


def _joined(meshes: Sequence[Mesh], extent: float, simplifier: Simplifier) -> tuple[Mesh, float]:
    """All pieces as one mesh at the coarsest level, and its error over that of its pieces, metres.

    Borders are equal to the bit on both sides, so the simplifier sees one surface.
    """
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes)])
    together = Mesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate(
            [mesh.triangles + np.uint32(start) for mesh, start in zip(meshes, starts, strict=False)]
        ),
        np.concatenate([mesh.materials for mesh in meshes]),
    )
    whole, error = simplified(together, _WHOLE, 1.0, simplifier)
    return whole, SAFETY * error * extent


def capped_whole(pieces: Pieces, whole: Levels) -> Pieces:
    """The same pieces under a whole that was made coarser to fit."""
    return replace(pieces, whole=whole, triangles=(*pieces.triangles[:-1], whole.triangles()[-1]))


def placed_boxes(boxes: Floats, world: Floats) -> Iterator[Floats]:
    """World boxes (p, 2, 3) of part boxes (p, 2, 3) at each placement; world: (k, 4, 4)."""
    centres, halves = boxes.mean(axis=1), (boxes[:, 1] - boxes[:, 0]) / 2
    for matrix in world:
        middle = centres @ matrix[:3, :3].T + matrix[:3, 3]
        reach = halves @ np.abs(matrix[:3, :3]).T
        yield np.stack([middle - reach, middle + reach], axis=1)
