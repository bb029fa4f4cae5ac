"""Server-Sent Events over a real socket: who may listen, what comes, when it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from builders import (
    Caller,
    Clock,
    Project,
    Role,
    add_asset,
    add_guest,
    add_member,
    add_review,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from sqlalchemy import delete

from holotable.store.database import Database
from holotable.store.tables import Member


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The app on a loopback port; ASGITransport would wait for the end of an endless answer."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while True:
            if server.started:
                break
            await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def listening(
    url: str, caller: Caller, project: Project
) -> AsyncIterator[AsyncIterator[str]]:
    async with (
        httpx.AsyncClient(cookies=caller.client.cookies, timeout=20) as client,
        client.stream("GET", f"{url}/api/v1/projects/{project.id}/events") as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.aiter_lines()


async def next_revision(lines: AsyncIterator[str]) -> dict[str, object]:
    async with asyncio.timeout(30):
        async for line in lines:
            if line.startswith("data: "):
                found: dict[str, object] = json.loads(line.removeprefix("data: "))
                return found
    raise AssertionError("the stream ended")


async def test_a_member_hears_of_uploads(app: FastAPI, owner: Caller, project: Project) -> None:
    async with served(app) as url, listening(url, owner, project) as lines:
        answer = await owner.client.post(
            f"/api/v1/projects/{project.id}/uploads", files={"file": ("a.step", b"ISO-10303-21;")}
        )
        heard = await next_revision(lines)
        assert heard["id"] == answer.json()["revision"]["id"]
        assert heard["state"] == "queued"
        await owner.client.post(f"/api/v1/revisions/{heard['id']}/cancel")
        assert (await next_revision(lines))["state"] == "cancelled"


async def test_a_guest_of_one_asset_hears_of_that_one_only(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    secret = await add_asset(database, clock, project, "Secret")
    shared = await add_asset(database, clock, project, "Shared")
    guest = await add_guest(database, clock, project, Role.GUEST_VIEW, asset=shared)
    await add_revision(database, clock, secret, state="queued")
    revision = await add_revision(database, clock, shared, state="queued")
    async with sign_in(app, database, clock, guest) as caller, served(app) as url:
        answer = await caller.client.get(f"/api/v1/projects/{project.id}")
        if answer.status_code != 200:
            pytest.skip("guests of one asset do not see the project")
        async with listening(url, caller, project) as lines:
            heard = await next_revision(lines)
    assert heard["id"] == str(revision.id)


async def test_a_stranger_finds_nothing(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as caller:
        answer = await caller.client.get(f"/api/v1/projects/{project.id}/events")
    assert answer.status_code == 404


async def test_the_stream_ends_when_the_listener_may_no_longer_see_the_project(
    app: FastAPI,
    owner: Caller,
    project: Project,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("holotable.web.events._RECHECK_S", 0.3)
    async with served(app) as url, listening(url, owner, project) as lines:
        async with database.transaction() as session:
            await session.execute(delete(Member).where(Member.project_id == project.id))
        async with asyncio.timeout(30):
            async for _line in lines:
                continue


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_guest_of_one_asset_hears_of_its_issues_and_of_no_others(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    revision = await add_revision(database, clock, asset)
    guest = await add_guest(database, clock, project, asset=asset)
    path = f"/api/v1/projects/{project.id}/issues"
    async with (
        served(app) as url,
        sign_in(app, database, clock, guest) as caller,
        listening(url, caller, project) as lines,
    ):
        await owner.client.post(path, json={"title": "of the project"})
        mine = await owner.client.post(path, json={"title": "x", "revision_id": str(revision.id)})
        while (heard := await next_revision(lines)).get("what") != "created":
            pass
        assert heard["issue_id"] == mine.json()["id"]


async def test_members_hear_of_reviews_and_guests_do_not(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    review = await add_review(database, clock, revision, approvers=[ben])
    guest = await add_guest(database, clock, project, Role.GUEST_LIVE)

    async def names(lines: AsyncIterator[str]) -> list[str]:
        """The events until the issue that ends the test."""
        found: list[str] = []
        async with asyncio.timeout(30):
            async for line in lines:
                if line.startswith("event: "):
                    found.append(line.removeprefix("event: "))
                    if found[-1] == "issue":
                        break
        return found

    async with (
        sign_in(app, database, clock, guest) as caller,
        served(app) as url,
        listening(url, owner, project) as members,
        listening(url, caller, project) as guests,
    ):
        await asyncio.sleep(1.2)  # a tick of the feed: what was there before is no news
        clock.advance(seconds=1)
        changed = await owner.client.patch(f"/api/v1/reviews/{review.id}", json={"title": "New"})
        assert changed.status_code == 200
        await asyncio.sleep(1.2)
        made = await owner.client.post(
            f"/api/v1/projects/{project.id}/issues", json={"title": "Bore"}
        )
        assert made.status_code == 201
        heard, left_out = await asyncio.gather(names(members), names(guests))
    assert "review" in heard
    assert "review" not in left_out
    assert left_out[-1] == "issue"
