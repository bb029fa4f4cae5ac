"""Triangles of parts out of model.glb: as the file had them, before anything was simplified.

Nothing native decodes here: model.glb requires no extension, so JSON and numpy suffice. It comes
out of a sandbox that a hostile file may have taken over, so nothing is believed.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_JSON: Final = 0x4E4F534A
_BIN: Final = 0x004E4942
_TRIANGLES: Final = 4
_INDEX_KINDS: Final = {5121: "u1", 5123: "<u2", 5125: "<u4"}
_FLOAT: Final = 5126


@dataclass(frozen=True, slots=True)
class Triangles:
    """positions: (n, 3) metres, part frame.  triangles: (m, 3)."""

    positions: Floats
    triangles: Whole


class ModelFile:
    """model.glb, asked for one part at a time."""

    def __init__(self, content: memoryview) -> None:
        """content: the whole file, mapped. raises: ValueError when it is no GLB."""
        try:
            magic, version, _total = struct.unpack_from("<4sII", content)
            size, kind = struct.unpack_from("<II", content, 12)
            if magic != b"glTF" or version != 2 or kind != _JSON or 20 + size > len(content):
                raise ValueError("no GLB")
            document = json.loads(bytes(content[20 : 20 + size]))
            self._binary = memoryview(b"")
            if len(content) >= 28 + size:
                length, kind = struct.unpack_from("<II", content, 20 + size)
                if kind == _BIN:
                    self._binary = content[28 + size : 28 + size + length]
        except (struct.error, RecursionError) as problem:
            raise ValueError("no GLB") from problem
        if not isinstance(document, dict):
            raise ValueError("no glTF")
        self._document: dict[str, Any] = document  # a stranger's, of any shape

    def triangles(self, row: int) -> Triangles | None:
        """What the node of a row of the structure shows; None without triangles."""
        try:
            return self._triangles(row)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            return None

    def _triangles(self, row: int) -> Triangles | None:
        nodes = self._document["nodes"]
        node = nodes[row]
        if "mesh" not in node:  # a sheared row keeps its mesh in a node below it
            below = [nodes[child] for child in node.get("children", ())[:1]]
            node = next((one for one in below if "extras" not in one), node)
        if "mesh" not in node:
            return None
        points: list[Floats] = []
        corners: list[Whole] = []
        seen: dict[int, int] = {}
        count = 0
        for primitive in self._document["meshes"][node["mesh"]]["primitives"]:
            if primitive.get("mode", _TRIANGLES) != _TRIANGLES:
                continue
            accessor = primitive["attributes"]["POSITION"]
            if accessor not in seen:
                seen[accessor] = count
                points.append(self._positions(accessor))
                count += len(points[-1])
            indices = self._indices(primitive["indices"])
            indices = indices[: len(indices) // 3 * 3].reshape(-1, 3) + seen[accessor]
            corners.append(indices)
        if not corners:
            return None
        positions, triangles = np.concatenate(points), np.concatenate(corners)
        if not len(triangles) or triangles.max() >= len(positions):
            return None
        if not np.isfinite(positions).all():
            return None
        return Triangles(positions, triangles)

    def _positions(self, number: int) -> Floats:
        accessor = self._document["accessors"][number]
        if accessor["componentType"] != _FLOAT or accessor["type"] != "VEC3":
            raise ValueError("other positions")
        return self._column(accessor, "<f4", 3).astype(float)

    def _indices(self, number: int) -> Whole:
        accessor = self._document["accessors"][number]
        return self._column(accessor, _INDEX_KINDS[accessor["componentType"]], 1)[:, 0].astype(
            np.int64
        )

    def _column(self, accessor: dict[str, Any], kind: str, width: int) -> NDArray[Any]:
        view = self._document["bufferViews"][accessor["bufferView"]]
        count = int(accessor["count"])
        item = np.dtype(kind).itemsize
        stride = int(view.get("byteStride", item * width))
        start = int(view.get("byteOffset", 0)) + int(accessor.get("byteOffset", 0))
        if count < 0 or start < 0 or stride < item * width:
            raise ValueError("no column")
        if count == 0:
            return np.zeros((0, width), kind)
        if start + stride * (count - 1) + item * width > len(self._binary):
            raise ValueError("beyond the file")
        return np.ndarray((count, width), kind, self._binary, start, (stride, item))
