"""BCF API 3.0 and 2.1: what belongs to a topic: comments, and viewpoints with their pictures."""

import base64
import binascii
import json
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import func, select

from holotable import bcf_export, comments, issues
from holotable.bcf_blobs import keep
from holotable.bcf_import import view_row
from holotable.comments import Remark
from holotable.errors import BcfTooLarge, Forbidden, IdTaken, Invalid, NotFound
from holotable.exchange.bcf_model import BcfFile, Viewpoint
from holotable.exchange.bcf_model import Comment as BcfComment
from holotable.exchange.bcf_seen import document_of
from holotable.review.roles import Action
from holotable.store.issue_tables import Issue, IssueComment, IssueViewpoint
from holotable.store.queries import issues as rows
from holotable.store.tables import Project
from holotable.web.attachments import SHOWN
from holotable.web.bcf_answers import entity, known_version, topic_row
from holotable.web.bcf_files import models_of
from holotable.web.comment_answers import may_delete, may_edit
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.ranges import blob_response

router = APIRouter(
    include_in_schema=False,
    prefix="/bcf/{version}/projects/{project_id}/topics",
    dependencies=[Depends(known_version)],
)

_MAX_BODY: Final = 12 << 20  # of a viewpoint with its snapshot in base64
_MAX_VIEWS: Final = 200


class CommentBody(BaseModel):
    """A comment as clients send it."""

    model_config = ConfigDict(extra="ignore")
    guid: UUID | None = None
    comment: Annotated[str, Field(max_length=50_000)] = ""
    viewpoint_guid: UUID | None = None


@router.get("/{guid}/comments")
async def list_topic_comments(
    project_id: UUID, guid: UUID, request: Request, access: Access
) -> Response:
    """What was said, oldest first."""
    row, _ = await topic_row(access, project_id, guid, Action.VIEW)
    found = (await access.transaction.scalars(_living(row).order_by(IssueComment.id))).all()
    return entity(request, [await _comment(access, row, one) for one in found])


@router.post("/{guid}/comments")
async def create_topic_comment(
    project_id: UUID,
    guid: UUID,
    body: CommentBody,
    request: Request,
    access: Access,
) -> Response:
    """Say something; 409 when its guid is there already."""
    row, _ = await topic_row(access, project_id, guid, Action.COMMENT)
    if body.guid is not None:
        taken = select(IssueComment.id).where(
            IssueComment.project_id == project_id, IssueComment.guid == body.guid
        )
        if await access.transaction.scalar(taken) is not None:
            raise IdTaken(pointer="/guid")
    seen = None if body.viewpoint_guid is None else await _view(access, row, body.viewpoint_guid)
    made, _ = await comments.say(
        access.transaction,
        row,
        Remark(body.comment, guid=body.guid, viewpoint_id=seen.id if seen else None),
        author=access.who.id,
        now=access.now,
    )
    return entity(request, await _comment(access, row, made), 201)


@router.get("/{guid}/comments/{comment_guid}")
async def get_topic_comment(
    project_id: UUID,
    guid: UUID,
    comment_guid: UUID,
    request: Request,
    access: Access,
) -> Response:
    """One of them."""
    row, _ = await topic_row(access, project_id, guid, Action.VIEW)
    return entity(request, await _comment(access, row, await _said(access, row, comment_guid)))


@router.put("/{guid}/comments/{comment_guid}")
async def put_topic_comment(
    project_id: UUID,
    guid: UUID,
    comment_guid: UUID,
    body: CommentBody,
    request: Request,
    access: Access,
) -> Response:
    """Say it otherwise; only its author may."""
    row, role = await topic_row(access, project_id, guid, Action.VIEW)
    said = await _said(access, row, comment_guid)
    if not may_edit(access, said, role):
        raise Forbidden("Only whoever wrote a comment changes it.", role=role.value)
    await comments.edit(access.transaction, said, body.comment, by=access.who.id, now=access.now)
    return entity(request, await _comment(access, row, said))


@router.delete("/{guid}/comments/{comment_guid}")
async def delete_topic_comment(
    project_id: UUID, guid: UUID, comment_guid: UUID, access: Access
) -> Response:
    """Take it away; its author and editors may."""
    row, role = await topic_row(access, project_id, guid, Action.VIEW)
    said = await _said(access, row, comment_guid)
    if not may_delete(access, said, role):
        raise Forbidden("Only whoever wrote a comment or an editor takes it away.")
    await comments.remove(access.transaction, said, by=access.who.id, now=access.now)
    return Response(status_code=200)


@router.get("/{guid}/viewpoints")
async def list_topic_viewpoints(
    project_id: UUID,
    guid: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
) -> Response:
    """What was seen, in order."""
    found = await _seen(context, who, project_id, guid)
    return entity(request, [_view_body(one) for one in found])


