"""model.glb as others' formats need it: a tree of named nodes, shared meshes of triangles, colours.

Nothing native decodes here and nothing is believed: the file comes out of a sandbox that a hostile
upload may have taken over. Our own model.glb requires no extension (docs/formats/scene-package.md).
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Floats32: TypeAlias = NDArray[np.float32]
Whole: TypeAlias = NDArray[np.uint32]
Json: TypeAlias = dict[str, Any]

_JSON: Final = 0x4E4F534A
_BIN: Final = 0x004E4942
_TRIANGLES: Final = 4
_ITEM: Final = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTH: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_DAMAGE: Final = (
    struct.error, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError,
)  # fmt: skip
_WHITE: Final = (1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Primitive:
    """Triangles of one colour.

    positions: (n, 3) metres, part frame.  triangles: (m, 3).  normals: (n, 3) or None.
    colour: red, green, blue, alpha, linear, 0 to 1 (glTF 2.0 §3.9.2).
    """

    positions: Floats32
    triangles: Whole
    normals: Floats32 | None
    colour: tuple[float, float, float, float]
    metallic: float
    roughness: float


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A row of the structure. local: (4, 4) to its parent; parent: -1 for a root."""

    name: str
    id: str | None  # of the structure; None for a node in between
    parent: int
    local: Floats
    mesh: int | None


@dataclass(slots=True)
class LeftOut:
    """What a format cannot hold or we do not write, counted."""

    points: int = 0
    lines: int = 0
    textures: int = 0

    def said(self) -> dict[str, int]:
        """What there is of it, by name."""
        counts = {"points": self.points, "lines": self.lines, "textures": self.textures}
        return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class PartTree:
    """nodes: parents before children.  meshes: by number, the primitives with triangles."""

    nodes: list[TreeNode]
    meshes: dict[int, list[Primitive]]
    left_out: LeftOut = field(default_factory=LeftOut)

    def worlds(self) -> Floats:
        """(n, 4, 4): from each node to the scene."""
        out = np.empty((len(self.nodes), 4, 4))
        for number, node in enumerate(self.nodes):
            out[number] = node.local if node.parent < 0 else out[node.parent] @ node.local
        return out

    def placed(self) -> Iterator[tuple[TreeNode, Floats, list[Primitive]]]:
        """Each node that shows triangles, with where it stands in the scene."""
        worlds = self.worlds()
        for number, node in enumerate(self.nodes):
            primitives = self.meshes.get(node.mesh, []) if node.mesh is not None else []
            if primitives:
                yield node, worlds[number], primitives

    def named(self, number: int) -> TreeNode:
        """The row that a node belongs to: itself, or the one above a node in between."""
        node = self.nodes[number]
        while node.id is None and node.parent >= 0:
            node = self.nodes[node.parent]
        return node


def read_tree(content: bytes | memoryview) -> PartTree:
    """The whole model. raises: ValueError when it is no GLB that this reads."""
    view = memoryview(content)
    try:
        return _read(view)
    except (*_DAMAGE, ValueError) as damage:
        raise ValueError("The model cannot be read.") from damage


def _read(view: memoryview) -> PartTree:
    magic, version, _ = struct.unpack_from("<4sII", view)
    size, kind = struct.unpack_from("<II", view, 12)
    if magic != b"glTF" or version != 2 or kind != _JSON or 20 + size > len(view):
        raise ValueError("no GLB")
    document: Json = json.loads(bytes(view[20 : 20 + size]))
    binary = memoryview(b"")
    if len(view) >= 28 + size:
        length, kind = struct.unpack_from("<II", view, 20 + size)
        if kind == _BIN:
            binary = view[28 + size : 28 + size + length]
    if document.get("extensionsRequired"):
        raise ValueError("It requires extensions.")
    meshes = _Meshes(document, binary)
    nodes = _nodes(document)
    for node in nodes:
        if node.mesh is not None:
            meshes.read(node.mesh)
    return PartTree(nodes, meshes.found, meshes.left_out)


def _nodes(document: Mapping[str, Any]) -> list[TreeNode]:
    rows = document.get("nodes", [])
    scenes = document.get("scenes") or [{}]
    roots = scenes[document.get("scene", 0)].get("nodes", [])
    out: list[TreeNode] = []
    seen: set[int] = set()
    waiting = [(number, -1) for number in reversed(roots)]
    while waiting:
        number, parent = waiting.pop()
        if number in seen or number < 0:
            raise ValueError("The nodes are no tree.")
        seen.add(number)
        row = rows[number]
        said = (row.get("extras") or {}).get("id")
        here = len(out)
        out.append(
            TreeNode(
                name=str(row.get("name") or ""),
                id=said if isinstance(said, str) else None,
                parent=parent,
                local=_local(row),
                mesh=row.get("mesh"),
            )
        )
        waiting += [(child, here) for child in reversed(row.get("children", []))]
    return out


