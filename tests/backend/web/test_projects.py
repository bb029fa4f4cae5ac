"""Projects: made, listed, changed, trashed and restored."""

import asyncio
from uuid import UUID

from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_guest,
    add_project,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable.store.database import Database


async def test_whoever_makes_a_project_owns_it(owner: Caller) -> None:
    made = await owner.client.post("/api/v1/projects", json={"name": "  Skid\u200b P-101 "})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["role"]) == ("Skid P-101", "owner")
    assert made.json()["counts"] == {"assets": 0, "members": 1}
    listed = (await owner.client.get("/api/v1/projects")).json()["items"]
    assert listed == [made.json()]


async def test_a_list_is_paged_by_cursor_without_gaps_or_repeats(
    owner: Caller, database: Database, clock: Clock
) -> None:
    made = [
        (await add_project(database, clock, owner=owner.principal, name=f"P{n}")).id
        for n in range(5)
    ]
    seen: list[UUID] = []
    cursor = ""
    while True:
        answer = await owner.client.get(f"/api/v1/projects?limit=2{cursor}")
        seen += [UUID(item["id"]) for item in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json()['next_cursor']}"
    assert seen == sorted(made, reverse=True)


async def test_a_foreign_cursor_is_a_named_problem(owner: Caller) -> None:
    refused = await owner.client.get("/api/v1/projects?cursor=%21%21")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/query/cursor")


async def test_a_card_shows_counts_live_sessions_and_the_newest_picture(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    await add_revision(database, clock, asset)
    newest = await add_revision(database, clock, asset)
    await add_revision(database, clock, asset, state="failed")
    session = await add_session(database, clock, newest)
    await add_session(database, clock, newest, kind="table")
    card = (await owner.client.get(f"/api/v1/projects/{project.id}")).json()
    assert card["counts"] == {"assets": 1, "members": 1}
    assert card["live"] == [{"session_id": str(session.id), "name": session.name, "people": 0}]
    assert card["thumbnail_revision_id"] == str(newest.id)


async def test_a_trashed_project_answers_404_and_comes_back_complete(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    assert (await owner.client.delete(f"/api/v1/projects/{project.id}")).status_code == 204
    for path in (f"projects/{project.id}", f"projects/{project.id}/assets", f"assets/{asset.id}"):
        assert (await owner.client.get(f"/api/v1/{path}")).status_code == 404
    assert (await owner.client.get("/api/v1/projects")).json()["items"] == []
    trash = (await owner.client.get("/api/v1/trash")).json()["items"]
    assert [(item["kind"], item["id"]) for item in trash] == [("project", str(project.id))]
    restored = await owner.client.post(f"/api/v1/projects/{project.id}/restore")
    assert restored.json()["counts"]["assets"] == 1
    assert (await owner.client.get(f"/api/v1/assets/{asset.id}")).status_code == 200
    assert (await owner.client.get("/api/v1/trash")).json()["items"] == []


async def test_a_change_based_on_an_older_copy_is_refused(
    owner: Caller, project: Project, clock: Clock
) -> None:
    path = f"/api/v1/projects/{project.id}"
    tag = (await owner.client.get(path)).headers["etag"]
    clock.advance(seconds=1)
    both = await asyncio.gather(
        *(
            owner.client.patch(path, json={"name": name}, headers={"If-Match": tag})
            for name in ("one", "two")
        )
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]


async def test_a_guest_of_one_asset_sees_a_project_with_that_asset_only(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    shared = await add_asset(database, clock, project, "Shared")
    await add_asset(database, clock, project, "Secret")
    guest = await add_guest(database, clock, project, asset=shared)
    async with sign_in(app, database, clock, guest) as dana:
        card = (await dana.client.get(f"/api/v1/projects/{project.id}")).json()
        assert (card["role"], card["counts"]["assets"]) == ("guest_view", 1)
        listed = (await dana.client.get(f"/api/v1/projects/{project.id}/assets")).json()
        assert [asset["name"] for asset in listed["items"]] == ["Shared"]
        assert (await dana.client.post("/api/v1/projects", json={"name": "x"})).status_code == 403
        clock.advance(days=2)
        assert (await dana.client.get(f"/api/v1/projects/{project.id}")).status_code in (401, 404)


async def test_a_stranger_sees_nothing(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as stranger:
        assert (await stranger.client.get("/api/v1/projects")).json()["items"] == []
        assert (await stranger.client.get(f"/api/v1/projects/{project.id}")).status_code == 404
    assert (await owner.client.get(f"/api/v1/projects/{project.id}")).status_code == 200
