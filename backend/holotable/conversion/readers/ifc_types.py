"""Where an IFC file puts something else than its schema allows.

IfcOpenShell opens `IFCWALL(3,…)` as it opens any wall, so every attribute may hold anything.
Readers do not look twice at each value; when one stumbles, this says whether the file is to blame.
"""

from typing import Any, Final

import ifcopenshell

from holotable.conversion.readers.ifc_entity import is_entity

_PYTHON: Final[dict[str, tuple[type, ...]]] = {
    "real": (float, int),
    "number": (float, int),
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
}


def first_contradiction(file: Any) -> tuple[int, str] | None:
    """Instance number and attribute of the first value that is of another kind than it may be."""
    schema = ifcopenshell.schema_by_name(file.schema_identifier)
    known: dict[str, list[tuple[str, Any]]] = {}
    for entity in file:
        kind = entity.is_a()
        if kind not in known:
            attributes = schema.declaration_by_name(kind).as_entity().all_attributes()
            known[kind] = [(one.name(), one.type_of_attribute()) for one in attributes]
        for position, (name, allowed) in enumerate(known[kind]):
            if not _fits(entity.get_argument(position), allowed):
                return entity.id(), name
    return None


def _fits(value: Any, allowed: Any) -> bool:
    """Whether a value is empty or of a kind; kinds it cannot tell are right."""
    if value is None:
        return True
    if (list_of := allowed.as_aggregation_type()) is not None:
        element = list_of.type_of_element()
        return isinstance(value, tuple | list) and all(
            one is not None and _fits(one, element) for one in value
        )
    if (simple := allowed.as_simple_type()) is not None:
        return isinstance(value, _PYTHON.get(simple.declared_type(), object))
    named = allowed.as_named_type()
    if named is None:
        return True
    declared = named.declared_type()
    if declared.as_entity() is not None:
        return is_entity(value) and bool(value.is_a(declared.name()))
    if declared.as_select_type() is not None:
        return is_entity(value)
    if declared.as_enumeration_type() is not None:
        return isinstance(value, str)
    below = declared.as_type_declaration()
    return below is None or _fits(value, below.declared_type())
