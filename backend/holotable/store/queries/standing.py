"""Where revisions stand: newest conversion, current package, place in the queue, author."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from holotable.store.tables import Conversion, Package, Principal, Revision


@dataclass(frozen=True, slots=True)
class Standing:
    """What a revision's row does not say itself.

    queue_position: 1 is next; None unless the conversion waits.
    """

    conversion: Conversion | None
    package_id: UUID | None
    author: Principal | None
    queue_position: int | None


async def standing_of(
    transaction: AsyncSession, revisions: Collection[Revision]
) -> dict[UUID, Standing]:
    """The standing of each revision, by its id, in four queries however many there are."""
    ids = [revision.id for revision in revisions]
    if not ids:
        return {}
    conversions = {
        conversion.revision_id: conversion  # ascending, so the newest stays
        for conversion in await transaction.scalars(
            select(Conversion)
            .options(defer(Conversion.log, raiseload=True))
            .where(Conversion.revision_id.in_(ids))
            .order_by(Conversion.id)
            .execution_options(populate_existing=True)
        )
    }
    packages = {
        row.revision_id: row.id
        for row in await transaction.execute(
            select(Package.revision_id, Package.id).where(
                Package.revision_id.in_(ids), Package.is_current
            )
        )
    }
    author_ids = {revision.created_by for revision in revisions if revision.created_by}
    authors = {
        principal.id: principal
        for principal in await transaction.scalars(
            select(Principal).where(Principal.id.in_(author_ids))
        )
    }
    positions = await _queue_positions(transaction, conversions.values())
    return {
        revision.id: Standing(
            conversions.get(revision.id),
            packages.get(revision.id),
            authors.get(revision.created_by) if revision.created_by else None,
            positions.get(revision.id),
        )
        for revision in revisions
    }


async def _queue_positions(
    transaction: AsyncSession, conversions: Collection[Conversion]
) -> dict[UUID, int]:
    """Place in the queue of every conversion among these that waits, by revision id."""
    waiting = {c.id: c.revision_id for c in conversions if c.state == "queued"}
    if not waiting:
        return {}
    queue = (
        select(Conversion.id, func.row_number().over(order_by=Conversion.id).label("position"))
        .where(Conversion.state == "queued")
        .subquery()
    )
    rows = await transaction.execute(select(queue).where(queue.c.id.in_(waiting)))
    return {waiting[row.id]: row.position for row in rows}


async def latest_revisions(
    transaction: AsyncSession, asset_ids: Collection[UUID]
) -> dict[UUID, tuple[Revision, int]]:
    """The newest revision of each asset and how many it has, by asset id."""
    if not asset_ids:
        return {}
    newest = (
        select(
            Revision.asset_id,
            func.max(Revision.ordinal).label("ordinal"),
            func.count().label("count"),
        )
        .where(Revision.asset_id.in_(asset_ids))
        .group_by(Revision.asset_id)
        .subquery()
    )
    rows = await transaction.execute(
        select(Revision, newest.c.count).join(
            newest,
            (newest.c.asset_id == Revision.asset_id) & (newest.c.ordinal == Revision.ordinal),
        )
    )
    return {row[0].asset_id: (row[0], row[1]) for row in rows}
