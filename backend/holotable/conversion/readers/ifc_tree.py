"""The tree of an IFC file: project, site, building, storey, aggregates, elements.

IFC spreads parenthood over many relationships; here every product has one parent.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from holotable.conversion.readers.ifc_entity import (
    attribute,
    instances,
    is_entity,
    items_of,
    number_of,
    text_of,
)
from holotable.conversion.readers.text_guard import node_on_cycle

# Volumes without material: rooms, holes, zones. Hidden until somebody shows them.
HELPERS: Final = (
    "IfcSpace",
    "IfcFeatureElementSubtraction",
    "IfcFeatureElementAddition",  # already part of the element it is added to
    "IfcSpatialZone",
    "IfcExternalSpatialStructureElement",
    "IfcVirtualElement",
)
# Drawn with lines. Annotations and grids belong to drawings and start hidden; an axis is shown.
DRAWN: Final = ("IfcAnnotation", "IfcGrid", "IfcPositioningElement")
HIDDEN_DRAWN: Final = ("IfcAnnotation", "IfcGrid")
_BODIES: Final = frozenset({"Body", "Facetation", "Body-FallBack", "Tessellation", "Surface"})


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

    rows: the projects and products that are rows. helpers, drawn: instance numbers of those kinds.
    bodies: the products that claim to have a body. homeless: nothing in the file holds them.
    contested: more than one structure claims to hold them.
    """

    file: Any
    parents: dict[int, int]
    children: dict[int, list[int]]
    roots: list[int]
    rows: frozenset[int]
    helpers: frozenset[int]
    drawn: frozenset[int]
    hidden: frozenset[int]
    bodies: tuple[int, ...]
    homeless: int
    contested: int

    def ordered(self) -> Iterator[Element]:
        """All rows depth first, parents before children."""
        pending = [(step, 0) for step in reversed(self.roots)]
        seen: set[int] = set()
        while pending:
            step, parent = pending.pop()
            if step in seen:
                continue
            seen.add(step)
            if step in self.rows:
                entity = self.file.by_id(step)
                yield Element(step, parent, name_of(entity), entity)
                parent = step
            pending.extend((child, parent) for child in reversed(self.children.get(step, [])))

    def holds_shown(self, step: int) -> bool:
        """Whether a row that is not hidden lies below this one."""
        pending = list(self.children.get(step, ()))
        while pending:
            below = pending.pop()
            if below in self.rows and below not in self.hidden:
                return True
            pending.extend(self.children.get(below, ()))
        return False


def build_tree(file: Any) -> Tree:
    """Read the relationships once; those by which something holds itself leave the file.

    The kernel follows them too, to find the outermost whole, and would do so for ever.
    """
    claims = _Claims()
    for name, whole, parts in _HOLDING:
        for relation in instances(file, name):
            for child in items_of(relation, parts):
                claims.add(relation, attribute(relation, whole), child)
    _claim_features(file, claims)
    parents = claims.parents
    _break_cycles(parents)
    if node_on_cycle(claims.held) is not None:
        for step in {claim[0] for claim in claims.said if parents.get(claim[2]) != claim[1]}:
            file.remove(file.by_id(step))

    products = {product.id(): product for product in instances(file, "IfcProduct")}
    ports = {port.id() for port in instances(file, "IfcPort")}
    rows = {step for step, one in products.items() if step not in ports or _has_shape(one)}
    projects = [entity.id() for entity in instances(file, "IfcProject")]
    rows.update(projects)
    top = projects[0] if projects else 0
    homeless = 0
    for step in sorted(rows - parents.keys()):
        if step != top and top:
            parents[step] = top
            homeless += step in products and not products[step].is_a("IfcSite")
    helpers = {one.id() for one in instances(file, *HELPERS)}
    roots = [top] if top else sorted(rows - parents.keys())
    return Tree(
        file=file,
        parents=parents,
        children=_children(file, parents),
        roots=roots,
        rows=frozenset(rows),
        helpers=frozenset(helpers),
        drawn=frozenset(one.id() for one in instances(file, *DRAWN)),
        hidden=frozenset(helpers | {one.id() for one in instances(file, *HIDDEN_DRAWN)}),
        bodies=tuple(step for step, one in products.items() if step in rows and _has_body(one)),
        homeless=homeless,
        contested=claims.contested,
    )


