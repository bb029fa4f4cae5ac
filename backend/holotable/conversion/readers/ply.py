"""PLY, ASCII and binary, either byte order: triangles, polygons, strips and colours.

Every count of the header is held against the bytes that follow before anything is allocated.
Format: Greg Turk, The PLY Polygon File Format (1994).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes, pack_rows
from holotable.conversion.readers.number_text import read_floats
from holotable.conversion.readers.ply_points import binary_pieces, read_ply_points
from holotable.conversion.readers.polygons import triangulate
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats, Floats32, Scene

_MAX_HEADER_BYTES: Final = 64 * 1024
_MAX_ELEMENTS: Final = 64
_MAX_PROPERTIES: Final = 256
_TYPES: Final = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_SURFACES: Final = ("face", "tristrips")
_INDEX_LISTS: Final = ("vertex_indices", "vertex_index")


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    type: str  # numpy code without byte order
    count_type: str | None = None  # of a list


@dataclass(slots=True)
class _Element:
    name: str
    count: int
    properties: list[_Property] = field(default_factory=list)


@dataclass(slots=True)
class _Rows:
    """One element as read: plain columns, and lists as sizes with their values in a row."""

    columns: dict[str, Floats] = field(default_factory=dict)
    lists: dict[str, tuple[Numbers, Numbers]] = field(default_factory=dict)


def read_ply(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a PLY file as one part."""
    report("reading", 0.0)
    assembly = Assembly("ply", options)
    with path.open("rb") as stream:
        encoding, elements, start, pictures = _read_header(stream.read(_MAX_HEADER_BYTES))
    if not any(element.name in _SURFACES and element.count for element in elements):
        return _read_points(path, encoding, elements, start, options, report)
    content = path.read_bytes()
    if encoding == "ascii":
        rows = _read_ascii(content[start:], elements)
    else:
        rows = _read_binary(content, start, elements, "<" if "little" in encoding else ">")
    report("reading", 0.5)
    points, vertex = _points(rows)
    corners, sizes, face = _faces(rows)
    if not (sizes >= 3).any():
        raise NoGeometry("No face of the PLY file has three corners.")
    if len(corners) and (corners.min() < 0 or corners.max() >= len(points)):
        raise DamagedFile("A face of the PLY file refers to a point that does not exist.")
    positions, polygon = triangulate(points, corners, sizes)
    triangles = corners[positions]
    if pictures:
        assembly.warn("textures_ignored", f"The picture {shown(pictures[0])} is not shown.")
    colours = _colours(vertex)
    of_face = None if face is None else _colours(face)
    if of_face is not None and (colours is None or len(np.unique(colours)) == 1):
        colours = np.repeat(of_face[polygon], 3)
    part = assembly.add_part(
        path.stem,
        points,
        triangles,
        normals=_normals(vertex),
        colours=colours,
        sampled=True,
    )
    assembly.add_node(-1, path.stem, part=part, occurrence="")
    report("reading", 1.0)
    return assembly.finish(path.stem)


def _read_points(
    path: Path,
    encoding: str,
    elements: list[_Element],
    start: int,
    options: ReadOptions,
    report: Report,
) -> Scene:
    """A PLY whose vertices are all there is."""
    order = "<" if "little" in encoding else ">"
    first = elements[0] if elements else _Element("", 0)
    lists = any(item.count_type for item in first.properties)
    if encoding != "ascii" and first.name == "vertex" and first.properties and not lists:
        record = np.dtype([(item.name, order + item.type) for item in first.properties])
        if first.count * record.itemsize > path.stat().st_size - start:
            raise _cut_off(first)
        pieces = binary_pieces(path, start, first.count, record)
        return read_ply_points(path.stem, first.count, pieces, options, report)
    content = path.read_bytes()
    if encoding == "ascii":
        rows = _read_ascii(content[start:], elements)
    else:
        rows = _read_binary(content, start, elements, order)
    del content
    vertex = rows.get("vertex", _Rows())
    count = max((len(column) for column in vertex.columns.values()), default=0)
    return read_ply_points(path.stem, count, iter((vertex.columns,)), options, report)


