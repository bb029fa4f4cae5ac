"""The page for every address, its files with caching, and what first-time visitors see."""

from builders import Caller
from fastapi import FastAPI
from httpx import AsyncClient

from holotable.app import create_app
from holotable.settings import Settings


async def test_every_address_of_the_page_answers_the_page(
    owner: Caller, client: AsyncClient
) -> None:
    for path in ("/", "/signin", "/go", "/p/7/upload", "/v/a/B", "/live/7", "/s/secret"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        assert "page" in answer.text
    again = await client.get("/go", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_before_the_first_owner_the_start_leads_to_setup_and_afterwards_away_from_it(
    client: AsyncClient,
) -> None:
    first = await client.get("/")
    assert (first.status_code, first.headers["location"]) == (303, "/setup")
    assert (await client.get("/setup?k=x")).status_code == 200
    body = {"name": "Mia", "password": "correct horse battery"}
    assert (await client.post("/api/v1/setup", json=body)).status_code == 201
    assert (await client.get("/")).status_code == 200
    for path in ("/setup", "/setup?k=x"):
        after = await client.get(path)
        assert (after.status_code, after.headers["location"]) == (303, "/signin")


async def test_hashed_files_are_kept_for_ever_and_missing_ones_are_no_page(
    client: AsyncClient,
) -> None:
    script = await client.get("/assets/index-1a2b3c.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert (await client.get("/assets/index-old.js")).status_code == 404


async def test_nothing_outside_the_built_page_is_served(
    owner: Caller, client: AsyncClient, settings: Settings
) -> None:
    (settings.frontend_dir.parent / "secret.txt").write_text("secret")
    link = settings.frontend_dir / "assets" / "link.txt"
    link.symlink_to(settings.frontend_dir.parent / "secret.txt")
    for path in ("/..%2fsecret.txt", "/assets/../../secret.txt", "/assets/link.txt", "/%00"):
        assert "secret" not in (await client.get(path)).text


async def test_test_hooks_are_announced_only_when_asked_for(
    app: FastAPI, client: AsyncClient, owner: Caller, settings: Settings
) -> None:
    assert "holotable-test-hooks" not in (await client.get("/go")).text
    hooked = create_app(settings.model_copy(update={"test_hooks": True}))
    async with hooked.router.lifespan_context(hooked):
        from httpx import ASGITransport

        async with AsyncClient(
            transport=ASGITransport(hooked), base_url="http://localhost:8080"
        ) as other:
            page = (await other.get("/go")).text
    assert '<meta name="holotable-test-hooks" content="1"></head>' in page


async def test_an_unbuilt_page_says_how_to_build_it(
    client: AsyncClient, owner: Caller, settings: Settings
) -> None:
    (settings.frontend_dir / "index.html").unlink()
    answer = await client.get("/go")
    assert (answer.status_code, "make setup" in answer.text) == (503, True)
