"""The triangles of a COLLADA mesh: sources, inputs and polygons as one vertex per combination."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from holotable.conversion.normals import Numbers, first_of_each, pair_numbers, weld
from holotable.conversion.readers.collada_look import Look
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes, pack_rows
from holotable.conversion.readers.number_text import read_floats, read_integers
from holotable.conversion.readers.polygons import triangulate
from holotable.conversion.readers.textures import sample_texture
from holotable.errors import DamagedFile
from holotable.review.scene import Floats

Element: TypeAlias = etree._Element  # lxml names its element class so


@dataclass(frozen=True, slots=True)
class Soup:
    """One primitive with one vertex for each combination of indices."""

    points: Floats
    normals: Floats | None
    uv: Floats | None
    own_colours: Floats | None
    triangles: Numbers

    @staticmethod
    def read(mesh: Element, primitive: Element, uv_set: int | None = None) -> "Soup | None":
        """Read a primitive, or None when it holds no triangles. uv_set: the one to take."""
        inputs = _inputs(mesh, primitive, uv_set)
        if "POSITION" not in inputs:
            raise DamagedFile("A primitive of the COLLADA document has no positions.")
        width = max(offset for offset, _ in inputs.values()) + 1
        widths = [int(e.get("offset", "0")) for e in primitive.findall("{*}input")]
        table, sizes = _corners(primitive, max([width - 1, *widths]) + 1)
        if len(table) == 0:
            return None
        columns: dict[str, tuple[Floats, Numbers]] = {}
        for semantic, (offset, source) in inputs.items():
            indices = table[:, offset]
            if len(indices) and (indices.min() < 0 or indices.max() >= len(source)):
                raise DamagedFile("An index of the COLLADA document points beyond its data.")
            columns[semantic] = (source, indices)
        if "NORMAL" in columns:  # programs write one for each corner, equal or not
            source, indices = columns["NORMAL"]
            columns["NORMAL"] = (source, _same_rows(source)[indices])
        key = columns["POSITION"][1]
        for semantic in ("NORMAL", "TEXCOORD", "COLOR"):
            if semantic in columns:
                key = pair_numbers(key, columns[semantic][1])
        chosen, vertex = first_of_each(key)
        gathered = {name: source[indices[chosen]] for name, (source, indices) in columns.items()}
        positions = gathered["POSITION"][:, :3]
        if positions.shape[1] != 3:
            raise DamagedFile("Positions of the COLLADA document have fewer than three numbers.")
        faces, _ = triangulate(positions, vertex, sizes)
        normal = gathered.get("NORMAL")
        uv = gathered.get("TEXCOORD")
        return Soup(
            positions,
            normal[:, :3] if normal is not None and normal.shape[1] >= 3 else None,
            uv[:, :2] if uv is not None and uv.shape[1] >= 2 else None,
            gathered.get("COLOR"),
            vertex[faces],
        )

    def colours(self, look: Look) -> tuple[Colours, bool]:
        """(n,) colours of the vertices and whether they were sampled."""
        if look.picture is not None and self.uv is not None:
            seen = _seen(look.picture, self.uv, self.triangles)
            seen[:, 3] *= look.opacity
            return pack_bytes(seen.round()), True
        if self.own_colours is not None and self.own_colours.shape[1] >= 3:
            return pack_rows(self.own_colours[:, :4]), True
        return np.full(len(self.points), OWN_COLOUR if look.colour is None else look.colour), False


def _same_rows(source: Floats) -> Numbers:
    """(n,) for each row the index of the first one equal to it."""
    if source.shape[1] != 3 or not np.isfinite(source).all():
        return np.arange(len(source))
    first, number = weld(source)
    return first[number]


def _seen(picture: NDArray[np.uint8], uv: Floats, triangles: Numbers) -> Floats:
    return sample_texture(picture, uv, triangles, v_up=True).astype(np.float64)


def _inputs(mesh: Element, primitive: Element, uv_set: int | None) -> dict[str, tuple[int, Floats]]:
    """Semantic → (offset in <p>, rows of the source); of several sets the wanted or first."""
    inputs: dict[str, tuple[int, Floats]] = {}
    for shared in primitive.findall("{*}input"):
        semantic = shared.get("semantic", "")
        offset = integer(shared.get("offset", "0"))
        if semantic == "VERTEX":
            vertices = _local(mesh, shared)
            for inner in [] if vertices is None else vertices.findall("{*}input"):
                name = inner.get("semantic", "")
                if name in ("POSITION", "NORMAL", "TEXCOORD", "COLOR"):
                    inputs[name] = (offset, _source(mesh, inner))
        elif semantic in ("NORMAL", "TEXCOORD", "COLOR"):
            wanted = semantic == "TEXCOORD" and shared.get("set", "0") == str(uv_set)
            if wanted or semantic not in inputs:
                inputs[semantic] = (offset, _source(mesh, shared))
    return inputs


def _local(mesh: Element, shared: Element) -> Element | None:
    wanted = shared.get("source", "").removeprefix("#")
    for element in mesh:
        if element.get("id") == wanted:
            return element
    return None


def _source(mesh: Element, shared: Element) -> Floats:
    """(count, stride) the rows of a source."""
    source = _local(mesh, shared)
    array = None if source is None else source.find("{*}float_array")
    if source is None or array is None:
        raise DamagedFile("A source of the COLLADA document is missing.")
    values = floats_of(array)
    accessor = source.find("{*}technique_common/{*}accessor")
    stride = 3 if accessor is None else integer(accessor.get("stride", "1"))
    offset = 0 if accessor is None else integer(accessor.get("offset", "0"))
    count = (
        len(values) // max(stride, 1) if accessor is None else integer(accessor.get("count", "0"))
    )
    if not 0 < stride <= 64 or offset + count * stride > len(values):
        raise DamagedFile(
            f"A source of the COLLADA document states {count:,} rows, more than it holds."
        )
    return values[offset : offset + count * stride].reshape(count, stride)


def _corners(primitive: Element, width: int) -> tuple[Numbers, Numbers]:
    """(c, width) indices of the polygons' corners, and the polygons' sizes."""
    kind = tag_of(primitive)
    if not 0 < width <= 64:
        raise DamagedFile("A primitive of the COLLADA document has too many inputs.")
    rows = [_integers(p).reshape(-1, width) if len(_integers(p)) % width == 0 else None
            for p in primitive.iter("{*}p")]  # fmt: skip
    if any(row is None for row in rows):
        raise DamagedFile("A primitive of the COLLADA document ends inside a corner.")
    whole = [row for row in rows if row is not None]
    table = np.concatenate([np.empty((0, width), np.int64), *whole])
    if kind == "polylist":
        counted = primitive.find("{*}vcount")
        sizes = np.empty(0, np.int64) if counted is None else _integers(counted)
        if (sizes < 0).any() or int(sizes.sum()) != len(table):
            raise DamagedFile("A polylist of the COLLADA document contradicts its corner counts.")
        return table, sizes
    if kind == "polygons":
        return table, np.array([len(row) for row in whole], np.int64)
    if kind == "triangles":
        return table[: len(table) // 3 * 3], np.full(len(table) // 3, 3, np.int64)
    pieces = [_fan(row) if kind == "trifans" else _strip(row) for row in whole if len(row) >= 3]
    table = np.concatenate([np.empty((0, width), np.int64), *pieces])
    return table, np.full(len(table) // 3, 3, np.int64)


def _strip(row: Numbers) -> Numbers:
    step = np.arange(len(row) - 2)
    odd = step % 2
    strip: Numbers = row[np.stack([step, step + 1 + odd, step + 2 - odd], axis=1).ravel()]
    return strip


def _fan(row: Numbers) -> Numbers:
    step = np.arange(len(row) - 2)
    fan: Numbers = row[np.stack([np.zeros_like(step), step + 1, step + 2], axis=1).ravel()]
    return fan


def floats_of(element: Element) -> Floats:
    """The numbers of an element's text."""
    try:
        return read_floats((element.text or "").encode())
    except ValueError as cause:
        raise DamagedFile("The COLLADA document holds something that is no number.") from cause


def _integers(element: Element) -> Numbers:
    try:
        return read_integers((element.text or "").encode())
    except ValueError as cause:
        raise DamagedFile("The COLLADA document holds an index that is no number.") from cause


def integer(text: str) -> int:
    """A count or index in an attribute."""
    if not text.strip().isdecimal() or len(text) > 18:
        raise DamagedFile("The COLLADA document holds a count that is no number.")
    return int(text)


def tag_of(element: Element) -> str:
    """The name of an element without its namespace; "" for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
