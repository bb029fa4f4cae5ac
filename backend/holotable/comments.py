"""Comments: on an issue or on a revision, in threads of one level, edited by their authors only.

What was written does not vanish: an edit keeps what stood there before, a deleted comment leaves a
tombstone, and a comment that becomes an issue takes its thread, files and anchor along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import issues, notifications
from holotable.errors import Conflict, DeletedComment, IdTaken, NotFound
from holotable.issues import Draft
from holotable.review.comment import clean_text, mentions
from holotable.store.database import uuid7
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueCommentEdit,
    IssueEvent,
    IssueMention,
    IssueViewpoint,
)
from holotable.store.queries import drawings, projects
from holotable.store.queries import issue_comments as rows
from holotable.store.queries import issues as issue_rows
from holotable.store.tables import Revision

_TICK: Final = timedelta(microseconds=1)
_TITLE: Final = 80  # of an issue that a comment becomes: its first line, cut at a word


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment to be."""

    text: str
    id: UUID | None = None
    guid: UUID | None = None
    reply_to: UUID | None = None
    viewpoint_id: UUID | None = None


async def say(
    session: AsyncSession,
    on: Issue | Revision,
    remark: Remark,
    *,
    author: UUID,
    now: datetime,
    also: Mapping[str, Any] | None = None,
) -> tuple[IssueComment, bool]:
    """A new comment, or the one that this very request made before; and whether it is new.

    also: what else was asked for in the same request, for telling two requests apart.
    raises: IdTaken, DeletedComment, UnknownMention, NotFound (an answer to what is not there).
    """
    await projects.lock(session, on.project_id)
    said = issues.digest(
        {
            "text": remark.text,
            "reply_to": remark.reply_to,
            "viewpoint": remark.viewpoint_id,
            "on": on.id,
            **(also or {}),
        }
    )
    if remark.id is not None:
        before = await session.get(IssueComment, remark.id)
        if before is not None:
            same = before.project_id == on.project_id and before.created_by == author
            if not same or before.request_sha256 != said:
                raise IdTaken(pointer="/id")
            return before, False
    issue = on if isinstance(on, Issue) else None
    first = await _first_of_thread(session, on, remark.reply_to)
    await _check_viewpoint(session, issue, remark.viewpoint_id)
    text = clean_text(remark.text)
    id_ = remark.id or uuid7()
    comment = IssueComment(
        id=id_,
        project_id=on.project_id,
        asset_id=on.asset_id,
        issue_id=issue.id if issue else None,
        revision_id=None if issue else on.id,
        reply_to=first.id if first else None,
        viewpoint_id=remark.viewpoint_id,
        guid=remark.guid or id_,
        request_sha256=said,
        text=text,
        created_at=now,
        created_by=author,
        updated_at=now,
    )
    session.add(comment)
    await session.flush()
    await _mention(session, comment, now)
    if first is not None and first.resolved_at is not None:
        _resolve(first, None, now)  # an answer opens the thread again
    note(session, "comment_added", comment, by=author, at=now)
    if issue is not None:
        await issue_rows.watch(session, issue, [author], now)
    await notifications.commented(session, comment, by=author, now=now, named_only=False)
    return comment, True


async def edit(
    session: AsyncSession, comment: IssueComment, text: str, *, by: UUID, now: datetime
) -> None:
    """Say it otherwise; what stood there before is kept. raises: DeletedComment."""
    _require_living(comment)
    wanted = clean_text(text)
    if wanted == comment.text:
        return
    session.add(
        IssueCommentEdit(
            id=uuid7(),
            project_id=comment.project_id,
            comment_id=comment.id,
            text=comment.text,
            at=now,
            by=by,
        )
    )
    comment.text = wanted
    comment.edited_at = now
    touch(comment, now)
    await session.flush()
    await _mention(session, comment, now)
    note(session, "comment_edited", comment, by=by, at=now)
    await notifications.commented(session, comment, by=by, now=now, named_only=True)


async def remove(session: AsyncSession, comment: IssueComment, *, by: UUID, now: datetime) -> None:
    """Leave a tombstone; the text goes to the history, for editors. raises: DeletedComment."""
    _require_living(comment)
    session.add(
        IssueCommentEdit(
            id=uuid7(),
            project_id=comment.project_id,
            comment_id=comment.id,
            text=comment.text,
            at=now,
            by=by,
        )
    )
    comment.text = ""
    comment.deleted_at = now
    comment.deleted_by = by
    touch(comment, now)
    await session.execute(delete(IssueMention).where(IssueMention.comment_id == comment.id))
    if comment.issue_id is None:  # an issue keeps the anchor that it got from its first comment
        await session.execute(
            update(Anchor)
            .where(Anchor.comment_id == comment.id, Anchor.ended_at.is_(None))
            .values(ended_at=now, ended_by=by)
        )
        await drawings.end(session, comment_id=comment.id, by=by, now=now)
    note(session, "comment_deleted", comment, by=by, at=now)
    await session.flush()


