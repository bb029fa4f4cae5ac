"""BCF files over REST: in and out, again and again, by whoever may."""

import json
import os
from typing import Any

import pytest
from bcf_files import OTHER, TOPIC, files_2_1, files_3_0, members, png, zipped
from builders import (
    Caller,
    Clock,
    Principal,
    Project,
    Revision,
    add_asset,
    add_guest,
    add_member,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response

from holotable.exchange.bcf import ifc_guid
from holotable.exchange.bcf_model import canonical
from holotable.exchange.bcf_read import read_bcf
from holotable.review.roles import Role
from holotable.store.blobs import put_bytes
from holotable.store.database import Database
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.web.context import Context

IDS = ["root", "frame", "valve"]


async def send(caller: Caller, project: Project, content: bytes, **query: Any) -> Response:
    return await caller.client.post(
        f"/api/v1/projects/{project.id}/issues.bcf",
        files={"file": ("topics.bcf", content)},
        params=query,
    )


async def taken(caller: Caller, project: Project, content: bytes, **query: Any) -> dict[str, Any]:
    answer = await send(caller, project, content, **query)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def exported(caller: Caller, project: Project, **query: Any) -> bytes:
    answer = await caller.client.get(f"/api/v1/projects/{project.id}/issues.bcf", params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


async def issues_of(caller: Caller, project: Project) -> list[dict[str, Any]]:
    answer = await caller.client.get(f"/api/v1/projects/{project.id}/issues")
    items: list[dict[str, Any]] = answer.json()["items"]
    return sorted(items, key=lambda one: one["number"])


def edited(old: str, new: str) -> bytes:
    files = files_3_0()
    name = f"{TOPIC}/markup.bcf"
    text = files[name]
    assert isinstance(text, str)
    assert old in text
    return zipped({**files, name: text.replace(old, new)})


@pytest.fixture
async def revision(app: FastAPI, database: Database, clock: Clock, project: Project) -> Revision:
    made = await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))
    context: Context = app.state.context
    structure = {"id": IDS, "parent": [-1, 0, 0], "part": [-1, 0, 1]}
    blob = await put_bytes(context.blobs, json.dumps(structure).encode())
    async with database.transaction() as session:
        old = await packages.current(session, made.id)
        assert old is not None
        await packages.replace_current(
            session, revision_id=made.id, conversion_id=old.conversion_id, converter_version="1",
            options={}, files=[NewFile("structure.json", blob.sha256, blob.size)], now=clock(),
        )  # fmt: skip
    return made


async def test_topics_become_issues_and_go_out_as_they_came(
    owner: Caller, project: Project
) -> None:
    content = zipped(files_3_0())
    told = await taken(owner, project, content)
    assert (told["version"], told["project_name"], told["created"]) == ("3.0", "Bridge", 2)
    first = told["topics"][0]
    assert (first["guid"], first["done"], first["comments"], first["viewpoints"]) == (
        TOPIC, "created", 1, 3
    )  # fmt: skip
    assert first["words"] == ["Active", "Design"]
    one, two = await issues_of(owner, project)
    assert (one["title"], one["type"], one["status"], one["guid"]) == (
        "Beam hits pipe & wall", "Clash", "Active", TOPIC
    )  # fmt: skip
    assert (two["guid"], two["category"]) == (OTHER, "closed")
    assert one["related"] == [two["id"]]
    picture = await owner.client.get(one["snapshot_url"])
    assert picture.content == png()
    out = canonical(read_bcf(await exported(owner, project)))
    came = canonical(read_bcf(content))
    assert (out.topics, out.documents, out.files) == (came.topics, came.documents, came.files)


