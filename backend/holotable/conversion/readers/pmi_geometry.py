"""Drawn annotations of a STEP file: polylines and filled triangles, and the cameras of views.

Read from the exchange structure, because Open CASCADE breaks every polyline into edges of a shape
(28,000 for one NIST file) and attaches only some of AP242 edition 2's drawings. Shapes from Open
CASCADE are the way out for curves that are not read here. Units are the file's; y is not yet up.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve
from OCP.GeomAbs import GeomAbs_CurveType
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS

from holotable.conversion.readers.exchange_structure import (
    ExchangeStructure,
    Parameter,
    Reference,
    integer_lists,
    integers,
    references,
)
from holotable.conversion.readers.step_curves import (
    CURVE_STEPS,
    DEEPEST,
    StepCurves,
    number_of,
    placed,
)
from holotable.review.scene import Floats

_MOST_POINTS: Final = 4_000_000  # of one annotation; real ones have thousands
_TESSELLATED_CURVES: Final = (
    "TESSELLATED_CURVE_SET",
    "TESSELLATED_EDGE",
    "CUBIC_BEZIER_TESSELLATED_EDGE",
)
_SURFACES: Final = {
    # name: which of the parameters that are lists hold point numbers, strips or triangles, fans
    "COMPLEX_TRIANGULATED_SURFACE_SET": (1, 2, 3), "COMPLEX_TRIANGULATED_FACE": (1, 2, 3),
    "TRIANGULATED_SURFACE_SET": (1, 2, None), "TRIANGULATED_FACE": (1, 2, None),
}  # fmt: skip


@dataclass(slots=True)
class Drawing:
    """Polylines, (k, 3) each, and triangles, (m, 3, 3). unread: items of unknown type, by type."""

    lines: list[Floats] = field(default_factory=list)
    triangles: list[Floats] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.lines and not self.triangles

    def mapped(self, function: Callable[[Floats], Floats]) -> "Drawing":
        """The drawing with every point put through a function of (n, 3) arrays.

        All points at once: a note of 1,000 strokes is 1,000 polylines.
        """
        if self.is_empty:
            return self
        pieces = [*self.lines, *(one.reshape(-1, 3) for one in self.triangles)]
        ends = np.cumsum([len(piece) for piece in pieces])[:-1]
        moved = np.split(function(np.concatenate(pieces)), ends)
        count = len(self.lines)
        return Drawing(
            moved[:count], [piece.reshape(-1, 3, 3) for piece in moved[count:]], self.unread
        )

    def box(self) -> Floats | None:
        """Minimum and maximum, (2, 3), or None when there is nothing to draw."""
        if self.is_empty:
            return None
        points = np.concatenate([*self.lines, *(one.reshape(-1, 3) for one in self.triangles)])
        return np.stack([points.min(axis=0), points.max(axis=0)])


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as the file has it. eye, forward, up: z or y up as the file; lengths in its unit.

    Annotations face the viewer when forward is +z of the view reference system: so in all seven
    views of the NIST files here. distance: from eye to view plane. height: of the view window,
    None when perspective. planes: (4,) each, a x + b y + c z + d ≥ 0 is kept.
    """

    eye: Floats
    forward: Floats
    up: Floats
    distance: float
    height: float | None
    planes: tuple[Floats, ...] = ()


