"""Issues over REST: made once, changed by two people, listed, counted, trashed and restored."""

from typing import Any

import pytest
from builders import (
    Asset,
    Caller,
    Clock,
    Principal,
    Project,
    Revision,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response
from issue_builders import add_comment, add_issue

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Skid")


@pytest.fixture
async def revision(database: Database, clock: Clock, asset: Asset) -> Revision:
    return await add_revision(database, clock, asset)


@pytest.fixture
async def ben(database: Database, clock: Clock, project: Project) -> Principal:
    """A reviewer of the project."""
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    return ben


async def make(
    caller: Caller, project: Project, title: str = "Bore too small", **body: Any
) -> Response:
    path = f"/api/v1/projects/{project.id}/issues"
    return await caller.client.post(path, json={"title": title, **body})


async def listed(caller: Caller, project: Project, **query: Any) -> dict[str, Any]:
    answer = await caller.client.get(f"/api/v1/projects/{project.id}/issues", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def titles(caller: Caller, project: Project, **query: Any) -> list[str]:
    return [one["title"] for one in (await listed(caller, project, **query))["items"]]


async def test_an_issue_begins_as_the_project_says_with_the_next_number(
    owner: Caller, project: Project, revision: Revision
) -> None:
    first = await make(owner, project, revision_id=str(revision.id))
    assert first.status_code == 201, first.text
    issue = first.json()
    assert issue["number"] == 1
    assert issue["server_assigned_id"] == "ISSUE-00001"
    assert (issue["type"], issue["status"], issue["category"], issue["priority"]) == (
        "Issue", "Open", "open", "Normal",
    )  # fmt: skip
    assert issue["asset_id"] == str(revision.asset_id)
    assert issue["revision_label"] == "A"
    assert issue["guid"] == issue["id"]
    assert issue["watching"] is True
    assert (await make(owner, project)).json()["number"] == 2
    got = await owner.client.get(first.headers["location"])
    assert got.json() == issue
    assert first.headers["etag"] == issue["etag"]
    assert got.headers["etag"].startswith(issue["etag"][:-1])  # and a digest of the answer


async def test_every_field_comes_back_as_it_was_said(
    owner: Caller, project: Project, ben: Principal
) -> None:
    other = (await make(owner, project, "Other")).json()["id"]
    said = {
        "type": "Clash", "status": "In Progress", "priority": "High",
        "description": "**Pipe** through beam\n\n* 3 mm", "assignee_id": str(ben.id),
        "due_at": "2026-02-01T00:00:00Z", "blocking": True, "labels": ["piping", "site B"],
        "reference_links": ["https://plm.example/4711"], "related": [other],
        "external_system": "plm", "external_id": "ECR-12",
    }  # fmt: skip
    issue = (await make(owner, project, **said)).json()
    assert issue["assignee"] == {"id": str(ben.id), "name": "Ben Okoro"}
    assert issue["category"] == "in_progress"
    assert {name: issue[name] for name in said if name != "assignee_id"} == {
        name: value for name, value in said.items() if name != "assignee_id"
    }


async def test_the_same_request_with_the_same_id_makes_one_issue_and_another_is_refused(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock, ben: Principal
) -> None:
    id_ = str(uuid7())
    first = await make(owner, project, id=id_)
    again = await make(owner, project, id=id_)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await make(owner, project, "Something else", id=id_)
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    async with sign_in(app, database, clock, ben) as caller:
        taken = await make(caller, project, id=id_)
    assert taken.json()["code"] == "id_taken"
    assert await titles(owner, project) == ["Bore too small"]


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"type": "Ticket"}, "outside_vocabulary", 422),
        ({"status": "Reopened"}, "outside_vocabulary", 422),
        ({"priority": "Urgent"}, "outside_vocabulary", 422),
        ({"stage": "Concept"}, "outside_vocabulary", 422),
        ({"assignee_id": "0190b6d4-0000-7000-8000-000000000000"}, "unknown_assignee", 422),
        ({"title": "  "}, "invalid", 422),
        ({"title": "a\u0000b"}, "invalid", 422),
        ({"properties": {"wall": 3}}, "invalid", 422),
        ({"related": ["0190b6d4-0000-7000-8000-000000000000"]}, "not_found", 404),
        ({"revision_id": "0190b6d4-0000-7000-8000-000000000000"}, "not_found", 404),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_wrong_has_its_name_and_nothing_is_kept(
    owner: Caller, project: Project, body: dict[str, Any], code: str, status: int
) -> None:
    refused = await owner.client.post(
        f"/api/v1/projects/{project.id}/issues", json={"title": "x", **body}
    )
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (status, code), problem
    assert problem["remedy"]
    assert await titles(owner, project) == []


