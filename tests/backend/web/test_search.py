"""Search over HTTP: across projects, never beyond what the asker sees."""

from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_folder,
    add_guest,
    add_project,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from issue_builders import add_comment, add_issue

from holotable.store.database import Database


async def found(caller: Caller, q: str) -> list[tuple[str, str]]:
    answer = await caller.client.get("/api/v1/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["name"]) for item in answer.json()["items"]]


async def test_search_finds_every_kind_in_every_project_of_mine(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    other = await add_project(database, clock, owner=owner.principal, name="Valve house")
    await add_folder(database, clock, project, "Valves")
    asset = await add_asset(database, clock, project, "V-17", description="ball valve")
    revision = await add_revision(database, clock, asset, note="new VALVE seat")
    hits = (await owner.client.get("/api/v1/search?q=valve")).json()["items"]
    assert {(hit["kind"], hit["name"], hit["project_name"]) for hit in hits} == {
        ("project", "Valve house", "Valve house"),
        ("folder", "Valves", project.name),
        ("asset", "V-17", project.name),
        ("revision", "V-17 A", project.name),
    }
    assert {hit["kind"] for hit in hits[:2]} == {"project", "folder"}  # names that begin with it
    hit = next(hit for hit in hits if hit["kind"] == "revision")
    assert (hit["revision_id"], hit["asset_id"]) == (str(revision.id), str(asset.id))
    assert other.name == "Valve house"


async def test_search_never_shows_what_the_asker_does_not_see(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    shared = await add_asset(database, clock, project, "Pump shared")
    await add_asset(database, clock, project, "Pump secret")
    await add_asset(database, clock, project, "Pump trashed", deleted_at=clock())
    ben = await add_user(database, clock, "Ben Okoro")
    async with sign_in(app, database, clock, ben) as stranger:
        assert await found(stranger, "pump") == []
    guest = await add_guest(database, clock, project, asset=shared)
    async with sign_in(app, database, clock, guest) as dana:
        assert await found(dana, "pump") == [("asset", "Pump shared")]
    assert await found(owner, "pump") == [("asset", "Pump secret"), ("asset", "Pump shared")]


async def test_search_goes_on_where_the_page_before_ended(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    for name in ("Pump 1", "My pump", "Pump 2", "Old pump", "Pump 3"):
        await add_asset(database, clock, project, name)
    names, cursor = [], ""
    while True:
        page = (await owner.client.get(f"/api/v1/search?q=pump&limit=2{cursor}")).json()
        names += [hit["name"] for hit in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert names == ["Pump 3", "Pump 2", "Pump 1", "Old pump", "My pump"]


async def test_a_foreign_cursor_is_a_named_problem(owner: Caller) -> None:
    for cursor in ("9AAAA", "0AA", "x"):
        answer = await owner.client.get(f"/api/v1/search?q=a&cursor={cursor}")
        assert answer.status_code == 422


async def test_issues_are_found_by_number_title_and_comment_and_plain_comments_by_their_text(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    asset = await add_asset(database, clock, project, "Skid")
    revision = await add_revision(database, clock, asset)
    bore = await add_issue(database, clock, project, "Bore too small", revision=revision)
    await add_issue(database, clock, project, "Weld")
    await add_comment(database, clock, bore, "the gasket leaks")
    await add_comment(database, clock, revision, "gasket seat?")
    assert await found(owner, "#2") == [("issue", "#2 Weld")]
    assert await found(owner, "bore") == [("issue", "#1 Bore too small")]
    assert set(await found(owner, "gasket")) == {
        ("issue", "#1 Bore too small"),
        ("comment", "gasket seat?"),
    }
    pump = await add_asset(database, clock, project, "Pump")
    stranger = await add_guest(database, clock, project, asset=pump)
    async with sign_in(app, database, clock, stranger) as caller:
        assert await found(caller, "gasket") == []
