"""One GLB document under construction: JSON as plain dicts, one binary chunk, compressed views.

glTF 2.0 with KHR_mesh_quantization, KHR_meshopt_compression and EXT_mesh_gpu_instancing. Plain
dicts rather than a glTF object model: for a model.glb of 10,283 nodes pygltflib objects took
3.5 CPU s, dicts 0.03 s.
"""

import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import meshopt
import numpy as np
from numpy.typing import NDArray

from holotable.errors import TooLarge

Json: TypeAlias = dict[str, Any]  # glTF's own JSON: as deep and as mixed as its schema
Target: TypeAlias = Literal["vertices", "indices", "instances"]

GENERATOR: Final = "Holotable"
# Streams of version 1, which EXT_meshopt_compression has not: 8 to 12 % less for positions and
# normals on eleven shared models.
COMPRESSION: Final = "KHR_meshopt_compression"
CODEC: Final = 1
# What the JSON of a compressed view costs more than that of a plain one; and that of the first one,
# with the second buffer and the extension's name.
_VIEW_BYTES: Final = 150
_FIRST_VIEW_BYTES: Final = 340
_TARGETS: Final = {"vertices": 34962, "indices": 34963}  # ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER
_COMPONENT: Final = {
    np.dtype(np.int8): 5120,
    np.dtype(np.uint8): 5121,
    np.dtype(np.int16): 5122,
    np.dtype(np.uint16): 5123,
    np.dtype(np.uint32): 5125,
    np.dtype(np.float32): 5126,
}
_SHAPE: Final = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class GlbDocument:
    """glTF JSON and the bytes of its one binary buffer."""

    def __init__(self, extensions: tuple[str, ...] = ()) -> None:
        self.json: Json = {
            "asset": {"version": "2.0", "generator": GENERATOR},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "accessors": [],
            "bufferViews": [],
        }
        if extensions:
            self.json["extensionsUsed"] = list(extensions)
            self.json["extensionsRequired"] = list(extensions)
        self._chunks: list[bytes] = []
        self._bytes = 0
        self._fallback_bytes = 0  # size of the buffer that a decoder fills

    @property
    def encoded_bytes(self) -> int:
        """Size of the binary buffer so far."""
        return self._bytes

    def add(self, kind: str, entry: Json) -> int:
        """Append to a top-level list; returns the entry's index."""
        entries: list[Json] = self.json.setdefault(kind, [])
        entries.append(entry)
        return len(entries) - 1

    def view(self, array: NDArray[np.generic], target: Target) -> int:
        """An uncompressed buffer view of a tightly packed array."""
        encoded = np.ascontiguousarray(array).tobytes()
        entry: Json = {"buffer": 0, "byteOffset": self._append(encoded), "byteLength": len(encoded)}
        if target in _TARGETS:
            entry["target"] = _TARGETS[target]
        return self.add("bufferViews", entry)

    def use(self, extensions: Iterable[str], *, required: bool = False) -> None:
        """Say that the document uses extensions; required: no reader may pass over them."""
        for key in ("extensionsUsed", *(["extensionsRequired"] if required else [])):
            stated: list[str] = self.json.setdefault(key, [])
            stated += [name for name in sorted(extensions) if name not in stated]

    def bytes_view(self, content: bytes) -> int:
        """A buffer view of bytes that no accessor reads: a picture."""
        offset = self._append(content)
        entry: Json = {"buffer": 0, "byteOffset": offset, "byteLength": len(content)}
        return self.add("bufferViews", entry)

    def compressed_view(
        self,
        rows: NDArray[np.generic],
        target: Target,
        octahedral: bool = False,
        exponential: bool = False,
    ) -> int:
        """A buffer view compressed as KHR_meshopt_compression says; a plain one where that is less.

        rows: (n, …) with a multiple of 4 bytes per row for vertices and instances; (3 m,) indices.
        octahedral: rows are what `meshopt.encode_filter_oct` made; exponential: likewise
        `meshopt.encode_filter_exp`.
        """
        mode = "TRIANGLES" if target == "indices" else "ATTRIBUTES"
        encoded = meshopt.encode_gltf_buffer(rows, mode, CODEC)
        stride = rows.nbytes // len(rows)
        worthwhile = _VIEW_BYTES if self._fallback_bytes else _FIRST_VIEW_BYTES
        if rows.nbytes < len(encoded) + worthwhile:
            return self._plain_view(_decoded(rows, octahedral, exponential), target, stride)
        self.use((COMPRESSION,), required=True)
        extension: Json = {
            "buffer": 0,
            "byteOffset": self._append(encoded),
            "byteLength": len(encoded),
            "byteStride": stride,
            "count": len(rows),
            "mode": mode,
        }
        if octahedral:
            extension["filter"] = "OCTAHEDRAL"
        if exponential:
            extension["filter"] = "EXPONENTIAL"
        entry: Json = {
            "buffer": 1,
            "byteOffset": self._fallback_bytes,
            "byteLength": rows.nbytes,
            "extensions": {COMPRESSION: extension},
        }
        if target != "indices":
            entry["byteStride"] = stride
        if target in _TARGETS:
            entry["target"] = _TARGETS[target]
        self._fallback_bytes += (rows.nbytes + 3) // 4 * 4
        return self.add("bufferViews", entry)

    def _plain_view(self, content: bytes, target: Target, stride: int) -> int:
        entry: Json = {"buffer": 0, "byteOffset": self._append(content), "byteLength": len(content)}
        if target != "indices":
            entry["byteStride"] = stride
        return self.add("bufferViews", entry)

    def accessor(
        self,
        view: int,
        kind: np.dtype[Any],
        count: int,
        components: int,
        normalized: bool = False,
        bounds: tuple[list[float], list[float]] | None = None,
        offset: int = 0,
    ) -> int:
        """An accessor over a view. bounds: minimum and maximum, required for POSITION.

        offset: of its first byte in each row of a view that several accessors share.
        """
        entry: Json = {
            "bufferView": view,
            **({"byteOffset": offset} if offset else {}),
            "componentType": _COMPONENT[np.dtype(kind)],
            "count": count,
            "type": _SHAPE[components],
        }
        if normalized:
            entry["normalized"] = True
        if bounds is not None:
            entry["min"], entry["max"] = bounds
        return self.add("accessors", entry)

    def write(self, path: Path) -> int:
        """Write the container (glTF 2.0 §4.4); returns its size in bytes."""
        buffers: list[Json] = []
        if self._bytes:
            buffers.append({"byteLength": self._bytes})
        if self._fallback_bytes:
            buffers.append(
                {
                    "byteLength": self._fallback_bytes,
                    "extensions": {COMPRESSION: {"fallback": True}},
                }
            )
        self.json["buffers"] = buffers
        if not self._fallback_bytes:
            for key in ("extensionsUsed", "extensionsRequired"):
                names = self.json.get(key, [])
                self.json[key] = [name for name in names if name != COMPRESSION]
        # An empty array is no valid glTF; a document with nothing to say leaves the key out.
        document = {key: value for key, value in self.json.items() if value != []}
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        size = 12 + 8 + len(text) + (8 + self._bytes if self._bytes else 0)
        if size >= 2**32:
            raise TooLarge("The converted model does not fit into one GLB of 4 GB.")
        with path.open("wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, size))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            if self._bytes:
                file.write(struct.pack("<I4s", self._bytes, b"BIN\0"))
                for chunk in self._chunks:
                    file.write(chunk)
        return size

    def _append(self, encoded: bytes) -> int:
        """Add bytes to the binary buffer, padded to 4; returns their offset."""
        offset = self._bytes
        self._chunks.append(encoded)
        padding = -len(encoded) % 4
        if padding:
            self._chunks.append(b"\0" * padding)
        self._bytes += len(encoded) + padding
        return offset


def _decoded(rows: NDArray[np.generic], octahedral: bool, exponential: bool) -> bytes:
    """What a reader gets of these rows."""
    name: Literal["OCTAHEDRAL", "EXPONENTIAL"] | None = None
    if octahedral:
        name = "OCTAHEDRAL"
    elif exponential:
        name = "EXPONENTIAL"
    if name is None:
        return np.ascontiguousarray(rows).tobytes()
    encoded = meshopt.encode_vertex_buffer(np.ascontiguousarray(rows))
    stride = rows.nbytes // len(rows)
    return bytes(meshopt.decode_vertex_buffer(encoded, len(rows), stride, name).tobytes())
