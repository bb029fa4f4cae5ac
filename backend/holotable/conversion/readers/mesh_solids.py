"""Solids as closed meshes, and what is left of one when others are taken away.

The mesh kernel that IfcOpenShell brings (Manifold, Apache-2.0) does it in double precision in
milliseconds, where exact kernels take half a second for a gable wall with a round window. Its own
way into IFC is not used: that widens every opening by its tolerance and misreads half spaces.
Solids go in as face sets of a file in memory.
"""

from dataclasses import dataclass
from typing import Any, Final

import ifcopenshell
import ifcopenshell.geom
import numpy as np
from ifcopenshell import ifcopenshell_wrapper
from numpy.typing import NDArray

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.flat_mesh import is_closed, merge_flat, snapped, volume_of
from holotable.conversion.readers.polygons import triangulate
from holotable.review.scene import Floats

_KERNEL: Final = "manifold"
_GLOBAL_ID: Final = "0" * 22
_MOST_IN_ONE_FILE: Final = 200
_AGREES: Final = 1e-6  # of the volume: whether the kernel understood the mesh as we do
_TOUCHES_M: Final = 2e-6  # faces nearer than this lie in one plane
_PUSH_M: Final = 3e-6  # how far such a face of a cut is moved out, so that no skin is left
_PARALLEL: Final = 1.0 - 1e-9  # cosine
_MOST_PLANES: Final = 3000


@dataclass(frozen=True, slots=True)
class Solid:
    """points: (n, 3) metres. triangles: (m, 3), looking outwards."""

    points: Floats
    triangles: Numbers

    def moved(self, matrix: Floats) -> "Solid":
        """The solid under an affine map (4, 4)."""
        triangles = self.triangles
        if np.linalg.det(matrix[:3, :3]) < 0:
            triangles = triangles[:, ::-1]
        return Solid(self.points @ matrix[:3, :3].T + matrix[:3, 3], triangles)


def prism(outline: Floats, along: Floats) -> Solid | None:
    """A polygon swept along a vector; None when it encloses nothing.

    outline: (n, 3) corners in a plane, either way round. along: (3,).
    """
    distinct = _bends(outline[np.linalg.norm(outline - np.roll(outline, 1, axis=0), axis=1) > 0])
    count = len(distinct)
    if count < 3:
        return None
    middle = distinct.mean(axis=0)
    turned = np.cross(distinct - middle, np.roll(distinct, -1, axis=0) - middle).sum(axis=0)
    amount = float(turned @ along)
    if amount == 0.0:
        return None
    if amount < 0:
        distinct = distinct[::-1]
    top, _ = triangulate(distinct, np.arange(count), np.array([count]))
    here = np.arange(count)
    after = np.roll(here, -1)
    quads = np.stack([here, after, after + count, here + count], axis=1)
    sides = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    triangles = np.concatenate([top[:, ::-1], top + count, sides])
    return Solid(np.concatenate([distinct, distinct + along]), triangles)


def _bends(outline: Floats) -> Floats:
    """The corners where a polygon turns; the kernel takes no triangles without area."""
    before = outline - np.roll(outline, 1, axis=0)
    after = np.roll(outline, -1, axis=0) - outline
    turn = np.linalg.norm(np.cross(before, after), axis=1)
    size = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    bends: Floats = outline[turn > 1e-9 * size]
    return bends


@dataclass(frozen=True, slots=True)
class _Planes:
    """Different planes of a mesh. normals: (p, 3) unit vectors. offsets: (p,) metres.

    of: (m,) the plane of each triangle. One that is met twice by rounding does no harm.
    """

    normals: Floats
    offsets: Floats
    of: Numbers

    @staticmethod
    def all(points: Floats, triangles: Numbers) -> "_Planes":
        a, b, c = (points[triangles[:, n]] for n in range(3))
        vectors = np.cross(b - a, c - a)
        normals = vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-30)[:, None]
        offsets = np.einsum("ij,ij->i", normals, a)
        rows = np.rint(np.column_stack([normals, offsets]) * 1e7).astype(np.int64)
        _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        return _Planes(normals[first], offsets[first], number.reshape(-1))

    @staticmethod
    def of_solid(solid: Solid) -> "_Planes":
        return _Planes.all(solid.points, solid.triangles)

    def facing(self, other: "_Planes", sign: float) -> NDArray[np.bool_]:
        """(p, q) which planes are one, looking the same way (sign 1) or opposite ways (-1)."""
        parallel = self.normals @ other.normals.T * sign > _PARALLEL
        near = np.abs(self.offsets[:, None] - sign * other.offsets) < _TOUCHES_M
        facing: NDArray[np.bool_] = parallel & near
        return facing


