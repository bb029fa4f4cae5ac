"""One live session as a state machine: no socket, no clock, no event loop, no database.

The hub feeds a `Room` what happened and the time, and performs the effects it returns, in order.
Times are seconds of any monotonic clock; `at` is the wall clock as the hub writes it. The rules
are numbered in SPEC.md; each is a test of the same name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from holotable.review.roles import Action, Role, allows
from holotable.rooms.colours import Colours
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
from holotable.rooms.keys import CLEAR_PREFIXES, check_value, rule_of
from holotable.rooms.log import Log
from holotable.rooms.presence import MAX_SLOTS, Bucket, Slots
from holotable.rooms.protocol import (
    CLOSE_FORBIDDEN,
    Author,
    Bye,
    ChatMessage,
    ClientMessage,
    Hello,
    Hold,
    Join,
    Left,
    Malformed,
    Nak,
    NakCode,
    Op,
    OpMessage,
    Person,
    PingMessage,
    PreviewMessage,
    RoleChanged,
    ServerMessage,
    SessionRole,
    SigMessage,
    StatusMessage,
)

OP_RATE: Final = 20.0  # operations per second and participant
OP_BURST: Final = 60.0
MESSAGE_RATE: Final = 120.0  # previews, statuses, signals and pings per second and participant
MESSAGE_BURST: Final = 240.0
HOLD_S: Final = 5.0  # a drag that fell silent frees its key
HOST_GRACE_S: Final = 30.0  # a host whose connection was lost keeps the star this long


@dataclass(slots=True)
class _Member:
    slot: Slot
    joiner: Joiner
    role: Role
    colour: int
    shape: int
    ops: Bucket
    messages: Bucket
    status: dict[str, Any] = field(default_factory=dict)  # StatusValue as sent; JSON


@dataclass(slots=True)
class _Hold:
    slot: Slot
    since_last: float  # time of the last preview


class Room:
    """The authoritative copy of one session, held while anyone is in it."""

    def __init__(
        self, facts: Facts, past: Past, now: float, hz: float = 30.0, max_slots: int = MAX_SLOTS
    ) -> None:
        self.facts = facts
        self.log = Log(past)
        self.hz = hz
        self._members: dict[Slot, _Member] = {}  # in order of arrival
        self._slots = Slots(max_slots)
        self._colours = Colours()
        self._statuses: dict[Slot, dict[str, Any]] = {}  # changed since the last tick; JSON
        self._previews: dict[str, tuple[Slot, Any]] = {}  # key -> newest of this tick; JSON
        self._holds: dict[str, _Hold] = {}
        self._host = facts.host_id if facts.kind == "meeting" else None
        self._host_away_since: float | None = now if facts.kind == "meeting" else None

    # Who is here ----------------------------------------------------------------------------

    def join(
        self, joiner: Joiner, now: float, *, since: int | None = None, epoch: str | None = None
    ) -> tuple[Slot, list[Effect]] | None:
        """Let somebody in; their slot, their hello and the news for the others. None: full (J8)."""
        slot = self._slots.take(now)
        if slot is None:
            return None
        colour, shape = self._colours.take(joiner.principal_id)
        member = _Member(
            slot=slot,
            joiner=joiner,
            role=joiner.role,
            colour=colour,
            shape=shape,
            ops=Bucket(OP_RATE, OP_BURST, now),
            messages=Bucket(MESSAGE_RATE, MESSAGE_BURST, now),
        )
        others = self._everyone()
        self._members[slot] = member
        if joiner.principal_id == self._host:
            self._host_away_since = None
        person = self._person(member)
        return slot, [
            Send((slot,), self._hello(person, since, epoch)),
            *_send(others, Join(t="join", who=person)),
        ]

    def leave(self, slot: Slot, now: float, reason: LeaveReason) -> list[Effect]:
        """Take somebody out; nothing happens when they are gone already."""
        member = self._members.pop(slot, None)
        if member is None:
            return []
        self._statuses.pop(slot, None)
        principal = member.joiner.principal_id
        if not self._is_present(principal):
            self._colours.release(principal)
        effects: list[Effect] = [*self._release_holds(slot)]
        for key in [key for key, (sender, _) in self._previews.items() if sender == slot]:
            del self._previews[key]
        effects += _send(self._everyone(), Left(t="left", slot=slot, reason=reason))
        self._slots.release(slot, now)
        if principal == self._host and not self._is_present(principal):
            self._host_away_since = now
            if reason != "lost":
                effects += self._pass_host()
        return effects

    def set_role(self, principal_id: str, role: Role | None, now: float) -> list[Effect]:
        """Apply what the project says now; None: may not be here any more (A5)."""
        theirs = [m for m in self._members.values() if m.joiner.principal_id == principal_id]
        effects: list[Effect] = []
        for member in theirs:
            if role is None or not allows(role, Action.VIEW):
                bye = Bye(t="bye", reason="removed", retry_after_ms=None)
                effects += [
                    Send((member.slot,), bye),
                    Close(member.slot, CLOSE_FORBIDDEN, "removed"),
                    *self.leave(member.slot, now, "removed"),
                ]
            elif role != member.role:
                member.role = role
                effects += self._announce_role(member)
                if not allows(role, Action.SHARE_SCENE):
                    effects += self._release_holds(member.slot)
        may_host = role is not None and allows(role, Action.HOST_SESSION)
        if principal_id == self._host and theirs and not may_host:
            effects += self._pass_host()
        return effects

    @property
    def host_id(self) -> str | None:
        """The principal who wears the star, present or not; None at a table."""
        return self._host

    def people(self) -> list[Person]:
        """Everyone here, in order of arrival."""
        return [self._person(member) for member in self._members.values()]

    # What they do ---------------------------------------------------------------------------

    def receive(
        self, slot: Slot, message: ClientMessage | Malformed, now: float, at: str
    ) -> list[Effect]:
        """Apply one message of a participant and return what must now happen, in order."""
        member = self._members.get(slot)
        if member is None:
            return []  # it left while this was on its way
        match message:
            case Malformed(detail=detail, cseq=cseq):
                if not member.ops.take(now):
                    return []
                return [self._nak(slot, cseq, "invalid", detail)]
            case OpMessage() | ChatMessage():
                return self._change(member, message, now, at)
            case _ if not member.messages.take(now):
                return []  # R3: lossy messages above the rate are dropped
            case PingMessage(ts=ts):
                return [Send((slot,), {"t": "pong", "ts": ts})]
            case StatusMessage():
                changed = message.value.model_dump(mode="json", exclude_unset=True)
                member.status |= changed
                self._statuses[slot] = self._statuses.get(slot, {}) | changed
                return []
            case PreviewMessage():
                return self._preview(member, message, now)
            case SigMessage(to=to, d=d):
                if self.facts.kind == "table":
                    return [self._nak(slot, None, "start_a_session", START_A_SESSION)]
                if to not in self._members:
                    return []
                return [Send((to,), {"t": "sig", "slot": slot, "d": d})]
            case _:
                assert_never(message)

    def recalled(
        self, slot: Slot, message: OpMessage | ChatMessage, stored: Op | None, at: str
    ) -> list[Effect]:
        """Go on after `Recall`: acknowledge what was stored, or treat the message as new."""
        member = self._members.get(slot)
        if member is None:
            return []
        if stored is not None:
            return [Send((slot,), stored)]
        return self._commit(member, message, at)

    def tick(self, now: float) -> list[Effect]:
        """Send what was gathered since the last tick, and let time pass."""
        effects: list[Effect] = []
        if self._statuses:
            for slot, value in self._statuses.items():
                others = self._everyone(but=slot)
                effects += _send(others, {"t": "status", "slot": slot, "value": value})
            self._statuses = {}
        if self._previews:
            for key, (slot, value) in self._previews.items():
                others = self._everyone(but=slot)
                preview: ServerMessage = {"t": "preview", "slot": slot, "key": key, "value": value}
                effects += _send(others, preview, lossy=True)
            self._previews = {}
        for key, hold in list(self._holds.items()):
            if now - hold.since_last >= HOLD_S:
                effects += self._free(key)
        if self._host_away_since is not None and now - self._host_away_since >= HOST_GRACE_S:
            effects += self._pass_host()
        return effects

    def _change(
        self, member: _Member, message: OpMessage | ChatMessage, now: float, at: str
    ) -> list[Effect]:
        if self.facts.kind == "table":
            return [self._nak(member.slot, message.cseq, "start_a_session", START_A_SESSION)]
        if not member.ops.take(now):
            detail = f"more than {OP_RATE:.0f} changes per second"
            return [self._nak(member.slot, message.cseq, "rate", detail)]
        owner = self.log.owner_of(message.cid)
        if owner not in (None, member.joiner.principal_id):
            return [self._nak(member.slot, message.cseq, "invalid", "this cid is somebody else's")]
        stored = self.log.find(message.cid, message.cseq)
        if stored is not None:
            return [Send((member.slot,), stored)]
        if self.log.may_be_older(message.cid, message.cseq):
            return [Recall(member.slot, message)]
        return self._commit(member, message, at)

    def _commit(self, member: _Member, message: OpMessage | ChatMessage, at: str) -> list[Effect]:
        """Authorise, validate, number, apply, and tell everyone, the sender included."""
        action = Action.COMMENT if isinstance(message, ChatMessage) else Action.SHARE_SCENE
        if not allows(member.role, action):
            detail = f"your role ({member.role.value}) may not do this"
            return [self._nak(member.slot, message.cseq, "forbidden", detail)]
        if isinstance(message, ChatMessage):
            kind, key, value = "chat", "", {"text": message.text}
        else:
            kind, key, value = message.kind, message.key, message.value  # type: ignore[assignment]  # any JSON
            refusal = self._refuse(member, message)
            if refusal is not None:
                return [refusal]
        op = Op(
            t="op",
            seq=self.log.seq + 1,
            kind=kind,
            key=key,
            value=value,  # type: ignore[typeddict-item]  # dict[str, str] is JSON
            by=self._author(member),
            at=at,
            cid=message.cid,
            cseq=message.cseq,
        )
        self.log.append(op)
        effects: list[Effect] = [Append(op), *_send(self._everyone(), op)]
        for held, hold in list(self._holds.items()):
            if kind == "set" and held == key and hold.slot == member.slot:
                effects += self._free(held)
        if kind != "chat":
            self._previews = {
                waiting: sent
                for waiting, sent in self._previews.items()
                if waiting != key or sent[0] != member.slot
            }
        return effects

    def _refuse(self, member: _Member, message: OpMessage) -> Send | None:
        """Why this change of state may not happen; None when it may."""
        if message.kind == "clear":
            if message.key not in CLEAR_PREFIXES or message.value is not None:
                detail = f"clear takes one of {', '.join(sorted(CLEAR_PREFIXES))} and no value"
                return self._nak(member.slot, message.cseq, "invalid", detail)
            return None
        problem = check_value(message.key, message.value)
        if problem is not None:
            return self._nak(member.slot, message.cseq, "invalid", problem)
        current = self.log.state.get(message.key)
        if message.base is not None and message.base != (current["seq"] if current else 0):
            nak = Nak(
                t="nak",
                cseq=message.cseq,
                code="conflict",
                detail="somebody changed this since",
                current=current,
            )
            return Send((member.slot,), nak)
        rule = rule_of(message.key)
        assert rule is not None, "check_value accepts no key without a rule"
        if message.value is not None and current is None:
            alike = sum(1 for key in self.log.state if rule.pattern.fullmatch(key))
            if alike >= rule.max_keys:
                detail = f"at most {rule.max_keys} of these"
                return self._nak(member.slot, message.cseq, "full", detail)
        return None

    def _preview(self, member: _Member, message: PreviewMessage, now: float) -> list[Effect]:
        if self.facts.kind == "table":
            return [self._nak(member.slot, None, "start_a_session", START_A_SESSION)]
        if not allows(member.role, Action.SHARE_SCENE):
            return [self._nak(member.slot, None, "forbidden", "your role may not change the scene")]
        hold = self._holds.get(message.key)
        if hold is not None and hold.slot != member.slot:
            return []  # L2: somebody else drags it
        if message.value is None:
            self._previews.pop(message.key, None)
            return self._free(message.key) if hold is not None else []
        problem = check_value(message.key, message.value)
        if problem is not None:
            return [self._nak(member.slot, None, "invalid", problem)]
        self._previews[message.key] = (member.slot, message.value)
        if hold is not None:
            hold.since_last = now
            return []
        self._holds[message.key] = _Hold(member.slot, now)
        held = Hold(t="hold", key=message.key, slot=member.slot)
        return [*_send(self._everyone(but=member.slot), held)]

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
            holds={key: hold.slot for key, hold in self._holds.items()},
            hz=self.hz,
            session={
                "id": self.facts.session_id,
                "kind": self.facts.kind,
                "name": self.facts.name,
                "project_id": self.facts.project_id,
                "revision_id": self.facts.revision_id,
            },
            you=you,
        )
        missed = self.log.since(since) if since is not None and epoch == self.log.epoch else None
        if missed is not None:
            hello["resumed"] = True
            hello["ops"] = missed
        else:
            hello["state"] = dict(self.log.state)
            hello["chat"] = list(self.log.chat)
        return hello

    def _everyone(self, but: Slot | None = None) -> tuple[Slot, ...]:
        return tuple(slot for slot in self._members if slot != but)

    def _is_present(self, principal_id: str) -> bool:
        return any(m.joiner.principal_id == principal_id for m in self._members.values())

    def _author(self, member: _Member) -> Author:
        joiner = member.joiner
        return Author(principal_id=joiner.principal_id, name=joiner.name, slot=member.slot)

    def _person(self, member: _Member) -> Person:
        joiner = member.joiner
        return Person(
            slot=member.slot,
            principal_id=joiner.principal_id,
            name=joiner.name,
            colour=member.colour,
            shape=member.shape,
            role=member.role.value,
            session_role=self._session_role(member),
            device=joiner.device,
            guest=joiner.guest,
            status=dict(member.status),
        )

    def _session_role(self, member: _Member) -> SessionRole:
        if member.joiner.principal_id == self._host:
            return "host"
        return "participant" if allows(member.role, Action.SHARE_SCENE) else "listener"

    def _announce_role(self, member: _Member) -> Iterator[Send]:
        news = RoleChanged(
            t="role",
            slot=member.slot,
            role=member.role.value,
            session_role=self._session_role(member),
        )
        yield Send(self._everyone(), news)

    def _pass_host(self) -> list[Effect]:
        """Give the star to the longest-present editor, else to whoever may host (H2)."""
        may_host = [
            member
            for member in self._members.values()
            if allows(member.role, Action.HOST_SESSION) and member.joiner.principal_id != self._host
        ]
        editors = [member for member in may_host if allows(member.role, Action.EDIT)]
        heir = next(iter(editors or may_host), None)
        if heir is None:
            return []
        before = self._host
        self._host = heir.joiner.principal_id
        self._host_away_since = None
        effects: list[Effect] = []
        for member in self._members.values():
            if member.joiner.principal_id in (before, self._host):
                effects += self._announce_role(member)
        return effects

    def _release_holds(self, slot: Slot) -> Iterator[Effect]:
        for key in [key for key, hold in self._holds.items() if hold.slot == slot]:
            yield from self._free(key)

    def _free(self, key: str) -> list[Effect]:
        del self._holds[key]
        return [*_send(self._everyone(), Hold(t="hold", key=key, slot=None))]

    @staticmethod
    def _nak(slot: Slot, cseq: int | None, code: NakCode, detail: str) -> Send:
        return Send((slot,), Nak(t="nak", cseq=cseq, code=code, detail=detail))


START_A_SESSION: Final = "start a session to share changes, chat and voice"


def _send(to: Iterable[Slot], message: ServerMessage, *, lossy: bool = False) -> Iterator[Send]:
    """A Send, unless nobody is there to receive it."""
    slots = tuple(to)
    if slots:
        yield Send(slots, message, lossy)
