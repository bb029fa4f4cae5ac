"""Labels in use, and which revisions are moving."""

from datetime import UTC, datetime, timedelta

from builders import Caller, Clock, Project, add_asset, add_revision
from converting import rows_of

from holotable.store import tables
from holotable.store.database import Database
from holotable.store.queries import revisions
from holotable.store.tables import Conversion


async def test_labels_come_in_the_order_of_uploads(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    asset = await add_asset(database, clock, project)
    other = await add_asset(database, clock, project, "Other")
    for label in ("B", "A", "x"):
        await add_revision(database, clock, asset, label)
    await add_revision(database, clock, other, "Z")
    async with database.transaction() as session:
        assert await revisions.labels(session, asset.id) == [(1, "B"), (2, "A"), (3, "x")]


async def test_an_upload_touches_its_asset_and_project(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    asset = await add_asset(database, clock, project)
    clock.advance(hours=1)
    async with database.transaction() as session:
        await revisions.touch(session, asset.id, clock())
    async with database.transaction() as session:
        assert (await session.get_one(tables.Asset, asset.id)).updated_at == clock()
        assert (await session.get_one(tables.Project, project.id)).updated_at == clock()


async def test_moving_is_what_is_not_over_or_was_so_a_moment_ago(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    asset = await add_asset(database, clock, project)
    now = datetime.now(UTC)
    waiting = await add_revision(database, clock, asset, state="queued")
    just_now = await add_revision(database, clock, asset, state="failed")
    long_ago = await add_revision(database, clock, asset, state="failed")
    for revision, finished_at in ((just_now, now), (long_ago, now - timedelta(days=1))):
        (row,) = await rows_of(database, revision.id)
        async with database.transaction() as session:
            (await session.get_one(Conversion, row.id)).finished_at = finished_at
    async with database.transaction() as session:
        moving = await revisions.moving(session, project.id, now - timedelta(seconds=10))
    assert [revision.id for revision in moving] == [waiting.id, just_now.id]
