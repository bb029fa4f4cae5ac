"""Which IFC elements are cut by which openings and half spaces, where meshes say it all.

The exact kernel takes a quarter of a building's conversion for its walls. An element whose body is
closed solids, cut by openings that are closed solids and by half spaces under flat planes, is
planned here and cut as a mesh; every other one stays with the exact kernel.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from holotable.conversion.readers.ifc_entity import (
    attribute,
    instances,
    is_entity,
    items_of,
    text_of,
)
from holotable.conversion.readers.mesh_solids import Solid, prism
from holotable.review.scene import Floats

_BODY: Final = "Body"
_MOST_CUTS: Final = 500
_DEEPEST: Final = 100
# Solids that turn into closed meshes without a boolean operation of their own.
_SOLIDS: Final = frozenset({
    "IfcExtrudedAreaSolid", "IfcRevolvedAreaSolid", "IfcFacetedBrep", "IfcTriangulatedFaceSet",
    "IfcPolygonalFaceSet",
})  # fmt: skip
_HALF_SPACES: Final = frozenset({
    "IfcHalfSpaceSolid", "IfcPolygonalBoundedHalfSpace", "IfcBoxedHalfSpace",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class HalfSpace:
    """What lies on one side of a plane, within a polygon swept both ways if there is one.

    point: (3,) metres on the plane. into: (3,) unit vector into the half space.
    outline: (n, 3) metres, or None. axis: (3,) unit vector that the outline is swept along.
    """

    point: Floats
    into: Floats
    outline: Floats | None
    axis: Floats

    def solids(self, around: Floats) -> tuple[Solid, Solid | None] | None:
        """A box and a prism whose intersection it is, as far as it matters around some points.

        around: (n, 3) metres. None when the outline encloses nothing.
        """
        low, high = around.min(axis=0), around.max(axis=0)
        middle = (low + high) / 2
        reach = float(np.linalg.norm(high - low)) + 1.0
        across, along = _across(self.into)
        centre = middle - self.into * float((middle - self.point) @ self.into)
        size = 2.0 * reach + abs(float((middle - self.point) @ self.into))
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        square = np.array([centre + size * (x * across + y * along) for x, y in corners])
        box = prism(square, self.into * size)
        if box is None or self.outline is None:
            return None if box is None else (box, None)
        below = self.outline + self.axis * (float((middle - self.outline[0]) @ self.axis) - size)
        bound = prism(below, self.axis * (2.0 * size))
        return None if bound is None else (box, bound)


@dataclass(frozen=True, slots=True)
class Cut:
    """How one element is cut.

    openings: instance numbers of all openings. halves: the half spaces of each body item, by the
    item's instance number.
    """

    openings: tuple[int, ...]
    halves: dict[int, tuple[HalfSpace, ...]]


def plan_cuts(file: Any, steps: list[int], metres: float) -> dict[int, Cut]:
    """The cuts of those elements that can be cut as meshes. metres: of one length unit."""
    openings: dict[int, list[Any]] = {}
    for relation in instances(file, "IfcRelVoidsElement"):
        host = attribute(relation, "RelatingBuildingElement")
        opening = attribute(relation, "RelatedOpeningElement")
        if is_entity(host) and is_entity(opening):
            openings.setdefault(host.id(), []).append(opening)
    # The kernel cuts the openings of a whole out of its parts too.
    parts_of_cut: set[int] = set()
    for relation in instances(file, "IfcRelAggregates"):
        whole = attribute(relation, "RelatingObject")
        if is_entity(whole) and whole.id() in openings:
            parts_of_cut |= {part.id() for part in items_of(relation, "RelatedObjects")}
    plans: dict[int, Cut] = {}
    for step in steps:
        if step in parts_of_cut:
            continue
        cut = _plan(file.by_id(step), openings.get(step, []), metres)
        if cut is not None:
            plans[step] = cut
    return plans


def _plan(entity: Any, openings: list[Any], metres: float) -> Cut | None:
    items = _body_items(entity)
    if not items or len(openings) > _MOST_CUTS:
        return None
    if not openings and not any(item.is_a("IfcBooleanResult") for item in items):
        return None
    halves: dict[int, tuple[HalfSpace, ...]] = {}
    for item in items:
        found = _half_spaces(item, metres)
        if found is None:
            return None
        halves[item.id()] = found
    for opening in openings:
        shapes = _body_items(opening)
        if not shapes or any(shape.is_a() not in _SOLIDS for shape in shapes):
            return None
    return Cut(tuple(opening.id() for opening in openings), halves)


def _body_items(entity: Any) -> list[Any]:
    """The items of an element's only body; none when it has several."""
    shape = attribute(entity, "Representation")
    if not is_entity(shape):
        return []
    bodies = [
        one
        for one in items_of(shape, "Representations")
        if text_of(one, "RepresentationIdentifier") == _BODY
    ]
    return list(items_of(bodies[0], "Items")) if len(bodies) == 1 else []


