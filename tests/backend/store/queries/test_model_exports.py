"""Rows of exports: made once for a key, by one maker, and never after a cancel."""

from datetime import timedelta

import pytest
from builders import Asset, Clock, Project, Revision, add_asset, add_revision

from holotable.store.database import Database
from holotable.store.exchange_tables import ModelExport
from holotable.store.queries import model_exports as rows
from holotable.store.queries import packages

LEASE = timedelta(seconds=30)


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    asset: Asset = await add_asset(database, clock, project)
    return await add_revision(database, clock, asset)


async def asked(
    database: Database, clock: Clock, revision: Revision, key: str = "k", format: str = "stl"
) -> ModelExport:
    assert revision.created_by is not None
    async with database.transaction() as session:
        package = await packages.current(session, revision.id)
        assert package is not None
        return await rows.ask(
            session, revision, package_id=package.id, format=format, key=key,
            file_name=f"m.{format}", by=revision.created_by, now=clock(),
        )  # fmt: skip


async def test_the_same_key_is_one_row_and_another_replaces_it_for_its_format_alone(
    database: Database, clock: Clock, revision: Revision
) -> None:
    first = await asked(database, clock, revision)
    assert (await asked(database, clock, revision)).id == first.id
    other = await asked(database, clock, revision, "usd", "usdz")
    newer = await asked(database, clock, revision, "changed")
    async with database.transaction() as session:
        kept = {row.id for row in await rows.of_revision(session, revision.id)}
    assert kept == {other.id, newer.id}


async def test_one_maker_at_a_time_and_a_dead_one_is_followed(
    database: Database, clock: Clock, revision: Revision
) -> None:
    await asked(database, clock, revision)
    async with database.transaction() as session:
        dead = await rows.claim(session, clock(), LEASE)
        assert dead is not None
        assert await rows.claim(session, clock(), LEASE) is None
        session.expunge(dead)
    clock.advance(seconds=31)
    async with database.transaction() as session:
        alive = await rows.claim(session, clock(), LEASE)
        assert alive is not None
        assert (alive.id, alive.attempts) == (dead.id, 2)
        assert not await rows.beat(session, dead, fraction=0.5, now=clock(), lease=LEASE)
        assert not await rows.finish(session, dead, now=clock(), sha256="a" * 64, size=1)
        assert await rows.finish(session, alive, now=clock(), sha256="b" * 64, size=2)
    async with database.transaction() as session:
        kept = await session.get_one(ModelExport, alive.id)
    assert (kept.state, kept.sha256, kept.fraction) == ("ready", "b" * 64, 1.0)
    assert (await asked(database, clock, revision)).state == "ready"


async def test_what_was_cancelled_is_not_finished_and_may_be_asked_for_again(
    database: Database, clock: Clock, revision: Revision
) -> None:
    row = await asked(database, clock, revision)
    async with database.transaction() as session:
        taken = await rows.claim(session, clock(), LEASE)
        assert taken is not None
        assert await rows.cancel(session, row.id, clock(), {"code": "export_cancelled"})
        assert not await rows.cancel(session, row.id, clock(), {"code": "twice"})
        assert not await rows.beat(session, taken, fraction=0.5, now=clock(), lease=LEASE)
    again = await asked(database, clock, revision)
    assert (again.id, again.state, again.problem, again.attempts) == (row.id, "queued", None, 0)
