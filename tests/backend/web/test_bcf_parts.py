"""BCF API: comments and viewpoints of topics."""

import base64
from typing import Any

import pytest
from bcf_files import GUID as PART
from bcf_files import TOPIC, VIEW, files_3_0, png, zipped
from builders import Caller, Clock, Project, add_member, add_user, sign_in
from fastapi import FastAPI
from issue_builders import add_issue

from holotable.exchange.bcf_read import read_bcf
from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.issue_tables import Issue

COMMENT = "a211fc37-c65f-4a1b-8b1f-4d3d8b7e0002"
CAMERA = {
    "camera_view_point": {"x": 1, "y": -3, "z": 2}, "camera_direction": {"x": 0, "y": 1, "z": 0},
    "camera_up_vector": {"x": 0, "y": 0, "z": 1}, "field_of_view": 50, "aspect_ratio": 1.5,
}  # fmt: skip
SEEN: dict[str, Any] = {
    "guid": VIEW,
    "perspective_camera": CAMERA,
    "clipping_planes": [
        {"location": {"x": 0, "y": 0, "z": 1}, "direction": {"x": 0, "y": 0, "z": 1}}
    ],
    "components": {
        "selection": [{"ifc_guid": PART}],
        "visibility": {"default_visibility": True, "exceptions": []},
    },
    "snapshot": {"snapshot_type": "png", "snapshot_data": base64.b64encode(png()).decode()},
}


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project, owner: Caller) -> Issue:
    return await add_issue(database, clock, project, author=owner.id)


def url(issue: Issue, rest: str) -> str:
    return f"/bcf/3.0/projects/{issue.project_id}/topics/{issue.guid}/{rest}"


async def test_a_comment_is_made_read_changed_and_deleted(owner: Caller, issue: Issue) -> None:
    said = {"guid": COMMENT, "comment": "Move it."}
    made = await owner.client.post(url(issue, "comments"), json=said)
    assert made.status_code == 201, made.text
    assert (made.json()["comment"], made.json()["author"]) == ("Move it.", owner.principal.name)
    assert made.json()["topic_guid"] == str(issue.guid)
    assert (await owner.client.post(url(issue, "comments"), json=said)).status_code == 409
    one = url(issue, f"comments/{COMMENT}")
    changed = (await owner.client.put(one, json={"comment": "Move the pipe."})).json()
    assert (changed["comment"], changed["modified_author"]) == (
        "Move the pipe.", owner.principal.name
    )  # fmt: skip
    assert [o["guid"] for o in (await owner.client.get(url(issue, "comments"))).json()] == [COMMENT]
    assert (await owner.client.get(one)).status_code == 200
    assert (await owner.client.delete(one)).status_code == 200
    assert (await owner.client.get(one)).status_code == 404
    assert (await owner.client.get(url(issue, "comments"))).json() == []


