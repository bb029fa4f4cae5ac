"""How triangles of a 3MF look: colours of their corners, and pictures and finishes for surfaces.

3MF materials and properties 1.2: base materials, colour groups, texture groups, mixtures of them.
"""

import zipfile
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.archive import read_entry, shown
from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes
from holotable.conversion.readers.draft import Wrap
from holotable.conversion.readers.looks import ROUGHNESS, linear_factor
from holotable.conversion.readers.textures import (
    alpha_mode,
    open_picture,
    open_texture,
    sample_texture,
)
from holotable.conversion.readers.threemf_model import Group, Model, Object
from holotable.errors import DamagedFile
from holotable.review.scene import Floats

_MAX_PICTURE_BYTES: Final = 256 * 1024**2
_METALLIC: Final = 0.25  # as pbr.says_more: what one colour at each vertex cannot say
_SHINY: Final = 0.3
_PLAIN: Final = -1


@dataclass(frozen=True, slots=True)
class _Run:
    """Triangles of one material. table: (r, 2) texture coordinates, v upwards; None: no picture."""

    material: int
    table: Floats | None = None


@dataclass(slots=True)
class Paint:
    """What some triangles look like.

    colours: (m, 3) packed, of each corner. runs: (m,) index into `kinds`, or −1 where the colours
    say it all. rows: (m, 3) row of each corner in its run's table.
    """

    colours: Colours
    runs: Numbers
    rows: Numbers
    kinds: list[_Run]
    sampled: bool = False

    def wraps(self) -> tuple[Numbers, list[Wrap]]:
        """An order of the triangles in which each run is in one piece, and the pieces."""
        if (self.runs == _PLAIN).all():
            return np.arange(len(self.runs)), []
        order = np.argsort(self.runs, kind="stable")
        runs = self.runs[order]
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(runs)) + 1, [len(runs)]]).tolist()
        pieces: list[Wrap] = []
        for start, stop in pairwise(bounds):
            if runs[start] == _PLAIN:
                pieces.append(Wrap(start, stop))
                continue
            run = self.kinds[int(runs[start])]
            table = run.table
            uvs = () if table is None else (np.column_stack([table[:, 0], 1.0 - table[:, 1]]),)
            rows = self.rows[order[start:stop]]
            pieces.append(Wrap(start, stop, run.material, rows=rows, uvs=uvs))
        return order, pieces


