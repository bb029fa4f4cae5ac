"""The exact shape of a part out of its B-rep: vertices, edges and faces with their parameters.

Numbers are those of `TopExp.MapShapes` less one, as in edges.bin and `BrepMesh.faces`. Values are
computed in the shape's own frame and unit, and turned into metres, y up, in double precision.

Topology costs little through the bindings (3,611 edges and 1,405 faces in 0.1 s); areas and
volumes cost most.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS

from holotable.conversion.readers.brep_bodies import coedges_of, measure
from holotable.conversion.readers.brep_geometry import (
    NO_CURVE,
    NO_SURFACE,
    EdgeGeometry,
    FaceGeometry,
    edge_geometry,
    face_geometry,
)
from holotable.conversion.readers.brep_mesh import BrepMesh
from holotable.review.exact import CONE, PLANE, SPHERE, SURFACE, TORUS, ExactPart, Floats, Integers
from holotable.review.mass import Bodies, Body

_VERTEX: Final = TopAbs_ShapeEnum.TopAbs_VERTEX
_EDGE: Final = TopAbs_ShapeEnum.TopAbs_EDGE
_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_RECOGNITION_M: Final = 1e-7  # 0.1 micrometres: what a spline may stray from what it stands for
# Polylines of splines: 1/100,000 of the part, a tenth of what its finest triangles stray.
_POLYLINE_SHARE: Final = 1e-5
_POLYLINE_FINEST_M: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """From Open CASCADE's unit and axes to the part's frame.

    metres: of one unit.  turn: (4, 4) rotation.  offset: (3,) metres, taken off after the turn.
    """

    metres: float
    turn: Floats
    offset: Floats

    def points(self, points: Floats) -> Floats:
        """Positions in the part's frame; (n, 3)."""
        turned: Floats = (points * self.metres) @ self.turn[:3, :3].T - self.offset
        return turned + 0.0

    def directions(self, directions: Floats) -> Floats:
        """Directions in the part's frame; (n, 3)."""
        turned: Floats = directions @ self.turn[:3, :3].T
        return turned + 0.0  # no negative zeros


@dataclass(frozen=True, slots=True)
class ReadExact:
    """An exact shape.

    lost: faces and edges whose geometry Open CASCADE could not tell.  body: all its solids as one,
    cubic metres; None when there are none or when one of them is not closed.
    """

    shape: ExactPart
    lost: int
    body: Body | None


def exact_part(shape: Any, mesh: BrepMesh, frame: Frame, joined: Any | None = None) -> ReadExact:
    """Read the exact shape of a part.

    mesh: the shape's triangles; their normals tell which side of a face is outside.
    joined: the shape with its loose faces sewn, when it had to be (IGES).
    """
    vertices, edges, faces = ShapeMap(), ShapeMap(), ShapeMap()
    TopExp.MapShapes_s(shape, _VERTEX, vertices)
    TopExp.MapShapes_s(shape, _EDGE, edges)
    TopExp.MapShapes_s(shape, _FACE, faces)
    size = _size(mesh) * frame.metres
    tolerance_m = max(size * _POLYLINE_SHARE, _POLYLINE_FINEST_M)
    curves, ends, lost_edges = _edges(
        edges, vertices, tolerance_m / frame.metres, _RECOGNITION_M / frame.metres
    )
    surfaces, lost_faces = _faces(faces, _RECOGNITION_M / frame.metres)
    coedges = coedges_of(faces, edges)
    areas, bodies = measure(shape, faces, edges, surfaces, curves, coedges, mesh, joined)
    around = [list(dict.fromkeys(number for number, _ in pairs)) for pairs in coedges]
    parameters = _face_parameters(surfaces, mesh)
    part = ExactPart(
        vertices=frame.points(_corners(vertices)),
        edge_kinds=np.array([curve.kind for curve in curves], np.uint8),
        edge_vertices=ends,
        edge_parameters=_edge_parameters(curves, frame),
        edge_lengths=np.array([curve.length for curve in curves], float) * frame.metres,
        edge_starts=np.cumsum([0, *(len(curve.points) for curve in curves)]).astype(np.int32),
        edge_points=frame.points(
            np.array([point for curve in curves for point in curve.points], float).reshape(-1, 3)
        ),
        edge_recognised=np.array([curve.recognised for curve in curves], bool),
        face_kinds=np.array([surface.kind for surface in surfaces], np.uint8),
        face_parameters=_placed_faces(surfaces, parameters, frame),
        face_recognised=np.array([surface.recognised for surface in surfaces], bool),
        face_areas=areas * frame.metres**2,
        face_bodies=bodies.of_face,
        face_edge_starts=np.cumsum([0, *(len(numbers) for numbers in around)]).astype(np.int32),
        face_edges=np.array([number for numbers in around for number in numbers], np.int32),
        body_volumes=bodies.volumes * frame.metres**3,
        body_centres=frame.points(bodies.centres),
        body_inertias=(
            frame.turn[:3, :3] @ bodies.inertias @ frame.turn[:3, :3].T * frame.metres**5
        ),
        tolerance_m=tolerance_m,
    )
    body = (
        None
        if bodies.partial
        else Bodies(part.body_volumes, part.body_centres, part.body_inertias).combined()
    )
    return ReadExact(part, lost_edges + lost_faces, body)


