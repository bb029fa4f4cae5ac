"""Value, text and properties of an annotation, from its entry and its instance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from holotable.conversion.options import METRES_PER_UNIT
from holotable.conversion.readers import pmi_text
from holotable.conversion.readers.pmi_draft import Draft
from holotable.conversion.readers.pmi_entries import Entry
from holotable.conversion.readers.pmi_links import PmiLinks
from holotable.conversion.readers.pmi_text import DatumReference, Number, Size
from holotable.conversion.readers.step_measures import DimensionValues, Measure
from holotable.review.annotations import Value

_MILLIMETRE: Final = 1e-3
TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Worded:
    """What people and programs read of an annotation; SI."""

    text: str
    value: float | None = None
    upper: float | None = None
    lower: float | None = None
    datums: tuple[str, ...] = ()
    properties: Mapping[str, Value] = field(default_factory=dict)


def worded(draft: Draft, links: PmiLinks, unit_metres: float, scale: float) -> Worded:
    """Put an annotation into words.

    unit_metres: metres in the file's unit, used where the file's own measure is not found.
    scale: what a person's correction of the unit makes of the file's metre, 1 without.
    """
    match draft.kind:
        case "dimension":
            return _dimension(draft, links, unit_metres, scale)
        case "tolerance":
            return _tolerance(draft, links, unit_metres, scale)
        case "datum":
            return _datum(draft, unit_metres, scale)
        case _:
            return _note(draft)


def _dimension(draft: Draft, links: PmiLinks, unit_metres: float, scale: float) -> Worded:
    said = (
        links.measures.values_of(draft.instance)
        if draft.instance is not None
        else DimensionValues()
    )
    entry = draft.entry
    angle = draft.type == "angle" or (entry is not None and entry.angle)
    if entry is not None and said == DimensionValues():
        said = _from_entry(entry, unit_metres)
    lengths = [said.nominal, said.lower_limit, said.upper_limit, said.lower, said.upper]
    nominal, lowest, highest, lower, upper = (_si(measure, scale) for measure in lengths)
    value = nominal
    if value is None and lowest is not None and highest is not None:
        value = (lowest + highest) / 2.0
    if value is not None and lowest is not None and highest is not None:
        lower, upper = _clean(lowest - value), _clean(highest - value)
    fit = said.fit or (entry.fit if entry is not None else "")
    marks = dict.fromkeys([*said.marks, *(entry.marks if entry is not None else ())])
    modifiers = entry.modifiers if entry is not None else ()
    size = _size([_number(measure) for measure in lengths], fit, angle)
    text = pmi_text.dimension(draft.type, _in_degrees(size, lengths), marks, modifiers)
    properties = _properties(draft)
    properties["unit"] = "deg" if angle else _unit_name(said, unit_metres)
    for name, what in (
        ("fit", fit), ("marks", ", ".join(marks)), ("modifiers", ", ".join(modifiers)),
    ):  # fmt: skip
        if what:
            properties[name] = what
    if said.nominal is not None and said.nominal.decimals is not None:
        properties["decimals"] = said.nominal.decimals
    if lowest is not None and highest is not None:
        properties["lower_limit"], properties["upper_limit"] = lowest, highest
    return Worded(text, value, upper, lower, (), properties)


def _from_entry(entry: Entry, unit_metres: float) -> DimensionValues:
    """Open CASCADE's millimetres and degrees as measures in the file's unit."""

    def measure(value: float | None) -> Measure | None:
        if value is None:
            return None
        if entry.angle:
            return Measure(value, "angle", math.pi / 180.0)
        return Measure(value * _MILLIMETRE / unit_metres, "length", unit_metres)

    return DimensionValues(
        measure(entry.value),
        measure(entry.lower_limit),
        measure(entry.upper_limit),
        measure(entry.lower),
        measure(entry.upper),
        entry.fit,
        entry.marks,
    )


def _size(numbers: list[Number | None], fit: str, angle: bool) -> Size:
    nominal, lowest, highest, lower, upper = numbers
    return Size(nominal, lowest, highest, lower, upper, fit, angle)


def _in_degrees(size: Size, measures: list[Measure | None]) -> Size:
    """Angles of a drawing are degrees whatever the file's unit is."""
    if not size.angle:
        return size
    numbers = [
        None
        if measure is None
        else Number(math.degrees(measure.number * measure.factor), measure.decimals)
        for measure in measures
    ]
    return _size(numbers, size.fit, True)


