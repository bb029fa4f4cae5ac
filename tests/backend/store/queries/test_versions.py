"""Versions of rows: a change of an older copy finds nothing to change, whoever was first."""

from datetime import timedelta

from builders import Caller, Clock, Project, add_asset

from holotable.store.database import Database
from holotable.store.queries.versions import hold, later
from holotable.store.tables import Asset


def test_no_two_versions_have_one_time(clock: Clock) -> None:
    assert later(clock() - timedelta(days=1), clock()) == clock()
    assert later(clock(), clock()) == clock() + timedelta(microseconds=1)
    ahead = clock() + timedelta(seconds=5)  # a node whose clock is ahead was here
    assert later(ahead, clock()) == ahead + timedelta(microseconds=1)


async def test_a_row_is_held_at_the_versions_named_and_at_no_other(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    made = await add_asset(database, clock, project)
    async with database.transaction() as transaction:
        row = await transaction.get_one(Asset, made.id)
        assert await hold(transaction, row, [made.updated_at])
        assert await hold(transaction, row, None)
        row.updated_at = later(row.updated_at, clock())
        await transaction.flush()
        assert not await hold(transaction, row, [made.updated_at])
        assert not await hold(transaction, row, [])
    assert row.updated_at == made.updated_at + timedelta(microseconds=1)
