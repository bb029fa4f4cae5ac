import pytest

from holotable.conversion.readers.pmi_text import (
    DatumReference,
    Number,
    Size,
    datum,
    dimension,
    note,
    tolerance,
)


def n(value: float, decimals: int | None = None) -> Number:
    return Number(value, decimals)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (n(35.0), "35"), (n(0.5000000000002), "0.5"), (n(0.5, 3), "0.500"),
        (n(0.5625, 2), "0.5625"),
        (n(-0.2), "−0.2"), (n(-0.0), "0"), (n(-1e-9), "0"),
        (n(0.0, 2), "0.00"), (n(100.0, 0), "100"),
    ],
)  # fmt: skip
def test_numbers_keep_the_places_asked_for_and_lose_none(number: Number, text: str) -> None:
    assert str(number) == text


@pytest.mark.parametrize(
    ("kind", "size", "marks", "modifiers", "text"),
    [
        ("diameter", Size(n(35.0), lower=n(-0.2), upper=n(0.2)), (), (), "⌀35 ±0.2"),
        ("diameter", Size(n(20.0), lower=n(-0.1), upper=n(0.05)), (), (), "⌀20 +0.05/−0.1"),
        ("diameter", Size(n(35.0), lower=n(-0.2), upper=n(0.0)), (), (), "⌀35 0/−0.2"),
        ("radius", Size(n(5.0), lower=n(0.1), upper=n(0.3)), (), (), "R5 +0.3/+0.1"),
        ("radius", Size(n(5.0)), (), ("controlled radius",), "CR5"),
        ("linear distance", Size(None, n(34.8), n(35.2)), (), (), "34.8 – 35.2"),
        ("diameter", Size(n(8.0), fit="H7"), (), (), "⌀8 H7"),
        ("angle", Size(n(60.0), lower=n(-0.5), upper=n(0.5), angle=True), (), (), "60° ±0.5°"),
        ("linear distance", Size(n(20.0)), ("theoretical",), (), "[20]"),
        ("spherical radius", Size(n(0.5, 3)), ("auxiliary",), (), "(SR0.500)"),
        ("radius", Size(n(3.0)), ("maximum",), (), "R3 MAX"),
        ("linear distance", Size(n(10.0)), (), ("square",), "□10"),
        ("diameter", Size(n(10.0)), (), ("free state condition",), "⌀10 Ⓕ"),
        ("diameter", Size(n(10.0)), (), ("some new word",), "⌀10 SOME NEW WORD"),
        ("diameter", Size(), (), (), "diameter (value not given)"),
    ],
)
def test_a_dimension_reads_as_on_a_drawing(
    kind: str, size: Size, marks: tuple[str, ...], modifiers: tuple[str, ...], text: str
) -> None:
    assert dimension(kind, size, marks, modifiers) == text


def test_a_feature_control_frame_reads_as_on_a_drawing() -> None:
    mmc = "maximum material requirement"
    frame = [DatumReference(("A",)), DatumReference(("B",), (mmc,)), DatumReference(("C", "D"))]

    assert tolerance("position", n(0.75), "diameter", [mmc], (), frame) == (
        "⌖ ⌀0.75 Ⓜ | A | B Ⓜ | C-D"
    )
    assert tolerance("flatness", n(0.2)) == "⏥ 0.2"
    assert tolerance("surface profile", n(0.5), "", ["all around"], (), frame[:1]) == "⌮ ⌓ 0.5 | A"
    assert tolerance("perpendicularity", n(0.1), "diameter", [], ["Ⓟ", "25"]) == "⟂ ⌀0.1 Ⓟ 25"
    assert tolerance("surface profile", n(0.1), "", ["all over"]) == "⌓ 0.1 ALL OVER"
    assert tolerance("position", None) == "⌖"


def test_datums_and_targets_are_their_letters() -> None:
    assert datum("A") == "A"
    assert datum("K", 1, "⌀85") == "K1 ⌀85"


def test_a_note_is_one_line_with_its_symbols() -> None:
    assert note("2X #{diameter}10\n  #{counterbore} #{unheard-of}") == "2X ⌀10 ⌴ unheard-of"
