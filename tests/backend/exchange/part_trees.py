"""A small assembly as model.glb would hold it: nested, instanced, mirrored, coloured."""

import json
import struct
from typing import Any

import numpy as np

# A 2 × 4 × 6 mm box that touches the origin; metres.
SIZE = (0.002, 0.004, 0.006)
CORNERS = np.array(
    [[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32
) * np.array(SIZE, np.float32)
FACES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ],
    np.uint32,
)  # fmt: skip
VOLUME_M3 = 0.002 * 0.004 * 0.006
RED = [1.0, 0.0, 0.0, 1.0]

NODES: list[dict[str, Any]] = [
    {"name": "Pump skid", "extras": {"id": "root"}, "children": [1, 2],
     "translation": [1, 0, 0]},
    {"name": "Bolt M6 / 20", "extras": {"id": "bolt-1"}, "mesh": 0},
    {"name": "Bolts", "extras": {"id": "group"}, "children": [3, 4],
     "rotation": [0, 0, 2**-0.5, 2**-0.5]},
    {"name": "Bolt M6 / 20", "extras": {"id": "bolt-2"}, "mesh": 0, "translation": [0, 0.5, 0]},
    {"name": "Bolt M6 / 20", "extras": {"id": "bolt-3"}, "mesh": 0, "scale": [-1, 1, 1]},
]  # fmt: skip


def glb(document: dict[str, Any], binary: bytes = b"") -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text
    body += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def assembly(**changes: Any) -> bytes:
    """Three boxes, one of them mirrored. changes: of the document."""
    positions, corners = CORNERS.tobytes(), FACES.tobytes()
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": NODES,
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": RED, "metallicFactor": 0.0}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5125, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(positions)},
            {"buffer": 0, "byteOffset": len(positions), "byteLength": len(corners)},
        ],
        "buffers": [{"byteLength": len(positions) + len(corners)}],
    }
    return glb(document | changes, positions + corners)