def pushed_out(cut: Solid, own: _Planes, whole: _Planes, others: list[_Planes]) -> Solid:
    """A cut whose faces stand out of those of the whole that they lie in.

    A cut that ends in the face of a wall, or of what another cut leaves, leaves a skin of no
    thickness there when rounding makes it end before. What stands out is in the air.
    """
    matches = [own.facing(whole, 1.0), *(own.facing(other, -1.0) for other in others)]
    touching = np.logical_or.reduce(np.concatenate(matches, axis=1), axis=1)
    if not touching.any():
        return cut
    # Each corner moves so that its faces move by what they should: a 3 by 3 system a corner.
    corners = cut.triangles.ravel()
    normals = np.repeat(own.normals[own.of], 3, axis=0)
    push = np.repeat(touching[own.of], 3) * _PUSH_M
    left = np.zeros((len(cut.points), 3, 3))
    right = np.zeros((len(cut.points), 3))
    np.add.at(left, corners, normals[:, :, None] * normals[:, None, :])
    np.add.at(right, corners, normals * push[:, None])
    moves = np.einsum("vij,vj->vi", np.linalg.pinv(left, rcond=1e-6, hermitian=True), right)
    return Solid(cut.points + moves, cut.triangles)


def _meet(one: Solid, other: Solid) -> bool:
    """Whether the boxes around two solids touch."""
    low = np.maximum(one.points.min(axis=0), other.points.min(axis=0))
    high = np.minimum(one.points.max(axis=0), other.points.max(axis=0))
    return bool((low <= high + _TOUCHES_M).all())


def has_skin(points: Floats, triangles: Numbers) -> bool:
    """Whether two triangles lie on each other, back to back: a wall of no thickness.

    Also true when there are too many planes to look.
    """
    planes = _Planes.all(points, triangles)
    if len(planes.normals) > _MOST_PLANES:
        return True
    a, b, c = (points[triangles[:, n]] for n in range(3))
    middles = (a + b + c) / 3.0
    for front, back in zip(*np.nonzero(planes.facing(planes, -1.0)), strict=True):
        one = np.flatnonzero(planes.of == front)[:, None]
        other = np.flatnonzero(planes.of == back)
        inside = np.ones((len(one), len(other)), bool)
        for start, end in ((a, b), (b, c), (c, a)):
            turn = np.cross(end[other] - start[other], middles[one] - start[other])
            inside &= turn @ planes.normals[back] >= -(_TOUCHES_M**2)
        if inside.any():
            return True
    return False


