"""Numbers with units: what is one, and what only looks like one."""

import math

import pytest

from holotable.review.quantity import Amount, ending_unit, read_amount, unit_of


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("0.24 m", 0.24, "length"),
        ("5kg", 5.0, "mass"),
        ("288 m²", 288.0, "area"),
        ("1.5l", 0.0015, "volume"),
        ("90°", math.pi / 2, "angle"),
        ("10\"", 0.254, "length"),
        ("16 bar", 1.6e6, "pressure"),
        ("1 MPa", 1e6, "pressure"),
        ("2.4 g/cm3", 2400.0, "density"),
        ("20 °C", 293.15, "temperature"),
        ("-3", -3.0, None),
        ("\N{MINUS SIGN}3 mm", -0.003, "length"),
        ("1e3", 1000.0, None),
        (7, 7.0, None),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_si(text: object, value: float, dimension: str | None) -> None:
    found = read_amount(text)
    assert found is not None
    assert (found.value, found.dimension) == (pytest.approx(value), dimension)


@pytest.mark.parametrize("text", ["10 x 20 mm", "F90", "", "M8", True, None, [1], "5 foo", "1e999"])
def test_what_is_no_amount_is_none(text: object) -> None:
    assert read_amount(text) is None


def test_a_plain_number_takes_the_unit_of_its_name() -> None:
    assert ending_unit("density_kg_m3") == "kg/m³"
    assert ending_unit("name") == ""
    assert read_amount(2, "kg") == Amount(2.0, "mass", 2.0, "kg")


def test_units_are_found_in_any_case_and_spelling() -> None:
    assert unit_of("M2") == unit_of("m²") == unit_of("m^2") == ("area", 1.0)
    assert unit_of("parsec") is None


def test_amounts_are_equal_whatever_their_unit() -> None:
    inch, millimetres = read_amount("1 in"), read_amount("25.4 mm")
    assert inch is not None
    assert millimetres is not None
    assert inch.equals(millimetres)
    assert not inch.equals(Amount(0.0254))
