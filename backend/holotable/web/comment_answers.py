"""What clients read of comments and of files beside them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from holotable.review.roles import Action, Role, allows
from holotable.store.issue_tables import IssueAttachment, IssueComment
from holotable.store.queries import drawings, issue_comments
from holotable.store.queries import issues as rows
from holotable.web.answers import Author
from holotable.web.dependencies import Permissions
from holotable.web.etags import etag
from holotable.web.issue_answers import (
    AnchorAnswer,
    SheetAnswer,
    anchor_answer,
    author,
    revisions_of,
    sheet_answer,
)


class AttachmentAnswer(BaseModel):
    """A file beside an issue or a comment."""

    id: UUID
    issue_id: UUID | None
    comment_id: UUID | None
    name: str
    kind: Literal["picture", "recording", "file"]
    media_type: str
    bytes: int
    sha256: str
    url: str
    created_at: datetime
    created_by: Author | None


class CommentAnswer(BaseModel):
    """A comment; a deleted one is a tombstone without text."""

    id: UUID
    guid: UUID  # BCF
    project_id: UUID
    issue_id: UUID | None
    revision_id: UUID | None
    reply_to: UUID | None  # the first comment of its thread
    viewpoint_id: UUID | None
    text: str  # Markdown, as typed
    mentions: list[Author]
    attachments: list[AttachmentAnswer]
    anchor: AnchorAnswer | None
    sheet: SheetAnswer | None
    created_at: datetime
    created_by: Author | None
    edited_at: datetime | None
    resolved_at: datetime | None
    resolved_by: Author | None
    became_issue_id: UUID | None
    deleted_at: datetime | None
    deleted_by: Author | None
    etag: str
    may_edit: bool
    may_delete: bool


async def comment_answers(
    access: Permissions, found: Sequence[IssueComment], role: Role
) -> list[CommentAnswer]:
    """These comments as clients see them, in the same order, in a handful of statements."""
    session = access.transaction
    ids = [row.id for row in found]
    files: dict[UUID | None, list[IssueAttachment]] = {}
    for file in await issue_comments.attachments(session, comment_ids=ids):
        files.setdefault(file.comment_id, []).append(file)
    named = await rows.mentioned(session, comment_ids=ids)
    anchors = await issue_comments.anchors(session, ids)
    sheets = await drawings.pins_of(session, comment_ids=ids)
    labels = await rows.labels_of_revisions(session, revisions_of(list(anchors.values())))
    names = await rows.names(
        session,
        [
            *(one for row in found for one in (row.created_by, row.resolved_by, row.deleted_by)),
            *(one for group in named.values() for one in group),
            *(file.created_by for group in files.values() for file in group),
        ],
    )
    return [
        CommentAnswer(
            id=row.id,
            guid=row.guid,
            project_id=row.project_id,
            issue_id=row.issue_id,
            revision_id=row.revision_id,
            reply_to=row.reply_to,
            viewpoint_id=row.viewpoint_id,
            text=row.text,
            mentions=[
                one for id_ in named.get(row.id, ()) if (one := author(id_, names)) is not None
            ],
            attachments=[
                attachment_answer(file, names)
                for file in files.get(row.id, ())
                if row.deleted_at is None
            ],
            anchor=anchor_answer(anchors[row.id], labels) if row.id in anchors else None,
            sheet=sheet_answer(sheets.get(row.id)),
            created_at=row.created_at,
            created_by=author(row.created_by, names),
            edited_at=row.edited_at,
            resolved_at=row.resolved_at,
            resolved_by=author(row.resolved_by, names),
            became_issue_id=row.became_issue_id,
            deleted_at=row.deleted_at,
            deleted_by=author(row.deleted_by, names),
            etag=etag(row.id, row.updated_at),
            may_edit=row.deleted_at is None and may_edit(access, row, role),
            may_delete=row.deleted_at is None and may_delete(access, row, role),
        )
        for row in found
    ]


def may_edit(access: Permissions, row: IssueComment, role: Role) -> bool:
    """Whether the asker may say it otherwise: only whoever said it."""
    return row.created_by == access.who.id and allows(role, Action.COMMENT)


def may_delete(access: Permissions, row: IssueComment, role: Role) -> bool:
    """Whether the asker may take it away: its author, and editors."""
    return may_edit(access, row, role) or allows(role, Action.EDIT)


def attachment_answer(row: IssueAttachment, names: Mapping[UUID, str]) -> AttachmentAnswer:
    """One file as clients see it."""
    return AttachmentAnswer(
        id=row.id,
        issue_id=row.issue_id,
        comment_id=row.comment_id,
        name=row.name,
        kind=row.kind,  # pydantic checks that it is one of them
        media_type=row.media_type,
        bytes=row.bytes,
        sha256=row.sha256,
        url=f"/api/v1/attachments/{row.id}/content",
        created_at=row.created_at,
        created_by=author(row.created_by, names),
    )
