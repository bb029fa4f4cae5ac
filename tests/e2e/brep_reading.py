"""What Open CASCADE measures of a STEP file where it stands: an independent reading for what was picked by mouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MM = 1000.0
RIM_POINTS = 13
# Splines that stand for circles stray from them by less.
ROUND_M = 1e-7
# What was picked on triangles lies this near to its face.
ON_M = 1e-4
# What lies in front of a point by less does not hide it.
HIDDEN_MM = 0.05


@dataclass(frozen=True)
class Rim:
    """An edge that is a circle or an arc, as placed, whatever curve the file has there; metres, the file's own axes."""

    edge: Any  # TopoDS_Edge
    radius: float
    centre: Floats
    # Along the edge, its ends left out.
    points: Floats
    box: Floats


class BrepReading:
    """Every edge and face of a STEP file, all assemblies unfolded; metres, the file's own axes."""

    def __init__(self, path: Path) -> None:
        from OCP.STEPControl import STEPControl_Reader

        reader = STEPControl_Reader()
        reader.ReadFile(str(path))
        reader.TransferRoots()
        # Millimetres, whatever the file is in.
        self.shape: Any = reader.OneShape()

    def _explored(self, kind: str) -> Iterator[Any]:
        from OCP.TopAbs import TopAbs_ShapeEnum
        from OCP.TopExp import TopExp_Explorer

        explorer = TopExp_Explorer(self.shape, getattr(TopAbs_ShapeEnum, f"TopAbs_{kind}"))
        while explorer.More():
            yield explorer.Current()
            explorer.Next()

    @cached_property
    def edges(self) -> list[tuple[Any, Floats]]:
        from OCP.TopoDS import TopoDS

        found = [TopoDS.Edge(edge) for edge in self._explored("EDGE")]
        return [(edge, _box(edge)) for edge in found]

    @cached_property
    def faces(self) -> list[tuple[Any, Floats]]:
        from OCP.TopoDS import TopoDS

        found = [TopoDS.Face(face) for face in self._explored("FACE")]
        return [(face, _box(face)) for face in found]

    @cached_property
    def rims(self) -> list[Rim]:
        from OCP.BRepAdaptor import BRepAdaptor_Curve

        found = []
        for edge, box in self.edges:
            curve = BRepAdaptor_Curve(edge)
            turns = np.linspace(curve.FirstParameter(), curve.LastParameter(), RIM_POINTS + 2)
            points = np.array([_vector(curve.Value(turn)) for turn in turns[1:-1]]) / MM
            circle = _circle_through(points)
            if circle is not None:
                found.append(Rim(edge, circle[1], circle[0], points, box))
        return found

    @cached_property
    def _rays(self) -> Any:
        from OCP.IntCurvesFace import IntCurvesFace_ShapeIntersector

        rays = IntCurvesFace_ShapeIntersector()
        rays.Load(self.shape, 1e-6)
        return rays

    def is_seen(self, point_m: Floats, eye_m: Floats) -> bool:
        """Whether nothing of the file is between an eye and a point."""
        from OCP.gp import gp_Dir, gp_Lin, gp_Pnt

        way = (point_m - eye_m) * MM
        away = float(np.linalg.norm(way))
        ray = gp_Lin(gp_Pnt(*(eye_m * MM)), gp_Dir(*(way / away)))
        self._rays.PerformNearest(ray, 0.0, away * 1.1)
        hit = self._rays.NbPnt() > 0 and float(self._rays.WParameter(1))
        return not hit or hit > away - HIDDEN_MM

    def spots(self, most: int) -> list[Floats]:
        """A point inside each of the largest flat faces, metres."""
        from OCP.BRepAdaptor import BRepAdaptor_Surface
        from OCP.GeomAbs import GeomAbs_SurfaceType

        flat = [
            (face, box)
            for face, box in self.faces
            if BRepAdaptor_Surface(face).GetType() == GeomAbs_SurfaceType.GeomAbs_Plane
        ]
        flat.sort(key=lambda each: -float(np.linalg.norm(each[1][1] - each[1][0])))
        return [spot for face, _ in flat[:most] if (spot := _inside(face)) is not None]

    def rim_at(self, point_m: Sequence[float]) -> Rim:
        """The circular edge that runs through a point; any of those that lie on one another."""
        edge = _nearest([(rim.edge, rim.box) for rim in self.rims], point_m)
        return next(rim for rim in self.rims if rim.edge is edge)

    def face_at(self, point_m: Sequence[float]) -> Any:
        """The face that a point lies on."""
        return _nearest(self.faces, point_m)


