"""What a USD prim says of itself beyond its shape: kind, variants, custom data, user properties."""

import math
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from holotable.conversion.readers.assembly import flat_properties
from holotable.conversion.readers.usd_geometry import value
from holotable.review.scene import Properties, PropertyValue

Prim: TypeAlias = Any  # Usd.Prim: the library has no types

_MAX_TEXT: Final = 1000
_MAX_MEMBERS: Final = 16  # of an array that is written out


def properties_of(prim: Prim, names: set[str]) -> Properties:
    """Groups of properties. names: the prim's authored attributes and relationships."""
    stated: dict[str, PropertyValue] = {"type": str(prim.GetTypeName()) or "untyped"}
    groups: dict[str, Mapping[str, PropertyValue]] = {}
    metadata = prim.GetAllAuthoredMetadata()
    for name in ("kind", "documentation", "comment"):
        if metadata.get(name):
            stated[name] = str(metadata[name])[:_MAX_TEXT]
    if prim.HasVariantSets():
        sets = prim.GetVariantSets()
        for name in sets.GetNames():
            stated[f"variant {name}"] = str(sets.GetVariantSelection(name))
    groups["USD"] = stated
    for name, title in (("assetInfo", "Asset"), ("customData", "Custom data")):
        if isinstance(metadata.get(name), Mapping):
            groups.update(flat_properties(title, _flat(metadata[name])))
    said = {}
    for name in names:
        if name.startswith(("userProperties:", "primvars:", "semantics:", "info:")):
            found = _plain(value(prim.GetAttribute(name)))
            if found is not None and (isinstance(found, str) or not name.startswith("primvars:")):
                said[name.partition(":")[2]] = found
    groups.update(flat_properties("User properties", said))
    return groups


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, PropertyValue]:
    """Nested dictionaries as one, keys joined by colons."""
    found: dict[str, PropertyValue] = {}
    for name, item in values.items():
        if isinstance(item, Mapping):
            if prefix.count(":") < 8:
                found.update(_flat(item, f"{prefix}{name}:"))
        else:
            plain = _plain(item)
            if plain is not None:
                found[f"{prefix}{name}"] = plain
    return found


def _plain(item: Any) -> PropertyValue:
    """A value of the library as a property can hold it; arrays only when short."""
    if isinstance(item, bool | int | str):
        return item
    if isinstance(item, float):
        return item if math.isfinite(item) else None
    if item is None:
        return None
    if hasattr(item, "path"):  # an asset path: its words, not where it was found
        return str(item.path)
    if hasattr(item, "__len__") and len(item) <= _MAX_MEMBERS:
        return ", ".join(str(part) for part in item)
    return None
