"""Whom an event is for, through the room that asks."""

from typing import Any

import pytest
from live_builders import AT, REVISION, does, enter, event, messages, only, room

from holotable.review.roles import Role
from holotable.rooms.effects import Append, Send
from holotable.rooms.reasons import SENTENCES, Reason
from holotable.rooms.room import Room

POINT = event("point", revision_id=REVISION, occurrence=4, point=[0.0, 1.0, 2.0])
REACT = event("react", reaction="agree")


def of_three() -> tuple[Room, int, int, int]:
    """Anna hosts, Ben presents, Cleo takes part."""
    live = room()
    slots = enter(live), enter(live, "Ben"), enter(live, "Cleo")
    does(live, slots[1], "session/presenter", {"principal_id": "ben"})
    return live, *slots


def heard(effects: Any) -> list[tuple[int, ...]]:
    return [effect.to for effect in effects if isinstance(effect, Send)]


def test_e1_an_event_is_sent_on_once_and_never_stored() -> None:
    live, anna, ben, cleo = of_three()
    before = (live.log.seq, dict(live.log.state))
    (sent,) = live.receive(ben, POINT, 0.0, AT)
    expected = {
        "kind": "point", "revision_id": REVISION, "occurrence": 4, "point": [0.0, 1.0, 2.0],
    }  # fmt: skip
    assert sent == Send((anna, cleo), {"t": "event", "slot": ben, "event": expected})
    assert not isinstance(sent, Append)
    assert live.tick(0.03) == []
    assert (live.log.seq, live.log.state) == before


def test_e2_more_than_two_events_per_second_are_refused() -> None:
    live, _, _, cleo = of_three()
    answers = [messages(live.receive(cleo, REACT, 0.0, AT))[0] for _ in range(12)]
    assert [answer["t"] for answer in answers] == ["event"] * 8 + ["nak"] * 4
    assert (answers[-1]["code"], answers[-1]["about"]) == ("rate", "event")
    later = [messages(live.receive(cleo, REACT, 1.0, AT))[0]["t"] for _ in range(3)]
    assert later == ["event", "event", "nak"]


@pytest.mark.parametrize(
    ("said", "may"),
    [
        (POINT, "host presenter"),
        (event("bring"), "host presenter"),
        (event("bring", to=3), "host presenter"),
        (event("offer", to=3), "host presenter"),
        (event("mute", to=3), "host"),
        (event("allow", to=3), "host"),
        (event("lower"), "host"),
        (event("ask"), "host presenter participant"),
        (REACT, "host presenter participant listener"),
    ],
    ids=lambda said: said if isinstance(said, str) else said.event.kind,
)
def test_e3_who_may_not_is_told_why(said: Any, may: str) -> None:
    live, anna, ben, cleo = of_three()
    dora = enter(live, "Dora")
    does(live, anna, "session/listener/dora", {"name": "Dora"})
    names = {"host": anna, "presenter": ben, "participant": cleo, "listener": dora}
    for name, slot in names.items():
        refused = [m for m in messages(live.receive(slot, said, 0.0, AT)) if m["t"] == "nak"]
        assert bool(refused) is (name not in may.split())
        for nak in refused:
            assert (nak["code"], nak["about"]) == ("forbidden", "event")
            assert nak["detail"] == SENTENCES[Reason(nak["reason"])]


def test_e3_at_a_table_nothing_happens() -> None:
    live = room("table")
    nak = only(live.receive(enter(live), REACT, 0.0, AT))
    assert (nak["code"], nak["about"]) == ("start_a_session", "event")


def test_e4_what_is_for_all_goes_to_the_others_and_what_is_for_one_to_that_one() -> None:
    live, anna, ben, cleo = of_three()
    also_cleo = enter(live, "Cleo")
    for said in (POINT, REACT, event("bring")):
        assert heard(live.receive(ben, said, 0.0, AT)) == [(anna, cleo, also_cleo)]
    assert heard(live.receive(anna, event("mute"), 0.0, AT)) == [(ben, cleo, also_cleo)]
    for said in (event("bring", to=cleo), event("mute", to=cleo), event("allow", to=cleo)):
        assert heard(live.receive(anna, said, 0.0, AT)) == [(cleo,)]


def test_e5_wishes_go_to_those_who_lead_and_offers_to_whom_they_are_made() -> None:
    live, anna, ben, cleo = of_three()
    also_cleo = enter(live, "Cleo")
    assert heard(live.receive(cleo, event("ask"), 0.0, AT)) == [(anna, ben)]
    assert heard(live.receive(ben, event("offer", to=cleo), 0.0, AT)) == [(cleo, also_cleo)]


def test_e6_a_no_is_heard_once_by_whoever_asked_or_offered() -> None:
    live, anna, ben, cleo = of_three()
    assert heard(live.receive(cleo, event("decline", to=ben), 0.0, AT)) == []
    live.receive(ben, event("offer", to=cleo), 0.0, AT)
    assert heard(live.receive(cleo, event("decline", to=anna), 0.0, AT)) == []  # not hers
    assert heard(live.receive(cleo, event("decline", to=ben), 0.0, AT)) == [(ben,)]
    assert heard(live.receive(cleo, event("decline", to=ben), 0.0, AT)) == []
    live.receive(cleo, event("ask"), 1.0, AT)
    assert heard(live.receive(anna, event("decline", to=cleo), 1.0, AT)) == [(cleo,)]
    refused = only(does(live, anna, "session/presenter", {"principal_id": "cleo"}))
    assert refused["code"] == "forbidden"  # the wish is over


def test_e7_an_event_for_somebody_who_is_not_here_is_for_nobody() -> None:
    live, anna, _, _ = of_three()
    for kind in ("bring", "offer", "decline", "mute"):
        assert live.receive(anna, event(kind, to=99), 0.0, AT) == []
    assert live.receive(anna, event("offer", to=anna), 0.0, AT) == []


@pytest.mark.parametrize("kind", ["meeting", "table"])
def test_e8_an_event_for_my_other_device_goes_there_alone(kind: Any) -> None:
    live = room(kind)
    desk, worn, ben = enter(live), enter(live), enter(live, "Ben", Role.VIEWER)
    own = event("own", to=worn, act="leave_xr")
    (sent,) = live.receive(desk, own, 0.0, AT)
    said = {"kind": "own", "to": worn, "act": "leave_xr"}
    assert sent == Send((worn,), {"t": "event", "slot": desk, "event": said})
    assert live.receive(ben, own, 0.0, AT) == []  # somebody else's
    assert live.receive(worn, own, 0.0, AT) == []  # itself
    assert live.receive(ben, event("own", to=40, act="leave_voice"), 0.0, AT) == []
