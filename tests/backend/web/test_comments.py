"""Comments over REST: threads, mentions, edits, tombstones, and a comment that becomes an issue."""

from typing import Any

import pytest
from builders import (
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
from issue_builders import add_anchor, add_comment, add_issue

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Issue


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project) -> Issue:
    return await add_issue(database, clock, project)


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))


@pytest.fixture
async def ben(database: Database, clock: Clock, project: Project) -> Principal:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    return ben


def address(on: Issue | Revision) -> str:
    kind = "issues" if isinstance(on, Issue) else "revisions"
    return f"/api/v1/{kind}/{on.id}/comments"


async def say(
    caller: Caller, on: Issue | Revision, text: str = "Too thin", **body: Any
) -> Response:
    return await caller.client.post(address(on), json={"text": text, **body})


async def texts(caller: Caller, on: Issue | Revision, **query: Any) -> list[str]:
    answer = await caller.client.get(address(on), params=query)
    assert answer.status_code == 200, answer.text
    return [one["text"] for one in answer.json()["items"]]


async def test_a_thread_is_one_level_deep_and_reads_from_the_oldest(
    owner: Caller, issue: Issue, revision: Revision
) -> None:
    for on in (issue, revision):
        first = (await say(owner, on, "first\n\n**bold**")).json()
        answer = (await say(owner, on, "answer", reply_to=first["id"])).json()
        deeper = (await say(owner, on, "deeper", reply_to=answer["id"])).json()
        assert [one["reply_to"] for one in (first, answer, deeper)] == [None, *[first["id"]] * 2]
        assert await texts(owner, on) == ["first\n\n**bold**", "answer", "deeper"]
        page = (await owner.client.get(address(on), params={"limit": 2})).json()
        assert await texts(owner, on, cursor=page["next_cursor"]) == ["deeper"]


async def test_the_same_comment_sent_again_is_one_comment_and_another_is_refused(
    owner: Caller, issue: Issue
) -> None:
    id_ = str(uuid7())
    first, again = await say(owner, issue, id=id_), await say(owner, issue, id=id_)
    assert first.json() == again.json()
    other = await say(owner, issue, "Another", id=id_)
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    assert await texts(owner, issue) == ["Too thin"]


async def test_members_are_mentioned_by_name_by_login_and_by_id_and_hear_of_the_issue(
    owner: Caller, issue: Issue, ben: Principal
) -> None:
    typed = (
        await say(owner, issue, "@Ben Okoro and @mia.berg, not me@ben.okoro or @nobody")
    ).json()
    assert [one["name"] for one in typed["mentions"]] == ["Ben Okoro", "Mia Berg"]
    marked = (await say(owner, issue, f"ask @[whoever]({ben.id})")).json()
    assert marked["mentions"] == [{"id": str(ben.id), "name": "Ben Okoro"}]
    watchers = (await owner.client.get(f"/api/v1/issues/{issue.id}/watchers")).json()["items"]
    assert {one["name"] for one in watchers} == {"Ben Okoro", "Mia Berg"}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_mention_of_somebody_who_is_no_member_is_refused_by_name(
    owner: Caller, issue: Issue, database: Database, clock: Clock
) -> None:
    stranger = await add_user(database, clock, "Stranger")
    refused = await say(owner, issue, f"@[Stranger]({stranger.id}) look")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_mention")
    assert await texts(owner, issue) == []


