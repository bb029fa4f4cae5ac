"""Numbers with units in a STEP file, and what it says of the size of a dimension.

ISO 10303-41 measures and ISO 10303-47 tolerances, as the CAx-IF recommended practices for PMI write
them: plus-minus tolerances, limits, classes of fits, decimal places.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from holotable.conversion.readers.exchange_structure import (
    ExchangeStructure,
    Parameter,
    Reference,
    Typed,
    references,
)

_DEEPEST: Final = 8  # of units based on units; a file that loops ends here
Quantity: TypeAlias = Literal["length", "angle"]

_PREFIXES: Final = {
    "EXA": 1e18, "PETA": 1e15, "TERA": 1e12, "GIGA": 1e9, "MEGA": 1e6, "KILO": 1e3, "HECTO": 1e2,
    "DECA": 1e1, "DECI": 1e-1, "CENTI": 1e-2, "MILLI": 1e-3, "MICRO": 1e-6, "NANO": 1e-9,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit as the file writes it.

    factor: metres or radians in one unit.  decimals: places that the file asks for, or None.
    """

    number: float
    quantity: Quantity
    factor: float
    name: str = ""
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class DimensionValues:
    """What the file says of a dimension's size.

    fit: a class of tolerance, "H7".  marks: "theoretical", "auxiliary", "maximum" and their kin.
    """

    nominal: Measure | None = None
    lower_limit: Measure | None = None
    upper_limit: Measure | None = None
    lower: Measure | None = None
    upper: Measure | None = None
    fit: str = ""
    marks: tuple[str, ...] = ()


