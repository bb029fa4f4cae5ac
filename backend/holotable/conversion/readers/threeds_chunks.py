"""3DS as plain values: chunks within chunks, each of an id and a length that bounds what it holds.

Autodesk 3D Studio release 3 and 4 ("MM"). Little endian, names end in a zero byte. Every length and
count is held against the bytes that are left.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.errors import DamagedFile
from holotable.review.scene import Floats

Chunk: TypeAlias = tuple[int, memoryview]  # id and content

_HEAD: Final = struct.Struct("<HI")
_MAIN, _EDITOR, _KEYFRAMER = 0x4D4D, 0x3D3D, 0xB000
_MATERIAL, _OBJECT, _TRIANGLES = 0xAFFF, 0x4000, 0x4100
_OBJECT_NODE: Final = 0xB002
_MAP_KINDS: Final = {
    0xA200: "colour",
    0xA210: "opacity",
    0xA230: "bump",
    0xA33D: "emission",
    0xA204: "specular",
    0xA220: "reflection",
}
_NO_PARENT: Final = 0xFFFF
_EXTRAS: Final = (
    5  # tension, continuity, bias, ease to, ease from: a float each where its bit is set
)
_CLAMPS: Final = 0x0011  # decal, no tiling


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A picture of a material: u' = scale · u + offset, then turned by angle degrees."""

    file: str
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    clamps: bool = False


@dataclass(slots=True)
class MaterialEntry:
    """Colours are sRGB 0 to 1; shares 0 to 1."""

    name: str = ""
    diffuse: tuple[float, float, float] = (0.8, 0.8, 0.8)
    transparency: float = 0.0
    glow: float = 0.0
    maps: dict[str, MapEntry] = field(default_factory=dict)


@dataclass(slots=True)
class MeshEntry:
    """An object's triangles, in the file's world frame.

    points: (n, 3). triangles: (m, 3). coordinates: (n, 2) or None. groups: (m,) smoothing masks or
    None. materials: name → faces. axes: (4, 4) the object's own frame in the world.
    """

    name: str
    points: Floats = field(default_factory=lambda: np.empty((0, 3)))
    triangles: Numbers = field(default_factory=lambda: np.empty((0, 3), np.int64))
    coordinates: Floats | None = None
    groups: Numbers | None = None
    materials: list[tuple[str, Numbers]] = field(default_factory=list)
    axes: Floats = field(default_factory=lambda: np.eye(4))
    hidden: bool = False


@dataclass(slots=True)
class NodeEntry:
    """A placement of an object by the keyframer, at its first key."""

    number: int
    object: str = ""
    instance: str = ""
    parent: int = _NO_PARENT
    pivot: tuple[float, float, float] = (0.0, 0.0, 0.0)
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # angle, axis
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    moves: bool = False

    @property
    def is_root(self) -> bool:
        """Whether it hangs from nothing."""
        return self.parent == _NO_PARENT


@dataclass(slots=True)
class Document:
    """Everything of a file that is read."""

    meshes: dict[str, MeshEntry] = field(default_factory=dict)
    materials: dict[str, MaterialEntry] = field(default_factory=dict)
    nodes: list[NodeEntry] = field(default_factory=list)


def parse(content: bytes) -> Document:
    """The objects, materials and placements of a file. raises: DamagedFile."""
    document = Document()
    if len(content) < _HEAD.size:
        raise DamagedFile("The 3DS file ends in its header.")
    kind, length = _HEAD.unpack_from(content)
    if kind != _MAIN:
        raise DamagedFile("The file does not begin as 3DS.")
    if length > len(content):
        raise DamagedFile(
            f"The 3DS file states {length:,} bytes and has {len(content):,}: it is cut off."
        )
    for kind, body in _chunks(memoryview(content)[_HEAD.size : length]):
        if kind == _EDITOR:
            _read_editor(body, document)
        elif kind == _KEYFRAMER:
            _read_keyframer(body, document)
    return document


def _chunks(content: memoryview) -> Iterator[Chunk]:
    """The chunks of a content, one after the other; a rest too short for one is passed over."""
    at = 0
    while at + _HEAD.size <= len(content):
        kind, length = _HEAD.unpack_from(content, at)
        if length < _HEAD.size or length > len(content) - at:
            raise DamagedFile(f"A chunk of the 3DS file states {length:,} bytes, which it has not.")
        yield kind, content[at + _HEAD.size : at + length]
        at += length


