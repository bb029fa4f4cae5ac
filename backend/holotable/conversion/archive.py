"""Unpack an uploaded zip without trusting a byte of it, and find the model inside.

Entries are checked before the first byte is written: paths, links, encryption, names that would
meet on a file system that ignores case, counts, sizes and the compression ratio.
"""

import importlib
import mmap
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from holotable.conversion.sniff import sniff
from holotable.conversion.zip_directory import open_zip
from holotable.errors import (
    ArchiveProblem,
    ConversionProblem,
    DamagedFile,
    TooLarge,
    UnsupportedFormat,
)

_MAX_RATIO: Final = 200  # text CAD reaches 20, an ASCII STL 60; deflate itself ends at 1,032
_RATIO_FROM_BYTES: Final = 64 * 1024**2  # below this no ratio does harm
_MAX_DEPTH: Final = 16
_MAX_NAME_BYTES: Final = 255
_CHUNK_BYTES: Final = 1024 * 1024
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and zlib raise on a broken entry; OSError is a seek to before the file's beginning.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_IGNORED: Final = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")
_ARCHIVES: Final = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b")
_STEP: Final = ("step", "ifc")
_SIDE_FILES: Final = (".mtl", ".bin", ".txt", ".md", ".csv", ".xml", ".json", ".pdf", ".html")


class ArchiveLimits(Protocol):
    """The two limits an archive is held to; ConvertOptions has both."""

    @property
    def max_unpacked_bytes(self) -> int:
        """Sum of all unpacked files."""
        ...

    @property
    def max_archive_entries(self) -> int:
        """Number of entries, folders included."""
        ...


def unpack(zip_path: Path, into: Path, limits: ArchiveLimits) -> Path:
    """Unpack a zip into the folder `into` and return its main file.

    After a refusal nothing of the archive is left in `into`.
    raises: ArchiveProblem, TooLarge, DamagedFile; UnsupportedFormat when the only model inside is
        of a format that is not read.
    """
    into.mkdir(parents=True, exist_ok=True)
    before = set(into.iterdir())
    try:
        with open_guarded(zip_path, limits) as archive:
            files = [_write(archive, entry, into) for entry in _wanted(archive)]
        return _main_file(files, into)
    except BaseException:
        for leftover in set(into.iterdir()) - before:
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        raise


def open_guarded(zip_path: Path, limits: ArchiveLimits) -> zipfile.ZipFile:
    """Open a zip after checking every entry; used for 3MF as well, which is read in place."""
    archive = open_zip(zip_path, limits.max_archive_entries)
    try:
        _check(archive.infolist(), zip_path.stat().st_size, limits)
    except ConversionProblem:
        archive.close()
        raise
    return archive


