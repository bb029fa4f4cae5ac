from datetime import timedelta
from uuid import UUID

import pytest
from builders import (
    Clock,
    Principal,
    Session,
    add_asset,
    add_project,
    add_revision,
    add_session,
    add_user,
)
from live_builders import RECORDING

from holotable.store.blobs import Blob
from holotable.store.database import Database, uuid7
from holotable.store.queries import recordings as rows
from holotable.store.recording_tables import Recording
from holotable.store.tables import Operation

KEY = UUID(RECORDING)


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia")


@pytest.fixture
async def meeting(database: Database, clock: Clock, mia: Principal) -> Session:
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_session(database, clock, revision)


@pytest.fixture
async def recording(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> Recording:
    async with database.transaction() as transaction:
        return await rows.begin(
            transaction, meeting, KEY, principal_id=mia.id, name="Mia", first_seq=1, at=clock()
        )


async def test_chunks_add_up_and_the_last_one_says_how_far_it_reaches(
    database: Database, clock: Clock, recording: Recording
) -> None:
    async with database.transaction() as transaction:
        assert await rows.last_chunk(transaction, KEY) == (-1, 0, None)
        for number in (0, 1):
            await rows.add_chunk(
                transaction, KEY, number=number, from_ms=4_000 * number,
                to_ms=4_000 * (number + 1), blob=Blob(f"{number}" * 64, 10), now=clock(),
            )  # fmt: skip
    async with database.transaction() as transaction:
        assert await rows.last_chunk(transaction, KEY) == (1, 8_000, clock())
        assert await rows.lengths_ms(transaction, [KEY, uuid7()]) == {KEY: 8_000}
        assert [one.number for one in await rows.chunks_of(transaction, KEY)] == [0, 1]
        assert (await transaction.get_one(Recording, KEY)).bytes == 20
        assert await rows.remove(transaction, KEY) == ["0" * 64, "1" * 64]
        assert await rows.chunk(transaction, KEY, 0) is None


async def test_a_chunk_of_a_deleted_recording_is_forgotten(
    database: Database, clock: Clock, recording: Recording
) -> None:
    async with database.transaction() as transaction:
        await rows.remove(transaction, KEY)
        await rows.add_chunk(
            transaction, KEY, number=0, from_ms=0, to_ms=1, blob=Blob("0" * 64, 10), now=clock()
        )
        assert await rows.chunks_of(transaction, KEY) == []


async def test_an_end_is_written_once(
    database: Database, clock: Clock, meeting: Session, recording: Recording
) -> None:
    async with database.transaction() as transaction:
        assert await rows.going_on(transaction, meeting.id) is not None
        await rows.end(transaction, KEY, last_seq=4, at=clock(), reason="stopped")
        await rows.end_with_session(transaction, meeting.id, clock() + timedelta(hours=1))
    async with database.transaction() as transaction:
        (row,) = await rows.of_session(transaction, meeting.id)
        assert (row.last_seq, row.ended_at, row.ended_reason) == (4, clock(), "stopped")
        assert await rows.going_on(transaction, meeting.id) is None


async def test_operations_are_found_by_number_and_by_time(
    database: Database, clock: Clock, meeting: Session, mia: Principal, recording: Recording
) -> None:
    async with database.transaction() as transaction:
        for seq in (1, 2, 3):
            transaction.add(
                Operation(
                    session_id=meeting.id, seq=seq, client_id="client-one", client_seq=seq,
                    kind="chat", key="", value={"text": "x"}, principal_id=mia.id, name="Mia",
                    at=clock() + timedelta(seconds=seq),
                )
            )  # fmt: skip
    async with database.transaction() as transaction:

        async def between(after: int, until: int | None, limit: int = 10) -> list[int]:
            found = await rows.operations_between(
                transaction, meeting.id, after=after, until=until, limit=limit
            )
            return [one.seq for one in found]

        assert await between(1, None) == [2, 3]
        assert await between(0, 2) == [1, 2]
        assert await between(0, 3, limit=1) == [1]
        assert await rows.seq_at(transaction, meeting.id, clock()) == 0
        assert await rows.seq_at(transaction, meeting.id, clock() + timedelta(seconds=2)) == 2