def _read_editor(content: memoryview, document: Document) -> None:
    for kind, body in _chunks(content):
        if kind == _MATERIAL:
            material = _material(body)
            document.materials.setdefault(material.name, material)
        elif kind == _OBJECT:
            name, rest = _text(body)
            mesh = MeshEntry(name)
            found = False
            for inner, part in _chunks(rest):
                if inner == _TRIANGLES:
                    _read_mesh(part, mesh)
                    found = True
                elif inner == 0x4010:
                    mesh.hidden = True
            if found:
                document.meshes.setdefault(name, mesh)


def _read_mesh(content: memoryview, mesh: MeshEntry) -> None:
    for kind, body in _chunks(content):
        if kind == 0x4110:
            mesh.points = _table(body, "<f4", 3)[0].astype(np.float64)
        elif kind == 0x4120:
            corners, rest = _table(body, "<u2", 4)
            mesh.triangles = corners[:, :3].astype(np.int64)
            _read_faces(rest, mesh)
        elif kind == 0x4140:
            mesh.coordinates = _table(body, "<f4", 2)[0].astype(np.float64)
        elif kind == 0x4160:
            rows = np.array(_floats(body, 12)).reshape(4, 3)
            mesh.axes = np.eye(4)
            mesh.axes[:3, :] = rows.T
    if len(mesh.triangles) and mesh.triangles.max() >= len(mesh.points):
        raise DamagedFile(f"A face of {mesh.name!r} refers to a point that does not exist.")
    if mesh.coordinates is not None and len(mesh.coordinates) < len(mesh.points):
        mesh.coordinates = None


def _read_faces(content: memoryview, mesh: MeshEntry) -> None:
    """What stands behind the faces: smoothing and materials."""
    count = len(mesh.triangles)
    for kind, body in _chunks(content):
        if kind == 0x4150:
            if len(body) < 4 * count:
                raise DamagedFile(f"The smoothing of {mesh.name!r} ends before its faces.")
            mesh.groups = np.frombuffer(body, "<u4", count).astype(np.int64)
        elif kind == 0x4130:
            name, rest = _text(body)
            faces = _table(rest, "<u2", 1)[0].ravel().astype(np.int64)
            if len(faces) and faces.max() >= count:
                raise DamagedFile(f"A material of {mesh.name!r} names a face that does not exist.")
            mesh.materials.append((name, faces))


def _material(content: memoryview) -> MaterialEntry:
    material = MaterialEntry()
    for kind, body in _chunks(content):
        if kind == 0xA000:
            material.name = _text(body)[0]
        elif kind == 0xA020:
            material.diffuse = _colour(body, material.diffuse)
        elif kind == 0xA050:
            material.transparency = _share(body)
        elif kind == 0xA084:
            material.glow = _share(body)
        elif kind in _MAP_KINDS:
            found = _map(body)
            if found.file:
                material.maps[_MAP_KINDS[kind]] = found
    return material


def _map(content: memoryview) -> MapEntry:
    file, flags = "", 0
    numbers = {0xA354: 1.0, 0xA356: 1.0, 0xA358: 0.0, 0xA35A: 0.0, 0xA35C: 0.0}
    for kind, body in _chunks(content):
        if kind == 0xA300:
            file = _text(body)[0]
        elif kind == 0xA351 and len(body) >= 2:
            (flags,) = struct.unpack_from("<H", body)
        elif kind in numbers:
            (numbers[kind],) = _floats(body, 1)
    return MapEntry(
        file,
        (numbers[0xA356] or 1.0, numbers[0xA354] or 1.0),
        (numbers[0xA358], numbers[0xA35A]),
        numbers[0xA35C],
        bool(flags & _CLAMPS),
    )


def _read_keyframer(content: memoryview, document: Document) -> None:
    for kind, body in _chunks(content):
        if kind == _OBJECT_NODE:
            document.nodes.append(_node(body, len(document.nodes)))


