"""The tree of an IFC file: project, site, building, storey, aggregates, elements.

IFC spreads parenthood over four relationships; here every product has one parent.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_BODIES: Final = frozenset({"Body", "Facetation", "Body-FallBack"})


@dataclass(frozen=True, slots=True)
class Element:
    """One row. step: its instance number in the file; parent: its parent's, or 0."""

    step: int
    parent: int
    name: str
    entity: Any


@dataclass(frozen=True, slots=True)
class Tree:
    """Who holds whom, by instance numbers.

    structure: the spatial elements that are rows even when nothing in them has geometry.
    bodies: the products that claim to have a body.
    """

    file: Any
    parents: dict[int, int]
    children: dict[int, list[int]]
    roots: list[int]
    structure: frozenset[int]
    bodies: tuple[int, ...]

    def ordered(self, with_geometry: set[int]) -> Iterator[Element]:
        """Rows depth first, parents before children: structure, geometry and what holds it."""
        wanted = set(self.structure)
        for step in with_geometry:
            climbing = step
            while climbing and climbing not in wanted:
                wanted.add(climbing)
                climbing = self.parents.get(climbing, 0)
        orphans = sorted(wanted - self.parents.keys() - set(self.roots))
        pending = [(step, 0) for step in reversed([*self.roots, *orphans])]
        while pending:
            step, parent = pending.pop()
            if step not in wanted:
                continue
            wanted.discard(step)
            entity = self.file.by_id(step)
            yield Element(step, parent, name_of(entity), entity)
            pending.extend((child, step) for child in reversed(self.children.get(step, [])))


def build_tree(file: Any, left_out: set[str]) -> Tree:
    """Read the relationships once. left_out: classes that are no rows unless they hold some."""
    parents: dict[int, int] = {}

    def adopt(parent: Any, child: Any) -> None:
        if parent is not None and child is not None and parent.id() != child.id():
            parents.setdefault(child.id(), parent.id())

    for name in ("IfcRelAggregates", "IfcRelNests"):
        for relation in file.by_type(name):
            for child in relation.RelatedObjects or ():
                adopt(relation.RelatingObject, child)
    for relation in file.by_type("IfcRelContainedInSpatialStructure"):
        for child in relation.RelatedElements or ():
            adopt(relation.RelatingStructure, child)
    hosts = {
        relation.RelatedOpeningElement.id(): relation.RelatingBuildingElement.id()
        for relation in file.by_type("IfcRelVoidsElement")
        if relation.RelatedOpeningElement is not None
        and relation.RelatingBuildingElement is not None
    }
    for relation in file.by_type("IfcRelFillsElement"):
        # A door that no storey contains stands beside the wall that it fills.
        opening, filling = relation.RelatingOpeningElement, relation.RelatedBuildingElement
        host = hosts.get(opening.id()) if opening is not None else None
        if host is not None and filling is not None and host in parents:
            parents.setdefault(filling.id(), parents[host])
    _break_cycles(parents)
    roots = [entity.id() for entity in file.by_type("IfcProject")]
    structure = [
        entity.id() for entity in _spatial(file) if not any(entity.is_a(name) for name in left_out)
    ]
    bodies = tuple(
        product.id()
        for product in file.by_type("IfcProduct")
        if not any(product.is_a(name) for name in left_out) and _has_body(product)
    )
    return Tree(
        file, parents, _children(file, parents), roots, frozenset([*roots, *structure]), bodies
    )


def name_of(entity: Any) -> str:
    """What people call it: its name, its long name, its type's words, else its class."""
    for attribute in ("Name", "LongName", "ObjectType"):
        value = getattr(entity, attribute, None)
        if value and str(value).strip():
            return str(value)
    return str(entity.is_a().removeprefix("Ifc"))


def _spatial(file: Any) -> list[Any]:
    # IFC2x3 calls it IfcSpatialStructureElement, IFC4 puts IfcSpatialElement above that.
    try:
        return list(file.by_type("IfcSpatialElement"))
    except RuntimeError:
        return list(file.by_type("IfcSpatialStructureElement"))


def _children(file: Any, parents: dict[int, int]) -> dict[int, list[int]]:
    """Children in the file's order, storeys from the ground up."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    elevations = {
        storey.id(): float(storey.Elevation or 0.0) for storey in file.by_type("IfcBuildingStorey")
    }
    for siblings in children.values():
        if any(step in elevations for step in siblings):
            siblings.sort(key=lambda step: elevations.get(step, float("-inf")))
    return dict(children)


def _break_cycles(parents: dict[int, int]) -> None:
    """Make a row that is its own ancestor a root: a damaged tree must not hang us."""
    safe: set[int] = set()
    for start in list(parents):
        path: dict[int, None] = {}
        step = start
        while step in parents and step not in safe:
            if step in path:
                del parents[step]
                break
            path[step] = None
            step = parents[step]
        safe.update(path)


def _has_body(product: Any) -> bool:
    representation = product.Representation
    if representation is None:
        return False
    return any(
        shape.RepresentationIdentifier in _BODIES for shape in representation.Representations or ()
    )
