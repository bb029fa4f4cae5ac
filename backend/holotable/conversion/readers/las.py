"""LAS 1.0 to 1.4 and LAZ: points of a laser scan with colours, intensities and classes.

LAS Specification 1.4 R15 (ASPRS). LAZ is unpacked by lazrs on one thread, a piece at a time: its
thread pool takes 64 MB of address space a core, which a sandboxed child does not have. The header
is read here and held against the file's size, because a library believes what it says.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import lazrs
import numpy as np
from numpy.typing import NDArray

from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.crs import Reference, read_reference
from holotable.conversion.readers.points import Gatherer
from holotable.errors import DamagedFile, NoGeometry, UnsupportedFormat
from holotable.review.scene import Floats, PropertyValue, Scene, SceneWarning

_PIECE: Final = 1_000_000  # points: 12 MB of positions, and 30 to 70 MB of records
_SHORT_HEADER: Final = 227  # LAS 1.0 to 1.2
_LONG_HEADER: Final = 375  # LAS 1.4
_VLR: Final = 54
_EVLR: Final = 60
_MAX_RECORDS: Final = 100_000
_MAX_EVLR_BYTES: Final = 16 * 1024 * 1024  # of what is read; waveforms are stepped over
_COMPRESSED: Final = 0x80  # bit 7 of the point format, as every LAZ writer sets it
# Bytes at which the fields of a point lie, by format (tables 7 to 17): the size of the record and
# where its colour begins. Formats from 6 on have wider flags, so that all else moves.
_SIZES: Final = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
_COLOUR_AT: Final = {2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30}
# What is unpacked of LAZ in the formats that have layers: not time, source and wave packets.
_WANTED: Final = ("XY_RETURNS_CHANNEL", "Z", "CLASSIFICATION", "FLAGS", "INTENSITY", "RGB")
# LAS 1.4 R15 table 17.
CLASS_NAMES: Final = {
    0: "never classified", 1: "unclassified", 2: "ground", 3: "low vegetation",
    4: "medium vegetation", 5: "high vegetation", 6: "building", 7: "low noise",
    8: "model key point", 9: "water", 10: "rail", 11: "road surface", 12: "overlap",
    13: "wire guard", 14: "wire conductor", 15: "transmission tower", 16: "wire connector",
    17: "bridge deck", 18: "high noise", 19: "overhead structure", 20: "ignored ground",
    21: "snow", 22: "temporal exclusion",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the points.

    scales, offsets: (3,) file unit. point_bytes: of one record, extra bytes included.
    """

    version: str
    format: int
    compressed: bool
    count: int
    point_bytes: int
    points_at: int
    scales: Floats
    offsets: Floats
    returns: tuple[int, ...]
    system: str
    software: str
    year: int
    day: int
    records: dict[tuple[str, int], bytes]
    size: int  # of the file