def _tolerance(draft: Draft, links: PmiLinks, unit_metres: float, scale: float) -> Worded:
    entry = draft.entry
    measure = links.magnitude(draft.instance) if draft.instance is not None else None
    if measure is None and entry is not None and entry.value is not None:
        measure = Measure(entry.value * _MILLIMETRE / unit_metres, "length", unit_metres)
    factor = measure.factor if measure is not None else unit_metres
    properties = _properties(draft)
    extras: list[str] = []
    datums: tuple[DatumReference, ...] = ()
    modifiers: tuple[str, ...] = ()
    zone = ""
    if entry is not None:
        datums, modifiers, zone = entry.datums, entry.modifiers, entry.zone
        extras += _zone_extras(entry, factor)
        for name in ("zone_modifier_value_mm", "maximum_mm"):
            millimetres = entry.properties.get(name)
            if isinstance(millimetres, float):
                properties[name.removesuffix("_mm")] = millimetres * _MILLIMETRE * scale
    elif draft.instance is not None:
        datums = links.datum_frame(draft.instance)
        modifiers = links.tolerance_modifiers(draft.instance)
        zone = links.zone(draft.instance)
    if draft.instance is not None:
        for name, symbol in (("unequally_disposed", "Ⓤ"), ("per_unit", "/")):
            extra = links.extra(draft.instance, name)
            if extra is not None:
                properties[name] = extra.number * extra.factor * scale
                number = Number(extra.number * extra.factor / factor, extra.decimals)
                extras.append(f"{symbol}{'' if symbol == '/' else ' '}{number}")
    text = pmi_text.tolerance(
        draft.type, _number(measure), zone, modifiers, extras, datums
    )  # fmt: skip
    properties["unit"] = _name_of_unit(factor)
    if zone:
        properties["zone"] = zone
    if modifiers:
        properties["modifiers"] = ", ".join(modifiers)
    for reference in datums:
        if reference.modifiers:
            properties[f"datum {reference.label}"] = ", ".join(reference.modifiers)
    if measure is not None and measure.decimals is not None:
        properties["decimals"] = measure.decimals
    labels = tuple(reference.label for reference in datums)
    return Worded(text, _si(measure, scale), None, None, labels, properties)


def _zone_extras(entry: Entry, factor: float) -> list[str]:
    """What stands behind the value: Ⓟ 25, MAX 0.1."""
    extras: list[str] = []
    modifier = entry.properties.get("zone_modifier")
    length = entry.properties.get("zone_modifier_value_mm")
    if modifier == "projected":
        extras.append("Ⓟ")
    elif modifier:
        extras.append(str(modifier).upper())
    if modifier and isinstance(length, float) and length:
        extras.append(str(Number(length * _MILLIMETRE / factor)))
    largest = entry.properties.get("maximum_mm")
    if isinstance(largest, float):
        extras.append(f"MAX {Number(largest * _MILLIMETRE / factor)}")
    return extras


def _datum(draft: Draft, unit_metres: float, scale: float) -> Worded:
    properties = _properties(draft)
    entry = draft.entry
    size = ""
    if draft.target is not None:
        properties["target"] = draft.target
    if entry is not None:
        for name in ("target_length_mm", "target_width_mm"):
            millimetres = entry.properties.get(name)
            if isinstance(millimetres, float) and millimetres:
                properties[name.removesuffix("_mm")] = millimetres * _MILLIMETRE * scale
                number = Number(millimetres * _MILLIMETRE / unit_metres)
                round_ = entry.properties.get("target_type") == "circle"
                sign = TIMES if size else "⌀" if round_ else ""
                size += f"{sign}{number}"
    properties["label"] = draft.letter
    text = pmi_text.datum(draft.letter or draft.name or draft.type, draft.target, size)
    return Worded(text, datums=(draft.letter,) if draft.letter else (), properties=properties)


def _note(draft: Draft) -> Worded:
    properties = _properties(draft)
    text = pmi_text.note(draft.text)
    if "\n" in draft.text.strip():
        properties["text"] = pmi_text.with_symbols(draft.text.strip())
    return Worded(text or draft.name or draft.type, properties=properties)


def _properties(draft: Draft) -> dict[str, Value]:
    """The entry's properties that need no words of their own."""
    found: dict[str, Value] = dict(draft.properties)
    if draft.entry is not None:
        for name, value in draft.entry.properties.items():
            if not name.endswith("_mm"):
                found[name] = value
    return found


def _unit_name(said: DimensionValues, unit_metres: float) -> str:
    measure = said.nominal or said.upper_limit or said.lower_limit
    return _name_of_unit(unit_metres if measure is None else measure.factor)


def _name_of_unit(metres: float) -> str:
    """The unit that the text is in; a number of metres where it has no short name."""
    for name, known in METRES_PER_UNIT.items():
        if math.isclose(known, metres, rel_tol=1e-9):
            return name
    return f"{metres:g} m"


def _number(measure: Measure | None) -> Number | None:
    return None if measure is None else Number(measure.number, measure.decimals)


def _si(measure: Measure | None, scale: float) -> float | None:
    """Metres or radians, without the last digits that conversion between units leaves."""
    if measure is None:
        return None
    value = measure.number * measure.factor
    if measure.quantity == "length":
        value *= scale
    return _clean(value)


def _clean(value: float) -> float:
    return float(f"{value:.12g}")
