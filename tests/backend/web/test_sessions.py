from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    Session,
    add_asset,
    add_member,
    add_project,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from issue_builders import add_issue

from holotable.review.roles import Role
from holotable.store.database import Database

SESSIONS = "/api/v1/sessions"


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision) -> Session:
    return await add_session(database, clock, revision, code="482913")


async def member(
    app: FastAPI, database: Database, clock: Clock, project: Project, role: Role
) -> AsyncIterator[Caller]:
    principal = await add_user(database, clock, role.value.title())
    await add_member(database, clock, project, principal, role)
    async with sign_in(app, database, clock, principal) as caller:
        yield caller


@pytest.fixture
async def viewer(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    async for caller in member(app, database, clock, project, Role.VIEWER):
        yield caller


@pytest.fixture
async def reviewer(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    async for caller in member(app, database, clock, project, Role.REVIEWER):
        yield caller


@pytest.fixture
async def stranger(app: FastAPI, database: Database, clock: Clock) -> AsyncIterator[Caller]:
    principal = await add_user(database, clock, "Sam Stranger")
    async with sign_in(app, database, clock, principal) as caller:
        yield caller


async def test_a_session_is_started_found_listed_and_ended(
    owner: Caller, project: Project, revision: Revision
) -> None:
    answer = await owner.client.post(
        f"/api/v1/projects/{project.id}/sessions", json={"revision_id": str(revision.id)}
    )
    assert answer.status_code == 201, answer.text
    started = answer.json()
    assert (started["name"], started["people"], started["ended_at"]) == ("Skid A", 0, None)
    assert len(started["code"]) == 6
    assert started["created_by"]["name"] == "Mia Berg"
    link = f"http://localhost:8080/live/{started['id']}?k={started['code']}"
    assert started["join_url"] == link
    assert (await owner.client.get(f"{SESSIONS}/{started['id']}")).json() == started
    listed = await owner.client.get(f"/api/v1/projects/{project.id}/sessions")
    assert listed.json() == {"items": [started], "next_cursor": None}
    ended = (await owner.client.post(f"{SESSIONS}/{started['id']}/end")).json()
    assert ended["ended_at"] is not None
    assert ended["code"] is None


async def test_a_viewer_sees_a_session_but_no_code_and_cannot_start_or_end_one(
    viewer: Caller, project: Project, revision: Revision, meeting: Session
) -> None:
    seen = (await viewer.client.get(f"{SESSIONS}/{meeting.id}")).json()
    assert (seen["code"], seen["join_url"].partition("?")[2]) == (None, "")
    refused = await viewer.client.post(
        f"/api/v1/projects/{project.id}/sessions", json={"revision_id": str(revision.id)}
    )
    assert refused.status_code == 403
    assert (await viewer.client.post(f"{SESSIONS}/{meeting.id}/end")).status_code == 403


async def test_only_the_host_or_an_editor_ends_a_session(
    owner: Caller, reviewer: Caller, project: Project, revision: Revision, meeting: Session
) -> None:
    assert (await reviewer.client.post(f"{SESSIONS}/{meeting.id}/end")).status_code == 403
    own = await reviewer.client.post(
        f"/api/v1/projects/{project.id}/sessions", json={"revision_id": str(revision.id)}
    )
    assert (await reviewer.client.post(f"{SESSIONS}/{own.json()['id']}/end")).status_code == 200
    assert (await owner.client.post(f"{SESSIONS}/{meeting.id}/end")).status_code == 200


async def test_a_stranger_finds_no_session_and_gets_no_ticket(
    stranger: Caller, revision: Revision, meeting: Session
) -> None:
    paths = (
        ("GET", f"{SESSIONS}/{meeting.id}"),
        ("POST", f"{SESSIONS}/{meeting.id}/end"),
        ("POST", f"{SESSIONS}/{meeting.id}/tickets"),
        ("POST", f"/api/v1/revisions/{revision.id}/tickets"),
        ("GET", f"{SESSIONS}/{revision.id}"),
    )
    for method, path in paths:
        answer = await stranger.client.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_a_session_belongs_to_the_project_of_its_revision(
    owner: Caller, database: Database, clock: Clock, revision: Revision
) -> None:
    other = await add_project(database, clock, owner=owner.principal, name="Other")
    answer = await owner.client.post(
        f"/api/v1/projects/{other.id}/sessions", json={"revision_id": str(revision.id)}
    )
    assert answer.status_code == 404


async def test_a_ticket_names_the_socket_to_open(owner: Caller, meeting: Session) -> None:
    answer = await owner.client.post(f"{SESSIONS}/{meeting.id}/tickets", json={"device": "headset"})
    ticket = answer.json()
    assert ticket["url"] == f"ws://localhost:8080/api/v1/sessions/{meeting.id}/live"
    assert ticket["session_id"] == str(meeting.id)
    wrong = await owner.client.post(f"{SESSIONS}/{meeting.id}/tickets", json={"device": "toaster"})
    assert wrong.status_code == 422


async def test_a_ticket_names_the_node_that_owns_the_room(
    app: FastAPI, owner: Caller, database: Database, meeting: Session
) -> None:
    async with database.transaction() as transaction:
        row = await transaction.get(Session, meeting.id)
        assert row is not None
        row.owner_url = "https://two.example"
        row.lease_until = datetime.now(UTC) + timedelta(minutes=1)
    answer = await owner.client.post(f"{SESSIONS}/{meeting.id}/tickets", json={})
    assert answer.json()["url"] == f"wss://two.example/api/v1/sessions/{meeting.id}/live"


async def test_every_look_at_a_revision_leads_to_the_same_table(
    owner: Caller, viewer: Caller, revision: Revision
) -> None:
    path = f"/api/v1/revisions/{revision.id}/tickets"
    answers = [await caller.client.post(path, json={}) for caller in (owner, viewer, owner)]
    assert len({answer.json()["session_id"] for answer in answers}) == 1
    assert len({answer.json()["ticket"] for answer in answers}) == 3


async def test_a_code_shows_what_it_opens_and_a_name_opens_it(
    client: AsyncClient, revision: Revision, meeting: Session
) -> None:
    preview = (await client.post("/api/v1/join", json={"code": "482 913"})).json()
    assert preview == {
        "session_id": str(meeting.id), "name": "Friday review", "needs_name": True,
        "recording": False, "waits": False,
    }  # fmt: skip
    assert (await client.get("/api/v1/me")).status_code == 401
    joined = (await client.post("/api/v1/join", json={"code": "482913", "name": "Dana"})).json()
    assert (joined["asset_id"], joined["label"]) == (str(revision.asset_id), "A")
    me = (await client.get("/api/v1/me")).json()
    assert (me["kind"], me["name"], me["guest"]["session_id"]) == ("guest", "Dana", str(meeting.id))
    assert (await client.get(f"{SESSIONS}/{meeting.id}")).json()["code"] is None


async def test_a_guest_of_a_session_loses_everything_when_it_ends(
    owner: Caller, client: AsyncClient, meeting: Session
) -> None:
    await client.post("/api/v1/join", json={"code": "482913", "name": "Dana"})
    assert (await client.get(f"{SESSIONS}/{meeting.id}")).status_code == 200
    await owner.client.post(f"{SESSIONS}/{meeting.id}/end")
    assert (await client.get(f"{SESSIONS}/{meeting.id}")).status_code in (401, 404)


async def test_a_signed_in_stranger_enters_by_code_under_their_own_name(
    stranger: Caller, meeting: Session
) -> None:
    joined = (await stranger.client.post("/api/v1/join", json={"code": "482913"})).json()
    assert (joined["name"], joined["needs_name"]) == ("Sam Stranger", False)
    answer = await stranger.client.post(f"{SESSIONS}/{meeting.id}/tickets", json={})
    assert answer.status_code == 201


async def test_a_code_does_not_raise_a_members_role(
    viewer: Caller, project: Project, meeting: Session
) -> None:
    await viewer.client.post("/api/v1/join", json={"code": "482913"})
    seen = (await viewer.client.get(f"/api/v1/projects/{project.id}")).json()
    assert seen["role"] == "viewer"


async def test_joining_without_a_code_works_only_for_who_sees_the_session(
    owner: Caller, stranger: Caller, client: AsyncClient, meeting: Session
) -> None:
    body = {"session_id": str(meeting.id), "name": "Dana"}
    assert (await owner.client.post("/api/v1/join", json=body)).json()["name"] == "Mia Berg"
    for nobody in (stranger.client, client):
        assert (await nobody.post("/api/v1/join", json=body)).status_code == 404
    assert (await client.post("/api/v1/join", json={"name": "Dana"})).status_code == 422


async def test_ten_wrong_codes_in_a_minute_are_throttled_and_right_ones_are_not(
    client: AsyncClient, owner: Caller, meeting: Session, clock: Clock
) -> None:
    right = {"code": meeting.code}
    for _ in range(15):  # a classroom behind one address
        assert (await client.post("/api/v1/join", json=right)).status_code == 200
    wrong = [number for number in range(20) if f"{number:06d}" != meeting.code][:11]
    answers = [
        await client.post("/api/v1/join", json={"code": f"{number:06d}"}) for number in wrong
    ]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "60"
    assert (await owner.client.post("/api/v1/join", json=right)).status_code == 429  # one address
    clock.advance(seconds=60)
    assert (await client.post("/api/v1/join", json=right)).status_code == 200


async def test_wrong_codes_of_an_account_count_wherever_they_come_from(
    app: FastAPI, owner: Caller, meeting: Session
) -> None:
    answers = []
    for number in range(11):
        transport = ASGITransport(app, client=(f"192.0.2.{number}", 1))
        async with AsyncClient(
            transport=transport, base_url="http://localhost", cookies=owner.client.cookies,
            headers=owner.client.headers,
        ) as elsewhere:  # fmt: skip
            answers.append(await elsewhere.post("/api/v1/join", json={"code": "000000"}))
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]


@pytest.fixture
async def outsider(app: FastAPI, database: Database, clock: Clock) -> AsyncIterator[Caller]:
    async with sign_in(app, database, clock, await add_user(database, clock, "Sam")) as caller:
        yield caller


async def test_an_agenda_is_prepared_by_who_may_host_and_read_by_who_is_expected(
    database: Database, clock: Clock, owner: Caller, viewer: Caller, outsider: Caller,
    meeting: Session,
) -> None:  # fmt: skip
    path = f"{SESSIONS}/{meeting.id}/agenda"
    items = [{"id": "a", "title": "Bore", "minutes": 10}, {"id": "b", "title": "Questions"}]
    assert (await viewer.client.put(path, json={"items": items})).status_code == 403
    assert (await outsider.client.put(path, json={"items": items})).status_code == 404
    written = await owner.client.put(path, json={"items": items})
    assert written.status_code == 200, written.text
    assert [one["title"] for one in written.json()["items"]] == ["Bore", "Questions"]
    read = (await viewer.client.get(path)).json()
    assert ([one["minutes"] for one in read["items"]], read["may_prepare"]) == ([10, None], False)
    assert (await outsider.client.get(path)).status_code == 404

    # Of another project: nothing that this one has.
    other = await add_project(database, clock, owner=outsider.principal)
    issue = await add_issue(database, clock, other)
    named = await owner.client.put(path, json={"items": [items[0] | {"issue": issue.number}]})
    assert named.status_code == 422
    assert "/items/0/issue" in named.text

    async with database.transaction() as transaction:
        (await transaction.get_one(Session, meeting.id)).fence = 1
    begun = await owner.client.put(path, json={"items": []})
    assert (begun.status_code, begun.json()["facts"]["reason"]) == (409, "begun")
    assert (await owner.client.get(f"{SESSIONS}/{meeting.id}")).json()["begun"] is True
