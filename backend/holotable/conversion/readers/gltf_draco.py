"""KHR_draco_mesh_compression: what a Draco stream states is held against the glTF, then decoded.

Draco's own decoder (DracoPy) allocates by the counts in its header, so those are read here first.
Source: Draco bitstream 2.2, the one version that the extension allows.
"""

from typing import Final

import DracoPy
import numpy as np

from holotable.conversion.readers.gltf_data import Document, Object, mapping, whole
from holotable.errors import DamagedFile, UnsupportedFormat

DRACO: Final = "KHR_draco_mesh_compression"
_VERSION: Final = (2, 2)
_MESH: Final = 1
_METADATA: Final = 0x8000
_MAX_RATIO: Final = 1024  # faces for each byte; a flat regular grid of a million needs 40 kB
_MAX_METADATA: Final = 10_000  # entries and nested groups together


def decode_primitive(document: Document, primitive: Object, packed: Object) -> None:
    """Decode a primitive's stream and give its accessors their rows.

    raises: DamagedFile when the stream disagrees with the accessors or cannot be decoded.
    """
    content = bytes(document.view(packed.get("bufferView"))[0])
    faces, points = stated_counts(content)
    attributes = mapping(primitive.get("attributes"))
    count = document.count(attributes.get("POSITION"))
    indices = primitive.get("indices")
    if indices is not None and document.count(indices) != 3 * faces:
        raise DamagedFile("A Draco stream of the glTF holds another number of triangles.")
    if faces > _MAX_RATIO * (len(content) + 64) or not count <= points <= 3 * faces + 3:
        raise DamagedFile("A Draco stream of the glTF states more than it can hold.")
    try:
        mesh = DracoPy.decode(content)
    except (ValueError, RuntimeError, TypeError, DracoPy.FileTypeException) as cause:
        raise DamagedFile("A Draco stream of the glTF cannot be decoded.") from cause
    rows = {int(known["unique_id"]): np.asarray(known["data"]) for known in mesh.attributes}
    for name, unique_id in mapping(packed.get("attributes")).items():
        table = rows.get(whole(unique_id, "Draco attribute"))
        if name not in attributes:
            continue
        if table is None or len(table) != document.count(attributes[name]):
            raise DamagedFile("A Draco stream of the glTF lacks an attribute that it states.")
        document.give(attributes[name], table)
    if indices is not None:
        document.give(indices, np.asarray(mesh.faces).reshape(-1, 1))


def stated_counts(content: bytes) -> tuple[int, int]:
    """Faces and points that the header of a Draco mesh states (bitstream 2.2 §4)."""
    if len(content) < 12 or content[:5] != b"DRACO":
        raise DamagedFile("A Draco stream of the glTF is none.")
    major, minor, kind, method = content[5:9]
    if (major, minor) != _VERSION:
        raise UnsupportedFormat(
            f"The glTF holds Draco {major}.{minor}; only 2.2 is read. Export it anew."
        )
    if kind != _MESH or method not in (0, 1):
        raise DamagedFile("A Draco stream of the glTF holds no triangle mesh.")
    cursor = _Cursor(content, 11)
    if int.from_bytes(content[9:11], "little") & _METADATA:
        for _ in range(cursor.whole()):
            cursor.whole()
            cursor.skip_metadata()
        cursor.skip_metadata()
    if method == 0:  # sequential: faces, then points
        faces = cursor.whole()
        return faces, cursor.whole()
    cursor.skip(1)  # edgebreaker: kind of traversal, vertices, faces
    vertices = cursor.whole()
    faces = cursor.whole()
    # Seams of attributes split vertices, so points are only known to be at least these.
    return faces, max(vertices, 3 * faces)


class _Cursor:
    """Reads variable length integers and skips metadata."""

    def __init__(self, content: bytes, offset: int) -> None:
        self._content = content
        self._offset = offset
        self._entries = 0

    def whole(self) -> int:
        """An unsigned LEB128 integer of at most 32 bits."""
        value = 0
        for shift in range(0, 35, 7):
            if self._offset >= len(self._content):
                break
            byte = self._content[self._offset]
            self._offset += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise DamagedFile("A Draco stream of the glTF ends early.")

    def skip(self, count: int) -> None:
        """Pass over bytes; a step beyond the end is noticed by the next read."""
        self._offset += count

    def skip_metadata(self) -> None:
        """Pass over a group of metadata and all groups inside it, each led by its name."""
        waiting, named = 1, False
        while waiting:
            waiting -= 1
            if named:
                self.skip(self._byte())
            named = True
            for _ in range(self._counted()):
                self.skip(self._byte())
                self.skip(self.whole())
            waiting += self._counted()

    def _counted(self) -> int:
        count = self.whole()
        self._entries += count + 1
        if self._entries > _MAX_METADATA:
            raise DamagedFile("A Draco stream of the glTF holds more metadata than is read.")
        return count

    def _byte(self) -> int:
        if self._offset >= len(self._content):
            raise DamagedFile("A Draco stream of the glTF ends early.")
        self._offset += 1
        return self._content[self._offset - 1]
