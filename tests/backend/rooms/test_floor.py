"""Who leads a session, through the room that asks the floor."""

from typing import Any

import pytest
from live_builders import (
    AT,
    MARK,
    MEASUREMENT,
    REVISION,
    SECTION,
    does,
    enter,
    event,
    joiner,
    messages,
    only,
    reopened,
    room,
    set_,
    stored,
)

from holotable.review.roles import Role
from holotable.rooms.conduct import RulesValue
from holotable.rooms.effects import Append, Close
from holotable.rooms.floor import OFFER_S
from holotable.rooms.protocol import PreviewMessage, StatusMessage, StatusValue
from holotable.rooms.room import Room

LISTED = {"name": "Ben"}


def who(principal: str) -> dict[str, str]:
    return {"principal_id": principal}


def roles(live: Room) -> dict[str, str]:
    return {person["name"]: person["session_role"] for person in live.people()}


def of_three() -> tuple[Room, int, int, int]:
    """Anna hosts; Ben and Cleo take part."""
    live = room()
    return live, enter(live), enter(live, "Ben"), enter(live, "Cleo")


def measured(owner: str, **more: Any) -> dict[str, Any]:
    return {"owner": owner, "revision_id": REVISION, "measurement": MEASUREMENT} | more


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("session/rules", {"locked": True}),
        ("session/host", who("ben")),
        ("session/listener/cleo", {"name": "Cleo"}),
        ("session/removed/cleo", {"name": "Cleo"}),
    ],
)
def test_c3_only_the_host_says_how_a_session_goes(key: str, value: Any) -> None:
    live, anna, ben, _ = of_three()
    does(live, ben, "session/presenter", who("ben"))
    refused = only(does(live, ben, key, value))
    assert (refused["code"], refused["reason"]) == ("forbidden", "hosts")
    assert stored(does(live, anna, key, value))


def test_c3_a_host_is_not_above_the_project() -> None:
    live = room()
    anna = enter(live, "Anna", Role.GUEST_LIVE)
    assert roles(live) == {"Anna": "host"}
    refused = only(does(live, anna, "session/rules", {"locked": True}))
    assert refused["reason"] == "role"


def test_c3_the_host_cannot_lose_themselves() -> None:
    live, anna, _, _ = of_three()
    for key in ("session/removed/anna", "session/listener/anna"):
        assert only(does(live, anna, key, {"name": "Anna"}))["code"] == "invalid"
    assert only(does(live, anna, "session/host", None))["code"] == "invalid"


def test_c4_a_rule_frees_what_others_drag() -> None:
    live, anna, ben, _ = of_three()
    drag = PreviewMessage(t="preview", key="explode", value={"amount": 0.5})
    live.receive(ben, drag, 0.0, AT)
    effects = does(live, anna, "session/rules", {"scene": "hosts"})
    assert {"t": "hold", "key": "explode", "slot": None} in messages(effects, anna)
    assert only(live.receive(ben, drag, 0.0, AT))["code"] == "forbidden"
    assert live.tick(0.1) == []


def test_c5_nobody_is_made_presenter_unasked() -> None:
    live, anna, _, cleo = of_three()
    refused = only(does(live, anna, "session/presenter", who("cleo")))
    assert refused["reason"] == "offer_first"
    live.receive(cleo, event("ask"), 0.0, AT)
    assert stored(does(live, anna, "session/presenter", who("cleo")))
    assert roles(live)["Cleo"] == "presenter"


def test_c5_neither_the_absent_nor_a_listener_becomes_presenter() -> None:
    live, anna, ben, _ = of_three()
    live.receive(ben, event("ask"), 0.0, AT)
    assert only(does(live, anna, "session/presenter", who("dora")))["reason"] == "not_here"
    does(live, anna, "session/listener/ben", LISTED)
    assert only(does(live, anna, "session/presenter", who("ben")))["code"] == "invalid"


def test_c6_who_may_share_begins_to_present_while_nobody_does() -> None:
    live, anna, ben, cleo = of_three()
    vic = enter(live, "Vic", Role.VIEWER)
    assert only(does(live, vic, "session/presenter", who("vic")))["code"] == "forbidden"
    assert stored(does(live, ben, "session/presenter", who("ben")))
    live.leave(ben, 0.0, "left")
    assert stored(does(live, cleo, "session/presenter", who("cleo")))
    does(live, cleo, "session/presenter", None)
    does(live, anna, "session/rules", {"present": "hosts"})
    refused = only(does(live, cleo, "session/presenter", who("cleo")))
    assert refused["reason"] in ("ask_host", "ask_presenter")
    assert stored(does(live, anna, "session/presenter", who("anna")))
    assert roles(live)["Anna"] == "host"