def distance_m(one: Any, other: Any) -> float:
    """The shortest distance of two shapes."""
    from OCP.BRepExtrema import BRepExtrema_DistShapeShape

    return float(BRepExtrema_DistShapeShape(one, other).Value()) / MM


def _circle_through(points: Floats) -> tuple[Floats, float] | None:
    """Centre and radius of the circle on which all points lie, from three of them; None when there is none."""
    a, b, c = points[0], points[len(points) // 3], points[2 * len(points) // 3]
    ab, ac = b - a, c - a
    normal = np.cross(ab, ac)
    size = float(normal @ normal)
    if size < 1e-24 or np.sqrt(size) < 1e-3 * float(ab @ ab):
        return None
    offset = (np.cross(normal, ab) * (ac @ ac) + np.cross(ac, normal) * (ab @ ab)) / (2 * size)
    radius = float(np.linalg.norm(offset))
    centre = a + offset
    if np.abs(np.linalg.norm(points - centre, axis=1) - radius).max() > ROUND_M:
        return None
    return centre, radius


def _nearest(shapes: Sequence[tuple[Any, Floats]], point_m: Sequence[float]) -> Any:
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeVertex
    from OCP.gp import gp_Pnt

    point = np.asarray(point_m, float) * MM
    vertex = BRepBuilderAPI_MakeVertex(gp_Pnt(*point)).Vertex()
    best, found = float("inf"), None
    for shape, box in shapes:
        if np.any(point < box[0] - 0.5) or np.any(point > box[1] + 0.5):
            continue
        away = distance_m(vertex, shape)
        if away < best:
            best, found = away, shape
    assert best < ON_M, f"nothing of the file lies at {point_m}: {best} m"
    return found


def _inside(face: Any) -> Floats | None:
    """A point of a face, about its middle, metres; None where only slivers are."""
    from OCP.BRepAdaptor import BRepAdaptor_Surface
    from OCP.BRepClass import BRepClass_FaceClassifier
    from OCP.gp import gp_Pnt2d
    from OCP.TopAbs import TopAbs_State

    surface = BRepAdaptor_Surface(face)
    across = (surface.FirstUParameter(), surface.LastUParameter())
    along = (surface.FirstVParameter(), surface.LastVParameter())
    for share, other in ((0.5, 0.5), (0.3, 0.3), (0.7, 0.7), (0.3, 0.7), (0.7, 0.3), (0.5, 0.1)):
        u = across[0] + share * (across[1] - across[0])
        v = along[0] + other * (along[1] - along[0])
        if BRepClass_FaceClassifier(face, gp_Pnt2d(u, v), 1e-6).State() == TopAbs_State.TopAbs_IN:
            return _vector(surface.Value(u, v)) / MM
    return None


def _box(shape: Any) -> Floats:
    """Min and max, millimetres."""
    from OCP.Bnd import Bnd_Box
    from OCP.BRepBndLib import BRepBndLib

    box = Bnd_Box()
    BRepBndLib.Add_s(shape, box, False)
    low, high = box.CornerMin(), box.CornerMax()
    return np.array([_vector(low), _vector(high)])


def _vector(point: Any) -> Floats:
    return np.array([point.X(), point.Y(), point.Z()], float)
