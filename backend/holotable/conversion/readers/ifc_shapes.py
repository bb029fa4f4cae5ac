"""Shapes of IFC products through IfcOpenShell's geometry iterator, one at a time.

Kernel hybrid-cgal-simple-opencascade on one thread: 1.7 to 4.4 times less CPU than the default
kernel with the same elements; a second thread cost more CPU and more time (CONVERSION: 2). Walls
with openings and slopes are built uncut and cut as meshes where that is exact (`ifc_cuts`).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import ifcopenshell.geom
import numpy as np
from ifcopenshell import ifcopenshell_wrapper

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack
from holotable.conversion.readers.draft import Lines
from holotable.conversion.readers.ifc_colour_maps import read_colour_maps
from holotable.conversion.readers.ifc_cuts import Cut, plan_cuts
from holotable.conversion.readers.ifc_entity import attribute, is_entity
from holotable.conversion.readers.ifc_tree import Tree
from holotable.conversion.readers.mesh_solids import Solid, SolidKernel
from holotable.review.scene import Floats

Naming = Callable[[Any], str]
Progress = Callable[[float], None]

KERNEL: Final = "hybrid-cgal-simple-opencascade"
SECOND_KERNEL: Final = "opencascade"
# Shapes that the first kernel could not build are tried again one by one, but not for minutes.
MOST_SECOND_TRIES: Final = 100
_CURVES_TOO: Final = 2  # CURVES_SURFACES_AND_SOLIDS of the setting "dimensionality"


@dataclass(frozen=True, slots=True)
class Use:
    """Geometry of one element. transform: (4, 4) from the part to the world, metres, z up."""

    part: int
    transform: Floats


@dataclass(frozen=True, slots=True)
class _Mesh:
    """One shape as arrays. points: (n, 3) metres. triangles: (m, 3).

    items: (m,) instance number of the body item of each triangle. colours: (m,) packed.
    """

    step: int
    key: tuple[object, ...]
    points: Floats
    triangles: Numbers
    items: Numbers
    colours: Colours
    lines: Lines | None
    transform: Floats


@dataclass(slots=True)
class Shapes:
    """What was built: by step id its use; by part the step ids that use it.

    second_tries: shapes that only the second kernel could build. cut: elements cut as meshes.
    """

    uses: dict[int, Use] = field(default_factory=dict)
    users: list[list[int]] = field(default_factory=list)
    second_tries: int = 0
    cut: int = 0
    _parts: dict[tuple[object, ...], int] = field(default_factory=dict)


def read_shapes(
    tree: Tree, assembly: Assembly, naming: Naming, metres: float, progress: Progress
) -> Shapes:
    """Build the shapes of all rows.

    naming: what the part of an element is called. metres: of one length unit of the file.
    progress: told the share that is done, from 0 to 1.
    """
    return _Reading(tree, assembly, naming, progress).run(metres)


class _Reading:
    """One run over all products of a file."""

    def __init__(self, tree: Tree, assembly: Assembly, naming: Naming, progress: Progress) -> None:
        self._tree = tree
        self._file = tree.file
        self._assembly = assembly
        self._naming = naming
        self._progress = progress
        self._shapes = Shapes()
        self._openings: dict[int, list[Solid] | None] = {}
        self._colour_maps = read_colour_maps(tree.file)
        self._total = 1
        self._done = 0.0

    def run(self, metres: float) -> Shapes:
        products = [step for step in sorted(self._tree.rows) if self._is_shaped(step)]
        self._total = max(len(products), 1)
        solid = [step for step in products if step not in self._tree.drawn]
        cuts = plan_cuts(self._file, solid, metres)
        self._openings = {step: None for cut in cuts.values() for step in cut.openings}
        self._build(KERNEL, [step for step in solid if step not in cuts], _settings())
        uncut = self._build_cut(cuts)
        self._build(KERNEL, uncut, _settings())
        drawn = [step for step in products if step in self._tree.drawn]
        self._build(SECOND_KERNEL, drawn, _settings(curves=True))
        self._try_again()
        self._progress(1.0)
        return self._shapes

    def _is_shaped(self, step: int) -> bool:
        return is_entity(attribute(self._file.by_id(step), "Representation"))

    def _build(self, kernel: str, steps: Sequence[int], settings: Any) -> None:
        """Build these products. One with several shapes keeps its first surface, or last line:

        an axis comes as a plan first, then in space.
        """
        before = self._done
        lines: dict[int, _Mesh] = {}
        for shape, share in _built(self._file, settings, kernel, steps):
            mesh = None if shape.id in self._shapes.uses else self._mesh(shape)
            if mesh is not None and mesh.lines is not None:
                lines[mesh.step] = mesh
            elif mesh is not None:
                self._add(mesh)
            self._tell(before + share * len(steps))
        for step, mesh in lines.items():
            if step not in self._shapes.uses:
                self._add(mesh)
        self._tell(before + len(steps))

    def _tell(self, done: float) -> None:
        self._done = max(self._done, done)
        self._progress(min(self._done / self._total, 1.0))

    def _build_cut(self, cuts: dict[int, Cut]) -> list[int]:
        """Build elements uncut, and cut their meshes; returns those that need another way."""
        if not cuts:
            return []
        kernel = SolidKernel()
        left = set(cuts)
        before = self._done
        settings = _settings(uncut=True)
        for shape, share in _built(self._file, settings, KERNEL, list(cuts)):
            mesh = self._mesh(shape)
            whole = None if mesh is None else self._cut(mesh, cuts[shape.id], kernel)
            if whole is not None:
                self._add(whole)
                self._shapes.cut += 1
                left.discard(shape.id)
            self._tell(before + share * len(cuts))
        self._done = before + len(cuts) - len(left)
        return sorted(left)

    def _cut(self, mesh: _Mesh, cut: Cut, kernel: SolidKernel) -> _Mesh | None:
        """The element with its openings and slopes, or None when meshes cannot say it."""
        if mesh.lines is not None:
            return None
        to_part: Floats = np.linalg.inv(mesh.transform).astype(np.float64)
        openings: list[Solid] = []
        for step in cut.openings:
            solids = self._openings[step]
            if solids is None:
                return None
            openings += [solid.moved(to_part) for solid in solids]
        pieces: list[tuple[int, int, Solid]] = []
        for item in np.unique(mesh.items).tolist():
            own = mesh.items == item
            colours = np.unique(mesh.colours[own])
            if len(colours) != 1 or item not in cut.halves:
                return None
            halves = []
            for half in cut.halves[item]:
                solids_of_half = half.solids(mesh.points)
                if solids_of_half is None:
                    return None
                halves.append(solids_of_half)
            solid = kernel.subtract(Solid(mesh.points, mesh.triangles[own]), openings, halves)
            if solid is None:
                return None
            pieces.append((item, int(colours[0]), solid))
        return _joined(mesh, pieces)

    def _mesh(self, shape: Any) -> _Mesh | None:
        """One shape's arrays; None when it has neither surface nor line."""
        geometry = shape.geometry
        colours = tuple(_colour(material) for material in geometry.materials)
        triangles = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3)
        points = np.frombuffer(geometry.verts_buffer, np.float64).reshape(-1, 3)
        lines = None
        if not len(triangles):
            lines = _lines(geometry, points)
            if lines is None:
                return None
        items = np.frombuffer(geometry.item_ids_buffer, np.int32).astype(np.int64)
        mesh = _Mesh(
            step=shape.id,
            # Elements may share a representation and differ by the style of their own material.
            key=(geometry.id, colours),
            points=points,
            triangles=triangles.astype(np.int64),
            items=items if len(items) == len(triangles) else np.zeros(len(triangles), np.int64),
            colours=self._mapped(_face_colours(geometry, colours, len(triangles)), items),
            lines=lines,
            transform=np.array(shape.transformation.matrix).reshape(4, 4).T,
        )
        if mesh.step in self._openings and lines is None:
            self._openings[mesh.step] = [
                Solid(mesh.points, mesh.triangles[mesh.items == item]).moved(mesh.transform)
                for item in np.unique(mesh.items).tolist()
            ]
        return mesh

    def _mapped(self, colours: Colours, items: Numbers) -> Colours:
        """The colours with those of face sets that have one for each face."""
        if not self._colour_maps or len(items) != len(colours):
            return colours
        for item in np.unique(items).tolist():
            own = self._colour_maps.get(item)
            where = np.flatnonzero(items == item)
            if own is not None and len(own) == len(where):
                colours[where] = own
        return colours

    def _add(self, mesh: _Mesh) -> None:
        shapes = self._shapes
        number = shapes._parts.get(mesh.key)
        if number is None:
            number = self._assembly.add_part(
                self._naming(self._file.by_id(mesh.step)),
                mesh.points,
                mesh.triangles,
                colours=None if mesh.lines else np.repeat(mesh.colours, 3),
                lines=mesh.lines,
            )
            shapes._parts[mesh.key] = number
            shapes.users.append([])
        shapes.uses[mesh.step] = Use(number, mesh.transform)
        shapes.users[number].append(mesh.step)

    def _try_again(self) -> None:
        lost = [step for step in self._tree.bodies if step not in self._shapes.uses]
        for step in lost[:MOST_SECOND_TRIES]:
            shape = _built_alone(self._file.by_id(step))
            mesh = None if shape is None else self._mesh(shape)
            if mesh is not None:
                self._add(mesh)
                self._shapes.second_tries += 1


