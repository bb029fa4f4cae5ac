"""glTF 2.0 and GLB: the tree as it stands, meshes shared as parts.

A round trip through a mesh library would split meshes into primitives, invent names and drop what
it does not know. Lost here: animation (rest pose is shown), cameras, lights, points and lines.
"""

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
from holotable.conversion.readers.colours import Colours
from holotable.conversion.readers.gltf_data import (
    Document,
    Object,
    extension,
    mapping,
    numbers,
    object_list,
    open_gltf,
    whole,
)
from holotable.conversion.readers.gltf_look import Looks
from holotable.errors import DamagedFile, NoGeometry, TooComplex, UnsupportedFormat
from holotable.review.scene import Floats, Scene

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_DRACO: Final = "KHR_draco_mesh_compression"
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
    _DRACO,  # primitives that hold nothing else are refused where they stand
)
_ONLY_LOOKS: Final = ("KHR_materials_", "EXT_texture_", "MSFT_texture_", "EXT_lights_", "ADOBE_mat")
_MAX_TARGETS: Final = 256


@dataclass(slots=True)
class _Reading:
    document: Document
    assembly: Assembly
    looks: Looks
    parts: dict[int, int | None] = field(default_factory=dict)
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
    if document.objects("animations"):
        assembly.warn(
            "animations_ignored", "The model is shown at rest; its animation is not read."
        )
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
        below = [whole(child, "child", len(nodes)) for child in _list(node.get("children"))]
        children.append(below)
        for child in below:
            if parents[child] >= 0:
                raise DamagedFile("A node of the glTF hangs from two parents, or twice from one.")
            parents[child] = number
    scenes = document.objects("scenes")
    if scenes:
        scene = scenes[whole(document.json.get("scene", 0), "scene", len(scenes))]
        roots = [whole(node, "node", len(nodes)) for node in _list(scene.get("nodes"))]
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


