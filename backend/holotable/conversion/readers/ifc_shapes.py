"""Shapes of IFC products through IfcOpenShell's geometry iterator, one at a time.

Kernel hybrid-cgal-simple-opencascade on one thread: 1.7 to 4.4 times less CPU than the default
kernel with the same elements; a second thread cost more CPU and more time (CONVERSION: 2).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import ifcopenshell.geom
import numpy as np
from ifcopenshell import ifcopenshell_wrapper

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack
from holotable.conversion.readers.draft import Lines
from holotable.conversion.readers.ifc_entity import attribute, is_entity
from holotable.conversion.readers.ifc_tree import Tree
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


@dataclass(slots=True)
class Shapes:
    """What was built: by step id its use; by part the step ids that use it."""

    uses: dict[int, Use] = field(default_factory=dict)
    users: list[list[int]] = field(default_factory=list)
    second_tries: int = 0
    _parts: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)

    def add(self, shape: Any, file: Any, assembly: Assembly, naming: Naming) -> None:
        """Take one shape's arrays, or nothing when it has neither surface nor line."""
        number = self._part_number(shape, file, assembly, naming)
        if number is None:
            return
        matrix = np.array(shape.transformation.matrix).reshape(4, 4).T
        self.uses[shape.id] = Use(number, matrix)
        self.users[number].append(shape.id)

    def _part_number(self, shape: Any, file: Any, assembly: Assembly, naming: Naming) -> int | None:
        geometry = shape.geometry
        colours = tuple(_colour(material) for material in geometry.materials)
        # Elements may share a representation and still differ by the style of their own material.
        key = (geometry.id, colours)
        number = self._parts.get(key)
        if number is not None:
            return number
        triangles = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3)
        points = np.frombuffer(geometry.verts_buffer, np.float64).reshape(-1, 3)
        lines = None
        if not len(triangles):
            lines = _lines(geometry, points)
            if lines is None:
                return None
        number = assembly.add_part(
            naming(file.by_id(shape.id)),
            points,
            triangles.astype(np.int64),
            colours=None if lines else _corner_colours(geometry, colours, len(triangles)),
            lines=lines,
        )
        self._parts[key] = number
        self.users.append([])
        return number


def read_shapes(tree: Tree, assembly: Assembly, naming: Naming, progress: Progress) -> Shapes:
    """Build the shapes of all rows. naming: what the part of an element is called.

    progress: told the share that is done, from 0 to 1.
    """
    shapes = Shapes()
    file = tree.file
    products = [step for step in sorted(tree.rows) if _is_shaped(file.by_id(step))]
    solid = [step for step in products if step not in tree.drawn]
    drawn = [step for step in products if step in tree.drawn]
    plans = [(KERNEL, solid, _settings()), (SECOND_KERNEL, drawn, _settings(curves=True))]
    total = max(len(products), 1)
    done = 0
    for kernel, steps, settings in plans:
        before = done / total
        for shape, share in _built(file, settings, kernel, steps):
            shapes.add(shape, file, assembly, naming)
            progress(before + share * len(steps) / total)
        done += len(steps)
        progress(done / total)
    lost = [step for step in tree.bodies if step not in shapes.uses]
    for step in lost[:MOST_SECOND_TRIES]:
        shape = _built_alone(file.by_id(step))
        if shape is not None:
            shapes.add(shape, file, assembly, naming)
            shapes.second_tries += step in shapes.uses
    return shapes


def _settings(*, curves: bool = False) -> Any:
    settings = ifcopenshell.geom.settings()
    # Welded, curved and flat faces share normals or have none; own crease normals are even.
    settings.set("weld-vertices", True)
    settings.set("no-normals", True)
    if curves:
        settings.set("dimensionality", _CURVES_TOO)
    return settings


def _built(
    file: Any, settings: Any, kernel: str, steps: Sequence[int]
) -> Iterator[tuple[Any, float]]:
    """Each shape that the kernel can build, and how much of the work is done."""
    if not steps:
        return
    iterator = ifcopenshell_wrapper.construct_iterator_with_include_exclude_id(
        kernel, settings, file, list(steps), True, 1
    )
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


def _is_shaped(entity: Any) -> bool:
    return is_entity(attribute(entity, "Representation"))


def _colour(material: Any) -> int:
    if material.name == "DefaultMaterial":
        return OWN_COLOUR
    alpha = 1.0 - material.transparency if material.has_transparency() else 1.0
    diffuse = material.diffuse
    red, green, blue = float(diffuse.r()), float(diffuse.g()), float(diffuse.b())
    return pack(red, green, blue, 1.0 if math.isnan(alpha) else alpha)


def _corner_colours(geometry: Any, colours: tuple[int, ...], count: int) -> Colours:
    numbers = np.frombuffer(geometry.material_ids_buffer, np.int32)
    if len(numbers) != count or not colours:
        return np.full(3 * count, OWN_COLOUR)
    table = np.array([*colours, OWN_COLOUR], np.int64)  # -1, no material, takes the last
    return np.repeat(table[numbers], 3)


def _lines(geometry: Any, points: Floats) -> Lines | None:
    """The edges of a shape without surfaces, as one polyline each."""
    edges = np.frombuffer(geometry.edges_buffer, np.int32).reshape(-1, 2)
    if not len(edges) or not len(points):
        return None
    return Lines(points[edges.ravel()], np.arange(len(edges) + 1, dtype=np.int64) * 2)
