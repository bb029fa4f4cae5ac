from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    Session,
    add_asset,
    add_member,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from live_builders import SECTION, Client, joined, serving

from holotable.review.roles import Role
from holotable.store.database import Database

LIVE = "/api/v1/sessions"


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision) -> Session:
    return await add_session(database, clock, revision, code="482913")


@pytest.fixture
async def ben(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    """A reviewer of the project."""
    principal = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, principal, Role.REVIEWER)
    async with sign_in(app, database, clock, principal) as caller:
        yield caller


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with serving(app) as address:
        yield address


@asynccontextmanager
async def inside(
    address: str, caller: Caller, session_id: object, query: str = "", **options: object
) -> AsyncIterator[Client]:
    """Somebody in the session's room; their hello is the first message."""
    answer = await caller.client.post(f"{LIVE}/{session_id}/tickets", json={"device": "desktop"})
    assert answer.status_code == 201, answer.text
    ticket = answer.json()["ticket"]
    url = f"ws://{address}{LIVE}/{session_id}/live?ticket={ticket}{query}"
    async with joined(url, **options) as client:
        yield client


async def test_two_people_share_a_section_chat_and_presence(
    address: str, owner: Caller, ben: Caller, meeting: Session
) -> None:
    async with inside(address, owner, meeting.id) as mia:
        hello = await mia.hear("hello")
        assert hello["you"]["session_role"] == "host"
        assert hello["state"] == {}
        async with inside(address, ben, meeting.id) as guest:
            await guest.hear("hello")
            assert (await mia.hear("join"))["who"]["name"] == "Ben Okoro"
            await mia.op("section/a", SECTION)
            op = await guest.hear("op")
            assert (op["seq"], op["key"], op["value"]) == (1, "section/a", SECTION)
            assert op == await mia.hear("op")
            await guest.chat("hello")
            assert (await mia.hear("op"))["value"] == {"text": "hello"}
            await mia.pose(b"\x01pose")
            frame = await guest.presence()
            assert frame.endswith(b"\x01pose")
        assert (await mia.hear("left"))["slot"] == 1
