"""Which row of one revision is which row of the other.

In this order, each step for what is left by those before it:

1. the file's own ids (IFC's GlobalId);
2. ids made of names, where the shape stands where it stood;
3. equal shapes at the same place: what was exported with other names and numbers;
4. the other ids made of names: moved or changed;
5. equal shapes at the same place within an assembly, or under a motion, that others made;
6. equal shapes of the same name, the nearest ones, so that all together move least;
7. the same name below the same assembly: another shape;
8. something like it at the same place: another shape without a name;
9. equal shapes anywhere.

Ids of equal siblings (`ranked`) only break ties. A name that says no more than its part's name is
a counter (`screw:3`), so that step 3 beats it: programs number anew when a screw is removed.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_kin import RELATIVE, Kin
from holotable.review.compare_pairs import assign, greedy, join, shared_keys
from holotable.review.compare_side import Side

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

# How a row found its partner; the numbers stand in stored results. WHOLE: it is in the only body
# of the other side (compare_whole.py).
NONE, FILE_ID, NAMED_ID, PLACE, WITHIN, NEAREST, NAME, SIMILAR, SHAPE, WHOLE = range(10)
APPROXIMATE: Final = frozenset({NAME, SIMILAR, SHAPE, WHOLE})

EXTENT: Final = 2e-6  # of the model: single precision coordinates far from the origin
_SAGS: Final = 2.0
_OPTIMAL: Final = 160  # of equal parts: more are paired nearest first
_MOST_PAIRS: Final = 2_000_000
_MOTIONS: Final = 8  # of loose parts without an assembly that are looked for
_LIKE: Final = 0.15  # sizes of a part before and after a change, at the same place


@dataclass(slots=True)
class Partners:
    """partner: (old rows,) row of the new side, or −1.  how: (old rows,) NONE … SHAPE.
    back: (new rows,) the other way round.
    """

    partner: Whole
    back: Whole
    how: NDArray[np.uint8]

    def pair(self, old: Whole, new: Whole, how: int) -> None:
        """Make pairs of free rows."""
        self.partner[old], self.back[new], self.how[old] = new, old, how


@dataclass(slots=True)
class _Half:
    """What matching wants to know of one side, by row."""

    side: Side
    kin: Whole  # (rows,) −1 for assemblies
    figure: Whole  # (rows,)
    centre: Floats  # (rows, 3) of the surface, in the model
    body: Floats  # (rows, 3) of the exact solids, NaN without
    second: Floats  # (rows, 3, 3)
    sag: Floats
    size: Floats
    counters: Mask  # names that say no more than the part's
    names: Whole = field(default_factory=lambda: np.zeros(0, np.int64))


def partners_of(old: Side, new: Side, kin: Kin) -> Partners:
    """Match the rows of both sides."""
    found = Partners(
        np.full(len(old.ids), -1), np.full(len(new.ids), -1), np.zeros(len(old.ids), np.uint8)
    )
    halves = (_half(old, kin.old), _half(new, kin.new))
    halves[0].names, halves[1].names = shared_keys(old.names, new.names)
    matcher = _Matcher(halves[0], halves[1], found, max(old.extent, new.extent))
    matcher.run()
    return found


def _half(side: Side, numbers: Whole) -> _Half:
    count, rows = len(side.ids), side.placed
    figures = side.figures
    figure = np.full(count, -1)
    figure[rows] = figures.of
    kin = np.full(count, -1)
    kin[rows] = numbers[figures.of]
    turn = figures.motions[:, :3, :3]
    centre, body = np.zeros((count, 3)), np.full((count, 3), np.nan)
    shift = figures.motions[:, :3, 3]
    centre[rows] = np.einsum("nij,nj->ni", turn, figures.centres[figures.of]) + shift
    solid = np.where(figures.exact[:, None], figures.bodies, np.nan)[figures.of]
    body[rows] = np.einsum("nij,nj->ni", turn, solid) + shift
    second = np.zeros((count, 3, 3))
    second[rows] = turn @ figures.seconds[figures.of] @ turn.transpose(0, 2, 1)
    sag, size = np.zeros(count), np.zeros(count)
    sag[rows], size[rows] = figures.sags[figures.of], figures.sizes[figures.of]
    part_names = side.part_names
    counters = np.zeros(count, bool)
    counters[rows] = [
        side.names[row] == part_names[part]
        for row, part in zip(rows.tolist(), side.parts[rows].tolist(), strict=True)
    ]
    return _Half(side, kin, figure, centre, body, second, sag, size, counters)


class _Matcher:
    """The steps, over shared columns."""

    def __init__(self, old: _Half, new: _Half, found: Partners, extent: float) -> None:
        self.old, self.new, self.found = old, new, found
        self.extent = extent
        ids = {id_: row for row, id_ in enumerate(new.side.ids)}
        self.same_id = np.array([ids.get(id_, -1) for id_ in old.side.ids], np.int64)
        there = self.same_id >= 0
        old_kinds = np.array(old.side.identity)
        new_kinds = np.array(new.side.identity)[self.same_id]
        sort = (old.side.parts >= 0) == (new.side.parts[self.same_id] >= 0)
        usable = there & sort & (old_kinds != "ranked") & (new_kinds != "ranked")
        self.file_id = usable & (old_kinds == "file") & (new_kinds == "file")
        self.named_id = usable & ~self.file_id

    def run(self) -> None:
        """All steps."""
        self._by_id(self.file_id, FILE_ID)
        rows = np.flatnonzero(self.named_id & (self.old.side.parts >= 0))
        placed = self._stands(rows, self.same_id[rows])
        mask = np.zeros(len(self.named_id), bool)
        mask[rows[placed]] = True
        self._by_id(mask, NAMED_ID)
        self._at_place(reserve=True)
        self._by_id(self.named_id, NAMED_ID)
        self._assemblies()
        self._within()
        self._under_motions()
        self._nearest(by_name=True, how=NEAREST)
        self._assemblies()
        self._by_name()
        self._similar()
        self._nearest(by_name=False, how=SHAPE)
        self._assemblies()

    def _by_id(self, mask: Mask, how: int) -> None:
        rows = np.flatnonzero(mask & (self.found.partner < 0))
        rows = rows[self.found.back[self.same_id[rows]] < 0]
        self.found.pair(rows, self.same_id[rows], how)

    def _free(self) -> tuple[Whole, Whole]:
        """Placed rows without a partner."""
        return (
            np.flatnonzero((self.found.partner < 0) & (self.old.kin >= 0)),
            np.flatnonzero((self.found.back < 0) & (self.new.kin >= 0)),
        )

    def _slack(self, one: Whole, other: Whole) -> Floats:
        """(k,) metres that the places of equal shapes may differ by."""
        old, new = self.old, self.new
        size = np.maximum(old.size[one], new.size[other])
        return RELATIVE * size + EXTENT * self.extent + 1e-9 + self._stray(one, other)

    def _stray(self, one: Whole, other: Whole) -> Floats:
        """(k,) metres for triangles that are not the same ones; exact solids need none."""
        old, new = self.old, self.new
        exact = np.isfinite(old.body[one, 0]) & np.isfinite(new.body[other, 0])
        same = self._same_triangles(one, other)
        return np.where(exact | same, 0.0, _SAGS * (old.sag[one] + new.sag[other]))

    def _same_triangles(self, one: Whole, other: Whole) -> Mask:
        a, b = self.old.side, self.new.side
        if not (a.shapes.whole and b.shapes.whole):
            return np.zeros(len(one), bool)
        return np.asarray(a.shapes.meshes[a.parts[one]] == b.shapes.meshes[b.parts[other]])

    def _away(self, one: Whole, other: Whole, motions: Floats | None = None) -> Floats:
        """(k,) metres between the middles; motions: (k, 4, 4) of the old ones first."""
        exact = np.isfinite(self.old.body[one, 0]) & np.isfinite(self.new.body[other, 0])
        a = np.where(exact[:, None], self.old.body[one], self.old.centre[one])
        b = np.where(exact[:, None], self.new.body[other], self.new.centre[other])
        if motions is not None:
            a = np.einsum("kij,kj->ki", motions[:, :3, :3], a) + motions[:, :3, 3]
        return np.asarray(np.linalg.norm(a - b, axis=1))

    def _stands(self, one: Whole, other: Whole, motions: Floats | None = None) -> Mask:
        """(k,) whether these have equal shapes at the same place, turned the same way."""
        old, new = self.old, self.new
        slack = self._slack(one, other)
        good = (old.kin[one] == new.kin[other]) & (old.kin[one] >= 0)
        good &= self._away(one, other, motions) <= slack
        a, b = old.second[one], new.second[other]
        if motions is not None:
            turn = motions[:, :3, :3]
            a = turn @ a @ turn.transpose(0, 2, 1)
        stray = slack + np.where(
            self._same_triangles(one, other), 0.0, _SAGS * (old.sag[one] + new.sag[other])
        )
        size = np.maximum(old.size[one], new.size[other])
        good &= np.abs(a - b).max(axis=(1, 2), initial=0.0) <= 2.0 * stray * size + 1e-15
        return np.asarray(good)

    def _at_place(self, *, reserve: bool) -> None:
        """Equal shapes at the same place. reserve: not rows that a telling name belongs to."""
        one, other = self._free()
        if reserve:
            told = self.named_id & ~self.old.counters
            one = one[~told[one]]
            kept = np.ones(len(self.found.back), bool)
            kept[self.same_id[told]] = False
            other = other[kept[other]]
        everywhere = np.zeros(len(one), np.int64)
        self._join_and_pair(one, other, everywhere, np.zeros(len(other), np.int64), None, PLACE)

    def _join_and_pair(
        self, one: Whole, other: Whole, one_key: Whole, other_key: Whole,
        motions: Floats | None, how: int,
    ) -> None:  # fmt: skip
        """Pair free rows that stand at the same place. keys: only within the same.
        motions: (len(one), 4, 4) of the old rows first.
        """
        if not len(one) or not len(other):
            return
        old, new = self.old, self.new
        reach = np.zeros(int(max(old.kin.max(), new.kin.max())) + 1)
        for half, rows in ((old, one), (new, other)):
            np.maximum.at(
                reach, half.kin[rows],
                RELATIVE * half.size[rows] + 2.0 * _SAGS * half.sag[rows],
            )  # fmt: skip
        reach = 2.0 * (reach + EXTENT * self.extent + 1e-9)
        places = old.centre[one]
        if motions is not None:
            places = np.einsum("kij,kj->ki", motions[:, :3, :3], places) + motions[:, :3, 3]
        left, right = join(
            np.stack([old.kin[one], one_key], axis=1), places / reach[old.kin[one]][:, None],
            np.stack([new.kin[other], other_key], axis=1),
            new.centre[other] / reach[new.kin[other]][:, None],
        )  # fmt: skip
        rows, partners = one[left], other[right]
        moved = None if motions is None else motions[left]
        good = self._stands(rows, partners, moved)
        rows, partners, moved = rows[good], partners[good], None if moved is None else moved[good]
        away = self._away(rows, partners, moved) / np.maximum(self._slack(rows, partners), 1e-30)
        self._pair_best(rows, partners, np.minimum(away, 1.0) + self._doubt(rows, partners), how)

    def _doubt(self, one: Whole, other: Whole) -> Floats:
        """What speaks against a pair at the same place: another name, triangles, parent, id."""
        above = self.found.partner[self.old.side.parents[one]]
        parents = above == self.new.side.parents[other]
        return np.asarray(
            8.0 * (self.old.names[one] != self.new.names[other])
            + 4.0 * ~self._same_triangles(one, other)
            + 2.0 * ~parents
            + 1.0 * (self.same_id[one] != other)
        )

    def _pair_best(self, one: Whole, other: Whole, cost: Floats, how: int) -> None:
        chosen = greedy(one, other, cost)
        self.found.pair(one[chosen], other[chosen], how)

    def _assemblies(self) -> None:
        """Assemblies by what their children agree on, from the leaves up, then by content."""
        partner, back = self.found.partner, self.found.back
        for rows in reversed(self.old.side.levels):
            votes: Counter[tuple[int, int]] = Counter()
            for row in rows[partner[rows] >= 0].tolist():
                a = int(self.old.side.parents[row])
                b = int(self.new.side.parents[partner[row]])
                if a >= 0 and b >= 0 and partner[a] < 0 and back[b] < 0:
                    votes[a, b] += 1
            for (a, b), _count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
                if partner[a] < 0 and back[b] < 0 and self.new.kin[b] < 0 and self.old.kin[a] < 0:
                    self.found.pair(np.array([a]), np.array([b]), WITHIN)
        contents = _contents(self.old), _contents(self.new)
        for named in (True, False):
            self._by_contents(*contents, named=named)

    def _by_contents(self, old: list[int], new: list[int], *, named: bool) -> None:
        """Free assemblies that hold the same shapes, the nearest one. named: with one name only."""
        waiting: dict[tuple[int, int], list[int]] = {}
        for row in np.flatnonzero((self.found.back < 0) & (self.new.kin < 0)).tolist():
            name = int(self.new.names[row]) if named else 0
            waiting.setdefault((new[row], name), []).append(row)
        for row in np.flatnonzero((self.found.partner < 0) & (self.old.kin < 0)).tolist():
            alike = waiting.get((old[row], int(self.old.names[row]) if named else 0))
            if alike and old[row] and len(alike) <= _OPTIMAL:
                place = self.old.side.world[row][:3, 3]
                away = np.abs(self.new.side.world[alike][:, :3, 3] - place).max(axis=1)
                chosen = alike.pop(int(np.argmin(away)))
                self.found.pair(np.array([row]), np.array([chosen]), WITHIN)

    def _within(self) -> None:
        """Equal shapes at the same place in an assembly that moved, the innermost first."""
        partner = self.found.partner
        above_old = self.old.side.parents.copy()
        above_new = self.new.side.parents.copy()
        for _level in range(64):
            one, other = self._free()
            a, b = above_old[one], above_new[other]
            one, a = one[a >= 0], a[a >= 0]
            other, b = other[b >= 0], b[b >= 0]
            if not len(one) or not len(other):
                return
            paired = partner[a] >= 0
            one_in, a_in = one[paired], a[paired]
            motions = self.new.side.world[partner[a_in]] @ np.linalg.pinv(self.old.side.world[a_in])
            self._join_and_pair(one_in, other, partner[a_in], b, motions, WITHIN)
            above_old[one] = self.old.side.parents[a]
            above_new[other] = self.new.side.parents[b]

    def _under_motions(self) -> None:
        """Equal shapes under a motion that several parts that occur once agree on."""
        for _round in range(_MOTIONS):
            one, other = self._free()
            motion = self._common_motion(one, other)
            if motion is None:
                return
            motions = np.broadcast_to(motion, (len(one), 4, 4))
            nothing = np.zeros(len(other), np.int64)
            before = int((self.found.partner >= 0).sum())
            self._join_and_pair(one, other, np.zeros(len(one), np.int64), nothing, motions, WITHIN)
            if int((self.found.partner >= 0).sum()) == before:
                return

    def _common_motion(self, one: Whole, other: Whole) -> Floats | None:
        """(4, 4) that at least three shapes that are free once on each side made; None without."""
        old_kin, old_first, old_count = np.unique(
            self.old.kin[one], return_index=True, return_counts=True
        )
        new_kin, new_first, new_count = np.unique(
            self.new.kin[other], return_index=True, return_counts=True
        )
        both, i, j = np.intersect1d(
            old_kin[old_count == 1], new_kin[new_count == 1], return_indices=True
        )
        if len(both) < 3:
            return None
        rows = one[old_first[old_count == 1][i]]
        partners = other[new_first[new_count == 1][j]]
        motions = self.new.side.world[partners] @ np.linalg.pinv(self.old.side.world[rows])
        middle = self.old.centre[rows].mean(axis=0)
        shifts = motions[:, :3, :3] @ middle + motions[:, :3, 3]
        grain = max(1e-4 * self.extent, 1e-7)
        keys = np.round(np.concatenate([shifts / grain, motions[:, :3, :3].reshape(-1, 9) * 1e3],
                                       axis=1))  # fmt: skip
        _, first, counts = np.unique(keys, axis=0, return_index=True, return_counts=True)
        best = int(np.argmax(counts))
        return motions[first[best]] if counts[best] >= 3 else None

    def _nearest(self, *, by_name: bool, how: int) -> None:
        """Equal shapes wherever they stand, so that all of a kind move least in all."""
        one, other = self._free()
        old_key, new_key = self.old.kin[one], self.new.kin[other]
        if by_name:
            width = int(max(self.old.names.max(initial=0), self.new.names.max(initial=0))) + 1
            old_key = old_key * width + self.old.names[one]
            new_key = new_key * width + self.new.names[other]
        self._assign_groups(one, other, old_key, new_key, how)

    def _by_name(self) -> None:
        """The same name below the same assembly, then the same name alone: another shape."""
        for with_parent in (True, False):
            one, other = self._free()
            old_key, new_key = self.old.names[one], self.new.names[other]
            if with_parent:
                width = len(self.new.side.ids) + 2
                above = self.old.side.parents[one]
                mapped = np.where(above >= 0, self.found.partner[above], -1)
                known = (above < 0) | (mapped >= 0)
                one, old_key, mapped = one[known], old_key[known], mapped[known]
                old_key = old_key * width + mapped + 1
                new_key = new_key * width + self.new.side.parents[other] + 1
            else:  # only names that stand on each side once
                old_once = _once(old_key)
                new_once = _once(new_key)
                one, old_key = one[old_once], old_key[old_once]
                other, new_key = other[new_once], new_key[new_once]
            self._assign_groups(one, other, old_key, new_key, NAME)

    def _similar(self) -> None:
        """Something of about this size at this place: what was changed and lost its name."""
        one, other = self._free()
        if not len(one) or not len(other) or len(one) * len(other) > _MOST_PAIRS:
            return
        size = np.maximum(self.old.size[one][:, None], self.new.size[other][None, :])
        boxes_old, boxes_new = self._boxes(self.old, one), self._boxes(self.new, other)
        apart = np.abs(boxes_old[:, None] - boxes_new[None, :]).max(axis=(2, 3))
        i, j = np.nonzero(apart <= _LIKE * size)
        cost = apart[i, j] / np.maximum(size[i, j], 1e-30)
        self._pair_best(one[i], other[j], cost, SIMILAR)

    def _boxes(self, half: _Half, rows: Whole) -> Floats:
        """(k, 2, 3)."""
        at = np.searchsorted(half.side.placed, rows)
        return np.asarray(half.side.boxes[at])

    def _assign_groups(
        self, one: Whole, other: Whole, old_key: Whole, new_key: Whole, how: int
    ) -> None:
        both = np.intersect1d(old_key, new_key)
        old_order, new_order = (
            np.argsort(old_key, kind="stable"),
            np.argsort(new_key, kind="stable"),
        )
        old_sorted, new_sorted = old_key[old_order], new_key[new_order]
        for key in both.tolist():
            a = one[old_order[slice(*np.searchsorted(old_sorted, [key, key + 1]))]]
            b = other[new_order[slice(*np.searchsorted(new_sorted, [key, key + 1]))]]
            left, right = self._assign(a, b)
            self.found.pair(a[left], b[right], how)

    def _assign(self, a: Whole, b: Whole) -> tuple[Whole, Whole]:
        if len(a) == 1 and len(b) == 1:
            return np.array([0]), np.array([0])
        if len(a) * len(b) > _MOST_PAIRS:  # by their order along the longest way
            spread = np.ptp(self.old.centre[a], axis=0)
            axis = int(np.argmax(spread))
            count = min(len(a), len(b))
            return (
                np.argsort(self.old.centre[a][:, axis], kind="stable")[:count],
                np.argsort(self.new.centre[b][:, axis], kind="stable")[:count],
            )
        cost = np.linalg.norm(self.old.centre[a][:, None] - self.new.centre[b][None, :], axis=2)
        # What decides between equals at equal distance: the hint of ranked ids.
        cost += 1e-9 * (self.same_id[a][:, None] != b[None, :])
        if max(len(a), len(b)) <= _OPTIMAL:
            return assign(cost)
        i, j = np.divmod(np.argsort(cost, axis=None, kind="stable"), len(b))
        chosen = greedy(i, j, np.arange(len(i), dtype=float))
        return i[chosen], j[chosen]


def _once(keys: Whole) -> Mask:
    """(n,) whether the key stands there once."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse.reshape(-1)] == 1)


def _contents(half: _Half) -> list[int]:
    """(rows,) of assemblies a number of what shapes are in them; 0 for empty ones and parts."""
    mixed = [0] * len(half.kin)
    sums = np.zeros(len(half.kin), np.uint64)
    kinds = half.kin[half.side.placed].astype(np.uint64) + np.uint64(1)
    weights = kinds * np.uint64(0x9E3779B97F4A7C15)
    weights ^= weights >> np.uint64(29)
    sums[half.side.placed] = weights * np.uint64(0xBF58476D1CE4E5B9)
    for rows in reversed(half.side.levels[1:]):
        np.add.at(sums, half.side.parents[rows], sums[rows])
    for row in np.flatnonzero(half.kin < 0).tolist():
        mixed[row] = int(sums[row])
    return mixed
