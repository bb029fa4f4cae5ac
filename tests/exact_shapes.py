"""B-rep shapes with closed-form truth, read as exact parts. Millimetres, z up."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from cad_files import box, cylinder
from OCP.BRep import BRep_Tool
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert
from OCP.BRepFilletAPI import BRepFilletAPI_MakeFillet
from OCP.BRepPrimAPI import (
    BRepPrimAPI_MakeBox,
    BRepPrimAPI_MakeCone,
    BRepPrimAPI_MakeCylinder,
    BRepPrimAPI_MakeSphere,
    BRepPrimAPI_MakeTorus,
)
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS

from holotable.conversion.readers.brep_exact import Frame, ReadExact, exact_part
from holotable.conversion.readers.brep_mesh import tessellate
from holotable.review.exact import ExactPart, Floats
from holotable.review.scene import Z_UP_TO_Y_UP

MILLIMETRES = Frame(1e-3, np.eye(4), np.zeros(3))
Y_UP = Frame(1e-3, Z_UP_TO_Y_UP, np.zeros(3))


def read_exact(shape: Any, frame: Frame = MILLIMETRES) -> ReadExact:
    """The exact shape with what could not be read."""
    return exact_part(shape, tessellate(shape, 0.1, 0.5), frame)


def exact_of(shape: Any, frame: Frame = MILLIMETRES) -> ExactPart:
    """The exact shape, in metres and by default with the file's axes."""
    return read_exact(shape, frame).shape


@dataclass(frozen=True)
class Truth:
    """SI, z up: volume, area, centre, inertia about it at density 1."""

    volume: float
    area: float
    centre: tuple[float, float, float]
    inertia: Floats


def drilled_block() -> Any:
    """A block 40 × 30 × 20 mm with a through bore of radius 4 mm along z at (15, 10)."""
    tool = BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(15, 10, -5), gp_Dir(0, 0, 1)), 4.0, 40).Shape()
    return BRepAlgoAPI_Cut(box(40, 30, 20), tool).Shape()


def filleted_box() -> Any:
    """A box 40 × 30 × 20 mm whose four edges along z are rounded with radius 5 mm."""
    solid = box(40, 30, 20)
    fillet = BRepFilletAPI_MakeFillet(solid)
    explorer = TopExp_Explorer(solid, TopAbs_ShapeEnum.TopAbs_EDGE)
    seen = set()
    while explorer.More():
        edge = TopoDS.Edge(explorer.Current())
        explorer.Next()
        ends = TopExp_Explorer(edge, TopAbs_ShapeEnum.TopAbs_VERTEX)
        points = []
        while ends.More():
            points.append(_place(ends.Current()))
            ends.Next()
        upright = points[0][:2] == points[1][:2]
        if upright and points[0][:2] not in seen:
            seen.add(points[0][:2])
            fillet.Add(5.0, edge)
    return fillet.Shape()


def _place(vertex: Any) -> tuple[float, ...]:
    return tuple(round(x, 6) for x in BRep_Tool.Pnt_s(TopoDS.Vertex(vertex)).Coord())


def hollow_sphere() -> Any:
    """A ball of radius 10 mm with a spherical void of radius 6 mm."""
    return BRepAlgoAPI_Cut(
        BRepPrimAPI_MakeSphere(10.0).Shape(), BRepPrimAPI_MakeSphere(6.0).Shape()
    ).Shape()


def as_splines(shape: Any) -> Any:
    """The same shape with every curve and surface written as a B-spline."""
    return BRepBuilderAPI_NurbsConvert(shape, True).Shape()


def cone() -> Any:
    """A frustum along z: radius 5 mm at z = 0, 2 mm at z = 10."""
    return BRepPrimAPI_MakeCone(5.0, 2.0, 10.0).Shape()


def torus() -> Any:
    """A ring of radius 10 mm and tube 3 mm about z."""
    return BRepPrimAPI_MakeTorus(10.0, 3.0).Shape()


def sphere() -> Any:
    """A ball of radius 7 mm about the origin."""
    return BRepPrimAPI_MakeSphere(7.0).Shape()


def _diagonal(x: float, y: float, z: float) -> Floats:
    return np.diag([x, y, z])


def _box_truth(x: float, y: float, z: float) -> Truth:
    volume = x * y * z
    return Truth(
        volume,
        2 * (x * y + y * z + z * x),
        (x / 2, y / 2, z / 2),
        volume / 12 * _diagonal(y * y + z * z, x * x + z * z, x * x + y * y),
    )


def _cylinder_truth(r: float, h: float) -> Truth:
    volume = math.pi * r * r * h
    across = volume * (3 * r * r + h * h) / 12
    return Truth(
        volume,
        2 * math.pi * r * (r + h),
        (0, 0, h / 2),
        _diagonal(across, across, volume * r * r / 2),
    )


