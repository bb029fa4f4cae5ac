"""Who is in voice and who is heard, through the room that asks."""

from typing import Any

import pytest
from live_builders import AT, does, enter, event, messages, only, room

from holotable.review.roles import Role
from holotable.rooms.effects import Effect, Send
from holotable.rooms.protocol import SigMessage, StatusMessage, StatusValue
from holotable.rooms.room import Room
from holotable.rooms.voice import (
    MESH_OPEN,
    MESH_PEOPLE,
    SIGNAL_BURST,
    Candidate,
    Description,
    VoicePolicy,
)

AUDIO = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
OFFER = Description(kind="offer", link=0, sdp=AUDIO)
HEARS = Description(kind="answer", link=0, sdp=AUDIO + "a=recvonly\r\n")


def voice(live: Room, slot: int, state: str | None) -> list[Effect]:
    value = StatusValue.model_validate({"voice": state})
    return live.receive(slot, StatusMessage(t="status", value=value), 0.0, AT)


def signals(live: Room, slot: int, to: int, d: Any = OFFER, now: float = 0.0) -> list[Effect]:
    return live.receive(slot, SigMessage(t="sig", to=to, d=d), now, AT)


def state_of(live: Room, slot: int) -> Any:  # a status; JSON
    status = next(person["status"] for person in live.people() if person["slot"] == slot)
    return (status.get("voice"), status.get("silenced", False))


def told(live: Room, slot: int) -> list[Any]:
    """The statuses that one hears at the next tick."""
    return [(m["slot"], m["value"]) for m in messages(live.tick(0.03), slot) if m["t"] == "status"]


def in_voice(live: Room, *names: str) -> list[int]:
    slots = [enter(live, name) for name in names]
    for slot in slots:
        assert voice(live, slot, "muted") == []
    return slots


def with_policy(**policy: Any) -> Room:
    live = room()
    live.voice.chosen = VoicePolicy(**policy)
    return live


def test_v1_a_signal_reaches_the_one_it_names() -> None:
    live = room()
    anna, ben, _ = in_voice(live, "Anna", "Ben", "Cleo")
    expected = {"t": "sig", "slot": anna, "d": {"kind": "offer", "link": 0, "sdp": AUDIO}}
    assert signals(live, anna, ben) == [Send((ben,), expected)]
    found = Candidate(kind="candidate", link=0, candidate="candidate:1", sdp_mid="0")
    assert only(signals(live, ben, anna, found))["d"]["candidate"] == "candidate:1"


def test_v1_a_signal_to_or_from_somebody_outside_voice_is_for_nobody() -> None:
    live = room()
    anna, ben = in_voice(live, "Anna", "Ben")
    cleo = enter(live, "Cleo")
    assert signals(live, anna, cleo) == []
    assert signals(live, cleo, anna) == []
    assert signals(live, anna, 77) == []
    assert signals(live, anna, anna) == []
    voice(live, ben, None)
    assert signals(live, anna, ben) == []
    voice(live, ben, "muted")
    does(live, anna, "session/removed/ben", {"name": "Ben"})
    assert signals(live, ben, anna) == []


def test_v1_at_a_table_nobody_is_in_voice() -> None:
    live = room("table")
    anna, ben = enter(live), enter(live, "Ben")
    refused = only(voice(live, anna, "muted"))
    assert (refused["code"], refused["about"]) == ("start_a_session", "voice")
    assert state_of(live, anna) == (None, False)
    assert voice(live, ben, None) == []  # every page says at first that it is not
    assert only(signals(live, anna, ben))["code"] == "start_a_session"


def test_v3_signals_have_a_rate_of_their_own() -> None:
    live = room()
    anna, ben = in_voice(live, "Anna", "Ben")
    passed = [bool(signals(live, anna, ben)) for _ in range(int(SIGNAL_BURST) + 50)]
    assert passed.count(True) == SIGNAL_BURST
    assert not passed[-1]
    assert voice(live, anna, "open") == []  # other messages go on
    assert state_of(live, anna) == ("open", False)
    assert signals(live, anna, ben, now=1.0) != []


def test_v4_a_listener_hears_and_does_not_speak() -> None:
    live = room()
    anna, ben = in_voice(live, "Anna", "Ben")
    vic = enter(live, "Vic", Role.VIEWER)
    assert voice(live, vic, "muted") == []
    refused = only(voice(live, vic, "open"))
    assert (refused["code"], refused["about"]) == ("forbidden", "voice")
    assert state_of(live, vic) == ("muted", False)
    assert only(signals(live, vic, ben))["code"] == "forbidden"
    assert only(signals(live, vic, ben, HEARS))["t"] == "sig"
    voice(live, ben, "open")
    live.tick(0.0)
    does(live, anna, "session/listener/ben", {"name": "Ben"})
    assert state_of(live, ben) == ("muted", False)
    assert (ben, {"voice": "muted", "silenced": False}) in told(live, ben)


