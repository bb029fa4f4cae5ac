"""Attributes of IFC instances, cheaply and without surprises.

`entity.Name` of IfcOpenShell costs 1.5 to 3 µs, and asking for an attribute that the class does
not have imports rule modules; by position it is 0.3 µs. Positions are looked up once per class.
"""

import math
from collections.abc import Iterable
from typing import Any, Final

_POSITIONS: dict[str, dict[str, int]] = {}  # by schema and class: fixed by the schemas
MOST_ITEMS: Final = 200  # of a list that ends in one text


def attribute(entity: Any, name: str) -> Any:
    """The value of an attribute, or None when it is empty or the class has none of this name."""
    position = positions(entity).get(name)
    return None if position is None else entity.get_argument(position)


def positions(entity: Any) -> dict[str, int]:
    """The direct attributes of an instance's class, in order, with their positions."""
    kind = entity.is_a(True)
    known = _POSITIONS.get(kind)
    if known is None:
        names = entity.get_attribute_names()
        known = {name: position for position, name in enumerate(names)}
        _POSITIONS[kind] = known
    return known


def text_of(entity: Any, name: str) -> str:
    """An attribute as text, empty when there is none."""
    value = attribute(entity, name)
    return "" if value is None else str(value).strip()


def items_of(entity: Any, name: str) -> tuple[Any, ...]:
    """An attribute that is a list; empty when there is none."""
    value = attribute(entity, name)
    if value is None:
        return ()
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def number_of(entity: Any, name: str) -> float | None:
    """An attribute as a finite number, plain or wrapped in a measure."""
    return as_number(attribute(entity, name))


def as_number(value: Any) -> float | None:
    """A finite number, plain or wrapped in a measure; None for anything else."""
    if is_entity(value) and value.id() == 0:
        value = value.get_argument(0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def is_entity(value: Any) -> bool:
    """Whether a value is an instance: of an entity, or of a type in a select (with id 0)."""
    return hasattr(value, "get_argument")


def instances(file: Any, *names: str) -> list[Any]:
    """All instances of these classes and their subclasses; a class the schema lacks has none."""
    found: list[Any] = []
    for name in names:
        try:
            found += file.by_type(name)
        except RuntimeError:
            continue
    return found


def joined(values: Iterable[str]) -> str:
    """Different texts in their order, with commas."""
    return ", ".join(list(dict.fromkeys(value for value in values if value))[:MOST_ITEMS])


def called(entity: Any) -> str:
    """What a referenced instance is called: a name, an identification, else its class."""
    for name in ("Name", "Identification", "Id", "ItemReference", "FamilyName", "Location"):
        value = attribute(entity, name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return str(entity.is_a().removeprefix("Ifc"))