async def test_an_edit_keeps_what_stood_there_before_and_only_the_author_edits(
    owner: Caller, issue: Issue, app: FastAPI, database: Database, clock: Clock, ben: Principal
) -> None:
    made = (await say(owner, issue, "Too thin")).json()
    path = f"/api/v1/comments/{made['id']}"
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.patch(path, json={"text": "Fine"})).status_code == 403
    edited = await owner.client.patch(
        path, json={"text": "Too thick"}, headers={"If-Match": made["etag"]}
    )
    assert edited.status_code == 200
    assert edited.json()["edited_at"] is not None
    stale = await owner.client.patch(path, json={"text": "Hm"}, headers={"If-Match": made["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    before = (await owner.client.get(f"{path}/edits")).json()["items"]
    assert [(one["text"], one["by"]["name"]) for one in before] == [("Too thin", "Mia Berg")]
    assert await texts(owner, issue) == ["Too thick"]


async def test_a_deleted_comment_is_a_tombstone_that_cannot_be_answered(
    owner: Caller, issue: Issue, app: FastAPI, database: Database, clock: Clock, ben: Principal
) -> None:
    async with sign_in(app, database, clock, ben) as caller:
        mine = (await say(caller, issue, "Wrong part")).json()
        path = f"/api/v1/comments/{mine['id']}"
        await say(owner, issue, "answer", reply_to=mine["id"])
        assert (await caller.client.delete(path)).status_code == 204
        tombstone = (await caller.client.get(path)).json()
        assert (tombstone["text"], tombstone["deleted_by"]["name"]) == ("", "Ben Okoro")
        refused = await say(caller, issue, "again", reply_to=mine["id"])
        assert (refused.status_code, refused.json()["code"]) == (409, "deleted_comment")
        assert (await caller.client.patch(path, json={"text": "x"})).status_code == 409
        assert (await caller.client.get(f"{path}/edits")).status_code == 403
    kept = (await owner.client.get(f"{path}/edits")).json()["items"]
    assert [one["text"] for one in kept] == ["Wrong part"]
    assert await texts(owner, issue) == ["", "answer"]


async def test_a_thread_is_resolved_reopened_and_opened_again_by_an_answer(
    owner: Caller, revision: Revision
) -> None:
    first = (await say(owner, revision, "first")).json()
    answer = (await say(owner, revision, "answer", reply_to=first["id"])).json()
    closed = await owner.client.post(f"/api/v1/comments/{answer['id']}/resolve")
    assert closed.json()["id"] == first["id"]
    assert closed.json()["resolved_by"]["name"] == "Mia Berg"
    assert await texts(owner, revision, resolved=False) == []
    opened = await owner.client.post(f"/api/v1/comments/{first['id']}/reopen")
    assert opened.json()["resolved_at"] is None
    await owner.client.post(f"/api/v1/comments/{first['id']}/resolve")
    await say(owner, revision, "but", reply_to=first["id"])
    assert await texts(owner, revision, resolved=False) == ["first", "answer", "but"]


async def test_a_comment_becomes_an_issue_with_its_thread_and_its_anchor_in_one_call(
    owner: Caller, revision: Revision, database: Database, clock: Clock
) -> None:
    made = (await say(owner, revision, "Wall is too thin here\nSee the drawing")).json()
    await say(owner, revision, "yes", reply_to=made["id"])
    row = await add_comment(database, clock, revision, "other")
    await add_anchor(database, clock, row, revision)
    path = f"/api/v1/comments/{made['id']}/issue"
    answer = await owner.client.post(path, json={"priority": "High"})
    assert answer.status_code == 201, answer.text
    issue = answer.json()
    assert (issue["title"], issue["priority"]) == ("Wall is too thin here", "High")
    assert issue["description"] == "Wall is too thin here\nSee the drawing"
    assert (issue["revision_id"], issue["comment_count"]) == (str(revision.id), 2)
    again = await owner.client.post(path, json={})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    items = (await owner.client.get(address(revision))).json()["items"]
    assert [one["became_issue_id"] for one in items] == [issue["id"], None, None]
    pinned = (await owner.client.post(f"/api/v1/comments/{row.id}/issue", json={})).json()
    assert pinned["anchor"]["occurrence_id"] == "valve"


async def test_a_comment_on_an_issue_of_another_project_is_as_unknown_as_none(
    owner: Caller, app: FastAPI, database: Database, clock: Clock, issue: Issue, project: Project
) -> None:
    ben = await add_user(database, clock, "Ben")
    theirs = await add_project(database, clock, owner=ben, name="theirs")
    foreign = await add_issue(database, clock, theirs)
    assert (await say(owner, foreign)).status_code == 404
    elsewhere = await add_comment(database, clock, await add_issue(database, clock, project))
    assert (await say(owner, issue, reply_to=str(elsewhere.id))).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_guest_who_takes_part_comments_and_makes_no_issue(
    owner: Caller, app: FastAPI, database: Database, clock: Clock, project: Project,
    issue: Issue,
) -> None:  # fmt: skip
    guest = await add_guest(database, clock, project, Role.GUEST_LIVE)
    async with sign_in(app, database, clock, guest) as caller:
        assert (await say(caller, issue, "as a guest")).status_code == 201
        refused = await caller.client.patch(f"/api/v1/issues/{issue.id}", json={"title": "x"})
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "reviewer")
    onlooker = await add_guest(database, clock, project, name="Eve")
    async with sign_in(app, database, clock, onlooker) as caller:
        refused = await say(caller, issue)
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "reviewer")
        assert await texts(caller, issue) == ["as a guest"]
