"""One row a comparison: begun once, taken over from the dead, never from the living."""

from datetime import timedelta

from builders import Clock, add_asset, add_project, add_revision, add_user

from holotable.store.database import Database
from holotable.store.queries import comparisons

LEASE = timedelta(minutes=5)


async def test_a_row_is_taken_over_only_when_its_lease_is_over(
    database: Database, clock: Clock
) -> None:
    owner = await add_user(database, clock)
    project = await add_project(database, clock, owner=owner)
    asset = await add_asset(database, clock, project)
    old = await add_revision(database, clock, asset)
    new = await add_revision(database, clock, asset)
    about = {"project_id": project.id, "old_revision_id": old.id, "new_revision_id": new.id}
    async with database.transaction() as session:
        row = await comparisons.begin(
            session, key="k1", **about, author=owner.id, now=clock(), lease=LEASE
        )
        assert not await comparisons.take_over(session, row, now=clock(), lease=LEASE)
    clock.advance(minutes=6)
    async with database.transaction() as session:
        assert await comparisons.take_over(session, row, now=clock(), lease=LEASE)
        assert not await comparisons.take_over(session, row, now=clock(), lease=LEASE)
        await comparisons.finish(
            session, row.id, now=clock(), retry_after=LEASE, summary={"counts": {}}, files={"a": {}}
        )
    clock.advance(minutes=60)
    async with database.transaction() as session:
        kept = await comparisons.by_key(session, "k1")
        assert kept is not None
        assert kept.state == "ready"
        assert not await comparisons.take_over(session, kept, now=clock(), lease=LEASE)
        await comparisons.begin(session, key="k2", **about, author=None, now=clock(), lease=LEASE)
    async with database.transaction() as session:
        assert await comparisons.by_key(session, "k1") is None