def read_las(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read a LAS or LAZ file as one part."""
    report("reading", 0.0)
    with path.open("rb") as stream:
        header = read_header(stream, path.stat().st_size)
        if header.count == 0:
            raise NoGeometry("The LAS file holds no points.")
        reference = read_reference(header.records)
        gatherer = Gatherer(
            "points",
            options,
            length_unit=reference.unit,
            metres_per_unit=reference.metres_per_unit,
            heights=reference.metres_per_height,
            up_axis="z",
        )
        gatherer.check_count(header.count)
        # Even a LAZ of equal points takes more than a bit each; less is a lie to be found out late.
        if not header.compressed or header.count <= 8 * (header.size - header.points_at):
            gatherer.expected = header.count
        pieces = _unpacked(stream, header) if header.compressed else _plain(stream, header)
        withheld = 0
        classes = np.zeros(256, np.int64)
        done = 0
        local = _LocalPlane() if reference.is_geographic else None
        for records in pieces:
            fields = _fields(records, header)
            if local is not None and options.unit is None:
                fields.places = local.metres(fields.places)
            gatherer.add(fields.places, fields.colours, fields.intensities, fields.classes)
            withheld += fields.withheld
            classes += np.bincount(fields.classes, minlength=256)
            done += len(records)
            report("reading", min(done / header.count, 1.0))
    gatherer.warnings += _warnings(header, reference)
    return gatherer.finish(
        path.stem, _facts(header, classes, withheld, reference), reference.georeference
    )


def read_header(stream: BinaryIO, size: int) -> Header:
    """Read header and variable length records. raises: DamagedFile, UnsupportedFormat."""
    stream.seek(0)
    block = stream.read(_LONG_HEADER)
    if len(block) < _SHORT_HEADER or block[:4] != b"LASF":
        raise DamagedFile("The LAS header is cut off.")
    major, minor = block[24], block[25]
    if major != 1 or minor > 4:
        raise UnsupportedFormat(f"This is LAS {major}.{minor}; versions 1.0 to 1.4 are read.")
    system, software = _text(block[26:58]), _text(block[58:90])
    day, year, header_bytes, points_at, record_count = struct.unpack_from("<HHHII", block, 90)
    coded, point_bytes, count = struct.unpack_from("<BHI", block, 104)
    returns = struct.unpack_from("<5I", block, 111)
    numbers = np.array(struct.unpack_from("<6d", block, 131))
    number, compressed = coded & 0x3F, bool(coded & _COMPRESSED)
    extended_at = extended_count = 0
    if minor == 4 and header_bytes >= _LONG_HEADER and len(block) == _LONG_HEADER:
        extended_at, extended_count, long_count = struct.unpack_from("<QIQ", block, 235)
        if long_count:
            count = long_count
            returns = struct.unpack_from("<15Q", block, 255)
    if number >= len(_SIZES):
        raise UnsupportedFormat(f"The LAS file uses the unknown point format {number}.")
    if point_bytes < _SIZES[number] or header_bytes < _SHORT_HEADER:
        raise DamagedFile("The LAS header contradicts itself.")
    if not header_bytes <= points_at <= size or not np.isfinite(numbers).all():
        raise DamagedFile("The LAS header points outside the file.")
    if (numbers[:3] == 0).any():
        raise DamagedFile("The LAS header scales coordinates to nothing.")
    if not compressed and count * point_bytes > size - points_at:
        raise DamagedFile(
            f"The LAS file states {count:,} points and ends before them.", points=count
        )
    records = _records(stream, header_bytes, record_count, points_at, _VLR)
    records |= _records(stream, extended_at, extended_count, size, _EVLR)
    return Header(
        f"{major}.{minor}", number, compressed, count, point_bytes, points_at, numbers[:3],
        numbers[3:], returns, system, software, year, day, records, size,
    )  # fmt: skip


def _records(
    stream: BinaryIO, at: int, count: int, end: int, head_bytes: int
) -> dict[tuple[str, int], bytes]:
    """Variable length records (§2.5, §2.7) by user and number; the first of equals counts."""
    if count > _MAX_RECORDS or at + count * head_bytes > end:
        raise DamagedFile(f"The LAS file states {count:,} records and has no room for them.")
    records: dict[tuple[str, int], bytes] = {}
    for _ in range(count):
        stream.seek(at)
        head = stream.read(head_bytes)
        if len(head) < head_bytes:
            raise DamagedFile("A record of the LAS file is cut off.")
        number = int.from_bytes(head[18:20], "little")
        length = int.from_bytes(head[20 : 22 if head_bytes == _VLR else 28], "little")
        at += head_bytes + length
        if at > end:
            raise DamagedFile("A record of the LAS file is longer than the file.")
        if length <= _MAX_EVLR_BYTES:
            records.setdefault((_text(head[2:18]), number), stream.read(length))
    return records


def _plain(stream: BinaryIO, header: Header) -> Iterator[NDArray[np.uint8]]:
    """The point records of a LAS file; (n, point_bytes) at a time."""
    stream.seek(header.points_at)
    left = header.count
    while left:
        many = min(left, _PIECE)
        block = stream.read(many * header.point_bytes)
        if len(block) < many * header.point_bytes:
            raise DamagedFile("The LAS file ends before its last point.")
        yield np.frombuffer(block, np.uint8).reshape(many, header.point_bytes)
        left -= many


def _unpacked(stream: BinaryIO, header: Header) -> Iterator[NDArray[np.uint8]]:
    """The point records of a LAZ file. raises: DamagedFile for whatever does not unpack."""
    packing = header.records.get(("laszip encoded", 22204))
    if packing is None:
        raise DamagedFile("The LAZ file does not say how it is packed.")
    try:
        if lazrs.LazVlr(packing).item_size() != header.point_bytes:
            raise DamagedFile("The LAZ file unpacks to records of another size.")
        _check_table(stream, header, lazrs.LazVlr(packing).chunk_size())
        wanted = 0
        for layer in _WANTED:
            wanted |= getattr(lazrs, f"SELECTIVE_DECOMPRESS_{layer}")
        stream.seek(header.points_at)
        unpacker = lazrs.LasZipDecompressor(stream, packing, lazrs.DecompressionSelection(wanted))
        left = header.count
        while left:
            many = min(left, _PIECE)
            block = np.empty((many, header.point_bytes), np.uint8)
            unpacker.decompress_many(block.reshape(-1))
            yield block
            left -= many
    except lazrs.LazrsError as cause:
        raise DamagedFile(f"The LAZ file does not unpack: {cause}.") from cause
    except BaseException as cause:
        # A Rust panic arrives as a BaseException of a class that cannot be imported.
        if type(cause).__name__ != "PanicException":
            raise
        raise DamagedFile("The LAZ file does not unpack.") from cause


def _check_table(stream: BinaryIO, header: Header, chunk_points: int) -> None:
    """Hold the stated number of points against the chunks; each begins with a whole record."""
    stream.seek(header.points_at)
    table_at = int.from_bytes(stream.read(8), "little", signed=True)
    if table_at == -1:  # written by a program that could not go back: at the very end
        stream.seek(max(header.size - 8, 0))
        table_at = int.from_bytes(stream.read(8), "little", signed=True)
    if not header.points_at + 8 <= table_at <= header.size - 8:
        raise DamagedFile("The LAZ file is cut off: its table of chunks is missing.")
    stream.seek(table_at + 4)
    chunks = int.from_bytes(stream.read(4), "little")
    room = table_at - header.points_at - 8
    if chunks * header.point_bytes > room or (
        0 < chunk_points < 2**32 - 1 and header.count > chunks * chunk_points
    ):
        raise DamagedFile(
            f"The LAZ file states {header.count:,} points and ends before them.",
            points=header.count,
        )


@dataclass(slots=True)
class _Fields:
    places: Floats
    colours: NDArray[np.uint16] | None
    intensities: NDArray[np.uint16]
    classes: NDArray[np.uint8]
    withheld: int


def _fields(records: NDArray[np.uint8], header: Header) -> _Fields:
    """The fields we show, of (n, point_bytes) records."""
    raw = np.ascontiguousarray(records[:, :12]).view("<i4")
    places = raw * header.scales + header.offsets
    extended = header.format >= 6
    flags = records[:, 15]
    kinds = records[:, 16] if extended else flags & 31
    # Withheld is a flag of its own: bit 7 beside the class, or bit 2 of the classification flags.
    withheld = int(np.count_nonzero(flags & (4 if extended else 128)))
    at = _COLOUR_AT.get(header.format)
    return _Fields(
        places,
        None if at is None else np.ascontiguousarray(records[:, at : at + 6]).view("<u2"),
        np.ascontiguousarray(records[:, 12:14]).view("<u2").reshape(-1),
        np.ascontiguousarray(kinds),
        withheld,
    )


class _LocalPlane:
    """Longitude and latitude in degrees as metres on a plane that touches the Earth at the cloud.

    The radii of curvature of WGS 84 at the first piece's middle (NIMA TR8350.2 §4.2).
    """

    def __init__(self) -> None:
        self._middle: Floats | None = None

    def metres(self, places: Floats) -> Floats:
        """East and north of the middle; heights stay."""
        if self._middle is None:
            self._middle = (places.min(axis=0) + places.max(axis=0)) / 2
        axis, flattening = 6_378_137.0, 1 / 298.257223563
        square = flattening * (2 - flattening)
        latitude = np.radians(self._middle[1])
        curved = 1 - square * np.sin(latitude) ** 2
        east = axis / np.sqrt(curved) * np.cos(latitude)
        north = axis * (1 - square) / curved**1.5
        out: Floats = places.copy()
        out[:, 0] = np.radians(places[:, 0] - self._middle[0]) * east
        out[:, 1] = np.radians(places[:, 1] - self._middle[1]) * north
        return out


def _warnings(header: Header, reference: Reference) -> list[SceneWarning]:
    found = list(reference.warnings)
    if header.format in (4, 5, 9, 10):
        detail = "The wave packets of the points are not shown."
        found.append(SceneWarning("waveforms_ignored", 1, detail))
    if header.point_bytes > _SIZES[header.format]:
        detail = f"{header.point_bytes - _SIZES[header.format]} extra bytes of each point are left."
        found.append(SceneWarning("extra_bytes_ignored", 1, detail))
    return found


def _facts(
    header: Header, classes: NDArray[np.int64], withheld: int, reference: Reference
) -> dict[str, PropertyValue]:
    """What a person may want to know of the file."""
    facts: dict[str, PropertyValue] = {
        "Format": f"{'LAZ' if header.compressed else 'LAS'} {header.version}, point format"
        f" {header.format}",
        "Resolution": " by ".join(f"{scale:g}" for scale in header.scales),
    }
    if header.system:
        facts["System"] = header.system
    if header.software:
        facts["Software"] = header.software
    if 1 <= header.day <= 366 and header.year:
        facts["Created"] = f"{header.year}, day {header.day}"
    if reference.name:
        facts["Coordinate system"] = reference.name
    for number, count in enumerate(header.returns, 1):
        if count:
            facts[f"Returns {number}"] = count
    if withheld:
        facts["Withheld"] = withheld
    for code in np.flatnonzero(classes).tolist():
        name = CLASS_NAMES.get(code, "user defined" if code >= 64 else "reserved")
        facts[f"Class {code} ({name})"] = int(classes[code])
    return facts


def _text(raw: bytes) -> str:
    """A fixed field: up to its first zero byte, printable."""
    text = raw.split(b"\0", 1)[0].decode("utf-8", "replace")
    return "".join(c for c in text if c.isprintable()).strip()
