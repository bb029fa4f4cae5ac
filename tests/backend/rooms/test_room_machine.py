"""The pure room under any sequence of steps: a model follows what its clients were told.

Every client rebuilds the room from its hello and what it is sent; at every step it must hold
exactly what the room holds, and what was appended must rebuild it too.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from live_builders import AT, SECTION, event, joiner, room

from holotable.review.roles import Action, Role, allows
from holotable.rooms.effects import Append, Close, Effect, Past, Recall, Send
from holotable.rooms.log import apply
from holotable.rooms.protocol import (
    ChatMessage,
    Held,
    Op,
    OpMessage,
    PreviewMessage,
    StatusMessage,
    StatusValue,
)
from holotable.rooms.room import Room

KEYS = ("section/a", "section/b", "explode")
VALUES = {"explode": {"amount": 0.5}, "section/a": SECTION, "section/b": SECTION}
NAMES = ("anna", "ben", "cleo")


class Mirror:
    """What one participant knows, from messages alone."""

    def __init__(self) -> None:
        self.seq = -1
        self.state: dict[str, Held] = {}
        self.who: dict[int, str] = {}
        self.roles: dict[int, str] = {}  # slot -> session role
        self.holds: dict[str, int] = {}
        self.status: dict[int, dict[str, Any]] = {}
        self.closed = False

    def hear(self, message: Any) -> None:  # a server message
        assert not self.closed
        match message["t"]:
            case "hello":
                assert self.seq == -1, "one hello, and first"
                self.seq = message["seq"]
                self.state = dict(message["state"])
                self.holds = dict(message["holds"])
                for person in message["who"]:
                    self.meet(person)
            case "op":
                if message["seq"] <= self.seq:
                    return  # an acknowledgement again
                assert message["seq"] == self.seq + 1, "no gap"
                self.seq += 1
                apply(self.state, message)
            case "join":
                self.meet(message["who"])
            case "left":
                del self.who[message["slot"]]
                self.roles.pop(message["slot"])
                self.status.pop(message["slot"])
            case "role":
                self.roles[message["slot"]] = message["session_role"]
            case "hold" if message["slot"] is None:
                self.holds.pop(message["key"], None)  # the holder is not told of its own
            case "hold":
                self.holds[message["key"]] = message["slot"]
            case "status":
                self.status[message["slot"]] |= message["value"]
            case _:
                pass

    def meet(self, person: Any) -> None:  # a Person
        assert person["slot"] not in self.who
        self.who[person["slot"]] = person["principal_id"]
        self.status[person["slot"]] = dict(person["status"])
        self.roles[person["slot"]] = person["session_role"]


class RoomMachine(RuleBasedStateMachine):
    seats = Bundle("seats")

    def __init__(self) -> None:
        super().__init__()
        self.room: Room = room()
        self.now = 0.0
        self.mirrors: dict[int, Mirror] = {}
        self.roles: dict[str, Role] = {}
        self.stored: list[Op] = []
        self.cseq = 0
        self.ticked = True
        self.offers: set[tuple[str, str]] = set()  # ever made: (to whom, by whom)

    def perform(self, effects: list[Effect]) -> list[Effect]:
        for effect in effects:
            match effect:
                case Append(op=op):
                    assert op["seq"] == len(self.stored) + 1
                    self.stored.append(op)
                case Send(to=to, message=message):
                    if message["t"] == "op":
                        assert message["seq"] <= len(self.stored), "stored before it is sent"
                    for slot in to:
                        self.mirrors[slot].hear(message)
                case Close(slot=slot):
                    self.mirrors.pop(slot).closed = True
                case Recall():
                    raise AssertionError("nothing is forgotten so soon")
        return effects

    @rule(target=seats, name=st.sampled_from(NAMES), role=st.sampled_from(Role))
    def join(self, name: str, role: Role) -> int:
        role = self.roles.setdefault(name, role)
        joined = self.room.join(joiner(name, role), self.now)
        barred = self.room.bars(joiner(name, role))
        assert (joined is None) is (barred is not None)
        if joined is None:
            self.roles = {n: r for n, r in self.roles.items() if self.is_here(n)}
            return -1
        slot, effects = joined
        self.mirrors[slot] = Mirror()
        self.perform(effects)
        return slot

    @rule(target=seats, name=st.sampled_from(NAMES))
    def watch(self, name: str) -> int:
        """Who watches knows what everybody knows, and changes nothing."""
        seated = self.room.watch(joiner(name, self.roles.get(name, Role.VIEWER)), self.now)
        assert (seated is None) is (self.room.bars(joiner(name)) is not None)
        if seated is None:
            return -1_000_000
        seat, effects = seated
        self.mirrors[seat] = Mirror()
        self.perform(effects)
        before = dict(self.room.log.state)
        message = OpMessage(
            t="op", cid=f"seat-{-seat:08}", cseq=1, kind="set", key="explode",
            value=VALUES["explode"],
        )  # fmt: skip
        self.perform(self.room.receive(seat, message, self.now, AT))
        assert self.room.log.state == before
        return seat

    @rule(slot=consumes(seats), reason=st.sampled_from(("left", "lost")))
    def leave(self, slot: int, reason: Any) -> None:
        self.mirrors.pop(slot, None)
        self.perform(self.room.leave(slot, self.now, reason))

    @rule(name=st.sampled_from(NAMES), role=st.sampled_from([*Role, None]))
    def change_role(self, name: str, role: Role | None) -> None:
        if any(person["principal_id"] == name for person in self.room.people()):
            self.perform(self.room.set_role(name, role, self.now))
            if role is None:
                self.roles.pop(name)
            else:
                self.roles[name] = role

    @rule(
        slot=seats, key=st.sampled_from(KEYS), remove=st.booleans(), again=st.booleans(),
        base=st.none() | st.integers(0, 5),
    )  # fmt: skip
    def change(self, slot: int, key: str, remove: bool, again: bool, base: int | None) -> None:
        name = self.principal(slot)
        if name is None:
            return
        self.cseq += not again or self.cseq == 0
        before = dict(self.room.log.state)
        message = OpMessage(
            t="op", cid=f"client-{name}", cseq=self.cseq, kind="set", key=key,
            value=None if remove else VALUES[key], base=base,
        )  # fmt: skip
        effects = self.perform(self.room.receive(slot, message, self.now, AT))
        role = self.session_roles().get(slot)
        rules = self.room.floor.rules
        may = allows(self.roles[name], Action.SHARE_SCENE) and (
            role == "host"
            or (role == "presenter" and rules.scene != "hosts")
            or (role == "participant" and rules.scene == "everyone")
        )
        if not may:
            assert self.room.log.state == before
            assert not any(isinstance(effect, Append) for effect in effects)

    @rule(
        slot=seats, whom=st.sampled_from(NAMES),
        key=st.sampled_from(("presenter", "host", "listener", "removed")), remove=st.booleans(),
    )  # fmt: skip
    def conduct(self, slot: int, whom: str, key: str, remove: bool) -> None:
        listed = key in ("listener", "removed")
        value = {"name": whom} if listed else {"principal_id": whom}
        path = f"session/{key}/{whom}" if listed else f"session/{key}"
        self.decide(slot, path, None if remove else value)

    @rule(
        slot=seats, scene=st.sampled_from(("everyone", "presenters", "hosts")),
        present=st.sampled_from(("everyone", "hosts")), locked=st.booleans(),
    )  # fmt: skip
    def rules(self, slot: int, scene: str, present: str, locked: bool) -> None:
        self.decide(slot, "session/rules", {"scene": scene, "present": present, "locked": locked})

    def decide(self, slot: int, key: str, value: Any) -> None:  # JSON
        """An operation on who leads: what may change is little, and only by whom may."""
        name = self.principal(slot)
        if name is None:
            return
        before, role = dict(self.room.log.state), self.session_roles()[slot]
        presenter = self.room.floor.presenter
        self.cseq += 1
        message = OpMessage(
            t="op", cid=f"client-{name}", cseq=self.cseq, kind="set", key=key, value=value
        )
        effects = self.perform(self.room.receive(slot, message, self.now, AT))
        done = any(isinstance(effect, Append) for effect in effects)
        if not done:
            assert self.room.log.state == before
        elif key != "session/presenter":
            assert role == "host"
            assert allows(self.roles[name], Action.HOST_SESSION)
        elif presenter is not None and self.is_here(presenter) and presenter != name:
            assert role == "host" or (name, presenter) in self.offers
        if done and key.startswith("session/removed/") and value is not None:
            gone = key.rsplit("/", 1)[-1]
            assert not self.is_here(gone)
            self.roles.pop(gone, None)

    @rule(slot=seats, to=seats, kind=st.sampled_from(("bring", "offer", "decline", "lower", "ask")))
    def happen(self, slot: int, to: int, kind: str) -> None:
        """Events change no state, and reach only who is here."""
        name, other = self.principal(slot), self.principal(to)
        if name is None:
            return
        before = (self.room.log.seq, dict(self.room.log.state))
        fields = {} if kind == "ask" else {"to": max(to, 0)}
        effects = self.perform(self.room.receive(slot, event(kind, **fields), self.now, AT))
        assert (self.room.log.seq, self.room.log.state) == before
        assert not any(isinstance(effect, Append | Close | Recall) for effect in effects)
        sent = [effect.message["t"] for effect in effects if isinstance(effect, Send)]
        if kind == "offer" and sent == ["event"] and other is not None:
            self.offers.add((other, name))
        self.ticked = self.ticked and kind != "lower"

    @rule(slot=seats)
    def clear(self, slot: int) -> None:
        name = self.principal(slot)
        if name is not None:
            self.cseq += 1
            message = OpMessage(
                t="op", cid=f"client-{name}", cseq=self.cseq, kind="clear", key="section/"
            )
            self.perform(self.room.receive(slot, message, self.now, AT))

    @rule(slot=seats)
    def chat(self, slot: int) -> None:
        name = self.principal(slot)
        if name is not None:
            self.cseq += 1
            message = ChatMessage(t="chat", cid=f"client-{name}", cseq=self.cseq, text="hello")
            self.perform(self.room.receive(slot, message, self.now, AT))

    @rule(slot=seats, key=st.sampled_from(KEYS), end=st.booleans())
    def drag(self, slot: int, key: str, end: bool) -> None:
        if self.principal(slot) is not None:
            message = PreviewMessage(t="preview", key=key, value=None if end else VALUES[key])
            self.perform(self.room.receive(slot, message, self.now, AT))

    @rule(slot=seats, away=st.booleans(), hand=st.booleans())
    def tell_status(self, slot: int, away: bool, hand: bool) -> None:
        if self.principal(slot) is not None:
            message = StatusMessage(t="status", value=StatusValue(away=away, hand=hand))
            self.perform(self.room.receive(slot, message, self.now, AT))
            self.ticked = False

    @rule(wait=st.sampled_from((0.03, 1.0, 6.0, 40.0)))
    def tick(self, wait: float) -> None:
        self.now += wait
        self.perform(self.room.tick(self.now))
        self.ticked = True

    def is_here(self, name: str) -> bool:
        return any(person["principal_id"] == name for person in self.room.people())

    def session_roles(self) -> dict[int, str]:
        return {person["slot"]: person["session_role"] for person in self.room.people()}

    def principal(self, slot: int) -> str | None:
        """Who sits there; None when they were sent away."""
        people = {person["slot"]: person["principal_id"] for person in self.room.people()}
        return people.get(slot)

    @invariant()
    def everybody_knows_what_the_room_holds(self) -> None:
        people = self.room.people()
        assert {person["slot"] for person in people} == {slot for slot in self.mirrors if slot >= 0}
        assert {slot for slot in self.mirrors if slot < 0} == set(self.room.gallery.by_seat)
        for slot, mirror in self.mirrors.items():
            assert (mirror.seq, mirror.state) == (self.room.log.seq, self.room.log.state)
            assert mirror.who == {p["slot"]: p["principal_id"] for p in people}
            assert mirror.roles == {p["slot"]: p["session_role"] for p in people}
            others = {key: held for key, held in mirror.holds.items() if held != slot}
            held = {
                key: hold.slot for key, hold in self.room._drags._holds.items() if hold.slot != slot
            }
            assert others == held
            if self.ticked:
                others_status = {p["slot"]: p["status"] for p in people if p["slot"] != slot}
                assert {s: v for s, v in mirror.status.items() if s != slot} == others_status

    @invariant()
    def the_store_rebuilds_the_room(self) -> None:
        state: dict[str, Held] = {}
        for op in self.stored:
            apply(state, op)
        assert state == self.room.log.state
        again = Room(self.room.facts, Past("e1", len(self.stored), state, tuple(self.stored)), 0.0)
        assert again.log.since(0) == self.stored
        assert (again.floor.rules, again.floor.presenter) == (
            self.room.floor.rules, self.room.floor.presenter,
        )  # fmt: skip
        for name in NAMES:  # who leads now may differ by who is here (H2); who is removed may not
            assert (again.bars(joiner(name)) == "removed") is (
                self.room.bars(joiner(name)) == "removed"
            )

    @invariant()
    def hands_stand_in_a_queue(self) -> None:
        ranks = {
            person["principal_id"]: person["status"]["hand_rank"]
            for person in self.room.people()
            if person["status"].get("hand")
        }
        assert len(set(ranks.values())) == len(ranks)

    @invariant()
    def the_host_is_one_principal(self) -> None:
        people = self.room.people()
        hosts = {p["principal_id"] for p in people if p["session_role"] == "host"}
        assert len(hosts) <= 1


RoomMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRoomMachine = RoomMachine.TestCase
