"""A BCF file as bytes by name: the zip of a stranger, read without trusting anything it says.

Limits hold before memory is taken: the directory is measured before it is parsed, and members are
unpacked piece by piece (APPNOTE.TXT 6.3.10).
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from holotable.errors import (
    BcfBomb,
    BcfNotZip,
    BcfPath,
    BcfTooLarge,
    BcfTooMany,
)

_CHUNK: Final = 1 << 16
_RECORD_BYTES: Final = 512  # of the directory for one name, on average; usually 130
_END: Final = b"PK\x05\x06"
_LOCATOR64: Final = b"PK\x06\x07"
_DRIVE: Final = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a BCF file may amount to."""

    packed_bytes: int = 128 << 20
    bytes: int = 512 << 20  # of everything unpacked
    xml_bytes: int = 32 << 20  # of one XML file
    entries: int = 20_000
    ratio: int = 250  # of one member above 1 MB; pictures and XML stay below 100
    topics: int = 2_000


LIMITS: Final = Limits()


def unpacked(content: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    """Every file of the zip by its name.

    raises: BcfNotZip, BcfTooLarge, BcfTooMany, BcfBomb, BcfPath.
    """
    if len(content) > limits.packed_bytes:
        raise BcfTooLarge(
            f"A BCF file has at most {limits.packed_bytes >> 20} MB.", limit=limits.packed_bytes
        )
    _measure_directory(content, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return _members(opened, limits)
    except (
        zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError,
        RuntimeError, UnicodeDecodeError, OSError,
    ) as cause:  # fmt: skip
        raise BcfNotZip(f"The zip of this file cannot be read: {cause}.") from cause


def _measure_directory(content: bytes, limits: Limits) -> None:
    """Refuse a directory too long before `zipfile` makes an object of each of its records."""
    at = content.rfind(_END, max(0, len(content) - 65_557))
    if at < 0 or len(content) - at < 22:
        raise BcfNotZip()
    count, length = struct.unpack_from("<HL", content, at + 10)
    if content[max(0, at - 20) : at].startswith(_LOCATOR64):
        raise BcfTooLarge("A BCF file needs no zip64.")
    if count > limits.entries or length > limits.entries * _RECORD_BYTES:
        raise BcfTooMany(
            f"A BCF file holds at most {limits.entries:,} files.", limit=limits.entries
        )


def _members(opened: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    members = opened.infolist()
    if len(members) > limits.entries:
        raise BcfTooMany(
            f"A BCF file holds at most {limits.entries:,} files.", limit=limits.entries
        )
    found: dict[str, bytes] = {}
    total = 0
    for one in members:
        name = _checked_name(one.orig_filename)
        if name.endswith("/"):
            continue
        if name in found:
            raise BcfPath(f"The name {name[:200]!r} stands in the zip twice.", name=name[:200])
        if one.flag_bits & 1:
            raise BcfNotZip("The zip of this file is encrypted.")
        if one.file_size > limits.ratio * max(one.compress_size, 1) and one.file_size > 1 << 20:
            raise BcfBomb(name=name[:200], packed=one.compress_size, bytes=one.file_size)
        most = limits.bytes - total
        if is_xml(name):
            most = min(most, limits.xml_bytes)
        found[name] = _read(opened, one, most, limits)
        total += len(found[name])
    return found


def _checked_name(name: str) -> str:
    """raises: BcfPath: absolute, with a drive, a backslash, a control character or a way up."""
    bad = (
        name.startswith("/")
        or "\\" in name
        or _DRIVE.match(name)
        or any(part in ("..", ".") for part in name.split("/"))
        or any(ord(c) < 32 or ord(c) == 127 for c in name)
        or not name
        or len(name) > 1_000
    )
    if bad:
        raise BcfPath(f"The name {name[:200]!r} leads out of the zip.", name=name[:200])
    return name


def _read(opened: zipfile.ZipFile, one: zipfile.ZipInfo, most: int, limits: Limits) -> bytes:
    """A member's bytes, however many it claims. raises: BcfTooLarge, BcfBomb."""
    kept = bytearray()
    with opened.open(one) as stream:
        while piece := stream.read(_CHUNK):
            kept += piece
            if len(kept) > most:
                raise BcfTooLarge(
                    f"Unpacked, {one.filename[:200]!r} or the whole file is too large.",
                    name=one.filename[:200],
                )
            if len(kept) > max(1 << 20, limits.ratio * one.compress_size):
                raise BcfBomb(name=one.filename[:200], packed=one.compress_size)
    return bytes(kept)


def is_xml(name: str) -> bool:
    """Whether a name is one of those that hold XML for us to read."""
    return name.endswith((".bcf", ".bcfv", ".bcfp", ".version")) or name in (
        "extensions.xml", "documents.xml", "extensions.xsd",
    )  # fmt: skip
