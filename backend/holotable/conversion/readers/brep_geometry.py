"""What one edge or face of a B-rep shape is, geometrically: its kind and its parameters.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).

Files often write a bore as a spline, a surface of revolution or an offset. Such shapes are
recognised as the elementary kind that they are; every recognition is checked against the original.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Surface
from OCP.GCPnts import GCPnts_AbscissaPoint, GCPnts_TangentialDeflection
from OCP.GeomAbs import GeomAbs_CurveType, GeomAbs_SurfaceType
from OCP.gp import (
    gp_Circ,
    gp_Cone,
    gp_Cylinder,
    gp_Elips,
    gp_Lin,
    gp_Pln,
    gp_Sphere,
)
from OCP.ShapeAnalysis import ShapeAnalysis_CanonicalRecognition
from OCP.Standard import Standard_Failure

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
    Floats,
)

Numbers: TypeAlias = tuple[float, ...]

_NOWHERE: Final = (0.0, 0.0, 0.0)
_LARGEST: Final = 1e9  # mm (1,000 km): Open CASCADE's "infinite" curves reach 2e100
_ANGLE_RAD: Final = 0.5  # between segments of a polyline, where the curve bends sharply
_SAMPLES: Final = (0.02, 0.21, 0.47, 0.71, 0.98)  # of a parameter's range, on purpose uneven


@dataclass(frozen=True, slots=True)
class EdgeGeometry:
    """One edge's curve.

    parameters: 13 numbers as in `ExactPart.edge_parameters`.  points: (k, 3), only of a CURVE.
    span: first and last parameter of a line or arc with these parameters.
    stray: how far samples of what was recognised lie from it.
    """

    kind: int
    parameters: Numbers
    length: float
    recognised: bool = False
    points: tuple[Numbers, ...] = ()
    span: tuple[float, float] = (0.0, 0.0)
    stray: float = 0.0


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """One face's surface. parameters: 11 numbers as in `ExactPart.face_parameters`, no hole flag.

    A plane's axis points to either side here.
    signs: ±1 each, from Open CASCADE's u and v to those of right-handed axes about the axis.
    stray: how far samples of what was recognised lie from it.
    """

    kind: int
    parameters: Numbers
    recognised: bool = False
    signs: tuple[float, float] = (1.0, 1.0)
    stray: float = 0.0


NO_CURVE: Final = EdgeGeometry(CURVE, (0.0,) * 13, 0.0)
NO_SURFACE: Final = FaceGeometry(SURFACE, (0.0,) * 11)


def edge_geometry(edge: Any, deflection: float, tolerance: float) -> EdgeGeometry:
    """The curve of an edge, as what it is.

    deflection: how far a polyline may stray from a curve of no elementary kind.
    tolerance: how far an elementary curve may stray from the spline it stands for.
    raises: Standard_Failure for an edge without any curve.
    """
    if BRep_Tool.Degenerated_s(edge):  # a sphere's pole, a cone's apex
        return NO_CURVE
    curve = BRepAdaptor_Curve(edge)
    first, last = curve.FirstParameter(), curve.LastParameter()
    match curve.GetType():
        case GeomAbs_CurveType.GeomAbs_Line:
            if max(abs(first), abs(last)) > _LARGEST:
                return NO_CURVE  # endless
            return _line(curve.Line(), first, last)
        case GeomAbs_CurveType.GeomAbs_Circle:
            return _circle(curve.Circle(), first, last)
        case GeomAbs_CurveType.GeomAbs_Ellipse:
            return _ellipse(curve.Ellipse(), first, last, GCPnts_AbscissaPoint.Length_s(curve))
        case _:
            pass
    if max(abs(first), abs(last)) > _LARGEST:
        return NO_CURVE
    return _recognised_curve(edge, curve, tolerance) or _polyline(curve, deflection)


def _line(line: Any, first: float, last: float) -> EdgeGeometry:
    return EdgeGeometry(
        LINE,
        (*line.Location().Coord(), *line.Direction().Coord(), *_NOWHERE, 0.0, 0.0, 0.0, 0.0),
        last - first,
        span=(first, last),
    )


def _circle(circle: Any, first: float, last: float) -> EdgeGeometry:
    radius = circle.Radius()
    return EdgeGeometry(
        CIRCLE,
        (*_position(circle.Position()), radius, radius, first, last),
        (last - first) * radius,
        span=(first, last),
    )


def _ellipse(ellipse: Any, first: float, last: float, length: float) -> EdgeGeometry:
    radii = ellipse.MajorRadius(), ellipse.MinorRadius()
    return EdgeGeometry(
        ELLIPSE,
        (*_position(ellipse.Position()), *radii, first, last),
        length,
        span=(first, last),
    )


def _position(axes: Any) -> Numbers:
    """Location, main direction and x direction of a gp_Ax2 or gp_Ax3."""
    return (
        *axes.Location().Coord(),
        *axes.Direction().Coord(),
        *axes.XDirection().Coord(),
    )


def _recognised_curve(edge: Any, curve: Any, tolerance: float) -> EdgeGeometry | None:
    """The line, circle or ellipse that a spline is, with its start, end and direction."""
    first, last = curve.FirstParameter(), curve.LastParameter()
    points = np.array(
        [curve.Value(first + share * (last - first)).Coord() for share in (0.0, *_SAMPLES, 1.0)]
    )
    if np.abs(points).max() > _LARGEST:
        return None
    found = ShapeAnalysis_CanonicalRecognition(edge)
    line, circle, ellipse = gp_Lin(), gp_Circ(), gp_Elips()
    if found.IsLine(tolerance, line):
        chord = points[-1] - points[0]
        length = float(np.linalg.norm(chord))
        if length <= tolerance:
            return None
        direction = chord / length
        stray = float(np.linalg.norm(np.cross(points - points[0], direction), axis=1).max())
        if stray > 2 * tolerance:
            return None
        numbers = (*points[0].tolist(), *direction.tolist(), *_NOWHERE, 0.0, 0.0, 0.0, 0.0)
        return EdgeGeometry(LINE, numbers, length, True, span=(0.0, length), stray=stray)
    if _cleared(found).IsCircle(tolerance, circle):
        radius = circle.Radius()
        arc = _arc(points, circle.Position(), radius, radius, tolerance)
        if arc is None:
            return None
        axes, span, stray = arc
        numbers = (*axes.reshape(-1).tolist(), radius, radius, *span)
        length = radius * (span[1] - span[0])
        return EdgeGeometry(CIRCLE, numbers, length, True, span=span, stray=stray)
    if _cleared(found).IsEllipse(tolerance, ellipse):
        major, minor = ellipse.MajorRadius(), ellipse.MinorRadius()
        arc = _arc(points, ellipse.Position(), major, minor, tolerance)
        if arc is None:
            return None
        axes, span, stray = arc
        numbers = (*axes.reshape(-1).tolist(), major, minor, *span)
        length = GCPnts_AbscissaPoint.Length_s(curve)
        return EdgeGeometry(ELLIPSE, numbers, length, True, span=span, stray=stray)
    return None


def _arc(
    points: Floats, position: Any, major: float, minor: float, tolerance: float
) -> tuple[Floats, tuple[float, float], float] | None:
    """Where points along a curve lie on an ellipse; None when they do not.

    returns: (3, 3) its axes, turned round so that the angle grows along the curve; first and last
    angle; how far the points stray.
    """
    origin, axis, across = axes = np.array(_position(position)).reshape(3, 3)
    x = (points - origin) @ across / major
    y = (points - origin) @ np.cross(axis, across) / minor
    off = np.abs(np.hypot(x, y) - 1.0).max() * max(major, minor)
    stray = float(max(off, np.abs((points - origin) @ axis).max()))
    if stray > 2 * tolerance:
        return None
    angles = np.unwrap(np.arctan2(y, x))
    if angles[-1] < angles[0]:
        axes, angles = np.array([origin, -axis, across]), -angles
    if not (np.diff(angles) > 0).all() or angles[-1] - angles[0] > 2 * np.pi + 1e-6:
        return None
    shift = 2 * np.pi * np.floor(angles[0] / (2 * np.pi) + 1e-12)
    return axes, (float(angles[0] - shift), float(angles[-1] - shift)), stray


def _polyline(curve: Any, deflection: float) -> EdgeGeometry:
    marks = GCPnts_TangentialDeflection(curve, _ANGLE_RAD, deflection, 2)
    points = tuple(marks.Value(number + 1).Coord() for number in range(marks.NbPoints()))
    if not points or np.abs(points).max() > _LARGEST:
        return NO_CURVE
    return EdgeGeometry(CURVE, (0.0,) * 13, GCPnts_AbscissaPoint.Length_s(curve), False, points)


def face_geometry(face: Any, tolerance: float) -> FaceGeometry:
    """The surface of a face, as what it is.

    tolerance: how far an elementary surface may stray from the shape it stands for.
    """
    surface = BRepAdaptor_Surface(face, False)
    match surface.GetType():
        case GeomAbs_SurfaceType.GeomAbs_Plane:
            return _about(PLANE, surface.Plane().Position())
        case GeomAbs_SurfaceType.GeomAbs_Cylinder:
            cylinder = surface.Cylinder()
            return _about(CYLINDER, cylinder.Position(), cylinder.Radius())
        case GeomAbs_SurfaceType.GeomAbs_Cone:
            return _cone(surface.Cone())
        case GeomAbs_SurfaceType.GeomAbs_Sphere:
            sphere = surface.Sphere()
            return _about(SPHERE, sphere.Position(), sphere.Radius())
        case GeomAbs_SurfaceType.GeomAbs_Torus:
            torus = surface.Torus()
            radii = torus.MajorRadius(), torus.MinorRadius()
            return _about(TORUS, torus.Position(), *radii)
        case _:
            return _recognised_surface(face, tolerance) or NO_SURFACE


def _about(kind: int, axes: Any, first: float = 0.0, second: float = 0.0) -> FaceGeometry:
    """A surface about a gp_Ax3, which may be left-handed."""
    hand = 1.0 if axes.Direct() else -1.0
    return FaceGeometry(kind, (*_position(axes), first, second), signs=(hand, 1.0))


def _cone(cone: Any) -> FaceGeometry:
    """A cone whose radius grows along its axis, as Open CASCADE's does at a positive angle."""
    found = _about(CONE, cone.Position(), cone.RefRadius(), cone.SemiAngle())
    if found.parameters[10] >= 0:
        return found
    origin, axis, across = (found.parameters[at : at + 3] for at in (0, 3, 6))
    turned = tuple(-number for number in axis)
    numbers = (*origin, *turned, *across, found.parameters[9], -found.parameters[10])
    return replace(found, parameters=numbers, signs=(-found.signs[0], -1.0))