def _read_header(content: bytes) -> tuple[str, list[_Element], int, list[str]]:
    """Encoding, elements, offset of the body, pictures named in comments."""
    end = content.find(b"end_header", 0, _MAX_HEADER_BYTES)
    body = content.find(b"\n", end) + 1
    if end < 0 or body == 0:
        raise DamagedFile("The PLY header does not end.")
    encoding = ""
    elements: list[_Element] = []
    pictures: list[str] = []
    for line in content[:end].decode("ascii", "replace").splitlines()[1:]:
        words = line.split()
        match words:
            case ["format", ("ascii" | "binary_little_endian" | "binary_big_endian") as word, _]:
                encoding = word
            case ["element", name, count] if count.isdigit() and len(elements) < _MAX_ELEMENTS:
                elements.append(_Element(name, int(count)))
            case ["property", "list", count_type, item_type, name] if elements:
                _add(elements[-1], _Property(name, _code(item_type), _code(count_type)))
            case ["property", item_type, name] if elements:
                _add(elements[-1], _Property(name, _code(item_type)))
            case ["comment", "TextureFile", *name]:
                pictures.append(" ".join(name))
            case ["comment" | "obj_info", *_] | []:
                continue
            case _:
                raise DamagedFile(f"The PLY header holds a line that is not valid: {shown(line)}")
    if not encoding:
        raise DamagedFile("The PLY header names no format.")
    return encoding, elements, body, pictures


def _add(element: _Element, property_: _Property) -> None:
    known = {known.name for known in element.properties}
    if property_.name in known or len(known) >= _MAX_PROPERTIES:
        raise DamagedFile(f"The PLY header repeats the property {shown(property_.name)}.")
    element.properties.append(property_)


def _code(name: str) -> str:
    if name not in _TYPES:
        raise DamagedFile(f"The PLY header names an unknown type: {shown(name)}")
    return _TYPES[name]


def _cut_off(element: _Element) -> DamagedFile:
    return DamagedFile(
        f"The PLY file states {element.count:,} of {shown(element.name)!r} and ends before them.",
        element=shown(element.name),
        count=element.count,
    )


def _read_ascii(body: bytes, elements: list[_Element]) -> dict[str, _Rows]:
    """All numbers at once, then cut by the header."""
    for element in elements:
        if element.count * max(1, len(element.properties)) * 2 > len(body) + 2:
            raise _cut_off(element)
    try:
        numbers = read_floats(body)
    except ValueError as cause:
        raise DamagedFile("The PLY file holds something that is no number.") from cause
    rows: dict[str, _Rows] = {}
    at = 0
    for element in elements:
        width = len(element.properties)
        if all(p.count_type is None for p in element.properties):
            if at + element.count * width > len(numbers):
                raise _cut_off(element)
            table = numbers[at : at + element.count * width].reshape(element.count, width)
            rows[element.name] = _Rows(
                {p.name: table[:, i] for i, p in enumerate(element.properties)}
            )
            at += element.count * width
        else:
            rows[element.name], at = _ascii_lists(numbers, at, element)
    if at < len(numbers):
        raise DamagedFile("The PLY file holds more than its header states.")
    return rows


def _ascii_lists(numbers: Floats, at: int, element: _Element) -> tuple[_Rows, int]:
    """Rows of an element with lists; equal sizes are read as one table."""
    scalars: dict[str, list[float]] = {p.name: [] for p in element.properties if not p.count_type}
    sizes: dict[str, list[int]] = {p.name: [] for p in element.properties if p.count_type}
    values: dict[str, list[Floats]] = {name: [] for name in sizes}
    if element.count and len(element.properties) == 1 and at < len(numbers):
        width = int(max(0.0, min(numbers[at], 1e6))) + 1
        table = numbers[at : at + element.count * width]
        if len(table) == element.count * width and (table[::width] == width - 1).all():
            flat = table.reshape(element.count, width)[:, 1:].ravel()
            name = element.properties[0].name
            each = np.full(element.count, width - 1, np.int64)
            return _Rows({}, {name: (each, _whole(flat))}), at + element.count * width
    for _ in range(element.count):
        for item in element.properties:
            if at >= len(numbers):
                raise _cut_off(element)
            if item.count_type is None:
                scalars[item.name].append(float(numbers[at]))
                at += 1
                continue
            size = numbers[at]
            if not 0 <= size <= len(numbers) - at - 1:
                raise _cut_off(element)
            sizes[item.name].append(int(size))
            values[item.name].append(numbers[at + 1 : at + 1 + int(size)])
            at += 1 + int(size)
    lists = {
        name: (
            np.array(sizes[name], np.int64),
            _whole(np.concatenate([np.empty(0), *values[name]])),
        )
        for name in sizes
    }
    return _Rows({name: np.array(column) for name, column in scalars.items()}, lists), at


