"""IFC to a scene, through IfcOpenShell: the building's own tree, GlobalIds, properties, colours."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np

from holotable.conversion.options import METRES_PER_UNIT, ConvertOptions, LengthUnit, Report
from holotable.conversion.readers import text_guard
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.ifc_cycles import check_shapes
from holotable.conversion.readers.ifc_entity import attribute, called, instances, text_of
from holotable.conversion.readers.ifc_georeference import read_georeference
from holotable.conversion.readers.ifc_layers import Layers, read_layers
from holotable.conversion.readers.ifc_open import open_ifc
from holotable.conversion.readers.ifc_properties import (
    PropertyIndex,
    file_properties,
    read_properties,
)
from holotable.conversion.readers.ifc_shapes import Shapes, Use, read_shapes
from holotable.conversion.readers.ifc_tree import Element, Tree, build_tree, name_of
from holotable.conversion.readers.ifc_types import first_contradiction
from holotable.conversion.readers.ifc_units import read_units
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats, Part, Scene, SourceKind

_IDENTITY: Final = np.eye(4)
_NAMED_LOST: Final = 5
# IfcGloballyUniqueId: 22 digits of base 64, most significant first (buildingSMART).
_DIGITS: Final = {
    digit: value
    for value, digit in enumerate(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
    )
}


def read_bim(path: Path, kind: SourceKind, options: ConvertOptions, report: Report) -> Scene:
    """Read an IFC file. Rooms and openings are there, hidden until somebody shows them.

    raises: DamagedFile, UnsupportedFormat, NoGeometry, TooComplex.
    """
    report("reading", 0.0)
    text_guard.check_ifc(path)
    report("reading", 0.1)
    file, renamed = open_ifc(path)
    check_shapes(file)
    report("reading", 0.6)
    try:
        return _scene(file, renamed, path, kind, options, report)
    except (AttributeError, IndexError, TypeError, ValueError) as problem:
        blamed = first_contradiction(file)
        if blamed is None:
            raise
        step, name = blamed
        raise DamagedFile(
            f"The {name} of #{step} is of another kind than its schema allows.", entity=step
        ) from problem


def _scene(
    file: Any,
    renamed: str | None,
    path: Path,
    kind: SourceKind,
    options: ConvertOptions,
    report: Report,
) -> Scene:
    units = read_units(file)
    assembly = Assembly(
        kind,
        # The kernel answers metres; a person's unit goes before the file's by their ratio.
        replace(options, unit=None),
        _named_unit(units.metres),
        "z",
        metres_per_unit=1.0
        if options.unit is None
        else METRES_PER_UNIT[options.unit] / units.metres,
    )
    if renamed is not None:
        detail = f"The schema {renamed} was read as {file.schema_identifier}."
        assembly.warn("schema_read_as", detail)
    tree = build_tree(file)
    report("reading", 0.7)
    properties = read_properties(file, units)
    georeference = read_georeference(file, units, assembly.warn)
    report("reading", 1.0)
    shapes = read_shapes(
        tree,
        assembly,
        lambda entity: _part_name(entity, properties),
        units.metres,
        lambda share: report("tessellating", share),
    )
    if not shapes.uses:
        raise NoGeometry()
    _Rows(tree, shapes, properties, read_layers(file), assembly).add()
    _warn_of_losses(tree, shapes, assembly)
    scene = assembly.finish(path.stem)
    report("tessellating", 1.0)
    return replace(
        scene,
        parts=_described(scene.parts, shapes, properties),
        georeference=georeference,
    )


def _named_unit(metres: float) -> LengthUnit | None:
    for name, size in METRES_PER_UNIT.items():
        if abs(metres - size) <= 1e-4 * size:  # 1e-4: US survey foot counts as foot
            return name
    return None


def _part_name(entity: Any, properties: PropertyIndex) -> str:
    """The type's name if the element has a type, else the element's: what the shape is called."""
    kind = properties.type_of(entity.id())
    return (text_of(kind, "Name") if kind is not None else "") or name_of(entity)


def _described(
    parts: tuple[Part, ...], shapes: Shapes, properties: PropertyIndex
) -> tuple[Part, ...]:
    """The parts with what all their users share: properties of the type, density."""
    described = []
    for part, users in zip(parts, shapes.users, strict=True):
        types = {kind.id(): kind for kind in map(properties.type_of, users) if kind is not None}
        if len(types) == 1:
            part = replace(part, properties=properties.of_type(*types.values()))
        materials = [properties.material_of(step) for step in users]
        densities = {None if facts is None else facts.density_kg_m3 for facts in materials}
        if len(densities) == 1:
            part = replace(part, density_kg_m3=densities.pop())
        described.append(part)
    return tuple(described)


@dataclass(slots=True)
class _Rows:
    """Adds the tree's rows to the assembly, parents first.

    Structure rows stand at the origin: an element's own placement already is absolute. A repeated
    or unreadable GlobalId is no id; the path identifies such an element.
    """

    tree: Tree
    shapes: Shapes
    properties: PropertyIndex
    layers: Layers
    assembly: Assembly

    def add(self) -> None:
        """Add all rows, and warn of GlobalIds that are of no use."""
        rows: dict[int, int] = {}
        worlds: dict[int, Floats] = {}
        seen: set[UUID] = set()
        unusable = 0
        for element in self.tree.ordered():
            own = uuid_of(attribute(element.entity, "GlobalId"))
            if own is None or own in seen:
                own = None
                unusable += 1
            else:
                seen.add(own)
            use = self.shapes.uses.get(element.step)
            # A room that holds furniture must not hide it: its volume becomes a row of its own.
            inner = None
            hidden = use is not None and element.step in self.tree.hidden
            if hidden and self.tree.holds_shown(element.step):
                use, inner = None, use
            above = worlds.get(element.parent, _IDENTITY)
            world = above if use is None else use.transform
            row = self._add_row(element, rows.get(element.parent, -1), above, use, own)
            rows[element.step], worlds[element.step] = row, world
            if inner is not None:
                matrix = np.linalg.inv(world) @ inner.transform
                name = f"{element.name} (volume)"
                kind = element.entity.is_a()
                self.assembly.add_node(row, name, matrix, part=inner.part, hidden=True, kind=kind)
        if unusable:
            detail = (
                f"{unusable} GlobalIds are repeated or unreadable; paths identify those elements."
            )
            self.assembly.warn("global_ids_unusable", detail, unusable)

    def _add_row(
        self, element: Element, parent: int, above: Floats, use: Use | None, own: UUID | None
    ) -> int:
        entity = element.entity
        properties = self.properties.of_element(entity)
        if entity.is_a("IfcProject"):
            properties = {**properties, **file_properties(self.tree.file)}
        layer = self.layers.of(entity)
        hidden = use is not None and (
            element.step in self.tree.hidden or (layer is not None and not layer.shown)
        )
        return self.assembly.add_node(
            parent,
            element.name,
            None if use is None else np.linalg.inv(above) @ use.transform,
            part=None if use is None else use.part,
            layer=None if layer is None else layer.name,
            properties=properties,
            hidden=hidden,
            kind=entity.is_a(),
            id=own,
        )


def _warn_of_losses(tree: Tree, shapes: Shapes, assembly: Assembly) -> None:
    file = tree.file
    lost = [step for step in tree.bodies if step not in shapes.uses and step not in tree.hidden]
    if lost:
        classes = Counter(file.by_id(step).is_a() for step in lost)
        counted = ", ".join(f"{count} {name}" for name, count in classes.most_common(5))
        first = ", ".join(f"{called(file.by_id(step))} (#{step})" for step in lost[:_NAMED_LOST])
        assembly.warn(
            "elements_lost",
            f"The shapes of {len(lost)} elements could not be built: {counted}. First: {first}."
            " Repair them in the authoring program, or export them as tessellated geometry.",
            len(lost),
        )
    if tree.homeless:
        detail = f"{tree.homeless} elements stand in no storey or site; they hang from the project."
        assembly.warn("elements_without_place", detail, tree.homeless)
    if tree.contested:
        detail = (
            f"{tree.contested} elements are claimed by two wholes or storeys; the first holds them."
        )
        assembly.warn("elements_claimed_twice", detail, tree.contested)
    pictures = len(instances(file, "IfcSurfaceTexture"))
    if pictures:
        detail = f"{pictures} pictures on surfaces are not shown; the surface keeps its colour."
        assembly.warn("textures_ignored", detail, pictures)


def uuid_of(global_id: Any) -> UUID | None:
    """The UUID that an IfcGloballyUniqueId encodes in 22 characters of base 64."""
    if not isinstance(global_id, str) or len(global_id) != 22:
        return None
    number = 0
    for digit in global_id:
        value = _DIGITS.get(digit)
        if value is None:
            return None
        number = number << 6 | value
    return UUID(int=number) if number < 1 << 128 else None
