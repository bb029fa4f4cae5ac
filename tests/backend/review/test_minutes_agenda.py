"""The agenda in the minutes: stays with their start and end."""

from datetime import UTC, datetime, timedelta
from typing import Any

from holotable.review.minutes import Meeting, Noted, document
from holotable.review.minutes_agenda import AGENDA, AGENDA_AT, Item, Step, not_reached, stays

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
ITEMS = {"items": [{"id": "a", "title": "Pump", "view_id": "v1"}, {"id": "b", "title": "Valve"}]}


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def steps(*said: tuple[str, Any]) -> list[Step]:
    return [
        Step(number, at(10 * number), "Mia", key, value)
        for number, (key, value) in enumerate(said, 1)
    ]


def test_every_stay_has_its_start_and_end() -> None:
    said = steps(
        (AGENDA, ITEMS), (AGENDA_AT, {"id": "a"}), (AGENDA_AT, {"id": "a"}),
        (AGENDA_AT, {"id": "b"}), (AGENDA, None), (AGENDA_AT, None), (AGENDA_AT, {"id": "a"}),
    )  # fmt: skip
    found = [(stay.title, stay.at, stay.until) for stay in stays(said, at(100))]
    assert found == [
        ("Pump", at(20), at(40)), ("Valve", at(40), at(60)), ("Pump", at(70), at(100)),
    ]  # fmt: skip


def test_an_item_nobody_wrote_is_no_stay_and_the_last_one_may_go_on() -> None:
    said = steps((AGENDA, ITEMS), (AGENDA_AT, {"id": "gone"}), (AGENDA_AT, {"id": "b"}))
    assert [(stay.title, stay.until) for stay in stays(said, None)] == [("Valve", None)]


def test_the_minutes_have_the_agenda_that_was_followed_instead_of_views_that_were_shown() -> None:
    said = steps((AGENDA, ITEMS), (AGENDA_AT, {"id": "a"}), (AGENDA_AT, None))
    noted = [Noted(s.seq, s.at, "mia", s.name, "set", s.key, s.value) for s in said]
    noted.append(Noted(9, at(25), "mia", "Mia", "set", "view", {"name": "Front", "id": "v1"}))
    made = document(
        Meeting(
            session_id="s1",
            title="Friday",
            project="Pumps",
            asset="Pump",
            revisions=["A"],
            started_at=START,
            ended_at=at(90),
            attended=[],
            noted=noted,
            touched=[],
            judged=[],
            recorded=[],
        )
    )
    (line,) = made["agenda"]
    assert (line["name"], line["view_id"], line["by"], line["seq"]) == ("Pump", "v1", "Mia", 2)
    assert (line["until"], line["seconds"]) == ("2026-01-05T12:00:30.000Z", 10.0)


def test_what_was_planned_and_not_looked_at_is_told_and_a_stay_says_what_it_was_planned_as() -> (
    None
):
    items = {
        "items": [
            {"id": "a", "title": "Pump", "view_id": "v1", "issue": 7, "minutes": 10},
            {"id": "b", "title": "Valve", "review_id": "r1"},
        ]
    }
    said = steps((AGENDA, ITEMS), (AGENDA, items), (AGENDA_AT, {"id": "a"}), (AGENDA_AT, None))
    (stay,) = stays(said, at(90))
    assert (stay.title, stay.issue, stay.minutes, stay.review_id) == ("Pump", 7, 10, None)
    assert not_reached(said) == [Item("Valve", None, None, "r1", None)]
    assert not_reached(steps((AGENDA_AT, {"id": "a"}))) == []
