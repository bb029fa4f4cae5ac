"""Share links: opened and redeemed by anybody, until they expire, are used up or withdrawn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from builders import Caller, Clock, Project, add_asset, add_revision, add_user, sign_in
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from holotable.store.database import Database


async def make(owner: Caller, project: Project, **body: object) -> dict[str, Any]:
    path = f"/api/v1/projects/{project.id}/share-links"
    made = await owner.client.post(path, json={"capability": "view", **body})
    assert made.status_code == 201, made.text
    return dict(made.json())


def secret(link: dict[str, Any]) -> str:
    return str(link["url"]).rsplit("/s/", 1)[1]


async def redeem(client: AsyncClient, link: dict[str, Any], **body: object) -> Any:
    return await client.post("/api/v1/share-links/redeem", json={"secret": secret(link), **body})


async def opened(client: AsyncClient, link: dict[str, Any]) -> Any:
    return await client.post("/api/v1/share-links/open", json={"secret": secret(link)})


@asynccontextmanager
async def visitor(app: FastAPI, address: str = "198.51.100.7") -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app, client=(address, 4000))
    async with AsyncClient(transport=transport, base_url="http://review.local:8080") as client:
        yield client


async def test_the_address_of_a_link_is_shown_once(owner: Caller, project: Project) -> None:
    link = await make(owner, project, label="Supplier")
    assert link["url"].startswith("http://localhost:8080/s/")
    listed = (await owner.client.get(f"/api/v1/projects/{project.id}/share-links")).json()
    assert [(item["label"], item["url"]) for item in listed["items"]] == [("Supplier", None)]


async def test_a_view_link_shows_one_asset_to_a_visitor_without_a_name(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project, "Pump")
    await add_revision(database, clock, asset)
    await add_revision(database, clock, asset)
    link = await make(owner, project, asset_id=str(asset.id))
    async with visitor(app) as dana:
        preview = (await opened(dana, link)).json()
        assert preview == {
            "project_name": project.name, "asset_name": "Pump", "capability": "view",
            "needs_name": False, "needs_password": False, "expires_at": None,
        }  # fmt: skip
        came = await redeem(dana, link)
        assert came.json()["open"] == f"/v/{asset.id}/B"
        assert came.json()["guest"] == {
            "project_id": str(project.id), "asset_id": str(asset.id), "session_id": None,
            "capability": "view",
        }  # fmt: skip
        assert "HttpOnly" in came.headers["set-cookie"]
        assert (await dana.get(f"/api/v1/assets/{asset.id}")).status_code == 200
        assert (await dana.get("/api/v1/me")).json()["kind"] == "guest"


async def test_a_live_link_asks_for_a_name(app: FastAPI, owner: Caller, project: Project) -> None:
    link = await make(owner, project, capability="live")
    async with visitor(app) as dana:
        assert (await opened(dana, link)).json()["needs_name"] is True
        nameless = await redeem(dana, link, name="  ")
        assert (nameless.status_code, nameless.json()["errors"][0]["pointer"]) == (422, "/name")
        came = (await redeem(dana, link, name="Dana Fox")).json()
        assert (came["name"], came["guest"]["capability"]) == ("Dana Fox", "live")
        assert came["open"] == f"/p/{project.id}"


async def test_a_password_hides_what_the_link_shows_and_wrong_ones_are_slowed_down(
    app: FastAPI, owner: Caller, project: Project
) -> None:
    link = await make(owner, project, password="open sesame")
    async with visitor(app) as dana:
        preview = (await opened(dana, link)).json()
        assert (preview["needs_password"], preview["project_name"]) == (True, None)
        codes = [(await redeem(dana, link, password=f"guess {n}")).status_code for n in range(12)]
        assert codes == [403] * 10 + [429] * 2
    async with visitor(app, "203.0.113.9") as other:
        assert (await redeem(other, link, password="open sesame")).status_code == 429


async def test_the_right_password_lets_in(app: FastAPI, owner: Caller, project: Project) -> None:
    link = await make(owner, project, password="open sesame")
    async with visitor(app) as dana:
        assert (await redeem(dana, link)).status_code == 403
        assert (await redeem(dana, link, password="open sesame")).status_code == 200


async def test_an_expired_link_is_gone_and_so_is_what_it_gave(
    app: FastAPI, owner: Caller, project: Project, clock: Clock
) -> None:
    link = await make(owner, project, expires_in_days=1)
    clock.advance(hours=23)
    async with visitor(app) as dana:
        await redeem(dana, link)
        assert (await dana.get(f"/api/v1/projects/{project.id}")).status_code == 200
        clock.advance(hours=1)
        assert (await dana.get(f"/api/v1/projects/{project.id}")).status_code == 404
        for answer in (await opened(dana, link), await redeem(dana, link)):
            assert (answer.status_code, answer.json()["facts"]["reason"]) == (410, "expired")


async def test_a_withdrawn_link_ends_for_everybody_at_once(
    app: FastAPI, owner: Caller, project: Project
) -> None:
    link = await make(owner, project)
    async with visitor(app) as dana:
        await redeem(dana, link)
        gone = await owner.client.delete(f"/api/v1/share-links/{link['id']}")
        assert gone.status_code == 204
        assert (await dana.get(f"/api/v1/projects/{project.id}")).status_code == 404
        assert (await opened(dana, link)).json()["facts"]["reason"] == "revoked"
    listed = await owner.client.get(f"/api/v1/projects/{project.id}/share-links")
    assert listed.json()["items"] == []


async def test_uses_count_people_and_not_their_visits(
    app: FastAPI, owner: Caller, project: Project
) -> None:
    link = await make(owner, project)
    for address in ("198.51.100.7", "198.51.100.8"):
        async with visitor(app, address) as guest:
            token = (await redeem(guest, link)).json()["csrf_token"]
            again = await guest.post(  # with the token of the login, so as the same person
                "/api/v1/share-links/redeem",
                json={"secret": secret(link)},
                headers={"X-CSRF-Token": token},
            )
            assert again.status_code == 200
    listed = await owner.client.get(f"/api/v1/projects/{project.id}/share-links")
    assert [item["uses"] for item in listed.json()["items"]] == [2]


async def test_somebody_signed_in_comes_in_as_himself_and_a_member_loses_nothing(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    link = await make(owner, project, capability="live")
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller:
        came = (await redeem(caller.client, link)).json()
        assert (came["id"], came["kind"]) == (str(ben.id), "user")
        seen = (await caller.client.get(f"/api/v1/projects/{project.id}")).json()
        assert seen["role"] == "guest_live"
    await redeem(owner.client, link)
    assert (await owner.client.get(f"/api/v1/projects/{project.id}")).json()["role"] == "owner"


async def test_an_unknown_secret_and_a_trashed_project_lead_nowhere(
    app: FastAPI, owner: Caller, project: Project
) -> None:
    link = await make(owner, project)
    async with visitor(app) as dana:
        unknown = {"url": "/s/nothing"}
        assert (await opened(dana, unknown)).status_code == 404
        await owner.client.delete(f"/api/v1/projects/{project.id}")
        assert (await opened(dana, link)).status_code == 404
        assert (await redeem(dana, link)).status_code == 404
