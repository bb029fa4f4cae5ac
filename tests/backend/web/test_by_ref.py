"""By-ref: made, changed and left alone by what a PLM calls it; strangers learn nothing."""

import asyncio
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_system,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7

PROJECT = "/api/v1/projects/by-ref/windchill/Project/P-1"
FILE = {"file": ("bracket.stl", b"solid a\nendsolid a\n")}


@pytest.fixture(autouse=True)
async def _system(database: Database, clock: Clock) -> None:
    await add_system(database, clock)


def asset_path(project_id: object, name: str = "4711") -> str:
    return f"/api/v1/projects/{project_id}/assets/by-ref/windchill/Part/{name}"


def result(answer: Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("upsert-result")


async def test_a_project_is_made_once_then_changed_then_left_alone(owner: Caller) -> None:
    said = {"name": "Pump", "url": "https://plm.example.com/wt/1"}
    made = await owner.client.put(PROJECT, json=said)
    assert result(made) == (201, "created")
    same = await owner.client.put(PROJECT, json=said)
    assert (result(same), same.headers["etag"]) == ((200, "unchanged"), made.headers["etag"])
    changed = await owner.client.put(PROJECT, json={"description": "Cooling"})
    assert result(changed) == (200, "changed")
    body = (await owner.client.get(PROJECT)).json()
    assert (body["id"], body["name"], body["description"]) == (
        made.json()["id"], "Pump", "Cooling",
    )  # fmt: skip
    assert body["external_refs"][0]["url"] == said["url"]
    assert made.headers["location"] == f"/api/v1/projects/{body['id']}"


async def test_an_asset_is_named_by_any_id_that_a_plm_has(owner: Caller, project: Project) -> None:
    for name in ("4711", "OR:wt.part.WTPart:594232", "urn:a/b?version=1", "Größe 3"):
        path = asset_path(project.id, name.replace("?", "%3F"))
        made = await owner.client.put(path, json={"part_number": "P-1"})
        assert result(made) == (201, "created"), made.text
        assert made.json()["name"] == name
        assert made.json()["external_refs"][0]["id"] == name
        assert (await owner.client.get(path)).json()["id"] == made.json()["id"]


async def test_create_only_answers_412_when_it_is_there(owner: Caller, project: Project) -> None:
    path, only = asset_path(project.id), {"If-None-Match": "*"}
    assert (await owner.client.put(path, json={}, headers=only)).status_code == 201
    there = await owner.client.put(path, json={"name": "x"}, headers=only)
    assert (there.status_code, there.json()["code"]) == (412, "ref_exists")
    wrong = await owner.client.put(path, json={}, headers={"If-None-Match": '"a"'})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


async def test_a_stale_copy_does_not_change_it(owner: Caller, project: Project) -> None:
    path = asset_path(project.id)
    old = (await owner.client.put(path, json={"name": "a"})).headers["etag"]
    new = await owner.client.put(path, json={"name": "b"}, headers={"If-Match": old})
    assert result(new) == (200, "changed")
    stale = await owner.client.put(path, json={"name": "c"}, headers={"If-Match": old})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await owner.client.get(path)).json()["name"] == "b"


async def test_what_is_in_the_trash_is_not_made_again(owner: Caller, project: Project) -> None:
    made = (await owner.client.put(asset_path(project.id), json={})).json()
    await owner.client.delete(f"/api/v1/assets/{made['id']}")
    again = await owner.client.put(asset_path(project.id), json={})
    assert (again.status_code, again.json()["code"]) == (409, "ref_in_trash")
    assert again.json()["facts"] == {"id": made["id"]}
    whole = (await owner.client.put(PROJECT, json={})).json()
    await owner.client.delete(f"/api/v1/projects/{whole['id']}")
    assert (await owner.client.put(PROJECT, json={})).json()["code"] == "ref_in_trash"


async def test_an_unknown_system_and_a_foreign_link_have_their_codes(
    owner: Caller, project: Project
) -> None:
    for path in (PROJECT, asset_path(project.id)):
        unknown = await owner.client.put(path.replace("windchill", "aras"), json={})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_system")
        assert unknown.json()["facts"]["known"] == ["windchill"]
        link = await owner.client.put(path, json={"url": "https://evil.example/"})
        assert (link.status_code, link.json()["code"]) == (422, "deep_link_refused")
        assert (await owner.client.get(path)).status_code == 404


