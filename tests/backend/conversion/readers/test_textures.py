"""Pictures sampled at vertices."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from holotable.conversion.readers.textures import open_texture, sample_texture

TRIANGLE = np.array([[0, 1, 2]])


def encoded(picture: Image.Image, format_: str = "PNG") -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format_)
    return stream.getvalue()


def quarters() -> Image.Image:
    """Red above left, green above right, blue below left, white below right."""
    picture = Image.new("RGBA", (64, 64), "red")
    picture.paste("lime", (32, 0, 64, 32))
    picture.paste("blue", (0, 32, 32, 64))
    picture.paste("white", (32, 32, 64, 64))
    return picture


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "BMP", "TGA", "GIF"])
def test_pictures_are_opened_by_content(format_: str) -> None:
    texture = open_texture(encoded(Image.new("RGB", (8, 4), (10, 200, 30)), format_))
    assert texture is not None
    assert texture.shape == (4, 8, 4)
    assert np.abs(texture[0, 0].astype(int) - [10, 200, 30, 255]).max() <= 12


def test_large_pictures_are_reduced() -> None:
    texture = open_texture(encoded(Image.new("L", (3000, 1500), 77)))
    assert texture is not None
    assert texture.shape == (512, 1024, 4)
    assert (texture[..., 0] == 77).all()


def test_a_picture_that_unpacks_to_gigabytes_is_not_opened() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    bomb += chunk(b"IDAT", zlib.compress(b"\x00" * 1_000_000)) + chunk(b"IEND", b"")
    assert open_texture(bomb) is None


@pytest.mark.parametrize(
    "content", [b"", b"no picture", encoded(quarters())[:60], b"\xff\xd8\xff\xe0" + b"\x00" * 50]
)
def test_what_is_no_picture_is_none(content: bytes) -> None:
    assert open_texture(content) is None


def test_v_grows_upwards_or_downwards_as_the_format_has_it() -> None:
    texture = np.asarray(quarters(), np.uint8)
    uv = np.array([[0.1, 0.1], [0.4, 0.1], [0.1, 0.4]])
    up = sample_texture(texture, uv, TRIANGLE, v_up=True)
    down = sample_texture(texture, uv, TRIANGLE, v_up=False)
    assert up[:, :3].tolist() == [[0, 0, 255]] * 3
    assert down[:, :3].tolist() == [[255, 0, 0]] * 3


def test_pictures_repeat_beyond_their_edge() -> None:
    texture = np.asarray(quarters(), np.uint8)
    near = np.array([[0.1, 0.1], [0.4, 0.1], [0.1, 0.4]])
    far = sample_texture(texture, near + np.array([7, -3]), TRIANGLE, v_up=False)
    assert np.array_equal(far, sample_texture(texture, near, TRIANGLE, v_up=False))


def test_a_vertex_on_the_border_of_its_chart_takes_the_colour_inside() -> None:
    texture = np.asarray(quarters(), np.uint8)
    uv = np.array([[0.5, 0.1], [0.99, 0.1], [0.5, 0.4]])
    assert sample_texture(texture, uv, TRIANGLE, v_up=False)[:, 1].tolist() == [255] * 3


def test_coordinates_that_are_no_numbers_do_no_harm() -> None:
    texture = np.asarray(quarters(), np.uint8)
    uv = np.array([[np.nan, 0.1], [np.inf, 0.1], [0.5, -np.inf]])
    with np.errstate(invalid="ignore"):
        assert sample_texture(texture, uv, TRIANGLE, v_up=False).shape == (3, 4)
