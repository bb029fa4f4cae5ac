"""Minutes of sessions over REST: read, note, publish, download."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from holotable import minutes, minutes_bcf
from holotable.errors import NotFound
from holotable.exchange.report_html import POLICY
from holotable.exchange.topics import Picture
from holotable.packets import zone_of
from holotable.review.minutes import MAX_NOTES_CHARACTERS
from holotable.review.roles import Action, Role, allows
from holotable.reviews import Person
from holotable.store.blobs import read_all
from holotable.store.queries import minutes as rows
from holotable.store.queries.sessions import chat_of
from holotable.store.recording_tables import MinutesEdition, MinutesRow
from holotable.store.tables import Asset, Project, Revision, Session
from holotable.web import dependencies
from holotable.web.answers import Author
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions
from holotable.web.etags import OptionalIfMatch, check_if_match, etag
from holotable.web.packets import SpokenHere, Zone
from holotable.web.ranges import content_disposition
from holotable.web.security import is_secure

router = APIRouter(tags=["recordings"])

MAX_PICTURES: Final = 60  # of one document
Version = Annotated[int | None, Query(ge=1, le=1_000, description="A published version")]
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
}
_DOCUMENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/html": {}, "application/pdf": {}, "text/markdown": {}}}
}


_BCF_TYPE: Final = "application/octet-stream"
_BCF: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_BCF_TYPE: {}}}}


class ChatLine(BaseModel):
    """A line of the session's chat, for lines of minutes that were not recorded."""

    seq: int
    at: datetime
    name: str
    text: str


class VersionAnswer(BaseModel):
    """A version of minutes as it was published."""

    version: int
    published_at: datetime
    published_by: str


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
    version: int  # of what is shown
    correction: str  # what this version corrects
    versions: list[VersionAnswer]  # published ones, oldest first
    next_at: datetime | None
    next_link: str
    may_publish: bool  # by whoever asks, once the session is over
    may_correct: bool  # published, and whoever asks may open the next version
    may_comment: bool  # on a draft


class MinutesPatch(BaseModel):
    """What the host adds: own words, and when and where people meet again. Absent: stays."""

    notes: str | None = Field(default=None, max_length=MAX_NOTES_CHARACTERS)
    next_at: datetime | None = None
    next_link: str | None = Field(default=None, max_length=500)


class MinutesRemark(BaseModel):
    """What somebody says to a draft."""

    text: str = Field(min_length=1, max_length=minutes.MAX_COMMENT_CHARACTERS)


class MinutesCorrection(BaseModel):
    """What the next version corrects."""

    correction: str = Field(min_length=1, max_length=minutes.MAX_COMMENT_CHARACTERS)


@router.get("/sessions/{session_id}/minutes")
async def get_minutes(
    session_id: UUID, response: Response, access: Access, version: Version = None
) -> MinutesAnswer:
    """The minutes of a session: a draft of what happened so far, or as they were published."""
    session, role = await _readable(access, session_id)
    row = await _version(access, session, version)
    return await _answer(access, response, session, role, row)


@router.patch("/sessions/{session_id}/minutes")
async def note_minutes(
    session_id: UUID,
    body: MinutesPatch,
    response: Response,
    access: Access,
    if_match: OptionalIfMatch = None,
) -> MinutesAnswer:
    """Write notes beside the draft."""
    session, role = await access.require_with_role(Session, session_id, Action.HOST_SESSION)
    if session.kind != "meeting":
        raise NotFound()
    before = await rows.of_session(access.transaction, session.id)
    if before is not None:
        check_if_match(if_match, etag(before.id, before.updated_at))
    row, by = before, access.who.id
    if body.notes is not None or not body.model_fields_set:
        notes = body.notes or ""
        row = await minutes.note(access.transaction, session, notes, by=by, now=access.now)
    if body.model_fields_set & {"next_at", "next_link"}:
        planned = (None, "") if before is None else (before.next_at, before.next_link)
        at = body.next_at if "next_at" in body.model_fields_set else planned[0]
        link = planned[1] if body.next_link is None else body.next_link.strip()
        row = await minutes.plan_next(access.transaction, session, at, link, by=by, now=access.now)
    return await _answer(access, response, session, role, row)


@router.post("/sessions/{session_id}/minutes/comments", status_code=201)
async def comment_minutes(
    session_id: UUID, body: MinutesRemark, response: Response, access: Access
) -> MinutesAnswer:
    """Say something to the draft; it stands in the minutes."""
    session, role = await _readable(access, session_id, Action.ISSUE)
    person = Person(access.who.id, access.who.name)
    await minutes.remark(access.transaction, session, person, body.text, access.now)
    row = await rows.of_session(access.transaction, session.id)
    return await _answer(access, response, session, role, row)


