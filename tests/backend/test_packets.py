"""Packets as they are made: of real packages, by one process, and never half."""

import asyncio
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trimesh
from builders import Asset, Caller, Clock, Project, add_asset, add_review, add_revision
from fastapi import FastAPI
from issue_builders import add_attachment, add_drawing, add_issue, add_sheet_pin
from package_reader import validator_errors
from published import fixture_packages, published
from sqlalchemy import select

from holotable import packets
from holotable.errors import SigningKeyMissing
from holotable.exchange.packet_check import check_packet
from holotable.packets import Packets, Workshop, file_name, zone_of
from holotable.store.blobs import put_bytes, read_all
from holotable.store.database import Database
from holotable.store.queries import packets as rows
from holotable.store.review_tables import Review, ReviewPacket, RevisionEvent
from holotable.store.tables import Revision as RevisionRow
from holotable.web.context import Context

TEMPLATE = "<!doctype html><!--holotable-packet-data-->"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return fixture_packages(tmp_path_factory.mktemp("packets"))


@pytest.fixture
def maker(app: FastAPI) -> Packets:
    """A maker beside the app's own, asked by hand: the app's looks only every two seconds."""
    context: Context = app.state.context
    (context.frontend_dir / packets.TEMPLATE).write_text(TEMPLATE)
    return Packets(context.packets.workshop)


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Fixture 王/..")


@pytest.fixture
async def review(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, asset: Asset,
    folders: dict[str, Path],
) -> Review:  # fmt: skip
    context: Context = app.state.context
    old = await published(context, database, clock, asset, folders["B"])
    new = await published(context, database, clock, asset, folders["C"])
    made = await add_review(database, clock, new, approvers=[owner.principal])
    async with database.transaction() as session:
        row = await session.get_one(Review, made.id)
        row.compared_to_id = old.id
    return made