def _half_spaces(item: Any, metres: float) -> tuple[HalfSpace, ...] | None:
    """The half spaces that a chain of differences takes from a solid; None when it is no such."""
    found: list[HalfSpace] = []
    for _ in range(_DEEPEST):
        if item.is_a() in _SOLIDS:
            return tuple(found)
        if not item.is_a("IfcBooleanResult") or text_of(item, "Operator") != "DIFFERENCE":
            return None
        second = attribute(item, "SecondOperand")
        half = _half_space(second, metres) if is_entity(second) else None
        if half is None:
            return None
        found.append(half)
        item = attribute(item, "FirstOperand")
        if not is_entity(item):
            return None
    return None


def _half_space(entity: Any, metres: float) -> HalfSpace | None:
    if entity.is_a() not in _HALF_SPACES:
        return None
    plane = attribute(entity, "BaseSurface")
    if not is_entity(plane) or plane.is_a() != "IfcPlane":
        return None
    frame = _frame(attribute(plane, "Position"), metres)
    if frame is None:
        return None
    point, _, _, normal = frame
    # IFC: the agreement flag is true when the normal points out of the material.
    into = -normal if attribute(entity, "AgreementFlag") else normal
    if entity.is_a() != "IfcPolygonalBoundedHalfSpace":
        return HalfSpace(point, into, None, into)
    frame = _frame(attribute(entity, "Position"), metres)
    corners = _corners(attribute(entity, "PolygonalBoundary"))
    if frame is None or corners is None or len(corners) < 3:
        return None
    point2, across, along, axis = frame
    flat = corners[:, :2] * metres
    outline = point2 + flat[:, :1] * across + flat[:, 1:2] * along
    return HalfSpace(point, into, outline, axis)


def _corners(curve: Any) -> Floats | None:
    """The corners of a polygon, the last not repeating the first; None for other curves."""
    if not is_entity(curve):
        return None
    if curve.is_a() == "IfcPolyline":
        rows = [attribute(point, "Coordinates") for point in items_of(curve, "Points")]
    elif curve.is_a() == "IfcIndexedPolyCurve" and not items_of(curve, "Segments"):
        rows = list(items_of(attribute(curve, "Points"), "CoordList"))
    else:
        return None
    if len(rows) < 3 or any(len(row) < 2 for row in rows):
        return None
    corners = np.array([row[:2] for row in rows], np.float64)
    if not np.isfinite(corners).all():
        return None
    return corners[:-1] if (corners[0] == corners[-1]).all() else corners


def _frame(placement: Any, metres: float) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Origin in metres and the axes x, y, z of an IfcAxis2Placement3D."""
    if not is_entity(placement) or placement.is_a() != "IfcAxis2Placement3D":
        return None
    place = attribute(placement, "Location")
    origin = np.array(attribute(place, "Coordinates") or (), np.float64) * metres
    up = _direction(attribute(placement, "Axis"), (0.0, 0.0, 1.0))
    ahead = _direction(attribute(placement, "RefDirection"), (1.0, 0.0, 0.0))
    if origin.shape != (3,) or up is None or ahead is None:
        return None
    across = ahead - up * float(ahead @ up)
    length = float(np.linalg.norm(across))
    if length < 1e-6:
        across = _across(up)[0]
        length = 1.0
    across = across / length
    return origin, across, np.cross(up, across), up


def _direction(entity: Any, otherwise: tuple[float, float, float]) -> Floats | None:
    ratios = attribute(entity, "DirectionRatios") if is_entity(entity) else otherwise
    vector = np.array(ratios or (), np.float64)
    length = float(np.linalg.norm(vector)) if vector.shape == (3,) else 0.0
    return vector / length if length > 0 and np.isfinite(length) else None


def _across(vector: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors that make a right-handed frame with a unit vector."""
    axis = np.eye(3)[int(np.argmin(np.abs(vector)))]
    across = np.cross(axis, vector)
    across /= np.linalg.norm(across)
    return across, np.cross(vector, across)
