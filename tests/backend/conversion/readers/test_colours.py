"""Colours while reading, and the palette they end in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotable.conversion.readers.colours import (
    OWN_COLOUR,
    as_hex,
    make_palette,
    pack,
    pack_bytes,
    pack_hex,
    pack_rows,
    to_linear,
    to_srgb,
)


def test_components_are_packed_and_written_as_hexadecimal() -> None:
    assert as_hex(pack(1, 0.5, 0, 0.25)) == "#ff800040"
    assert as_hex(pack(2, -1, float("nan"))) == "#ff0000ff"
    assert as_hex(int(pack_bytes([[1, 2, 3]])[0])) == "#010203ff"
    assert pack_rows([[0, 0, 1, 0]]).tolist() == [0x0000FF00]


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#FF0000", 0xFF0000FF), ("#01020304", 0x01020304), ("red", None), ("#12345", None)],
)  # fmt: skip
def test_written_colours_are_read(text: str, colour: int | None) -> None:
    assert pack_hex(text) == colour


def test_srgb_and_linear_light_are_inverse() -> None:
    codes = np.linspace(0, 1, 256)
    assert np.allclose(to_srgb(to_linear(codes)), codes)
    assert to_linear(0.5) == pytest.approx(0.21404, abs=1e-5)


def test_a_palette_begins_with_the_occurrences_own_colour() -> None:
    red, blue = pack(1, 0, 0), pack(0, 0, 1)
    palette, materials, approximated = make_palette(
        [np.array([red, OWN_COLOUR, red]), np.array([blue])], [False, False]
    )
    assert palette == ("#b8bec6ff", "#0000ffff", "#ff0000ff")
    assert [part.tolist() for part in materials] == [[2, 0, 2], [1]]
    assert materials[0].dtype == np.uint16
    assert not approximated


def test_no_parts_make_a_palette_of_one() -> None:
    assert make_palette([], [])[0] == ("#b8bec6ff",)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_a_full_palette_keeps_materials_exact_and_samples_near(seed: int) -> None:
    random = np.random.default_rng(seed)
    exact = pack_bytes(random.integers(0, 256, (30, 4)))
    scanned = random.integers(0, 256, (3000, 3))
    limit = 512
    palette, (of_material, of_scan), approximated = make_palette(
        [exact, pack_bytes(scanned)], [False, True], limit
    )
    assert approximated
    assert len(palette) <= limit
    assert [palette[i] for i in of_material.tolist()] == [as_hex(c) for c in exact.tolist()]
    shown = np.array([[int(palette[i][c : c + 2], 16) for c in (1, 3, 5)] for i in of_scan])
    assert np.abs(shown - scanned).max() <= 64
