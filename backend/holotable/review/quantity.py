"""Numbers with units, as files and people write them: `0.24 m`, `9 m²`, `5kg`, `90°`.

A dimension is a word such as "length"; amounts are compared in SI. A plain number has no dimension.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_DEGREE: Final = math.pi / 180

# Name → (dimension, factor to SI). Temperatures are differences but for their offset below.
UNITS: Final[Mapping[str, tuple[str, float]]] = {
    "µm": ("length", 1e-6), "um": ("length", 1e-6), "mm": ("length", 1e-3),
    "cm": ("length", 1e-2), "dm": ("length", 0.1), "m": ("length", 1.0), "km": ("length", 1e3),
    "in": ("length", 0.0254), "ft": ("length", 0.3048), '"': ("length", 0.0254),
    "mm²": ("area", 1e-6), "cm²": ("area", 1e-4), "dm²": ("area", 1e-2), "m²": ("area", 1.0),
    "in²": ("area", 0.0254**2), "ft²": ("area", 0.3048**2), "km²": ("area", 1e6),
    "mm³": ("volume", 1e-9), "cm³": ("volume", 1e-6), "dm³": ("volume", 1e-3),
    "m³": ("volume", 1.0), "l": ("volume", 1e-3), "ml": ("volume", 1e-6),
    "in³": ("volume", 0.0254**3), "ft³": ("volume", 0.3048**3),
    "mg": ("mass", 1e-6), "g": ("mass", 1e-3), "kg": ("mass", 1.0), "t": ("mass", 1e3),
    "lb": ("mass", 0.45359237), "oz": ("mass", 0.028349523125),
    "kg/m³": ("density", 1.0), "g/cm³": ("density", 1e3), "kg/dm³": ("density", 1e3),
    "rad": ("angle", 1.0), "°": ("angle", _DEGREE), "deg": ("angle", _DEGREE),
    "s": ("time", 1.0), "ms": ("time", 1e-3), "min": ("time", 60.0), "h": ("time", 3600.0),
    "d": ("time", 86400.0),
    "n": ("force", 1.0), "kn": ("force", 1e3), "mn": ("force", 1e6), "nm": ("torque", 1.0),
    "pa": ("pressure", 1.0), "kpa": ("pressure", 1e3), "mpa": ("pressure", 1e6),
    "gpa": ("pressure", 1e9), "bar": ("pressure", 1e5), "psi": ("pressure", 6894.757293168),
    "w": ("power", 1.0), "kw": ("power", 1e3), "j": ("energy", 1.0), "kj": ("energy", 1e3),
    "kwh": ("energy", 3.6e6), "v": ("voltage", 1.0), "kv": ("voltage", 1e3),
    "mv": ("voltage", 1e-3),
    "a": ("current", 1.0), "ma": ("current", 1e-3), "hz": ("frequency", 1.0),
    "khz": ("frequency", 1e3), "k": ("temperature", 1.0), "°c": ("temperature", 1.0),
    "lx": ("illuminance", 1.0), "lm": ("flux", 1.0), "%": ("share", 0.01),
    "m/s": ("speed", 1.0), "m³/s": ("flow", 1.0), "m³/h": ("flow", 1.0 / 3600),
    "l/s": ("flow", 1e-3), "w/(m²k)": ("transmittance", 1.0), "w/m²k": ("transmittance", 1.0),
    "w/(m² k)": ("transmittance", 1.0),
}  # fmt: skip
_CELSIUS: Final = 273.15

# What a unit of each dimension is called when amounts of it are written in SI.
SI_NAMES: Final[Mapping[str, str]] = {
    "length": "m", "area": "m²", "volume": "m³", "mass": "kg", "density": "kg/m³",
    "angle": "rad", "time": "s", "force": "N", "torque": "Nm", "pressure": "Pa", "power": "W",
    "energy": "J", "voltage": "V", "current": "A", "frequency": "Hz", "temperature": "K",
    "illuminance": "lx", "flux": "lm", "share": "", "speed": "m/s", "flow": "m³/s",
    "transmittance": "W/(m²K)",
}  # fmt: skip

# Endings of our own property names that are units, the longest first.
_ENDINGS: Final = (
    ("_kg_m3", "kg/m³"), ("_m3", "m³"), ("_m2", "m²"), ("_kg", "kg"), ("_rad", "rad"), ("_m", "m"),
)  # fmt: skip
_NUMBER: Final = re.compile(
    r"\s*([+\-\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-]?\d+)?)\s*(\S.{0,15})?$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in SI.  dimension: None for a plain number.  written: the number as it stood."""

    value: float
    dimension: str | None = None
    written: float = 0.0
    unit: str = ""

    def equals(self, other: "Amount") -> bool:
        """The same dimension and, but for rounding of conversions, the same number."""
        return self.dimension == other.dimension and math.isclose(
            self.value, other.value, rel_tol=1e-9, abs_tol=1e-15
        )


def unit_of(name: str) -> tuple[str, float] | None:
    """Dimension and factor of a unit's name, in any case and with 2 and 3 for ² and ³."""
    plain = name.strip()
    for spelled in (plain, plain.replace("^", "").replace("2", "²").replace("3", "³")):
        found = UNITS.get(spelled) or UNITS.get(spelled.replace("μ", "µ").casefold())
        if found is not None:
            return found
    return None


def ending_unit(property_name: str) -> str:
    """The unit in one of our own names: `density_kg_m3` → kg/m³; empty without one."""
    return next((unit for ending, unit in _ENDINGS if property_name.endswith(ending)), "")


def read_amount(value: object, unit: str = "") -> Amount | None:
    """A number, or a text that is nothing but a number and perhaps a known unit.

    unit: of plain numbers.  returns: None for everything else, "10 x 20 mm" and truth among it.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _amount(float(value), unit)
    if not isinstance(value, str) or len(value) > 60:
        return None
    match = _NUMBER.match(value)
    if match is None:
        return None
    number = float(match[1].replace("\N{MINUS SIGN}", "-"))
    said = (match[2] or "").strip()
    return _amount(number, said or unit) if not said or unit_of(said) else None


def _amount(number: float, unit: str) -> Amount | None:
    if not math.isfinite(number):
        return None
    found = unit_of(unit) if unit else None
    if found is None:
        return Amount(number, None, number, "")
    dimension, factor = found
    offset = _CELSIUS if unit.strip().casefold() == "°c" else 0.0
    return Amount(number * factor + offset, dimension, number, unit.strip())
