"""What changed between two revisions: every occurrence is exactly one of added, removed, shape
changed, moved, appearance changed, properties changed or unchanged.

An occurrence that changed in several ways is what comes first in that list and names all reasons.
Frames: the models' as their placements were corrected, metres, y up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from holotable.review.compare_judge import Files, Judge, Verdict
from holotable.review.compare_kin import kin_of
from holotable.review.compare_looks import looks_alike, looks_compared, property_changes
from holotable.review.compare_match import APPROXIMATE, WHOLE, Partners, partners_of
from holotable.review.compare_place import (
    Move,
    motions_between,
    move_of,
    same_frame,
    still,
    swept,
    world_boxes,
)
from holotable.review.compare_rows import assembly_changes
from holotable.review.compare_side import Side
from holotable.review.compare_whole import OneBody, one_body

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

ENGINE: Final = "compare/2"

# What became of an occurrence; the numbers stand in stored results and on the wire.
UNCHANGED, ADDED, REMOVED, SHAPE, MOVED, APPEARANCE, PROPERTIES = range(7)
KINDS: Final = ("unchanged", "added", "removed", "shape", "moved", "appearance", "properties")
_TURNED: Final = 0.02  # of its size: by less no corner of a symmetric body comes to another's place
_REASONS: Final = (SHAPE, MOVED, APPEARANCE, PROPERTIES)


@dataclass(frozen=True, slots=True)
class Change:
    """One occurrence that changed. old, new: rows of the structures, −1 where it is not.

    An assembly, which has no shape of its own, changes in what it says of itself alone.
    kind: the first of `reasons`.  pair: number in `Comparison.pairs`, −1 without a partner.
    A shape that changed within a body that stands for many parts has no row on the other side.
    group: row of the new structure whose whole sub-assembly moved so, or −1.
    approximate: found by name or shape, or seen only through triangles.
    """

    old: int
    new: int
    kind: int
    reasons: tuple[int, ...]
    pair: int = -1
    move: Move | None = None
    properties: tuple[Mapping[str, Any], ...] = ()
    approximate: bool = False
    group: int = -1


@dataclass(frozen=True, slots=True)
class PartPair:
    """A part of each side that are partners with different shapes, and how the one became the
    other. motion: (4, 4) from the old figure's frame to the new one's.
    """

    old_part: int
    new_part: int
    old_figure: int
    new_figure: int
    motion: Floats
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. codes_*: (placed rows of each side,) kinds by dense number.
    partners_*: dense numbers of partners, −1.  unchecked: shapes there was no time to look at.
    """

    old: Side
    new: Side
    partners: Partners
    changes: tuple[Change, ...]
    pairs: tuple[PartPair, ...]
    codes_old: NDArray[np.uint8]
    codes_new: NDArray[np.uint8]
    partners_old: NDArray[np.int32]
    partners_new: NDArray[np.int32]
    appearance_compared: bool
    properties_compared: bool
    unchecked: int

    @property
    def counts(self) -> dict[str, int]:
        """How many occurrences became what; a pair counts once."""
        counted = {name: 0 for name in KINDS}
        for change in self.changes:
            counted[KINDS[change.kind]] += 1
        # Equal but where one body stands for many parts.
        counted["unchanged"] = max(
            int((codes == UNCHANGED).sum()) for codes in (self.codes_old, self.codes_new)
        )
        return counted


@dataclass(slots=True)
class _Pairs:
    """Placed rows of both sides that belong together, and what is found of them."""

    one: Whole  # rows
    other: Whole
    a: Whole  # figures
    b: Whole
    motion: Floats  # (k, 4, 4) in the model
    inner: Floats  # (k, 4, 4) between the figures
    same: NDArray[np.bool_]
    approximate: NDArray[np.bool_]
    verdicts: list[Verdict] = field(default_factory=list)


def compare(old: Files, new: Files, deadline_s: float) -> Comparison:
    """Compare two revisions.

    deadline_s: of time.monotonic(), after which shapes that are probably the same are believed to
    be. Everything else takes its time: 3 s for 100,000 occurrences.
    """
    if old.side.shapes.whole != new.side.shapes.whole:
        old, new = old.bare(), new.bare()
    kin = kin_of(old.side, new.side)
    partners = partners_of(old.side, new.side, kin)
    body = one_body(old, new, kin, partners)
    judge = Judge(old, new, deadline_s)
    pairs = _pairs(old.side, new.side, partners)
    _settle(pairs, old.side, new.side, kin.old, kin.new, judge)
    changes, parts = _changes(pairs, old.side, new.side, partners)
    if body is not None:
        changes += _body_changes(body)
    changes += [
        Change(one.old, one.new, PROPERTIES, (PROPERTIES,), properties=one.properties)
        for one in assembly_changes(old.side, new.side, partners.partner)
    ]
    return _result(old.side, new.side, partners, changes, parts, judge.unchecked)


