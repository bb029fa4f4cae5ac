"""Values of parts: which properties there are, who shares a value, what a selection has in common.

Answers name occurrences by their dense numbers, as runs: 100,000 parts in a few pairs of numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from holotable.errors import BadQuery
from holotable.review.mass import Floats
from holotable.review.part_search import NUMBER_FIELDS, WORD_FIELDS, PartSearch
from holotable.review.property_columns import Column, Rows, text_of

Runs: TypeAlias = list[tuple[int, int]]
Kind: TypeAlias = Literal["number", "text"]

MOST_BINS: Final = 20


def runs_of(numbers: Rows) -> Runs:
    """Ascending numbers as [first, last], both included."""
    if len(numbers) == 0:
        return []
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate([[0], breaks + 1])]
    lasts = numbers[np.concatenate([breaks, [len(numbers) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def numbers_in(runs: Sequence[Sequence[int]], count: int) -> Rows:
    """Dense numbers of runs, each once, ascending; what is not in 0 … count - 1 is left out."""
    kept = [(max(0, first), min(count - 1, last)) for first, last in runs if first <= last]
    steps = np.zeros(count + 1, np.int64)
    ends = np.array([pair for pair in kept if pair[0] <= pair[1]], np.int64).reshape(-1, 2)
    np.add.at(steps, ends[:, 0], 1)
    np.add.at(steps, ends[:, 1] + 1, -1)
    return np.flatnonzero(np.cumsum(steps[:count]) > 0)


@dataclass(frozen=True, slots=True)
class PropertyName:
    """A property of the model.  key: as queries name it.  occurrences: parts that have it."""

    key: str
    group: str
    name: str
    kind: Kind
    unit: str
    values: int
    occurrences: int


def property_names(search: PartSearch) -> list[PropertyName]:
    """Every property that at least one placed part has; ours first, then the file's by group."""
    placed = search.columns.numbers >= 0
    names: list[PropertyName] = []
    for word in WORD_FIELDS:
        if word in ("id", "number"):
            continue
        texts = material_of(search) if word == "material" else search.text_column(word)
        said = [text for text, here in zip(texts, placed.tolist(), strict=True) if here and text]
        if said:
            names.append(PropertyName(word, "", word, "text", "", len(set(said)), len(said)))
    for number, (_, unit) in NUMBER_FIELDS.items():
        values = search.number_column(number)[placed]
        values = values[~np.isnan(values)]
        if len(values):
            count = len(np.unique(values))
            names.append(PropertyName(number, "", number, "number", unit, count, len(values)))
    for column in sorted(search.properties, key=lambda one: (one.group, one.name)):
        shown = placed[column.rows]
        if not shown.any():
            continue
        kind: Kind = "text" if column.dimension() is None else "number"
        values_here = len(np.unique(column.codes[shown]))
        names.append(
            PropertyName(
                column.key,
                column.group,
                column.name,
                kind,
                column.si_unit(),
                values_here,
                int(shown.sum()),
            )
        )
    return names


