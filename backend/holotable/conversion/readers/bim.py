"""IFC to a scene, through IfcOpenShell: the building's own tree, GlobalIds, properties, colours.

Kernel hybrid-cgal-simple-opencascade on one thread: 1.7 to 4.4 times less CPU than the default
kernel with the same elements; a second thread cost more CPU and more time (CONVERSION: 2).
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.guid
import ifcopenshell.util.unit
import numpy as np

from holotable.conversion.options import METRES_PER_UNIT, ConvertOptions, LengthUnit, Report
from holotable.conversion.readers import text_guard
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack
from holotable.conversion.readers.ifc_properties import layer_of, properties_of
from holotable.conversion.readers.ifc_tree import Tree, build_tree
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats, Scene, SourceKind

_KERNEL: Final = "hybrid-cgal-simple-opencascade"
_NOT_SHOWN: Final = ("IfcSpace", "IfcOpeningElement")
_IDENTITY: Final = np.eye(4)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Geometry of one element. transform: (4, 4) from the part to the world, metres, z up."""

    part: int
    transform: Floats


def read_bim(path: Path, kind: SourceKind, options: ConvertOptions, report: Report) -> Scene:
    """Read an IFC file; spaces and openings are counted in a warning, not shown.

    raises: DamagedFile, NoGeometry, TooComplex.
    """
    report("reading", 0.0)
    text_guard.check_ifc(path)
    report("reading", 0.1)
    try:
        file = ifcopenshell.open(str(path))
    except (RuntimeError, ifcopenshell.Error, OSError) as error:
        raise DamagedFile("IfcOpenShell cannot parse this IFC file.") from error
    report("reading", 0.6)
    metres_per_unit = _metres_per_unit(file)
    assembly = Assembly(
        kind,
        # The kernel answers metres; a person's unit goes before the file's by their ratio.
        replace(options, unit=None),
        _named_unit(metres_per_unit),
        "z",
        metres_per_unit=1.0
        if options.unit is None
        else METRES_PER_UNIT[options.unit] / metres_per_unit,
    )
    tree = build_tree(file, set(_NOT_SHOWN))
    report("reading", 1.0)
    placed = _read_geometry(file, assembly, report)
    if not placed:
        raise NoGeometry()
    _warn_of_missing(file, tree, placed, assembly)
    _add_rows(tree, placed, assembly)
    return assembly.finish(path.stem)


def _metres_per_unit(file: Any) -> float:
    try:
        scale = float(ifcopenshell.util.unit.calculate_unit_scale(file))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return 1.0  # no IfcProject or no unit assignment: IFC then means SI, metres
    return scale if math.isfinite(scale) and scale > 0 else 1.0


def _named_unit(metres: float) -> LengthUnit | None:
    for name, size in METRES_PER_UNIT.items():
        if math.isclose(metres, size, rel_tol=1e-4):  # 1e-4: US survey foot counts as foot
            return name
    return None


def _read_geometry(file: Any, assembly: Assembly, report: Report) -> dict[int, _Placed]:
    """Run the kernel over all products; by step id what each looks like and where it stands."""
    settings = ifcopenshell.geom.settings()
    # Welded, curved and flat faces share normals or have none; own crease normals are even.
    settings.set("weld-vertices", True)
    settings.set("no-normals", True)
    iterator = ifcopenshell.geom.iterator(
        settings, file, 1, exclude=_NOT_SHOWN, geometry_library=_KERNEL
    )
    report("tessellating", 0.0)
    placed: dict[int, _Placed] = {}
    parts: dict[tuple[str, tuple[int, ...]], int] = {}
    if not iterator.initialize():
        return placed
    told = 0.0
    while True:
        shape = iterator.get()
        part = _part_number(shape, file, parts, assembly)
        if part is not None:
            matrix = np.array(shape.transformation.matrix).reshape(4, 4).T
            placed[shape.id] = _Placed(part, matrix)
        told = max(told, min(iterator.progress() / 100.0, 1.0))
        report("tessellating", told)
        if not iterator.next():
            break
    report("tessellating", 1.0)
    return placed


