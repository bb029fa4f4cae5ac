"""Pins: an anchor becomes the present place of an issue or of a comment.

Whoever calls holds the transaction and has asked for the right; the anchor itself was read from the
part before (anchoring.py), outside of any transaction.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable import issues
from holotable.errors import IdTaken
from holotable.review import anchor as rules
from holotable.review.issue import Change
from holotable.store.database import uuid7
from holotable.store.issue_tables import Anchor, Issue, IssueComment
from holotable.store.queries import anchors as rows
from holotable.store.queries import projects
from holotable.store.tables import Revision


async def put(
    session: AsyncSession,
    to: Issue | IssueComment,
    revision: Revision,
    content: rules.Anchor,
    *,
    id_: UUID | None,
    by: UUID,
    now: datetime,
) -> Anchor:
    """Make the anchor the present one; the one before is kept, and newer revisions wait for it.

    revision: of the same project; an issue of the whole project belongs to its asset from now on.
    raises: IdTaken.
    """
    issue = to if isinstance(to, Issue) else None
    if issue is not None and issue.asset_id is None:  # until somebody pointed at something
        issue.asset_id, issue.revision_id = revision.asset_id, revision.id
    if issue is not None:
        present = await rows.of(session, issue_id=to.id)
    else:
        present = await rows.of(session, comment_id=to.id)
    await projects.lock(session, revision.project_id)
    said = content.model_dump(mode="json")
    if id_ is not None:
        before = await session.get(Anchor, id_)
        if before is not None:
            if before not in present or before.content != said:
                raise IdTaken(pointer="/id")
            return before
    replaced = next((one for one in present if one.ended_at is None), None)
    if replaced is not None:
        await rows.end(session, replaced, by=by, now=now)
    row = Anchor(
        id=id_ or uuid7(),
        project_id=revision.project_id,
        asset_id=revision.asset_id,
        revision_id=revision.id,
        issue_id=to.id if isinstance(to, Issue) else to.issue_id,
        comment_id=None if isinstance(to, Issue) else to.id,
        occurrence_id=content.occurrence_id,
        content=said,
        state="placed",
        newest_revision_id=revision.id,
        replaces_id=replaced.id if replaced else None,
        created_at=now,
        created_by=by,
    )
    session.add(row)
    await session.flush()
    await rows.enqueue_newest(session, row)
    if issue is not None:
        after = {"occurrence_id": row.occurrence_id, "revision_id": str(revision.id)}
        _note(session, issue, replaced, after, by=by, now=now)
        await session.flush()
    return row


async def release(session: AsyncSession, issue: Issue, *, by: UUID, now: datetime) -> None:
    """Keep an issue as a note without a place; what was known of its place is kept too."""
    for row in await rows.of(session, issue_id=issue.id):
        if row.ended_at is None:
            await rows.end(session, row, by=by, now=now)
            _note(session, issue, row, None, by=by, now=now)


def _note(
    session: AsyncSession,
    issue: Issue,
    replaced: Anchor | None,
    after: dict[str, Any] | None,
    *,
    by: UUID,
    now: datetime,
) -> None:
    before = {"occurrence_id": replaced.occurrence_id} if replaced else None
    change = Change("anchor", before, after)
    issues.note(session, "anchor", issue=issue, by=by, at=now, change=change)
