"""The questions about issues: read once, for lists and for exports."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from builders import Caller, Clock

from holotable.accounts import SignedIn
from holotable.errors import Invalid
from holotable.review.issue import LIVING
from holotable.store.database import Database
from holotable.web.dependencies import Permissions
from holotable.web.issue_filters import Asked, query_of

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
async def access(owner: Caller, database: Database, clock: Clock) -> Permissions:
    who = SignedIn(owner.id, "user", "Mia", None, False)
    return Permissions(who, None, clock())  # type: ignore[arg-type]  # nothing is asked of it


@pytest.mark.parametrize("engine", ["sqlite"])
def test_me_none_and_ids_name_people_and_nothing_else(access: Permissions) -> None:
    query = query_of(access, Asked(assignee=["me", "none", str(UUID(int=3))]))
    assert query.assignees == [access.who.id, None, UUID(int=3)]
    with pytest.raises(Invalid):
        query_of(access, Asked(created_by=["Mia"]))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_overdue_ones_are_open_and_their_day_is_before_now(access: Permissions) -> None:
    query = query_of(access, Asked(overdue=True, q="a\x00b"))
    assert (query.categories, query.due_before, query.text) == (LIVING, access.now, "ab")
    later = datetime(2030, 1, 1, tzinfo=UTC)
    assert query_of(access, Asked(overdue=True, due_before=later)).due_before == access.now
    assert query_of(access, Asked(due_before=later)).due_before == later
