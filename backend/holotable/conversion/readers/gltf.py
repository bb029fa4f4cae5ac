"""glTF 2.0 and GLB: the tree as it stands, meshes shared as parts.

A round trip through a mesh library would split meshes into primitives, invent names and drop what
it does not know. Shown at rest; animations are kept as data, lights and cameras as properties.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly, flat_properties
from holotable.conversion.readers.gltf_animation import read_animations
from holotable.conversion.readers.gltf_data import (
    Document,
    Object,
    extension,
    mapping,
    numbers,
    open_gltf,
    plain_list,
    whole,
)
from holotable.conversion.readers.gltf_draco import DRACO
from holotable.conversion.readers.gltf_extras import (
    node_properties,
    variant_properties,
    warn_of_rest,
)
from holotable.conversion.readers.gltf_look import Looks
from holotable.conversion.readers.gltf_mesh import Shape
from holotable.errors import DamagedFile, NoGeometry, TooComplex, UnsupportedFormat
from holotable.review.scene import Floats, Scene

_INSTANCING: Final = "EXT_mesh_gpu_instancing"
# What a file may require: read here, or changes only how a surface looks.
_UNDERSTOOD: Final = (
    "KHR_mesh_quantization",
    "EXT_meshopt_compression",
    "KHR_meshopt_compression",
    "KHR_texture_transform",
    "KHR_texture_basisu",
    "KHR_lights_punctual",
    "KHR_node_visibility",
    "KHR_xmp_json_ld",
    "KHR_animation_pointer",
    _INSTANCING,
    DRACO,
)
_ONLY_LOOKS: Final = (
    "KHR_materials_",
    "EXT_materials_",
    "EXT_texture_",
    "MSFT_texture_",
    "EXT_lights_",
    "ADOBE_mat",
)


@dataclass(slots=True)
class _Reading:
    document: Document
    assembly: Assembly
    looks: Looks
    parts: dict[tuple[int, str], tuple[int, ...]] = field(default_factory=dict)
    worlds: dict[int, Floats] = field(default_factory=dict)


def read_gltf(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a .gltf with its files, or a .glb."""
    # Numbers that are not finite are refused where a node or part is added.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _read(path, options, report)


def _read(path: Path, options: ReadOptions, report: Report) -> Scene:
    report("reading", 0.0)
    document = open_gltf(path, options.max_unpacked_bytes)
    _check_asset(document)
    document.check_buffers()
    assembly = Assembly("gltf", options, length_unit="m", up_axis="y", assumed_up_axis="y")
    reading = _Reading(document, assembly, Looks(document, assembly))
    nodes = document.objects("nodes")
    roots, order = _tree(document, nodes)
    warn_of_rest(document, assembly)
    rows: dict[int, int] = {}
    for done, (number, parent) in enumerate(order):
        matrix = _transform(nodes[number])
        reading.worlds[number] = matrix if parent < 0 else reading.worlds[parent] @ matrix
        rows[number] = _add_node(reading, number, -1 if parent < 0 else rows[parent], matrix)
        if done % 1000 == 0:
            report("reading", 0.1 + 0.2 * done / len(order))
    for number, _ in order:  # skins need every joint's place
        if nodes[number].get("skin") is not None and nodes[number].get("mesh") is not None:
            _add_skinned(reading, number, rows[number])
    if not roots:
        raise NoGeometry("The glTF has no scene with nodes in it.")
    read_animations(document, assembly, rows)
    report("reading", 0.9)
    return assembly.finish(path.stem)


def _check_asset(document: Document) -> None:
    version = str(mapping(document.json.get("asset", {})).get("version", ""))
    if not version.startswith("2"):
        raise UnsupportedFormat(f"This is glTF {shown(version) or '?'}; only glTF 2 is read.")
    required = document.json.get("extensionsRequired", [])
    for name in required if isinstance(required, list) else []:
        if name not in _UNDERSTOOD and not str(name).startswith(_ONLY_LOOKS):
            raise UnsupportedFormat(
                f"The glTF needs the extension {shown(str(name))}, which Holotable does not read."
                " Export it without.",
                extension=shown(str(name)),
            )