def _pairs(old: Side, new: Side, partners: Partners) -> _Pairs:
    paired = (partners.partner[old.placed] >= 0) & (partners.how[old.placed] != WHOLE)
    rows = old.placed[paired]
    others = partners.partner[rows]
    at = np.full(len(old.ids), -1), np.full(len(new.ids), -1)
    at[0][old.placed], at[1][new.placed] = old.figures.of, new.figures.of
    count = len(rows)
    return _Pairs(
        rows, others, at[0][rows], at[1][others], np.tile(np.eye(4), (count, 1, 1)),
        np.tile(np.eye(4), (count, 1, 1)), np.ones(count, bool), np.zeros(count, bool),
    )  # fmt: skip


def _settle(
    pairs: _Pairs, old: Side, new: Side, old_kin: Whole, new_kin: Whole, judge: Judge
) -> None:
    """Find the motion of every pair, and whether its shape is still the same."""
    if not len(pairs.one):
        return
    before, after = _placements(old)[pairs.one], _placements(new)[pairs.other]
    between = np.linalg.inv(after) @ before  # what "it did not move" means, between the figures
    width = len(new.figures) + 1
    keys, first, group = np.unique(
        pairs.a * width + pairs.b, return_index=True, return_inverse=True
    )
    framed = same_frame(old.figures, pairs.a[first], new.figures, pairs.b[first])
    like = old_kin[pairs.a[first]] == new_kin[pairs.b[first]]
    extent = max(old.extent, new.extent)
    boxes = world_boxes(old)[pairs.one]
    slack = still(old.figures.sizes[pairs.a], extent)
    order = np.argsort(group.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(group.reshape(-1), minlength=len(keys)))
    pairs.verdicts = [Verdict(True)] * len(pairs.one)
    for number, end in enumerate(ends.tolist()):
        members = order[0 if number == 0 else ends[number - 1] : end]
        one, other = int(pairs.a[members[0]]), int(pairs.b[members[0]])
        _settle_group(
            pairs, members, _Pair(one, other, bool(like[number]), bool(framed[number])),
            (old, new), (before, after, between), boxes, slack, judge,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two figures. like: maybe of one shape.  framed: standing alike in their own frames."""

    one: int
    other: int
    like: bool
    framed: bool


def _settle_group(
    pairs: _Pairs,
    members: Whole,
    figures: _Pair,
    sides: tuple[Side, Side],
    placements: tuple[Floats, Floats, Floats],
    boxes: Floats,
    slack: Floats,
    judge: Judge,
) -> None:
    """All pairs of two figures."""
    one, other = figures.one, figures.other
    before, after, between = placements
    nothing = np.eye(4)
    sag = (
        0.0
        if judge.sees_exactly(one, other)
        else 2.0 * float(sides[0].figures.sags[one] + sides[1].figures.sags[other])
    )
    if figures.framed or not figures.like:
        verdict = judge.look(one, other, nothing, alike=figures.like)
        inverse = np.linalg.inv(before[members])
        motions = after[members] @ inverse
        away = swept(motions, boxes[members])
        _note(pairs, members, motions, nothing, verdict)
        # A body with a symmetry that stands where it stood did not turn about itself.
        size = float(sides[0].figures.sizes[one])
        middle = np.einsum("kij,j->ki", before[members][:, :3, :3], sides[0].figures.centres[one])
        middle += before[members][:, :3, 3]
        shift = np.einsum("kij,kj->ki", motions[:, :3, :3], middle) + motions[:, :3, 3] - middle
        about = (away > _TURNED * size) & (np.linalg.norm(shift, axis=1) <= slack[members] + sag)
        for at in members[about].tolist():
            _try_in_place(pairs, at, one, other, between[at], judge, sides)
        return
    choices = None
    for at in members.tolist():
        if _try_in_place(pairs, at, one, other, between[at], judge, sides):
            continue
        if choices is None:
            choices = _choices(sides, one, other, judge)
        best: tuple[float, Floats, Floats, Verdict] | None = None
        for inner, verdict in choices:
            motion = after[at] @ inner @ np.linalg.inv(before[at])
            farthest = float(swept(motion[None], boxes[at][None])[0])
            if best is None or farthest < best[0]:
                best = (farthest, motion, inner, verdict)
        if best is None:
            verdict = judge.look(one, other, nothing, alike=False)
            _note(pairs, np.array([at]), (after[at] @ np.linalg.inv(before[at]))[None], nothing,
                  verdict)  # fmt: skip
        else:
            _note(pairs, np.array([at]), best[1][None], best[2], best[3])


def _choices(
    sides: tuple[Side, Side], one: int, other: int, judge: Judge
) -> list[tuple[Floats, Verdict]]:
    """Motions between two figures under which they are the same."""
    found = []
    for inner in motions_between(sides[0].figures, one, sides[1].figures, other)[:32]:
        verdict = judge.look(one, other, inner, alike=True)
        if verdict.same:
            found.append((inner, verdict))
    return found


def _try_in_place(
    pairs: _Pairs, at: int, one: int, other: int, inner: Floats, judge: Judge,
    sides: tuple[Side, Side],
) -> bool:  # fmt: skip
    """Whether the pair is the same shape where it stands; notes so."""
    old, new = sides[0].figures, sides[1].figures
    centre = old.centres[one] @ inner[:3, :3].T + inner[:3, 3]
    size = max(float(old.sizes[one]), float(new.sizes[other]))
    reach = 0.01 * size + 4.0 * float(old.sags[one] + new.sags[other])
    if np.linalg.norm(centre - new.centres[other]) > reach:
        return False
    verdict = judge.look(one, other, inner, alike=False)
    if verdict.same:
        _note(pairs, np.array([at]), np.eye(4)[None], inner, verdict)
    return verdict.same


def _note(pairs: _Pairs, members: Whole, motions: Floats, inner: Floats, verdict: Verdict) -> None:
    pairs.motion[members], pairs.inner[members] = motions, inner
    pairs.same[members] = verdict.same
    pairs.approximate[members] = verdict.approximate
    for at in members.tolist():
        pairs.verdicts[at] = verdict


def _placements(side: Side) -> Floats:
    """(rows, 4, 4) rigid motions of placed rows."""
    found = np.tile(np.eye(4), (len(side.ids), 1, 1))
    found[side.placed] = side.figures.motions
    return found


def _changes(
    pairs: _Pairs, old: Side, new: Side, partners: Partners
) -> tuple[list[Change], list[PartPair]]:
    extent = max(old.extent, new.extent)
    boxes = world_boxes(old)
    slack = still(old.figures.sizes[pairs.a], extent) if len(pairs.one) else np.zeros(0)
    moved = swept(pairs.motion, boxes[pairs.one]) > slack if len(pairs.one) else np.zeros(0, bool)
    dressed = looks_alike(old, pairs.one, new, pairs.other)
    said = property_changes(old, pairs.one, new, pairs.other)
    parts: list[PartPair] = []
    numbers: dict[tuple[int, int, bytes], int] = {}
    changes: list[Change] = []
    differs = ~pairs.same | moved | ~dressed
    touched = np.flatnonzero(differs | np.isin(np.arange(len(pairs.one)), list(said)))
    middles = boxes.mean(axis=1)
    for at in touched.tolist():
        flags = (not pairs.same[at], bool(moved[at]), not dressed[at], at in said)
        reasons = tuple(kind for kind, holds in zip(_REASONS, flags, strict=True) if holds)
        row, other = int(pairs.one[at]), int(pairs.other[at])
        number = -1
        if SHAPE in reasons:
            key = (int(pairs.a[at]), int(pairs.b[at]), np.round(pairs.inner[at], 9).tobytes())
            number = numbers.setdefault(key, len(parts))
            if number == len(parts):
                parts.append(
                    PartPair(
                        int(old.figures.parts[key[0]]), int(new.figures.parts[key[1]]),
                        key[0], key[1], pairs.inner[at], pairs.verdicts[at],
                    )
                )  # fmt: skip
        changes.append(
            Change(
                row, other, reasons[0], reasons, number,
                move_of(pairs.motion[at], middles[row]) if moved[at] else None,
                tuple(said.get(at, ())),
                bool(pairs.approximate[at]) or int(partners.how[row]) in APPROXIMATE,
            )
        )  # fmt: skip
    changes += [
        Change(row, -1, REMOVED, (REMOVED,))
        for row in old.placed[partners.partner[old.placed] < 0].tolist()
    ]
    changes += [
        Change(-1, row, ADDED, (ADDED,))
        for row in new.placed[partners.back[new.placed] < 0].tolist()
    ]
    return changes, parts


def _body_changes(body: OneBody) -> list[Change]:
    """Parts that are in the only body of the other side with another shape, and the body itself."""
    rows = [(row, -1) if body.of_new else (-1, row) for row in body.changed.tolist()]
    if body.body_changed:
        rows.append((-1, body.body) if body.of_new else (body.body, -1))
    return [Change(one, other, SHAPE, (SHAPE,), approximate=True) for one, other in rows]


def _result(
    old: Side,
    new: Side,
    partners: Partners,
    changes: Sequence[Change],
    parts: Sequence[PartPair],
    unchecked: int,
) -> Comparison:
    numbers = [np.full(len(side.ids) + 1, -1, np.int32) for side in (old, new)]
    codes = [np.zeros(len(side.placed), np.uint8) for side in (old, new)]
    for side, number in zip((old, new), numbers, strict=True):
        number[side.placed] = np.arange(len(side.placed))
    for change in changes:
        for side, code, number, row in (
            (old, codes[0], numbers[0], change.old), (new, codes[1], numbers[1], change.new)
        ):  # fmt: skip
            if row >= 0 and side.parts[row] >= 0:  # assemblies are in no column
                code[number[row]] = change.kind
    return Comparison(
        old, new, partners, tuple(changes), tuple(parts), codes[0], codes[1],
        numbers[1][partners.partner[old.placed]], numbers[0][partners.back[new.placed]],
        looks_compared(old, new), old.source_kind == new.source_kind, unchecked,
    )  # fmt: skip
