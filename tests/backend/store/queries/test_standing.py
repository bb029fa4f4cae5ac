"""Where revisions stand, for many at once."""

from builders import Clock, add_asset, add_project, add_revision, add_user

from holotable.store.database import Database
from holotable.store.queries.standing import latest_revisions, standing_of
from holotable.store.tables import Conversion


async def test_standing_is_that_of_the_newest_conversion_and_the_current_package(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    asset = await add_asset(database, clock, await add_project(database, clock, owner=mia))
    ready = await add_revision(database, clock, asset)
    first = await add_revision(database, clock, asset, state="queued")
    second = await add_revision(database, clock, asset, state="queued")
    failed = await add_revision(database, clock, asset, state="failed")
    async with database.transaction() as transaction:
        transaction.add(
            Conversion(
                project_id=asset.project_id,
                revision_id=failed.id,
                state="queued",
                options={},
                created_at=clock(),
            )
        )
    async with database.transaction() as transaction:
        standing = await standing_of(transaction, [ready, first, second, failed])
    found = [standing[revision.id] for revision in (ready, first, second, failed)]
    assert [s.conversion.state for s in found if s.conversion] == [
        "ready", "queued", "queued", "queued",
    ]  # fmt: skip
    assert [s.queue_position for s in found] == [None, 1, 2, 3]
    assert [s.package_id is not None for s in found] == [True, False, False, False]
    assert {s.author.id for s in found if s.author} == {mia.id}


async def test_the_newest_revision_of_each_asset_is_found_with_their_number(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    one, two = [await add_asset(database, clock, project) for _ in range(2)]
    await add_revision(database, clock, one)
    newest = await add_revision(database, clock, one)
    async with database.transaction() as transaction:
        latest = await latest_revisions(transaction, [one.id, two.id])
        assert await latest_revisions(transaction, []) == {}
        assert await standing_of(transaction, []) == {}
    assert {asset_id: (row.id, count) for asset_id, (row, count) in latest.items()} == {
        one.id: (newest.id, 2)
    }
