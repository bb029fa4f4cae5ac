"""STEP, IGES and BREP to a scene, through Open CASCADE's XCAF documents.

Colours: a component's colour is its occurrence's, else the product's. Inside a part the finer
shape wins (face over solid over product), as in Open CASCADE's own viewer; what differs from the
part's main colour becomes a palette entry of those faces' vertices.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from holotable.conversion.mass import mesh_body
from holotable.conversion.options import METRES_PER_UNIT, ConvertOptions, Report, deflection_for
from holotable.conversion.readers import (
    brep_exact,
    brep_measure,
    brep_mesh,
    identity,
    text_guard,
    xcaf,
)
from holotable.errors import DamagedFile, MissingFiles, NoGeometry, TooComplex
from holotable.review.mass import Body
from holotable.review.scene import (
    DEFAULT_COLOUR,
    Z_UP_TO_Y_UP,
    EdgeLines,
    Floats,
    Identity,
    Mesh,
    Node,
    Part,
    PropertyValue,
    Scene,
    SceneWarning,
    Source,
    SourceKind,
)

_DEFAULT_NAMES: Final = {True: "Assembly", False: "Part"}
# What Open CASCADE calls a shape that the file gave no name.
_SHAPE_TYPES: Final = frozenset(
    {"Assembly", "Part", "ASSEMBLY", "COMPOUND", "COMPSOLID", "SOLID", "SHELL", "FACE", "WIRE"}
)
_SEWING_TOLERANCE_MM: Final = 0.01
_MOST_COLOURS: Final = 4095  # of faces, beside the occurrence's own
_FINEST_M: Final = 1e-7  # metres; finer than anything measured on triangles
_MILLIMETRE: Final = 1e-3  # metres; Open CASCADE converts every file to millimetres


@dataclass(frozen=True, slots=True)
class _Frame:
    """From Open CASCADE's millimetres and axes to metres, y up."""

    metres: float
    turn: Floats  # (4, 4)

    def points(self, points: Floats) -> Floats:
        turned: Floats = (points * self.metres) @ self.turn[:3, :3].T
        return turned

    def directions(self, directions: Floats) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.ascontiguousarray(directions @ self.turn[:3, :3].T, np.float32)

    def transform(self, transform: Floats) -> Floats:
        scaled = transform.copy()
        scaled[:3, 3] *= self.metres
        conjugated: Floats = self.turn @ scaled @ self.turn.T
        return conjugated + 0.0  # no negative zeros in the package


@dataclass(slots=True)
class _Palette:
    """Colours of faces in order of first use; 0 stands for the occurrence's colour."""

    entries: dict[str, int]

    def number(self, colour: str) -> int:
        if len(self.entries) >= _MOST_COLOURS and colour not in self.entries:
            return 0
        return self.entries.setdefault(colour, len(self.entries) + 1)

    def colours(self) -> tuple[str, ...]:
        return (DEFAULT_COLOUR, *self.entries)


@dataclass(frozen=True, slots=True)
class _ReadPart:
    part: Part
    colour: str | None  # the part's main colour
    untriangulated: int
    inexact: int  # faces and edges whose exact geometry could not be told
    offset: Floats  # (3,) metres, y up: where the part's frame lies in the product's


def read_cad(path: Path, kind: SourceKind, options: ConvertOptions, report: Report) -> Scene:
    """Read a STEP, IGES or BREP file.

    raises: DamagedFile, MissingFiles, NoGeometry, TooComplex.
    """
    report("reading", 0.0)
    keys: tuple[str, ...] = ()
    match kind:
        case "step":
            text_guard.check_step(path)
            keys = text_guard.property_names(path)
        case "iges":
            text_guard.check_iges(path)
        case _:
            pass
    report("reading", 0.05)
    document = xcaf.open_document(path, kind, report, keys)
    uses = _count_uses(document, options)
    report("reading", 1.0)

    frame = _frame(document, options)
    palette = _Palette({})
    leaves = [product for product in _in_use(document, uses) if not product.is_assembly]
    parts: dict[str, _ReadPart] = {}
    placed_triangles = 0
    report("tessellating", 0.0)
    for number, product in enumerate(leaves):
        read = _read_part(product, frame, palette, options, sew=kind == "iges")
        parts[product.key] = read
        placed_triangles += len(read.part.mesh.triangles) * uses[product.key]
        if placed_triangles > options.max_triangles:
            raise TooComplex(
                f"The model has more than {options.max_triangles:,} triangles.",
                limit=options.max_triangles,
            )
        report("tessellating", (number + 1) / len(leaves))
    if placed_triangles == 0:
        if document.missing_files:
            raise MissingFiles(_missing_detail(document), files=document.missing_files)
        raise NoGeometry()
    return Scene(
        Source(kind, document.length_unit, options.up_axis or "z"),
        _nodes(document, parts, frame, path.stem),
        tuple(read.part for read in parts.values()),
        palette.colours(),
        _warnings(document, parts),
        document.pmi,
    )


