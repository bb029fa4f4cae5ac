import math

import numpy as np
import pytest
from exact_shapes import SOLIDS, as_splines
from OCP.BRepAlgoAPI import BRepAlgoAPI_Common
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace, BRepBuilderAPI_Transform
from OCP.BRepPrimAPI import BRepPrimAPI_MakeCylinder
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.Geom import (
    Geom_CylindricalSurface,
    Geom_Ellipse,
    Geom_Line,
    Geom_OffsetSurface,
    Geom_RectangularTrimmedSurface,
    Geom_SurfaceOfLinearExtrusion,
    Geom_SurfaceOfRevolution,
    Geom_TrimmedCurve,
)
from OCP.GeomConvert import GeomConvert
from OCP.gp import gp_Ax1, gp_Ax2, gp_Ax3, gp_Dir, gp_Elips, gp_Pnt, gp_Trsf
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS

from holotable.conversion.readers.brep_bodies import coedges_of
from holotable.conversion.readers.brep_geometry import edge_geometry, face_geometry
from holotable.conversion.readers.brep_integrals import Moments, face_moments

REFERENCE = np.array([1.0, -2.0, 3.0])


def moments_of(shape: object, *, recognise: bool = True) -> tuple[Moments, np.ndarray]:
    """Moments of all faces, and −1 for those that look the other way."""
    faces, edges = ShapeMap(), ShapeMap()
    TopExp.MapShapes_s(shape, TopAbs_ShapeEnum.TopAbs_FACE, faces)
    TopExp.MapShapes_s(shape, TopAbs_ShapeEnum.TopAbs_EDGE, edges)
    tolerance = 1e-4 if recognise else 0.0
    surfaces = [
        face_geometry(TopoDS.Face(faces.FindKey(n + 1)), tolerance) for n in range(faces.Size())
    ]
    curves = [
        edge_geometry(TopoDS.Edge(edges.FindKey(n + 1)), 1.0, tolerance)
        for n in range(edges.Size())
    ]
    signs = [
        -1.0 if faces.FindKey(n + 1).Orientation() == TopAbs_Orientation.TopAbs_REVERSED else 1.0
        for n in range(faces.Size())
    ]
    coedges = coedges_of(faces, edges)
    return face_moments(faces, edges, surfaces, curves, coedges, REFERENCE), np.array(signs)


@pytest.mark.parametrize("written", ["as written", "recognised splines", "splines"])
@pytest.mark.parametrize("name", SOLIDS)
def test_moments_of_all_faces_add_up_to_those_of_the_solid(name: str, written: str) -> None:
    make, truth = SOLIDS[name]
    shape = make() if written == "as written" else as_splines(make())

    moments, signs = moments_of(shape, recognise=written != "splines")

    close = 1e-12 if written == "as written" else 1e-8
    assert moments.known.all()
    assert moments.areas.sum() * 1e-6 == pytest.approx(truth.area, rel=close)
    sums = signs @ moments.shares
    assert sums[0] * 1e-9 == pytest.approx(truth.volume, rel=close)
    offset = np.array(truth.centre) * 1e3 - REFERENCE
    assert sums[1:4] / sums[0] == pytest.approx(offset, rel=1e-7, abs=1e-7)
    inertia = truth.inertia * 1e15
    about = np.trace(inertia) / 2 * np.eye(3) - inertia
    second = about + sums[0] * np.outer(offset, offset)
    expected = [*np.diag(second), second[0, 1], second[0, 2], second[1, 2]]
    assert sums[4:] == pytest.approx(expected, rel=1e-7, abs=1e-7 * np.abs(second).max())


def test_pipes_cut_by_each_other_enclose_the_volume_of_the_integral() -> None:
    # The common part of pipes of radius 8 and 10 that cross at a right angle: their edges are
    # splines on both cylinders. Open CASCADE's own integral is 2e-5 off.
    small = BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(0, 0, -50), gp_Dir(0, 0, 1)), 8.0, 100)
    large = BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(-50, 0, 0), gp_Dir(1, 0, 0)), 10.0, 100)

    moments, signs = moments_of(BRepAlgoAPI_Common(small.Shape(), large.Shape()).Shape())

    # ∫ over y of the rectangle 2 √(64 − y²) by 2 √(100 − y²), with y = 8 sin t.
    t, weights = np.polynomial.legendre.leggauss(80)
    t = t * math.pi / 2
    slices = 4 * (8 * np.cos(t)) * np.sqrt(100 - (8 * np.sin(t)) ** 2) * 8 * np.cos(t)
    assert (signs @ moments.shares)[0] == pytest.approx(
        float(weights @ slices) * math.pi / 2, rel=1e-7
    )


def mirrored(shape: object) -> object:
    """Copied by a mirror: its surfaces get left-handed axes."""
    mirror = gp_Trsf()
    mirror.SetMirror(gp_Ax2(gp_Pnt(5, 1, 2), gp_Dir(1, 2, 3)))
    return BRepBuilderAPI_Transform(shape, mirror, True).Shape()


@pytest.mark.parametrize("name", SOLIDS)
def test_left_handed_surfaces_enclose_the_same(name: str) -> None:
    make, truth = SOLIDS[name]

    moments, signs = moments_of(mirrored(make()))

    assert abs((signs @ moments.shares)[0]) * 1e-9 == pytest.approx(truth.volume, rel=1e-11)
    assert moments.areas.sum() * 1e-6 == pytest.approx(truth.area, rel=1e-11)


def area_of(surface: object) -> float:
    moments, _ = moments_of(BRepBuilderAPI_MakeFace(surface, 1e-6).Face(), recognise=False)
    assert moments.known.all()
    return float(moments.areas.sum())


def test_curves_drawn_out_and_turned_have_the_area_of_their_formula() -> None:
    ellipse = Geom_Ellipse(gp_Elips(gp_Ax2(), 5.0, 3.0))
    # Ramanujan's circumference is 1e-7 off here: by quadrature instead.
    t, weights = np.polynomial.legendre.leggauss(100)
    around = math.pi * float(
        weights @ np.hypot(5 * np.sin(math.pi * (t + 1)), 3 * np.cos(math.pi * (t + 1)))
    )
    spline = GeomConvert.CurveToBSplineCurve_s(ellipse)
    slanted = Geom_TrimmedCurve(Geom_Line(gp_Pnt(5, 0, 0), gp_Dir(3, 0, 4)), 0.0, 10.0)
    axis = gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))

    for curve, close in ((ellipse, 1e-8), (spline, 1e-6)):
        drawn = Geom_RectangularTrimmedSurface(
            Geom_SurfaceOfLinearExtrusion(curve, gp_Dir(0, 0, 1)), 0.0, 7.0, False
        )
        assert area_of(drawn) == pytest.approx(7 * around, rel=close)
    frustum = math.pi * (5 + 11) * 10
    for curve in (slanted, GeomConvert.CurveToBSplineCurve_s(slanted)):
        assert area_of(Geom_SurfaceOfRevolution(curve, axis)) == pytest.approx(frustum, rel=1e-9)


def test_a_surface_of_another_kind_is_left_to_open_cascade() -> None:
    pipe = Geom_RectangularTrimmedSurface(Geom_CylindricalSurface(gp_Ax3(), 4.0), 0.0, 10.0, False)
    face = BRepBuilderAPI_MakeFace(Geom_OffsetSurface(pipe, 1.0), 1e-6).Face()

    moments, _ = moments_of(face, recognise=False)

    assert moments.known.tolist() == [False]
    assert moments.areas.tolist() == [0.0]
    assert not moments.shares.any()