@router.post("/{guid}/viewpoints")
async def create_topic_viewpoint(
    project_id: UUID,
    guid: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
) -> Response:
    """Keep a view, its snapshot, or both; 409 when its guid is there already."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        row, _ = await topic_row(access, project_id, guid, Action.ISSUE)
        revision_id = row.revision_id
    view, files = _read(await _body(request))
    file = BcfFile(version="3.0", files={guid: files})
    kept = (await keep(file, context.blobs, dry_run=False)).get(guid, {})
    model = None
    if revision_id is not None:
        found = await models_of(context, who, project_id, [revision_id])
        model = found.get(revision_id)
    said, _ = (None, 0) if model is None else document_of(view, model)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        row, _ = await topic_row(access, project_id, guid, Action.ISSUE)
        taken = select(IssueViewpoint.id).where(
            IssueViewpoint.project_id == project_id, IssueViewpoint.guid == view.guid
        )
        if await session.scalar(taken) is not None:
            raise IdTaken(pointer="/guid")
        count, last = (
            await session.execute(
                select(func.count(), func.max(IssueViewpoint.place)).where(
                    IssueViewpoint.issue_id == row.id
                )
            )
        ).one()
        if count >= _MAX_VIEWS:
            raise Invalid(f"A topic has at most {_MAX_VIEWS} viewpoints.")
        made = view_row(
            view,
            row,
            said,
            0 if last is None else last + 1,
            model,
            kept.get(view.snapshot or ""),
            who.id,
            access.now,
        )
        session.add(made)
        before = row.foreign_part or {}
        stored = {**before.get("files", {}), **{name: one.sha256 for name, one in kept.items()}}
        row.foreign_part = {**before, "files": stored}
        issues.note(session, "viewpoint_added", issue=row, by=who.id, at=access.now)
    return entity(request, _view_body(view), 201)


@router.get("/{guid}/viewpoints/{view_guid}")
async def get_topic_viewpoint(
    project_id: UUID,
    guid: UUID,
    view_guid: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
) -> Response:
    """One of them."""
    return entity(request, _view_body(await _one(context, who, project_id, guid, view_guid)))


@router.delete("/{guid}/viewpoints/{view_guid}")
async def delete_topic_viewpoint(
    project_id: UUID, guid: UUID, view_guid: UUID, access: Access
) -> Response:
    """Take it away; its author and editors may."""
    row, _ = await topic_row(access, project_id, guid, Action.ISSUE)
    view = await _view(access, row, view_guid)
    if view.created_by != access.who.id:
        await access.require(Project, project_id, Action.EDIT)
    issues.note(access.transaction, "viewpoint_removed", issue=row, by=access.who.id, at=access.now)
    await access.transaction.delete(view)
    return Response(status_code=200)


@router.get("/{guid}/viewpoints/{view_guid}/snapshot")
async def get_topic_snapshot(
    project_id: UUID,
    guid: UUID,
    view_guid: UUID,
    request: Request,
    access: Access,
    context: AppContext,
) -> Response:
    """The picture."""
    row, _ = await topic_row(access, project_id, guid, Action.VIEW)
    view = await _view(access, row, view_guid)
    if view.snapshot_sha256 is None:
        raise NotFound("This viewpoint has no snapshot.")
    return blob_response(
        request,
        context.blobs,
        sha256=view.snapshot_sha256,
        size=view.snapshot_bytes,
        media_type=view.snapshot_type,
        headers=SHOWN,
    )


@router.get("/{guid}/viewpoints/{view_guid}/{part}")
async def get_topic_viewpoint_part(
    project_id: UUID,
    guid: UUID,
    view_guid: UUID,
    part: str,
    request: Request,
    who: Principal,
    context: AppContext,
) -> Response:
    """selection, coloring or visibility, each as an object that holds it."""
    view = await _one(context, who, project_id, guid, view_guid)
    if part not in ("selection", "coloring", "visibility"):
        raise NotFound()
    said = None if view.components is None else getattr(view.components, part)
    if said is None:
        raise NotFound(f"This viewpoint says nothing of {part}.")
    dumped = view.components.model_dump(mode="json", exclude_none=True)  # type: ignore[union-attr]
    return entity(request, {part: dumped[part]})


def _living(row: Issue) -> Any:  # a select of comments
    return select(IssueComment).where(
        IssueComment.issue_id == row.id, IssueComment.deleted_at.is_(None)
    )


async def _said(access: Permissions, row: Issue, guid: UUID) -> IssueComment:
    found = await access.transaction.scalar(_living(row).where(IssueComment.guid == guid))
    if not isinstance(found, IssueComment):
        raise NotFound()
    return found


async def _view(access: Permissions, row: Issue, guid: UUID) -> IssueViewpoint:
    found = await access.transaction.scalar(
        select(IssueViewpoint).where(IssueViewpoint.issue_id == row.id, IssueViewpoint.guid == guid)
    )
    if found is None:
        raise NotFound()
    return found


async def _comment(access: Permissions, row: Issue, said: IssueComment) -> dict[str, Any]:
    names = await rows.names(access.transaction, [said.created_by])
    foreign = (said.foreign_part or {}).get("comment") or {}
    seen = None
    if said.viewpoint_id is not None:
        seen = await access.transaction.scalar(
            select(IssueViewpoint.guid).where(IssueViewpoint.id == said.viewpoint_id)
        )
    author = names.get(said.created_by, "") if said.created_by else ""
    made = BcfComment(
        guid=said.guid,
        date=foreign.get("date", said.created_at),
        author=foreign.get("author", author),
        comment=said.text,
        viewpoint_guid=seen,
        modified_date=said.edited_at,
        modified_author=author if said.edited_at else None,
    )
    return {**made.model_dump(mode="json", exclude_none=True), "topic_guid": str(row.guid)}


async def _seen(context: Context, who: Principal, project_id: UUID, guid: UUID) -> list[Viewpoint]:
    """The views of a topic as BCF says them; blobs are read outside of the transaction."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        row, _ = await topic_row(access, project_id, guid, Action.VIEW)
        project = await access.require(Project, project_id, Action.VIEW)
        found = await bcf_export.gather(session, project, [row.number])
    file = await bcf_export.file_of(
        found, context.blobs, context.structures, origin="", version="3.0"
    )
    return list(file.topics[0].viewpoints or ())


