"""Comments over REST: on issues and on revisions, in threads, and how one becomes an issue."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from holotable import comments
from holotable.comments import Remark
from holotable.errors import Forbidden
from holotable.review.comment import MAX_COMMENT
from holotable.review.roles import Action, Role
from holotable.store.issue_tables import Issue, IssueComment, IssueViewpoint
from holotable.store.queries import issue_comments as rows
from holotable.store.queries import issues as issue_rows
from holotable.store.tables import Revision
from holotable.web.answers import Author, Cursor, Items, Limit, cut, decode_cursor, encode_cursor
from holotable.web.comment_answers import (
    CommentAnswer,
    comment_answers,
    may_delete,
    may_edit,
)
from holotable.web.dependencies import Access, Permissions
from holotable.web.etags import IfMatch, etag, hold_if_match
from holotable.web.issue_answers import IssueAnswer, IssueFields, Storable, author, issue_answer

router = APIRouter(tags=["comments"])


class CommentRequest(Storable):
    """A new comment. id: made by the client, so that sending it again makes no second one."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT)]  # Markdown
    id: UUID | None = None
    guid: UUID | None = None  # BCF; the id unless said
    reply_to: UUID | None = None
    viewpoint_id: UUID | None = None  # of the same issue: what the comment speaks of


class CommentPatch(Storable):
    """What a comment says now."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT)]


class CommentIssueRequest(IssueFields):
    """What is known of the issue besides the comment: its title is else the first line."""

    id: UUID | None = None


class EditAnswer(BaseModel):
    """What a comment said until somebody changed it."""

    id: UUID
    text: str
    at: datetime  # when it was changed
    by: Author | None


@router.get("/issues/{issue_id}/comments")
async def list_issue_comments(
    issue_id: UUID, access: Access, cursor: Cursor = None, limit: Limit = 100
) -> Items[CommentAnswer]:
    """The comments of an issue, oldest first; answers name the first of their thread."""
    _, role = await access.require_with_role(Issue, issue_id, Action.VIEW)
    found = await rows.of_issue(
        access.transaction,
        issue_id,
        after=decode_cursor(cursor) if cursor else None,
        limit=limit + 1,
    )
    page, more = cut(found, limit)
    return Items(
        items=await comment_answers(access, page, role),
        next_cursor=encode_cursor(page[-1].id) if more else None,
    )


@router.post("/issues/{issue_id}/comments", status_code=201)
async def comment_on_issue(
    issue_id: UUID, body: CommentRequest, response: Response, access: Access
) -> CommentAnswer:
    """Say something about an issue, or answer."""
    row, role = await access.require_with_role(Issue, issue_id, Action.COMMENT)
    return await _say(access, row, role, body, response)


@router.get("/revisions/{revision_id}/comments")
async def list_revision_comments(
    revision_id: UUID,
    access: Access,
    resolved: Annotated[bool, Query(description="Resolved threads too")] = True,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Items[CommentAnswer]:
    """The comments made on a revision, oldest first, with those that became issues."""
    _, role = await access.require_with_role(Revision, revision_id, Action.VIEW)
    found = await rows.of_revision(
        access.transaction,
        revision_id,
        after=decode_cursor(cursor) if cursor else None,
        limit=limit + 1,
        with_resolved=resolved,
    )
    page, more = cut(found, limit)
    return Items(
        items=await comment_answers(access, page, role),
        next_cursor=encode_cursor(page[-1].id) if more else None,
    )


@router.post("/revisions/{revision_id}/comments", status_code=201)
async def comment_on_revision(
    revision_id: UUID, body: CommentRequest, response: Response, access: Access
) -> CommentAnswer:
    """Say something about a revision, or answer; `…/anchor` pins it to the model."""
    row, role = await access.require_with_role(Revision, revision_id, Action.COMMENT)
    return await _say(access, row, role, body, response)


@router.get("/comments/{comment_id}")
async def get_comment(comment_id: UUID, response: Response, access: Access) -> CommentAnswer:
    """One comment."""
    row, role = await access.require_with_role(IssueComment, comment_id, Action.VIEW)
    return await _answer(access, row, role, response)


@router.patch("/comments/{comment_id}")
async def update_comment(
    comment_id: UUID,
    body: CommentPatch,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> CommentAnswer:
    """Say it otherwise; only its author may, and what stood there before is kept."""
    row, role = await access.require_with_role(IssueComment, comment_id, Action.VIEW)
    if not may_edit(access, row, role):
        raise Forbidden("Only whoever wrote a comment changes it.", role=role.value)
    await hold_if_match(access.transaction, row, if_match)
    await comments.edit(access.transaction, row, body.text, by=access.who.id, now=access.now)
    return await _answer(access, row, role, response)


@router.delete("/comments/{comment_id}", status_code=204)
async def delete_comment(comment_id: UUID, access: Access, if_match: IfMatch) -> None:
    """Take a comment away; a tombstone and its answers stay."""
    row, role = await access.require_with_role(IssueComment, comment_id, Action.VIEW)
    if not may_delete(access, row, role):
        raise Forbidden(
            "Only whoever wrote a comment or an editor of the project takes it away.",
            needs=Role.EDITOR.value,
            role=role.value,
        )
    await hold_if_match(access.transaction, row, if_match)
    await comments.remove(access.transaction, row, by=access.who.id, now=access.now)


@router.get("/comments/{comment_id}/edits")
async def list_comment_edits(comment_id: UUID, access: Access) -> Items[EditAnswer]:
    """What a comment said before, oldest first; of a deleted one only for editors."""
    row, _ = await access.require_with_role(IssueComment, comment_id, Action.VIEW)
    if row.deleted_at is not None:
        await access.require(IssueComment, comment_id, Action.EDIT)
    found = await rows.edits(access.transaction, comment_id)
    names = await issue_rows.names(access.transaction, [one.by for one in found])
    return Items(
        items=[
            EditAnswer(id=one.id, text=one.text, at=one.at, by=author(one.by, names))
            for one in found
        ]
    )


@router.post("/comments/{comment_id}/resolve")
async def resolve_thread(comment_id: UUID, response: Response, access: Access) -> CommentAnswer:
    """Close the thread that a comment stands in; answers with its first comment."""
    return await _set_resolved(access, comment_id, response, resolved=True)


@router.post("/comments/{comment_id}/reopen")
async def reopen_thread(comment_id: UUID, response: Response, access: Access) -> CommentAnswer:
    """Open the thread again; an answer does it too."""
    return await _set_resolved(access, comment_id, response, resolved=False)


@router.post("/comments/{comment_id}/issue", status_code=201)
async def make_issue_of_comment(
    comment_id: UUID, body: CommentIssueRequest, response: Response, access: Access
) -> IssueAnswer:
    """Make an issue of a comment, with its thread, files and anchor, in one call."""
    row, role = await access.require_with_role(IssueComment, comment_id, Action.ISSUE)
    await access.transaction.refresh(row, with_for_update=True)
    issue = await comments.become_issue(
        access.transaction, row, body.said(), id_=body.id, by=access.who.id, now=access.now
    )
    response.headers["Location"] = f"/api/v1/issues/{issue.id}"
    response.headers["ETag"] = etag(issue.id, issue.updated_at)
    return await issue_answer(access, issue, role)


async def _say(
    access: Permissions, on: Issue | Revision, role: Role, body: CommentRequest, response: Response
) -> CommentAnswer:
    if body.viewpoint_id is not None:
        await access.require(IssueViewpoint, body.viewpoint_id, Action.VIEW)
    row, _ = await comments.say(
        access.transaction,
        on,
        Remark(
            text=body.text,
            id=body.id,
            guid=body.guid,
            reply_to=body.reply_to,
            viewpoint_id=body.viewpoint_id,
        ),
        author=access.who.id,
        now=access.now,
    )
    response.headers["Location"] = f"/api/v1/comments/{row.id}"
    return await _answer(access, row, role, response)


async def _set_resolved(
    access: Permissions, comment_id: UUID, response: Response, *, resolved: bool
) -> CommentAnswer:
    row, role = await access.require_with_role(IssueComment, comment_id, Action.COMMENT)
    first = await comments.resolve(
        access.transaction, row, resolved=resolved, by=access.who.id, now=access.now
    )
    return await _answer(access, first, role, response)


async def _answer(
    access: Permissions, row: IssueComment, role: Role, response: Response
) -> CommentAnswer:
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return (await comment_answers(access, [row], role))[0]
