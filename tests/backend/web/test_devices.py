"""Pairing over REST: the whole flow in two browsers, what bad input gets, and the end of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_guest,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from live_builders import joined, serving

from holotable.devices import device_name
from holotable.store.database import Database, uuid7

QUEST = "Mozilla/5.0 (X11; Linux x86_64; Quest 3) OculusBrowser/38.0"


@pytest.fixture
async def headset(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A browser that nobody is signed in on."""
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://localhost", headers={"User-Agent": QUEST}
    ) as client:
        yield client


async def offer(headset: AsyncClient) -> dict[str, Any]:
    answer = await headset.post("/api/v1/pairings")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ask(headset: AsyncClient, offered: dict[str, Any]) -> Any:  # JSON
    answer = await headset.post("/api/v1/pairings/answer", json={"secret": offered["secret"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def pair(owner: Caller, headset: AsyncClient) -> dict[str, Any]:
    offered = await offer(headset)
    allowed = await owner.client.post("/api/v1/devices", json={"code": offered["code"]})
    assert allowed.status_code == 202, allowed.text
    return dict(await ask(headset, offered))


async def test_the_code_typed_at_the_desk_signs_the_headset_in(
    owner: Caller, headset: AsyncClient
) -> None:
    offered = await offer(headset)
    assert await ask(headset, offered) == {"state": "waiting"}
    code = offered["code"].lower().replace("-", " ")
    seen = (await owner.client.post("/api/v1/devices/waiting", json={"code": code})).json()
    assert (seen["name"], seen["address"]) == (device_name(QUEST), "127.0.0.1")
    assert await ask(headset, offered) == {"state": "waiting"}  # looking allows nothing
    assert (await owner.client.post("/api/v1/devices", json={"code": code})).status_code == 202
    told = await ask(headset, offered)
    assert (told["state"], told["id"]) == ("signed_in", str(owner.id))
    me = (await headset.get("/api/v1/me")).json()
    assert (me["id"], me["csrf_token"]) == (str(owner.id), told["csrf_token"])
    (mine,) = (await owner.client.get("/api/v1/devices")).json()["items"]
    assert (mine["name"], mine["address"], mine["current"]) == ("Quest 3", "127.0.0.1", False)
    (own,) = (await headset.get("/api/v1/devices")).json()["items"]
    assert own["current"] is True


async def test_removing_a_headset_signs_it_out_and_closes_its_sockets_at_once(
    app: FastAPI, owner: Caller, headset: AsyncClient, project: Project, database: Database,
    clock: Clock,
) -> None:  # fmt: skip
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    meeting = await add_session(database, clock, revision)
    me = await pair(owner, headset)
    async with serving(app) as address:

        async def socket(client: AsyncClient, **headers: str) -> str:
            answer = await client.post(
                f"/api/v1/sessions/{meeting.id}/tickets", json={}, headers=headers
            )
            path = f"/api/v1/sessions/{meeting.id}/live?ticket={answer.json()['ticket']}"
            return f"ws://{address}{path}"

        worn = await socket(headset, **{"X-CSRF-Token": me["csrf_token"]})
        async with joined(worn) as wearer, joined(await socket(owner.client)) as desk:
            await wearer.hear("hello")
            await desk.hear("hello")
            (mine,) = (await owner.client.get("/api/v1/devices")).json()["items"]
            removed = await owner.client.delete(f"/api/v1/devices/{mine['id']}")
            assert removed.status_code == 204
            bye = await wearer.hear("bye")
            assert (bye["reason"], bye["retry_after_ms"]) == ("signed_out", None)
            assert (await desk.hear("left"))["slot"] is not None  # the desk stays
    assert (await headset.get("/api/v1/me")).status_code == 401
    assert (await owner.client.get("/api/v1/me")).status_code == 200
    kinds = [
        event["kind"]
        for event in (await owner.client.get("/api/v1/devices/events")).json()["items"]
    ]
    assert kinds == ["headset_removed", "headset_signed_in", "headset_allowed"]


async def test_nobody_removes_or_sees_another_persons_headset(
    app: FastAPI, owner: Caller, headset: AsyncClient, database: Database, clock: Clock
) -> None:
    await pair(owner, headset)
    (mine,) = (await owner.client.get("/api/v1/devices")).json()["items"]
    async with sign_in(app, database, clock, await add_user(database, clock)) as ben:
        assert (await ben.client.get("/api/v1/devices")).json()["items"] == []
        assert (await ben.client.get("/api/v1/devices/events")).json()["items"] == []
        for device_id in (mine["id"], uuid7()):
            answer = await ben.client.delete(f"/api/v1/devices/{device_id}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await headset.get("/api/v1/me")).status_code == 200


async def test_ten_wrong_codes_in_a_minute_are_all_an_account_gets(
    app: FastAPI, owner: Caller, headset: AsyncClient, database: Database, clock: Clock
) -> None:
    offered = await offer(headset)
    taken = offered["code"]
    wrong = "A-0000" if taken != "A-0000" else "A-0001"
    looked = [
        (await owner.client.post("/api/v1/devices/waiting", json={"code": wrong})).status_code
        for _ in range(6)
    ]
    typed = [
        (await owner.client.post("/api/v1/devices", json={"code": wrong})).status_code
        for _ in range(5)
    ]
    assert looked + typed == [404] * 10 + [429]
    refused = await owner.client.post("/api/v1/devices", json={"code": taken})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    async with sign_in(app, database, clock, await add_user(database, clock)) as ben:
        late = await ben.client.post("/api/v1/devices", json={"code": wrong})
        assert late.status_code == 429  # the same address
    clock.advance(seconds=60)
    assert (await owner.client.post("/api/v1/devices", json={"code": taken})).status_code == 202


async def test_right_codes_are_never_counted(owner: Caller, headset: AsyncClient) -> None:
    for _ in range(15):
        offered = await offer(headset)
        seen = await owner.client.post("/api/v1/devices/waiting", json={"code": offered["code"]})
        assert seen.status_code == 200


async def test_a_headset_that_asks_too_often_is_told_when_to_ask_again(
    headset: AsyncClient,
) -> None:
    offered = await offer(headset)
    answers = [
        await headset.post("/api/v1/pairings/answer", json={"secret": offered["secret"]})
        for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "1"


async def test_a_code_that_is_over_is_gone(
    owner: Caller, headset: AsyncClient, clock: Clock
) -> None:
    offered = await offer(headset)
    clock.advance(minutes=10)
    late = await owner.client.post("/api/v1/devices", json={"code": offered["code"]})
    assert late.status_code == 404
    answer = await headset.post("/api/v1/pairings/answer", json={"secret": offered["secret"]})
    assert (answer.status_code, answer.json()["facts"]["reason"]) == (410, "expired")


async def test_guests_add_no_headsets_and_a_page_of_another_site_neither(
    app: FastAPI, owner: Caller, headset: AsyncClient, project: Project, database: Database,
    clock: Clock,
) -> None:  # fmt: skip
    offered = await offer(headset)
    async with sign_in(app, database, clock, await add_guest(database, clock, project)) as guest:
        answer = await guest.client.post("/api/v1/devices", json={"code": offered["code"]})
        assert answer.status_code == 403
    forged = await owner.client.post(
        "/api/v1/devices", json={"code": offered["code"]}, headers={"X-CSRF-Token": "guessed"}
    )
    assert (forged.status_code, forged.json()["facts"]["reason"]) == (403, "csrf_token")
    foreign = await headset.post(
        "/api/v1/pairings/answer",
        json={"secret": offered["secret"]},
        headers={"Origin": "https://evil.example"},
    )
    assert (foreign.status_code, foreign.json()["facts"]["reason"]) == (403, "origin")
    assert await ask(headset, offered) == {"state": "waiting"}


async def test_a_new_password_signs_the_headsets_out(
    app: FastAPI, owner: Caller, headset: AsyncClient, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock)
    async with sign_in(app, database, clock, ben) as caller:
        await pair(caller, headset)
    changed = await owner.client.patch(
        f"/api/v1/users/{ben.id}", json={"password": "another long password"}
    )
    assert changed.status_code == 200, changed.text
    assert (await headset.get("/api/v1/me")).status_code == 401
