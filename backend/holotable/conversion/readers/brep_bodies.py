"""Areas of faces, and mass properties of the solids that they enclose.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).

Our own integrals are used where they know the surfaces and agree with the triangles; Open
CASCADE's are the fallback for the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from OCP.Bnd import Bnd_Box
from OCP.BRep import BRep_Tool
from OCP.BRepBndLib import BRepBndLib
from OCP.BRepGProp import BRepGProp
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.gp import gp_Pnt
from OCP.GProp import GProp_GProps
from OCP.Standard import Standard_Failure
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopoDS import TopoDS

from holotable.conversion.readers.brep_geometry import (
    EdgeGeometry,
    FaceGeometry,
    edge_geometry,
    face_geometry,
)
from holotable.conversion.readers.brep_integrals import Coedges, Moments, face_moments
from holotable.conversion.readers.brep_mesh import BrepMesh
from holotable.review.exact import Floats, Integers

_EDGE: Final = TopAbs_ShapeEnum.TopAbs_EDGE
_FACE: Final = TopAbs_ShapeEnum.TopAbs_FACE
_SHELL: Final = TopAbs_ShapeEnum.TopAbs_SHELL
_SOLID: Final = TopAbs_ShapeEnum.TopAbs_SOLID
_FORWARD: Final = TopAbs_Orientation.TopAbs_FORWARD
_REVERSED: Final = TopAbs_Orientation.TopAbs_REVERSED
_LARGEST_EXTENT: Final = 1e9  # mm (1,000 km): Open CASCADE's "infinite" planes reach 2e100
# Triangles are up to 13 % short of a small face's area (asm_line_768). An integral that went wrong,
# over a face whose edges contradict each other, is off by far more. The share of the whole area
# lets a sliver be a sliver.
_AGREEMENT: Final = 0.3
_SLIVER: Final = 1e-7
_RECOGNITION: Final = 1e-4  # mm, of sewn faces' splines
_COARSE: Final = 1e3  # mm: polylines that nobody sees


@dataclass(frozen=True, slots=True)
class Bodies:
    """Closed solids. of_face: (f,) number of the solid, or −1.

    volumes: (b,).  centres: (b, 3).  inertias: (b, 3, 3) about the centre at density 1.
    partial: there are other solids, which are not closed.
    """

    volumes: Floats
    centres: Floats
    inertias: Floats
    of_face: Integers
    partial: bool


def coedges_of(faces: Any, edges: Any) -> list[list[tuple[int, float]]]:
    """Per face its edges in the order of its wires, +1 where it runs along them, −1 against.

    As in a face that looks forward; edges inside it bound nothing and stand with 0.
    """
    signs = {_FORWARD: 1.0, _REVERSED: -1.0}
    result = []
    for number in range(faces.Size()):
        around = []
        explorer = TopExp_Explorer(faces.FindKey(number + 1).Oriented(_FORWARD), _EDGE)
        while explorer.More():
            edge = explorer.Current()
            around.append((edges.FindIndex(edge) - 1, signs.get(edge.Orientation(), 0.0)))
            explorer.Next()
        result.append(around)
    return result


def measure(
    shape: Any,
    faces: Any,
    edges: Any,
    surfaces: Sequence[FaceGeometry],
    curves: Sequence[EdgeGeometry],
    coedges: Coedges,
    mesh: BrepMesh,
    joined: Any | None = None,
) -> tuple[Floats, Bodies]:
    """Area of each face, and the shape's bodies.

    faces, edges: the shape's maps.  joined: the shape with its loose faces sewn (IGES).
    """
    middle = _middle(mesh)
    bounding = [[(edge, sign) for edge, sign in around if sign] for around in coedges]
    moments = face_moments(faces, edges, surfaces, curves, bounding, middle)
    trusted = _agreeing(moments, mesh)
    areas = moments.areas.copy()
    bounded = bool(trusted.all()) or _is_bounded(shape)
    for number in np.flatnonzero(~trusted).tolist():
        areas[number] = _area(faces.FindKey(number + 1), bounded=bounded)

    of_face = np.full(faces.Size(), -1, np.int32)
    solids, partial = _closed_solids(shape, mesh)
    found: list[tuple[float, Floats, Floats]] = []
    for solid in solids:
        sides = _sides(solid, faces)
        body = None
        if trusted[[face for face, _ in sides]].all():
            body = _body(sum(sign * moments.shares[face] for face, sign in sides), middle)
        body = body or _body_by_open_cascade(solid, middle)
        if body is None:
            partial = True
            continue
        of_face[[face for face, _ in sides]] = len(found)
        found.append(body)
    if not solids and not partial and mesh.exact and mesh.closed:
        body = _whole(joined if joined is not None else shape, middle, mesh)
        if body is not None:
            of_face[:] = 0
            found.append(body)
    return areas, Bodies(
        np.array([volume for volume, _, _ in found], float),
        np.array([centre for _, centre, _ in found], float).reshape(-1, 3),
        np.array([inertia for _, _, inertia in found], float).reshape(-1, 3, 3),
        of_face,
        partial,
    )


def _middle(mesh: BrepMesh) -> Floats:
    if not len(mesh.positions):
        return np.zeros(3)
    return np.asarray((mesh.positions.min(axis=0) + mesh.positions.max(axis=0)) / 2.0, np.float64)


def _agreeing(moments: Moments, mesh: BrepMesh) -> NDArray[np.bool_]:
    """Faces whose area is that of their triangles, as nearly as triangles tell; (f,)."""
    if not len(mesh.triangles):
        return moments.known
    corners = mesh.positions[mesh.triangles]
    doubled = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    drawn = np.bincount(
        mesh.faces[mesh.triangles[:, 0]],
        np.linalg.norm(doubled, axis=1) / 2.0,
        minlength=len(moments.areas),
    )
    near = np.abs(moments.areas - drawn) <= _AGREEMENT * drawn + _SLIVER * drawn.sum()
    agreeing: NDArray[np.bool_] = moments.known & (near | (drawn == 0.0))
    return agreeing


def _is_bounded(shape: Any) -> bool:
    """Whether areas and volumes of the shape are finite numbers."""
    box = Bnd_Box()
    BRepBndLib.Add_s(shape, box, True)
    if box.IsVoid() or box.IsOpen():
        return False
    return bool(box.SquareExtent() <= _LARGEST_EXTENT**2)


def _area(face: Any, *, bounded: bool) -> float:
    """Open CASCADE's integral; 0 for an endless face."""
    if not bounded and not _is_bounded(face):
        return 0.0
    found = GProp_GProps()
    try:
        BRepGProp.SurfaceProperties_s(face, found)
    except Standard_Failure:  # nothing to integrate: its triangles show it all the same
        return 0.0
    area = abs(float(found.Mass()))
    return area if np.isfinite(area) else 0.0