def _node(content: memoryview, number: int) -> NodeEntry:
    node = NodeEntry(number)
    for kind, body in _chunks(content):
        if kind == 0xB030 and len(body) >= 2:
            (node.number,) = struct.unpack_from("<H", body)
        elif kind == 0xB010:
            node.object, rest = _text(body)
            if len(rest) < 6:
                raise DamagedFile("A node of the 3DS file ends before its parent.")
            (node.parent,) = struct.unpack_from("<H", rest, 4)
        elif kind == 0xB011:
            node.instance = _text(body)[0]
        elif kind == 0xB013:
            node.pivot = _three(_floats(body, 3))
        elif kind in (0xB020, 0xB021, 0xB022):
            width = 4 if kind == 0xB021 else 3
            first, count = _track(body, width)
            node.moves = node.moves or count > 1
            if first is None:
                continue
            if kind == 0xB020:
                node.position = _three(first)
            elif kind == 0xB021:
                node.rotation = (first[0], *_three(first[1:]))
            else:
                node.scale = _three(first)
    return node


def _track(content: memoryview, width: int) -> tuple[list[float] | None, int]:
    """The first key of a track, and how many it has."""
    if len(content) < 14:
        raise DamagedFile("A track of the 3DS file ends before its keys.")
    (count,) = struct.unpack_from("<I", content, 10)
    if count == 0:
        return None, 0
    if count > (len(content) - 14) // (6 + 4 * width):
        raise DamagedFile("A track of the 3DS file states more keys than it has.")
    (flags,) = struct.unpack_from("<H", content, 18)
    extras = bin(flags & (1 << _EXTRAS) - 1).count("1")
    return _floats(content[20 + 4 * extras :], width), count


def _colour(
    content: memoryview, otherwise: tuple[float, float, float]
) -> tuple[float, float, float]:
    """The first colour of a chunk, gamma-corrected ones before linear ones."""
    found: dict[int, tuple[float, float, float]] = {}
    for kind, body in _chunks(content):
        if kind in (0x0010, 0x0013):
            found[kind] = _three(_floats(body, 3))
        elif kind in (0x0011, 0x0012) and len(body) >= 3:
            found[kind] = (body[0] / 255, body[1] / 255, body[2] / 255)
    order = (0x0011, 0x0010, 0x0012, 0x0013)
    return next((found[kind] for kind in order if kind in found), otherwise)


def _share(content: memoryview) -> float:
    """A percentage as a share."""
    for kind, body in _chunks(content):
        if kind == 0x0030 and len(body) >= 2:
            percent: int = struct.unpack_from("<h", body)[0]
            return min(max(percent / 100, 0.0), 1.0)
        if kind == 0x0031:
            return min(max(_floats(body, 1)[0] / 100, 0.0), 1.0)
    return 0.0


def _table(
    content: memoryview, kind: str, width: int
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.generic]], memoryview]:
    """Rows after their count (16 bits), and what follows them."""
    if len(content) < 2:
        raise DamagedFile("A chunk of the 3DS file ends before its count.")
    (count,) = struct.unpack_from("<H", content)
    size = count * width * np.dtype(kind).itemsize
    if size > len(content) - 2:
        raise DamagedFile(f"A chunk of the 3DS file states {count:,} entries, which it has not.")
    rows = np.frombuffer(content[2 : 2 + size], kind).reshape(count, width)
    if rows.dtype.kind == "f" and not np.isfinite(rows).all():
        raise DamagedFile("A number of the 3DS file is not finite.")
    return rows, content[2 + size :]


def _floats(content: memoryview, count: int) -> list[float]:
    if len(content) < 4 * count:
        raise DamagedFile("A chunk of the 3DS file ends before its numbers.")
    numbers = np.frombuffer(content, "<f4", count)
    if not np.isfinite(numbers).all():
        raise DamagedFile("A number of the 3DS file is not finite.")
    values: list[float] = numbers.astype(np.float64).tolist()
    return values


def _three(values: list[float]) -> tuple[float, float, float]:
    return values[0], values[1], values[2]


def _text(content: memoryview) -> tuple[str, memoryview]:
    """A name and what follows its zero byte."""
    head = bytes(content[:4096])
    end = head.find(b"\x00")
    if end < 0:
        raise DamagedFile("A name of the 3DS file does not end.")
    return head[:end].decode("cp1252", "replace"), content[end + 1 :]
