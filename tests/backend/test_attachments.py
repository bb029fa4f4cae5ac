"""The stage of attachments: what arrives, under which name, and how many."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from builders import Clock, Project
from issue_builders import PNG, add_attachment, add_issue

from holotable import attachments
from holotable.errors import AttachmentTooLarge, Invalid, UnsafeAttachment
from holotable.review.attachment import HEAD_BYTES
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for one in content:
        yield one


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs")


def kept(blobs: FileBlobs) -> list[Path]:
    return [one for one in blobs.spool.parent.rglob("*") if one.is_file()]


async def test_a_file_that_comes_in_pieces_is_known_by_its_first_bytes(
    blobs: FileBlobs,
) -> None:
    found = await attachments.receive(
        pieces(PNG[:3], PNG[3:], bytes(HEAD_BYTES)), blobs, name="a/b\\crack\x00.png"
    )
    assert (found.name, found.media.media_type) == ("crack.png", "image/png")
    assert found.blob.size == len(PNG) + HEAD_BYTES
    assert len(kept(blobs)) == 1


async def test_what_is_refused_leaves_no_byte(blobs: FileBlobs) -> None:
    for content, name, error in (
        ((b"MZ", bytes(HEAD_BYTES)), "a.png", UnsafeAttachment),
        ((PNG, bytes(50)), "a.png", AttachmentTooLarge),
        ((), "a.png", Invalid),
    ):
        with pytest.raises(error):
            await attachments.receive(
                pieces(*content), blobs, name=name,
                max_bytes=len(PNG) if error is AttachmentTooLarge else HEAD_BYTES * 2,
            )  # fmt: skip
    with pytest.raises(Invalid, match="snapshot"):
        await attachments.receive(pieces(b"%PDF"), blobs, name="a.pdf", pictures_only=True)
    assert kept(blobs) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_issue_has_only_so_many(
    database: Database, clock: Clock, project: Project, blobs: FileBlobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    issue = await add_issue(database, clock, project)
    await add_attachment(database, clock, issue)
    monkeypatch.setattr(attachments, "MAX_ATTACHMENTS", 1)
    arrived = await attachments.receive(pieces(PNG), blobs, name="a.png")
    with pytest.raises(Invalid, match="at most 1"):
        async with database.transaction() as session:
            await attachments.add(
                session, issue, arrived, id_=None, author=project.created_by, now=clock()
            )


def test_a_name_is_its_last_part_and_never_empty() -> None:
    assert attachments.clean_name("C:\\x\\ä b.png ") == "ä b.png"
    assert attachments.clean_name("../..") == ".."
    assert attachments.clean_name("\n") == "file"
    assert len(attachments.clean_name("x" * 500)) == 200
