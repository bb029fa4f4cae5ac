"""Exact solids for the samples: turned, extruded, drilled, toothed. Millimetres, axis z.

Flanks of gears are arcs through three points of the involute: within 2 um of it at module 2, and
a cylinder instead of a spline keeps the file small.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from OCP.BRepAlgoAPI import BRepAlgoAPI_Common, BRepAlgoAPI_Cut, BRepAlgoAPI_Fuse
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_MakeEdge,
    BRepBuilderAPI_MakeFace,
    BRepBuilderAPI_MakeWire,
    BRepBuilderAPI_Transform,
)
from OCP.BRepPrimAPI import (
    BRepPrimAPI_MakeBox,
    BRepPrimAPI_MakeCylinder,
    BRepPrimAPI_MakePrism,
    BRepPrimAPI_MakeRevol,
    BRepPrimAPI_MakeSphere,
    BRepPrimAPI_MakeTorus,
)
from OCP.collections import List_TopoDS_Shape
from OCP.GC import GC_MakeArcOfCircle
from OCP.gp import gp_Ax1, gp_Ax2, gp_Circ, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.ShapeUpgrade import ShapeUpgrade_UnifySameDomain
from OCP.TopoDS import TopoDS, TopoDS_Iterator

from holotable.sample.step_file import Matrix

Point = tuple[float, float]
_Z: Final = (0.0, 0.0, 1.0)
_PRESSURE_ANGLE: Final = math.radians(20.0)


@dataclass(frozen=True, slots=True)
class Arc:
    """The rest of an outline's way to `end` as a circular arc through `middle`."""

    middle: Point
    end: Point


Outline = Sequence[Point | Arc]


def turned(outline: Outline) -> Any:
    """A solid of revolution about z. outline: closed, (radius, z) from its first point."""
    wire = _wire([_lift(step, lambda p: gp_Pnt(p[0], 0.0, p[1])) for step in outline])
    face = BRepBuilderAPI_MakeFace(wire, True).Face()
    return BRepPrimAPI_MakeRevol(face, gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1))).Shape()


def extruded(outline: Outline, height: float, z: float = 0.0, holes: Sequence[Outline] = ()) -> Any:
    """A prism along z. outline: closed, (x, y); holes: closed outlines inside it."""

    def at(point: Point) -> Any:
        return gp_Pnt(point[0], point[1], z)

    maker = BRepBuilderAPI_MakeFace(_wire([_lift(step, at) for step in outline]), True)
    for hole in holes:
        maker.Add(TopoDS.Wire(_wire([_lift(step, at) for step in hole]).Reversed()))
    return BRepPrimAPI_MakePrism(maker.Face(), gp_Vec(0, 0, height)).Shape()


def circle(radius: float, centre: Point = (0.0, 0.0)) -> Outline:
    """A circle as an outline of two arcs."""
    x, y = centre
    return [
        (x + radius, y),
        Arc((x, y + radius), (x - radius, y)),
        Arc((x, y - radius), (x + radius, y)),
    ]


def cylinder(
    radius: float,
    height: float,
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
    axis: tuple[float, float, float] = _Z,
) -> Any:
    """A cylinder from `origin` along `axis`."""
    frame = gp_Ax2(gp_Pnt(*origin), gp_Dir(*axis))
    return BRepPrimAPI_MakeCylinder(frame, radius, height).Shape()


def block(low: tuple[float, float, float], high: tuple[float, float, float]) -> Any:
    """A box between two corners."""
    return BRepPrimAPI_MakeBox(gp_Pnt(*low), gp_Pnt(*high)).Shape()


def ball(radius: float) -> Any:
    """A sphere about the origin."""
    return BRepPrimAPI_MakeSphere(radius).Shape()


def torus(radius: float, thickness: float, place: Matrix) -> Any:
    """A torus about the z axis of its place. radius: of its middle line; thickness: a radius."""
    return moved(BRepPrimAPI_MakeTorus(radius, thickness).Shape(), place)