async def test_two_people_changing_one_issue_the_second_learns_what_the_first_changed(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock, ben: Principal
) -> None:
    issue = (await make(owner, project)).json()
    path = f"/api/v1/issues/{issue['id']}"
    async with sign_in(app, database, clock, ben) as caller:
        first = await caller.client.patch(
            path, json={"status": "Resolved", "priority": "Low"},
            headers={"If-Match": issue["etag"]},
        )  # fmt: skip
    assert first.status_code == 200
    second = await owner.client.patch(
        path, json={"title": "Bore is 0.5 mm too small"}, headers={"If-Match": issue["etag"]}
    )
    problem = second.json()
    assert (second.status_code, problem["code"]) == (412, "issue_changed")
    facts = problem["facts"]
    assert facts["current"] == first.headers["etag"]
    assert facts["updated_by"] == {"id": str(ben.id), "name": "Ben Okoro"}
    assert facts["issue"]["status"] == "Resolved"
    assert [(c["field"], c["before"], c["after"], c["by"]["name"]) for c in facts["changes"]] == [
        ("status", "Open", "Resolved", "Ben Okoro"),
        ("priority", "Normal", "Low", "Ben Okoro"),
    ]
    again = await owner.client.patch(
        path, json={"title": "Bore is 0.5 mm too small"}, headers={"If-Match": facts["current"]}
    )
    assert again.status_code == 200
    assert again.json()["status"] == "Resolved"


async def test_a_change_that_changes_nothing_leaves_the_etag_and_the_history_alone(
    owner: Caller, project: Project
) -> None:
    issue = (await make(owner, project)).json()
    path = f"/api/v1/issues/{issue['id']}"
    same = await owner.client.patch(path, json={"title": issue["title"], "labels": []})
    assert same.headers["etag"] == issue["etag"]
    history = (await owner.client.get(f"{path}/history")).json()["items"]
    assert [one["kind"] for one in history] == ["created"]


async def test_the_history_says_who_changed_what_from_what_to_what(
    owner: Caller, project: Project, ben: Principal
) -> None:
    issue = (await make(owner, project)).json()
    path = f"/api/v1/issues/{issue['id']}"
    await owner.client.patch(path, json={"assignee_id": str(ben.id), "due_at": "2026-03-01"})
    await owner.client.patch(path, json={"due_at": None})
    items = (await owner.client.get(f"{path}/history")).json()["items"]
    assert [(one["kind"], one["field"], one["before"], one["after"]) for one in items] == [
        ("changed", "due_at", "2026-03-01T00:00:00+00:00", None),
        ("changed", "due_at", None, "2026-03-01T00:00:00+00:00"),
        ("changed", "assignee_id", None, str(ben.id)),
        ("created", None, None, None),
    ]
    assert {one["by"]["name"] for one in items} == {"Mia Berg"}
    first = (await owner.client.get(f"{path}/history", params={"limit": 3})).json()
    rest = (
        await owner.client.get(
            f"{path}/history", params={"limit": 3, "cursor": first["next_cursor"]}
        )
    ).json()
    assert first["items"] + rest["items"] == items


