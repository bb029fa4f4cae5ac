"""A second reader of scene packages, written from docs/formats/scene-package.md alone.

It shares no code with the writer, so that a mistake on one side shows.
"""

import json
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import meshopt
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
VALIDATOR = ROOT / "tests/backend/conversion/validator.mjs"
COMPONENTS = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
SHAPES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


@dataclass(frozen=True)
class Glb:
    """A GLB with every buffer view decompressed."""

    json: dict[str, Any]
    views: list[bytes]

    def accessor(self, index: int) -> np.ndarray:
        """(count, components) of one accessor."""
        accessor = self.json["accessors"][index]
        view = self.json["bufferViews"][accessor["bufferView"]]
        kind = np.dtype(COMPONENTS[accessor["componentType"]])
        columns = SHAPES[accessor["type"]]
        stride = view.get("byteStride", kind.itemsize * columns)
        rows = np.frombuffer(self.views[accessor["bufferView"]], np.uint8)
        rows = rows[: stride * accessor["count"]].reshape(accessor["count"], stride)
        first = accessor.get("byteOffset", 0)
        return rows[:, first : first + kind.itemsize * columns].copy().view(kind)


def read_glb(path: Path) -> Glb:
    """Read and decompress a GLB."""
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    document = json.loads(data[20 : 20 + size])
    binary = data[28 + size :]
    views = []
    for view in document.get("bufferViews", []):
        packed = view.get("extensions", {}).get("KHR_meshopt_compression")
        if packed is None:
            views.append(binary[view.get("byteOffset", 0) :][: view["byteLength"]])
            continue
        encoded = binary[packed.get("byteOffset", 0) :][: packed["byteLength"]]
        decoded = meshopt.decode_gltf_buffer(
            encoded, packed["count"], packed["byteStride"], packed["mode"], packed.get("filter")
        )
        views.append(np.ascontiguousarray(decoded).tobytes())
        assert len(views[-1]) == view["byteLength"]
    return Glb(document, views)


def write_decoded(path: Path, target: Path) -> None:
    """The same GLB without KHR_meshopt_compression, so that a validator sees its numbers."""
    glb = read_glb(path)
    document = json.loads(json.dumps(glb.json))
    binary = bytearray()
    for view, content in zip(document["bufferViews"], glb.views, strict=True):
        view.pop("extensions", None)
        view.update(buffer=0, byteOffset=len(binary), byteLength=len(content))
        binary += content + b"\0" * (-len(content) % 4)
    document["buffers"] = [{"byteLength": len(binary)}]
    for key in ("extensionsUsed", "extensionsRequired"):
        if key in document:
            document[key] = [name for name in document[key] if name != "KHR_meshopt_compression"]
            if not document[key]:
                del document[key]
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    target.write_bytes(
        struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(binary))
        + struct.pack("<I4s", len(text), b"JSON")
        + text
        + struct.pack("<I4s", len(binary), b"BIN\0")
        + binary
    )


@dataclass(frozen=True)
class Ranges:
    """One geometry at one level: grid points, normals, palette entries, local triangles."""

    points: np.ndarray
    normals: np.ndarray
    materials: np.ndarray
    triangles: np.ndarray


@dataclass(frozen=True)
class Package:
    """A whole scene package in memory."""

    folder: Path
    manifest: dict[str, Any]
    structure: dict[str, Any]
    meshes: dict[tuple[int, int], Ranges]  # (geometry, level)
    instances: dict[str, np.ndarray]

    def mesh(self, geometry: int, level: int) -> Ranges:
        """What a viewer shows: that level or the nearest coarser one there is.

        Below the coarsest level a geometry in pieces is all its pieces.
        """
        shared = self.manifest.get("shared", {}).get(str(geometry))
        if shared is not None:
            return self.mesh(shared["geometry"], level)
        run = self.manifest.get("pieces", {}).get(str(geometry))
        if run is not None and level < self.manifest["coarsest"]:
            first = run["first"]
            return joined([self.mesh(first + i, level) for i in range(len(run["boxes"]))])
        for coarser in range(level, self.manifest["coarsest"] + 1):
            if (geometry, coarser) in self.meshes:
                return self.meshes[geometry, coarser]
        raise KeyError((geometry, level))

    def placed(self, occurrence: int, level: int) -> np.ndarray:
        """Absolute world positions (n, 3) of a dense occurrence's vertices, in double precision."""
        index = int(np.flatnonzero(self.instances["_FEATURE_ID_0"][:, 0] == occurrence)[0])
        geometry = int(self.instances["_PART"][index, 0])
        linear = rotation(self.instances["ROTATION"][index].astype(float))
        linear = linear * self.instances["SCALE"][index].astype(float)
        points = self.mesh(geometry, level).points.astype(float)
        shift = self.instances["TRANSLATION"][index].astype(float)
        return points @ linear.T + shift + np.array(self.manifest["origin"])


def joined(pieces: list[Ranges]) -> Ranges:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    return Ranges(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([piece.normals for piece in pieces]),
        np.concatenate([piece.materials for piece in pieces]),
        np.concatenate([p.triangles + s for p, s in zip(pieces, starts, strict=False)]),
    )


