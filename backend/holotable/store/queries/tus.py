"""Rows of uploads that resume: where each stands, and that only one writer moves it.

Whoever writes, or asks where it stands, raises the fence: a writer on a dead line cannot move the
offset after somebody was told what it is. Nobody waits for a lock, in whatever process they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.exchange_tables import TusPiece, TusUpload


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that have arrived. start, size: bytes of the file."""

    start: int
    size: int
    sha256: str


async def open_ones(session: AsyncSession, principal_id: UUID) -> int:
    """How many uploads somebody has begun and not ended."""
    mine = select(func.count()).where(
        TusUpload.created_by == principal_id, TusUpload.state == "open"
    )
    return await session.scalar(mine) or 0


async def claim(session: AsyncSession, upload_id: UUID, offset: int) -> int | None:
    """The fence of a new writer at this offset; None when the upload does not stand there."""
    return await session.scalar(
        update(TusUpload)
        .where(TusUpload.id == upload_id, TusUpload.state == "open", TusUpload.offset == offset)
        .values(fence=TusUpload.fence + 1)
        .returning(TusUpload.fence)
    )


async def settle(session: AsyncSession, upload_id: UUID) -> None:
    """Keep whoever is still writing from moving the offset."""
    await session.execute(
        update(TusUpload).where(TusUpload.id == upload_id).values(fence=TusUpload.fence + 1)
    )


async def append(
    session: AsyncSession,
    upload_id: UUID,
    fence: int,
    pieces: Sequence[Piece],
    expires_at: datetime,
) -> bool:
    """Move the offset over pieces that follow one another; False for a writer that is over."""
    moved = await session.scalar(
        update(TusUpload)
        .where(
            TusUpload.id == upload_id,
            TusUpload.state == "open",
            TusUpload.fence == fence,
            TusUpload.offset == pieces[0].start,
        )
        .values(offset=pieces[-1].start + pieces[-1].size, expires_at=expires_at)
        .returning(TusUpload.id)
    )
    if moved is None:
        return False
    session.add_all(
        TusPiece(upload_id=upload_id, start=one.start, bytes=one.size, sha256=one.sha256)
        for one in pieces
    )
    await session.flush()
    return True


async def pieces_of(session: AsyncSession, upload_id: UUID) -> list[Piece]:
    """What has arrived, in order."""
    found = await session.scalars(
        select(TusPiece).where(TusPiece.upload_id == upload_id).order_by(TusPiece.start)
    )
    return [Piece(one.start, one.bytes, one.sha256) for one in found]


async def forget_pieces(session: AsyncSession, upload_id: UUID) -> None:
    """Forget them; their blobs are gone already."""
    await session.execute(delete(TusPiece).where(TusPiece.upload_id == upload_id))


async def end(
    session: AsyncSession, upload_id: UUID, state: str, problem: Mapping[str, Any] | None = None
) -> bool:
    """Take an open upload to its end: done, failed or ended; False when somebody else has."""
    ended = await session.scalar(
        update(TusUpload)
        .where(TusUpload.id == upload_id, TusUpload.state == "open")
        .values(state=state, problem=dict(problem) if problem else None)
        .returning(TusUpload.id)
    )
    return ended is not None


async def expired(session: AsyncSession, now: datetime, limit: int = 100) -> Sequence[UUID]:
    """Open uploads to which nothing was added for too long."""
    overdue = select(TusUpload.id).where(TusUpload.state == "open", TusUpload.expires_at < now)
    return (await session.scalars(overdue.order_by(TusUpload.expires_at).limit(limit))).all()


async def with_leftovers(session: AsyncSession, limit: int = 100) -> Sequence[UUID]:
    """Uploads that are over and still have pieces: whoever ended them died before tidying up."""
    over = (
        select(TusUpload.id)
        .join(TusPiece, TusPiece.upload_id == TusUpload.id)
        .where(TusUpload.state != "open")
        .distinct()
    )
    return (await session.scalars(over.limit(limit))).all()


async def forget(session: AsyncSession, before: datetime) -> None:
    """Forget uploads that have been over for long; until then their address says 410."""
    await session.execute(
        delete(TusUpload).where(
            TusUpload.state != "open",
            TusUpload.expires_at < before,
            ~select(TusPiece.start).where(TusPiece.upload_id == TusUpload.id).exists(),
        )
    )
