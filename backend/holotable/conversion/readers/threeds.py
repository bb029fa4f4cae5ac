"""3DS (.3ds): objects, their placements by the keyframer, materials and pictures.

The file keeps points in the world frame, with the frame each object had; the keyframer places
objects again, any number of times, in a tree with pivots. So a part's own frame is what both agree
on. z is up and no unit is stated. Lost: animation (its first key is shown), lights, cameras.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.archive import shown
from holotable.conversion.normals import (
    Numbers,
    face_vectors,
    first_in_order,
    first_of_each,
    pair_numbers,
    unit_rows,
    weld,
)
from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes
from holotable.conversion.readers.draft import Wrap
from holotable.conversion.readers.materials import Map, Material
from holotable.conversion.readers.mtl_look import MtlLooks
from holotable.conversion.readers.textures import sample_texture
from holotable.conversion.readers.threeds_chunks import (
    Document,
    MaterialEntry,
    MeshEntry,
    NodeEntry,
    parse,
)
from holotable.errors import DamagedFile, NoGeometry, TooLarge
from holotable.review.scene import Floats, Floats32, Scene

_MAX_BYTES: Final = 2 * 1024**3
_DUMMY: Final = "$$$DUMMY"
_MIRROR: Final = np.diag([-1.0, 1.0, 1.0, 1.0])
_LOST_MAPS: Final = ("specular", "reflection")


@dataclass(slots=True)
class _Reading:
    document: Document
    assembly: Assembly
    looks: MtlLooks
    materials: dict[str, Material]
    parts: dict[str, int | None] = field(default_factory=dict)


def read_3ds(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a 3DS file with the pictures beside it."""
    report("reading", 0.0)
    size = path.stat().st_size
    if size > _MAX_BYTES:
        raise TooLarge("The 3DS file is larger than its own format allows.", bytes=size)
    document = parse(path.read_bytes())
    if not any(len(mesh.triangles) for mesh in document.meshes.values()):
        raise NoGeometry
    assembly = Assembly("3ds", options)
    materials = {name: _material(entry, assembly) for name, entry in document.materials.items()}
    reading = _Reading(document, assembly, MtlLooks(path, assembly), materials)
    report("reading", 0.3)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        placed = _place_nodes(reading)
        for number, mesh in enumerate(document.meshes.values()):
            if mesh.name not in placed:
                part = _part(reading, mesh)
                if part is not None:
                    assembly.add_node(
                        -1, mesh.name, _own_frame(mesh), part=part, hidden=mesh.hidden
                    )
            report("reading", 0.3 + 0.6 * (number + 1) / len(document.meshes))
    return assembly.finish(path.stem)


def _place_nodes(reading: _Reading) -> set[str]:
    """Add the keyframer's tree; returns the names of the objects it places."""
    nodes = {node.number: node for node in reading.document.nodes}
    rows: dict[int, int] = {}
    placed: set[str] = set()
    moving = 0
    for node in _parents_first(nodes):
        parent = -1 if node.is_root else rows.get(node.parent, -1)
        above = nodes.get(node.parent) if parent >= 0 else None
        matrix = _placement(node)
        if above is not None:  # the row above stands at its part, a pivot away from its node
            matrix = _moved(above.pivot) @ matrix
        matrix = matrix @ _moved(node.pivot, -1.0)
        mesh = reading.document.meshes.get(node.object)
        part = None if mesh is None else _part(reading, mesh)
        moving += node.moves and (mesh is not None or node.object == _DUMMY)
        if mesh is not None:
            placed.add(mesh.name)
        name = node.object
        if node.instance:
            name = node.instance if name == _DUMMY else f"{name}.{node.instance}"
        rows[node.number] = reading.assembly.add_node(
            parent,
            name,
            matrix,
            part=part,
            hidden=mesh is not None and mesh.hidden,
            product="" if mesh is None else mesh.name,
        )
    if moving:
        reading.assembly.warn(
            "animations_ignored", "Keyframes after the first are not read.", moving
        )
    return placed


