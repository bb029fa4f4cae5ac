"""Tokens: shown once, used with scopes, expiring, revoked at once."""

from builders import Caller, Clock, Project, add_guest, add_user, sign_in
from fastapi import FastAPI
from httpx import AsyncClient

from holotable.store.database import Database


async def make(caller: Caller, **body: object) -> dict[str, object]:
    answer = await caller.client.post(
        "/api/v1/tokens", json={"name": "ci", "scopes": ["read", "write"], **body}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bearer(made: dict[str, object]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['token']}"}


async def test_a_token_acts_as_its_maker_and_needs_no_csrf_token(
    owner: Caller, client: AsyncClient
) -> None:
    made = await make(owner)
    assert str(made["token"]).startswith("ht_")
    me = (await client.get("/api/v1/me", headers=bearer(made))).json()
    assert (me["id"], me["csrf_token"]) == (str(owner.id), None)
    answer = await client.post("/api/v1/projects", json={"name": "x"}, headers=bearer(made))
    assert answer.status_code == 201


async def test_the_secret_is_shown_once_and_the_last_use_is_noted(
    owner: Caller, client: AsyncClient, clock: Clock
) -> None:
    made = await make(owner, expires_in_days=7)
    clock.advance(hours=1)
    await client.get("/api/v1/me", headers=bearer(made))
    listed = (await owner.client.get("/api/v1/tokens")).json()["items"]
    assert [token["id"] for token in listed] == [made["id"]]
    assert "token" not in listed[0]
    assert listed[0]["last_used_at"] == "2026-01-05T13:00:00Z"
    assert listed[0]["last_used_address"] == "127.0.0.1"


async def test_an_expired_revoked_or_altered_token_is_refused(
    owner: Caller, client: AsyncClient, clock: Clock
) -> None:
    short, long = await make(owner, expires_in_days=1), await make(owner)
    clock.advance(days=1)
    assert (await client.get("/api/v1/me", headers=bearer(short))).status_code == 401
    altered = {"token": str(long["token"])[:-1] + "!"}
    swapped = {"token": str(long["token"])[:36] + str(short["token"])[36:]}
    for wrong in (altered, swapped, {"token": "ht_"}, {"token": ""}):
        assert (await client.get("/api/v1/me", headers=bearer(wrong))).status_code == 401
    assert (await client.get("/api/v1/me", headers=bearer(long))).status_code == 200
    assert (await owner.client.delete(f"/api/v1/tokens/{long['id']}")).status_code == 204
    assert (await client.get("/api/v1/me", headers=bearer(long))).status_code == 401
    assert (await owner.client.get("/api/v1/tokens")).json()["items"][0]["id"] == short["id"]


async def test_nobody_revokes_a_token_of_somebody_else(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    made = await make(owner)
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as other:
        assert (await other.client.delete(f"/api/v1/tokens/{made['id']}")).status_code == 404
        assert (await other.client.get("/api/v1/tokens")).json()["items"] == []


async def test_a_token_makes_no_token_that_may_do_more(owner: Caller, client: AsyncClient) -> None:
    admin = await make(owner, scopes=["admin", "read"])
    for scopes, status in ((["read"], 201), (["admin"], 201), (["admin", "write"], 403)):
        answer = await client.post(
            "/api/v1/tokens", json={"name": "x", "scopes": scopes}, headers=bearer(admin)
        )
        assert answer.status_code == status


async def test_a_disabled_users_tokens_stop_working(
    owner: Caller, client: AsyncClient, app: FastAPI, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller:
        made = await make(caller)
    disabled = await owner.client.patch(f"/api/v1/users/{ben.id}", json={"disabled": True})
    assert disabled.status_code == 200
    assert (await client.get("/api/v1/me", headers=bearer(made))).status_code == 401


async def test_guests_make_no_tokens(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    guest = await add_guest(database, clock, project)
    async with sign_in(app, database, clock, guest) as dana:
        answer = await dana.client.post("/api/v1/tokens", json={"name": "x", "scopes": ["read"]})
        assert answer.status_code == 403
