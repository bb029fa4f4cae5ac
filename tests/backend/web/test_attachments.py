"""Files beside issues and comments: kept once, recognised by content, served so nothing runs."""

import struct

import pytest
from builders import (
    Caller,
    Clock,
    Principal,
    Project,
    add_guest,
    add_member,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response
from issue_builders import PNG, add_comment, add_issue

from holotable import attachments
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Issue


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project) -> Issue:
    return await add_issue(database, clock, project)


async def attach(
    caller: Caller, to: str, content: bytes = PNG, name: str = "crack.png", **fields: str
) -> Response:
    return await caller.client.post(
        f"/api/v1/{to}/attachments", files={"file": (name, content)}, data=fields
    )


async def test_a_picture_is_kept_and_shown_without_being_believed(
    owner: Caller, issue: Issue
) -> None:
    made = await attach(owner, f"issues/{issue.id}")
    assert made.status_code == 201, made.text
    file = made.json()
    assert (file["kind"], file["media_type"], file["bytes"]) == ("picture", "image/png", len(PNG))
    got = await owner.client.get(file["url"])
    assert got.content == PNG
    assert got.headers["content-type"] == "image/png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["content-disposition"].startswith('inline; filename="crack.png"')
    part = await owner.client.get(file["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, PNG[:4])
    listed = (await owner.client.get(f"/api/v1/issues/{issue.id}/attachments")).json()["items"]
    assert listed == [file]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("report.pdf", b"%PDF-1.7"),
        ("lying.png", b"<html>"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_neither_picture_nor_recording_is_only_ever_saved(
    owner: Caller, issue: Issue, name: str, content: bytes
) -> None:
    file = (await attach(owner, f"issues/{issue.id}", content, name)).json()
    got = await owner.client.get(file["url"])
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("name", "content", "code", "status"),
    [
        ("run.png", b"MZ\x90\x00", "unsafe_attachment", 415),
        ("tool", b"\x7fELF\x02\x01\x01", "unsafe_attachment", 415),
        ("setup.bat", b"echo", "unsafe_attachment", 415),
        (
            "bomb.png",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000),
            "unsafe_attachment",
            415,
        ),
        ("nothing.png", b"", "invalid", 422),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_programs_bombs_and_nothing_are_refused_and_leave_nothing(
    owner: Caller, issue: Issue, name: str, content: bytes, code: str, status: int
) -> None:
    refused = await attach(owner, f"issues/{issue.id}", content, name)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    listed = await owner.client.get(f"/api/v1/issues/{issue.id}/attachments")
    assert listed.json()["items"] == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_file_over_the_limit_is_refused_as_soon_as_it_is(
    owner: Caller, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments.receive, "__kwdefaults__", {
        **(attachments.receive.__kwdefaults__ or {}), "max_bytes": 1_000
    })  # fmt: skip
    refused = await attach(owner, f"issues/{issue.id}", PNG + bytes(1_000))
    assert (refused.status_code, refused.json()["code"]) == (413, "attachment_too_large")


async def test_the_same_file_with_the_same_id_is_kept_once(owner: Caller, issue: Issue) -> None:
    id_ = str(uuid7())
    first = await attach(owner, f"issues/{issue.id}", id=id_)
    again = await attach(owner, f"issues/{issue.id}", id=id_)
    assert first.json() == again.json()
    other = await attach(owner, f"issues/{issue.id}", PNG + b"x", id=id_)
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")


async def test_files_of_a_comment_are_its_authors_and_go_with_the_comment(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock, issue: Issue
) -> None:
    ben = await add_user(database, clock, "Ben")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    comment = await add_comment(database, clock, issue, author=ben.id)
    where = f"comments/{comment.id}"
    refused = await attach(owner, where)
    assert refused.status_code == 403
    async with sign_in(app, database, clock, ben) as caller:
        voice = await attach(caller, where, b"OggS\x00\x02", "note.ogg")
        assert (voice.json()["kind"], voice.json()["media_type"]) == ("recording", "audio/ogg")
    comments = (await owner.client.get(f"/api/v1/issues/{issue.id}/comments")).json()["items"]
    assert [one["name"] for one in comments[0]["attachments"]] == ["note.ogg"]
    assert (await owner.client.delete(f"/api/v1/attachments/{voice.json()['id']}")).status_code == (
        204
    )
    comments = (await owner.client.get(f"/api/v1/issues/{issue.id}/comments")).json()["items"]
    assert comments[0]["attachments"] == []


async def test_a_file_is_taken_away_by_whoever_attached_it_or_an_editor(
    owner: Caller, project: Project, app: FastAPI, database: Database, clock: Clock, issue: Issue
) -> None:
    ben: Principal = await add_user(database, clock, "Ben")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    file = (await attach(owner, f"issues/{issue.id}")).json()
    async with sign_in(app, database, clock, ben) as caller:
        refused = await caller.client.delete(f"/api/v1/attachments/{file['id']}")
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "editor")
    guest = await add_guest(database, clock, project)
    async with sign_in(app, database, clock, guest) as caller:
        assert (await caller.client.get(file["url"])).status_code == 200
    assert (await owner.client.delete(f"/api/v1/attachments/{file['id']}")).status_code == 204
    history = (await owner.client.get(f"/api/v1/issues/{issue.id}/history")).json()["items"]
    assert [(one["kind"], one["before"] and one["before"]["name"]) for one in history] == [
        ("detached", "crack.png"),
        ("attached", None),
    ]
