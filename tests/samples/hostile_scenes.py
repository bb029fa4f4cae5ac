"""Hostile scenes, point clouds and pictures: what newer readers must stand."""

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import DracoPy
import laspy
import numpy as np
from gltf_files import SQUARE, TWO, GltfFile, encoded
from mesh_files import CORNERS, dae_text, gltf_cube, mesh_xml, model_xml, write_3mf
from point_files import hill, las_bytes
from samples.hostile_case import MEBIBYTE, Hostile, Write, cut, text, zipped
from threeds_files import chunk, document, mesh, node, track

from holotable.errors import (
    ArchiveProblem,
    DamagedFile,
    NoGeometry,
    UnsupportedFormat,
)


def _gltf(**changes: Any) -> Write:
    return text(json.dumps(gltf_cube(**changes)))


def _accessors(**changes: Any) -> Write:
    found = gltf_cube()
    found["accessors"][0].update(changes)
    return text(json.dumps(found))


def _endless_animation(count: int) -> Write:
    found = gltf_cube()
    found["accessors"].append({"componentType": 5126, "count": count, "type": "SCALAR"})
    found["accessors"].append({"componentType": 5126, "count": count, "type": "VEC3"})
    found["animations"] = [
        {
            "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}],
            "samplers": [{"input": 2, "output": 3}],
        }
    ]
    return text(json.dumps(found))


