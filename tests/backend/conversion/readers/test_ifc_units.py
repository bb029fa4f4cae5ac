import math
from typing import Any

import pytest
from ifc_files import IfcFile

from holotable.conversion.readers.ifc_units import Unit, read_unit, read_units, with_unit


def si(ifc: IfcFile, name: str, prefix: str | None = None, kind: str = "LENGTHUNIT") -> Any:
    return ifc.file.create_entity("IfcSIUnit", UnitType=kind, Prefix=prefix, Name=name)


def converted(ifc: IfcFile, name: str, factor: float, base: Any, kind: str = "LENGTHUNIT") -> Any:
    return ifc.file.create_entity(
        "IfcConversionBasedUnit", UnitType=kind, Name=name,
        Dimensions=ifc.file.create_entity("IfcDimensionalExponents", 1, 0, 0, 0, 0, 0, 0),
        ConversionFactor=ifc.file.create_entity(
            "IfcMeasureWithUnit", UnitComponent=base,
            ValueComponent=ifc.file.create_entity("IfcRatioMeasure", factor),
        ),
    )  # fmt: skip


def derived(ifc: IfcFile, kind: str, *powers: tuple[Any, int]) -> Any:
    elements = [ifc.file.create_entity("IfcDerivedUnitElement", unit, n) for unit, n in powers]
    return ifc.file.create_entity("IfcDerivedUnit", Elements=elements, UnitType=kind)


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("METRE", None, Unit("m", 1.0)),
        ("METRE", "MILLI", Unit("mm", 1e-3)),
        ("SQUARE_METRE", "MILLI", Unit("mm²", 1e-6)),
        ("CUBIC_METRE", "CENTI", Unit("cm³", 1e-6)),
        ("GRAM", "KILO", Unit("kg", 1.0)),
        ("DEGREE_CELSIUS", None, Unit("°C", 1.0)),
    ],
)
def test_si_units_have_their_symbol_and_size(name: str, prefix: str | None, expected: Unit) -> None:
    unit = read_unit(si(IfcFile(), name, prefix))

    assert unit is not None
    assert (unit.text, unit.si) == (expected.text, pytest.approx(expected.si))


@pytest.mark.parametrize(
    ("name", "factor", "base", "text", "size"),
    [
        ("FOOT", 304.8, "MILLI", "ft", 0.3048),
        ("INCH", 0.0254, None, "in", 0.0254),
        ("cubit", 0.4572, None, "cubit", 0.4572),
    ],
)
def test_other_units_are_measured_in_si_units(
    name: str, factor: float, base: str | None, text: str, size: float
) -> None:
    ifc = IfcFile()

    unit = read_unit(converted(ifc, name, factor, si(ifc, "METRE", base)))

    assert unit is not None
    assert (unit.text, unit.si) == (text, pytest.approx(size))


def test_derived_units_are_products_of_powers() -> None:
    ifc = IfcFile()
    kilogram, metre = si(ifc, "GRAM", "KILO", "MASSUNIT"), si(ifc, "METRE")
    second, kelvin = si(ifc, "SECOND", None, "TIMEUNIT"), si(ifc, "KELVIN", None, "TIMEUNIT")
    gram_per_cm3 = derived(ifc, "MASSDENSITYUNIT", (si(ifc, "GRAM", None, "MASSUNIT"), 1),
                           (si(ifc, "METRE", "CENTI"), -3))  # fmt: skip

    assert read_unit(derived(ifc, "LINEARVELOCITYUNIT", (metre, 1), (second, -1))) == Unit(
        "m/s", 1.0
    )
    transmittance = derived(
        ifc, "THERMALTRANSMITTANCEUNIT", (kilogram, 1), (kelvin, -1), (second, -3)
    )
    assert read_unit(transmittance) == Unit("W/(m²·K)", 1.0)
    density = read_unit(gram_per_cm3)
    assert density is not None
    assert (density.text, density.si) == ("g/cm³", pytest.approx(1000.0))


def test_the_project_says_which_unit_a_measure_is_in() -> None:
    ifc = IfcFile("mm")
    angle = converted(ifc, "DEGREE", math.pi / 180, si(ifc, "RADIAN"), "PLANEANGLEUNIT")
    money = ifc.file.create_entity("IfcMonetaryUnit", "EUR")
    assignment = ifc.project.UnitsInContext
    assignment.Units = [*assignment.Units, angle, money]

    units = read_units(ifc.file)

    assert units.metres == pytest.approx(1e-3)
    assert units.radians == pytest.approx(math.pi / 180)
    texts = {
        kind: unit.text if (unit := units.of(kind)) else None
        for kind in (
            "IfcLengthMeasure", "IfcPositiveLengthMeasure", "IfcQuantityLength",
            "IfcPlaneAngleMeasure", "IfcMonetaryMeasure", "IfcLabel", "IfcAreaMeasure",
        )
    }  # fmt: skip
    assert list(texts.values()) == ["mm", "mm", "mm", "°", "EUR", None, None]


def test_a_project_without_units_is_in_metres_and_radians() -> None:
    ifc = IfcFile()
    ifc.project.UnitsInContext = None

    units = read_units(ifc.file)

    assert (units.metres, units.radians) == (1.0, 1.0)


def test_a_unit_made_of_itself_is_none() -> None:
    ifc = IfcFile()
    unit = converted(ifc, "FOOT", 2.0, si(ifc, "METRE"))
    unit.ConversionFactor.UnitComponent = unit

    assert read_unit(unit) is None


def test_numbers_are_written_with_their_unit() -> None:
    assert with_unit(4500.0, Unit("mm", 1e-3)) == "4500 mm"
    assert with_unit(0.1 + 0.2, Unit("m", 1.0)) == "0.3 m"
    assert with_unit(30, Unit("°", 0.0174)) == "30°"
    assert with_unit(4.5, None) == 4.5
    assert with_unit(math.nan, Unit("m", 1.0)) == "nan"
