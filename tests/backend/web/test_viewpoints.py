"""Saved views over REST: kept, shown, ordered, refused by name; and which part is which."""

import base64
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from builders import (
    Asset,
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_revision,
    add_user,
    add_viewpoint,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response

from holotable.review.compare_partners import PartnerColumns
from holotable.review.roles import Role
from holotable.review.viewpoint import Viewpoint
from holotable.store.blobs import put_bytes
from holotable.store.database import Database, uuid7
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.web.context import Context

PIXEL = base64.b64encode(b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(18)).decode()
CAMERA = {
    "position": [1.5, 2.0, -3.25],
    "target": [0.0, 0.5, 0.0],
    "up": [0.0, 1.0, 0.0],
    "fov_rad": 0.7853981633974483,
}
VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "vectors" / "viewpoint.json").read_text()
)
PARTS_B = ["frame", "valve", "motor", "pipe"]
PARTS_C = ["frame", "bracket", "valve", "motor", "pipe"]


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Skid")


@pytest.fixture
async def revision(app: FastAPI, database: Database, clock: Clock, asset: Asset) -> Revision:
    """Rev A with four parts below one assembly."""
    made = await add_revision(database, clock, asset)
    await publish(app, database, made, PARTS_B)
    return made


async def publish(app: FastAPI, database: Database, revision: Revision, parts: list[str]) -> str:
    """A package whose structure is these parts below one assembly; the structure's sha256."""
    context: Context = app.state.context
    structure = {
        "format": "holotable-structure/1",
        "count": len(parts) + 1,
        "id": ["root", *parts],
        "parent": [-1, *[0] * len(parts)],
        "part": [-1, *[0] * len(parts)],
    }
    blob = await put_bytes(context.blobs, json.dumps(structure).encode())
    async with database.transaction() as session:
        old = await packages.current(session, revision.id)
        assert old is not None
        await packages.replace_current(
            session,
            revision_id=revision.id,
            conversion_id=old.conversion_id,
            converter_version="1",
            options={},
            files=[NewFile("structure.json", blob.sha256, blob.size)],
            now=context.clock(),
        )
    return blob.sha256


def content(revision: Revision, **members: object) -> dict[str, Any]:
    return {"format": "holotable-viewpoint/1", "revision_id": str(revision.id), **members}


async def save(caller: Caller, revision: Revision, name: str = "Valve", **body: Any) -> Response:
    path = f"/api/v1/projects/{revision.project_id}/viewpoints"
    said = {"name": name, "content": content(revision, camera=CAMERA), **body}
    return await caller.client.post(path, json=said)


async def names(caller: Caller, project: Project, **query: object) -> list[str]:
    answer = await caller.client.get(f"/api/v1/projects/{project.id}/viewpoints", params=query)
    assert answer.status_code == 200, answer.text
    items = sorted(answer.json()["items"], key=lambda item: item["position"])
    return [item["name"] for item in items]


async def test_a_view_comes_back_as_it_was_saved(
    owner: Caller, revision: Revision, project: Project
) -> None:
    said = content(
        revision, camera=CAMERA, visibility={"hidden": [[0, 1], [3, 3]], "isolated": True}
    )
    made = await save(owner, revision, "Valve access", content=said, folder="Assembly")
    assert made.status_code == 201
    address = made.headers["location"]
    got = await owner.client.get(address)
    assert got.headers["etag"].startswith(made.headers["etag"][:-1])  # and a digest of the answer
    view = got.json()
    assert {key: value for key, value in view["content"].items() if key != "structure"} == said
    assert (view["name"], view["folder"], view["revision_label"]) == (
        "Valve access", "Assembly", "A",
    )  # fmt: skip
    assert view["created_by"] == {"id": str(owner.id), "name": owner.principal.name}
    assert view["may_change"] is True
    assert await names(owner, project) == ["Valve access"]


async def test_every_member_of_a_view_comes_back_as_it_was_saved(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, asset: Asset
) -> None:
    """The page's half is frontend/src/ui/views/round_trip.test.ts, on the same example."""
    revision = await add_revision(database, clock, asset)
    beside = await add_revision(database, clock, asset)
    structure = await publish(app, database, revision, [f"part {at}" for at in range(10)])
    everything = next(
        each["viewpoint"] for each in VECTORS["valid"] if each["name"].startswith("every member")
    )
    said = {
        **everything,
        "revision_id": str(revision.id),
        "structure": structure,
        "layers": [
            {**layer, "revision_id": str(beside.id), "structure": "b" * 64}
            for layer in everything["layers"]
        ],
        "compare": {**everything["compare"], "revision_id": str(beside.id)},
    }
    missing = set(Viewpoint.model_fields) - set(said)
    assert not missing, "a member that the example does not say"
    made = await save(owner, revision, content=said)
    assert made.status_code == 201, made.text
    assert (await owner.client.get(made.headers["location"])).json()["content"] == said


