"""COLLADA 1.4 and 1.5 (.dae): tree, instances, colours, unit and axis.

trimesh flattens the tree and copies what is instanced. Lost here: animation, skinning (the bind
shape is shown), cameras, lights, curves. Specification: COLLADA 1.4.1, Khronos 2008.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers, first_of_each, pair_numbers, weld
from holotable.conversion.options import METRES_PER_UNIT, ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.collada_look import Look, read_look
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes, pack_rows
from holotable.conversion.readers.expansion import expanded_count
from holotable.conversion.readers.number_text import read_floats, read_integers
from holotable.conversion.readers.polygons import triangulate
from holotable.conversion.readers.textures import sample_texture
from holotable.conversion.readers.xml_guard import parse_xml
from holotable.errors import DamagedFile, NoGeometry, TooComplex, TooLarge
from holotable.review.scene import Floats, Scene

Element: TypeAlias = etree._Element  # lxml names its element class so

_MAX_BYTES: Final = 1024**3  # the tree of a text takes about eight times its size
_X_UP: Final = np.array([[0.0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
_PRIMITIVES: Final = ("triangles", "polylist", "polygons", "tristrips", "trifans")


@dataclass(slots=True)
class _Reading:
    root: Element
    path: Path
    assembly: Assembly
    by_id: dict[str, Element]
    parts: dict[tuple[str, tuple[str, ...]], int | None] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)


def read_dae(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a COLLADA document and the pictures beside it."""
    report("reading", 0.0)
    if path.stat().st_size > _MAX_BYTES:
        raise TooLarge(f"A COLLADA file may have {_MAX_BYTES:,} bytes.", limit=_MAX_BYTES)
    root = parse_xml(path.read_bytes())
    if _tag(root) != "COLLADA":
        raise DamagedFile("The XML is no COLLADA document.")
    report("reading", 0.3)
    assembly, x_up = _assembly(root, options)
    by_id = {element.get("id", ""): element for element in root.iter("{*}*") if element.get("id")}
    reading = _Reading(root, path, assembly, by_id)
    scene = _scene(reading)
    if root.find("{*}library_animations/{*}animation") is not None:
        assembly.warn("animations_ignored", "The model is shown at rest; animation is not read.")
    _walk(reading, scene, _X_UP if x_up else np.eye(4))
    report("reading", 1.0)
    return assembly.finish(path.stem)


def _assembly(root: Element, options: ReadOptions) -> tuple[Assembly, bool]:
    """The empty scene with the document's unit and axis, and whether x is up."""
    unit = root.find("{*}asset/{*}unit")
    metres = 1.0
    if unit is not None:
        try:
            metres = float(unit.get("meter", "1"))
        except ValueError as cause:
            raise DamagedFile("The unit of the COLLADA document is no number.") from cause
    if not 1e-9 < metres < 1e9:
        raise DamagedFile("The unit of the COLLADA document is no length.")
    named = [u for u, size in METRES_PER_UNIT.items() if abs(size - metres) < 1e-6 * size]
    up_axis = (root.findtext("{*}asset/{*}up_axis") or "Y_UP").strip().upper()
    axis: Literal["y", "z"] = "z" if up_axis == "Z_UP" else "y"
    assembly = Assembly(
        "dae",
        options,
        length_unit=named[0] if named else None,
        up_axis=axis,
        metres_per_unit=metres,
    )
    if not named:
        assembly.warn("unit_unusual", f"The file's unit is {metres:g} metres.")
    return assembly, up_axis == "X_UP"


def _scene(reading: _Reading) -> Element:
    """The visual scene that the document shows."""
    instance = reading.root.find("{*}scene/{*}instance_visual_scene")
    scene = None if instance is None else _target(reading, instance)
    if scene is None:
        scene = reading.root.find("{*}library_visual_scenes/{*}visual_scene")
    if scene is None:
        raise NoGeometry("The COLLADA document has no scene.")
    return scene


def _walk(reading: _Reading, scene: Element, turn: Floats) -> None:
    """Add every node below the scene, instances included."""
    _check_size(reading, scene)
    waiting = [(node, -1) for node in reversed(scene.findall("{*}node"))]
    while waiting:
        node, parent = waiting.pop()
        own = node.get("id", "")
        matrix = _transform(node)
        placed = list(_placed(reading, node))
        single = placed[0] if len(placed) == 1 else None
        row = reading.assembly.add_node(
            parent,
            node.get("name") or own or (single[1] if single else "Node"),
            turn @ matrix if parent < 0 else matrix,
            part=single[0] if single else None,
            layer=node.get("layer") or None,
            product=single[1] if single else "",
            occurrence=node.get("name") or own,
        )
        if single is None:
            for part, name in placed:
                reading.assembly.add_node(row, name, part=part, product=name, occurrence="")
        for instance in node.findall("{*}instance_node"):
            if _target(reading, instance) is None:
                name = shown(instance.get("url", ""))
                reading.assembly.warn(
                    "missing_file", f"{name} is not in the document.", file=name.partition("#")[0]
                )
        waiting.extend((child, row) for child in reversed(_below(reading, node)))