async def test_two_that_make_it_at_once_make_one(owner: Caller, project: Project) -> None:
    for path in (PROJECT, asset_path(project.id)):
        answers = await asyncio.gather(
            *(owner.client.put(path, json={"name": "x"}) for _ in range(4))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_project_of_the_same_name_elsewhere_stays_unknown(
    app: FastAPI, owner: Caller, database: Database, clock: Clock
) -> None:
    mine = (await owner.client.put(PROJECT, json={})).json()
    ben = await add_user(database, clock, "Ben")
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.get(PROJECT)).status_code == 404
        his = await caller.client.put(PROJECT, json={})
        assert result(his) == (201, "created")  # as if nobody had ever used that name
        assert his.json()["id"] != mine["id"]
        foreign = await caller.client.get(asset_path(mine["id"]))
        assert foreign.status_code == 404
    async with database.transaction() as transaction:
        both = await transaction.get_one(Project, his.json()["id"] and mine_id(his.json()))
    await add_member(database, clock, both, owner.principal, Role.VIEWER)
    twice = await owner.client.put(PROJECT, json={})
    assert (twice.status_code, twice.json()["code"]) == (409, "ambiguous_ref")


def mine_id(body: dict[str, Any]) -> Any:
    from uuid import UUID

    return UUID(body["id"])


async def test_viewers_read_and_guests_make_no_projects(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await owner.client.put(asset_path(project.id), json={})
    viewer = await add_user(database, clock, "Vi")
    await add_member(database, clock, project, viewer, Role.VIEWER)
    async with sign_in(app, database, clock, viewer) as caller:
        assert (await caller.client.get(asset_path(project.id))).status_code == 200
        assert (await caller.client.put(asset_path(project.id), json={})).status_code == 403
    guest = await add_guest(database, clock, project)
    async with sign_in(app, database, clock, guest) as caller:
        assert (await caller.client.put(PROJECT, json={})).status_code == 403


@pytest.fixture
async def revision_path(owner: Caller, project: Project, database: Database, clock: Clock) -> str:
    asset = await add_asset(database, clock, project)
    return f"/api/v1/assets/{asset.id}/revisions/by-ref/windchill/PartRevision/4711-B"


async def test_a_revision_comes_with_its_file_once(owner: Caller, revision_path: str) -> None:
    said = {
        "vendor_revision": "B", "vendor_lifecycle": "RELEASED", "note": "Thicker",
        "revision": "B.2", "url": "https://plm.example.com/wt/2",
    }  # fmt: skip
    made = await owner.client.put(revision_path, files=FILE, data=said)
    assert result(made) == (201, "created"), made.text
    body = made.json()
    assert (body["label"], body["vendor_revision"], body["vendor_lifecycle"]) == (
        "A", "B", "RELEASED",
    )  # fmt: skip
    assert body["external_refs"][0]["revision"] == "B.2"
    again = await owner.client.put(revision_path, files=FILE, data=said)
    assert (result(again), again.json()["id"]) == ((200, "unchanged"), body["id"])
    other = {"file": ("bracket.stl", b"solid b\nendsolid b\n")}
    differs = await owner.client.put(revision_path, files=other)
    assert (differs.status_code, differs.json()["code"]) == (409, "source_differs")
    later = await owner.client.put(revision_path, json={"vendor_lifecycle": "OBSOLETE"})
    assert result(later) == (200, "changed")
    assert (later.json()["vendor_lifecycle"], later.json()["note"]) == ("OBSOLETE", "Thicker")
    assert later.json()["lifecycle"] == "draft"
    assert (await owner.client.get(revision_path)).json()["id"] == body["id"]


async def test_a_revision_without_its_file_or_with_a_wrong_field_is_refused(
    owner: Caller, revision_path: str
) -> None:
    bare = await owner.client.put(revision_path, json={"note": "x"})
    assert (bare.status_code, bare.json()["code"]) == (422, "file_needed")
    long = await owner.client.put(revision_path, json={"vendor_lifecycle": "x" * 65})
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "/vendor_lifecycle")
    huge = await owner.client.put(revision_path, json={"note": "x" * 70_000})
    assert huge.status_code == 413
    unknown = await owner.client.put(revision_path.replace("windchill", "aras"), files=FILE)
    assert unknown.json()["code"] == "unknown_system"
    foreign = f"/api/v1/assets/{uuid7()}/revisions/by-ref/windchill/R/1"
    assert (await owner.client.put(foreign, files=FILE)).status_code == 404


async def test_only_members_of_the_same_project_find_it(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    made = await owner.client.put(asset_path(project.id), json={})
    assert made.status_code == 201
    other = await add_project(database, clock, owner=owner.principal)
    assert (await owner.client.get(asset_path(other.id))).status_code == 404