def _frame(document: xcaf.Document, options: ConvertOptions) -> _Frame:
    """What the person says of unit and axis goes before what the file says."""
    metres = _MILLIMETRE
    if options.unit is not None:
        read_as = METRES_PER_UNIT[document.length_unit or "mm"]
        metres *= METRES_PER_UNIT[options.unit] / read_as
    return _Frame(metres, np.eye(4) if options.up_axis == "y" else Z_UP_TO_Y_UP)


def _count_uses(document: xcaf.Document, options: ConvertOptions) -> dict[str, int]:
    """How often each product is placed, in an order with assemblies before what they hold.

    A few kilobytes can say 2**38 placements, so they are counted before any is made.
    """
    products = document.products
    waiting: Counter[str] = Counter()
    for product in products.values():
        waiting.update(component.product for component in product.components)
    uses: defaultdict[str, int] = defaultdict(int)
    for root in document.roots:
        uses[root] += 1
    free = [root for root in dict.fromkeys(document.roots) if waiting[root] == 0]
    ordered: dict[str, int] = {}
    total = 0
    while free:
        key = free.pop()
        ordered[key] = uses[key]
        total += uses[key]
        if total > options.max_occurrences:
            raise TooComplex(
                f"The model has more than {options.max_occurrences:,} occurrences.",
                limit=options.max_occurrences,
            )
        for component in products[key].components:
            uses[component.product] += uses[key]
            waiting[component.product] -= 1
            if waiting[component.product] == 0:
                free.append(component.product)
    if len(ordered) < len(products):
        raise DamagedFile("An assembly contains itself, directly or through others.")
    return ordered


def _in_use(document: xcaf.Document, uses: Mapping[str, int]) -> list[xcaf.Product]:
    return [product for key, product in document.products.items() if uses.get(key)]


def _read_part(
    product: xcaf.Product,
    frame: _Frame,
    palette: _Palette,
    options: ConvertOptions,
    *,
    sew: bool,
) -> _ReadPart:
    shape = xcaf.shape_of(product)
    diagonal_m = brep_measure.bounding_diagonal(shape) * frame.metres
    deflection = deflection_for(diagonal_m, options) / frame.metres
    # Colours before meshing: the mesh is taken out and the shape's triangulation removed.
    colours, chosen = xcaf.face_colours(product, shape)
    main = _main_colour(product.colour, colours, chosen)
    numbers = [0 if colour == main else palette.number(colour) for colour in colours]
    lookup = np.array([*numbers, 0], np.uint16)  # the last entry answers "no colour", -1
    joined = brep_measure.sew(shape, _SEWING_TOLERANCE_MM) if sew else None
    turned = None if joined is None else joined.turned
    mesh = brep_mesh.tessellate(shape, deflection, options.angle_rad, turned)
    properties: dict[str, dict[str, PropertyValue]] = {}
    if product.metadata:
        properties["Metadata"] = product.metadata
    if product.material:
        properties["Material"] = product.material
    positions = frame.points(mesh.positions)
    offset = _far_offset(positions)
    exact = brep_exact.exact_part(
        shape,
        mesh,
        brep_exact.Frame(frame.metres, frame.turn, offset),
        None if joined is None else joined.shape,
    )
    body = exact.body
    part = Part(
        _product_name(product),
        Mesh(
            np.ascontiguousarray(positions - offset, np.float32),
            frame.directions(mesh.normals),
            mesh.triangles,
            lookup[chosen][mesh.faces]
            if len(mesh.faces)
            else np.zeros(len(mesh.positions), np.uint16),
            mesh.faces if len(mesh.faces) else None,
        ),
        _edge_lines(mesh, frame, offset),
        mesh.closed,
        _volume(body, mesh, positions),
        float(exact.shape.face_areas.sum()) if len(mesh.triangles) else None,
        properties,
        None if body is None else body.centre,
        None if body is None else body.inertia,
        exact=exact.shape,
    )
    return _ReadPart(part, main, mesh.untriangulated, exact.lost, offset)


def _volume(body: Body | None, mesh: brep_mesh.BrepMesh, positions: Floats) -> float | None:
    """Cubic metres: of the solids, or of tessellated faces (AP242) that are closed."""
    if body is None and mesh.closed and not mesh.exact:
        body = mesh_body(positions, mesh.triangles)
    return None if body is None else body.amount


def _main_colour(product: str | None, colours: list[str], chosen: Any) -> str | None:
    """The colour that the part's occurrences take: the product's, else one that all faces have."""
    if len(chosen) and len(colours) and (chosen == chosen[0]).all() and chosen[0] >= 0:
        return colours[int(chosen[0])]
    if product is not None or not len(chosen) or (chosen < 0).any():
        return product
    return colours[int(np.bincount(chosen).argmax())]


def _far_offset(positions: Floats) -> Floats:
    """The middle of a part so far from its own origin that float32 would blur it, else 0."""
    if not len(positions):
        return np.zeros(3)
    low, high = positions.min(axis=0), positions.max(axis=0)
    blur = float(np.abs([low, high]).max()) * 2.0**-24
    if blur <= max(1e-5 * float(np.linalg.norm(high - low)), _FINEST_M):
        return np.zeros(3)
    return np.asarray((low + high) / 2.0, np.float64)