def _settings(*, curves: bool = False, uncut: bool = False) -> Any:
    settings = ifcopenshell.geom.settings()
    # Welded, curved and flat faces share normals or have none; own crease normals are even.
    settings.set("weld-vertices", True)
    settings.set("no-normals", True)
    if curves:
        settings.set("dimensionality", _CURVES_TOO)
    if uncut:
        settings.set("disable-opening-subtractions", True)
        settings.set("disable-boolean-result", True)
    return settings


def _built(
    file: Any, settings: Any, kernel: str, steps: Sequence[int]
) -> Iterator[tuple[Any, float]]:
    """Each shape that the kernel can build, and how much of the work is done."""
    if not steps:
        return
    construct: Any = ifcopenshell_wrapper.construct_iterator_with_include_exclude_id
    iterator = construct(kernel, settings, file, list(steps), True, 1)
    if not iterator.initialize():
        return
    told = 0.0
    while True:
        told = max(told, min(iterator.progress() / 100.0, 1.0))
        yield iterator.get(), told
        if not iterator.next():
            return


def _built_alone(entity: Any) -> Any | None:
    """One element by the exact kernel, which is slower and gives up less often."""
    try:
        return ifcopenshell.geom.create_shape(_settings(), entity, geometry_library=SECOND_KERNEL)
    except RuntimeError:
        return None


