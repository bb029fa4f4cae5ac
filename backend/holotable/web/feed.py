"""Changes of revisions, told to whoever listens: one query for all listeners of a project.

The database row is read twice a second while anyone listens, so conversions in other processes are
seen as well as those in this one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from holotable.store.database import Database
from holotable.store.queries import conversions, revisions
from holotable.web.answers import RevisionAnswer, revision_answers

log = logging.getLogger("holotable.web")

TICK_S: Final = 0.5
_LOOK_BACK: Final = timedelta(seconds=10)  # a change is seen even when a tick comes late
_OUTBOX: Final = 500  # changes a listener may be behind before older ones are left out

Outbox = asyncio.Queue[RevisionAnswer]


class RevisionFeed:
    """Who listens to which project."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outboxes: dict[UUID, set[Outbox]] = {}
        self._watchers: dict[UUID, asyncio.Task[None]] = {}
        self._known: dict[UUID, dict[UUID, RevisionAnswer]] = {}

    @asynccontextmanager
    async def listen(self, project_id: UUID) -> AsyncIterator[Outbox]:
        """What is moving now, then every change, until the block ends."""
        outbox: Outbox = asyncio.Queue(_OUTBOX)
        for answer in self._known.get(project_id, {}).values():
            _put(outbox, answer)
        self._outboxes.setdefault(project_id, set()).add(outbox)
        if project_id not in self._watchers:
            self._watchers[project_id] = asyncio.create_task(self._watch(project_id))
        try:
            yield outbox
        finally:
            self._outboxes[project_id].discard(outbox)
            if not self._outboxes[project_id]:
                del self._outboxes[project_id]
                self._known.pop(project_id, None)
                self._watchers.pop(project_id).cancel()

    async def _watch(self, project_id: UUID) -> None:
        known = self._known.setdefault(project_id, {})
        while True:
            try:
                async with self._database.transaction() as session:
                    since = await conversions.database_now(session) - _LOOK_BACK
                    moving = await revisions.moving(session, project_id, since)
                    answers = await revision_answers(session, moving)
            except SQLAlchemyError:
                log.exception("the changes of project %s could not be read", project_id)
                answers = list(known.values())
            for answer in answers:
                if known.get(answer.id) != answer:
                    for outbox in self._outboxes.get(project_id, ()):
                        _put(outbox, answer)
            known.clear()
            known.update({answer.id: answer for answer in answers})
            await asyncio.sleep(TICK_S)


def _put(outbox: Outbox, answer: RevisionAnswer) -> None:
    if outbox.full():
        outbox.get_nowait()
    outbox.put_nowait(answer)
