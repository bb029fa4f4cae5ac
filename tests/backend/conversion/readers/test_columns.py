"""Columns of points told apart by their names or their numbers."""

import numpy as np
import pytest

from holotable.conversion.readers.columns import find_layout, split_line

RANDOM = np.random.default_rng(3)
COUNT = 60
PLACES = RANDOM.uniform(-50, 50, (COUNT, 3)).round(3)
BYTES = RANDOM.integers(0, 256, (COUNT, 3))
TURNS = RANDOM.normal(size=(COUNT, 3))
NORMALS = (TURNS / np.linalg.norm(TURNS, axis=1, keepdims=True)).round(5)
STRENGTH = RANDOM.integers(-2048, 2048, (COUNT, 1))
OPAQUE = np.full((COUNT, 1), 255)


def lines(*columns: np.ndarray, between: str = " ", head: str = "") -> bytes:
    rows = np.concatenate([column.astype(object) for column in columns], axis=1)
    return (head + "".join(between.join(map(str, row)) + "\n" for row in rows)).encode()


def fields(text: bytes) -> str:
    layout = find_layout(text)
    assert layout is not None
    order = sorted(layout.fields, key=lambda name: layout.fields[name])
    return " ".join(f"{name}{layout.fields[name]}" for name in order)


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ((PLACES,), "x0 y1 z2"),
        ((PLACES, STRENGTH), "x0 y1 z2 i3"),
        ((PLACES, BYTES), "x0 y1 z2 r3 g4 b5"),
        ((PLACES, STRENGTH, BYTES), "x0 y1 z2 i3 r4 g5 b6"),
        ((PLACES, np.abs(STRENGTH) % 256, BYTES), "x0 y1 z2 i3 r4 g5 b6"),
        ((PLACES, BYTES.astype(float), OPAQUE.astype(float)), "x0 y1 z2 r3 g4 b5 a6"),
        ((PLACES, NORMALS), "x0 y1 z2 nx3 ny4 nz5"),
        ((PLACES, BYTES, NORMALS), "x0 y1 z2 r3 g4 b5 nx6 ny7 nz8"),
        ((PLACES, NORMALS, BYTES), "x0 y1 z2 nx3 ny4 nz5 r6 g7 b8"),
        ((PLACES, STRENGTH, BYTES, NORMALS), "x0 y1 z2 i3 r4 g5 b6 nx7 ny8 nz9"),
        ((PLACES, BYTES, STRENGTH), "x0 y1 z2 r3 g4 b5 i6"),
        ((PLACES, BYTES / 256), "x0 y1 z2 r3 g4 b5"),
    ],
)
def test_the_numbers_tell_what_they_are(columns: tuple[np.ndarray, ...], due: str) -> None:
    assert fields(lines(*columns)) == due


def test_colours_from_0_to_1_are_fractions() -> None:
    assert find_layout(lines(PLACES, BYTES / 256)).fractions  # type: ignore[union-attr]  # found
    assert not find_layout(lines(PLACES, BYTES)).fractions  # type: ignore[union-attr]  # found


@pytest.mark.parametrize(
    "head", ["//X Y Z R G B Intensity\n", "x y z red green blue Scalar_Intensity\n",
             "# X[m] Y[m] Z[m] r g b intensity(raw)\n", '"x" "y" "z" "r" "g" "b" "i"\n'],
)  # fmt: skip
def test_names_go_before_numbers(head: str) -> None:
    text = lines(PLACES, BYTES, np.abs(STRENGTH) % 256, head=head)
    assert fields(text) == "x0 y1 z2 r3 g4 b5 i6"


def test_names_may_change_the_order() -> None:
    text = lines(STRENGTH, PLACES, between=",", head="Classification,Northing,Easting,Height\n")
    assert fields(text) == "c0 y1 x2 z3"


def test_unknown_columns_are_named() -> None:
    head = "x;y;z;gps_time;intensity\n"
    layout = find_layout(lines(PLACES, TURNS[:, :1] * 1e5, STRENGTH, between=";", head=head))
    assert layout is not None
    assert layout.fields == {"x": 0, "y": 1, "z": 2, "i": 4}
    assert layout.ignored == ("4",)


@pytest.mark.parametrize("between", [" ", "\t", ",", ", ", ";", "  \t "])
def test_anything_may_stand_between_the_numbers(between: str) -> None:
    assert fields(lines(PLACES, BYTES, between=between)) == "x0 y1 z2 r3 g4 b5"


@pytest.mark.parametrize("between", [";", " ", "\t"])
def test_a_decimal_comma_is_no_separator(between: str) -> None:
    rows = "".join(between.join(f"{n:.3f}".replace(".", ",") for n in row) + "\n" for row in PLACES)
    layout = find_layout(rows.encode())
    assert layout is not None
    assert (layout.decimal_comma, layout.columns) == (True, 3)


def test_a_first_line_may_state_the_count() -> None:
    layout = find_layout(lines(PLACES, head="60\n"))
    assert layout is not None
    assert (layout.stated, layout.skip_bytes) == (60, 3)


@pytest.mark.parametrize(
    "text", [b"", b"\n\n", b"hello world\n" * 9, b"1 2\n" * 9, b"ncols 4\n1\n2\n", b"a,b,c\n" * 50,
             b"1 2 3\nthis is\nnot a cloud\nbut a letter\n"],
)  # fmt: skip
def test_other_texts_are_no_points(text: bytes) -> None:
    assert find_layout(text) is None


def test_a_line_is_split_as_the_file_is() -> None:
    assert split_line(b" 1,5 ; 2,5\t;3", b";", True) == [b"1.5", b"2.5", b"3"]
