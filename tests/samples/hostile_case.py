"""What a hostile case is, and the ways of writing one."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from holotable.errors import ConversionProblem

MEBIBYTE = 1024 * 1024

Write: TypeAlias = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file to write, and how reading it must end; None: it loads with a warning."""

    name: str
    write: Write
    problem: type[ConversionProblem] | None


def text(content: str | bytes) -> Write:
    """A file of this content."""
    return lambda path: path.write_bytes(
        content if isinstance(content, bytes) else content.encode()
    )


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> Write:
    """A zip of these entries."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries:
                archive.writestr(name, content)

    return write


def zip_bomb(name: str) -> Write:
    """200 MiB of one byte in 200 kB."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open(name, "w") as stream:
                for _ in range(200):
                    stream.write(b"0" * MEBIBYTE)
            if name.endswith(".model"):
                archive.writestr("[Content_Types].xml", "<Types/>")

    return write


def cut(write: Write, share: float = 0.5) -> Write:
    """The first part of another file."""

    def write_cut(path: Path) -> None:
        write(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return write_cut
