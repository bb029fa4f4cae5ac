"""What was seen when an issue was written: kept with its picture, checked, never changed."""

import json
from typing import Any

import pytest
from builders import Caller, Clock, Project, Revision, add_asset, add_revision
from fastapi import FastAPI
from httpx import Response
from issue_builders import PNG, add_issue

from holotable.store.blobs import put_bytes
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Issue
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.web.context import Context

CAMERA = {
    "position": [1.5, 2.0, -3.25],
    "target": [0.0, 0.5, 0.0],
    "up": [0.0, 1.0, 0.0],
    "fov_rad": 0.7853981633974483,
}


@pytest.fixture
async def revision(app: FastAPI, database: Database, clock: Clock, project: Project) -> Revision:
    """Rev A with two parts below one assembly."""
    made = await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))
    context: Context = app.state.context
    structure = {"id": ["root", "frame", "valve"], "parent": [-1, 0, 0], "part": [-1, 0, 1]}
    blob = await put_bytes(context.blobs, json.dumps(structure).encode())
    async with database.transaction() as session:
        old = await packages.current(session, made.id)
        assert old is not None
        await packages.replace_current(
            session, revision_id=made.id, conversion_id=old.conversion_id, converter_version="1",
            options={}, files=[NewFile("structure.json", blob.sha256, blob.size)], now=clock(),
        )  # fmt: skip
    return made


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project, revision: Revision) -> Issue:
    return await add_issue(database, clock, project, revision=revision)


async def add(
    caller: Caller, issue: Issue, content: dict[str, Any] | None, picture: bytes | None = PNG,
    **fields: str,
) -> Response:  # fmt: skip
    data = dict(fields) if content is None else {"content": json.dumps(content), **fields}
    files = {"file": ("shot.png", picture)} if picture else {"x": (None, b"")}
    return await caller.client.post(f"/api/v1/issues/{issue.id}/viewpoints", files=files, data=data)


def seen(revision: Revision, **members: Any) -> dict[str, Any]:
    said = {"format": "holotable-viewpoint/1", "revision_id": str(revision.id), **members}
    return {"camera": CAMERA, **said}


async def test_a_view_and_its_picture_come_back_and_are_the_issues_picture(
    owner: Caller, issue: Issue, revision: Revision
) -> None:
    said = seen(revision, visibility={"hidden": [[1, 1]]})
    made = await add(owner, issue, said)
    assert made.status_code == 201, made.text
    view = made.json()
    assert {k: v for k, v in view["content"].items() if k != "structure"} == said
    assert view["revision_label"] == "A"
    picture = await owner.client.get(view["snapshot_url"])
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    await add(owner, issue, None)
    listed = (await owner.client.get(f"/api/v1/issues/{issue.id}/viewpoints")).json()["items"]
    assert [(one["place"], one["content"] is None) for one in listed] == [(0, False), (1, True)]
    shown = (await owner.client.get(f"/api/v1/issues/{issue.id}")).json()
    assert (shown["viewpoint_count"], shown["snapshot_url"]) == (2, view["snapshot_url"])


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"visibility": {"hidden": [[0, 7]]}}, "unknown_parts"),
        ({"selection": {"parts": {"ids": ["spare"]}}}, "unknown_parts"),
        ({"revision_id": "0190b6d4-0000-7000-8000-000000000000"}, "unknown_revision"),
        ({"format": "holotable-viewpoint/9"}, "unknown_format"),
        ({"cameras": []}, "invalid"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_view_of_what_there_is_not_is_refused_by_name(
    owner: Caller, issue: Issue, revision: Revision, members: dict[str, Any], code: str
) -> None:
    refused = await add(owner, issue, {**seen(revision), **members})
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    listed = await owner.client.get(f"/api/v1/issues/{issue.id}/viewpoints")
    assert listed.json()["items"] == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_snapshot_is_a_picture(owner: Caller, issue: Issue) -> None:
    refused = await add(owner, issue, None, b"%PDF-1.7")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/file")
    nothing = await add(owner, issue, None, None)
    assert nothing.status_code == 422


async def test_the_same_view_sent_again_is_one_and_a_comment_may_speak_of_it(
    owner: Caller, issue: Issue, revision: Revision
) -> None:
    id_ = str(uuid7())
    first = await add(owner, issue, seen(revision), id=id_)
    again = await add(owner, issue, seen(revision), id=id_)
    assert first.json() == again.json()
    other = await add(owner, issue, None, id=id_)
    assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    said = await owner.client.post(
        f"/api/v1/issues/{issue.id}/comments", json={"text": "here", "viewpoint_id": id_}
    )
    assert said.json()["viewpoint_id"] == id_
    assert (await owner.client.delete(f"/api/v1/issue-viewpoints/{id_}")).status_code == 204
    comment = (await owner.client.get(f"/api/v1/comments/{said.json()['id']}")).json()
    assert (comment["text"], comment["viewpoint_id"]) == ("here", None)
