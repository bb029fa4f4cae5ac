"""What a room opens with: the agenda that was prepared before anybody came."""

from typing import Any

import pytest
from builders import (
    Clock,
    Principal,
    Session,
    add_asset,
    add_operations,
    add_project,
    add_revision,
    add_session,
    add_user,
)

from holotable.rooms.agenda import AGENDA
from holotable.rooms.journal import past_of
from holotable.rooms.opening import lay_out
from holotable.store.database import Database
from holotable.store.queries import sessions as rows

PREPARED: dict[str, Any] = {"items": [{"id": "a", "title": "Bore", "minutes": 10}]}


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def meeting(database: Database, clock: Clock, mia: Principal) -> Session:
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_session(database, clock, revision)


async def opened(database: Database, meeting: Session, agenda: Any, by: Principal) -> Any:  # Past
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        session.agenda, session.agenda_by = agenda, by.id
        await lay_out(transaction, session)
        return await past_of(transaction, session, None)


async def test_c26_a_room_opens_with_the_agenda_that_was_prepared_as_its_first_operation(
    database: Database, meeting: Session, mia: Principal
) -> None:
    past = await opened(database, meeting, PREPARED, mia)
    assert (past.seq, past.state[AGENDA]["value"]) == (1, PREPARED)
    assert past.state[AGENDA]["by"]["name"] == "Mia Berg"
    again = await opened(database, meeting, {"items": []}, mia)
    assert (again.seq, again.state[AGENDA]["value"]) == (1, PREPARED)


async def test_c26_a_room_in_which_something_was_done_keeps_its_own_agenda(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    await add_operations(database, meeting, mia, (clock(), "", "Hello"))
    past = await opened(database, meeting, PREPARED, mia)
    assert AGENDA not in past.state
    async with database.transaction() as transaction:
        assert await rows.last_seq(transaction, meeting.id) == 1


async def test_a_room_for_which_nothing_was_prepared_opens_empty(
    database: Database, meeting: Session, mia: Principal
) -> None:
    assert (await opened(database, meeting, None, mia)).seq == 0