def read_entry(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    """The whole content of one entry of at most `max_bytes`."""
    entry = archive.getinfo(name)
    if entry.file_size > max_bytes:
        raise TooLarge(f"{shown(name)} in the archive is too large.", bytes=entry.file_size)
    return b"".join(entry_chunks(archive, entry))


def entry_chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Generator[bytes, None, None]:
    """The content of one entry, piece by piece; never more than its directory record states.

    To be closed by who stops early: the entry holds the file open.
    raises: DamagedFile for whatever zipfile and zlib make of a broken entry.
    """
    left = entry.file_size
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise DamagedFile(f"{shown(entry.filename)} is longer than the archive says.")
                yield chunk
    except _BROKEN as cause:
        raise DamagedFile(f"{shown(entry.filename)} in the archive is damaged.") from cause


def shown(name: str) -> str:
    """A name from a file, short and without control characters, for a message."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in name[:200])
    return printable if len(name) <= 80 else printable[:79] + "…"


def _check(entries: Sequence[zipfile.ZipInfo], archive_bytes: int, limits: ArchiveLimits) -> None:
    """Refuse an archive that any entry makes unsafe."""
    total = sum(entry.file_size for entry in entries)
    if total > limits.max_unpacked_bytes:
        raise TooLarge(
            f"The archive unpacks to {total:,} bytes; at most {limits.max_unpacked_bytes:,} are"
            " accepted.",
            bytes=total,
            limit=limits.max_unpacked_bytes,
        )
    if total > _RATIO_FROM_BYTES and total > _MAX_RATIO * archive_bytes:
        raise ArchiveProblem(
            f"The archive unpacks to {total // max(archive_bytes, 1):,} times its size, which no"
            " model does.",
            bytes=total,
        )
    seen: dict[str, str] = {}
    for entry in entries:
        _check_name(entry)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind == stat.S_IFLNK:
            raise ArchiveProblem(f"{shown(entry.filename)} in the archive is a link.")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ArchiveProblem(f"{shown(entry.filename)} in the archive is no ordinary file.")
        if entry.flag_bits & 0x1:
            raise ArchiveProblem("The archive is encrypted; make one without a password.")
        if entry.compress_type not in _METHODS:
            raise ArchiveProblem(
                f"{shown(entry.filename)} is packed by a method other than deflate."
            )
        key = unicodedata.normalize("NFC", entry.filename.rstrip("/")).casefold()
        if key in seen and not (entry.is_dir() and seen[key] == entry.filename):
            raise ArchiveProblem(
                f"{shown(entry.filename)} is in the archive twice, or differs only by case."
            )
        seen[key] = entry.filename


def _check_name(entry: zipfile.ZipInfo) -> None:
    """Refuse a name that could leave the folder or that no file system takes."""
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        raise ArchiveProblem(f"{shown(name)} in the archive is an absolute path.")
    if ".." in parts:
        raise ArchiveProblem(f"{shown(name)} in the archive leaves its folder.")
    if not name.strip("/ .") or any(ord(letter) < 32 for letter in name):
        raise ArchiveProblem("An entry of the archive has no usable name.")
    if len(parts) > _MAX_DEPTH:
        raise ArchiveProblem(f"The archive nests folders more than {_MAX_DEPTH} deep.")
    if any(len(part.encode("utf-8", "surrogateescape")) > _MAX_NAME_BYTES for part in parts):
        raise ArchiveProblem(f"{shown(name)} in the archive is too long a name.")


def _wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files, without what desktop programs leave beside them."""
    return [
        entry
        for entry in archive.infolist()
        if not entry.is_dir()
        and not any(part.lower() in _IGNORED for part in PurePosixPath(entry.filename).parts)
    ]


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path) -> Path:
    """Unpack one checked entry; never more bytes than its directory record states."""
    target = into.joinpath(*entry.filename.replace("\\", "/").split("/"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sink = target.open("xb")
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as cause:
        raise ArchiveProblem(
            f"{shown(entry.filename)} meets another entry of the archive."
        ) from cause
    with sink, closing(entry_chunks(archive, entry)) as chunks:
        for chunk in chunks:
            sink.write(chunk)
    return target


def _main_file(files: Sequence[Path], into: Path) -> Path:
    """The one model nobody else in the archive refers to."""
    models: dict[Path, str] = {}
    refused: list[UnsupportedFormat] = []
    for file in files:
        with file.open("rb") as stream:
            packed = stream.read(6).startswith(_ARCHIVES)
        if packed and file.suffix.lower() not in (".3mf", ".usdz"):
            refused.append(UnsupportedFormat("There is another archive inside; unpack it first."))
            continue
        if file.suffix.lower() in _SIDE_FILES:
            continue
        try:
            kind = sniff(file, file.name)
        except UnsupportedFormat as problem:
            refused.append(problem)
        except ConversionProblem:
            continue  # an empty or damaged neighbour; the main file is judged by its reader
        else:
            models[file] = kind
    names = {file: file.relative_to(into).as_posix() for file in models}
    if len(models) > 1:
        named = {other for file in models for other in _named_by(file, models)}
        # Files in a circle are all named: whichever is read, its reader says so.
        main = {file: kind for file, kind in models.items() if file not in named}
        models = main or dict(sorted(models.items())[:1])
        models = _nearest_scene(models, into)
    if len(models) == 1:
        return next(iter(models))
    if models:
        listed = sorted(names[file] for file in models)
        raise ArchiveProblem(
            "The archive holds several models and none of them refers to the others: "
            + ", ".join(shown(name) for name in listed[:10])
            + (f" and {len(listed) - 10} more" if len(listed) > 10 else "")
            + ". Upload one archive for each.",
            candidates=listed[:100],
        )
    known = [problem for problem in refused if "format" in problem.facts]
    if known or len(refused) == 1:
        raise (known or refused)[0]
    raise ArchiveProblem("The archive holds no file of a format that Holotable reads.")


def _nearest_scene(models: dict[Path, str], into: Path) -> dict[Path, str]:
    """The one USD scene nearest to the top, if there is nothing else; layers may go unused."""
    if set(models.values()) != {"usd"}:
        return models
    depths = {file: len(file.relative_to(into).parts) for file in models}
    nearest = [file for file in models if depths[file] == min(depths.values())]
    return {nearest[0]: "usd"} if len(nearest) == 1 else models


def _named_by(file: Path, models: dict[Path, str]) -> set[Path]:
    """The other models whose file name stands in a STEP file, and the layers of a USD scene."""
    if models[file] == "usd":
        # Late: the library behind it takes 0.4 s to import.
        named = importlib.import_module("holotable.conversion.readers.usd_layers").named_layers
        return {other for other in named(file) if other in models and other != file}
    if models[file] not in _STEP:
        return set()
    links = importlib.import_module("holotable.conversion.readers.step_links")  # it imports this
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        called = {links.last_name(name).casefold() for name in links.named_files(text)}
        return {
            other
            for other in models
            if other != file
            and (other.name.casefold() in called or text.find(b"'%s'" % other.name.encode()) >= 0)
        }
