"""Rows of recordings and of their chunks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.blobs import Blob
from holotable.store.queries.sessions import Lease
from holotable.store.recording_tables import (
    RecordedSpeech,
    RecordedVoice,
    Recording,
    RecordingChunk,
)
from holotable.store.tables import Operation, Session


async def holds(transaction: AsyncSession, lease: Lease) -> bool:
    """Whether the room is still ours; nobody can claim it before this transaction ends.

    An ended session counts: its last seconds are stored after its row says so.
    """
    held: CursorResult[Any] = await transaction.execute(  # type: ignore[assignment]  # rowcount
        update(Session)
        .where(Session.id == lease.session_id, Session.fence == lease.fence)
        .values(fence=lease.fence)
    )
    return held.rowcount == 1


async def begin(
    transaction: AsyncSession,
    session: Session,
    recording_id: UUID,
    *,
    principal_id: UUID,
    name: str,
    first_seq: int,
    at: datetime,
) -> Recording:
    """Write down that somebody pressed Record."""
    row = Recording(
        id=recording_id,
        project_id=session.project_id,
        revision_id=session.revision_id,
        session_id=session.id,
        started_at=at,
        started_by=principal_id,
        started_name=name,
        first_seq=first_seq,
        ended_reason="",
        bytes=0,
    )
    transaction.add(row)
    await transaction.flush()
    return row


async def end(
    transaction: AsyncSession, recording_id: UUID, *, last_seq: int, at: datetime, reason: str
) -> None:
    """Write down that a recording is over; one that is over already stays as it is."""
    await transaction.execute(
        update(Recording)
        .where(Recording.id == recording_id, Recording.ended_at.is_(None))
        .values(last_seq=last_seq, ended_at=at, ended_reason=reason)
    )


async def end_with_session(transaction: AsyncSession, session_id: UUID, now: datetime) -> None:
    """A session is over, and with it what was being recorded of it (REC8)."""
    last = select(func.coalesce(func.max(Operation.seq), 0)).where(
        Operation.session_id == session_id
    )
    await transaction.execute(
        update(Recording)
        .where(Recording.session_id == session_id, Recording.ended_at.is_(None))
        .values(last_seq=last.scalar_subquery(), ended_at=now, ended_reason="ended")
        .execution_options(synchronize_session=False)
    )


async def going_on(transaction: AsyncSession, session_id: UUID) -> Recording | None:
    """The recording of a session that nobody has ended."""
    return (
        await transaction.scalars(
            select(Recording)
            .where(Recording.session_id == session_id, Recording.ended_at.is_(None))
            .order_by(Recording.started_at.desc())
            .limit(1)
        )
    ).one_or_none()


async def recorded_now(transaction: AsyncSession, session_ids: Collection[UUID]) -> set[UUID]:
    """Those of these sessions that are being recorded."""
    return set(
        await transaction.scalars(
            select(Recording.session_id).where(
                Recording.session_id.in_(list(session_ids)), Recording.ended_at.is_(None)
            )
        )
    )


async def of_session(transaction: AsyncSession, session_id: UUID) -> Sequence[Recording]:
    """The recordings of a session, oldest first."""
    return (
        await transaction.scalars(
            select(Recording)
            .where(Recording.session_id == session_id)
            .order_by(Recording.started_at, Recording.id)
        )
    ).all()


async def add_chunk(
    transaction: AsyncSession,
    recording_id: UUID,
    *,
    number: int,
    from_ms: int,
    to_ms: int,
    blob: Blob,
    now: datetime,
    lanes: dict[str, Any] | None = None,
) -> None:
    """Store where some seconds are; a chunk of a recording that was deleted is forgotten."""
    grown: CursorResult[Any] = await transaction.execute(  # type: ignore[assignment]  # rowcount
        update(Recording)
        .where(Recording.id == recording_id)
        .values(bytes=Recording.bytes + blob.size)
        .execution_options(synchronize_session=False)
    )
    if grown.rowcount == 1:
        transaction.add(
            RecordingChunk(
                recording_id=recording_id,
                number=number,
                from_ms=from_ms,
                to_ms=to_ms,
                bytes=blob.size,
                sha256=blob.sha256,
                stored_at=now,
                lanes=lanes,
            )
        )
        await transaction.flush()


async def chunks_of(transaction: AsyncSession, recording_id: UUID) -> Sequence[RecordingChunk]:
    """The chunks of a recording, in order."""
    return (
        await transaction.scalars(
            select(RecordingChunk)
            .where(RecordingChunk.recording_id == recording_id)
            .order_by(RecordingChunk.number)
        )
    ).all()


async def chunk(
    transaction: AsyncSession, recording_id: UUID, number: int
) -> RecordingChunk | None:
    """One chunk."""
    return await transaction.get(RecordingChunk, (recording_id, number))


async def last_chunk(
    transaction: AsyncSession, recording_id: UUID
) -> tuple[int, int, datetime | None]:
    """(number, to_ms, stored_at) of the newest chunk; (-1, 0, None) when there is none."""
    row = (
        await transaction.scalars(
            select(RecordingChunk)
            .where(RecordingChunk.recording_id == recording_id)
            .order_by(RecordingChunk.number.desc())
            .limit(1)
        )
    ).one_or_none()
    return (-1, 0, None) if row is None else (row.number, row.to_ms, row.stored_at)


async def lengths_ms(transaction: AsyncSession, recording_ids: Collection[UUID]) -> dict[UUID, int]:
    """How far the chunks of recordings reach; those without any are absent."""
    found = await transaction.execute(
        select(RecordingChunk.recording_id, func.max(RecordingChunk.to_ms))
        .where(RecordingChunk.recording_id.in_(list(recording_ids)))
        .group_by(RecordingChunk.recording_id)
    )
    return {recording_id: to_ms for recording_id, to_ms in found}


async def operations_between(
    transaction: AsyncSession, session_id: UUID, *, after: int, until: int | None, limit: int
) -> Sequence[Operation]:
    """Operations numbered above `after` and up to `until`, ascending."""
    statement = (
        select(Operation)
        .where(Operation.session_id == session_id, Operation.seq > after)
        .order_by(Operation.seq)
        .limit(limit)
    )
    if until is not None:
        statement = statement.where(Operation.seq <= until)
    return (await transaction.scalars(statement)).all()


async def seq_at(transaction: AsyncSession, session_id: UUID, at: datetime) -> int:
    """Number of the last operation up to a moment; 0 when there is none."""
    return (
        await transaction.scalar(
            select(func.coalesce(func.max(Operation.seq), 0)).where(
                Operation.session_id == session_id, Operation.at <= at
            )
        )
    ) or 0


async def remove(transaction: AsyncSession, recording_id: UUID) -> list[str]:
    """Delete a recording; the sha256 of the blobs that nothing names any more.

    Chunks carry the recording's id and their number, pieces of voices the recording's and their
    own, so no two rows name one blob.
    """
    found: list[str] = []
    for table in (RecordingChunk, RecordedSpeech):
        found += await transaction.scalars(
            select(table.sha256).where(table.recording_id == recording_id)
        )
    for owned in (RecordingChunk, RecordedSpeech, RecordedVoice):
        await transaction.execute(delete(owned).where(owned.recording_id == recording_id))
    await transaction.execute(delete(Recording).where(Recording.id == recording_id))
    return found
