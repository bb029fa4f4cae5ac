"""Edges of B-rep faces as quadrature points, in numpy.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).
Lines, circles and ellipses of a whole part are evaluated together; splines are taken apart once,
poles and knots, and evaluated by scipy: a point costs 1.5 us through the bindings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Curve2d
from OCP.GeomAbs import GeomAbs_CurveType
from OCP.gp import gp_Pnt, gp_Pnt2d, gp_Vec, gp_Vec2d
from OCP.TopoDS import TopoDS
from scipy.interpolate import BSpline

from holotable.conversion.readers.brep_geometry import EdgeGeometry
from holotable.review.exact import CIRCLE, ELLIPSE, LINE

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_LINE: Final = GeomAbs_CurveType.GeomAbs_Line
_SPLINES: Final = (GeomAbs_CurveType.GeomAbs_BSplineCurve, GeomAbs_CurveType.GeomAbs_BezierCurve)
_LARGEST: Final = 1e9  # mm: Open CASCADE's "infinite" curves reach 2e100
# Quadrature points. On a line integrands are polynomials of degree 4; on an arc cosines of up to
# five times the angle; a rational span of a spline may be a third of a circle.
_ON_LINE: Final = 3
_ON_ARC: Final = ((1.6, 10), (3.2, 14), (np.inf, 24))  # up to an angle
_PIECES: Final = 8  # of a curve of no kind that is known here
_ON_PIECE: Final = 12
_EXACTLY: Final = 1e-8  # of its length: how near a spline that counts as a line or an arc has to be
_SLIVER: Final = 1e-6  # of a curve: knots nearer than this to another cut are the same


class Unmeasurable(Exception):
    """A shape that is not integrated here; Open CASCADE does it instead."""


@cache
def gauss(count: int) -> tuple[Floats, Floats]:
    """Places in [0, 1] and weights of Gauss and Legendre's rule; exact to degree 2 count − 1."""
    places, weights = np.polynomial.legendre.leggauss(count)
    return (places + 1.0) / 2.0, weights / 2.0


def points_per_span(degree: int, spans: int, rational: bool) -> int:
    """How many points integrate a span of a spline to about 1e-9.

    A third of a circle as one rational span needs twelve; of a curve cut into many spans each is
    short, and nearly a polynomial.
    """
    cut = 0 if spans <= 4 else 1 if spans <= 12 else 2
    return degree + ((10, 6, 2)[cut] if rational else (2, 1, 0)[cut])


@dataclass(frozen=True, slots=True)
class Samples:
    """Quadrature points along curves, one behind the other.

    points: (k, d).  steps: (k, d) derivatives times weight.  starts: (n + 1,) of each curve.
    """

    points: Floats
    steps: Floats
    starts: Integers


def joined(pieces: Sequence[tuple[Floats, Floats]], dimensions: int) -> Samples:
    """Points and steps of curves, one behind the other."""
    empty = np.zeros((0, dimensions))
    return Samples(
        np.concatenate([empty, *(points for points, _ in pieces)]),
        np.concatenate([empty, *(steps for _, steps in pieces)]),
        np.cumsum([0, *(len(points) for points, _ in pieces)]),
    )


def sample_edges(edges: Any, curves: Sequence[EdgeGeometry]) -> Samples:
    """Quadrature points along every edge in space, from its first parameter to its last.

    edges: the shape's map.  curves: their geometry; a spline that is not exactly what it was
        recognised as is sampled as it is.
    Degenerate and endless edges have none.
    """
    pieces: list[tuple[Floats, Floats]] = [(np.zeros((0, 3)), np.zeros((0, 3)))] * len(curves)
    groups: dict[tuple[int, int], list[int]] = {}
    for number, curve in enumerate(curves):
        first, last = curve.span
        near = not curve.recognised or curve.stray <= _EXACTLY * max(curve.length, 1.0)
        if curve.kind not in (LINE, CIRCLE, ELLIPSE) or not near:
            if curve.points or curve.recognised:
                adaptor = BRepAdaptor_Curve(TopoDS.Edge(edges.FindKey(number + 1)))
                pieces[number] = sample_curve(adaptor, 3)
        elif curve.kind == LINE:
            groups.setdefault((LINE, _ON_LINE), []).append(number)
        else:
            count = next(count for most, count in _ON_ARC if last - first <= most)
            groups.setdefault((CIRCLE, count), []).append(number)
    for (kind, count), numbers in groups.items():
        rows = np.array([curves[number].parameters for number in numbers])
        spans = np.array([curves[number].span for number in numbers])
        places, weights = gauss(count)
        width = (spans[:, 1] - spans[:, 0])[:, None]
        at = (spans[:, :1] + width * places)[..., None]
        origin, axis, across = (rows[:, None, 3 * column : 3 * column + 3] for column in range(3))
        if kind == LINE:
            points = origin + at * axis
            steps = np.broadcast_to(axis, points.shape)
        else:
            x = rows[:, None, 9:10] * across
            y = rows[:, None, 10:11] * np.cross(axis, across)
            points = origin + np.cos(at) * x + np.sin(at) * y
            steps = np.cos(at) * y - np.sin(at) * x
        steps = steps * (width * weights)[..., None]
        for place, number in enumerate(numbers):
            pieces[number] = (points[place], steps[place])
    return joined(pieces, 3)


