import asyncio
import json
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
    add_member,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import AsyncClient
from live_builders import SECTION, Client, eventually, joined, serving
from websockets.exceptions import InvalidStatus

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


async def ticket_of(caller: Caller, session_id: object) -> str:
    answer = await caller.client.post(f"{LIVE}/{session_id}/tickets", json={})
    return str(answer.json()["ticket"])


async def closed_with(url: str, **options: Any) -> int | None:
    async with joined(url, **options) as client:
        return (await client.closed())[0]


async def test_w2_a_ticket_opens_one_socket_once_in_its_own_room(
    address: str, owner: Caller, meeting: Session, revision: Revision,
    database: Database, clock: Clock,
) -> None:  # fmt: skip
    other = await add_session(database, clock, revision, name="Other")
    ticket = await ticket_of(owner, meeting.id)
    url = f"ws://{address}{LIVE}/{meeting.id}/live?ticket="
    async with joined(url + ticket) as client:
        await client.hear("hello")
        assert await closed_with(url + ticket) == 4401
    assert await closed_with(url + "wrong") == 4401
    assert await closed_with(url) == 4401
    elsewhere = f"ws://{address}{LIVE}/{other.id}/live?ticket="
    assert await closed_with(elsewhere + await ticket_of(owner, meeting.id)) == 4401
    late = await ticket_of(owner, meeting.id)
    clock.advance(seconds=31)
    assert await closed_with(url + late) == 4401


async def test_w2_of_two_sockets_with_one_ticket_one_gets_in(
    address: str, owner: Caller, meeting: Session
) -> None:
    url = f"ws://{address}{LIVE}/{meeting.id}/live?ticket={await ticket_of(owner, meeting.id)}"

    async def attempt() -> bool:
        async with joined(url) as client:
            await client.socket.recv()
            return client.socket.close_code is None

    results = await asyncio.gather(attempt(), attempt(), return_exceptions=True)
    assert sorted(result is True for result in results) == [False, True]


