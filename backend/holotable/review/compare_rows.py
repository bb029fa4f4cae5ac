"""What assemblies say of themselves: names, part numbers and properties of rows without a shape.

An assembly has no place in the columns of occurrences; what changed of it is told on its own row. A
name or a number counts only where most rows kept theirs: programs write new ones when they export.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_looks import row_differences
from holotable.review.compare_side import Side

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_KEPT: Final = 0.5  # of all pairs: a name that changed among others that did not was changed
# Files whose root has a name of its own; elsewhere it is what the file was called.
_NAMED_ROOTS: Final = frozenset({"step", "ifc", "iges"})
_PRODUCT: Final = "Product"


@dataclass(frozen=True, slots=True)
class RowChange:
    """An assembly of both sides that says something else. properties: {group, name, from, to}."""

    old: int
    new: int
    properties: tuple[Mapping[str, Any], ...]


def assembly_changes(old: Side, new: Side, partner: Whole) -> list[RowChange]:
    """The assemblies that say something else. partner: (old rows,) row of the new side, or −1."""
    rows = np.flatnonzero((partner >= 0) & (old.parts < 0))
    rows = rows[new.parts[partner[rows]] < 0]
    words = _Words(old, new, partner)
    changes = []
    for row, other in zip(rows.tolist(), partner[rows].tolist(), strict=True):
        said = [*words.differences(row, other), *row_differences(old, row, new, other)]
        if said:
            changes.append(RowChange(row, other, tuple(said)))
    return changes


class _Words:
    """Names and part numbers, and whether those of this pair of files mean anything."""

    def __init__(self, old: Side, new: Side, partner: Whole) -> None:
        self._old, self._new, self._partner = old, new, partner
        self._names: tuple[frozenset[str], frozenset[str]] | None = None
        self._numbers: tuple[frozenset[str], frozenset[str]] | None = None

    def differences(self, row: int, other: int) -> list[Mapping[str, Any]]:
        """What an assembly is called now, where that is another name or number."""
        if self._old.source_kind != self._new.source_kind:
            return []
        found: list[Mapping[str, Any]] = []
        names = self._old.names[row], self._new.names[other]
        root = self._old.parents[row] < 0 and self._old.source_kind not in _NAMED_ROOTS
        if names[0] != names[1] and not root:
            if self._names is None:
                self._names = self._telling(self._old.names, self._new.names)
            found += _told("name", names, self._names)
        numbers = _number(self._old, row), _number(self._new, other)
        # Without a number of its own a row is known by its name, whose change is told already.
        if numbers[0] != numbers[1] and numbers != names:
            if self._numbers is None:
                self._numbers = self._telling(
                    *([_number(side, at) for at in range(len(side.ids))]
                      for side in (self._old, self._new))
                )  # fmt: skip
            found += _told("id", numbers, self._numbers)
        return found

    def _telling(
        self, old: Sequence[str], new: Sequence[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """All words of both sides; none when most rows have another one now."""
        rows = np.flatnonzero(self._partner >= 0).tolist()
        others = self._partner[rows].tolist()
        kept = sum(old[row] == new[other] for row, other in zip(rows, others, strict=True))
        if kept < _KEPT * len(rows):
            return frozenset(), frozenset()
        return frozenset(old), frozenset(new)


def _told(
    what: str, words: tuple[str, str], known: tuple[frozenset[str], frozenset[str]]
) -> list[Mapping[str, Any]]:
    """A change of a word; none when it only went from one row to another, as counters do."""
    before, after = words
    if not known[0] or after in known[0] or before in known[1]:
        return []
    return [{"group": _PRODUCT, "name": what, "from": before, "to": after}]


def _number(side: Side, row: int) -> str:
    """The number of a row's product, which is its name where the file gives it no other."""
    part = int(side.parts[row])
    said = side.row_properties.get(row) if part < 0 else side.part_properties.get(part)
    product = (said or {}).get(_PRODUCT)
    number = product.get("id") if isinstance(product, Mapping) else None
    if number is not None:
        return str(number)
    return side.names[row] if part < 0 else side.part_names[part]


def row_boxes(side: Side, boxes: Floats) -> Floats:
    """(rows, 2, 3) boxes of rows, those of assemblies around all that stands in them.

    boxes: as `compare_place.world_boxes` has them. Where nothing stands it is the row's origin.
    """
    low = np.full((len(side.ids), 3), np.inf)
    high = -low
    low[side.placed], high[side.placed] = boxes[side.placed, 0], boxes[side.placed, 1]
    for rows in reversed(side.levels[1:]):
        np.minimum.at(low, side.parents[rows], low[rows])
        np.maximum.at(high, side.parents[rows], high[rows])
    empty = ~np.isfinite(low).all(axis=1)
    low[empty] = high[empty] = side.world[empty][:, :3, 3]
    return np.stack([low, high], axis=1)


class Below:
    """The placed rows below others, found when they are first wanted."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._order = np.argsort(side.parents, kind="stable")
        self._sorted = side.parents[self._order]

    def placed(self, row: int, most: int) -> list[int]:
        """At most `most` rows with a shape that stand below a row; itself, if it has one."""
        found: list[int] = []
        waiting = [row]
        while waiting and len(found) < most:
            at = waiting.pop()
            if self._side.parts[at] >= 0:
                found.append(at)
            first, last = np.searchsorted(self._sorted, [at, at + 1])
            waiting += self._order[first:last][::-1].tolist()
        return found
