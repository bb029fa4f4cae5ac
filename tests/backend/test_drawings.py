"""The stage of drawings: what arrives through the sandbox, and where things stand on sheets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from builders import Clock, Project, add_asset, add_revision
from drawing_files import pdf, picture
from issue_builders import add_comment, add_drawing, add_issue, add_sheet_pin

from holotable import comments, drawings
from holotable.drawings import SheetReader
from holotable.errors import (
    Conflict,
    DamagedDrawing,
    DrawingTooLarge,
    EncryptedDrawing,
    Invalid,
    NotADrawing,
    NotFound,
    UnknownSheet,
)
from holotable.review.attachment import HEAD_BYTES
from holotable.review.drawing import SheetPlace
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database
from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.issue_tables import Issue, IssueComment
from holotable.store.queries import drawings as rows
from holotable.store.tables import Revision


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for one in content:
        yield one


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
def reader(tmp_path: Path) -> SheetReader:
    return SheetReader(tmp_path / "work", allow_unsandboxed=True)


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


def kept(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


async def test_a_pdf_is_counted_in_a_sandbox_that_leaves_nothing(
    blobs: FileBlobs, reader: SheetReader, tmp_path: Path
) -> None:
    content = pdf()
    arrived = await drawings.receive(
        pieces(content[:9], content[9:]), blobs, reader, name="c:\\Plate.PDF"
    )
    assert (arrived.name, arrived.kind, arrived.media_type) == ("Plate", "pdf", "application/pdf")
    assert arrived.sizes == [[0.21, 0.297], [0.42, 0.297]]
    assert len(kept(tmp_path / "blobs")) == 1
    assert kept(tmp_path / "work") == []


async def test_what_is_refused_leaves_no_byte_and_says_why(
    blobs: FileBlobs, reader: SheetReader, tmp_path: Path
) -> None:
    for content, error in (
        (pdf(password="secret"), EncryptedDrawing),
        (b"%PDF-1.7\n" + bytes(300), DamagedDrawing),
        (picture()[:-30], DamagedDrawing),
        (b"MZ" + bytes(HEAD_BYTES), NotADrawing),
        (b"", Invalid),
    ):
        with pytest.raises(error):
            await drawings.receive(pieces(content), blobs, reader, name="a.pdf")
    with pytest.raises(DrawingTooLarge):
        await drawings.receive(pieces(pdf()), blobs, reader, name="a.pdf", max_bytes=500)
    assert kept(tmp_path / "blobs") == []
    assert kept(tmp_path / "work") == []


async def test_several_are_read_beside_each_other(blobs: FileBlobs, reader: SheetReader) -> None:
    every = [
        drawings.receive(pieces(pdf(title=f"{number}")), blobs, reader, name=f"{number}.pdf")
        for number in range(3)
    ]
    assert [one.name for one in await asyncio.gather(*every)] == ["0", "1", "2"]


PLACE = SheetPlace(page=1, x=0.5, y=0.25)


async def pin(
    database: Database, clock: Clock, to: Issue | IssueComment, drawing: Drawing,
    place: SheetPlace = PLACE,
) -> SheetPin:  # fmt: skip
    async with database.transaction() as session:
        again = await session.merge(to, load=True)
        assert to.created_by is not None
        return await drawings.pin(
            session, again, drawing, place, id_=None, by=to.created_by, now=clock()
        )


async def test_another_place_ends_the_one_before(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    drawing = await add_drawing(database, clock, revision)
    issue = await add_issue(database, clock, project)
    first = await pin(database, clock, issue, drawing)
    second = await pin(database, clock, issue, drawing, SheetPlace(page=0, x=0, y=0))
    async with database.transaction() as session:
        before = await session.get_one(SheetPin, first.id)
        assert before.ended_at is not None
        now = await rows.present(session, issue_id=issue.id)
        assert now is not None
        assert now.id == second.id
        again = await session.get_one(Issue, issue.id)
        assert again.asset_id == revision.asset_id  # it was of the whole project before


async def test_only_a_sheet_that_is_there_and_of_the_same_asset_takes_a_place(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    drawing = await add_drawing(database, clock, revision)
    other = await add_revision(
        database, clock, await add_asset(database, clock, project, name="Other")
    )
    issue = await add_issue(database, clock, project, revision=other)
    with pytest.raises(NotFound):
        await pin(database, clock, issue, drawing)
    mine = await add_issue(database, clock, project, revision=revision)
    with pytest.raises(UnknownSheet):
        await pin(database, clock, mine, drawing, SheetPlace(page=2, x=0, y=0))
    said = await add_comment(database, clock, mine)
    with pytest.raises(Conflict):
        await pin(database, clock, said, drawing)


async def test_a_comment_takes_its_place_along_when_it_becomes_an_issue_or_goes(
    database: Database, clock: Clock, revision: Revision
) -> None:
    drawing = await add_drawing(database, clock, revision)
    one, other = [await add_comment(database, clock, revision) for _ in range(2)]
    for comment in (one, other):
        await add_sheet_pin(database, clock, comment, drawing)
    assert one.created_by is not None
    async with database.transaction() as session:
        issue = await comments.become_issue(
            session, await session.get_one(IssueComment, one.id), {}, id_=None,
            by=one.created_by, now=clock(),
        )  # fmt: skip
        gone = await session.get_one(IssueComment, other.id)
        await comments.remove(session, gone, by=one.created_by, now=clock())
    async with database.transaction() as session:
        placed = await rows.pins_of(session, issue_ids=[issue.id])
        assert placed[issue.id].drawing.id == drawing.id
        assert await rows.present(session, comment_id=other.id) is None
