"""The event log over HTTP: cursors, tombstones, who may read what."""

import base64
from typing import Any

from builders import Caller, Clock, Project, add_asset, add_guest, add_member, add_user, sign_in
from fastapi import FastAPI

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.queries import events
from holotable.store.queries.events import Place
from holotable.web.changes import decode_place, encode_place


async def follow(caller: Caller, path: str, since: str | None = None, **more: Any) -> Any:
    params = {**({} if since is None else {"since": since}), **more}
    answer = await caller.client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def types(answer: Any) -> list[str]:
    return [one["type"].removeprefix("dev.holotable.").removesuffix(".v1") for one in
            answer["items"]]  # fmt: skip


async def test_the_feed_goes_on_where_it_stopped_and_tells_each_thing_once(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    path = f"/projects/{project.id}/changes"
    first = await follow(owner, path, limit=1)
    assert (types(first), first["more"]) == (["project.created"], True)
    second = await follow(owner, path, first["cursor"])
    assert (types(second), second["more"]) == (["member.added"], False)
    nothing = await follow(owner, path, second["cursor"])
    assert (types(nothing), nothing["cursor"]) == ([], second["cursor"])
    asset = await add_asset(database, clock, project, name="Pump")
    third = await follow(owner, "/changes", nothing["cursor"])
    assert types(third) == ["asset.created"]
    event = third["items"][0]
    assert event["subject"] == f"asset/{asset.id}"
    assert event["specversion"] == "1.0"
    assert event["source"] == f"http://localhost:8080/api/v1/projects/{project.id}"
    assert event["data"]["url"] == f"http://localhost:8080/p/{project.id}/a/{asset.id}"


async def test_an_issue_by_rest_is_told_with_who_did_it_and_its_trash_is_a_tombstone(
    owner: Caller, project: Project
) -> None:
    start = (await follow(owner, "/changes", "latest"))["cursor"]
    issues = f"/api/v1/projects/{project.id}/issues"
    made = await owner.client.post(issues, json={"title": "Bore too small"})
    issue = made.json()
    path = f"/api/v1/issues/{issue['id']}"
    said = await owner.client.post(f"{path}/comments", json={"text": "Please **look**"})
    assert said.status_code == 201, said.text
    gone = await owner.client.delete(path, headers={"If-Match": made.headers["ETag"]})
    assert gone.status_code == 204, gone.text
    answer = await follow(owner, "/changes", start)
    assert types(answer) == ["issue.created", "comment.created", "issue.trashed"]
    assert [one["data"]["deleted"] for one in answer["items"]] == [False, False, True]
    assert {one["data"]["by"]["name"] for one in answer["items"]} == {"Mia Berg"}
    assert answer["items"][1]["data"]["comment_id"] == said.json()["id"]
    assert "look" not in str(answer)
    assert types(await follow(owner, "/changes", start, type="issue.created")) == ["issue.created"]


async def test_the_changer_is_named_for_members_and_projects(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    start = (await follow(owner, "/changes", "latest"))["cursor"]
    path = f"/api/v1/projects/{project.id}"
    await owner.client.patch(path, json={"name": "Skid P-102"})
    ben = await add_user(database, clock, "Ben")
    await owner.client.put(f"{path}/members/{ben.id}", json={"role": "viewer"})
    await owner.client.delete(path)
    answer = await follow(owner, "/changes", start)
    # The project is in the trash: of all that is behind the cursor only this is still told.
    assert types(answer) == ["project.trashed"]
    await owner.client.post(f"{path}/restore")
    answer = await follow(owner, "/changes", start)
    assert types(answer) == [
        "project.updated", "member.added", "project.trashed", "project.restored",
    ]  # fmt: skip
    assert {one["data"]["by"]["name"] for one in answer["items"]} == {"Mia Berg"}


async def test_strangers_guests_and_other_projects_get_nothing(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "Ben")
    async with sign_in(app, database, clock, ben) as caller:
        path = f"/api/v1/projects/{project.id}/changes"
        assert (await caller.client.get(path)).status_code == 404
        assert types(await follow(caller, "/changes")) == []
        theirs = (await follow(owner, "/changes"))["cursor"]
        assert types(await follow(caller, "/changes", theirs)) == []
        await add_member(database, clock, project, ben, Role.VIEWER)
        assert "project.created" in types(await follow(caller, "/changes"))
    guest = await add_guest(database, clock, project)
    async with sign_in(app, database, clock, guest) as caller:
        for path in ("/api/v1/changes", f"/api/v1/projects/{project.id}/changes"):
            assert (await caller.client.get(path)).status_code == 403


async def test_foreign_and_forgotten_cursors_have_codes_of_their_own(
    owner: Caller, project: Project, database: Database
) -> None:
    async def code(since: str) -> tuple[int, str]:
        answer = await owner.client.get("/api/v1/changes", params={"since": since})
        return answer.status_code, answer.json()["code"]

    cursor = (await follow(owner, "/changes"))["cursor"]
    place = decode_place(cursor)
    assert encode_place(place) == cursor
    packed = bytearray(base64.urlsafe_b64decode(cursor + "=="))
    packed[0] = 9
    later = base64.urlsafe_b64encode(bytes(packed)).decode().rstrip("=")
    for wrong in ("", "yesterday", cursor[:-3], "Ä" * 30, later):
        assert await code(wrong) == (422, "cursor_unknown")
    # A backup was played back: the number is there, with another event, or is not there yet.
    assert await code(encode_place(Place(place.number, uuid7()))) == (410, "cursor_expired")
    assert await code(encode_place(Place(10**6, uuid7()))) == (410, "cursor_expired")
    answer = await owner.client.get("/api/v1/changes", params={"type": "issue.exploded"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_first_question_begins_with_what_is_kept(
    owner: Caller, project: Project, database: Database
) -> None:
    async with database.transaction() as session:
        await events.number_new(session)
        counter = await events.lock(session)
        counter.forgotten = 1
    assert types(await follow(owner, "/changes")) == ["member.added"]
