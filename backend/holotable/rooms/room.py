"""One live session as a state machine: no socket, no clock, no event loop, no database.

The hub feeds a `Room` what happened and the time, and performs the effects it returns, in order.
Times are seconds of any monotonic clock; `at` is the wall clock as the hub writes it. The rules
are numbered in SPEC.md; each is a test of the same name.
"""

from collections.abc import Iterator
from typing import Any, Final, assert_never

from pydantic import JsonValue

from holotable.review.roles import Action, Role, allows
from holotable.rooms import hearing
from holotable.rooms.agenda import AGENDA, AGENDA_AT, timed
from holotable.rooms.colours import Colours
from holotable.rooms.conduct import Bar, Deed, SessionRole
from holotable.rooms.drags import Drags
from holotable.rooms.effects import (
    Append,
    Close,
    Effect,
    Facts,
    Joiner,
    LeaveReason,
    Past,
    Recall,
    Send,
    Slot,
)
from holotable.rooms.events import (
    AllowEvent,
    Event,
    EventMessage,
    Happened,
    LowerEvent,
    MuteEvent,
    OwnEvent,
)
from holotable.rooms.floor import CONDUCT, HOST, PRESENTER, REMOVED, Floor
from holotable.rooms.gallery import Gallery, Spectator
from holotable.rooms.keys import CLEAR_PREFIXES, check_value, rule_of
from holotable.rooms.lobby import Lobby
from holotable.rooms.log import Log
from holotable.rooms.members import Member, Members, nak, send
from holotable.rooms.presence import MAX_SLOTS, Bucket, Slots
from holotable.rooms.protocol import (
    CLOSE_FORBIDDEN,
    Bye,
    ChatMessage,
    ClientMessage,
    ConsentMessage,
    EndReason,
    Hello,
    Join,
    Left,
    Malformed,
    Nak,
    Op,
    OpMessage,
    Person,
    PingMessage,
    PreviewMessage,
    RecordMessage,
    SigMessage,
    StatusMessage,
    Watching,
)
from holotable.rooms.reasons import SENTENCES, Reason
from holotable.rooms.recording import NewId, RecordingDesk, Speaker, no_meeting
from holotable.rooms.voice import SIGNAL_BURST, SIGNAL_RATE, VoicePolicy
from holotable.rooms.voice_desk import VoiceDesk

OP_RATE: Final = 20.0  # operations per second and participant
OP_BURST: Final = 60.0
MESSAGE_RATE: Final = 120.0  # previews, statuses, signals and pings per second and participant
MESSAGE_BURST: Final = 240.0
EVENT_RATE: Final = 2.0  # reactions, pings and other events per second and participant
EVENT_BURST: Final = 8.0
RECALL_LIMIT: Final = 256  # operations of one client that wait while an older one is looked up
HOST_GRACE_S: Final = 30.0  # a host whose connection was lost keeps the star this long


