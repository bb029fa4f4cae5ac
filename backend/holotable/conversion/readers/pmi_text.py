"""Dimensions, tolerances, datums and notes as one line of text with the symbols of a drawing.

Symbols and their order follow ISO 1101, ISO 14405-1 and ASME Y14.5. Values are in the unit of the
file. No dependence on Open CASCADE: words go in as it and ISO 10303-242 spell them, lower case.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
DIMENSION_SYMBOLS: Final = {
    "diameter": "⌀", "spherical diameter": "S⌀", "radius": "R", "spherical radius": "SR",
    "curve length": "⌒", "curved distance": "⌒", "toroidal minor diameter": "⌀",
    "toroidal major diameter": "⌀", "toroidal minor radius": "R", "toroidal major radius": "R",
    "toroidal high major diameter": "⌀", "toroidal low major diameter": "⌀",
    "toroidal high major radius": "R", "toroidal low major radius": "R",
}  # fmt: skip
DIMENSION_MODIFIERS: Final = {
    "controlled radius": "CR", "square": "□", "statistical tolerance": "⟨ST⟩",
    "continuous feature": "⟨CF⟩", "two point size": "(LP)",
    "local size defined by sphere": "(LS)", "least squares association criterion": "(GG)",
    "maximum inscribed association": "(GX)", "minimum circumscribed association": "(GN)",
    "circumference diameter": "(CC)", "area diameter": "(CA)", "volume diameter": "(CV)",
    "maximum size": "(SX)", "minimum size": "(SN)", "average size": "(SA)", "median size": "(SM)",
    "mid range size": "(SD)", "range of sizes": "(SR)",
    "any restricted portion of feature": "/", "any cross section": "ACS",
    "specific fixed cross section": "SCS", "common tolerance": "CT", "free state condition": "Ⓕ",
    "between": "↔",
}  # fmt: skip
TOLERANCE_SYMBOLS: Final = {
    "angularity": "∠", "circular runout": "↗", "circularity": "○", "coaxiality": "◎",
    "concentricity": "◎", "cylindricity": "⌭", "flatness": "⏥", "parallelism": "∥",
    "perpendicularity": "⟂", "position": "⌖", "line profile": "⌒", "surface profile": "⌓",
    "straightness": "⏤", "symmetry": "⌯", "total runout": "⌰",
}  # fmt: skip
ZONES: Final = {"diameter": "⌀", "spherical diameter": "S⌀"}
TOLERANCE_MODIFIERS: Final = {
    "maximum material requirement": "Ⓜ", "least material requirement": "Ⓛ",
    "reciprocity requirement": "Ⓡ", "free state": "Ⓕ", "tangent plane": "Ⓣ",
    "statistical tolerance": "⟨ST⟩", "common zone": "CZ", "separate requirement": "SEP REQT",
    "any cross section": "ACS", "each radial element": "EACH RADIAL ELEMENT",
    "line element": "LE", "major diameter": "MD", "minor diameter": "LD",
    "pitch diameter": "PD", "not convex": "NC",
}  # fmt: skip
ALL_AROUND: Final = "⌮"
DATUM_MODIFIERS: Final = {
    "maximum material requirement": "Ⓜ", "least material requirement": "Ⓛ", "free state": "Ⓕ",
    "translation": "▷", "basic": "[BSC]", "any cross section": "ACS",
    "any longitudinal section": "ALS", "contacting feature": "CF", "distance variable": "DV",
    "orientation": "><", "line": "[SL]", "plane": "[PL]", "point": "[PT]",
    "major diameter": "MD", "minor diameter": "LD", "pitch diameter": "PD",
    "degree of freedom constraint u": "u", "degree of freedom constraint v": "v",
    "degree of freedom constraint w": "w", "degree of freedom constraint x": "x",
    "degree of freedom constraint y": "y", "degree of freedom constraint z": "z",
}  # fmt: skip
# Symbols that exporters write by name, "#{diameter}".
_NAMED: Final = {
    "diameter": "⌀", "counterbore": "⌴", "countersink": "⌵", "depth": "↧", "slope": "⌳",
    "conical-taper": "⌲", "square": "□", "degree": "°", "plus-minus": "±", "spotface": "⌴",
    "arc-length": "⌒", "radius": "R", "position": "⌖", "flatness": "⏥", "straightness": "⏤",
    "circularity": "○", "cylindricity": "⌭", "perpendicularity": "⟂", "parallelism": "∥",
    "angularity": "∠", "symmetry": "⌯", "concentricity": "◎", "line-profile": "⌒",
    "surface-profile": "⌓", "circular-runout": "↗", "total-runout": "⌰", "mmc": "Ⓜ", "lmc": "Ⓛ",
    "datum-triangle": "▲",
}  # fmt: skip
_BRACED: Final = re.compile(r"#\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Number:
    """A value in the file's unit. decimals: places the file asks for, or None."""

    value: float
    decimals: int | None = None

    def __str__(self) -> str:
        """Without noise of conversion: at most six places, or those asked for if they suffice."""
        text = f"{self.value:.6f}".rstrip("0").rstrip(".")
        if self.decimals is not None:
            asked = f"{self.value:.{self.decimals}f}"
            if abs(float(asked) - self.value) <= 1e-6 * max(1.0, abs(self.value)):
                text = asked
        zero = not text.strip("-0.")
        return text.lstrip("-") if zero else text.replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class Size:
    """What a dimension says of its size; deviations have signs."""

    nominal: Number | None = None
    lower_limit: Number | None = None
    upper_limit: Number | None = None
    lower: Number | None = None
    upper: Number | None = None
    fit: str = ""
    angle: bool = False


