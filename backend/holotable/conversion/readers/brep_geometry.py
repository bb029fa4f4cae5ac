"""What one edge or face of a B-rep shape is, geometrically: its kind and its parameters.

Frames and units: those of the shape as Open CASCADE holds it (millimetres, the file's axes).

Files often write a bore as a spline, a surface of revolution or an offset. Such shapes are
recognised as the elementary kind that they are; every recognition is checked against the original.
"""

from dataclasses import dataclass
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
    """

    kind: int
    parameters: Numbers
    length: float
    recognised: bool = False
    points: tuple[Numbers, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """One face's surface. parameters: 11 numbers as in `ExactPart.face_parameters`, no hole flag.

    A plane's axis points to either side here.
    """

    kind: int
    parameters: Numbers
    recognised: bool = False


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
            return _line(curve.Line(), last - first)
        case GeomAbs_CurveType.GeomAbs_Circle:
            return _circle(curve.Circle(), first, last)
        case GeomAbs_CurveType.GeomAbs_Ellipse:
            return _ellipse(curve.Ellipse(), first, last, GCPnts_AbscissaPoint.Length_s(curve))
        case _:
            pass
    if max(abs(first), abs(last)) > _LARGEST:
        return NO_CURVE
    return _recognised_curve(edge, curve, tolerance) or _polyline(curve, deflection)


def _line(line: Any, length: float, recognised: bool = False) -> EdgeGeometry:
    return EdgeGeometry(
        LINE,
        (*line.Location().Coord(), *line.Direction().Coord(), *_NOWHERE, 0.0, 0.0, 0.0, 0.0),
        length,
        recognised,
    )


def _circle(circle: Any, first: float, last: float, recognised: bool = False) -> EdgeGeometry:
    radius = circle.Radius()
    return EdgeGeometry(
        CIRCLE,
        (*_position(circle.Position()), radius, radius, first, last),
        abs(last - first) * radius,
        recognised,
    )


def _ellipse(
    ellipse: Any, first: float, last: float, length: float, recognised: bool = False
) -> EdgeGeometry:
    return EdgeGeometry(
        ELLIPSE,
        (
            *_position(ellipse.Position()),
            ellipse.MajorRadius(),
            ellipse.MinorRadius(),
            first,
            last,
        ),
        length,
        recognised,
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
        strays = np.linalg.norm(np.cross(points - points[0], direction), axis=1)
        if strays.max() > 2 * tolerance:
            return None
        numbers = (*points[0].tolist(), *direction.tolist(), *_NOWHERE, 0.0, 0.0, 0.0, 0.0)
        return EdgeGeometry(LINE, numbers, length, True)
    found.ClearStatus()
    if found.IsCircle(tolerance, circle):
        axes = np.array(_position(circle.Position())).reshape(3, 3)
        radius = circle.Radius()
        angles = _angles(points, axes, radius, radius, tolerance)
        if angles is None:
            return None
        axes, start, end = angles
        length = radius * (end - start)
        return EdgeGeometry(
            CIRCLE, (*axes.reshape(-1).tolist(), radius, radius, start, end), length, True
        )
    found.ClearStatus()
    if found.IsEllipse(tolerance, ellipse):
        axes = np.array(_position(ellipse.Position())).reshape(3, 3)
        major, minor = ellipse.MajorRadius(), ellipse.MinorRadius()
        angles = _angles(points, axes, major, minor, tolerance)
        if angles is None:
            return None
        axes, start, end = angles
        length = GCPnts_AbscissaPoint.Length_s(curve)
        return EdgeGeometry(
            ELLIPSE, (*axes.reshape(-1).tolist(), major, minor, start, end), length, True
        )
    return None


def _angles(
    points: Floats, axes: Floats, major: float, minor: float, tolerance: float
) -> tuple[Floats, float, float] | None:
    """The angles at which points along a curve lie on an ellipse; None when they do not.

    returns: the axes, turned round so that the angle grows along the curve; first and last angle.
    """
    origin, axis, across = axes
    x = (points - origin) @ across / major
    y = (points - origin) @ np.cross(axis, across) / minor
    off = np.abs(np.hypot(x, y) - 1.0) * max(major, minor)
    if off.max() > 2 * tolerance or np.abs((points - origin) @ axis).max() > 2 * tolerance:
        return None
    angles = np.unwrap(np.arctan2(y, x))
    if angles[-1] < angles[0]:
        axes, angles = np.array([origin, -axis, across]), -angles
    if not (np.diff(angles) > 0).all() or angles[-1] - angles[0] > 2 * np.pi + 1e-6:
        return None
    shift = 2 * np.pi * np.floor(angles[0] / (2 * np.pi) + 1e-12)
    return axes, float(angles[0] - shift), float(angles[-1] - shift)


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
            return _plane(surface.Plane())
        case GeomAbs_SurfaceType.GeomAbs_Cylinder:
            return _cylinder(surface.Cylinder())
        case GeomAbs_SurfaceType.GeomAbs_Cone:
            return _cone(surface.Cone())
        case GeomAbs_SurfaceType.GeomAbs_Sphere:
            return _sphere(surface.Sphere())
        case GeomAbs_SurfaceType.GeomAbs_Torus:
            torus = surface.Torus()
            return FaceGeometry(
                TORUS,
                (*_position(torus.Position()), torus.MajorRadius(), torus.MinorRadius()),
            )
        case _:
            return _recognised_surface(face, tolerance) or NO_SURFACE


def _plane(plane: Any, recognised: bool = False) -> FaceGeometry:
    return FaceGeometry(PLANE, (*_position(plane.Position()), 0.0, 0.0), recognised)


def _cylinder(cylinder: Any, recognised: bool = False) -> FaceGeometry:
    return FaceGeometry(
        CYLINDER, (*_position(cylinder.Position()), cylinder.Radius(), 0.0), recognised
    )


def _cone(cone: Any, recognised: bool = False) -> FaceGeometry:
    """A cone whose radius grows along its axis, as Open CASCADE's does at a positive angle."""
    origin, axis, across = np.array(_position(cone.Position())).reshape(3, 3)
    angle = cone.SemiAngle()
    if angle < 0:
        axis, angle = -axis, -angle
    return FaceGeometry(
        CONE,
        (*origin.tolist(), *axis.tolist(), *across.tolist(), cone.RefRadius(), angle),
        recognised,
    )


def _sphere(sphere: Any, recognised: bool = False) -> FaceGeometry:
    return FaceGeometry(SPHERE, (*_position(sphere.Position()), sphere.Radius(), 0.0), recognised)


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
            candidate = _plane(plane, True)
        elif _cleared(found).IsCylinder(tolerance, cylinder):
            candidate = _cylinder(cylinder, True)
        elif _cleared(found).IsCone(tolerance, cone):
            candidate = _cone(cone, True)
        elif _cleared(found).IsSphere(tolerance, sphere):
            candidate = _sphere(sphere, True)
        else:
            candidate = _torus_of(surface)
    except Standard_Failure:
        # Seen where a surface collapses to a line: such a surface is none of these.
        return None
    if candidate is None or strays(candidate, samples).max() > 2 * tolerance:
        return None
    return candidate


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
