"""Versions of rows: their time of change, compared in the UPDATE that holds the row.

Reading a row, comparing in Python and writing it lets two changes pass that saw the same version;
here the second UPDATE waits for the first transaction, compares again and finds nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.tables import Table


class Versioned(Protocol):
    """A row whose every change has a later `updated_at` than the one before."""

    @property
    def id(self) -> UUID:
        """Of the row."""

    @property
    def updated_at(self) -> datetime:
        """Its version."""


def later(before: datetime, now: datetime) -> datetime:
    """When a change of a row is, at the earliest: no two versions have one time."""
    return max(now, before + timedelta(microseconds=1))


async def hold(
    transaction: AsyncSession, row: Versioned, versions: Collection[datetime] | None
) -> bool:
    """Hold a row until commit if it is still at one of these versions (None: at any), and read it.

    returns: False, with the row as it is now, when it is at none of them.
    """
    assert isinstance(row, Table)
    own = type(row).__table__.c
    statement = update(type(row)).where(own.id == row.id).values(updated_at=own.updated_at)
    if versions is not None:
        statement = statement.where(own.updated_at.in_(versions))
    done = await transaction.execute(statement.execution_options(synchronize_session=False))
    await transaction.refresh(row)
    return bool(done.rowcount)  # type: ignore[attr-defined]  # of a CursorResult, which this is