def _below(reading: _Reading, node: Element) -> list[Element]:
    """The nodes inside a node, and those it instances."""
    instanced = [_target(reading, instance) for instance in node.findall("{*}instance_node")]
    return [*node.findall("{*}node"), *(target for target in instanced if target is not None)]


def _check_size(reading: _Reading, scene: Element) -> None:
    """Refuse what would place too much, and nodes that contain themselves."""
    limit = reading.assembly.options.max_occurrences
    rows = expanded_count(scene.findall("{*}node"), lambda node: _below(reading, node), lambda _: 1)
    if rows > 2 * limit:
        raise TooComplex(f"The model has more than {2 * limit:,} nodes.", limit=limit)


def _target(reading: _Reading, instance: Element) -> Element | None:
    """What an url="#id" points to; other documents are not opened."""
    return reading.by_id.get(instance.get("url", "").removeprefix("#"))


def _transform(node: Element) -> Floats:
    """(4, 4) product of the node's transform elements in document order (§5, node)."""
    matrix = np.eye(4)
    for element in node:
        values = {"matrix": 16, "translate": 3, "rotate": 4, "scale": 3, "lookat": 9}
        kind = _tag(element)
        if kind not in values:
            continue
        numbers = _floats(element)
        if len(numbers) != values[kind] or not np.isfinite(numbers).all():
            raise DamagedFile(f"A {kind} of the COLLADA document is not valid.")
        step = np.eye(4)
        if kind == "matrix":
            step = numbers.reshape(4, 4)
        elif kind == "translate":
            step[:3, 3] = numbers
        elif kind == "scale":
            step[:3, :3] = np.diag(numbers)
        elif kind == "rotate":
            step[:3, :3] = _rotation(numbers[:3], float(np.radians(numbers[3])))
        else:
            step = _looking(numbers.reshape(3, 3))
        matrix = matrix @ step
    return matrix


def _rotation(axis: Floats, angle_rad: float) -> Floats:
    """(3, 3) turn about an axis (Rodrigues)."""
    length = float(np.linalg.norm(axis))
    if length < 1e-12:
        return np.eye(3)
    x, y, z = axis / length
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn: Floats = np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * cross @ cross
    return turn


def _looking(rows: Floats) -> Floats:
    """(4, 4) of <lookat>: eye, point of interest, up."""
    eye, interest, up = rows
    back = eye - interest
    back = back / max(float(np.linalg.norm(back)), 1e-12)
    right = np.cross(up, back)
    right = right / max(float(np.linalg.norm(right)), 1e-12)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
    matrix[:3, 3] = eye
    return matrix


def _placed(reading: _Reading, node: Element) -> Iterator[tuple[int, str]]:
    """Part and name of each geometry placed at a node."""
    for instance in node:
        kind = _tag(instance)
        if kind not in ("instance_geometry", "instance_controller"):
            continue
        geometry = _target(reading, instance)
        shape = np.eye(4)
        if kind == "instance_controller" and geometry is not None:
            skin = geometry.find("{*}skin")
            reading.assembly.warn("skins_simplified", "Skinned meshes are shown in bind shape.")
            geometry = None
            if skin is not None:
                geometry = reading.by_id.get(skin.get("source", "").removeprefix("#"))
                bound = skin.find("{*}bind_shape_matrix")
                if bound is not None and len(_floats(bound)) == 16:
                    shape = _floats(bound).reshape(4, 4)
        if geometry is None:
            name = shown(instance.get("url", ""))
            reading.assembly.warn(
                "missing_file", f"{name} is not in the document.", file=name.partition("#")[0]
            )
            continue
        symbols = {
            bound.get("symbol", ""): bound.get("target", "").removeprefix("#")
            for bound in instance.iter("{*}instance_material")
        }
        name = _label(geometry)
        part = _part(reading, geometry, symbols, shape)
        if part is not None:
            yield part, name


