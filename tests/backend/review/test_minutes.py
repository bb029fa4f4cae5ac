"""Minutes: the same facts make the same minutes, and every line knows its second."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from minutes_builders import RECORDING, after, came, meeting, said, set_, touched

from holotable.review.minutes import command_of, document, still_open

GOLDEN = Path(__file__).parents[2] / "vectors" / "minutes.json"


def test_the_minutes_of_a_session_are_the_golden_ones() -> None:
    assert document(meeting()) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_order_in_which_rows_are_read_changes_nothing() -> None:
    whole = meeting()
    random = Random(7)
    for _ in range(20):
        shuffled = {
            name: random.sample(list(getattr(whole, name)), len(getattr(whole, name)))
            for name in ("attended", "touched", "judged", "recorded")
        }
        assert document(meeting(**shuffled)) == document(whole)


def test_each_person_counts_once_and_the_last_word_counts() -> None:
    noted = [
        said(1, 1, "anna", "/decide Yes?"),
        said(2, 2, "ben", "/agree"),
        said(3, 3, "ben", "/agree"),
        said(4, 4, "chloe", "/agree"),
        said(5, 5, "chloe", "/disagree 1"),
    ]
    (decision,) = document(meeting(noted=noted))["decisions"]
    assert (decision["agreed"], decision["disagreed"]) == (["Ben"], ["Chloé"])


def test_a_button_agrees_by_the_line_of_the_log() -> None:
    noted = [
        said(7, 1, "anna", "/decide One"),
        said(9, 2, "anna", "/decide Two"),
        said(10, 3, "ben", "/agree @7"),
        said(11, 4, "ben", "/agree @8"),
    ]
    decisions = document(meeting(noted=noted))["decisions"]
    assert [one["agreed"] for one in decisions] == [["Ben"], []]


def test_nobody_agrees_to_what_was_not_decided() -> None:
    noted = [
        said(1, 1, "ben", "/agree"),
        said(2, 2, "anna", "/decide Yes?"),
        said(3, 3, "ben", "/agree 2"),
        said(4, 4, "ben", "/agree wholeheartedly"),
        said(5, 5, "ben", "/decide   "),
    ]
    (decision,) = document(meeting(noted=noted))["decisions"]
    assert decision["agreed"] == []


def test_a_line_leads_to_the_second_of_the_recording_that_holds_it() -> None:
    noted = [
        said(n, second, "ben", "/q ?") for n, second in enumerate((299.9, 300, 1_800, 1_801), 1)
    ]
    lines = document(meeting(noted=noted, open=[]))["questions"]
    assert [(one["recording_id"], one["second"]) for one in lines] == [
        (None, None), (RECORDING, 0.0), (RECORDING, 1500.0), (None, None),
    ]  # fmt: skip


def test_somebody_who_is_still_there_has_not_left() -> None:
    (one,) = document(meeting(attended=[came("anna", 0, None)], ended_at=None))["attendees"]
    assert one["visits"] == [{"joined_at": "2026-11-23T22:50:00.000Z", "left_at": None}]


def test_an_issue_that_is_opened_again_is_not_closed() -> None:
    events = [
        touched(1, "changed", "status", "Closed"),
        touched(2, "changed", "status", "Open"),
    ]
    (issue,) = document(meeting(touched=events))["issues"]
    assert issue["what"] == "changed"
    assert [one["after"] for one in issue["happened"]] == ["Closed", "Open"]


def test_a_cleared_measurement_is_not_listed() -> None:
    noted = [
        set_(1, 1, "ben", "measurement/a", {"value": 1}),
        set_(2, 2, "ben", "measurement/b", {"value": True, "label": "odd"}),
    ]
    clear = type(noted[0])(3, after(3), "ben", "Ben", "clear", "measurement/", None)
    assert len(document(meeting(noted=noted))["measurements"]) == 2
    assert document(meeting(noted=[*noted, clear]))["measurements"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/decide now", ("decide", "now")),
        ("  /DECIDE\tnow ", ("decide", "now")),
        ("/q", ("q", "")),
        ("\N{THUMBS UP SIGN}\U0001f3fd", ("agree", "")),
        ("/decided", None),
        ("we /decide", None),
        ("", None),
    ],
)
def test_lines_that_speak_to_the_minutes(text: str, found: tuple[str, str] | None) -> None:
    assert command_of(text) == found


@given(st.lists(st.tuples(st.sampled_from(["anna", "ben", "chloe"]), st.text(max_size=40))))
def test_whatever_people_say_minutes_can_be_made(lines: list[tuple[str, str]]) -> None:
    noted = [said(n, n, who, text) for n, (who, text) in enumerate(lines, 1)]
    json.dumps(document(meeting(noted=noted)))


def test_questions_are_numbered_after_those_taken_over_and_the_last_answer_counts() -> None:
    questions = document(meeting())["questions"]
    assert [(one["number"], one["text"]) for one in questions] == [
        (1, "When does the | pump come?"), (2, "Who orders the seals?"),
    ]  # fmt: skip
    assert questions[0]["answer"]["text"] == "In May"
    assert questions[0]["carried_from"]["title"] == "Kick-off"
    assert questions[1]["answer"] is None


def test_an_answer_without_a_number_is_to_the_newest_question_and_to_none_is_nothing() -> None:
    noted = [
        said(1, 1, "ben", "/answer 1 too early"),
        said(2, 2, "ben", "/q 2 bolts or 3?"),
        said(3, 3, "ben", "/answer three"),
        said(4, 4, "ben", "/answer 9 nothing"),
        said(5, 5, "ben", "/answer"),
    ]
    (question,) = document(meeting(noted=noted, open=[]))["questions"]
    assert (question["text"], question["answer"]["text"]) == ("2 bolts or 3?", "three")


def test_what_stays_open_is_what_the_next_session_takes_over() -> None:
    (left,) = still_open(document(meeting()))
    assert (left.title, left.text) == ("Skid P-101 review", "Who orders the seals?")