@dataclass(frozen=True, slots=True)
class Spline:
    """A rational B-spline. knots: full sequence.  poles: (n, d + 1) homogeneous."""

    knots: Floats
    degree: int
    poles: Floats
    rational: bool

    def __call__(self, at: Floats) -> tuple[Floats, Floats]:
        """Points and first derivatives; (k, d) each."""
        spline = BSpline.construct_fast(self.knots, self.poles, self.degree)
        if not self.rational:
            return spline(at)[:, :-1], spline(at, nu=1)[:, :-1]
        return projected(spline(at), spline(at, nu=1))


def projected(point: Floats, derivative: Floats) -> tuple[Floats, Floats]:
    """Points and derivatives of homogeneous ones (quotient rule)."""
    weight, change = point[..., -1:], derivative[..., -1:]
    place = point[..., :-1] / weight
    return place, (derivative[..., :-1] - change * place) / weight


def basis(knots: Floats, degree: int, at: Floats) -> tuple[Integers, Floats, Floats]:
    """The basis functions of a spline that are not zero at parameters within its domain.

    returns: (k,) number of the first, (k, degree + 1) their values and their derivatives.
    Piegl and Tiller, The NURBS Book, A2.1 and A2.2, for all parameters at once.
    """
    count = len(knots) - degree - 1
    span = np.searchsorted(knots, at, "right") - 1
    span = np.clip(span, degree, count - 1)
    # A span without length at the end of the domain belongs to the one before it.
    while (empty := knots[span + 1] <= knots[span]).any():
        span = span - empty
    values = np.ones((len(at), 1))
    lower = values
    for order in range(1, degree + 1):
        numbers = span[:, None] + np.arange(1 - order, 1)
        left, right = knots[numbers], knots[numbers + order]
        lower = values
        share = values / (right - left)
        values = np.zeros((len(at), order + 1))
        values[:, :-1] += (right - at[:, None]) * share
        values[:, 1:] += (at[:, None] - left) * share
    slopes = np.zeros_like(values)
    if degree:
        numbers = span[:, None] + np.arange(1 - degree, 1)
        change = degree * lower / (knots[numbers + degree] - knots[numbers])
        slopes[:, :-1] -= change
        slopes[:, 1:] += change
    return span - degree, values, slopes


def _spline(adaptor: Any, dimensions: int) -> Spline:
    """A B-spline or Bezier curve taken apart."""
    if adaptor.GetType() == _SPLINES[0]:
        curve = adaptor.BSpline()
        if curve.IsPeriodic():
            curve = curve.Copy()
            curve.SetNotPeriodic()
        # One by one: iterating over Open CASCADE's arrays takes thirty times as long.
        marks = range(1, curve.NbKnots() + 1)
        knots = np.repeat(
            [curve.Knot(mark) for mark in marks], [curve.Multiplicity(mark) for mark in marks]
        )
    else:
        curve = adaptor.Bezier()
        knots = np.repeat([0.0, 1.0], curve.Degree() + 1)
    count, rational = curve.NbPoles(), bool(curve.IsRational())
    poles = np.ones((count, dimensions + 1))
    poles[:, :-1] = [curve.Pole(number).Coord() for number in range(1, count + 1)]
    if rational:
        poles[:, -1] = [curve.Weight(number) for number in range(1, count + 1)]
        poles[:, :-1] *= poles[:, -1:]
    return Spline(knots, curve.Degree(), poles, rational)


