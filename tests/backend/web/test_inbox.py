"""The inbox over REST: pages, filters, marks; rows of others are not there."""

from datetime import timedelta
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Principal,
    Project,
    Role,
    add_asset,
    add_guest,
    add_notification,
    add_project,
    add_review,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from issue_builders import add_drawing, add_issue
from sqlalchemy import delete

from holotable.store.database import Database, uuid7
from holotable.store.tables import Member, Revision


async def told(
    database: Database, clock: Clock, project: Project, to: Principal, count: int, **columns: Any
) -> list[str]:
    """So many rows, each a moment after the other; their ids, newest first."""
    found = []
    for _ in range(count):
        clock.advance(seconds=1)
        revision = await add_revision(database, clock, await add_asset(database, clock, project))
        review = await add_review(
            database, clock, revision, approvers=[await _somebody(database, clock, project)]
        )
        row = await add_notification(database, clock, to, review=review, **columns)
        found.insert(0, str(row.id))
    return found


async def _somebody(database: Database, clock: Clock, project: Project) -> Principal:
    from builders import add_member

    person = await add_user(database, clock, f"Who {uuid7().hex}")
    await add_member(database, clock, project, person, Role.REVIEWER)
    return person


async def ids(caller: Caller, query: str = "") -> list[str]:
    answer = await caller.client.get(f"/api/v1/inbox{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_pages_come_newest_first_without_gaps_or_repeats(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    expected = await told(database, clock, project, owner.principal, 5)
    found, cursor = [], ""
    while True:
        answer = (await owner.client.get(f"/api/v1/inbox?limit=2{cursor}")).json()
        found += [one["id"] for one in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert found == expected
    assert answer["counts"] == {
        "open": 5, "unread": 5, "snoozed": 0, "done": 0, "kinds": {"review_requested": 5},
    }  # fmt: skip
    bad = await owner.client.get("/api/v1/inbox?cursor=WyJ4Il0")
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid")


async def test_a_row_names_what_it_is_about(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    (id_,) = await told(database, clock, project, owner.principal, 1, by=owner.id)
    (row,) = (await owner.client.get("/api/v1/inbox")).json()["items"]
    assert row["id"] == id_
    assert (row["thing"], row["title"], row["number"]) == ("review", "Gearbox housing", 1)
    assert row["by"] == {"id": str(owner.id), "name": "Mia Berg"}
    assert row["project"]["name"] == "Skid P-101"
    assert row["path"].startswith(f"/p/{project.id}/reviews/")


async def test_filters_marks_and_their_undoing(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    one, two, three = await told(database, clock, project, owner.principal, 3)
    path = "/api/v1/inbox"
    answer = await owner.client.patch(f"{path}/{one}", json={"state": "done"})
    assert answer.json()["state"] == "done"
    assert await ids(owner) == [two, three]
    assert await ids(owner, "?state=done") == [one]
    assert await ids(owner, "?state=all") == [one, two, three]
    assert await ids(owner, "?kind=mention&kind=due") == []
    assert await ids(owner, "?kind=review_requested") == [two, three]
    await owner.client.patch(f"{path}/{two}", json={"state": "read"})
    assert await ids(owner, "?state=unread") == [three]

    until = clock().isoformat()
    clock.advance(seconds=5)
    (later,) = await told(database, clock, project, owner.principal, 1)
    marked = await owner.client.post(f"{path}/mark", json={"state": "read", "until": until})
    assert marked.json()["ids"] == [three]
    assert await ids(owner, "?state=unread") == [later]
    await owner.client.post(f"{path}/mark", json={"state": "unread", "ids": [three, str(uuid7())]})
    assert await ids(owner, "?state=unread") == [later, three]
    neither = await owner.client.post(f"{path}/mark", json={"state": "read"})
    assert neither.status_code == 422


async def test_a_snoozed_row_is_away_until_its_time(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    (id_,) = await told(database, clock, project, owner.principal, 1)
    until = (clock() + timedelta(hours=3)).isoformat()
    path = f"/api/v1/inbox/{id_}"
    answer = await owner.client.patch(path, json={"snoozed_until": until})
    assert answer.status_code == 200
    assert await ids(owner) == []
    assert await ids(owner, "?state=snoozed") == [id_]
    past = await owner.client.patch(path, json={"snoozed_until": clock().isoformat()})
    assert past.status_code == 422
    clock.advance(hours=3)
    assert await ids(owner) == [id_]


async def test_rows_of_others_and_of_what_one_lost_answer_404(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    (mine,) = await told(database, clock, project, owner.principal, 1)
    ben = await add_user(database, clock, "Ben Okoro")
    other = await add_project(database, clock, owner=owner.principal, members={Role.VIEWER: ben})
    (bens,) = await told(database, clock, other, ben, 1)
    async with sign_in(app, database, clock, ben) as caller:
        assert (await caller.client.patch(f"/api/v1/inbox/{mine}", json={})).status_code == 404
        assert await ids(caller) == [bens]
        marked = {"state": "done", "ids": [mine]}
        assert (await caller.client.post("/api/v1/inbox/mark", json=marked)).json()["ids"] == []
        async with database.transaction() as session:
            await session.execute(delete(Member).where(Member.principal_id == ben.id))
        assert await ids(caller) == []
        gone = await caller.client.patch(f"/api/v1/inbox/{bens}", json={"state": "done"})
        assert gone.status_code == 404
    assert (await owner.client.patch(f"/api/v1/inbox/{bens}", json={})).status_code == 404


async def test_what_i_have_opened_is_read_for_me_alone(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await _somebody(database, clock, project)
    other, seen = [
        await add_review(
            database, clock, await _revision(database, clock, project), approvers=[ben]
        )
        for _ in range(2)
    ]
    for review in (other, seen):
        await add_notification(database, clock, owner.principal, review=review)

    async def opens(caller: Caller, thing: str, id_: Any) -> Any:
        answer = await caller.client.post(
            "/api/v1/inbox/seen", json={"thing": thing, "id": str(id_)}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["ids"]

    assert len(await opens(owner, "review", seen.id)) == 1
    assert await opens(owner, "review", seen.id) == []
    assert await opens(owner, "issue", seen.id) == []
    assert await opens(owner, "review", uuid7()) == []
    states = {one["path"].split("/")[-1]: one["state"] for one in await _of(owner)}
    assert states == {str(seen.id): "read", str(other.id): "unread"}
    assert [one["state"] for one in await _rows(app, database, clock, ben)] == ["unread"] * 2
    # What is done stays done.
    (row,) = [one for one in await _of(owner) if one["path"].endswith(str(seen.id))]
    await owner.client.patch(f"/api/v1/inbox/{row['id']}", json={"state": "done"})
    assert await opens(owner, "review", seen.id) == []
    assert row["id"] in await ids(owner, "?state=done")


async def _revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def _of(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await caller.client.get("/api/v1/inbox")).json()["items"]
    return found


async def _rows(
    app: FastAPI, database: Database, clock: Clock, who: Principal
) -> list[dict[str, Any]]:
    async with sign_in(app, database, clock, who) as caller:
        return await _of(caller)


async def test_a_row_names_the_sheet_on_which_its_issue_stands(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await _somebody(database, clock, project)
    revision = await _revision(database, clock, project)
    drawing = await add_drawing(database, clock, revision, "pump.pdf")
    made = await owner.client.post(
        f"/api/v1/projects/{project.id}/issues",
        json={"title": "Bore", "revision_id": str(revision.id), "assignee_id": str(ben.id)},
    )
    place = {"drawing_id": str(drawing.id), "page": 1, "x": 0.5, "y": 0.5}
    await owner.client.post(f"/api/v1/issues/{made.json()['id']}/sheet", json=place)
    (row,) = await _rows(app, database, clock, ben)
    assert row["sheet"] == {"drawing_name": "pump.pdf", "page": 1, "page_count": 2}
    assert row["path"] == f"/v/{revision.asset_id}/A?issue=1"


async def test_guests_have_no_inbox(
    app: FastAPI, project: Project, database: Database, clock: Clock
) -> None:
    dana = await add_guest(database, clock, project, Role.GUEST_LIVE)
    async with sign_in(app, database, clock, dana) as caller:
        for path in ("", "/events", "/waiting"):
            assert (await caller.client.get(f"/api/v1/inbox{path}")).status_code == 403
        seen = await caller.client.post(
            "/api/v1/inbox/seen", json={"thing": "issue", "id": str(uuid7())}
        )
        assert seen.status_code == 403
        assert (await caller.client.get("/api/v1/me/notification-settings")).status_code == 403


@pytest.mark.parametrize("verdict", [None, "comment", "request_changes"])
async def test_what_waits_for_me_is_counted_by_project(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock,
    verdict: str | None,
) -> None:  # fmt: skip
    ben = await _somebody(database, clock, project)
    await add_issue(database, clock, project, assignee_id=ben.id)
    await add_issue(database, clock, project, assignee_id=ben.id, category="closed")
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    review = await add_review(database, clock, revision, approvers=[ben], by=owner.principal)
    async with sign_in(app, database, clock, ben) as caller:
        if verdict is not None:
            said = {"revision_id": str(revision.id), "verdict": verdict, "text": "So."}
            given = await caller.client.post(f"/api/v1/reviews/{review.id}/verdicts", json=said)
            assert given.status_code == 201, given.text
        waiting = (await caller.client.get("/api/v1/inbox/waiting")).json()
    reviews = 0 if verdict == "request_changes" else 1
    assert waiting == [{"project_id": str(project.id), "issues": 1, "reviews": reviews}]


async def test_members_are_invited_to_a_session_and_nobody_else(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben = await _somebody(database, clock, project)
    stranger = await add_user(database, clock, "Eve Elsewhere")
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    meeting = await add_session(database, clock, revision)
    path = f"/api/v1/sessions/{meeting.id}/invitations"
    refused = await owner.client.post(path, json={"people": [str(ben.id), str(stranger.id)]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/people/1"
    assert (await owner.client.post(path, json={"people": [str(ben.id)]})).status_code == 204
    async with sign_in(app, database, clock, ben) as caller:
        (row,) = (await caller.client.get("/api/v1/inbox")).json()["items"]
    assert (row["kind"], row["path"]) == ("session_invited", f"/live/{meeting.id}")
    await owner.client.post(f"/api/v1/sessions/{meeting.id}/end")
    over = await owner.client.post(path, json={"people": [str(ben.id)]})
    assert over.status_code == 409
