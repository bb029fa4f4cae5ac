"""Projects out and in over REST: for owners, streamed, refused by kind."""

from pathlib import Path

import pytest
from builders import Caller, Clock, Project, add_member, add_user, sign_in
from fastapi import FastAPI
from project_archives import full_project, held

from holotable.review.roles import Role
from holotable.store.database import Database

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
ZIP = {"Content-Type": "application/octet-stream"}


async def test_a_project_goes_out_and_comes_in_again_after_a_dry_run(
    app: FastAPI, owner: Caller, database: Database, clock: Clock, project: Project,
    tmp_path: Path,
) -> None:  # fmt: skip
    await full_project(database, app.state.context.blobs, clock, project, owner)
    path = f"/api/v1/projects/{project.id}/archive"
    got = await owner.client.get(path)
    assert got.headers["content-type"] == "application/zip"
    assert 'filename="Skid-P-101.holotable.zip"' in got.headers["content-disposition"]
    assert (await owner.client.head(path)).status_code == 200
    file = tmp_path / "project.zip"
    file.write_bytes(got.content)
    manifest, rows, _ = held(file)
    imports = "/api/v1/admin/project-archives"
    dry = await owner.client.post(
        imports, params={"dry_run": True}, content=got.content, headers=ZIP
    )
    assert (dry.status_code, dry.json()["counts"]) == (200, manifest["counts"])
    before = (await owner.client.get("/api/v1/projects")).json()["items"]
    done = (await owner.client.post(imports, content=got.content, headers=ZIP)).json()
    assert (done["dry_run"], sum(done["counts"].values())) == (False, len(rows))
    assert [(one["login"], one["became"]) for one in done["people"]] == [("mia.berg", "known")]
    after = (await owner.client.get("/api/v1/projects")).json()["items"]
    assert len(after) == len(before) + 1
    assert (await owner.client.get(f"/api/v1/projects/{done['project_id']}")).status_code == 200


async def test_only_owners_take_a_project_out_and_only_the_installations_bring_one_in(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> None:
    eve = await add_user(database, clock, "Eve Editor")
    await add_member(database, clock, project, eve, Role.EDITOR)
    ann = await add_user(database, clock, "Ann Stranger")
    said = {}
    for person in (eve, ann):
        async with sign_in(app, database, clock, person) as caller:
            out = await caller.client.get(f"/api/v1/projects/{project.id}/archive")
            into = await caller.client.post(
                "/api/v1/admin/project-archives", content=b"", headers=ZIP
            )
            said[person.name] = (out.status_code, into.status_code)
    assert said == {"Eve Editor": (403, 403), "Ann Stranger": (404, 403)}


async def test_what_is_no_archive_or_too_large_has_its_code(
    app: FastAPI, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/v1/admin/project-archives"
    answer = await owner.client.post(path, content=b"no", headers=ZIP)
    assert (answer.status_code, answer.json()["code"]) == (422, "project_archive_unreadable")
    monkeypatch.setattr(app.state.context.archives, "max_bytes", 10)
    answer = await owner.client.post(path, content=b"x" * 11, headers=ZIP)
    assert (answer.status_code, answer.json()["code"]) == (413, "project_archive_too_large")
