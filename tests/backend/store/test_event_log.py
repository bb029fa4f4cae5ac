"""Events are born with the change they tell of, in its transaction, once."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from builders import (
    Clock,
    Project,
    add_asset,
    add_folder,
    add_member,
    add_project,
    add_revision,
    add_user,
)
from issue_builders import add_issue
from sqlalchemy import select

from holotable import issues
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.event_log import ACTOR
from holotable.store.event_tables import EventRow
from holotable.store.issue_tables import Issue
from holotable.store.queries import projects
from holotable.store.tables import Asset, Conversion, Folder, Member, Revision


async def log_of(database: Database) -> list[EventRow]:
    async with database.transaction() as session:
        return list((await session.scalars(select(EventRow).order_by(EventRow.seq))).all())


async def told(database: Database) -> list[str]:
    return [row.what for row in await log_of(database)]


@pytest.fixture
async def home(database: Database, clock: Clock) -> Project:
    return await add_project(database, clock, owner=await add_user(database, clock, "Mia"))


async def test_a_project_its_owner_and_an_asset_are_told(
    database: Database, clock: Clock, home: Project
) -> None:
    asset = await add_asset(database, clock, home, name="Pump")
    rows = await log_of(database)
    assert [row.what for row in rows] == ["project.created", "member.added", "asset.created"]
    assert rows[1].facts["role"] == "owner"
    assert rows[1].principal_id is not None
    assert rows[2].subject == f"asset/{asset.id}"
    assert rows[2].facts == {"asset_id": str(asset.id), "asset": "Pump", "part_number": ""}
    assert {row.project_id for row in rows} == {home.id}


async def test_what_is_rolled_back_has_not_happened(
    database: Database, clock: Clock, home: Project
) -> None:
    before = await told(database)
    with suppress(RuntimeError):
        async with database.transaction() as session:
            (await session.get_one(type(home), home.id)).name = "Another"
            await session.flush()
            raise RuntimeError
    assert await told(database) == before


async def test_two_changes_in_one_transaction_are_one_event_with_all_fields(
    database: Database, clock: Clock, home: Project
) -> None:
    async with database.transaction() as session:
        session.info[ACTOR] = home.created_by
        row = await session.get_one(type(home), home.id)
        row.name = "Another"
        await session.flush()
        row.description = "Said"
        await session.flush()
        row.description = "Said"
    last = (await log_of(database))[-1]
    assert (last.what, last.facts) == (
        "project.updated", {"project": "Another", "fields": ["name", "description"]},
    )  # fmt: skip
    assert last.by == home.created_by


async def test_an_event_that_went_with_a_savepoint_is_written_again(
    database: Database, clock: Clock, home: Project
) -> None:
    async with database.transaction() as session:
        row = await session.get_one(type(home), home.id)
        with suppress(RuntimeError):
            async with session.begin_nested():
                row.name = "Lost"
                await session.flush()
                raise RuntimeError
        await session.refresh(row)
        row.name = "Kept"
    rows = [one for one in await log_of(database) if one.what == "project.updated"]
    assert [one.facts["project"] for one in rows] == ["Kept"]


async def test_trash_and_restore_are_told_also_of_what_lies_in_a_folder(
    database: Database, clock: Clock, home: Project
) -> None:
    folder = await add_folder(database, clock, home)
    asset = await add_asset(database, clock, home)
    async with database.transaction() as session:
        (await session.get_one(Asset, asset.id)).folder_id = folder.id
    async with database.transaction() as session:
        row = await session.get_one(Folder, folder.id)
        await projects.trash_folder(session, row, clock())
    async with database.transaction() as session:
        row = await session.get_one(Folder, folder.id)
        await projects.restore_folder(session, row, clock())
        assert row.deleted_at is None
    rows = [one for one in await log_of(database) if one.subject == f"asset/{asset.id}"]
    assert [one.what for one in rows] == [
        "asset.created", "asset.updated", "asset.trashed", "asset.restored",
    ]  # fmt: skip


async def test_members_who_change_and_leave_are_told(
    database: Database, clock: Clock, home: Project
) -> None:
    ben = await add_user(database, clock, "Ben")
    await add_member(database, clock, home, ben, Role.VIEWER)
    async with database.transaction() as session:
        row = await session.get_one(Member, (home.id, ben.id))
        row.role = Role.EDITOR
        await session.flush()
        await session.delete(row)
    rows = [one for one in await log_of(database) if one.subject == f"member/{ben.id}"]
    assert [(one.what, one.facts["role"], one.facts["member"]) for one in rows] == [
        ("member.added", "viewer", "Ben"),
        ("member.changed", "editor", "Ben"),
        ("member.removed", "editor", "Ben"),
    ]


async def test_an_upload_its_conversion_and_its_failure_are_told(
    database: Database, clock: Clock, home: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, home))
    async with database.transaction() as session:
        run = Conversion(
            id=uuid7(), project_id=home.id, revision_id=revision.id, state="reading",
            options={}, created_at=clock(),
        )  # fmt: skip
        session.add(run)
        await session.flush()
        run.fraction = 0.5
        await session.flush()
        run.state, run.problem = "failed", {"code": "reader_crashed", "detail": "secret"}
        run.finished_at = clock()
    async with database.transaction() as session:
        (await session.get_one(Revision, revision.id)).note = "With the new flange"
    rows = [one for one in await log_of(database) if one.subject == f"revision/{revision.id}"]
    told = [one.what for one in rows]
    assert told[0] == "revision.uploaded"
    assert told[-2:] == ["revision.failed", "revision.updated"]
    assert rows[-2].facts["problem"] == "reader_crashed"
    assert "secret" not in str(rows[-2].facts)
    assert rows[-1].facts["fields"] == ["note"]


async def test_an_issue_and_what_is_said_of_it_are_told_without_the_words(
    database: Database, clock: Clock, home: Project
) -> None:
    assert home.created_by is not None
    issue = await add_issue(database, clock, home)
    changes: list[dict[str, Any]] = [
        {"title": "New title", "due_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"status": "Closed"},
        {"status": "Open"},
    ]
    for one in changes:
        async with database.transaction() as session:
            row = await session.get_one(Issue, issue.id)
            await issues.change(session, row, one, by=home.created_by, now=clock())
    async with database.transaction() as session:
        row = await session.get_one(Issue, issue.id)
        await issues.put_away(session, row, by=home.created_by, now=clock())
    rows = [one for one in await log_of(database) if one.what.startswith("issue.")]
    assert [one.what for one in rows if one.what != "issue.created"] == [
        "issue.updated", "issue.closed", "issue.updated", "issue.reopened", "issue.updated",
        "issue.trashed",
    ]  # fmt: skip
    updated = next(one for one in rows if one.what == "issue.updated")
    assert sorted(updated.facts["fields"]) == ["due_at", "title"]
    assert updated.facts["title"] == "New title"
    assert "description" not in updated.facts
