"""Values of IFC properties and quantities as plain text, numbers and booleans, with their units."""

import math
from collections.abc import Sequence
from typing import Any, Final

from holotable.conversion.readers.ifc_entity import (
    MOST_ITEMS,
    attribute,
    called,
    is_entity,
    items_of,
    positions,
    text_of,
)
from holotable.conversion.readers.ifc_units import Unit, Units, read_unit, with_unit
from holotable.review.scene import PropertyValue

Group = dict[str, PropertyValue]

_DEEPEST: Final = 6  # complex properties in complex properties; a damaged one holds itself
_LONGEST: Final = 2000
_MOST: Final = 500  # values in one group
# Attributes that the schema types as lengths; their values carry no type of their own.
_LENGTHS: Final = frozenset({
    "Elevation", "RefElevation", "ElevationOfRefHeight", "ElevationOfTerrain",
    "ElevationWithFlooring", "OverallHeight", "OverallWidth",
    "RiserHeight", "TreadLength", "NominalDiameter", "NominalLength", "BarLength", "BendingRadius",
    "MeshLength", "MeshWidth", "LongitudinalBarNominalDiameter", "TransverseBarNominalDiameter",
    "LiningDepth", "LiningThickness", "TransomThickness", "MullionThickness", "PanelDepth",
    "ThresholdDepth", "ThresholdThickness", "FrameDepth", "FrameThickness",
})  # fmt: skip
_INTERNAL: Final = frozenset({"GlobalId", "OwnerHistory", "Name", "Description"})


def group_of(definition: Any, units: Units) -> Group:
    """Name and value of everything in a property set, quantity set or predefined set."""
    group: Group = {}
    if definition.is_a("IfcElementQuantity"):
        _add_quantities(group, items_of(definition, "Quantities"), units, "", 0)
    elif definition.is_a("IfcPropertySet"):
        _add_properties(group, items_of(definition, "HasProperties"), units, "", 0)
    else:  # IfcDoorLiningProperties and the like: the attributes are the properties
        group.update(plain_attributes(definition, units, _INTERNAL))
    return group


def properties_group(properties: tuple[Any, ...], units: Units) -> Group:
    """Name and value of loose properties, as materials have them."""
    group: Group = {}
    _add_properties(group, properties, units, "", 0)
    return group


def plain_attributes(entity: Any, units: Units, left_out: frozenset[str]) -> Group:
    """The attributes of an instance that are values, not other instances."""
    group: Group = {}
    for name, position in positions(entity).items():
        if name in left_out:
            continue
        value = entity.get_argument(position)
        if value is None or value == "" or (is_entity(value) and value.id()):
            continue
        if isinstance(value, tuple) and any(is_entity(one) and one.id() for one in value):
            continue
        unit = units.by_kind.get("LENGTHUNIT") if name in _LENGTHS else None
        group[name] = plain(value, units, unit)
    return group


def plain(value: Any, units: Units, unit: Unit | None = None) -> PropertyValue:
    """One value. unit: its own, where the property names one; else the project's for its type."""
    if is_entity(value):
        if value.id():
            return shortened(called(value))
        kind = value.is_a()
        content = value.get_argument(0)
        if isinstance(content, bool) or not isinstance(content, int | float):
            return plain(content, units)
        return with_unit(content, unit or units.of(kind))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return with_unit(value, unit) if unit or not math.isfinite(value) else value
    if isinstance(value, tuple | list):
        return _listed(value, units, unit)
    return shortened(str(value))


def shortened(text: str) -> str:
    """A text that fits a panel."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _add_properties(
    group: Group, properties: tuple[Any, ...], units: Units, prefix: str, depth: int
) -> None:
    for entry in properties:
        if len(group) >= _MOST or not is_entity(entry):
            return
        kind = entry.is_a()
        if kind == "IfcPropertySingleValue":  # nearly all: the same four attributes in all schemas
            name = entry.get_argument(0)
            value, own = entry.get_argument(2), entry.get_argument(3)
            unit = None if own is None else read_unit(own)
            group[prefix + (name.strip() or kind)] = plain(value, units, unit)
            continue
        name = prefix + (text_of(entry, "Name") or kind.removeprefix("Ifc"))
        if kind == "IfcComplexProperty":
            if depth < _DEEPEST:
                inner = items_of(entry, "HasProperties")
                _add_properties(group, inner, units, f"{name}.", depth + 1)
            continue
        group[name] = _property_value(entry, kind, units)


def _property_value(entry: Any, kind: str, units: Units) -> PropertyValue:
    unit = read_unit(attribute(entry, "Unit"))
    if kind == "IfcPropertyEnumeratedValue":
        return _listed(items_of(entry, "EnumerationValues"), units, None)
    if kind == "IfcPropertyListValue":
        return _listed(items_of(entry, "ListValues"), units, unit)
    if kind == "IfcPropertyBoundedValue":
        return _bounded(entry, units, unit)
    if kind == "IfcPropertyTableValue":
        return _table(entry, units)
    if kind == "IfcPropertyReferenceValue":
        reference = attribute(entry, "PropertyReference")
        return shortened(called(reference)) if is_entity(reference) else None
    return None


def _listed(values: Sequence[Any], units: Units, unit: Unit | None) -> PropertyValue:
    texts = [_text(plain(value, units, unit)) for value in values[:MOST_ITEMS]]
    return shortened(", ".join(texts))


def _bounded(entry: Any, units: Units, unit: Unit | None) -> PropertyValue:
    low, high, point = (
        attribute(entry, name) for name in ("LowerBoundValue", "UpperBoundValue", "SetPointValue")
    )
    ends = [_text(plain(value, units, unit)) if value is not None else "" for value in (low, high)]
    text = " … ".join(ends) if any(ends) else ""
    if point is not None:
        wanted = _text(plain(point, units, unit))
        text = f"{text} ({wanted})" if text else wanted
    return text.strip() or None


def _table(entry: Any, units: Units) -> PropertyValue:
    defining, defined = (
        read_unit(attribute(entry, name)) for name in ("DefiningUnit", "DefinedUnit")
    )
    rows = zip(items_of(entry, "DefiningValues"), items_of(entry, "DefinedValues"), strict=False)
    lines = [
        f"{_text(plain(key, units, defining))} → {_text(plain(value, units, defined))}"
        for key, value in list(rows)[:MOST_ITEMS]
    ]
    return shortened("; ".join(lines)) or None


def _add_quantities(
    group: Group, quantities: tuple[Any, ...], units: Units, prefix: str, depth: int
) -> None:
    for entry in quantities:
        if len(group) >= _MOST or not is_entity(entry):
            return
        kind = entry.is_a()
        name = prefix + (text_of(entry, "Name") or kind.removeprefix("IfcQuantity"))
        if kind == "IfcPhysicalComplexQuantity":
            if depth < _DEEPEST:
                inner = items_of(entry, "HasQuantities")
                _add_quantities(group, inner, units, f"{name}.", depth + 1)
            continue
        own = read_unit(attribute(entry, "Unit"))
        value = next(
            (
                entry.get_argument(at)
                for key, at in positions(entry).items()
                if key.endswith("Value")
            ),
            None,
        )
        if isinstance(value, int | float) and not isinstance(value, bool):
            group[name] = with_unit(value, own or units.of(kind))
        else:
            group[name] = plain(value, units, own)


def _text(value: PropertyValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
