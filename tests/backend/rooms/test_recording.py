from live_builders import (
    AT,
    CID,
    RECORDING,
    chat,
    enter,
    facts,
    hello_of,
    joiner,
    messages,
    only,
    room,
    set_,
)

from holotable.review.roles import Role
from holotable.rooms.effects import EndRecording, ForgetVoice, KeepRecording, Past, RecordingFacts
from holotable.rooms.protocol import ConsentMessage, RecordMessage
from holotable.rooms.room import Room

ON, OFF = RecordMessage(t="record", on=True), RecordMessage(t="record", on=False)
GO_ON = ConsentMessage(t="consent", recording=RECORDING)
STAY = ConsentMessage(t="consent", recording=RECORDING, agrees=False)
SHOWN = {
    "id": RECORDING,
    "by": "Anna",
    "principal_id": "anna",
    "started_at": AT,
    "agreed": ["anna"],
}


def recorded_room(**options: object) -> Room:
    return room(new_id=lambda: RECORDING, **options)  # type: ignore[arg-type]  # test options


def test_rec1_who_may_not_host_is_refused_and_nothing_changes() -> None:
    live = recorded_room()
    anna, vera = enter(live), enter(live, "Vera", Role.VIEWER)
    assert only(live.receive(vera, ON, 0.0, AT))["code"] == "forbidden"
    assert live.recording.facts is None
    live.receive(anna, ON, 0.0, AT)
    assert only(live.receive(vera, OFF, 0.0, AT))["code"] == "forbidden"
    assert live.recording.facts is not None


def test_rec1_an_editor_who_is_not_the_host_may_stop_it() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    assert EndRecording(RECORDING, 0, AT, "stopped") in live.receive(ben, OFF, 1.0, AT)


def test_rec2_it_is_stored_before_anybody_is_told_and_newcomers_hear_it_in_their_hello() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, set_("explode", {"amount": 0.5}), 0.0, AT)
    effects = live.receive(anna, ON, 0.0, AT)
    assert effects[0] == KeepRecording(RecordingFacts(RECORDING, "anna", "Anna", AT, 1))
    assert only(effects) == {"t": "recording", "recording": SHOWN, "reason": None}
    assert effects[1].to == (anna, ben)  # type: ignore[union-attr]  # a Send
    joined = live.join(joiner("Cleo"), 1.0)
    assert joined is not None
    hello = hello_of(joined[1])
    assert (hello["recording"], hello["agreed"]) == (SHOWN, False)


def test_rec2_two_presses_make_one_recording() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    again = live.receive(ben, ON, 0.0, AT)
    assert not [effect for effect in again if isinstance(effect, KeepRecording)]
    assert messages(again, to=ben) == [{"t": "recording", "recording": SHOWN, "reason": None}]


def test_rec4_who_started_it_is_not_asked_and_the_others_until_they_go_on() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    assert [live.recording.agreed(who) for who in ("anna", "ben")] == [True, False]
    other = ConsentMessage(t="consent", recording="01890000-0000-7000-8000-0000000000c2")
    assert live.receive(ben, other, 0.0, AT) == []
    assert not live.recording.agreed("ben")
    told = only(live.receive(ben, GO_ON, 0.0, AT))
    assert told == {"t": "consent", "principal_id": "ben", "agrees": True}
    assert live.recording.agreed("ben")
    live.leave(ben, 1.0, "lost")
    back = live.join(joiner("Ben"), 2.0)
    assert back is not None
    assert hello_of(back[1])["agreed"] is True


def test_rec4_another_recording_asks_again() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    live.receive(ben, GO_ON, 0.0, AT)
    live.receive(anna, OFF, 0.0, AT)
    live.receive(anna, ON, 0.0, AT)
    assert not live.recording.agreed("ben")


def test_rec11_the_last_word_counts_and_everybody_hears_it_once() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    assert live.receive(ben, STAY, 0.0, AT) == []  # nobody ever said anything else of them
    live.receive(ben, GO_ON, 0.0, AT)
    assert live.receive(ben, GO_ON, 0.0, AT) == []
    told = live.receive(ben, STAY, 0.0, AT)
    assert [messages(told, to=slot) for slot in (anna, ben)] == [
        [{"t": "consent", "principal_id": "ben", "agrees": False}]
    ] * 2
    assert not live.recording.agreed("ben")
    shown = live.recording.shown()
    assert shown is not None
    assert shown["agreed"] == ["anna"]


def test_rec11_whoever_started_it_may_leave_the_tape_too() -> None:
    live = recorded_room()
    anna, _ = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    live.receive(anna, STAY, 0.0, AT)
    assert live.recording.facts is not None
    assert not live.recording.agreed("anna")


def test_rec6_a_table_is_not_recorded() -> None:
    live = recorded_room(kind="table")
    anna = enter(live)
    assert only(live.receive(anna, ON, 0.0, AT))["code"] == "start_a_session"


def test_a_room_without_a_store_for_recordings_refuses_them() -> None:
    live = room()
    assert only(live.receive(enter(live), ON, 0.0, AT))["code"] == "forbidden"


def test_rec8_everybody_is_told_why_it_is_over() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    live.receive(ben, chat("hello", cid=CID), 0.0, AT)
    effects = live.stop_recording("limit", AT)
    assert effects[0] == EndRecording(RECORDING, 1, AT, "limit")
    assert messages(effects, to=ben) == [{"t": "recording", "recording": None, "reason": "limit"}]
    assert live.stop_recording("limit", AT) == []
    joined = live.join(joiner("Cleo"), 1.0)
    assert joined is not None
    assert "recording" not in hello_of(joined[1])


def test_rec9_a_room_opened_by_another_process_goes_on_recording_and_asks_who_is_there() -> None:
    going_on = RecordingFacts(RECORDING, "anna", "Anna", AT, 0, next_chunk=3)
    live = Room(facts(), Past(epoch="e1", recording=going_on), 0.0, new_id=lambda: RECORDING)
    ben = enter(live, "Ben")
    assert live.recording.shown() == SHOWN
    assert not live.recording.agreed("ben")
    live.receive(ben, GO_ON, 0.0, AT)
    assert live.recording.agreed("ben")


def test_rec13_who_takes_back_their_consent_loses_their_voice_before_anybody_is_told() -> None:
    live = recorded_room()
    anna, ben = enter(live), enter(live, "Ben")
    live.receive(anna, ON, 0.0, AT)
    assert not [e for e in live.receive(ben, STAY, 1.0, AT) if isinstance(e, ForgetVoice)]
    agreed = live.receive(ben, GO_ON, 1.0, AT)
    assert [type(effect).__name__ for effect in agreed] == ["Send"]
    effects = live.receive(ben, STAY, 2.0, AT)
    assert effects[0] == ForgetVoice(RECORDING, "ben")
    assert only(effects)["agrees"] is False
