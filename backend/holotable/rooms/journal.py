"""What a room is opened from, and where its operations become durable: under the room's lease.

The only module anywhere that appends operations, through the process's `Ledger`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.rooms.effects import Past, Recorded
from holotable.rooms.floor import REMOVED
from holotable.rooms.ledger import Entry, Ledger
from holotable.rooms.live_room import FencedError, Participant
from holotable.rooms.log import CHAT_KEPT, LOG_WINDOW, apply
from holotable.rooms.protocol import Author, Held, Op
from holotable.rooms.recorder import Recorder
from holotable.store.database import Database
from holotable.store.queries import sessions as rows
from holotable.store.tables import Operation, Session


class StoredJournal:
    """A room's operations and attendance in the database, under its fence."""

    def __init__(
        self,
        database: Database,
        lease: rows.Lease,
        clock: Callable[[], datetime],
        recorder: Recorder | None,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._lease = lease
        self._clock = clock
        self._recorder = recorder

    async def append(self, ops: list[Op], arrivals: list[Participant], left: list[str]) -> None:
        """Store all of it, or nothing; FencedError when the lease is lost."""
        now = self._clock()
        session_id = self._lease.session_id
        came: list[dict[str, Any]] = []  # columns
        for participant in arrivals:
            joiner = participant.joiner
            row = rows.attendance_row(
                session_id,
                UUID(joiner.principal_id),
                joiner.name,
                joiner.role.value if participant.slot >= 0 else rows.SPECTATOR,
                joiner.device,
                now,
            )
            participant.attendance_id = str(row["id"])
            came.append(row)
        columns = [_columns(op) for op in ops]
        removed = [UUID(key) for op in ops if (key := _removed(op)) is not None]
        gone = [UUID(key) for key in left]
        entry = Entry(self._lease, columns, came, gone, now, removed)
        if not await self._ledger.append(entry):
            raise FencedError

    async def recall(self, cid: str, cseq: int) -> Op | None:
        """Find an operation that is older than what the room remembers."""
        async with self._database.transaction() as transaction:
            found = await rows.operation_by_client(transaction, self._lease.session_id, cid, cseq)
        return None if found is None else op_of(found)

    async def record(self, change: Recorded) -> None:
        """Store what became of a recording; FencedError when the lease is lost."""
        assert self._recorder is not None, "a room without one is never recorded"
        if not await self._recorder.record(self._lease, change):
            raise FencedError


async def past_of(transaction: AsyncSession, session: Session, recorder: Recorder | None) -> Past:
    """What is stored of a session, as a room needs it."""
    last = await rows.last_seq(transaction, session.id)
    recent = await rows.operations_of(transaction, session.id, after=max(0, last - LOG_WINDOW))
    before = last - len(recent)
    state: dict[str, Held] = {}
    for operation in await rows.changes_until(transaction, session.id, last):
        apply(state, op_of(operation))
    chat = await rows.last_chat(transaction, session.id, CHAT_KEPT)
    clients = await rows.clients_of(transaction, session.id, until=before)
    known = await rows.attendees_of(transaction, session.id) if session.kind == "meeting" else ()
    return Past(
        epoch=session.epoch,
        seq=last,
        state=state,
        recent=tuple(op_of(operation) for operation in recent),
        chat=tuple(op_of(operation) for operation in chat),
        clients={cid: (str(principal), highest) for cid, (principal, highest) in clients.items()},
        known=frozenset(str(principal) for principal in known),
        recording=await recorder.goes_on(transaction, session, last) if recorder else None,
    )


def op_of(row: Operation) -> Op:
    """A stored operation as it goes over the wire."""
    return Op(
        t="op",
        seq=row.seq,
        kind=row.kind,
        key=row.key,
        value=row.value,
        by=Author(principal_id=str(row.principal_id), name=row.name, slot=None),
        at=iso(row.at),
        cid=row.client_id,
        cseq=row.client_seq,
    )


def _removed(op: Op) -> str | None:
    """Whom an operation removes: the code lets them see nothing any more (C20)."""
    is_removal = op["key"].startswith(REMOVED) and op["value"] is not None
    return op["key"].removeprefix(REMOVED) if is_removal else None


def _columns(op: Op) -> dict[str, Any]:  # columns of `operation`
    return {
        "seq": op["seq"],
        "client_id": op["cid"],
        "client_seq": op["cseq"],
        "kind": op["kind"],
        "key": op["key"],
        "value": op["value"],
        "principal_id": UUID(op["by"]["principal_id"]),
        "name": op["by"]["name"],
        "at": datetime.fromisoformat(op["at"]),
    }


def iso(moment: datetime) -> str:
    """A moment on the wire: ISO 8601, UTC, milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
