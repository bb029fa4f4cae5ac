"""Files beside issues and comments: streamed, recognised by their content, kept as blobs."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import AttachmentTooLarge, DeletedComment, IdTaken, Invalid
from holotable.review.attachment import HEAD_BYTES, Media, recognise
from holotable.store.blobs import Blob, Blobs, incoming
from holotable.store.database import uuid7
from holotable.store.issue_tables import Issue, IssueAttachment, IssueComment, IssueEvent
from holotable.store.queries import issue_comments as rows
from holotable.store.queries import projects

MAX_ATTACHMENT_BYTES: Final = 64 * 1024 * 1024
MAX_SNAPSHOT_BYTES: Final = 8 * 1024 * 1024
MAX_ATTACHMENTS: Final = 200  # of an issue with its comments


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that has come whole."""

    name: str
    media: Media
    blob: Blob


async def receive(
    pieces: AsyncIterable[bytes],
    blobs: Blobs,
    *,
    name: str,
    max_bytes: int = MAX_ATTACHMENT_BYTES,
    pictures_only: bool = False,
) -> Arrived:
    """Store a stream; nothing of it stays when it is refused.

    raises: AttachmentTooLarge, UnsafeAttachment, Invalid (empty, or no picture).
    """
    clean = clean_name(name)
    head = bytearray()
    media: Media | None = None
    async with incoming(blobs) as spool:
        async for piece in pieces:
            if spool.size + len(piece) > max_bytes:
                raise AttachmentTooLarge(
                    f"An attachment has at most {max_bytes / 2**20:.0f} MB.", max_bytes=max_bytes
                )
            await spool.write(piece)
            head += piece[: HEAD_BYTES - len(head)]
            if media is None and len(head) >= HEAD_BYTES:
                media = recognise(bytes(head), clean)
        if not spool.size:
            raise Invalid("The file is empty.", pointer="/file")
        media = media or recognise(bytes(head), clean)
        if pictures_only and media.kind != "picture":
            raise Invalid("A snapshot is a PNG, JPEG or WebP picture.", pointer="/file")
        return Arrived(clean, media, await spool.keep())


async def add(
    session: AsyncSession,
    to: Issue | IssueComment,
    arrived: Arrived,
    *,
    id_: UUID | None,
    author: UUID,
    now: datetime,
) -> IssueAttachment:
    """Keep a file beside an issue or a comment, once however often the same request comes.

    raises: IdTaken, DeletedComment, Invalid (too many).
    """
    await projects.lock(session, to.project_id)
    comment = to if isinstance(to, IssueComment) else None
    issue_id = to.id if isinstance(to, Issue) else to.issue_id
    if id_ is not None:
        before = await session.get(IssueAttachment, id_)
        if before is not None:
            where = (before.project_id, before.comment_id, before.created_by, before.sha256)
            here = (to.project_id, comment.id if comment else None, author, arrived.blob.sha256)
            if where != here:
                raise IdTaken(pointer="/id")
            return before
    if comment is not None and comment.deleted_at is not None:
        raise DeletedComment()
    count = await rows.count_attachments(
        session, issue_id=issue_id, comment_id=comment.id if comment else None
    )
    if count >= MAX_ATTACHMENTS:
        raise Invalid(f"An issue has at most {MAX_ATTACHMENTS} attachments.", pointer="/file")
    row = IssueAttachment(
        id=id_ or uuid7(),
        project_id=to.project_id,
        asset_id=to.asset_id,
        issue_id=issue_id,
        comment_id=comment.id if comment else None,
        name=arrived.name,
        kind=arrived.media.kind,
        media_type=arrived.media.media_type,
        sha256=arrived.blob.sha256,
        bytes=arrived.blob.size,
        created_at=now,
        created_by=author,
    )
    session.add(row)
    _note(session, "attached", row, by=author, at=now)
    await session.flush()
    return row


async def remove(session: AsyncSession, row: IssueAttachment, *, by: UUID, now: datetime) -> None:
    """Take a file away; the history says that it was there."""
    _note(session, "detached", row, by=by, at=now)
    await session.delete(row)
    await session.flush()


def clean_name(name: str) -> str:
    """The last part of a name as a disk called it, printable, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:200] or "file"


def _note(
    session: AsyncSession, kind: str, row: IssueAttachment, *, by: UUID, at: datetime
) -> None:
    said = {"value": {"name": row.name, "bytes": row.bytes, "sha256": row.sha256}}
    session.add(
        IssueEvent(
            id=uuid7(),
            project_id=row.project_id,
            asset_id=row.asset_id,
            issue_id=row.issue_id,
            comment_id=row.comment_id,
            kind=kind,
            before=said if kind == "detached" else None,
            after=said if kind == "attached" else None,
            at=at,
            by=by,
        )
    )