async def resolve(
    session: AsyncSession, comment: IssueComment, *, resolved: bool, by: UUID, now: datetime
) -> IssueComment:
    """Close or open the thread that a comment stands in; its first comment."""
    first = await session.get(IssueComment, comment.reply_to) if comment.reply_to else comment
    assert first is not None  # held by the foreign key
    if (first.resolved_at is not None) != resolved:
        _resolve(first, by if resolved else None, now)
        note(session, "thread_resolved" if resolved else "thread_reopened", first, by=by, at=now)
        await session.flush()
    return first


async def become_issue(
    session: AsyncSession,
    comment: IssueComment,
    fields: Mapping[str, Any],
    *,
    id_: UUID | None,
    by: UUID,
    now: datetime,
) -> Issue:
    """An issue of a comment: its text is the description, its thread and anchor go along.

    raises: Conflict when it is one already, DeletedComment; as `issues.create`.
    """
    _require_living(comment)
    if comment.reply_to is not None:
        raise Conflict("An answer becomes no issue: use the first comment of its thread.")
    if comment.issue_id is not None and comment.issue_id != id_:
        raise Conflict("This comment belongs to an issue already.", issue_id=str(comment.issue_id))
    first_line = comment.text.split("\n", 1)[0].strip()
    title = first_line if len(first_line) <= _TITLE else first_line[:_TITLE].rsplit(" ", 1)[0] + "…"
    draft = Draft(
        fields={"title": title, "description": comment.text, **fields},
        id=id_,
        asset_id=comment.asset_id,
        revision_id=comment.revision_id,
        also={"comment": comment.id},
    )
    issue, is_new = await issues.create(session, comment.project_id, draft, author=by, now=now)
    if not is_new:
        return issue
    for one in await rows.thread(session, comment):
        one.issue_id = issue.id
        touch(one, now)
        await session.execute(
            update(IssueAttachment)
            .where(IssueAttachment.comment_id == one.id)
            .values(issue_id=issue.id)
        )
    comment.became_issue_id = issue.id
    await session.execute(
        update(Anchor).where(Anchor.comment_id == comment.id).values(issue_id=issue.id)
    )
    await drawings.hand_over(session, comment_id=comment.id, issue_id=issue.id)
    if comment.created_by is not None:
        await issue_rows.watch(session, issue, [comment.created_by], now)
    note(session, "comment_became_issue", comment, by=by, at=now)
    await session.flush()
    return issue


def touch(comment: IssueComment, now: datetime) -> None:
    """Give the comment a new ETag."""
    comment.updated_at = max(now, comment.updated_at + _TICK)


def note(
    session: AsyncSession, kind: str, comment: IssueComment, *, by: UUID, at: datetime
) -> None:
    """Write down what happened to a comment."""
    session.add(
        IssueEvent(
            id=uuid7(),
            project_id=comment.project_id,
            asset_id=comment.asset_id,
            revision_id=comment.revision_id,
            issue_id=comment.issue_id,
            comment_id=comment.id,
            kind=kind,
            at=at,
            by=by,
        )
    )


def _resolve(first: IssueComment, by: UUID | None, now: datetime) -> None:
    first.resolved_at = now if by is not None else None
    first.resolved_by = by
    touch(first, now)


async def _first_of_thread(
    session: AsyncSession, on: Issue | Revision, reply_to: UUID | None
) -> IssueComment | None:
    """The comment that an answer goes below. raises: NotFound, DeletedComment."""
    if reply_to is None:
        return None
    answered = await session.get(IssueComment, reply_to)
    if answered is None or on.id not in (answered.issue_id, answered.revision_id):
        raise NotFound()
    if answered.deleted_at is not None:
        raise DeletedComment("The comment that this answers was deleted.", pointer="/reply_to")
    if answered.reply_to is None:
        return answered
    return await session.get(IssueComment, answered.reply_to)


async def _check_viewpoint(
    session: AsyncSession, issue: Issue | None, viewpoint_id: UUID | None
) -> None:
    if viewpoint_id is None:
        return
    found = await session.get(IssueViewpoint, viewpoint_id)
    if found is None or issue is None or found.issue_id != issue.id:
        raise NotFound()


async def _mention(session: AsyncSession, comment: IssueComment, now: datetime) -> None:
    """Keep whom the comment names now. raises: UnknownMention."""
    people = await issue_rows.people(session, comment.project_id)
    named = mentions(comment.text, people)
    await session.execute(delete(IssueMention).where(IssueMention.comment_id == comment.id))
    session.add_all(
        IssueMention(
            id=uuid7(),
            project_id=comment.project_id,
            issue_id=comment.issue_id,
            comment_id=comment.id,
            principal_id=one,
            at=now,
        )
        for one in named
    )
    if comment.issue_id is not None:
        issue = await session.get_one(Issue, comment.issue_id)
        await issue_rows.watch(session, issue, named, now)
    await session.flush()


def _require_living(comment: IssueComment) -> None:
    if comment.deleted_at is not None:
        raise DeletedComment()
