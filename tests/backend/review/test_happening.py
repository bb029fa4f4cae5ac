"""Events in their envelope: CloudEvents 1.0, links into the page, filters."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from holotable.review.happening import (
    TOMBSTONES,
    Happening,
    What,
    envelope,
    filter_words,
    passes,
    path_of,
)

PROJECT = UUID(int=7)
AT = datetime(2026, 11, 24, 3, 4, 5, 678000, UTC)


def happening(what: What, **facts: Any) -> Happening:
    return Happening(UUID(int=1), what.value, PROJECT, "issue/x", facts, (UUID(int=3), "Ann"), AT)


def test_an_event_is_a_cloud_event_of_eight_keys() -> None:
    issue = happening(What.ISSUE_CREATED, issue_id="x", issue_number=4)
    assert envelope(issue, "https://review.example.org") == {
        "specversion": "1.0",
        "id": str(UUID(int=1)),
        "type": "dev.holotable.issue.created.v1",
        "source": f"https://review.example.org/api/v1/projects/{PROJECT}",
        "subject": "issue/x",
        "time": "2026-11-24T03:04:05.678000Z",
        "datacontenttype": "application/json",
        "data": {
            "project_id": str(PROJECT),
            "issue_id": "x",
            "issue_number": 4,
            "deleted": False,
            "by": {"id": str(UUID(int=3)), "name": "Ann"},
            "url": f"https://review.example.org/p/{PROJECT}/issues/4",
        },
    }


@pytest.mark.parametrize("what", sorted(TOMBSTONES))
def test_what_goes_away_says_that_it_is_deleted(what: What) -> None:
    assert envelope(happening(what), "")["data"]["deleted"] is True


@pytest.mark.parametrize(
    ("what", "facts", "path"),
    [
        (What.REVISION_CONVERTED, {"asset_id": "a", "revision": "B/1"}, "/v/a/B%2F1"),
        (What.REVISION_FAILED, {"asset_id": "a", "revision": "B"}, f"/p/{PROJECT}/a/a/r/B"),
        (What.REVIEW_VERDICT, {"asset_id": "a", "revision": "B", "review_id": "r"},
         f"/p/{PROJECT}/reviews/r"),
        (What.MINUTES_PUBLISHED, {"session_id": "s"}, "/live/s/minutes"),
        (What.ASSET_CREATED, {"asset_id": "a"}, f"/p/{PROJECT}/a/a"),
        (What.MEMBER_ADDED, {}, f"/p/{PROJECT}"),
    ],
)  # fmt: skip
def test_a_link_leads_to_what_it_speaks_of(what: What, facts: dict[str, str], path: str) -> None:
    assert path_of(happening(what, **facts)) == path


def test_filters_name_types_and_kinds_and_an_empty_one_lets_all_through() -> None:
    assert passes("issue.created", [])
    assert passes("issue.created", ["issue.*"])
    assert passes("issue.created", ["review.*", "issue.created"])
    assert not passes("issue.created", ["review.*", "issue.closed"])
    assert {"issue.*", "issue.closed"} <= filter_words()
    assert "webhook.test" not in filter_words()
