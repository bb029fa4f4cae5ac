"""surface-<n>.glb: parts as they really look, for the finest view of them.

docs/formats/surfaces.md specifies the files. Ordinary glTF meshes, one for each part, on the part's
own grid, so that a surface meets its part's coarse levels and edges exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import meshopt
import numpy as np
from numpy.typing import NDArray

from holotable.conversion.glb import GlbDocument, Json
from holotable.conversion.grid import Grid
from holotable.conversion.materials import MaterialWriter
from holotable.conversion.place import Placements
from holotable.conversion.structure import rounded
from holotable.review.scene import Floats, Scene
from holotable.review.surface import Primitive, Surface

QUANTISATION: Final = "KHR_mesh_quantization"
# One breath of a fast line; a picture of 4096 pixels alone may be larger.
FILE_BYTES: Final = 4_000_000
_VERTEX_BYTES: Final = 12.0  # encoded size before encoding, as measured
_TRIANGLE_BYTES: Final = 1.5
# 8 bit normals are off by up to 1 degree, which shows as bands in a mirror; 10 bit by 0.2.
_NORMAL_BITS: Final = 10
_UV_BITS: Final = 20  # of 8 repeats of a picture: a sixteenth of a pixel of 4096
_MAX_EXPONENTIAL_UV: Final = 8.0


@dataclass(frozen=True, slots=True)
class SurfaceFile:
    """One written file. bounds: (2, 3) metres around all placements of its parts."""

    file: str
    size_bytes: int
    parts: tuple[int, ...]
    bounds: Floats


def write_surfaces(
    folder: Path,
    scene: Scene,
    grids: Sequence[Grid],
    placements: Placements,
    corners: Floats,
) -> list[SurfaceFile]:
    """Write the surfaces of all placed parts that have one, most visible first.

    grids: of each geometry, the parts' own first. corners: (k, 2, 3) world box of each occurrence.
    """
    written: list[SurfaceFile] = []
    current: _File | None = None
    for number in _order(scene, placements, corners):
        surface = scene.parts[number].surface
        if surface is None:
            continue
        if current is None or current.should_close(surface):
            if current is not None:
                written.append(current.write(folder, len(written), placements, corners))
            current = _File(scene)
        current.add(number, surface, grids[number])
    if current is not None:
        written.append(current.write(folder, len(written), placements, corners))
    return written


def surface_rows(files: Sequence[SurfaceFile]) -> list[dict[str, Any]]:
    """The manifest's `surfaces`."""
    return [
        {
            "file": file.file,
            "bytes": file.size_bytes,
            "parts": list(file.parts),
            "bounds": {"min": rounded(file.bounds[0]), "max": rounded(file.bounds[1])},
        }
        for file in files
    ]


def _order(scene: Scene, placements: Placements, corners: Floats) -> list[int]:
    """Placed parts with a surface: sharers of a picture together, the most visible first."""
    sizes = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1) + 1e-9
    scores = np.bincount(placements.parts, weights=sizes, minlength=len(scene.parts))
    shown = [n for n, part in enumerate(scene.parts) if part.surface is not None and scores[n] > 0]
    leader: dict[int, int] = {}  # image → an image of the same group
    looks = MaterialWriter(GlbDocument(), scene.looks, webp=True)
    groups: dict[int, int] = {}
    for number in shown:
        images = sorted(_pictures(scene.parts[number].surface, looks))
        for image in images:
            _join(leader, images[0], image)
        groups[number] = images[0] if images else -1 - number
    groups = {n: _leader(leader, group) if group >= 0 else group for n, group in groups.items()}
    best: dict[int, float] = {}
    for number, group in groups.items():
        best[group] = max(best.get(group, 0.0), float(scores[number]))
    return sorted(shown, key=lambda n: (-best[groups[n]], groups[n], -scores[n], n))


def _leader(leader: dict[int, int], image: int) -> int:
    while leader.setdefault(image, image) != image:
        leader[image] = leader.setdefault(leader[image], leader[image])
        image = leader[image]
    return image


def _join(leader: dict[int, int], left: int, right: int) -> None:
    leader[_leader(leader, right)] = _leader(leader, left)


def _pictures(surface: Surface | None, looks: MaterialWriter) -> set[int]:
    if surface is None:
        return set()
    return {i for primitive in surface.primitives for i in looks.pictures(primitive.material)}