async def made(maker: Packets, database: Database, clock: Clock, review: Review) -> ReviewPacket:
    """Ask and make; waits when the app's own maker was faster."""
    async with database.transaction() as session:
        row = await rows.ask(
            session, review, language="de", time_zone="Europe/Berlin", by=None, name="Mia",
            now=clock(),
        )  # fmt: skip
    await maker.make_one()
    for _ in range(600):
        async with database.transaction() as session:
            found = await session.get_one(ReviewPacket, row.id)
        if found.state in ("ready", "failed"):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("nobody made it")


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_packet_is_made_verified_elsewhere_and_one_flipped_bit_is_found(
    maker: Packets, database: Database, clock: Clock, review: Review, tmp_path: Path
) -> None:
    row = await made(maker, database, clock, review)
    assert (row.state, row.problem) == ("ready", None)
    assert row.file_name == "Fixture-王-B-review-1.zip"
    data = await read_all(maker.workshop.blobs, row.sha256 or "")
    found = files(data)
    compare = json.loads(found["compare.json"])
    assert (compare["from"], compare["to"]) == ("A", "B")
    said = {one["name"]: one["said"] for one in compare["stops"]}
    assert "Ø 6,0 → Ø 6,5" in said["Plate"]
    assert json.loads(found["decisions.json"])["asset"] == "Fixture 王/.."
    assert "Prüfung #1" in found["report.html"].decode()
    scene = trimesh.load(io.BytesIO(found["model.glb"]), file_type="glb")
    assert len(scene.graph.nodes_geometry) == 4
    folder, scratch = tmp_path / "package", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    (folder / "model.glb").write_bytes(found["model.glb"])
    assert not any(validator_errors(folder, scratch).values())
    # Another process, another data directory, no settings, no database.
    packet, key = tmp_path / "packet.zip", tmp_path / "key.pem"
    packet.write_bytes(data)
    async with database.transaction() as session:
        (known,) = await rows.keys(session)
    key.write_text(known.public_pem)
    assert verified(tmp_path, packet, "--key", str(key)) == (0, known.id)
    broken = bytearray(data)
    broken[len(data) // 3] ^= 1
    packet.write_bytes(broken)
    assert verified(tmp_path, packet, "--key", str(key))[0] == 1
    async with database.transaction() as session:
        event = (
            await session.scalars(select(RevisionEvent).where(RevisionEvent.kind == "packet_made"))
        ).one()
    assert (event.name, event.facts["sha256"]) == ("Mia", row.sha256)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_files_beside_issues_and_drawings_go_along_and_what_is_lost_is_named(
    maker: Packets, database: Database, clock: Clock, project: Project, review: Review,
    tmp_path: Path,
) -> None:  # fmt: skip
    blobs = maker.workshop.blobs
    async with database.transaction() as session:
        revision = await session.get_one(RevisionRow, review.revision_id)
    issue = await add_issue(database, clock, project, revision=revision)
    bore, sheet = await put_bytes(blobs, b"a bore"), await put_bytes(blobs, b"%PDF-1.7 sheet")
    await add_attachment(database, clock, issue, bore.sha256, name="bore.png", bytes=bore.size)
    await add_attachment(database, clock, issue, "e" * 64, name="lost.png")
    drawing = await add_drawing(
        database, clock, revision, "Plate", sha256=sheet.sha256, bytes=sheet.size
    )
    await add_sheet_pin(database, clock, issue, drawing, page=1)
    row = await made(maker, database, clock, review)
    assert (row.state, row.problem) == ("ready", None)
    assert {one["what"] for one in row.left_out} == {"lost.png, beside #1"}
    data = await read_all(blobs, row.sha256 or "")
    found = files(data)
    assert found["attachments/ISSUE-00001/002-bore.png"] == b"a bore"
    assert found["drawings/001-Plate.pdf"] == b"%PDF-1.7 sheet"
    manifest = json.loads(found["manifest.json"])
    assert manifest["attached"] == {"files": 2, "bytes": bore.size + sheet.size}
    assert "lost.png, beside #1" in found["report.html"].decode()
    with zipfile.ZipFile(io.BytesIO(found["issues.bcfzip"])) as topics:
        assert topics.read(f"documents/{drawing.id}") == b"%PDF-1.7 sheet"
    packet = tmp_path / "packet.zip"
    packet.write_bytes(data)
    assert check_packet(packet).holds
    at = data.index(b"a bore")
    packet.write_bytes(data[:at] + b"A" + data[at + 1 :])
    assert [one.file for one in check_packet(packet).findings] == [
        "attachments/ISSUE-00001/002-bore.png"
    ]


def verified(folder: Path, *arguments: object) -> tuple[int, str]:
    """`holotable verify` far from any server: its exit code, and the key it named."""
    empty = folder / "elsewhere"
    empty.mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HOLOTABLE_")
    } | {"HOLOTABLE_DATA_DIR": "/nonexistent", "HOLOTABLE_DATABASE_URL": "postgresql://nowhere/x"}
    ended = subprocess.run(
        [sys.executable, "-m", "holotable", "verify", *map(str, arguments)],
        cwd=empty, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert list(empty.iterdir()) == []
    named = [line.split()[1] for line in ended.stdout.splitlines() if line.startswith("Key")]
    return ended.returncode, named[0] if named else ""


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_comparison_or_a_page_the_packet_says_so(
    app: FastAPI, maker: Packets, database: Database, clock: Clock, review: Review, asset: Asset,
    tmp_path: Path,
) -> None:  # fmt: skip
    other = await add_revision(database, clock, asset, "Z", state="queued")
    async with database.transaction() as session:
        row = await session.get_one(Review, review.id)
        row.compared_to_id = other.id
    context: Context = app.state.context
    (context.frontend_dir / packets.TEMPLATE).unlink()
    packet = await made(maker, database, clock, review)
    assert packet.state == "ready", packet.problem
    assert [one["what"] for one in packet.left_out] == ["compare.json", "viewer/index.html"]
    assert "conversion is queued" in packet.left_out[0]["why"]
    file = tmp_path / "packet.zip"
    file.write_bytes(await read_all(maker.workshop.blobs, packet.sha256 or ""))
    assert check_packet(file).holds


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_made_says_why_and_can_be_asked_for_again(
    app: FastAPI, database: Database, clock: Clock, owner: Caller, asset: Asset, review: Review
) -> None:
    context: Context = app.state.context
    shop = context.packets.workshop

    def missing() -> Any:
        raise SigningKeyMissing("The signing key key.pem cannot be read: no such file.")

    keyless = Packets(replace(shop, signing_key=missing))
    context.packets.workshop = keyless.workshop  # the app's own looks as well
    failed = await made(keyless, database, clock, review)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem["code"] == "signing_key_missing"
    context.packets.workshop = shop
    assert (await made(Packets(shop), database, clock, review)).state == "ready"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_revision_without_a_scene_has_no_packet(
    maker: Packets, database: Database, clock: Clock, owner: Caller, asset: Asset
) -> None:
    bare = await add_revision(database, clock, asset)
    review = await add_review(database, clock, bare, approvers=[owner.principal])
    failed = await made(maker, database, clock, review)
    assert failed.problem is not None
    assert (failed.state, failed.problem["code"]) == ("failed", "not_ready")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_model_above_the_ceiling_is_left_out_and_said(
    maker: Packets, database: Database, clock: Clock, review: Review,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(packets, "MAX_MODEL_BYTES", 100)
    packet = await made(maker, database, clock, review)
    assert packet.state == "ready"
    assert packet.left_out[-1]["what"] == "model.glb"
    assert "packets hold models up to" in packet.left_out[-1]["why"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_corrected_revision_hands_over_the_corrected_model(
    maker: Packets, database: Database, clock: Clock, review: Review
) -> None:
    before = await made(maker, database, clock, review)
    async with database.transaction() as session:
        row = await session.get_one(RevisionRow, review.revision_id)
        row.placement = {"unit": "in", "up_axis": None}
    after = await made(maker, database, clock, review)
    sizes = []
    for one in (before, after):
        content = files(await read_all(maker.workshop.blobs, one.sha256 or ""))["model.glb"]
        sizes.append(trimesh.load(io.BytesIO(content), file_type="glb").extents)
    assert sizes[1] == pytest.approx(sizes[0] * 25.4, rel=1e-6)


async def test_a_maker_that_died_again_and_again_gives_up(
    app: FastAPI, database: Database, clock: Clock, review: Review
) -> None:
    shop: Workshop = app.state.context.packets.workshop
    async with database.transaction() as session:
        row = await rows.ask(
            session, review, language="en", time_zone="", by=None, name="", now=clock()
        )
        row.state, row.attempts, row.lease_until = "making", rows.MAX_ATTEMPTS, clock()
    clock.advance(seconds=1)
    await Packets(shop).make_one()
    async with database.transaction() as session:
        found = await session.get_one(ReviewPacket, row.id)
    assert found.problem is not None
    assert (found.state, found.problem["code"]) == ("failed", "packet_failed")


def test_zones_by_their_names_and_nothing_else() -> None:
    zone = zone_of("Europe/Berlin")
    assert zone is not None
    assert zone.key == "Europe/Berlin"
    for name in ("", "Nowhere/Nothing", "../../etc/passwd", "/etc/localtime", "a" * 64):
        assert zone_of(name) is None


def test_a_file_name_has_nothing_a_file_system_dislikes() -> None:
    from result_builders import result

    assert file_name(result(asset="a/b\\c:*?\x00 ..")) == "a-b-c-C-review-14.zip"
    assert file_name(result(asset="///")) == "asset-C-review-14.zip"
