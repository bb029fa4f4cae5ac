"""The badge over a real socket: it counts what is written elsewhere, and ends with the login."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from builders import (
    Caller,
    Clock,
    Role,
    add_asset,
    add_member,
    add_project,
    add_review,
    add_user,
    sign_in,
)
from builders import add_revision as add
from fastapi import FastAPI
from sqlalchemy import delete, update

from holotable.store.database import Database
from holotable.store.notification_tables import Notification
from holotable.store.tables import Login, Member
from holotable.web import inbox


@asynccontextmanager
async def listening(url: str, caller: Caller) -> AsyncIterator[AsyncIterator[str]]:
    async with (
        httpx.AsyncClient(cookies=caller.client.cookies, timeout=20) as client,
        client.stream("GET", f"{url}/api/v1/inbox/events") as answer,
    ):
        assert answer.status_code == 200
        yield answer.aiter_lines()


async def until(lines: AsyncIterator[str], unread: int) -> None:
    async with asyncio.timeout(30):
        async for line in lines:
            if line.startswith("data: ") and json.loads(line[6:])["unread"] == unread:
                return
    raise AssertionError("the stream ended")


async def test_the_badge_follows_what_happens_and_what_is_taken_away(
    app: FastAPI, server: str, owner: Caller, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    project = await add_project(
        database, clock, owner=owner.principal, members={Role.REVIEWER: ben}
    )
    async with sign_in(app, database, clock, ben) as caller, listening(server, caller) as lines:
        await until(lines, 0)
        for expected in (1, 2):
            revision = await add(database, clock, await add_asset(database, clock, project))
            await add_review(database, clock, revision, approvers=[ben], by=owner.principal)
            await until(lines, expected)
        async with database.transaction() as session:
            await session.execute(delete(Member).where(Member.principal_id == ben.id))
        await until(lines, 0)
        await add_member(database, clock, project, ben, Role.VIEWER)
        await until(lines, 2)
        clock.advance(seconds=1)
        async with database.transaction() as session:
            await session.execute(update(Notification).values(state="done"))
        await until(lines, 0)


async def test_nobody_listens_after_signing_out(
    app: FastAPI, server: str, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_RECHECK_S", 0.2)
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller, listening(server, caller) as lines:
        await until(lines, 0)
        async with database.transaction() as session:
            await session.execute(delete(Login))
        async with asyncio.timeout(30):
            async for _ in lines:
                pass
