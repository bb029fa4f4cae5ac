"""Recordings of live rooms in the store: rows that begin and end, chunks as blobs.

A chunk is a blob first and a row
afterwards, under the fence of the room's lease: what has a row can be read, after kill -9 too.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import HolotableError
from holotable.rooms.effects import (
    EndRecording,
    ForgetVoice,
    KeepRecording,
    Recorded,
    RecordingFacts,
)
from holotable.rooms.lanes import lanes_of
from holotable.rooms.reel import Reel
from holotable.rooms.tape import Chunk, Tape
from holotable.store.blobs import Blobs, put_bytes
from holotable.store.database import Database
from holotable.store.queries import recorded_voices as voices
from holotable.store.queries import recordings as rows
from holotable.store.queries.sessions import Lease
from holotable.store.tables import Session

log = logging.getLogger("holotable.rooms")

TAKEN_UP_AFTER: Final = timedelta(minutes=2)  # REC9: later nobody expects it to go on
ATTEMPTS: Final = 3  # per chunk; then it is given up and the recording has a gap
RETRY_S: Final = 1.0


class Recorder:
    """Stores what the rooms of this process record."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        clock: Callable[[], datetime],
        *,
        retry_s: float = RETRY_S,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._retry_s = retry_s

    @staticmethod
    def new_id() -> str:
        """The name of a recording."""
        return str(uuid4())

    async def goes_on(
        self, transaction: AsyncSession, session: Session, last_seq: int
    ) -> RecordingFacts | None:
        """What another process began to record in this room; what is too old is closed (REC9)."""
        row = await rows.going_on(transaction, session.id)
        if row is None:
            return None
        number, to_ms, stored_at = await rows.last_chunk(transaction, row.id)
        if self._clock() - (stored_at or row.started_at) > TAKEN_UP_AFTER:
            ended_at = row.started_at + timedelta(milliseconds=to_ms)
            await rows.end(
                transaction, row.id, last_seq=last_seq, at=ended_at, reason="interrupted"
            )
            return None
        return RecordingFacts(
            id=str(row.id),
            principal_id=str(row.started_by),
            name=row.started_name,
            started_at=row.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            first_seq=row.first_seq,
            next_chunk=number + 1,
        )

    async def record(self, lease: Lease, change: Recorded) -> bool:
        """Store what became of a recording; False, and nothing stored, without the lease."""
        forgotten: list[str] = []
        async with self._database.transaction() as transaction:
            if not await rows.holds(transaction, lease):
                return False
            match change:
                case KeepRecording(facts=facts):
                    session = await transaction.get_one(Session, lease.session_id)
                    await rows.begin(
                        transaction,
                        session,
                        UUID(facts.id),
                        principal_id=UUID(facts.principal_id),
                        name=facts.name,
                        first_seq=facts.first_seq,
                        at=datetime.fromisoformat(facts.started_at),
                    )
                case EndRecording(id=key, last_seq=last_seq, at=at, reason=reason):
                    await rows.end(
                        transaction,
                        UUID(key),
                        last_seq=last_seq,
                        at=datetime.fromisoformat(at),
                        reason=reason,
                    )
                case ForgetVoice(id=key, principal_id=principal_id):
                    forgotten = await voices.withdraw(
                        transaction, UUID(key), UUID(principal_id), now=self._clock()
                    )
        for sha256 in forgotten:  # after the commit
            await self._blobs.delete(sha256)
        return True

    async def keep(self, lease: Lease, reel: Reel) -> None:
        """Store every finished chunk of a room, oldest first. Never raises."""
        for tape in list(reel.tapes):
            while tape.sealed:
                await self._keep_chunk(lease, tape, tape.sealed[0])
        reel.forget_stored()

    async def _keep_chunk(self, lease: Lease, tape: Tape, chunk: Chunk) -> None:
        for attempt in range(ATTEMPTS):
            try:
                blob = await put_bytes(self._blobs, chunk.content)
                async with self._database.transaction() as transaction:
                    if not await rows.holds(transaction, lease):
                        log.warning("recording %s: fenced out", tape.recording_id)
                    else:
                        await rows.add_chunk(
                            transaction,
                            UUID(tape.recording_id),
                            number=chunk.number,
                            from_ms=chunk.from_ms,
                            to_ms=chunk.to_ms,
                            blob=blob,
                            now=self._clock(),
                            lanes=lanes_of(chunk),
                        )
                break
            except (SQLAlchemyError, OSError, HolotableError):
                text = "recording %s: chunk %d is not stored"
                log.exception(text, tape.recording_id, chunk.number)
                if attempt + 1 < ATTEMPTS:
                    await asyncio.sleep(self._retry_s)
        tape.stored(chunk)
