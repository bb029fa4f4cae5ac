"""What a meeting's room opens with before anybody came: the agenda that was prepared.

It becomes the first operation of the log, so that newcomers, replay and minutes find it where they
find everything else (C26). Written only under a fresh lease, in the transaction of the claim.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.rooms.agenda import AGENDA
from holotable.store.queries import sessions as rows
from holotable.store.tables import Principal, Session

PREPARED: Final = "prepared"  # the client id of what no page sent


async def lay_out(transaction: AsyncSession, session: Session) -> None:
    """Make the prepared agenda the first operation of a room in which nothing was done yet."""
    if not session.agenda or session.agenda_by is None:
        return
    if await rows.last_seq(transaction, session.id) > 0:
        return
    author = await transaction.get(Principal, session.agenda_by)
    assert author is not None, "a foreign key holds it"
    operation = {
        "session_id": session.id,
        "seq": 1,
        "client_id": PREPARED,
        "client_seq": 1,
        "kind": "set",
        "key": AGENDA,
        "value": session.agenda,
        "principal_id": author.id,
        "name": author.name,
        "at": await rows.database_now(transaction),
    }
    await rows.append(transaction, [operation])
