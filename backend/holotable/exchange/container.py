"""A zip in one form only: every byte of it is either content or follows from the content.

Any tool opens it. Read back, what is not exactly as this writer lays it out is refused: a name
twice, bytes between members, another date, a comment. So no bit of it can change unseen.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

STORED, DEFLATED = 0, 8
MAX_MEMBERS: Final = 1_000
MAX_BYTES: Final = (1 << 32) - (1 << 20)  # of the whole file: offsets have 32 bits
_CHUNK: Final = 1 << 20
_UTF8: Final = 0x0800
_VERSION: Final = 20
_MADE_BY: Final = 0x0300 | _VERSION  # Unix
_DATE: Final = (0, 0x0021)  # 1980-01-01 00:00, the least there is
_MODE: Final = 0o100644 << 16
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")


class Malformed(Exception):
    """The file is no zip as it is written here; the message says where."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the zip. packed: its bytes as they stand in the zip."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of the packed bytes


def packed(content: bytes) -> bytes:
    """The content as raw deflate (RFC 1951)."""
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    return press.compress(content) + press.flush()


def write(target: BinaryIO, members: Sequence[tuple[str, bytes, bytes | None]]) -> int:
    """Write the zip; returns its bytes.

    members: name, content, and the content deflated or None to store it as it is.
    raises: ValueError when it would be too large for 32 bits.
    """
    central = []
    at = 0
    for name, content, deflated in members:
        body = content if deflated is None else deflated
        method = STORED if deflated is None else DEFLATED
        member = Member(
            name, method, zlib.crc32(content), len(body), len(content), at + _head_bytes(name)
        )
        if member.offset + len(body) > MAX_BYTES:
            raise ValueError("too large for one zip")
        target.write(_local(member))
        target.write(body)
        central.append(_central(member, at))
        at = member.offset + len(body)
    directory = b"".join(central)
    target.write(directory + _end(len(central), len(directory), at))
    return at + len(directory) + _END.size


def read(source: BinaryIO, size: int) -> tuple[Member, ...]:
    """The members, in order; not a byte of the file is left that they do not explain.

    source: seekable. size: of the whole file. raises: Malformed.
    """
    if size > MAX_BYTES + (1 << 20):
        raise Malformed("it is too large for a packet")
    members = _directory(source, size)
    at = 0
    for member in members:
        head = _at(source, at, _head_bytes(member.name))
        if head != _local(member) or member.offset != at + len(head):
            raise Malformed(f"the header of {member.name} is not as it was written")
        at = member.offset + member.packed
    directory = b"".join(
        _central(member, member.offset - _head_bytes(member.name)) for member in members
    )
    rest = directory + _end(len(members), len(directory), at)
    if at + len(rest) != size or _at(source, at, len(rest)) != rest:
        raise Malformed("its table of contents is not as it was written")
    return members


def _directory(source: BinaryIO, size: int) -> tuple[Member, ...]:
    if size < _END.size:
        raise Malformed("it is too short for a zip")
    try:
        magic, _, _, _, count, length, start, comment = _END.unpack(
            _at(source, size - _END.size, _END.size)
        )
    except struct.error as problem:
        raise Malformed("it ends early") from problem
    if magic != b"PK\x05\x06" or comment:
        raise Malformed("it does not end as a zip ends")
    if count > MAX_MEMBERS or start + length + _END.size != size:
        raise Malformed("its table of contents is elsewhere than it says")
    table = _at(source, start, length)
    found: list[Member] = []
    at = 0
    for _ in range(count):
        if at + _CENTRAL.size > len(table):
            raise Malformed("its table of contents ends early")
        fields = _CENTRAL.unpack_from(table, at)
        if fields[0] != b"PK\x01\x02":
            raise Malformed("its table of contents is damaged")
        raw = table[at + _CENTRAL.size : at + _CENTRAL.size + fields[10]]
        try:
            name = raw.decode("ascii")
        except UnicodeDecodeError as problem:
            raise Malformed("a file in it has a name that no packet has") from problem
        offset = fields[16] + _head_bytes(name)
        found.append(Member(name, fields[4], fields[7], fields[8], fields[9], offset))
        at += _CENTRAL.size + fields[10] + fields[11] + fields[12]
        if fields[4] not in (STORED, DEFLATED) or offset + fields[8] > size:
            raise Malformed(f"{name} is packed in a way that is not known here")
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise Malformed("a file stands in it twice")
    return tuple(found)


def body(source: BinaryIO, member: Member) -> Iterator[bytes]:
    """The packed bytes of a member, in pieces."""
    source.seek(member.offset)
    left = member.packed
    while left:
        piece = source.read(min(left, _CHUNK))
        if not piece:
            raise Malformed(f"{member.name} ends early")
        left -= len(piece)
        yield piece


def content(source: BinaryIO, member: Member, most: int) -> Iterator[bytes]:
    """The content of a member, in pieces; never more than it says, nor than `most` bytes.

    raises: Malformed when it is damaged, or larger than it says.
    """
    if member.size > most:
        raise Malformed(f"{member.name} is larger than any file of a packet")
    if member.method == STORED:
        if member.size != member.packed:
            raise Malformed(f"{member.name} has two sizes")
        yield from _counted(body(source, member), member)
        return
    yield from _counted(_inflated(source, member), member)


def _inflated(source: BinaryIO, member: Member) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    try:
        for piece in body(source, member):
            left = piece
            while left:
                yield inflate.decompress(left, _CHUNK)
                left = inflate.unconsumed_tail
        while not inflate.eof and (more := inflate.decompress(b"", _CHUNK)):
            yield more
    except zlib.error as problem:
        raise Malformed(f"{member.name} is damaged") from problem
    if not inflate.eof or inflate.unused_data:
        raise Malformed(f"{member.name} is damaged")


def _counted(pieces: Iterator[bytes], member: Member) -> Iterator[bytes]:
    count = crc = 0
    for piece in pieces:
        count += len(piece)
        crc = zlib.crc32(piece, crc)
        if count > member.size:
            raise Malformed(f"{member.name} is larger than it says")
        yield piece
    if count != member.size or crc != member.crc:
        raise Malformed(f"{member.name} is damaged")


def read_all(source: BinaryIO, member: Member, most: int) -> bytes:
    """The whole content of a member that is small by nature."""
    return b"".join(content(source, member, most))


def names(members: Sequence[Member]) -> Mapping[str, Member]:
    """The members by their names."""
    return {one.name: one for one in members}


def _head_bytes(name: str) -> int:
    return _LOCAL.size + len(name.encode("ascii"))


def _local(one: Member) -> bytes:
    name = one.name.encode("ascii")
    return (
        _LOCAL.pack(
            b"PK\x03\x04", _VERSION, _UTF8, one.method, *_DATE, one.crc, one.packed, one.size,
            len(name), 0,
        )
        + name
    )  # fmt: skip


def _central(one: Member, start: int) -> bytes:
    name = one.name.encode("ascii")
    return (
        _CENTRAL.pack(
            b"PK\x01\x02", _MADE_BY, _VERSION, _UTF8, one.method, *_DATE, one.crc, one.packed,
            one.size, len(name), 0, 0, 0, 0, _MODE, start,
        )
        + name
    )  # fmt: skip


def _end(count: int, length: int, start: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, length, start, 0)


def _at(source: BinaryIO, start: int, count: int) -> bytes:
    source.seek(start)
    return source.read(count)