class Room:
    """The authoritative copy of one session, held while anyone is in it."""

    def __init__(
        self,
        facts: Facts,
        past: Past,
        now: float,
        hz: float = 30.0,
        max_slots: int = MAX_SLOTS,
        new_id: NewId | None = None,
        voice: VoicePolicy | None = None,
    ) -> None:
        self.facts = facts
        self.log = Log(past)
        self.hz = hz
        self._slots = Slots(max_slots)
        self._colours = Colours()
        self._statuses: dict[Slot, dict[str, Any]] = {}  # changed since the last tick; JSON
        self.floor = Floor(facts, self.log.state, set(past.known))
        self.gallery = Gallery()
        self._members = Members(self.floor, self.gallery)
        self.lobby = Lobby(self.floor, self._members)
        self._last_seat = 0
        self._drags = Drags(self._members, self.floor)
        # What waits while an older operation of the same client id is looked up (O11).
        self._recalling: dict[str, list[tuple[Slot, OpMessage | ChatMessage]]] = {}
        self._now = now  # the newest time anybody told
        self._host_away_since: float | None = now if facts.kind == "meeting" else None
        self.recording = RecordingDesk(past.recording, new_id)
        self.voice = VoiceDesk(self._members, self.floor, self._tell_status, voice)

    # Who is here ----------------------------------------------------------------------------

    def join(
        self, joiner: Joiner, now: float, *, since: int | None = None, epoch: str | None = None
    ) -> tuple[Slot, list[Effect]] | None:
        """Let somebody in; their slot, their hello and the news for the others.

        None: the room is full (J8), or `bars` says why.
        """
        slot = None if self.bars(joiner) else self._slots.take(now)
        if slot is None:
            return None
        self.floor.known.add(joiner.principal_id)
        colour, shape = self._colours.take(joiner.principal_id)
        member = Member(
            slot=slot,
            joiner=joiner,
            role=joiner.role,
            colour=colour,
            shape=shape,
            ops=Bucket(OP_RATE, OP_BURST, now),
            messages=Bucket(MESSAGE_RATE, MESSAGE_BURST, now),
            events=Bucket(EVENT_RATE, EVENT_BURST, now),
            signals=Bucket(SIGNAL_RATE, SIGNAL_BURST, now),
        )
        others = self._members.everyone()
        self._members.by_slot[slot] = member
        if joiner.principal_id == self.floor.host:
            self._host_away_since = None
        person = self._members.person(member)
        return slot, [
            Send((slot,), self._hello(person, since, epoch)),
            *send(others, Join(t="join", who=person)),
            *self.lobby.settle(now),
        ]

    def knock(self, joiner: Joiner, now: float) -> tuple[Slot, list[Effect]] | None:
        """Let somebody wait at the door; their seat. None: too many wait already."""
        self._last_seat -= 1
        effects = self.lobby.knock(self._last_seat, joiner, now)
        return None if effects is None else (self._last_seat, effects)

    def watch(
        self, joiner: Joiner, now: float, *, since: int | None = None, epoch: str | None = None
    ) -> tuple[Slot, list[Effect]] | None:
        """Let somebody watch; their seat and hello. None: no seat is free, or `bars` says why."""
        if self.bars(joiner) or len(self.gallery) >= self.floor.rules.spectators:
            return None
        if self.facts.kind == "table":
            return None
        self._last_seat -= 1
        you = self._members.spectator(self.gallery.sit(self._last_seat, joiner, now))
        hello = self._hello(you, since, epoch)
        hello["spectator"] = True
        return self._last_seat, [Send((self._last_seat,), hello)]

    def bars(self, joiner: Joiner) -> Bar | None:
        """Why somebody may not come in (C11, C12, C17); None when they may."""
        return self.floor.bars(joiner.comer)

    def leave(self, slot: Slot, now: float, reason: LeaveReason) -> list[Effect]:
        """Take somebody out; nothing happens when they are gone already."""
        self._now = now
        self.gallery.by_seat.pop(slot, None)
        member = self._members.by_slot.pop(slot, None)
        if member is None:
            return self.lobby.leave(slot, now)
        self._statuses.pop(slot, None)
        principal = member.principal_id
        if not self._members.is_present(principal):
            self._colours.release(principal)
            self.floor.gone(principal, for_good=reason != "lost")
        effects = self._drags.left(slot)
        effects += self._members.tell(Left(t="left", slot=slot, reason=reason))
        self._slots.release(slot, now)
        if principal == self.floor.host and not self._members.is_present(principal):
            self._host_away_since = now
            if reason != "lost":
                effects += self._pass_host()
        effects += self.lobby.settle(now)
        return effects

    def set_role(self, principal_id: str, role: Role | None, now: float) -> list[Effect]:
        """Apply what the project says now; None: may not be here any more (A5)."""
        theirs = [m for m in self._members if m.principal_id == principal_id]
        effects: list[Effect] = []
        if role is None or not allows(role, Action.VIEW):
            effects += self._dismiss_spectators(principal_id)
        for member in theirs:
            if role is None or not allows(role, Action.VIEW):
                effects += self._dismiss(member, now)
            elif role != member.role:
                member.role = role
                effects += self._members.announce_role(member)
        effects += self._drags.recheck()
        self.voice.hush()
        may_host = role is not None and allows(role, Action.HOST_SESSION)
        if principal_id == self.floor.host and theirs and not may_host:
            effects += self._pass_host()
        effects += self.lobby.settle(now)
        return effects

    def _dismiss(self, member: Member, now: float) -> list[Effect]:
        bye = Bye(t="bye", reason="removed", retry_after_ms=None)
        return [
            Send((member.slot,), bye),
            Close(member.slot, CLOSE_FORBIDDEN, "removed"),
            *self.leave(member.slot, now, "removed"),
        ]

    def _dismiss_spectators(self, principal_id: str) -> Iterator[Effect]:
        for spectator in self.gallery:
            if spectator.principal_id == principal_id:
                del self.gallery.by_seat[spectator.seat]
                bye = Bye(t="bye", reason="removed", retry_after_ms=None)
                yield Send((spectator.seat,), bye)
                yield Close(spectator.seat, CLOSE_FORBIDDEN, "removed")

    @property
    def host_id(self) -> str | None:
        """The principal who wears the star, present or not; None at a table."""
        return self.floor.host

    def important(self) -> list[Slot]:
        """Whom everybody sees move at the full rate, however many are here (P2)."""
        return self._members.important()

    def roles(self) -> dict[str, set[Role]]:
        """Everybody's roles in the project, by principal."""
        return self._members.roles()

    def people(self) -> list[Person]:
        """Everyone here, in order of arrival."""
        return [self._members.person(member) for member in self._members]

    # What they do ---------------------------------------------------------------------------

    def receive(
        self, slot: Slot, message: ClientMessage | Malformed, now: float, at: str
    ) -> list[Effect]:
        """Apply one message of a participant and return what must now happen, in order."""
        self._now = now
        member = self._members.by_slot.get(slot)
        if member is None:
            spectator = self.gallery.by_seat.get(slot)
            if spectator is not None:
                return self._refuse_spectator(spectator, message, now)
            return self.lobby.receive(slot, message, now)  # or it left while this was on its way
        match message:
            case Malformed(detail=detail, cseq=cseq):
                if not member.ops.take(now):
                    return []
                return [nak(slot, cseq, "invalid", Reason.VALUE, detail=detail)]
            case OpMessage() | ChatMessage():
                return self._change(member, message, now, at)
            case EventMessage(event=event):
                return self._event(member, event, now)
            case SigMessage():
                return self.voice.signal(member, message, now)
            case _ if not member.messages.take(now):
                return []  # R3: lossy messages above the rate are dropped
            case PingMessage(ts=ts):
                return [Send((slot,), {"t": "pong", "ts": ts})]
            case StatusMessage():
                changed = message.value.model_dump(mode="json", exclude_unset=True)
                if "hand" in changed:
                    changed |= self._hand(member, up=changed["hand"] is True)
                effects: list[Effect] = []
                if "voice" in changed:
                    effects += self.voice.decide(member, changed)
                self._tell_status(member, changed)
                return effects
            case PreviewMessage():
                if self.facts.kind == "table":
                    return [nak(slot, None, "start_a_session", Reason.TABLE)]
                return self._drags.preview(member, message, now)
            case RecordMessage() | ConsentMessage():
                return self._record(member, message, at)
            case _:
                assert_never(message)

    @staticmethod
    def _refuse_spectator(
        spectator: Spectator, message: ClientMessage | Malformed, now: float
    ) -> list[Effect]:
        """A ping is answered, everything else refused, and beyond the rate nothing is said (S2)."""
        if not spectator.messages.take(now):
            return []
        if isinstance(message, PingMessage):
            return [Send((spectator.seat,), {"t": "pong", "ts": message.ts})]
        cseq = getattr(message, "cseq", None)
        return [nak(spectator.seat, cseq, "forbidden", Reason.WATCHES)]

    def _record(
        self, member: Member, message: RecordMessage | ConsentMessage, at: str
    ) -> list[Effect]:
        if self.facts.kind == "table":
            return [no_meeting(member.slot)]
        principal = member.joiner.principal_id
        may = principal == self.floor.host or allows(member.role, Action.HOST_SESSION)
        speaker = Speaker(member.slot, principal, member.joiner.name, may)
        return self.recording.receive(speaker, message, self.log.seq, at, self._members.everyone())

    def stop_recording(self, reason: EndReason, at: str) -> list[Effect]:
        """End a recording that nobody stopped."""
        return self.recording.stop(reason, self.log.seq, at, self._members.everyone())

    def recalled(
        self, slot: Slot, message: OpMessage | ChatMessage, stored: Op | None, at: str
    ) -> list[Effect]:
        """Go on after `Recall`: acknowledge what was stored, or treat the message as new.

        Then with what came after it from the same client, in its order (O11).
        """
        effects: list[Effect] = []
        member = self._members.by_slot.get(slot)
        if member is not None and stored is not None:
            effects.append(Send((slot,), stored))
        elif member is not None:
            effects += self._commit(member, message, at)
        for sender, later in self._recalling.pop(message.cid, []):
            member = self._members.by_slot.get(sender)
            if member is not None:  # or it left meanwhile, and sends it again
                effects += self._decide(member, later, at)
        return effects

    def tick(self, now: float) -> list[Effect]:
        """Send what was gathered since the last tick, and let time pass."""
        effects: list[Effect] = []
        if self._statuses:
            for slot, value in self._statuses.items():
                # What the room decided, who it is about hears too: C16, V5.
                decided = "hand" in value or "silenced" in value
                to = self._members.everyone(but=None if decided else slot)
                effects += send(to, {"t": "status", "slot": slot, "value": value})
            self._statuses = {}
        effects += self._drags.tick(now)
        watching = self.gallery.news(now)
        if watching is not None:
            effects += self._members.tell(Watching(t="watching", count=watching))
        self.floor.forget(now)
        if self._host_away_since is not None and now - self._host_away_since >= HOST_GRACE_S:
            effects += self._pass_host()
        effects += self.lobby.settle(now)
        return effects

    def _change(
        self, member: Member, message: OpMessage | ChatMessage, now: float, at: str
    ) -> list[Effect]:
        if self.facts.kind == "table":
            return [nak(member.slot, message.cseq, "start_a_session", Reason.TABLE)]
        if not member.ops.take(now):
            detail = f"more than {OP_RATE:.0f} changes per second"
            return [nak(member.slot, message.cseq, "rate", Reason.RATE, detail=detail)]
        owner = self.log.owner_of(message.cid)
        if owner not in (None, member.principal_id):
            detail = "this cid is somebody else's"
            return [nak(member.slot, message.cseq, "invalid", Reason.VALUE, detail=detail)]
        return self._decide(member, message, at)

    def _decide(self, member: Member, message: OpMessage | ChatMessage, at: str) -> list[Effect]:
        """Acknowledge what is stored, look up what memory forgot, commit what is new."""
        stored = self.log.find(message.cid, message.cseq)
        if stored is not None:
            return [Send((member.slot,), stored)]
        waiting = self._recalling.get(message.cid)
        if waiting is not None:  # O11
            if len(waiting) >= RECALL_LIMIT:
                return [nak(member.slot, message.cseq, "rate", Reason.BEHIND)]
            waiting.append((member.slot, message))
            return []
        if self.log.may_be_older(message.cid, message.cseq):
            self._recalling[message.cid] = []
            return [Recall(member.slot, message)]
        return self._commit(member, message, at)

    def _commit(self, member: Member, message: OpMessage | ChatMessage, at: str) -> list[Effect]:
        """Authorise, validate, number, apply, and tell everyone, the sender included."""
        value: JsonValue
        if isinstance(message, ChatMessage):
            kind, key, value = "chat", "", {"text": message.text}
            reason = self.floor.why_not(member.actor, Deed.CHAT)
            if reason is not None:
                return [nak(member.slot, message.cseq, "forbidden", reason)]
        else:
            kind, key, value = message.kind, message.key, message.value
            refusal = self._refuse(member, message)
            if refusal is not None:
                return [refusal]
            if key == AGENDA_AT:
                value = timed(self._value(AGENDA_AT), value, self._value(AGENDA), at)
        roles = self._members.session_roles() if key.startswith(CONDUCT) else {}
        op = Op(
            t="op",
            seq=self.log.seq + 1,
            kind=kind,
            key=key,
            value=value,
            by=member.author,
            at=at,
            cid=message.cid,
            cseq=message.cseq,
        )
        self.log.append(op)
        effects: list[Effect] = [Append(op), *self._members.tell(op)]
        effects += self._drags.changed(member.slot, kind, key)
        if key.startswith(CONDUCT):
            effects += self._conducted(key, value, roles)
        return effects

    def _value(self, key: str) -> JsonValue:
        held = self.log.state.get(key)
        return held["value"] if held else None

    def _conducted(
        self, key: str, value: JsonValue, before: dict[Slot, SessionRole]
    ) -> Iterator[Effect]:
        """What follows from an operation on who leads and who may do what."""
        whom = str(value["principal_id"]) if isinstance(value, dict) and key in LEADING else None
        if key == HOST:
            self.floor.host = whom
            self._host_away_since = None
        elif key == PRESENTER and whom is not None:
            self.floor.settled(whom)
        for member in self._members:
            if value is not None and key == REMOVED + member.principal_id:
                yield from self._dismiss(member, self._now)
            elif self._members.session_role(member) != before[member.slot]:
                yield from self._members.announce_role(member)
        if value is not None and key.startswith(REMOVED):
            yield from self._dismiss_spectators(key.removeprefix(REMOVED))
        yield from self._drags.recheck()
        self.voice.hush()
        yield from self.lobby.settle(self._now)

    def _refuse(self, member: Member, message: OpMessage) -> Send | None:
        """Why this change of state may not happen; None when it may."""
        problem = None
        if message.kind == "set":
            problem = check_value(message.key, message.value)
        elif message.key not in CLEAR_PREFIXES or message.value is not None:
            problem = f"clear takes one of {', '.join(sorted(CLEAR_PREFIXES))} and no value"
        if problem is not None:
            return nak(member.slot, message.cseq, "invalid", Reason.VALUE, detail=problem)
        refusal = self.floor.refuse(
            member.actor, message.kind, message.key, message.value, self._members.role_of
        )
        if refusal is not None:
            return nak(member.slot, message.cseq, refusal.code, refusal.reason)
        if message.kind == "clear":
            return None
        current = self.log.state.get(message.key)
        if message.base is not None and message.base != (current["seq"] if current else 0):
            conflict = Nak(
                t="nak",
                cseq=message.cseq,
                code="conflict",
                reason=Reason.CONFLICT,
                detail=SENTENCES[Reason.CONFLICT],
                current=current,
            )
            return Send((member.slot,), conflict)
        rule = rule_of(message.key)
        assert rule is not None, "check_value accepts no key without a rule"
        if message.value is not None and current is None:
            alike = sum(1 for key in self.log.state if rule.pattern.fullmatch(key))
            if alike >= rule.max_keys:
                detail = f"at most {rule.max_keys} of these"
                return nak(member.slot, message.cseq, "full", Reason.FULL, detail=detail)
        return None

    def _event(self, member: Member, event: Event, now: float) -> list[Effect]:
        """Send on what somebody does for a moment to those whom it is for."""
        if self.facts.kind == "table" and not isinstance(event, OwnEvent):
            return [nak(member.slot, None, "start_a_session", Reason.TABLE, about="event")]
        if not member.events.take(now):
            detail = f"more than {EVENT_RATE:.0f} of these per second"
            return [nak(member.slot, None, "rate", Reason.RATE, detail=detail, about="event")]
        reason = hearing.why_not(self.floor, member, event)
        if reason is not None:
            return [nak(member.slot, None, "forbidden", reason, about="event")]
        if isinstance(event, LowerEvent):
            for other in self._members:
                if event.to in (None, other.slot) and other.status.get("hand"):
                    self._tell_status(other, self._hand(other, up=False))
        elif isinstance(event, MuteEvent | AllowEvent):
            self.voice.silence(member, event)
        happened = Happened(t="event", slot=member.slot, event=event.model_dump(mode="json"))
        return [*send(hearing.audience(self.floor, self._members, member, event, now), happened)]

    def _tell_status(self, member: Member, changed: dict[str, Any]) -> None:  # JSON
        member.status |= changed
        self._statuses[member.slot] = self._statuses.get(member.slot, {}) | changed

    def _hand(self, member: Member, *, up: bool) -> dict[str, Any]:  # fields of a status; JSON
        """A hand goes up, with its place in the queue, or down."""
        if up:
            return {"hand": True, "hand_rank": self.floor.raise_hand(member.principal_id)}
        self.floor.lower_hand(member.principal_id)
        return {"hand": False, "hand_rank": None}

    # Parts ----------------------------------------------------------------------------------

    def _hello(self, you: Person, since: int | None, epoch: str | None) -> Hello:
        hello = Hello(
            t="hello",
            epoch=self.log.epoch,
            seq=self.log.seq,
            slot=you["slot"],
            resumed=False,
            chat=[],
            who=self.people(),
            holds=self._drags.holders,
            hz=self.hz,
            session={
                "id": self.facts.session_id,
                "kind": self.facts.kind,
                "name": self.facts.name,
                "project_id": self.facts.project_id,
                "revision_id": self.facts.revision_id,
            },
            you=you,
            watching=len(self.gallery),
        )
        missed = self.log.since(since) if since is not None and epoch == self.log.epoch else None
        if missed is not None:
            hello["resumed"] = True
            hello["ops"] = missed
        else:
            hello["state"] = dict(self.log.state)
            hello["chat"] = list(self.log.chat)
        shown = self.recording.shown()
        if shown is not None:
            hello["recording"] = shown
            hello["agreed"] = self.recording.agreed(you["principal_id"])
        return hello

    def _pass_host(self) -> list[Effect]:
        """Give the star to the longest-present editor, else to whoever may host (H2)."""
        may_host = [
            member
            for member in self._members
            if allows(member.role, Action.HOST_SESSION) and member.principal_id != self.floor.host
        ]
        editors = [member for member in may_host if allows(member.role, Action.EDIT)]
        heir = next(iter(editors or may_host), None)
        if heir is None:
            return []
        before = self.floor.host
        self.floor.host = heir.joiner.principal_id
        self._host_away_since = None
        effects: list[Effect] = []
        for member in self._members:
            if member.principal_id in (before, self.floor.host):
                effects += self._members.announce_role(member)
        return effects


LEADING: Final = frozenset({HOST, PRESENTER})
