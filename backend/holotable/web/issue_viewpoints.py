"""What somebody saw when he wrote an issue: the view and its snapshot, which never change."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import func, select

from holotable import attachments, issues
from holotable.attachments import MAX_SNAPSHOT_BYTES, Arrived
from holotable.errors import Forbidden, IdTaken, Invalid, NotFound
from holotable.review import viewpoint as rules
from holotable.review.roles import Action, Role, allows
from holotable.review.viewpoint import MAX_BYTES, Received, Viewpoint, document
from holotable.store.database import uuid7
from holotable.store.issue_tables import Issue, IssueViewpoint
from holotable.store.queries import issue_comments as rows
from holotable.store.queries import issues as issue_rows
from holotable.store.queries import projects
from holotable.web import multipart
from holotable.web.answers import Author, Items
from holotable.web.attachments import SHOWN, pieces, uuid_of
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.issue_answers import author
from holotable.web.ranges import blob_response
from holotable.web.viewpoints import checked

router = APIRouter(tags=["issues"])

MAX_VIEWPOINTS: Final = 200  # of one issue
_RECEIVED: Final[TypeAdapter[Viewpoint]] = TypeAdapter(Received)
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "content": {
                            "type": "string",
                            "description": "holotable-viewpoint/1 as JSON, as a field or a file;"
                            " left out when only a picture is known",
                        },
                        "file": {
                            "type": "string",
                            "contentMediaType": "image/*",
                            "description": "The snapshot: PNG, JPEG or WebP",
                        },
                        "id": {"type": "string", "description": "Made by the client"},
                        "guid": {"type": "string", "description": "BCF; the id unless said"},
                    },
                }
            }
        },
    }
}


class IssueViewpointAnswer(BaseModel):
    """A view of an issue, in the issue's order. content: null when only its picture is known."""

    id: UUID
    guid: UUID  # BCF
    issue_id: UUID
    revision_id: UUID | None
    revision_label: str | None
    place: int
    snapshot_url: str | None
    snapshot_type: str | None
    content: Viewpoint | None
    created_at: datetime
    created_by: Author | None


@dataclass(slots=True)
class _Form:
    """What came."""

    content: str | None = None
    snapshot: Arrived | None = None
    id: UUID | None = None
    guid: UUID | None = None


@router.get("/issues/{issue_id}/viewpoints", response_model_exclude_unset=True)
async def list_issue_viewpoints(issue_id: UUID, access: Access) -> Items[IssueViewpointAnswer]:
    """What was seen, with all of it."""
    await access.require(Issue, issue_id, Action.VIEW)
    found = await rows.viewpoints(access.transaction, issue_id)
    return Items(items=[await _answer(access, row) for row in found])


