"""Recordings of sessions over REST: list, read, play, branch a moment into a view, delete."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Conflict, Forbidden, Invalid, NotFound
from holotable.review.roles import Action, Role
from holotable.review.viewpoint import Camera, Viewpoint
from holotable.rooms.journal import op_of
from holotable.rooms.lanes import Stretch, timeline
from holotable.rooms.protocol import Op
from holotable.rooms.reel import wall_ms
from holotable.rooms.replay import state_after, viewpoint_of
from holotable.rooms.tape import FORMAT
from holotable.store.blobs import Blobs
from holotable.store.queries import recordings as rows
from holotable.store.queries import sessions as session_rows
from holotable.store.recording_tables import Recording
from holotable.store.tables import Project, Session
from holotable.web import dependencies
from holotable.web.answers import Author, Items
from holotable.web.dependencies import Access, AppContext, Permissions
from holotable.web.ranges import blob_response
from holotable.web.viewpoints import (
    ViewName,
    ViewpointDetailAnswer,
    ViewpointRequest,
    create_viewpoint,
)

router = APIRouter(tags=["recordings"])

MAX_OPERATIONS: Final = 1_000  # of one answer
_CHUNK: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": {}}}
}

At = Annotated[
    float, Query(ge=0.0, le=1e6, allow_inf_nan=False, description="Seconds since the press")
]
State: TypeAlias = dict[str, Any]  # key -> {value, seq, by}; JSON


class RecordingAnswer(BaseModel):
    """A stretch of a session that was recorded; `ended_at` null while it goes on."""

    id: UUID
    session_id: UUID
    project_id: UUID
    revision_id: UUID
    session_name: str
    started_at: datetime
    started_by: Author | None
    ended_at: datetime | None
    ended_reason: Literal["", "stopped", "ended", "empty", "limit", "interrupted"]
    first_seq: int
    last_seq: int | None
    duration_ms: int
    bytes: int
    may_delete: bool  # by whoever asks


class ChunkAnswer(BaseModel):
    """Some seconds of presence. Times: milliseconds since the press."""

    number: int
    from_ms: int
    to_ms: int
    bytes: int


class ManifestAnswer(BaseModel):
    """What a player needs first. state: shared state at the press."""

    format: Literal["holotable-recording/1"]
    recording: RecordingAnswer
    state: State
    chunks: list[ChunkAnswer]


Interval: TypeAlias = tuple[int, int]


class LaneAnswer(BaseModel):
    """What one person did when. Intervals: [from, to], milliseconds since the press."""

    principal_id: UUID
    name: str
    colour: int
    shape: int
    there: list[Interval]
    hand: list[Interval]
    presenting: list[Interval]
    unrecorded: list[Interval]  # there, and nothing of them was kept
    talking: list[Interval]


class TimelineAnswer(BaseModel):
    """A recording from afar. active: when anybody moved; gaps: of these nothing was kept."""

    people: list[LaneAnswer]
    active: list[Interval]
    gaps: list[Interval]


class RecordedOperation(BaseModel):
    """An operation as participants received it, and when."""

    ms: int  # since the press
    op: dict[str, Any]  # rooms.protocol.Op; JSON


class OperationsAnswer(BaseModel):
    """Operations in their order; `next_after` fetches the next ones, null is the end."""

    items: list[RecordedOperation]
    next_after: int | None


class MomentAnswer(BaseModel):
    """Shared state at a moment: that of the log up to number `seq`."""

    seq: int
    state: State


class BranchRequest(BaseModel):
    """A view of a moment: its name, and from where one looked."""

    name: ViewName
    camera: Camera | None = None


@router.get("/sessions/{session_id}/recordings")
async def list_recordings(session_id: UUID, access: Access) -> Items[RecordingAnswer]:
    """The recordings of a session, oldest first."""
    session, role = await access.require_with_role(Session, session_id, Action.SEE_REVIEWS)
    found = await rows.of_session(access.transaction, session.id)
    return Items(items=await _answers(access, session, role, found))


@router.get("/recordings/{recording_id}")
async def get_recording(recording_id: UUID, access: Access) -> RecordingAnswer:
    """One recording."""
    row, session, role = await _readable(access, recording_id)
    return (await _answers(access, session, role, [row]))[0]


@router.delete("/recordings/{recording_id}", status_code=204)
async def delete_recording(
    recording_id: UUID, access: Access, context: AppContext, afterwards: BackgroundTasks
) -> None:
    """Delete a recording for good: whoever started it or the session, and owners of the project.

    Operations and chat stay: they are the session's. One that goes on is stopped first.
    """
    row, session, role = await _readable(access, recording_id)
    if not _may_delete(access, row, session, role):
        raise Forbidden("Only its host or an owner of the project deletes a recording.")
    if row.ended_at is None and session.ended_at is None:
        raise Conflict("This recording goes on; stop it first.")
    blobs = await rows.remove(access.transaction, row.id)
    afterwards.add_task(forget_blobs, context.blobs, blobs)  # after the commit


@router.get("/recordings/{recording_id}/manifest")
async def get_recording_manifest(recording_id: UUID, access: Access) -> ManifestAnswer:
    """Times, the state at the press, and which chunks there are."""
    row, session, role = await _readable(access, recording_id)
    chunks = await rows.chunks_of(access.transaction, row.id)
    return ManifestAnswer(
        format=FORMAT,
        recording=(await _answers(access, session, role, [row]))[0],
        state=await _state(access.transaction, session.id, row.first_seq),
        chunks=[
            ChunkAnswer(number=one.number, from_ms=one.from_ms, to_ms=one.to_ms, bytes=one.bytes)
            for one in chunks
        ],
    )


@router.get("/recordings/{recording_id}/timeline")
async def get_recording_timeline(recording_id: UUID, access: Access) -> TimelineAnswer:
    """Who was there, led or raised a hand, and in which pauses nothing happened."""
    row, _, _ = await _readable(access, recording_id)
    chunks = await rows.chunks_of(access.transaction, row.id)
    until = duration_ms(row, chunks[-1].to_ms if chunks else 0)
    found = timeline([Stretch(one.from_ms, one.to_ms, one.lanes) for one in chunks], until)
    return TimelineAnswer.model_validate(found)


@router.get("/recordings/{recording_id}/operations")
async def list_recorded_operations(
    recording_id: UUID,
    access: Access,
    after: Annotated[
        int | None, Query(ge=0, description="Number of the last one that is known")
    ] = None,
) -> OperationsAnswer:
    """Operations and chat of the recording, by their numbers."""
    row, session, _ = await _readable(access, recording_id)
    found = await rows.operations_between(
        access.transaction,
        session.id,
        after=max(row.first_seq, after or 0),
        until=row.last_seq,
        limit=MAX_OPERATIONS + 1,
    )
    page = [op_of(one) for one in found[:MAX_OPERATIONS]]
    more = len(found) > MAX_OPERATIONS
    return OperationsAnswer(
        items=[RecordedOperation(ms=_ms(op, row), op=dict(op)) for op in page],
        next_after=page[-1]["seq"] if more else None,
    )


@router.get("/recordings/{recording_id}/chunks/{number}", response_class=Response, responses=_CHUNK)
async def get_recording_chunk(
    recording_id: UUID,
    number: int,
    request: Request,
    who: dependencies.Principal,
    context: AppContext,
) -> Response:
    """Presence of some seconds, immutable (docs/formats/recording.md)."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        row, _, _ = await _readable(access, recording_id)
        chunk = await rows.chunk(transaction, row.id, number) if 0 <= number < 1 << 31 else None
    if chunk is None:
        raise NotFound()
    return blob_response(
        request,
        context.blobs,
        sha256=chunk.sha256,
        size=chunk.bytes,
        media_type="application/octet-stream",
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )


