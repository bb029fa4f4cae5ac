"""Exports over REST: 202 and a place to look, the file under a good name, refusals by code."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Revision,
    add_asset,
    add_guest,
    add_member,
    add_model_export,
    add_revision,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from published import fixture_packages, published

from holotable.review.roles import Role
from holotable.store.database import Database


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return fixture_packages(tmp_path_factory.mktemp("exports"))


@pytest.fixture
async def revision(
    app: FastAPI, database: Database, clock: Clock, project: Project, folders: dict[str, Path]
) -> Revision:
    asset = await add_asset(database, clock, project, "Fixture")
    return await published(app.state.context, database, clock, asset, folders["B"])


async def waited(caller: Caller, place: str) -> Any:
    for _ in range(600):
        found = (await caller.client.get(place)).json()
        if found["state"] not in ("queued", "making"):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("nobody made it")


async def test_a_model_is_asked_for_waited_for_and_downloaded_and_asked_again_at_once(
    owner: Caller, revision: Revision
) -> None:
    path = f"/api/v1/revisions/{revision.id}/exports"
    asked = await owner.client.post(path, json={"format": "glb"})
    assert asked.status_code == 202, asked.text
    place = asked.headers["location"]
    made = await waited(owner, place)
    assert (made["state"], made["fraction"], made["file_name"]) == ("ready", 1.0, "Fixture-A.glb")
    got = await owner.client.get(made["url"])
    assert got.headers["content-type"] == "model/gltf-binary"
    assert 'filename="Fixture-A.glb"' in got.headers["content-disposition"]
    assert got.content[:4] == b"glTF"
    assert len(got.content) == made["bytes"]
    part = await owner.client.get(made["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"glTF")
    again = await owner.client.post(path, json={"format": "glb"})
    assert (again.status_code, again.json()["url"]) == (200, made["url"])
    (listed,) = (await owner.client.get(path)).json()["items"]
    assert listed["id"] == made["id"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_unknown_format_and_a_revision_without_a_scene_are_refused_by_code(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    asset = await add_asset(database, clock, project, "Fixture")
    waiting = await add_revision(database, clock, asset, state="queued")
    bare = await add_revision(database, clock, asset)
    said = {}
    for row, format in ((waiting, "glb"), (bare, "stl"), (bare, "dwg")):
        path = f"/api/v1/revisions/{row.id}/exports"
        answer = await owner.client.post(path, json={"format": format})
        said[format] = (answer.status_code, answer.json()["code"])
    assert said == {"glb": (409, "not_ready"), "stl": (409, "no_model"), "dwg": (422, "invalid")}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_not_ready_failed_or_cancelled_has_no_file_and_says_why(
    owner: Caller, database: Database, clock: Clock, revision: Revision
) -> None:
    said = {}
    for state in ("making", "failed", "cancelled"):
        later = clock.now.replace(year=2999)
        row = await add_model_export(
            database, clock, revision, state=state, format=state, lease_until=later,
            problem={"code": "x", "detail": "No.", "remedy": "Again."},
        )  # fmt: skip
        answer = await owner.client.get(f"/api/v1/exports/{row.id}/file")
        said[state] = (answer.status_code, answer.json()["code"])
    assert said == {
        "making": (409, "not_ready"),
        "failed": (400, "export_failed"),
        "cancelled": (409, "export_cancelled"),
    }


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_asked_and_editors_cancel_and_nobody_else(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, project: Project,
    revision: Revision,
) -> None:  # fmt: skip
    vic = await add_user(database, clock, "Vic Novak")
    uma = await add_user(database, clock, "Uma Sand")
    for person in (vic, uma):
        await add_member(database, clock, project, person, Role.VIEWER)
    dana = await add_guest(database, clock, project)
    stranger = await add_user(database, clock, "Sam Stone")
    later = clock.now.replace(year=2999)
    row = await add_model_export(
        database, clock, revision, state="making", by=vic, lease_until=later
    )
    path = f"/api/v1/exports/{row.id}"
    said = {}
    for person in (stranger, dana, uma, vic):
        async with sign_in(app, database, clock, person) as caller:
            said[person.name] = (await caller.client.delete(path)).status_code
    assert said == {"Sam Stone": 404, "Dana": 403, "Uma Sand": 403, "Vic Novak": 200}
    over = (await owner.client.delete(path)).json()
    assert (over["state"], over["problem"]["code"]) == ("cancelled", "export_cancelled")
    assert "Vic Novak" in over["problem"]["detail"]
