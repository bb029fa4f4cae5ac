# ruff: noqa: SIM117  # a hub, and within it who sits there: two ends that are not one
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

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
from live_builders import AT, RECORDING, MemoryLane, eventually

from holotable import sessions
from holotable.errors import Unavailable
from holotable.review.roles import Role
from holotable.rooms.effects import (
    EndRecording,
    ForgetVoice,
    Joiner,
    KeepRecording,
    RecordingFacts,
)
from holotable.rooms.hub import Hub, Pass
from holotable.rooms.presence import Presence
from holotable.rooms.recorder import ATTEMPTS, TAKEN_UP_AFTER, Recorder
from holotable.rooms.tape import News, Poses, Tape, read_chunk
from holotable.store.blobs import Blobs, FileBlobs, put_bytes, read_all
from holotable.store.database import Database, uuid7
from holotable.store.queries import recorded_voices as voices
from holotable.store.queries import recordings as rows
from holotable.store.queries import sessions as session_rows
from holotable.store.recording_tables import RecordedSpeech, Recording

LEASE = timedelta(seconds=10)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def meeting(database: Database, clock: Clock, mia: Principal) -> Session:
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_session(database, clock, revision)


def recording_hub(database: Database, clock: Clock, blobs: Blobs, **options: Any) -> Hub:
    recorder = Recorder(database, blobs, clock, retry_s=0.01)
    return Hub(database, clock=clock, recorder=recorder, **options)


@asynccontextmanager
async def seated(hub: Hub, session: Session, who: Principal) -> AsyncIterator[MemoryLane]:
    lane = MemoryLane()
    joiner = Joiner(str(who.id), who.name, Role.OWNER, guest=False, device="desktop")
    serving = asyncio.create_task(hub.serve(lane, Pass(session.id, joiner)))
    await heard(lane, "hello")
    yield lane
    lane.hang_up(1000)
    await serving


async def heard(lane: MemoryLane, t: str, count: int = 1) -> list[Any]:
    async def enough() -> bool:
        return len(lane.heard(t)) >= count

    await eventually(enough, True)
    return lane.heard(t)


async def recordings(database: Database, session: Session) -> list[Recording]:
    async with database.transaction() as transaction:
        return list(await rows.of_session(transaction, session.id))


async def records(database: Database, blobs: Blobs, recording: Recording) -> list[Poses | News]:
    async with database.transaction() as transaction:
        chunks = await rows.chunks_of(transaction, recording.id)
    found: list[Poses | News] = []
    for chunk in chunks:
        found += read_chunk(await read_all(blobs, chunk.sha256))
    return found


