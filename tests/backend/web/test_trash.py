"""The trash: only what the asker may restore, by page."""

from builders import Caller, Clock, Project, add_asset, add_member, add_project, add_user, sign_in
from fastapi import FastAPI

from holotable.review.roles import Role
from holotable.store.database import Database


async def test_the_trash_shows_only_what_the_asker_may_bring_back(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project, "Pump")
    other = await add_project(database, clock, owner=owner.principal, name="Old")
    editor = await add_user(database, clock, "Ed Itor")
    viewer = await add_user(database, clock, "Vi Ewer")
    for place in (project, other):
        await add_member(database, clock, place, editor, Role.EDITOR)
        await add_member(database, clock, place, viewer, Role.VIEWER)
    await owner.client.delete(f"/api/v1/assets/{asset.id}")
    await owner.client.delete(f"/api/v1/projects/{other.id}")

    async def sees(caller: Caller) -> set[tuple[str, str]]:
        items = (await caller.client.get("/api/v1/trash")).json()["items"]
        return {(item["kind"], item["name"]) for item in items}

    assert await sees(owner) == {("asset", "Pump"), ("project", "Old")}
    async with sign_in(app, database, clock, editor) as caller:
        assert await sees(caller) == {("asset", "Pump")}
        assert (await caller.client.post(f"/api/v1/projects/{other.id}/restore")).status_code == 403
    async with sign_in(app, database, clock, viewer) as caller:
        assert await sees(caller) == set()


async def test_issues_in_the_trash_are_seen_by_those_who_may_bring_them_back(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    viewer = await add_user(database, clock, "Vi Ewer")
    await add_member(database, clock, project, viewer, Role.VIEWER)
    path = f"/api/v1/projects/{project.id}/issues"
    issue = (await owner.client.post(path, json={"title": "Weld missing"})).json()
    await owner.client.delete(f"/api/v1/issues/{issue['id']}")
    (item,) = (await owner.client.get("/api/v1/trash")).json()["items"]
    assert (item["kind"], item["id"], item["name"]) == ("issue", issue["id"], "#1 Weld missing")
    async with sign_in(app, database, clock, viewer) as caller:
        assert (await caller.client.get("/api/v1/trash")).json()["items"] == []
    await owner.client.post(f"/api/v1/issues/{issue['id']}/restore")
    assert (await owner.client.get("/api/v1/trash")).json()["items"] == []


async def test_the_trash_is_paged(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    for number in range(3):
        await add_asset(database, clock, project, f"a{number}", deleted_at=clock())
    first = (await owner.client.get("/api/v1/trash?limit=2")).json()
    second = (await owner.client.get(f"/api/v1/trash?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["a2", "a1", "a0"]