def swept_ring(inner: float, outer: float, bend_radius: float) -> Any:
    """A pipe elbow of 90 degrees: enters along z at the origin and leaves along x."""
    origin, up = gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1)
    wires = [
        BRepBuilderAPI_MakeWire(
            BRepBuilderAPI_MakeEdge(gp_Circ(gp_Ax2(origin, up), radius)).Edge()
        ).Wire()
        for radius in (outer, inner)
    ]
    face = BRepBuilderAPI_MakeFace(wires[0], True)
    face.Add(TopoDS.Wire(wires[1].Reversed()))
    axis = gp_Ax1(gp_Pnt(bend_radius, 0, 0), gp_Dir(0, 1, 0))
    return BRepPrimAPI_MakeRevol(face.Face(), axis, math.pi / 2.0).Shape()


def cut(shape: Any, *tools: Any) -> Any:
    """The shape without the tools."""
    return _boolean(BRepAlgoAPI_Cut(), [shape], tools)


def fused(shape: Any, *others: Any) -> Any:
    """The shapes as one, without the faces' old borders."""
    whole = _boolean(BRepAlgoAPI_Fuse(), [shape], others)
    merge = ShapeUpgrade_UnifySameDomain(whole, True, True, False)
    merge.Build()
    return merge.Shape()


def common(shape: Any, other: Any) -> Any:
    """What the shapes share."""
    return _boolean(BRepAlgoAPI_Common(), [shape], [other])


def moved(shape: Any, matrix: Matrix) -> Any:
    """A copy of the shape at another place. matrix: (4, 4) rigid."""
    transform = gp_Trsf()
    transform.SetValues(*(float(value) for value in matrix[:3].ravel()))
    return BRepBuilderAPI_Transform(shape, transform, True).Shape()