async def _one(
    context: Context, who: Principal, project_id: UUID, guid: UUID, view_guid: UUID
) -> Viewpoint:
    for view in await _seen(context, who, project_id, guid):
        if view.guid == view_guid:
            return view
    raise NotFound()


def _view_body(view: Viewpoint) -> dict[str, Any]:
    """A viewpoint as JSON: components have addresses of their own."""
    said = view.model_dump(
        mode="json", exclude_none=True, exclude={"snapshot", "has_view", "components"}
    )
    if view.snapshot is not None:
        kind = "jpg" if view.snapshot.lower().endswith((".jpg", ".jpeg")) else "png"
        said["snapshot"] = {"snapshot_type": kind}
    return said


async def _body(request: Request) -> bytes:
    collected = bytearray()
    async for piece in request.stream():
        collected += piece
        if len(collected) > _MAX_BODY:
            raise BcfTooLarge(f"A viewpoint has at most {_MAX_BODY >> 20} MB.", limit=_MAX_BODY)
    return bytes(collected)


def _read(content: bytes) -> tuple[Viewpoint, dict[str, bytes]]:
    """A viewpoint and its pictures by name. raises: Invalid."""
    try:
        said = json.loads(content)
        if not isinstance(said, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError) as wrong:
        raise Invalid("The body is no JSON object.", pointer="") from wrong
    guid = said.get("guid") or str(uuid4())
    files: dict[str, bytes] = {}
    snapshot = said.pop("snapshot", None)
    try:
        if snapshot is not None:
            kind = "jpg" if snapshot["snapshot_type"] in ("jpg", "jpeg") else "png"
            files[f"{UUID(guid)}.{kind}"] = base64.b64decode(
                snapshot["snapshot_data"], validate=True
            )
        for place, one in enumerate(said.get("bitmaps") or ()):
            name = f"{UUID(guid)}-{place}.{'jpg' if one['bitmap_type'] == 'jpg' else 'png'}"
            files[name] = base64.b64decode(one.get("bitmap_data") or "", validate=True)
            one["reference"] = name
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as wrong:
        raise Invalid(
            "A picture is base64 of its bytes, with its type.", pointer="/snapshot"
        ) from wrong
    try:
        view = Viewpoint.model_validate(
            {**said, "guid": guid, "snapshot": next(iter(files), None) if snapshot else None}
        )
    except ValidationError as wrong:
        first = wrong.errors()[0]
        pointer = "".join(f"/{step}" for step in first["loc"])
        raise Invalid(str(first["msg"]), pointer=pointer) from wrong
    cameras = (view.orthogonal_camera is not None) + (view.perspective_camera is not None)
    if cameras > 1 or not (cameras or snapshot):
        raise Invalid("A viewpoint has one camera, a snapshot, or both.", pointer="")
    more = (view.lines, view.clipping_planes, view.bitmaps, view.components)
    if not cameras and any(one for one in more):
        raise Invalid("Lines, planes, bitmaps and components need a camera.", pointer="")
    return view.model_copy(update={"has_view": cameras == 1}), files
