"""Presentation layers of an IFC file: which one an element's shape is drawn on."""

from dataclasses import dataclass
from typing import Any

from holotable.conversion.readers.ifc_entity import (
    attribute,
    instances,
    is_entity,
    items_of,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Layer:
    """shown: whether the file switches it on."""

    name: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers by the instance number of the representation or item assigned to them."""

    by_step: dict[int, Layer]

    def of(self, entity: Any) -> Layer | None:
        """The first layer that one of the element's shapes, or what they map, is assigned to."""
        if not self.by_step:
            return None
        shape = attribute(entity, "Representation")
        if not is_entity(shape):
            return None
        for representation in items_of(shape, "Representations"):
            layer = self._of_representation(representation)
            if layer is not None:
                return layer
        return None

    def _of_representation(self, representation: Any) -> Layer | None:
        layer = self.by_step.get(representation.id())
        if layer is not None:
            return layer
        for item in items_of(representation, "Items"):
            layer = self.by_step.get(item.id())
            if layer is None and item.is_a("IfcMappedItem"):
                source = attribute(item, "MappingSource")
                named = attribute(source, "MappedRepresentation") if is_entity(source) else None
                mapped: Any = named if is_entity(named) else None
                layer = self.by_step.get(mapped.id()) if mapped is not None else None
            if layer is not None:
                return layer
        return None


def read_layers(file: Any) -> Layers:
    """All layer assignments; the first that has a thing keeps it."""
    by_step: dict[int, Layer] = {}
    for assignment in instances(file, "IfcPresentationLayerAssignment"):
        name = text_of(assignment, "Name")
        if not name:
            continue
        layer = Layer(name, attribute(assignment, "LayerOn") is not False)
        for item in items_of(assignment, "AssignedItems"):
            by_step.setdefault(item.id(), layer)
    return Layers(by_step)