def _edge_lines(mesh: brep_mesh.BrepMesh, frame: _Frame, offset: Floats) -> EdgeLines | None:
    if not len(mesh.edge_numbers):
        return None
    points = np.ascontiguousarray(frame.points(mesh.edge_points) - offset, np.float32)
    return EdgeLines(points, mesh.edge_starts, mesh.edge_numbers)


def _product_name(product: xcaf.Product) -> str:
    if not product.name or product.name.startswith("=>["):
        return _DEFAULT_NAMES[product.is_assembly]
    return product.name


@dataclass(frozen=True, slots=True)
class _Pending:
    """A node to be made: what is placed, where, and under which path."""

    component: xcaf.Component
    parent: int
    path: tuple[str, ...]
    step: str
    identity: Identity


def _nodes(
    document: xcaf.Document, parts: Mapping[str, _ReadPart], frame: _Frame, file_name: str
) -> tuple[Node, ...]:
    """Unfold the definitions into the tree, depth first, children in the file's order.

    file_name: shown for a root that has no name but its shape's type; ids do not depend on it.
    """
    products = document.products
    part_numbers = {key: number for number, key in enumerate(parts)}
    steps: dict[str, list[tuple[str, Identity]]] = {}
    transforms: dict[int, Floats] = {}  # per component: instanced sub-assemblies share them

    def children(
        components: tuple[xcaf.Component, ...],
        told_apart: list[tuple[str, Identity]],
        parent: int,
        path: tuple[str, ...],
        parents_identity: Identity,
    ) -> list[_Pending]:
        return [
            _Pending(component, parent, path, step, identity.weaker(parents_identity, own))
            for component, (step, own) in zip(components, told_apart, strict=True)
        ]

    roots = tuple(xcaf.Component(key, "", np.eye(4), None, None, True) for key in document.roots)
    pending = children(roots, _told_apart(roots, products), -1, (), "named")[::-1]
    nodes: list[Node] = []
    while pending:
        item = pending.pop()
        component, product = item.component, products[item.component.product]
        transform = transforms.get(id(component))
        if transform is None:
            transform = frame.transform(component.transform)
            if product.key in parts:
                transform[:3, 3] += transform[:3, :3] @ parts[product.key].offset
            transforms[id(component)] = transform
        path = (*item.path, item.step)
        name = _product_name(product)
        read = parts.get(product.key)
        nodes.append(
            Node(
                identity.path_id(path),
                item.parent,
                file_name
                if item.parent < 0 and name in _SHAPE_TYPES
                else identity.shown_name(name, component.name),
                transform,
                part_numbers.get(product.key),
                "assembly" if product.is_assembly else "part",
                component.colour or (read.colour if read is not None else product.colour),
                component.layer or product.layer,
                item.identity,
                not (component.visible and product.visible),
                _node_properties(product, component, name),
            )
        )
        if product.components:
            if product.key not in steps:
                steps[product.key] = _told_apart(product.components, products)
            pending.extend(
                children(
                    product.components, steps[product.key], len(nodes) - 1, path, item.identity
                )[::-1]
            )
    return tuple(nodes)


def _told_apart(
    components: tuple[xcaf.Component, ...], products: Mapping[str, xcaf.Product]
) -> list[tuple[str, Identity]]:
    return identity.sibling_steps(
        [
            identity.Sibling(
                _product_name(products[component.product]), component.name, component.transform
            )
            for component in components
        ]
    )


def _node_properties(
    product: xcaf.Product, component: xcaf.Component, name: str
) -> dict[str, dict[str, PropertyValue]]:
    properties: dict[str, dict[str, PropertyValue]] = {}
    if not identity.is_automatic(component.name) and component.name != name:
        properties["Product"] = {"product": name, "occurrence": component.name}
    if product.is_assembly and product.metadata:
        properties["Metadata"] = product.metadata
    return properties


def _warnings(document: xcaf.Document, parts: Mapping[str, _ReadPart]) -> tuple[SceneWarning, ...]:
    found: list[SceneWarning] = []
    lost = sum(read.untriangulated for read in parts.values())
    if lost:
        found.append(SceneWarning("faces_lost", lost, f"{lost} faces could not be triangulated."))
    inexact = sum(read.inexact for read in parts.values())
    if inexact:
        detail = f"{inexact} faces and edges have no geometry to measure; they show as triangles."
        found.append(SceneWarning("exact_lost", inexact, detail))
    empty = [read.part.name for read in parts.values() if not len(read.part.mesh.triangles)]
    if empty:
        shown = ", ".join(sorted(set(empty))[:5])
        detail = f"{len(empty)} parts have no surfaces, only curves or points: {shown}."
        found.append(SceneWarning("no_surfaces", len(empty), detail))
    if document.missing_files:
        count = len(document.missing_files)
        found.append(SceneWarning("missing_files", count, _missing_detail(document)))
    return tuple(found)


def _missing_detail(document: xcaf.Document) -> str:
    shown = ", ".join(document.missing_files[:10])
    return f"The file refers to {len(document.missing_files)} missing files: {shown}."
