"""Rows of the event log: numbered when they are committed, read in that order.

Transactions end in another order than their rows were written, so a reader who remembers the
highest `seq` loses what commits behind it. Hence `number`: given under the lock of one row, to
rows that are committed, before any reader sees them. Whoever has read number n has read all below.
Tried and not taken: PostgreSQL's transaction ids and `pg_snapshot_xmin`, which begin anew in a
database restored elsewhere and stop at the oldest open transaction of the whole cluster.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.happening import Happening, What
from holotable.review.roles import MEMBER_ROLES
from holotable.store.event_tables import EventCounter, EventRow
from holotable.store.queries.visible import reach
from holotable.store.tables import Principal

_AT_ONCE: Final = 1000  # rows numbered by one statement
START: Final = UUID(int=0)  # the event before the first


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: behind the event of this number, which has this id.

    The id tells a log that was restored from a backup, where numbers are given again.
    """

    number: int
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in the log."""

    place: Place
    happening: Happening


async def lock(session: AsyncSession) -> EventCounter:
    """The counter, nobody else's until commit."""
    return (
        await session.scalars(select(EventCounter).where(EventCounter.id == 1).with_for_update())
    ).one()


async def number_new(session: AsyncSession) -> None:
    """Number what was committed, and what this transaction has written itself."""
    waiting = select(exists().where(EventRow.number.is_(None)))
    if not await session.scalar(waiting):
        return
    counter = await lock(session)
    while True:
        # Under the lock, in a statement of its own: PostgreSQL takes a new snapshot for it, in
        # which the rows that the holder before has numbered are numbered.
        new = (
            await session.scalars(
                select(EventRow.seq)
                .where(EventRow.number.is_(None))
                .order_by(EventRow.seq)
                .limit(_AT_ONCE)
            )
        ).all()
        if not new:
            break
        first = counter.number + 1
        await session.execute(
            update(EventRow),
            [{"seq": seq, "number": first + step} for step, seq in enumerate(new)],
        )
        counter.number += len(new)
    await session.flush()


async def head(session: AsyncSession) -> Place:
    """The end of the log."""
    newest = select(EventRow.number, EventRow.id).where(EventRow.number.is_not(None))
    found = (await session.execute(newest.order_by(EventRow.number.desc()).limit(1))).one_or_none()
    if found is not None and found[0] is not None:
        return Place(found[0], found[1])
    counter = await session.get_one(EventCounter, 1)
    return Place(counter.number, START)


async def is_kept(session: AsyncSession, place: Place) -> bool:
    """Whether all that came behind this place is still here, in the log it was said of."""
    counter = await session.get_one(EventCounter, 1)
    if place.number == counter.forgotten:
        return True
    found = await session.scalar(select(EventRow.id).where(EventRow.number == place.number))
    return found == place.event_id


async def page(
    session: AsyncSession,
    principal_id: UUID,
    now: datetime,
    *,
    after: int,
    limit: int,
    project_id: UUID | None = None,
    what: Collection[str] = (),
) -> Sequence[Numbered]:
    """What a member of its projects may know of what happened behind `after`, oldest first.

    project_id: of this project alone. what: of these types alone; empty is all.
    """
    where = [EventRow.number > after, _may_know(principal_id, now)]
    if project_id is not None:
        where.append(EventRow.project_id == project_id)
    if what:
        where.append(EventRow.what.in_(what))
    return await _read(session, where, limit)


async def since(session: AsyncSession, after: int, limit: int) -> Sequence[Numbered]:
    """Everything that happened anywhere behind `after`, for the server itself."""
    return await _read(session, [EventRow.number > after], limit)


async def _read(
    session: AsyncSession, where: Sequence[ColumnElement[bool]], limit: int
) -> list[Numbered]:
    rows = await session.execute(
        select(EventRow, Principal.name)
        .outerjoin(Principal, Principal.id == EventRow.by)
        .where(*where)
        .order_by(EventRow.number)
        .limit(limit)
    )
    found = []
    for row, name in rows.all():
        assert row.number is not None, "asked for by its number"
        by = None if row.by is None else (row.by, str(name))
        happening = Happening(row.id, row.what, row.project_id, row.subject, row.facts, by, row.at)
        found.append(Numbered(Place(row.number, row.id), happening))
    return found


def _may_know(principal_id: UUID, now: datetime) -> ColumnElement[bool]:
    """Members know what happens in their projects, that one was trashed, and that they left."""
    here, trashed = reach(principal_id, now), reach(principal_id, now, trashed=True)
    member = select(here.c.project_id).where(here.c.role.in_(MEMBER_ROLES))
    was_member = select(trashed.c.project_id).where(trashed.c.role.in_(MEMBER_ROLES))
    return or_(
        EventRow.project_id.in_(member),
        and_(EventRow.what == What.PROJECT_TRASHED.value, EventRow.project_id.in_(was_member)),
        and_(EventRow.what == What.MEMBER_REMOVED.value, EventRow.principal_id == principal_id),
    )


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop what is older, from the beginning of the log up to the first that is not.

    What webhooks have not been told of stays.
    """
    counter = await lock(session)
    young = select(func.min(EventRow.number)).where(EventRow.at >= before)
    first_kept = await session.scalar(young)
    until = counter.told if first_kept is None else min(counter.told, first_kept - 1)
    if until > counter.forgotten:
        await session.execute(delete(EventRow).where(EventRow.number <= until))
        counter.forgotten = until
