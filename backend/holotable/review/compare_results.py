"""A comparison as documents and columns: what is stored, paged and drawn.

docs/formats/compare.md specifies them. Lengths metres, model frames, y up.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare import ENGINE, KINDS, Change, Comparison, PartPair
from holotable.review.compare_distance import Displacement
from holotable.review.compare_match import APPROXIMATE
from holotable.review.compare_partners import PartnerColumns, pack_partners
from holotable.review.compare_rows import Below
from holotable.review.compare_side import Side
from holotable.review.compare_tour import Stop
from holotable.review.compare_words import Remark, face_remarks
from holotable.review.mass import PartMass, RollUp, roll_up

Floats: TypeAlias = NDArray[np.float64]

OCCURRENCES_MAGIC: Final = b"HTCO"
HEAT_MAGIC: Final = b"HTHM"
_NOTICED: Final = 1e-6  # relative: mass, volume and area that changed by less did not
_SHIFT_M: Final = 5e-7
_LISTED: Final = 5_000  # dense numbers of one stop


@dataclass(frozen=True, slots=True)
class Totals:
    """What one revision amounts to, of all that is shown at first."""

    sums: RollUp
    bounds: Floats  # (2, 3)


def totals_of(side: Side) -> Totals:
    """Add up a revision."""
    rows = side.placed[~side.hidden[side.placed]]
    rows = rows if len(rows) else side.placed
    boxes = side.boxes[np.isin(side.placed, rows)]
    bounds = np.zeros((2, 3))
    if len(boxes):
        bounds = np.stack([boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)])
    return Totals(roll_up(side.masses, side.parts[rows], side.world[rows]), bounds)


def summary_of(comparison: Comparison, stops: Sequence[Stop]) -> dict[str, Any]:
    """Counts, totals of both sides and what changed of them."""
    old, new = totals_of(comparison.old), totals_of(comparison.new)
    return {
        "engine": ENGINE,
        "counts": comparison.counts,
        "reasons": {
            name: sum(number in one.reasons for one in comparison.changes)
            for number, name in enumerate(KINDS)
            if number
        },
        "stops": len(stops),
        "parts": len(comparison.pairs),
        "approximate": sum(one.approximate for one in comparison.changes),
        "unchecked": comparison.unchecked,
        "appearance_compared": comparison.appearance_compared,
        "properties_compared": comparison.properties_compared,
        "from": _totals(old),
        "to": _totals(new),
        "remarks": [one.document() for one in _sum_remarks(old, new)],
    }


def _totals(totals: Totals) -> dict[str, Any]:
    sums = totals.sums
    return {
        "occurrences": sums.occurrences,
        "volume_m3": None if sums.volume is None else sums.volume.amount,
        "mass_kg": None if sums.mass is None else sums.mass.amount,
        "area_m2": sums.area_m2,
        "centre_of_mass_m": None if sums.mass is None else sums.mass.centre.tolist(),
        "bounds": {"min": totals.bounds[0].tolist(), "max": totals.bounds[1].tolist()},
        "approximate": sums.approximate,
    }


def _sum_remarks(old: Totals, new: Totals) -> list[Remark]:
    rough = old.sums.approximate or new.sums.approximate
    found = []
    for kind, unit, a, b in (
        ("mass", "kg", old.sums.mass, new.sums.mass),
        ("volume", "m³", old.sums.volume, new.sums.volume),
    ):
        if a is not None and b is not None:
            found += _ratio(kind, unit, a.amount, b.amount, rough)
    if old.sums.area_m2 is not None and new.sums.area_m2 is not None:
        found += _ratio("area", "m²", old.sums.area_m2, new.sums.area_m2, rough)
    if old.sums.mass is not None and new.sums.mass is not None:
        found += _shift("centre_of_mass", new.sums.mass.centre - old.sums.mass.centre, rough)
    found += _shift("size", np.ptp(new.bounds, axis=0) - np.ptp(old.bounds, axis=0), rough)
    return found


def _ratio(kind: str, unit: str, before: float, after: float, rough: bool) -> list[Remark]:
    if not before or abs(after / before - 1.0) <= _NOTICED:
        return []
    return [Remark(kind, before, after, after / before - 1.0, unit, approximate=rough)]


def _shift(kind: str, vector: Floats, rough: bool) -> list[Remark]:
    length = float(np.linalg.norm(vector))
    if not length > _SHIFT_M:
        return []
    x, y, z = (float(value) for value in vector)
    return [Remark(kind, by=length, vector=(x, y, z), approximate=rough)]


def change_rows(
    comparison: Comparison, groups: NDArray[np.int64], stops: Sequence[Stop]
) -> list[dict[str, Any]]:
    """One row for each change, in the order of the tour."""
    old, new = comparison.old, comparison.new
    dense = tuple(_dense(side) for side in (old, new))
    rows = []
    for number, stop in enumerate(stops):
        for at in stop.changes:
            change = comparison.changes[at]
            group = int(groups[at])
            rows.append(
                {
                    "kind": KINDS[change.kind],
                    "reasons": [KINDS[reason] for reason in change.reasons],
                    "from": _occurrence(old, change.old, dense[0]),
                    "to": _occurrence(new, change.new, dense[1]),
                    "part": change.pair if change.pair >= 0 else None,
                    "move": _move(change),
                    "properties": [dict(one) for one in change.properties],
                    "colours": _colours(comparison, change),
                    "group": None
                    if group < 0
                    else {"id": new.ids[group], "name": new.names[group]},
                    "stop": number,
                    "approximate": change.approximate,
                }
            )
    return rows


def _dense(side: Side) -> dict[int, int]:
    return {row: number for number, row in enumerate(side.placed.tolist())}


def _occurrence(side: Side, row: int, dense: Mapping[int, int]) -> dict[str, Any] | None:
    """number and part: null for an assembly."""
    if row < 0:
        return None
    return {
        "id": side.ids[row],
        "name": side.names[row],
        "number": dense.get(row),
        "part": int(side.parts[row]) if row in dense else None,
    }


def _move(change: Change) -> dict[str, Any] | None:
    move = change.move
    if move is None:
        return None
    return {
        "vector": list(move.vector),
        "distance_m": move.distance_m,
        "angle_rad": move.angle_rad,
        "axis": list(move.axis),
    }


def _colours(comparison: Comparison, change: Change) -> dict[str, str] | None:
    if change.old < 0 or change.new < 0:
        return None
    one, other = comparison.old.colours[change.old], comparison.new.colours[change.new]
    return None if one == other else {"from": one, "to": other}


def tour_rows(
    comparison: Comparison, stops: Sequence[Stop], parts: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The stops as documents. parts: as `part_row` makes them, by number."""
    shown = tuple(_Shown(side) for side in (comparison.old, comparison.new))
    rows = []
    first = 0
    for number, stop in enumerate(stops):
        changes = [comparison.changes[at] for at in stop.changes]
        one = changes[0]
        side, row = (comparison.new, one.new) if one.new >= 0 else (comparison.old, one.old)
        name = comparison.new.names[stop.group] if stop.group >= 0 else side.names[row]
        remarks = list(parts[one.pair]["remarks"]) if one.pair >= 0 else []
        rows.append(
            {
                "stop": number,
                "kind": KINDS[stop.kind],
                "name": name,
                "count": len(changes),
                "first_change": first,
                "part": one.pair if one.pair >= 0 else None,
                "group": comparison.new.ids[stop.group] if stop.group >= 0 else None,
                "move": _move(one) if stop.kind == 4 else None,
                "remarks": remarks[:5],
                "text": _said(one, name, len(changes), remarks),
                "from": shown[0].numbers([c.old for c in changes if c.old >= 0]),
                "to": shown[1].numbers([c.new for c in changes if c.new >= 0]),
                "bounds": {"min": stop.bounds[0].tolist(), "max": stop.bounds[1].tolist()},
                "approximate": any(c.approximate for c in changes),
            }
        )
        first += len(changes)
    return rows


