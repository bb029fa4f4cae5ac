"""External references in the answers and changes of projects, assets and revisions."""

from builders import Caller, Clock, Project, add_asset, add_revision, add_system

from holotable.store.database import Database

REF = {
    "system": "windchill", "object_type": "Part", "id": "OR:wt.part.WTPart:594232",
    "revision": "B.3", "url": "https://plm.example.com/wt/app?oid=594232",
    "synced_at": "2026-01-05T12:00:00Z",
}  # fmt: skip


async def test_references_are_set_shown_kept_and_taken_away(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_system(database, clock)
    asset = await add_asset(database, clock, project)
    revision = await add_revision(database, clock, asset)
    for path in (f"projects/{project.id}", f"assets/{asset.id}", f"revisions/{revision.id}"):
        path = f"/api/v1/{path}"
        sent = await owner.client.patch(path, json={"external_refs": [REF]})
        assert sent.json()["external_refs"] == [REF], sent.text
        assert (await owner.client.get(path)).json()["external_refs"] == [REF]
        kept = await owner.client.patch(path, json={})
        assert kept.json()["external_refs"] == [REF]
        gone = await owner.client.patch(path, json={"external_refs": []})
        assert gone.json()["external_refs"] == []


async def test_new_projects_and_assets_may_come_with_theirs(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_system(database, clock)
    for path in ("/api/v1/projects", f"/api/v1/projects/{project.id}/assets"):
        made = await owner.client.post(path, json={"name": "x", "external_refs": [REF]})
        assert (made.status_code, made.json()["external_refs"]) == (201, [REF])
        again = await owner.client.post(path, json={"name": "y", "external_refs": [REF]})
        assert (again.status_code, again.json()["code"]) == (409, "ref_taken")


async def test_the_vendors_words_stand_beside_ours(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    path = f"/api/v1/revisions/{revision.id}"
    said = {"vendor_revision": "B.3", "vendor_lifecycle": "Freigegeben"}
    body = (await owner.client.patch(path, json=said)).json()
    assert {name: body[name] for name in said} == said
    assert (body["label"], body["lifecycle"]) == ("A", "draft")


async def test_a_wrong_reference_names_its_code_and_its_place(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_system(database, clock)
    asset = await add_asset(database, clock, project)
    for change, code, pointer in (
        ({"system": "aras"}, "unknown_system", "/external_refs/0/system"),
        ({"url": "https://evil.example"}, "deep_link_refused", "/external_refs/0/url"),
        ({"object_type": ""}, "invalid", "/external_refs/0/object_type"),
    ):
        sent = await owner.client.patch(
            f"/api/v1/assets/{asset.id}", json={"external_refs": [{**REF, **change}]}
        )
        assert (sent.status_code, sent.json()["code"]) == (422, code)
        assert sent.json()["errors"][0]["pointer"] == pointer
