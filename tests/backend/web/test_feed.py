"""Who listens hears every change, once, and nobody pays when nobody listens."""

import asyncio
from datetime import UTC, datetime

import pytest
from builders import Asset, Caller, Clock, Project, add_asset, add_revision
from converting import rows_of

from holotable.store.database import Database
from holotable.store.queries import conversions
from holotable.store.tables import Conversion
from holotable.web.answers import RevisionAnswer
from holotable.web.feed import Outbox, RevisionFeed


@pytest.fixture
async def asset(owner: Caller, database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project)


async def heard(outbox: Outbox) -> RevisionAnswer:
    async with asyncio.timeout(10):
        return await outbox.get()


async def test_each_change_is_told_once_to_every_listener(
    database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    feed = RevisionFeed(database)
    revision = await add_revision(database, clock, asset, state="queued")
    (row,) = await rows_of(database, revision.id)
    async with feed.listen(project.id) as one, feed.listen(project.id) as two:
        assert (await heard(one)).progress.queue_position == 1
        assert (await heard(two)).state == "queued"
        async with database.transaction() as session:
            claim = await conversions.claim(session, row.id, worker="w", lease_s=60, max_attempts=3)
        assert claim is not None
        assert (await heard(one)).state == "reading"
        async with database.transaction() as session:
            await conversions.beat(session, claim, lease_s=60, state="tessellating", fraction=0.5)
        changed = await heard(one)
        assert (changed.state, changed.progress.fraction) == ("tessellating", 0.5)
        async with database.transaction() as session:
            await conversions.finish(session, claim, "failed")
        assert (await heard(one)).state == "failed"
        await asyncio.sleep(1.2)
        assert one.empty()
        assert [answer.state for answer in two._queue] == ["reading", "tessellating", "failed"]  # type: ignore[attr-defined]  # what waits, without taking it
    assert feed._watchers == {}


async def test_a_late_listener_is_told_what_is_moving(
    database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    feed = RevisionFeed(database)
    await add_revision(database, clock, asset, state="queued")
    async with feed.listen(project.id) as first:
        await heard(first)
        async with feed.listen(project.id) as second:
            assert second.get_nowait().state == "queued"


async def test_what_ended_long_ago_and_other_projects_are_not_told(
    database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    feed = RevisionFeed(database)
    revision = await add_revision(database, clock, asset, state="failed")
    (row,) = await rows_of(database, revision.id)
    async with database.transaction() as session:
        old = await session.get_one(Conversion, row.id)
        old.finished_at = datetime(2026, 1, 1, tzinfo=UTC)
    async with feed.listen(project.id) as outbox:
        await asyncio.sleep(0.8)
        assert outbox.empty()