async def test_the_same_file_again_makes_nothing_twice(owner: Caller, project: Project) -> None:
    content = zipped(files_3_0())
    await taken(owner, project, content)
    before = await issues_of(owner, project)
    again = await taken(owner, project, content)
    assert (again["created"], again["unchanged"], again["updated"]) == (0, 2, 0)
    assert await issues_of(owner, project) == before
    skipped = await taken(owner, project, edited("Beam hits", "Duct hits"), mode="skip")
    assert [one["problem"] for one in skipped["topics"]] == ["known", "known"]
    own = await taken(owner, project, await exported(owner, project))
    assert own["unchanged"] == 2, "what we wrote ourselves changes nothing"
    old = await taken(owner, project, await exported(owner, project, version="2.1"))
    assert old["created"] == 0


async def test_a_changed_file_changes_the_issue_and_what_it_does_not_say_stays(
    owner: Caller, project: Project
) -> None:
    await taken(owner, project, zipped(files_3_0()))
    issue = (await issues_of(owner, project))[0]
    await owner.client.patch(f"/api/v1/issues/{issue['id']}", json={"priority": "Low"})
    files = {**files_3_0()}
    text = str(files[f"{TOPIC}/markup.bcf"])
    text = text.replace("<Priority>High</Priority>", "<Priority>Low</Priority>")
    text = text.replace("Beam hits", "Duct hits").replace("Move the pipe.", "Move the duct.")
    new = (
        '<Comment Guid="0a1b2c3d-0000-4000-8000-000000000022"><Date>2026-11-21T11:00:00Z</Date>'
        "<Author>zoe@example.org</Author><Comment>Done.</Comment></Comment></Comments>"
    )
    files[f"{TOPIC}/markup.bcf"] = text.replace("</Comments>", new)
    told = await taken(owner, project, zipped(files))
    assert (told["updated"], told["unchanged"]) == (1, 1)
    assert (told["topics"][0]["comments"], told["topics"][0]["viewpoints"]) == (2, 0)
    changed = (await issues_of(owner, project))[0]
    assert (changed["title"], changed["priority"]) == ("Duct hits pipe & wall", "Low")
    out = canonical(read_bcf(await exported(owner, project)))
    assert out.topics == canonical(read_bcf(zipped(files))).topics
    history = await owner.client.get(f"/api/v1/issues/{issue['id']}/history")
    assert "title" in {one["field"] for one in history.json()["items"]}


async def test_what_somebody_changed_here_goes_out_changed_and_the_rest_as_it_came(
    owner: Caller, project: Project
) -> None:
    await taken(owner, project, zipped(files_3_0()))
    issue = (await issues_of(owner, project))[0]
    await owner.client.patch(f"/api/v1/issues/{issue['id']}", json={"title": "Ours now"})
    topic = next(
        one for one in read_bcf(await exported(owner, project)).topics if str(one.guid) == TOPIC
    )
    assert (topic.title, topic.topic_status, topic.assigned_to) == (
        "Ours now", "Active", "ben@example.org"
    )  # fmt: skip
    assert (topic.index, topic.creation_author) == (3, "mia@example.org")
    assert topic.modified_author == owner.principal.name
    assert topic.bim_snippet is not None


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    owner: Caller, project: Project
) -> None:
    told = await taken(owner, project, zipped(files_3_0()), dry_run=True)
    assert (told["dry_run"], told["created"], told["topics"][0]["issue_id"]) == (True, 2, None)
    assert await issues_of(owner, project) == []
    await taken(owner, project, zipped(files_3_0()))
    told = await taken(owner, project, edited("Beam hits", "Duct hits"), dry_run=True)
    assert (told["updated"], told["unchanged"]) == (1, 1)
    assert (await issues_of(owner, project))[0]["title"] == "Beam hits pipe & wall"


async def test_an_issue_in_the_trash_stays_there(owner: Caller, project: Project) -> None:
    await taken(owner, project, zipped(files_3_0()))
    issue = (await issues_of(owner, project))[0]
    await owner.client.delete(f"/api/v1/issues/{issue['id']}")
    told = await taken(owner, project, zipped(files_3_0()))
    assert (told["topics"][0]["done"], told["topics"][0]["problem"]) == ("skipped", "in_trash")
    assert len(await issues_of(owner, project)) == 1


