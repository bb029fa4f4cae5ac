"""Small mesh files with known truth: a cube of 2 × 3 × 4 units with a corner at the origin."""

import base64
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from holotable.conversion.options import ConvertOptions
from holotable.review.scene import Floats, Node, Scene

OPTIONS = ConvertOptions()
SIZE = np.array([2.0, 3.0, 4.0])
CORNERS = np.array(
    [[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], np.float64
) * SIZE  # fmt: skip
# Outward, counter-clockwise: bottom, top, front, back, left, right.
QUADS = np.array(
    [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
)
TRIANGLES = np.concatenate([QUADS[:, [0, 1, 2]], QUADS[:, [0, 2, 3]]])
VOLUME = float(SIZE.prod())


def silent(stage: str, fraction: float) -> None:
    """A report that checks what it is told."""
    assert stage in ("reading", "tessellating")
    assert 0.0 <= fraction <= 1.0


def world_matrices(scene: Scene) -> list[Floats]:
    """(4, 4) of every node to the scene's frame."""
    worlds: list[Floats] = []
    for node in scene.nodes:
        worlds.append(node.transform if node.parent < 0 else worlds[node.parent] @ node.transform)
    return worlds


def bounds(scene: Scene) -> tuple[Floats, Floats]:
    """Lowest and highest corner of everything placed, metres, y up."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for node, world in zip(scene.nodes, world_matrices(scene), strict=True):
        if node.part is not None:
            points = scene.parts[node.part].mesh.positions @ world[:3, :3].T + world[:3, 3]
            low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    return low, high


def occurrences(scene: Scene) -> list[Node]:
    """The nodes that place a part."""
    return [node for node in scene.nodes if node.part is not None]


def placed_triangles(scene: Scene) -> int:
    """Triangles of all parts as often as they are placed."""
    return sum(
        len(scene.parts[node.part].mesh.triangles) for node in scene.nodes if node.part is not None
    )


def warning_codes(scene: Scene) -> set[str]:
    """What was lost."""
    return {warning.code for warning in scene.warnings}


def check(scene: Scene) -> None:
    """What is true of every scene a reader yields."""
    ids = [node.id for node in scene.nodes]
    assert len(set(ids)) == len(ids)
    for index, node in enumerate(scene.nodes):
        assert -1 <= node.parent < index
        assert np.isfinite(node.transform).all()
        assert node.name
    assert sum(node.parent < 0 for node in scene.nodes) == 1
    assert scene.palette[0] == "#b8bec6ff"
    assert len(scene.palette) <= 4096
    for part in scene.parts:
        mesh = part.mesh
        assert mesh.positions.dtype == np.float32
        assert mesh.normals.dtype == np.float32
        assert mesh.triangles.dtype == np.uint32
        assert mesh.materials.dtype == np.uint16
        assert len(mesh.positions) == len(mesh.normals) == len(mesh.materials)
        assert mesh.triangles.max() < len(mesh.positions)
        assert mesh.materials.max() < len(scene.palette)
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-5)
        assert part.name
        assert (part.volume_m3 is not None) == part.closed


def stl_binary(path: Path, points: Floats = CORNERS, header: bytes = b"made by a test") -> Path:
    """A binary STL of the cube."""
    records = np.zeros(
        len(TRIANGLES), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")]
    )
    records["corners"] = points[TRIANGLES]
    count = struct.pack("<I", len(TRIANGLES))
    path.write_bytes(header.ljust(80, b" ") + count + records.tobytes())
    return path


def stl_ascii(path: Path, names: Sequence[str] = ("cube",)) -> Path:
    """An ASCII STL with one cube for each name, 10 units apart in x."""
    lines = []
    for index, name in enumerate(names):
        lines.append(f"solid {name}".rstrip())
        for triangle in CORNERS[TRIANGLES] + [10.0 * index, 0, 0]:
            lines += ["facet normal 0 0 0", " outer loop"]
            lines += [f"  vertex {x:.7e} {y:.7e} {z:.7e}" for x, y, z in triangle]
            lines += [" endloop", "endfacet"]
        lines.append(f"endsolid {name}".rstrip())
    path.write_text("\n".join(lines) + "\n")
    return path


def obj_text(extra: str = "", faces: str | None = None) -> str:
    """OBJ lines of the cube's points and quads."""
    points = "".join(f"v {x} {y} {z}\n" for x, y, z in CORNERS)
    quads = "".join("f " + " ".join(str(i + 1) for i in quad) + "\n" for quad in QUADS)
    return points + extra + (quads if faces is None else faces)


def buffer_of(*arrays: Any) -> tuple[bytes, list[dict[str, int]]]:
    """Arrays one after the other, aligned to four bytes, and their buffer views."""
    content = b""
    views = []
    for array in arrays:
        raw = np.ascontiguousarray(array).tobytes()
        views.append({"buffer": 0, "byteOffset": len(content), "byteLength": len(raw)})
        content += raw + b"\x00" * (-len(raw) % 4)
    return content, views


def gltf_cube(**changes: Any) -> dict[str, Any]:
    """A glTF of the cube with one node, its buffer embedded; `changes` replace top-level keys."""
    content, views = buffer_of(CORNERS.astype("<f4"), TRIANGLES.astype("<u2"))
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "placed"}],
        "meshes": [{"name": "cube", "primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": len(content), "uri": data_uri(content)}],
    }
    return {**document, **changes}


