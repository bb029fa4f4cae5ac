"""Issues and comments on sheets: put there, shown on later revisions, kept from other projects."""

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_member,
    add_project,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from issue_builders import add_anchor, add_comment, add_drawing, add_issue, add_sheet_pin

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.tables import Asset, Revision

MARKS = [{"kind": "cloud", "start": [0.1, 0.2], "end": [0.3, 0.4], "colour": "#1570ef"}]


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def test_an_issue_on_a_sheet_says_where_and_the_sheets_show_what_is_drawn(
    owner: Caller, database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    drawing = await add_drawing(database, clock, revision)
    issue = await add_issue(database, clock, project, revision=revision)
    place = {"drawing_id": str(drawing.id), "page": 1, "x": 0.25, "y": 0.5, "marks": MARKS}
    id_ = str(uuid7())
    where = f"/api/v1/issues/{issue.id}/sheet"
    made = await owner.client.post(where, json={**place, "id": id_})
    assert made.status_code == 201, made.text
    assert made.json()["id"] == id_
    assert (await owner.client.post(where, json={**place, "id": id_})).json() == made.json()
    other = await owner.client.post(where, json={**place, "id": id_, "x": 0.3})
    assert other.json()["code"] == "id_taken"
    seen = (await owner.client.get(f"/api/v1/issues/{issue.id}")).json()["sheet"]
    assert seen == made.json()
    assert (seen["drawing_name"], seen["page"], seen["page_count"]) == ("Plate", 1, 2)
    pins = (await owner.client.get(f"/api/v1/revisions/{revision.id}/sheet-pins")).json()["items"]
    assert [(one["of_id"], one["kind"], one["number"], one["title"]) for one in pins] == [
        (str(issue.id), "issue", issue.number, "Bore too small")
    ]
    assert (pins[0]["marks"], pins[0]["is_carried"]) == (MARKS, False)
    assert (await owner.client.delete(where)).status_code == 204
    assert (await owner.client.get(f"/api/v1/issues/{issue.id}")).json()["sheet"] is None
    history = (await owner.client.get(f"/api/v1/issues/{issue.id}/history")).json()["items"]
    assert [(one["field"], one["before"], one["after"]) for one in history] == [
        ("sheet", {"drawing": "Plate", "page": 1}, None),
        ("sheet", None, {"drawing": "Plate", "page": 1}),
    ]


async def test_a_later_revision_shows_it_and_says_that_nobody_compared(
    owner: Caller, database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    drawing = await add_drawing(database, clock, revision)
    comment = await add_comment(database, clock, revision, author=owner.principal.id)
    put = await owner.client.post(
        f"/api/v1/comments/{comment.id}/sheet",
        json={"drawing_id": str(drawing.id), "page": 0, "x": 0.5, "y": 0.5},
    )
    assert put.status_code == 201, put.text
    async with database.transaction() as session:
        asset = await session.get_one(Asset, revision.asset_id)
    later = await add_revision(database, clock, asset)
    shows = await add_drawing(database, clock, later, "plate")
    pins = (await owner.client.get(f"/api/v1/revisions/{later.id}/sheet-pins")).json()["items"]
    assert [(one["kind"], one["title"], one["revision_label"]) for one in pins] == [
        ("comment", "Please look", "A")
    ]
    assert (pins[0]["is_carried"], pins[0]["shown_on"]) == (True, str(shows.id))
    listed = await owner.client.get(f"/api/v1/revisions/{revision.id}/comments")
    assert listed.json()["items"][0]["sheet"]["drawing_id"] == str(drawing.id)


async def test_issues_are_found_by_where_they_stand_and_by_their_drawing(
    owner: Caller, database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    plate = await add_drawing(database, clock, revision, "Plate.pdf")
    lid = await add_drawing(database, clock, revision, "Deckel Öl.pdf")
    on = {
        title: await add_issue(database, clock, project, title, revision=revision)
        for title in ("plate", "lid", "both", "model", "nowhere", "taken off")
    }
    for title, drawing in (("plate", plate), ("lid", lid), ("both", plate), ("taken off", lid)):
        await add_sheet_pin(database, clock, on[title], drawing)
    for title in ("both", "model"):
        await add_anchor(database, clock, on[title], revision, state="placed")
    off = await owner.client.delete(f"/api/v1/issues/{on['taken off'].id}/sheet")
    assert off.status_code == 204

    async def found(**query: object) -> set[str]:
        answer = await owner.client.get(f"/api/v1/projects/{project.id}/issues", params=query)
        assert answer.status_code == 200, answer.text
        return {one["title"] for one in answer.json()["items"]}

    assert await found(place="sheet") == {"plate", "lid", "both"}
    assert await found(place="model") == {"both", "model"}
    assert await found(place="nowhere") == {"nowhere", "taken off"}
    assert await found(place=["model", "nowhere"]) == {"both", "model", "nowhere", "taken off"}
    assert await found(drawing="plate.PDF") == {"plate", "both"}
    assert await found(drawing="Deckel Öl.pdf") == {"lid"}
    assert await found(drawing=["Plate.pdf", "Deckel Öl.pdf"], place="model") == {"both"}
    assert await found(drawing="nothing") == set()
    bad = await owner.client.get(f"/api/v1/projects/{project.id}/issues?place=moon")
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid")
    names = await owner.client.get(f"/api/v1/projects/{project.id}/issue-drawings")
    assert names.json()["items"] == [
        {"name": "Deckel Öl.pdf", "issues": 1},
        {"name": "Plate.pdf", "issues": 2},
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_drawing_of_another_project_or_asset_is_not_there(
    owner: Caller, database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    issue = await add_issue(database, clock, project, revision=revision)
    ben = await add_user(database, clock, "Ben")
    theirs = await add_project(database, clock, owner=ben)
    foreign = await add_drawing(
        database,
        clock,
        await add_revision(database, clock, await add_asset(database, clock, theirs)),
    )
    sibling = await add_drawing(
        database, clock,
        await add_revision(database, clock, await add_asset(database, clock, project, name="Lid")),
    )  # fmt: skip
    answers = []
    for drawing_id in (foreign.id, sibling.id, uuid7()):
        got = await owner.client.post(
            f"/api/v1/issues/{issue.id}/sheet",
            json={"drawing_id": str(drawing_id), "page": 0, "x": 0, "y": 0},
        )
        answers.append({**got.json(), "trace_id": None})
        assert got.status_code == 404
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"page": 2}, "unknown_sheet"),
        ({"x": 1.5}, "invalid"),
        ({"marks": [{"kind": "pen", "points": [[0, 0]] * 1000}] * 5}, "invalid"),
    ],
    ids=["page", "outside", "too much"],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_place_that_no_sheet_has_is_refused(
    owner: Caller, database: Database, clock: Clock, project: Project, revision: Revision,
    change: dict[str, object], code: str,
) -> None:  # fmt: skip
    drawing = await add_drawing(database, clock, revision)
    issue = await add_issue(database, clock, project, revision=revision)
    place = {"drawing_id": str(drawing.id), "page": 0, "x": 0.5, "y": 0.5, **change}
    refused = await owner.client.post(f"/api/v1/issues/{issue.id}/sheet", json=place)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_only_its_author_puts_a_comment_on_a_sheet(
    owner: Caller, app: FastAPI, database: Database, clock: Clock, project: Project,
    revision: Revision,
) -> None:  # fmt: skip
    drawing = await add_drawing(database, clock, revision)
    ria, vera = await add_user(database, clock, "Ria"), await add_user(database, clock, "Vera")
    await add_member(database, clock, project, ria, Role.REVIEWER)
    await add_member(database, clock, project, vera, Role.VIEWER)
    comment = await add_comment(database, clock, revision, author=ria.id)
    where = f"/api/v1/comments/{comment.id}/sheet"
    place = {"drawing_id": str(drawing.id), "page": 0, "x": 0.5, "y": 0.5}
    assert (await owner.client.post(where, json=place)).status_code == 403
    async with sign_in(app, database, clock, vera) as caller:
        assert (await caller.client.post(where, json=place)).status_code == 403
    async with sign_in(app, database, clock, ria) as caller:
        assert (await caller.client.post(where, json=place)).status_code == 201
