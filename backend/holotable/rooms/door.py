"""Whether somebody may come into a meeting, read from the store: for rooms that are not open here.

The room itself refuses them, too (C11, C12); this says it before they have a ticket.
"""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.rooms.conduct import Bar, Comer, Lobby
from holotable.rooms.effects import Facts
from holotable.rooms.floor import DOOR, HOST, LISTENER, PRESENTER, REMOVED, RULES, Floor
from holotable.rooms.protocol import Author, Held
from holotable.store.queries import sessions as rows
from holotable.store.tables import Session

NOBODY: Final = Author(principal_id="", name="", slot=None)


def facts_of(session: Session) -> Facts:
    """What a room knows of its session from the start."""
    return Facts(
        session_id=str(session.id),
        kind="meeting" if session.kind == "meeting" else "table",
        name=session.name,
        project_id=str(session.project_id),
        revision_id=str(session.revision_id),
        host_id=str(session.created_by) if session.created_by else None,
        lobby=lobby_of(session),
    )


def lobby_of(session: Session) -> Lobby:
    """Who waits at the door of a session as it was started."""
    match session.lobby:
        case "guests" | "outside" as lobby:
            return lobby
        case _:
            return "off"


async def bars(transaction: AsyncSession, session: Session, comer: Comer) -> Bar | None:
    """Why somebody may not come in."""
    if session.kind != "meeting":
        return None
    return (await floor_of(transaction, session, comer.principal_id)).bars(comer)


async def floor_of(transaction: AsyncSession, session: Session, principal: str) -> Floor:
    """What the store says of a meeting's conduct, as far as one person is concerned; "": nobody."""
    keys = (HOST, RULES, PRESENTER, DOOR + principal, LISTENER + principal)
    stored = await rows.newest_values(transaction, session.id, keys)
    stored |= await rows.newest_under(transaction, session.id, REMOVED)
    state = {key: Held(value=value, seq=1, by=NOBODY) for key, value in stored.items()}
    known = principal != "" and await rows.attended(transaction, session.id, UUID(principal))
    return Floor(facts_of(session), state, {principal} if known else set())