def _local(row: Mapping[str, Any]) -> Floats:
    """glTF 2.0 §3.5.3: a matrix column by column, or T R S."""
    if "matrix" in row:
        matrix = np.array(row["matrix"], float).reshape(4, 4).T
    else:
        matrix = np.eye(4)
        x, y, z, w = (float(one) for one in row.get("rotation", (0, 0, 0, 1)))
        turned = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )
        matrix[:3, :3] = turned * np.array(row.get("scale", (1, 1, 1)), float)
        matrix[:3, 3] = row.get("translation", (0, 0, 0))
    if not np.isfinite(matrix).all():
        raise ValueError("A placement is no number.")
    return matrix


class _Meshes:
    """Reads each mesh once."""

    def __init__(self, document: Json, binary: memoryview) -> None:
        self._document = document
        self._binary = binary
        self.found: dict[int, list[Primitive]] = {}
        self.left_out = LeftOut()

    def read(self, number: int) -> None:
        if number in self.found:
            return
        self.found[number] = []
        for primitive in self._document["meshes"][number]["primitives"]:
            mode = primitive.get("mode", _TRIANGLES)
            if mode == _TRIANGLES:
                self.found[number] += self._triangles(primitive)
            elif mode == 0:
                self.left_out.points += 1
            else:
                self.left_out.lines += 1

    def _triangles(self, primitive: Mapping[str, Any]) -> list[Primitive]:
        attributes = primitive["attributes"]
        positions = np.asarray(self._column(attributes["POSITION"]), np.float32)
        if "indices" in primitive:
            corners = np.asarray(self._column(primitive["indices"])[:, 0], np.uint32)
        else:
            corners = np.arange(len(positions), dtype=np.uint32)
        triangles = corners[: len(corners) // 3 * 3].reshape(-1, 3)
        if not len(triangles):
            return []
        if triangles.max() >= len(positions) or not np.isfinite(positions).all():
            raise ValueError("A mesh is damaged.")
        normals = None
        if "NORMAL" in attributes:
            normals = np.asarray(self._column(attributes["NORMAL"]), np.float32)
            if len(normals) != len(positions):
                raise ValueError("A mesh is damaged.")
        colour, metallic, roughness = self._look(primitive, attributes)
        return [Primitive(positions, triangles, normals, colour, metallic, roughness)]

    def _look(
        self, primitive: Mapping[str, Any], attributes: Mapping[str, Any]
    ) -> tuple[tuple[float, float, float, float], float, float]:
        material = {}
        if "material" in primitive:
            material = self._document["materials"][primitive["material"]]
        said = material.get("pbrMetallicRoughness", {})
        colour = [float(one) for one in said.get("baseColorFactor", _WHITE)][:4]
        if "baseColorTexture" in said:
            self.left_out.textures += 1
        if "COLOR_0" in attributes:
            # One colour instead of many: the mean.
            values = np.asarray(self._column(attributes["COLOR_0"]), float)
            if values.size:
                mean = values.mean(axis=0)
                kind = self._kind(attributes["COLOR_0"])
                scale = 1.0 if kind.kind == "f" else float(np.iinfo(kind).max)
                colour[:3] = [a * b / scale for a, b in zip(colour, mean[:3], strict=False)]
        red, green, blue, alpha = (min(1.0, max(0.0, one)) for one in colour)
        return (
            (red, green, blue, alpha),
            float(said.get("metallicFactor", 1.0)),
            float(said.get("roughnessFactor", 1.0)),
        )

    def _kind(self, number: int) -> np.dtype[Any]:
        return np.dtype(_ITEM[self._document["accessors"][number]["componentType"]])

    def _column(self, number: int) -> NDArray[Any]:
        """(count, width) of an accessor, without a copy."""
        accessor = self._document["accessors"][number]
        view = self._document["bufferViews"][accessor["bufferView"]]
        kind = self._kind(number)
        width = _WIDTH[accessor["type"]]
        count = int(accessor["count"])
        stride = int(view.get("byteStride", kind.itemsize * width))
        start = int(view.get("byteOffset", 0)) + int(accessor.get("byteOffset", 0))
        if count < 0 or start < 0 or stride < kind.itemsize * width:
            raise ValueError("no column")
        if count == 0:
            return np.zeros((0, width), kind)
        if start + stride * (count - 1) + kind.itemsize * width > len(self._binary):
            raise ValueError("beyond the file")
        return np.ndarray((count, width), kind, self._binary, start, (stride, kind.itemsize))
