"""The files of USD layers and packages, looked at before usd-core maps or parses them."""

import mmap
import os
import re
import struct
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.archive import ArchiveLimits, entry_chunks, open_guarded, shown
from holotable.conversion.readers.references import MAX_SIDE_FILE_BYTES
from holotable.conversion.readers.usd_library import Sdf, Tf
from holotable.errors import ArchiveProblem, ConversionProblem, DamagedFile, TooComplex, TooLarge

Layer: TypeAlias = Any  # Sdf.Layer: the library has no types

_MAX_BRACKETS: Final = 2000  # the text parser's stack ends between 10,000 and 40,000 dictionaries
_BLOCK: Final = 16 * 1024**2
EXTENSIONS: Final = (".usd", ".usda", ".usdc")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
ZIP: Final = b"PK\x03\x04"
_CRATE_HEAD: Final = struct.Struct("<8s8sq")  # "PXR-USDC", version, offset of the table of contents
_FOLDERS: Final = re.compile(r"/(?:[^/\s@<>]+/)+")


def named_layers(path: Path) -> set[Path]:
    """The files that a layer is composed with, present or not; empty when it cannot be read."""
    if head_of(path).startswith(ZIP):
        return set()
    try:
        layer = open_layer(os.path.abspath(path))  # noqa: PTH100  # no links followed
    except ConversionProblem:
        return set()  # its reader will say why
    return {
        Path(os.path.normpath(path.parent / named.partition("[")[0]))
        for named in layer.GetCompositionAssetDependencies()
        if named and not is_outside(named)
    }


def unpack(path: Path, into: Path, limits: ArchiveLimits) -> Path:
    """Unpack a USDZ package, which may hold stored entries only; returns its root layer."""
    into.mkdir()
    with open_guarded(path, limits) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if any(entry.compress_type for entry in entries):
            raise ArchiveProblem(
                "The USDZ package is compressed, which its standard forbids. Name it .zip, or"
                " export it again."
            )
        total = sum(entry.file_size for entry in entries)
        if total > path.stat().st_size:
            raise DamagedFile("Entries of the USDZ package overlap.")
        if not entries or not entries[0].filename.lower().endswith(EXTENSIONS):
            raise DamagedFile("The first entry of the USDZ package is no USD file.")
        for entry in entries:
            target = into.joinpath(*entry.filename.replace("\\", "/").split("/"))
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as sink:
                    for chunk in entry_chunks(archive, entry):
                        sink.write(chunk)
            except (FileExistsError, NotADirectoryError, IsADirectoryError) as cause:
                raise ArchiveProblem(
                    f"{shown(entry.filename)} meets another entry of the package."
                ) from cause
    return into.joinpath(*entries[0].filename.replace("\\", "/").split("/"))


def open_layer(identifier: str) -> Layer:
    """A layer by the path of its file; nothing it refers to is opened. raises: DamagedFile."""
    path = Path(identifier)
    _check_content(path)
    try:
        layer = Sdf.Layer.FindOrOpen(identifier)
    except Tf.ErrorException as cause:
        raise DamagedFile(f"{shown(path.name)} is damaged: {words_of(cause)}") from cause
    if layer is None:
        raise DamagedFile(f"{shown(path.name)} cannot be read.")
    return layer


def _check_content(path: Path) -> None:
    """Cheap checks of one layer's file before the library maps or parses it."""
    name, size = shown(path.name), path.stat().st_size
    head = head_of(path)
    if head.startswith(b"PXR-USDC"):
        if len(head) < _CRATE_HEAD.size:
            raise DamagedFile(f"{name} ends in its header.")
        _, version, offset = _CRATE_HEAD.unpack_from(head)
        if version[0] != 0 or not _CRATE_HEAD.size <= offset <= size - 8:
            raise DamagedFile(f"{name} ends before its table of contents.")
        return
    if not head.startswith(b"#usda "):
        raise DamagedFile(f"{name} is no USD layer.")
    if size > 4 * MAX_SIDE_FILE_BYTES:
        raise TooLarge(f"{name} is text of more than 1 GiB; export it as binary USD.", bytes=size)
    depth = 0
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        for start in range(0, size, _BLOCK):
            block = np.frombuffer(text[start : start + _BLOCK], np.uint8)
            steps = _BRACKET[block].cumsum(dtype=np.int64) + depth
            if steps.max() > _MAX_BRACKETS:
                raise TooComplex(f"{name} nests more than {_MAX_BRACKETS:,} brackets.")
            depth = int(steps[-1])


def _bracket_steps() -> np.ndarray[Any, np.dtype[np.int8]]:
    table = np.zeros(256, np.int8)
    table[list(b"([{")] = 1
    table[list(b")]}")] = -1
    return table


_BRACKET: Final = _bracket_steps()


def head_of(path: Path) -> bytes:
    """The first bytes of a file, which say what it is."""
    with path.open("rb") as stream:
        return stream.read(32)


def is_outside(named: str) -> bool:
    """Whether an asset path is absolute, an address or no path at all."""
    text = named.replace("\\", "/")
    return not text or text.startswith("/") or "\x00" in text or bool(_SCHEME.match(text))


def words_of(problem: object) -> str:
    """What the library says, without its own source lines and our folders."""
    said = str(problem).partition(" : '")[2] or str(problem)
    return shown(_FOLDERS.sub("", " ".join(said.split())).rstrip("' "))
