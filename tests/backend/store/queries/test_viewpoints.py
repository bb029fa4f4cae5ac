"""The agenda of an asset: places at the end, between, before all, and when they grow narrow."""

from uuid import UUID

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_revision,
    add_viewpoint,
)

from holotable.errors import NotFound
from holotable.store.database import Database, uuid7
from holotable.store.queries import viewpoints as rows
from holotable.store.tables import Viewpoint


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def order(database: Database, revision: Revision) -> str:
    async with database.transaction() as session:
        return "".join(view.name for view in await rows.agenda(session, revision.asset_id))


async def move(database: Database, view: Viewpoint, after_id: UUID | None) -> None:
    async with database.transaction() as session:
        own = await session.get_one(Viewpoint, view.id)
        own.position = await rows.place_after(session, own, after_id)


async def test_views_are_in_the_order_they_were_made_and_links_are_not_among_them(
    database: Database, clock: Clock, revision: Revision
) -> None:
    for name in "abc":
        await add_viewpoint(database, clock, revision, name)
    await add_viewpoint(database, clock, revision, "link", immutable=True)
    assert await order(database, revision) == "abc"
    async with database.transaction() as session:
        assert await rows.last_place(session, revision.asset_id) == 4.0
        assert await rows.last_place(session, uuid7()) == 1.0


async def test_a_view_moves_behind_another_or_to_the_front(
    database: Database, clock: Clock, revision: Revision
) -> None:
    a, b, c = [await add_viewpoint(database, clock, revision, name) for name in "abc"]
    await move(database, c, a.id)
    assert await order(database, revision) == "acb"
    await move(database, b, None)
    assert await order(database, revision) == "bac"
    await move(database, a, c.id)
    assert await order(database, revision) == "bca"
    await move(database, a, c.id)
    assert await order(database, revision) == "bca"


async def test_places_are_numbered_anew_before_halving_runs_out(
    database: Database, clock: Clock, revision: Revision
) -> None:
    a, b, c = [await add_viewpoint(database, clock, revision, name) for name in "abc"]
    for _ in range(60):  # each halves the gap behind a: a double has 52 bits
        await move(database, c, a.id)
        b, c = c, b
        # whoever was moved stands directly behind a
        assert (await order(database, revision)).startswith("a" + b.name)


async def test_a_view_of_another_asset_is_no_place_in_this_one(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    other = await add_revision(database, clock, await add_asset(database, clock, project))
    here = await add_viewpoint(database, clock, revision, "here")
    there = await add_viewpoint(database, clock, other, "there")
    with pytest.raises(NotFound):
        await move(database, here, there.id)


async def test_a_link_with_the_same_content_is_found_in_its_own_project_only(
    database: Database, clock: Clock, owner: Caller, revision: Revision
) -> None:
    link = await add_viewpoint(
        database, clock, revision, "", immutable=True, content_sha256="a" * 64
    )
    await add_viewpoint(database, clock, revision, "saved", content_sha256="b" * 64)
    async with database.transaction() as session:
        found = await rows.link_with(session, revision.project_id, "a" * 64)
        assert found is not None
        assert found.id == link.id
        assert await rows.link_with(session, uuid7(), "a" * 64) is None
        assert await rows.link_with(session, revision.project_id, "b" * 64) is None
    assert owner.id
