"""Closed meshes of flat faces, freed of corners that say nothing.

What a mesh kernel makes of a wall with windows is right but wasteful: it leaves a corner wherever
two cuts met in a face or along an edge, two thirds more triangles than the wall needs.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.review.scene import Floats

_Point = tuple[float, float, float]
_Corners = tuple[int, int, int]

GRID_M: Final = 1e-9  # corners nearer than this are one; a thousandth of a micrometre
_FLAT_M: Final = 1e-8  # a corner nearer than this to a plane lies in it: ten times the grid
_SAME_WAY: Final = 0.5  # cosine between triangles of one plane; a sliver's is inexact
_STRAIGHT: Final = 1e-6  # sine of the largest angle that still counts as straight


def snapped(points: Floats, triangles: Numbers) -> tuple[Floats, Numbers]:
    """The mesh on a grid of GRID_M, without the triangles that vanish there.

    points: (n, 3) metres. triangles: (m, 3).
    """
    cells = np.rint(points / GRID_M).astype(np.int64)
    places, place_of = np.unique(cells, axis=0, return_inverse=True)
    welded: Numbers = place_of.reshape(-1)[triangles]
    a, b, c = welded.T
    on_grid: Floats = places.astype(np.float64) * GRID_M
    return on_grid, welded[(a != b) & (b != c) & (c != a)]


def is_closed(triangles: Numbers) -> bool:
    """Whether every directed edge has exactly one opposite."""
    if not len(triangles):
        return False
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    count = int(triangles.max()) + 1
    forward = np.sort(edges[:, 0] * count + edges[:, 1])
    backward = np.sort(edges[:, 1] * count + edges[:, 0])
    return bool((forward[1:] != forward[:-1]).all() and (forward == backward).all())


def volume_of(points: Floats, triangles: Numbers) -> float:
    """The volume that a closed mesh encloses."""
    a, b, c = (points[triangles[:, n]] - points[0] for n in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6.0


def _vectors(points: Floats, triangles: Numbers) -> Floats:
    origin = points[triangles[:, 0]]
    return np.cross(points[triangles[:, 1]] - origin, points[triangles[:, 2]] - origin)


def merge_flat(points: Floats, triangles: Numbers) -> tuple[Floats, Numbers]:
    """The same closed solid without corners inside flat faces or along straight edges."""
    work = _Merger(points, triangles)
    work.run()
    left = np.array([corners for corners in work.triangles if corners], np.int64).reshape(-1, 3)
    used, renumbered = np.unique(left, return_inverse=True)
    return points[used], renumbered.reshape(-1, 3)


class _Merger:
    """The mesh while corners are taken out, in plain Python: a wall has a few hundred triangles."""

    def __init__(self, points: Floats, triangles: Numbers) -> None:
        self.points: list[_Point] = [(x, y, z) for x, y, z in points.tolist()]
        self.triangles: list[_Corners | None] = [(a, b, c) for a, b, c in triangles.tolist()]
        self.around: list[set[int]] = [set() for _ in self.points]
        for number, corners in enumerate(triangles.tolist()):
            for corner in corners:
                self.around[corner].add(number)
        self.face, self.up = _faces(points, triangles)

    def run(self) -> None:
        """Take out corners until none is left that says nothing."""
        pending = [vertex for vertex in range(len(self.points)) if len(self._faces_at(vertex)) <= 2]
        while pending:
            left = [vertex for vertex in pending if not self._take_out(vertex)]
            if len(left) == len(pending):
                return
            pending = left  # a corner that could not go may go once its neighbours have

    def _faces_at(self, vertex: int) -> set[int]:
        return {self.face[number] for number in self.around[vertex]}

    def _take_out(self, vertex: int) -> bool:
        """Fill the hole that the corner leaves in each of its faces; False when it must stay."""
        around = self.around[vertex]
        faces = self._faces_at(vertex)
        if not around or len(faces) > 2:
            return not around
        rings = self._rings(vertex, faces)
        if rings is None:
            return False
        filled: list[tuple[int, list[_Corners]]] = []
        for face, ring in rings:
            pieces = _filled([self.points[corner] for corner in ring], self.up[face])
            if pieces is None:
                return False
            filled.append((face, [(ring[a], ring[b], ring[c]) for a, b, c in pieces]))
        if not self._joins_well(vertex, [piece for _, pieces in filled for piece in pieces]):
            return False
        for number in list(around):
            for corner in self.triangles[number] or ():
                self.around[corner].discard(number)
            self.triangles[number] = None
        for face, pieces in filled:
            for piece in pieces:
                for corner in piece:
                    self.around[corner].add(len(self.triangles))
                self.triangles.append(piece)
                self.face.append(face)
        return True

    def _rings(self, vertex: int, faces: set[int]) -> list[tuple[int, list[int]]] | None:
        """For each face the corners around the hole, in the order of its triangles."""
        after: dict[int, dict[int, int]] = {face: {} for face in faces}
        for number in self.around[vertex]:
            corners = self.triangles[number]
            if corners is None:
                return None
            at = corners.index(vertex)
            one, other = corners[(at + 1) % 3], corners[(at + 2) % 3]
            if one in after[self.face[number]]:
                return None
            after[self.face[number]][one] = other
        rings = []
        for face, following in after.items():
            starts = following.keys() - following.values()
            if len(starts) != len(faces) - 1:
                return None
            here = first = next(iter(starts or following))
            ring = [here]
            while here in following:
                here = following.pop(here)
                if here == first:
                    break
                ring.append(here)
            if following:
                return None
            rings.append((face, ring))
        if len(rings) == 2 and not self._straight(vertex, rings[0][1][0], rings[0][1][-1]):
            return None
        return rings

    def _straight(self, vertex: int, one: int, other: int) -> bool:
        here = self.points[vertex]
        first, second = _minus(self.points[one], here), _minus(self.points[other], here)
        bend = _norm(_cross(first, second))
        return bend <= _STRAIGHT * _norm(first) * _norm(second) + GRID_M * GRID_M

    def _joins_well(self, vertex: int, pieces: list[_Corners]) -> bool:
        """Whether every edge inside the filling is new to the mesh around it."""
        edges = {edge for a, b, c in pieces for edge in ((a, b), (b, c), (c, a))}
        hole = self.around[vertex]
        for one, other in edges:
            if (other, one) in edges and (self.around[one] & self.around[other]) - hole:
                return False
        return True


def _filled(ring: list[_Point], up: _Point) -> list[_Corners] | None:
    """Triangles of a ring of points around a hole; None when none fits.

    A fan from one end of the ring nearly always fits; else ears are cut, the roundest first.
    """
    for first in (0, len(ring) - 1):
        order = [*range(first, len(ring)), *range(first)]
        fan = [(first, one, other) for one, other in pairwise(order[1:])]
        if all(_roundness(ring[a], ring[b], ring[c], up) > 0.0 for a, b, c in fan):
            return fan
    left = list(range(len(ring)))
    pieces: list[_Corners] = []
    while len(left) >= 3:
        best, place = 0.0, -1
        for at in range(len(left)):
            before, here, after = left[at - 1], left[at], left[(at + 1) % len(left)]
            score = _roundness(ring[before], ring[here], ring[after], up)
            if score > best and _is_ear(ring, (before, here, after), left, up):
                best, place = score, at
        if place < 0:
            return None
        pieces.append((left[place - 1], left[place], left[(place + 1) % len(left)]))
        del left[place]
    return pieces


def _roundness(a: _Point, b: _Point, c: _Point, up: _Point) -> float:
    """Twice a triangle's area over its longest side squared; 0 when it is flat or turned over."""
    first, second, third = _minus(b, a), _minus(c, b), _minus(a, c)
    area = -_dot(_cross(first, third), up)
    longest = max(_dot(first, first), _dot(second, second), _dot(third, third))
    return area / longest if area > GRID_M * longest**0.5 else 0.0


