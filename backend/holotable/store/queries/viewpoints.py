"""Rows of viewpoints: an asset's agenda, places between two views, links that exist already."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import NotFound
from holotable.store.tables import Viewpoint

_STEP = 1.0  # between two places
_NARROW = 1e-6  # a gap this small is the last that halving may make; then places are numbered anew


async def link_with(
    session: AsyncSession, project_id: UUID, content_sha256: str
) -> Viewpoint | None:
    """The immutable viewpoint with this content, if the project has it."""
    return (
        await session.scalars(
            select(Viewpoint).where(
                Viewpoint.project_id == project_id,
                Viewpoint.content_sha256 == content_sha256,
                Viewpoint.immutable,
            )
        )
    ).one_or_none()


async def last_place(session: AsyncSession, asset_id: UUID) -> float:
    """The place behind all views of the asset."""
    last = await session.scalar(
        select(func.max(Viewpoint.position)).where(
            Viewpoint.asset_id == asset_id, ~Viewpoint.immutable
        )
    )
    return (last or 0.0) + _STEP


async def place_after(session: AsyncSession, moving: Viewpoint, after_id: UUID | None) -> float:
    """The place behind a view of the same asset, or before all of them.

    raises: NotFound when there is no such view in the asset.
    """
    others = [one for one in await agenda(session, moving.asset_id) if one.id != moving.id]
    index = next((i for i, one in enumerate(others) if one.id == after_id), None)
    if after_id is not None and index is None:
        raise NotFound()
    before = -1 if index is None else index
    low = others[before].position if before >= 0 else None
    high = others[before + 1].position if before + 1 < len(others) else None
    if low is not None and high is not None and high - low < _NARROW:
        for place, one in enumerate(others, start=1):
            one.position = place * _STEP
        await session.flush()
        low, high = others[before].position, others[before + 1].position
    if low is None:
        return (high or 0.0) - _STEP if high is not None else _STEP
    return low + _STEP if high is None else (low + high) / 2


async def agenda(session: AsyncSession, asset_id: UUID) -> Sequence[Viewpoint]:
    """The asset's saved views in their order."""
    return (
        await session.scalars(
            select(Viewpoint)
            .where(Viewpoint.asset_id == asset_id, ~Viewpoint.immutable)
            .order_by(Viewpoint.position, Viewpoint.id)
        )
    ).all()
