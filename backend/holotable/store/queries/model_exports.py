"""Rows of model exports: one for a revision's model in one format, made by whoever takes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import uuid7
from holotable.store.exchange_tables import ModelExport
from holotable.store.tables import Revision

GOING_ON: Final = ("queued", "making")
MAX_ATTEMPTS: Final = 3


async def of_revision(session: AsyncSession, revision_id: UUID) -> Sequence[ModelExport]:
    """What was asked for of a revision, the newest first."""
    newest = select(ModelExport).where(ModelExport.revision_id == revision_id)
    return (await session.scalars(newest.order_by(ModelExport.id.desc()))).all()


async def ask(
    session: AsyncSession,
    revision: Revision,
    *,
    package_id: UUID,
    format: str,
    key: str,
    file_name: str,
    by: UUID,
    now: datetime,
) -> ModelExport:
    """The export of this key; one that failed or was cancelled is made again.

    Those of the same revision and format that something else decided go.
    raises: IntegrityError when somebody else asks at the same moment.
    """
    row = await session.scalar(select(ModelExport).where(ModelExport.key == key))
    if row is None:
        await session.execute(
            delete(ModelExport).where(
                ModelExport.revision_id == revision.id, ModelExport.format == format
            )
        )
        row = ModelExport(
            id=uuid7(),
            project_id=revision.project_id,
            revision_id=revision.id,
            package_id=package_id,
            format=format,
            key=key,
            state="queued",
            left_out={},
            file_name=file_name,
            asked_at=now,
            asked_by=by,
        )
        session.add(row)
    elif row.state not in (*GOING_ON, "ready"):
        row.state, row.fraction, row.problem = "queued", 0.0, None
        row.attempts, row.finished_at = 0, None
        row.asked_at, row.asked_by = now, by
    await session.flush()
    return row


async def claim(session: AsyncSession, now: datetime, lease: timedelta) -> ModelExport | None:
    """The oldest that nobody makes, taken; None when there is none."""
    free = or_(
        ModelExport.state == "queued",
        and_(ModelExport.state == "making", ModelExport.lease_until < now),
    )
    found = await session.scalar(
        select(ModelExport.id).where(free).order_by(ModelExport.asked_at, ModelExport.id).limit(1)
    )
    if found is None:
        return None
    taken = await session.scalar(
        update(ModelExport)
        .where(ModelExport.id == found, free)
        .values(
            state="making",
            fraction=0.0,
            lease_until=now + lease,
            attempts=ModelExport.attempts + 1,
        )
        .returning(ModelExport.id)
    )
    return None if taken is None else await session.get(ModelExport, taken, populate_existing=True)


async def beat(
    session: AsyncSession, row: ModelExport, *, fraction: float, now: datetime, lease: timedelta
) -> bool:
    """Say how far it is, and stay its maker; False when it was cancelled or taken by another."""
    return await _still_mine(session, row, fraction=fraction, lease_until=now + lease)


async def finish(
    session: AsyncSession,
    row: ModelExport,
    *,
    now: datetime,
    sha256: str | None = None,
    size: int = 0,
    left_out: Mapping[str, Any] | None = None,
    problem: Mapping[str, Any] | None = None,
) -> bool:
    """Keep what came of it; False when it was cancelled or taken by another meanwhile."""
    return await _still_mine(
        session,
        row,
        state="failed" if problem else "ready",
        fraction=0.0 if problem else 1.0,
        problem=dict(problem) if problem else None,
        sha256=sha256,
        bytes=size,
        left_out=dict(left_out or {}),
        finished_at=now,
        lease_until=None,
    )


async def _still_mine(session: AsyncSession, row: ModelExport, **values: Any) -> bool:
    changed = await session.scalar(
        update(ModelExport)
        .where(
            ModelExport.id == row.id,
            ModelExport.state == "making",
            ModelExport.attempts == row.attempts,
        )
        .values(**values)
        .returning(ModelExport.id)
    )
    return changed is not None


async def cancel(
    session: AsyncSession, export_id: UUID, now: datetime, problem: Mapping[str, Any]
) -> bool:
    """Stop making it; False when it is over already. Its maker sees it at its next beat."""
    changed = await session.scalar(
        update(ModelExport)
        .where(ModelExport.id == export_id, ModelExport.state.in_(GOING_ON))
        .values(state="cancelled", problem=dict(problem), finished_at=now, lease_until=None)
        .returning(ModelExport.id)
    )
    return changed is not None
