"""COLLADA 1.4 and 1.5 (.dae): tree, instances, colours, unit and axis.

trimesh flattens the tree and copies what is instanced. Lost here: animation, skinning (the bind
shape is shown), cameras, lights, curves. Specification: COLLADA 1.4.1, Khronos 2008.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import numpy as np

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.options import METRES_PER_UNIT, ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.collada_look import Look, read_look
from holotable.conversion.readers.collada_mesh import Element, Soup, floats_of, integer, tag_of
from holotable.conversion.readers.colours import Colours
from holotable.conversion.readers.draft import Wrap
from holotable.conversion.readers.expansion import expanded_count
from holotable.conversion.readers.xml_guard import parse_xml
from holotable.errors import DamagedFile, NoGeometry, TooComplex, TooLarge
from holotable.review.scene import Floats, Scene

_MAX_BYTES: Final = 1024**3  # the tree of a text takes about eight times its size
_X_UP: Final = np.array([[0.0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
_PRIMITIVES: Final = ("triangles", "polylist", "polygons", "tristrips", "trifans")


@dataclass(frozen=True, slots=True)
class _Bound:
    """A material as an instance binds it. sets: (name in the effect, set of the mesh) of UVs."""

    material: str
    sets: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Reading:
    root: Element
    path: Path
    assembly: Assembly
    by_id: dict[str, Element]
    parts: dict[tuple[str, tuple[_Bound, ...]], int | None] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)


def read_dae(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a COLLADA document and the pictures beside it."""
    report("reading", 0.0)
    if path.stat().st_size > _MAX_BYTES:
        raise TooLarge(f"A COLLADA file may have {_MAX_BYTES:,} bytes.", limit=_MAX_BYTES)
    root = parse_xml(path.read_bytes())
    if tag_of(root) != "COLLADA":
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
        kind = tag_of(element)
        if kind not in values:
            continue
        numbers = floats_of(element)
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
        kind = tag_of(instance)
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
                if bound is not None and len(floats_of(bound)) == 16:
                    shape = floats_of(bound).reshape(4, 4)
        if geometry is None:
            name = shown(instance.get("url", ""))
            reading.assembly.warn(
                "missing_file", f"{name} is not in the document.", file=name.partition("#")[0]
            )
            continue
        symbols = {
            bound.get("symbol", ""): _bound(bound)
            for bound in instance.iter("{*}instance_material")
        }
        name = _label(geometry)
        part = _part(reading, geometry, symbols, shape)
        if part is not None:
            yield part, name


def _bound(instance: Element) -> _Bound:
    """What an <instance_material> says."""
    sets = tuple(
        (given.get("semantic", ""), integer(given.get("input_set", "0")))
        for given in instance.findall("{*}bind_vertex_input")
        if given.get("input_semantic", "TEXCOORD") == "TEXCOORD"
    )
    return _Bound(instance.get("target", "").removeprefix("#"), sets)


def _part(
    reading: _Reading, geometry: Element, symbols: dict[str, _Bound], shape: Floats
) -> int | None:
    """The part of a geometry with its materials bound; the same binding shares one part."""
    mesh = geometry.find("{*}mesh")
    if mesh is None:
        reading.assembly.warn("lines_ignored", "Curves and B-reps of COLLADA are not read.")
        return None
    primitives = [element for element in mesh if tag_of(element) in _PRIMITIVES]
    bound = tuple(
        symbols.get(p.get("material", "")) or _Bound(p.get("material", "")) for p in primitives
    )
    key = (geometry.get("id", str(id(geometry))) + shape.tobytes().hex(), bound)
    if key not in reading.parts:
        reading.parts[key] = _add_part(reading, geometry, mesh, primitives, bound, shape)
    return reading.parts[key]


def _add_part(
    reading: _Reading,
    geometry: Element,
    mesh: Element,
    primitives: list[Element],
    bound: tuple[_Bound, ...],
    shape: Floats,
) -> int | None:
    points: list[Floats] = []
    normals: list[Floats | None] = []
    triangles: list[Numbers] = []
    colours: list[Colours] = []
    wraps: list[Wrap] = []
    sampled = False
    total = start = 0
    for primitive, binding in zip(primitives, bound, strict=True):
        if binding.material not in reading.looks:
            reading.looks[binding.material] = read_look(
                binding.material, reading.by_id, reading.path, reading.assembly
            )
        look = reading.looks[binding.material]
        soup = Soup.read(mesh, primitive, dict(binding.sets).get(look.coordinates))
        if soup is None:
            continue
        reading.assembly.check_triangles(len(soup.triangles))
        seen, was_sampled = soup.colours(look)
        stop = start + len(soup.triangles)
        wraps.append(_wrap(reading, look, soup, start, stop, total))
        start = stop
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
        wraps=wraps if any(wrap.material is not None for wrap in wraps) else (),
    )


def _wrap(reading: _Reading, look: Look, soup: "Soup", start: int, stop: int, first: int) -> Wrap:
    """How a primitive really looks; v counts upwards in COLLADA and downwards in glTF."""
    if look.material is None:
        return Wrap(start, stop)
    uv = np.zeros((len(soup.points), 2)) if soup.uv is None else soup.uv
    upright = np.column_stack([uv[:, 0], 1.0 - uv[:, 1]])
    sets = reading.assembly.looks.uv_sets(look.material)
    return Wrap(start, stop, look.material, first, uvs=(upright,) * len(sets))


def _label(element: Element) -> str:
    return element.get("name") or element.get("id") or ""
