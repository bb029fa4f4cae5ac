"""Operations of all rooms of a process, made durable together: one transaction for all that wait.

A transaction of each room's own is the obvious thing: 150 rooms queued on SQLite's write lock,
which waits by sleeping, and an operation took 12 s (measured). Here whatever arrives while one
transaction commits goes into the next. Every room stays under its own fence: who is fenced out is
told so, and costs the others nothing.

After kill -9 of this process everything committed is there: SQLite's WAL with `synchronous=NORMAL`
is in the kernel's hands by then. Only a power cut may take the last moments, never the order.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import Database
from holotable.store.queries import sessions as rows

# Under load this much time goes by from transaction to transaction, so that each is worth its cost
# of a millisecond or two; an operation that comes alone is stored at once.
PACE_S: Final = 0.02
ENTRIES_LIMIT: Final = 400  # rooms in one transaction


@dataclass(frozen=True, slots=True)
class Entry:
    """What one room stores at once: all of it, or nothing.

    operations: columns of `operation` without session_id.  came: columns of `attendance`.
    left: attendance ids of who went at `at`.  removed: guests sent away, who lose their grants.
    """

    lease: rows.Lease
    operations: Sequence[Mapping[str, Any]]
    came: Sequence[Mapping[str, Any]]
    left: Sequence[UUID]
    at: datetime
    removed: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry: Entry
    # Whether it was stored; False: the lease is lost.
    answer: asyncio.Future[bool] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Ledger:
    """Where all rooms of a process store: gathers what waits and commits it in one go."""

    def __init__(self, database: Database, *, pace_s: float = PACE_S) -> None:
        self._database = database
        self._pace_s = pace_s
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None

    async def append(self, entry: Entry) -> bool:
        """Store it, with whatever else waits; False, and nothing stored, when the lease is lost.

        Whatever the database raises is raised to the rooms whose entries it refuses alone.
        """
        waiting = _Waiting(entry)
        self._waiting.append(waiting)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._store_what_waits())
        return await waiting.answer

    async def _store_what_waits(self) -> None:
        now = asyncio.get_running_loop().time
        while self._waiting:
            began = now()
            batch = self._waiting[:ENTRIES_LIMIT]
            del self._waiting[:ENTRIES_LIMIT]
            # Who gave up meanwhile, as a room that was closed, is not stored behind its back.
            await self._store([one for one in batch if not one.answer.done()])
            await asyncio.sleep(max(0.0, self._pace_s - (now() - began)))

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        try:
            async with self._database.transaction() as transaction:
                kept = await _append(transaction, [one.entry for one in batch])
        except Exception as failure:
            if len(batch) == 1:
                _answer(batch[0], failure)
                return
            for one in batch:  # one room's fault must not fail the others
                await self._store([one])
            return
        for one in batch:
            _answer(one, one.entry.lease in kept)


def _answer(waiting: _Waiting, outcome: bool | Exception) -> None:
    if waiting.answer.done():  # nobody waits any more
        return
    if isinstance(outcome, Exception):
        waiting.answer.set_exception(outcome)
    else:
        waiting.answer.set_result(outcome)


async def _append(transaction: AsyncSession, entries: Sequence[Entry]) -> frozenset[rows.Lease]:
    """Store entries whose lease is held; those leases."""
    kept = await rows.held(transaction, [entry.lease for entry in entries])
    stored = [entry for entry in entries if entry.lease in kept]
    await rows.append(
        transaction,
        [
            {"session_id": entry.lease.session_id, **operation}
            for entry in stored
            for operation in entry.operations
        ],
    )
    for entry in stored:
        await rows.revoke_guests(transaction, entry.lease.session_id, entry.removed)
    await rows.record_arrivals(transaction, [row for entry in stored for row in entry.came])
    gone: dict[datetime, list[UUID]] = {}
    for entry in stored:
        if entry.left:
            gone.setdefault(entry.at, []).extend(entry.left)
    for at, left in gone.items():
        await rows.record_departures(transaction, left, at)
    return kept
