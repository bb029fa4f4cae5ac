"""Drawings over REST: sent, read in ranges, called otherwise, removed and brought back."""

from uuid import UUID

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_guest,
    add_member,
    add_revision,
    add_user,
    sign_in,
)
from drawing_files import pdf, pdf_without_sheets, picture
from fastapi import FastAPI
from httpx import Response
from issue_builders import add_issue, add_sheet_pin

from holotable import drawings
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.drawing_tables import Drawing
from holotable.store.tables import Revision


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def send(
    caller: Caller, revision: Revision, content: bytes, name: str = "Plate.pdf", **fields: str
) -> Response:
    return await caller.client.post(
        f"/api/v1/revisions/{revision.id}/drawings", files={"file": (name, content)}, data=fields
    )


async def test_a_pdf_is_a_drawing_with_its_sheets(owner: Caller, revision: Revision) -> None:
    content = pdf()
    made = await send(owner, revision, content)
    assert made.status_code == 201, made.text
    drawing = made.json()
    assert (drawing["name"], drawing["kind"], drawing["unit"]) == ("Plate", "pdf", "m")
    assert drawing["pages"] == [{"width": 0.21, "height": 0.297}, {"width": 0.42, "height": 0.297}]
    assert (drawing["page_count"], drawing["bytes"]) == (2, len(content))
    assert (drawing["revision_label"], drawing["may_change"]) == ("A", True)
    listed = await owner.client.get(f"/api/v1/revisions/{revision.id}/drawings")
    assert listed.json()["items"] == [drawing]
    got = await owner.client.get(drawing["url"])
    assert got.content == content
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["content-disposition"].startswith('attachment; filename="Plate.pdf"')
    part = await owner.client.get(drawing["url"], headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content) == (206, b"%PDF-")
    known = await owner.client.get(drawing["url"], headers={"If-None-Match": got.headers["etag"]})
    assert known.status_code == 304


async def test_a_picture_is_one_sheet_and_says_that_its_paper_is_unknown(
    owner: Caller, revision: Revision
) -> None:
    drawing = (await send(owner, revision, picture("WEBP"), "scan.png")).json()
    assert (drawing["kind"], drawing["media_type"], drawing["unit"]) == (
        "picture", "image/webp", "px",
    )  # fmt: skip
    assert drawing["pages"] == [{"width": 320, "height": 200}]
    got = await owner.client.get(drawing["url"])
    assert got.headers["content-disposition"].startswith('inline; filename="scan.webp"')


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<html><script>alert(1)</script>", 415, "not_a_drawing"),
        (b"MZ" + bytes(100), 415, "not_a_drawing"),
        (pdf(password="secret"), 422, "encrypted_drawing"),
        (b"%PDF-1.4 damaged", 422, "damaged_drawing"),
        (pdf_without_sheets(), 422, "no_sheets"),
        (pdf(sheets=((50.0, 50.0),) * 501), 422, "too_many_sheets"),
        (b"", 422, "invalid"),
    ],
    ids=["html", "program", "encrypted", "damaged", "no sheets", "too many", "empty"],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_each_bad_file_is_refused_with_cause_and_remedy(
    owner: Caller, revision: Revision, content: bytes, status: int, code: str
) -> None:
    refused = await send(owner, revision, content)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.json()["detail"]
    assert refused.json()["remedy"]
    listed = await owner.client.get(f"/api/v1/revisions/{revision.id}/drawings")
    assert listed.json()["items"] == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_drawing_over_the_limit_is_refused(
    owner: Caller, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {**(drawings.receive.__kwdefaults__ or {}), "max_bytes": 500}
    monkeypatch.setattr(drawings.receive, "__kwdefaults__", kept)
    refused = await send(owner, revision, pdf())
    assert (refused.status_code, refused.json()["code"]) == (413, "drawing_too_large")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_drawing_may_be_larger_than_other_requests(
    owner: Caller, revision: Revision
) -> None:
    content = pdf() + b"\n%" + bytes(2 * 1024 * 1024)
    made = await send(owner, revision, content)
    assert (made.status_code, made.json()["bytes"]) == (201, len(content))


async def test_the_same_request_makes_one_and_a_name_is_taken_once(
    owner: Caller, revision: Revision
) -> None:
    id_ = str(uuid7())
    first = await send(owner, revision, pdf(), id=id_)
    assert (await send(owner, revision, pdf(), id=id_)).json() == first.json()
    taken = await send(owner, revision, picture(), "PLATE.png")
    assert (taken.status_code, taken.json()["code"]) == (409, "drawing_name_taken")
    other = (await send(owner, revision, picture(), "Lid.png")).json()
    where = f"/api/v1/drawings/{other['id']}"
    clash = await owner.client.patch(where, json={"name": "plate"})
    assert clash.json()["code"] == "drawing_name_taken"
    stale = await owner.client.patch(where, json={"name": "Top"}, headers={"If-Match": '"x"'})
    assert stale.status_code == 412
    renamed = await owner.client.patch(where, json={"name": " Top lid "})
    assert renamed.json()["name"] == "Top lid"
    assert renamed.json()["etag"] != other["etag"]


async def test_a_removed_drawing_comes_back_and_its_issues_stay_meanwhile(
    owner: Caller, database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    made = (await send(owner, revision, pdf())).json()
    where = f"/api/v1/drawings/{made['id']}"
    async with database.transaction() as session:
        row = await session.get_one(Drawing, UUID(made["id"]))
    issue = await add_issue(database, clock, project, revision=revision)
    await add_sheet_pin(database, clock, issue, row)
    assert (await owner.client.delete(where)).status_code == 204
    assert (await owner.client.get(where)).status_code == 404
    assert (await owner.client.get(made["url"])).status_code == 404
    sheet = (await owner.client.get(f"/api/v1/issues/{issue.id}")).json()["sheet"]
    assert (sheet["drawing_name"], sheet["drawing_removed"]) == ("Plate", True)
    assert (sheet["page"], sheet["revision_label"]) == (0, "A")
    back = await owner.client.post(f"{where}/restore")
    assert (back.status_code, back.json()["name"]) == (200, "Plate")
    trail = await owner.client.get(f"/api/v1/revisions/{revision.id}/history")
    assert [one["kind"] for one in trail.json()["items"] if "drawing" in one["kind"]] == [
        "drawing_added", "drawing_removed", "drawing_restored",
    ]  # fmt: skip


async def test_editors_put_drawings_beside_a_revision_and_others_look(
    owner: Caller, app: FastAPI, database: Database, clock: Clock, project: Project,
    revision: Revision,
) -> None:  # fmt: skip
    made = (await send(owner, revision, pdf())).json()
    reviewer = await add_user(database, clock, "Ria")
    await add_member(database, clock, project, reviewer, Role.REVIEWER)
    async with sign_in(app, database, clock, reviewer) as caller:
        refused = await send(caller, revision, picture(), "Lid.png")
        assert (refused.status_code, refused.json()["facts"]["needs"]) == (403, "editor")
    guest = await add_guest(database, clock, project)
    async with sign_in(app, database, clock, guest) as caller:
        assert (await caller.client.get(made["url"])).status_code == 200
        seen = (await caller.client.get(f"/api/v1/drawings/{made['id']}")).json()
        assert seen["may_change"] is False
