"""Making pairs: of equal keys near one place, of least cost one by one, of least cost in all."""

from collections.abc import Sequence
from itertools import product
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                        0x27D4EB2F165667C5, 0x94D049BB133111EB], np.uint64)  # fmt: skip
_MOST_TOGETHER: Final = 64  # of each side in one cell: equal parts in one another's place


def shared_keys(old: Sequence[str], new: Sequence[str]) -> tuple[Whole, Whole]:
    """Texts as numbers, equal for equal texts."""
    numbers: dict[str, int] = {}
    left = np.array([numbers.setdefault(text, len(numbers)) for text in old], np.int64)
    right = np.array([numbers.setdefault(text, len(numbers)) for text in new], np.int64)
    return left, right


def join(
    one_keys: Whole, one_places: Floats, other_keys: Whole, other_places: Floats
) -> tuple[Whole, Whole]:
    """Pairs with equal keys whose places are less than a half apart, and some that are not.

    keys: (n, k).  places: (n, 3) in cells.  returns: places of both in their arrays, each pair
    once. Eight grids, each shifted by half a cell along some axes: two points less than half a
    cell apart share a cell of one of them. Never all against all.
    """
    found: list[Whole] = []
    width = max(1, len(other_keys))
    for shift in product((0.0, 0.5), repeat=3):
        left = _hashes(one_keys, one_places + np.array(shift))
        right = _hashes(other_keys, other_places + np.array(shift))
        i, j = _equal(left, right)
        found.append(i * width + j)
    pairs = np.unique(np.concatenate(found))
    return pairs // width, pairs % width


def _hashes(keys: Whole, places: Floats) -> NDArray[np.uint64]:
    """(n,) one number of key and cell; a collision only costs a look."""
    cells = np.floor(np.clip(places, -4e18, 4e18)).astype(np.int64)
    columns = np.concatenate([keys, cells], axis=1).astype(np.uint64)
    mixed = np.zeros(len(columns), np.uint64)
    for column in range(columns.shape[1]):
        mixed ^= columns[:, column] * _MIX[column % len(_MIX)]
        mixed ^= mixed >> np.uint64(31)
        mixed *= _MIX[0]
    return mixed


def _equal(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> tuple[Whole, Whole]:
    """Every pair of places with the same number."""
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    first = np.searchsorted(ranked, left, side="left")
    last = np.searchsorted(ranked, left, side="right")
    counts = last - first
    # Hundreds in one cell are coincident copies: each is offered only some of the others,
    # another some for each, so that all find one.
    crowded = counts > _MOST_TOGETHER
    if crowded.any():
        rows = np.flatnonzero(crowded)
        _, inverse = np.unique(left[rows], return_inverse=True)
        turns = _turns(inverse.reshape(-1))
        first[rows] += np.minimum(turns, counts[rows] - 1)
        counts[rows] = np.minimum(_MOST_TOGETHER, last[rows] - first[rows])
    i = np.repeat(np.arange(len(left)), counts)
    ends = np.cumsum(counts)
    steps = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
    return i, order[np.repeat(first, counts) + steps]


def _turns(groups: Whole) -> Whole:
    """(n,) how many of the same group stand before each."""
    order = np.argsort(groups, kind="stable")
    sorted_ = groups[order]
    starts = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]])
    ranks = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    result = np.empty(len(groups), np.int64)
    result[order] = ranks
    return result


def greedy(one: Whole, other: Whole, cost: Floats) -> Whole:
    """Places of the chosen pairs: cheapest first, nobody twice."""
    chosen: list[int] = []
    left: set[int] = set()
    right: set[int] = set()
    order = np.lexsort((other, one, cost))
    for at, a, b in zip(order.tolist(), one[order].tolist(), other[order].tolist(), strict=True):
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            chosen.append(at)
    return np.array(chosen, np.int64)


def assign(cost: Floats) -> tuple[Whole, Whole]:
    """Pairs of rows and columns with the least sum, as many as the shorter side has.

    Shortest augmenting paths with potentials (Jonker and Volgenant 1987), O(n² m).
    """
    if cost.shape[0] > cost.shape[1]:
        right, left = assign(cost.T)
        order = np.argsort(left)
        return left[order], right[order]
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, -1)
    for start in range(rows):
        shortest = np.full(columns, np.inf)
        before = np.full(columns, -1)  # the row that the path came from
        done = np.zeros(columns, bool)
        row, least, sink = start, 0.0, -1
        while sink < 0:
            through = least + cost[row] - row_price[row] - column_price
            better = ~done & (through < shortest)
            shortest[better], before[better] = through[better], row
            column = int(np.argmin(np.where(done, np.inf, shortest)))
            least = float(shortest[column])
            done[column] = True
            if owner[column] < 0:
                sink = column
            else:
                row = int(owner[column])
        seen = np.flatnonzero(done)
        row_price[start] += least
        inside = seen[seen != sink]
        row_price[owner[inside]] += least - shortest[inside]
        column_price[seen] -= least - shortest[seen]
        column = sink
        while True:
            row = int(before[column])
            mates = np.flatnonzero(owner == row)
            owner[column] = row
            if row == start:
                break
            column = int(mates[mates != column][0])
    taken = np.flatnonzero(owner >= 0)
    order = np.argsort(owner[taken])
    return owner[taken][order], taken[order]