def test_v4_who_loses_the_right_in_the_project_is_muted_at_once() -> None:
    live = room()
    _, ben = in_voice(live, "Anna", "Ben")
    voice(live, ben, "open")
    live.set_role("ben", Role.VIEWER, 0.0)
    assert state_of(live, ben) == ("muted", False)


def test_v5_whom_the_host_mutes_is_muted_for_everybody() -> None:
    live = room()
    anna, ben = in_voice(live, "Anna", "Ben")
    also_ben = enter(live, "Ben")
    voice(live, also_ben, "open")
    live.tick(0.0)
    live.receive(anna, event("mute", to=ben), 0.0, AT)
    assert [state_of(live, slot) for slot in (ben, also_ben)] == [("muted", True)] * 2
    live.leave(ben, 0.0, "lost")
    back = enter(live, "Ben")
    voice(live, back, "muted")
    assert state_of(live, back) == ("muted", True)


def test_v5_the_muted_one_and_the_others_are_told() -> None:
    live = room()
    anna, ben, cleo = in_voice(live, "Anna", "Ben", "Cleo")
    voice(live, ben, "open")
    live.tick(0.0)
    live.receive(anna, event("mute", to=ben), 0.0, AT)
    news = {"t": "status", "slot": ben, "value": {"voice": "muted", "silenced": True}}
    assert live.tick(0.03) == [Send((anna, ben, cleo), news)]


def test_v5_all_but_the_host_are_muted_at_once() -> None:
    live = room()
    anna, ben, cleo = in_voice(live, "Anna", "Ben", "Cleo")
    dora = enter(live, "Dora")  # not in voice
    for slot in (anna, ben, cleo):
        voice(live, slot, "open")
    live.receive(anna, event("mute"), 0.0, AT)
    states = [state_of(live, slot) for slot in (anna, ben, cleo, dora)]
    assert states == [("open", False), ("muted", True), ("muted", True), (None, False)]


def test_v6_the_muted_one_opens_again_unless_the_rules_leave_it_to_the_host() -> None:
    live = room()
    anna, ben = in_voice(live, "Anna", "Ben")
    live.receive(anna, event("mute", to=ben), 0.0, AT)
    assert voice(live, ben, "open") == []
    assert state_of(live, ben) == ("open", False)

    does(live, anna, "session/rules", {"voice": "hosts"})
    live.receive(anna, event("mute", to=ben), 0.0, AT)
    assert only(voice(live, ben, "open"))["code"] == "forbidden"
    assert state_of(live, ben) == ("muted", True)
    live.receive(anna, event("allow", to=ben), 0.0, AT)
    assert state_of(live, ben) == ("muted", False)  # nobody opens it for him
    assert voice(live, ben, "open") == []


def test_v6_nobody_but_the_host_mutes() -> None:
    live = room()
    anna, ben, cleo = in_voice(live, "Anna", "Ben", "Cleo")
    voice(live, anna, "open")
    voice(live, cleo, "open")
    assert only(live.receive(ben, event("mute", to=cleo), 0.0, AT))["code"] == "forbidden"
    assert state_of(live, cleo) == ("open", False)


def test_v7_the_seventh_open_microphone_of_a_mesh_is_refused() -> None:
    live = room()
    slots = in_voice(live, *(f"P{i}" for i in range(MESH_OPEN + 1)))
    for slot in slots[:-1]:
        assert voice(live, slot, "open") == []
    refused = only(voice(live, slots[-1], "open"))
    assert (refused["code"], refused["about"]) == ("full", "voice")
    assert state_of(live, slots[-1]) == ("muted", False)
    voice(live, slots[0], "muted")
    assert voice(live, slots[-1], "open") == []


def test_v8_the_voice_of_a_mesh_is_full_at_some_point() -> None:
    live = room()
    in_voice(live, *(f"P{i}" for i in range(MESH_PEOPLE)))
    late = enter(live, "Late")
    assert only(voice(live, late, "muted"))["code"] == "full"
    assert state_of(live, late) == (None, False)


def test_an_sfu_carries_more() -> None:
    live = with_policy(mode="sfu")
    for slot in in_voice(live, *(f"P{i}" for i in range(MESH_PEOPLE + 1))):
        assert voice(live, slot, "open") == []


@pytest.mark.parametrize("wanted", ["muted", "open"])
def test_v9_without_voice_nobody_is_in_it_and_the_room_goes_on(wanted: str) -> None:
    live = with_policy(mode="off")
    anna, ben = enter(live), enter(live, "Ben")
    assert only(voice(live, anna, wanted))["code"] == "forbidden"
    assert state_of(live, anna) == (None, False)
    assert signals(live, anna, ben) == []
    assert messages(does(live, anna, "explode", {"amount": 0.5}), ben)[0]["t"] == "op"
