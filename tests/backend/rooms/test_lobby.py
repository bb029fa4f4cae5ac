"""The door of a session: who waits, who is asked, what becomes of them; rules C17 to C22."""

from typing import Any

import pytest
from live_builders import AT, chat, does, enter, facts, joiner, messages, reopened, room, stored

from holotable.review.roles import Role
from holotable.rooms.effects import Close, Effect, Facts, Past
from holotable.rooms.lobby import MOST_WAITING, WAIT_S
from holotable.rooms.protocol import PingMessage
from holotable.rooms.room import Room


def with_lobby(lobby: Any = "guests") -> Room:
    meant = facts()
    started = Facts(
        session_id=meant.session_id, kind=meant.kind, name=meant.name,
        project_id=meant.project_id, revision_id=meant.revision_id, host_id=meant.host_id,
        lobby=lobby,
    )  # fmt: skip
    return Room(started, Past(epoch="e1"), now=0.0)


def knock(live: Room, name: str = "Gus", now: float = 0.0) -> tuple[int, list[Effect]]:
    knocked = live.knock(joiner(name, Role.GUEST_LIVE), now)
    assert knocked is not None
    return knocked


def closes(effects: list[Effect]) -> list[tuple[int, int, str]]:
    return [(e.slot, e.code, e.reason) for e in effects if isinstance(e, Close)]


def says(name: str, admitted: bool) -> dict[str, Any]:
    return {"name": name, "admitted": admitted}


@pytest.mark.parametrize(
    ("lobby", "name", "role", "waits"),
    [
        ("off", "Gus", Role.GUEST_LIVE, False),
        ("guests", "Gus", Role.GUEST_LIVE, True),
        ("guests", "Vera", Role.VIEWER, False),
        ("outside", "Vera", Role.VIEWER, False),
        ("outside", "Gus", Role.GUEST_LIVE, True),
    ],
)
def test_c17_the_lobby_is_for_those_the_rule_names(
    lobby: str, name: str, role: Role, waits: bool
) -> None:
    live = with_lobby(lobby)
    enter(live)
    assert (live.bars(joiner(name, role)) == "lobby") is waits
    assert (live.join(joiner(name, role), 0.0) is None) is waits


def test_c17_who_waits_is_told_nothing_of_the_room_and_heard_by_nobody() -> None:
    live = with_lobby()
    anna = enter(live)
    seat, effects = knock(live)
    assert seat < 0
    waiting = {"t": "lobby", "state": "waiting", "asked": "host"}
    assert messages(effects, seat) == [waiting]
    assert messages(effects, anna) == [
        {"t": "knocks", "waiting": [{"principal_id": "gus", "name": "Gus", "guest": True}]}
    ]
    told = does(live, anna, "explode", {"amount": 0.5}) + live.tick(1.0)
    told += live.receive(anna, chat("secret", cseq=9, cid="client-anna"), 0.0, AT)
    assert messages(told, seat) == []
    assert live.receive(seat, chat("let me in", cid="client-gus"), 1.0, AT) == []
    ping = PingMessage(t="ping", ts=5.0)
    assert messages(live.receive(seat, ping, 1.0, AT), seat) == [{"t": "pong", "ts": 5.0}]
    assert "gus" not in {person["principal_id"] for person in live.people()}


def test_c18_the_host_is_asked_and_while_away_who_presents_and_may_host() -> None:
    live = with_lobby()
    anna = enter(live)
    ben, cleo = enter(live, "Ben", Role.REVIEWER), enter(live, "Cleo")
    does(live, anna, "session/door/dora", says("Dora", True))
    does(live, ben, "session/presenter", {"principal_id": "ben"})
    seat, effects = knock(live)
    assert messages(effects, ben) == []
    refused = does(live, ben, "session/door/gus", says("Gus", True))
    assert [m["reason"] for m in messages(refused) if m["t"] == "nak"] == ["door"]
    away = live.leave(anna, 1.0, "lost")
    assert {"t": "lobby", "state": "waiting", "asked": "presenter"} in messages(away, seat)
    assert [m["t"] for m in messages(away, ben)] == ["left", "knocks"]
    assert not any(m["t"] == "knocks" for m in messages(away, cleo))
    assert not stored(does(live, cleo, "session/door/gus", says("Gus", True)))
    let_in = does(live, ben, "session/door/gus", says("Gus", True))
    assert messages(let_in, seat) == [{"t": "lobby", "state": "admitted", "asked": "presenter"}]
    assert closes(let_in) == [(seat, 1000, "admitted")]
    assert messages(let_in, ben)[-1] == {"t": "knocks", "waiting": []}