def _part_number(
    shape: Any, file: Any, parts: dict[tuple[str, tuple[int, ...]], int], assembly: Assembly
) -> int | None:
    """The part that this shape is a use of; None when it has no surface (an axis, a grid)."""
    geometry = shape.geometry
    triangles = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3)
    if not len(triangles):
        return None
    colours = tuple(_colour(material) for material in geometry.materials)
    # Elements may share a representation and still differ by the style of their own material.
    key = (geometry.id, colours)
    number = parts.get(key)
    if number is None:
        points = np.frombuffer(geometry.verts_buffer, np.float64).reshape(-1, 3)
        number = assembly.add_part(
            _part_name(file.by_id(shape.id)),
            points,
            triangles.astype(np.int64),
            colours=_corner_colours(geometry, colours, len(triangles)),
        )
        parts[key] = number
    return number


def _part_name(element: Any) -> str:
    """The type's name if the element has a type, else the element's: what the shape is called."""
    for relation in getattr(element, "IsTypedBy", None) or element.IsDefinedBy:
        if relation.is_a("IfcRelDefinesByType") and relation.RelatingType.Name:
            return str(relation.RelatingType.Name)
    return str(element.Name or element.is_a().removeprefix("Ifc"))


def _colour(material: Any) -> int:
    if material.name == "DefaultMaterial":
        return OWN_COLOUR
    alpha = 1.0 - material.transparency if material.has_transparency() else 1.0
    red, green, blue = (float(channel()) for channel in _channels(material.diffuse))
    return pack(red, green, blue, 1.0 if math.isnan(alpha) else alpha)


def _channels(colour: Any) -> tuple[Any, Any, Any]:
    return colour.r, colour.g, colour.b


def _corner_colours(geometry: Any, colours: tuple[int, ...], count: int) -> Colours:
    numbers = np.frombuffer(geometry.material_ids_buffer, np.int32)
    if len(numbers) != count or not colours:
        return np.full(3 * count, OWN_COLOUR)
    table = np.array([*colours, OWN_COLOUR], np.int64)  # -1, no material, takes the last
    return np.repeat(table[numbers], 3)


def _warn_of_missing(file: Any, tree: Tree, placed: dict[int, _Placed], assembly: Assembly) -> None:
    for what, name in (("spaces", "IfcSpace"), ("openings", "IfcOpeningElement")):
        count = len(file.by_type(name))
        if count:
            assembly.warn(f"{what}_not_shown", f"{count} {what} are not shown.", count)
    lost = [step for step in tree.bodies if step not in placed]
    if lost:
        classes = Counter(file.by_id(step).is_a() for step in lost)
        shown = ", ".join(f"{count} {name}" for name, count in classes.most_common(5))
        assembly.warn(
            "elements_lost",
            f"The shapes of {len(lost)} elements could not be built: {shown}.",
            len(lost),
        )


def _add_rows(tree: Tree, placed: dict[int, _Placed], assembly: Assembly) -> None:
    """Add the tree's rows that hold geometry or structure, parents first.

    Structure rows stand at the origin: an element's own placement already is absolute. A repeated
    or unreadable GlobalId is no id; the path identifies such an element.
    """
    rows: dict[int, int] = {}
    worlds: dict[int, Floats] = {}
    seen: set[UUID] = set()
    unusable = 0
    for element in tree.ordered(set(placed)):
        use = placed.get(element.step)
        above = worlds.get(element.parent, _IDENTITY)
        world = above if use is None else use.transform
        own = _uuid_of(element.entity.GlobalId)
        if own is None or own in seen:
            own = None
            unusable += 1
        else:
            seen.add(own)
        rows[element.step] = assembly.add_node(
            rows.get(element.parent, -1),
            element.name,
            None if world is above else np.linalg.inv(above) @ world,
            part=None if use is None else use.part,
            layer=layer_of(element.entity),
            properties=properties_of(element.entity),
            kind=element.entity.is_a(),
            id=own,
        )
        worlds[element.step] = world
    if unusable:
        detail = f"{unusable} GlobalIds are repeated or unreadable; paths identify those elements."
        assembly.warn("global_ids_unusable", detail, unusable)


def _uuid_of(global_id: str | None) -> UUID | None:
    """The UUID that an IfcGloballyUniqueId encodes in 22 characters of base 64."""
    if not global_id or len(global_id) != 22:
        return None
    try:
        return UUID(hex=ifcopenshell.guid.expand(global_id))
    except (ValueError, KeyError, IndexError):
        return None