async def test_w3_a_page_of_another_origin_is_refused(
    address: str, owner: Caller, meeting: Session
) -> None:
    url = f"ws://{address}{LIVE}/{meeting.id}/live?ticket={await ticket_of(owner, meeting.id)}"
    with pytest.raises(InvalidStatus) as refused:
        async with joined(url, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with joined(url, origin=f"http://{address}") as client:
        await client.hear("hello")
        assert client.socket.subprotocol == "holotable.v1"


async def test_a6_ending_the_session_closes_everybody(
    address: str, owner: Caller, ben: Caller, meeting: Session
) -> None:
    async with inside(address, owner, meeting.id) as mia, inside(address, ben, meeting.id) as guest:
        await mia.hear("hello")
        await guest.hear("hello")
        answer = await owner.client.post(f"{LIVE}/{meeting.id}/end")
        assert answer.json()["ended_at"] is not None
        for client in (mia, guest):
            bye = await client.hear("bye")
            assert (bye["reason"], bye["retry_after_ms"]) == ("ended", None)
            assert await client.closed() == (4403, "ended")
    refused = await owner.client.post(f"{LIVE}/{meeting.id}/tickets", json={})
    assert (refused.status_code, refused.json()["code"]) == (410, "gone")


async def test_a_removed_member_is_sent_away_and_a_changed_role_counts(
    app: FastAPI, address: str, owner: Caller, ben: Caller, project: Project, meeting: Session
) -> None:
    members = f"/api/v1/projects/{project.id}/members"
    async with inside(address, owner, meeting.id) as mia, inside(address, ben, meeting.id) as guest:
        await mia.hear("hello")
        await guest.hear("hello")
        await owner.client.put(f"{members}/{ben.id}", json={"role": "viewer"})
        role = await guest.hear("role")
        assert (role["role"], role["session_role"]) == ("viewer", "listener")
        await guest.op("explode", {"amount": 1.0})
        assert (await guest.hear("nak"))["code"] == "forbidden"
        await owner.client.delete(f"{members}/{ben.id}")
        assert (await guest.hear("bye"))["reason"] == "removed"
        assert await guest.closed() == (4403, "removed")
        assert (await mia.hear("left"))["reason"] == "removed"


async def test_the_table_of_a_revision_shows_who_looks_and_shares_nothing(
    address: str, owner: Caller, ben: Caller, revision: Revision
) -> None:
    async def look(caller: Caller) -> str:
        answer = await caller.client.post(f"/api/v1/revisions/{revision.id}/tickets", json={})
        session_id, ticket = answer.json()["session_id"], answer.json()["ticket"]
        return f"ws://{address}{LIVE}/{session_id}/live?ticket={ticket}"

    async with joined(await look(owner)) as mia, joined(await look(ben)) as guest:
        assert (await mia.hear("hello"))["session"]["kind"] == "table"
        assert len((await guest.hear("hello"))["who"]) == 2
        await guest.op("explode", {"amount": 1.0})
        assert (await guest.hear("nak"))["code"] == "start_a_session"
        await guest.pose(b"\x01here")
        assert (await mia.presence()).endswith(b"\x01here")


async def test_a_guest_joins_by_code_with_only_a_name(
    address: str, app: FastAPI, client: AsyncClient, owner: Caller, meeting: Session
) -> None:
    joining = await client.post("/api/v1/join", json={"code": "482 913", "name": "Dana Fox"})
    me = joining.json()
    assert (me["kind"], me["name"], me["session_id"]) == ("guest", "Dana Fox", str(meeting.id))
    answer = await client.post(
        f"{LIVE}/{meeting.id}/tickets", json={"device": "headset"},
        headers={"X-CSRF-Token": me["csrf_token"]},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    url = f"ws://{address}{LIVE}/{meeting.id}/live?ticket={answer.json()['ticket']}"
    async with joined(url) as guest:
        you = (await guest.hear("hello"))["you"]
        assert (you["guest"], you["device"], you["role"]) == (True, "headset", "guest_live")
        await guest.op("explode", {"amount": 0.5})
        assert (await guest.hear("op"))["by"]["name"] == "Dana Fox"


async def test_how_many_are_in_a_session_is_told_over_rest(
    address: str, owner: Caller, project: Project, meeting: Session
) -> None:
    async def people() -> int:
        return int((await owner.client.get(f"{LIVE}/{meeting.id}")).json()["people"])

    assert await people() == 0
    async with inside(address, owner, meeting.id) as one, inside(address, owner, meeting.id) as two:
        await one.hear("hello")
        await two.hear("hello")
        await eventually(people, 1)  # two devices, one person
        listed = (await owner.client.get(f"/api/v1/projects/{project.id}/sessions")).json()["items"]
        assert [(s["id"], s["people"]) for s in listed] == [(str(meeting.id), 1)]
    await eventually(people, 0)


async def test_who_resumes_gets_only_what_was_missed(
    address: str, owner: Caller, ben: Caller, meeting: Session
) -> None:
    async with inside(address, owner, meeting.id) as mia:
        await mia.hear("hello")
        async with inside(address, ben, meeting.id) as guest:
            hello = await guest.hear("hello")
            for amount in range(5):
                await mia.op("explode", {"amount": float(amount)})
            await guest.hear("op", lambda op: op["seq"] == 5)
        for amount in range(3):
            await mia.op("explode", {"amount": float(amount)})
        await mia.hear("op", lambda op: op["seq"] == 8)
        query = f"&since=5&epoch={hello['epoch']}"
        async with inside(address, ben, meeting.id, query) as guest:
            again = await guest.hear("hello")
            assert again["resumed"] is True
            assert [op["seq"] for op in again["ops"]] == [6, 7, 8]
            assert "state" not in again
        async with inside(address, ben, meeting.id, "&since=5&epoch=other") as guest:
            assert (await guest.hear("hello"))["state"]["explode"]["seq"] == 8


async def test_w6_a_stopping_process_tells_everybody_when_to_come_back(
    app: FastAPI, owner: Caller, meeting: Session
) -> None:
    async with serving(app) as address:
        ticket = await ticket_of(owner, meeting.id)
        socket = joined(f"ws://{address}{LIVE}/{meeting.id}/live?ticket={ticket}")
        client = await socket.__aenter__()
        await client.hear("hello")
    bye = await client.hear("bye")
    assert bye["reason"] == "restart"
    assert 0 <= bye["retry_after_ms"] <= 1_000
    assert (await client.closed())[0] == 1012
    await socket.__aexit__(None, None, None)


async def test_a_text_that_is_no_message_is_refused_and_the_socket_stays(
    address: str, owner: Caller, meeting: Session
) -> None:
    async with inside(address, owner, meeting.id) as mia:
        await mia.hear("hello")
        await mia.socket.send("nonsense")
        assert (await mia.hear("nak"))["code"] == "invalid"
        await mia.say({"t": "ping", "ts": 1.5})
        assert (await mia.hear("pong"))["ts"] == 1.5
        assert json.dumps(mia.texts)


async def test_members_are_told_that_something_outside_the_room_changed(
    app: FastAPI, address: str, owner: Caller, project: Project, meeting: Session
) -> None:
    async with inside(address, owner, meeting.id) as mia:
        await mia.hear("hello")
        app.state.context.hub.announce(project.id, "revisions")
        assert (await mia.hear("changed"))["what"] == "revisions"


async def test_the_host_removes_somebody_who_gets_no_ticket_until_let_in_again(
    address: str, owner: Caller, ben: Caller, database: Database, meeting: Session
) -> None:
    tickets = f"{LIVE}/{meeting.id}/tickets"
    key = f"session/removed/{ben.id}"
    async with inside(address, owner, meeting.id) as mia:
        hello = await mia.hear("hello")
        assert hello["you"]["session_role"] == "host"
        spare = (await ben.client.post(tickets, json={})).json()["ticket"]
        async with inside(address, ben, meeting.id) as guest:
            await guest.hear("hello")
            async with asyncio.timeout(20):
                await mia.op(key, {"name": "Ben Okoro"})
                assert (await guest.hear("bye"))["reason"] == "removed"
                assert await guest.closed() == (4403, "removed")
            assert (await mia.hear("left"))["reason"] == "removed"
        refused = await ben.client.post(tickets, json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "removed_from_session")
        async with joined(f"ws://{address}{LIVE}/{meeting.id}/live?ticket={spare}") as guest:
            assert (await guest.hear("bye"))["reason"] == "removed"  # a ticket from before
        await mia.op(key, None)
        await mia.hear("op", lambda op: op["key"] == key and op["value"] is None)
        assert (await ben.client.post(tickets, json={})).status_code == 201


async def test_a_locked_session_takes_nobody_new_by_link_or_code(
    address: str, owner: Caller, ben: Caller, client: AsyncClient, meeting: Session
) -> None:
    async with inside(address, owner, meeting.id) as mia:
        await mia.hear("hello")
        await mia.op("session/rules", {"locked": True})
        await mia.hear("op")
        for refused in (
            await ben.client.post(f"{LIVE}/{meeting.id}/tickets", json={}),
            await client.post("/api/v1/join", json={"code": "482913"}),
            await client.post("/api/v1/join", json={"code": "482913", "name": "Dana"}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "session_locked")
        assert (await client.get("/api/v1/me")).status_code == 401  # no guest was made
        await mia.op("session/rules", None)
        await mia.hear("op", lambda op: op["value"] is None)
        assert (await ben.client.post(f"{LIVE}/{meeting.id}/tickets", json={})).status_code == 201
