"""Rows of comparisons: one for a pair of packages, taken by whoever computes it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import uuid7
from holotable.store.tables import Comparison


async def by_key(session: AsyncSession, key: str) -> Comparison | None:
    """The row of exactly these packages, placements and engine."""
    return await session.scalar(select(Comparison).where(Comparison.key == key))


async def begin(
    session: AsyncSession,
    *,
    key: str,
    project_id: UUID,
    old_revision_id: UUID,
    new_revision_id: UUID,
    author: UUID | None,
    now: datetime,
    lease: timedelta,
) -> Comparison:
    """A new row, being computed; older results of the same pair of revisions go."""
    await session.execute(
        delete(Comparison).where(
            Comparison.old_revision_id == old_revision_id,
            Comparison.new_revision_id == new_revision_id,
        )
    )
    row = Comparison(
        id=uuid7(),
        project_id=project_id,
        old_revision_id=old_revision_id,
        new_revision_id=new_revision_id,
        key=key,
        state="computing",
        files={},
        lease_until=now + lease,
        created_at=now,
        created_by=author,
    )
    session.add(row)
    await session.flush()
    return row


async def take_over(
    session: AsyncSession, row: Comparison, *, now: datetime, lease: timedelta
) -> bool:
    """Compute a row whose computer died or failed long ago; False when another was faster."""
    taken = await session.execute(
        update(Comparison)
        .where(
            Comparison.id == row.id,
            Comparison.state != "ready",
            Comparison.lease_until < now,
        )
        .values(state="computing", problem=None, lease_until=now + lease)
        .returning(Comparison.id)
    )
    return taken.scalar_one_or_none() is not None


async def finish(
    session: AsyncSession,
    comparison_id: UUID,
    *,
    now: datetime,
    retry_after: timedelta,
    summary: dict[str, Any] | None = None,
    files: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
) -> None:
    """Keep what came of it. retry_after: how long a failure is believed."""
    await session.execute(
        update(Comparison)
        .where(Comparison.id == comparison_id, Comparison.state == "computing")
        .values(
            state="failed" if problem else "ready",
            summary=summary,
            files=files or {},
            problem=problem,
            finished_at=now,
            lease_until=now + retry_after,
        )
    )
