"""Assets: made, listed with their newest revision, changed, moved, trashed, restored."""

from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_folder,
    add_guest,
    add_revision,
    sign_in,
)
from fastapi import FastAPI

from holotable.store.database import Database


async def test_an_asset_is_made_without_a_revision(owner: Caller, project: Project) -> None:
    made = await owner.client.post(
        f"/api/v1/projects/{project.id}/assets", json={"name": "Pump", "part_number": " P-101 "}
    )
    assert made.status_code == 201
    body = made.json()
    assert (body["part_number"], body["revision_count"], body["latest_revision"]) == (
        "P-101", 0, None,
    )  # fmt: skip
    assert made.headers["location"] == f"/api/v1/assets/{body['id']}"
    assert (await owner.client.get(made.headers["location"])).json() == body


async def test_an_asset_shows_its_newest_revision_and_how_many_it_has(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    await add_revision(database, clock, asset)
    newest = await add_revision(database, clock, asset, state="tessellating")
    listed = (await owner.client.get(f"/api/v1/projects/{project.id}/assets")).json()["items"]
    assert [item["revision_count"] for item in listed] == [2]
    latest = listed[0]["latest_revision"]
    assert (latest["id"], latest["label"], latest["state"]) == (str(newest.id), "B", "tessellating")
    assert latest["package"] is None


async def test_revisions_are_listed_newest_first_by_page(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    for _ in range(3):
        await add_revision(database, clock, asset)
    path = f"/api/v1/assets/{asset.id}/revisions?limit=2"
    first = (await owner.client.get(path)).json()
    second = (await owner.client.get(f"{path}&cursor={first['next_cursor']}")).json()
    labels = [revision["label"] for revision in first["items"] + second["items"]]
    assert (labels, second["next_cursor"]) == (["C", "B", "A"], None)


async def test_what_a_patch_does_not_name_stays(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    folder = await add_folder(database, clock, project)
    asset = await add_asset(database, clock, project, "Pump", folder, part_number="P-101")
    path = f"/api/v1/assets/{asset.id}"
    clock.advance(seconds=1)
    renamed = (await owner.client.patch(path, json={"name": "Pump A"})).json()
    assert (renamed["name"], renamed["part_number"], renamed["folder_id"]) == (
        "Pump A", "P-101", str(folder.id),
    )  # fmt: skip
    assert renamed["updated_at"] > renamed["created_at"]
    moved = (await owner.client.patch(path, json={"folder_id": None})).json()
    assert (moved["name"], moved["folder_id"]) == ("Pump A", None)


async def test_a_stale_copy_is_refused_and_a_current_one_taken(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project)
    path = f"/api/v1/assets/{asset.id}"
    tag = (await owner.client.get(path)).headers["etag"]
    clock.advance(seconds=1)
    taken = await owner.client.patch(path, json={"name": "a"}, headers={"If-Match": tag})
    assert taken.status_code == 200
    stale = await owner.client.patch(path, json={"name": "b"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale.json()["facts"]["current"] == taken.headers["etag"]


async def test_a_trashed_asset_is_gone_everywhere_until_restored(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    folder = await add_folder(database, clock, project)
    asset = await add_asset(database, clock, project, "Pump", folder)
    await add_revision(database, clock, asset)
    path = f"/api/v1/assets/{asset.id}"
    assert (await owner.client.delete(path)).status_code == 204
    for gone in (path, f"{path}/revisions"):
        assert (await owner.client.get(gone)).status_code == 404
    assert (await owner.client.get(f"/api/v1/projects/{project.id}/assets")).json()["items"] == []
    assert (await owner.client.get("/api/v1/search?q=pump")).json()["items"] == []
    clock.advance(minutes=1)
    await owner.client.delete(f"/api/v1/folders/{folder.id}")
    restored = await owner.client.post(f"{path}/restore")
    assert (restored.status_code, restored.json()["folder_id"]) == (200, None)
    assert (await owner.client.get(f"{path}/revisions")).json()["items"][0]["label"] == "A"


async def test_a_guest_of_one_asset_reaches_no_other(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    shared = await add_asset(database, clock, project, "Shared")
    secret = await add_asset(database, clock, project, "Secret")
    guest = await add_guest(database, clock, project, asset=shared)
    async with sign_in(app, database, clock, guest) as dana:
        assert (await dana.client.get(f"/api/v1/assets/{shared.id}")).status_code == 200
        assert (await dana.client.get(f"/api/v1/assets/{secret.id}")).status_code == 404
        assert (await dana.client.delete(f"/api/v1/assets/{shared.id}")).status_code == 403
