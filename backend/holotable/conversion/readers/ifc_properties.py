"""What an IFC element says of itself: attributes, property and quantity sets, type, material."""

from typing import Any, Final

import ifcopenshell.util.element

from holotable.conversion.readers.assembly import flat_properties
from holotable.review.scene import Properties, PropertyValue

_ATTRIBUTES: Final = (
    "GlobalId", "Name", "LongName", "Description", "ObjectType", "Tag", "PredefinedType",
    "Elevation", "OverallHeight", "OverallWidth",
)  # fmt: skip
_MOST_MATERIALS: Final = 20
_KEYS: Final = frozenset({"id", "type"})  # IfcOpenShell's own, beside a set's values


def properties_of(entity: Any) -> Properties:
    """Groups of plain values: first the element's own, then its sets, as the file names them."""
    groups: dict[str, dict[str, PropertyValue]] = {"IFC": {"Class": entity.is_a()}}
    for attribute in _ATTRIBUTES:
        value = getattr(entity, attribute, None)
        if value is not None and value != "":
            groups["IFC"][attribute] = _plain(value)
    if entity.is_a("IfcObject"):
        kind = ifcopenshell.util.element.get_type(entity)
        if kind is not None and kind.Name:
            groups["IFC"]["Type"] = str(kind.Name)
        names = _material_names(entity)
        if names:
            groups["IFC"]["Material"] = ", ".join(names)
    for name, values in ifcopenshell.util.element.get_psets(entity).items():
        kept = {key: _plain(value) for key, value in values.items() if key != "id"}
        if kept:
            groups[str(name)] = kept
    flattened: dict[str, dict[str, PropertyValue]] = {}
    for name, group in groups.items():
        for group_name, values in flat_properties(name, group).items():
            flattened[group_name] = dict(values)
    return flattened


def layer_of(entity: Any) -> str | None:
    """The first presentation layer that one of the element's shapes is assigned to."""
    representation = getattr(entity, "Representation", None)
    if representation is None:
        return None
    for shape in representation.Representations or ():
        for layer in shape.LayerAssignments or ():
            if layer.Name:
                return str(layer.Name)
    return None


def _material_names(entity: Any) -> list[str]:
    names: dict[str, None] = {}
    for material in ifcopenshell.util.element.get_materials(entity):
        name = getattr(material, "Name", None)
        if name:
            names[str(name)] = None
        if len(names) >= _MOST_MATERIALS:
            break
    return list(names)


def _plain(value: Any) -> PropertyValue:
    """One value for a panel: lists are joined, nested sets and entities named."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(_plain(item)) for item in value[:100])
    if isinstance(value, dict):
        shown = (f"{key}: {_plain(item)}" for key, item in value.items() if key not in _KEYS)
        return ", ".join(shown)
    if hasattr(value, "is_a"):
        return str(getattr(value, "Name", None) or value.is_a())
    return str(value)