def _morphs(count: int) -> Write:
    """One accessor as the shape of many morph targets."""
    found = gltf_cube()
    found["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}] * count
    return text(json.dumps(found))


def png_bomb(side: int) -> bytes:
    """A picture of side by side texels in a few kilobytes."""

    def piece(name: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + crc

    head = piece(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))
    body = piece(b"IDAT", zlib.compress(bytes(MEBIBYTE)))
    return b"\x89PNG\r\n\x1a\n" + head + body + piece(b"IEND", b"")


def _jpeg_bomb() -> bytes:
    content = bytearray(encoded(np.zeros((8, 8, 3), np.uint8), "JPEG"))
    at = content.find(b"\xff\xc0")
    content[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(content)


def _webp_bomb() -> bytes:
    head = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\x3f\x00" * 2
    return b"RIFF" + struct.pack("<I", len(head) + 8) + head + b"VP8L" + bytes(4)


def _pictured(picture: bytes, media_type: str = "image/png") -> Write:
    """A square with this picture on it."""
    file = GltfFile()
    number = file.texture(picture, media_type)
    look = file.material(pbrMetallicRoughness={"baseColorTexture": {"index": number}})
    file.place(file.square(look))
    return file.write


def _draco(change: Callable[[bytearray], object]) -> Write:
    """A square packed with Draco, with a changed stream."""
    stream = bytearray(DracoPy.encode(SQUARE, TWO.reshape(-1, 3).astype(np.uint32)))
    change(stream)
    file = GltfFile()
    file.place(
        {
            "attributes": {
                "POSITION": file.add(
                    "accessors", {"componentType": 5126, "count": 4, "type": "VEC3"}
                )
            },
            "indices": file.add(
                "accessors", {"componentType": 5123, "count": 6, "type": "SCALAR"}
            ),
            "extensions": {
                "KHR_draco_mesh_compression": {
                    "bufferView": file.view(bytes(stream)), "attributes": {"POSITION": 0},
                }
            },
        }
    )  # fmt: skip
    file.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    return file.write


def _at(place: int, content: bytes) -> Callable[[bytearray], None]:
    def change(stream: bytearray) -> None:
        stream[place : place + len(content)] = content

    return change


def _las(at: int = 0, kind: str = "B", value: float = ord("L"), **facts: Any) -> Write:
    """A small LAS file with one number overwritten."""
    content = bytearray(las_bytes(CORNERS, **facts))
    struct.pack_into("<" + kind, content, at, value)
    return text(bytes(content))


def packed_points() -> bytes:
    """Points as LAZ, by laspy."""
    header = laspy.LasHeader(point_format=3, version="1.2")
    header.scales, header.offsets = np.full(3, 0.001), np.zeros(3)
    cloud = laspy.LasData(header)
    cloud.x, cloud.y, cloud.z = hill(2_000).T
    out = io.BytesIO()
    cloud.write(out, do_compress=True, laz_backend=laspy.LazBackend.Lazrs)
    return out.getvalue()


def _laz(change: Callable[[bytearray, int], object]) -> Write:
    """Packed points with a change, which is told where they begin."""

    def write(path: Path) -> None:
        content = bytearray(packed_points())
        change(content, struct.unpack_from("<I", content, 96)[0])
        path.write_bytes(content)

    return write


def _table_of_chunks(content: bytearray, start: int) -> None:
    at = struct.unpack_from("<q", content, start)[0]
    content[at + 4 : at + 8] = b"\xff\xff\xff\x7f"


def _points_of_laz(content: bytearray, start: int) -> None:
    content[start + 60 : -60] = bytes(len(content) - start - 120)


def _deep_3ds(levels: int) -> bytes:
    """Groups that hold each other; each is seven bytes longer than what it holds."""
    nested = b""
    for _ in range(levels):
        nested = struct.pack("<HI", 0x4000, 7 + len(nested)) + b"\0" + nested
    return document(nested)


def _endless_track() -> bytes:
    keys = bytearray(track(0xB020, (0, 0, 0)))
    keys[16:20] = b"\xff\xff\xff\xff"
    return document(
        mesh(), chunk(0xB002, chunk(0xB030, b"\0\0"), chunk(0xB010, b"Cube\0" + bytes(6)), keys)
    )


def _ring_3ds(count: int) -> bytes:
    """Placements that hold each other in a ring."""
    return document(mesh(), b"".join(node(n, "Cube", parent=(n + 1) % count) for n in range(count)))


def _two_3mf(first: str, second: str) -> Write:
    """A 3MF whose model draws in another, which may draw in the first."""
    return lambda path: write_3mf(
        path,
        model_xml(first, '<item objectid="1"/>'),
        {"3D/other.model": model_xml(second, "")},
    )


_FAR = '<object id="1"><components><component objectid="{}" p:path="{}"/></components></object>'
_MANY = "1 " * 5_000_000
SCENES: tuple[Hostile, ...] = (
    # Point clouds
    Hostile("format.las", _las(at=104, value=99), UnsupportedFormat),
    Hostile("offset.las", _las(at=155, kind="d", value=float("nan")), DamagedFile),
    Hostile("places.las", _las(at=96, kind="I", value=2**31), DamagedFile),
    Hostile(
        "record.las",
        _las(at=227 + 20, kind="H", value=65_535, records=(("a", 1, b"ab"),)),
        DamagedFile,
    ),
    Hostile(
        "beyond.las",
        _las(at=235, kind="Q", value=2**60, version=(1, 4), point_format=6),
        DamagedFile,
    ),
    Hostile("count64.las", _las(version=(1, 4), point_format=6, count=2**63), DamagedFile),
    Hostile("table.laz", _laz(_table_of_chunks), DamagedFile),
    Hostile("zeros.laz", _laz(_points_of_laz), None),
    Hostile("cut.laz", cut(text(packed_points())), DamagedFile),
    Hostile("columns.xyz", text(_MANY), UnsupportedFormat),
    Hostile("line.xyz", text(b"1 2 3\n" * 20_000 + b"1" * 100 * MEBIBYTE), DamagedFile),
    Hostile("digits.xyz", text(b"1 2 3\n" * 9 + b"1" * 3_000 + b" 2 3\n"), None),
    Hostile(
        "hole.ply",
        text(
            "ply\nformat binary_little_endian 1.0\nelement vertex 9\nproperty"
            " double x\nproperty double y\nproperty double z\nend_header\n" + "\0" * 100
        ),
        DamagedFile,
    ),
    # 3DS
    Hostile("deep.3ds", text(_deep_3ds(20_000)), NoGeometry),
    Hostile("ring.3ds", text(_ring_3ds(500)), DamagedFile),
    Hostile("keys.3ds", text(_endless_track()), DamagedFile),
    Hostile(
        "count.3ds",
        text(document(chunk(0x4000, b"a\0", chunk(0x4100, chunk(0x4110, b"\xff\xff", bytes(24)))))),
        DamagedFile,
    ),
    # Draco
    Hostile(
        "counts.gltf", _draco(_at(11, b"\xff\xff\xff\xff\x0f\xff\xff\xff\xff\x0f")), DamagedFile
    ),
    Hostile("zeros_draco.gltf", _draco(_at(15, bytes(40))), DamagedFile),
    Hostile(
        "cut_draco.gltf", _draco(lambda stream: stream.__delitem__(slice(30, None))), DamagedFile
    ),
    Hostile("random_draco.gltf", _draco(_at(13, bytes(range(251, 200, -1)))), DamagedFile),
    # Pictures: lost, the shape stays
    Hostile("png_bomb.gltf", _pictured(png_bomb(60_000)), None),
    Hostile("jpeg_bomb.gltf", _pictured(_jpeg_bomb(), "image/jpeg"), None),
    Hostile("webp_bomb.gltf", _pictured(_webp_bomb(), "image/webp"), None),
    Hostile("text_picture.gltf", _pictured(b"<svg/>" * 99), None),
    # glTF
    Hostile("keys.gltf", _endless_animation(10**9), None),
    Hostile("wrap.gltf", _accessors(count=2**61, byteOffset=2**62), DamagedFile),
    Hostile(
        "stride.gltf",
        _gltf(bufferViews=[{**view, "byteStride": 2**40} for view in gltf_cube()["bufferViews"]]),
        DamagedFile,
    ),
    Hostile("morphs.gltf", _morphs(200_000), None),
    # XML and zip
    Hostile(
        "encoding.dae",
        text(dae_text("").replace('version="1.0"', 'version="1.0" encoding="utf-0.5"', 1)),
        DamagedFile,
    ),
    Hostile(
        "encoding.3mf",
        lambda path: write_3mf(
            path,
            model_xml(f'<object id="1">{mesh_xml()}</object>', '<item objectid="1"/>').replace(
                'version="1.0"', 'version="1.0" encoding="utf-0.5"', 1
            ),
        ),
        DamagedFile,
    ),
    Hostile(
        "ring.3mf",
        _two_3mf(
            _FAR.format(2, "/3D/other.model"),
            _FAR.format(1, "/3D/3dmodel.model").replace('id="1"><comp', 'id="2"><comp'),
        ),
        DamagedFile,
    ),
    Hostile(
        "numbers.3mf",
        lambda path: write_3mf(
            path,
            model_xml(f'<object id="{"9" * 5000}">{mesh_xml()}</object>', '<item objectid="1"/>'),
        ),
        DamagedFile,
    ),
    Hostile("mixed.zip", zipped(("a/b/../../../x.obj", b"v 0 0 0\n")), ArchiveProblem),
)
