"""glTF files for tests, array by array."""

import base64
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

CODES = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4")
FACING = np.tile(np.array([[0, 0, 1]], "<f4"), (4, 1))
CORNERS_UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], "<f4")
TWO = np.array([0, 1, 2, 0, 2, 3], "<u2")


def png(colour: tuple[int, ...] = (200, 100, 50), size: tuple[int, int] = (8, 8)) -> bytes:
    """A picture of one colour; four numbers make it transparent."""
    return encoded(np.full((size[1], size[0], len(colour)), colour, np.uint8), "PNG")


def encoded(texels: np.ndarray, kind: str) -> bytes:
    """(h, w, 3 or 4) texels as a file of this kind."""
    stream = io.BytesIO()
    Image.fromarray(texels).save(stream, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return stream.getvalue()


@dataclass
class GltfFile:
    """A document under construction; its one buffer is embedded."""

    json: dict[str, Any] = field(
        default_factory=lambda: {
            "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}], "nodes": [],
            "meshes": [], "accessors": [], "bufferViews": [], "buffers": [],
        }
    )  # fmt: skip
    content: bytes = b""

    def add(self, kind: str, entry: dict[str, Any]) -> int:
        """Append to a top-level list; returns the index."""
        self.json.setdefault(kind, []).append(entry)
        return len(self.json[kind]) - 1

    def view(self, content: bytes) -> int:
        """A buffer view."""
        offset = len(self.content)
        self.content += content + b"\0" * (-len(content) % 4)
        return self.add(
            "bufferViews", {"buffer": 0, "byteOffset": offset, "byteLength": len(content)}
        )

    def array(self, rows: np.ndarray, kind: str, **extra: Any) -> int:
        """An accessor."""
        entry = {
            "bufferView": self.view(np.ascontiguousarray(rows).tobytes()),
            "componentType": CODES[rows.dtype.str[1:]],
            "count": len(rows),
            "type": kind,
        }
        return self.add("accessors", entry | extra)

    def texture(self, picture: bytes, media_type: str = "image/png", **extra: Any) -> int:
        """A texture of an embedded picture."""
        image = self.add("images", {"bufferView": self.view(picture), "mimeType": media_type})
        return self.add("textures", {"source": image} | extra)

    def material(self, **members: Any) -> int:
        """A material."""
        return self.add("materials", members)

    def square(self, material: int | None = None, **attributes: int) -> dict[str, Any]:
        """A primitive: the unit square facing z, with normals and texture coordinates."""
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": self.array(SQUARE, "VEC3"),
                "NORMAL": self.array(FACING, "VEC3"),
                "TEXCOORD_0": self.array(CORNERS_UV, "VEC2"),
            }
            | attributes,
            "indices": self.array(TWO, "SCALAR"),
        }
        if material is not None:
            primitive["material"] = material
        return primitive

    def place(self, *primitives: dict[str, Any], name: str = "Square", **node: Any) -> int:
        """A mesh of the primitives and a node that shows it; returns the node."""
        mesh = self.add("meshes", {"name": name, "primitives": list(primitives)})
        number = self.add("nodes", {"mesh": mesh, "name": name} | node)
        self.json["scenes"][0]["nodes"].append(number)
        return number

    def write(self, path: Path) -> Path:
        """A .gltf."""
        uri = "data:application/octet-stream;base64," + base64.b64encode(self.content).decode()
        self.json["buffers"] = [{"byteLength": len(self.content), "uri": uri}]
        path.write_text(json.dumps({k: v for k, v in self.json.items() if v != []}))
        return path