def _parents_first(nodes: dict[int, NodeEntry]) -> list[NodeEntry]:
    """The nodes in an order in which a parent precedes its children."""
    order: list[NodeEntry] = []
    known: set[int] = set()
    for start in nodes.values():
        chain: list[NodeEntry] = []
        node: NodeEntry | None = start
        above: set[int] = set()
        while node is not None and node.number not in known:
            if node.number in above:
                raise DamagedFile("The nodes of the 3DS file contain each other.")
            above.add(node.number)
            chain.append(node)
            node = None if node.is_root else nodes.get(node.parent)
        order += reversed(chain)
        known |= above
    return order


def _placement(node: NodeEntry) -> Floats:
    """(4, 4) move × turn × scale."""
    matrix = np.eye(4)
    angle, *axis = node.rotation
    length = math.sqrt(sum(part * part for part in axis))
    if length > 1e-9:
        # 3D Studio turns clockwise seen along the axis.
        x, y, z = (part / length for part in axis)
        cos, sin = math.cos(-angle), math.sin(-angle)
        rest = 1 - cos
        matrix[:3, :3] = [
            [cos + x * x * rest, x * y * rest - z * sin, x * z * rest + y * sin],
            [y * x * rest + z * sin, cos + y * y * rest, y * z * rest - x * sin],
            [z * x * rest - y * sin, z * y * rest + x * sin, cos + z * z * rest],
        ]
    matrix[:3, :3] *= node.scale
    matrix[:3, 3] = node.position
    return matrix


def _moved(by: tuple[float, float, float], sign: float = 1.0) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 3] = np.array(by) * sign
    return matrix


def _own_frame(mesh: MeshEntry) -> Floats:
    """(4, 4) where a mesh's frame stands in the world; none that it could be turned back from."""
    if abs(np.linalg.det(mesh.axes[:3, :3])) < 1e-12:
        return np.eye(4)
    # A mirrored frame cannot be said by the keyframer's turns and scales: the part is mirrored.
    return mesh.axes @ _MIRROR if np.linalg.det(mesh.axes[:3, :3]) < 0 else mesh.axes


def _part(reading: _Reading, mesh: MeshEntry) -> int | None:
    """The part of an object, made when first placed; None when it has no triangles."""
    if mesh.name not in reading.parts:
        reading.parts[mesh.name] = _add_part(reading, mesh) if len(mesh.triangles) else None
    return reading.parts[mesh.name]


def _add_part(reading: _Reading, mesh: MeshEntry) -> int:
    back = np.linalg.inv(_own_frame(mesh))
    points = mesh.points @ back[:3, :3].T + back[:3, 3]
    order, names = _by_material(mesh)
    triangles = mesh.triangles[order]
    sources = np.arange(len(points))
    normals: Floats32 | None = None
    if mesh.groups is not None and mesh.groups.any():
        triangles, sources, normals = _smoothed(points, triangles, mesh.groups[order])
    uv = None if mesh.coordinates is None else mesh.coordinates[sources]
    colours = np.full(triangles.size, OWN_COLOUR)
    wraps: list[Wrap] = []
    sampled = False
    for name, start, stop in names:
        material = reading.materials.get(name)
        if material is None:
            wraps.append(Wrap(start, stop))
            continue
        rows = triangles[start:stop]
        colours[3 * start : 3 * stop] = material.colour
        seen = _seen(reading, material, uv, rows)
        if seen is not None:
            colours[3 * start : 3 * stop] = seen
            sampled = True
        if not reading.looks.says_more(material):
            wraps.append(Wrap(start, stop))
            continue
        flat = np.zeros((len(sources), 2)) if uv is None else uv
        upright = np.column_stack([flat[:, 0], 1.0 - flat[:, 1]])  # v counts down in glTF
        number = reading.looks.kept(name, material)
        sets = (upright,) * len(reading.assembly.looks.uv_sets(number))
        wraps.append(Wrap(start, stop, number, rows=rows, uvs=sets))
    return _add(reading, mesh, points[sources], triangles, normals, colours, sampled, wraps)