@dataclass(frozen=True, slots=True)
class DatumReference:
    """One compartment of a feature control frame: a letter, or letters of a common datum."""

    letters: tuple[str, ...]
    modifiers: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """ "A", or "A-B"."""
        return "-".join(self.letters)

    def __str__(self) -> str:
        """With its modifiers as symbols."""
        return " ".join([self.label, *symbols(self.modifiers, DATUM_MODIFIERS)])


def dimension(
    kind: str, size: Size, marks: Iterable[str] = (), modifiers: Sequence[str] = ()
) -> str:
    """A dimension: ⌀35 ±0.2, 34.8 – 35.2, (R12.7), [60°].

    kind: type in words.  marks: "theoretical", "auxiliary", "maximum", … ; modifiers: in words.
    """
    symbol = DIMENSION_SYMBOLS.get(kind, "")
    if kind == "radius" and "controlled radius" in modifiers:
        symbol = "CR"
    if "square" in modifiers:
        symbol = "□" + symbol
    unit = "°" if size.angle else ""
    body = _size(size, symbol, unit)
    if not body:
        return f"{kind} (value not given)"
    marked = set(marks)
    body = [*body, *(word for name, word in _LIMITS.items() if name in marked)]
    rest = [word for word in modifiers if word not in ("controlled radius", "square")]
    text = " ".join([*body, *symbols(rest, DIMENSION_MODIFIERS)])
    if marked & {"theoretical", "basic"}:
        return f"[{text}]"
    return f"({text})" if marked & {"auxiliary", "reference"} else text


_LIMITS: Final = {"minimum": "MIN", "maximum": "MAX", "average": "AVG"}


def tolerance(
    kind: str,
    value: Number | None,
    zone: str = "",
    modifiers: Sequence[str] = (),
    extras: Sequence[str] = (),
    datums: Sequence[DatumReference] = (),
) -> str:
    """A feature control frame: ⌖ ⌀0.75 Ⓜ | A | B Ⓜ | C.

    zone: "diameter" or "spherical diameter" or empty.  extras: finished symbols behind the value.
    """
    symbol = TOLERANCE_SYMBOLS.get(kind, kind)
    around = [ALL_AROUND] if "all around" in modifiers else []
    over = ["ALL OVER"] if "all over" in modifiers else []
    rest = [word for word in modifiers if word not in ("all around", "all over")]
    size = "" if value is None else f"{ZONES.get(zone, '')}{value}"
    first = [*around, symbol, size, *symbols(rest, TOLERANCE_MODIFIERS), *extras]
    compartments = [" ".join(word for word in first if word), *map(str, datums)]
    return " ".join([" | ".join(compartments), *over])


def datum(letter: str, target: int | None = None, size: str = "") -> str:
    """A datum's letter, or a target's letter and number with its size: A1 ⌀10."""
    return " ".join(word for word in (f"{letter}{'' if target is None else target}", size) if word)


def note(text: str) -> str:
    """A note on one line, with named symbols as characters."""
    return " ".join(with_symbols(text).split())


def with_symbols(text: str) -> str:
    """Symbols written by name, #{diameter}, as characters; unknown names stay words."""
    return _BRACED.sub(lambda match: _NAMED.get(match[1].strip().lower(), match[1]), text)


def symbols(words: Iterable[str], table: dict[str, str]) -> list[str]:
    """Modifiers as symbols; one that has none stands in capitals."""
    return [table.get(word, word.upper()) for word in words]


def _size(size: Size, symbol: str, unit: str) -> list[str]:
    """Value and its tolerance, as words that stand apart."""
    if size.nominal is None and (size.lower_limit is None or size.upper_limit is None):
        only = size.lower_limit or size.upper_limit
        return [] if only is None else [f"{symbol}{only}{unit}"]
    if size.lower_limit is not None and size.upper_limit is not None:
        return [f"{symbol}{size.lower_limit}{unit} \N{EN DASH} {size.upper_limit}{unit}"]
    words = [f"{symbol}{size.nominal}{unit}"]
    if size.fit:
        return [*words, size.fit]
    if size.lower is None or size.upper is None:
        return words
    lower, upper = str(size.lower), str(size.upper)
    if size.upper.value > 0 and upper == lower.replace(MINUS, "") and size.lower.value < 0:
        return [*words, f"±{upper}{unit}"]
    return [*words, f"{_signed(size.upper, unit)}/{_signed(size.lower, unit)}"]


def _signed(number: Number, unit: str) -> str:
    text = str(number)
    return text + unit if number.value < 0 or not text.strip("0.") else f"+{text}{unit}"
