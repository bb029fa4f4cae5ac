"""Rows that minutes of a session are made from, and the row that holds them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.issue_tables import Issue, IssueEvent
from holotable.store.recording_tables import MinutesComment, MinutesEdition, MinutesRow
from holotable.store.review_tables import ReviewVerdict
from holotable.store.tables import (
    Attendance,
    Operation,
    Principal,
    Revision,
    Session,
    Viewpoint,
)

MAX_EVENTS = 10_000
MAX_OPERATIONS = 50_000


async def of_session(transaction: AsyncSession, session_id: UUID) -> MinutesRow | None:
    """What was written beside the minutes of a session, or published."""
    return (
        await transaction.scalars(select(MinutesRow).where(MinutesRow.session_id == session_id))
    ).one_or_none()


async def editions_of(transaction: AsyncSession, session_id: UUID) -> Sequence[MinutesEdition]:
    """Versions that were published before they were corrected, oldest first."""
    return (
        await transaction.scalars(
            select(MinutesEdition)
            .where(MinutesEdition.session_id == session_id)
            .order_by(MinutesEdition.version)
        )
    ).all()


async def comments_of(transaction: AsyncSession, session_id: UUID) -> Sequence[MinutesComment]:
    """What was said to drafts of the minutes, oldest first."""
    return (
        await transaction.scalars(
            select(MinutesComment)
            .where(MinutesComment.session_id == session_id)
            .order_by(MinutesComment.at, MinutesComment.id)
        )
    ).all()


async def count_comments(transaction: AsyncSession, session_id: UUID) -> int:
    """How many there are."""
    return (
        await transaction.scalar(
            select(func.count())
            .select_from(MinutesComment)
            .where(MinutesComment.session_id == session_id)
        )
    ) or 0


async def published_before(
    transaction: AsyncSession, asset_id: UUID, at: datetime
) -> dict[str, Any] | None:  # review.minutes.document
    """The published minutes of the asset's newest session that began before this moment."""
    found: dict[str, Any] | None = (
        await transaction.scalars(
            select(MinutesRow.document)
            .join(Session, Session.id == MinutesRow.session_id)
            .join(Revision, Revision.id == Session.revision_id)
            .where(
                Revision.asset_id == asset_id,
                Session.created_at < at,
                MinutesRow.published_at.is_not(None),
            )
            .order_by(Session.created_at.desc())
            .limit(1)
        )
    ).one_or_none()
    return found


async def pictures(
    transaction: AsyncSession, project_id: UUID, views: Collection[UUID]
) -> dict[str, str]:
    """View -> sha256 of its picture, of those of the project that have one."""
    found = await transaction.execute(
        select(Viewpoint.id, Viewpoint.thumbnail_sha256).where(
            Viewpoint.id.in_(list(views)),
            Viewpoint.project_id == project_id,
            Viewpoint.thumbnail_sha256.is_not(None),
        )
    )
    return {str(key): sha256 for key, sha256 in found if sha256 is not None}


async def attendance(transaction: AsyncSession, session_id: UUID) -> Sequence[Attendance]:
    """Who came and went, in the order of coming."""
    return (
        await transaction.scalars(
            select(Attendance)
            .where(Attendance.session_id == session_id)
            .order_by(Attendance.joined_at, Attendance.id)
        )
    ).all()


async def noted(transaction: AsyncSession, session_id: UUID) -> Sequence[Operation]:
    """Operations that minutes speak of: chat, saved views, measurements, revisions on the table."""
    return (
        await transaction.scalars(
            select(Operation)
            .where(
                Operation.session_id == session_id,
                or_(
                    Operation.kind == "chat",
                    Operation.key.in_(("view", "layers", "session/agenda", "session/agenda-at")),
                    Operation.key.like("measurement/%"),
                ),
            )
            .order_by(Operation.seq)
            .limit(MAX_OPERATIONS)
        )
    ).all()


async def issue_events(
    transaction: AsyncSession,
    project_id: UUID,
    asset_id: UUID,
    people: Collection[UUID],
    since: datetime,
    until: datetime,
) -> Sequence[tuple[IssueEvent, Issue, str]]:
    """What these people did to issues meanwhile, with the names of the assignees.

    Only of this asset, and of those that are of no asset: a session is about one.
    """
    found = await transaction.execute(
        select(IssueEvent, Issue, Principal.name)
        .join(Issue, Issue.id == IssueEvent.issue_id)
        .outerjoin(Principal, Principal.id == Issue.assignee_id)
        .where(
            IssueEvent.project_id == project_id,
            or_(Issue.asset_id == asset_id, Issue.asset_id.is_(None)),
            Issue.deleted_at.is_(None),
            IssueEvent.by.in_(list(people)),
            IssueEvent.at >= since,
            IssueEvent.at <= until,
        )
        .order_by(IssueEvent.id)
        .limit(MAX_EVENTS)
    )
    return [(event, issue, name or "") for event, issue, name in found]


async def verdicts(
    transaction: AsyncSession,
    asset_id: UUID,
    people: Collection[UUID],
    since: datetime,
    until: datetime,
) -> Sequence[tuple[ReviewVerdict, str]]:
    """Verdicts that these people gave on the asset meanwhile, with the revision's label."""
    found = await transaction.execute(
        select(ReviewVerdict, Revision.label)
        .join(Revision, Revision.id == ReviewVerdict.revision_id)
        .where(
            Revision.asset_id == asset_id,
            ReviewVerdict.principal_id.in_(list(people)),
            ReviewVerdict.at >= since,
            ReviewVerdict.at <= until,
        )
        .order_by(ReviewVerdict.id)
        .limit(MAX_EVENTS)
    )
    return [(verdict, label) for verdict, label in found]
