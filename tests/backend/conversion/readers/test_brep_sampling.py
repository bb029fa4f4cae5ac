import math

import numpy as np
import pytest
from cad_files import box
from exact_shapes import as_splines, sphere
from OCP.BRepAdaptor import BRepAdaptor_Curve
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge
from OCP.collections import IndexedMap_TopoDS_Shape_TopTools_ShapeMapHasher as ShapeMap
from OCP.Geom import Geom_Circle, Geom_Parabola
from OCP.GeomConvert import GeomConvert
from OCP.gp import gp_Ax2, gp_Dir, gp_Lin, gp_Parab, gp_Pnt
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS
from scipy.interpolate import BSpline

from holotable.conversion.readers.brep_geometry import edge_geometry
from holotable.conversion.readers.brep_sampling import (
    Unmeasurable,
    basis,
    evaluate,
    gauss,
    points_per_span,
    sample_curve,
    sample_edges,
)


def test_gauss_integrates_polynomials_exactly_on_the_unit_interval() -> None:
    places, weights = gauss(4)

    for degree in range(8):
        assert weights @ places**degree == pytest.approx(1 / (degree + 1), rel=1e-14)


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 5])
def test_basis_functions_are_those_of_another_library(degree: int) -> None:
    knots = np.array([0.0] * (degree + 1) + [0.2, 0.5, 0.5, 0.7] + [1.0] * (degree + 1))
    if degree < 2:
        knots = np.unique(knots).repeat([degree + 1, 1, 1, 1, degree + 1])
    at = np.array([0.0, 0.1, 0.2, 0.45, 0.5, 0.65, 0.99, 1.0])
    count = len(knots) - degree - 1

    first, values, slopes = basis(knots, degree, at)

    every = BSpline(knots, np.eye(count), degree)
    rows = np.arange(len(at))[:, None]
    columns = first[:, None] + np.arange(degree + 1)
    dense = np.zeros((2, len(at), count))
    dense[0, rows, columns], dense[1, rows, columns] = values, slopes
    assert dense[0] == pytest.approx(every(at), abs=1e-13)
    inside = at < 1.0  # at the end scipy's derivative is that beyond it
    if degree:
        assert dense[1][inside] == pytest.approx(every(at[inside], nu=1), abs=1e-11)


def length_of(curve: object) -> float:
    _, steps = sample_curve(BRepAdaptor_Curve(BRepBuilderAPI_MakeEdge(curve).Edge()), 3)
    return float(np.linalg.norm(steps, axis=1).sum())


def test_a_circle_has_its_length_however_it_is_written() -> None:
    circle = Geom_Circle(gp_Ax2(gp_Pnt(1, 2, 3), gp_Dir(1, 1, 1)), 5.0)

    assert length_of(circle) == pytest.approx(10 * math.pi, rel=1e-12)
    assert length_of(GeomConvert.CurveToBSplineCurve_s(circle)) == pytest.approx(
        10 * math.pi, rel=1e-9
    )


def test_a_curve_that_has_no_formula_here_is_asked_point_by_point() -> None:
    parabola = Geom_Parabola(gp_Parab(gp_Ax2(), 2.0))
    adaptor = BRepAdaptor_Curve(BRepBuilderAPI_MakeEdge(parabola, -3.0, 3.0).Edge())

    points, tangents = evaluate(adaptor, np.array([0.0, 2.0]), 3)

    assert points == pytest.approx(np.array([[0, 0, 0], [0.5, 2, 0]]))
    assert tangents == pytest.approx(np.array([[0, 1, 0], [0.5, 1, 0]]))


def test_an_endless_curve_is_not_measured() -> None:
    endless = BRepBuilderAPI_MakeEdge(gp_Lin(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))).Edge()

    with pytest.raises(Unmeasurable):
        sample_curve(BRepAdaptor_Curve(endless), 3)


@pytest.mark.parametrize("shape", [box(1, 2, 3), as_splines(box(1, 2, 3)), sphere()])
def test_samples_of_all_edges_stand_one_behind_the_other(shape: object) -> None:
    edges = ShapeMap()
    TopExp.MapShapes_s(shape, TopAbs_ShapeEnum.TopAbs_EDGE, edges)
    curves = [
        edge_geometry(TopoDS.Edge(edges.FindKey(number + 1)), 1.0, 1e-4)
        for number in range(edges.Size())
    ]

    samples = sample_edges(edges, curves)

    assert samples.starts[-1] == len(samples.points)
    for number, curve in enumerate(curves):
        span = slice(*samples.starts[number : number + 2])
        length = np.linalg.norm(samples.steps[span], axis=1).sum()
        assert length == pytest.approx(curve.length, rel=1e-12)  # a pole has none


def test_many_spans_need_fewer_points_each() -> None:
    assert (
        points_per_span(3, 1, False) > points_per_span(3, 8, False) > points_per_span(3, 40, False)
    )
    assert points_per_span(2, 3, True) >= 12
