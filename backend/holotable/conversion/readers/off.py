"""OFF, the Object File Format of Geomview, ASCII, with colours of vertices or faces."""

import re
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.colours import OWN_COLOUR, Colours, pack_bytes, pack_rows
from holotable.conversion.readers.number_text import read_floats
from holotable.conversion.readers.polygons import triangulate
from holotable.errors import DamagedFile, NoGeometry, UnsupportedFormat
from holotable.review.scene import Floats, Scene

_MAGIC: Final = re.compile(rb"(ST)?(C)?(N)?(4)?(n)?(?i:OFF)(\s+BINARY)?[ \t]*")


def read_off(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read an OFF file as one part."""
    report("reading", 0.0)
    assembly = Assembly("off", options)
    content = path.read_bytes().lstrip(b"\xef\xbb\xbf \t\r\n")
    magic = _MAGIC.match(content)
    if magic is None:
        raise DamagedFile("The file does not begin with OFF.")
    if magic[6] or magic[4] or magic[5]:
        raise UnsupportedFormat("Binary and four-dimensional OFF files are not read.")
    body = content[magic.end() :].replace(b"\r", b"\n")
    lines = [
        line for line in (line.split(b"#", 1)[0] for line in body.split(b"\n")) if line.strip()
    ]
    point_count, face_count = _counts(lines)
    if point_count + face_count > len(lines) - 1:
        raise DamagedFile(
            f"The OFF file states {point_count:,} points and {face_count:,} faces and holds"
            f" {len(lines) - 1:,} lines."
        )
    assembly.check_triangles(face_count)
    table = _vertices(lines[1 : 1 + point_count])
    points = table[:, :3]
    colours = _vertex_colours(table[:, 6 if magic[3] else 3 :]) if magic[2] else None
    report("reading", 0.4)
    corners, sizes, face_colours = _faces(lines[1 + point_count : 1 + point_count + face_count])
    if not (sizes >= 3).any():
        raise NoGeometry("The OFF file holds no faces.")
    if corners.min() < 0 or corners.max() >= point_count:
        raise DamagedFile("A face of the OFF file refers to a point that does not exist.")
    positions, polygon = triangulate(points, corners, sizes)
    if colours is None and face_colours is not None:
        colours = np.repeat(face_colours[polygon], 3)
    part = assembly.add_part(path.stem, points, corners[positions], colours=colours, sampled=True)
    assembly.add_node(-1, path.stem, part=part, occurrence="")
    report("reading", 1.0)
    return assembly.finish(path.stem)


def _counts(lines: list[bytes]) -> tuple[int, int]:
    """Points and faces from the line after the word OFF."""
    words = lines[0].split() if lines else []
    if len(words) < 2 or not all(word.isdigit() and len(word) < 18 for word in words[:2]):
        raise DamagedFile("The OFF file does not state how many points and faces it has.")
    return int(words[0]), int(words[1])


def _vertices(lines: list[bytes]) -> Floats:
    """(n, columns) numbers of equally long lines."""
    if not lines:
        raise NoGeometry("The OFF file holds no points.")
    try:
        numbers = read_floats(b" ".join(lines))
    except ValueError as cause:
        raise DamagedFile("The OFF file holds a coordinate that is no number.") from cause
    if len(numbers) % len(lines) or len(numbers) < 3 * len(lines):
        raise DamagedFile("The points of the OFF file do not all have three coordinates.")
    return numbers.reshape(len(lines), -1)


def _vertex_colours(columns: Floats) -> Colours | None:
    return _colours(columns) if columns.shape[1] >= 3 else None


def _faces(lines: list[bytes]) -> tuple[Numbers, Numbers, Colours | None]:
    """Corners, sizes and, where all lines append them, colours."""
    try:
        numbers = read_floats(b" ".join(lines))
    except ValueError as cause:
        raise DamagedFile("A face of the OFF file holds something that is no number.") from cause
    if not np.isfinite(numbers).all() or (np.abs(numbers) > 2**53).any():
        raise DamagedFile("A face of the OFF file holds an index that is no whole number.")
    if lines and len(numbers) % len(lines) == 0:
        table = numbers.reshape(len(lines), -1)
        size = int(table[0, 0])
        if 0 < size < table.shape[1] and (table[:, 0] == size).all():
            sizes = np.full(len(lines), size, np.int64)
            corners = table[:, 1 : 1 + size].astype(np.int64).ravel()
            rest = table[:, 1 + size :]
            return corners, sizes, _colours(rest) if rest.shape[1] >= 3 else None
    corner_list: list[float] = []
    size_list: list[int] = []
    colour_list: list[int] = []
    for line in lines:
        words = [float(word) for word in line.split()]
        size = int(words[0])
        if not 0 <= size <= len(words) - 1:
            raise DamagedFile("A face of the OFF file has fewer corners than it states.")
        corner_list += words[1 : 1 + size]
        size_list.append(size)
        rest = np.array([words[1 + size :]])
        colour_list.append(int(_colours(rest)[0]) if rest.shape[1] >= 3 else OWN_COLOUR)
    colours = np.array(colour_list, np.int64)
    coloured = bool((colours != OWN_COLOUR).any())
    return (
        np.array(corner_list).astype(np.int64),
        np.array(size_list, np.int64),
        colours if coloured else None,
    )


def _colours(columns: Floats) -> Colours:
    """(n,) from 3 or 4 columns, 0 to 255 when whole numbers above 1, else 0 to 1."""
    rows = columns[:, :4]
    if rows.max(initial=0.0) > 1.0:
        return pack_bytes(np.clip(np.nan_to_num(rows), 0, 255))
    return pack_rows(rows)
