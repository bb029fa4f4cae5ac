"""Revisions of an asset and of a project: labels in use, and what is moving right now."""

from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.tables import Asset, Conversion, Project, Revision


async def labels(session: AsyncSession, asset_id: UUID) -> list[tuple[int, str]]:
    """(ordinal, label) of every revision of an asset, after locking the asset on PostgreSQL."""
    await session.execute(select(Asset.id).where(Asset.id == asset_id).with_for_update())
    statement = (
        select(Revision.ordinal, Revision.label)
        .where(Revision.asset_id == asset_id)
        .order_by(Revision.ordinal)
    )
    return [(row.ordinal, row.label) for row in await session.execute(statement)]


async def touch(session: AsyncSession, asset_id: UUID, now: datetime) -> None:
    """Note that an asset and its project changed."""
    asset = await session.get_one(Asset, asset_id)
    asset.updated_at = now
    project = await session.get_one(Project, asset.project_id)
    project.updated_at = now


async def placement_before(session: AsyncSession, revision: Revision) -> dict[str, Any] | None:
    """What was corrected of the unit or axis of the asset's revision before this one, if anything.

    Only of a file with the same ending: another format says other things of itself.
    """
    statement = (
        select(Revision.placement, Revision.source_name)
        .where(Revision.asset_id == revision.asset_id, Revision.ordinal < revision.ordinal)
        .order_by(Revision.ordinal.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.placement is None:
        return None
    same = PurePath(row.source_name).suffix.lower() == PurePath(revision.source_name).suffix.lower()
    return dict(row.placement) if same else None


async def moving(session: AsyncSession, project_id: UUID, since: datetime) -> list[Revision]:
    """Revisions of a project that are being converted, or ended or began that since a moment.

    since: by the clock of conversions.database_now.
    """
    touched = or_(
        Conversion.finished_at.is_(None),
        Conversion.finished_at >= since,
        Conversion.created_at >= since,
    )
    statement = (
        select(Revision)
        .where(
            Revision.id.in_(
                select(Conversion.revision_id).where(Conversion.project_id == project_id, touched)
            )
        )
        .order_by(Revision.id)
    )
    return list(await session.scalars(statement))
