"""Rows of external references: of which row they are, and what a name means to whom."""

from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_project,
    add_ref,
    add_revision,
    add_system,
    add_user,
)

from holotable.store.database import Database, uuid7
from holotable.store.queries import external_refs as rows
from holotable.store.queries.visible import reach
from holotable.store.tables import Asset, Revision


async def test_a_project_an_asset_and_a_revision_of_one_name_are_told_apart(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    revision = await add_revision(database, clock, asset)
    await add_system(database, clock)
    for row in (project, asset, revision):
        await add_ref(database, row, by=owner.id)
    async with database.transaction() as transaction:
        for kind, row_id in ((Project, project.id), (Asset, asset.id), (Revision, revision.id)):
            found = await rows.refs_of(transaction, kind, [row_id, uuid7()])
            assert [one.external_id for one in found[row_id]] == ["4711"]
            assert list(found) == [row_id]
        key = ("windchill", "Part", "4711")
        held = await rows.in_scope(transaction, project.id, *key)
        assert held is not None
        assert (held.asset_id, held.revision_id) == (asset.id, None)
        assert await rows.in_scope(transaction, uuid7(), *key) is None
        assert await rows.is_used(transaction, "windchill")
        assert not await rows.is_used(transaction, "odoo")
        assert [one.name for one in await rows.systems(transaction)] == ["windchill"]


async def test_a_name_means_only_projects_that_the_asker_sees(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben")
    his = await add_project(database, clock, owner=ben)
    await add_system(database, clock)
    await add_ref(database, project, by=owner.id)
    await add_ref(database, his, by=ben.id)
    async with database.transaction() as transaction:
        for who, own in ((owner.id, project), (ben.id, his), (uuid7(), None)):
            found = await rows.projects_named(
                transaction, reach(who, clock()), "windchill", "Part", "4711"
            )
            assert [row.id for row, _ in found] == ([own.id] if own else [])
