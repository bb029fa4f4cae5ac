"""Rooms store together and fail alone; on both databases."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from builders import Clock, add_asset, add_project, add_revision, add_session, add_user
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError

from holotable.rooms.ledger import Entry, Ledger
from holotable.store.database import Database
from holotable.store.queries import sessions as rows
from holotable.store.tables import Attendance, Operation, Session

LEASE = timedelta(seconds=10)


class Rooms:
    """Some rooms of one person, each under a lease of ours."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.leases: list[rows.Lease] = []

    async def open(self, count: int) -> "Rooms":
        self.mia = await add_user(self.database, self.clock, "Mia")
        project = await add_project(self.database, self.clock, owner=self.mia)
        asset = await add_asset(self.database, self.clock, project)
        revision = await add_revision(self.database, self.clock, asset)
        for _ in range(count):
            session = await add_session(self.database, self.clock, revision)
            self.leases.append(await self.claim(session.id))
        return self

    async def claim(self, session_id: UUID) -> rows.Lease:
        async with self.database.transaction() as transaction:
            claimed = await rows.claim(transaction, session_id, "", LEASE)
        assert isinstance(claimed, tuple)
        return claimed[1]

    def entry(self, room: int, seq: int, **columns: Any) -> Entry:
        at = self.clock()
        operation = {
            "seq": seq, "client_id": "client-one", "client_seq": seq, "kind": "set",
            "key": "explode", "value": {"amount": 0.5}, "principal_id": self.mia.id,
            "name": "Mia", "at": at,
        } | columns  # fmt: skip
        return Entry(self.leases[room], [operation], [], [], at)

    async def stored(self) -> list[list[int]]:
        async with self.database.transaction() as transaction:
            found = await transaction.execute(select(Operation.session_id, Operation.seq))
            of = {lease.session_id: [] for lease in self.leases}  # type: dict[UUID, list[int]]
            for session_id, seq in found:
                of[session_id].append(seq)
        return [sorted(of[lease.session_id]) for lease in self.leases]


@pytest.fixture
async def rooms(database: Database, clock: Clock) -> Rooms:
    return await Rooms(database, clock).open(3)


async def test_what_waits_is_committed_in_one_transaction(database: Database, rooms: Rooms) -> None:
    commits = 0

    def count(_connection: Any) -> None:
        nonlocal commits
        commits += 1

    ledger = Ledger(database)
    event.listen(database.engine.sync_engine, "commit", count)
    entries = [rooms.entry(room, seq) for seq in (1, 2) for room in range(3)]
    assert await asyncio.gather(*(ledger.append(entry) for entry in entries)) == [True] * 6
    assert commits == 1
    assert await rooms.stored() == [[1, 2]] * 3


async def test_d9_who_is_fenced_out_stores_nothing_and_costs_the_others_nothing(
    database: Database, rooms: Rooms
) -> None:
    ledger = Ledger(database)
    await rooms.claim(rooms.leases[1].session_id)  # another node took this room
    async with database.transaction() as transaction:
        over = update(Session).where(Session.id == rooms.leases[2].session_id)
        await transaction.execute(over.values(ended_at=rooms.clock()))
    answers = await asyncio.gather(*(ledger.append(rooms.entry(room, 1)) for room in range(3)))
    assert answers == [True, False, False]
    assert await rooms.stored() == [[1], [], []]


async def test_d9_what_the_database_refuses_of_one_room_fails_alone(
    database: Database, rooms: Rooms
) -> None:
    ledger = Ledger(database)
    await ledger.append(rooms.entry(1, 1))
    again = rooms.entry(1, 2, client_seq=1)  # this number of this client is stored
    answers = await asyncio.gather(
        ledger.append(rooms.entry(0, 1)),
        ledger.append(again),
        ledger.append(rooms.entry(2, 1)),
        return_exceptions=True,
    )
    assert answers[0] is answers[2] is True
    assert isinstance(answers[1], IntegrityError)
    assert await rooms.stored() == [[1], [1], [1]]
    assert await ledger.append(rooms.entry(1, 2))  # and it goes on


async def test_a_room_that_gave_up_is_not_stored_behind_its_back(
    database: Database, rooms: Rooms
) -> None:
    ledger = Ledger(database)
    gone = asyncio.ensure_future(ledger.append(rooms.entry(0, 1)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await ledger.append(rooms.entry(1, 1))
    assert gone.cancelled()
    assert await rooms.stored() == [[], [1], []]


async def test_who_came_and_went_is_stored_with_the_operations(
    database: Database, rooms: Rooms
) -> None:
    ledger = Ledger(database)
    at = rooms.clock()
    lease = rooms.leases[0]
    row = rows.attendance_row(lease.session_id, rooms.mia.id, "Mia", "owner", "desktop", at)
    assert await ledger.append(Entry(lease, [], [row], [], at))
    assert await ledger.append(Entry(lease, [], [], [row["id"]], at))
    async with database.transaction() as transaction:
        found = (await transaction.scalars(select(Attendance))).one()
    assert (found.name, found.left_at) == ("Mia", at)
