"""Wavefront OBJ with its MTL materials and pictures.

An object (o) or group (g) becomes a part and its materials become colours; trimesh, the obvious
thing, cuts by material instead and names the pieces after them. numpy reads a block of lines at a
time. Specification: Object Files, Alias|Wavefront, appendix B1 of Advanced Visualizer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from holotable.conversion.archive import shown
from holotable.conversion.normals import Numbers
from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes, pack_rows
from holotable.conversion.readers.draft import Wrap
from holotable.conversion.readers.materials import Material, read_mtl
from holotable.conversion.readers.mtl_look import MtlLooks
from holotable.conversion.readers.number_text import read_floats, read_integers
from holotable.conversion.readers.polygons import triangulate
from holotable.conversion.readers.references import read_beside
from holotable.conversion.readers.textures import sample_texture
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats, Scene

_BLOCK_BYTES: Final = 16 * 1024**2
_MAX_LIBRARIES: Final = 64
_NEWLINE, _SPACE, _TAB, _SLASH = 10, 32, 9, 47

_Key: TypeAlias = tuple[str, str]  # object, group


@dataclass(slots=True)
class _Faces:
    """Faces that share an object, a group and a material; indices from 0, -1 where absent."""

    material: str
    sizes: list[Numbers] = field(default_factory=list)
    points: list[Numbers] = field(default_factory=list)
    textures: list[Numbers] = field(default_factory=list)


@dataclass(slots=True)
class _Content:
    """What the lines say, in file order."""

    points: list[Floats] = field(default_factory=list)
    point_colours: list[Floats] = field(default_factory=list)
    coordinates: list[Floats] = field(default_factory=list)
    point_count: int = 0
    coordinate_count: int = 0
    libraries: list[str] = field(default_factory=list)
    key: _Key = ("", "")
    material: str = ""
    faces: dict[_Key, dict[str, _Faces]] = field(default_factory=dict)
    face_count: int = 0
    skipped: int = 0


def read_obj(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read an OBJ file and what lies beside it."""
    report("reading", 0.0)
    assembly = Assembly("obj", options, assumed_up_axis="y")
    content = _Content()
    size = path.stat().st_size
    done = 0
    for block in _blocks(path):
        _read_block(block, content)
        assembly.check_triangles(content.face_count)
        done += len(block)
        report("reading", 0.5 * done / max(size, 1))
    if not content.faces:
        raise NoGeometry("The OBJ file holds no faces; points and lines alone are not shown.")
    if content.skipped:
        assembly.warn(
            "lines_ignored", "Curves, points and lines are not read.", count=content.skipped
        )
    points = _joined(content.points, 3)
    coordinates = _joined(content.coordinates, 2)
    colours = _point_colours(content)
    materials = _materials(content, path, assembly)
    looks = MtlLooks(path, assembly)
    parents: dict[str, int] = {}
    groups_of: dict[str, int] = {}
    for key in content.faces:
        groups_of[key[0]] = groups_of.get(key[0], 0) + 1
    for index, (key, segments) in enumerate(content.faces.items()):
        object_name, group = key
        name = group or object_name
        parent = -1
        if object_name and groups_of[object_name] > 1:
            if object_name not in parents:
                parents[object_name] = assembly.add_node(-1, object_name)
            parent = parents[object_name]
        elif object_name:
            name = object_name
        used = [segment.material for segment in segments.values() if segment.material]
        part = _add_part(
            assembly, name or path.stem, list(segments.values()), points, colours, coordinates,
            materials, looks,
        )  # fmt: skip
        properties = {"OBJ": {"material": ", ".join(shown(m) for m in used[:20])}} if used else {}
        assembly.add_node(
            parent, name or path.stem, part=part, occurrence=name, properties=properties
        )
        report("reading", 0.5 + 0.5 * (index + 1) / len(content.faces))
    return assembly.finish(path.stem)


def _blocks(path: Path) -> Iterator[bytes]:
    """The file in blocks of whole lines, each ending in a newline."""
    rest = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_BLOCK_BYTES):
            chunk = rest + chunk
            end = chunk.rfind(b"\n") + 1
            if chunk[max(0, end - 3) : end].rstrip(b"\r\n").endswith(b"\\"):
                end = 0  # a continued line: keep it whole
            rest = chunk[end:]
            if end:
                yield _plain(chunk[:end])
    if rest.strip():
        yield _plain(rest + b"\n")


