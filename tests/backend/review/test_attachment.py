"""What a file is, by its bytes alone."""

import io
import struct

import pytest
from PIL import Image

from holotable.errors import UnsafeAttachment
from holotable.review.attachment import HEAD_BYTES, MAX_PIXELS, PLAIN, picture_size, recognise


def picture(kind: str, width: int = 7, height: int = 5, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", progressive=True), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (picture("WEBP", lossless=True), "image/webp"),
    ],
)
def test_a_picture_is_known_with_its_size_whatever_wrote_it(
    content: bytes, media_type: str
) -> None:
    assert picture_size(content) == (media_type, 7, 5)
    found = recognise(content[:HEAD_BYTES], "x.bin")
    assert (found.kind, found.media_type) == ("picture", media_type)


def test_an_extended_webp_says_its_canvas() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (300, 200)).save(content, "WEBP", exif=b"Exif\0\0")
    assert picture_size(content.getvalue()) == ("image/webp", 300, 200)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x1aE\xdf\xa3....A_OPUS", "audio/webm"),
        (b"\x1aE\xdf\xa3....V_VP8", "video/webm"),
        (b"OggS", "audio/ogg"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"fLaC", "audio/flac"),
    ],
)
def test_a_recording_is_known(head: bytes, media_type: str) -> None:
    assert (recognise(head, "x").kind, recognise(head, "x").media_type) == ("recording", media_type)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"<svg/>",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"\xff\xd8\xff\xe0\0\x02zz",
    ],
)
def test_what_is_cut_off_or_none_of_them_is_a_file_to_save(head: bytes) -> None:
    assert recognise(head, "x.png").media_type == PLAIN


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"MZ", "a.png"), (b"#!/bin/sh", "a"), (b"\xca\xfe\xba\xbe", "a"), (b"x", "A.EXE"),
     (b"x", "a.bat. "), (b"x", "a.js")],
)  # fmt: skip
def test_programs_are_refused_by_content_or_name(head: bytes, name: str) -> None:
    with pytest.raises(UnsafeAttachment):
        recognise(head, name)


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", side, side)
    with pytest.raises(UnsafeAttachment, match="more than a browser"):
        recognise(head, "a.png")
