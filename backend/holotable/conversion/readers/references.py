"""Files that a file names: found inside the upload or not at all.

Nothing is fetched. A reference with a scheme or an absolute path is refused, and so is one that
steps, or that a link would lead, out of the upload: out of the archive, or else of the folder.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote_to_bytes

from holotable.conversion.archive import shown
from holotable.conversion.readers.assembly import Assembly
from holotable.errors import DamagedFile, ExternalReference, TooLarge

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_MAX_REFERENCE: Final = 1024
_MAX_SCANNED: Final = 10_000  # entries of a folder compared without regard to case
MAX_SIDE_FILE_BYTES: Final = 256 * 1024**2
_UPLOAD: ContextVar[Path | None] = ContextVar("upload", default=None)


@contextmanager
def within(upload: Path | None) -> Iterator[None]:
    """What is read meanwhile may name files anywhere in this folder; None: in its own only."""
    token = _UPLOAD.set(upload)
    try:
        yield
    finally:
        _UPLOAD.reset(token)


def sibling(source: Path, reference: str, *, is_uri: bool = False) -> Path | None:
    """The file that `source` calls `reference`, or None when it was not uploaded.

    is_uri: percent escapes are decoded first (glTF, COLLADA).
    raises: ExternalReference when the reference points outside the upload.
    """
    text = _unescaped(reference) if is_uri else reference
    text = text.strip().replace("\\", "/")
    parts = PurePosixPath(text).parts
    if (
        not text
        or len(text) > _MAX_REFERENCE
        or "\x00" in text
        or text.startswith("/")
        or _SCHEME.match(text)
        or _DRIVE.match(text)
    ):
        raise ExternalReference(
            f"The file refers to {shown(reference)!r}, which lies outside the upload.",
            name=shown(reference),
        )
    upload = _upload_of(source)
    found: Path | None = source.parent
    depth = len(source.parent.relative_to(upload).parts)
    for part in parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            raise ExternalReference(
                f"The file refers to {shown(reference)!r}, which lies outside the upload.",
                name=shown(reference),
            )
        found = found and (found.parent if part == ".." else _entry(found, part))
    if found is None or not found.is_file():
        return None
    if not found.resolve().is_relative_to(upload.resolve()):
        raise ExternalReference(
            f"The file refers to {shown(reference)!r}, a link out of the upload.",
            name=shown(reference),
        )
    return found


def _upload_of(source: Path) -> Path:
    """The folder that references may not leave."""
    upload = _UPLOAD.get()
    return upload if upload is not None and source.is_relative_to(upload) else source.parent


def last_name(reference: str) -> str:
    """The file name at the end of a reference, which may be an absolute path of another machine."""
    return shown(PurePosixPath(reference.replace("\\", "/")).name or reference)


def read_data_uri(reference: str, max_bytes: int) -> bytes | None:
    """The content of a data: reference (RFC 2397), or None when it is none."""
    if not reference.startswith("data:"):
        return None
    head, comma, body = reference.partition(",")
    if not comma:
        raise DamagedFile("A data: reference has no content.")
    if len(body) > max_bytes // 3 * 4 + 4:
        raise TooLarge("An embedded file is too large.", bytes=len(body))
    if not head.endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise DamagedFile("An embedded file is not valid base64.") from cause


def _unescaped(reference: str) -> str:
    return unquote_to_bytes(reference).decode("utf-8", "surrogateescape")


def _entry(folder: Path, name: str) -> Path | None:
    """The entry called `name`, else one that differs by case only: files come from Windows."""
    if len(name.encode("utf-8", "surrogateescape")) > 255:
        return None
    exact = folder / name
    if exact.exists():
        return exact
    if not folder.is_dir():
        return None
    wanted = name.casefold()
    for count, entry in enumerate(folder.iterdir()):
        if count >= _MAX_SCANNED:
            return None
        if entry.name.casefold() == wanted:
            return entry
    return None


def read_beside(
    assembly: Assembly, source: Path, reference: str, lost: str, *, is_uri: bool = False
) -> bytes | None:
    """The content of a file that only adds colour, or None and a warning that names it.

    lost: what is missing without it, for the warning.
    """
    name = last_name(reference)
    try:
        found = sibling(source, reference, is_uri=is_uri)
    except ExternalReference:
        # A path of the machine that wrote the file; what lies beside it under that name is meant.
        found = sibling(source, name, is_uri=is_uri) if _is_plain(name) else None
        found = found or elsewhere(source, name, is_uri=is_uri)
        if found is None:
            assembly.warn("external_reference", f"{name} lies outside the upload; {lost}.")
            return None
    found = found or elsewhere(source, name, is_uri=is_uri)
    if found is None:
        assembly.warn("missing_file", f"{name} was not uploaded; {lost}.", file=name)
        return None
    if found.stat().st_size > MAX_SIDE_FILE_BYTES:
        assembly.warn("file_ignored", f"{name} is too large; {lost}.")
        return None
    return found.read_bytes()


def elsewhere(source: Path, name: str, *, is_uri: bool = False) -> Path | None:
    """The only file of this name in an unpacked archive: archives are sorted into folders."""
    upload = _UPLOAD.get()
    if upload is None or not source.is_relative_to(upload):
        return None
    wanted = (_unescaped(name) if is_uri else name).casefold()
    found: list[Path] = []
    for count, entry in enumerate(upload.rglob("*")):
        if count >= _MAX_SCANNED or len(found) > 1:
            return None
        if entry.name.casefold() == wanted and entry.is_file() and not entry.is_symlink():
            found.append(entry)
    return found[0] if len(found) == 1 else None


def _is_plain(name: str) -> bool:
    return bool(name) and name not in (".", "..") and "/" not in name and ":" not in name
