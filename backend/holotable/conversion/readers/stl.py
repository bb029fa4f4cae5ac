"""STL, binary and ASCII, by numpy.

A 500 MB binary took trimesh 117 s and 5.5 GB; mapping its records as an array takes 5 s and
1.3 GB. STL has no units, no axes, no colours and no tree; ASCII files may hold several solids.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.assembly import Assembly, unique_names
from holotable.errors import DamagedFile, NoGeometry
from holotable.review.scene import Floats32, Scene

_HEADER_BYTES: Final = 84
_RECORD: Final = np.dtype(
    [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")]  # 50 bytes
)
_SOLID: Final = re.compile(rb"^[ \t]*solid\b[ \t]*([^\r\n]*)", re.I | re.M)
_END_SOLID: Final = re.compile(rb"^[ \t]*endsolid\b", re.I | re.M)
_VERTEX: Final = re.compile(rb"\bvertex\s+(\S+)\s+(\S+)\s+(\S+)", re.I)
_FACET: Final = re.compile(rb"\bendfacet\b", re.I)
_BLOCK: Final = 200_000  # vertices turned to numbers at a time


def read_stl(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read an STL file: one part for each solid."""
    report("reading", 0.0)
    assembly = Assembly("stl", options)
    size = path.stat().st_size
    with path.open("rb") as stream:
        header = stream.read(_HEADER_BYTES)
    count = int.from_bytes(header[80:84], "little")
    if len(header) == _HEADER_BYTES and size == _HEADER_BYTES + _RECORD.itemsize * count:
        solids = [("", _read_binary(path, count, assembly))]
    elif header.lstrip()[:5].lower() == b"solid":
        solids = list(_read_ascii(path, assembly))
    else:
        raise DamagedFile(
            f"The file states {count:,} triangles and has room for"
            f" {max(0, size - _HEADER_BYTES) // _RECORD.itemsize:,}.",
            triangles=count,
        )
    report("reading", 0.3)
    solids = [(name, corners) for name, corners in solids if len(corners)]
    if not solids:
        raise NoGeometry("The STL file holds no triangles.")
    names = unique_names([name for name, _ in solids], path.stem if len(solids) == 1 else "Solid")
    root = -1 if len(solids) == 1 else assembly.add_node(-1, path.stem, product="")
    for index, (name, corners) in enumerate(solids):
        triangles = np.arange(len(corners), dtype=np.int64).reshape(-1, 3)
        part = assembly.add_part(names[index], corners, triangles)
        assembly.add_node(root, names[index], part=part, product=name)
        report("reading", 0.3 + 0.7 * (index + 1) / len(solids))
    return assembly.finish(path.stem)


def _read_binary(path: Path, count: int, assembly: Assembly) -> Floats32:
    """(3n, 3) corners; the count has been held against the size."""
    assembly.check_triangles(count)
    if count == 0:
        return np.empty((0, 3), np.float32)
    records = np.memmap(path, _RECORD, "r", offset=_HEADER_BYTES, shape=(count,))
    if records["attribute"].any():
        assembly.warn(
            "attributes_ignored",
            "The triangles carry attribute bytes; STL defines no meaning for them.",
        )
    return np.array(records["corners"], np.float32).reshape(-1, 3)


def _read_ascii(path: Path, assembly: Assembly) -> Iterator[tuple[str, Floats32]]:
    """Name and (3n, 3) corners of each solid."""
    content = path.read_bytes()
    starts = list(_SOLID.finditer(content))
    if len(_END_SOLID.findall(content)) < len(starts):
        raise DamagedFile("The STL file ends inside a solid: it was cut off.")
    for index, start in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(content)
        corners = _corners(content, start.end(), end, assembly)
        yield start[1].decode("utf-8", "replace").strip(), corners


def _corners(content: bytes, start: int, end: int, assembly: Assembly) -> Floats32:
    """(3n, 3) the vertices between two offsets."""
    blocks: list[Floats32] = []
    words: list[bytes] = []
    count = 0
    for vertex in _VERTEX.finditer(content, start, end):
        words.extend(vertex.groups())
        if len(words) >= 3 * _BLOCK:
            blocks.append(_numbers(words))
            count += len(words) // 3
            assembly.check_triangles(count // 3)
            words = []
    blocks.append(_numbers(words))
    corners = np.concatenate(blocks)
    facets = sum(1 for _ in _FACET.finditer(content, start, end))
    if len(corners) != 3 * facets:
        raise DamagedFile(
            f"A solid has {facets:,} facets and {len(corners):,} vertices; three belong to each."
        )
    return corners


def _numbers(words: list[bytes]) -> Floats32:
    """(n, 3) single precision, as the binary form of the format has it."""
    try:
        return np.array(words, dtype=np.bytes_).astype(np.float64).astype(np.float32).reshape(-1, 3)
    except ValueError as cause:
        raise DamagedFile("The STL file holds a coordinate that is no number.") from cause
