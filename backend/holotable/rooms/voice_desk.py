"""Who is in the voice of a session and whose microphone is open: rules V1 to V9, pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from holotable.rooms.conduct import Deed
from holotable.rooms.effects import Effect, Send
from holotable.rooms.events import AllowEvent, MuteEvent
from holotable.rooms.floor import Floor
from holotable.rooms.members import Member, Members, nak
from holotable.rooms.protocol import SigMessage
from holotable.rooms.reasons import Reason
from holotable.rooms.voice import Description, VoicePolicy, VoiceState, sends_audio


@dataclass(frozen=True, slots=True)
class VoiceRefusal:
    """Why somebody is not in voice, or not heard, as they wanted; instead: what they are."""

    code: Literal["forbidden", "full"]
    reason: Reason
    instead: VoiceState | None


@dataclass(slots=True)
class VoiceDesk:
    """Decides about everybody's microphone. silenced: principals whom the host muted."""

    members: Members
    floor: Floor
    tell_status: Callable[[Member, dict[str, Any]], None]  # changed fields of a status; JSON
    chosen: VoicePolicy | None = None
    silenced: set[str] = field(default_factory=set)
    # Principal -> whether they may be heard, as decided since the last look: for an SFU (V10).
    decided: dict[str, bool] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)  # to the SFU, by token or by word

    @property
    def policy(self) -> VoicePolicy:
        """What the operator chose, a mesh when nothing."""
        return self.chosen or VoicePolicy()

    def decide(self, member: Member, changed: dict[str, Any]) -> Iterator[Effect]:  # a status; JSON
        """Somebody comes into voice, leaves it, opens or closes their microphone."""
        if self.floor.facts.kind == "table":
            wanted, changed["voice"] = changed["voice"], None
            if wanted is not None:
                yield nak(member.slot, None, "start_a_session", Reason.TABLE, about="voice")
            return
        why_silent = self.floor.why_not(member.actor, Deed.SPEAK)
        silenced = member.principal_id in self.silenced
        self._known.setdefault(member.principal_id, why_silent is None and not silenced)
        refused = self._refuse(member, changed["voice"])
        if refused is not None:
            changed["voice"] = refused.instead
            yield nak(member.slot, None, refused.code, refused.reason, about="voice")
        elif changed["voice"] == "open":
            self.silenced.discard(member.principal_id)
            self._decided(member.principal_id, True)
        changed["silenced"] = member.principal_id in self.silenced

    def _refuse(self, member: Member, wanted: VoiceState | None) -> VoiceRefusal | None:
        policy = self.policy
        others = [m.status["voice"] for m in self.members if m is not member and in_voice(m)]
        is_mesh = policy.mode == "mesh"
        if wanted is None:
            return None
        if policy.mode == "off":
            return VoiceRefusal("forbidden", Reason.NO_VOICE, None)
        if is_mesh and len(others) >= policy.people_limit:
            return VoiceRefusal("full", Reason.VOICE_PEOPLE, None)
        if wanted == "muted":
            return None
        why_silent = self.floor.why_not(member.actor, Deed.SPEAK)
        if why_silent is not None:
            return VoiceRefusal("forbidden", why_silent, "muted")
        if member.principal_id in self.silenced and self.floor.rules.voice == "hosts":
            return VoiceRefusal("forbidden", Reason.SILENCED, "muted")
        if is_mesh and others.count("open") >= policy.open_limit:
            return VoiceRefusal("full", Reason.VOICE_OPEN, "muted")
        return None

    def silence(self, host: Member, event: MuteEvent | AllowEvent) -> None:
        """Close the microphones the host named, or let them be opened again (V5, V6)."""
        named = None if event.to is None else self.members.by_slot.get(event.to)
        for member in self.members:
            theirs = named is not None and named.principal_id == member.principal_id
            if member.principal_id == host.principal_id or not (theirs or event.to is None):
                continue
            if isinstance(event, AllowEvent):
                self.silenced.discard(member.principal_id)
                self._decided(
                    member.principal_id, self.floor.why_not(member.actor, Deed.SPEAK) is None
                )
                self.tell_status(member, {"silenced": False})
            elif in_voice(member):
                self.silenced.add(member.principal_id)
                self._decided(member.principal_id, False)
                self.tell_status(member, {"voice": "muted", "silenced": True})

    def hush(self) -> None:
        """Close the microphones of those who may not speak any more (V4)."""
        for member in self.members:
            why = self.floor.why_not(member.actor, Deed.SPEAK)
            if in_voice(member):
                silent = why is not None or member.principal_id in self.silenced
                self._decided(member.principal_id, not silent)
            if member.status.get("voice") == "open" and why is not None:
                silenced = member.principal_id in self.silenced
                self.tell_status(member, {"voice": "muted", "silenced": silenced})

    def taken(self) -> dict[str, bool]:
        """What was decided since this was asked last."""
        found, self.decided = self.decided, {}
        return found

    def _decided(self, principal_id: str, may_speak: bool) -> None:
        if self.policy.mode == "sfu" and self._known.get(principal_id, True) != may_speak:
            self._known[principal_id] = self.decided[principal_id] = may_speak

    def signal(self, member: Member, message: SigMessage, now: float) -> list[Effect]:
        """Pass signalling on to somebody else in voice (V1 to V4)."""
        slot = member.slot
        if not member.signals.take(now):
            return []
        if self.floor.facts.kind == "table":
            return [nak(slot, None, "start_a_session", Reason.TABLE)]
        to = self.members.by_slot.get(message.to)
        if to is None or to is member or not (in_voice(to) and in_voice(member)):
            return []
        why_silent = self.floor.why_not(member.actor, Deed.SPEAK)
        if why_silent and isinstance(message.d, Description) and sends_audio(message.d.sdp):
            return [nak(slot, None, "forbidden", why_silent, about="voice")]
        return [
            Send((to.slot,), {"t": "sig", "slot": slot, "d": message.d.model_dump(mode="json")})
        ]


def in_voice(member: Member) -> bool:
    """Whether somebody hears the others, their own microphone open or not."""
    return member.status.get("voice") is not None
