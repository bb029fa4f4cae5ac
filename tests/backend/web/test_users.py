"""Users: managed by the installation's owners; everybody's own password."""

from argon2 import PasswordHasher
from builders import PASSWORD, Caller, Clock, add_user, sign_in
from fastapi import FastAPI
from httpx import AsyncClient

from holotable.store.database import Database


async def test_an_owner_adds_a_user_who_signs_in(owner: Caller, client: AsyncClient) -> None:
    body = {"name": "Ben Okoro", "login": "Ben@Example.org", "password": PASSWORD}
    made = await owner.client.post("/api/v1/users", json=body)
    assert (made.status_code, made.json()["login"]) == (201, "ben@example.org")
    again = await owner.client.post("/api/v1/users", json={**body, "login": "BEN@example.org"})
    assert again.status_code == 409
    login = {"login": "ben@example.org", "password": PASSWORD}
    assert (await client.post("/api/v1/login", json=login)).json()["is_admin"] is False
    listed = (await owner.client.get("/api/v1/users")).json()["items"]
    assert [user["name"] for user in listed] == ["Ben Okoro", "Mia Berg"]


async def test_others_neither_see_nor_add_users(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller:
        body = {"name": "x", "login": "x", "password": PASSWORD, "is_admin": True}
        assert (await caller.client.get("/api/v1/users")).status_code == 403
        assert (await caller.client.post("/api/v1/users", json=body)).status_code == 403
        answer = await caller.client.patch(f"/api/v1/users/{ben.id}", json={"is_admin": True})
        assert answer.status_code == 403


async def test_a_disabled_user_is_out_at_once_everywhere(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.get("/api/v1/me")).status_code == 200
        await owner.client.patch(f"/api/v1/users/{ben.id}", json={"disabled": True})
        assert (await caller.client.get("/api/v1/me")).status_code == 401
        await owner.client.patch(f"/api/v1/users/{ben.id}", json={"disabled": False})
        assert (await caller.client.get("/api/v1/me")).status_code == 401  # the login is gone


async def test_one_owner_of_the_installation_always_stays(owner: Caller) -> None:
    for body in ({"is_admin": False}, {"disabled": True}):
        answer = await owner.client.patch(f"/api/v1/users/{owner.id}", json=body)
        assert (answer.status_code, answer.json()["facts"]["reason"]) == (
            409, "last_administrator",
        )  # fmt: skip
    assert (await owner.client.get("/api/v1/me")).json()["is_admin"] is True


async def test_a_new_password_needs_the_old_one_and_ends_other_logins(
    app: FastAPI, database: Database, clock: Clock, hasher: PasswordHasher
) -> None:
    ben = await add_user(database, clock, "Ben Okoro", password_hash=hasher.hash(PASSWORD))
    async with (
        sign_in(app, database, clock, ben) as here,
        sign_in(app, database, clock, ben) as there,
    ):
        wrong = {"current": "wrong", "password": "another good phrase"}
        refused = await here.client.put("/api/v1/me/password", json=wrong)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/current")
        changed = await here.client.put("/api/v1/me/password", json={**wrong, "current": PASSWORD})
        assert changed.status_code == 204
        assert (await here.client.get("/api/v1/me")).status_code == 200
        assert (await there.client.get("/api/v1/me")).status_code == 401