class SolidKernel:
    """Keeps the file that solids go through; a new one now and then, so that it stays small."""

    def __init__(self) -> None:
        self._native = ifcopenshell.geom.settings()
        self._native.set("iterator-output", ifcopenshell_wrapper.NATIVE)
        self._plain = ifcopenshell.geom.settings()
        self._plain.set("weld-vertices", True)
        self._plain.set("no-normals", True)
        self._file: Any = None
        self._context: Any = None
        self._made = 0

    def subtract(
        self, solid: Solid, cuts: list[Solid], halves: list[tuple[Solid, Solid | None]]
    ) -> Solid | None:
        """What is left of a solid; None when a mesh is not closed or the kernel gives up.

        halves: half spaces, each a box large enough and what bounds it.
        """
        centre = solid.points.mean(axis=0)  # map coordinates would blur what is computed
        whole = _Planes.of_solid(solid)
        others = [*cuts, *(box for box, _ in halves)]
        planes = [_Planes.of_solid(one) for one in others]
        cuts = [
            pushed_out(
                cut,
                planes[number],
                whole,
                [
                    beside
                    for other, beside in zip(others, planes, strict=True)
                    if other is not cut and _meet(cut, other)
                ],
            )
            for number, cut in enumerate(cuts)
        ]
        halves = [
            (box, None if bound is None else pushed_out(bound, _Planes.of_solid(bound), whole, []))
            for box, bound in halves
        ]
        held: list[Any] = []  # the kernel's shapes live as long as what made them

        def enter(one: Solid) -> Any | None:
            points, triangles = one.points - centre, one.triangles
            if not is_closed(triangles):
                points, triangles = snapped(points, triangles)
                if not is_closed(triangles):
                    return None
            volume = volume_of(points, triangles)
            if volume < 0:
                triangles = triangles[:, ::-1]
            shape = self._shape(points, triangles, held)
            if shape is None:
                return None
            size = float(np.ptp(points, axis=0).max()) ** 3
            understood = abs(_number(shape.volume()) - abs(volume)) <= _AGREES * size
            return shape if understood else None

        result = enter(solid)
        if result is None:
            return None
        operands: list[Any] = []
        for box, bound in halves:
            half, limit = enter(box), None if bound is None else enter(bound)
            if half is None or (bound is not None and limit is None):
                return None
            operands.append(half if limit is None else half.intersect(limit))
        for cut in cuts:
            operand = enter(cut)
            if operand is None:
                return None
            operands.append(operand)
        for operand in operands:
            result = result.subtract(operand)
            held.append((operand, result))
        return self._taken_out(result, centre)

    def _taken_out(self, shape: Any, centre: Floats) -> Solid | None:
        mesh = shape.triangulate(self._plain)
        points = np.frombuffer(mesh.verts_buffer, np.float64).reshape(-1, 3)
        triangles = np.frombuffer(mesh.faces_buffer, np.int32).reshape(-1, 3).astype(np.int64)
        points, triangles = snapped(points, triangles)
        if not is_closed(triangles):
            return None
        before = volume_of(points, triangles)
        fewer_points, fewer = merge_flat(points, triangles)
        size = float(np.ptp(points, axis=0).max()) ** 3
        if is_closed(fewer) and abs(volume_of(fewer_points, fewer) - before) <= _AGREES * size:
            points, triangles = fewer_points, fewer
        if has_skin(points, triangles):
            return None
        return Solid(points + centre, triangles)

    def _shape(self, points: Floats, triangles: Numbers, held: list[Any]) -> Any | None:
        if self._file is None or self._made >= _MOST_IN_ONE_FILE:
            self._begin()
        self._made += 1
        create = self._file.create_entity
        places = create("IfcCartesianPointList3D", points.tolist())
        faces = create("IfcTriangulatedFaceSet", places, None, True, (triangles + 1).tolist())
        body = create("IfcShapeRepresentation", self._context, "Body", "Tessellation", [faces])
        shape = create("IfcProductDefinitionShape", None, None, [body])
        product = create("IfcBuildingElementProxy", GlobalId=_GLOBAL_ID, Representation=shape)
        try:
            built = ifcopenshell.geom.create_shape(self._native, product, geometry_library=_KERNEL)
        except RuntimeError:
            return None
        held += [self._file, built, built.geometry]
        if built.geometry.size() != 1:
            return None
        solid = built.geometry.item(0)
        return solid if solid.is_manifold() else None

    def _begin(self) -> None:
        self._file = ifcopenshell.file(schema="IFC4")
        self._made = 0
        create = self._file.create_entity
        origin = create("IfcAxis2Placement3D", create("IfcCartesianPoint", (0.0, 0.0, 0.0)))
        self._context = create("IfcGeometricRepresentationContext", None, "Model", 3, 1e-9, origin)
        metre = create("IfcSIUnit", None, "LENGTHUNIT", None, "METRE")
        create(
            "IfcProject",
            GlobalId="1" * 22,
            RepresentationContexts=[self._context],
            UnitsInContext=create("IfcUnitAssignment", [metre]),
        )


def _number(value: Any) -> float:
    return float(value.to_double()) if hasattr(value, "to_double") else float(value)
