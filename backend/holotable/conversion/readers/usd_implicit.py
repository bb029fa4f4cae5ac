"""Implicit solids of USD (UsdGeomCube, Sphere, Cylinder, Cone, Capsule, Plane) as triangles."""

import math
from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.conversion.options import deflection_for
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.usd_geometry import value
from holotable.errors import DamagedFile
from holotable.review.scene import Floats

Prim: TypeAlias = Any  # Usd.Prim: the library has no types

IMPLICIT: Final = frozenset(
    {"Cube", "Sphere", "Cylinder", "Cylinder_1", "Cone", "Capsule", "Capsule_1", "Plane"}
)
_MIN_SEGMENTS: Final = 12
_MAX_SEGMENTS: Final = 256
# Columns of the implicit solids' frames: their axis is z below, cyclic so that handedness stays.
_AXES: Final = {"X": [2, 0, 1], "Y": [1, 2, 0], "Z": [0, 1, 2]}


def read_implicit(prim: Prim, assembly: Assembly) -> tuple[Floats, Numbers, str]:
    """Points and triangles of an implicit solid within the tolerance, and a key of its size."""
    kind = str(prim.GetTypeName())

    def number(name: str) -> float:
        found = value(prim.GetAttribute(name))
        if not isinstance(found, int | float) or not 0 <= found < math.inf:
            raise DamagedFile(f"The {name} of {prim.GetName()} is no length.")
        return float(found)

    if kind == "Cube":
        half = number("size") / 2
        return *_box(half), f"{kind} {half}"
    axis = str(value(prim.GetAttribute("axis")) or "Z") if kind != "Sphere" else "Z"
    if axis not in _AXES:
        raise DamagedFile(f"The axis of {prim.GetName()} is none.")
    if kind == "Plane":
        width, length = number("width") / 2, number("length") / 2
        return *_plane(width, length, axis), f"{kind} {width} {length} {axis}"
    if kind == "Sphere":
        sizes = (number("radius"), number("radius"), 0.0)
    elif kind in ("Cylinder_1", "Capsule_1"):
        sizes = (number("radiusBottom"), number("radiusTop"), number("height"))
    elif kind == "Cone":
        sizes = (number("radius"), 0.0, number("height"))
    else:
        sizes = (number("radius"), number("radius"), number("height"))
    rounded = kind.startswith(("Sphere", "Capsule"))
    points, triangles = _lathe(*_profile(*sizes, assembly, rounded=rounded))
    return points[:, _AXES[axis]], triangles, f"{kind} {sizes} {axis}"


def _box(half: float) -> tuple[Floats, Numbers]:
    signs = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)], np.float64)
    quads = np.array(
        [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
    )
    return signs * half, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _plane(width: float, length: float, axis: str) -> tuple[Floats, Numbers]:
    """A rectangle whose front looks along its axis (UsdGeomPlane)."""
    x, y = np.array([-1, 1, 1, -1.0]), np.array([-1, -1, 1, 1.0])
    flat = np.zeros(4)
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    if axis == "Z":
        return np.stack([x * width, y * length, flat], axis=1), triangles
    if axis == "X":
        return np.stack([flat, x * length, y * width], axis=1), triangles
    return np.stack([x * width, flat, -y * length], axis=1), triangles


def _profile(
    below: float, above: float, height: float, assembly: Assembly, *, rounded: bool
) -> tuple[Floats, int]:
    """(k, 2) radius and z of a turned solid from its lower pole to its upper, and its segments."""
    radius = max(below, above)
    tall = height + (below + above if rounded else 0.0)
    diagonal = math.sqrt(8 * radius * radius + tall * tall)
    tolerance = deflection_for(diagonal * assembly.scale, assembly.options) / assembly.scale
    segments = _MIN_SEGMENTS
    if radius > 0:
        step = 2 * math.acos(max(-1.0, 1 - tolerance / radius)) or 1e-6
        step = min(step, assembly.options.angle_rad)
        segments = min(max(segments, math.ceil(2 * math.pi / step)), _MAX_SEGMENTS)
    segments = -(-segments // 4) * 4  # so that a turned solid reaches its bounding box
    if not rounded:
        return np.array(
            [[0, -height / 2], [below, -height / 2], [above, height / 2], [0, height / 2]]
        ), segments
    angles = np.linspace(-np.pi / 2, 0, segments // 4 + 1)
    bottom = np.stack([np.cos(angles) * below, np.sin(angles) * below - height / 2], axis=1)
    top = np.stack([np.cos(angles) * above, -np.sin(angles) * above + height / 2], axis=1)[::-1]
    return np.concatenate([bottom, top if height > 0 else top[1:]]), segments


def _lathe(profile: Floats, segments: int) -> tuple[Floats, Numbers]:
    """A closed solid of revolution about z; first and last point of the profile are its poles."""
    angles = 2 * np.pi * np.arange(segments) / segments
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    circle[np.abs(circle) < 1e-15] = 0.0
    rings = profile[1:-1]
    rings = rings[rings[:, 0] > 0] if len(rings) else rings
    points = [np.array([[0.0, 0.0, profile[0, 1]]])]
    points += [np.column_stack([circle * r, np.full(segments, z)]) for r, z in rings.tolist()]
    points.append(np.array([[0.0, 0.0, profile[-1, 1]]]))
    here = np.arange(segments)
    after = (here + 1) % segments
    triangles = [np.stack([np.zeros_like(here), 1 + after, 1 + here], axis=1)]
    for ring in range(len(rings) - 1):
        low, high = 1 + ring * segments, 1 + (ring + 1) * segments
        triangles.append(np.stack([low + here, low + after, high + after], axis=1))
        triangles.append(np.stack([low + here, high + after, high + here], axis=1))
    last, top = 1 + (len(rings) - 1) * segments, 1 + len(rings) * segments
    triangles.append(np.stack([np.full(segments, top), last + here, last + after], axis=1))
    return np.concatenate(points), np.concatenate(triangles)