# Relationship, who holds, what is held: the first that claims a child has it.
_HOLDING: Final = (
    ("IfcRelAggregates", "RelatingObject", "RelatedObjects"),
    ("IfcRelNests", "RelatingObject", "RelatedObjects"),
    ("IfcRelContainedInSpatialStructure", "RelatingStructure", "RelatedElements"),
    ("IfcRelVoidsElement", "RelatingBuildingElement", "RelatedOpeningElement"),
    ("IfcRelProjectsElement", "RelatingElement", "RelatedFeatureElement"),
    ("IfcRelAdheresToElement", "RelatingElement", "RelatedSurfaceFeatures"),
    ("IfcRelConnectsPortToElement", "RelatedElement", "RelatingPort"),
)


class _Claims:
    """Parents by child; counts the children that two different wholes claim."""

    def __init__(self) -> None:
        self.parents: dict[int, int] = {}
        self.held: defaultdict[int, list[int]] = defaultdict(list)
        self.said: list[tuple[int, int, int]] = []  # relation, whole, part; in vain too
        self.contested = 0

    def add(self, relation: Any, parent: Any, child: Any) -> None:
        """Let `parent` hold `child` unless something holds it already."""
        if not is_entity(parent) or not is_entity(child):
            return
        self.held[parent.id()].append(child.id())
        self.said.append((relation.id(), parent.id(), child.id()))
        if parent.id() == child.id():
            self.contested += 1
            return
        held = self.parents.setdefault(child.id(), parent.id())
        self.contested += held != parent.id()

    def beside(self, other: int, child: Any) -> None:
        """Let whatever holds `other` hold `child`, unless something does already."""
        if is_entity(child) and other in self.parents:
            self.parents.setdefault(child.id(), self.parents[other])


def _claim_features(file: Any, claims: _Claims) -> None:
    """Homes for what no structure contains: doors, coverings, what only refers to a storey."""
    hosts: dict[int, int] = {}
    for relation in instances(file, "IfcRelVoidsElement"):
        opening = attribute(relation, "RelatedOpeningElement")
        host = attribute(relation, "RelatingBuildingElement")
        if is_entity(opening) and is_entity(host):
            hosts[opening.id()] = host.id()
    for relation in instances(file, "IfcRelFillsElement"):
        # A door that no storey contains stands beside the wall that it fills.
        opening = attribute(relation, "RelatingOpeningElement")
        if is_entity(opening) and opening.id() in hosts:
            claims.beside(hosts[opening.id()], attribute(relation, "RelatedBuildingElement"))
    for relation in instances(file, "IfcRelReferencedInSpatialStructure"):
        structure = attribute(relation, "RelatingStructure")
        for child in items_of(relation, "RelatedElements"):
            if is_entity(structure):
                claims.parents.setdefault(child.id(), structure.id())
    for relation in instances(file, "IfcRelCoversBldgElements"):
        covered = attribute(relation, "RelatingBuildingElement")
        for covering in items_of(relation, "RelatedCoverings"):
            if is_entity(covered):
                claims.beside(covered.id(), covering)
    for relation in instances(file, "IfcRelCoversSpaces"):
        space = attribute(relation, "RelatingSpace") or attribute(relation, "RelatedSpace")
        for covering in items_of(relation, "RelatedCoverings"):
            if is_entity(space):
                claims.beside(space.id(), covering)


def name_of(entity: Any) -> str:
    """What people call it: its name, its long name, its type's words, else its class."""
    for name in ("Name", "LongName", "ObjectType"):
        text = text_of(entity, name)
        if text:
            return text
    return str(entity.is_a().removeprefix("Ifc"))


def _children(file: Any, parents: dict[int, int]) -> dict[int, list[int]]:
    """Children in the file's order, storeys from the ground up."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    elevations = {
        storey.id(): number_of(storey, "Elevation") or 0.0
        for storey in instances(file, "IfcBuildingStorey")
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


def _has_shape(product: Any) -> bool:
    return is_entity(attribute(product, "Representation"))


def _has_body(product: Any) -> bool:
    representation = attribute(product, "Representation")
    if not is_entity(representation):
        return False
    return any(
        text_of(shape, "RepresentationIdentifier") in _BODIES
        for shape in items_of(representation, "Representations")
    )