def _list(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise DamagedFile("The JSON of the glTF has something else where a list belongs.")
    return value


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
    node = reading.document.objects("nodes")[number]
    own = _name(node)
    part: int | None = None
    product = ""
    instances = None
    if node.get("mesh") is not None:
        mesh = reading.document.item("meshes", node["mesh"])
        product = _name(mesh)
        instances = extension(node, _INSTANCING)
        if node.get("skin") is None or instances is not None:
            part = _part(reading, whole(node["mesh"], "mesh"))
    visibility = extension(node, "KHR_node_visibility")
    extras = node.get("extras")
    row = reading.assembly.add_node(
        parent,
        own or product or (f"Mesh {number}" if node.get("mesh") is not None else f"Node {number}"),
        matrix,
        part=None if instances is not None else part,
        properties=flat_properties("extras", extras) if isinstance(extras, dict) else {},
        hidden=visibility is not None and visibility.get("visible") is False,
        product=product,
        occurrence=own,
    )
    if instances is not None and part is not None:
        matrices = _instances(reading, instances)
        for place, instance in enumerate(matrices):
            name = f"{own or product or 'Instance'} {place + 1}"
            reading.assembly.add_node(
                row, name, instance, part=part, product=product, occurrence=""
            )
    return row


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


def _part(reading: _Reading, number: int) -> int | None:
    """The part of a mesh, made when first placed; None when it has no triangles."""
    if number not in reading.parts:
        mesh = reading.document.item("meshes", number)
        shape = _shape(reading, mesh)
        reading.parts[number] = None if shape is None else _add_part(reading, mesh, number, *shape)
    return reading.parts[number]


def _add_part(
    reading: _Reading,
    mesh: Object,
    number: int,
    points: Floats,
    triangles: Numbers,
    normals: Floats | None,
    colours: Colours,
    sampled: bool,
) -> int:
    extras = mesh.get("extras")
    return reading.assembly.add_part(
        _name(mesh) or f"Mesh {number}",
        points,
        triangles,
        normals=None if normals is None else normals.astype(np.float32),
        colours=colours,
        sampled=sampled,
        properties=flat_properties("extras", extras) if isinstance(extras, dict) else {},
    )


def _shape(
    reading: _Reading, mesh: Object, skin: Floats | None = None
) -> tuple[Floats, Numbers, Floats | None, Colours, bool] | None:
    """Points, triangles, normals, colours and whether sampled, of all primitives together.

    skin: (j, 4, 4) joint matrices that the points are moved by.
    """
    points: list[Floats] = []
    normals: list[Floats | None] = []
    triangles: list[Numbers] = []
    colours: list[Colours] = []
    sampled = False
    total = 0
    weights = _list(mesh.get("weights"))
    for primitive in object_list(mesh, "primitives"):
        indices = _triangle_indices(reading, primitive)
        if indices is None or len(indices) == 0:
            continue
        reading.assembly.check_triangles(len(indices))
        wanted, local = np.unique(indices, return_inverse=True)
        faces = local.reshape(-1, 3).astype(np.int64)
        attributes = mapping(primitive.get("attributes"))
        place = _vectors(reading, attributes["POSITION"], wanted)
        normal = None
        if attributes.get("NORMAL") is not None:
            normal = _vectors(reading, attributes["NORMAL"], wanted)
        place, normal = _morphed(reading, primitive, weights, wanted, place, normal)
        if skin is not None:
            place, normal = _posed(reading, attributes, skin, wanted, place, normal)
        seen, was_sampled = reading.looks.colours(primitive, wanted, faces)
        sampled = sampled or was_sampled
        points.append(place)
        normals.append(normal)
        triangles.append(faces + total)
        colours.append(seen)
        total += len(wanted)
    if not triangles:
        return None
    known = [normal for normal in normals if normal is not None]
    return (
        np.concatenate(points),
        np.concatenate(triangles),
        np.concatenate(known) if len(known) == len(normals) else None,
        np.concatenate(colours),
        sampled,
    )


def _triangle_indices(reading: _Reading, primitive: Object) -> Numbers | None:
    """(m, 3) indices of a primitive's triangles; None for points and lines."""
    document = reading.document
    attributes = mapping(primitive.get("attributes"))
    mode = whole(primitive.get("mode", _TRIANGLES), "mode", 7)
    if mode < _TRIANGLES:
        reading.assembly.warn("lines_ignored", "Points and lines are not shown.")
        return None
    position = attributes.get("POSITION")
    if position is None:
        reading.assembly.warn("primitive_ignored", "A primitive without positions is not shown.")
        return None
    accessor = document.item("accessors", position)
    if extension(primitive, _DRACO) is not None and accessor.get("bufferView") is None:
        raise UnsupportedFormat(
            "The glTF is compressed with Draco, which Holotable does not read. Export it without"
            " compression or with meshopt.",
            extension=_DRACO,
        )
    count = document.count(position)
    if primitive.get("indices") is None:
        reading.assembly.check_triangles(count // 3 if mode == _TRIANGLES else max(0, count - 2))
        document.rows(position, np.empty(0, np.int64))  # holds the count against the bytes
        indices = np.arange(count, dtype=np.int64)
    else:
        indices = document.rows(primitive["indices"])[:, 0]
        if indices.dtype != np.int64:
            raise DamagedFile("The indices of a glTF primitive are no whole numbers.")
    if len(indices) and int(indices.max()) >= count:
        raise DamagedFile("An index of the glTF points beyond its data.")
    if mode == _TRIANGLES:
        if len(indices) % 3:
            reading.assembly.warn("primitive_cut", "A primitive ends inside a triangle.")
        return indices[: len(indices) // 3 * 3].reshape(-1, 3)
    if len(indices) < 3:
        return None
    step = np.arange(len(indices) - 2)
    if mode == _FAN:
        faces = np.stack([indices[1:-1], indices[2:], np.full(len(step), indices[0])], axis=1)
    else:
        odd = step % 2
        faces = np.stack([indices[step], indices[step + 1 + odd], indices[step + 2 - odd]], axis=1)
    a, b, c = faces.T
    kept: Numbers = faces[(a != b) & (b != c) & (c != a)]  # strips turn corners by repeating
    return kept


def _vectors(reading: _Reading, accessor: object, wanted: Numbers) -> Floats:
    rows = reading.document.rows(accessor, wanted)
    if rows.shape[1] != 3:
        raise DamagedFile("Positions or normals of the glTF are no vectors of three.")
    vectors = rows.astype(np.float64)
    if not np.isfinite(vectors).all():
        raise DamagedFile("A coordinate is not a finite number.")
    return vectors


def _morphed(
    reading: _Reading,
    primitive: Object,
    weights: list[object],
    wanted: Numbers,
    place: Floats,
    normal: Floats | None,
) -> tuple[Floats, Floats | None]:
    """The primitive with its morph targets at the mesh's own weights."""
    if not any(weights):
        return place, normal
    targets = object_list(primitive, "targets")[:_MAX_TARGETS]
    amounts = numbers(weights[: len(targets)], len(targets), "weights")
    for target, amount in zip(targets, amounts.tolist(), strict=True):
        if amount and target.get("POSITION") is not None:
            place = place + amount * _vectors(reading, target["POSITION"], wanted)
        if amount and normal is not None and target.get("NORMAL") is not None:
            normal = normal + amount * _vectors(reading, target["NORMAL"], wanted)
    return place, normal


def _add_skinned(reading: _Reading, number: int, row: int) -> None:
    """A skinned mesh as its joints hold it at rest; its node's place does not count (§3.7.3)."""
    document = reading.document
    node = document.objects("nodes")[number]
    if extension(node, _INSTANCING) is not None:
        return
    mesh = document.item("meshes", node["mesh"])
    skin = document.item("skins", node["skin"])
    joints = [
        whole(joint, "joint", len(document.objects("nodes"))) for joint in _list(skin.get("joints"))
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
    shape = _shape(reading, mesh, np.linalg.inv(own) @ worlds)
    if shape is None:
        return
    part = _add_part(reading, mesh, whole(node["mesh"], "mesh"), *shape)
    reading.assembly.give_part(row, part)


def _posed(
    reading: _Reading,
    attributes: Object,
    skin: Floats,
    wanted: Numbers,
    place: Floats,
    normal: Floats | None,
) -> tuple[Floats, Floats | None]:
    """Points and normals moved by their joints."""
    if attributes.get("JOINTS_0") is None or attributes.get("WEIGHTS_0") is None:
        return place, normal
    joints = reading.document.rows(attributes["JOINTS_0"], wanted).astype(np.int64)
    weights = reading.document.rows(attributes["WEIGHTS_0"], wanted).astype(np.float64)
    if joints.shape != weights.shape or joints.max(initial=0) >= len(skin):
        raise DamagedFile("A skinned mesh of the glTF refers to a joint that does not exist.")
    total = weights.sum(axis=1, keepdims=True)
    weights = weights / np.where(total > 0, total, 1.0)
    moved = np.zeros_like(place)
    turned = None if normal is None else np.zeros_like(normal)
    for corner in range(joints.shape[1]):
        matrices = skin[joints[:, corner]]
        share = weights[:, corner, None]
        moved += share * (np.einsum("nij,nj->ni", matrices[:, :3, :3], place) + matrices[:, :3, 3])
        if turned is not None and normal is not None:
            turned += share * np.einsum("nij,nj->ni", matrices[:, :3, :3], normal)
    held = total[:, 0] > 0
    moved[~held] = place[~held]
    return moved, turned


def _name(item: Object) -> str:
    name = item.get("name")
    return name if isinstance(name, str) else ""
