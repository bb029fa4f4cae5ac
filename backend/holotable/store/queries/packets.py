"""Rows of packets and of the keys they were signed with."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import uuid7
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueEvent,
    IssueViewpoint,
)
from holotable.store.review_tables import Review, ReviewPacket, RevisionEvent, SigningKeyRow

GOING_ON: Final = ("queued", "making")
MAX_ATTEMPTS: Final = 3


async def of_review(
    session: AsyncSession, review_id: UUID, limit: int = 50
) -> Sequence[ReviewPacket]:
    """The packets of a review, newest first."""
    return (
        await session.scalars(
            select(ReviewPacket)
            .where(ReviewPacket.review_id == review_id)
            .order_by(ReviewPacket.id.desc())
            .limit(limit)
        )
    ).all()


async def ask(
    session: AsyncSession,
    review: Review,
    *,
    language: str,
    time_zone: str,
    by: UUID | None,
    name: str,
    now: datetime,
) -> ReviewPacket:
    """A packet to be made; the one that is being made already, if there is one."""
    for row in await of_review(session, review.id, 1):
        if row.state in GOING_ON:
            return row
    row = ReviewPacket(
        id=uuid7(),
        project_id=review.project_id,
        review_id=review.id,
        revision_id=review.revision_id,
        language=language,
        time_zone=time_zone,
        state="queued",
        left_out=[],
        asked_at=now,
        asked_by=by,
        asked_name=name,
    )
    session.add(row)
    await session.flush()
    return row


async def claim(session: AsyncSession, now: datetime, lease: timedelta) -> ReviewPacket | None:
    """The oldest packet that nobody makes, taken; None when there is none.

    One whose maker died is taken again, at most MAX_ATTEMPTS times.
    """
    free = or_(
        ReviewPacket.state == "queued",
        and_(ReviewPacket.state == "making", ReviewPacket.lease_until < now),
    )
    found = await session.scalar(
        select(ReviewPacket.id).where(free).order_by(ReviewPacket.id).limit(1)
    )
    if found is None:
        return None
    taken = await session.scalar(
        update(ReviewPacket)
        .where(ReviewPacket.id == found, free)
        .values(state="making", lease_until=now + lease, attempts=ReviewPacket.attempts + 1)
        .returning(ReviewPacket.id)
    )
    return None if taken is None else await session.get(ReviewPacket, taken, populate_existing=True)


async def fail(
    session: AsyncSession, packet_id: UUID, now: datetime, problem: Mapping[str, Any]
) -> None:
    """Say why there is no packet."""
    await session.execute(
        update(ReviewPacket)
        .where(ReviewPacket.id == packet_id, ReviewPacket.state == "making")
        .values(state="failed", problem=dict(problem), finished_at=now, lease_until=None)
    )


async def known_key(session: AsyncSession, key_id: str, pem: str, now: datetime) -> None:
    """Keep a public key; once is enough."""
    if await session.get(SigningKeyRow, key_id) is None:
        session.add(SigningKeyRow(id=key_id, public_pem=pem, first_used_at=now))
        await session.flush()


async def keys(session: AsyncSession) -> Sequence[SigningKeyRow]:
    """Every key that was ever used, the newest first."""
    newest = select(SigningKeyRow).order_by(SigningKeyRow.first_used_at.desc(), SigningKeyRow.id)
    return (await session.scalars(newest)).all()


async def closed_now(session: AsyncSession, revision_id: UUID, now: datetime) -> Review | None:
    """The review on this revision that has just been closed."""
    return await session.scalar(
        select(Review).where(Review.revision_id == revision_id, Review.closed_at == now)
    )


async def issues_of(session: AsyncSession, asset_id: UUID, limit: int) -> Sequence[Issue]:
    """The issues of an asset that are not in the trash, by their numbers."""
    return (
        await session.scalars(
            select(Issue)
            .where(Issue.asset_id == asset_id, Issue.deleted_at.is_(None))
            .order_by(Issue.number)
            .limit(limit)
        )
    ).all()


async def comments_of(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[IssueComment]:
    """What was said of these issues, oldest first, without what was deleted."""
    return (
        await session.scalars(
            select(IssueComment)
            .where(IssueComment.issue_id.in_(ids), IssueComment.deleted_at.is_(None))
            .order_by(IssueComment.id)
        )
    ).all()


async def views_of(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[IssueViewpoint]:
    """What was seen of these issues, in their order."""
    return (
        await session.scalars(
            select(IssueViewpoint)
            .where(IssueViewpoint.issue_id.in_(ids))
            .order_by(IssueViewpoint.place, IssueViewpoint.id)
        )
    ).all()


async def attachments_of(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[IssueAttachment]:
    """The files beside these issues and their comments, oldest first; none of deleted comments."""
    return (
        await session.scalars(
            select(IssueAttachment)
            .outerjoin(IssueComment, IssueComment.id == IssueAttachment.comment_id)
            .where(
                or_(IssueAttachment.issue_id.in_(ids), IssueComment.issue_id.in_(ids)),
                IssueComment.deleted_at.is_(None),
            )
            .order_by(IssueAttachment.id)
        )
    ).all()


async def anchors_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Anchor]:
    """Where each of these issues stands now."""
    found = await session.scalars(
        select(Anchor)
        .where(Anchor.issue_id.in_(ids), Anchor.ended_at.is_(None))
        .order_by(Anchor.id)
    )
    return {row.issue_id: row for row in found if row.issue_id is not None}


async def issue_events_of(
    session: AsyncSession, ids: Sequence[UUID], limit: int
) -> Sequence[IssueEvent]:
    """What happened to these issues, the newest `limit`, oldest first."""
    newest = await session.scalars(
        select(IssueEvent)
        .where(IssueEvent.issue_id.in_(ids))
        .order_by(IssueEvent.id.desc())
        .limit(limit)
    )
    return list(reversed(newest.all()))


async def trail_of(
    session: AsyncSession, review_id: UUID, revision_ids: Sequence[UUID]
) -> Sequence[RevisionEvent]:
    """What happened in a review, and to the revisions it was about; oldest first."""
    return (
        await session.scalars(
            select(RevisionEvent)
            .where(
                or_(
                    RevisionEvent.review_id == review_id,
                    RevisionEvent.revision_id.in_(revision_ids),
                )
            )
            .order_by(RevisionEvent.id)
        )
    ).all()