@router.post(
    "/issues/{issue_id}/viewpoints",
    status_code=201,
    openapi_extra=_FORM,
    response_model_exclude_unset=True,
)
async def add_issue_viewpoint(
    issue_id: UUID, request: Request, response: Response, who: Principal, context: AppContext
) -> IssueViewpointAnswer:
    """Keep what somebody saw, its picture, or both. The parts it names must be of its revision."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        issue = await access.require(Issue, issue_id, Action.ISSUE)
        project_id, asset_id = issue.project_id, issue.asset_id
    form = await _read(request, context)
    if form.content is None and form.snapshot is None:
        raise Invalid("Send `content`, a picture in `file`, or both.", pointer="/content")
    said, revision_id = None, None
    if form.content is not None:
        made_on = await checked(context, who, project_id, _parsed(form.content))
        if asset_id is not None and made_on.asset_id != asset_id:
            raise NotFound()
        said, revision_id = document(made_on.content), made_on.revision_id
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        issue = await access.require(Issue, issue_id, Action.ISSUE)
        row = await _keep(access, issue, form, said, revision_id)
        response.headers["Location"] = f"/api/v1/issue-viewpoints/{row.id}"
        return await _answer(access, row)


@router.get("/issue-viewpoints/{issue_viewpoint_id}", response_model_exclude_unset=True)
async def get_issue_viewpoint(issue_viewpoint_id: UUID, access: Access) -> IssueViewpointAnswer:
    """One of them."""
    row = await access.require(IssueViewpoint, issue_viewpoint_id, Action.VIEW)
    return await _answer(access, row)


@router.get(
    "/issue-viewpoints/{issue_viewpoint_id}/snapshot",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def get_issue_snapshot(
    issue_viewpoint_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """The picture that was taken."""
    row = await access.require(IssueViewpoint, issue_viewpoint_id, Action.VIEW)
    if row.snapshot_sha256 is None:
        raise NotFound("This view has no picture.")
    return blob_response(
        request,
        context.blobs,
        sha256=row.snapshot_sha256,
        size=await context.blobs.size(row.snapshot_sha256),
        media_type=row.snapshot_type,
        headers=SHOWN,
    )


@router.delete("/issue-viewpoints/{issue_viewpoint_id}", status_code=204)
async def delete_issue_viewpoint(issue_viewpoint_id: UUID, access: Access) -> None:
    """Take a view away; its author and editors may. Comments that spoke of it stay."""
    row, role = await access.require_with_role(IssueViewpoint, issue_viewpoint_id, Action.VIEW)
    mine = row.created_by == access.who.id and allows(role, Action.ISSUE)
    if not mine and not allows(role, Action.EDIT):
        raise Forbidden(
            "Only its author or an editor of the project takes a view away.",
            needs=Role.EDITOR.value,
            role=role.value,
        )
    issue = await access.require(Issue, row.issue_id, Action.VIEW)
    issues.note(
        access.transaction, "viewpoint_removed", issue=issue, by=access.who.id, at=access.now
    )
    await access.transaction.delete(row)


async def _keep(
    access: Permissions,
    issue: Issue,
    form: _Form,
    said: dict[str, Any] | None,
    revision_id: UUID | None,
) -> IssueViewpoint:
    """The row, made once however often the same request comes. raises: IdTaken."""
    session = access.transaction
    await projects.lock(session, issue.project_id)
    picture = form.snapshot
    sent = {
        "content": None if said is None else rules.content_bytes(said).decode(),
        "snapshot": picture.blob.sha256 if picture else None,
    }
    digest = issues.digest(sent)
    if form.id is not None:
        before = await session.get(IssueViewpoint, form.id)
        if before is not None:
            same = before.issue_id == issue.id and before.created_by == access.who.id
            if not same or before.request_sha256 != digest:
                raise IdTaken(pointer="/id")
            return before
    count, last = (
        await session.execute(
            select(func.count(), func.max(IssueViewpoint.place)).where(
                IssueViewpoint.issue_id == issue.id
            )
        )
    ).one()
    if count >= MAX_VIEWPOINTS:
        raise Invalid(f"An issue has at most {MAX_VIEWPOINTS} views.")
    id_ = form.id or uuid7()
    row = IssueViewpoint(
        id=id_,
        project_id=issue.project_id,
        asset_id=issue.asset_id,
        issue_id=issue.id,
        revision_id=revision_id,
        guid=form.guid or id_,
        request_sha256=digest,
        place=0 if last is None else last + 1,
        content=said,
        snapshot_sha256=picture.blob.sha256 if picture else None,
        snapshot_type=picture.media.media_type if picture else "",
        snapshot_bytes=picture.blob.size if picture else 0,
        created_at=access.now,
        created_by=access.who.id,
    )
    session.add(row)
    issues.note(session, "viewpoint_added", issue=issue, by=access.who.id, at=access.now)
    await session.flush()
    return row


async def _read(request: Request, context: Context) -> _Form:
    form = _Form()
    events = multipart.events(request)
    async for event in events:
        match event:
            case multipart.FileBegin(name="file", filename=filename) if form.snapshot is None:
                form.snapshot = await attachments.receive(
                    pieces(events),
                    context.blobs,
                    name=filename,
                    max_bytes=MAX_SNAPSHOT_BYTES,
                    pictures_only=True,
                )
            case multipart.FileBegin(name="content"):
                collected = bytearray()
                async for piece in pieces(events):
                    collected += piece
                    if len(collected) > 2 * MAX_BYTES:
                        raise Invalid("`content` is too long.", pointer="/content")
                form.content = bytes(collected).decode("utf-8", "replace")
            case multipart.FileBegin():
                raise Invalid("Send one picture, in the field `file`.", pointer="/file")
            case multipart.Field(name="content", value=value):
                form.content = value
            case multipart.Field(name="id", value=value) if value:
                form.id = uuid_of(value)
            case multipart.Field(name="guid", value=value) if value:
                form.guid = uuid_of(value)
    return form


def _parsed(text: str) -> Viewpoint:
    """raises: Invalid, UnknownFormat, ViewpointTooLarge."""
    try:
        return _RECEIVED.validate_python(json.loads(text))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = "".join(f"/{step}" for step in first["loc"])
        raise Invalid(str(first["msg"]), pointer=f"/content{place}") from wrong
    except (ValueError, RecursionError) as wrong:
        raise Invalid("`content` is no JSON.", pointer="/content") from wrong


async def _answer(access: Permissions, row: IssueViewpoint) -> IssueViewpointAnswer:
    names = await issue_rows.names(access.transaction, [row.created_by])
    labels = await issue_rows.labels_of_revisions(access.transaction, [row.revision_id])
    return IssueViewpointAnswer(
        id=row.id,
        guid=row.guid,
        issue_id=row.issue_id,
        revision_id=row.revision_id,
        revision_label=labels.get(row.revision_id) if row.revision_id else None,
        place=row.place,
        snapshot_url=(
            f"/api/v1/issue-viewpoints/{row.id}/snapshot" if row.snapshot_sha256 else None
        ),
        snapshot_type=row.snapshot_type or None,
        content=Viewpoint.model_validate(row.content) if row.content is not None else None,
        created_at=row.created_at,
        created_by=author(row.created_by, names),
    )
