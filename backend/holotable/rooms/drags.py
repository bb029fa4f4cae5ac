"""What is dragged right now: the newest preview of every key, and who holds it meanwhile.

Pure; times are seconds of the room's clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from holotable.rooms.conduct import Deed
from holotable.rooms.effects import Effect, Slot
from holotable.rooms.floor import CONDUCT, Floor
from holotable.rooms.keys import check_value, rule_of
from holotable.rooms.members import Member, Members, nak
from holotable.rooms.protocol import Hold, Preview, PreviewMessage
from holotable.rooms.reasons import Reason

HOLD_S: Final = 5.0  # a drag that fell silent frees its key


@dataclass(slots=True)
class _Hold:
    slot: Slot
    since_last: float  # time of the last preview


class Drags:
    """Previews and soft holds of one room."""

    def __init__(self, members: Members, floor: Floor) -> None:
        self._members = members
        self._floor = floor
        self._previews: dict[str, tuple[Slot, Any]] = {}  # key -> newest of this tick; JSON
        self._holds: dict[str, _Hold] = {}

    @property
    def holders(self) -> dict[str, Slot]:
        """Who drags which key."""
        return {key: hold.slot for key, hold in self._holds.items()}

    def preview(self, member: Member, message: PreviewMessage, now: float) -> list[Effect]:
        """Take one preview: it goes out with the next tick, and holds its key (L1, L2)."""
        reason = self._why_not(member, message.key, message.value)
        if reason is not None:
            return [nak(member.slot, None, "forbidden", reason)]
        hold = self._holds.get(message.key)
        if hold is not None and hold.slot != member.slot:
            return []  # L2: somebody else drags it
        if message.value is None:
            self._previews.pop(message.key, None)
            return self._free(message.key) if hold is not None else []
        problem = check_value(message.key, message.value)
        if problem is not None:
            return [nak(member.slot, None, "invalid", Reason.VALUE, detail=problem)]
        self._previews[message.key] = (member.slot, message.value)
        if hold is not None:
            hold.since_last = now
            return []
        self._holds[message.key] = _Hold(member.slot, now)
        held = Hold(t="hold", key=message.key, slot=member.slot)
        return [*self._members.tell(held, but=member.slot)]

    def changed(self, slot: Slot, kind: str, key: str) -> list[Effect]:
        """An operation overtakes the preview it ends, and ends its sender's hold (L1, L3)."""
        waiting = self._previews.get(key)
        if waiting is not None and waiting[0] == slot:
            del self._previews[key]
        hold = self._holds.get(key)
        return self._free(key) if kind == "set" and hold and hold.slot == slot else []

    def left(self, slot: Slot) -> list[Effect]:
        """Somebody left with what they held."""
        effects: list[Effect] = []
        for key in [key for key, hold in self._holds.items() if hold.slot == slot]:
            effects += self._free(key)
        for key in [key for key, (sender, _) in self._previews.items() if sender == slot]:
            del self._previews[key]
        return effects

    def recheck(self) -> Iterator[Effect]:
        """Free what is held by somebody who may not change it any more (A7)."""
        for key, hold in list(self._holds.items()):
            holder = self._members.by_slot[hold.slot]
            held = self._floor.state.get(key)
            if self._why_not(holder, key, held["value"] if held else None) is not None:
                self._previews.pop(key, None)
                yield from self._free(key)

    def tick(self, now: float) -> list[Effect]:
        """Send the newest previews on, and free what fell silent."""
        effects: list[Effect] = []
        for key, (slot, value) in self._previews.items():
            preview = Preview(t="preview", slot=slot, key=key, value=value)
            effects += self._members.tell(preview, but=slot, lossy=True)
        self._previews = {}
        for key, hold in list(self._holds.items()):
            if now - hold.since_last >= HOLD_S:
                effects += self._free(key)
        return effects

    def _why_not(self, member: Member, key: str, value: JsonValue) -> Reason | None:
        """Why somebody may not drag this; a key nobody knows is found out by its value."""
        if key.startswith(CONDUCT):
            return Reason.DRAGGED
        if rule_of(key) is None:
            return self._floor.why_not(member.actor, Deed.SCENE)
        refusal = self._floor.refuse(member.actor, "set", key, value, self._members.role_of)
        return None if refusal is None else refusal.reason

    def _free(self, key: str) -> list[Effect]:
        del self._holds[key]
        return [*self._members.tell(Hold(t="hold", key=key, slot=None))]