def _add(
    reading: _Reading,
    mesh: MeshEntry,
    points: Floats,
    triangles: Numbers,
    normals: Floats32 | None,
    colours: Colours,
    sampled: bool,
    wraps: list[Wrap],
) -> int:
    """Hand a part over; with normals of its own a vertex has one colour, so some are split."""
    if normals is not None:
        number = pair_numbers(triangles.ravel(), first_of_each(colours)[1])
        chosen = first_in_order(number)
        corner = triangles.ravel()[chosen]
        points, normals, colours = points[corner], normals[corner], colours[chosen]
        triangles = number.reshape(-1, 3)
    used = any(wrap.material is not None for wrap in wraps)
    return reading.assembly.add_part(
        mesh.name,
        points,
        triangles,
        normals=normals,
        colours=colours,
        sampled=sampled,
        wraps=wraps if used else (),
    )


def _by_material(mesh: MeshEntry) -> tuple[Numbers, list[tuple[str, int, int]]]:
    """Faces sorted by material, and the run of each material; "" for faces without one."""
    of_face = np.zeros(len(mesh.triangles), np.int64)
    names = [""]
    for name, faces in mesh.materials:
        names.append(name)
        of_face[faces] = len(names) - 1
    order = np.argsort(of_face, kind="stable")
    ends = np.searchsorted(of_face[order], np.arange(len(names) + 1)).tolist()
    runs = [(name, ends[n], ends[n + 1]) for n, name in enumerate(names) if ends[n + 1] > ends[n]]
    return order, runs


def _smoothed(
    points: Floats, triangles: Numbers, groups: Numbers
) -> tuple[Numbers, Numbers, Floats32]:
    """Vertices split where smoothing groups end: triangles, source of each vertex, normals.

    A corner's normal is the sum over the faces at its place that share a group with its own; a
    face that shares two groups counts twice. A face of no group is flat.
    """
    _, place = weld(points)
    vectors = face_vectors(points, triangles)
    corner_place = place[triangles.ravel()]
    total = np.zeros((triangles.size, 3))
    corner_groups = np.repeat(groups, 3)
    for bit in range(32):
        smooth = (groups >> bit & 1).astype(bool)
        if not smooth.any():
            continue
        sums = np.zeros((int(place.max()) + 1, 3))
        of_group = place[triangles[smooth].ravel()]
        for axis in range(3):
            weights = np.repeat(vectors[smooth, axis], 3)
            sums[:, axis] = np.bincount(of_group, weights=weights, minlength=len(sums))
        mine = (corner_groups >> bit & 1).astype(bool)
        total[mine] += sums[corner_place[mine]]
    flat = corner_groups == 0
    total[flat] = np.repeat(vectors, 3, axis=0)[flat]
    which = np.where(flat, np.repeat(np.arange(len(groups)), 3) + 2**33, corner_groups)
    number = pair_numbers(triangles.ravel(), first_of_each(which)[1])
    chosen = first_in_order(number)
    return number.reshape(-1, 3), triangles.ravel()[chosen], unit_rows(total[chosen])


def _seen(
    reading: _Reading, material: Material, uv: Floats | None, rows: Numbers
) -> Colours | None:
    """(3m,) the colours of a picture at the corners."""
    found = material.colour_map
    texels = None if found is None or uv is None else reading.looks.texels(found.reference)
    if found is None or uv is None or texels is None:
        return None
    placed = uv * np.array(found.scale) + np.array(found.offset)
    seen = sample_texture(texels, placed, rows, v_up=True)
    tinted = seen.astype(np.float64) * (material.tint * 255).round() / 255
    colours: Colours = pack_bytes(tinted.round())[rows.ravel()]
    return colours


def _material(entry: MaterialEntry, assembly: Assembly) -> Material:
    maps = {
        kind: Map(found.file, found.offset, found.scale, found.clamps)
        for kind, found in entry.maps.items()
        if kind not in _LOST_MAPS
    }
    if any(found.angle for found in entry.maps.values()):
        assembly.warn("materials_simplified", "Pictures that are turned on a surface lie straight.")
    lost = tuple(f"{shown(kind)} map" for kind in entry.maps if kind in _LOST_MAPS)
    red, green, blue = (min(max(part, 0.0), 1.0) for part in entry.diffuse)
    return Material(
        diffuse=(red, green, blue),
        opacity=1.0 - entry.transparency,
        emission=(red * entry.glow, green * entry.glow, blue * entry.glow),
        maps=maps,
        lost=lost,
    )
