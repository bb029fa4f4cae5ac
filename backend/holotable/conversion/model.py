"""model.glb: the whole assembly as plain glTF 2.0, for anybody else's tool.

Hierarchy, names and `extras.id` as in structure.json, one glTF node per row in the same order;
float positions, shared buffers. Parts with a surface carry its materials and pictures; what those
use of KHR_materials_* and KHR_texture_transform is optional, so nothing is required of a reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.glb import GlbDocument, Json
from holotable.conversion.materials import MaterialWriter
from holotable.conversion.model_points import add_points
from holotable.conversion.normals import unit_rows
from holotable.conversion.place import (
    MIRROR,
    classify,
    quaternions,
    resolved_colours,
    resolved_hidden,
)
from holotable.review.points import PointCloud
from holotable.review.scene import EdgeLines, Floats, Floats32, Mesh, Node, Scene
from holotable.review.surface import Primitive, Surface

ROUGHNESS: Final = 0.6
IDENTITY_TOLERANCE: Final = 1e-12
_WHITE: Final = -1  # in place of a palette entry: the colours stand at the vertices


def write_model(path: Path, scene: Scene) -> int:
    """Write model.glb; returns its size in bytes."""
    document = GlbDocument()
    shapes = _Shapes(document, scene)
    colours = resolved_colours(scene.nodes)
    hidden = resolved_hidden(scene.nodes)
    if hidden[[node.part is not None for node in scene.nodes]].all():
        hidden[:] = False  # a file that hides everything means nothing by it
    rows: list[Json] = [{"name": node.name, "extras": {"id": str(node.id)}} for node in scene.nodes]
    document.json["nodes"] = rows
    holders = _place(document, rows, scene.nodes)
    roots: list[int] = []
    for row, node in enumerate(scene.nodes):
        if node.part is not None and not hidden[row]:
            mesh = shapes.mesh(node.part, colours[row])
            if mesh is not None:
                rows[holders[row]]["mesh"] = mesh
        if node.parent >= 0:
            rows[holders[node.parent]].setdefault("children", []).append(row)
        else:
            roots.append(row)
    document.json["scenes"][0] = {"nodes": roots}
    return document.write(path)


def _place(document: GlbDocument, rows: list[Json], nodes: Sequence[Node]) -> list[int]:
    """Give each node its TRS; returns which node holds a row's mesh and children.

    That is the row itself, but for a sheared transform, which is no TRS (glTF 2.0 §3.5.2): there
    a second node below it carries the last rotation of the singular value decomposition.
    """
    transforms = np.array([node.transform for node in nodes], float).reshape(-1, 4, 4)
    linear = transforms[:, :3, :3]
    kinds = classify(linear)
    flips = np.where(kinds.mirrored[:, None, None], MIRROR, np.eye(3))
    lengths = np.maximum(kinds.lengths, 1e-30)
    rotations = quaternions(linear @ flips / lengths[:, None, :])
    scales = kinds.lengths * np.diagonal(flips, axis1=1, axis2=2)
    plain = ~(kinds.flat | kinds.sheared)
    moved = np.abs(transforms[:, :3, 3]).max(axis=1, initial=0.0) > 0
    turned = np.abs(rotations[:, :3]).max(axis=1, initial=0.0) > IDENTITY_TOLERANCE
    scaled = np.abs(scales - 1.0).max(axis=1, initial=0.0) > IDENTITY_TOLERANCE
    holders = list(range(len(rows)))
    for row in range(len(nodes)):
        entry = rows[row]
        if moved[row]:
            entry["translation"] = transforms[row, :3, 3].tolist()
        if not plain[row]:
            outer, scale, inner = rotation_scale_rotation(linear[row])
            entry["rotation"] = quaternions(outer[None])[0].tolist()
            entry["scale"] = scale.tolist()
            below = document.add("nodes", {"rotation": quaternions(inner[None])[0].tolist()})
            entry["children"] = [below]
            holders[row] = below
            continue
        if turned[row]:
            entry["rotation"] = rotations[row].tolist()
        if scaled[row]:
            entry["scale"] = scales[row].tolist()
    return holders


def rotation_scale_rotation(linear: Floats) -> tuple[Floats, Floats, Floats]:
    """Any linear map (3, 3) as rotation, scale (3,), rotation; a mirror goes into the scale."""
    outer, scale, inner = np.linalg.svd(linear)
    if np.linalg.det(outer) < 0:
        outer[:, 2] *= -1
        scale[2] *= -1
    if np.linalg.det(inner) < 0:
        inner[2] *= -1
        scale[2] *= -1
    return outer, scale, inner


@dataclass(frozen=True, slots=True)
class _Buffers:
    """The accessors of one part: vertices, and indices per palette entry."""

    attributes: dict[str, int]
    indices: dict[int, int]


class _Shapes:
    """Meshes made on demand: one per part and occurrence colour, sharing the part's buffers."""

    def __init__(self, document: GlbDocument, scene: Scene) -> None:
        self._document = document
        self._scene = scene
        self._buffers: dict[int, _Buffers] = {}
        self._meshes: dict[tuple[int, str], int] = {}
        self._materials: dict[str, int] = {}
        self._looks = MaterialWriter(document, scene.looks, webp=False)

    def mesh(self, part: int, colour: str) -> int | None:
        """The glTF mesh of a part in a colour; None when it has no triangles."""
        mesh = self._scene.parts[part].mesh
        surface = self._scene.parts[part].surface
        if surface is not None:
            return self._surface(part, surface)
        cloud = self._scene.parts[part].points
        if cloud is not None and len(cloud.positions):
            return self._points(part, cloud, colour)
        if not len(mesh.triangles):
            edges = self._scene.parts[part].edges
            return None if edges is None else self._lines(part, edges, colour)
        if (part, colour) not in self._meshes:
            if part not in self._buffers:
                self._buffers[part] = self._write(mesh, colour)
            buffers = self._buffers[part]
            primitives = [
                {
                    "attributes": buffers.attributes,
                    "indices": accessor,
                    "material": self._material(self._colour(entry, colour)),
                    "mode": 4,
                }
                for entry, accessor in buffers.indices.items()
            ]
            name = self._scene.parts[part].name
            self._meshes[part, colour] = self._document.add(
                "meshes", {"name": name, "primitives": primitives}
            )
        return self._meshes[part, colour]

    def _lines(self, part: int, edges: EdgeLines, colour: str) -> int | None:
        """The glTF mesh of a part that is only lines; of several colours the first."""
        starts = edges.starts.astype(np.int64)
        owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        inside = np.flatnonzero(owners[1:] == owners[:-1])
        if not len(inside):
            return None
        if (part, colour) not in self._meshes:
            document, count = self._document, len(edges.points)
            places = np.ascontiguousarray(edges.points, np.float32)
            bounds = (places.min(axis=0).tolist(), places.max(axis=0).tolist())
            ends = np.stack([inside, inside + 1], axis=1).reshape(-1).astype(np.uint32)
            entry = 0 if edges.colours is None else int(edges.colours[0])
            primitive: Json = {
                "attributes": {
                    "POSITION": document.accessor(
                        document.view(places, "vertices"), places.dtype, count, 3, bounds=bounds
                    )
                },
                "indices": document.accessor(
                    document.view(ends, "indices"), ends.dtype, len(ends), 1
                ),
                "material": self._material(self._colour(entry, colour)),
                "mode": 1,
            }
            name = self._scene.parts[part].name
            self._meshes[part, colour] = document.add(
                "meshes", {"name": name, "primitives": [primitive]}
            )
        return self._meshes[part, colour]

    def _points(self, part: int, cloud: PointCloud, colour: str) -> int:
        """The glTF mesh of a cloud; one for all colours when it has its own."""
        key = (part, "" if cloud.colours is not None else colour)
        if key not in self._meshes:
            name = self._scene.parts[part].name
            material = -1 if cloud.colours is not None else self._material(colour)
            self._meshes[key] = add_points(self._document, name, cloud, material)
        return self._meshes[key]

    def _surface(self, part: int, surface: Surface) -> int | None:
        """The glTF mesh of a part as it really looks."""
        if (part, "") not in self._meshes:
            primitives = [
                {
                    **self._primitive(primitive),
                    "material": self._looks.material(primitive.material),
                    "mode": 4,
                }
                for primitive in surface.primitives
                if len(primitive.triangles)
            ]
            if not primitives:
                return None
            name = self._scene.parts[part].name
            self._meshes[part, ""] = self._document.add(
                "meshes", {"name": name, "primitives": primitives}
            )
        return self._meshes[part, ""]

    def _primitive(self, primitive: Primitive) -> Json:
        """The vertices and indices of one material's triangles."""
        document = self._document
        count = len(primitive.positions)
        attributes = self._places(primitive.positions, unit_rows(primitive.normals))
        columns = {f"TEXCOORD_{n}": (uv, 2) for n, uv in enumerate(primitive.uvs)}
        if primitive.tangents is not None:
            columns["TANGENT"] = (primitive.tangents, 4)
        if primitive.colours is not None:
            columns["COLOR_0"] = (np.clip(primitive.colours, 0.0, 1.0), 4)
        for name, (rows, width) in columns.items():
            view = document.view(rows.astype(np.float32), "vertices")
            attributes[name] = document.accessor(view, np.dtype(np.float32), count, width)
        narrow = np.uint16 if count <= 65_535 else np.uint32
        corners = primitive.triangles.reshape(-1).astype(narrow)
        view = document.view(corners, "indices")
        indices = document.accessor(view, corners.dtype, len(corners), 1)
        return {"attributes": attributes, "indices": indices}

    def _places(self, positions: Floats32, normals: Floats32) -> dict[str, int]:
        """The accessors of vertices and their normals."""
        document, single, count = self._document, np.dtype(np.float32), len(positions)
        bounds = (positions.min(axis=0).tolist(), positions.max(axis=0).tolist())
        place = document.view(positions.astype(np.float32), "vertices")
        normal = document.view(normals.astype(np.float32), "vertices")
        return {
            "POSITION": document.accessor(place, single, count, 3, bounds=bounds),
            "NORMAL": document.accessor(normal, single, count, 3),
        }

    def _colour(self, entry: int, own: str) -> str:
        if entry == _WHITE:
            return "#ffffffff"
        return self._scene.palette[entry] if entry else own

    def _vertex_colours(self, mesh: Mesh, colour: str) -> int:
        """An accessor of each vertex's colour in linear light (glTF 2.0 §3.7.2.1)."""
        palette = [_linear_rgba(entry) for entry in (colour, *self._scene.palette[1:])]
        sixteen = np.rint(np.array(palette) * 65_535).astype(np.uint16)
        colours = sixteen[mesh.materials]
        view = self._document.view(colours, "vertices")
        return self._document.accessor(view, colours.dtype, len(colours), 4, normalized=True)

    def _write(self, mesh: Mesh, colour: str) -> _Buffers:
        document = self._document
        count = len(mesh.positions)
        attributes = self._places(mesh.positions, mesh.normals)
        indices = {}
        entries = mesh.materials[mesh.triangles]
        materials = entries[:, 0]
        if (entries != entries[:, :1]).any():  # coloured vertex by vertex, not side by side
            attributes["COLOR_0"] = self._vertex_colours(mesh, colour)
            materials = np.full(len(mesh.triangles), _WHITE)
        narrow = np.uint16 if count <= 65_535 else np.uint32
        for entry in np.unique(materials):
            corners = mesh.triangles[materials == entry].reshape(-1).astype(narrow)
            indices[int(entry)] = document.accessor(
                document.view(corners, "indices"), corners.dtype, len(corners), 1
            )
        return _Buffers(attributes, indices)

    def _material(self, colour: str) -> int:
        if colour not in self._materials:
            factor = _linear_rgba(colour)
            entry: Json = {
                "name": colour,
                "pbrMetallicRoughness": {
                    "baseColorFactor": factor,
                    "metallicFactor": 0.0,
                    "roughnessFactor": ROUGHNESS,
                },
                "doubleSided": True,
            }
            if factor[3] < 1:
                entry["alphaMode"] = "BLEND"
            self._materials[colour] = self._document.add("materials", entry)
        return self._materials[colour]


def _linear_rgba(colour: str) -> list[float]:
    """#rrggbbaa as glTF's factors: linear light, alpha as it is."""
    red, green, blue, alpha = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5, 7))
    return [linear(red), linear(green), linear(blue), alpha]


def linear(srgb: float) -> float:
    """An sRGB component as the linear light that glTF's factors are in (IEC 61966-2-1)."""
    if srgb <= 0.04045:
        return srgb / 12.92
    return float(((srgb + 0.055) / 1.055) ** 2.4)
