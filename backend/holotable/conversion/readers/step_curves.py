"""Placements, points and curves of a STEP file as numbers, in the file's unit (ISO 10303-42).

Curves are what drawn annotations of AP203 edition 2 and AP242 consist of: polylines, lines,
circles, ellipses, trimmed and composite ones.
"""

import math
from typing import Final

import numpy as np

from holotable.conversion.readers.exchange_structure import (
    ExchangeStructure,
    Parameter,
    Reference,
    Typed,
    references,
)
from holotable.review.scene import Floats

CURVE_STEPS: Final = 48  # segments of a full turn
DEEPEST: Final = 16  # of curves in curves; a file that loops ends here


class StepCurves:
    """Placements and curves of one file, by instance number."""

    def __init__(self, structure: ExchangeStructure) -> None:
        self.structure = structure

    def placement(self, number: int) -> Floats | None:
        """An AXIS2_PLACEMENT_3D as a (4, 4) matrix."""
        values = self.structure.parameters(number, "AXIS2_PLACEMENT_3D")
        if values is None or len(values) < 2:
            return None
        origin = self.point(values[1])
        if origin is None:
            return None
        axis = self.point(values[2]) if len(values) > 2 else None
        reference = self.point(values[3]) if len(values) > 3 else None
        z = np.array([0.0, 0.0, 1.0]) if axis is None else axis
        x = np.array([1.0, 0.0, 0.0]) if reference is None else reference
        return _frame(origin, z, x)

    def curve(self, number: int, depth: int = 0) -> Floats | None:
        """A curve as points, or None when its type is not read here."""
        structure = self.structure
        if depth > DEEPEST:
            return None
        values = structure.parameters(number)
        match structure.type_of(number) if values is not None else "":
            case "POLYLINE" if values is not None and len(values) > 1:
                points = [self.point(one) for one in references(values[1:2])]
                return np.array([point for point in points if point is not None]).reshape(-1, 3)
            case "COMPOSITE_CURVE" if values is not None and len(values) > 1:
                return self._composite(values[1], depth)
            case "TRIMMED_CURVE" if values is not None and len(values) > 4:
                return self._trimmed(values)
            case "CIRCLE" | "ELLIPSE":
                return self._conic(number, 0.0, math.tau)
            case _:
                return None

    def _composite(self, segments: Parameter, depth: int) -> Floats | None:
        pieces: list[Floats] = []
        for segment in references((segments,)):
            values = self.structure.parameters(segment)
            parent = values[2] if values is not None and len(values) > 2 else None
            if not isinstance(parent, Reference):
                return None
            piece = self.curve(parent, depth + 1)
            if piece is None:
                return None
            pieces.append(piece if values is None or values[1] != "F" else piece[::-1])
        return np.concatenate(pieces) if pieces else None

    def _trimmed(self, values: tuple[Parameter, ...]) -> Floats | None:
        basis = values[1]
        if not isinstance(basis, Reference):
            return None
        ends = [self._trim(basis, values[2]), self._trim(basis, values[3])]
        if ends[0] is None or ends[1] is None:
            return None
        start, end = ends[0], ends[1]
        same = values[4] != "F"
        if self.structure.is_a(basis, "LINE"):
            points = [self._on_line(basis, one) for one in (start, end)]
            if points[0] is None or points[1] is None:
                return None
            return np.array(points)
        if same and end <= start:
            end += math.tau
        elif not same and end >= start:
            end -= math.tau
        return self._conic(basis, start, end)

    def _trim(self, basis: int, value: Parameter) -> float | None:
        """The parameter of a trim, from a parameter value or a point; of conics in radians."""
        found: float | None = None
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Typed) and one.values:
                found = number_of(one.values[0])
                if found is not None and self.structure.is_a(basis, "CIRCLE", "ELLIPSE"):
                    # Radians, or degrees where the file's plane angles are degrees.
                    found = math.radians(found) if abs(found) > math.tau + 1e-9 else found
            elif isinstance(one, Reference):
                point = self.point(one)
                if point is not None:
                    return self._parameter_of(basis, point)
        return found

    def _parameter_of(self, basis: int, point: Floats) -> float | None:
        values = self.structure.parameters(basis) or ()
        if self.structure.is_a(basis, "LINE") and len(values) > 2:
            origin, direction = self.point(values[1]), self.point(values[2])
            if origin is None or direction is None:
                return None
            length = float(direction @ direction)
            return float((point - origin) @ direction) / length if length > 0.0 else None
        frame = (
            self.placement(values[1])
            if len(values) > 2 and isinstance(values[1], Reference)
            else None
        )
        if frame is None:
            return None
        local = frame[:3, :3].T @ (point - frame[:3, 3])
        radii = [number_of(one) or 1.0 for one in values[2:4]]
        return math.atan2(local[1] / radii[-1], local[0] / radii[0])

    def _on_line(self, basis: int, parameter: float) -> Floats | None:
        values = self.structure.parameters(basis) or ()
        if len(values) < 3:
            return None
        origin, direction = self.point(values[1]), self.point(values[2])
        if origin is None or direction is None:
            return None
        return np.asarray(origin + parameter * direction, np.float64)

    def _conic(self, number: int, start: float, end: float) -> Floats | None:
        values = self.structure.parameters(number, "CIRCLE", "ELLIPSE")
        if values is None or len(values) < 3 or not isinstance(values[1], Reference):
            return None
        frame = self.placement(values[1])
        radii = [number_of(one) for one in values[2:4]]
        if frame is None or radii[0] is None or radii[-1] is None:
            return None
        steps = max(2, math.ceil(CURVE_STEPS * abs(end - start) / math.tau)) + 1
        turn = np.linspace(start, end, steps)
        local = np.stack([radii[0] * np.cos(turn), radii[-1] * np.sin(turn), 0.0 * turn], axis=1)
        return placed(local, frame)

    def point(self, value: Parameter) -> Floats | None:
        """The numbers of a CARTESIAN_POINT, DIRECTION or VECTOR; (3,)."""
        if not isinstance(value, Reference):
            return None
        values = self.structure.parameters(value)
        if values is None or len(values) < 2:
            return None
        if self.structure.is_a(value, "VECTOR") and len(values) > 2:
            direction, length = self.point(values[1]), number_of(values[2])
            return None if direction is None or length is None else direction * length
        numbers = values[1] if isinstance(values[1], tuple) else ()
        found = [number_of(one) for one in numbers]
        if not 1 < len(found) < 4 or any(one is None for one in found):
            return None
        return np.array([*found, 0.0][:3], np.float64)


def placed(points: Floats, at: Floats | None) -> Floats:
    """Points, (n, 3), moved by a (4, 4) placement."""
    return points if at is None else points @ at[:3, :3].T + at[:3, 3]


def _frame(origin: Floats, z: Floats, x: Floats) -> Floats | None:
    length = float(np.linalg.norm(z))
    if not length > 0.0:
        return None
    z = z / length
    x = x - z * float(x @ z)
    if float(np.linalg.norm(x)) < 1e-12:
        x = np.cross(z, np.eye(3)[int(np.argmin(np.abs(z)))])
    x = x / float(np.linalg.norm(x))
    frame = np.eye(4)
    frame[:3, 0], frame[:3, 1], frame[:3, 2], frame[:3, 3] = x, np.cross(z, x), z, origin
    return frame


def number_of(value: Parameter) -> float | None:
    """A parameter that is a finite number, else None."""
    if isinstance(value, Reference) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