def _whole(numbers: Floats) -> Numbers:
    if not np.isfinite(numbers).all() or (np.abs(numbers) > 2**53).any():
        raise DamagedFile("An index of the PLY file is no whole number.")
    return numbers.astype(np.int64)


def _read_binary(
    content: bytes, start: int, elements: list[_Element], order: str
) -> dict[str, _Rows]:
    rows: dict[str, _Rows] = {}
    for element in elements:
        smallest = sum(np.dtype(p.count_type or p.type).itemsize for p in element.properties)
        if element.count * max(1, smallest) > len(content) - start:
            raise _cut_off(element)
        if all(p.count_type is None for p in element.properties):
            record = np.dtype([(p.name, order + p.type) for p in element.properties])
            columns = {}
            if record.itemsize:
                table = np.frombuffer(content, record, element.count, start)
                columns = {name: np.asarray(table[name], np.float64) for name in record.names or ()}
            rows[element.name] = _Rows(columns)
            start += element.count * record.itemsize
        else:
            rows[element.name], start = _binary_lists(content, start, element, order)
    return rows


def _binary_lists(content: bytes, start: int, element: _Element, order: str) -> tuple[_Rows, int]:
    """As one table while every row has lists of the first row's sizes, then row by row."""
    if element.count == 0:
        empty = (np.empty(0, np.int64), np.empty(0, np.int64))
        lists = {p.name: empty for p in element.properties if p.count_type}
        return _Rows(
            {p.name: np.empty(0) for p in element.properties if not p.count_type}, lists
        ), start
    first, _ = _row_sizes(content, start, element, order)
    fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    for item in element.properties:
        if item.count_type is None:
            fields.append((item.name, order + item.type))
        else:
            fields.append(("\x00" + item.name, order + item.count_type))
            fields.append((item.name, order + item.type, (first[item.name],)))
    record = np.dtype(fields)
    if element.count * record.itemsize <= len(content) - start:
        table = np.frombuffer(content, record, element.count, start)
        if all((table["\x00" + name] == size).all() for name, size in first.items()):
            columns = {
                p.name: np.asarray(table[p.name], np.float64)
                for p in element.properties if p.count_type is None
            }  # fmt: skip
            lists = {
                name: (
                    np.full(element.count, size, np.int64),
                    np.asarray(table[name]).astype(np.int64).ravel(),
                )
                for name, size in first.items()
            }
            return _Rows(columns, lists), start + element.count * record.itemsize
    return _mixed_binary_lists(content, start, element, order)


def _row_sizes(
    content: bytes, start: int, element: _Element, order: str
) -> tuple[dict[str, int], int]:
    """The list sizes of the row at `start` and the offset after it."""
    sizes: dict[str, int] = {}
    for item in element.properties:
        wide = np.dtype(item.type).itemsize
        if item.count_type is None:
            start += wide
            continue
        count_dtype = np.dtype(order + item.count_type)
        if start + count_dtype.itemsize > len(content):
            raise _cut_off(element)
        size = int(np.frombuffer(content, count_dtype, 1, start)[0])
        start += count_dtype.itemsize
        if size < 0 or size * wide > len(content) - start:
            raise _cut_off(element)
        sizes[item.name] = size
        start += size * wide
    if start > len(content):
        raise _cut_off(element)
    return sizes, start


