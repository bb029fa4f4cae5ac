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

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.flat_mesh import is_closed, merge_flat, snapped, volume_of
from holotable.conversion.readers.polygons import triangulate
from holotable.review.scene import Floats

_KERNEL: Final = "manifold"
_GLOBAL_ID: Final = "0" * 22
_MOST_IN_ONE_FILE: Final = 200
_AGREES: Final = 1e-6  # of the volume: whether the kernel understood the mesh as we do


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
    return outline[turn > 1e-9 * size]


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
