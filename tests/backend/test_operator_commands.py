"""Users and tokens from the command line, without a running server."""

import pytest
from builders import PASSWORD
from fastapi import FastAPI
from httpx import AsyncClient

from holotable.errors import Invalid, NotFound
from holotable.operator_commands import make_token, manage_users
from holotable.settings import Settings

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


async def test_the_first_user_owns_the_installation_and_later_ones_do_not(
    settings: Settings,
) -> None:
    for login in ("mia", "ben"):
        await manage_users(settings, "add", login=login, password=PASSWORD)
    assert await manage_users(settings, "list") == [
        "ben\tben\tuser\tenabled",
        "mia\tmia\towner\tenabled",
    ]


async def test_a_user_is_disabled_enabled_and_given_a_password(
    settings: Settings, client: AsyncClient
) -> None:
    await manage_users(settings, "add", login="mia", password=PASSWORD)
    await manage_users(settings, "add", login="ben", name="Ben", password=PASSWORD)
    await manage_users(settings, "password", login="ben", password="another good phrase")
    login = {"login": "ben", "password": "another good phrase"}
    assert (await client.post("/api/v1/login", json=login)).status_code == 200
    await manage_users(settings, "disable", login="ben")
    assert (await client.post("/api/v1/login", json=login)).status_code == 401
    await manage_users(settings, "enable", login="ben")
    assert (await manage_users(settings, "list"))[0].endswith("enabled")


async def test_a_token_made_here_works_over_rest(settings: Settings, app: FastAPI) -> None:
    await manage_users(settings, "add", login="mia", password=PASSWORD)
    token = await make_token(settings, login="mia", name="ci", scopes=["read"], days=1)
    from httpx import ASGITransport

    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://localhost:8080",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:  # fmt: skip
        # the app's clock stands in January 2026, so only expiry, not validity, may differ
        assert (await client.get("/api/v1/me")).json()["login"] == "mia"


async def test_unknown_people_and_missing_passwords_are_named_problems(
    settings: Settings,
) -> None:
    with pytest.raises(NotFound):
        await manage_users(settings, "disable", login="nobody")
    with pytest.raises(NotFound):
        await make_token(settings, login="nobody", name="x", scopes=["read"], days=None)
    with pytest.raises(Invalid):
        await manage_users(settings, "add", login="mia", password="short")
    with pytest.raises(Invalid):
        await manage_users(settings, "add", login="mia")
