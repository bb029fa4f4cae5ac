"""How many rows of an inbox are unread, told to whoever has a page open: one look for everybody.

The database is asked once a second while anybody listens, with the filter of visibility, so that a
badge follows what other processes write, what is snoozed, and rights that are taken away.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from holotable.accounts import Clock
from holotable.store.database import Database
from holotable.store.queries import notifications

log = logging.getLogger("holotable.web")

TICK_S: Final = 1.0


class InboxNews(BaseModel):
    """My inbox changed: fetch it. etag: changes with every row of it."""

    unread: int
    etag: str


Outbox = asyncio.Queue[InboxNews]


class InboxFeed:
    """Who listens to his inbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._outboxes: dict[UUID, set[Outbox]] = {}
        self._known: dict[UUID, InboxNews] = {}
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(self, principal_id: UUID) -> AsyncIterator[Outbox]:
        """The state of now, then each that differs, until the block ends."""
        outbox: Outbox = asyncio.Queue(1)  # only the newest counts
        if principal_id in self._known:
            outbox.put_nowait(self._known[principal_id])
        self._outboxes.setdefault(principal_id, set()).add(outbox)
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            yield outbox
        finally:
            self._outboxes[principal_id].discard(outbox)
            if not self._outboxes[principal_id]:
                del self._outboxes[principal_id]
                self._known.pop(principal_id, None)
            if not self._outboxes:
                self._task.cancel()
                self._task = None

    async def _watch(self) -> None:
        while True:
            people = list(self._outboxes)
            try:
                async with self._database.transaction() as session:
                    found = await notifications.unread_of(session, people, self._clock())
            except SQLAlchemyError:
                log.exception("the inboxes could not be read")
                found = {}
            for principal_id, (unread, newest) in found.items():
                stamp = 0 if newest is None else int(newest.timestamp() * 1_000_000)
                news = InboxNews(unread=unread, etag=f'"{unread:x}-{stamp:x}"')
                if self._known.get(principal_id) != news:
                    self._known[principal_id] = news
                    for outbox in self._outboxes.get(principal_id, ()):
                        if outbox.full():
                            outbox.get_nowait()
                        outbox.put_nowait(news)
            await asyncio.sleep(TICK_S)
