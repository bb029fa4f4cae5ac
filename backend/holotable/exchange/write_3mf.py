"""3MF (core specification) by lib3mf: shared meshes as objects, the tree as components, colours."""

import ctypes
import locale
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from py_lib3mf import Lib3MF

from holotable.exchange.part_tree import Floats, PartTree, Primitive
from holotable.exchange.write_obj import srgb

MM: Final = 1000.0
# 3MF stands on its build plate, z up; the scene's y up becomes that.
_Z_UP: Final = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])


def write_3mf(path: Path, tree: PartTree) -> None:
    """Write it: millimetres, z up, one build item per root, names kept."""
    wrapper: Any = Lib3MF.Wrapper()
    model = wrapper.CreateModel()
    model.SetUnit(Lib3MF.ModelUnit.MilliMeter)
    colours = _Colours(model)
    meshes = {
        number: [_mesh(model, one, colours) for one in primitives]
        for number, primitives in tree.meshes.items()
        if primitives
    }
    children: list[list[int]] = [[] for _ in tree.nodes]
    for number, node in enumerate(tree.nodes):
        if node.parent >= 0:
            children[node.parent].append(number)
    made: dict[int, Any] = {}
    for number in reversed(range(len(tree.nodes))):  # children are before their parents
        node = tree.nodes[number]
        shown = meshes.get(node.mesh, []) if node.mesh is not None else []
        below = [child for child in children[number] if child in made]
        if not shown and not below:
            continue
        group = model.AddComponentsObject()
        group.SetName(node.name)
        if node.id:
            group.SetPartNumber(node.id)
        for mesh in shown:
            group.AddComponent(mesh, wrapper.GetIdentityTransform())
        for child in below:
            group.AddComponent(made[child], _transform(_millimetres(tree.nodes[child].local)))
        made[number] = group
    for number, node in enumerate(tree.nodes):
        if node.parent < 0 and number in made:
            model.AddBuildItem(made[number], _transform(_Z_UP @ _millimetres(node.local)))
    with _locale_kept():
        model.QueryWriter("3mf").WriteToFile(str(path))


@contextmanager
def _locale_kept() -> Iterator[None]:
    """lib3mf leaves the process in the locale "C", where Python opens text files as ASCII.

    A locale is the whole process's: a server writes 3MF in a process of its own.
    """
    before = locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, before)


def _mesh(model: Any, one: Primitive, colours: "_Colours") -> Any:
    mesh = model.AddMeshObject()
    # lib3mf refuses what is no triangle.
    corners = one.triangles
    sound = (
        (corners[:, 0] != corners[:, 1])
        & (corners[:, 1] != corners[:, 2])
        & (corners[:, 0] != corners[:, 2])
    )
    positions = np.ascontiguousarray(one.positions.astype(float) * MM, np.float32)
    triangles = np.ascontiguousarray(corners[sound], np.uint32)
    mesh.SetGeometry(
        (Lib3MF.Position * len(positions)).from_buffer_copy(positions.tobytes()),
        (Lib3MF.Triangle * len(triangles)).from_buffer_copy(triangles.tobytes()),
    )
    group, number = colours.of(one.colour)
    mesh.SetObjectLevelProperty(group, number)
    return mesh


class _Colours:
    """One group of base materials for the whole model."""

    def __init__(self, model: Any) -> None:
        self._group = model.AddBaseMaterialGroup()
        self._known: dict[tuple[float, ...], int] = {}

    def of(self, colour: tuple[float, float, float, float]) -> tuple[int, int]:
        """The group's and the material's number."""
        if colour not in self._known:
            shade = Lib3MF.Color()
            red, green, blue = (round(255 * srgb(one)) for one in colour[:3])
            shade.Red, shade.Green, shade.Blue = red, green, blue
            shade.Alpha = round(255 * colour[3])
            name = f"#{red:02x}{green:02x}{blue:02x}"
            self._known[colour] = self._group.AddMaterial(name, shade)
        return self._group.GetResourceID(), self._known[colour]


def _millimetres(matrix: Floats) -> Floats:
    out = matrix.copy()
    out[:3, 3] *= MM
    return out


def _transform(matrix: Floats) -> Any:
    """3MF multiplies rows: 4 × 3, transposed."""
    out = Lib3MF.Transform()
    for row in range(4):
        for column in range(3):
            out.Fields[row][column] = ctypes.c_float(float(matrix[column, row])).value
    return out
