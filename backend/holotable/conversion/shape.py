"""shape.bin: what each part's surface amounts to, before anything is optimised: for comparing.

Chunks are simplified and quantised, so that comparing them finds changes that nobody made.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from holotable.review.scene import Part, Scene
from holotable.review.shape import BOUNDS, COLUMNS, COUNT, Shapes, surface_row, write_shapes
from holotable.review.surface import Looks, Surface, texture_references

_MOST_COLOURS: Final = 64  # of one part; colours per vertex have thousands, then the largest count


def write_shape_file(path: Path, scene: Scene) -> None:
    """Write shape.bin."""
    path.write_bytes(write_shapes(shapes_of(scene)))


def shapes_of(scene: Scene) -> Shapes:
    """The shapes of all parts, from the triangles as the reader made them."""
    count = len(scene.parts)
    rows = np.zeros((count, COLUMNS))
    meshes, textures = np.zeros(count, "V16"), np.zeros(count, "V8")
    materials = _material_digests(scene.looks)
    for number, part in enumerate(scene.parts):
        rows[number] = _row(part)
        meshes[number] = np.void(_mesh_digest(part))
        if part.surface is not None:
            textures[number] = np.void(_texture_digest(part.surface, materials))
    return Shapes(rows, meshes, textures, tuple(_look(p, scene.palette) for p in scene.parts))


def _row(part: Part) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if len(part.mesh.triangles):
        return surface_row(part.mesh.positions, part.mesh.triangles)  # type: ignore[arg-type]  # single precision serves
    row = np.zeros(COLUMNS)
    points = part.edges.points if part.edges is not None else np.zeros((0, 3), np.float32)
    if part.points is not None:
        points = part.points.positions.astype(float)
        row[COUNT] = len(points)
    if len(points):
        row[BOUNDS : BOUNDS + 3], row[BOUNDS + 3 : BOUNDS + 6] = points.min(0), points.max(0)
        row[1:4] = points.mean(axis=0)
    return row


def _mesh_digest(part: Part) -> bytes:
    """16 bytes, equal for equal triangles, lines and points."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(np.ascontiguousarray(part.mesh.positions).data)
    digest.update(np.ascontiguousarray(part.mesh.triangles).data)
    if part.edges is not None and not len(part.mesh.triangles):
        digest.update(np.ascontiguousarray(part.edges.points).data)
    if part.points is not None:
        digest.update(np.ascontiguousarray(part.points.positions).data)
    return digest.digest()


def _material_digests(looks: Looks) -> list[str]:
    """Of each material, equal when it looks equal: pictures count by content, names do not."""
    pictures = [hashlib.blake2b(image.content, digest_size=8).hexdigest() for image in looks.images]
    digests = []
    for material in looks.materials:
        said = json.loads(json.dumps(material.gltf))
        said.pop("name", None)
        for reference in texture_references(said):
            texture = looks.textures[reference["index"]]
            reference["index"] = [pictures[texture.image], dict(texture.sampler)]
        plain = json.dumps(said, sort_keys=True, default=str).encode()
        digests.append(hashlib.blake2b(plain, digest_size=8).hexdigest())
    return digests


def _texture_digest(surface: Surface, materials: Sequence[str]) -> bytes:
    """8 bytes, equal for equal materials on as many triangles."""
    said = sorted(
        (materials[one.material] if one.material >= 0 else "", len(one.uvs))
        for one in surface.primitives
    )
    return hashlib.blake2b(repr(said).encode(), digest_size=8).digest()


def _look(part: Part, palette: Sequence[str]) -> dict[str, float]:
    """Share of the area that shows each colour; "" is the occurrence's own."""
    triangles = part.mesh.triangles
    if not len(triangles):
        return {}
    entries = part.mesh.materials[triangles[:, 0]]
    if not entries.any():
        return {"": 1.0}
    corners = part.mesh.positions[triangles].astype(float)
    sides = corners[:, 1:] - corners[:, :1]
    areas = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1)
    shares = np.bincount(entries, areas) / max(float(areas.sum()), 1e-300)
    found: dict[str, float] = {}
    for entry in np.argsort(-shares, kind="stable")[:_MOST_COLOURS].tolist():
        if shares[entry] > 0.0:
            colour = palette[entry] if entry else ""
            found[colour] = found.get(colour, 0.0) + float(shares[entry])
    return found