def _tree(document: Document, nodes: Sequence[Object]) -> tuple[list[int], list[tuple[int, int]]]:
    """Roots of the shown scene, and (node, parent) of all below them, parents first."""
    parents = np.full(len(nodes), -1, np.int64)
    children: list[list[int]] = []
    for number, node in enumerate(nodes):
        below = [whole(child, "child", len(nodes)) for child in plain_list(node.get("children"))]
        children.append(below)
        for child in below:
            if parents[child] >= 0:
                raise DamagedFile("A node of the glTF hangs from two parents, or twice from one.")
            parents[child] = number
    scenes = document.objects("scenes")
    if scenes:
        scene = scenes[whole(document.json.get("scene", 0), "scene", len(scenes))]
        roots = [whole(node, "node", len(nodes)) for node in plain_list(scene.get("nodes"))]
        if any(parents[root] >= 0 for root in roots) or len(set(roots)) < len(roots):
            raise DamagedFile("A root of the glTF's scene hangs from another node.")
    else:
        roots = np.flatnonzero(parents < 0).tolist()
    order: list[tuple[int, int]] = []
    waiting = [(root, -1) for root in reversed(roots)]
    while waiting:  # every node has one parent and roots have none, so this ends
        number, parent = waiting.pop()
        order.append((number, parent))
        waiting.extend((child, number) for child in reversed(children[number]))
    reached = len(order)
    if scenes and reached < len(nodes) and _has_cycle(parents):
        raise DamagedFile("The nodes of the glTF contain each other.")
    if not scenes and reached < len(nodes):
        raise DamagedFile("The nodes of the glTF contain each other.")
    return roots, order


def _has_cycle(parents: Numbers) -> bool:
    """Whether following parents never ends for some node (pointer doubling)."""
    ahead = parents.copy()
    for _ in range(max(1, len(parents).bit_length()) + 1):
        moving = ahead >= 0
        ahead[moving] = ahead[ahead[moving]]
    return bool((ahead >= 0).any())


def _transform(node: Object) -> Floats:
    """(4, 4) of a node's matrix, or of its translation, rotation and scale."""
    if node.get("matrix") is not None:
        columns: Floats = numbers(node["matrix"], 16, "matrix").reshape(4, 4)
        return np.array(columns.T)
    matrix = np.eye(4)
    if node.get("rotation") is not None:
        matrix[:3, :3] = _turn(*numbers(node["rotation"], 4, "rotation").tolist())
    if node.get("scale") is not None:
        matrix[:3, :3] *= numbers(node["scale"], 3, "scale")
    if node.get("translation") is not None:
        matrix[:3, 3] = numbers(node["translation"], 3, "translation")
    return matrix


def _turn(x: float, y: float, z: float, w: float) -> list[list[float]]:
    """(3, 3) of a quaternion of any length; one without a length turns nothing."""
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if not 1e-12 < length < math.inf:
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    x, y, z, w = x / length, y / length, z / length, w / length
    return [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]


def _compose(translation: Floats, rotation: Floats, scale: Floats) -> Floats:
    """(n, 4, 4) from (n, 3), (n, 4) quaternions x y z w, (n, 3)."""
    matrices = np.tile(np.eye(4), (len(rotation), 1, 1))
    turns = np.array([_turn(*quaternion) for quaternion in rotation.tolist()])
    matrices[:, :3, :3] = turns.reshape(-1, 3, 3) * scale[:, None, :]
    matrices[:, :3, 3] = translation
    return matrices


def _add_node(reading: _Reading, number: int, parent: int, matrix: Floats) -> int:
    """Add a node, and the placements it stands for."""
    document, assembly = reading.document, reading.assembly
    node = document.objects("nodes")[number]
    own = _name(node)
    parts: tuple[int, ...] = ()
    product = ""
    instances = None
    if node.get("mesh") is not None:
        product = _name(document.item("meshes", node["mesh"]))
        instances = extension(node, _INSTANCING)
        if node.get("skin") is None or instances is not None:
            parts = _parts(reading, node)
    visibility = extension(node, "KHR_node_visibility")
    row = assembly.add_node(
        parent,
        own or product or (f"Mesh {number}" if node.get("mesh") is not None else f"Node {number}"),
        matrix,
        part=parts[0] if parts and instances is None else None,
        properties=node_properties(document, node),
        hidden=visibility is not None and visibility.get("visible") is False,
        product=product,
        occurrence=own,
    )
    if instances is None:
        _add_rest(assembly, row, parts, product)
        return row
    for place, instance in enumerate(_instances(reading, instances) if parts else ()):
        name = f"{own or product or 'Instance'} {place + 1}"
        below = assembly.add_node(
            row, name, instance, part=parts[0], product=product, occurrence=""
        )
        _add_rest(assembly, below, parts, product)
    return row