@dataclass(slots=True)
class _File:
    """One file under construction."""

    scene: Scene
    document: GlbDocument = field(default_factory=lambda: GlbDocument((QUANTISATION,)))
    materials: MaterialWriter = field(init=False)
    parts: list[int] = field(default_factory=list)
    geometry_bytes: int = 0

    def __post_init__(self) -> None:
        """Bind the materials to the document."""
        self.materials = MaterialWriter(self.document, self.scene.looks, webp=True)

    def should_close(self, surface: Surface) -> bool:
        """Whether the next part belongs in a new file.

        A picture that this file holds would be repeated there: so it stays open for those who share
        it until their geometry weighs as much.
        """
        geometry = _estimate(surface)
        images = _pictures(surface, self.materials)
        sizes = {image: len(self.scene.looks.images[image].content) for image in images}
        shared = sum(size for image, size in sizes.items() if self.materials.holds(image))
        added = geometry + sum(sizes.values()) - shared
        if self.document.encoded_bytes + added <= FILE_BYTES:
            return False
        return self.geometry_bytes + geometry > max(FILE_BYTES if shared else 0, shared)

    def add(self, number: int, surface: Surface, grid: Grid) -> None:
        """Append a part."""
        part = self.scene.parts[number]
        primitives: list[Json] = []
        for primitive in surface.primitives:
            if len(primitive.triangles):
                before = self.document.encoded_bytes
                entry = add_primitive(self.document, primitive, grid)
                self.geometry_bytes += self.document.encoded_bytes - before
                entry["material"] = self.materials.material(primitive.material)
                primitives.append(entry)
        if not primitives:
            return
        mesh = self.document.add(
            "meshes", {"name": part.name, "primitives": primitives, "extras": {"part": number}}
        )
        node: Json = {"name": part.name, "mesh": mesh, "scale": [grid.step] * 3}
        node["translation"] = grid.minimum.tolist()
        self.document.json["scenes"][0]["nodes"].append(self.document.add("nodes", node))
        self.parts.append(number)

    def write(
        self, folder: Path, index: int, placements: Placements, corners: Floats
    ) -> SurfaceFile:
        """Put the file on disk."""
        file = f"surface-{index}.glb"
        mine = corners[np.isin(placements.parts, self.parts)]
        around = np.stack([mine[:, 0].min(axis=0), mine[:, 1].max(axis=0)])
        return SurfaceFile(file, self.document.write(folder / file), tuple(self.parts), around)


def _estimate(surface: Surface) -> int:
    vertices = sum(len(primitive.positions) for primitive in surface.primitives)
    triangles = sum(len(primitive.triangles) for primitive in surface.primitives)
    return int(_VERTEX_BYTES * vertices + _TRIANGLE_BYTES * triangles)


def add_primitive(document: GlbDocument, primitive: Primitive, grid: Grid) -> Json:
    """Append one primitive's vertices and indices; its entry still lacks the material."""
    triangles, remap, used = meshopt.reorder_mesh(
        np.ascontiguousarray(primitive.triangles.reshape(-1), np.uint32), True, True
    )
    kept = np.flatnonzero(remap[: len(primitive.positions)] < used)
    order = np.empty(used, np.int64)
    order[remap[kept]] = kept
    positions = np.zeros((used, 4), np.uint16)
    positions[:, :3] = grid.quantise(primitive.positions[order])
    attributes = {
        "POSITION": document.accessor(
            document.compressed_view(positions, "vertices"),
            positions.dtype,
            used,
            3,
            bounds=(
                positions[:, :3].min(axis=0).tolist(),
                positions[:, :3].max(axis=0).tolist(),
            ),
        ),
        "NORMAL": _directions(document, primitive.normals[order], 8, _NORMAL_BITS, np.int16, 3),
    }
    for number, uv in enumerate(primitive.uvs):
        attributes[f"TEXCOORD_{number}"] = _coordinates(document, uv[order])
    if primitive.colours is not None:
        shares = np.clip(primitive.colours[order], 0.0, 1.0)
        colours = np.rint(shares * 65_535).astype(np.uint16)
        attributes["COLOR_0"] = document.accessor(
            document.compressed_view(colours, "vertices"), colours.dtype, used, 4, normalized=True
        )
    if primitive.tangents is not None:
        attributes["TANGENT"] = _directions(document, primitive.tangents[order], 4, 8, np.int8, 4)
    # 65535 restarts a strip (glTF 2.0 §3.7.2.1), so a 16 bit index ends one below.
    indices = triangles.astype(np.uint16 if used <= 65_535 else np.uint32)
    accessor = document.accessor(
        document.compressed_view(indices, "indices"), indices.dtype, len(indices), 1
    )
    return {"attributes": attributes, "indices": accessor, "mode": 4}


def _directions(
    document: GlbDocument,
    vectors: NDArray[np.float32],
    stride: int,
    bits: int,
    kind: type[np.signedinteger[Any]],
    components: int,
) -> int:
    """An accessor of unit vectors in octahedral form, the fourth number as it is."""
    rows = np.zeros((len(vectors), 4), np.float32)
    rows[:, : vectors.shape[1]] = vectors
    lengths = np.linalg.norm(rows[:, :3], axis=1)
    lost = ~(lengths > 1e-6)
    rows[:, :3] /= np.where(lost, 1.0, lengths)[:, None]
    rows[lost, :3] = (0.0, 1.0, 0.0)
    encoded = meshopt.encode_filter_oct(rows, stride, bits)
    view = document.compressed_view(encoded, "vertices", octahedral=True)
    return document.accessor(view, np.dtype(kind), len(rows), components, normalized=True)


def _coordinates(document: GlbDocument, uv: NDArray[np.float32]) -> int:
    """An accessor of texture coordinates: 16 bit within the picture, else floats."""
    if uv.min(initial=0.0) >= 0.0 and uv.max(initial=0.0) <= 1.0:
        rows = np.rint(uv.astype(np.float64) * 65_535).astype(np.uint16)
        view = document.compressed_view(rows, "vertices")
        return document.accessor(view, rows.dtype, len(rows), 2, normalized=True)
    floats = np.ascontiguousarray(uv, np.float32)
    near = float(np.abs(floats).max()) <= _MAX_EXPONENTIAL_UV
    if near:
        floats = meshopt.encode_filter_exp(floats, _UV_BITS, "SharedComponent")
    view = document.compressed_view(floats, "vertices", exponential=near)
    return document.accessor(view, np.dtype(np.float32), len(uv), 2)
