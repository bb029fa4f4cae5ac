"""Signing in: cookies, CSRF, rate limits, sliding expiry, signing out."""

import pytest
from argon2 import PasswordHasher
from builders import PASSWORD, Caller, Clock, Principal, add_guest, add_user, sign_in
from builders import Project as ProjectRow
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import func, select

from holotable.app import create_app
from holotable.settings import Settings
from holotable.store.database import Database
from holotable.store.tables import Login

MIA = {"login": "mia.berg", "password": PASSWORD}


@pytest.fixture
async def mia(database: Database, clock: Clock, hasher: PasswordHasher) -> Principal:
    return await add_user(
        database, clock, "Mia Berg", is_admin=True, password_hash=hasher.hash(PASSWORD)
    )


@pytest.fixture
async def browser(client: AsyncClient, mia: Principal) -> AsyncClient:
    """A browser in which Mia signed in by password; it sends no CSRF token by itself."""
    answer = await client.post("/api/v1/login", json=MIA)
    assert answer.status_code == 200
    return client


async def test_signing_in_sets_an_http_only_lax_cookie_for_the_whole_host(
    client: AsyncClient, mia: Principal
) -> None:
    answer = await client.post("/api/v1/login", json={**MIA, "login": " Mia.Berg "})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("holotable=")
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= flags
    assert "secure" not in flags
    assert not any(flag.startswith("domain") for flag in flags)
    assert answer.json()["csrf_token"]


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    app: FastAPI, mia: Principal
) -> None:
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="https://review.local:8443") as https:
        answer = await https.post("/api/v1/login", json=MIA)
        assert answer.headers["set-cookie"].startswith("__Host-holotable=")
        assert "; Secure" in answer.headers["set-cookie"]
        assert (await https.get("/api/v1/me")).json()["login"] == "mia.berg"


async def test_the_secret_of_a_login_is_stored_as_its_hash_only(
    browser: AsyncClient, database: Database
) -> None:
    async with database.transaction() as transaction:
        login = (await transaction.scalars(select(Login))).one()
    assert browser.cookies["holotable"] not in (login.secret_hash, str(login.id))


@pytest.mark.parametrize("body", [{**MIA, "password": "wrong"}, {**MIA, "login": "nobody"}])
async def test_a_wrong_login_and_a_wrong_password_read_the_same(
    client: AsyncClient, mia: Principal, body: dict[str, str]
) -> None:
    answer = await client.post("/api/v1/login", json=body)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (401, "wrong_login")
    assert told["detail"] == "Login or password is wrong."
    assert "token" not in told["remedy"]  # who types a password has none


async def test_a_change_without_the_csrf_token_is_refused(browser: AsyncClient) -> None:
    for headers in ({}, {"X-CSRF-Token": "guess"}):
        answer = await browser.post("/api/v1/projects", json={"name": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["facts"]["reason"]) == (403, "csrf_token")
    token = (await browser.get("/api/v1/me")).json()["csrf_token"]
    made = await browser.post(
        "/api/v1/projects", json={"name": "x"}, headers={"X-CSRF-Token": token}
    )
    assert made.status_code == 201


async def test_the_csrf_token_of_another_login_does_not_fit(
    browser: AsyncClient, app: FastAPI, mia: Principal
) -> None:
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://localhost:8080"
    ) as second:
        other = (await second.post("/api/v1/login", json=MIA)).json()["csrf_token"]
    answer = await browser.post(
        "/api/v1/projects", json={"name": "x"}, headers={"X-CSRF-Token": other}
    )
    assert answer.status_code == 403


async def test_guessing_passwords_is_slowed_down_per_account_from_any_address(
    app: FastAPI, mia: Principal, clock: Clock
) -> None:
    async def attempt(address: str) -> int:
        transport = ASGITransport(app, client=(address, 4000))
        async with AsyncClient(transport=transport, base_url="http://localhost:8080") as one:
            wrong = {**MIA, "password": "wrong"}
            return (await one.post("/api/v1/login", json=wrong)).status_code

    codes = [await attempt(f"203.0.113.{number}") for number in range(15)]
    assert codes == [401] * 10 + [429] * 5
    clock.advance(minutes=1)
    assert await attempt("203.0.113.99") == 401


async def test_a_login_slides_on_while_used_and_ends_when_not(
    browser: AsyncClient, clock: Clock
) -> None:
    for _ in range(3):
        clock.advance(days=20)
        assert (await browser.get("/api/v1/me")).status_code == 200
    clock.advance(days=31)
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_guests_login_does_not_slide(
    app: FastAPI, owner: Caller, project: ProjectRow, database: Database, clock: Clock
) -> None:
    guest = await add_guest(database, clock, project)
    async with sign_in(app, database, clock, guest) as dana:
        me = (await dana.client.get("/api/v1/me")).json()
        assert me["guest"] == {
            "project_id": str(project.id), "asset_id": None, "session_id": None,
            "capability": "view",
        }  # fmt: skip
        clock.advance(hours=25)
        over = await dana.client.get("/api/v1/me")
        assert (over.status_code, over.json()["code"]) == (401, "unauthenticated")


async def test_signing_out_ends_the_login_on_the_server_too(
    browser: AsyncClient, database: Database
) -> None:
    secret = browser.cookies["holotable"]
    token = (await browser.get("/api/v1/me")).json()["csrf_token"]
    out = await browser.post("/api/v1/logout", headers={"X-CSRF-Token": token})
    assert out.status_code == 204
    assert "holotable" not in browser.cookies
    again = await browser.get("/api/v1/me", headers={"Cookie": f"holotable={secret}"})
    assert again.status_code == 401
    async with database.transaction() as transaction:
        assert await transaction.scalar(select(func.count()).select_from(Login)) == 0


async def test_signing_in_again_replaces_the_login_of_this_browser(
    browser: AsyncClient, database: Database
) -> None:
    await browser.post("/api/v1/login", json=MIA)
    async with database.transaction() as transaction:
        assert await transaction.scalar(select(func.count()).select_from(Login)) == 1


async def test_a_proxy_that_ends_tls_at_the_public_address_makes_the_cookie_secure(
    settings: Settings, clock: Clock, hasher: PasswordHasher, mia: Principal
) -> None:
    public = settings.model_copy(update={"public_url": "https://review.example.org"})
    app = create_app(public, clock=clock, monotonic_s=clock.monotonic_s, hasher=hasher)
    async with app.router.lifespan_context(app):
        transport = ASGITransport(app)
        async with AsyncClient(
            transport=transport, base_url="http://review.example.org"
        ) as proxied:
            answer = await proxied.post("/api/v1/login", json=MIA)
    assert answer.headers["set-cookie"].startswith("__Host-holotable=")
    assert "strict-transport-security" in answer.headers
