"""The agenda of a session before anybody is in it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import (
    Clock,
    Principal,
    Session,
    add_asset,
    add_project,
    add_revision,
    add_session,
    add_user,
)
from issue_builders import add_issue

from holotable.errors import Conflict, Gone, Invalid
from holotable.rooms.agenda import AgendaItem, AgendaValue
from holotable.session_agenda import agenda_of, prepare
from holotable.store.database import Database
from holotable.store.queries import sessions as rows


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def meeting(database: Database, clock: Clock, mia: Principal) -> Session:
    project = await add_project(database, clock, owner=mia)
    await add_issue(database, clock, project)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_session(database, clock, revision)


def agenda(**fields: object) -> AgendaValue:
    item = {"id": "a", "title": "Bore", **fields}
    return AgendaValue(items=[AgendaItem.model_validate(item)])


async def test_it_is_written_until_a_room_opens_and_read_from_the_room_afterwards(
    database: Database, meeting: Session, mia: Principal
) -> None:
    async with database.transaction() as transaction:
        session = await prepare(transaction, meeting.id, agenda(issue=1, minutes=5), by=mia.id)
        (item,) = (await agenda_of(transaction, session))["items"]
        assert (item["title"], item["issue"], item["minutes"]) == ("Bore", 1, 5)
    async with database.transaction() as transaction:
        claimed = await rows.claim(transaction, meeting.id, "", timedelta(seconds=10))
        assert isinstance(claimed, tuple)
        assert await agenda_of(transaction, claimed[0]) == {"items": []}  # the log has none yet
        with pytest.raises(Conflict) as refused:
            await prepare(transaction, meeting.id, agenda(), by=mia.id)
        assert refused.value.facts["reason"] == "begun"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"issue": 2}, "/items/0/issue"),
        ({"view_id": str(uuid4())}, "/items/0/view_id"),
        ({"review_id": str(uuid4())}, "/items/0/review_id"),
    ],
)
async def test_what_the_project_does_not_have_is_refused_with_its_place(
    database: Database, meeting: Session, mia: Principal, fields: dict[str, object], pointer: str
) -> None:
    async with database.transaction() as transaction:
        with pytest.raises(Invalid) as refused:
            await prepare(transaction, meeting.id, agenda(**fields), by=mia.id)
        assert refused.value.facts["pointer"] == pointer


async def test_a_session_that_is_over_takes_none(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with database.transaction() as transaction:
        (await transaction.get_one(Session, meeting.id)).ended_at = clock()
    async with database.transaction() as transaction:
        with pytest.raises(Gone):
            await prepare(transaction, meeting.id, agenda(), by=mia.id)