def _size(mesh: BrepMesh) -> float:
    points = mesh.positions
    return float(np.linalg.norm(np.ptp(points, axis=0))) if len(points) else 0.0


def _corners(vertices: Any) -> Floats:
    points = np.array(
        [
            BRep_Tool.Pnt_s(TopoDS.Vertex(vertices.FindKey(number + 1))).Coord()
            for number in range(vertices.Size())
        ],
        float,
    ).reshape(-1, 3)
    return np.where(np.isfinite(points), points, 0.0)


def _edges(
    edges: Any, vertices: Any, deflection: float, tolerance: float
) -> tuple[list[EdgeGeometry], Integers, int]:
    """Geometry and end vertices of every edge; how many had no geometry that could be read."""
    curves: list[EdgeGeometry] = []
    ends = np.empty((edges.Size(), 2), np.int32)
    lost = 0
    for number in range(edges.Size()):
        edge = TopoDS.Edge(edges.FindKey(number + 1))
        try:
            curves.append(edge_geometry(edge, deflection, tolerance))
        except Standard_Failure:  # an edge without any curve
            curves.append(NO_CURVE)
            lost += 1
        start, end = TopExp.FirstVertex_s(edge), TopExp.LastVertex_s(edge)
        ends[number, 0] = -1 if start.IsNull() else vertices.FindIndex(start) - 1
        ends[number, 1] = -1 if end.IsNull() else vertices.FindIndex(end) - 1
    return curves, ends, lost


def _faces(faces: Any, tolerance: float) -> tuple[list[FaceGeometry], int]:
    """Geometry of every face; how many could not be read."""
    surfaces: list[FaceGeometry] = []
    lost = 0
    for number in range(faces.Size()):
        face = TopoDS.Face(faces.FindKey(number + 1))
        try:
            exact = BRep_Tool.Surface_s(face) is not None
            surfaces.append(face_geometry(face, tolerance) if exact else NO_SURFACE)
        except Standard_Failure:
            surfaces.append(NO_SURFACE)
            lost += 1
    return surfaces, lost


def _edge_parameters(curves: list[EdgeGeometry], frame: Frame) -> Floats:
    rows = np.array([curve.parameters for curve in curves], float).reshape(-1, 13)
    known = np.array([any(curve.parameters) for curve in curves], bool)
    result = np.zeros_like(rows)
    result[:, :3] = frame.points(rows[:, :3])
    result[:, 3:6] = frame.directions(rows[:, 3:6])
    result[:, 6:9] = frame.directions(rows[:, 6:9])
    result[:, 9:11] = rows[:, 9:11] * frame.metres
    result[:, 11:] = rows[:, 11:]
    result[~known] = 0.0
    return result


def _face_parameters(surfaces: list[FaceGeometry], mesh: BrepMesh) -> Floats:
    """(f, 12) in the shape's frame: planes' axes outward, and which faces are holes.

    The triangles' normals decide, summed over a face: orientation flags of faces, locations that
    mirror, surfaces with left-handed axes and sewn faces are all in them already.
    """
    rows = np.zeros((len(surfaces), 12))
    rows[:, :11] = np.array([surface.parameters for surface in surfaces], float).reshape(-1, 11)
    kinds = np.array([surface.kind for surface in surfaces], int)
    if not len(mesh.faces):
        return rows
    of = mesh.faces.astype(np.int64)
    from_origin = mesh.positions - rows[of, :3]
    axis, kind = rows[of, 3:6], kinds[of][:, None]
    across = from_origin - np.einsum("ij,ij->i", from_origin, axis)[:, None] * axis
    away = np.where(kind == PLANE, axis, across)
    away = np.where(kind == SPHERE, from_origin, away)
    length = np.linalg.norm(across, axis=1)[:, None]
    ring = across / np.where(length > 0, length, 1.0) * rows[of, 9:10]
    away = np.where(kind == TORUS, from_origin - ring, away)
    outward = np.bincount(of, np.einsum("ij,ij->i", away, mesh.normals), minlength=len(surfaces))
    inside_out = (outward < 0) & (kinds != SURFACE)
    rows[inside_out & (kinds == PLANE), 3:6] *= -1.0
    rows[inside_out & (kinds != PLANE), 11] = 1.0
    return rows


def _placed_faces(surfaces: list[FaceGeometry], rows: Floats, frame: Frame) -> Floats:
    result = rows.copy()
    result[:, :3] = frame.points(rows[:, :3])
    result[:, 3:6] = frame.directions(rows[:, 3:6])
    result[:, 6:9] = frame.directions(rows[:, 6:9])
    for number, surface in enumerate(surfaces):
        if surface.kind == SURFACE:
            result[number] = 0.0
    angles = result[:, 10].copy()
    result[:, 9:11] *= frame.metres
    cones = np.array([surface.kind == CONE for surface in surfaces], bool)
    result[cones, 10] = angles[cones]
    return result
