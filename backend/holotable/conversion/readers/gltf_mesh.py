"""Meshes of glTF: their primitives together as one shape, with lines and points beside it.

Strips and fans become triangles, Draco is decoded, morph targets stand at the mesh's own weights
and skins as their joints hold them at rest.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours
from holotable.conversion.readers.draft import Lines, Wrap
from holotable.conversion.readers.gltf_data import (
    Document,
    Object,
    extension,
    mapping,
    numbers,
    object_list,
    whole,
)
from holotable.conversion.readers.gltf_draco import DRACO, decode_primitive
from holotable.conversion.readers.gltf_look import Looks
from holotable.errors import DamagedFile
from holotable.review.scene import Floats, Properties

_POINTS, _LINES, _LOOP, _LINE_STRIP, _TRIANGLES, _STRIP, _FAN = range(7)
_MAX_TARGETS: Final = 256


@dataclass(slots=True)
class Shape:
    """What a mesh is made of, in the mesh's own frame; empty lists are concatenated by nobody.

    skin: (j, 4, 4) joint matrices that the points are moved by, or None.
    """

    document: Document
    assembly: Assembly
    looks: Looks
    skin: Floats | None = None
    points: list[Floats] = field(default_factory=list)
    normals: list[Floats | None] = field(default_factory=list)
    triangles: list[Numbers] = field(default_factory=list)
    colours: list[Colours] = field(default_factory=list)
    sampled: bool = False
    wraps: list[Wrap] = field(default_factory=list)
    line_points: list[Floats] = field(default_factory=list)
    line_sizes: list[Numbers] = field(default_factory=list)
    line_colours: list[Colours] = field(default_factory=list)
    cloud: list[Floats] = field(default_factory=list)
    cloud_colours: list[Colours] = field(default_factory=list)

    def read(self, mesh: Object, weights: list[object]) -> None:
        """Take in every primitive of a mesh. weights: of its morph targets."""
        primitives = object_list(mesh, "primitives")
        wrapped = self.looks.says_more(primitives)
        for primitive in primitives:
            mode = whole(primitive.get("mode", _TRIANGLES), "mode", 7)
            if mapping(primitive.get("attributes")).get("POSITION") is None:
                detail = "A primitive without positions is not shown."
                self.assembly.warn("primitive_ignored", detail)
            elif mode == _POINTS:
                self._add_points(primitive, weights)
            elif mode < _TRIANGLES:
                self._add_lines(primitive, weights, mode)
            else:
                self._add_triangles(primitive, weights, mode, wrapped)

    @property
    def lines(self) -> Lines | None:
        """All lines together."""
        if not self.line_points:
            return None
        starts = np.concatenate([[0], *self.line_sizes]).cumsum()
        colours = np.concatenate(self.line_colours)
        plain = bool((colours == OWN_COLOUR).all())
        return Lines(np.concatenate(self.line_points), starts, None if plain else colours)

    def add_mesh_part(self, name: str, properties: Properties) -> int | None:
        """The part of all triangles and lines, or None when there are none."""
        lines = self.lines
        if not self.triangles and lines is None:
            return None
        known = [normal for normal in self.normals if normal is not None]
        whole_normals = np.concatenate(known) if known and len(known) == len(self.normals) else None
        nothing = np.empty((0, 3))
        return self.assembly.add_part(
            name,
            np.concatenate(self.points) if self.points else nothing,
            np.concatenate(self.triangles) if self.triangles else nothing.astype(np.int64),
            normals=None if whole_normals is None else whole_normals.astype(np.float32),
            colours=np.concatenate(self.colours) if self.colours else None,
            sampled=self.sampled,
            properties=properties,
            wraps=self.wraps,
            lines=lines,
        )

    def add_cloud_part(self, name: str) -> int | None:
        """The part of all points, or None when there are none."""
        if not self.cloud:
            return None
        packed = np.concatenate(self.cloud_colours)
        colours: NDArray[np.uint8] | None = None
        if (packed != OWN_COLOUR).any():
            packed = np.where(packed == OWN_COLOUR, 0xB8BEC6FF, packed)
            colours = np.stack([packed >> shift & 255 for shift in (24, 16, 8)], 1).astype(np.uint8)
        return self.assembly.add_points(name, np.concatenate(self.cloud), colours)

    def _add_triangles(
        self, primitive: Object, weights: list[object], mode: int, wrapped: bool
    ) -> None:
        indices = self._triangle_indices(primitive, mode)
        if indices is None or len(indices) == 0:
            return
        self.assembly.check_triangles(len(indices))
        wanted, local = _used(indices)
        faces = local.reshape(-1, 3)
        place, normal = self._placed(primitive, weights, wanted)
        seen, was_sampled = self.looks.colours(primitive, wanted, faces)
        first = sum(map(len, self.points))
        start = sum(map(len, self.triangles))
        if wrapped:
            stop = start + len(faces)
            wrap = self.looks.wrap(primitive, wanted, start, stop, first)
            moved = self.skin is not None or any(weights)  # and tangents have not followed
            self.wraps.append(replace(wrap, tangents=None) if moved else wrap)
        self.sampled = self.sampled or was_sampled
        self.points.append(place)
        self.normals.append(normal)
        self.triangles.append(faces + first)
        self.colours.append(seen)

    def _add_lines(self, primitive: Object, weights: list[object], mode: int) -> None:
        indices = self._indices(primitive)
        if mode == _LINES:
            indices = indices[: len(indices) // 2 * 2]
            sizes = np.full(len(indices) // 2, 2, np.int64)
        else:
            if mode == _LOOP and len(indices) > 1:
                indices = np.append(indices, indices[0])
            sizes = np.array([len(indices)], np.int64)
        if len(indices) < 2:
            return
        self.assembly.check_triangles(len(indices))
        wanted, local = _used(indices)
        place, _ = self._placed(primitive, weights, wanted)
        seen, _ = self.looks.colours(primitive, wanted, np.empty((0, 3), np.int64))
        starts = local[np.concatenate([[0], sizes[:-1]]).cumsum()]
        self.line_points.append(place[local])
        self.line_sizes.append(sizes)
        self.line_colours.append(_unless_white(seen)[starts])

    def _add_points(self, primitive: Object, weights: list[object]) -> None:
        indices = self._indices(primitive)
        if not len(indices):
            return
        self.assembly.check_triangles(len(indices))
        wanted = np.unique(indices)
        place, _ = self._placed(primitive, weights, wanted)
        seen, _ = self.looks.colours(primitive, wanted, np.empty((0, 3), np.int64))
        self.cloud.append(place)
        self.cloud_colours.append(_unless_white(seen))

    def _indices(self, primitive: Object) -> Numbers:
        """The vertices of a primitive in drawing order."""
        attributes = mapping(primitive.get("attributes"))
        position = attributes["POSITION"]
        packed = extension(primitive, DRACO)
        if packed is not None and not self._has_data(position):
            decode_primitive(self.document, primitive, packed)
        count = self.document.count(position)
        if primitive.get("indices") is None:
            self.assembly.check_triangles(count // 3)
            self.document.rows(position, np.empty(0, np.int64))  # counts against the bytes
            return np.arange(count, dtype=np.int64)
        indices = self.document.rows(primitive["indices"])[:, 0]
        if indices.dtype != np.int64:
            raise DamagedFile("The indices of a glTF primitive are no whole numbers.")
        if len(indices) and int(indices.max()) >= count:
            raise DamagedFile("An index of the glTF points beyond its data.")
        return indices

    def _has_data(self, accessor: object) -> bool:
        return self.document.item("accessors", accessor).get("bufferView") is not None

    def _triangle_indices(self, primitive: Object, mode: int) -> Numbers | None:
        """(m, 3) indices of a primitive's triangles."""
        indices = self._indices(primitive)
        if mode == _TRIANGLES or extension(primitive, DRACO) is not None:
            if len(indices) % 3:
                self.assembly.warn("primitive_cut", "A primitive ends inside a triangle.")
            return indices[: len(indices) // 3 * 3].reshape(-1, 3)
        if len(indices) < 3:
            return None
        step = np.arange(len(indices) - 2)
        if mode == _FAN:
            hub = np.full(len(step), indices[0])
            faces = np.stack([indices[1:-1], indices[2:], hub], axis=1)
        else:
            odd = step % 2
            corners = [indices[step], indices[step + 1 + odd], indices[step + 2 - odd]]
            faces = np.stack(corners, axis=1)
        a, b, c = faces.T
        kept: Numbers = faces[(a != b) & (b != c) & (c != a)]  # strips turn corners by repeating
        return kept

    def _placed(
        self, primitive: Object, weights: list[object], wanted: Numbers
    ) -> tuple[Floats, Floats | None]:
        """Points and normals of the wanted vertices, morphed and posed."""
        attributes = mapping(primitive.get("attributes"))
        place = self._vectors(attributes["POSITION"], wanted)
        normal = None
        if attributes.get("NORMAL") is not None:
            normal = self._vectors(attributes["NORMAL"], wanted)
        place, normal = self._morphed(primitive, weights, wanted, place, normal)
        if self.skin is not None:
            place, normal = self._posed(attributes, self.skin, wanted, place, normal)
        return place, normal

    def _vectors(self, accessor: object, wanted: Numbers) -> Floats:
        rows = self.document.rows(accessor, wanted)
        if rows.shape[1] != 3:
            raise DamagedFile("Positions or normals of the glTF are no vectors of three.")
        vectors = rows.astype(np.float64)
        if not np.isfinite(vectors).all():
            raise DamagedFile("A coordinate is not a finite number.")
        return vectors

    def _morphed(
        self,
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
                place = place + amount * self._vectors(target["POSITION"], wanted)
            if amount and normal is not None and target.get("NORMAL") is not None:
                normal = normal + amount * self._vectors(target["NORMAL"], wanted)
        return place, normal

    def _posed(
        self,
        attributes: Object,
        skin: Floats,
        wanted: Numbers,
        place: Floats,
        normal: Floats | None,
    ) -> tuple[Floats, Floats | None]:
        """Points and normals moved by their joints; glTF 2.0 §3.7.3.3, up to eight of them."""
        moved = np.zeros_like(place)
        turned = None if normal is None else np.zeros_like(normal)
        total = np.zeros((len(place), 1))
        for number in (0, 1):
            if attributes.get(f"JOINTS_{number}") is None:
                continue
            if attributes.get(f"WEIGHTS_{number}") is None:
                continue
            joints = self.document.rows(attributes[f"JOINTS_{number}"], wanted).astype(np.int64)
            weights = self.document.rows(attributes[f"WEIGHTS_{number}"], wanted).astype(float)
            if joints.shape != weights.shape or joints.max(initial=0) >= len(skin):
                detail = "A skinned mesh of the glTF refers to a joint that does not exist."
                raise DamagedFile(detail)
            total += weights.sum(axis=1, keepdims=True)
            for corner in range(joints.shape[1]):
                matrices = skin[joints[:, corner]]
                share = weights[:, corner, None]
                reached = np.einsum("nij,nj->ni", matrices[:, :3, :3], place)
                moved += share * (reached + matrices[:, :3, 3])
                if turned is not None and normal is not None:
                    turned += share * np.einsum("nij,nj->ni", matrices[:, :3, :3], normal)
        held = total[:, 0] > 0
        moved /= np.where(held[:, None], total, 1.0)
        moved[~held] = place[~held]
        if turned is not None and normal is not None:
            turned[~held] = normal[~held]
        return moved, turned


def _used(indices: Numbers) -> tuple[Numbers, Numbers]:
    """The vertices that indices name, ascending, and the indices into those.

    Marking them takes a tenth of np.unique's time, but for few indices into a large accessor.
    """
    flat = indices.ravel()
    top = int(flat.max()) + 1
    if top > 4 * len(flat):
        wanted, local = np.unique(flat, return_inverse=True)
        return wanted, local.astype(np.int64)
    marked = np.zeros(top, bool)
    marked[flat] = True
    wanted = np.flatnonzero(marked)
    return wanted, flat if len(wanted) == top else (np.cumsum(marked) - 1)[flat]


def _unless_white(colours: Colours) -> Colours:
    """Colours of lines and points; plain white is what a file says that says nothing."""
    return np.where(colours == 0xFFFFFFFF, OWN_COLOUR, colours)