def test_c18_a_guest_who_presents_lets_nobody_in() -> None:
    live = with_lobby("outside")
    anna = enter(live)
    does(live, anna, "session/door/gus", says("Gus", True))
    gus = enter(live, "Gus", Role.GUEST_LIVE)
    does(live, gus, "session/presenter", {"principal_id": "gus"})
    live.leave(anna, 0.0, "lost")
    seat, effects = knock(live, "Kim")
    assert messages(effects, seat) == [{"t": "lobby", "state": "waiting", "asked": "nobody"}]
    assert messages(effects, gus) == []
    assert not stored(does(live, gus, "session/door/kim", says("Kim", True)))


def test_c18_who_becomes_host_is_told_who_waits_and_who_was_is_told_no_more() -> None:
    live = with_lobby()
    anna, ben = enter(live), enter(live, "Ben")
    knock(live)
    passed = does(live, anna, "session/host", {"principal_id": "ben"})
    for slot, count in ((anna, 0), (ben, 1)):
        (knocks,) = [m for m in messages(passed, slot) if m["t"] == "knocks"]
        assert len(knocks["waiting"]) == count
    assert live.tick(0.1) == []


def test_c19_who_was_let_in_or_declined_stays_so_in_a_room_opened_again() -> None:
    live = with_lobby()
    anna = enter(live)
    gus, _ = knock(live)
    kim, _ = knock(live, "Kim")
    does(live, anna, "session/door/gus", says("Gus", True))
    no = does(live, anna, "session/door/kim", says("Kim", False))
    assert messages(no, kim) == [{"t": "bye", "reason": "declined", "retry_after_ms": None}]
    assert closes(no) == [(kim, 4403, "declined")]
    for there in (live, reopened(live)):
        assert there.bars(joiner("Gus", Role.GUEST_LIVE)) is None
        assert there.bars(joiner("Kim", Role.GUEST_LIVE)) == "declined"
    does(live, anna, "session/door/kim", says("Kim", True))
    assert live.bars(joiner("Kim", Role.GUEST_LIVE)) is None
    assert gus not in live.lobby


def test_c20_once_somebody_was_removed_guests_wait_whatever_the_rules_say() -> None:
    live = room()
    anna = enter(live)
    enter(live, "Gus", Role.GUEST_LIVE)
    assert live.bars(joiner("Gus again", Role.GUEST_LIVE)) is None
    does(live, anna, "session/removed/gus", {"name": "Gus"})
    does(live, anna, "session/rules", {"lobby": "off"})
    for there in (live, reopened(live)):
        assert there.bars(joiner("Gus", Role.GUEST_LIVE)) == "removed"
        assert there.bars(joiner("Gus again", Role.GUEST_LIVE)) == "lobby"
        assert there.bars(joiner("Dora", Role.VIEWER)) is None
    does(live, anna, "session/removed/gus", None)
    assert live.bars(joiner("Gus again", Role.GUEST_LIVE)) is None


def test_c21_who_waits_too_long_is_told_that_nobody_answered() -> None:
    live = with_lobby()
    enter(live)
    seat, _ = knock(live)
    assert closes(live.tick(WAIT_S - 0.1)) == []
    over = live.tick(WAIT_S)
    assert messages(over, seat) == [{"t": "bye", "reason": "unanswered", "retry_after_ms": None}]
    assert closes(over) == [(seat, 4403, "unanswered")]
    assert live.knock(joiner("Gus", Role.GUEST_LIVE), WAIT_S + 1) is not None


def test_c21_so_many_wait_and_each_with_one_device() -> None:
    live = with_lobby()
    anna = enter(live)
    first, _ = knock(live)
    second, effects = knock(live)
    assert closes(effects) == [(first, 4403, "replaced")]
    for number in range(MOST_WAITING - 1):
        knock(live, f"Guest {number}")
    assert live.knock(joiner("One more", Role.GUEST_LIVE), 0.0) is None
    left = live.leave(second, 0.0, "left")
    (knocks,) = messages(left, anna)
    assert len(knocks["waiting"]) == MOST_WAITING - 1  # type: ignore[typeddict-item]  # a Knocks
    assert live.leave(second, 0.0, "left") == []


def test_c22_a_lock_sends_away_who_waits_but_not_who_was_let_in() -> None:
    live = with_lobby()
    anna = enter(live)
    does(live, anna, "session/door/kim", says("Kim", True))
    seat, _ = knock(live)
    locked = does(live, anna, "session/rules", {"locked": True})
    assert closes(locked) == [(seat, 4403, "locked")]
    assert live.bars(joiner("Kim", Role.GUEST_LIVE)) is None
    assert live.bars(joiner("Gus", Role.GUEST_LIVE)) == "locked"


def test_a_lobby_turned_off_lets_in_who_waits() -> None:
    live = with_lobby()
    anna = enter(live)
    seat, _ = knock(live)
    opened = does(live, anna, "session/rules", {"lobby": "off"})
    assert closes(opened) == [(seat, 1000, "admitted")]
