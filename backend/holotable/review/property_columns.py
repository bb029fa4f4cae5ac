"""What a file says of its parts, as columns: one for each property, its values stored once each.

Rows are those of structure.json. Properties of a part hold for all its placements, unless a
placement says otherwise. Everything in the document is a stranger's and may be odd.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.quantity import SI_NAMES, Amount, ending_unit, read_amount

Rows: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

_MOST_VALUES: Final = 20_000_000  # of all columns together; a file with more is cut, and says so
_LONGEST: Final = 2_000  # characters of one value that a search looks at


@dataclass(slots=True)
class Column:
    """One property.  rows: ascending.  codes: of each row, the place of its value in `values`."""

    group: str
    name: str
    values: list[Any] = field(default_factory=list)
    rows: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    codes: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    _folded: list[str] | None = None
    _amounts: list[Amount | None] | None = None

    @property
    def key(self) -> str:
        """As queries and addresses name it."""
        return f"{self.group}/{self.name}" if self.group else self.name

    def folded(self) -> list[str]:
        """The values as texts without case."""
        if self._folded is None:
            self._folded = [text_of(value)[:_LONGEST].casefold() for value in self.values]
        return self._folded

    def amounts(self) -> list[Amount | None]:
        """The values as numbers with units, where they are."""
        if self._amounts is None:
            unit = ending_unit(self.name)
            self._amounts = [read_amount(value, unit) for value in self.values]
        return self._amounts

    def dimension(self) -> str | None:
        """What nearly all values measure: a dimension, "" for plain numbers, None for words."""
        known = [amount for amount in self.amounts() if amount is not None]
        if not known or len(known) < 0.9 * len([value for value in self.values if value != ""]):
            return None
        dimensions = {amount.dimension or "" for amount in known}
        return dimensions.pop() if len(dimensions) == 1 else None

    def si_unit(self) -> str:
        """The unit of `amounts` in SI; empty for plain numbers and words."""
        return SI_NAMES.get(self.dimension() or "", "")

    def rows_with(self, chosen: Mask) -> Rows:
        """Rows whose value is one of the chosen ones; a flag for each of `values`."""
        return self.rows[chosen[self.codes]] if len(self.rows) else self.rows

    def value_at(self, row: int) -> tuple[bool, Any]:
        """Whether the row has a value, and which."""
        at = int(np.searchsorted(self.rows, row))
        if at < len(self.rows) and self.rows[at] == row:
            return True, self.values[int(self.codes[at])]
        return False, None


class PropertyColumns:
    """structure-props.json as columns.  parts: (rows,) part number of each row or -1."""

    def __init__(self, document: Mapping[str, Any], parts: Rows) -> None:
        self.rows = len(parts)
        self.cut = False
        self._columns: dict[tuple[str, str], Column] = {}
        drafts: dict[tuple[str, str], _Draft] = {}
        budget = _MOST_VALUES
        for table in ("parts", "nodes"):
            said = document.get(table)
            for number, group, name, value in _entries(said if isinstance(said, dict) else {}):
                budget -= 1
                if budget < 0:
                    self.cut = True
                    break
                draft = drafts.setdefault((group, name), _Draft())
                draft.add(table, number, value)
        order = np.argsort(parts, kind="stable")
        starts = np.searchsorted(parts[order], np.arange(int(parts.max(initial=-1)) + 2))
        for (group, name), draft in drafts.items():
            rows, codes = draft.spread(order, starts, self.rows)
            if len(rows):
                self._columns[group, name] = Column(group, name, draft.values, rows, codes)

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns.values())

    def __len__(self) -> int:
        return len(self._columns)

    def named(self, name: str) -> list[Column]:
        """Columns called `Name` or `Group/Name`, in any case."""
        wanted = name.strip().casefold()
        return [
            column for column in self if wanted in (column.name.casefold(), column.key.casefold())
        ]

    def groups_of(self, row: int) -> dict[str, dict[str, Any]]:
        """Everything said of one row: group → name → value."""
        groups: dict[str, dict[str, Any]] = {}
        for column in self:
            found, value = column.value_at(row)
            if found:
                groups.setdefault(column.group, {})[column.name] = value
        return groups


class _Draft:
    def __init__(self) -> None:
        self.values: list[Any] = []
        self._codes: dict[object, int] = {}
        self._numbers: dict[str, list[int]] = {"nodes": [], "parts": []}
        self._chosen: dict[str, list[int]] = {"nodes": [], "parts": []}

    def add(self, table: str, number: int, value: Any) -> None:
        scalar = value is None or isinstance(value, str | int | float | bool)
        key = (type(value).__name__, value if scalar else text_of(value))
        code = self._codes.get(key)
        if code is None:
            code = self._codes[key] = len(self.values)
            self.values.append(value)
        self._numbers[table].append(number)
        self._chosen[table].append(code)

    def spread(self, order: Rows, starts: Rows, count: int) -> tuple[Rows, Rows]:
        """Rows and their codes: the parts' values on all their placements, the rows' own on top."""
        rows: list[Rows] = []
        codes: list[Rows] = []
        for part, code in zip(self._numbers["parts"], self._chosen["parts"], strict=True):
            if 0 <= part < len(starts) - 1:
                placed = order[starts[part] : starts[part + 1]]
                rows.append(placed)
                codes.append(np.full(len(placed), code, np.int64))
        own = np.array(self._numbers["nodes"], np.int64)
        kept = (own >= 0) & (own < count)
        rows.append(own[kept])
        codes.append(np.array(self._chosen["nodes"], np.int64)[kept])
        all_rows = np.concatenate(rows)
        all_codes = np.concatenate(codes)
        # The last of equal rows wins: a stable sort keeps their order.
        sorting = np.argsort(all_rows, kind="stable")
        all_rows, all_codes = all_rows[sorting], all_codes[sorting]
        last = np.ones(len(all_rows), dtype=np.bool_)
        last[:-1] = all_rows[1:] != all_rows[:-1]
        return all_rows[last], all_codes[last]


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[int, str, str, Any]]:
    """Number, group, name and value of everything in a table; what is no group has the group ""."""
    for number, groups in table.items():
        if not number.isascii() or not number.isdigit() or not isinstance(groups, dict):
            continue
        for group, values in groups.items():
            if isinstance(values, dict):
                for name, value in values.items():
                    yield int(number[:18]), str(group), str(name), value
            else:
                yield int(number[:18]), "", str(group), values


def text_of(value: object) -> str:
    """A value as a person would type it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)
