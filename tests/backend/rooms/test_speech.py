from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from holotable.errors import NotAVoice, VoiceOutside
from holotable.rooms.speech import from_ms, media_type_of, packed, unpacked

PRESS = datetime(2026, 1, 5, 12, tzinfo=UTC)
END = PRESS + timedelta(seconds=60)
ONE, TWO = UUID(int=1), UUID(int=2)


def began(now_s: float, age_ms: int, duration_ms: int = 1_000, *, ended: bool = False) -> int:
    now = PRESS + timedelta(seconds=now_s)
    return from_ms(PRESS, END if ended else None, now, age_ms=age_ms, duration_ms=duration_ms)


def test_a_piece_lies_where_it_was_said_however_late_it_comes() -> None:
    assert began(12.5, 2_500) == 10_000
    assert began(300.0, 290_000) == 10_000
    assert began(600.0, 590_000, ended=True) == 10_000


def test_rec12_nothing_from_before_the_press_or_after_the_end() -> None:
    assert began(5.0, 5_100) == 0  # a slow network
    with pytest.raises(VoiceOutside):
        began(5.0, 8_000)
    assert began(62.0, 2_500, 2_000, ended=True) == 59_500  # the news of the end on its way
    with pytest.raises(VoiceOutside):
        began(66.0, 2_000, 4_000, ended=True)
    with pytest.raises(VoiceOutside):  # more than ten minutes after the end
        began(661.0, 651_000, ended=True)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x1a\x45\xdf\xa3rest", "audio/webm"),
        (b"OggS\0rest", "audio/ogg"),
        (b"\0\0\0\x1cftypiso5", "audio/mp4"),
    ],
)
def test_a_piece_is_what_its_first_bytes_say(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("content", [b"", b"RIFF\0\0\0\0WAVE", b"<html>", b"\x89PNG"])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(NotAVoice):
        media_type_of(content)


def test_the_same_sound_twice_is_two_blobs() -> None:
    assert packed(ONE, ONE, b"sound") != packed(ONE, TWO, b"sound")
    assert unpacked(packed(ONE, TWO, b"sound")) == b"sound"
    with pytest.raises(ValueError, match="not a piece"):
        unpacked(b"sound")