async def test_lists_are_filtered_by_every_question_and_counted_for_a_board(
    owner: Caller, project: Project, database: Database, clock: Clock, ben: Principal,
    revision: Revision,
) -> None:  # fmt: skip
    await make(owner, project, "one", labels=["a", "b"], priority="High")
    await make(owner, project, "two", labels=["a"], assignee_id=str(ben.id), blocking=True)
    await make(owner, project, "three", status="Closed", due_at="2026-01-01")
    await make(owner, project, "four", due_at="2026-01-02", revision_id=str(revision.id))
    ask = {
        "one": {"label": ["a", "b"]},
        "two": {"assignee": str(ben.id)},
        "three": {"status": "Closed"},
        "four": {"overdue": True},
    }
    for title, query in ask.items():
        assert await titles(owner, project, **query) == [title], query
    assert await titles(owner, project, assignee=["none"], category="open") == ["four", "one"]
    assert await titles(owner, project, assignee="me") == []
    assert await titles(owner, project, blocking=True) == ["two"]
    assert await titles(owner, project, revision_id=str(revision.id)) == ["four"]
    assert await titles(owner, project, asset_id=str(revision.asset_id)) == ["four"]
    assert await titles(owner, project, priority=["High", "Low"]) == ["one"]
    assert await titles(owner, project, created_by="me", due_before="2026-01-02") == ["three"]
    assert await titles(owner, project, anchor="detached") == []
    board = await listed(owner, project, status="Open", counts=True)
    assert board["counts"] == {"Open": 3, "Closed": 1}
    assert [one["title"] for one in board["items"]] == ["four", "two", "one"]
    assert [one["overdue"] for one in board["items"]] == [True, False, False]


