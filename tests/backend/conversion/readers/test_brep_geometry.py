import math

import numpy as np
import pytest
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge, BRepBuilderAPI_MakeFace
from OCP.Geom import (
    Geom_Circle,
    Geom_CylindricalSurface,
    Geom_Ellipse,
    Geom_Line,
    Geom_OffsetSurface,
    Geom_RectangularTrimmedSurface,
    Geom_SurfaceOfLinearExtrusion,
    Geom_SurfaceOfRevolution,
    Geom_ToroidalSurface,
    Geom_TrimmedCurve,
)
from OCP.GeomConvert import GeomConvert
from OCP.gp import gp_Ax1, gp_Ax2, gp_Ax3, gp_Dir, gp_Elips, gp_Pnt

from holotable.conversion.readers.brep_geometry import (
    FaceGeometry,
    circle_through,
    edge_geometry,
    face_geometry,
    strays,
)
from holotable.review.exact import (
    CIRCLE,
    CONE,
    CURVE,
    CYLINDER,
    ELLIPSE,
    LINE,
    PLANE,
    SPHERE,
    SURFACE,
    TORUS,
)

Z_AXIS = gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))
TOLERANCE = 1e-4  # mm


def segment(start: tuple, direction: tuple, length: float) -> Geom_TrimmedCurve:
    return Geom_TrimmedCurve(Geom_Line(gp_Pnt(*start), gp_Dir(*direction)), 0.0, length)


def circle(centre: tuple, axis: tuple, radius: float) -> Geom_Circle:
    return Geom_Circle(gp_Ax2(gp_Pnt(*centre), gp_Dir(*axis)), radius)


def revolved(curve: object) -> Geom_SurfaceOfRevolution:
    return Geom_SurfaceOfRevolution(curve, Z_AXIS)


def extruded(curve: object) -> Geom_RectangularTrimmedSurface:
    surface = Geom_SurfaceOfLinearExtrusion(curve, gp_Dir(0, 0, 1))
    return Geom_RectangularTrimmedSurface(surface, 0.0, 10.0, False)


def spline(surface: object) -> object:
    return GeomConvert.SurfaceToBSplineSurface_s(surface)


CYLINDER_4 = Geom_RectangularTrimmedSurface(
    Geom_CylindricalSurface(gp_Ax3(), 4.0), 0.0, 10.0, False
)

SURFACES = {
    "a line turned about a parallel axis": (
        revolved(segment((5, 0, 0), (0, 0, 1), 10)), CYLINDER, 5.0),
    "a slanted line turned": (revolved(segment((5, 0, 0), (1, 0, 1), 10)), CONE, None),
    "a level line turned": (revolved(segment((5, 0, 0), (1, 0, 0), 10)), PLANE, 0.0),
    "a circle turned beside the axis": (revolved(circle((10, 0, 0), (0, 1, 0), 3)), TORUS, 10.0),
    "an arc turned about its own centre": (
        revolved(Geom_TrimmedCurve(circle((0, 0, 0), (0, 1, 0), 3), 0.0, math.pi)), SPHERE, 3.0),
    "a circle drawn out": (extruded(circle((0, 0, 0), (0, 0, 1), 3)), CYLINDER, 3.0),
    "a line drawn out": (extruded(segment((0, 0, 0), (1, 0, 0), 5)), PLANE, 0.0),
    "a cylinder offset": (Geom_OffsetSurface(CYLINDER_4, 1.0), CYLINDER, 5.0),
    "a trimmed cylinder": (CYLINDER_4, CYLINDER, 4.0),
    "a cylinder as a spline": (spline(CYLINDER_4), CYLINDER, 4.0),
    "an offset of a cylinder as a spline": (
        Geom_OffsetSurface(spline(CYLINDER_4), 1.0), CYLINDER, 5.0),
    "a torus as a spline": (spline(Geom_ToroidalSurface(gp_Ax3(), 10.0, 2.0)), TORUS, 10.0),
    "an ellipse drawn out": (
        extruded(Geom_Ellipse(gp_Elips(gp_Ax2(), 5.0, 3.0))), SURFACE, 0.0),
}  # fmt: skip


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_is_recognised_however_it_is_written(name: str) -> None:
    surface, kind, radius = SURFACES[name]

    found = face_geometry(BRepBuilderAPI_MakeFace(surface, 1e-6).Face(), TOLERANCE)

    assert found.kind == kind
    if radius is not None:
        assert found.parameters[9] == pytest.approx(radius, rel=1e-7)
    assert found.recognised == (kind != SURFACE and name != "a trimmed cylinder")