@router.get("/recordings/{recording_id}/state")
async def get_recorded_state(recording_id: UUID, access: Access, at: At = 0.0) -> MomentAnswer:
    """Shared state at a second of the recording."""
    row, session, _ = await _readable(access, recording_id)
    seq = await _seq_at(access.transaction, row, at)
    return MomentAnswer(seq=seq, state=await _state(access.transaction, session.id, seq))


@router.post(
    "/recordings/{recording_id}/viewpoints", status_code=201, response_model_exclude_unset=True
)
async def branch_viewpoint(
    recording_id: UUID,
    body: BranchRequest,
    response: Response,
    who: dependencies.Principal,
    context: AppContext,
    at: At = 0.0,
) -> ViewpointDetailAnswer:
    """Save what everybody saw at a second of the recording as a view."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        row, session, _ = await _readable(access, recording_id)
        await access.require(Project, row.project_id, Action.COMMENT)
        seq = await _seq_at(transaction, row, at)
        state = await _state(transaction, session.id, seq)
        revision_id, project_id = str(row.revision_id), row.project_id
    camera = None if body.camera is None else body.camera.model_dump(mode="json")
    content = Viewpoint.model_validate_json(json.dumps(viewpoint_of(state, revision_id, camera)))
    request = ViewpointRequest(content=content, name=body.name)
    return await create_viewpoint(project_id, request, response, who, context)


async def _readable(access: Permissions, recording_id: UUID) -> tuple[Recording, Session, Role]:
    """The recording, its session and the role of whoever asks: members only, as for minutes."""
    row, role = await access.require_with_role(Recording, recording_id, Action.SEE_REVIEWS)
    session = await access.transaction.get(Session, row.session_id)
    assert session is not None, "a foreign key holds it"
    return row, session, role


def _may_delete(access: Permissions, row: Recording, session: Session, role: Role) -> bool:
    return access.who.id in (row.started_by, session.created_by) or role is Role.OWNER


async def _answers(
    access: Permissions, session: Session, role: Role, found: Sequence[Recording]
) -> list[RecordingAnswer]:
    lengths = await rows.lengths_ms(access.transaction, [row.id for row in found])
    return [
        RecordingAnswer(
            id=row.id,
            session_id=row.session_id,
            project_id=row.project_id,
            revision_id=row.revision_id,
            session_name=session.name,
            started_at=row.started_at,
            started_by=Author(id=row.started_by, name=row.started_name) if row.started_by else None,
            ended_at=row.ended_at,
            ended_reason=row.ended_reason,
            first_seq=row.first_seq,
            last_seq=row.last_seq,
            duration_ms=duration_ms(row, lengths.get(row.id, 0)),
            bytes=row.bytes,
            may_delete=_may_delete(access, row, session, role),
        )
        for row in found
    ]


def duration_ms(row: Recording, to_ms: int) -> int:
    """How long a recording is: until it ended, or as far as its chunks reach while it goes on."""
    if row.ended_at is None:
        return to_ms
    return max(to_ms, round((row.ended_at - row.started_at) / timedelta(milliseconds=1)))


async def _seq_at(transaction: AsyncSession, row: Recording, at: float) -> int:
    """Number of the last operation up to a second of the recording."""
    if row.ended_at is not None and timedelta(seconds=at - 1) > row.ended_at - row.started_at:
        raise Invalid("The recording is shorter.", pointer="/at")
    moment = row.started_at + timedelta(seconds=at)
    seq = await rows.seq_at(transaction, row.session_id, moment)
    seq = max(seq, row.first_seq)
    return seq if row.last_seq is None else min(seq, row.last_seq)


async def _state(transaction: AsyncSession, session_id: UUID, seq: int) -> State:
    changes = await session_rows.changes_until(transaction, session_id, seq)
    return dict(state_after(op_of(one) for one in changes))


def _ms(op: Op, row: Recording) -> int:
    return max(0, round(wall_ms(op["at"]) - row.started_at.timestamp() * 1_000))


async def forget_blobs(blobs: Blobs, names: Sequence[str]) -> None:
    """Delete the bytes of rows that are gone; after the commit."""
    for sha256 in names:
        await blobs.delete(sha256)
