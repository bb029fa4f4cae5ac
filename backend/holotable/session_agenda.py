"""The agenda of a session before anybody is in it: prepared over REST, taken over by the room.

Once the room was opened the agenda is the room's (rooms/SPEC.md C23, C26); nothing here writes it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Conflict, Gone, Invalid, NotFound
from holotable.rooms.agenda import AGENDA, AgendaValue
from holotable.store.issue_tables import Issue
from holotable.store.queries import sessions as rows
from holotable.store.review_tables import Review
from holotable.store.tables import Session, Viewpoint


def begun(session: Session) -> bool:
    """Whether somebody ever opened its room."""
    return session.fence > 0


async def agenda_of(transaction: AsyncSession, session: Session) -> dict[str, Any]:
    """The agenda as it is now, {"items": [...]}, wherever it lives."""
    if not begun(session):
        return dict(session.agenda or {"items": []})
    stored = await rows.newest_values(transaction, session.id, (AGENDA,))
    value = stored.get(AGENDA)
    return dict(value) if isinstance(value, dict) else {"items": []}


async def prepare(
    transaction: AsyncSession, session_id: UUID, agenda: AgendaValue, *, by: UUID
) -> Session:
    """Write the agenda of a meeting that nobody was in yet.

    raises: Conflict `begun` once its room was opened, Gone when it is over, Invalid with the place
    of an item that names something the project does not have.
    """
    # The row is locked: a room that opens now waits for this, or this sees that it was opened.
    session = (
        await transaction.scalars(
            select(Session)
            .where(Session.id == session_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    if session.kind != "meeting":
        raise NotFound()
    if session.ended_at is not None:
        raise Gone("This session is over.")
    if begun(session):
        raise Conflict("The session has begun: its agenda is written inside.", reason="begun")
    ids = [item.id for item in agenda.items]
    if len(set(ids)) != len(ids):
        raise Invalid("Two items of the agenda have the same id.", pointer="/items")
    await _check(transaction, session.project_id, agenda)
    session.agenda, session.agenda_by = agenda.model_dump(mode="json"), by
    await transaction.flush()
    return session


async def _check(transaction: AsyncSession, project_id: UUID, agenda: AgendaValue) -> None:
    """Everything that items name is the project's own."""
    items = agenda.items
    known = {
        "view_id": await _known(
            transaction, Viewpoint.id, Viewpoint.project_id, project_id,
            [UUID(str(one.view_id)) for one in items if one.view_id],
        ),
        "review_id": await _known(
            transaction, Review.id, Review.project_id, project_id,
            [UUID(str(one.review_id)) for one in items if one.review_id],
        ),
        "issue": await _known(
            transaction, Issue.number, Issue.project_id, project_id,
            [one.issue for one in items if one.issue],
        ),
    }  # fmt: skip
    for place, item in enumerate(items):
        for name, found in known.items():
            value = getattr(item, name)
            if value is not None and str(value) not in found:
                raise Invalid(
                    "The project has nothing of this name.", pointer=f"/items/{place}/{name}"
                )


async def _known(
    transaction: AsyncSession, column: Any, owner: Any, project_id: UUID, wanted: list[Any]
) -> frozenset[str]:  # column, owner: mapped columns of one table
    if not wanted:
        return frozenset()
    found = await transaction.scalars(select(column).where(owner == project_id, column.in_(wanted)))
    return frozenset(str(one) for one in found)
