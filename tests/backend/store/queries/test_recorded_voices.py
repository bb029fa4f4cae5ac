from datetime import timedelta
from uuid import UUID

import pytest
from builders import (
    Clock,
    Principal,
    add_asset,
    add_project,
    add_recording,
    add_revision,
    add_session,
    add_user,
)

from holotable.store.database import Database, uuid7
from holotable.store.queries import recorded_voices as voices
from holotable.store.queries import recordings as rows
from holotable.store.recording_tables import RecordedSpeech, Recording


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia")


@pytest.fixture
async def recording(database: Database, clock: Clock, mia: Principal) -> Recording:
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_recording(database, clock, await add_session(database, clock, revision))


def piece(recording: Recording, who: Principal, from_ms: int, name: str = "a") -> RecordedSpeech:
    return RecordedSpeech(
        recording_id=recording.id, principal_id=who.id, id=uuid7(), from_ms=from_ms,
        duration_ms=1_000, media_type="audio/webm", bytes=100, sha256=name * 64,
        stored_at=recording.started_at,
    )  # fmt: skip


async def say_yes(database: Database, recording: Recording, who: Principal) -> None:
    async with database.transaction() as transaction:
        await voices.agree(
            transaction, recording.id, who.id, name=who.name, now=recording.started_at
        )


async def keep(database: Database, row: RecordedSpeech, limit_bytes: int = 1_000) -> bool:
    async with database.transaction() as transaction:
        return await voices.add_piece(transaction, row, limit_bytes=limit_bytes)


async def begins(database: Database, recording_id: UUID) -> list[int]:
    async with database.transaction() as transaction:
        return [one.from_ms for one in await voices.pieces_of(transaction, recording_id)]


async def test_nothing_is_kept_without_a_yes_or_beyond_the_limit(
    database: Database, recording: Recording, mia: Principal
) -> None:
    assert not await keep(database, piece(recording, mia, 0))
    await say_yes(database, recording, mia)
    assert await keep(database, piece(recording, mia, 2_000))
    assert await keep(database, piece(recording, mia, 0))
    assert not await keep(database, piece(recording, mia, 4_000), limit_bytes=250)
    assert await begins(database, recording.id) == [0, 2_000]


async def test_a_no_deletes_what_was_kept_and_names_its_blobs(
    database: Database, clock: Clock, recording: Recording, mia: Principal
) -> None:
    ben = await add_user(database, clock, "Ben")
    for who, name in ((mia, "a"), (ben, "b")):
        await say_yes(database, recording, who)
        assert await keep(database, piece(recording, who, 0, name))
    later = clock() + timedelta(seconds=5)
    async with database.transaction() as transaction:
        gone = await voices.withdraw(transaction, recording.id, mia.id, now=later)
    assert gone == ["a" * 64]
    async with database.transaction() as transaction:
        (left,) = await voices.voices_of(transaction, recording.id)
        assert (left.name, left.bytes) == ("Ben", 100)
    assert not await keep(database, piece(recording, mia, 1_000))
    await say_yes(database, recording, mia)
    assert await keep(database, piece(recording, mia, 1_000))


async def test_a_deleted_recording_takes_its_voices_along(
    database: Database, recording: Recording, mia: Principal
) -> None:
    await say_yes(database, recording, mia)
    assert await keep(database, piece(recording, mia, 0))
    async with database.transaction() as transaction:
        assert await rows.remove(transaction, recording.id) == ["a" * 64]
    async with database.transaction() as transaction:
        assert await voices.voice_of(transaction, recording.id, mia.id) is None