async def test_the_structure_that_numbers_belong_to_is_named_even_when_nobody_said_it(
    app: FastAPI, owner: Caller, revision: Revision, database: Database
) -> None:
    first = await publish(app, database, revision, PARTS_B)
    made = (await save(owner, revision)).json()
    assert made["content"]["structure"] == first
    await publish(app, database, revision, PARTS_C)  # a better converter numbers anew
    old = content(revision, structure=first, visibility={"hidden": [[3, 3]]})
    assert (await save(owner, revision, content=old)).json()["content"]["structure"] == first


@pytest.mark.parametrize(
    ("members", "code", "status"),
    [
        ({"visibility": {"hidden": [[2, 4]]}}, "unknown_parts", 422),
        ({"selection": {"parts": {"ids": ["valve", "spare"]}}}, "unknown_parts", 422),
        ({"structure": "0" * 64}, "unknown_revision", 422),
        ({"revision_id": "0190b6d4-0000-7000-8000-000000000000"}, "unknown_revision", 422),
        (
            {"layers": [{"revision_id": "0190b6d4-0000-7000-8000-000000000000"}]},
            "unknown_revision",
            422,
        ),
        (
            {"compare": {"revision_id": "0190b6d4-0000-7000-8000-000000000000"}},
            "unknown_revision",
            422,
        ),
        ({"format": "holotable-viewpoint/2"}, "unknown_format", 422),
        ({"camera": {**CAMERA, "target": CAMERA["position"]}}, "invalid", 422),
        ({"cameras": []}, "invalid", 422),
        (
            {"visibility": {"hidden": [[n, n] for n in range(0, 60_000, 2)]}},
            "viewpoint_too_large",
            413,
        ),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_shown_again_is_refused_by_name_and_nothing_is_kept(
    owner: Caller, revision: Revision, project: Project,
    members: dict[str, Any], code: str, status: int,
) -> None:  # fmt: skip
    refused = await save(owner, revision, content={**content(revision), **members})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (status, code), problem
    assert problem["remedy"]
    assert await names(owner, project) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_revision_of_another_project_is_as_unknown_as_none(
    app: FastAPI, owner: Caller, revision: Revision, database: Database, clock: Clock
) -> None:
    other = await add_project(database, clock, owner=owner.principal, name="other")
    foreign = await add_revision(database, clock, await add_asset(database, clock, other))
    refused = await save(owner, revision, content=content(foreign))
    assert refused.json()["code"] == "unknown_revision"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_saved_view_has_a_name(owner: Caller, revision: Revision) -> None:
    refused = await save(owner, revision, "  ")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_lists_are_of_a_project_an_asset_or_a_revision_and_links_are_not_in_them(
    owner: Caller, revision: Revision, project: Project, database: Database, clock: Clock
) -> None:
    later = await add_revision(
        database, clock, await add_asset(database, clock, project, "Pump"), "B"
    )
    await add_viewpoint(database, clock, revision, "skid")
    await add_viewpoint(database, clock, later, "pump")
    await add_viewpoint(database, clock, later, "link", immutable=True)
    assert set(await names(owner, project)) == {"skid", "pump"}
    assert await names(owner, project, asset_id=later.asset_id) == ["pump"]
    assert await names(owner, project, revision_id=revision.id) == ["skid"]
    assert (
        await owner.client.get(
            f"/api/v1/projects/{project.id}/viewpoints", params={"asset_id": str(uuid7())}
        )
    ).status_code == 404


async def test_the_same_link_is_kept_once_and_never_changes(
    owner: Caller, revision: Revision, project: Project
) -> None:
    first = (await save(owner, revision, "", immutable=True)).json()
    again = (await save(owner, revision, "", immutable=True)).json()
    assert first["id"] == again["id"]
    address = f"/api/v1/viewpoints/{first['id']}"
    for refused in (
        await owner.client.patch(address, json={"name": "mine"}),
        await owner.client.delete(address),
    ):
        assert (refused.status_code, refused.json()["facts"]["reason"]) == (409, "immutable")
    assert first["may_change"] is False


async def test_a_view_is_renamed_filed_reordered_and_replaced(
    owner: Caller, revision: Revision, project: Project
) -> None:
    a, b, c = [(await save(owner, revision, name)).json() for name in "abc"]
    address = f"/api/v1/viewpoints/{c['id']}"
    patched = await owner.client.patch(address, json={"name": "C", "folder": "Pumps"})
    assert (patched.json()["name"], patched.json()["folder"]) == ("C", "Pumps")
    await owner.client.patch(address, json={"after_id": a["id"]})
    assert await names(owner, project) == ["a", "C", "b"]
    await owner.client.patch(f"/api/v1/viewpoints/{b['id']}", json={"after_id": None})
    assert await names(owner, project) == ["b", "a", "C"]
    said = content(revision, visibility={"hidden": [[1, 1]]})
    replaced = await owner.client.patch(address, json={"content": said})
    assert replaced.json()["content"]["visibility"] == {"hidden": [[1, 1]]}
    assert "camera" not in replaced.json()["content"]


async def test_a_change_made_upon_an_older_copy_is_refused(
    owner: Caller, revision: Revision, clock: Clock
) -> None:
    made = await save(owner, revision)
    address, tag = made.headers["location"], made.headers["etag"]
    clock.advance(seconds=1)
    assert (await owner.client.patch(address, json={"name": "first"})).status_code == 200
    for refused in (
        await owner.client.patch(address, json={"name": "second"}, headers={"If-Match": tag}),
        await owner.client.delete(address, headers={"If-Match": tag}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert (await owner.client.get(address)).json()["name"] == "first"


async def test_a_view_stays_with_its_asset(
    app: FastAPI, owner: Caller, revision: Revision, project: Project,
    database: Database, clock: Clock,
) -> None:  # fmt: skip
    other = await add_revision(database, clock, await add_asset(database, clock, project, "Pump"))
    made = await save(owner, revision)
    refused = await owner.client.patch(made.headers["location"], json={"content": content(other)})
    assert refused.json()["code"] == "unknown_revision"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("role", "creates", "own", "others"),
    [
        (Role.OWNER, 201, 200, 200),
        (Role.EDITOR, 201, 200, 200),
        (Role.REVIEWER, 201, 200, 403),
        (Role.VIEWER, 403, 403, 403),
        (Role.GUEST_LIVE, 201, 200, 403),
        (Role.GUEST_VIEW, 403, 403, 403),
    ],
)
async def test_reviewers_save_views_and_change_their_own_editors_change_all(
    app: FastAPI, owner: Caller, revision: Revision, project: Project, database: Database,
    clock: Clock, role: Role, creates: int, own: int, others: int,
) -> None:  # fmt: skip
    if role in (Role.GUEST_LIVE, Role.GUEST_VIEW):
        who = await add_guest(database, clock, project, role)
    else:
        who = await add_user(database, clock, "Ben Okoro")
        await add_member(database, clock, project, who, role)
    mine = await add_viewpoint(database, clock, revision, "mine", author=who)
    theirs = await add_viewpoint(database, clock, revision, "theirs", author=owner.principal)
    async with sign_in(app, database, clock, who) as caller:
        assert (await save(caller, revision)).status_code == creates
        assert "theirs" in await names(caller, project)
        for view, expected in ((mine, own), (theirs, others)):
            address = f"/api/v1/viewpoints/{view.id}"
            got = await caller.client.get(address)
            assert got.json()["may_change"] is (expected == 200)
            changed = await caller.client.patch(address, json={"name": "new"})
            assert changed.status_code == expected, (view.name, changed.text)
            deleted = await caller.client.delete(address)
            assert deleted.status_code == (204 if expected == 200 else expected)
        if others == 403:
            assert changed.json()["facts"]["needs"] == "editor"


async def test_a_guest_of_one_asset_sees_the_views_of_that_asset_only(
    app: FastAPI, revision: Revision, project: Project, asset: Asset,
    database: Database, clock: Clock,
) -> None:  # fmt: skip
    other = await add_revision(database, clock, await add_asset(database, clock, project, "Pump"))
    hidden = await add_viewpoint(database, clock, other, "pump")
    await add_viewpoint(database, clock, revision, "skid")
    guest = await add_guest(database, clock, project, Role.GUEST_VIEW, asset=asset)
    async with sign_in(app, database, clock, guest) as dana:
        assert await names(dana, project) == ["skid"]
        assert (await dana.client.get(f"/api/v1/viewpoints/{hidden.id}")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_views_go_with_their_asset_into_the_trash_and_come_back(
    owner: Caller, revision: Revision, project: Project, asset: Asset
) -> None:
    made = await save(owner, revision)
    await owner.client.delete(f"/api/v1/assets/{asset.id}")
    assert (await owner.client.get(made.headers["location"])).status_code == 404
    assert await names(owner, project) == []
    await owner.client.post(f"/api/v1/assets/{asset.id}/restore")
    assert await names(owner, project) == ["Valve"]


async def test_a_picture_is_kept_and_served_by_its_content(
    owner: Caller, revision: Revision
) -> None:
    made = (await save(owner, revision, thumbnail=PIXEL)).json()
    picture = await owner.client.get(made["thumbnail_url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert picture.content == base64.b64decode(PIXEL)
    tag = {"If-None-Match": picture.headers["etag"]}
    assert (await owner.client.get(made["thumbnail_url"], headers=tag)).status_code == 304
    bare = (await save(owner, revision)).json()
    assert bare["thumbnail_url"] is None
    missing = await owner.client.get(f"/api/v1/viewpoints/{bare['id']}/thumbnail")
    assert missing.status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "thumbnail",
    ["%%%", base64.b64encode(b"<svg onload=alert(1)>").decode(),
     base64.b64encode(b"RIFF" + bytes(200_000)).decode()],
)  # fmt: skip
async def test_what_is_no_small_picture_is_refused(
    owner: Caller, revision: Revision, thumbnail: str
) -> None:
    refused = await save(owner, revision, thumbnail=thumbnail)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/thumbnail")


async def test_a_removed_view_is_gone(owner: Caller, revision: Revision, project: Project) -> None:
    made = await save(owner, revision)
    assert (await owner.client.delete(made.headers["location"])).status_code == 204
    assert (await owner.client.get(made.headers["location"])).status_code == 404
    assert await names(owner, project) == []


def tell_partners(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, partner: list[int] | None, new_count: int = 5
) -> None:
    """Let the comparison of any two revisions have found these."""

    async def partners(_old: UUID, _new: UUID, *, wait_s: float) -> PartnerColumns | None:
        if partner is None:
            return None
        guessed = np.zeros(len(partner), bool)
        return PartnerColumns(np.array(partner, np.int32), guessed, new_count)

    monkeypatch.setattr(app.state.context.comparisons, "partners", partners)


async def test_parts_of_two_revisions_correspond_as_their_comparison_found(
    app: FastAPI, owner: Caller, revision: Revision, asset: Asset, database: Database,
    clock: Clock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    later = await add_revision(database, clock, asset, "B")
    await publish(app, database, later, PARTS_C)
    theirs = await publish(app, database, revision, PARTS_B)
    address = f"/api/v1/revisions/{later.id}/correspondence/{revision.id}"
    tell_partners(app, monkeypatch, [3, 4, -1, 0])
    found = (await owner.client.get(address)).json()
    assert (found["matched_by"], found["runs"]) == ("comparison", [[0, 3, 2], [3, 0, 1]])
    # What a view was made on before the other revision was converted anew was not compared.
    await publish(app, database, revision, ["pipe", "frame"])
    old = (await owner.client.get(address, params={"structure": theirs})).json()
    assert (old["matched_by"], old["runs"]) == ("id", [[0, 0, 1], [1, 2, 3]])
    # Nor is a result believed that counts other parts.
    changed = (await owner.client.get(address)).json()
    assert (changed["matched_by"], changed["runs"]) == ("id", [[0, 4, 1], [1, 0, 1]])


async def test_parts_of_two_revisions_correspond_by_their_stable_ids_without_a_comparison(
    app: FastAPI, owner: Caller, revision: Revision, asset: Asset, database: Database,
    clock: Clock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    tell_partners(app, monkeypatch, None)
    later = await add_revision(database, clock, asset, "B")
    ours = await publish(app, database, later, PARTS_C)
    theirs = await publish(app, database, revision, PARTS_B)
    address = f"/api/v1/revisions/{later.id}/correspondence/{revision.id}"
    found = (await owner.client.get(address)).json()
    assert found == {
        "structure": ours,
        "other_structure": theirs,
        "count": 5,
        "other_count": 4,
        "matched_by": "id",
        "runs": [[0, 0, 1], [1, 2, 3]],
    }
    await publish(app, database, revision, ["pipe", "frame"])  # numbered anew meanwhile
    old = (await owner.client.get(address, params={"structure": theirs})).json()
    assert old["runs"] == [[0, 0, 1], [1, 2, 3]]
    assert (await owner.client.get(address)).json()["runs"] == [[0, 4, 1], [1, 0, 1]]
    gone = await owner.client.get(address, params={"structure": "0" * 64})
    assert (gone.status_code, gone.json()["code"]) == (422, "unknown_revision")