@router.post("/sessions/{session_id}/minutes/correct")
async def correct_minutes(
    session_id: UUID, body: MinutesCorrection, response: Response, access: Access
) -> MinutesAnswer:
    """Open published minutes as the draft of a corrected version; the old one stays readable."""
    session, role = await access.require_with_role(Session, session_id, Action.HOST_SESSION)
    person = Person(access.who.id, access.who.name)
    row = await minutes.correct(access.transaction, session, person, body.correction, access.now)
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
    version: Version = None,
) -> Response:
    """The minutes as a page, as PDF or as Markdown. Times are UTC, and beside it of that zone."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        session, _ = await _readable(access, session_id)
        row = await _version(access, session, version)
        said = await _said(access, session, row)
    pictures = await _pictures(context, said) if format != "md" else {}
    content = await asyncio.to_thread(
        minutes.written,
        said,
        row,
        format,
        language,
        zone_of(time_zone),
        origin=_origin(request, context),
        fonts=context.packets.workshop.fonts,
        pictures=pictures,
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


@router.get("/sessions/{session_id}/minutes/issues.bcf", response_class=Response, responses=_BCF)
async def get_minutes_bcf(
    session_id: UUID,
    request: Request,
    who: dependencies.Principal,
    context: AppContext,
    version: Version = None,
) -> Response:
    """The issues that the minutes list, as they are now, in one BCF 3.0 file; 404 without any."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        session, _ = await _readable(access, session_id)
        project = await access.require(Project, session.project_id, Action.VIEW)
        said = await _said(access, session, await _version(access, session, version))
        numbers = {int(one["number"]) for one in said["issues"]}
        found = await minutes_bcf.gather(transaction, project, numbers)
    content = await minutes_bcf.written(
        found, context.blobs, context.structures, origin=_origin(request, context)
    )
    disposition = content_disposition(f"{session.name}-issues.bcf")
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": disposition}
    return Response(content, media_type=_BCF_TYPE, headers=headers)


def _origin(request: Request, context: Context) -> str:
    scheme = "https" if is_secure(request, context) else "http"
    return context.public_url or f"{scheme}://{request.headers.get('host', '')}"


async def _readable(
    access: Permissions, session_id: UUID, action: Action = Action.SEE_REVIEWS
) -> tuple[Session, Role]:
    session, role = await access.require_with_role(Session, session_id, action)
    if session.kind != "meeting":
        raise NotFound()
    return session, role


async def _version(
    access: Permissions, session: Session, version: int | None
) -> MinutesRow | MinutesEdition | None:
    """The minutes as they are, or a version that was published. raises: NotFound."""
    row = await rows.of_session(access.transaction, session.id)
    if version is None or (row is not None and row.version == version):
        return row
    editions = await rows.editions_of(access.transaction, session.id)
    found = next((one for one in editions if one.version == version), None)
    if found is None:
        raise NotFound()
    return found


async def _pictures(context: Context, said: dict[str, Any]) -> dict[str, Picture]:
    """Pictures of the saved views, by their sha256; one that is gone is left out."""
    found: dict[str, Picture] = {}
    for one in said["agenda"]:
        sha256 = one.get("picture")  # published before: followed agendas had none
        if sha256 is None or sha256 in found or len(found) == MAX_PICTURES:
            continue
        try:
            content = await read_all(context.blobs, sha256)
        except NotFound:
            continue
        found[sha256] = Picture(content, _media_type(content))
    return found


def _media_type(content: bytes) -> str:
    """Of a stored picture: saved views keep these three."""
    if content.startswith(b"\x89PNG"):
        return "image/png"
    return "image/jpeg" if content.startswith(b"\xff\xd8") else "image/webp"


async def _said(
    access: Permissions, session: Session, row: MinutesRow | MinutesEdition | None
) -> dict[str, Any]:
    if row is not None and row.document is not None:
        return row.document
    return await minutes.drafted(access.transaction, session, access.now)


async def _answer(
    access: Permissions,
    response: Response,
    session: Session,
    role: Role,
    row: MinutesRow | MinutesEdition | None,
) -> MinutesAnswer:
    if isinstance(row, MinutesRow):
        response.headers["ETag"] = etag(row.id, row.updated_at)
    revision = await access.transaction.get_one(Revision, session.revision_id)
    asset = await access.transaction.get_one(Asset, revision.asset_id)
    published = row is not None and row.published_at is not None
    author = None
    if row is not None and row.published_by is not None:
        author = Author(id=row.published_by, name=row.published_name)
    current = row if isinstance(row, MinutesRow) else None
    all_versions: list[MinutesRow | MinutesEdition] = [
        *await rows.editions_of(access.transaction, session.id)
    ]
    newest = await rows.of_session(access.transaction, session.id)
    if newest is not None:
        all_versions.append(newest)
    host = allows(role, Action.HOST_SESSION)
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
        version=1 if row is None else row.version,
        correction="" if row is None else row.correction,
        versions=[
            VersionAnswer(
                version=one.version, published_at=one.published_at, published_by=one.published_name
            )
            for one in all_versions
            if one.published_at is not None
        ],
        next_at=None if current is None else current.next_at,
        next_link="" if current is None else current.next_link,
        may_publish=not published and host,
        may_correct=published and host and current is not None,
        may_comment=not published and allows(role, Action.COMMENT),
    )