def as_spline(curve: object) -> object:
    return BRepBuilderAPI_MakeEdge(GeomConvert.CurveToBSplineCurve_s(curve)).Edge()


def test_splines_that_are_lines_circles_and_ellipses_are_told_as_such() -> None:
    line = edge_geometry(as_spline(segment((1, 2, 3), (0, 3, 4), 10)), 0.01, TOLERANCE)
    arc = edge_geometry(
        as_spline(Geom_TrimmedCurve(circle((1, 2, 3), (0, 0, 1), 4), 0.3, 2.0)), 0.01, TOLERANCE
    )
    whole = edge_geometry(as_spline(circle((1, 2, 3), (0, 0, 1), 4)), 0.01, TOLERANCE)
    oval = edge_geometry(
        as_spline(Geom_TrimmedCurve(Geom_Ellipse(gp_Elips(gp_Ax2(), 5.0, 3.0)), 0.3, 2.0)),
        0.01,
        TOLERANCE,
    )

    assert (line.kind, line.length, line.recognised) == (LINE, pytest.approx(10.0), True)
    assert line.parameters[3:6] == pytest.approx((0, 0.6, 0.8))
    assert (arc.kind, arc.length) == (CIRCLE, pytest.approx(4 * 1.7, rel=1e-9))
    assert arc.parameters[9] == pytest.approx(4.0)
    assert (whole.kind, whole.length) == (CIRCLE, pytest.approx(8 * math.pi, rel=1e-9))
    assert oval.kind == ELLIPSE
    assert oval.parameters[9:11] == pytest.approx((5.0, 3.0))
    assert not any(one.points for one in (line, arc, whole, oval))


def test_a_reversed_arc_turns_its_axis_so_that_angles_grow() -> None:
    arc = Geom_TrimmedCurve(circle((0, 0, 0), (0, 0, 1), 4), 0.3, 2.0)
    back = GeomConvert.CurveToBSplineCurve_s(arc)
    back.Reverse()

    found = edge_geometry(BRepBuilderAPI_MakeEdge(back).Edge(), 0.01, TOLERANCE)

    assert found.parameters[5] == pytest.approx(-1.0)
    first, last = found.parameters[11:]
    assert last - first == pytest.approx(1.7)


def test_a_spline_of_no_kind_is_a_polyline_with_its_true_length() -> None:
    helix = Geom_Ellipse(gp_Elips(gp_Ax2(), 5.0, 3.0))
    bent = GeomConvert.CurveToBSplineCurve_s(Geom_TrimmedCurve(helix, 0.0, 3.0))
    bent.SetPole(2, gp_Pnt(5, 2, 4))

    found = edge_geometry(BRepBuilderAPI_MakeEdge(bent).Edge(), 0.001, TOLERANCE)
    fine = edge_geometry(BRepBuilderAPI_MakeEdge(bent).Edge(), 0.00001, TOLERANCE)

    assert found.kind == CURVE
    assert not found.recognised
    points = np.array(fine.points)
    drawn = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert found.length == pytest.approx(drawn, rel=1e-5)
    assert len(found.points) < len(fine.points)


def test_a_circle_goes_through_its_three_points() -> None:
    points = np.array([[4, 2, 3], [1, 5, 3], [-2, 2, 3]], float)

    found = circle_through(points)

    assert found is not None
    centre, axis, radius = found
    assert centre == pytest.approx([1, 2, 3])
    assert np.abs(axis) == pytest.approx([0, 0, 1])
    assert radius == pytest.approx(3.0)
    assert circle_through(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], float)) is None


def test_how_far_a_point_strays_from_a_surface() -> None:
    axes = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0)
    point = np.array([[3.0, 4.0, 12.0]])

    def stray(kind: int, radius: float, second: float) -> float:
        return float(strays(FaceGeometry(kind, (*axes, radius, second)), point)[0])

    assert stray(PLANE, 0, 0) == pytest.approx(12.0)
    assert stray(CYLINDER, 2, 0) == pytest.approx(3.0)
    assert stray(SPHERE, 10, 0) == pytest.approx(3.0)
    assert stray(TORUS, 5, 2) == pytest.approx(10.0)
    assert stray(CONE, 1, math.pi / 4) == pytest.approx(8 * math.cos(math.pi / 4))