class DrawingReader:
    """Reads drawings of one file."""

    def __init__(self, structure: ExchangeStructure) -> None:
        self._structure = structure
        self._curves = StepCurves(structure)
        self._points: dict[int, Floats] = {}

    def drawing(self, occurrence: int) -> Drawing:
        """What an annotation occurrence draws."""
        drawn = Drawing()
        for kind, values in self._structure.records(occurrence):
            if kind.endswith(("OCCURRENCE", "_CURVE")) or kind == "STYLED_ITEM":
                for item in [one for one in values[2:3] if isinstance(one, Reference)]:
                    self._item(item, None, drawn, 0)
                if not drawn.is_empty:
                    break
        return drawn

    def presented(self, occurrence: int) -> str:
        """What an occurrence's drawing is said to show: "flatness", "note"; empty if not said."""
        for kind, values in self._structure.records(occurrence):
            if kind.endswith(("OCCURRENCE", "_CURVE")):
                for item in references(values[2:3]):
                    named = self._structure.parameters(item, "REPRESENTATION_ITEM")
                    if named is None:
                        named = self._structure.parameters(item)
                    if named and isinstance(named[0], str) and named[0].strip():
                        return named[0].strip().lower()
        return ""

    def camera(self, number: int) -> Camera | None:
        """A CAMERA_MODEL_D3 (ISO 10303-46 §4.4.12), or None when it lacks what it must have."""
        values = self._structure.parameters(number, "CAMERA_MODEL_D3")
        if values is None:
            values = self._structure.parameters(number)
        if values is None or len(values) < 3 or not isinstance(values[1], Reference):
            return None
        frame = self._curves.placement(values[1])
        volume = (
            self._structure.parameters(values[2], "VIEW_VOLUME")
            if isinstance(values[2], Reference)
            else None
        )
        if frame is None or volume is None or len(volume) < 9:
            return None
        window = volume[8]
        box = (
            self._structure.parameters(window, "PLANAR_BOX")
            if isinstance(window, Reference)
            else None
        )
        centre, height = np.zeros(2), None
        if box is not None and len(box) > 3:
            width, height = number_of(box[1]), number_of(box[2])
            corner = self._curves.placement(box[3]) if isinstance(box[3], Reference) else None
            if corner is not None and width is not None and height is not None:
                centre = corner[:2, 3] + np.array([width, height]) / 2.0
        projection = self._curves.point(volume[1])
        offset = np.array([*centre, projection[2] if projection is not None else 0.0])
        eye = frame[:3, 3] + frame[:3, :3] @ offset
        perspective = volume[0] == "CENTRAL"
        planes = self._clipping(values[3]) if len(values) > 3 else ()
        return Camera(
            eye, frame[:3, 2], frame[:3, 1], abs(number_of(volume[2]) or 0.0),
            None if perspective else height, planes,
        )  # fmt: skip

    def _clipping(self, value: Parameter) -> tuple[Floats, ...]:
        """Planes that cut a view; material on the side their normal points to is hidden."""
        planes: list[Floats] = []
        for number in references((value,)):
            plane = self._structure.parameters(number, "PLANE")
            position = plane[1] if plane is not None and len(plane) > 1 else None
            frame = self._curves.placement(position) if isinstance(position, Reference) else None
            if frame is not None:
                normal = -frame[:3, 2]
                planes.append(np.array([*normal, -float(normal @ frame[:3, 3])]))
        return tuple(planes)

    def _item(self, number: int, at: Floats | None, drawn: Drawing, depth: int) -> None:
        """Add what an item draws; at: the (4, 4) placement of the set it stands in."""
        if depth > DEEPEST:
            return
        structure = self._structure
        for name in _TESSELLATED_CURVES:
            if structure.is_simple(number, name):
                self._tessellated_curves(number, at, drawn)
                return
        for name, layout in _SURFACES.items():
            if structure.is_simple(number, name):
                self._triangulated(number, layout, at, drawn)
                return
        moved = structure.parameters(number, "REPOSITIONED_TESSELLATED_ITEM")
        if moved:
            place = moved[-1]
            frame = self._curves.placement(place) if isinstance(place, Reference) else None
            at = frame if at is None else at if frame is None else at @ frame
        for name, first in (
            ("TESSELLATED_GEOMETRIC_SET", 0), ("TESSELLATED_SHELL", 1), ("TESSELLATED_WIRE", 1),
            ("GEOMETRIC_CURVE_SET", 1), ("GEOMETRIC_SET", 1), ("ANNOTATION_FILL_AREA", 1),
        ):  # fmt: skip
            values = structure.parameters(number, name)
            if values is not None:
                for inner in references(values[min(first, len(values) - 1) :]):
                    self._item(inner, at, drawn, depth + 1)
                return
        curve = self._curves.curve(number, depth)
        if curve is not None:
            if len(curve) > 1:
                drawn.lines.append(placed(curve, at))
        elif not structure.is_a(
            number,
            "CARTESIAN_POINT",
            "TESSELLATED_POINT_SET",
            "AXIS2_PLACEMENT_3D",
            "TEXT_LITERAL",
            "PLANE",
            "COMPOSITE_TEXT",
        ):
            kind = structure.type_of(number) or "missing"
            drawn.unread[kind] = drawn.unread.get(kind, 0) + 1

    def _coordinates(self, number: int) -> Floats:
        """The points of the COORDINATES_LIST that a tessellated item refers to."""
        known = self._points.get(number)
        if known is None:
            known = self._structure.coordinates(number)
            self._points[number] = known
        return known

    def _tessellated_curves(self, number: int, at: Floats | None, drawn: Drawing) -> None:
        points = placed(self._coordinates(self._structure.first_reference(number)), at)
        for text in self._structure.lists(number)[:1]:
            for chain in integer_lists(text):
                inside = chain[(chain >= 1) & (chain <= len(points))] - 1
                if len(inside) > 1:
                    drawn.lines.append(points[inside])

    def _triangulated(
        self, number: int, layout: tuple[int, int, int | None], at: Floats | None, drawn: Drawing
    ) -> None:
        """ISO 10303-42: strips wind alternately, fans share their first point."""
        points = placed(self._coordinates(self._structure.first_reference(number)), at)
        texts = self._structure.lists(number)
        which, strips, fans = layout
        if len(texts) <= (strips if fans is None else fans):
            return
        mapping = integers(texts[which]) if texts[which].strip(b"() ") else None
        triples: list[np.ndarray[Any, np.dtype[np.int64]]] = []
        for chain in _same_length(integer_lists(texts[strips])):
            if fans is None:
                triples.append(chain[:, : chain.shape[1] // 3 * 3].reshape(-1, 3))
            else:
                found = np.stack([chain[:, :-2], chain[:, 1:-1], chain[:, 2:]], axis=2)
                found[:, 1::2] = found[:, 1::2][:, :, [1, 0, 2]]
                triples.append(found.reshape(-1, 3))
        for chain in _same_length(integer_lists(texts[fans])) if fans is not None else ():
            first = np.broadcast_to(chain[:, :1], (len(chain), chain.shape[1] - 2))
            triples.append(np.stack([first, chain[:, 1:-1], chain[:, 2:]], axis=2).reshape(-1, 3))
        if not triples:
            return
        corners = np.concatenate(triples)
        if mapping is not None and len(mapping):
            corners = corners[((corners >= 1) & (corners <= len(mapping))).all(axis=1)]
            corners = mapping[corners - 1]
        corners = corners[((corners >= 1) & (corners <= len(points))).all(axis=1)] - 1
        distinct = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2])
        corners = corners[distinct & (corners[:, 0] != corners[:, 2])]
        if len(corners):
            drawn.triangles.append(points[corners])


