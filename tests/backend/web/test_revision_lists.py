"""Lists of revisions, and what of projects, assets, revisions and issues changed since."""

from datetime import datetime
from typing import Any

from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_guest,
    add_project,
    add_ref,
    add_revision,
    add_system,
    sign_in,
)
from fastapi import FastAPI
from issue_builders import add_issue
from sqlalchemy import update

from holotable.store.database import Database
from holotable.store.tables import Conversion


async def since(caller: Caller, path: str, moment: datetime, limit: int = 50) -> dict[str, Any]:
    """What changed, by id: None, or when it went."""
    found: dict[str, Any] = {}
    cursor = {}
    while True:
        query = {"updated_since": moment.isoformat(), "limit": limit, **cursor}
        answer = await caller.client.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        for item in body["items"]:
            assert item["id"] not in found
            found[item["id"]] = item
        if body["next_cursor"] is None:
            return found
        cursor = {"cursor": body["next_cursor"]}


async def test_revisions_of_an_asset_and_of_a_project_are_listed_by_page(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    assets = [await add_asset(database, clock, project, name) for name in "AB"]
    made = [await add_revision(database, clock, asset) for asset in [*assets, *assets]]
    await add_revision(
        database,
        clock,
        await add_asset(database, clock, await add_project(database, clock, owner=owner.principal)),
    )
    path = f"/api/v1/projects/{project.id}/revisions"
    first = (await owner.client.get(path, params={"limit": 3})).json()
    second = (
        await owner.client.get(path, params={"limit": 3, "cursor": first["next_cursor"]})
    ).json()
    listed = [one["id"] for one in first["items"] + second["items"]]
    assert (listed, second["next_cursor"]) == ([str(one.id) for one in reversed(made)], None)
    own = (await owner.client.get(f"/api/v1/assets/{assets[0].id}/revisions")).json()["items"]
    assert [one["label"] for one in own] == ["B", "A"]


async def test_what_changed_since_and_what_went_comes_in_pages_and_once(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_system(database, clock)
    assets = [await add_asset(database, clock, project, f"Secret {n}") for n in range(5)]
    await add_ref(database, assets[1], by=owner.id)
    clock.advance(hours=1)
    path = f"projects/{project.id}/assets"
    assert await since(owner, path, clock()) == {}
    await owner.client.patch(f"/api/v1/assets/{assets[3].id}", json={"name": "New"})
    for gone in (assets[1], assets[4]):
        assert (await owner.client.delete(f"/api/v1/assets/{gone.id}")).status_code == 204
    found = await since(owner, path, clock(), limit=1)
    assert {name: (one["name"], one["deleted_at"] is not None) for name, one in found.items()} == {
        str(assets[1].id): ("", True),
        str(assets[3].id): ("New", False),
        str(assets[4].id): ("", True),
    }
    assert found[str(assets[1].id)]["external_refs"][0]["id"] == "4711"  # to know it by
    assert len((await owner.client.get(f"/api/v1/{path}")).json()["items"]) == 3
    clock.advance(hours=1)
    await owner.client.post(f"/api/v1/assets/{assets[1].id}/restore")
    back = await since(owner, path, clock())
    assert [(name, one["deleted_at"]) for name, one in back.items()] == [(str(assets[1].id), None)]


async def test_revisions_change_by_word_by_conversion_and_with_their_asset(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    noted, converted, still = [await add_revision(database, clock, asset) for _ in range(3)]
    clock.advance(hours=1)
    began = clock()
    await owner.client.patch(f"/api/v1/revisions/{noted.id}", json={"note": "x"})
    async with database.transaction() as transaction:
        await transaction.execute(
            update(Conversion)
            .where(Conversion.revision_id == converted.id)
            .values(finished_at=clock())
        )
    both = (f"projects/{project.id}/revisions", f"assets/{asset.id}/revisions")
    for path in both:
        assert set(await since(owner, path, began)) == {str(noted.id), str(converted.id)}
    clock.advance(hours=1)
    await owner.client.delete(f"/api/v1/assets/{asset.id}")
    for path in both:
        gone = await since(owner, path, clock(), limit=2)
        assert {(name, one["note"], one["source"]["name"]) for name, one in gone.items()} == {
            (str(one.id), "", "") for one in (noted, converted, still)
        }
        assert all(one["deleted_at"] for one in gone.values())
    assert (await owner.client.get(f"/api/v1/{both[1]}")).status_code == 404
    clock.advance(hours=1)
    await owner.client.post(f"/api/v1/assets/{asset.id}/restore")
    assert len(await since(owner, both[0], clock())) == 3


async def test_projects_and_issues_leave_tombstones_without_what_they_said(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    gone = await add_issue(database, clock, project, title="Secret")
    kept = await add_issue(database, clock, project, title="Kept")
    clock.advance(hours=1)
    began = clock()
    await owner.client.delete(f"/api/v1/issues/{gone.id}")
    await owner.client.patch(f"/api/v1/issues/{kept.id}", json={"title": "Still"})
    issues = await since(owner, f"projects/{project.id}/issues", began, limit=1)
    assert {one["title"]: one["deleted_at"] is not None for one in issues.values()} == {
        "": True, "Still": False,
    }  # fmt: skip
    listed = (await owner.client.get(f"/api/v1/projects/{project.id}/issues")).json()["items"]
    assert [one["title"] for one in listed] == ["Still"]
    await owner.client.delete(f"/api/v1/projects/{project.id}")
    projects = await since(owner, "projects", began)
    assert [(one["name"], one["deleted_at"] is not None) for one in projects.values()] == [
        ("", True)
    ]
    assert (await owner.client.get("/api/v1/projects")).json()["items"] == []


async def test_guests_of_one_asset_learn_nothing_of_the_trash(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    shown, hidden = [await add_asset(database, clock, project, name) for name in "AB"]
    await add_revision(database, clock, hidden)
    issue = await add_issue(database, clock, project)
    began = clock()
    await owner.client.delete(f"/api/v1/assets/{hidden.id}")
    await owner.client.delete(f"/api/v1/issues/{issue.id}")
    guest = await add_guest(database, clock, project, asset=shown)
    async with sign_in(app, database, clock, guest) as caller:
        for kind, seen in (("assets", {str(shown.id)}), ("revisions", set()), ("issues", set())):
            assert set(await since(caller, f"projects/{project.id}/{kind}", began)) == seen
