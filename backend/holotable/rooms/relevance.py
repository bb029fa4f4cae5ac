"""Which poses go to whom in one tick: everybody's to everybody, or in a crowd what matters sooner.

Five hundred people who all move are 600 kB/s for each of them, which no headset on Wi-Fi takes. So
above CROWDED people a tick has two frames: one at the full rate with those who matter to everybody
(host, presenter, the followed) and, for those who stand together, with one another; and one with
everybody else in turn, about REST_HZ times a second, never more than TURN_LIMIT of them in a tick.

Frames are built once for a neighbourhood, not once for a participant. Who stands together is found
anew once a second: heads are halved at the median along their widest axis until NEAR are left. The
pose is read for that alone (its head, where version 1 has it); one that cannot be read has nobody
near, and goes on as it came. Pure: no clock, no lanes.
"""

import math
import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from holotable.rooms.effects import Slot
from holotable.rooms.lane import BINARY, Frame
from holotable.rooms.presence import FLAG_IN_TURN, Presence

CROWDED: Final = 100  # people; up to as many everybody gets everything
NEAR: Final = 12  # people of a neighbourhood at most
REST_HZ: Final = 5.0
TURN_LIMIT: Final = 100  # people in one tick's turn
LOOK_S: Final = 1.0  # from one look at who stands where to the next

Heads: TypeAlias = Mapping[Slot, tuple[float, float, float]]  # metres, model frame

_ENTRY_HEAD: Final = 4  # u16 slot, u16 length, before the pose (presence.py)
_POSITION: Final = struct.Struct("<BBH3f")  # version, flags, milliseconds, the head's position


@dataclass(slots=True)
class Due:
    """The frames of one tick. By slot those at the full rate; `everyone` has what is absent."""

    everyone: Frame | None = None
    by_slot: dict[Slot, Frame] = field(default_factory=dict)
    in_turn: Frame | None = None

    def of(self, slot: Slot) -> tuple[Frame, ...]:
        """What one participant gets, in order."""
        first = self.by_slot.get(slot, self.everyone)
        if first is None:
            return () if self.in_turn is None else (self.in_turn,)
        return (first,) if self.in_turn is None else (first, self.in_turn)


class Relevance:
    """Decides for one room, from its presence."""

    def __init__(self, presence: Presence, hz: float) -> None:
        self._presence = presence
        self._hz = hz
        self._rest: dict[Slot, bytes] = {}  # newest entries that wait for their turn
        self._groups: list[list[Slot]] = []
        self._look_at = -math.inf

    def advance(self, now: float, present: int, important: Callable[[], Collection[Slot]]) -> Due:
        """Start the next tick: who gets what."""
        presence = self._presence
        if present <= CROWDED:
            self._groups, self._look_at = [], -math.inf
            if not presence.moved and not self._rest:
                return Due()
            moved = presence.take()
            if self._rest:  # the crowd has just become a group
                moved = self._rest | moved
                self._rest = {}
            return Due(everyone=Frame(BINARY, presence.frame(moved.values())))
        if now - self._look_at >= LOOK_S:
            self._look_at = now
            self._groups = neighbourhoods(heads_of(presence.entries))
        return self._advance_crowd(presence.take(), present, frozenset(important()))

    def forget(self, slot: Slot) -> None:
        """Somebody left; no later frame holds the slot."""
        self._rest.pop(slot, None)
        for group in self._groups:
            if slot in group:
                group.remove(slot)

    def _advance_crowd(
        self, moved: dict[Slot, bytes], present: int, important: frozenset[Slot]
    ) -> Due:
        due = Due()
        presence = self._presence
        first = [moved[slot] for slot in important if slot in moved]
        if first:
            due.everyone = Frame(BINARY, presence.frame(first))
        for group in self._groups:
            near = [moved[slot] for slot in group if slot in moved and slot not in important]
            if near:
                frame = Frame(BINARY, presence.frame(first + near))
                due.by_slot.update(dict.fromkeys(group, frame))
        rest = self._rest
        rest.update(moved)
        for slot in important:
            rest.pop(slot, None)
        turns = turns_of(self._hz, present)
        turn = presence.tick % turns
        theirs = [slot for slot in rest if slot % turns == turn]
        if theirs:
            entries = [rest.pop(slot) for slot in theirs]
            due.in_turn = Frame(BINARY, presence.frame(entries, FLAG_IN_TURN))
        return due


def turns_of(hz: float, present: int) -> int:
    """Of how many ticks each of a crowd has one."""
    return max(round(hz / REST_HZ), -(-present // TURN_LIMIT))


def rest_hz(hz: float, present: int) -> float:
    """How often in a second each of a crowd comes, where rooms tick at `hz`."""
    return hz / turns_of(hz, present)


def heads_of(entries: Mapping[Slot, bytes]) -> dict[Slot, tuple[float, float, float]]:
    """Where heads are, of the poses that say so in a way we know."""
    heads = {}
    for slot, entry in entries.items():
        if len(entry) >= _ENTRY_HEAD + _POSITION.size:
            version, _, _, x, y, z = _POSITION.unpack_from(entry, _ENTRY_HEAD)
            if version == 1 and math.isfinite(x) and math.isfinite(y) and math.isfinite(z):
                heads[slot] = (x, y, z)
    return heads


def neighbourhoods(heads: Heads) -> list[list[Slot]]:
    """People in groups of at most NEAR who stand together."""
    waiting = [list(heads)] if heads else []
    found: list[list[Slot]] = []
    while waiting:
        slots = waiting.pop()
        if len(slots) <= NEAR:
            found.append(slots)
            continue
        axis = max(range(3), key=lambda axis: _width(heads, slots, axis))
        slots.sort(key=lambda slot, axis=axis: heads[slot][axis])  # type: ignore[misc]  # lambda
        half = len(slots) // 2
        waiting += [slots[:half], slots[half:]]
    return found


def _width(heads: Heads, slots: Sequence[Slot], axis: int) -> float:
    values = [heads[slot][axis] for slot in slots]
    return max(values) - min(values)