def _add_rest(assembly: Assembly, row: int, parts: tuple[int, ...], product: str) -> None:
    """Points that a mesh has beside its triangles: a part of their own below its row."""
    for part in parts[1:]:
        assembly.add_node(
            row, f"{product or 'Mesh'} points", part=part, product=product, occurrence=""
        )


def _instances(reading: _Reading, instancing: Object) -> Floats:
    """(n, 4, 4) placements of EXT_mesh_gpu_instancing."""
    document = reading.document
    attributes = mapping(instancing.get("attributes"))
    kinds = {"TRANSLATION": (3, 0.0), "ROTATION": (4, 0.0), "SCALE": (3, 1.0)}
    counts = {document.count(attributes[kind]) for kind in kinds if kind in attributes}
    if len(counts) != 1:
        raise DamagedFile("The instances of a glTF node disagree on their number.")
    count = counts.pop()
    limit = reading.assembly.options.max_occurrences
    if count > limit:
        raise TooComplex(f"The model places more than {limit:,} parts.", limit=limit)
    columns = []
    for kind, (width, otherwise) in kinds.items():
        if kind in attributes:
            rows = document.rows(attributes[kind]).astype(np.float64)
            if rows.shape[1] != width:
                raise DamagedFile("The instances of a glTF node have a wrong type.")
        else:
            rows = np.full((count, width), otherwise)
            if kind == "ROTATION":
                rows[:, 3] = 1.0
        columns.append(rows)
    return _compose(*columns)


def _parts(reading: _Reading, node: Object) -> tuple[int, ...]:
    """The parts of a node's mesh, made when first placed so: triangles and lines, then points."""
    number = whole(node["mesh"], "mesh")
    mesh = reading.document.item("meshes", number)
    weights = plain_list(node.get("weights")) or plain_list(mesh.get("weights"))
    key = (number, json.dumps(weights))
    if key not in reading.parts:
        shape = Shape(reading.document, reading.assembly, reading.looks)
        reading.parts[key] = _add_parts(shape, mesh, number, weights)
    return reading.parts[key]


def _add_parts(shape: Shape, mesh: Object, number: int, weights: list[object]) -> tuple[int, ...]:
    shape.read(mesh, weights)
    name = _name(mesh) or f"Mesh {number}"
    extras = mesh.get("extras")
    properties = dict(flat_properties("extras", extras)) if isinstance(extras, dict) else {}
    variants = variant_properties(shape.document, mesh)
    if variants:
        properties["variants"] = variants
    found = (shape.add_mesh_part(name, properties), shape.add_cloud_part(name))
    return tuple(part for part in found if part is not None)


def _add_skinned(reading: _Reading, number: int, row: int) -> None:
    """A skinned mesh as its joints hold it at rest; its node's place does not count (§3.7.3)."""
    document = reading.document
    node = document.objects("nodes")[number]
    if extension(node, _INSTANCING) is not None:
        return
    mesh = document.item("meshes", node["mesh"])
    skin = document.item("skins", node["skin"])
    joints = [
        whole(joint, "joint", len(document.objects("nodes")))
        for joint in plain_list(skin.get("joints"))
    ]
    worlds = np.stack([reading.worlds.get(joint, np.eye(4)) for joint in joints] or [np.eye(4)])
    if skin.get("inverseBindMatrices") is not None:
        inverse = document.rows(skin["inverseBindMatrices"])
        if inverse.shape[1] != 16 or len(inverse) < len(joints):
            raise DamagedFile("A skin of the glTF has too few matrices.")
        worlds = worlds @ inverse[: len(worlds)].reshape(-1, 4, 4).transpose(0, 2, 1)
    own = reading.worlds[number]
    if abs(np.linalg.det(own[:3, :3])) < 1e-12:
        reading.assembly.warn("placement_invisible", "A skinned mesh is scaled to nothing.")
        return
    joined = np.linalg.inv(own) @ worlds
    shape = Shape(document, reading.assembly, reading.looks, joined)
    weights = plain_list(node.get("weights")) or plain_list(mesh.get("weights"))
    parts = _add_parts(shape, mesh, whole(node["mesh"], "mesh"), weights)
    if parts:
        reading.assembly.give_part(row, parts[0])
        _add_rest(reading.assembly, row, parts, _name(mesh))


def _name(item: Object) -> str:
    name = item.get("name")
    return name if isinstance(name, str) else ""
