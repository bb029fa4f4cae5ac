"""Units of an IFC file: what a number is called, and how many SI units it is."""

import math
from dataclasses import dataclass, field
from typing import Any, Final

from holotable.conversion.readers.ifc_entity import (
    as_number,
    attribute,
    is_entity,
    items_of,
    number_of,
    text_of,
)

_DEEPEST: Final = 8  # a unit made of units; a damaged one is made of itself
_PREFIXES: Final[dict[str, tuple[str, int]]] = {
    "EXA": ("E", 18), "PETA": ("P", 15), "TERA": ("T", 12), "GIGA": ("G", 9), "MEGA": ("M", 6),
    "KILO": ("k", 3), "HECTO": ("h", 2), "DECA": ("da", 1), "DECI": ("d", -1),
    "CENTI": ("c", -2), "MILLI": ("m", -3), "MICRO": ("µ", -6), "NANO": ("n", -9),
    "PICO": ("p", -12), "FEMTO": ("f", -15), "ATTO": ("a", -18),
}  # fmt: skip
_SYMBOLS: Final = {
    "AMPERE": "A", "BECQUEREL": "Bq", "CANDELA": "cd", "COULOMB": "C", "CUBIC_METRE": "m³",
    "DEGREE_CELSIUS": "°C", "FARAD": "F", "GRAM": "g", "GRAY": "Gy", "HENRY": "H", "HERTZ": "Hz",
    "JOULE": "J", "KELVIN": "K", "LUMEN": "lm", "LUX": "lx", "METRE": "m", "MOLE": "mol",
    "NEWTON": "N", "OHM": "Ω", "PASCAL": "Pa", "RADIAN": "rad", "SECOND": "s", "SIEMENS": "S",
    "SIEVERT": "Sv", "SQUARE_METRE": "m²", "STERADIAN": "sr", "TESLA": "T", "VOLT": "V",
    "WATT": "W", "WEBER": "Wb",
}  # fmt: skip
_CONVERTED: Final = {
    "inch": "in", "foot": "ft", "yard": "yd", "mile": "mi", "square inch": "in²",
    "square foot": "ft²", "square yard": "yd²", "acre": "ac", "square mile": "mi²",
    "cubic inch": "in³", "cubic foot": "ft³", "cubic yard": "yd³", "litre": "l", "degree": "°",
    "minute": "min", "hour": "h", "day": "d", "pound": "lb", "ounce": "oz", "ton": "t",
    "us survey foot": "ftUS", "fahrenheit": "°F",
}  # fmt: skip
# Derived units as SI names them; a file spells them out in base units.
_KNOWN: Final = {
    "kg/(K·s³)": "W/(m²·K)", "s³·lm/(kg·m²)": "lm/W", "kg·m/(s²·m)": "N/m",
    "kg·m/(s²·m²)": "N/m²", "kg/(m·s²)": "Pa", "kg·m/s²": "N", "kg·m²/s²": "J", "kg·m²/s³": "W",
    "kg·m/(s³·K)": "W/(m·K)",
}  # fmt: skip
_POWERS: Final = {"SQUARE_METRE": 2, "CUBIC_METRE": 3}
_SUPERSCRIPT: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN_LENGTHS: Final = ("PositiveLength", "NonNegativeLength")


@dataclass(frozen=True, slots=True)
class Unit:
    """text: its symbol, or the name the file gives it. si: how many coherent SI units one is."""

    text: str
    si: float


@dataclass(slots=True)
class Units:
    """The units that a project's numbers are in, by IfcUnitEnum and IfcDerivedUnitEnum."""

    by_kind: dict[str, Unit] = field(default_factory=dict)

    @property
    def metres(self) -> float:
        """Metres of one length unit; IFC without a unit means SI."""
        unit = self.by_kind.get("LENGTHUNIT")
        return unit.si if unit is not None else 1.0

    @property
    def radians(self) -> float:
        """Radians of one plane angle unit."""
        unit = self.by_kind.get("PLANEANGLEUNIT")
        return unit.si if unit is not None else 1.0

    def of(self, kind: str) -> Unit | None:
        """The unit of IfcLengthMeasure, IfcQuantityArea and the like; None: it has none."""
        return self.by_kind.get(_kind_of(kind))


