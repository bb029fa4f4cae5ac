"""Revisions as everybody sees them: the row, its latest run, its package, its author."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from holotable.store.tables import Asset, Conversion, Package, Principal, Project, Revision


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision with the state of its latest conversion."""

    id: UUID
    project_id: UUID
    asset_id: UUID
    ordinal: int
    label: str
    note: str
    lifecycle: str
    state: str  # queued | reading | tessellating | optimising | publishing | ready | failed | …
    fraction: float  # of the stage `state`
    queue_position: int | None  # 1 = next; only while queued
    problem: dict[str, Any] | None
    stats: dict[str, Any] | None
    source_name: str
    source_sha256: str
    source_bytes: int
    placement: dict[str, Any] | None
    package_id: UUID | None
    created_at: datetime
    created_by: UUID | None
    created_by_name: str


async def view(session: AsyncSession, revision_id: UUID) -> RevisionView | None:
    """One revision."""
    found = await _views(session, Revision.id == revision_id)
    return found[0] if found else None


async def views(session: AsyncSession, revision_ids: Sequence[UUID]) -> dict[UUID, RevisionView]:
    """Several revisions by id."""
    if not revision_ids:
        return {}
    return {found.id: found for found in await _views(session, Revision.id.in_(revision_ids))}


async def of_asset(session: AsyncSession, asset_id: UUID) -> list[RevisionView]:
    """Every revision of an asset, newest first."""
    return await _views(session, Revision.asset_id == asset_id)


async def latest_of_assets(
    session: AsyncSession, asset_ids: Sequence[UUID]
) -> dict[UUID, RevisionView]:
    """The newest revision of each of these assets that has one, by asset id."""
    if not asset_ids:
        return {}
    other = aliased(Revision)
    newest = (
        select(func.max(other.ordinal))
        .where(other.asset_id == Revision.asset_id)
        .correlate(Revision)
        .scalar_subquery()
    )
    found = await _views(
        session, and_(Revision.asset_id.in_(asset_ids), Revision.ordinal == newest)
    )
    return {one.asset_id: one for one in found}


async def in_motion(
    session: AsyncSession, project_id: UUID, asset_id: UUID | None, since: datetime
) -> list[RevisionView]:
    """Revisions of a project that are being converted or changed state since a moment."""
    touched = or_(
        Conversion.finished_at.is_(None),
        Conversion.finished_at >= since,
        Revision.created_at >= since,
    )
    where = and_(Revision.project_id == project_id, touched)
    if asset_id is not None:
        where = and_(where, Revision.asset_id == asset_id)
    return await _views(session, where)


async def labels(session: AsyncSession, asset_id: UUID) -> list[tuple[int, str]]:
    """(ordinal, label) of every revision of an asset, after locking the asset on PostgreSQL."""
    await session.execute(select(Asset.id).where(Asset.id == asset_id).with_for_update())
    statement = (
        select(Revision.ordinal, Revision.label)
        .where(Revision.asset_id == asset_id)
        .order_by(Revision.ordinal)
    )
    return [(ordinal, label) for ordinal, label in await session.execute(statement)]


async def touch(session: AsyncSession, asset_id: UUID, now: datetime) -> None:
    """Note that an asset and its project changed."""
    asset = await session.get_one(Asset, asset_id)
    asset.updated_at = now
    project = await session.get_one(Project, asset.project_id)
    project.updated_at = now


async def _views(session: AsyncSession, where: ColumnElement[bool]) -> list[RevisionView]:
    newer = aliased(Conversion)
    is_latest = ~(
        select(newer.id)
        .where(
            newer.revision_id == Conversion.revision_id,
            or_(
                newer.created_at > Conversion.created_at,
                and_(newer.created_at == Conversion.created_at, newer.id > Conversion.id),
            ),
        )
        .exists()
    )
    ahead = aliased(Conversion)
    position = (
        select(func.count())
        .where(ahead.state == "queued", ahead.created_at <= Conversion.created_at)
        .correlate(Conversion)
        .scalar_subquery()
    )
    statement = (
        select(Revision, Conversion, Package.id, Principal.name, position)
        .select_from(Revision)
        .outerjoin(Conversion, and_(Conversion.revision_id == Revision.id, is_latest))
        .outerjoin(Package, and_(Package.revision_id == Revision.id, Package.is_current))
        .outerjoin(Principal, Principal.id == Revision.created_by)
        .where(where)
        .order_by(Revision.created_at.desc(), Revision.ordinal.desc())
    )
    return [
        _view(revision, conversion, package_id, name, ahead_count)
        for revision, conversion, package_id, name, ahead_count in await session.execute(statement)
    ]


def _view(
    revision: Revision,
    conversion: Conversion | None,
    package_id: UUID | None,
    author: str | None,
    position: int,
) -> RevisionView:
    state = conversion.state if conversion else "failed"
    return RevisionView(
        id=revision.id,
        project_id=revision.project_id,
        asset_id=revision.asset_id,
        ordinal=revision.ordinal,
        label=revision.label,
        note=revision.note,
        lifecycle=revision.lifecycle,
        state=state,
        fraction=conversion.fraction if conversion else 0.0,
        queue_position=position if state == "queued" else None,
        problem=conversion.problem if conversion and state in ("failed", "cancelled") else None,
        stats=conversion.stats if conversion else None,
        source_name=revision.source_name,
        source_sha256=revision.source_sha256,
        source_bytes=revision.source_bytes,
        placement=revision.placement,
        package_id=package_id,
        created_at=revision.created_at,
        created_by=revision.created_by,
        created_by_name=author or "",
    )
