"""Pictures of strangers: read, made smaller, or refused quietly."""

import io

import pytest
from PIL import Image
from result_builders import picture

from holotable.exchange import pictures
from holotable.exchange.pictures import as_jpeg, as_png, size_of
from holotable.exchange.topics import Picture


def test_size_and_formats() -> None:
    assert size_of(picture("WEBP", (40, 20))) == (40, 20)
    png = as_png(picture("WEBP"))
    assert png is not None
    assert png.startswith(b"\x89PNG")
    assert as_png(picture("PNG")) == picture("PNG").content
    small = as_jpeg(picture("PNG", (400, 200)), 100)
    assert small is not None
    assert size_of(Picture(small, "image/jpeg")) == (100, 50)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n junk"], ids=repr)
def test_what_is_no_picture_is_none(content: bytes) -> None:
    broken = Picture(content, "image/webp")
    assert (size_of(broken), as_png(broken), as_jpeg(broken, 10)) == (None, None, None)


def test_another_format_is_not_even_tried_and_too_many_pixels_are_not_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = io.BytesIO()
    Image.new("RGB", (4, 4)).save(target, "TIFF")
    assert as_png(Picture(target.getvalue(), "image/webp")) is None
    monkeypatch.setattr(pictures, "MAX_PIXELS", 10)
    assert as_jpeg(picture("PNG", (4, 4)), 10) is None