def rotation(q: np.ndarray) -> np.ndarray:
    """Unit quaternion x, y, z, w to a matrix (3, 3)."""
    x, y, z, w = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def read_package(folder: Path) -> Package:
    """Read every chunk the manifest lists."""
    manifest = json.loads((folder / "manifest.json").read_text())
    meshes: dict[tuple[int, int], Ranges] = {}
    instances: dict[str, np.ndarray] = {}
    for chunk in manifest["chunks"]:
        glb = read_glb(folder / chunk["file"])
        (node,) = glb.json["nodes"]
        if "mesh" not in node:  # curves or clouds alone
            assert chunk["file"] == "base.glb"
            instances = read_instances(
                glb, node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
            )
            continue
        (mesh,) = glb.json["meshes"]
        (primitive,) = mesh["primitives"]
        assert primitive.get("mode", 4) == 4
        attributes = primitive["attributes"]
        points, normals = (glb.accessor(attributes[name]) for name in ("POSITION", "NORMAL"))
        materials = np.zeros((len(points), 1), np.uint16)  # what is implied when it is left out
        if "_MATERIAL" in attributes:
            materials = glb.accessor(attributes["_MATERIAL"])
        indices = glb.accessor(primitive["indices"])[:, 0].astype(int)
        table = np.array(mesh["extras"]["ranges"]).reshape(-1, 6)
        assert table[:, 0].tolist() == chunk["parts"]
        for geometry, level, first, count, start, length in table.tolist():
            local = indices[start : start + length] - first
            assert local.min() >= 0
            assert local.max() < count
            assert (geometry, level) not in meshes
            meshes[geometry, level] = Ranges(
                points[first : first + count],
                normals[first : first + count].astype(float) / 127,
                materials[first : first + count, 0],
                local.reshape(-1, 3),
            )
        extension = node.get("extensions", {}).get("EXT_mesh_gpu_instancing")
        assert (extension is not None) == (chunk["file"] == "base.glb")
        if extension is not None:
            assert node["name"] == "occurrences"
            instances = read_instances(glb, extension["attributes"])
    structure = json.loads((folder / "structure.json").read_text())
    return Package(folder, manifest, structure, meshes, instances)


def read_instances(glb: Glb, attributes: dict[str, int]) -> dict[str, np.ndarray]:
    """All columns of the placements, those left out as the format implies them."""
    columns = {name: glb.accessor(i) for name, i in attributes.items()}
    count = len(columns["TRANSLATION"])
    implied = {
        "ROTATION": np.tile(np.array([0, 0, 0, 1], np.float32), (count, 1)),
        "_PART": np.zeros((count, 1), np.float32),
        "_COLOUR": np.tile(np.array([0xB8, 0xBE, 0xC6, 0xFF], np.uint8), (count, 1)),
        "_FEATURE_ID_0": np.arange(count, dtype=np.float32)[:, None],
    }
    return {**implied, **columns}


def read_edges(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per geometry: segments (s, 2, 3) in grid points, and their exact edge numbers (s,)."""
    data = path.read_bytes()
    magic, version, geometries, vertices = struct.unpack_from("<4sIII", data)
    assert (magic, version) == (b"HTED", 1)
    table = np.frombuffer(data, "<u4", geometries * 2, 16).reshape(-1, 2)
    rows = np.frombuffer(data, "<u2", vertices * 4, 16 + geometries * 8).reshape(-1, 4)
    end = 16 + geometries * 8 + vertices * 8
    assert len(data) in (end, end + 4 + 12 * len(read_edge_colours(path)))
    found = []
    for first, count in table.tolist():
        mine = rows[first : first + count]
        assert count % 2 == 0
        found.append((mine[:, :3].reshape(-1, 2, 3), mine[0::2, 3]))
    return found


def read_edge_colours(path: Path) -> list[tuple[int, int, int]]:
    """First vertex, number of vertices and palette entry of edges that have colours."""
    data = path.read_bytes()
    geometries, vertices = struct.unpack_from("<II", data, 8)
    end = 16 + geometries * 8 + vertices * 8
    if len(data) == end:
        return []
    (ranges,) = struct.unpack_from("<I", data, end)
    table = np.frombuffer(data, "<u4", ranges * 3, end + 4).reshape(-1, 3)
    return [(first, count, entry) for first, count, entry in table.tolist()]


def validator_errors(folder: Path, scratch: Path) -> dict[str, Any]:
    """What gltf-validator finds wrong with every GLB of a package and with its decoded copy."""
    files = []
    for path in sorted(folder.glob("*.glb")):
        decoded = scratch / f"decoded-{path.name}"
        write_decoded(path, decoded)
        files += [str(path), str(decoded)]
    done = subprocess.run(
        ["node", str(VALIDATOR), *files], capture_output=True, text=True, check=True, cwd=ROOT
    )
    reports: dict[str, Any] = json.loads(done.stdout)
    assert len(reports) == len(files)
    return {name: report for name, report in reports.items() if report["errors"]}
