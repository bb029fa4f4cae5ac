"""The container of glTF 2.0: JSON, buffers, views and accessors, none of it believed.

An accessor is held against the bytes under it before anything is allocated, and rows are gathered
before they are turned to numbers: many primitives may share one large accessor.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import meshopt
import numpy as np
from numpy.typing import NDArray

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.readers.references import read_data_uri, sibling
from holotable.errors import DamagedFile, MissingFiles, TooLarge, UnsupportedFormat
from holotable.review.scene import Floats

Object: TypeAlias = Mapping[str, Any]  # parsed JSON: values are checked where they are used

_MAX_JSON_BYTES: Final = 256 * 1024**2
_CHUNK_JSON, _CHUNK_BIN = 0x4E4F534A, 0x004E4942  # glTF 2.0 §4.4.3
_COMPONENT_TYPES: Final = {
    5120: "<i1",
    5121: "<u1",
    5122: "<i2",
    5123: "<u2",
    5125: "<u4",
    5126: "<f4",
}
_COMPONENTS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_MESHOPT: Final = ("EXT_meshopt_compression", "KHR_meshopt_compression")
# Each zero byte of a stream costs at least 1/1024 byte in meshopt's vertex codec.
_MAX_MESHOPT_RATIO: Final = 1024
_MAX_SPARSE_SPREAD: Final = 1024  # rows without data for each one that has some


@dataclass(slots=True)
class Document:
    """An opened glTF: the JSON and, on demand, what its buffers hold."""

    json: Object
    path: Path
    binary: bytes | None
    max_bytes: int
    _lists: dict[str, Sequence[Object]] = field(default_factory=dict)
    _buffers: dict[int, bytes] = field(default_factory=dict)
    _decoded: dict[int, bytes] = field(default_factory=dict)
    _given: dict[int, NDArray[Any]] = field(default_factory=dict)

    def objects(self, name: str) -> Sequence[Object]:
        """A list of objects at the top level, empty when absent; checked once."""
        if name not in self._lists:
            self._lists[name] = object_list(self.json, name)
        return self._lists[name]

    def item(self, name: str, index: object) -> Object:
        """One object of a top-level list."""
        found = self.objects(name)
        return found[whole(index, f"index into {name}", len(found))]

    def view(self, index: object) -> tuple[memoryview, int | None]:
        """The bytes of a buffer view and its stride, None when packed."""
        view = self.item("bufferViews", index)
        stride = view.get("byteStride")
        stride = None if stride is None else whole(stride, "byteStride", 256)
        number = whole(index, "bufferView")
        for name in _MESHOPT:
            packed = extension(view, name)
            if packed is not None:
                if number not in self._decoded:
                    self._decoded[number] = self._decompressed(packed)
                step = whole(packed.get("byteStride"), "byteStride", 257)
                is_rows = packed.get("mode") == "ATTRIBUTES"
                return memoryview(self._decoded[number]), step if is_rows else None
        return self._slice(view), stride

    def rows(self, index: object, wanted: Numbers | None = None) -> NDArray[Any]:
        """(count, components) numbers of an accessor as stored; `wanted` picks rows.

        returns: float64 when floating or normalized (glTF 2.0 §3.6.2.2), else int64.
        """
        accessor = self.item("accessors", index)
        dtype = _component_type(accessor.get("componentType"))
        width = _COMPONENTS.get(str(accessor.get("type")))
        if width is None:
            raise DamagedFile("An accessor of the glTF has a type that is not expected here.")
        count = self.count(index)
        sparse = accessor.get("sparse")
        given = self._given.get(whole(index, "accessor"))
        if given is not None:
            if given.dtype.kind != dtype.kind and (given.dtype.kind + dtype.kind) not in (
                "iu",
                "ui",
            ):
                raise DamagedFile("An accessor of the glTF states another type than its stream.")
            if given.shape != (count, width):
                raise DamagedFile("An accessor of the glTF states another size than its stream.")
            rows = given if wanted is None else given[_within(wanted, count)]
        elif accessor.get("bufferView") is not None:
            content, stride = self.view(accessor["bufferView"])
            offset = whole(accessor.get("byteOffset", 0), "byteOffset")
            table = _strided(content, offset, stride, count, dtype, width)
            rows = table if wanted is None else table[_within(wanted, count)]
        elif sparse is not None:
            changed = whole(mapping(sparse).get("count"), "sparse count", count + 1)
            if count > _MAX_SPARSE_SPREAD * (changed + 1):
                raise DamagedFile("A sparse accessor of the glTF is almost all empty.")
            rows = np.zeros((count, width), dtype)
            rows = rows if wanted is None else rows[_within(wanted, count)]
        else:
            raise DamagedFile("An accessor of the glTF has no data.")
        if sparse is not None and given is None:
            rows = self._with_sparse(rows, mapping(sparse), count, wanted, dtype, width)
        if dtype.kind == "f":
            return rows.astype(np.float64)
        if accessor.get("normalized") is True:
            limit = np.iinfo(dtype).max
            return np.maximum(rows.astype(np.float64) / limit, -1.0)
        return rows.astype(np.int64)

    def give(self, index: object, rows: NDArray[Any]) -> None:
        """Rows of an accessor that came out of a compressed stream."""
        self._given[whole(index, "accessor")] = rows

    def count(self, index: object) -> int:
        """The number of rows an accessor states."""
        return whole(self.item("accessors", index).get("count"), "accessor count")

    def image(self, index: object) -> bytes | str:
        """The bytes of an embedded image, or the reference to a file beside the glTF."""
        image = self.item("images", index)
        if image.get("bufferView") is not None:
            return bytes(self.view(image["bufferView"])[0])
        uri = image.get("uri")
        if not isinstance(uri, str):
            raise DamagedFile("An image of the glTF has neither data nor a reference.")
        embedded = read_data_uri(uri, self.max_bytes)
        return uri if embedded is None else embedded

    def check_buffers(self) -> None:
        """Find every buffer, so that all missing files are named at once."""
        missing = []
        for number, buffer in enumerate(self.objects("buffers")):
            uri = buffer.get("uri")
            if isinstance(uri, str) and not uri.startswith("data:"):
                found = sibling(self.path, uri, is_uri=True)
                if found is None:
                    missing.append(shown(uri))
            elif uri is None and not (number == 0 and self.binary is not None):
                continue  # the fallback of a compressed view: it has no bytes
        if missing:
            raise MissingFiles(
                f"The glTF refers to {', '.join(missing[:10])}, which was not uploaded.",
                files=missing,
            )

    def _buffer(self, index: object) -> bytes:
        buffer = self.item("buffers", index)
        number = whole(index, "buffer")
        if number in self._buffers:
            return self._buffers[number]
        length = whole(buffer.get("byteLength"), "byteLength")
        uri = buffer.get("uri")
        if uri is None:
            if number != 0 or self.binary is None:
                raise DamagedFile("A buffer of the glTF has no data.")
            content = self.binary
        elif isinstance(uri, str):
            content = self._read(uri)
        else:
            raise DamagedFile("A buffer of the glTF has a reference that is no text.")
        if len(content) < length:
            raise DamagedFile(
                f"A buffer of the glTF states {length:,} bytes and has {len(content):,}."
            )
        self._buffers[number] = content
        return content

    def _read(self, uri: str) -> bytes:
        embedded = read_data_uri(uri, self.max_bytes)
        if embedded is not None:
            return embedded
        found = sibling(self.path, uri, is_uri=True)
        if found is None:
            raise MissingFiles(f"{shown(uri)} was not uploaded.", names=[shown(uri)])
        if found.stat().st_size > self.max_bytes:
            raise TooLarge(f"{shown(uri)} is too large.")
        return found.read_bytes()

    def _slice(self, view: Object) -> memoryview:
        content = self._buffer(view.get("buffer"))
        offset = whole(view.get("byteOffset", 0), "byteOffset")
        length = whole(view.get("byteLength"), "byteLength")
        if offset + length > len(content):
            raise DamagedFile("A buffer view of the glTF reaches beyond its buffer.")
        return memoryview(content)[offset : offset + length]

    def _decompressed(self, packed: Object) -> bytes:
        """A view compressed by meshoptimizer (EXT_meshopt_compression)."""
        content = self._slice(packed)
        count = whole(packed.get("count"), "count")
        stride = whole(packed.get("byteStride"), "byteStride", 257)
        mode, kept = packed.get("mode"), packed.get("filter", "NONE")
        if (
            mode not in ("ATTRIBUTES", "TRIANGLES", "INDICES")
            or kept not in ("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR")
            or stride == 0
        ):
            raise DamagedFile("A compressed view of the glTF states an unknown mode or filter.")
        if count * stride > _MAX_MESHOPT_RATIO * (len(content) + 64):
            raise DamagedFile("A compressed view of the glTF states more data than it can hold.")
        try:
            rows = meshopt.decode_gltf_buffer(bytes(content), count, stride, mode, kept)
        except (ValueError, RuntimeError, TypeError) as cause:
            raise DamagedFile("A compressed view of the glTF cannot be unpacked.") from cause
        decoded: bytes = np.ascontiguousarray(rows).tobytes()
        return decoded

    def _with_sparse(
        self,
        rows: NDArray[Any],
        sparse: Object,
        count: int,
        wanted: Numbers | None,
        dtype: np.dtype[Any],
        width: int,
    ) -> NDArray[Any]:
        """The rows with the sparse ones put in (glTF 2.0 §3.6.2.3)."""
        changed = whole(sparse.get("count"), "sparse count", count + 1)
        if changed == 0:
            return rows
        places = mapping(sparse.get("indices"))
        index_type = _component_type(places.get("componentType"))
        if index_type.kind != "u":
            raise DamagedFile("A sparse accessor of the glTF has an unknown index type.")
        content, _ = self.view(places.get("bufferView"))
        offset = whole(places.get("byteOffset", 0), "byteOffset")
        indices = _strided(content, offset, None, changed, index_type, 1)[:, 0].astype(np.int64)
        _within(indices, count)
        values = mapping(sparse.get("values"))
        content, _ = self.view(values.get("bufferView"))
        offset = whole(values.get("byteOffset", 0), "byteOffset")
        replacing = _strided(content, offset, None, changed, dtype, width)
        result = np.array(rows)
        if wanted is None:
            result[indices] = replacing
            return result
        order = np.argsort(indices, kind="stable")
        at = np.minimum(np.searchsorted(indices[order], wanted), changed - 1)
        hit = indices[order][at] == wanted
        result[hit] = replacing[order][at][hit]
        return result


def open_gltf(path: Path, max_bytes: int) -> Document:
    """Open a .gltf or .glb by content."""
    with path.open("rb") as stream:
        head = stream.read(12)
        if head[:4] != b"glTF":
            return Document(_parse(path), path, None, max_bytes)
        if len(head) < 12:
            raise DamagedFile("The GLB file ends in its header.")
        version, length = struct.unpack("<II", head[4:])
        size = path.stat().st_size
        if version != 2:
            raise UnsupportedFormat(f"This is glTF {version}; only glTF 2 is read.")
        if length > size:
            raise DamagedFile(f"The GLB file states {length:,} bytes and has {size:,}.")
        text: bytes | None = None
        binary: bytes | None = None
        while True:
            header = stream.read(8)
            if len(header) < 8:
                break
            chunk_bytes, kind = struct.unpack("<II", header)
            if chunk_bytes > size - stream.tell():
                raise DamagedFile("A chunk of the GLB file reaches beyond its end.")
            if kind == _CHUNK_JSON and text is None:
                if chunk_bytes > _MAX_JSON_BYTES:
                    raise TooLarge("The JSON of the GLB file is too large.")
                text = stream.read(chunk_bytes)
            elif kind == _CHUNK_BIN and binary is None:
                binary = stream.read(chunk_bytes)
            else:
                stream.seek(chunk_bytes, 1)
    if text is None:
        raise DamagedFile("The GLB file has no JSON chunk.")
    return Document(_loads(text), path, binary, max_bytes)


def _parse(path: Path) -> Object:
    if path.stat().st_size > _MAX_JSON_BYTES + 2 * 1024**3:
        raise TooLarge("The glTF file is too large.")
    return _loads(path.read_bytes())


def _loads(text: bytes) -> Object:
    """JSON with neither NaN nor bottomless nesting."""
    try:
        parsed = json.loads(text.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError as cause:
        raise DamagedFile("The JSON of the glTF nests too deeply.") from cause
    except ValueError as cause:  # also what is no UTF-8, and numbers of thousands of digits
        raise DamagedFile("The JSON of the glTF is not valid.") from cause
    return mapping(parsed)


def _refuse_constant(word: str) -> float:
    raise ValueError(word)


def mapping(value: object) -> Object:
    """The value as an object, or DamagedFile."""
    if not isinstance(value, dict):
        raise DamagedFile("The JSON of the glTF has something else where an object belongs.")
    return value


def object_list(parent: Object, name: str) -> Sequence[Object]:
    """A list of objects, empty when absent."""
    found = parent.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise DamagedFile(f"The JSON of the glTF has no list of objects at {name}.")
    return found


def plain_list(value: object) -> list[object]:
    """The value as a list, empty when absent, or DamagedFile."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise DamagedFile("The JSON of the glTF has something else where a list belongs.")
    return value


