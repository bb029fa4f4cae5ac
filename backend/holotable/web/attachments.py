"""Files beside issues and comments over REST: sent as forms, shown only when they are safe to."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from holotable import attachments
from holotable.attachments import Arrived
from holotable.errors import Forbidden, Invalid
from holotable.review.roles import Action, Role, allows
from holotable.store.issue_tables import Issue, IssueAttachment, IssueComment
from holotable.store.queries import issue_comments as rows
from holotable.store.queries import issues as issue_rows
from holotable.web import multipart
from holotable.web.answers import Items
from holotable.web.comment_answers import AttachmentAnswer, attachment_answer
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.ranges import blob_response, content_disposition

router = APIRouter(tags=["comments"])

# A browser that opens the file by itself runs nothing of it and lets nothing frame it.
SHOWN: Final = {
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
    "Cache-Control": "private, max-age=86400, immutable",
}
FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "*/*"},
                        "id": {"type": "string", "description": "Made by the client: sent again,"
                               " it makes no second one"},
                    },
                }
            }
        },
    }
}  # fmt: skip


@router.get("/issues/{issue_id}/attachments")
async def list_issue_attachments(issue_id: UUID, access: Access) -> Items[AttachmentAnswer]:
    """The files of the issue itself; those of comments come with the comments."""
    await access.require(Issue, issue_id, Action.VIEW)
    found = await rows.attachments(access.transaction, issue_id=issue_id)
    names = await issue_rows.names(access.transaction, [one.created_by for one in found])
    return Items(items=[attachment_answer(one, names) for one in found])


@router.post("/issues/{issue_id}/attachments", status_code=201, openapi_extra=FORM)
async def attach_to_issue(
    issue_id: UUID, request: Request, who: Principal, context: AppContext
) -> AttachmentAnswer:
    """Attach a file to an issue."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Issue, issue_id, Action.ISSUE)
    arrived, id_ = await _receive(request, context)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        row = await access.require(Issue, issue_id, Action.ISSUE)
        return await _add(access, row, arrived, id_)


@router.post("/comments/{comment_id}/attachments", status_code=201, openapi_extra=FORM)
async def attach_to_comment(
    comment_id: UUID, request: Request, who: Principal, context: AppContext
) -> AttachmentAnswer:
    """Attach a picture, a voice note or any file to one's own comment."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await _require_own(access, comment_id)
    arrived, id_ = await _receive(request, context)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        return await _add(access, await _require_own(access, comment_id), arrived, id_)


@router.get("/attachments/{attachment_id}")
async def get_attachment(attachment_id: UUID, access: Access) -> AttachmentAnswer:
    """What a file is."""
    row = await access.require(IssueAttachment, attachment_id, Action.VIEW)
    names = await issue_rows.names(access.transaction, [row.created_by])
    return attachment_answer(row, names)


@router.get(
    "/attachments/{attachment_id}/content",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}}},
)
async def get_attachment_content(
    attachment_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """The bytes: pictures and recordings as what they are, anything else only to be saved."""
    row = await access.require(IssueAttachment, attachment_id, Action.VIEW)
    shown = row.kind in ("picture", "recording")
    disposition = content_disposition(row.name)
    if shown:
        disposition = disposition.replace("attachment", "inline", 1)
    return blob_response(
        request,
        context.blobs,
        sha256=row.sha256,
        size=await context.blobs.size(row.sha256),
        media_type=row.media_type if shown else "application/octet-stream",
        headers={**SHOWN, "Content-Disposition": disposition},
    )


@router.delete("/attachments/{attachment_id}", status_code=204)
async def delete_attachment(attachment_id: UUID, access: Access) -> None:
    """Take a file away; whoever attached it and editors may."""
    row, role = await access.require_with_role(IssueAttachment, attachment_id, Action.VIEW)
    mine = row.created_by == access.who.id and allows(role, Action.COMMENT)
    if not mine and not allows(role, Action.EDIT):
        raise Forbidden(
            "Only whoever attached it or an editor of the project takes a file away.",
            needs=Role.EDITOR.value,
            role=role.value,
        )
    await attachments.remove(access.transaction, row, by=access.who.id, now=access.now)


async def _require_own(access: Permissions, comment_id: UUID) -> IssueComment:
    row, role = await access.require_with_role(IssueComment, comment_id, Action.COMMENT)
    if row.created_by != access.who.id:
        raise Forbidden("Only whoever wrote a comment attaches files to it.", role=role.value)
    return row


async def _add(
    access: Permissions, to: Issue | IssueComment, arrived: Arrived, id_: UUID | None
) -> AttachmentAnswer:
    row = await attachments.add(
        access.transaction, to, arrived, id_=id_, author=access.who.id, now=access.now
    )
    names = await issue_rows.names(access.transaction, [row.created_by])
    return attachment_answer(row, names)


async def _receive(request: Request, context: Context) -> tuple[Arrived, UUID | None]:
    """The file of the form, stored, and the id beside it."""
    arrived: Arrived | None = None
    id_: UUID | None = None
    events = multipart.events(request)
    async for event in events:
        match event:
            case multipart.FileBegin(name="file", filename=filename) if arrived is None:
                arrived = await attachments.receive(pieces(events), context.blobs, name=filename)
            case multipart.FileBegin():
                raise Invalid("Send one file, in the field `file`.", pointer="/file")
            case multipart.Field(name="id", value=value) if value:
                id_ = uuid_of(value)
    if arrived is None:
        raise Invalid("The form has no field `file` with a file in it.", pointer="/file")
    return arrived, id_


async def pieces(events: AsyncIterator[multipart.Event]) -> AsyncIterator[bytes]:
    """The content of one file, up to its end."""
    async for event in events:
        if not isinstance(event, bytes):
            return
        yield event


def uuid_of(text: str) -> UUID:
    """An id that came as a field of a form. raises: Invalid."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("This is no id.", pointer="/id") from error
