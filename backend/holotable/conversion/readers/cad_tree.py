"""The assembly tree of a CAD file: its definitions unfolded into rows, one for each occurrence.

Colours: a style of the whole path (SHUO) before the component's, before the product's; a part
whose faces all have their own shows those. An assembly's colour holds below it where nothing else
does, which is what a row without a colour means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from holotable.conversion.readers import identity, xcaf, xcaf_look
from holotable.conversion.readers.cad_part import Frame, ReadPart, part_properties, product_name
from holotable.review.scene import Floats, Identity, Node, Properties, PropertyValue

# What Open CASCADE calls a shape that the file gave no name.
_SHAPE_TYPES: Final = frozenset(
    {"Assembly", "Part", "ASSEMBLY", "COMPOUND", "COMPSOLID", "SOLID", "SHELL", "FACE", "WIRE"}
)
_UNSTYLED: Final = xcaf_look.Look(None, None, True)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A node to be made: what is placed, where, and under which path of names and of labels."""

    component: xcaf.Component
    parent: int
    path: tuple[str, ...]
    keys: tuple[str, ...]
    step: str
    identity: Identity


def nodes(
    document: xcaf.Document,
    parts: Mapping[str, ReadPart],
    frame: Frame,
    file_name: str,
    found: Mapping[str, Properties],
) -> tuple[Node, ...]:
    """Unfold the definitions into the tree, depth first, children in the file's order.

    file_name: shown for a root that has no name but its shape's type; ids do not depend on it.
    found: further properties of assemblies, by product.
    """
    products = document.products
    part_numbers = {key: number for number, key in enumerate(parts)}
    steps: dict[str, list[tuple[str, Identity]]] = {}
    transforms: dict[int, Floats] = {}  # per component: instanced sub-assemblies share them
    roots = tuple(xcaf.Component("", key, "", np.eye(4), _UNSTYLED, ()) for key in document.roots)
    pending = [
        _Pending(component, -1, (), (), step, own)
        for component, (step, own) in zip(roots, _told_apart(roots, products), strict=True)
    ][::-1]
    rows: list[Node] = []
    while pending:
        item = pending.pop()
        component, product = item.component, products[item.component.product]
        read = parts.get(product.key)
        transform = transforms.get(id(component))
        if transform is None:
            transform = frame.transform(component.transform)
            if read is not None:
                transform[:3, 3] += transform[:3, :3] @ read.offset
            transforms[id(component)] = transform
        path = (*item.path, item.step)
        keys = (*item.keys, component.key) if item.parent >= 0 else ()
        look = _path_look(document, keys) or component.look
        name = product_name(product)
        properties = _properties(product, component, name)
        if product.is_assembly:
            properties.update(found.get(product.key, {}))
        if item.parent < 0 and document.facts:
            properties["File"] = document.facts
        rows.append(
            Node(
                identity.path_id(path),
                item.parent,
                file_name
                if item.parent < 0 and name in _SHAPE_TYPES
                else identity.shown_name(name, component.name),
                transform,
                part_numbers.get(product.key),
                "assembly" if product.is_assembly else "part",
                _colour(look, product, read),
                next(iter((*component.layers, *product.layers)), None),
                item.identity,
                not (look.visible and component.look.visible and product.look.visible)
                or (read is not None and read.hidden),
                properties,
            )
        )
        if product.components:
            if product.key not in steps:
                steps[product.key] = _told_apart(product.components, products)
            parent = len(rows) - 1
            pending.extend(
                _Pending(child, parent, path, keys, step, identity.weaker(item.identity, own))
                for child, (step, own) in zip(
                    reversed(product.components), reversed(steps[product.key]), strict=True
                )
            )
    return tuple(rows)


def _path_look(document: xcaf.Document, keys: tuple[str, ...]) -> xcaf_look.Look | None:
    """The look of exactly this path through the assembly; the longest path that ends here."""
    if not document.path_looks:
        return None
    for start in range(len(keys) - 1):
        look = document.path_looks.get(keys[start:])
        if look is not None:
            return look
    return None


def _colour(look: xcaf_look.Look, product: xcaf.Product, read: ReadPart | None) -> str | None:
    if read is None:
        return look.surface or product.look.surface
    if read.covered:
        return read.colour
    return look.surface or read.colour


def _told_apart(
    components: tuple[xcaf.Component, ...], products: Mapping[str, xcaf.Product]
) -> list[tuple[str, Identity]]:
    return identity.sibling_steps(
        [
            identity.Sibling(
                product_name(products[component.product]), component.name, component.transform
            )
            for component in components
        ]
    )


def _properties(
    product: xcaf.Product, component: xcaf.Component, name: str
) -> dict[str, Mapping[str, PropertyValue]]:
    """What belongs to the occurrence; what belongs to a shape stands on the part."""
    properties: dict[str, Mapping[str, PropertyValue]] = {}
    said: dict[str, PropertyValue] = {}
    if not identity.is_automatic(component.name) and component.name != name:
        said.update(product=name, occurrence=component.name)
    if (usage := component.usage) is not None:
        if not identity.is_automatic(usage.id) and usage.id != component.name:
            said["occurrence_id"] = usage.id
        if usage.description and usage.description != component.name:
            said["occurrence_description"] = usage.description
        if usage.designator:
            said["reference_designator"] = usage.designator
    if product.is_assembly:
        properties.update(part_properties(product))
    if said:
        properties["Product"] = {**said, **properties.get("Product", {})}
    layers = list(dict.fromkeys((*component.layers, *product.layers)))
    if len(layers) > 1:
        properties["Layers"] = {str(number + 1): layer for number, layer in enumerate(layers)}
    return properties