class _Shown:
    """What stands for changed rows in a picture: themselves, or all that is in an assembly."""

    def __init__(self, side: Side) -> None:
        self._side, self._dense = side, _dense(side)
        self._below: Below | None = None

    def numbers(self, rows: Sequence[int]) -> list[int]:
        """Dense numbers, at most _LISTED."""
        found: dict[int, None] = {}
        for row in rows:
            if len(found) >= _LISTED:
                break
            if row in self._dense:
                found[self._dense[row]] = None
                continue
            self._below = self._below or Below(self._side)
            below = self._below.placed(row, _LISTED - len(found))
            found |= dict.fromkeys(self._dense[one] for one in below)
        return list(found)


def _said(change: Change, name: str, count: int, remarks: Sequence[Mapping[str, Any]]) -> str:
    """A stop in English."""
    times = f" \u00d7{count}" if count > 1 else ""
    kind = KINDS[change.kind]
    detail = ""
    if remarks:
        detail = "; ".join(str(one["text"]) for one in remarks[:3])
    elif change.move is not None:
        detail = f"{1000.0 * change.move.distance_m:.2f} mm"
        if change.move.angle_rad > 1e-6:
            detail += f", {np.degrees(change.move.angle_rad):.2f}\u00b0"
    elif change.properties:
        detail = ", ".join(str(one["name"]) for one in change.properties[:3])
    return f"{name}{times}: {kind}" + (f", {detail}" if detail else "")


