"""Exports as they are made: of real packages, once, with ids kept, and never half."""

import asyncio
import io
import json
import os
import struct
import sys
import zipfile
from pathlib import Path

import pytest
import trimesh
from builders import Asset, Clock, Project, Revision, add_asset, add_revision
from fastapi import FastAPI
from published import fixture_packages, published

from holotable import model_exports
from holotable.errors import NoModel, NotReady
from holotable.model_exports import FORMATS, Format, ModelExports, file_name
from holotable.store.blobs import Blobs, read_all
from holotable.store.database import Database
from holotable.store.exchange_tables import ModelExport
from holotable.store.queries import model_exports as rows
from holotable.store.tables import Revision as RevisionRow

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return fixture_packages(tmp_path_factory.mktemp("exports"))


@pytest.fixture
def blobs(app: FastAPI) -> Blobs:
    found: Blobs = app.state.context.blobs
    return found


@pytest.fixture
def maker(database: Database, blobs: Blobs, clock: Clock) -> ModelExports:
    """A maker beside the app's own, asked by hand: the app's looks only every two seconds."""
    return ModelExports(database, blobs, clock)


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Fixture 王/..", part_number="4711")


@pytest.fixture
async def revision(
    app: FastAPI, database: Database, clock: Clock, asset: Asset, folders: dict[str, Path]
) -> Revision:
    return await published(app.state.context, database, clock, asset, folders["B"])


async def made(
    maker: ModelExports, database: Database, revision: Revision, format: Format
) -> ModelExport:
    assert revision.created_by is not None
    row = await maker.ask(revision, format, revision.created_by)
    await maker.make_one()
    for _ in range(600):  # the app's own maker may have been faster
        async with database.transaction() as session:
            found = await session.get_one(ModelExport, row.id)
        if found.state not in rows.GOING_ON:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("nobody made it")


def document(glb: bytes) -> dict[str, object]:
    (size,) = struct.unpack_from("<I", glb, 12)
    found: dict[str, object] = json.loads(glb[20 : 20 + size])
    return found


async def test_every_format_is_made_named_and_readable(
    maker: ModelExports, database: Database, blobs: Blobs, revision: Revision,
    folders: dict[str, Path],
) -> None:  # fmt: skip
    volumes = {}
    for format in FORMATS:
        row = await made(maker, database, revision, format)
        assert (row.state, row.problem, row.left_out) == ("ready", None, {}), format
        assert row.file_name == f"Fixture-王-A{model_exports.SUFFIXES[format]}"
        data = await read_all(blobs, row.sha256 or "")
        assert len(data) == row.bytes
        if format == "glb":
            said = document(data)
            assert "extensionsRequired" not in said
            nodes = [one for one in said["nodes"] if "id" in (one.get("extras") or {})]  # type: ignore[attr-defined]  # glTF as JSON
            assert {one["name"] for one in nodes} >= {"Fixture", "Plate", "Bolt"}
        if format == "packed":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                manifest = json.loads(archive.read("manifest.json"))
                assert set(archive.namelist()) == {*manifest["files"], "manifest.json"}
                kept = (folders["B"] / "base.glb").read_bytes()
                assert archive.read("base.glb") == kept
        if format == "usda":
            assert "metersPerUnit = 1" in data.decode()
            assert "4711" in data.decode()
        if format in ("glb", "stl", "3mf"):
            scene = trimesh.load(io.BytesIO(data), file_type=format)
            whole = scene.to_mesh() if hasattr(scene, "to_mesh") else scene
            volumes[format] = abs(whole.volume) * (1e9 if format == "glb" else 1.0)
    assert volumes["stl"] == pytest.approx(volumes["glb"], rel=1e-3)
    assert volumes["3mf"] == pytest.approx(volumes["glb"], rel=1e-3)


async def test_a_second_ask_is_the_same_file_and_a_correction_makes_another(
    maker: ModelExports, database: Database, revision: Revision
) -> None:
    first = await made(maker, database, revision, "stl")
    assert revision.created_by is not None
    again = await maker.ask(revision, "stl", revision.created_by)
    assert (again.id, again.state, again.sha256) == (first.id, "ready", first.sha256)
    async with database.transaction() as session:
        row = await session.get_one(RevisionRow, revision.id)
        row.placement = {"unit": "in"}
    corrected = await made(maker, database, revision, "stl")
    assert corrected.id != first.id
    assert corrected.sha256 != first.sha256


async def test_without_a_scene_or_a_model_nothing_is_queued(
    maker: ModelExports, database: Database, clock: Clock, asset: Asset
) -> None:
    waiting = await add_revision(database, clock, asset, state="queued")
    bare = await add_revision(database, clock, asset)  # a package without files
    assert waiting.created_by is not None
    with pytest.raises(NotReady):
        await maker.ask(waiting, "glb", waiting.created_by)
    with pytest.raises(NoModel):
        await maker.ask(bare, "glb", waiting.created_by)


async def test_a_writer_that_is_cancelled_is_ended_and_leaves_nothing(
    maker: ModelExports, database: Database, clock: Clock, revision: Revision,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    started = tmp_path / "started"
    slow = tmp_path / "slow.py"
    slow.write_text(
        f"import os, pathlib, time\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    wrapper = tmp_path / "python"
    wrapper.write_text(f"#!/bin/sh\nexec {sys.executable} {slow}\n")
    wrapper.chmod(0o755)
    assert revision.created_by is not None
    monkeypatch.setattr(model_exports.sys, "executable", str(wrapper))
    monkeypatch.setattr(model_exports, "BEAT_S", 0.05)
    row = await maker.ask(revision, "usdz", revision.created_by)
    making = asyncio.create_task(maker.make_one())
    for _ in range(600):
        if started.exists() and started.read_text():
            break
        await asyncio.sleep(0.05)
    async with database.transaction() as session:
        await maker.cancel(session, row, "Mia")
    async with asyncio.timeout(60):
        await making
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    async with database.transaction() as session:
        kept = await session.get_one(ModelExport, row.id)
    assert kept.state == "cancelled"
    assert kept.problem is not None
    assert kept.problem["detail"] == "Mia cancelled this."
    assert kept.sha256 is None


async def test_a_writer_that_fails_says_so_and_a_model_of_points_says_why(
    maker: ModelExports, database: Database, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_exports.sys, "executable", "/bin/false")
    row = await made(maker, database, revision, "obj")
    assert row.problem is not None
    assert (row.state, row.problem["code"]) == ("failed", "export_failed")
    monkeypatch.setattr(rows, "MAX_ATTEMPTS", 0)
    again = await made(maker, database, revision, "obj")
    assert again.problem is not None
    assert "cut off" in again.problem["detail"]


def test_a_file_name_pleases_every_file_system(engine: str) -> None:
    assert file_name("..//", "A B", "obj") == "asset-A-B.obj.zip"