def test_c7_an_offer_is_accepted_within_a_minute_while_its_maker_leads() -> None:
    live, anna, ben, cleo = of_three()
    does(live, anna, "session/rules", {"present": "hosts"})
    accept = ("session/presenter", who("ben"))
    live.receive(anna, event("offer", to=ben), 0.0, AT)
    live.tick(OFFER_S)
    assert only(does(live, ben, *accept))["code"] == "forbidden"
    live.receive(anna, event("offer", to=ben), OFFER_S, AT)
    live.tick(2 * OFFER_S - 0.1)
    assert stored(does(live, ben, *accept))
    live.receive(ben, event("offer", to=cleo), 2 * OFFER_S, AT)
    does(live, ben, "session/presenter", None)
    assert only(does(live, cleo, "session/presenter", who("cleo")))["code"] == "forbidden"


def test_c8_a_presenter_gives_way_to_the_host_and_to_whom_they_hand_over() -> None:
    live, anna, ben, cleo = of_three()
    does(live, ben, "session/presenter", who("ben"))
    refused = only(does(live, cleo, "session/presenter", who("cleo")))
    assert refused["reason"] == "ask_presenter"
    assert only(does(live, cleo, "session/presenter", None))["code"] == "forbidden"
    live.receive(ben, event("offer", to=cleo), 0.0, AT)
    assert stored(does(live, cleo, "session/presenter", who("cleo")))
    assert stored(does(live, anna, "session/presenter", who("anna")))
    assert stored(does(live, anna, "session/presenter", None))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("measurement/m1", measured("ben")),
        ("markup/k1", {"owner": "ben", "revision_id": REVISION, "mark": MARK}),
    ],
)
def test_c9_an_object_belongs_to_who_made_it(key: str, value: Any) -> None:
    live, anna, ben, cleo = of_three()
    assert only(does(live, cleo, key, value))["code"] == "invalid"  # in Ben's name
    assert stored(does(live, ben, key, value))
    for changed in (value, None):
        assert only(does(live, cleo, key, changed))["code"] == "forbidden"
    assert only(does(live, anna, key, value | {"owner": "anna"}))["code"] == "invalid"
    again = reopened(live)
    cleo, anna, ben = enter(again, "Cleo"), enter(again), enter(again, "Ben")
    assert only(does(again, cleo, key, None))["code"] == "forbidden"
    assert stored(does(again, ben, key, value))
    does(again, cleo, "session/presenter", who("cleo"))
    assert stored(does(again, cleo, key, value))
    assert stored(does(again, anna, key, None))
    assert stored(does(again, anna, key, value))  # undone: it is Ben's again


def test_c9_only_those_who_lead_clear_everybodys_drawings() -> None:
    live, anna, ben, _ = of_three()
    does(live, ben, "measurement/m1", measured("ben"))
    assert only(does(live, ben, "measurement/", kind="clear"))["code"] == "forbidden"
    assert stored(does(live, anna, "measurement/", kind="clear"))
    assert live.log.state == {}


def test_c9_the_rules_of_the_scene_do_not_stop_measuring() -> None:
    live, anna, ben, _ = of_three()
    does(live, anna, "session/rules", {"scene": "hosts"})
    assert stored(does(live, ben, "measurement/m1", measured("ben")))


def test_c10_the_star_goes_to_somebody_here_who_may_host_and_stays_theirs() -> None:
    live, anna, ben, _ = of_three()
    enter(live, "Gus", Role.GUEST_LIVE)
    for whom in ("gus", "nobody"):
        assert only(does(live, anna, "session/host", who(whom)))["code"] == "invalid"
    assert stored(does(live, anna, "session/host", who("ben")))
    assert (roles(live)["Anna"], roles(live)["Ben"]) == ("participant", "host")
    assert only(does(live, anna, "session/rules", {}))["code"] == "forbidden"
    again = reopened(live)
    enter(again), enter(again, "Ben")
    assert roles(again) == {"Anna": "participant", "Ben": "host"}
    live.leave(ben, 0.0, "left")
    assert live.host_id == "anna"  # H2 goes on from there


def test_c11_who_is_removed_goes_on_every_device_and_stays_out() -> None:
    live, anna, ben, _ = of_three()
    also_ben = enter(live, "Ben")
    effects = does(live, anna, "session/removed/ben", LISTED)
    assert {e.slot: e.code for e in effects if isinstance(e, Close)} == {ben: 4403, also_ben: 4403}
    assert isinstance(effects[0], Append)
    for slot in (ben, also_ben):
        assert messages(effects, slot)[-1]["t"] == "bye"
        assert {"t": "left", "slot": slot, "reason": "removed"} in messages(effects, anna)
    for there in (live, reopened(live)):
        assert there.bars(joiner("ben")) == "removed"
        assert there.join(joiner("Ben"), 0.0) is None
    does(live, anna, "session/removed/ben", None)
    assert live.bars(joiner("ben")) is None
    assert enter(live, "Ben") is not None