def drawing_of_shape(shape: Any) -> Drawing:
    """The edges of a presentation shape as polylines, its faces' triangulation as triangles."""
    drawn = Drawing()
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE)
    while explorer.More():
        face = TopoDS.Face(explorer.Current())
        location = TopLoc_Location()
        mesh = BRep_Tool.Triangulation_s(face, location)
        if mesh is not None:
            move = location.Transformation()
            nodes = [mesh.Node(i).Transformed(move) for i in range(1, mesh.NbNodes() + 1)]
            points = np.array([(node.X(), node.Y(), node.Z()) for node in nodes])
            corners = [mesh.Triangle(i).Get() for i in range(1, mesh.NbTriangles() + 1)]
            if corners:
                drawn.triangles.append(points[np.array(corners) - 1])
        explorer.Next()
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_EDGE)
    while explorer.More() and len(drawn.lines) < _MOST_POINTS:
        edge = TopoDS.Edge(explorer.Current())
        if not BRep_Tool.Degenerated_s(edge):
            curve = BRepAdaptor_Curve(edge)
            first, last = curve.FirstParameter(), curve.LastParameter()
            if math.isfinite(first) and math.isfinite(last) and abs(last - first) < 1e30:
                straight = curve.GetType() == GeomAbs_CurveType.GeomAbs_Line
                steps = 2 if straight else CURVE_STEPS // 2
                at = [curve.Value(float(t)) for t in np.linspace(first, last, steps)]
                points = np.array([(point.X(), point.Y(), point.Z()) for point in at])
                if edge.Orientation() == TopAbs_Orientation.TopAbs_REVERSED:
                    points = points[::-1]
                drawn.lines.append(points)
        explorer.Next()
    return drawn


def joined(lines: list[Floats]) -> list[Floats]:
    """Polylines with those that go on where the one before ended joined to it."""
    chains: list[list[Floats]] = []
    for line in lines:
        if chains and np.array_equal(chains[-1][-1][-1], line[0]):
            chains[-1].append(line[1:])
        else:
            chains.append([line])
    return [np.concatenate(chain) for chain in chains]


def _same_length(chains: list[Any]) -> Iterator[Any]:
    """Chains of at least three, those of one length together as (n, length)."""
    by_length: dict[int, list[Any]] = {}
    for chain in chains:
        if len(chain) > 2:
            by_length.setdefault(len(chain), []).append(chain)
    for group in by_length.values():
        yield np.stack(group)
