"""Files that a file names: found inside the upload's folder or not at all.

Nothing is fetched. A reference with a scheme, an absolute path or a step upwards is refused, and
so is one that a link would lead out of the folder.
"""

import base64
import binascii
import re
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
        or ".." in parts
        or _SCHEME.match(text)
        or _DRIVE.match(text)
    ):
        raise ExternalReference(
            f"The file refers to {shown(reference)!r}, which lies outside the upload.",
            name=shown(reference),
        )
    folder = source.parent
    found: Path | None = folder
    for part in parts:
        found = found and _entry(found, part)
    if found is None or not found.is_file():
        return None
    if not found.resolve().is_relative_to(folder.resolve()):
        raise ExternalReference(
            f"The file refers to {shown(reference)!r}, a link out of the upload.",
            name=shown(reference),
        )
    return found


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
        if found is None:
            assembly.warn("external_reference", f"{name} lies outside the upload; {lost}.")
            return None
    if found is None:
        assembly.warn("missing_file", f"{name} was not uploaded; {lost}.", file=name)
        return None
    if found.stat().st_size > MAX_SIDE_FILE_BYTES:
        assembly.warn("file_ignored", f"{name} is too large; {lost}.")
        return None
    return found.read_bytes()


def _is_plain(name: str) -> bool:
    return bool(name) and name not in (".", "..") and "/" not in name and ":" not in name
