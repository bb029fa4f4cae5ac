"""Rows of anchors: pins of a revision, what became of them, and the runs that find it out.

A run is one row for each revision. Like a conversion it is claimed under a fence that rises, and
what was found is committed in pieces, so a worker that dies loses the piece it was at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import HolotableError
from holotable.store.database import uuid7
from holotable.store.issue_tables import Anchor, AnchorOutcome, AnchorRun, Issue, IssueComment
from holotable.store.queries.conversions import database_now, problem_of
from holotable.store.tables import Package, Revision

MAX_PINS: Final = 20_000


@dataclass(frozen=True, slots=True)
class RunClaim:
    """One worker's right to one run, good while `fence` is the row's."""

    revision_id: UUID
    asset_id: UUID
    project_id: UUID
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Pin:
    """An anchor as one revision shows it. outcome: None on the revision it was made on, or while
    nobody has looked yet."""

    anchor: Anchor
    outcome: AnchorOutcome | None
    issue: Issue | None
    comment: IssueComment | None


async def enqueue(session: AsyncSession, revision: Revision) -> bool:
    """Have the anchors of earlier revisions carried to this one; False when there are none."""
    waiting = await todo(session, revision)
    if not waiting:
        return False
    now = await database_now(session)
    run = await session.get(AnchorRun, revision.id, with_for_update=True)
    if run is None:
        run = AnchorRun(
            revision_id=revision.id,
            project_id=revision.project_id,
            asset_id=revision.asset_id,
            state="queued",
            queued_at=now,
        )
        session.add(run)
    elif run.state != "running":
        run.state, run.attempts, run.problem, run.not_before = "queued", 0, None, None
        run.queued_at, run.finished_at = now, None
    else:  # whoever is at it has read his list already: he is asked to look once more
        run.queued_at = now
    for anchor in waiting:
        await _speak_of(session, anchor, revision, "pending")
    await session.flush()
    return True


async def enqueue_newest(session: AsyncSession, anchor: Anchor) -> bool:
    """Carry an anchor that was just made to the newest revision, if one that is newer is shown."""
    made_on = await session.get_one(Revision, anchor.revision_id)
    newest = (
        await session.scalars(
            select(Revision)
            .join(Package, and_(Package.revision_id == Revision.id, Package.is_current))
            .where(Revision.asset_id == anchor.asset_id, Revision.ordinal > made_on.ordinal)
            .order_by(Revision.ordinal.desc())
            .limit(1)
        )
    ).one_or_none()
    return False if newest is None else await enqueue(session, newest)


async def todo(
    session: AsyncSession, revision: Revision, limit: int | None = None
) -> Sequence[Anchor]:
    """Living anchors of earlier revisions of which this revision knows no outcome, by revision."""
    made_on = Revision.__table__.alias("made_on")
    known = select(AnchorOutcome.anchor_id).where(
        AnchorOutcome.revision_id == revision.id, AnchorOutcome.state != "failed"
    )
    statement = (
        select(Anchor)
        .join(made_on, made_on.c.id == Anchor.revision_id)
        .outerjoin(Issue, Issue.id == Anchor.issue_id)
        .where(
            Anchor.asset_id == revision.asset_id,
            Anchor.ended_at.is_(None),
            made_on.c.ordinal < revision.ordinal,
            Anchor.id.not_in(known),
        )
        .order_by(Anchor.revision_id, Anchor.occurrence_id, Anchor.id)
    )
    return (await session.scalars(statement.limit(limit) if limit else statement)).all()


async def runnable(session: AsyncSession, limit: int = 20) -> list[UUID]:
    """Revisions whose run may be taken now, the oldest first."""
    now = await database_now(session)
    found = await session.scalars(
        select(AnchorRun.revision_id)
        .where(_may_take(now))
        .order_by(AnchorRun.queued_at)
        .limit(limit)
    )
    return list(found)


async def claim(
    session: AsyncSession, revision_id: UUID, *, lease_s: float, max_attempts: int
) -> RunClaim | None:
    """Take a run; None when there is nothing to do. One that was tried too often becomes failed."""
    now = await database_now(session)
    row = (
        await session.scalars(
            select(AnchorRun)
            .where(AnchorRun.revision_id == revision_id, _may_take(now))
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    if row.attempts >= max_attempts:
        await _fail(session, row, now)
        return None
    row.state = "running"
    row.fence += 1
    row.attempts += 1
    row.lease_until = now + timedelta(seconds=lease_s)
    row.not_before = None
    return RunClaim(row.revision_id, row.asset_id, row.project_id, row.fence, row.attempts)


async def still_mine(session: AsyncSession, claim: RunClaim, *, lease_s: float) -> bool:
    """Prolong the lease; False when somebody else has taken over."""
    row = await _owned(session, claim)
    if row is None:
        return False
    row.lease_until = await database_now(session) + timedelta(seconds=lease_s)
    return True


async def finish(session: AsyncSession, claim: RunClaim) -> None:
    """The run is done; what could not be told of single anchors stands with them."""
    row = await _owned(session, claim)
    if row is not None:
        row.state, row.problem, row.lease_until = "done", None, None
        row.finished_at = await database_now(session)


async def give_back(
    session: AsyncSession,
    claim: RunClaim,
    problem: HolotableError,
    *,
    delay_s: float,
    max_attempts: int,
) -> None:
    """Let somebody try again later, or say that it failed."""
    row = await _owned(session, claim)
    if row is None:
        return
    now = await database_now(session)
    row.problem = problem_of(problem)
    row.lease_until = None
    if row.attempts >= max_attempts:
        await _fail(session, row, now)
    else:
        row.state = "queued"
        row.not_before = now + timedelta(seconds=delay_s)


async def save(
    session: AsyncSession,
    anchor: Anchor,
    revision: Revision,
    state: str,
    content: dict[str, Any],
    distance_m: float,
    now: datetime,
) -> None:
    """Write down what became of an anchor on a revision; once, but a failure is written over."""
    row = (
        await session.scalars(
            select(AnchorOutcome).where(
                AnchorOutcome.anchor_id == anchor.id, AnchorOutcome.revision_id == revision.id
            )
        )
    ).one_or_none()
    if row is None:
        row = AnchorOutcome(
            id=uuid7(),
            project_id=anchor.project_id,
            anchor_id=anchor.id,
            revision_id=revision.id,
        )
        session.add(row)
    elif row.state != "failed":
        return
    row.state, row.content, row.distance_m, row.at = state, content, distance_m, now
    await _speak_of(session, anchor, revision, state)
    await session.flush()


async def outcomes(session: AsyncSession, anchor_id: UUID) -> Sequence[tuple[AnchorOutcome, str]]:
    """What became of an anchor, with the label of each revision, the newest first."""
    rows = await session.execute(
        select(AnchorOutcome, Revision.label)
        .join(Revision, Revision.id == AnchorOutcome.revision_id)
        .where(AnchorOutcome.anchor_id == anchor_id)
        .order_by(Revision.ordinal.desc())
    )
    return [(row, label) for row, label in rows]


async def of(
    session: AsyncSession, *, issue_id: UUID | None = None, comment_id: UUID | None = None
) -> Sequence[Anchor]:
    """All anchors that an issue or a comment had, the present one first."""
    statement = select(Anchor)
    if issue_id is not None:
        statement = statement.where(Anchor.issue_id == issue_id)
    else:
        statement = statement.where(Anchor.comment_id == comment_id)
    return (
        await session.scalars(statement.order_by(Anchor.ended_at.is_not(None), Anchor.id.desc()))
    ).all()


async def end(session: AsyncSession, anchor: Anchor, *, by: UUID, now: datetime) -> None:
    """Let an anchor stand no longer; it and its outcomes are kept."""
    anchor.ended_at, anchor.ended_by = now, by
    await session.flush()


async def pins(session: AsyncSession, revision: Revision, *, with_closed: bool) -> Sequence[Pin]:
    """Everything that is to be drawn on a revision, or was and is detached there."""
    made_on = Revision.__table__.alias("made_on")
    statement = (
        select(Anchor, AnchorOutcome, Issue, IssueComment)
        .join(made_on, made_on.c.id == Anchor.revision_id)
        .outerjoin(
            AnchorOutcome,
            and_(AnchorOutcome.anchor_id == Anchor.id, AnchorOutcome.revision_id == revision.id),
        )
        .outerjoin(Issue, Issue.id == Anchor.issue_id)
        .outerjoin(IssueComment, IssueComment.id == Anchor.comment_id)
        .where(
            Anchor.asset_id == revision.asset_id,
            Anchor.ended_at.is_(None),
            made_on.c.ordinal <= revision.ordinal,
            Issue.deleted_at.is_(None),
            or_(Anchor.issue_id.is_not(None), IssueComment.deleted_at.is_(None)),
        )
        .order_by(Anchor.id)
        .limit(MAX_PINS)
    )
    if not with_closed:
        statement = statement.where(
            or_(Issue.id.is_(None), Issue.category != "closed"),
            or_(Anchor.issue_id.is_not(None), IssueComment.resolved_at.is_(None)),
        )
    rows = await session.execute(statement)
    return [Pin(anchor, outcome, issue, comment) for anchor, outcome, issue, comment in rows]


async def _speak_of(session: AsyncSession, anchor: Anchor, revision: Revision, state: str) -> None:
    """Let the anchor's own state be that on the newest revision that was looked at."""
    if anchor.newest_revision_id not in (None, revision.id):
        newest = await session.get(Revision, anchor.newest_revision_id)
        if newest is not None and newest.ordinal > revision.ordinal:
            return
    anchor.state, anchor.newest_revision_id = state, revision.id


async def _fail(session: AsyncSession, row: AnchorRun, now: datetime) -> None:
    """Nobody could do it: the anchors that wait say so, and a retry is somebody's to ask for."""
    row.state, row.finished_at, row.lease_until = "failed", now, None
    await session.execute(
        update(Anchor)
        .where(Anchor.newest_revision_id == row.revision_id, Anchor.state == "pending")
        .values(state="failed")
        .execution_options(synchronize_session="fetch")
    )


def _may_take(now: datetime) -> Any:  # SQLAlchemy's ColumnElement[bool]
    waits = and_(
        AnchorRun.state == "queued",
        or_(AnchorRun.not_before.is_(None), AnchorRun.not_before <= now),
    )
    return or_(waits, and_(AnchorRun.state == "running", AnchorRun.lease_until < now))


async def _owned(session: AsyncSession, claim: RunClaim) -> AnchorRun | None:
    return (
        await session.scalars(
            select(AnchorRun)
            .where(
                AnchorRun.revision_id == claim.revision_id,
                AnchorRun.fence == claim.fence,
                AnchorRun.state == "running",
            )
            .with_for_update()
        )
    ).one_or_none()