async def test_a_number_a_word_and_a_word_of_a_comment_find_an_issue(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    await add_issue(database, clock, project, "Bore")
    second = await add_issue(database, clock, project, "Weld", description="seam 7 is open")
    await add_comment(database, clock, second, "Ärmel reißt 100%")
    assert await titles(owner, project, q="#1") == ["Bore"]
    assert await titles(owner, project, q="seam open") == ["Weld"]
    assert await titles(owner, project, q="ärmel 100%") == ["Weld"]
    assert await titles(owner, project, q="100_") == []


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("number", ["b", "A", "c"]),
        ("title", ["A", "b", "c"]),
        ("priority", ["c", "b", "A"]),
        ("due", ["A", "c", "b"]),
        ("status", ["A", "b", "c"]),
    ],
)
async def test_every_order_is_walked_page_by_page_without_a_gap(
    owner: Caller, project: Project, sort: str, expected: list[str]
) -> None:
    await make(owner, project, "b", priority="Normal", status="In Progress")
    await make(owner, project, "A", priority="Low", due_at="2026-01-01")
    await make(owner, project, "c", priority="High", due_at="2026-05-01", status="Closed")
    for descending in (False, True):
        walked: list[str] = []
        cursor: str | None = None
        while True:
            query = {"sort": sort, "descending": descending, "limit": 1}
            page = await listed(owner, project, **query, **({"cursor": cursor} if cursor else {}))
            walked += [one["title"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert walked == (expected[::-1] if descending else expected)
    odd = await owner.client.get(
        f"/api/v1/projects/{project.id}/issues", params={"cursor": "bm9uc2Vuc2U"}
    )
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid")


async def test_many_are_changed_at_once_and_each_says_what_became_of_it(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    one = (await make(owner, project, "one", labels=["x"])).json()
    two = (await make(owner, project, "two")).json()
    elsewhere = await add_project(database, clock, owner=owner.principal, name="other")
    foreign = await add_issue(database, clock, elsewhere)
    answer = await owner.client.post(
        f"/api/v1/projects/{project.id}/issues/bulk",
        json={
            "items": [
                {"id": one["id"], "etag": one["etag"]},
                {"id": two["id"], "etag": '"stale"'},
                {"id": str(foreign.id)},
                {"id": str(uuid7())},
            ],
            "change": {"priority": "High"},
            "add_labels": ["y"],
        },
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["done"] == 1
    assert [item["done"] for item in found["items"]] == [True, False, False, False]
    codes = [item["problem"] and item["problem"]["code"] for item in found["items"]]
    assert codes == [None, "issue_changed", "not_found", "not_found"]
    changed = (await owner.client.get(f"/api/v1/issues/{one['id']}")).json()
    assert (changed["priority"], changed["labels"]) == ("High", ["x", "y"])
    assert changed["etag"] == found["items"][0]["etag"]
    assert (await owner.client.get(f"/api/v1/issues/{two['id']}")).json() == two
    gone = await owner.client.post(
        f"/api/v1/projects/{project.id}/issues/bulk",
        json={"items": [{"id": one["id"]}, {"id": two["id"]}], "trash": True},
    )
    assert gone.json()["done"] == 2
    assert await titles(owner, project) == []


async def test_an_issue_goes_to_the_trash_and_comes_back_with_its_number(
    owner: Caller, project: Project
) -> None:
    issue = (await make(owner, project)).json()
    path = f"/api/v1/issues/{issue['id']}"
    assert (await owner.client.delete(path)).status_code == 204
    assert (await owner.client.get(path)).status_code == 404
    assert await titles(owner, project) == []
    trash = await owner.client.get(f"/api/v1/projects/{project.id}/trashed-issues")
    assert [one["title"] for one in trash.json()["items"]] == [issue["title"]]
    assert (await make(owner, project, "next")).json()["number"] == 2
    back = await owner.client.post(f"{path}/restore")
    assert (back.status_code, back.json()["number"]) == (200, 1)
    assert (await owner.client.get(path)).status_code == 200


async def test_a_reviewer_puts_away_only_his_own_issues_and_a_viewer_none(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock, ben: Principal
) -> None:
    theirs = (await make(owner, project)).json()
    async with sign_in(app, database, clock, ben) as caller:
        refused = await caller.client.delete(f"/api/v1/issues/{theirs['id']}")
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "editor")
        mine = (await make(caller, project, "mine")).json()
        assert mine["may_trash"] is True
        assert (await caller.client.delete(f"/api/v1/issues/{mine['id']}")).status_code == 204
    viewer = await add_user(database, clock, "Vera")
    await add_member(database, clock, project, viewer, Role.VIEWER)
    async with sign_in(app, database, clock, viewer) as caller:
        assert (await titles(caller, project)) == [theirs["title"]]
        refused = await make(caller, project)
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "reviewer")


async def test_a_guest_of_one_asset_sees_its_issues_and_no_others(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock,
    asset: Asset, revision: Revision,
) -> None:  # fmt: skip
    await add_issue(database, clock, project, "of the project")
    await add_issue(database, clock, project, "of the skid", revision=revision)
    other = await add_revision(database, clock, await add_asset(database, clock, project, "Pump"))
    hidden = await add_issue(database, clock, project, "of the pump", revision=other)
    guest = await add_guest(database, clock, project, asset=asset)
    async with sign_in(app, database, clock, guest) as caller:
        assert await titles(caller, project) == ["of the skid"]
        assert (await caller.client.get(f"/api/v1/issues/{hidden.id}")).status_code == 404


async def test_watchers_come_by_what_they_do_and_stay_away_when_they_left(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock, ben: Principal
) -> None:
    issue = (await make(owner, project, description="@Ben Okoro please")).json()
    path = f"/api/v1/issues/{issue['id']}/watchers"

    async def names() -> list[str]:
        return [one["name"] for one in (await owner.client.get(path)).json()["items"]]

    assert await names() == ["Ben Okoro", "Mia Berg"]
    assert await titles(owner, project, watching=True) == [issue["title"]]
    async with sign_in(app, database, clock, ben) as caller:
        await caller.client.delete(f"{path}/{ben.id}")
        assert await names() == ["Mia Berg"]
        await owner.client.patch(f"/api/v1/issues/{issue['id']}", json={"assignee_id": str(ben.id)})
        assert await names() == ["Mia Berg"]
        assert (await owner.client.put(f"{path}/{ben.id}")).status_code == 403
        assert (await caller.client.put(f"{path}/{ben.id}")).status_code == 200
    assert await names() == ["Ben Okoro", "Mia Berg"]
    stranger = await add_user(database, clock, "Stranger")
    assert (await owner.client.put(f"{path}/{stranger.id}")).status_code == 404
