"""A whole project as one zip: manifest, rows, blobs. Written as a stream, read with suspicion.

    project.json           the manifest; first, so that a reader may refuse early
    rows.ndjson            one row of a table a line
    blobs/<sha256>         files by their content

No database here: rows are lines of text. docs/formats/project-archive.md has every field.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final, cast

from holotable.errors import (
    ArchiveProblem,
    DamagedFile,
    ProjectArchiveDamaged,
    ProjectArchiveEntries,
    ProjectArchiveUnreadable,
    ProjectArchiveVersion,
)

FORMAT: Final = "holotable-project/1"
MANIFEST: Final = "project.json"
ROWS: Final = "rows.ndjson"
BLOBS: Final = "blobs/"
MAX_MANIFEST_BYTES: Final = 64 << 20
MAX_ROW_BYTES: Final = 64 << 20  # one line; minutes and viewpoints are the longest
MAX_RATIO: Final = 200  # of rows, packed: text of our own makes 10
PIECE: Final = 1 << 20
_BLOB: Final = re.compile(r"blobs/[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold."""

    bytes: int  # unpacked
    entries: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    blobs: sha256 → bytes. missing: blobs that rows name and that the store had lost.
    counts: rows of each table. people: whom rows name, by id: kind, name and login.
    """

    software: str
    made_at: str
    server: str
    schema: str
    project_id: str
    project_name: str
    people: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, int]
    rows_sha256: str
    rows_bytes: int
    blobs: Mapping[str, int]
    missing: tuple[str, ...]

    def document(self) -> bytes:
        """As it stands in the archive."""
        said = {"format": FORMAT, **asdict(self)}
        return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False).encode()


class Writer:
    """Writes an archive to nowhere: what is ready is taken in pieces. Memory stays small."""

    def __init__(self) -> None:
        self._sink = _Sink()
        # The sink has the three methods that zipfile asks of a file it cannot seek in.
        self._zip = zipfile.ZipFile(cast(BinaryIO, self._sink), "w", allowZip64=True)
        self._entry: Any = None  # zipfile's writer, which has no public type

    def begin(self, name: str, *, packed: bool) -> None:
        """The next file; the one before is complete."""
        self._end()
        entry = zipfile.ZipInfo(name)  # one date for all: the same project is the same bytes
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._entry = self._zip.open(entry, "w", force_zip64=True)

    def write(self, data: bytes) -> bytes:
        """Add to the file; returns what is ready to be sent."""
        self._entry.write(data)
        return self._sink.take()

    def finish(self) -> bytes:
        """The rest."""
        self._end()
        self._zip.close()
        return self._sink.take()

    def _end(self) -> None:
        if self._entry is not None:
            self._entry.close()
            self._entry = None


class _Sink:
    """A file that is only written to, and hands over what was."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def write(self, data: bytes) -> int:
        """Append."""
        self._pending += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._pending = bytes(self._pending), bytearray()
        return taken