def data_uri(content: bytes) -> str:
    """The content inside the document itself."""
    return "data:application/octet-stream;base64," + base64.b64encode(content).decode()


def write_gltf(path: Path, document: Mapping[str, Any]) -> Path:
    """A .gltf file."""
    path.write_text(json.dumps(document))
    return path


def write_glb(path: Path, document: Mapping[str, Any], binary: bytes = b"") -> Path:
    """A .glb file with the document and one binary chunk."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\x00" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks)
    return path


CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
MATERIAL = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"


def mesh_xml(properties: Sequence[str] = ()) -> str:
    """The <mesh> of the cube; properties are attributes of the first triangles."""
    points = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in CORNERS)
    faces = ""
    for index, (a, b, c) in enumerate(TRIANGLES):
        extra = properties[index] if index < len(properties) else ""
        faces += f'<triangle v1="{a}" v2="{b}" v3="{c}" {extra}/>'
    return f"<mesh><vertices>{points}</vertices><triangles>{faces}</triangles></mesh>"


def model_xml(resources: str, build: str, unit: str = "millimeter", prolog: str = "") -> str:
    """A 3MF model part."""
    return (
        f'<?xml version="1.0"?>{prolog}<model unit="{unit}" xmlns="{CORE}" xmlns:m="{MATERIAL}"'
        f' xmlns:p="{PRODUCTION}"><resources>{resources}</resources><build>{build}</build></model>'
    )


def write_3mf(path: Path, model: str, parts: Mapping[str, str | bytes] | None = None) -> Path:
    """A 3MF package of one model part and whatever else."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package'
            '.3dmanufacturing-3dmodel+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com'
            '/3dmanufacturing/2013/01/3dmodel"/></Relationships>',
        )
        archive.writestr("3D/3dmodel.model", model)
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return path


COLLADA = "http://www.collada.org/2005/11/COLLADASchema"


def dae_geometry(name: str = "cube", material: str = "paint") -> str:
    """A COLLADA geometry of the cube as a polylist of quads."""
    numbers = " ".join(f"{value:g}" for value in CORNERS.ravel())
    indices = " ".join(str(i) for i in QUADS.ravel())
    return (
        f'<geometry id="{name}" name="{name}"><mesh><source id="{name}-p">'
        f'<float_array id="{name}-a" count="24">{numbers}</float_array><technique_common>'
        f'<accessor source="#{name}-a" count="8" stride="3"/></technique_common></source>'
        f'<vertices id="{name}-v"><input'
        f' semantic="POSITION" source="#{name}-p"/></vertices><polylist count="6"'
        f' material="{material}"><input semantic="VERTEX" source="#{name}-v" offset="0"/>'
        f"<vcount>4 4 4 4 4 4</vcount><p>{indices}</p></polylist></mesh></geometry>"
    )


def dae_text(
    nodes: str,
    geometries: str | None = None,
    asset: str = '<unit meter="0.01"/><up_axis>Y_UP</up_axis>',
    libraries: str = "",
    prolog: str = "",
) -> str:
    """A COLLADA document with one scene."""
    return (
        f'<?xml version="1.0"?>{prolog}<COLLADA xmlns="{COLLADA}" version="1.4.1"><asset>{asset}'
        f"</asset>{libraries}<library_geometries>{geometries or dae_geometry()}"
        f'</library_geometries><library_visual_scenes><visual_scene id="s">{nodes}</visual_scene>'
        '</library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>'
    )