def sample_curve(
    adaptor: Any,
    dimensions: int,
    least: int = 0,
    knots: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:
    """Quadrature points of an adaptor's curve and its derivatives there times weight.

    least: points in each span of the surface; where a curve has more pieces, each needs fewer.
    knots: lines in a surface's parameters to cut at as well.
    raises: Unmeasurable when it is endless.
    """
    first, last = adaptor.FirstParameter(), adaptor.LastParameter()
    if max(abs(first), abs(last)) > _LARGEST:
        raise Unmeasurable
    count, spline = _ON_PIECE, None
    marks = np.array([first, last])
    kind = adaptor.GetType()
    if kind in _SPLINES:
        spline = _spline(adaptor, dimensions)
        marks = np.unique(np.clip(spline.knots, first, last))
        count = points_per_span(spline.degree, len(marks) - 1, spline.rational)
    elif kind == _LINE:
        count = _ON_LINE
    else:
        marks = np.linspace(first, last, _PIECES + 1)
    if least:
        across = 1 if knots is None else max(len(knots[0]), len(knots[1]), 2) - 1
        pieces = len(marks) - 1
        count = max(count, least if pieces <= across else 2 + -(-least * across // pieces))
    if knots is not None:
        marks = _with_crossings(marks, adaptor, spline, knots)
    places, weights = gauss(count)
    spans = np.diff(marks)[:, None]
    at = (marks[:-1, None] + spans * places).reshape(-1)
    points, derivatives = spline(at) if spline is not None else evaluate(adaptor, at, dimensions)
    return points, derivatives * (spans * weights).reshape(-1, 1)


def evaluate(adaptor: Any, at: Floats, dimensions: int) -> tuple[Floats, Floats]:
    """Points and first derivatives of an adaptor's curve; (k, d) each."""
    kind = adaptor.GetType()
    if kind == _LINE:
        line = adaptor.Line()
        origin = np.array(line.Location().Coord())
        direction = np.array(line.Direction().Coord())
        return origin + at[:, None] * direction, np.tile(direction, (len(at), 1))
    if kind in _SPLINES:
        return _spline(adaptor, dimensions)(at)
    point, vector = (gp_Pnt(), gp_Vec()) if dimensions == 3 else (gp_Pnt2d(), gp_Vec2d())
    rows = []
    for parameter in at.tolist():
        adaptor.D1(parameter, point, vector)
        rows.append((*point.Coord(), *vector.Coord()))
    values = np.array(rows, float).reshape(-1, 2 * dimensions)
    return values[:, :dimensions], values[:, dimensions:]


def sample_in_parameters(
    edge: Any, face: Any, moving: int, least: int, knots: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """Quadrature points of an edge in the parameters (u, v) of its face, which looks forward.

    moving: 0 when edges along which u stays bound nothing in Green's sum, 1 for v.
    least: points in each span of the surface.  knots: where it is less smooth, in u and v.
    """
    curve = BRepAdaptor_Curve2d(edge, face)
    if curve.GetType() == _LINE:
        span = curve.Line().Direction().Coord()[moving]
        span *= curve.LastParameter() - curve.FirstParameter()
        if abs(span) < 1e-14:
            return np.zeros((0, 2)), np.zeros((0, 2))
        if abs(span) > 3.2 and (knots is None or not len(knots[moving])):
            least *= 2  # more than half a turn
    return sample_curve(curve, 2, least, knots)


def _with_crossings(
    marks: Floats, curve: Any, spline: Spline | None, knots: tuple[Floats, Floats]
) -> Floats:
    """Cuts of a curve in (u, v) and where it crosses knot lines of its surface, nearly."""
    at = marks
    if curve.GetType() != _LINE:
        at = np.linspace(marks[0], marks[-1], max(17, 3 * len(marks)))
    points, _ = spline(at) if spline is not None else evaluate(curve, at, 2)
    found = [marks]
    for axis in (0, 1):
        values = points[:, axis, None] - knots[axis]
        before, of = np.nonzero(values[:-1] * values[1:] < 0)
        share = values[before, of] / (values[before, of] - values[before + 1, of])
        found.append(at[before] + share * (at[before + 1] - at[before]))
    cuts = np.unique(np.concatenate(found))
    apart = np.diff(cuts, append=np.inf) > _SLIVER * (cuts[-1] - cuts[0])
    apart[-1] = True
    kept: Floats = cuts[apart]
    kept[0] = cuts[0]
    return kept
