"""Rows of comments: threads of an issue or a revision, what they said before, files beside them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.issue_tables import (
    Anchor,
    IssueAttachment,
    IssueComment,
    IssueCommentEdit,
    IssueViewpoint,
)


async def of_issue(
    session: AsyncSession, issue_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[IssueComment]:
    """The comments of an issue, oldest first; deleted ones stand as tombstones."""
    statement = select(IssueComment).where(IssueComment.issue_id == issue_id)
    if after is not None:
        statement = statement.where(IssueComment.id > after)
    return (await session.scalars(statement.order_by(IssueComment.id).limit(limit))).all()


async def of_revision(
    session: AsyncSession,
    revision_id: UUID,
    *,
    after: UUID | None,
    limit: int,
    with_resolved: bool,
) -> Sequence[IssueComment]:
    """The plain comments made on a revision, oldest first."""
    statement = select(IssueComment).where(IssueComment.revision_id == revision_id)
    if after is not None:
        statement = statement.where(IssueComment.id > after)
    if not with_resolved:
        first = select(IssueComment.id).where(
            IssueComment.revision_id == revision_id, IssueComment.resolved_at.is_not(None)
        )
        statement = statement.where(
            IssueComment.id.not_in(first),
            or_(IssueComment.reply_to.is_(None), IssueComment.reply_to.not_in(first)),
        )
    return (await session.scalars(statement.order_by(IssueComment.id).limit(limit))).all()


async def thread(session: AsyncSession, first: IssueComment) -> Sequence[IssueComment]:
    """A comment and its answers, oldest first."""
    return (
        await session.scalars(
            select(IssueComment)
            .where(or_(IssueComment.id == first.id, IssueComment.reply_to == first.id))
            .order_by(IssueComment.id)
        )
    ).all()


async def edits(session: AsyncSession, comment_id: UUID) -> Sequence[IssueCommentEdit]:
    """What a comment said before, oldest first."""
    return (
        await session.scalars(
            select(IssueCommentEdit)
            .where(IssueCommentEdit.comment_id == comment_id)
            .order_by(IssueCommentEdit.id)
        )
    ).all()


async def attachments(
    session: AsyncSession, *, issue_id: UUID | None = None, comment_ids: Collection[UUID] = ()
) -> Sequence[IssueAttachment]:
    """The files of an issue itself, or of these comments, oldest first."""
    statement = select(IssueAttachment)
    if issue_id is not None:
        statement = statement.where(
            IssueAttachment.issue_id == issue_id, IssueAttachment.comment_id.is_(None)
        )
    else:
        statement = statement.where(IssueAttachment.comment_id.in_(comment_ids))
    return (await session.scalars(statement.order_by(IssueAttachment.id))).all()


async def count_attachments(
    session: AsyncSession, *, issue_id: UUID | None, comment_id: UUID | None
) -> int:
    """How many files an issue with its comments has, or a comment of none."""
    statement = select(func.count()).select_from(IssueAttachment)
    if issue_id is not None:
        statement = statement.where(IssueAttachment.issue_id == issue_id)
    else:
        statement = statement.where(IssueAttachment.comment_id == comment_id)
    return await session.scalar(statement) or 0


async def anchors(session: AsyncSession, comment_ids: Collection[UUID]) -> dict[UUID, Anchor]:
    """The present anchor of each comment that has one."""
    found = await session.scalars(
        select(Anchor).where(Anchor.comment_id.in_(comment_ids), Anchor.ended_at.is_(None))
    )
    return {row.comment_id: row for row in found if row.comment_id is not None}


async def viewpoints(session: AsyncSession, issue_id: UUID) -> Sequence[IssueViewpoint]:
    """What was seen, in the order of the issue."""
    return (
        await session.scalars(
            select(IssueViewpoint)
            .where(IssueViewpoint.issue_id == issue_id)
            .order_by(IssueViewpoint.place, IssueViewpoint.id)
        )
    ).all()
