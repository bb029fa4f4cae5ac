"""Open a zip's directory without letting the file decide how much memory that takes.

`zipfile` parses every directory record before it answers, whatever the end record counts; so the
end record is read first, by hand, its size bounded and the records counted (APPNOTE.TXT 6.3.10
§4.3.12 to §4.3.16).
"""

import os
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

from holotable.errors import ArchiveProblem, DamagedFile

_RECORD: Final = b"PK\x01\x02"
_LEAST_RECORD_BYTES: Final = 46  # without name, extra field and comment
_END: Final = b"PK\x05\x06"
_END64: Final = b"PK\x06\x06"
_LOCATOR64: Final = b"PK\x06\x07"
_END_BYTES: Final = 22
_LOCATOR_BYTES: Final = 20
_RECORD64_BYTES: Final = 56  # without the extensible data that nobody writes
_COMMENT_BYTES: Final = 0xFFFF
_RECORD_BYTES: Final = 1024  # allowed on average for a name and its extra fields; usually 100


def open_zip(path: Path, max_entries: int) -> zipfile.ZipFile:
    """Open a zip whose directory holds at most `max_entries` records.

    raises: DamagedFile when there is no readable directory, ArchiveProblem when it is too long.
    """
    with path.open("rb") as stream:
        count, directory_bytes, end = _end_record(stream)
        if count > max_entries or directory_bytes > max_entries * _RECORD_BYTES:
            raise ArchiveProblem(
                f"The archive lists {count:,} entries; at most {max_entries:,} are accepted.",
                entries=count,
                limit=max_entries,
            )
        stream.seek(max(0, end - directory_bytes))
        if _records(stream.read(directory_bytes), max_entries) > max_entries:
            raise ArchiveProblem(
                f"The archive holds more than {max_entries:,} entries.", limit=max_entries
            )
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, UnicodeDecodeError, struct.error, ValueError) as cause:
        raise DamagedFile("The zip directory of the file is damaged.") from cause
    except NotImplementedError as cause:
        raise ArchiveProblem("The archive needs a newer zip version than can be read.") from cause
    return archive


def _records(directory: bytes, most: int) -> int:
    """How many records the directory really holds, counted to one more than `most`."""
    found = at = 0
    while found <= most and directory[at : at + 4] == _RECORD:
        if at + _LEAST_RECORD_BYTES > len(directory):
            break  # `zipfile` says so
        at += _LEAST_RECORD_BYTES + sum(struct.unpack_from("<HHH", directory, at + 28))
        found += 1
    return found


def _end_record(stream: BinaryIO) -> tuple[int, int, int]:
    """Entries and bytes of the directory as the end record says, and the offset of its end."""
    size = stream.seek(0, os.SEEK_END)
    tail_bytes = min(size, _END_BYTES + _COMMENT_BYTES + _LOCATOR_BYTES)
    stream.seek(size - tail_bytes)
    tail = stream.read(tail_bytes)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise DamagedFile("The zip file ends before its directory.")
    count, directory_bytes = struct.unpack_from("<HL", tail, at + 10)
    end = size - tail_bytes + at
    locator = at - _LOCATOR_BYTES
    if locator >= 0 and tail[locator : locator + 4] == _LOCATOR64:
        (offset,) = struct.unpack_from("<Q", tail, locator + 8)
        if offset > size:
            raise DamagedFile("The zip directory lies outside the file.")
        stream.seek(offset)
        record = stream.read(_RECORD64_BYTES)
        if len(record) < _RECORD64_BYTES or record[:4] != _END64:
            raise DamagedFile("The zip64 directory of the file is damaged.")
        count, directory_bytes = struct.unpack_from("<QQ", record, 32)
        # `zipfile` of many Pythons reads the record before the locator, wherever that points.
        end = size - tail_bytes + locator - _RECORD64_BYTES
        stream.seek(max(0, end))
        if stream.read(_RECORD64_BYTES) != record:
            raise DamagedFile("The zip64 directory of the file is not where it should be.")
    if directory_bytes > size:
        raise DamagedFile("The zip directory claims more bytes than the file has.")
    return count, directory_bytes, end
