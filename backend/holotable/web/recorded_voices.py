"""Voices of recordings over REST: say yes or no, send pieces of one's own, hear others."""

import asyncio
import io
import zipfile
from datetime import timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from holotable.errors import Forbidden, NotFound, VoiceFull, VoiceNotAgreed, VoiceTooLarge
from holotable.review.roles import Action
from holotable.rooms import speech
from holotable.store.blobs import Blobs, put_bytes, read_all
from holotable.store.queries import recorded_voices as rows
from holotable.store.queries import sessions as session_rows
from holotable.store.recording_tables import RecordedSpeech, Recording
from holotable.web.answers import Items
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.ranges import content_disposition
from holotable.web.recordings import forget_blobs

router = APIRouter(tags=["recordings"])

_SOUND: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"audio/*": {}}}}
_ZIP: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/zip": {}}}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class VoiceConsent(BaseModel):
    """Whether one's own voice may be kept in a recording; a no deletes what was kept."""

    agrees: bool


class PieceAnswer(BaseModel):
    """Some seconds of a voice, a file that plays alone. from_ms: since the press."""

    id: UUID
    from_ms: int
    duration_ms: int
    media_type: Literal["audio/webm", "audio/ogg", "audio/mp4"]
    bytes: int


class RecordedVoiceAnswer(BaseModel):
    """What is kept of one person's voice, as it was said."""

    principal_id: UUID
    name: str
    mine: bool  # of whoever asks
    bytes: int
    pieces: list[PieceAnswer]


@router.get("/recordings/{recording_id}/voice")
async def get_voice_consent(recording_id: UUID, access: Access) -> VoiceConsent:
    """What I said last of my voice in this recording; nothing is a no."""
    row = await _taking_part(access, recording_id)
    said = await rows.voice_of(access.transaction, row.id, access.who.id)
    return VoiceConsent(agrees=said is not None and said.agrees)


@router.put("/recordings/{recording_id}/voice")
async def set_voice_consent(
    recording_id: UUID,
    body: VoiceConsent,
    access: Access,
    context: AppContext,
    afterwards: BackgroundTasks,
) -> VoiceConsent:
    """Let my voice be kept, or take it back with all that was kept of it; who was there, may."""
    row = await _taking_part(access, recording_id)
    if body.agrees:
        await rows.agree(
            access.transaction, row.id, access.who.id, name=access.who.name, now=access.now
        )
    else:
        gone = await rows.withdraw(access.transaction, row.id, access.who.id, now=access.now)
        afterwards.add_task(forget_blobs, context.blobs, gone)  # after the commit
    return body


@router.put("/recordings/{recording_id}/voice/pieces/{piece_id}", openapi_extra=_BODY)
async def keep_voice_piece(
    recording_id: UUID,
    piece_id: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
    age_ms: Annotated[int, Query(ge=0, le=24 * 3_600_000, description="How long ago it began")],
    duration_ms: Annotated[int, Query(ge=1, le=speech.MAX_PIECE_MS)],
) -> PieceAnswer:
    """Keep some seconds of my voice; sent again it is the same piece."""
    now = context.clock()
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, now)
        row = await _taking_part(access, recording_id)
        context.rates.voice_speaker.take(str(who.id))
        known = await rows.piece(transaction, row.id, who.id, piece_id)
        said = await rows.voice_of(transaction, row.id, who.id)
        if said is None or not said.agrees:
            raise VoiceNotAgreed()
        if known is not None:
            return _piece(known)
        began = speech.from_ms(
            row.started_at, row.ended_at, now, age_ms=age_ms, duration_ms=duration_ms
        )
    content = await _content(request)
    media_type = speech.media_type_of(content)
    blob = await put_bytes(context.blobs, speech.packed(recording_id, piece_id, content))
    piece = RecordedSpeech(
        recording_id=recording_id,
        principal_id=who.id,
        id=piece_id,
        from_ms=began,
        duration_ms=duration_ms,
        media_type=media_type,
        bytes=len(content),
        sha256=blob.sha256,
        stored_at=now,
    )
    answer = _piece(piece)
    async with context.database.transaction() as transaction:
        kept = await rows.add_piece(transaction, piece, limit_bytes=speech.MAX_VOICE_BYTES)
        said = None if kept else await rows.voice_of(transaction, recording_id, who.id)
    if not kept:
        await context.blobs.delete(blob.sha256)
        raise VoiceFull() if said is not None and said.agrees else VoiceNotAgreed()
    return answer


