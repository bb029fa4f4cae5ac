from live_builders import AT, enter, facts, room

from holotable.review.roles import Role
from holotable.rooms.effects import Send
from holotable.rooms.floor import Floor
from holotable.rooms.members import IMPORTANT, Members, nak, send
from holotable.rooms.protocol import StatusMessage, StatusValue
from holotable.rooms.reasons import Reason
from holotable.rooms.voice import VoicePolicy


def test_the_devices_of_one_principal_are_found_together() -> None:
    live = room()
    anna, ben, also_anna = enter(live), enter(live, "Ben", Role.VIEWER), enter(live)
    members = live._members
    assert members.slots_of("anna", None) == (anna, also_anna)
    assert members.everyone(but=anna) == (ben, also_anna)
    assert (members.role_of("ben"), members.role_of("cleo")) == (Role.VIEWER, None)
    assert members.session_roles() == {anna: "host", ben: "listener", also_anna: "host"}


def test_nothing_is_sent_to_nobody() -> None:
    nobody = Members(Floor(facts(), {}, set()))
    assert [*nobody.tell({"t": "pong", "ts": 1.0})] == []
    assert [*send((), {"t": "pong", "ts": 1.0})] == []


def test_a_refusal_says_what_it_is_about() -> None:
    refusal = {
        "t": "nak", "cseq": None, "code": "rate", "reason": "rate", "detail": "no",
        "about": "event",
    }  # fmt: skip
    assert nak(3, None, "rate", Reason.RATE, detail="no", about="event") == Send((3,), refusal)  # type: ignore[arg-type]  # a Nak


def test_p2_who_speaks_matters_to_everybody_after_who_leads_and_before_the_followed() -> None:
    live = room()
    anna, ben, cleo = enter(live), enter(live, "Ben"), enter(live, "Cleo")
    crowd = [enter(live, f"P{number}") for number in range(IMPORTANT)]
    for slot in crowd:
        status = StatusValue(following=cleo)
        live.receive(slot, StatusMessage(t="status", value=status), 0.0, AT)
    assert live.important() == [anna, cleo]
    spoken = StatusMessage(t="status", value=StatusValue(voice="open"))
    live.receive(ben, spoken, 0.0, AT)
    assert live.important() == [anna, ben, cleo]
    live.receive(ben, StatusMessage(t="status", value=StatusValue(voice="muted")), 1.0, AT)
    assert live.important() == [anna, cleo]


def test_p2_more_speakers_than_matter_leave_the_host_in() -> None:
    live = room(voice=VoicePolicy(mode="sfu"))
    speakers = [enter(live, f"P{number}") for number in range(IMPORTANT + 4)]
    anna = enter(live)
    for slot in speakers:
        status = StatusValue(voice="open", following=speakers[0])
        live.receive(slot, StatusMessage(t="status", value=status), 0.0, AT)
    found = live.important()
    assert found[0] in (anna, speakers[0])
    assert anna in found
    assert len(found) == IMPORTANT
