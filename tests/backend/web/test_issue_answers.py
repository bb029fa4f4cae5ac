"""What bodies of issues may hold, and what is said of a field that is not there."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from holotable.store.database import uuid7
from holotable.web.issue_answers import IssueFields, author


def test_what_is_absent_is_not_said_and_null_empties_what_can_be_empty() -> None:
    assert IssueFields().said() == {}
    fields = IssueFields.model_validate(
        {"title": None, "labels": None, "blocking": None, "due_at": None, "type": None,
         "assignee_id": None, "properties": None}
    )  # fmt: skip
    assert fields.said() == {
        "title": None, "labels": [], "blocking": False, "due_at": None, "assignee_id": None,
    }  # fmt: skip


def test_a_time_without_a_zone_is_utc() -> None:
    assert IssueFields.model_validate({"due_at": "2026-01-05T12:00:00"}).due_at == datetime(
        2026, 1, 5, 12, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "body",
    [
        {"title": "a\u0000b"},
        {"properties": {"a": ["\u0000"]}},
        {"description": "\ud800"},
        {"labels": ["x"] * 51},
    ],
)
def test_what_no_database_keeps_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        IssueFields.model_validate(body)


def test_nobody_and_somebody_unknown_are_no_author() -> None:
    one = uuid7()
    assert author(None, {}) is None
    assert author(one, {}) is None
    found = author(one, {one: "Mia"})
    assert found is not None
    assert found.name == "Mia"