def read_units(file: Any) -> Units:
    """The units assigned to the project; the first assignment wins."""
    units = Units()
    for project in [*file.by_type("IfcProject"), *file.by_type("IfcUnitAssignment")]:
        assigned = project
        if project.is_a("IfcProject"):
            assigned = attribute(project, "UnitsInContext")
        if not is_entity(assigned):
            continue
        for entity in items_of(assigned, "Units"):
            kind = "MONETARY" if entity.is_a("IfcMonetaryUnit") else text_of(entity, "UnitType")
            unit = read_unit(entity)
            if kind and unit is not None:
                units.by_kind.setdefault(kind, unit)
    return units


def read_unit(entity: Any, depth: int = 0) -> Unit | None:
    """One unit of the file, or None when it says nothing that can be used."""
    if not is_entity(entity) or depth > _DEEPEST:
        return None
    kind = entity.is_a()
    if kind == "IfcSIUnit":
        return _si_unit(text_of(entity, "Name"), text_of(entity, "Prefix"))
    if kind.startswith("IfcConversionBasedUnit"):
        return _conversion_unit(entity, depth)
    if kind == "IfcDerivedUnit":
        return _derived_unit(entity, depth)
    if kind == "IfcMonetaryUnit":
        return Unit(text_of(entity, "Currency"), 1.0)
    name = text_of(entity, "Name")  # IfcContextDependentUnit: a name and nothing else
    return Unit(name, 1.0) if name else None


def with_unit(value: float, unit: Unit | None) -> str | float | int:
    """A number as the panel shows it: "4500 mm"; plain when it has no unit."""
    if not math.isfinite(value):
        return str(value)
    if unit is None or not unit.text:
        return value
    gap = "" if unit.text == "°" else " "
    return f"{value:.12g}{gap}{unit.text}"


def _kind_of(measure: str) -> str:
    """LENGTHUNIT of IfcPositiveLengthMeasure and IfcQuantityLength."""
    name = measure.removeprefix("Ifc").removeprefix("Quantity").removesuffix("Measure")
    if name in _PLAIN_LENGTHS:
        name = "Length"
    elif name == "PositivePlaneAngle":
        name = "PlaneAngle"
    elif name == "Weight":
        name = "Mass"
    elif name == "Monetary":
        return "MONETARY"
    return name.upper() + "UNIT"


def _si_unit(name: str, prefix: str) -> Unit | None:
    symbol = _SYMBOLS.get(name)
    if symbol is None:
        return None
    letters, exponent = _PREFIXES.get(prefix, ("", 0))
    scale = 10.0 ** (exponent * _POWERS.get(name, 1))
    return Unit(letters + symbol, scale * 1e-3 if name == "GRAM" else scale)


def _conversion_unit(entity: Any, depth: int) -> Unit | None:
    name = text_of(entity, "Name")
    text = _CONVERTED.get(name.lower().replace("_", " "), name.lower())
    factor = attribute(entity, "ConversionFactor")
    if not is_entity(factor):
        return None
    number = as_number(attribute(factor, "ValueComponent"))
    base = read_unit(attribute(factor, "UnitComponent"), depth + 1)
    if number is None or base is None or number <= 0:
        return None
    return Unit(text, number * base.si)


def _derived_unit(entity: Any, depth: int) -> Unit | None:
    above: list[str] = []
    below: list[str] = []
    scale = 1.0
    for element in items_of(entity, "Elements"):
        unit = read_unit(attribute(element, "Unit"), depth + 1)
        exponent = number_of(element, "Exponent")
        if unit is None or exponent is None or not -9 <= exponent <= 9:
            return None
        scale *= unit.si**exponent
        power = round(abs(exponent))
        text = unit.text + (str(power).translate(_SUPERSCRIPT) if power != 1 else "")
        (above if exponent > 0 else below).append(text)
    if not above and not below:
        return None
    over = "·".join(above) or "1"
    under = "·".join(below) if len(below) < 2 else f"({'·'.join(below)})"
    text = f"{over}/{under}" if below else over
    return Unit(_KNOWN.get(text, text), scale)
