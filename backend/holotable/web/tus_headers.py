"""Headers of tus 1.0.0, read strictly: every one that lies or is no such thing is refused."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from holotable.errors import TusHeaderWrong, TusMediaTypeWrong, TusVersionUnknown
from holotable.tus import ALGORITHMS, Checksum

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,termination,checksum,expiration"
MEDIA_TYPE: Final = "application/offset+octet-stream"
MAX_METADATA: Final = 64 * 1024  # characters
_NUMBER: Final = re.compile(r"\d{1,18}", re.ASCII)
_KEY: Final = re.compile(r"[!-+\--~]+", re.ASCII)  # no space, no comma
_SIZES: Final = {"sha1": 20, "sha256": 32, "md5": 16}


def require_version(headers: Mapping[str, str]) -> None:
    """Tus-Resumable (Core). raises: TusVersionUnknown."""
    if headers.get("tus-resumable") != VERSION:
        raise TusVersionUnknown(version=VERSION)


def require_media_type(headers: Mapping[str, str]) -> None:
    """Content-Type of PATCH (Core). raises: TusMediaTypeWrong."""
    if headers.get("content-type", "").split(";")[0].strip().lower() != MEDIA_TYPE:
        raise TusMediaTypeWrong()


def number(headers: Mapping[str, str], name: str) -> int:
    """A header that is a whole number, not negative. raises: TusHeaderWrong."""
    text = headers.get(name.lower(), "")
    if not _NUMBER.fullmatch(text):
        raise TusHeaderWrong(f"{name} is a whole number of bytes.", header=name)
    return int(text)


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """Upload-Metadata (Creation): keys with Base64 values. raises: TusHeaderWrong."""
    text = headers.get("upload-metadata", "")
    found: dict[str, str] = {}
    if len(text) > MAX_METADATA:
        raise _wrong_metadata("It is too long.")
    for pair in text.split(",") if text.strip() else ():
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise _wrong_metadata("Keys are not empty and stand once.")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError) as wrong:
            raise _wrong_metadata(f"The value of {key} is no Base64 of UTF-8.") from wrong
        if "\0" in found[key]:
            raise _wrong_metadata(f"The value of {key} has a NUL in it.")
    return found


def _wrong_metadata(why: str) -> TusHeaderWrong:
    return TusHeaderWrong(f"Upload-Metadata cannot be read. {why}", header="Upload-Metadata")


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Upload-Checksum (Checksum); None without. raises: TusHeaderWrong."""
    text = headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.strip().partition(" ")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm not in ALGORITHMS or len(digest) != _SIZES[algorithm]:
        raise TusHeaderWrong(
            f"Upload-Checksum is one of {', '.join(ALGORITHMS)}, a space and Base64.",
            header="Upload-Checksum",
        )
    return Checksum(algorithm, digest)


def http_date(moment: datetime) -> str:
    """A time as Upload-Expires writes it (RFC 9110 §5.6.7)."""
    return format_datetime(moment, usegmt=True)
