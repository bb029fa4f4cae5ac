"""Uploads that resume, below the web: pieces, broken lines, lies, ends, and no blob left over."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import Asset, Caller, Clock, Project, add_asset, add_tus_upload
from fastapi import FastAPI
from sqlalchemy import select

from holotable import tus
from holotable.errors import (
    Conflict,
    Gone,
    NotFound,
    Refused,
    TooMany,
    TusChecksumWrong,
    TusOffsetWrong,
    TusTooLong,
)
from holotable.store.blobs import read_all
from holotable.store.database import Database
from holotable.store.exchange_tables import TusPiece, TusUpload
from holotable.store.tables import Revision
from holotable.tus import Checksum, TusUploads
from holotable.web.context import Context

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
CONTENT = bytes(range(256)) * 10


@pytest.fixture
def context(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(tus, "PIECE_BYTES", 1000)
    found: Context = app.state.context
    return found


@pytest.fixture
def uploads(context: Context) -> TusUploads:
    return context.tus


@pytest.fixture
async def row(database: Database, clock: Clock, project: Project, owner: Caller) -> TusUpload:
    return await add_tus_upload(
        database, clock, project, owner.principal, length=len(CONTENT), name="cube.stl"
    )


async def sent(
    data: bytes, *, step: int = 300, breaks: bool = False
) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(data), step):
        yield data[start : start + step]
    if breaks:
        raise Refused("The upload broke off.")


def blobs_in(settings_dir: Path) -> set[str]:
    root = settings_dir / "blobs"
    return {one.name for one in root.rglob("*") if one.is_file()}


async def revision_of(database: Database, row: TusUpload) -> Revision:
    assert row.revision_id is not None
    async with database.transaction() as session:
        return await session.get_one(Revision, row.revision_id)


async def test_a_broken_line_keeps_what_came_and_the_last_byte_makes_the_revision(
    uploads: TusUploads, context: Context, database: Database, row: TusUpload, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="broke off"):
        await uploads.append(row, 0, sent(CONTENT[:1700], breaks=True), None)
    now = await uploads.stand(row.id)
    assert now.offset == 1700
    async with database.transaction() as session:
        assert [one.bytes for one in await session.scalars(select(TusPiece))] == [1000, 700]
    with pytest.raises(TusOffsetWrong, match="stands at 1700, not at 1000"):
        await uploads.append(now, 1000, sent(CONTENT[1000:]), None)
    done = await uploads.append(now, 1700, sent(CONTENT[1700:]), None)
    assert (done.state, done.offset) == ("done", len(CONTENT))
    revision = await revision_of(database, done)
    assert (revision.source_name, revision.source_bytes) == ("cube.stl", len(CONTENT))
    assert await read_all(context.blobs, revision.source_sha256) == CONTENT
    assert blobs_in(tmp_path / "data") == {revision.source_sha256}


async def test_a_writer_that_was_overtaken_adds_nothing(
    uploads: TusUploads, context: Context, clock: Clock, row: TusUpload, tmp_path: Path
) -> None:
    elsewhere = TusUploads(
        context.database, context.blobs, context.jobs, clock, timedelta(days=1)
    )  # another process

    async def slow() -> AsyncGenerator[bytes, None]:
        yield CONTENT[:500]
        await elsewhere.stand(row.id)  # its client thinks the line is dead and asks again
        yield CONTENT[500:900]

    with pytest.raises(TusOffsetWrong, match="taken this upload over"):
        await uploads.append(row, 0, slow(), None)
    assert (await uploads.stand(row.id)).offset == 0
    assert blobs_in(tmp_path / "data") == set()


async def test_a_writer_on_a_dead_line_keeps_what_came_when_its_client_asks_again(
    uploads: TusUploads, row: TusUpload
) -> None:
    came = asyncio.Event()

    async def dead() -> AsyncGenerator[bytes, None]:
        yield CONTENT[:500]
        came.set()
        await asyncio.Event().wait()

    writing = asyncio.create_task(uploads.append(row, 0, dead(), None))
    await came.wait()
    assert (await uploads.stand(row.id)).offset == 500
    with pytest.raises(TusOffsetWrong, match="taken this upload over"):
        await writing
    done = await uploads.append(row, 500, sent(CONTENT[500:]), None)
    assert done.state == "done"


async def test_a_wrong_checksum_and_a_broken_line_with_one_keep_nothing(
    uploads: TusUploads, row: TusUpload, tmp_path: Path
) -> None:
    right = Checksum("sha256", hashlib.sha256(CONTENT[:1500]).digest())
    with pytest.raises(TusChecksumWrong):
        await uploads.append(row, 0, sent(CONTENT[1:1501]), right)
    with pytest.raises(Refused, match="broke off"):
        await uploads.append(row, 0, sent(CONTENT[:1200], breaks=True), right)
    assert (await uploads.stand(row.id)).offset == 0
    assert blobs_in(tmp_path / "data") == set()
    assert (await uploads.append(row, 0, sent(CONTENT[:1500]), right)).offset == 1500


async def test_more_bytes_than_announced_are_refused(uploads: TusUploads, row: TusUpload) -> None:
    with pytest.raises(TusTooLong):
        await uploads.append(row, 0, sent(CONTENT + b"more", step=5000), None)
    assert (await uploads.stand(row.id)).state == "open"


async def test_what_expires_or_is_given_up_is_gone_with_its_bytes(
    uploads: TusUploads, database: Database, clock: Clock, project: Project, owner: Caller,
    row: TusUpload, tmp_path: Path,
) -> None:  # fmt: skip
    other = await add_tus_upload(database, clock, project, owner.principal, length=len(CONTENT))
    await uploads.append(row, 0, sent(CONTENT[:1200]), None)
    await uploads.append(other, 0, sent(CONTENT[:1200]), None)
    assert len(blobs_in(tmp_path / "data")) == 4  # the same bytes, and yet each its own
    await uploads.end(other)
    assert len(blobs_in(tmp_path / "data")) == 2
    clock.advance(days=3)
    late = await uploads._fresh(row.id)
    with pytest.raises(Gone):
        await uploads.append(late, 1200, sent(CONTENT[1200:]), None)
    assert await uploads.sweep() == 1
    assert blobs_in(tmp_path / "data") == set()
    for one in (row, other):
        with pytest.raises(Gone):
            uploads.require_open(await uploads._fresh(one.id))
    clock.advance(days=3)
    await uploads.sweep()
    async with database.transaction() as session:
        assert await session.get(TusUpload, row.id) is None


async def test_all_that_end_at_once_make_one_revision_each_and_no_more(
    uploads: TusUploads, database: Database, clock: Clock, project: Project, owner: Caller
) -> None:
    asset: Asset = await add_asset(database, clock, project)
    ones = [
        await add_tus_upload(
            database, clock, project, owner.principal, length=1200, asset_id=asset.id
        )
        for _ in range(3)
    ]
    await asyncio.gather(*(uploads.append(one, 0, sent(CONTENT[:1200]), None) for one in ones))
    await asyncio.gather(*(uploads.finish(one.id) for one in ones * 2))
    async with database.transaction() as session:
        labels = list(await session.scalars(select(Revision.label)))
    assert sorted(labels) == ["A", "B", "C"]


async def test_a_file_that_cannot_become_a_revision_says_why_and_leaves_nothing(
    uploads: TusUploads, database: Database, clock: Clock, project: Project, owner: Caller,
    tmp_path: Path,
) -> None:  # fmt: skip
    asset: Asset = await add_asset(database, clock, project)
    ones = [
        await add_tus_upload(
            database, clock, project, owner.principal, length=1200, asset_id=asset.id,
            fields={"label": "B"},
        )
        for _ in range(2)
    ]  # fmt: skip
    first = await uploads.append(ones[0], 0, sent(CONTENT[:1200]), None)
    with pytest.raises(Conflict, match="already has a revision B"):
        await uploads.append(ones[1], 0, sent(CONTENT[:1200]), None)
    failed = await uploads._fresh(ones[1].id)
    assert failed.problem is not None
    assert (failed.state, failed.problem["code"]) == ("failed", "conflict")
    kept = (await revision_of(database, first)).source_sha256
    assert blobs_in(tmp_path / "data") == {kept}
    async with database.transaction() as session:
        (await session.get_one(type(asset), asset.id)).deleted_at = clock()
    gone = await add_tus_upload(
        database, clock, project, owner.principal, length=1, asset_id=asset.id
    )
    with pytest.raises(NotFound, match="not there any more"):
        await uploads.append(gone, 0, sent(b"x"), None)


async def test_nobody_begins_without_end(
    uploads: TusUploads, database: Database, clock: Clock, project: Project, owner: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await add_tus_upload(database, clock, project, owner.principal)
    monkeypatch.setattr(tus, "MAX_OPEN", 1)
    with pytest.raises(TooMany):
        async with database.transaction() as session:
            await uploads.create(
                session, project_id=project.id, asset=None, author=owner.id, name="a.stl",
                length=1, metadata="", fields={},
            )  # fmt: skip
    assert timedelta(0) < uploads._lifetime