def _part(
    reading: _Reading, geometry: Element, symbols: dict[str, str], shape: Floats
) -> int | None:
    """The part of a geometry with its materials bound; the same binding shares one part."""
    mesh = geometry.find("{*}mesh")
    if mesh is None:
        reading.assembly.warn("lines_ignored", "Curves and B-reps of COLLADA are not read.")
        return None
    primitives = [element for element in mesh if _tag(element) in _PRIMITIVES]
    bound = tuple(symbols.get(p.get("material", ""), p.get("material", "")) for p in primitives)
    key = (geometry.get("id", str(id(geometry))) + shape.tobytes().hex(), bound)
    if key not in reading.parts:
        reading.parts[key] = _add_part(reading, geometry, mesh, primitives, bound, shape)
    return reading.parts[key]


def _add_part(
    reading: _Reading,
    geometry: Element,
    mesh: Element,
    primitives: list[Element],
    bound: tuple[str, ...],
    shape: Floats,
) -> int | None:
    points: list[Floats] = []
    normals: list[Floats | None] = []
    triangles: list[Numbers] = []
    colours: list[Colours] = []
    sampled = False
    total = 0
    for primitive, material in zip(primitives, bound, strict=True):
        soup = _Soup.read(mesh, primitive)
        if soup is None:
            continue
        reading.assembly.check_triangles(len(soup.triangles))
        if material not in reading.looks:
            reading.looks[material] = read_look(
                material, reading.by_id, reading.path, reading.assembly
            )
        seen, was_sampled = soup.colours(reading.looks[material])
        sampled = sampled or was_sampled
        points.append(soup.points @ shape[:3, :3].T + shape[:3, 3])
        normals.append(None if soup.normals is None else soup.normals @ shape[:3, :3].T)
        triangles.append(soup.triangles + total)
        colours.append(seen)
        total += len(soup.points)
    if not triangles:
        reading.assembly.warn("lines_ignored", "Geometry without triangles is not shown.")
        return None
    known = [normal for normal in normals if normal is not None]
    return reading.assembly.add_part(
        _label(geometry),
        np.concatenate(points),
        np.concatenate(triangles),
        normals=np.concatenate(known).astype(np.float32) if len(known) == len(normals) else None,
        colours=np.concatenate(colours),
        sampled=sampled,
    )


@dataclass(frozen=True, slots=True)
class _Soup:
    """One primitive with one vertex for each combination of indices."""

    points: Floats
    normals: Floats | None
    uv: Floats | None
    own_colours: Floats | None
    triangles: Numbers

    @staticmethod
    def read(mesh: Element, primitive: Element) -> "_Soup | None":
        """Read a primitive, or None when it holds no triangles."""
        inputs = _inputs(mesh, primitive)
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
        return _Soup(
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


def _inputs(mesh: Element, primitive: Element) -> dict[str, tuple[int, Floats]]:
    """Semantic → (offset in <p>, rows of the source); of several sets the first."""
    inputs: dict[str, tuple[int, Floats]] = {}
    for shared in primitive.findall("{*}input"):
        semantic = shared.get("semantic", "")
        offset = _integer(shared.get("offset", "0"))
        if semantic == "VERTEX":
            vertices = _local(mesh, shared)
            for inner in [] if vertices is None else vertices.findall("{*}input"):
                name = inner.get("semantic", "")
                if name in ("POSITION", "NORMAL", "TEXCOORD", "COLOR"):
                    inputs[name] = (offset, _source(mesh, inner))
        elif semantic in ("NORMAL", "TEXCOORD", "COLOR") and semantic not in inputs:
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
    values = _floats(array)
    accessor = source.find("{*}technique_common/{*}accessor")
    stride = 3 if accessor is None else _integer(accessor.get("stride", "1"))
    offset = 0 if accessor is None else _integer(accessor.get("offset", "0"))
    count = (
        len(values) // max(stride, 1) if accessor is None else _integer(accessor.get("count", "0"))
    )
    if not 0 < stride <= 64 or offset + count * stride > len(values):
        raise DamagedFile(
            f"A source of the COLLADA document states {count:,} rows, more than it holds."
        )
    return values[offset : offset + count * stride].reshape(count, stride)


def _corners(primitive: Element, width: int) -> tuple[Numbers, Numbers]:
    """(c, width) indices of the polygons' corners, and the polygons' sizes."""
    kind = _tag(primitive)
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


def _floats(element: Element) -> Floats:
    try:
        return read_floats((element.text or "").encode())
    except ValueError as cause:
        raise DamagedFile("The COLLADA document holds something that is no number.") from cause


def _integers(element: Element) -> Numbers:
    try:
        return read_integers((element.text or "").encode())
    except ValueError as cause:
        raise DamagedFile("The COLLADA document holds an index that is no number.") from cause


def _integer(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 18:
        raise DamagedFile("The COLLADA document holds a count that is no number.")
    return int(text)


def _label(element: Element) -> str:
    return element.get("name") or element.get("id") or ""


def _tag(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
