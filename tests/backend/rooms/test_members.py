from live_builders import enter, facts, room

from holotable.review.roles import Role
from holotable.rooms.effects import Send
from holotable.rooms.floor import Floor
from holotable.rooms.members import Members, nak, send
from holotable.rooms.reasons import Reason


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
