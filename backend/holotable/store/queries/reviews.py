"""Rows of reviews: which one goes on, who sits in it, what was said, and the audit trail."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.issue import LIVING
from holotable.store.issue_tables import Issue
from holotable.store.review_tables import (
    Review,
    ReviewCoverage,
    ReviewSeat,
    ReviewTick,
    ReviewVerdict,
    RevisionEvent,
)
from holotable.store.tables import Asset, Member, Principal, Revision


async def going_on(session: AsyncSession, asset_id: UUID) -> Review | None:
    """The asset's review that is not closed."""
    return (
        await session.scalars(
            select(Review).where(Review.asset_id == asset_id, Review.closed_at.is_(None))
        )
    ).one_or_none()


async def next_number(session: AsyncSession, project_id: UUID) -> int:
    """The number of the project's next review; the project's row must be locked."""
    last = await session.scalar(
        select(func.max(Review.number)).where(Review.project_id == project_id)
    )
    return (last or 0) + 1


async def seats_of(
    session: AsyncSession, review_ids: Collection[UUID]
) -> dict[UUID, list[tuple[ReviewSeat, Principal]]]:
    """Who sits in each review, in the order of joining."""
    found: dict[UUID, list[tuple[ReviewSeat, Principal]]] = {one: [] for one in review_ids}
    statement = (
        select(ReviewSeat, Principal)
        .join(Principal, Principal.id == ReviewSeat.principal_id)
        .where(ReviewSeat.review_id.in_(review_ids))
        .order_by(ReviewSeat.added_at, ReviewSeat.principal_id)
    )
    for seat, principal in await session.execute(statement):
        found[seat.review_id].append((seat, principal))
    return found


async def verdicts_of(
    session: AsyncSession, review_ids: Collection[UUID]
) -> dict[UUID, list[ReviewVerdict]]:
    """What was said in each review, oldest first."""
    found: dict[UUID, list[ReviewVerdict]] = {one: [] for one in review_ids}
    statement = (
        select(ReviewVerdict)
        .where(ReviewVerdict.review_id.in_(review_ids))
        .order_by(ReviewVerdict.id)
    )
    for verdict in await session.scalars(statement):
        found[verdict.review_id].append(verdict)
    return found


async def ticks_of(
    session: AsyncSession, review_id: UUID, revision_id: UUID
) -> dict[str, tuple[ReviewTick, str]]:
    """The ticked lines of the checklist on this revision, with the name of who ticked them."""
    statement = (
        select(ReviewTick, Principal.name)
        .join(Principal, Principal.id == ReviewTick.principal_id)
        .where(ReviewTick.review_id == review_id, ReviewTick.revision_id == revision_id)
    )
    return {tick.item_id: (tick, name) for tick, name in await session.execute(statement)}


async def coverage_of(
    session: AsyncSession, review_id: UUID, revision_id: UUID
) -> Sequence[ReviewCoverage]:
    """What each approver who lets it be kept has had in view of this revision."""
    return (
        await session.scalars(
            select(ReviewCoverage).where(
                ReviewCoverage.review_id == review_id, ReviewCoverage.revision_id == revision_id
            )
        )
    ).all()


async def members(
    session: AsyncSession, project_id: UUID, principal_ids: Collection[UUID]
) -> dict[UUID, str]:
    """The role of each of these principals that is a member of the project."""
    statement = select(Member.principal_id, Member.role).where(
        Member.project_id == project_id, Member.principal_id.in_(principal_ids)
    )
    return {row.principal_id: row.role for row in await session.execute(statement)}


async def events_of(session: AsyncSession, revision_id: UUID) -> Sequence[RevisionEvent]:
    """The audit trail of a revision, oldest first."""
    return (
        await session.scalars(
            select(RevisionEvent)
            .where(RevisionEvent.revision_id == revision_id)
            .order_by(RevisionEvent.id)
        )
    ).all()


async def last_decided(session: AsyncSession, revision: Revision) -> UUID | None:
    """The newest revision before this one that was approved or released; else the one before."""
    earlier = select(Revision.id).where(
        Revision.asset_id == revision.asset_id, Revision.ordinal < revision.ordinal
    )
    newest_first = Revision.ordinal.desc()
    decided = earlier.where(Revision.lifecycle.in_(("approved", "released")))
    found = await session.scalar(decided.order_by(newest_first).limit(1))
    if found is None:
        found = await session.scalar(earlier.order_by(newest_first).limit(1))
    return found


async def earlier_standing(
    session: AsyncSession, revision: Revision, lifecycles: Collection[str]
) -> Sequence[Revision]:
    """Earlier revisions of the asset that stand in one of these lifecycles."""
    return (
        await session.scalars(
            select(Revision).where(
                Revision.asset_id == revision.asset_id,
                Revision.ordinal < revision.ordinal,
                Revision.lifecycle.in_(lifecycles),
            )
        )
    ).all()


async def forget_seen(session: AsyncSession, review_id: UUID, principal_id: UUID) -> None:
    """Remove what was kept of what one person had in view."""
    rows = await session.scalars(
        select(ReviewCoverage).where(
            ReviewCoverage.review_id == review_id, ReviewCoverage.principal_id == principal_id
        )
    )
    for row in rows:
        await session.delete(row)


async def on_revision(session: AsyncSession, revision_id: UUID) -> Sequence[Review]:
    """Reviews that are on this revision, or in which something was said of it; newest first."""
    spoken = select(ReviewVerdict.review_id).where(ReviewVerdict.revision_id == revision_id)
    asked = select(RevisionEvent.review_id).where(RevisionEvent.revision_id == revision_id)
    return (
        await session.scalars(
            select(Review)
            .where(
                or_(
                    Review.revision_id == revision_id,
                    Review.id.in_(spoken),
                    Review.id.in_(asked),
                )
            )
            .order_by(Review.id.desc())
        )
    ).all()


def seated(principal_id: UUID) -> Select[UUID]:
    """Ids of the reviews somebody sits in, for a WHERE."""
    return select(ReviewSeat.review_id).where(ReviewSeat.principal_id == principal_id)


async def revisions_by_id(
    session: AsyncSession, revision_ids: Collection[UUID]
) -> dict[UUID, Revision]:
    """These revisions by their ids."""
    found = await session.scalars(select(Revision).where(Revision.id.in_(revision_ids)))
    return {one.id: one for one in found}


async def asset_names(session: AsyncSession, asset_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these assets are called."""
    statement = select(Asset.id, Asset.name).where(Asset.id.in_(asset_ids))
    return {row.id: row.name for row in await session.execute(statement)}


async def names(session: AsyncSession, principal_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these principals are called."""
    statement = select(Principal.id, Principal.name).where(Principal.id.in_(principal_ids))
    return {row.id: row.name for row in await session.execute(statement)}


async def blocking_issues(session: AsyncSession, asset_id: UUID) -> int:
    """How many open issues of an asset keep its revisions from approval."""
    found = await session.scalar(
        select(func.count())
        .select_from(Issue)
        .where(
            Issue.asset_id == asset_id,
            Issue.blocking,
            Issue.category.in_(LIVING),
            Issue.deleted_at.is_(None),
        )
    )
    return found or 0


async def last_changed(session: AsyncSession, project_id: UUID, most: int) -> Sequence[Review]:
    """The reviews of a project that changed last, newest change first."""
    return (
        await session.scalars(
            select(Review)
            .where(Review.project_id == project_id)
            .order_by(Review.updated_at.desc(), Review.id)
            .limit(most)
        )
    ).all()