def whole(value: object, what: str, below: int = 2**53) -> int:
    """The value as a whole number from 0 and below a bound."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise DamagedFile(f"The glTF has no valid {what}.")
    return value


def numbers(value: object, length: int, what: str) -> Floats:
    """The value as that many finite numbers."""
    if (
        not isinstance(value, list)
        or len(value) != length
        or not all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
    ):
        raise DamagedFile(f"The glTF has no valid {what}.")
    try:
        result = np.array(value, np.float64)
    except OverflowError as cause:
        raise DamagedFile(f"The glTF has no valid {what}.") from cause
    if not np.isfinite(result).all():
        raise DamagedFile(f"The glTF has a {what} that is not finite.")
    return result


def extension(parent: Object, name: str) -> Object | None:
    """One extension of an object, or None."""
    extensions = parent.get("extensions")
    found = extensions.get(name) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else None


def _component_type(code: object) -> np.dtype[Any]:
    """The numbers behind a component type (glTF 2.0 §3.6.2.2)."""
    name = _COMPONENT_TYPES.get(whole(code, "component type"))
    if name is None:
        raise DamagedFile("An accessor of the glTF has an unknown component type.")
    return np.dtype(name)


def _strided(
    content: memoryview,
    offset: int,
    stride: int | None,
    count: int,
    dtype: np.dtype[Any],
    width: int,
) -> NDArray[Any]:
    """(count, width) a view of the bytes; nothing is copied."""
    element = dtype.itemsize * width
    step = stride if stride else element
    if step < element and count > 1:
        raise DamagedFile("An accessor of the glTF overlaps itself.")
    if count and offset + step * (count - 1) + element > len(content):
        raise DamagedFile(
            f"An accessor of the glTF states {count:,} rows, more than its bytes hold.", count=count
        )
    return np.ndarray((count, width), dtype, content, offset, (step, dtype.itemsize))


def _within(indices: Numbers, count: int) -> Numbers:
    if len(indices) and (indices.min() < 0 or indices.max() >= count):
        raise DamagedFile("An index of the glTF points beyond its data.")
    return indices