@router.get("/recordings/{recording_id}/voices")
async def list_recorded_voices(recording_id: UUID, access: Access) -> Items[RecordedVoiceAnswer]:
    """Whose voices are kept, and when they spoke."""
    row = await access.require(Recording, recording_id, Action.SEE_REVIEWS)
    pieces: dict[UUID, list[PieceAnswer]] = {}
    for piece in await rows.pieces_of(access.transaction, row.id):
        pieces.setdefault(piece.principal_id, []).append(_piece(piece))
    return Items(
        items=[
            RecordedVoiceAnswer(
                principal_id=voice.principal_id,
                name=voice.name,
                mine=voice.principal_id == access.who.id,
                bytes=voice.bytes,
                pieces=pieces.get(voice.principal_id, []),
            )
            for voice in await rows.voices_of(access.transaction, row.id)
        ]
    )


@router.get(
    "/recordings/{recording_id}/voices/{speaker_id}/pieces/{piece_id}",
    response_class=Response,
    responses=_SOUND,
)
async def get_voice_piece(
    recording_id: UUID, speaker_id: UUID, piece_id: UUID, who: Principal, context: AppContext
) -> Response:
    """Some seconds of a voice; it may be taken back, so it is not kept by anybody's browser."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        row = await access.require(Recording, recording_id, Action.SEE_REVIEWS)
        piece = await rows.piece(transaction, row.id, speaker_id, piece_id)
    if piece is None:
        raise NotFound()
    content = speech.unpacked(await read_all(context.blobs, piece.sha256))
    return Response(content, media_type=piece.media_type, headers={"Cache-Control": "no-store"})


@router.get(
    "/recordings/{recording_id}/voices/{speaker_id}/download",
    response_class=Response,
    responses=_ZIP,
)
async def download_voice(
    recording_id: UUID, speaker_id: UUID, who: Principal, context: AppContext
) -> Response:
    """One person's voice: a zip of its pieces, each named by the time it began."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        row = await access.require(Recording, recording_id, Action.SEE_REVIEWS)
        voice = await rows.voice_of(transaction, row.id, speaker_id)
        pieces = list(await rows.pieces_of(transaction, row.id, speaker_id))
    if voice is None or not pieces:
        raise NotFound()
    return StreamingResponse(
        _zipped(context.blobs, pieces),
        media_type="application/zip",
        headers={
            "Content-Disposition": content_disposition(f"{voice.name}.zip"),
            "Cache-Control": "no-store",
        },
    )


async def _taking_part(access: Permissions, recording_id: UUID) -> Recording:
    """The recording of a session that whoever asks was in; their own voice is theirs."""
    row = await access.require(Recording, recording_id, Action.VIEW)
    if not await session_rows.attended(access.transaction, row.session_id, access.who.id):
        raise Forbidden("Only who was in the session has a voice in its recording.")
    return row


async def _content(request: Request) -> bytes:
    """The body, up to the limit. raises: VoiceTooLarge."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > speech.MAX_PIECE_BYTES:
            raise VoiceTooLarge()
    return bytes(content)


async def _zipped(blobs: Blobs, pieces: list[RecordedSpeech]) -> Any:  # an async generator of bytes
    """A zip, piece by piece: what is written out is let go."""
    out = _Outbox()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for piece in pieces:
            content = speech.unpacked(await read_all(blobs, piece.sha256))
            await asyncio.to_thread(archive.writestr, piece_name(piece), content)
            yield out.taken()
    yield out.taken()


class _Outbox(io.RawIOBase):
    """Where a zip is written that nobody seeks in."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def writable(self) -> bool:
        """Say that it is."""
        return True

    def write(self, data: Any) -> int:  # any buffer
        """Take some bytes."""
        self._parts += data
        return len(data)

    def taken(self) -> bytes:
        """Everything since the last time."""
        found = bytes(self._parts)
        self._parts.clear()
        return found


def piece_name(piece: RecordedSpeech) -> str:
    """A file name that sorts by time: 0-00-07.250.webm."""
    seconds, ms = divmod(piece.from_ms, 1_000)
    clock = str(timedelta(seconds=seconds)).replace(":", "-").replace(" days, ", "d ")
    return f"{clock}.{ms:03}.{speech.SUFFIX[piece.media_type]}"


def _piece(row: RecordedSpeech) -> PieceAnswer:
    return PieceAnswer.model_validate(row, from_attributes=True)
