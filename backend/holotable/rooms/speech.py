"""Pieces of a voice on tape: what one is, where it belongs, and how much is kept. Pure.

A speaker's own page records their microphone in pieces of some seconds, each a whole file, and
says of each how long ago it began. So clocks need not agree, a lost piece costs only itself, and
one that was kept offline lands where it was said.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

from holotable.errors import NotAVoice, VoiceOutside

MediaType: TypeAlias = Literal["audio/webm", "audio/ogg", "audio/mp4"]

MAX_PIECE_BYTES: Final = 768 << 10  # ten seconds of Opus are about 40 kB
MAX_PIECE_MS: Final = 120_000  # a page in the background may be late
MAX_VOICE_BYTES: Final = 256 << 20  # of one person: twelve hours at 48 kbit/s
LATE: Final = timedelta(minutes=10)  # after the end what was kept offline may still come
SLACK_MS: Final = 2_000  # the news of an end takes its time

MAGIC: Final = b"HTVOICE1"
HEAD_BYTES: Final = len(MAGIC) + 32  # recording, piece
SUFFIX: Final[dict[str, str]] = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a"}


def media_type_of(content: bytes) -> MediaType:
    """What a piece is, by its first bytes: those of Chromium, Firefox and Safari."""
    if content.startswith(b"\x1a\x45\xdf\xa3"):  # EBML, RFC 8794 §8.1
        return "audio/webm"
    if content.startswith(b"OggS"):  # RFC 3533 §6
        return "audio/ogg"
    if content[4:8] == b"ftyp":  # ISO/IEC 14496-12 §4.3
        return "audio/mp4"
    raise NotAVoice()


def from_ms(
    started_at: datetime,
    ended_at: datetime | None,
    now: datetime,
    *,
    age_ms: int,
    duration_ms: int,
) -> int:
    """When a piece began, in milliseconds since the press.

    age_ms: how long before `now` that was. raises: VoiceOutside, for nothing from before the press
    and after the end is kept (REC12).
    """
    if ended_at is not None and now - ended_at > LATE:
        raise VoiceOutside()
    began = _ms(now - started_at) - age_ms
    if began < 0:
        if began < -SLACK_MS:
            raise VoiceOutside()
        began = 0  # it was recorded after the news of the press: the network was slow
    if ended_at is not None and began + duration_ms > _ms(ended_at - started_at) + SLACK_MS:
        raise VoiceOutside()
    return began


def packed(recording_id: UUID, piece_id: UUID, content: bytes) -> bytes:
    """A piece as it is stored: under names of its own, so that no two blobs are the same."""
    return MAGIC + recording_id.bytes + piece_id.bytes + content


def unpacked(blob: bytes) -> bytes:
    """The sound of a stored piece. raises: ValueError when it is none."""
    if not blob.startswith(MAGIC):
        raise ValueError("not a piece of a voice")
    return blob[HEAD_BYTES:]


def _ms(span: timedelta) -> int:
    return round(span / timedelta(milliseconds=1))