def _recognised_surface(face: Any, tolerance: float) -> FaceGeometry | None:
    """The elementary surface that a spline, swept or offset surface is."""
    surface = BRepAdaptor_Surface(face, True)  # only as much of it as the face covers
    samples = _samples(surface)
    if not np.isfinite(samples).all() or np.abs(samples).max() > _LARGEST:
        return None
    found = ShapeAnalysis_CanonicalRecognition(face)
    plane, cylinder, cone, sphere = gp_Pln(), gp_Cylinder(), gp_Cone(), gp_Sphere()
    candidate: FaceGeometry | None = None
    try:
        if found.IsPlane(tolerance, plane):
            candidate = _about(PLANE, plane.Position())
        elif _cleared(found).IsCylinder(tolerance, cylinder):
            candidate = _about(CYLINDER, cylinder.Position(), cylinder.Radius())
        elif _cleared(found).IsCone(tolerance, cone):
            candidate = _cone(cone)
        elif _cleared(found).IsSphere(tolerance, sphere):
            candidate = _about(SPHERE, sphere.Position(), sphere.Radius())
        else:
            candidate = _torus_of(surface)
    except Standard_Failure:
        # Seen where a surface collapses to a line: such a surface is none of these.
        return None
    if candidate is None:
        return None
    stray = float(strays(candidate, samples).max())
    if not stray <= 2 * tolerance:
        return None
    return replace(candidate, recognised=True, stray=stray)


