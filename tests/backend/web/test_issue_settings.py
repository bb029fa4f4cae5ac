"""The words of a project's issues and the questions people keep about them."""

from typing import Any

import pytest
from builders import Caller, Clock, Project, add_member, add_user, sign_in
from fastapi import FastAPI
from issue_builders import add_issue

from holotable.review.issue import DEFAULTS
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7

QUERY = {"parameters": {"assignee": ["me"], "category": ["open", "in_progress"]}, "view": "board"}


async def put(caller: Caller, project: Project, **changes: Any) -> Any:
    settings = {**DEFAULTS.model_dump(mode="json"), **changes}
    return await caller.client.put(
        f"/api/v1/projects/{project.id}/issue-settings", json={"settings": settings}
    )


async def test_a_project_begins_with_the_words_of_bcf_and_may_have_its_own(
    owner: Caller, project: Project
) -> None:
    path = f"/api/v1/projects/{project.id}/issue-settings"
    first = await owner.client.get(path)
    assert first.json()["own"] is False
    assert first.json()["settings"] == DEFAULTS.model_dump(mode="json")
    types = [
        {
            "name": "Safety",
            "description": "Who is hurt?",
            "properties": [
                {"key": "risk", "name": "Risk", "kind": "one_of", "options": ["low", "high"],
                 "required": True},
                {"key": "gap", "name": "Gap", "kind": "measurement", "quantity": "length"},
            ],
        }
    ]  # fmt: skip
    changed = await put(owner, project, types=types, default_type="Safety")
    assert changed.status_code == 200, changed.text
    assert changed.json()["updated_by"]["name"] == "Mia Berg"
    stale = await owner.client.put(
        path, json={"settings": DEFAULTS.model_dump(mode="json")},
        headers={"If-Match": first.headers["etag"]},
    )  # fmt: skip
    assert stale.status_code == 412
    issues = f"/api/v1/projects/{project.id}/issues"
    lacking = await owner.client.post(issues, json={"title": "Edge"})
    assert lacking.json()["errors"][0]["pointer"] == "/properties/risk"
    wrong = await owner.client.post(issues, json={"title": "Edge", "properties": {"risk": "mid"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "outside_vocabulary")
    properties = {"risk": "high", "gap": {"value": 0.0021, "exact": True}}
    made = await owner.client.post(issues, json={"title": "Edge", "properties": properties})
    assert made.json()["properties"] == properties
    assert made.json()["description"] == "Who is hurt?"


async def test_statuses_follow_each_other_as_the_project_says(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    statuses = [
        {"name": "Open", "category": "open", "leads_to": ["Resolved"]},
        {"name": "Resolved", "category": "resolved"},
        {"name": "Closed", "category": "closed"},
    ]
    assert (await put(owner, project, statuses=statuses)).status_code == 200
    issue = await add_issue(database, clock, project)
    path = f"/api/v1/issues/{issue.id}"
    refused = await owner.client.patch(path, json={"status": "Closed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "status_not_reachable")
    assert refused.json()["facts"]["leads_to"] == ["Resolved"]
    for status in ("Resolved", "Closed"):
        assert (await owner.client.patch(path, json={"status": status})).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"types": []},
        {"default_status": "Done"},
        {"statuses": [{"name": "Open", "category": "open"}, {"name": "B", "category": "open"}]},
        {"labels": ["a", "a"]},
        {"types": [{"name": "Issue", "properties": [{"key": "a", "name": "A", "kind": "one_of"}]}]},
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_words_that_do_not_fit_together_are_refused(
    owner: Caller, project: Project, changes: dict[str, Any]
) -> None:
    refused = await put(owner, project, **changes)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_filters_are_kept_shared_and_changed_by_those_who_may(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock
) -> None:
    path = f"/api/v1/projects/{project.id}/issue-filters"
    body = {"id": str(uuid7()), "name": "Mine", "query": QUERY}
    made = await owner.client.post(path, json=body)
    assert made.status_code == 201, made.text
    assert made.json()["query"] == QUERY
    assert (await owner.client.post(path, json=body)).json() == made.json()
    taken = await owner.client.post(path, json={**body, "name": "Other"})
    assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")
    shared = await owner.client.post(path, json={"name": "All", "shared": True, "query": QUERY})
    viewer = await add_user(database, clock, "Vera")
    await add_member(database, clock, project, viewer, Role.VIEWER)
    async with sign_in(app, database, clock, viewer) as caller:
        seen = (await caller.client.get(path)).json()["items"]
        assert [(one["name"], one["may_change"]) for one in seen] == [("All", False)]
        at = f"/api/v1/issue-filters/{shared.json()['id']}"
        assert (await caller.client.delete(at)).status_code == 403
        assert (
            await caller.client.get(f"/api/v1/issue-filters/{made.json()['id']}")
        ).status_code in (404, 405)
        refused = await caller.client.post(
            path, json={"name": "For all", "shared": True, "query": QUERY}
        )
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "reviewer")
        assert (
            await caller.client.post(path, json={"name": "Own", "query": QUERY})
        ).status_code == (201)
    renamed = await owner.client.patch(
        f"/api/v1/issue-filters/{made.json()['id']}", json={"name": "Ours", "shared": True}
    )
    assert (renamed.json()["name"], renamed.json()["shared"]) == ("Ours", True)
    assert [one["name"] for one in (await owner.client.get(path)).json()["items"]] == [
        "All",
        "Ours",
    ]
