"""Cards, members and folders as rows."""

from uuid import UUID

import pytest
from builders import (
    Clock,
    add_asset,
    add_folder,
    add_guest,
    add_member,
    add_project,
    add_review,
    add_revision,
    add_session,
    add_user,
)

from holotable.errors import Conflict, NotFound
from holotable.review.roles import Action, Role
from holotable.store.database import Database, uuid7
from holotable.store.queries import projects as rows
from holotable.store.queries.visible import reach
from holotable.store.review_tables import Review
from holotable.store.tables import Attendance, Principal


def test_roles_for_a_where_are_those_the_table_allows() -> None:
    assert rows.roles_with(Action.EDIT) == ["owner", "editor"]
    assert rows.roles_with(Action.DELETE_PROJECT) == ["owner"]


async def test_cards_of_many_projects_count_only_what_is_reached(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    full = await add_project(database, clock, owner=mia)
    empty = await add_project(database, clock, owner=mia)
    shared = await add_asset(database, clock, full)
    hidden = await add_asset(database, clock, full)
    revision = await add_revision(database, clock, shared)
    newer = await add_revision(database, clock, hidden)
    session = await add_session(database, clock, revision)
    await add_session(database, clock, newer)
    async with database.transaction() as transaction:
        for left_at in (None, clock()):
            transaction.add(
                Attendance(
                    session_id=session.id,
                    principal_id=mia.id,
                    name="Mia",
                    role="owner",
                    joined_at=clock(),
                    left_at=left_at,
                )
            )
    dana = await add_guest(database, clock, full, asset=shared)
    async with database.transaction() as transaction:
        ids = [full.id, empty.id]
        mias = await rows.overviews(transaction, reach(mia.id, clock()), ids)
        danas = await rows.overviews(transaction, reach(dana.id, clock()), ids)
    assert (mias[full.id].assets, len(mias[full.id].live)) == (2, 2)
    assert mias[full.id].thumbnail_revision_id == newer.id
    assert mias[empty.id] == rows.Overview(members=1)
    assert danas[full.id].assets == 1
    assert [(live.session_id, live.people) for live in danas[full.id].live] == [(session.id, 1)]
    assert danas[full.id].thumbnail_revision_id == revision.id


async def test_what_is_in_review_is_on_the_card_and_else_the_newest(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    reviewed = await add_revision(database, clock, await add_asset(database, clock, project))
    newest = await add_revision(database, clock, await add_asset(database, clock, project))

    async def card() -> UUID | None:
        async with database.transaction() as transaction:
            seen = reach(mia.id, clock())
            return (await rows.overviews(transaction, seen, [project.id]))[
                project.id
            ].thumbnail_revision_id

    assert await card() == newest.id
    review = await add_review(database, clock, reviewed, approvers=[mia])
    assert await card() == reviewed.id
    async with database.transaction() as transaction:
        (await transaction.get_one(Review, review.id)).closed_at = clock()
    assert await card() == newest.id


async def test_a_disabled_owner_does_not_count_as_the_one_that_stays(
    database: Database, clock: Clock
) -> None:
    mia, ben = await add_user(database, clock, "Mia"), await add_user(database, clock, "Ben")
    project = await add_project(database, clock, owner=mia)
    await add_member(database, clock, project, ben, Role.OWNER)
    async with database.transaction() as transaction:
        await rows.keep_an_owner(transaction, project.id, mia.id)
        (await transaction.get_one(Principal, ben.id)).disabled_at = clock()
        await transaction.flush()
        with pytest.raises(Conflict):
            await rows.keep_an_owner(transaction, project.id, mia.id)


async def test_a_place_is_a_living_folder_of_the_same_project(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)
    folder = await add_folder(database, clock, project)
    other = await add_folder(database, clock, await add_project(database, clock, owner=mia))
    async with database.transaction() as transaction:
        await rows.place_in(transaction, project.id, None)
        await rows.place_in(transaction, project.id, folder.id)
        for wrong in (other.id, uuid7()):
            with pytest.raises(NotFound):
                await rows.place_in(transaction, project.id, wrong)
        folder = await transaction.merge(folder)
        await rows.trash_folder(transaction, folder, clock())
        with pytest.raises(NotFound):
            await rows.place_in(transaction, project.id, folder.id)
