"""Coming in by code through the lobby: nothing before somebody says so, nobody by a new name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    Session,
    add_asset,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from live_builders import Client, joined, serving

from holotable.store.database import Database

LIVE = "/api/v1/sessions"
JOIN = "/api/v1/join"
DANA = {"code": "482913", "name": "Dana Fox"}


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision) -> Session:
    return await add_session(database, clock, revision, code="482913", lobby="guests")


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with serving(app) as address:
        yield address


@asynccontextmanager
async def hosting(address: str, owner: Caller, meeting: Session) -> AsyncIterator[Client]:
    answer = await owner.client.post(f"{LIVE}/{meeting.id}/tickets", json={})
    url = f"ws://{address}{LIVE}/{meeting.id}/live?ticket={answer.json()['ticket']}"
    async with joined(url) as host:
        await host.hear("hello")
        yield host


def socket(address: str, meeting: Session, waiting: dict[str, Any], seat: str = "door") -> str:
    ticket = waiting["ticket"]["ticket"]
    return f"ws://{address}{LIVE}/{meeting.id}/live?ticket={ticket}&seat={seat}"


async def knocks(client: AsyncClient, name: str = "Dana Fox") -> dict[str, Any]:
    answer = await client.post(JOIN, json=DANA | {"name": name})
    assert answer.status_code == 200, answer.text
    waiting: dict[str, Any] = answer.json()
    assert waiting["waiting"] is True
    return waiting


async def sees_nothing(client: AsyncClient, meeting: Session, revision: Revision) -> None:
    assert (await client.get("/api/v1/me")).status_code == 401
    for path in (f"{LIVE}/{meeting.id}", f"/api/v1/revisions/{revision.id}"):
        assert (await client.get(path)).status_code == 404
    tickets = await client.post(f"{LIVE}/{meeting.id}/tickets", json={})
    assert tickets.status_code in (403, 404)


async def test_a_guest_waits_and_sees_nothing_until_the_host_lets_them_in(
    address: str, client: AsyncClient, owner: Caller, meeting: Session, revision: Revision
) -> None:
    preview = (await client.post(JOIN, json={"code": "482913"})).json()
    assert (preview["needs_name"], preview["waits"]) == (True, True)
    async with hosting(address, owner, meeting) as mia:
        waiting = await knocks(client)
        assert set(waiting) == {
            "session_id", "session_name", "recording", "ticket", "needs_name", "waiting",
        }  # fmt: skip
        await sees_nothing(client, meeting, revision)
        async with joined(socket(address, meeting, waiting)) as dana:
            assert await dana.hear("lobby") == {"t": "lobby", "state": "waiting", "asked": "host"}
            (knock,) = (await mia.hear("knocks"))["waiting"]
            assert (knock["name"], knock["guest"]) == ("Dana Fox", True)
            await mia.op(
                f"session/door/{knock['principal_id']}", {"name": "Dana Fox", "admitted": True}
            )
            assert (await dana.hear("lobby"))["state"] == "admitted"
            assert (await dana.closed())[0] == 1000
            assert {text["t"] for text in dana.texts} <= {"lobby"}
        me = (await client.post(JOIN, json=DANA)).json()
        assert (me["waiting"], me["id"], me["name"]) == (False, knock["principal_id"], "Dana Fox")
        # Their ticket opens the room, now and whenever they come back.
        for _ in range(2):
            ticket = await client.post(
                f"{LIVE}/{meeting.id}/tickets", json={}, headers={"X-CSRF-Token": me["csrf_token"]}
            )
            async with joined(socket(address, meeting, {"ticket": ticket.json()}, "table")) as dana:
                assert (await dana.hear("hello"))["you"]["name"] == "Dana Fox"


async def test_who_was_declined_is_told_so_also_after_the_page_was_loaded_again(
    address: str, client: AsyncClient, owner: Caller, meeting: Session
) -> None:
    async with hosting(address, owner, meeting) as mia:
        async with joined(socket(address, meeting, await knocks(client))) as dana:
            (knock,) = (await mia.hear("knocks"))["waiting"]
            await mia.op(
                f"session/door/{knock['principal_id']}", {"name": "Dana", "admitted": False}
            )
            assert (await dana.hear("bye"))["reason"] == "declined"
        again = await client.post(JOIN, json=DANA | {"name": "Somebody Else"})
        assert (again.status_code, again.json()["code"]) == (403, "declined_from_session")


async def test_who_was_removed_sees_nothing_any_more_and_waits_under_a_new_name(
    address: str, app: FastAPI, client: AsyncClient, owner: Caller, revision: Revision,
    database: Database, clock: Clock,
) -> None:  # fmt: skip
    meeting = await add_session(database, clock, revision, code="482913", lobby="off")
    me = (await client.post(JOIN, json=DANA)).json()
    assert me["waiting"] is False
    async with hosting(address, owner, meeting) as mia:
        await mia.op(f"session/removed/{me['id']}", {"name": "Dana Fox"})
        await mia.hear("op")
        await sees_nothing(client, meeting, revision)
        # By the same browser under another name: known by its cookie.
        refused = await client.post(JOIN, json=DANA | {"name": "Nobody"})
        assert (refused.status_code, refused.json()["code"]) == (403, "removed_from_session")
        # By another browser: somebody new, who is seen before they come in.
        async with AsyncClient(
            transport=ASGITransport(app=app), base_url=str(client.base_url)
        ) as fresh:
            waiting = await knocks(fresh, "Nobody")
            async with joined(socket(address, meeting, waiting)) as nobody:
                await nobody.hear("lobby")
                assert [w["name"] for w in (await mia.hear("knocks"))["waiting"]] == ["Nobody"]


@pytest.mark.parametrize(("lobby", "waits"), [("guests", False), ("outside", True)])
async def test_a_user_of_another_project_waits_only_where_the_lobby_is_for_them(
    lobby: str, waits: bool, app: FastAPI, database: Database, clock: Clock, revision: Revision
) -> None:
    await add_session(database, clock, revision, code="482913", lobby=lobby)
    sam = await add_user(database, clock, "Sam Stranger")
    async with sign_in(app, database, clock, sam) as caller:
        answer = (await caller.client.post(JOIN, json={"code": "482913"})).json()
        assert answer["waiting"] is waits


async def test_a_session_starts_with_an_open_door_unless_it_is_said(
    owner: Caller, project: Project, revision: Revision
) -> None:
    path = f"/api/v1/projects/{project.id}/sessions"
    body = {"revision_id": str(revision.id)}
    assert (await owner.client.post(path, json=body)).json()["lobby"] == "off"
    started = await owner.client.post(path, json=body | {"lobby": "outside"})
    assert started.json()["lobby"] == "outside"
    assert (await owner.client.post(path, json=body | {"lobby": "all"})).status_code == 422


async def test_who_only_watches_says_so_when_they_open_the_socket(
    address: str, owner: Caller, meeting: Session
) -> None:
    async with hosting(address, owner, meeting) as mia:
        ticket = await owner.client.post(f"{LIVE}/{meeting.id}/tickets", json={})
        url = socket(address, meeting, {"ticket": ticket.json()}, "balcony")
        async with joined(url) as watching:
            hello = await watching.hear("hello")
            assert (hello["spectator"], len(hello["who"])) == (True, 1)
            assert (await mia.hear("watching"))["count"] == 1
            await mia.op("explode", {"amount": 0.5})
            assert (await watching.hear("op"))["key"] == "explode"
            await watching.op("explode", {"amount": 1.0})
            assert (await watching.hear("nak"))["reason"] == "watches"
