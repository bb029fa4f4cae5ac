"""How busy this installation is: conversions by state, meetings, people in rooms."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.tables import Attendance, Conversion, Session

CONVERTING = ("reading", "tessellating", "optimising", "publishing")


@dataclass(frozen=True, slots=True)
class Load:
    """Numbers at one moment."""

    conversions: dict[str, int]  # by state; states nobody is in are absent
    live_sessions: int  # meetings that are not over
    people: int  # in a room right now

    @property
    def waiting(self) -> int:
        """Conversions in the queue."""
        return self.conversions.get("queued", 0)

    @property
    def converting(self) -> int:
        """Conversions that a worker has."""
        return sum(self.conversions.get(state, 0) for state in CONVERTING)


async def load(transaction: AsyncSession) -> Load:
    """Count everything."""
    by_state = await transaction.execute(
        select(Conversion.state, func.count()).group_by(Conversion.state)
    )
    sessions = await transaction.scalar(
        select(func.count())
        .select_from(Session)
        .where(Session.kind == "meeting", Session.ended_at.is_(None))
    )
    people = await transaction.scalar(
        select(func.count())
        .select_from(Attendance)
        .join(Session, Session.id == Attendance.session_id)
        .where(Attendance.left_at.is_(None), Session.ended_at.is_(None))
    )
    return Load({row[0]: row[1] for row in by_state}, sessions or 0, people or 0)