def material_of(search: PartSearch) -> list[str]:
    """The material of every row; empty where none is named."""
    found = [""] * search.count
    for column in search.material_columns():
        texts = [text_of(value) for value in column.values]
        for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
            found[row] = found[row] or texts[code]
    return found


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Parts that share a value, or whose numbers lie from `low` to `high` (SI)."""

    label: str
    numbers: Rows
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ValueGroups:
    """All values of a property.  missing: parts without one."""

    kind: Kind
    unit: str
    groups: list[ValueGroup]
    missing: Rows


def value_groups(search: PartSearch, key: str, bins: int) -> ValueGroups:
    """Parts by the value of a property; numbers in at most `bins` bins, 0: each value by itself.

    raises: BadQuery for a property that no part has.
    """
    placed = np.flatnonzero(search.columns.numbers >= 0)
    folded = key.strip().casefold()
    if folded in NUMBER_FIELDS:
        values = search.number_column(folded)[placed]
        return _number_groups(values, NUMBER_FIELDS[folded][1], bins)
    if folded in WORD_FIELDS and folded != "number":
        texts = material_of(search) if folded == "material" else search.text_column(folded)
        return _word_groups([texts[row] for row in placed.tolist()])
    columns = search.properties.named(key)
    if not columns:
        raise BadQuery(
            f"No part of this model has a property called “{key[:60]}”.",
            reason="unknown_property",
            field=key[:60],
        )
    if bins and all(column.dimension() is not None for column in columns):
        values = np.full(search.count, np.nan)
        for column in columns:
            amounts = [np.nan if one is None else one.value for one in column.amounts()]
            values[column.rows] = np.array(amounts, float)[column.codes]
        return _number_groups(values[placed], columns[0].si_unit(), bins)
    texts = [""] * search.count
    for column in columns:
        _fill(texts, column)
    return _word_groups([texts[row] for row in placed.tolist()])


def _fill(texts: list[str], column: Column) -> None:
    written = [text_of(value) for value in column.values]
    for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
        texts[row] = texts[row] or written[code]


def _word_groups(texts: Sequence[str]) -> ValueGroups:
    by_value: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        by_value.setdefault(text, []).append(number)
    missing = np.array(by_value.pop("", []), np.int64)
    groups = [ValueGroup(label, np.array(found, np.int64)) for label, found in by_value.items()]
    groups.sort(key=lambda group: (-len(group.numbers), group.label))
    return ValueGroups("text", "", groups, missing)


def _number_groups(values: Floats, unit: str, bins: int) -> ValueGroups:
    """Bins of equal width between the 2nd and the 98th percentile: one giant hides nobody."""
    known = ~np.isnan(values)
    missing = np.flatnonzero(~known)
    distinct = np.unique(values[known])
    if len(distinct) == 0:
        return ValueGroups("number", unit, [], missing)
    if bins == 0 or len(distinct) <= bins:
        groups = [
            ValueGroup("", np.flatnonzero(values == value), float(value), float(value))
            for value in distinct.tolist()
        ]
        return ValueGroups("number", unit, groups, missing)
    low, high = np.percentile(values[known], [2, 98])
    if low == high:
        low, high = distinct[0], distinct[-1]
    edges = np.linspace(low, high, bins + 1)
    edges[0], edges[-1] = distinct[0], distinct[-1]
    inner = np.digitize(values, edges[1:-1])
    groups = []
    for at in range(bins):
        found = np.flatnonzero(known & (inner == at))
        if len(found):
            groups.append(ValueGroup("", found, float(edges[at]), float(edges[at + 1])))
    return ValueGroups("number", unit, groups, missing)


@dataclass(frozen=True, slots=True)
class Shared:
    """A property of several parts together.

    value: what all of them have, None when they differ.  distinct: how many values.
    occurrences: how many have it at all.  total: their sum, SI, where adding up means something.
    """

    group: str
    name: str
    value: Any
    distinct: int
    occurrences: int
    unit: str = ""
    total: float | None = None


# What adds up: two lengths of walls make a longer wall, two temperatures nothing.
_ADDS: Final = frozenset({"length", "area", "volume", "mass", "power", "flow", "energy"})


@dataclass(frozen=True, slots=True)
class SharedProperties:
    """What a selection has in common."""

    occurrences: int
    parts: int
    properties: list[Shared] = field(default_factory=list)


def shared_properties(search: PartSearch, numbers: Rows) -> SharedProperties:
    """The properties of some occurrences together, in the order of the file."""
    rows = search.rows_of_numbers(numbers)
    inside = np.zeros(search.count, bool)
    inside[rows] = True
    found: list[Shared] = []
    for column in search.properties:
        here = inside[column.rows]
        if not here.any():
            continue
        codes = column.codes[here]
        distinct = np.unique(codes)
        total = None
        if len(distinct) > 1 and column.dimension() in _ADDS:
            amounts = [0.0 if one is None else one.value for one in column.amounts()]
            total = float(np.array(amounts, float)[codes].sum())
        value = column.values[int(distinct[0])] if len(distinct) == 1 else None
        found.append(
            Shared(
                column.group,
                column.name,
                value,
                len(distinct),
                int(here.sum()),
                column.si_unit(),
                total,
            )
        )
    return SharedProperties(len(rows), len(np.unique(search.columns.part[rows])), found)
