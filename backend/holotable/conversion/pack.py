"""Packed GLB files: base.glb with the coarsest level and all placements, then finer chunks.

Per file ONE primitive holds every geometry, told apart by `mesh.extras.ranges`: one mesh and node
per part costs 1.5 MB of JSON on 500 parts, this costs 14 kB (VIEWER §4). The layout is specified
in docs/formats/scene-package.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.glb import COMPRESSION, GlbDocument, Json
from holotable.conversion.grid import Grid, PackedMesh, pack_mesh
from holotable.conversion.lod import COARSEST, Levels
from holotable.conversion.octree import morton_codes
from holotable.conversion.place import Integers, Placements
from holotable.review.scene import DEFAULT_COLOUR, Floats

QUANTISATION: Final = "KHR_mesh_quantization"
INSTANCING: Final = "EXT_mesh_gpu_instancing"

# Columns of the placements that are left out when every row has this.
IMPLIED: Final = {
    "ROTATION": (0.0, 0.0, 0.0, 1.0),
    "_PART": (0.0,),
    "_COLOUR": tuple(bytes.fromhex(DEFAULT_COLOUR[1:])),
}

# Middle of the 0.3-0.5 MB that load in one breath at 25 Mbit/s and still compress well.
CHUNK_BYTES: Final = 400_000
# Geometries whose scores differ by less than this may stand in one chunk: what is needed together
# is more often near than alike.
SCORE_BAND: Final = 4.0
MORTON_CELLS: Final = (1 << 16) - 2  # the far corner must not reach the next power of two
# Encoded size before encoding, measured on the shared models: 3.5-5 B a vertex, 0.9-1.4 a triangle.
VERTEX_BYTES: Final = 4.2
TRIANGLE_BYTES: Final = 1.1


@dataclass(frozen=True, slots=True)
class Chunk:
    """One written GLB file."""

    file: str
    level: int
    size_bytes: int
    geometries: tuple[int, ...]
    bounds: Floats  # (2, 3) metres, model frame: around all placements of what it holds


def write_base(
    path: Path,
    meshes: dict[int, PackedMesh],
    grids: Sequence[Grid],
    placements: Placements,
    origin: Floats,
    numbers: Integers,
) -> tuple[int, int]:
    """Write base.glb; returns its size and the bytes of it that are not meshes.

    meshes: the coarsest level of every placed geometry. numbers: (k,) geometry number that stands
    with each placement; of a copy its own, while it is placed as what it is a copy of.
    """
    document = GlbDocument((QUANTISATION, COMPRESSION, INSTANCING))
    # A model of points or curves alone has placements and no triangles: a node without a mesh.
    mesh = {"mesh": _add_mesh(document, COARSEST, meshes)} if meshes else {}
    before = document.encoded_bytes
    attributes = _add_instances(document, grids, placements, origin, numbers)
    instance_bytes = document.encoded_bytes - before
    node = document.add(
        "nodes",
        {
            "name": "occurrences",
            **mesh,
            "extensions": {INSTANCING: {"attributes": attributes}},
        },
    )
    document.json["scenes"][0]["nodes"] = [node]
    return document.write(path), instance_bytes


def write_finer(
    directory: Path,
    level: int,
    levels: Sequence[Levels],
    grids: Sequence[Grid],
    scores: Floats,
    bounds: Floats,
) -> Iterator[Chunk]:
    """Write the chunks of one level in load order, yielding each as it is on disk.

    levels, grids, scores, bounds: per geometry; score 0 means never placed. A geometry whose mesh
    is also that of the next coarser level is left out: the viewer already has it.
    """
    order = [
        int(geometry)
        for geometry in load_order(scores, bounds)
        if scores[geometry] > 0
        and levels[geometry].meshes[level] is not levels[geometry].meshes[level + 1]
    ]
    number, held, held_bytes = 0, dict[int, PackedMesh](), 0.0
    for position, geometry in enumerate(order):
        mesh = pack_mesh(levels[geometry].meshes[level], grids[geometry])
        held[geometry] = mesh
        held_bytes += VERTEX_BYTES * len(mesh.positions) + TRIANGLE_BYTES * len(mesh.triangles)
        if held_bytes >= CHUNK_BYTES or position == len(order) - 1:
            yield _write_chunk(directory, level, number, held, bounds)
            number, held, held_bytes = number + 1, {}, 0.0


def load_order(scores: Floats, bounds: Floats) -> Integers:
    """Geometries in the order of their chunks: by how visible they are, neighbours together.

    Within a band of scores the middles of the bounds follow the Morton curve (Morton 1966), so that
    a viewer which looks at one corner of a large model with little memory fetches few chunks, and
    not a few parts of every chunk.
    scores: (geometries,). bounds: (geometries, 2, 3) metres.
    """
    seen = scores > 0
    bands = np.full(len(scores), np.iinfo(np.int64).max)
    order: Integers = np.argsort(-scores, kind="stable")
    if not seen.any():
        return order
    bands[seen] = np.floor(np.log(scores[seen].max() / scores[seen]) / np.log(SCORE_BAND))
    middles = np.zeros((len(scores), 3), np.float32)
    corner = bounds[seen, 0].min(axis=0)
    middles[seen] = bounds[seen].mean(axis=1) - corner
    cell = max(float(middles.max()) / MORTON_CELLS, 1e-9)
    codes = morton_codes(middles, np.zeros(3), cell)
    by_place: Integers = np.lexsort((np.arange(len(scores)), codes, bands))
    return by_place


def _write_chunk(
    directory: Path, level: int, number: int, meshes: dict[int, PackedMesh], bounds: Floats
) -> Chunk:
    document = GlbDocument((QUANTISATION, COMPRESSION))
    node = document.add("nodes", {"mesh": _add_mesh(document, level, meshes)})
    document.json["scenes"][0]["nodes"] = [node]
    file = f"l{level}-{number}.glb"
    geometries = tuple(meshes)
    held = bounds[list(geometries)]
    around = np.stack([held[:, 0].min(axis=0), held[:, 1].max(axis=0)])
    return Chunk(file, level, document.write(directory / file), geometries, around)


def _add_mesh(document: GlbDocument, level: int, meshes: dict[int, PackedMesh]) -> int:
    """One mesh of one primitive with the given geometries behind each other; its index."""
    ranges: list[int] = []
    vertex = index = 0
    pieces = []
    for geometry, mesh in meshes.items():
        ranges += [geometry, level, vertex, len(mesh.positions), index, mesh.triangles.size]
        pieces.append(mesh.triangles.reshape(-1) + np.uint32(vertex))
        vertex += len(mesh.positions)
        index += mesh.triangles.size
    positions = np.concatenate([mesh.positions for mesh in meshes.values()])
    normals = np.concatenate([mesh.normals for mesh in meshes.values()])
    materials = np.concatenate([mesh.materials for mesh in meshes.values()])
    # 65535 restarts a strip (glTF 2.0 §3.7.2.1), so a 16 bit index ends one below.
    indices = np.concatenate(pieces).astype(np.uint16 if vertex <= 65_535 else np.uint32)
    count = len(positions)
    primitive: Json = {
        "attributes": {
            "POSITION": document.accessor(
                document.compressed_view(positions, "vertices"),
                np.dtype(np.uint16),
                count,
                3,
                bounds=(
                    positions[:, :3].min(axis=0).tolist(),
                    positions[:, :3].max(axis=0).tolist(),
                ),
            ),
            "NORMAL": document.accessor(
                document.compressed_view(normals, "vertices", octahedral=True),
                np.dtype(np.int8),
                count,
                3,
                normalized=True,
            ),
        },
        "indices": document.accessor(
            document.compressed_view(indices, "indices"), indices.dtype, len(indices), 1
        ),
    }
    if materials.any():
        primitive["attributes"]["_MATERIAL"] = document.accessor(
            document.compressed_view(materials, "vertices"), np.dtype(np.uint16), count, 1
        )
    return document.add("meshes", {"primitives": [primitive], "extras": {"ranges": ranges}})


def _add_instances(
    document: GlbDocument,
    grids: Sequence[Grid],
    placements: Placements,
    origin: Floats,
    numbers: Integers,
) -> dict[str, int]:
    """The instancing attributes, sorted by geometry so that scales and numbers repeat."""
    order = np.argsort(placements.geometries, kind="stable")
    minima = np.array([grid.minimum for grid in grids])[placements.geometries]
    steps = np.array([grid.step for grid in grids])[placements.geometries]
    corners = rotated(placements.rotations, placements.scales * minima)
    # The colour travels here as well as in structure.json, so that the first picture is a coloured
    # one and needs nothing but the manifest and this file.
    colours = np.array(
        [list(bytes.fromhex(colour[1:])) for colour in placements.colours], np.uint8
    ).reshape(-1, 4)
    columns: dict[str, NDArray[np.float32] | NDArray[np.uint8]] = {
        "TRANSLATION": (placements.translations + corners - origin).astype(np.float32),
        "ROTATION": placements.rotations.astype(np.float32),
        "SCALE": (placements.scales * steps[:, None]).astype(np.float32),
        "_PART": numbers[:, None].astype(np.float32),
        "_FEATURE_ID_0": np.arange(len(order), dtype=np.float32)[:, None],
        "_COLOUR": colours,
    }
    for name, value in IMPLIED.items():
        if (columns[name] == np.array(value)).all():
            del columns[name]
    if (order == np.arange(len(order))).all():
        del columns["_FEATURE_ID_0"]
    # One view for all: each takes 200 bytes, and a model of one part is 2 kB.
    rows = np.concatenate([column[order].view(np.uint8) for column in columns.values()], axis=1)
    view = document.compressed_view(np.ascontiguousarray(rows), "instances")
    attributes, offset = {}, 0
    for name, column in columns.items():
        attributes[name] = document.accessor(
            view,
            column.dtype,
            len(rows),
            column.shape[1],
            normalized=column.dtype == np.uint8,
            offset=offset,
        )
        offset += column.shape[1] * column.itemsize
    return attributes


def rotated(rotations: Floats, vectors: Floats) -> Floats:
    """Vectors (k, 3) turned by unit quaternions (k, 4) x, y, z, w: v + 2 q x (q x v + w v)."""
    axis, angle = rotations[:, :3], rotations[:, 3:]
    turned: Floats = vectors + 2.0 * np.cross(axis, np.cross(axis, vectors) + angle * vectors)
    return turned


def visible_order(placements: Placements, corners: Floats) -> Floats:
    """How much of the picture each geometry makes: summed box diagonals; (geometries,).

    corners: (k, 2, 3) world boxes. A placed geometry scores above 0 even when it is flat.
    """
    diagonals = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1) + 1e-9
    scores: Integers | Floats = np.bincount(
        placements.geometries, weights=diagonals, minlength=len(placements.catalogue)
    )
    return scores.astype(float)


def geometry_bounds(placements: Placements, corners: Floats) -> Floats:
    """The world box around all placements of each geometry; (geometries, 2, 3) metres."""
    bounds = np.zeros((len(placements.catalogue), 2, 3))
    bounds[:, 0], bounds[:, 1] = np.inf, -np.inf
    np.minimum.at(bounds[:, 0], placements.geometries, corners[:, 0])
    np.maximum.at(bounds[:, 1], placements.geometries, corners[:, 1])
    return bounds