def _plain(block: bytes) -> bytes:
    """Continued lines joined, old Macintosh line ends turned."""
    if b"\\" in block:
        block = block.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    if b"\r" in block and block.count(b"\n") <= 1:
        block = block.replace(b"\r", b"\n")
    return block


def _read_block(block: bytes, content: _Content) -> None:
    """Hand every run of lines with the same keyword to its reader."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == _NEWLINE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    first = text[starts]
    second = np.where(ends > starts, text[np.minimum(starts + 1, len(text) - 1)], _NEWLINE)
    if ((first == _SPACE) | (first == _TAB)).any():
        lines = b"\n".join(line.strip() for line in block.split(b"\n")[:-1]) + b"\n"
        if lines[:1] not in b" \t" and lines != block:
            return _read_block(lines, content)
    keyword = first.astype(np.int64) << 8 | np.where(second == _TAB, _SPACE, second)
    breaks = np.flatnonzero(np.diff(keyword)) + 1
    bounds = np.concatenate([[0], breaks, [len(keyword)]]).tolist()
    for begin, stop in pairwise(bounds):
        lines = block[int(starts[begin]) : int(ends[stop - 1]) + 1]
        match lines[:2]:
            case b"v " | b"v\t":
                _read_points(lines, stop - begin, content)
            case b"vt":
                _read_coordinates(lines, stop - begin, content)
            case b"f " | b"f\t":
                _read_faces(lines, content)
            case b"vn" | b"s " | b"#" | b"# " | b"\n" | b"\r\n":
                continue
            case _:
                for line in lines.split(b"\n"):
                    _read_statement(line, content)
    return None


def _read_statement(line: bytes, content: _Content) -> None:
    keyword, _, rest = line.strip().partition(b" ")
    value = rest.strip().decode("utf-8", "replace")
    match keyword.strip():
        case b"o":
            content.key = (value, "")
        case b"g":
            content.key = (content.key[0], "" if value == "default" else value)
        case b"usemtl":
            content.material = value
        case b"mtllib":
            content.libraries.append(value)
        case b"p" | b"l" | b"curv" | b"curv2" | b"surf":
            content.skipped += 1
        case _:
            return


def _read_points(lines: bytes, count: int, content: _Content) -> None:
    """v x y z [w] or v x y z r g b."""
    rows = _table(lines, b"v", count)
    content.points.append(rows[:, :3])
    if rows.shape[1] >= 6 or content.point_colours:
        colours = rows[:, 3:6] if rows.shape[1] >= 6 else np.full((len(rows), 3), np.nan)
        missing = content.point_count - sum(len(known) for known in content.point_colours)
        if missing:
            content.point_colours.append(np.full((missing, 3), np.nan))
        content.point_colours.append(colours)
    content.point_count += len(rows)


def _read_coordinates(lines: bytes, count: int, content: _Content) -> None:
    """vt u [v [w]]."""
    rows = _table(lines, b"vt", count)
    if rows.shape[1] < 2:
        rows = np.pad(rows, ((0, 0), (0, 2 - rows.shape[1])))
    content.coordinates.append(rows[:, :2])
    content.coordinate_count += len(rows)


def _table(lines: bytes, keyword: bytes, count: int) -> Floats:
    """(count, columns) the numbers of lines that begin with the keyword."""
    least = 3 if keyword == b"v" else 1
    numbers = _plain_numbers(lines.replace(keyword, b" "))
    if numbers is not None and len(numbers) % count == 0 and len(numbers) >= least * count:
        return numbers.reshape(count, -1)
    rows = []
    for line in lines.split(b"\n"):
        words = line.split(b"#", 1)[0].split()[1:]
        if words:
            try:
                rows.append([float(word) for word in words[:6]])
            except ValueError as cause:
                raise DamagedFile("The OBJ file holds a coordinate that is no number.") from cause
    width = min((len(row) for row in rows), default=0)
    if width < least:
        raise DamagedFile("A point of the OBJ file has fewer than three coordinates.")
    return np.array([row[:width] for row in rows], np.float64)


def _plain_numbers(text: bytes) -> Floats | None:
    """All numbers of the text; None when comments or broken ones stand among them."""
    try:
        return read_floats(text)
    except ValueError:
        return None


def _read_faces(lines: bytes, content: _Content) -> None:
    """f v[/vt[/vn]]…; the corners of one face are written alike."""
    if b"#" in lines:
        lines = b"\n".join(line.split(b"#", 1)[0] for line in lines.split(b"\n")[:-1]) + b"\n"
    text = np.frombuffer(lines, np.uint8)
    blank = (text == _SPACE) | (text == _TAB) | (text == _NEWLINE) | (text == 13)
    begins = ~blank
    begins[1:] &= blank[:-1]
    ends = np.flatnonzero(text == _NEWLINE)
    words = np.diff(np.cumsum(begins)[ends], prepend=0) - 1  # without the f
    slash = text == _SLASH
    slashes = np.diff(np.cumsum(slash)[ends], prepend=0)
    double = slash.copy()
    double[1:] &= slash[:-1]
    double[0] = False
    doubles = np.diff(np.cumsum(double)[ends], prepend=0)
    # 1: v   2: v/vt   3: v//vn   4: v/vt/vn   0: mixed or broken
    form = np.select(
        [
            slashes == 0,
            (slashes == words) & (doubles == 0),
            (slashes == 2 * words) & (doubles == words),
            (slashes == 2 * words) & (doubles == 0),
        ],
        [1, 2, 3, 4],
        0,
    )
    form[words <= 0] = 1
    breaks = np.flatnonzero(np.diff(form)) + 1
    starts = np.concatenate([[0], ends[:-1] + 1])
    bounds = np.concatenate([[0], breaks, [len(form)]]).tolist()
    for begin, stop in pairwise(bounds):
        run = lines[int(starts[begin]) : int(ends[stop - 1]) + 1]
        _add_faces(run, np.maximum(words[begin:stop], 0), int(form[begin]), content)


def _add_faces(run: bytes, sizes: Numbers, form: int, content: _Content) -> None:
    """Faces that are all written in one form."""
    columns = {0: 0, 1: 1, 2: 2, 3: 2, 4: 3}[form]
    try:
        numbers = read_integers(run.replace(b"f", b" ").replace(b"/", b" "))
    except ValueError as cause:
        raise DamagedFile("A face of the OBJ file holds something that is no number.") from cause
    if columns == 0 or len(numbers) != columns * int(sizes.sum()):
        numbers, sizes, columns = _mixed_faces(run)
        form = 2
    table = numbers.reshape(-1, columns)
    points = _absolute(table[:, 0], content.point_count)
    textures = np.full(len(points), -1, np.int64)
    if form in (2, 4):
        textures = _absolute(table[:, 1], content.coordinate_count, absent=0)
    group = content.faces.setdefault(content.key, {})
    faces = group.setdefault(content.material, _Faces(content.material))
    faces.sizes.append(sizes)
    faces.points.append(points)
    faces.textures.append(textures)
    content.face_count += int(np.maximum(sizes - 2, 0).sum())


def _mixed_faces(run: bytes) -> tuple[Numbers, Numbers, int]:
    """Faces whose corners are not written alike, a line at a time: (2c,) v and vt, sizes."""
    numbers: list[int] = []
    sizes: list[int] = []
    try:
        for line in run.split(b"\n")[:-1]:
            words = line.split()[1:]
            sizes.append(len(words))
            for word in words:
                point, _, rest = word.partition(b"/")
                coordinate = rest.partition(b"/")[0]
                numbers += (int(point), int(coordinate) if coordinate else 0)
        return np.array(numbers, np.int64), np.array(sizes, np.int64), 2
    except (ValueError, OverflowError) as cause:
        raise DamagedFile("A face of the OBJ file holds something that is no number.") from cause


def _absolute(indices: Numbers, count: int, absent: int | None = None) -> Numbers:
    """From 0; negative ones count back from the last element read so far."""
    result = np.where(indices < 0, indices + count, indices - 1)
    if absent is not None:
        result = np.where(indices == absent, -1, result)
    known = result >= (0 if absent is None else -1)
    if not known.all() or (len(result) and int(result.max()) >= max(count, 0)):
        raise DamagedFile(
            f"A face of the OBJ file refers to element {int(indices[np.argmax(np.abs(indices))]):,}"
            f"; {count:,} stand before it."
        )
    return result


def _joined(blocks: list[Floats], columns: int) -> Floats:
    return np.concatenate([np.empty((0, columns)), *(block[:, :columns] for block in blocks)])


def _point_colours(content: _Content) -> Colours | None:
    """(n,) the colours that some programs append to points, 0 to 1 or 0 to 255."""
    if not content.point_colours:
        return None
    rows = np.concatenate(content.point_colours)
    missing = content.point_count - len(rows)
    rows = np.concatenate([rows, np.full((missing, 3), np.nan)]) if missing else rows
    known = np.isfinite(rows).all(axis=1)
    if not known.any():
        return None
    colours = np.full(len(rows), OWN_COLOUR)
    bytes_ = rows[known].max() > 1.0
    colours[known] = pack_bytes(np.clip(rows[known], 0, 255)) if bytes_ else pack_rows(rows[known])
    return colours


def _materials(content: _Content, path: Path, assembly: Assembly) -> dict[str, Material]:
    """The materials of all libraries; without one the faces keep the default colour."""
    materials: dict[str, Material] = {}
    for library in content.libraries[:_MAX_LIBRARIES]:
        lost = "its materials are shown in one colour"
        text = read_beside(assembly, path, library, lost)
        if text is not None:
            materials.update(read_mtl(text))
    return materials


def _add_part(
    assembly: Assembly,
    name: str,
    segments: list[_Faces],
    points: Floats,
    point_colours: Colours | None,
    coordinates: Floats,
    materials: dict[str, Material],
    looks: MtlLooks,
) -> int:
    """One part of all faces of a group, coloured corner by corner."""
    all_corners: list[Numbers] = []
    all_colours: list[Colours] = []
    wraps: list[Wrap] = []
    sampled = point_colours is not None
    wrapped = any(looks.says_more(materials.get(faces.material)) for faces in segments)
    start = 0
    for faces in segments:
        sizes = np.concatenate(faces.sizes)
        corners = np.concatenate(faces.points)
        triangles, _ = triangulate(points, corners, sizes)
        chosen = triangles.ravel()
        material = materials.get(faces.material)
        uv, rows = _coordinates_of(coordinates, np.concatenate(faces.textures)[chosen])
        colours = np.full(len(chosen), OWN_COLOUR if material is None else material.colour)
        if point_colours is not None and (material is None or not material.picture):
            own = point_colours[corners[chosen]]
            colours = np.where(own == OWN_COLOUR, colours, own)
        found = None if material is None else material.colour_map
        texels = None if found is None or not len(coordinates) else looks.texels(found.reference)
        if material is not None and found is not None and texels is not None and len(rows):
            placed = uv * np.array(found.scale) + np.array(found.offset)
            seen = sample_texture(texels, placed, rows, v_up=True)
            tinted = seen.astype(np.float64) * (material.tint * 255).round() / 255
            colours = pack_bytes(tinted.round())[rows.ravel()]
            sampled = True
        stop = start + len(rows)
        if wrapped and material is not None and looks.says_more(material):
            upright = np.column_stack([uv[:, 0], 1.0 - uv[:, 1]])  # v counts down in glTF
            number = looks.kept(faces.material, material)
            sets = (upright,) * len(assembly.looks.uv_sets(number))
            wraps.append(Wrap(start, stop, number, rows=rows, uvs=sets))
        elif wrapped:
            wraps.append(Wrap(start, stop))
        start = stop
        all_corners.append(corners[chosen])
        all_colours.append(colours)
    used, triangles = np.unique(np.concatenate(all_corners), return_inverse=True)
    return assembly.add_part(
        name,
        points[used],
        triangles.reshape(-1, 3),
        colours=np.concatenate(all_colours),
        sampled=sampled,
        wraps=wraps,
    )


def _coordinates_of(coordinates: Floats, textures: Numbers) -> tuple[Floats, Numbers]:
    """(r, 2) the texture coordinates that corners use, and (m, 3) the row of each corner.

    textures: (3m,) index of each corner's coordinate, −1 where it has none: that counts as 0, 0.
    """
    used, rows = np.unique(textures, return_inverse=True)
    table = np.zeros((len(used), 2))
    table[used >= 0] = coordinates[used[used >= 0]]
    return table, rows.reshape(-1, 3).astype(np.int64)