class Reader:
    """An archive that somebody brought; use it as a context."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._zip = archive
        entries = _checked(archive.infolist(), limits)
        self._entries = entries
        self.manifest = self._read_manifest()
        listed = {f"{BLOBS}{sha256}": size for sha256, size in self.manifest.blobs.items()}
        there = {name: one.file_size for name, one in entries.items() if name.startswith(BLOBS)}
        if listed != there:
            raise ProjectArchiveEntries("The files are not those that the manifest lists.")
        if entries[ROWS].file_size != self.manifest.rows_bytes:
            raise ProjectArchiveEntries("The rows are not as long as the manifest says.")

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def rows(self) -> Iterator[str]:
        """Every line of the rows. raises: ProjectArchiveDamaged at the end when they are others."""
        digest = hashlib.sha256()
        rest = b""
        for piece in self._pieces(ROWS):
            digest.update(piece)
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > MAX_ROW_BYTES:
                raise ProjectArchiveDamaged("A row is longer than any of ours.")
            yield from (_text(line) for line in lines if line)
        if rest:
            yield _text(rest)
        if digest.hexdigest() != self.manifest.rows_sha256:
            raise ProjectArchiveDamaged("The rows are not those that were written.")

    def blob(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a blob. raises: ProjectArchiveDamaged when they are others."""
        digest = hashlib.sha256()
        for piece in self._pieces(f"{BLOBS}{sha256}"):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != sha256:
            raise ProjectArchiveDamaged(f"The file {sha256[:12]}… is not what its name says.")

    def _pieces(self, name: str) -> Iterator[bytes]:
        """No more than the directory announced, whatever the packed bytes hold."""
        left = self._entries[name].file_size
        try:
            with self._zip.open(self._entries[name]) as stream:
                while piece := stream.read(min(PIECE, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise ProjectArchiveDamaged(f"{name} is longer than it says.")
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as wrong:
            raise ProjectArchiveDamaged(f"{name} cannot be unpacked.") from wrong

    def _read_manifest(self) -> Manifest:
        if self._entries[MANIFEST].file_size > MAX_MANIFEST_BYTES:
            raise ProjectArchiveEntries("The manifest is longer than any of ours.")
        try:
            said = json.loads(b"".join(self._pieces(MANIFEST)))
        except (ValueError, RecursionError) as wrong:
            raise ProjectArchiveUnreadable("The manifest is no JSON.") from wrong
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            found = said.get("format") if isinstance(said, dict) else None
            raise ProjectArchiveVersion(
                f"This archive is {str(found)[:60]!r}; this server reads {FORMAT!r}.", known=FORMAT
            )
        return _manifest(said)


def open_archive(archive: zipfile.ZipFile, limits: Limits) -> Reader:
    """An archive whose directory was opened with care. raises: ProjectArchiveProblem's kinds."""
    try:
        return Reader(archive, limits)
    except BaseException:
        archive.close()
        raise


def refused(problem: ArchiveProblem | DamagedFile) -> ProjectArchiveUnreadable:
    """What the careful opening of a zip said, as it is said of project archives."""
    return ProjectArchiveUnreadable(problem.detail)


def _checked(found: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The entries by name: ours alone, each once, no larger than allowed."""
    if len(found) > limits.entries:
        raise ProjectArchiveEntries(f"The archive has more than {limits.entries:,} files.")
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in found:
        name = entry.filename
        if name not in (MANIFEST, ROWS) and not _BLOB.fullmatch(name):
            raise ProjectArchiveEntries(f"{name[:80]!r} has no place in a project archive.")
        if name in entries:
            raise ProjectArchiveEntries(f"{name!r} is in the archive twice.")
        if entry.flag_bits & 0x1:
            raise ProjectArchiveEntries("The archive is encrypted.")
        if entry.file_size > MAX_RATIO * max(entry.compress_size, 1_000):
            raise ProjectArchiveEntries(f"{name!r} unpacks to far more than it is.")
        entries[name] = entry
    if not {MANIFEST, ROWS} <= entries.keys():
        raise ProjectArchiveUnreadable("This is no project archive: it has no manifest or no rows.")
    if sum(entry.file_size for entry in found) > limits.bytes:
        raise ProjectArchiveEntries(f"The archive holds more than {limits.bytes / 1e9:,.0f} GB.")
    return entries


def _manifest(said: Mapping[str, Any]) -> Manifest:
    texts: dict[str, Any] = {
        name: said.get(name)
        for name in (
            "software", "made_at", "server", "schema", "project_id", "project_name", "rows_sha256",
        )
    }  # fmt: skip
    blobs, missing, counts = said.get("blobs"), said.get("missing"), said.get("counts")
    whole = (
        all(isinstance(text, str) for text in texts.values())
        and _whole_numbers(blobs)
        and _whole_numbers(counts)
        and _people(said.get("people"))
        and isinstance(said.get("rows_bytes"), int)
        and isinstance(missing, list)
        and all(isinstance(one, str) and _SHA256.fullmatch(one) for one in missing)
    )
    if not whole:
        raise ProjectArchiveUnreadable("The manifest lacks something or says it wrongly.")
    assert isinstance(missing, list)
    return Manifest(
        **texts,  # checked above
        people=said["people"],
        counts=counts,  # type: ignore[arg-type]  # as above
        blobs=blobs,  # type: ignore[arg-type]  # as above
        rows_bytes=said["rows_bytes"],
        missing=tuple(missing),
    )


def _whole_numbers(said: object) -> bool:
    return isinstance(said, dict) and all(
        isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in said.values()
    )


def _people(said: object) -> bool:
    """Each with an id, a kind, a name that fits, and a login or none."""
    if not isinstance(said, dict):
        return False
    for key, one in said.items():
        login = one.get("login") if isinstance(one, dict) else 0
        if not (
            _UUID.fullmatch(key)
            and isinstance(one, dict)
            and one.get("kind") in ("user", "guest", "service")
            and isinstance(one.get("name"), str)
            and 0 < len(one["name"]) <= 200
            and "\0" not in one["name"]
            and (login is None or (isinstance(login, str) and re.fullmatch(r"\S{1,200}", login)))
        ):
            return False
    return True


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as wrong:
        raise ProjectArchiveDamaged("A row is no UTF-8.") from wrong
