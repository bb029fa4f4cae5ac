"""Rows of notifications: one for a person and a subject, whoever writes at once."""

import asyncio

from builders import Clock, add_project, add_user

from holotable.store.database import Database
from holotable.store.notification_tables import Notification, NotificationSettings
from holotable.store.queries import notifications as rows


async def test_two_who_write_at_once_write_one_row(database: Database, clock: Clock) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)

    async def tell() -> None:
        async with database.transaction() as session:
            row = await rows.row_of(session, mia.id, "issue:1", {"project_id": project.id}, clock())
            row.count += 1

    await asyncio.gather(*(tell() for _ in range(6)))
    async with database.transaction() as session:
        row = await rows.existing(session, mia.id, "issue:1")
        assert row is not None
        assert row.count == 6
        assert await rows.existing(session, mia.id, "issue:2") is None


async def test_settings_are_made_once_and_forgotten_rows_are_the_done_ones(
    database: Database, clock: Clock
) -> None:
    mia = await add_user(database, clock, "Mia")
    project = await add_project(database, clock, owner=mia)

    async def made() -> NotificationSettings:
        async with database.transaction() as session:
            return await rows.settings_of(session, mia.id, clock())

    found = await asyncio.gather(*(made() for _ in range(4)))
    assert {one.principal_id for one in found} == {mia.id}
    async with database.transaction() as session:
        for subject, state in (("a", "done"), ("b", "read")):
            row = await rows.row_of(session, mia.id, subject, {"project_id": project.id}, clock())
            row.state = state
    clock.advance(days=1)
    async with database.transaction() as session:
        await rows.forget(session, clock())
        kept = [await rows.existing(session, mia.id, subject) for subject in ("a", "b")]
    assert [isinstance(one, Notification) for one in kept] == [False, True]