def _cleared(found: Any) -> Any:
    found.ClearStatus()
    return found


def _samples(surface: Any) -> Floats:
    """Points spread over a surface; (25, 3)."""
    first_u, last_u = surface.FirstUParameter(), surface.LastUParameter()
    first_v, last_v = surface.FirstVParameter(), surface.LastVParameter()
    return np.array(
        [
            surface.Value(
                first_u + u * (last_u - first_u), first_v + v * (last_v - first_v)
            ).Coord()
            for u in _SAMPLES
            for v in _SAMPLES
        ]
    )


def _torus_of(surface: Any) -> FaceGeometry | None:
    """The torus of a surface one of whose families of curves is the tube's circles.

    Three of them give centre and tube radius each; their centres lie on the ring.
    """
    u = (surface.FirstUParameter(), surface.LastUParameter())
    v = (surface.FirstVParameter(), surface.LastVParameter())
    for along, around in ((u, v), (v, u)):
        circles = []
        for share in (0.05, 0.45, 0.85):
            fixed = along[0] + share * (along[1] - along[0])
            moving = [around[0] + step * (around[1] - around[0]) for step in (0.05, 0.45, 0.85)]
            if along is u:
                points = [surface.Value(fixed, other).Coord() for other in moving]
            else:
                points = [surface.Value(other, fixed).Coord() for other in moving]
            circle = circle_through(np.array(points))
            if circle is None:
                break
            circles.append(circle)
            if abs(circle[2] - circles[0][2]) > 1e-6 * circles[0][2]:
                break
        if len(circles) < 3:
            continue
        ring = circle_through(np.array([circle[0] for circle in circles]))
        if ring is None or ring[2] <= 1e-3 * circles[0][2]:
            continue
        centre, axis, radius = ring
        across = circles[0][0] - centre
        across /= np.linalg.norm(across)
        return FaceGeometry(
            TORUS,
            (*centre.tolist(), *axis.tolist(), *across.tolist(), radius, circles[0][2]),
            True,
        )
    return None