def part_row(comparison: Comparison, number: int, displaced: Displacement | None) -> dict[str, Any]:
    """What became of a part, in words and numbers. number: in `Comparison.pairs`."""
    pair = comparison.pairs[number]
    old, new = comparison.old, comparison.new
    changes = [one for one in comparison.changes if one.pair == number]
    remarks = [*_face_remarks(pair), *_mass_remarks(comparison, pair, changes[0])]
    if displaced is not None and not any(one.kind != "mass" for one in remarks):
        away = displaced.summary
        remarks.append(Remark("surface", by=max(away["max"], -away["min"]), approximate=True))
    return {
        "part": number,
        "from": {"part": pair.old_part, "name": old.part_names[pair.old_part]},
        "to": {"part": pair.new_part, "name": new.part_names[pair.new_part]},
        "count": len(changes),
        "exact": pair.verdict.faces is not None,
        "approximate": pair.verdict.approximate,
        "motion": pair.motion.T.reshape(-1).tolist(),
        "remarks": [one.document() for one in remarks],
        "displacement": None if displaced is None else displaced.summary,
    }


def _face_remarks(pair: PartPair) -> list[Remark]:
    return [] if pair.verdict.faces is None else face_remarks(pair.verdict.faces)


def _mass_remarks(comparison: Comparison, pair: PartPair, change: Change) -> list[Remark]:
    """Mass, volume, area, centre and size of one placement before and after."""
    old, new = comparison.old, comparison.new
    one, other = old.masses[pair.old_part], new.masses[pair.new_part]
    a, b = (_placed(mass, side, row) for mass, side, row in
            ((one, old, change.old), (other, new, change.new)))  # fmt: skip
    rough = one.method != "exact" or other.method != "exact"
    found = []
    for kind, unit, before, after in (
        ("mass", "kg", a.mass, b.mass),
        ("volume", "m³", a.volume, b.volume),
    ):
        if before is not None and after is not None:
            found += _ratio(kind, unit, before.amount, after.amount, rough)
    if a.area_m2 is not None and b.area_m2 is not None:
        found += _ratio("area", "m²", a.area_m2, b.area_m2, rough)
    if a.volume is not None and b.volume is not None and change.move is None:
        kind = "centre" if a.mass is None or b.mass is None else "centre_of_mass"
        found += _shift(kind, b.volume.centre - a.volume.centre, rough)
    figures = old.figures, new.figures
    sizes = [np.ptp(side.boxes[at], axis=0) for side, at in
             zip(figures, (pair.old_figure, pair.new_figure), strict=True)]  # fmt: skip
    if np.abs(sizes[1] - sizes[0]).max() > 1e-5:
        found += _shift("size", sizes[1] - sizes[0], rough)
    return found


def _placed(mass: PartMass, side: Side, row: int) -> RollUp:
    return roll_up([mass], np.zeros(1, np.int64), side.world[row][None])


def occurrence_columns(comparison: Comparison) -> bytes:
    """What became of every occurrence, by dense numbers, for a viewer."""
    counts = len(comparison.codes_old), len(comparison.codes_new)
    head = struct.pack("<4sIII", OCCURRENCES_MAGIC, 1, *counts)
    codes = comparison.codes_old.tobytes() + comparison.codes_new.tobytes()
    codes += b"\0" * (-len(codes) % 4)
    partners = (comparison.partners_old, comparison.partners_new)
    return head + codes + b"".join(one.astype("<i4").tobytes() for one in partners)


def partner_columns(comparison: Comparison) -> bytes:
    """Who became whom, for pins and saved views: see compare_partners.py."""
    how = comparison.partners.how[comparison.old.placed]
    guessed = np.isin(how, sorted(APPROXIMATE))
    return pack_partners(
        PartnerColumns(comparison.partners_old, guessed, len(comparison.partners_new))
    )


def heat_points(displaced: Displacement) -> bytes:
    """A part's displacement: points of the new part and signed metres, for a heat map."""
    away = displaced.summary
    head = struct.pack(
        "<4sII3f", HEAT_MAGIC, 1, len(displaced.signed), away["min"], away["max"], away["rms"]
    )
    columns = np.concatenate([displaced.points, displaced.signed[:, None]], axis=1)
    return head + bytes(np.nan_to_num(columns).astype("<f4").tobytes())
