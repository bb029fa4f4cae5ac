"""Pictures kept for surfaces and sampled at vertices."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from holotable.conversion.readers.textures import (
    alpha_mode,
    as_png,
    holds_normals,
    open_picture,
    open_texture,
    sample_texture,
    stacked,
)

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


def test_what_browsers_show_passes_through_and_the_rest_becomes_png() -> None:
    for format_ in ("PNG", "JPEG", "WEBP"):
        content = encoded(Image.new("RGB", (8, 4), (10, 200, 30)), format_)
        picture = open_picture(content, "moss")
        assert picture is not None
        assert picture.image.content is content
        assert picture.image.media_type == f"image/{format_.lower()}"
        assert (picture.width, picture.height, picture.shrunk) == (8, 4, False)
    for format_ in ("BMP", "TGA", "GIF"):
        picture = open_picture(encoded(Image.new("RGB", (8, 4), (10, 200, 30)), format_))
        assert picture is not None
        assert picture.image.media_type == "image/png"
        again = open_texture(picture.image.content)
        assert again is not None
        assert np.abs(again[0, 0].astype(int) - [10, 200, 30, 255]).max() <= 12


@pytest.mark.parametrize(("format_", "kept"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "png")])
def test_a_picture_no_device_shows_is_made_smaller(format_: str, kept: str) -> None:
    picture = open_picture(encoded(Image.new("RGB", (5000, 100), (9, 99, 199)), format_))
    assert picture is not None
    assert picture.shrunk
    assert picture.image.media_type == f"image/{kept}"
    with Image.open(io.BytesIO(picture.image.content)) as found:
        assert found.size == (4096, 82)


def test_only_the_header_of_a_picture_is_read() -> None:
    content = encoded(Image.new("RGB", (2000, 2000), (1, 2, 3)))
    assert open_picture(content[:100]) is not None
    assert open_picture(b"no picture") is None


def test_alpha_is_for_holes_for_glass_or_for_nothing() -> None:
    texels = np.full((10, 10, 4), 255, np.uint8)
    assert alpha_mode(texels) == "OPAQUE"
    texels[:5, :, 3] = 0
    assert alpha_mode(texels) == "MASK"
    texels[..., 3] = 128
    assert alpha_mode(texels) == "BLEND"


def test_a_map_of_normals_is_told_from_heights() -> None:
    random = np.random.default_rng(2)
    normals = random.normal(size=(16, 16, 3)) * [0.3, 0.3, 0] + [0, 0, 1]
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    blue = np.full((16, 16, 4), 255, np.uint8)
    blue[..., :3] = np.rint((normals + 1) / 2 * 255)
    assert holds_normals(blue)
    assert not holds_normals(np.full((4, 4, 4), 200, np.uint8))


def test_channels_of_different_sizes_are_stacked() -> None:
    small, large = np.full((2, 2), 10, np.uint8), np.full((4, 8), 200, np.uint8)
    texels = open_texture(stacked([small, large, large]))
    assert texels is not None
    assert texels.shape == (4, 8, 4)
    assert texels[0, 0].tolist() == [10, 200, 200, 255]


def test_any_picture_becomes_png_for_plain_gltf() -> None:
    picture = open_picture(encoded(Image.new("RGBA", (4, 4), (1, 2, 3, 128)), "WEBP"), "leaf")
    assert picture is not None
    found = as_png(picture.image)
    assert (found.media_type, found.name) == ("image/png", "leaf")
    assert found.content.startswith(b"\x89PNG")
