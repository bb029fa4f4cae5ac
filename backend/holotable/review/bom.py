"""Bills of materials: the parts of a model or of some of it, with quantities, masses, and as CSV.

A line is a part, or all parts that share a property. CSV follows RFC 4180: numbers have a point and
no grouping, their unit stands in the header; texts that a spreadsheet would run as a formula are
disarmed.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from holotable.review.mass import Floats
from holotable.review.part_search import NUMBERS, PartSearch
from holotable.review.part_values import Runs, material_of, runs_of, value_groups
from holotable.review.property_columns import Rows, text_of

Method: TypeAlias = Literal["exact", "mesh", "open"]
Order: TypeAlias = Literal["name", "number", "material", "quantity", "mass", "total_mass", "volume"]

_MORE: Final = "…"
# OWASP, CSV injection: characters that begin a formula in Excel, LibreOffice or Sheets.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class BomLine:
    """One line.

    material, number: empty when the file names none; "…" when the parts of the line differ.
    mass_kg, volume_m3: of one, None when unknown or when they differ.  total_*: of all that are
    known.  missing: how many of them have no mass, and are not in total_mass_kg.
    method: the least exact in it.  size_m: x, y, z of the box of one part, in its frame.
    """

    name: str
    number: str
    material: str
    quantity: int
    part: int | None
    mass_kg: float | None
    total_mass_kg: float | None
    volume_m3: float | None
    total_volume_m3: float | None
    missing: int
    method: Method | None
    size_m: tuple[float, float, float] | None
    ranges: Runs


@dataclass(frozen=True, slots=True)
class Bom:
    """All lines, and their sums.  missing: occurrences without a mass, not in the sum."""

    lines: list[BomLine]
    quantity: int
    total_mass_kg: float | None
    approximate: bool
    missing: int


def bill(search: PartSearch, numbers: Rows, group: str = "part") -> Bom:
    """The lines of these occurrences, largest quantity first.

    group: "part", or a property as queries name it.  raises: BadQuery for an unknown property.
    """
    rows = search.rows_of_numbers(numbers)
    parts = search.columns.part[rows]
    materials = material_of(search)
    part_numbers = _part_numbers(search)
    mass = search.number_column("mass")
    volume = search.number_column("volume")
    lines: list[BomLine] = []
    for label, chosen in _groups(search, numbers, parts, group):
        of_rows = rows[chosen]
        of_parts = np.unique(parts[chosen])
        one = int(of_parts[0]) if len(of_parts) == 1 else None
        name = label
        if one is not None and group == "part":
            name = _part_name(search, one) or search.columns.names[int(of_rows[0])]
        masses = mass[of_rows]
        volumes = volume[of_rows]
        lines.append(
            BomLine(
                name=name,
                number=_common(part_numbers[row] for row in of_rows.tolist()),
                material=_common(materials[row] for row in of_rows.tolist()),
                quantity=len(of_rows),
                part=one,
                mass_kg=_same(masses),
                total_mass_kg=_sum(masses),
                volume_m3=_same(volumes),
                total_volume_m3=_sum(volumes),
                missing=int(np.isnan(masses).sum()),
                method=_method(search, of_parts),
                size_m=None if one is None else _size(search, one),
                ranges=runs_of(numbers[chosen]),
            )
        )
    lines.sort(key=lambda line: (-line.quantity, line.name.casefold()))
    all_masses = mass[rows]
    return Bom(
        lines,
        len(rows),
        _sum(all_masses),
        any(line.method == "mesh" for line in lines),
        int(np.isnan(all_masses).sum()),
    )


def ordered(lines: Sequence[BomLine], by: Order, descending: bool) -> list[BomLine]:
    """Lines in another order; those without the value come last either way."""

    def value(line: BomLine) -> float | str | None:
        match by:
            case "name":
                return line.name.casefold() or None
            case "number":
                return line.number.casefold() or None
            case "material":
                return line.material.casefold() or None
            case "quantity":
                return float(line.quantity)
            case "mass":
                return line.mass_kg
            case "total_mass":
                return line.total_mass_kg
            case "volume":
                return line.volume_m3

    known = [line for line in lines if value(line) is not None]
    # One column holds words or numbers, never both.
    known.sort(key=lambda line: value(line) or 0, reverse=descending)
    return known + [line for line in lines if value(line) is None]


def as_csv(bom: Bom, *, byte_order_mark: bool = False) -> str:
    """RFC 4180; with a byte order mark Excel reads it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [
            "Name",
            "Number",
            "Material",
            "Quantity",
            "Mass each (kg)",
            "Mass total (kg)",
            "Volume each (m3)",
            "Size X (m)",
            "Size Y (m)",
            "Size Z (m)",
            "Method",
        ]
    )
    for line in bom.lines:
        x, y, z = line.size_m or (None, None, None)
        writer.writerow(
            [
                disarmed(line.name),
                disarmed(line.number),
                disarmed(line.material),
                line.quantity,
                _plain(line.mass_kg),
                _plain(line.total_mass_kg),
                _plain(line.volume_m3),
                _plain(x),
                _plain(y),
                _plain(z),
                line.method or "",
            ]
        )
    return ("\ufeff" if byte_order_mark else "") + out.getvalue()


def disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _groups(
    search: PartSearch, numbers: Rows, parts: Rows, group: str
) -> Iterable[tuple[str, Rows]]:
    """Label and places in `numbers` of each line."""
    if group == "part":
        order = np.argsort(parts, kind="stable")
        breaks = np.flatnonzero(np.diff(parts[order])) + 1
        return [("", places) for places in np.split(order, breaks) if len(places)]
    found = value_groups(search, group, 0)
    lines: list[tuple[str, Rows]] = []
    for one in [*found.groups, None]:
        wanted = found.missing if one is None else one.numbers
        places = np.flatnonzero(np.isin(numbers, wanted, assume_unique=True))
        if len(places) == 0:
            continue
        label = "" if one is None else one.label or f"{_plain(one.low)} {found.unit}".strip()
        lines.append((label, places))
    return lines


def _part_name(search: PartSearch, part: int) -> str:
    rows = search.columns.part_rows
    return str(rows[part].get("name") or "") if 0 <= part < len(rows) else ""


def _part_numbers(search: PartSearch) -> list[str]:
    """What the file calls the number of each row's part, where it says one that is not its name."""
    found = [""] * search.count
    names = search.columns.names
    for column in search.properties:
        if column.name.casefold() not in NUMBERS - {"globalid", "tag"}:
            continue
        texts = [text_of(value) for value in column.values]
        for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
            if not found[row] and texts[code] != names[row]:
                found[row] = texts[code]
    return found


def _common(texts: Iterable[str]) -> str:
    different = set(texts)
    return different.pop() if len(different) == 1 else _MORE


def _same(values: Floats) -> float | None:
    if len(values) == 0 or np.isnan(values).any():
        return None
    first = float(values[0])
    return first if np.allclose(values, first, rtol=1e-9, atol=0.0) else None


def _sum(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.sum()) if len(known) else None


def _method(search: PartSearch, parts: Rows) -> Method | None:
    rows = search.columns.part_rows
    said = {rows[part].get("mass_method") for part in parts.tolist() if 0 <= part < len(rows)}
    if "mesh" in said:
        return "mesh"
    if "exact" in said:
        return "exact"
    return "open" if "open" in said else None


def _size(search: PartSearch, part: int) -> tuple[float, float, float] | None:
    bounds = search.columns.part_rows[part].get("bounds") if part >= 0 else None
    low, high = (bounds.get("min"), bounds.get("max")) if isinstance(bounds, dict) else (None, None)
    if not isinstance(low, list) or not isinstance(high, list) or len(low) != 3 or len(high) != 3:
        return None
    scale = search.columns.scale
    x, y, z = (scale * (float(b) - float(a)) for a, b in zip(low, high, strict=True))
    return x, y, z


def _plain(value: float | None) -> str:
    """Twelve digits, a point, no grouping."""
    return "" if value is None else f"{value:.12g}"
