"""Previews and holds; their rules (L1-L3, A7, C4, C14) are tested through the room."""

from live_builders import AT, enter, only, room

from holotable.review.roles import Role
from holotable.rooms.protocol import PreviewMessage


def test_an_unknown_key_is_invalid_to_who_may_and_forbidden_to_who_may_not() -> None:
    live = room()
    anna, vic = enter(live), enter(live, "Vic", Role.VIEWER)
    drag = PreviewMessage(t="preview", key="nothing", value={"amount": 1})
    assert only(live.receive(anna, drag, 0.0, AT))["code"] == "invalid"
    assert only(live.receive(vic, drag, 0.0, AT))["code"] == "forbidden"


def test_everybody_who_comes_learns_who_drags_what() -> None:
    live = room()
    anna = enter(live)
    live.receive(anna, PreviewMessage(t="preview", key="explode", value={"amount": 1}), 0.0, AT)
    assert live._drags.holders == {"explode": anna}