def _is_ear(ring: list[_Point], corners: _Corners, left: list[int], up: _Point) -> bool:
    """Whether no other point of the ring lies in a triangle of three of them."""
    a, b, c = (ring[corner] for corner in corners)
    sides = ((_minus(b, a), a), (_minus(c, b), b), (_minus(a, c), c))
    for other in left:
        if other in corners:
            continue
        point = ring[other]
        if all(_dot(_cross(side, _minus(point, start)), up) >= 0.0 for side, start in sides):
            return False
    return True


def _faces(points: Floats, triangles: Numbers) -> tuple[list[int], dict[int, _Point]]:
    """The flat face of each triangle, and where each looks.

    A triangle without a direction belongs to a neighbour's face.
    """
    vectors = _vectors(points, triangles)
    areas = np.linalg.norm(vectors, axis=1)
    normals = vectors / np.maximum(areas, 1e-30)[:, None]
    longest = np.max(
        [np.linalg.norm(points[triangles[:, n]] - points[triangles[:, n - 1]], axis=1)
         for n in range(3)], axis=0,
    )  # fmt: skip
    thin = areas <= 2.0 * GRID_M * longest
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    owner = np.tile(np.arange(len(triangles)), 3)
    low, high = edges.min(axis=1), edges.max(axis=1)
    order = np.lexsort((high, low))
    one, other = order[0::2], order[1::2]  # a closed mesh has each edge twice
    first, second = owner[one], owner[other]
    lengths = np.linalg.norm(points[low[one]] - points[high[one]], axis=1)
    # The smaller triangle lies in the larger one's plane: its own normal may be mere rounding.
    apex = np.concatenate([triangles[:, 2], triangles[:, 0], triangles[:, 1]])
    swap = areas[second] > areas[first]
    larger, smaller = np.where(swap, second, first), np.where(swap, one, other)
    reach = points[apex[smaller]] - points[triangles[larger, 0]]
    flat = np.abs(np.einsum("ij,ij->i", normals[larger], reach)) <= _FLAT_M
    flat &= np.einsum("ij,ij->i", normals[first], normals[second]) > _SAME_WAY
    joins = flat & ~thin[first] & ~thin[second]
    parent = list(range(len(triangles)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for a, b in zip(first[joins].tolist(), second[joins].tolist(), strict=True):
        parent[root(a)] = root(b)
    loose = set(np.flatnonzero(thin).tolist())
    by_length = np.argsort(-lengths, kind="stable")
    for pair in by_length[(thin[first] | thin[second])[by_length]].tolist():
        a, b = int(first[pair]), int(second[pair])
        for here, there in ((a, b), (b, a)):
            if here in loose and there not in loose:
                parent[root(here)] = root(there)
                loose.discard(here)
    face = [root(number) for number in range(len(triangles))]
    sums = np.zeros_like(vectors)
    np.add.at(sums, face, vectors)
    sums /= np.maximum(np.linalg.norm(sums, axis=1), 1e-30)[:, None]
    up = {number: (sums[number, 0], sums[number, 1], sums[number, 2]) for number in set(face)}
    return face, up


def _minus(a: _Point, b: _Point) -> _Point:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _cross(a: _Point, b: _Point) -> _Point:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _dot(a: _Point, b: _Point) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _norm(a: _Point) -> float:
    return float(_dot(a, a) ** 0.5)