def _joined(mesh: _Mesh, pieces: list[tuple[int, int, Solid]]) -> _Mesh:
    """The pieces of a cut element as one mesh, which no other element shares."""
    starts = np.cumsum([0, *(len(solid.points) for _, _, solid in pieces)])
    counts = [len(solid.triangles) for _, _, solid in pieces]
    triangles = [
        solid.triangles + start for (_, _, solid), start in zip(pieces, starts, strict=False)
    ]
    return _Mesh(
        step=mesh.step,
        key=(*mesh.key, mesh.step),
        points=np.concatenate([solid.points for _, _, solid in pieces]),
        triangles=np.concatenate(triangles),
        items=np.repeat([item for item, _, _ in pieces], counts),
        colours=np.repeat(np.array([colour for _, colour, _ in pieces], np.int64), counts),
        lines=None,
        transform=mesh.transform,
    )


def _colour(material: Any) -> int:
    if material.name == "DefaultMaterial":
        return OWN_COLOUR
    alpha = 1.0 - material.transparency if material.has_transparency() else 1.0
    diffuse = material.diffuse
    red, green, blue = float(diffuse.r()), float(diffuse.g()), float(diffuse.b())
    return pack(red, green, blue, 1.0 if math.isnan(alpha) else alpha)


def _face_colours(geometry: Any, colours: tuple[int, ...], count: int) -> Colours:
    numbers = np.frombuffer(geometry.material_ids_buffer, np.int32)
    if len(numbers) != count or not colours:
        return np.full(count, OWN_COLOUR)
    table = np.array([*colours, OWN_COLOUR], np.int64)  # -1, no material, takes the last
    return table[numbers]


def _lines(geometry: Any, points: Floats) -> Lines | None:
    """The edges of a shape without surfaces, each a polyline of its own."""
    edges = np.frombuffer(geometry.edges_buffer, np.int32).reshape(-1, 2)
    if not len(edges) or not len(points):
        return None
    return Lines(points[edges.ravel()], np.arange(len(edges) + 1, dtype=np.int64) * 2)