def _mixed_binary_lists(
    content: bytes, start: int, element: _Element, order: str
) -> tuple[_Rows, int]:
    """Rows whose lists differ in length: triangles among quads."""
    scalars: dict[str, list[bytes]] = {p.name: [] for p in element.properties if not p.count_type}
    sizes: dict[str, list[int]] = {p.name: [] for p in element.properties if p.count_type}
    values: dict[str, list[bytes]] = {name: [] for name in sizes}
    little = order == "<"
    plan = [
        (
            p.name,
            np.dtype(p.type).itemsize,
            np.dtype(p.count_type).itemsize if p.count_type else 0,
            (p.count_type or "u")[0] == "i",
        )
        for p in element.properties
    ]
    limit = len(content)
    for _ in range(element.count):
        for name, wide, count_wide, signed in plan:
            if count_wide == 0:
                scalars[name].append(content[start : start + wide])
                start += wide
                continue
            size = int.from_bytes(
                content[start : start + count_wide], "little" if little else "big", signed=signed
            )
            start += count_wide
            stop = start + size * wide
            if size < 0 or stop > limit:
                raise _cut_off(element)
            sizes[name].append(size)
            values[name].append(content[start:stop])
            start = stop
        if start > limit:
            raise _cut_off(element)
    code = {p.name: order + p.type for p in element.properties}
    lists = {
        name: (
            np.array(sizes[name], np.int64),
            np.frombuffer(b"".join(values[name]), code[name]).astype(np.int64),
        )
        for name in sizes
    }
    columns = {
        name: np.frombuffer(b"".join(column), code[name]).astype(np.float64)
        for name, column in scalars.items()
    }
    return _Rows(columns, lists), start


def _points(rows: dict[str, _Rows]) -> tuple[Floats, _Rows]:
    vertex = rows.get("vertex")
    if vertex is None or not {"x", "y", "z"} <= vertex.columns.keys():
        raise NoGeometry("The PLY file has no vertices with x, y and z.")
    return np.stack([vertex.columns[axis] for axis in "xyz"], axis=1), vertex


def _faces(rows: dict[str, _Rows]) -> tuple[Numbers, Numbers, _Rows | None]:
    """Corners and sizes of the faces or of the triangle strips."""
    face = rows.get("face")
    if face is not None:
        for name in _INDEX_LISTS:
            if name in face.lists:
                sizes, corners = face.lists[name]
                return corners, sizes, face
    strips = rows.get("tristrips")
    if strips is not None:
        for name in _INDEX_LISTS:
            if name in strips.lists:
                triangles = _strip_triangles(strips.lists[name][1], strips.lists[name][0])
                return triangles.ravel(), np.full(len(triangles), 3, np.int64), None
    return np.empty(0, np.int64), np.empty(0, np.int64), None


def _strip_triangles(indices: Numbers, sizes: Numbers) -> Numbers:
    """Triangles of strips; -1 begins a new one, and so does the next row."""
    indices = np.insert(indices, np.cumsum(sizes)[:-1], -1)
    if len(indices) < 3:
        return np.empty((0, 3), np.int64)
    window = np.stack([indices[:-2], indices[1:-1], indices[2:]], axis=1)
    breaks = np.flatnonzero(indices == -1)
    last_break = np.zeros(len(indices), np.int64)
    last_break[breaks] = breaks + 1
    position = np.arange(len(window)) - np.maximum.accumulate(last_break)[: len(window)]
    odd = position % 2 == 1
    window[odd] = window[odd][:, [1, 0, 2]]
    first, second, third = window.T
    distinct = (first != second) & (second != third) & (third != first)
    triangles: Numbers = window[distinct & (window >= 0).all(axis=1)]
    return triangles


def _colours(rows: _Rows) -> Colours | None:
    """(n,) red, green, blue and alpha, as bytes or as fractions."""
    for names in (
        ("red", "green", "blue", "alpha"),
        ("diffuse_red", "diffuse_green", "diffuse_blue", "diffuse_alpha"),
        ("r", "g", "b", "a"),
    ):
        if not set(names[:3]) <= rows.columns.keys():
            continue
        present = [name for name in names if name in rows.columns]
        table = np.stack([rows.columns[name] for name in present], axis=1)
        fractions = table.max(initial=0.0) <= 1.0 and bool((table % 1 != 0).any())
        packed = (
            pack_rows(table) if fractions else pack_bytes(np.clip(np.nan_to_num(table), 0, 255))
        )
        # An alpha of 0 everywhere is a field nobody filled.
        if len(present) == 4 and not (packed & 255).any():
            packed = packed | 255
        return packed if len(packed) else np.full(0, OWN_COLOUR)
    return None


def _normals(rows: _Rows) -> Floats32 | None:
    if not {"nx", "ny", "nz"} <= rows.columns.keys():
        return None
    normals = np.stack([rows.columns[axis] for axis in ("nx", "ny", "nz")], axis=1)
    usable = np.isfinite(normals).all() and (np.abs(normals).sum(axis=1) > 1e-6).mean() > 0.99
    return normals.astype(np.float32) if usable else None
