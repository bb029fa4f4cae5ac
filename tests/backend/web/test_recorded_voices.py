"""Voices of recordings over REST: consent, pieces, who hears them, and what is refused."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    Session,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_recording,
    add_revision,
    add_session,
    add_user,
    sign_in,
)
from fastapi import FastAPI
from httpx import Response

from holotable.review.roles import Role
from holotable.rooms import speech
from holotable.store.database import Database, uuid7
from holotable.store.queries import recorded_voices as rows
from holotable.store.queries import sessions as session_rows
from holotable.store.recording_tables import RecordedSpeech, Recording
from holotable.web.recorded_voices import piece_name

SOUND = b"\x1a\x45\xdf\xa3 some seconds"


async def was_there(database: Database, clock: Clock, meeting: Session, caller: Caller) -> None:
    row = session_rows.attendance_row(
        meeting.id, caller.principal.id, caller.principal.name, "viewer", "desktop", clock()
    )
    async with database.transaction() as transaction:
        await session_rows.record_arrivals(transaction, [row])


@pytest.fixture
async def meeting(database: Database, clock: Clock, project: Project) -> Session:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_session(database, clock, revision)


@pytest.fixture
async def recording(database: Database, clock: Clock, meeting: Session, owner: Caller) -> Recording:
    """A minute that ended now; the owner was there."""
    await was_there(database, clock, meeting, owner)
    start = clock() - timedelta(minutes=1)
    return await add_recording(database, clock, meeting, started_at=start, ended_at=clock())


@pytest.fixture
async def viewer(
    app: FastAPI, database: Database, clock: Clock, project: Project
) -> AsyncIterator[Caller]:
    person = await add_user(database, clock, "Vera")
    await add_member(database, clock, project, person, Role.VIEWER)
    async with sign_in(app, database, clock, person) as caller:
        yield caller


async def says(caller: Caller, recording: Recording, agrees: bool) -> Response:
    path = f"/api/v1/recordings/{recording.id}/voice"
    return await caller.client.put(path, json={"agrees": agrees})


async def sends(
    caller: Caller, recording: Recording, content: bytes = SOUND, *,
    age_ms: int = 50_000, duration_ms: int = 4_000, piece: object = None,
) -> Response:  # fmt: skip
    path = f"/api/v1/recordings/{recording.id}/voice/pieces/{piece or uuid7()}"
    query = {"age_ms": age_ms, "duration_ms": duration_ms}
    return await caller.client.put(path, params=query, content=content)


def refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_voice_is_kept_in_pieces_and_heard_by_members(
    owner: Caller, viewer: Caller, recording: Recording
) -> None:
    base = f"/api/v1/recordings/{recording.id}"
    assert (await owner.client.get(f"{base}/voice")).json() == {"agrees": False}
    assert (await says(owner, recording, True)).json() == {"agrees": True}
    assert (await owner.client.get(f"{base}/voice")).json() == {"agrees": True}
    later = await sends(owner, recording, age_ms=20_000)
    first = await sends(owner, recording)
    assert (later.status_code, first.status_code) == (200, 200), first.text
    assert (first.json()["from_ms"], later.json()["from_ms"]) == (10_000, 40_000)

    (voice,) = (await viewer.client.get(f"{base}/voices")).json()["items"]
    assert (voice["mine"], voice["bytes"]) == (False, 2 * len(SOUND))
    assert voice["pieces"] == [first.json(), later.json()]
    speaker = f"{base}/voices/{voice['principal_id']}"
    heard = await viewer.client.get(f"{speaker}/pieces/{first.json()['id']}")
    assert (heard.content, heard.headers["content-type"]) == (SOUND, "audio/webm")
    assert heard.headers["cache-control"] == "no-store"
    packed = await viewer.client.get(f"{speaker}/download")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.namelist() == ["0-00-10.000.webm", "0-00-40.000.webm"]
        assert archive.read("0-00-10.000.webm") == SOUND
    assert ".zip" in packed.headers["content-disposition"]


async def test_a_piece_that_is_sent_again_is_the_same_one(
    owner: Caller, clock: Clock, recording: Recording
) -> None:
    await says(owner, recording, True)
    name = uuid7()
    first = await sends(owner, recording, piece=name)
    clock.advance(seconds=3)
    again = await sends(owner, recording, piece=name)
    assert first.json() == again.json()
    (voice,) = (await owner.client.get(f"/api/v1/recordings/{recording.id}/voices")).json()["items"]
    assert (len(voice["pieces"]), voice["mine"]) == (1, True)


async def test_rec12_without_a_yes_or_outside_the_recording_nothing_is_kept(
    owner: Caller, clock: Clock, recording: Recording
) -> None:
    assert refusal(await sends(owner, recording)) == (403, "voice_not_agreed")
    await says(owner, recording, True)
    assert refusal(await sends(owner, recording, age_ms=70_000)) == (409, "voice_outside")
    assert refusal(await sends(owner, recording, age_ms=1_000)) == (409, "voice_outside")
    clock.advance(minutes=10, seconds=1)
    assert refusal(await sends(owner, recording, age_ms=650_000)) == (409, "voice_outside")
    listed = await owner.client.get(f"/api/v1/recordings/{recording.id}/voices")
    assert listed.json()["items"] == []


async def test_a_no_deletes_the_voice_with_its_bytes(
    app: FastAPI, database: Database, owner: Caller, recording: Recording
) -> None:
    await says(owner, recording, True)
    await sends(owner, recording)
    async with database.transaction() as transaction:
        (piece,) = await rows.pieces_of(transaction, recording.id)
    stored = app.state.context.blobs.path_of(piece.sha256)
    assert stored.exists()
    assert (await says(owner, recording, False)).json() == {"agrees": False}
    assert not stored.exists()
    assert refusal(await sends(owner, recording)) == (403, "voice_not_agreed")
    listed = await owner.client.get(f"/api/v1/recordings/{recording.id}/voices")
    assert listed.json()["items"] == []


async def test_a_deleted_recording_deletes_the_voices(
    app: FastAPI, database: Database, owner: Caller, recording: Recording
) -> None:
    await says(owner, recording, True)
    await sends(owner, recording)
    async with database.transaction() as transaction:
        (piece,) = await rows.pieces_of(transaction, recording.id)
    assert (await owner.client.delete(f"/api/v1/recordings/{recording.id}")).status_code == 204
    assert not app.state.context.blobs.path_of(piece.sha256).exists()


async def test_too_much_too_long_and_no_sound_are_refused_by_name(
    app: FastAPI, owner: Caller, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    await says(owner, recording, True)
    large = SOUND + bytes(speech.MAX_PIECE_BYTES)
    assert refusal(await sends(owner, recording, large)) == (413, "voice_too_large")
    assert refusal(await sends(owner, recording, b"RIFF")) == (415, "not_a_voice")
    assert refusal(await sends(owner, recording, duration_ms=120_001)) == (422, "invalid")
    monkeypatch.setattr(speech, "MAX_VOICE_BYTES", len(SOUND))
    assert (await sends(owner, recording)).status_code == 200
    assert refusal(await sends(owner, recording)) == (409, "voice_full")
    for _ in range(240):
        answer = await sends(owner, recording, b"RIFF")
        if answer.status_code == 429:
            break
    assert refusal(answer) == (429, "too_many")
    assert int(answer.headers["retry-after"]) >= 1


async def test_who_was_not_there_has_no_voice_in_it_and_strangers_see_nothing(
    app: FastAPI, database: Database, clock: Clock, project: Project,
    meeting: Session, viewer: Caller, recording: Recording,
) -> None:  # fmt: skip
    assert refusal(await says(viewer, recording, True)) == (403, "forbidden")
    assert refusal(await sends(viewer, recording)) == (403, "forbidden")
    guest = await add_guest(database, clock, project, Role.GUEST_LIVE)
    async with sign_in(app, database, clock, guest) as caller:
        await was_there(database, clock, meeting, caller)
        assert (await says(caller, recording, True)).status_code == 200
        assert (await sends(caller, recording)).status_code == 200
        listed = await caller.client.get(f"/api/v1/recordings/{recording.id}/voices")
        assert listed.status_code == 403  # recordings are the members'
    ben = await add_user(database, clock, "Ben")
    await add_project(database, clock, owner=ben)
    async with sign_in(app, database, clock, ben) as caller:
        assert (await says(caller, recording, True)).status_code == 404
        assert (await sends(caller, recording)).status_code == 404


def test_files_sort_by_the_time_they_began() -> None:
    names = [
        piece_name(RecordedSpeech(from_ms=ms, media_type=kind))
        for ms, kind in ((7_250, "audio/webm"), (3_599_001, "audio/ogg"), (3_600_000, "audio/mp4"))
    ]
    assert names == ["0-00-07.250.webm", "0-59-59.001.ogg", "1-00-00.000.m4a"]
