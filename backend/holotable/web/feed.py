"""Changes of revisions, issues and reviews, told to whoever listens: one query for a project.

The database is read twice a second while anyone listens, so what other processes do is seen as well
as what this one does. News of issues says what to fetch, and its new ETag, not what stands there.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import Database, uuid7
from holotable.store.queries import conversions, issues, reviews, revisions
from holotable.web.answers import RevisionAnswer, revision_answers
from holotable.web.etags import etag

log = logging.getLogger("holotable.web")

TICK_S: Final = 0.5
_LOOK_BACK: Final = timedelta(seconds=10)  # a change is seen even when a tick comes late
_OUTBOX: Final = 500  # changes a listener may be behind before older ones are left out

_MOST: Final = 200  # events of issues in one tick; the rest comes with the next


class IssueNews(BaseModel):
    """Something happened to an issue, a comment or the pins of a revision.

    what: created, changed, trashed, restored, comment_added, comment_edited, comment_deleted,
    thread_resolved, thread_reopened, comment_became_issue, attached, detached, viewpoint_added,
    viewpoint_removed, anchor, pins, settings.  etag: the new one of the comment or the issue.
    """

    event_id: UUID
    what: str
    fields: list[str]  # of an issue, that changed
    project_id: UUID
    asset_id: UUID | None
    revision_id: UUID | None
    issue_id: UUID | None
    number: int | None
    comment_id: UUID | None
    etag: str | None
    by: UUID | None
    at: datetime


class ReviewNews(BaseModel):
    """A review changed: fetch it. For members only."""

    review_id: UUID
    asset_id: UUID
    revision_id: UUID
    number: int
    etag: str


News = RevisionAnswer | IssueNews | ReviewNews
Outbox = asyncio.Queue[News]


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
        told = _Told(_moments_ago())
        reviewed = _Reviewed()
        looked: datetime | None = None  # when everything until then had been read
        while True:
            try:
                async with self._database.transaction() as session:
                    now = await conversions.database_now(session)
                    since = (looked or now) - _LOOK_BACK
                    moving = await revisions.moving(session, project_id, since)
                    answers = await revision_answers(session, moving)
                    news: list[News] = [*await told.news(session, project_id)]
                    news += await reviewed.news(session, project_id)
                looked = now
                told.all_was_read()
            except SQLAlchemyError:
                log.exception("the changes of project %s could not be read", project_id)
                answers, news = list(known.values()), []
            for one in news:
                for outbox in self._outboxes.get(project_id, ()):
                    _put(outbox, one)
            for answer in answers:
                if known.get(answer.id) != answer:
                    for outbox in self._outboxes.get(project_id, ()):
                        _put(outbox, answer)
            known.clear()
            known.update({answer.id: answer for answer in answers})
            await asyncio.sleep(TICK_S)


class _Told:
    """Which events of a project were told.

    Ids are ordered by time, but transactions end in any order: so each look goes some seconds back
    behind the last one that succeeded, however long ago that was, and leaves out what was told.
    """

    def __init__(self, beginning: UUID) -> None:
        self._beginning = beginning  # nothing before it is news
        self._read_from = self._looking_from = beginning
        self._told: dict[UUID, None] = {}

    def all_was_read(self) -> None:
        """The last look is told of: the next one need not go behind it."""
        self._read_from = self._looking_from

    async def news(self, session: AsyncSession, project_id: UUID) -> list[IssueNews]:
        """What is new, oldest first; the fields of one change are one piece of news."""
        self._looking_from = max(self._beginning, _moments_ago())
        after = self._read_from
        for old in [one for one in self._told if one <= after]:
            del self._told[old]
        found: list[IssueNews] = []
        most = _MOST + len(self._told)
        rows = await issues.news(session, project_id, after, most)
        if len(rows) == most:
            self._looking_from = after  # the rest comes with the next look
        for event, issue, comment in rows:
            if event.id in self._told:
                continue
            self._told[event.id] = None
            last = found[-1] if found else None
            same = last is not None and (last.issue_id, last.what, last.at, last.by) == (
                event.issue_id, event.kind, event.at, event.by,
            )  # fmt: skip
            if last is not None and same and event.field:
                last.fields.append(event.field)
                continue
            tag = None
            if comment is not None:
                tag = etag(comment.id, comment.updated_at)
            elif issue is not None:
                tag = etag(issue.id, issue.updated_at)
            found.append(
                IssueNews(
                    event_id=event.id,
                    what=event.kind,
                    fields=[event.field] if event.field else [],
                    project_id=event.project_id,
                    asset_id=event.asset_id,
                    revision_id=event.revision_id,
                    issue_id=event.issue_id,
                    number=issue.number if issue else None,
                    comment_id=event.comment_id,
                    etag=tag,
                    by=event.by,
                    at=event.at,
                )
            )
        return found


class _Reviewed:
    """What the reviews of a project were when they were last told of."""

    def __init__(self) -> None:
        self._tags: dict[UUID, str] | None = None  # None: nobody was listening yet

    async def news(self, session: AsyncSession, project_id: UUID) -> list[ReviewNews]:
        """The reviews that changed since the last look; their own times say so, no clock does."""
        before = self._tags
        found = await reviews.last_changed(session, project_id, _MOST)
        self._tags = {one.id: etag(one.id, one.updated_at) for one in found}
        return [
            ReviewNews(
                review_id=one.id,
                asset_id=one.asset_id,
                revision_id=one.revision_id,
                number=one.number,
                etag=self._tags[one.id],
            )
            for one in reversed(found)
            if before is not None and before.get(one.id) != self._tags[one.id]
        ]


def _moments_ago() -> UUID:
    """The smallest id that an event of these last seconds may have."""
    millis = (uuid7().int >> 80) - int(_LOOK_BACK.total_seconds() * 1000)
    return UUID(int=millis << 80)


def _put(outbox: Outbox, news: News) -> None:
    if outbox.full():
        outbox.get_nowait()
    outbox.put_nowait(news)