def circle_through(points: Floats) -> tuple[Floats, Floats, float] | None:
    """Centre, unit axis and radius of the circle through three points; None when in one line."""
    first, second, third = points
    b, c = second - first, third - first
    normal = np.cross(b, c)
    size = float(normal @ normal)
    if size <= 1e-12 * float(b @ b) * float(c @ c) or size == 0.0:
        return None
    offset = (float(b @ b) * np.cross(c, normal) + float(c @ c) * np.cross(normal, b)) / (2 * size)
    return first + offset, normal / np.sqrt(size), float(np.linalg.norm(offset))


def strays(surface: FaceGeometry, points: Floats) -> Floats:
    """How far points lie from an elementary surface; (n,)."""
    origin, axis, _ = np.array(surface.parameters[:9]).reshape(3, 3)
    radius, second = surface.parameters[9:]
    height = (points - origin) @ axis
    away = np.linalg.norm(points - origin - height[:, None] * axis, axis=1)
    if surface.kind == PLANE:
        distance = height
    elif surface.kind == CYLINDER:
        distance = away - radius
    elif surface.kind == CONE:
        distance = (away - np.abs(radius + height * np.tan(second))) * np.cos(second)
    elif surface.kind == SPHERE:
        distance = np.linalg.norm(points - origin, axis=1) - radius
    else:
        distance = np.hypot(away - radius, height) - second
    return np.asarray(np.abs(distance), np.float64)
