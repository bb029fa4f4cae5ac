"""Minutes over REST: a draft that follows the log, notes, publishing, documents."""

import io
import zipfile
from datetime import timedelta

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    Session,
    add_asset,
    add_guest,
    add_operations,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI

from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.tables import Attendance


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision, owner: Caller) -> Session:
    session = await add_session(database, clock, revision)
    await add_operations(
        database, session, owner.principal,
        (clock() + timedelta(seconds=5), "", "/decide Bore becomes 6.5 mm"),
        (clock() + timedelta(seconds=6), "view", {"id": None, "name": "Valve access"}),
    )  # fmt: skip
    return session


def at(meeting: Session, rest: str = "") -> str:
    return f"/api/v1/sessions/{meeting.id}/minutes{rest}"


async def test_a_draft_is_noted_published_once_and_then_stays(
    owner: Caller, clock: Clock, meeting: Session
) -> None:
    draft = await owner.client.get(at(meeting))
    assert draft.status_code == 200, draft.text
    assert (draft.json()["state"], draft.json()["may_publish"]) == ("draft", True)
    assert [one["text"] for one in draft.json()["document"]["decisions"]] == ["Bore becomes 6.5 mm"]
    assert [one["text"] for one in draft.json()["chat"]] == ["/decide Bore becomes 6.5 mm"]
    noted = await owner.client.patch(at(meeting), json={"notes": "Bring seals."})
    assert (noted.status_code, noted.json()["notes"]) == (200, "Bring seals.")
    early = await owner.client.post(at(meeting, "/publish"))
    assert (early.status_code, early.json()["facts"]["reason"]) == (409, "going_on")
    clock.advance(minutes=10)
    await owner.client.post(f"/api/v1/sessions/{meeting.id}/end")
    published = await owner.client.post(at(meeting, "/publish"))
    assert published.status_code == 200, published.text
    said = published.json()
    assert (said["state"], said["published_by"]["name"], said["may_publish"]) == (
        "published", "Mia Berg", False,
    )  # fmt: skip
    assert said["document"]["ended_at"] == "2026-01-05T12:10:00.000Z"
    for again in (
        await owner.client.post(at(meeting, "/publish")),
        await owner.client.patch(at(meeting), json={"notes": "More."}),
    ):
        assert (again.status_code, again.json()["facts"]["reason"]) == (409, "published")
    assert (await owner.client.get(at(meeting))).json()["document"] == said["document"]


async def test_a_draft_is_commented_and_published_minutes_get_a_corrected_version(
    owner: Caller, clock: Clock, meeting: Session
) -> None:
    said = await owner.client.post(at(meeting, "/comments"), json={"text": "Ben came late."})
    assert said.status_code == 201, said.text
    assert said.json()["document"]["comments"][0]["text"] == "Ben came late."
    link = {"next_at": "2026-02-02T09:00:00Z", "next_link": "https://meet.example/7"}
    planned = (await owner.client.patch(at(meeting), json=link)).json()
    assert planned["document"]["next"] == {
        "at": "2026-02-02T09:00:00.000Z",
        "link": link["next_link"],
    }
    kept = (await owner.client.patch(at(meeting), json={"notes": "x"})).json()
    assert (kept["next_link"], kept["notes"]) == (link["next_link"], "x")
    await owner.client.post(f"/api/v1/sessions/{meeting.id}/end")
    early = await owner.client.post(at(meeting, "/correct"), json={"correction": "The bore"})
    assert (early.status_code, early.json()["facts"]["reason"]) == (409, "draft")
    await owner.client.post(at(meeting, "/publish"))
    corrected = await owner.client.post(at(meeting, "/correct"), json={"correction": "The bore"})
    assert corrected.status_code == 200, corrected.text
    assert (corrected.json()["state"], corrected.json()["version"]) == ("draft", 2)
    assert [one["version"] for one in corrected.json()["versions"]] == [1]
    clock.advance(minutes=1)
    await owner.client.patch(at(meeting), json={"notes": "second"})
    await owner.client.post(at(meeting, "/publish"))
    now, first = [
        (await owner.client.get(at(meeting, query))).json() for query in ("", "?version=1")
    ]
    assert (now["version"], now["notes"], now["correction"]) == (2, "second", "The bore")
    assert (first["version"], first["notes"], first["state"]) == (1, "x", "published")
    assert (now["may_correct"], first["may_correct"]) == (True, False)
    assert (await owner.client.get(at(meeting, "?version=3"))).status_code == 404
    document = await owner.client.get(at(meeting, "/document?format=md&version=2"))
    assert "- Version: 2; it corrects: The bore" in document.text


async def test_an_older_copy_is_not_written_over(owner: Caller, meeting: Session) -> None:
    first = await owner.client.patch(at(meeting), json={"notes": "one"})
    tag = {"If-Match": first.headers["etag"]}
    assert (await owner.client.patch(at(meeting), json={"notes": "two"}, headers=tag)).is_success
    late = await owner.client.patch(at(meeting), json={"notes": "three"}, headers=tag)
    assert late.status_code == 412


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [("html", "text/html", b"<!doctype html>"), ("pdf", "application/pdf", b"%PDF-"),
     ("md", "text/markdown", b"# Protokoll")],
)  # fmt: skip
async def test_documents_in_every_form(
    owner: Caller, meeting: Session, form: str, kind: str, begins: bytes
) -> None:
    options = {"format": form, "language": "de", "time_zone": "Europe/Berlin"}
    answer = await owner.client.get(at(meeting, "/document"), params=options)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.content.startswith(begins)


async def test_guests_read_no_minutes_and_a_table_has_none(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, project: Project,
    meeting: Session, revision: Revision,
) -> None:  # fmt: skip
    guest = await add_guest(database, clock, project, Role.GUEST_LIVE)
    async with sign_in(app, database, clock, guest) as caller:
        for path in ("", "/document", "/issues.bcf"):
            assert (await caller.client.get(at(meeting, path))).status_code == 403
    stranger = await add_user(database, clock, "Sam")
    async with sign_in(app, database, clock, stranger) as caller:
        for path in ("", "/issues.bcf"):
            assert (await caller.client.get(at(meeting, path))).status_code == 404
    table = await add_session(database, clock, revision, kind="table")
    assert (await owner.client.get(at(table))).status_code == 404


async def test_issues_of_the_session_are_one_bcf_and_without_any_there_is_none(
    owner: Caller, database: Database, clock: Clock, meeting: Session, project: Project
) -> None:
    assert (await owner.client.get(at(meeting, "/issues.bcf"))).status_code == 404
    async with database.transaction() as transaction:  # what counts is what attendees did
        transaction.add(
            Attendance(
                session_id=meeting.id, principal_id=owner.id, name="Mia", role="owner",
                device="desktop", joined_at=clock(), left_at=None,
            )
        )  # fmt: skip
    made = await owner.client.post(
        f"/api/v1/projects/{project.id}/issues", json={"title": "Bore too small"}
    )
    assert made.status_code == 201, made.text
    answer = await owner.client.get(at(meeting, "/issues.bcf"))
    assert answer.status_code == 200
    assert "-issues.bcf" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (markup,) = [name for name in archive.namelist() if name.endswith("markup.bcf")]
        assert b"<Title>Bore too small</Title>" in archive.read(markup)
