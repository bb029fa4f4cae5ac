"""The engine, its transactions and the identifiers: the same code on SQLite and PostgreSQL."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)


def uuid7() -> UUID:
    """A time-ordered random id (RFC 9562 §5.7).

    The 12 bits after the version hold the fraction of the millisecond (§6.2, method 3), so that ids
    made one after another in a process sort in that order.
    """
    stamp, rest_ns = divmod(time.time_ns(), 1_000_000)
    fraction = rest_ns * 4096 // 1_000_000
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFFFFFFFFFFFFFF
    value = (stamp & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | fraction << 64
    return UUID(int=value | 0b10 << 62 | tail)


class Database:
    """One engine; `transaction()` is the only way to a session, and the only one that commits."""

    def __init__(self, url: str) -> None:
        self.is_postgresql = url.startswith("postgresql")
        options: dict[str, object] = {}
        if self.is_postgresql:
            options = {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
        self.engine: AsyncEngine = create_async_engine(url, **options)
        if not self.is_postgresql:
            event.listen(self.engine.sync_engine, "connect", _configure_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
            event.listen(self.engine.sync_engine, "invalidate", _end_sqlite)
        # Late: the event log knows the tables, and they know uuid7.
        from holotable.store.event_log import RecordingSession

        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=RecordingSession
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: commits at the end, rolls back on any exception."""
        async with self._sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _configure_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver must not begin for us
    cursor = connection.cursor()  # type: ignore[attr-defined]  # DB-API connection, untyped by SQLAlchemy
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own lower() knows ASCII only, so a search for "ärmel" would miss "Ärmel".
    connection.create_function("lower", 1, _lower, deterministic=True)  # type: ignore[attr-defined]  # as above


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: object) -> None:
    # BEGIN IMMEDIATE: a read that later writes would otherwise fail with SQLITE_BUSY at once,
    # because a deferred transaction cannot wait for the write lock once it holds a snapshot.
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]  # SQLAlchemy Connection


def _end_sqlite(connection: object, _record: object, _error: object) -> None:
    # Whoever is cancelled in the middle of a statement (a stream whose reader left, a watcher that
    # nobody listens to) leaves a connection that is closed with that statement open. SQLite keeps
    # such a connection alive with its transaction, which is the write lock, until the garbage
    # collector finds the cursor; everybody else failed after 15 s, for minutes. So roll back first.
    rollback = connection.driver_connection.rollback()  # type: ignore[attr-defined]  # as above
    with suppress(ValueError, StopIteration):  # closed already; nothing to wait for
        rollback.send(None)  # queued at once, in front of the close; nobody waits for it
