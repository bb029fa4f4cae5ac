"""The first owner: once, from this machine or with the key, however many try at once."""

import asyncio

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

SETUP = {"name": "Mia Berg", "password": "correct horse battery"}


def from_elsewhere(app: FastAPI, base_url: str = "http://review.local:8080") -> AsyncClient:
    return AsyncClient(
        transport=ASGITransport(app, client=("192.168.1.20", 4000)), base_url=base_url
    )


async def test_the_first_owner_needs_a_name_and_a_password_and_is_signed_in(
    client: AsyncClient,
) -> None:
    assert (await client.get("/api/v1/setup")).json() == {"needed": True, "key_required": False}
    made = await client.post("/api/v1/setup", json=SETUP)
    assert made.status_code == 201
    assert made.json()["login"] == "mia.berg"
    assert made.json()["is_admin"] is True
    assert (await client.get("/api/v1/me")).json() == made.json()


async def test_after_setup_every_call_is_a_conflict_whatever_key_it_brings(
    client: AsyncClient, app: FastAPI
) -> None:
    await client.post("/api/v1/setup", json=SETUP)
    client.cookies.clear()
    assert (await client.get("/api/v1/setup")).json() == {"needed": False, "key_required": False}
    key = app.state.context.setup_key
    for body in (SETUP, {**SETUP, "key": key}, {**SETUP, "login": "other"}):
        assert (await client.post("/api/v1/setup", json=body)).status_code == 409


async def test_another_machine_needs_the_key(app: FastAPI) -> None:
    async with from_elsewhere(app) as other:
        assert (await other.get("/api/v1/setup")).json() == {"needed": True, "key_required": True}
        for body in (SETUP, {**SETUP, "key": "guess"}):
            refused = await other.post("/api/v1/setup", json=body)
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        made = await other.post("/api/v1/setup", json={**SETUP, "key": app.state.context.setup_key})
        assert made.status_code == 201


async def test_a_page_that_points_its_name_at_this_machine_needs_the_key(app: FastAPI) -> None:
    transport = ASGITransport(app, client=("127.0.0.1", 4000))
    async with AsyncClient(transport=transport, base_url="http://evil.example:8080") as rebound:
        assert (await rebound.post("/api/v1/setup", json=SETUP)).status_code == 403


async def test_a_proxy_on_this_machine_does_not_make_its_visitors_local(app: FastAPI) -> None:
    transport = ASGITransport(app, client=("127.0.0.1", 4000))
    async with AsyncClient(
        transport=transport,
        base_url="http://localhost:8080",
        headers={"X-Forwarded-For": "203.0.113.9"},
    ) as proxied:
        assert (await proxied.post("/api/v1/setup", json=SETUP)).status_code == 403


async def test_of_many_setups_at_once_one_wins(app: FastAPI) -> None:
    async def attempt(number: int) -> int:
        transport = ASGITransport(app, client=("127.0.0.1", 4000 + number))
        async with AsyncClient(transport=transport, base_url="http://localhost") as one:
            answer = await one.post("/api/v1/setup", json={**SETUP, "name": f"Mia {number}"})
            return answer.status_code

    assert sorted(await asyncio.gather(*map(attempt, range(5)))) == [201, 409, 409, 409, 409]


async def test_a_short_password_is_refused_with_the_field_named(client: AsyncClient) -> None:
    refused = await client.post("/api/v1/setup", json={"name": "Mia", "password": "short"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/password"


async def test_guessing_the_key_is_slowed_down(app: FastAPI) -> None:
    async with from_elsewhere(app) as other:
        answers = [
            (await other.post("/api/v1/setup", json={**SETUP, "key": str(n)})) for n in range(25)
        ]
    assert {answer.status_code for answer in answers} == {403, 429}
    assert int(answers[-1].headers["retry-after"]) >= 1
