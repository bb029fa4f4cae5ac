"""Rows of the voices of a recording: who agrees, and the pieces of what they said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.recording_tables import RecordedSpeech, RecordedVoice


async def voice_of(
    transaction: AsyncSession, recording_id: UUID, principal_id: UUID
) -> RecordedVoice | None:
    """What somebody said of their voice; None: nothing yet, which is a no."""
    return await transaction.get(RecordedVoice, (recording_id, principal_id))


async def voices_of(transaction: AsyncSession, recording_id: UUID) -> Sequence[RecordedVoice]:
    """Whose voices are kept, by name."""
    return (
        await transaction.scalars(
            select(RecordedVoice)
            .where(RecordedVoice.recording_id == recording_id, RecordedVoice.bytes > 0)
            .order_by(RecordedVoice.name, RecordedVoice.principal_id)
        )
    ).all()


async def agree(
    transaction: AsyncSession,
    recording_id: UUID,
    principal_id: UUID,
    *,
    name: str,
    now: datetime,
) -> None:
    """From now on their voice may be kept."""
    row = await voice_of(transaction, recording_id, principal_id)
    if row is None:
        row = RecordedVoice(
            recording_id=recording_id, principal_id=principal_id, name=name, bytes=0
        )
        transaction.add(row)
    row.agrees = True
    row.said_at = now
    await transaction.flush()


async def withdraw(
    transaction: AsyncSession, recording_id: UUID, principal_id: UUID, *, now: datetime
) -> list[str]:
    """Nothing more is kept of their voice, and nothing of what was; sha256 of blobs to delete.

    The no comes first: a piece that is being stored waits for this row and is refused then.
    """
    await transaction.execute(
        update(RecordedVoice)
        .where(
            RecordedVoice.recording_id == recording_id,
            RecordedVoice.principal_id == principal_id,
        )
        .values(agrees=False, said_at=now, bytes=0)
        .execution_options(synchronize_session=False)
    )
    theirs = (
        RecordedSpeech.recording_id == recording_id,
        RecordedSpeech.principal_id == principal_id,
    )
    found = list(await transaction.scalars(select(RecordedSpeech.sha256).where(*theirs)))
    await transaction.execute(delete(RecordedSpeech).where(*theirs))
    return found


async def pieces_of(
    transaction: AsyncSession, recording_id: UUID, principal_id: UUID | None = None
) -> Sequence[RecordedSpeech]:
    """The pieces of one voice, or of all, as they were said."""
    statement = select(RecordedSpeech).where(RecordedSpeech.recording_id == recording_id)
    if principal_id is not None:
        statement = statement.where(RecordedSpeech.principal_id == principal_id)
    return (
        await transaction.scalars(statement.order_by(RecordedSpeech.from_ms, RecordedSpeech.id))
    ).all()


async def piece(
    transaction: AsyncSession, recording_id: UUID, principal_id: UUID, piece_id: UUID
) -> RecordedSpeech | None:
    """One piece."""
    return await transaction.get(RecordedSpeech, (recording_id, principal_id, piece_id))


async def add_piece(transaction: AsyncSession, row: RecordedSpeech, *, limit_bytes: int) -> bool:
    """Keep a piece; False, and nothing kept, without consent or beyond the limit."""
    grown: CursorResult[Any] = await transaction.execute(  # type: ignore[assignment]  # rowcount
        update(RecordedVoice)
        .where(
            RecordedVoice.recording_id == row.recording_id,
            RecordedVoice.principal_id == row.principal_id,
            RecordedVoice.agrees,
            RecordedVoice.bytes + row.bytes <= limit_bytes,
        )
        .values(bytes=RecordedVoice.bytes + row.bytes)
        .execution_options(synchronize_session=False)
    )
    if grown.rowcount != 1:
        return False
    transaction.add(row)
    await transaction.flush()
    return True