async def test_a_viewpoint_is_kept_whole_and_never_changed(owner: Caller, issue: Issue) -> None:
    made = await owner.client.post(url(issue, "viewpoints"), json=SEEN)
    assert made.status_code == 201, made.text
    assert (await owner.client.post(url(issue, "viewpoints"), json=SEEN)).status_code == 409
    one = url(issue, f"viewpoints/{VIEW}")
    read = (await owner.client.get(one)).json()
    assert read["perspective_camera"]["field_of_view"] == 50
    assert read["snapshot"] == {"snapshot_type": "png"}
    assert "components" not in read
    picture = await owner.client.get(f"{one}/snapshot")
    assert (picture.content, picture.headers["content-type"]) == (png(), "image/png")
    selected = (await owner.client.get(f"{one}/selection")).json()
    assert selected == {"selection": [{"ifc_guid": PART}]}
    shown = (await owner.client.get(f"{one}/visibility")).json()["visibility"]
    assert shown["default_visibility"] is True
    assert (await owner.client.get(f"{one}/coloring")).status_code == 404
    assert (await owner.client.get(f"{one}/nothing")).status_code == 404
    assert (await owner.client.put(one, json=SEEN)).status_code == 405
    said = {"comment": "Here.", "viewpoint_guid": VIEW}
    comment = (await owner.client.post(url(issue, "comments"), json=said)).json()
    assert comment["viewpoint_guid"] == VIEW
    content = await owner.client.get(f"/api/v1/projects/{issue.project_id}/issues.bcf")
    file = read_bcf(content.content)
    (view,) = file.topics[0].viewpoints or []
    assert view.clipping_planes is not None
    assert view.snapshot is not None
    assert file.files[issue.guid][view.snapshot] == png()
    assert (await owner.client.delete(one)).status_code == 200
    assert (await owner.client.get(url(issue, "viewpoints"))).json() == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"perspective_camera": CAMERA, "orthogonal_camera": {**CAMERA, "view_to_world_scale": 1}},
        {"snapshot": {"snapshot_type": "png", "snapshot_data": "%%%"}},
        {"snapshot": {"snapshot_type": "png"}},
        {"clipping_planes": SEEN["clipping_planes"], "snapshot": SEEN["snapshot"]},
        {"guid": "x", "perspective_camera": CAMERA},
        {"perspective_camera": {**CAMERA, "field_of_view": "wide"}},
        [],
    ],
)
async def test_what_is_no_viewpoint_is_refused(said: Any, owner: Caller, issue: Issue) -> None:
    answer = await owner.client.post(url(issue, "viewpoints"), json=said)
    assert answer.status_code == 422, answer.text
    assert answer.json()["message"]


async def test_views_that_were_imported_are_told(owner: Caller, project: Project) -> None:
    await owner.client.post(
        f"/api/v1/projects/{project.id}/issues.bcf",
        files={"file": ("a.bcf", zipped(files_3_0()))},
    )
    path = f"/bcf/2.1/projects/{project.id}/topics/{TOPIC}"
    views = (await owner.client.get(f"{path}/viewpoints")).json()
    assert len(views) == 3
    assert views[0]["lines"]
    (comment,) = (await owner.client.get(f"{path}/comments")).json()
    assert (comment["author"], comment["date"]) == ("ben@example.org", "2026-11-20T11:00:00Z")


async def test_roles_hold_and_strangers_see_nothing(
    app: FastAPI, owner: Caller, issue: Issue, project: Project, database: Database, clock: Clock
) -> None:
    await owner.client.post(url(issue, "viewpoints"), json=SEEN)
    said = {"guid": COMMENT, "comment": "Mine."}
    await owner.client.post(url(issue, "comments"), json=said)
    one, view = url(issue, f"comments/{COMMENT}"), url(issue, f"viewpoints/{VIEW}")
    changes: list[tuple[str, str, Any]] = [
        ("PUT", one, {"comment": "x"}), ("DELETE", one, None), ("DELETE", view, None),
        ("POST", url(issue, "comments"), {"comment": "x"}),
        ("POST", url(issue, "viewpoints"), SEEN),
    ]  # fmt: skip
    reads = [one, view, f"{view}/snapshot", f"{view}/selection", url(issue, "comments")]
    viewer, stranger = (
        await add_user(database, clock, "Vic"),
        await add_user(database, clock, "Sam"),
    )
    await add_member(database, clock, project, viewer, Role.VIEWER)
    async with sign_in(app, database, clock, viewer) as vic:
        for path in reads:
            assert (await vic.client.get(path)).status_code == 200, path
        for method, path, body in changes:
            answer = await vic.client.request(method, path, json=body)
            assert answer.status_code == 403, (method, path)
    async with sign_in(app, database, clock, stranger) as sam:
        for method, path, body in [*changes, *(("GET", path, None) for path in reads)]:
            answer = await sam.client.request(method, path, json=body)
            assert answer.status_code == 404, (method, path)
