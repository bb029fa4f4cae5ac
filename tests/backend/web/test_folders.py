"""Folders: nested, moved without cycles, trashed and restored with their content."""

import asyncio
from typing import Any

from builders import (
    Caller,
    Clock,
    Folder,
    Project,
    add_asset,
    add_folder,
    add_guest,
    add_project,
    sign_in,
)
from fastapi import FastAPI

from holotable.store.database import Database


async def names(owner: Caller, project: Project) -> list[str]:
    answer = await owner.client.get(f"/api/v1/projects/{project.id}/folders")
    return [folder["name"] for folder in answer.json()["items"]]


async def assets_in(owner: Caller, project: Project, folder: Folder | None = None) -> set[str]:
    query = f"?folder_id={folder.id}" if folder else ""
    answer = await owner.client.get(f"/api/v1/projects/{project.id}/assets{query}")
    return {asset["name"] for asset in answer.json()["items"]}


async def move(owner: Caller, folder: Folder, parent: Folder | None) -> Any:
    body = {"parent_id": str(parent.id) if parent else None}
    return await owner.client.patch(f"/api/v1/folders/{folder.id}", json=body)


async def test_folders_nest_and_are_listed_by_name(owner: Caller, project: Project) -> None:
    path = f"/api/v1/projects/{project.id}/folders"
    outer = (await owner.client.post(path, json={"name": "valves"})).json()
    inner = await owner.client.post(path, json={"name": "Ball", "parent_id": outer["id"]})
    assert inner.json()["parent_id"] == outer["id"]
    assert await names(owner, project) == ["Ball", "valves"]


async def test_a_folder_moves_but_never_into_itself_or_below_itself(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    a = await add_folder(database, clock, project, "a")
    b = await add_folder(database, clock, project, "b", a)
    c = await add_folder(database, clock, project, "c", b)
    for target in (a, b, c):
        refused = await move(owner, a, target)
        assert (refused.status_code, refused.json()["facts"]["reason"]) == (409, "folder_cycle")
    assert (await move(owner, c, None)).json()["parent_id"] is None
    assert (await move(owner, a, c)).json()["parent_id"] == str(c.id)


async def test_of_two_moves_that_together_make_a_cycle_one_is_refused(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    a = await add_folder(database, clock, project, "a")
    b = await add_folder(database, clock, project, "b")
    answers = await asyncio.gather(move(owner, a, b), move(owner, b, a))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_renaming_leaves_a_folder_where_it_is(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    a = await add_folder(database, clock, project, "a")
    b = await add_folder(database, clock, project, "b", a)
    renamed = await owner.client.patch(f"/api/v1/folders/{b.id}", json={"name": "c"})
    assert (renamed.json()["name"], renamed.json()["parent_id"]) == ("c", str(a.id))


async def test_folders_nest_only_so_deep(owner: Caller, project: Project) -> None:
    parent: str | None = None
    codes = []
    for number in range(40):
        made = await owner.client.post(
            f"/api/v1/projects/{project.id}/folders",
            json={"name": f"f{number}", "parent_id": parent},
        )
        codes.append(made.status_code)
        if made.status_code != 201:
            break
        parent = made.json()["id"]
    assert codes[-1] == 422
    assert len(codes) == 33


async def test_a_folder_of_another_project_is_no_place(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    elsewhere = await add_project(database, clock, owner=owner.principal)
    theirs = await add_folder(database, clock, elsewhere)
    mine = await add_folder(database, clock, project)
    assert (await move(owner, mine, theirs)).status_code == 404


async def test_a_folder_goes_to_the_trash_and_comes_back_with_what_was_in_it_then(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    outer = await add_folder(database, clock, project, "outer")
    inner = await add_folder(database, clock, project, "inner", outer)
    earlier = await add_asset(database, clock, project, "earlier", inner)
    await add_asset(database, clock, project, "deep", inner)
    await add_asset(database, clock, project, "top")
    await owner.client.delete(f"/api/v1/assets/{earlier.id}")
    clock.advance(minutes=1)
    assert (await owner.client.delete(f"/api/v1/folders/{outer.id}")).status_code == 204
    assert await names(owner, project) == []
    assert await assets_in(owner, project) == {"top"}
    assert (await owner.client.get(f"/api/v1/projects/{project.id}/assets?folder_id={inner.id}")
            ).status_code == 404  # fmt: skip
    trash = (await owner.client.get("/api/v1/trash")).json()["items"]
    assert {(item["kind"], item["name"]) for item in trash} == {
        ("folder", "outer"), ("asset", "earlier"),
    }  # fmt: skip
    restored = await owner.client.post(f"/api/v1/folders/{outer.id}/restore")
    assert restored.status_code == 200
    assert await names(owner, project) == ["inner", "outer"]
    assert await assets_in(owner, project, inner) == {"deep"}


async def test_a_folder_whose_parent_is_gone_comes_back_at_the_top(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    outer = await add_folder(database, clock, project, "outer")
    inner = await add_folder(database, clock, project, "inner", outer)
    await owner.client.delete(f"/api/v1/folders/{inner.id}")
    clock.advance(minutes=1)
    await owner.client.delete(f"/api/v1/folders/{outer.id}")
    restored = await owner.client.post(f"/api/v1/folders/{inner.id}/restore")
    assert restored.json()["parent_id"] is None
    assert await names(owner, project) == ["inner"]


async def test_a_living_folder_cannot_be_restored(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    folder = await add_folder(database, clock, project)
    assert (await owner.client.post(f"/api/v1/folders/{folder.id}/restore")).status_code == 404


async def test_a_guest_of_one_asset_sees_no_folders(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    folder = await add_folder(database, clock, project)
    asset = await add_asset(database, clock, project, folder=folder)
    guest = await add_guest(database, clock, project, asset=asset)
    async with sign_in(app, database, clock, guest) as dana:
        assert await names(dana, project) == []
        listed = await dana.client.get(
            f"/api/v1/projects/{project.id}/assets?folder_id={folder.id}"
        )
        assert listed.status_code == 404