@dataclass(slots=True)
class ThreemfLooks:
    """The properties of a package; each picture is read once.

    names: entries by lower case.
    """

    archive: zipfile.ZipFile
    assembly: Assembly
    names: dict[str, str]
    _contents: dict[str, bytes | None] = field(default_factory=dict)
    _texels: dict[str, NDArray[np.uint8] | None] = field(default_factory=dict)

    def paint(self, model: Model, found: Object) -> Paint:
        """How the triangles of an object look."""
        groups = np.frombuffer(found.groups, np.int64)
        indices = np.frombuffer(found.properties, np.int64).reshape(-1, 3)
        paint = _unpainted(indices)
        if found.property_group:
            chosen = groups < 0
            held = np.full((int(chosen.sum()), 3), found.property_index)
            self._put(paint, chosen, self._of_group(model, found.property_group, held, paint.kinds))
        for number in np.unique(groups[groups >= 0]).tolist():
            chosen = groups == number
            mine = self._of_group(model, model.pids[number], indices[chosen], paint.kinds)
            self._put(paint, chosen, mine)
        return paint

    def _put(self, paint: Paint, chosen: NDArray[np.bool_], part: Paint) -> None:
        paint.colours[chosen] = part.colours
        paint.runs[chosen] = part.runs
        paint.rows[chosen] = part.rows
        paint.sampled = paint.sampled or (part.sampled and bool(chosen.any()))

    def _of_group(
        self, model: Model, pid: str, indices: Numbers, kinds: list[_Run], depth: int = 0
    ) -> Paint:
        """How properties of one group look."""
        group = model.groups.get(pid)
        paint = _unpainted(indices, kinds)
        if group is None or depth > 2 or not len(indices):
            return paint
        match group.kind:
            case "basematerials" | "colorgroup":
                known = np.array(group.colours or [OWN_COLOUR])
                paint.colours = known[_held(indices, len(group.colours))]
                self._add_finish(model, group, indices, paint)
            case "texture2dgroup":
                self._add_picture(model, group, indices, paint)
            case _:  # composites name a base group, multi-properties several groups
                chosen = _held(indices, len(group.mixes))
                for layer, inner in enumerate(group.layers):
                    lookup = np.array(
                        [mix[layer] if layer < len(mix) else 0 for mix in group.mixes] or [0]
                    )
                    found = self._of_group(model, inner, lookup[chosen], kinds, depth + 1)
                    if (found.colours != OWN_COLOUR).any():
                        return found
        return paint

    def _add_finish(self, model: Model, group: Group, indices: Numbers, paint: Paint) -> None:
        """Triangles of a metal, one entry at a time; mixed ones stay as their colours are."""
        finishes = model.finishes.get(group.finish, [])
        whole = (indices == indices[:, :1]).all(axis=1)
        for entry, (metallic, roughness) in enumerate(finishes[: len(group.colours)]):
            chosen = whole & (indices[:, 0] == entry)
            if not (metallic >= _METALLIC or roughness <= _SHINY) or not chosen.any():
                continue
            colour = group.colours[entry]
            factor = [1.0] * 4 if colour == OWN_COLOUR else linear_factor(colour)
            gltf = _material(factor, metallic, roughness)
            paint.kinds.append(_Run(self.assembly.looks.material("", gltf)))
            paint.runs[chosen] = len(paint.kinds) - 1

    def _add_picture(self, model: Model, group: Group, indices: Numbers, paint: Paint) -> None:
        path = model.textures.get(group.texture, "")
        texels = self._picture(path)
        if texels is None or not group.coordinates:
            return
        table: Floats = np.nan_to_num(np.array(group.coordinates), posinf=0.0, neginf=0.0)
        rows = _held(indices, len(table))
        uv = table[rows].reshape(-1, 2)
        corners = np.arange(len(uv), dtype=np.int64).reshape(-1, 3)
        seen = sample_texture(texels, uv, corners, v_up=True)
        paint.colours = pack_bytes(seen).reshape(indices.shape)
        paint.sampled = True
        content = self._contents[path]
        picture = None if content is None else open_picture(content)
        if picture is None:
            return
        number = self.assembly.looks.texture(picture, model.samplers.get(group.texture))
        gltf = _material([1.0] * 4, 0.0, ROUGHNESS)
        gltf["pbrMetallicRoughness"]["baseColorTexture"] = {"index": number}
        mode = alpha_mode(texels)
        if mode != "OPAQUE":
            gltf["alphaMode"] = mode
        paint.kinds.append(_Run(self.assembly.looks.material("", gltf), table))
        paint.runs[:] = len(paint.kinds) - 1
        paint.rows = rows

    def _picture(self, path: str) -> NDArray[np.uint8] | None:
        """The texels of a picture in the package, to be sampled."""
        if path not in self._texels:
            entry = self.names.get(path.lower())
            self._texels[path] = self._contents[path] = None
            if entry is None:
                self.assembly.warn("missing_file", f"{shown(path)} is not in the package.")
            else:
                content = read_entry(self.archive, entry, _MAX_PICTURE_BYTES)
                self._contents[path] = content
                self._texels[path] = open_texture(content)
                if self._texels[path] is None:
                    detail = f"{shown(path)} cannot be read as a picture."
                    self.assembly.warn("picture_unreadable", detail)
        return self._texels[path]


def _unpainted(indices: Numbers, kinds: list[_Run] | None = None) -> Paint:
    return Paint(
        colours=np.full(indices.shape, OWN_COLOUR),
        runs=np.full(len(indices), _PLAIN),
        rows=np.zeros(indices.shape, np.int64),
        kinds=[] if kinds is None else kinds,
    )


def _material(factor: list[float], metallic: float, roughness: float) -> dict[str, Any]:
    rough: dict[str, Any] = {
        "baseColorFactor": factor,
        "metallicFactor": min(max(metallic, 0.0), 1.0),
        "roughnessFactor": min(max(roughness, 0.0), 1.0),
    }
    gltf: dict[str, Any] = {"pbrMetallicRoughness": rough, "doubleSided": True}
    if factor[3] < 1:
        gltf["alphaMode"] = "BLEND"
    return gltf


def _held(indices: Numbers, count: int) -> Numbers:
    if len(indices) and (indices.min() < 0 or indices.max() >= max(count, 1)):
        raise DamagedFile("A triangle of the 3MF refers to a colour that does not exist.")
    return indices
