"""Embedding: who may frame the viewer, what the others read, and what a frame's token can do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_revision,
    add_share_link,
)
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import func, select

from holotable.app import create_app
from holotable.settings import Settings
from holotable.store.database import Database
from holotable.store.tables import Principal, Token
from holotable.web.embedding import parse_origins

PLM = "https://plm.example.org"
FRAME = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
async def embeddable(settings: Settings) -> AsyncIterator[AsyncClient]:
    """A server that one site may frame."""
    app = create_app(settings.model_copy(update={"embed_origins": f"{PLM}, http://intranet:8000/"}))
    (settings.frontend_dir / "embed.js").write_text("export {};\n")
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://localhost:8080"
    ) as client:
        yield client


def ancestors(answer: Any) -> str:
    policy = str(answer.headers["content-security-policy"])
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_a_list_of_origins_is_read_and_what_is_none_is_named() -> None:
    assert parse_origins("") == ()
    assert parse_origins(f" {PLM}/ ,http://[::1]:8000,") == (PLM, "http://[::1]:8000")
    for wrong in ("*", "https://*.example.org", "plm.example.org", f"{PLM}/path", "data:x"):
        with pytest.raises(ValueError, match="is no origin"):
            parse_origins(wrong)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_only_the_embed_page_may_be_framed_and_only_by_the_sites_of_the_list(
    embeddable: AsyncClient,
) -> None:
    page = await embeddable.get("/embed/v/asset/A", headers={**FRAME, "Referer": f"{PLM}/item/7"})
    assert page.status_code == 200
    assert ancestors(page) == f"frame-ancestors 'self' {PLM} http://intranet:8000"
    assert f'content="{PLM} http://intranet:8000"' in page.text
    for path in ("/v/asset/A", "/signin", "/embedded"):
        assert ancestors(await embeddable.get(path)) == "frame-ancestors 'self'"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_frame_on_another_site_reads_why_and_how_instead_of_a_browser_error(
    embeddable: AsyncClient,
) -> None:
    answer = await embeddable.get(
        "/embed/v/asset/A", headers={**FRAME, "Referer": "https://evil.example/<b>"}
    )
    assert answer.status_code == 403
    assert ancestors(answer) == "frame-ancestors *"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "https://evil.example is not among the sites" in answer.text
    assert "HOLOTABLE_EMBED_ORIGINS=https://evil.example" in answer.text
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_by_default_no_site_may_and_the_frame_says_so(client: AsyncClient) -> None:
    framed = await client.get("/embed/v/asset/A", headers={**FRAME, "Referer": f"{PLM}/"})
    assert framed.status_code == 403
    assert "lets no other site" in framed.text
    assert f"HOLOTABLE_EMBED_ORIGINS={PLM}" in framed.text
    alone = await client.get("/embed/v/asset/A")
    assert (alone.status_code, ancestors(alone)) == (200, "frame-ancestors 'self'")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_referrer_the_browser_enforces_the_list(embeddable: AsyncClient) -> None:
    page = await embeddable.get("/embed/v/asset/A", headers=FRAME)
    assert page.status_code == 200
    assert PLM in ancestors(page)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_client_file_and_nothing_else_may_be_loaded_by_other_sites(
    embeddable: AsyncClient,
) -> None:
    script = await embeddable.get("/embed.js")
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    other = await embeddable.get("/assets/index-1a2b3c.js")
    assert "access-control-allow-origin" not in other.headers
    assert other.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_secret_becomes_a_token_that_reads_what_the_link_shows(
    app: FastAPI, client: AsyncClient, owner: Caller, project: Project,
    database: Database, clock: Clock,
) -> None:  # fmt: skip
    asset = await add_asset(database, clock, project, "Pump")
    other = await add_asset(database, clock, project, "Secret")
    revision = await add_revision(database, clock, asset)
    await add_share_link(database, clock, project, secret="s3cret", asset=asset)
    answer = await client.post("/api/v1/share-links/embed", json={"secret": "s3cret"})
    assert answer.status_code == 200, answer.text
    assert "set-cookie" not in answer.headers
    given = answer.json()
    assert given["asset_id"] == str(asset.id)
    bearer = {"Authorization": f"Bearer {given['token']}"}
    path = f"/api/v1/revisions/{revision.id}"
    assert (await client.get(path, headers=bearer)).status_code == 200
    assert (await client.get(f"/api/v1/assets/{other.id}", headers=bearer)).status_code == 404
    written = await client.post(
        f"/api/v1/projects/{project.id}/viewpoints", headers=bearer,
        json={"content": {"format": "holotable-viewpoint/1", "revision_id": str(revision.id)}},
    )  # fmt: skip
    assert (written.status_code, written.json()["facts"]["needs_scope"]) == (403, "write")
    clock.advance(hours=1, seconds=1)
    assert (await client.get(path, headers=bearer)).status_code == 401


async def test_a_page_with_a_thousand_readers_makes_one_guest_and_old_tokens_go(
    client: AsyncClient, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_share_link(database, clock, project, secret="s3cret")
    for _ in range(4):
        await client.post("/api/v1/share-links/embed", json={"secret": "s3cret"})
        clock.advance(hours=2)
    async with database.transaction() as session:
        guests = await session.scalar(
            select(func.count()).select_from(Principal).where(Principal.kind == "guest")
        )
        tokens = await session.scalar(select(func.count()).select_from(Token))
    assert (guests, tokens) == (1, 1)


async def test_a_link_that_is_over_or_has_a_password_gives_no_token(
    client: AsyncClient, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_share_link(database, clock, project, secret="over", revoked_at=clock())
    for secret, status in (("over", 410), ("unknown", 404)):
        answer = await client.post("/api/v1/share-links/embed", json={"secret": secret})
        assert answer.status_code == status
    path = f"/api/v1/projects/{project.id}/share-links"
    made = await owner.client.post(path, json={"capability": "live", "password": "open sesame"})
    locked = made.json()["url"].rsplit("/s/", 1)[1]
    refused = await client.post("/api/v1/share-links/embed", json={"secret": locked})
    assert (refused.status_code, refused.json()["facts"]["reason"]) == (403, "password")
    body = {"secret": locked, "password": "open sesame"}
    assert (await client.post("/api/v1/share-links/embed", json=body)).status_code == 200


async def test_withdrawing_the_link_ends_the_token_at_once(
    client: AsyncClient, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    link = await add_share_link(database, clock, project, secret="s3cret")
    token = (await client.post("/api/v1/share-links/embed", json={"secret": "s3cret"})).json()
    bearer = {"Authorization": f"Bearer {token['token']}"}
    path = f"/api/v1/projects/{project.id}"
    assert (await client.get(path, headers=bearer)).status_code == 200
    await owner.client.delete(f"/api/v1/share-links/{link.id}")
    assert (await client.get(path, headers=bearer)).status_code == 404