async def test_rec2_what_everybody_is_told_is_in_the_database(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            lane.say({"t": "chat", "cid": "client-one", "cseq": 1, "text": "before"})
            await heard(lane, "op")
            lane.say({"t": "record", "on": True})
            (news,) = await heard(lane, "recording")
            (row,) = await recordings(database, meeting)
            assert (str(row.id), row.first_seq, row.started_name, row.ended_at) == (
                news["recording"]["id"], 1, "Mia Berg", None,
            )  # fmt: skip


async def test_rec8_a_recording_that_is_stopped_has_its_presence_and_its_end(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            assert lane.handler is not None
            lane.handler.on_pose(b"where she stands")
            await asyncio.sleep(0.1)
            lane.say({"t": "record", "on": True})
            await heard(lane, "recording")
            await asyncio.sleep(0.2)
            for number in range(4):
                lane.handler.on_pose(bytes([number]))
                await asyncio.sleep(0.12)
            lane.say({"t": "chat", "cid": "client-one", "cseq": 1, "text": "within"})
            lane.say({"t": "record", "on": False})
            last = (await heard(lane, "recording", 2))[1]
            assert (last["recording"], last["reason"]) == (None, "stopped")
    (row,) = await recordings(database, meeting)
    assert (row.last_seq, row.ended_reason) == (1, "stopped")
    found = await records(database, blobs, row)
    poses = [pose for one in found if isinstance(one, Poses) for pose in one.poses.values()]
    assert poses[0] == b"where she stands"  # her newest pose is the state at the press
    assert set(poses[1:]) <= {bytes([number]) for number in range(4)}
    assert len(poses) >= 3
    assert row.bytes > 0
    assert min(one.ms for one in found) >= 0


async def test_rec8_it_ends_with_the_session(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    async with recording_hub(database, clock, blobs, watch_s=0.05).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            lane.say({"t": "record", "on": True})
            await heard(lane, "recording")
            await asyncio.sleep(0.3)
            async with database.transaction() as transaction:
                session = await transaction.get_one(Session, meeting.id)
                await sessions.end(transaction, session, now=clock())
            hub.recheck()
            await heard(lane, "bye")
            (row,) = await recordings(database, meeting)
            assert (row.ended_reason, row.last_seq, row.ended_at) == ("ended", 0, clock())
            assert await records(database, blobs, row)  # its last seconds too


async def test_rec8_it_ends_with_an_empty_room(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    options = {"watch_s": 0.05, "linger_s": 0.1}
    async with recording_hub(database, clock, blobs, **options).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            lane.say({"t": "record", "on": True})
            await heard(lane, "recording")

        async def why() -> str:
            return (await recordings(database, meeting))[0].ended_reason

        await eventually(why, "empty")


async def test_rec9_another_process_goes_on_with_it(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            lane.say({"t": "record", "on": True})
            (news,) = await heard(lane, "recording")
            await asyncio.sleep(0.3)
    clock.advance(seconds=60)
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            (hello,) = lane.heard("hello")
            assert hello["recording"] == news["recording"]
            assert hello["agreed"] is True
            await asyncio.sleep(0.3)
            lane.say({"t": "record", "on": False})
            await heard(lane, "recording")
    (row,) = await recordings(database, meeting)
    async with database.transaction() as transaction:
        chunks = await rows.chunks_of(transaction, row.id)
    assert [chunk.number for chunk in chunks] == [0, 1]
    assert chunks[1].from_ms >= 60_000
    assert row.ended_reason == "stopped"


async def test_rec9_one_that_is_too_old_is_closed_at_its_last_chunk(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            lane.say({"t": "record", "on": True})
            await heard(lane, "recording")
            await asyncio.sleep(0.3)
    clock.advance(seconds=TAKEN_UP_AFTER.total_seconds() + 1)
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            (hello,) = lane.heard("hello")
            assert "recording" not in hello
    (row,) = await recordings(database, meeting)
    assert row.ended_reason == "interrupted"
    assert row.ended_at is not None
    assert timedelta(0) <= row.ended_at - row.started_at < timedelta(seconds=5)


async def test_rec10_chunks_are_stored_while_it_goes_on(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("holotable.rooms.tape.CHUNK_MS", 200)
    async with recording_hub(database, clock, blobs).running() as hub:
        async with seated(hub, meeting, mia) as lane:
            lane.say({"t": "record", "on": True})
            await heard(lane, "recording")
            (row,) = await recordings(database, meeting)

            async def stored() -> (
                bool
            ):  # all that kill -9 leaves behind is what others can read now
                return len(await records(database, blobs, row)) >= 4

            await eventually(stored, True)


class BrokenBlobs(FileBlobs):
    """Refuses as often as it is told to."""

    failures = 0

    async def adopt(self, path: Path, blob: Any) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise Unavailable("The object store does not answer.")
        await super().adopt(path, blob)


@pytest.mark.parametrize(("failures", "kept"), [(ATTEMPTS - 1, 1), (ATTEMPTS, 0)])
async def test_rec7_a_chunk_is_tried_again_and_then_given_up(
    database: Database, clock: Clock, tmp_path: Path, meeting: Session, mia: Principal,
    failures: int, kept: int,
) -> None:  # fmt: skip
    broken = BrokenBlobs(tmp_path / "broken")
    broken.failures = failures
    recorder = Recorder(database, broken, clock, retry_s=0.0)
    async with database.transaction() as transaction:
        claimed = await session_rows.claim(transaction, meeting.id, "", LEASE)
    assert isinstance(claimed, tuple)
    begin = KeepRecording(RecordingFacts(RECORDING, str(mia.id), "Mia", AT, 0))
    assert await recorder.record(claimed[1], begin)
    tape = Tape(RECORDING)
    tape.sample(0, Presence().entries, [], frozenset())
    tape.seal()

    class One:
        tapes = [tape]  # noqa: RUF012  # as a reel has

        def forget_stored(self) -> None:
            self.tapes = []

    await recorder.keep(claimed[1], One())  # type: ignore[arg-type]  # a reel of one tape
    assert not tape.sealed
    (row,) = await recordings(database, meeting)
    async with database.transaction() as transaction:
        assert len(await rows.chunks_of(transaction, row.id)) == kept


async def test_d5_whoever_is_fenced_out_stores_nothing_of_a_recording(
    database: Database, clock: Clock, blobs: Blobs, meeting: Session, mia: Principal
) -> None:
    recorder = Recorder(database, blobs, clock)
    async with database.transaction() as transaction:
        claimed = await session_rows.claim(transaction, meeting.id, "", LEASE)
        assert isinstance(claimed, tuple)
        await session_rows.claim(transaction, meeting.id, "", LEASE)
    begin = KeepRecording(RecordingFacts(RECORDING, str(mia.id), "Mia", AT, 0))
    assert not await recorder.record(claimed[1], begin)
    assert not await recorder.record(claimed[1], EndRecording(RECORDING, 0, AT, "stopped"))
    assert await recordings(database, meeting) == []


async def test_rec13_a_voice_that_is_taken_back_leaves_no_bytes(
    database: Database, clock: Clock, blobs: FileBlobs, meeting: Session, mia: Principal
) -> None:
    recorder = Recorder(database, blobs, clock)
    async with database.transaction() as transaction:
        claimed = await session_rows.claim(transaction, meeting.id, "", LEASE)
    assert isinstance(claimed, tuple)
    begin = KeepRecording(RecordingFacts(RECORDING, str(mia.id), "Mia", AT, 0))
    assert await recorder.record(claimed[1], begin)
    (recording,) = await recordings(database, meeting)
    blob = await put_bytes(blobs, b"some seconds")
    async with database.transaction() as transaction:
        await voices.agree(transaction, recording.id, mia.id, name="Mia", now=clock())
        piece = RecordedSpeech(
            recording_id=recording.id, principal_id=mia.id, id=uuid7(), from_ms=0,
            duration_ms=1_000, media_type="audio/webm", bytes=12, sha256=blob.sha256,
            stored_at=clock(),
        )  # fmt: skip
        assert await voices.add_piece(transaction, piece, limit_bytes=100)
    assert await recorder.record(claimed[1], ForgetVoice(RECORDING, str(mia.id)))
    assert not blobs.path_of(blob.sha256).exists()
    async with database.transaction() as transaction:
        assert await voices.pieces_of(transaction, recording.id) == []
