"""MTL libraries as programs write them."""

import numpy as np
import pytest

from holotable.conversion.readers.materials import read_mtl


def test_colour_opacity_and_picture_are_read() -> None:
    library = read_mtl(b"newmtl deep blue\nKd 0 0.5 1 # sea\nd 0.25\nmap_Kd -clamp on a b.png\n")
    material = library["deep blue"]
    assert material.colour == 0x0080FF40
    assert material.picture == "a b.png"


@pytest.mark.parametrize(
    ("line", "opacity"),
    [("d 1", 1), ("d 0.5", 0.5), ("Tr 0.25", 0.75), ("Tr 1.0", 1), ("d 0", 1), ("d -halo 0.5", 0.5),
     ("d nan", 1), ("d", 1)],
)  # fmt: skip
def test_what_cannot_be_seen_cannot_be_meant(line: str, opacity: float) -> None:
    assert read_mtl(f"newmtl a\n{line}\n".encode())["a"].opacity == opacity


def test_one_number_is_grey_and_spectra_are_passed_over() -> None:
    assert read_mtl(b"newmtl a\nKd 0.5\n")["a"].diffuse == (0.5, 0.5, 0.5)
    assert read_mtl(b"newmtl a\nKd spectral file.rfl\n")["a"].diffuse == (0.8, 0.8, 0.8)


def test_a_black_tint_beside_a_picture_is_not_meant() -> None:
    dark = read_mtl(b"newmtl a\nKd 0 0 0\nmap_Kd a.png\n")["a"]
    assert np.array_equal(dark.tint, [1, 1, 1, 1])


@pytest.mark.parametrize(
    ("line", "name"),
    [("map_Kd a.png", "a.png"), ("map_Kd -o 0.1 0.2 0.3 -s 2 2 a.png", "a.png"),
     ("map_Kd -mm 0 1 -bm 1.5 a b.png", "a b.png"), ("map_Kd", ""), ("map_Kd -blendu on", "")],
)  # fmt: skip
def test_options_before_the_picture_are_skipped(line: str, name: str) -> None:
    assert read_mtl(f"newmtl a\n{line}\n".encode())["a"].picture == name


def test_the_diffuse_picture_wins_over_the_ambient_one() -> None:
    assert read_mtl(b"newmtl a\nmap_Kd d.png\nmap_Ka a.png\n")["a"].picture == "d.png"
    assert read_mtl(b"newmtl a\nmap_Ka a.png\nmap_Kd d.png\n")["a"].picture == "d.png"


def test_bytes_that_are_no_text_are_no_materials() -> None:
    assert read_mtl(b"\xff\x00\x80" * 100) == {}
