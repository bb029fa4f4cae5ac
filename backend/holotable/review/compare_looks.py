"""Whether occurrences look alike and say the same of themselves."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_side import DEFAULT_COLOUR, Side
from holotable.review.quantity import ending_unit, read_amount

Whole: TypeAlias = NDArray[np.int64]
Look: TypeAlias = Mapping[str, float]

_SHARE: Final = 0.02  # of a part's area; what other triangles make of a face's share
_STEP: Final = 2  # of 255: a colour that went through floating point and back
_RELATIVE: Final = 1e-5  # of numbers that went through another unit
# What programs write of the file and of their own bookkeeping, not of the part.
_BOOKKEEPING: Final = frozenset({"File", "Validation", "Product", "Withheld"})
# Ids that programs make anew when they export: who is who is found without them.
_IDS: Final = frozenset({"globalid", "uuid", "guid"})
_MOST: Final = 50  # properties of one occurrence that are listed


def looks_compared(old: Side, new: Side) -> bool:
    """Whether both files know colours: an STL beside a STEP file says nothing about paint."""
    return _is_coloured(old) and _is_coloured(new)


def _is_coloured(side: Side) -> bool:
    plain = all(side.colours[row] == DEFAULT_COLOUR for row in side.placed.tolist())
    return not plain or any(set(look) - {""} for look in side.shapes.looks)


def looks_alike(old: Side, one: Whole, new: Side, other: Whole) -> NDArray[np.bool_]:
    """(k,) whether the rows of each pair show the same colours and pictures."""
    alike = np.ones(len(one), bool)
    if not looks_compared(old, new):
        return alike
    known: dict[tuple[int, str, int, str], bool] = {}
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    for at, (row, partner) in enumerate(pairs):
        a, b = int(old.parts[row]), int(new.parts[partner])
        key = (a, old.colours[row], b, new.colours[partner])
        if key not in known:
            known[key] = _same_look(_look(old, a, key[1]), _look(new, b, key[3])) and _same_picture(
                old, a, new, b
            )
        alike[at] = known[key]
    return alike


def _look(side: Side, part: int, colour: str) -> Look:
    """Colour → share of the area, the occurrence's own colour put in."""
    said = side.shapes.looks[part] or {"": 1.0}
    found: dict[str, float] = {}
    for name, share in said.items():
        found[name or colour] = found.get(name or colour, 0.0) + share
    return found


def _same_look(one: Look, other: Look) -> bool:
    left = dict(other)
    missing = 0.0
    for colour, share in one.items():
        match = next((name for name in left if _near(colour, name)), None)
        if match is None:
            missing += share
            continue
        rest = share - left.pop(match)
        if abs(rest) > _SHARE:
            return False
    return missing <= _SHARE and sum(left.values()) <= _SHARE


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    a, b = _channels(one), _channels(other)
    return a is not None and b is not None and bool(np.abs(a - b).max() <= _STEP)


def _channels(colour: str) -> NDArray[np.int64] | None:
    try:
        return np.array(list(bytes.fromhex(colour.removeprefix("#").ljust(8, "f")[:8])), np.int64)
    except ValueError:
        return None


def _same_picture(old: Side, a: int, new: Side, b: int) -> bool:
    if not (old.shapes.whole and new.shapes.whole) or old.source_kind != new.source_kind:
        return True
    return bytes(old.shapes.textures[a]) == bytes(new.shapes.textures[b])


def property_changes(
    old: Side, one: Whole, new: Side, other: Whole
) -> dict[int, list[Mapping[str, Any]]]:
    """Of pairs that say different things of themselves what: {group, name, from, to}.

    returns: by place in the pairs. Between formats only what both say is compared.
    """
    known: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    found: dict[int, list[Mapping[str, Any]]] = {}
    shared = old.source_kind != new.source_kind
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    for at, (row, partner) in enumerate(pairs):
        parts = int(old.parts[row]), int(new.parts[partner])
        if parts not in known:
            a, b = (side.part_properties.get(part, {}) for side, part in
                    ((old, parts[0]), (new, parts[1])))  # fmt: skip
            known[parts] = _differences(a, b, shared)
        said = [*known[parts], *row_differences(old, row, new, partner)]
        if said:
            found[at] = said[:_MOST]
    return found


def row_differences(old: Side, row: int, new: Side, partner: int) -> list[Mapping[str, Any]]:
    """What two rows themselves say differently, without what their parts say."""
    own = old.row_properties.get(row), new.row_properties.get(partner)
    if not own[0] and not own[1]:
        return []
    return _differences(own[0] or {}, own[1] or {}, old.source_kind != new.source_kind)[:_MOST]


def _differences(
    one: Mapping[str, Any], other: Mapping[str, Any], shared: bool
) -> list[Mapping[str, Any]]:
    if one == other:
        return []
    found: list[Mapping[str, Any]] = []
    for group in sorted(set(one) | set(other)):
        if group in _BOOKKEEPING:
            continue
        a, b = one.get(group), other.get(group)
        if not isinstance(a, Mapping | None) or not isinstance(b, Mapping | None):
            continue
        left, right = a or {}, b or {}
        names = set(left) & set(right) if shared else set(left) | set(right)
        found += [
            {"group": group, "name": name, "from": left.get(name), "to": right.get(name)}
            for name in sorted(names)
            if str(name).rpartition(":")[2].casefold() not in _IDS
            and not _same_value(name, left.get(name), right.get(name))
        ]
    return found


def _same_value(name: str, one: object, other: object) -> bool:
    if one == other:
        return True
    unit = ending_unit(name)
    a, b = read_amount(one, unit), read_amount(other, unit)
    if a is None or b is None or a.dimension != b.dimension:
        return False
    return abs(a.value - b.value) <= _RELATIVE * max(abs(a.value), abs(b.value))
