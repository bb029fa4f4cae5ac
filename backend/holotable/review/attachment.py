"""What a file beside an issue is, by its first bytes alone: picture, recording, or just a file.

Only pictures and recordings are ever shown by a browser; anything else is something to download.
What a name or a sender says of the content is not believed.
"""

import struct
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from holotable.errors import UnsafeAttachment

Kind: TypeAlias = Literal["picture", "recording", "file"]

HEAD_BYTES: Final = 64 * 1024  # enough for the size of a JPEG behind its metadata
MAX_PIXELS: Final = 80_000_000  # 40 MP cameras twice over; a browser decodes four bytes each
PLAIN: Final = "application/octet-stream"
# Programs and what a desktop starts as one, by how they begin.
_PROGRAMS: Final = (
    b"MZ",  # PE, DOS
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # fat Mach-O, Java class
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcut
    b"!<arch>\ndebian",
)
_PROGRAM_NAMES: Final = (
    ".exe", ".dll", ".bat", ".cmd", ".com", ".scr", ".msi", ".ps1", ".vbs", ".js", ".jar", ".hta",
    ".lnk", ".reg", ".sh", ".app", ".apk", ".deb", ".rpm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Media:
    """What a browser may be told that a file is."""

    kind: Kind
    media_type: str


def recognise(head: bytes, name: str) -> Media:
    """What a file is. head: its first HEAD_BYTES.

    raises: UnsafeAttachment for programs and for pictures of more than MAX_PIXELS.
    """
    if head.startswith(_PROGRAMS) or name.lower().rstrip(". ").endswith(_PROGRAM_NAMES):
        raise UnsafeAttachment("Programs cannot be attached.", pointer="/file", name=name)
    picture = picture_size(head)
    if picture is not None:
        media_type, width, height = picture
        if width * height > MAX_PIXELS:
            raise UnsafeAttachment(
                f"A picture of {width} by {height} is more than a browser should open.",
                pointer="/file",
                max_pixels=MAX_PIXELS,
            )
        return Media("picture", media_type)
    recording = _recording(head)
    return Media("file", PLAIN) if recording is None else Media("recording", recording)


def picture_size(head: bytes) -> tuple[str, int, int] | None:
    """(media type, width, height) of a PNG, JPEG, GIF or WebP; None when it is none of them."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and len(head) >= 24:
        return "image/png", *struct.unpack_from(">II", head, 16)
    if head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
        return "image/gif", *struct.unpack_from("<HH", head, 6)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        size = _webp(head)
        return None if size is None else ("image/webp", *size)
    if head.startswith(b"\xff\xd8\xff"):
        size = _jpeg(head)
        return None if size is None else ("image/jpeg", *size)
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    """RFC 9649 §2.5 to §2.7."""
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        return _u24(head, 24) + 1, _u24(head, 27) + 1
    if kind == b"VP8L" and len(head) >= 25:
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(head) >= 30:
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _u24(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 3], "little")


def _jpeg(head: bytes) -> tuple[int, int] | None:
    """The size in the first start of frame (ITU T.81 §B.2.2), behind whatever metadata."""
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return None


def _recording(head: bytes) -> str | None:
    """The type of a sound or film; what a microphone in a browser writes among them."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"V_VP" in head[:4096] or b"V_AV1" in head[:4096] else "audio/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:12] in (b"M4A ", b"M4B ") else "video/mp4"
    if head.startswith(b"ID3") or (
        len(head) > 1 and head[0] == 0xFF and head[1] in (0xFB, 0xF3, 0xF2)
    ):
        return "audio/mpeg"
    return None
