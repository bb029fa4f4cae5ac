"""Uploads that arrive whole, break off or are too large; labels; many at once."""

import asyncio
import os
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from converting import add_bare_project

from holotable import intake
from holotable.errors import Conflict, Invalid, TooLarge
from holotable.intake import Upload, clean_name, next_label, receive
from holotable.store.blobs import Blob, FileBlobs, put_bytes, read_all
from holotable.store.database import Database
from holotable.store.tables import Asset


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
async def asset(database: Database) -> Asset:
    project = await add_bare_project(database)
    now = datetime.now(UTC)
    asset = Asset(project_id=project.id, name="Bracket", created_at=now, updated_at=now)
    async with database.transaction() as session:
        session.add(asset)
    return asset


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_stream_is_stored_under_its_hash(blobs: FileBlobs) -> None:
    data = os.urandom(100_000)
    upload = await receive(
        stream(data[:7], data[7:]), blobs, name="C:\\cad\\Bolt.step", max_bytes=100_000
    )
    assert upload.name == "Bolt.step"
    assert await read_all(blobs, upload.blob.sha256) == data


async def test_a_byte_too_many_is_refused_at_once_and_leaves_nothing(blobs: FileBlobs) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(1000)

    with pytest.raises(TooLarge):
        await receive(endless(), blobs, name="a", max_bytes=10_000)
    assert asked == 11
    assert list(blobs.spool.iterdir()) == []


async def test_a_stream_that_breaks_off_leaves_nothing(blobs: FileBlobs) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield bytes(3_000_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await receive(breaks(), blobs, name="a", max_bytes=10_000_000)
    assert list(blobs.spool.iterdir()) == []


@pytest.mark.parametrize(
    ("taken", "label"),
    [
        ([], "A"),
        (["A"], "B"),
        (["A", "B", "C"], "D"),
        (["A", "rev 2"], "B"),
        (["Z"], "AA"),
        (["AZ"], "BA"),
        (["A", "OLD"], "B"),
        (["C"], "D"),
        (["ZZ"], "AAA"),
        (["ZZ", "AAA"], "AAB"),
    ],
)
def test_labels_go_on_after_the_last_letter(taken: list[str], label: str) -> None:
    assert next_label(taken) == label


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("/home/mia/part.stp", "part.stp"),
        ("..\\..\\part.stp", "part.stp"),
        ("a\r\nSet-Cookie: x.stp", "aSet-Cookie: x.stp"),
        ("", "upload"),
        ("über.ifc", "über.ifc"),
        ("x" * 500 + ".step", "x" * 195 + ".step"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


async def add(database: Database, asset: Asset, label: str | None = None) -> str:
    upload = Upload("a.step", Blob("0" * 64, 4))
    async with database.transaction() as session:
        revision, conversion = await intake.add_revision(
            session, asset, upload, label=label, note="", author=None, options={},
            now=datetime.now(UTC),
        )  # fmt: skip
    assert conversion.state == "queued"
    return revision.label


async def test_uploads_at_the_same_moment_each_get_a_letter(
    database: Database, asset: Asset
) -> None:
    labels = await asyncio.gather(*(add(database, asset) for _ in range(8)))
    assert sorted(labels) == list("ABCDEFGH")


async def test_a_label_can_be_chosen_once(database: Database, asset: Asset) -> None:
    assert await add(database, asset, " 2026-1 ") == "2026-1"
    assert await add(database, asset) == "A"
    for taken in ("2026-1", "A"):
        with pytest.raises(Conflict):
            await add(database, asset, taken)
    for wrong in ("a/b", "x" * 33, "a\nb"):
        with pytest.raises(Invalid):
            await add(database, asset, wrong)
    assert await add(database, asset) == "B"


async def test_a_source_and_what_it_missed_become_one_zip(blobs: FileBlobs) -> None:
    source = Upload("frame.stp", await put_bytes(blobs, b"main"))
    bolt = Upload("BOLT.stp", await put_bytes(blobs, b"bolt"))
    bundled = await intake.bundle(blobs, source, [bolt], ["parts/bolt.stp", "nut.stp"])
    assert bundled.name == "frame.zip"
    with zipfile.ZipFile(blobs.path_of(bundled.blob.sha256)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "frame.stp": b"main",
            "parts/bolt.stp": b"bolt",
        }
    nut = Upload("nut.stp", await put_bytes(blobs, b"nut"))
    grown = await intake.bundle(blobs, bundled, [nut], ["nut.stp"])
    assert grown.name == "frame.zip"
    with zipfile.ZipFile(blobs.path_of(grown.blob.sha256)) as archive:
        assert archive.namelist() == ["frame.stp", "parts/bolt.stp", "nut.stp"]
    assert list(blobs.spool.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "wanted", "place"),
    [
        ("a.png", ["textures/A.png"], "textures/A.png"),
        ("a.png", ["../../a.png"], "a.png"),
        ("a.png", ["/etc/a.png"], "a.png"),
        ("a.png", ["C:\\maps\\a.png"], "a.png"),
        ("a.png", ["\\\\server\\maps\\a.png"], "a.png"),
        ("a.png", ["maps\\a.png"], "maps/a.png"),
        ("other.png", ["a.png"], "other.png"),
    ],
)
def test_an_added_file_lies_where_the_source_looks_and_never_outside(
    name: str, wanted: list[str], place: str
) -> None:
    assert intake.place_for(name, wanted) == place