def test_c11_a_freed_slot_of_somebody_removed_rests_too() -> None:
    live, anna, ben, _ = of_three()
    removal = set_("session/removed/ben", LISTED, cseq=1, cid="client-anna")
    live.receive(anna, removal, 100.0, AT)
    assert enter(live, "Dora", now=104.9) != ben
    assert enter(live, "Eve", now=105.0) == ben


def test_c12_a_locked_session_lets_in_only_who_was_there_before() -> None:
    live, anna, ben, _ = of_three()
    live.leave(ben, 0.0, "left")
    does(live, anna, "session/rules", {"locked": True})
    for there in (live, reopened(live)):
        assert there.bars(joiner("dora")) == "locked"
        assert there.join(joiner("Dora"), 0.0) is None
        assert there.bars(joiner("ben")) is None
        assert there.bars(joiner("anna")) is None
    does(live, anna, "session/rules", None)
    assert live.bars(joiner("dora")) is None
    assert room("table").bars(joiner("dora")) is None


def test_c13_everybody_is_told_whose_session_role_changed() -> None:
    live, anna, ben, cleo = of_three()
    effects = does(live, ben, "session/presenter", who("ben"))
    news = {"t": "role", "slot": ben, "role": "editor", "session_role": "presenter"}
    assert messages(effects, cleo)[1:] == [news]
    live.receive(ben, event("offer", to=cleo), 0.0, AT)
    effects = does(live, cleo, "session/presenter", who("cleo"))
    told = {m["slot"]: m["session_role"] for m in messages(effects, anna) if m["t"] == "role"}
    assert told == {ben: "participant", cleo: "presenter"}


def test_c14_who_leads_is_not_dragged() -> None:
    live, anna, _, _ = of_three()
    drag = PreviewMessage(t="preview", key="session/rules", value={"locked": True})
    assert only(live.receive(anna, drag, 0.0, AT))["code"] == "forbidden"
    assert live.tick(0.1) == []


def test_c15_who_leads_survives_a_room_opened_again() -> None:
    live, anna, ben, _ = of_three()
    does(live, ben, "session/presenter", who("ben"))
    rules = {"scene": "presenters", "present": "hosts", "guided": True, "locked": True,
             "voice": "hosts"}  # fmt: skip
    does(live, anna, "session/rules", rules)
    does(live, anna, "session/listener/cleo", {"name": "Cleo"})
    again = reopened(live)
    enter(again), enter(again, "Ben")
    cleo = enter(again, "Cleo")
    assert roles(again) == {"Anna": "host", "Ben": "presenter", "Cleo": "listener"}
    assert again.floor.rules == RulesValue.model_validate(rules)
    assert only(does(again, cleo, "section/a", SECTION))["code"] == "forbidden"


def hand(up: bool) -> StatusMessage:
    return StatusMessage(t="status", value=StatusValue(hand=up))


def queue(live: Room) -> list[str]:
    people = [person for person in live.people() if person["status"].get("hand")]
    return [p["name"] for p in sorted(people, key=lambda p: p["status"]["hand_rank"])]


def test_c16_hands_stand_in_the_order_they_were_raised() -> None:
    live, anna, ben, cleo = of_three()
    live.receive(cleo, hand(True), 0.0, AT)
    live.receive(ben, hand(True), 0.0, AT)
    live.receive(cleo, hand(True), 0.0, AT)
    assert queue(live) == ["Cleo", "Ben"]
    told = messages(live.tick(0.03), cleo)  # their own place is told to them, too
    assert {m["slot"]: m["value"]["hand_rank"] for m in told if m["t"] == "status"} == {
        cleo: 1, ben: 2,
    }  # fmt: skip
    live.leave(cleo, 0.0, "lost")
    cleo = enter(live, "Cleo")
    live.receive(cleo, hand(True), 0.0, AT)
    assert queue(live) == ["Cleo", "Ben"]
    live.receive(ben, hand(False), 0.0, AT)
    assert queue(live) == ["Cleo"]
    live.leave(cleo, 0.0, "left")
    cleo = enter(live, "Cleo")
    live.receive(ben, hand(True), 0.0, AT)
    live.receive(cleo, hand(True), 0.0, AT)
    assert queue(live) == ["Ben", "Cleo"]
    live.receive(anna, event("lower", to=ben), 0.0, AT)
    assert queue(live) == ["Cleo"]
    live.receive(anna, event("lower"), 0.0, AT)
    assert queue(live) == []
    lowered = {"hand": False, "hand_rank": None}
    told = messages(live.tick(0.06), cleo)
    assert [m["value"] for m in told if m["t"] == "status" and m["slot"] == cleo] == [lowered]


def test_c16_a_hand_is_lowered_by_nobody_else() -> None:
    live, _, ben, cleo = of_three()
    live.receive(cleo, hand(True), 0.0, AT)
    assert only(live.receive(ben, event("lower", to=cleo), 0.0, AT))["code"] == "forbidden"
    assert queue(live) == ["Cleo"]