def around(count: int, radius: float, first_degrees: float = 0.0) -> list[Point]:
    """Points on a circle about the origin, evenly spread."""
    angles = [math.radians(first_degrees + 360.0 * n / count) for n in range(count)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def hexagon(across_flats: float) -> list[Point]:
    """A regular hexagon with flats facing x."""
    return around(6, across_flats / math.sqrt(3.0), 30.0)


def cap_screw(diameter: float, length: float) -> Any:
    """A socket head cap screw (ISO 4762): head above z = 0, shank below, ends chamfered."""
    head, edge = 0.75 * diameter, 0.06 * diameter
    shank, tip = diameter / 2.0, 0.12 * diameter
    body = turned(
        [
            (0.0, -length), (shank - tip, -length), (shank, -length + tip), (shank, 0.0),
            (head, 0.0), (head, diameter - edge), (head - edge, diameter), (0.0, diameter),
        ]
    )  # fmt: skip
    return cut(body, extruded(hexagon(0.75 * diameter), diameter, 0.45 * diameter))


def hex_screw(diameter: float, length: float) -> Any:
    """A hexagon head screw (ISO 4017): head above z = 0, shank below."""
    shank, tip = diameter / 2.0, 0.12 * diameter
    height, flats = 0.65 * diameter, 1.6 * diameter
    body = turned(
        [(0.0, -length), (shank - tip, -length), (shank, -length + tip), (shank, 0.1), (0.0, 0.1)]
    )
    return fused(_chamfered_hexagon(flats, height), body)


def hex_nut(diameter: float) -> Any:
    """A hexagon nut (ISO 4032) on z = 0."""
    flats, height = 1.6 * diameter, 0.8 * diameter
    return cut(_chamfered_hexagon(flats, height), cylinder(diameter / 2.0, height))


def washer(diameter: float) -> Any:
    """A plain washer (ISO 7089) on z = 0 for a screw of this diameter; 0.2 diameters thick."""
    return ring(0.53 * diameter, diameter, 0.2 * diameter)


def ring(inner: float, outer: float, height: float, z: float = 0.0) -> Any:
    """A plain ring: radii and height."""
    return turned([(inner, z), (outer, z), (outer, z + height), (inner, z + height)])


def gear(module: float, teeth: int, width: float, bore: float, z: float = 0.0) -> Any:
    """A spur gear with a tooth on the x axis; bore: radius, 0 for none."""
    radius = module * teeth / 2.0
    outline = _toothed(module, teeth, radius + module, radius - 1.25 * module, backlash=0.04)
    holes = [circle(bore)] if bore > 0 else []
    return extruded(outline, width, z, holes)


def internal_teeth(module: float, teeth: int) -> Outline:
    """The opening of a ring gear, with a tooth's space on the x axis."""
    radius = module * teeth / 2.0
    return _toothed(module, teeth, radius + 1.25 * module, radius - module, backlash=-0.04)


def _chamfered_hexagon(flats: float, height: float) -> Any:
    corner = flats / math.sqrt(3.0)
    drop = (corner - flats / 2.0) * math.tan(math.radians(30.0))
    shell = turned(
        [(0.0, 0.0), (corner, 0.0), (corner, height - drop), (flats / 2.0, height), (0.0, height)]
    )
    return common(extruded(hexagon(flats), height), shell)


def _toothed(module: float, teeth: int, tip: float, root: float, backlash: float) -> Outline:
    """Teeth between two radii; flanks follow the involute of a 20 degree rack.

    backlash: by how much each tooth is thinner than half a pitch at the pitch circle.
    """
    pitch = module * teeth / 2.0
    base = pitch * math.cos(_PRESSURE_ANGLE)
    start = max(root, base * 1.0005)

    def half_angle(radius: float) -> float:
        involute = math.acos(min(base / radius, 1.0))
        return (
            (math.pi * module / 2.0 - backlash) / (2.0 * pitch)
            + math.tan(_PRESSURE_ANGLE) - _PRESSURE_ANGLE
            - (math.tan(involute) - involute)
        )  # fmt: skip

    def polar(radius: float, angle: float) -> Point:
        return radius * math.cos(angle), radius * math.sin(angle)

    step = 2.0 * math.pi / teeth
    middle = (start + tip) / 2.0
    outline: list[Point | Arc] = [polar(root, -half_angle(start))]
    for tooth in range(teeth):
        at = tooth * step
        if start > root:
            outline.append(polar(start, at - half_angle(start)))
        outline.append(
            Arc(polar(middle, at - half_angle(middle)), polar(tip, at - half_angle(tip)))
        )
        outline.append(Arc(polar(tip, at), polar(tip, at + half_angle(tip))))
        outline.append(
            Arc(polar(middle, at + half_angle(middle)), polar(start, at + half_angle(start)))
        )
        if start > root:
            outline.append(polar(root, at + half_angle(start)))
        outline.append(
            Arc(polar(root, at + step / 2.0), polar(root, at + step - half_angle(start)))
        )
    return outline


def _lift(step: Point | Arc, at: Any) -> Any:
    return (at(step.middle), at(step.end)) if isinstance(step, Arc) else at(step)


def _wire(steps: Sequence[Any]) -> Any:
    """Edges between the steps' points, closed back to the first."""
    maker = BRepBuilderAPI_MakeWire()
    first = here = steps[0]
    for step in steps[1:]:
        if isinstance(step, tuple):
            arc = GC_MakeArcOfCircle(here, step[0], step[1]).Value()
            maker.Add(BRepBuilderAPI_MakeEdge(arc).Edge())
            here = step[1]
        else:
            maker.Add(BRepBuilderAPI_MakeEdge(here, step).Edge())
            here = step
    if here.Distance(first) > 1e-6:
        maker.Add(BRepBuilderAPI_MakeEdge(here, first).Edge())
    return maker.Wire()


def _boolean(operation: Any, arguments: Sequence[Any], tools: Sequence[Any]) -> Any:
    first, second = List_TopoDS_Shape(), List_TopoDS_Shape()
    for shape in arguments:
        first.Append(shape)
    for shape in tools:
        second.Append(shape)
    operation.SetArguments(first)
    operation.SetTools(second)
    operation.Build()
    if not operation.IsDone():
        raise ValueError("Open CASCADE could not combine the solids.")
    result = operation.Shape()
    children = TopoDS_Iterator(result)
    only = children.Value() if children.More() else result
    children.Next()
    return result if children.More() else only