class StepMeasures:
    """Measures of one file, by instance number."""

    def __init__(self, structure: ExchangeStructure) -> None:
        self.structure = structure
        self._decimals = self._read_decimals()
        self._characteristics = self._read_characteristics()
        self._deviations = self._read_deviations()

    def measure(self, value: Parameter) -> Measure | None:
        """A measure with its unit, or None if the instance is none."""
        number, quantity, unit = self._number_and_unit(value)
        if number is None or not isinstance(value, Reference):
            return None
        name = ""
        for kind, parameters in self.structure.records(value):
            if kind in ("REPRESENTATION_ITEM", "MEASURE_REPRESENTATION_ITEM") and parameters:
                name = parameters[0] if isinstance(parameters[0], str) else name
        factor = self.factor(unit) if unit is not None else None
        default = math.pi / 180.0 if quantity == "angle" else 1e-3
        return Measure(number, quantity, factor or default, name, self._decimals.get(value))

    def factor(self, unit: int) -> float | None:
        """Metres or radians in a unit, or None when it is neither SI nor based on it."""
        whole = 1.0
        for _ in range(_DEEPEST):
            based = self.structure.parameters(unit, "CONVERSION_BASED_UNIT")
            if based is None:
                si = self.structure.parameters(unit, "SI_UNIT")
                if si is None:
                    return None
                prefix = si[-2] if len(si) > 1 else None
                return whole * (_PREFIXES.get(str(prefix), 1.0) if prefix is not None else 1.0)
            number, _, below = self._number_and_unit(based[1] if len(based) > 1 else None)
            if number is None or below is None:
                return None
            whole *= number
            unit = below
        return None

    def _number_and_unit(self, value: Parameter) -> tuple[float | None, Quantity, Reference | None]:
        """What a measure with unit holds, the number None when it is none or not finite."""
        number: float | None = None
        unit: Reference | None = None
        quantity: Quantity = "length"
        for _, parameters in self.structure.records(value) if isinstance(value, Reference) else ():
            for parameter in parameters:
                if isinstance(parameter, Typed) and parameter.name.endswith("_MEASURE"):
                    inner = parameter.values[0] if parameter.values else None
                    if isinstance(inner, int | float) and not isinstance(inner, Reference):
                        number = float(inner) if math.isfinite(inner) else None
                        quantity = "angle" if "ANGLE" in parameter.name else "length"
                elif isinstance(parameter, Reference) and number is not None:
                    unit = parameter
        return number, quantity, unit

    def length_factor(self, representation: int) -> float | None:
        """Metres in the length unit of a representation's context."""
        values = representation_of(self.structure, representation)
        context = values[2] if values is not None and len(values) > 2 else None
        if not isinstance(context, Reference):
            return None
        units = self.structure.parameters(context, "GLOBAL_UNIT_ASSIGNED_CONTEXT")
        for unit in references(units or ()):
            if self.structure.is_a(unit, "LENGTH_UNIT"):
                return self.factor(unit)
        return None

    def values_of(self, dimension: int) -> DimensionValues:
        """Nominal value, limits, deviations and fit of a dimension."""
        nominal = lower_limit = upper_limit = None
        marks: list[str] = []
        for item in self._characteristics.get(dimension, ()):
            measure = self.measure(item)
            if measure is None:
                text = self.structure.parameters(item, "DESCRIPTIVE_REPRESENTATION_ITEM")
                if text is not None and isinstance(text[-1], str):
                    marks.append(text[-1].strip().lower())
                continue
            marks += self._type_qualifiers(item)
            match measure.name.lower():
                case "lower limit":
                    lower_limit = measure
                case "upper limit":
                    upper_limit = measure
                case _ if nominal is None:
                    nominal = measure
                case _:
                    pass
        lower, upper, fit = self._deviations.get(dimension, (None, None, ""))
        return DimensionValues(
            nominal, lower_limit, upper_limit, lower, upper, fit, tuple(dict.fromkeys(marks))
        )

    def _read_decimals(self) -> dict[int, int]:
        """Measure → decimal places, from "NR2 1.3" (ISO 10303-41 value_format_type_qualifier)."""
        decimals: dict[int, int] = {}
        for number in self.structure.all("MEASURE_QUALIFICATION"):
            values = self.structure.parameters(number) or ()
            if len(values) > 3 and isinstance(values[2], Reference):
                self._note_decimals(decimals, values[2], values[3])
        for number in self.structure.all("QUALIFIED_REPRESENTATION_ITEM"):
            values = self.structure.parameters(number, "QUALIFIED_REPRESENTATION_ITEM") or ()
            self._note_decimals(decimals, number, values)
        return decimals

    def _note_decimals(self, decimals: dict[int, int], measure: int, value: Parameter) -> None:
        for qualifier in references((value,)):
            text = self.structure.parameters(qualifier, "VALUE_FORMAT_TYPE_QUALIFIER")
            if text and isinstance(text[0], str):
                places = text[0].rpartition(".")[2].strip()
                if places.isdigit() and int(places) <= 12:
                    decimals[measure] = int(places)

    def _type_qualifiers(self, item: int) -> list[str]:
        values = self.structure.parameters(item, "QUALIFIED_REPRESENTATION_ITEM") or ()
        texts = (
            self.structure.parameters(qualifier, "TYPE_QUALIFIER")
            for qualifier in references(values)
        )
        return [text[0].strip().lower() for text in texts if text and isinstance(text[0], str)]

    def _read_characteristics(self) -> dict[int, list[Reference]]:
        """Dimension → the representation items that hold its values."""
        items: defaultdict[int, list[Reference]] = defaultdict(list)
        for number in self.structure.all("DIMENSIONAL_CHARACTERISTIC_REPRESENTATION"):
            dimension, representation = self.structure.pair(number)
            if dimension is not None and representation is not None:
                values = representation_of(self.structure, representation) or ()
                items[dimension] += references(values[1:2])
        return dict(items)

    def _read_deviations(self) -> dict[int, tuple[Measure | None, Measure | None, str]]:
        """Dimension → lower and upper deviation, or a fit."""
        found: dict[int, tuple[Measure | None, Measure | None, str]] = {}
        for number in self.structure.all("PLUS_MINUS_TOLERANCE"):
            span, dimension = self.structure.pair(number)
            if span is None or dimension is None:
                continue
            fit = self.structure.parameters(span, "LIMITS_AND_FITS")
            bounds = self.structure.parameters(span, "TOLERANCE_VALUE")
            if fit is not None and len(fit) > 2:
                found[dimension] = (None, None, f"{fit[0] or ''}{fit[2] or ''}".strip())
            elif bounds is not None and len(bounds) > 1:
                found[dimension] = (self.measure(bounds[0]), self.measure(bounds[1]), "")
        return found


def representation_of(structure: ExchangeStructure, number: int) -> tuple[Parameter, ...] | None:
    """Name, items and context of a representation of any type."""
    values = structure.parameters(number, "REPRESENTATION")
    return structure.parameters(number) if values is None else values
