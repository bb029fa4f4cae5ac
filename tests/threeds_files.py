"""Small 3DS files with known truth, written chunk by chunk."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mesh_files import CORNERS, TRIANGLES

NOBODY = 0xFFFF


def chunk(kind: int, *contents: bytes) -> bytes:
    """An id, a length, a content."""
    content = b"".join(contents)
    return struct.pack("<HI", kind, 6 + len(content)) + content


def text(name: str) -> bytes:
    """A name and its zero byte."""
    return name.encode("cp1252") + b"\x00"


def floats(*values: object) -> bytes:
    """Little endian single precision."""
    return np.concatenate([np.ravel(value) for value in values]).astype("<f4").tobytes()


def mesh(
    name: str = "Cube",
    points: object = CORNERS,
    triangles: object = TRIANGLES,
    *,
    groups: Sequence[int] | None = None,
    materials: Sequence[tuple[str, Sequence[int]]] = (),
    coordinates: object | None = None,
    axes: object | None = None,
    extra: bytes = b"",
) -> bytes:
    """An object of triangles. axes: (4, 3) its frame in the world."""
    places, faces = np.asarray(points, float), np.asarray(triangles)
    of_faces = b"".join(
        chunk(0x4130, text(material), struct.pack(f"<H{len(which)}H", len(which), *which))
        for material, which in materials
    )
    if groups is not None:
        of_faces += chunk(0x4150, np.array(groups, "<u4").tobytes())
    corners = np.column_stack([faces, np.full(len(faces), 7)]).astype("<u2").tobytes()
    parts = [
        chunk(0x4110, struct.pack("<H", len(places)), floats(places)),
        chunk(0x4120, struct.pack("<H", len(faces)), corners, of_faces),
    ]
    if coordinates is not None:
        rows = np.asarray(coordinates, float)
        parts.append(chunk(0x4140, struct.pack("<H", len(rows)), floats(rows)))
    if axes is not None:
        parts.append(chunk(0x4160, floats(axes)))
    return chunk(0x4000, text(name), chunk(0x4100, *parts), extra)


def material(name: str, rgb: tuple[int, int, int], *, clear: int = 0, picture: str = "") -> bytes:
    """A material. clear: percent of transparency."""
    parts = [
        chunk(0xA000, text(name)),
        chunk(0xA020, chunk(0x0011, bytes(rgb))),
        chunk(0xA050, chunk(0x0030, struct.pack("<h", clear))),
    ]
    if picture:
        parts.append(chunk(0xA200, chunk(0xA300, text(picture))))
    return chunk(0xAFFF, *parts)


def track(kind: int, *keys: Sequence[float]) -> bytes:
    """Keys at the frames 0, 1, …"""
    rows = b"".join(struct.pack("<IH", n, 0) + floats(key) for n, key in enumerate(keys))
    return chunk(kind, bytes(10), struct.pack("<I", len(keys)), rows)


def node(
    number: int,
    name: str,
    *,
    instance: str = "",
    parent: int = NOBODY,
    pivot: Sequence[float] = (0, 0, 0),
    position: Sequence[float] = (0, 0, 0),
    turn: Sequence[float] = (0, 0, 0, 1),
    scale: Sequence[float] = (1, 1, 1),
) -> bytes:
    """A placement of an object. turn: angle in radians, axis."""
    return chunk(
        0xB002,
        chunk(0xB030, struct.pack("<H", number)),
        chunk(0xB010, text(name), struct.pack("<HHH", 0, 0, parent)),
        chunk(0xB011, text(instance)) if instance else b"",
        chunk(0xB013, floats(pivot)),
        track(0xB020, position),
        track(0xB021, turn),
        track(0xB022, scale),
    )


def document(editor: bytes, keyframer: bytes = b"") -> bytes:
    """A whole file."""
    parts = [chunk(0x0002, struct.pack("<I", 3)), chunk(0x3D3D, editor)]
    if keyframer:
        parts.append(chunk(0xB000, keyframer))
    return chunk(0x4D4D, *parts)


def write_3ds(path: Path, editor: bytes, keyframer: bytes = b"") -> Path:
    """A .3ds file."""
    path.write_bytes(document(editor, keyframer))
    return path