def _sides(solid: Any, faces: Any) -> list[tuple[int, float]]:
    """Numbers of a solid's faces, each with −1 where the solid lies on its far side."""
    sides = []
    explorer = TopExp_Explorer(solid, _FACE)
    while explorer.More():
        face = explorer.Current()
        explorer.Next()
        number = faces.FindIndex(face) - 1
        if face.Orientation() in (_FORWARD, _REVERSED):
            sides.append((number, -1.0 if face.Orientation() == _REVERSED else 1.0))
    return sides


def _body(shares: Any, middle: Floats) -> tuple[float, Floats, Floats] | None:
    """Volume, centre and inertia about it from ∫ 1, ∫ r and ∫ r rᵀ; None when they are none."""
    sums = np.asarray(shares, float)
    if sums.shape != (10,) or not np.isfinite(sums).all() or sums[0] == 0.0:
        return None
    if sums[0] < 0.0:  # a solid that is inside out, or placed by a mirror
        sums = -sums
    volume, first = float(sums[0]), sums[1:4]
    xx, yy, zz, xy, xz, yz = sums[4:]
    centre = first / volume
    about = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) - volume * np.outer(centre, centre)
    if not (np.diagonal(about) > 0.0).all():
        return None
    return volume, centre + middle, np.trace(about) * np.eye(3) - about


def _body_by_open_cascade(solid: Any, middle: Floats) -> tuple[float, Floats, Floats] | None:
    """Open CASCADE's integrals about the part's middle.

    Its errors grow with the distance from the point of reference, 7 % on a 15 m line of parts.
    """
    found = GProp_GProps(gp_Pnt(*middle.tolist()))
    BRepGProp.VolumeProperties_s(solid, found)
    volume = float(found.Mass())
    if not np.isfinite(volume) or volume == 0.0:
        return None
    matrix = found.MatrixOfInertia()
    rows = [[matrix.Value(row, column) for column in (1, 2, 3)] for row in (1, 2, 3)]
    centre = np.array(found.CentreOfMass().Coord())
    return abs(volume), centre, np.sign(volume) * np.array(rows)


def _whole(shape: Any, middle: Floats, mesh: BrepMesh) -> tuple[float, Floats, Floats] | None:
    """The body of a shell without a solid, for example one sewn of loose faces."""
    faces, edges = ShapeMap(), ShapeMap()
    TopExp.MapShapes_s(shape, _FACE, faces)
    TopExp.MapShapes_s(shape, _EDGE, edges)
    curves, surfaces = [], []
    try:
        for number in range(edges.Size()):
            edge = TopoDS.Edge(edges.FindKey(number + 1))
            curves.append(edge_geometry(edge, _COARSE, _RECOGNITION))
        for number in range(faces.Size()):
            face = TopoDS.Face(faces.FindKey(number + 1))
            surfaces.append(face_geometry(face, _RECOGNITION))
    except Standard_Failure:  # an edge without any curve
        return _body_by_open_cascade(shape, middle)
    bounding = [
        [(edge, sign) for edge, sign in around if sign] for around in coedges_of(faces, edges)
    ]
    moments = face_moments(faces, edges, surfaces, curves, bounding, middle)
    body = None
    if moments.known.all():
        body = _body(sum(sign * moments.shares[n] for n, sign in _sides(shape, faces)), middle)
    drawn = _drawn_volume(mesh, middle)
    if body is None or abs(body[0] - drawn) > _AGREEMENT * drawn:
        body = _body_by_open_cascade(shape, middle)
    return body


def _drawn_volume(mesh: BrepMesh, middle: Floats) -> float:
    corners = (mesh.positions - middle)[mesh.triangles]
    return abs(float(np.linalg.det(corners).sum())) / 6.0


def _closed_solids(shape: Any, mesh: BrepMesh) -> tuple[list[Any], bool]:
    """The shape's solids as far as they are closed, and whether others are not.

    A solid of triangles alone is measured as a mesh.
    """
    solids = ShapeMap()
    TopExp.MapShapes_s(shape, _SOLID, solids)
    every = [solids.FindKey(number + 1) for number in range(solids.Size())]
    if not mesh.exact:
        return [], bool(every)
    closed = [solid for solid in every if mesh.closed or _has_closed_shells(solid)]
    return closed, len(closed) < len(every)


def _has_closed_shells(solid: Any) -> bool:
    explorer = TopExp_Explorer(solid, _SHELL)
    while explorer.More():
        if not BRep_Tool.IsClosed_s(explorer.Current()):
            return False
        explorer.Next()
    return True
