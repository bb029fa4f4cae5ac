"""Minutes of sessions over REST: read, note, publish, download."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from holotable import minutes
from holotable.errors import NotFound
from holotable.exchange.report_html import POLICY
from holotable.packets import zone_of
from holotable.review.minutes import MAX_NOTES_CHARACTERS
from holotable.review.roles import Action, Role, allows
from holotable.reviews import Person
from holotable.store.queries import minutes as rows
from holotable.store.queries.sessions import chat_of
from holotable.store.recording_tables import MinutesRow
from holotable.store.tables import Asset, Revision, Session
from holotable.web import dependencies
from holotable.web.answers import Author
from holotable.web.dependencies import Access, AppContext, Permissions
from holotable.web.etags import IfMatch, check_if_match, etag
from holotable.web.packets import SpokenHere, Zone
from holotable.web.ranges import content_disposition
from holotable.web.security import is_secure

router = APIRouter(tags=["recordings"])

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
}
_DOCUMENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/html": {}, "application/pdf": {}, "text/markdown": {}}}
}


class ChatLine(BaseModel):
    """A line of the session's chat, for lines of minutes that were not recorded."""

    seq: int
    at: datetime
    name: str
    text: str


class MinutesAnswer(BaseModel):
    """Minutes: made anew from the log while a draft, frozen once published."""

    session_id: UUID
    project_id: UUID
    asset_id: UUID
    label: str  # of the session's revision
    state: Literal["draft", "published"]
    notes: str
    document: dict[str, Any]  # holotable-minutes/1, docs/formats/minutes.md
    chat: list[ChatLine]
    published_at: datetime | None
    published_by: Author | None
    may_publish: bool  # by whoever asks, once the session is over


class MinutesPatch(BaseModel):
    """What the host adds in his own words."""

    notes: str = Field(max_length=MAX_NOTES_CHARACTERS)


@router.get("/sessions/{session_id}/minutes")
async def get_minutes(session_id: UUID, response: Response, access: Access) -> MinutesAnswer:
    """The minutes of a session: a draft of what happened so far, or as they were published."""
    session, role = await _readable(access, session_id)
    row = await rows.of_session(access.transaction, session.id)
    return await _answer(access, response, session, role, row)


@router.patch("/sessions/{session_id}/minutes")
async def note_minutes(
    session_id: UUID,
    body: MinutesPatch,
    response: Response,
    access: Access,
    if_match: IfMatch = None,
) -> MinutesAnswer:
    """Write notes beside the draft."""
    session, role = await access.require_with_role(Session, session_id, Action.HOST_SESSION)
    if session.kind != "meeting":
        raise NotFound()
    before = await rows.of_session(access.transaction, session.id)
    if before is not None:
        check_if_match(if_match, etag(before.id, before.updated_at))
    row = await minutes.note(
        access.transaction, session, body.notes, by=access.who.id, now=access.now
    )
    return await _answer(access, response, session, role, row)


@router.post("/sessions/{session_id}/minutes/publish")
async def publish_minutes(session_id: UUID, response: Response, access: Access) -> MinutesAnswer:
    """Freeze the minutes of a session that is over, and tell whoever was there."""
    session, role = await access.require_with_role(Session, session_id, Action.HOST_SESSION)
    person = Person(access.who.id, access.who.name)
    row = await minutes.publish(access.transaction, session, person, access.now)
    return await _answer(access, response, session, role, row)


@router.get("/sessions/{session_id}/minutes/document", response_class=Response, responses=_DOCUMENT)
async def get_minutes_document(
    session_id: UUID,
    request: Request,
    who: dependencies.Principal,
    context: AppContext,
    format: Annotated[minutes.Form, Query(description="Of the document")] = "html",
    language: SpokenHere = "en",
    time_zone: Zone = "",
) -> Response:
    """The minutes as a page, as PDF or as Markdown. Times are UTC, and beside it of that zone."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        session, _ = await _readable(access, session_id)
        row = await rows.of_session(transaction, session.id)
        said = await _said(access, session, row)
    scheme = "https" if is_secure(request, context) else "http"
    origin = context.public_url or f"{scheme}://{request.headers.get('host', '')}"
    content = await asyncio.to_thread(
        minutes.written,
        said,
        row,
        format,
        language,
        zone_of(time_zone),
        origin=origin,
        fonts=context.packets.workshop.fonts,
    )
    headers = {"Cache-Control": "private, no-cache"}
    if format == "html":
        policy = f"{POLICY}; sandbox allow-popups; frame-ancestors 'none'"
        headers["Content-Security-Policy"] = policy
    else:
        name = content_disposition(f"{session.name}-minutes.{format}")
        shown = "inline" if format == "pdf" else "attachment"
        headers["Content-Disposition"] = name.replace("attachment", shown)
    return Response(content, media_type=_TYPES[format], headers=headers)


async def _readable(access: Permissions, session_id: UUID) -> tuple[Session, Role]:
    session, role = await access.require_with_role(Session, session_id, Action.SEE_REVIEWS)
    if session.kind != "meeting":
        raise NotFound()
    return session, role


async def _said(access: Permissions, session: Session, row: MinutesRow | None) -> dict[str, Any]:
    if row is not None and row.document is not None:
        return row.document
    return await minutes.drafted(access.transaction, session, access.now)


async def _answer(
    access: Permissions, response: Response, session: Session, role: Role, row: MinutesRow | None
) -> MinutesAnswer:
    if row is not None:
        response.headers["ETag"] = etag(row.id, row.updated_at)
    revision = await access.transaction.get_one(Revision, session.revision_id)
    asset = await access.transaction.get_one(Asset, revision.asset_id)
    published = row is not None and row.published_at is not None
    author = None
    if row is not None and row.published_by is not None:
        author = Author(id=row.published_by, name=row.published_name)
    return MinutesAnswer(
        session_id=session.id,
        project_id=session.project_id,
        asset_id=asset.id,
        label=revision.label,
        state="published" if published else "draft",
        notes="" if row is None else row.notes,
        document=await _said(access, session, row),
        chat=[
            ChatLine(seq=one.seq, at=one.at, name=one.name, text=str(one.value["text"]))
            for one in await chat_of(access.transaction, session.id)
        ],
        published_at=None if row is None else row.published_at,
        published_by=author,
        may_publish=not published and allows(role, Action.HOST_SESSION),
    )
