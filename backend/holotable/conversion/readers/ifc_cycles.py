"""Shapes of IFC files that contain themselves: the kernel follows them until its stack ends."""

from typing import Any

from holotable.conversion.readers.ifc_entity import attribute, instances, is_entity, items_of
from holotable.conversion.readers.text_guard import node_on_cycle
from holotable.errors import DamagedFile


def check_shapes(file: Any) -> None:
    """Refuse booleans of themselves and mapped shapes that map themselves. raises: DamagedFile."""
    holds: dict[int, list[int]] = {}
    for result in instances(file, "IfcBooleanResult"):
        operands = (attribute(result, name) for name in ("FirstOperand", "SecondOperand"))
        holds[result.id()] = [one.id() for one in operands if is_entity(one)]
    for item in instances(file, "IfcMappedItem"):
        source = attribute(item, "MappingSource")
        mapped: Any = attribute(source, "MappedRepresentation") if is_entity(source) else None
        if is_entity(mapped):
            holds[item.id()] = [mapped.id()]
            if mapped.id() not in holds:
                holds[mapped.id()] = [one.id() for one in items_of(mapped, "Items")]
    looping = node_on_cycle(holds)
    if looping is not None:
        raise DamagedFile(f"The shape #{looping} contains itself.", entity=looping)
