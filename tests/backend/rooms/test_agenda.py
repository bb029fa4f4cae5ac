"""The agenda of a session; rule C23."""

from typing import Any

import pytest
from live_builders import does, enter, messages, reopened, room, set_, stored

from holotable.review.roles import Role
from holotable.rooms.agenda import MOST_ITEMS, has_item, timed
from holotable.rooms.keys import check_value

ITEMS = {"items": [{"id": "a", "title": "Pump"}, {"id": "b", "title": "Valve", "minutes": 5}]}


def at(second: int) -> str:
    return f"2026-01-05T12:00:{second:02}.000Z"


def test_c23_the_presenter_and_the_host_have_the_agenda_and_it_stands_at_an_item() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben", Role.GUEST_LIVE)
    refused = does(live, ben, "session/agenda", ITEMS)
    assert messages(refused)[0]["reason"] == "leads"  # type: ignore[typeddict-item]  # a Nak
    assert stored(does(live, anna, "session/agenda", ITEMS))
    refused = does(live, anna, "session/agenda-at", {"id": "c"})
    assert messages(refused)[0]["reason"] == "no_item"  # type: ignore[typeddict-item]  # a Nak
    does(live, ben, "session/presenter", {"principal_id": "ben"})
    assert stored(does(live, ben, "session/agenda-at", {"id": "a"}))
    for there in (live, reopened(live)):
        assert there.log.state["session/agenda-at"]["value"]["id"] == "a"  # type: ignore[index,call-overload]  # JSON


def test_c23_the_room_says_since_when_and_how_long_the_others_took() -> None:
    live = room()
    anna = enter(live)
    does(live, anna, "session/agenda", ITEMS)

    def step(item: str, second: int, cseq: int) -> Any:  # the stored value
        lies = {"id": item, "started_at": "1999-01-01T00:00:00.000Z", "spent_s": {"b": 99.0}}
        message = set_("session/agenda-at", lies, cseq=cseq, cid="client-anna")
        live.receive(anna, message, 0.0, at(second))
        return live.log.state["session/agenda-at"]["value"]

    assert step("a", 0, 11) == {"id": "a", "started_at": at(0), "spent_s": {}}
    assert step("b", 10, 12) == {"id": "b", "started_at": at(10), "spent_s": {"a": 10.0}}
    assert step("b", 15, 13) == {"id": "b", "started_at": at(10), "spent_s": {"a": 10.0}}
    assert step("a", 20, 14)["spent_s"] == {"a": 10.0, "b": 10.0}
    assert step("b", 30, 15)["spent_s"] == {"a": 20.0, "b": 10.0}


def test_times_of_items_that_are_gone_are_forgotten() -> None:
    before = {"id": "gone", "started_at": at(0), "spent_s": {"a": 3.0}}
    assert timed(before, {"id": "b"}, ITEMS, at(9)) == {
        "id": "b", "started_at": at(9), "spent_s": {"a": 3.0},
    }  # fmt: skip
    assert timed(before, None, ITEMS, at(9)) is None


def test_an_agenda_that_is_none_has_no_item() -> None:
    assert has_item(ITEMS, "a")
    assert not has_item(ITEMS, "c")
    assert not has_item(None, "a")
    assert not has_item({"items": "a"}, "a")


@pytest.mark.parametrize(
    "items",
    [
        [{"id": "a", "title": ""}],
        [{"id": "a b", "title": "Pump"}],
        [{"id": "a", "title": "Pump", "minutes": 0}],
        [{"id": "a", "title": "Pump", "view_id": "none"}],
        [{"id": str(number), "title": "Pump"} for number in range(MOST_ITEMS + 1)],
    ],
)
def test_an_agenda_is_checked(items: Any) -> None:
    assert check_value("session/agenda", {"items": items}) is not None