async def test_people_are_found_by_login_and_by_name(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    ben: Principal = await add_user(database, clock, "Ben@Example.org")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    await taken(owner, project, zipped(files_3_0()))
    assert (await issues_of(owner, project))[0]["assignee"]["id"] == str(ben.id)
    assert read_bcf(await exported(owner, project)).topics[0].assigned_to == "ben@example.org"


CAMERA = {
    "position": [1.5, 2.0, -3.25], "target": [0.0, 0.5, 0.0], "up": [0.0, 1.0, 0.0],
    "fov_rad": 0.8,
}  # fmt: skip


async def test_ux46_an_issue_goes_out_whole_and_comes_in_as_an_equal_one(
    owner: Caller, project: Project, revision: Revision, database: Database, clock: Clock
) -> None:
    """Title, status, assignee, comments, snapshot, camera, cuts, components (UX statement 46)."""
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    body = {
        "title": "Valve too near", "status": "In Progress", "assignee_id": str(ben.id),
        "description": "See *this*.", "labels": ["pipe"], "priority": "High",
        "revision_id": str(revision.id), "due_at": "2026-12-24T00:00:00Z",
    }  # fmt: skip
    issue = (await owner.client.post(f"/api/v1/projects/{project.id}/issues", json=body)).json()
    seen = {
        "format": "holotable-viewpoint/1", "revision_id": str(revision.id), "camera": CAMERA,
        "sections": {"planes": [{"id": "p", "name": "1", "normal": [0.0, -1.0, 0.0],
                                 "offset_m": -0.5}]},
        "visibility": {"hidden": [[0, 0]]}, "selection": {"parts": [[1, 1]]},
    }  # fmt: skip
    view = await owner.client.post(
        f"/api/v1/issues/{issue['id']}/viewpoints",
        files={"file": ("shot.png", png((32, 18)))}, data={"content": json.dumps(seen)},
    )  # fmt: skip
    assert view.status_code == 201, view.text
    comment = {"text": "Move it.", "viewpoint_id": view.json()["id"]}
    said = await owner.client.post(f"/api/v1/issues/{issue['id']}/comments", json=comment)
    assert said.status_code == 201, said.text
    content = await exported(owner, project)
    (topic,) = read_bcf(content).topics
    assert (topic.title, topic.topic_status, topic.assigned_to) == (
        "Valve too near", "In Progress", "Ben Okoro"
    )  # fmt: skip
    assert topic.header_files is not None
    assert str(revision.id) in (topic.header_files[0].reference or "")
    (seen_view,) = topic.viewpoints or []
    assert seen_view.components is not None
    assert seen_view.components.selection is not None
    assert seen_view.components.selection[0].ifc_guid == ifc_guid("valve")
    assert read_bcf(content).files[topic.guid] == {f"{seen_view.guid}.png": png((32, 18))}

    copy = await owner.client.post("/api/v1/projects", json={"name": "Copy"})
    other = Project(id=copy.json()["id"])
    again = await taken(owner, other, content)
    assert (again["created"], again["topics"][0]["left_out"]) == (1, 0)
    ours, theirs = read_bcf(content), read_bcf(await exported(owner, other))
    assert canonical(theirs).topics == canonical(ours).topics
    assert canonical(theirs).files == canonical(ours).files

    # Into its own project, after it is gone: the view names the revision, and restores whole.
    back = content.replace(str(topic.guid).encode(), OTHER.encode())
    files = {
        name.replace(str(topic.guid), OTHER): body.replace(str(topic.guid).encode(), OTHER.encode())
        for name, body in members(content).items()
    }
    assert back != content
    await taken(owner, project, zipped(files))
    made = (await issues_of(owner, project))[1]
    assert (made["guid"], made["revision_id"]) == (OTHER, str(revision.id))
    listed = await owner.client.get(f"/api/v1/issues/{made['id']}/viewpoints")
    restored = listed.json()["items"][0]["content"]
    assert restored["camera"]["position"] == pytest.approx(CAMERA["position"])
    assert restored["camera"]["fov_rad"] == pytest.approx(0.8)
    assert restored["sections"]["planes"][0]["normal"] == [0.0, -1.0, 0.0]
    assert restored["sections"]["planes"][0]["offset_m"] == pytest.approx(-0.5)
    assert restored["visibility"] == {"hidden": {"ids": ["frame"]}}
    assert restored["selection"] == {"parts": {"ids": ["valve"]}}
    assert (made["assignee"]["id"], made["labels"], made["due_at"][:10]) == (
        str(ben.id), ["pipe"], "2026-12-24"
    )  # fmt: skip


async def test_views_are_of_the_revision_that_is_asked_for(
    owner: Caller, project: Project, revision: Revision
) -> None:
    told = await taken(owner, project, zipped(files_3_0()), revision_id=str(revision.id))
    assert told["topics"][0]["left_out"] == 4, "parts of another model are counted"
    made = (await issues_of(owner, project))[0]
    assert made["revision_id"] == str(revision.id)
    listed = await owner.client.get(f"/api/v1/issues/{made['id']}/viewpoints")
    contents = [one["content"] is not None for one in listed.json()["items"]]
    assert contents == [True, True, False]
    wrong = await send(owner, project, zipped(files_3_0()), revision_id=TOPIC)
    assert wrong.status_code == 404


async def test_only_what_is_asked_for_goes_out(owner: Caller, project: Project) -> None:
    await taken(owner, project, zipped(files_3_0()))
    closed = read_bcf(await exported(owner, project, category="closed", version="2.1"))
    assert (closed.version, [str(one.guid) for one in closed.topics]) == ("2.1", [OTHER])
    assert len(read_bcf(await exported(owner, project, q="beam")).topics) == 1
    url = f"/api/v1/projects/{project.id}/issues.bcf"
    nothing = await owner.client.get(url, params={"status": "Nowhere"})
    assert nothing.status_code == 404
    assert (await owner.client.get(url, params={"version": "1.0"})).status_code == 422


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"no zip", 422, "bcf_not_zip"),
        (zipped({"a": b""}), 422, "bcf_version"),
        (zipped({"../a": b""}), 422, "bcf_path"),
        (zipped({"a.bin": bytes(4 << 20)}), 422, "bcf_bomb"),
        (edited("<Markup>", "<!DOCTYPE a><Markup>"), 422, "bcf_document_type"),
        (edited("</Markup>", ""), 422, "bcf_xml"),
        (edited("2026-11-21T10:00:00", "x"), 422, "bcf_invalid"),
    ],
)
async def test_hostile_files_are_refused_by_name_and_change_nothing(
    content: bytes, status: int, code: str, owner: Caller, project: Project
) -> None:
    answer = await send(owner, project, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await issues_of(owner, project) == []


async def test_files_larger_than_other_bodies_are_taken(owner: Caller, project: Project) -> None:
    files = {**files_3_0(), f"{TOPIC}/part.ifc": os.urandom(3 << 20)}
    assert (await taken(owner, project, zipped(files)))["created"] == 2


async def test_only_who_edits_issues_of_the_whole_project_takes_in(
    app: FastAPI, owner: Caller, project: Project, revision: Revision, database: Database,
    clock: Clock,
) -> None:  # fmt: skip
    content = zipped(files_2_1())
    viewer = await add_user(database, clock, "Vic")
    await add_member(database, clock, project, viewer, Role.VIEWER)
    async with sign_in(app, database, clock, viewer) as vic:
        assert (await send(vic, project, content)).status_code == 403
    guest = await add_guest(database, clock, project, asset=None)
    async with sign_in(app, database, clock, guest) as dana:
        assert (await send(dana, project, content)).status_code == 403
    stranger = await add_user(database, clock, "Sam")
    async with sign_in(app, database, clock, stranger) as sam:
        assert (await send(sam, project, content)).status_code == 404
    assert (await taken(owner, project, content))["created"] == 1