def _frustum_truth(a: float, b: float, h: float) -> Truth:
    """Moments of a stack of discs whose radius goes from a to b, integrated as polynomials."""
    radius = np.polynomial.Polynomial([a, (b - a) / h])
    z = np.polynomial.Polynomial([0.0, 1.0])

    def over(integrand: Any) -> float:
        whole = integrand.integ()
        return float(whole(h) - whole(0.0))

    volume = math.pi * over(radius**2)
    height = math.pi * over(radius**2 * z) / volume
    about_z = math.pi / 2 * over(radius**4)
    across = math.pi / 4 * over(radius**4) + math.pi * over(radius**2 * (z - height) ** 2)
    slant = math.hypot(h, a - b)
    return Truth(
        volume,
        math.pi * (a * a + b * b + slant * (a + b)),
        (0, 0, height),
        _diagonal(across, across, about_z),
    )


def _sphere_truth(r: float) -> Truth:
    volume = 4 / 3 * math.pi * r**3
    return Truth(volume, 4 * math.pi * r * r, (0, 0, 0), np.eye(3) * 0.4 * volume * r * r)


def _torus_truth(ring: float, tube: float) -> Truth:
    volume = 2 * math.pi**2 * ring * tube**2
    about_z = volume * (ring**2 + 0.75 * tube**2)
    across = volume * (ring**2 / 2 + 0.625 * tube**2)
    return Truth(
        volume, 4 * math.pi**2 * ring * tube, (0, 0, 0), _diagonal(across, across, about_z)
    )


def _less(whole: Truth, bore: Truth, area: float) -> Truth:
    """A shape without a part of it, both about the latter's own centre by the parallel axis."""
    volume = whole.volume - bore.volume
    a, b = np.array(whole.centre), np.array(bore.centre)
    centre = (whole.volume * a - bore.volume * b) / volume

    def about(truth: Truth, place: Floats) -> Floats:
        arm = place - centre
        return truth.inertia + truth.volume * (arm @ arm * np.eye(3) - np.outer(arm, arm))

    return Truth(volume, area, tuple(centre.tolist()), about(whole, a) - about(bore, b))


def _drilled_truth() -> Truth:
    block, r, h = _box_truth(0.04, 0.03, 0.02), 0.004, 0.02
    bore = _cylinder_truth(r, h)
    bore = Truth(bore.volume, bore.area, (0.015, 0.01, 0.01), bore.inertia)
    return _less(block, bore, block.area - 2 * math.pi * r * r + 2 * math.pi * r * h)


def _rounded_truth() -> Truth:
    """A box less four corners, each a square prism less a quarter of a cylinder."""
    x, y, z, r = 0.04, 0.03, 0.02, 0.005
    gap = (4 - math.pi) * r * r  # all four together
    plan = x * y - gap
    quarter = r * r * (1 - math.pi / 4)
    middle = (r**3 / 2 - r**3 * (math.pi / 4 - 1 / 3)) / quarter  # of a gap, from its corner
    # Second moments of a gap about its corner, by the square less the quarter disc around (r, r).
    disc = r**4 * (math.pi / 16 - 2 / 3 + math.pi / 4)
    square = r**4 / 3 - disc
    second_x = x**3 * y / 12 - 4 * (square - quarter * middle**2 + quarter * (x / 2 - middle) ** 2)
    second_y = y**3 * x / 12 - 4 * (square - quarter * middle**2 + quarter * (y / 2 - middle) ** 2)
    volume = plan * z
    about = _diagonal(
        z * second_y + volume * z * z / 12,
        z * second_x + volume * z * z / 12,
        z * (second_x + second_y),
    )
    rim = 2 * (x + y) - 8 * r + 2 * math.pi * r
    return Truth(volume, 2 * plan + rim * z, (x / 2, y / 2, z / 2), about)


SOLIDS: dict[str, tuple[Any, Truth]] = {
    "box": (lambda: box(10, 20, 30), _box_truth(0.01, 0.02, 0.03)),
    "cylinder": (lambda: cylinder(5, 10), _cylinder_truth(0.005, 0.01)),
    "cone": (cone, _frustum_truth(0.005, 0.002, 0.01)),
    "sphere": (sphere, _sphere_truth(0.007)),
    "torus": (torus, _torus_truth(0.01, 0.003)),
    "drilled block": (drilled_block, _drilled_truth()),
    "filleted box": (filleted_box, _rounded_truth()),
    "hollow sphere": (
        hollow_sphere,
        _less(_sphere_truth(0.01), _sphere_truth(0.006), 4 * math.pi * (1e-4 + 3.6e-5)),
    ),
}


def boxed(low: tuple[float, float, float], size: tuple[float, float, float]) -> Any:
    """A box from a corner."""
    return BRepPrimAPI_MakeBox(gp_Pnt(*low), *size).Shape()
