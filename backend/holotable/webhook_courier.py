"""The courier: what happened becomes deliveries, and each is posted until it is taken.

Runs beside the conversions, in as many processes as there are. At least once: a process that dies
between the answer and the mark leaves a lease, and the delivery goes out again under the same id,
by which a receiver knows it. What fails waits longer and longer; whoever fails for days, or answers
410, is switched off, and the project's owners are told.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import notifications
from holotable.exchange.webhook_post import Answered, Outcome, Outside, Unanswered, post
from holotable.exchange.webhook_signature import signed_headers
from holotable.review.happening import Happening, envelope
from holotable.store.database import Database
from holotable.store.event_tables import Webhook
from holotable.store.queries import events
from holotable.store.queries import webhooks as rows
from holotable.store.queries.conversions import database_now
from holotable.store.queries.webhooks import Attempt, DeliveryClaim

log = logging.getLogger("holotable.webhooks")

Now: TypeAlias = Callable[[AsyncSession], Awaitable[datetime]]

POLL_S: Final = 1.0
SLOTS: Final = 8  # webhooks that are posted to at once
_TIDY_EVERY_S: Final = 3600.0
_MARK_S: Final = 5.0  # beyond the time of an attempt, before somebody else may take it
# Standard Webhooks, "Reliability": five seconds to a day, in all about three and a half days.
BACK_OFF_S: Final = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
_JITTER: Final = 0.2  # so that many who failed together do not come back together
_SWITCH_OFF: Final = timedelta(days=5)  # of nothing but failures
_KEPT: Final = timedelta(days=30)  # deliveries
_USER_AGENT: Final = "Holotable-Webhooks/1"


class Courier:
    """Delivers until it is cancelled. jitter: from 0 to 1, anew for each pause."""

    def __init__(
        self,
        database: Database,
        outside: Outside,
        *,
        public_url: str,
        events_kept: timedelta,
        now: Now = database_now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._outside = outside
        self._public_url = public_url
        self._events_kept = events_kept
        self._now = now
        self._jitter = jitter
        # Its own threads: those of the event loop also check passwords and read files.
        self._threads = ThreadPoolExecutor(SLOTS, "webhook")

    async def run(self) -> None:
        """Tell, deliver and tidy up."""
        loop = asyncio.get_running_loop()
        tidied = -1e9
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                if loop.time() - tidied >= _TIDY_EVERY_S:
                    tidied = loop.time()
                    await self._safely(self.tidy)
                claim = await self._safely(self.next) if len(under_way) < SLOTS else None
                if isinstance(claim, DeliveryClaim):
                    under_way.add(asyncio.create_task(self._delivered(claim)))
                    continue
                pause = asyncio.create_task(asyncio.sleep(POLL_S))
                done, _ = await asyncio.wait(
                    {pause, *under_way}, return_when=asyncio.FIRST_COMPLETED
                )
                under_way -= done
                pause.cancel()
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _delivered(self, claim: DeliveryClaim) -> None:
        await self._safely(lambda: self.deliver(claim))

    async def _safely(self, act: Callable[[], Awaitable[object]]) -> object:
        """The worker's border: whatever fails is logged and tried again with the next beat."""
        try:
            return await act()
        except SQLAlchemyError:
            log.exception("the webhooks that wait could not be read")
        except Exception:
            log.exception("the courier met a fault; it goes on")
        return None

    async def next(self) -> DeliveryClaim | None:
        """Turn what happened into deliveries, and take the one whose turn it is."""
        async with self._database.transaction() as session:
            now = await self._now(session)
            while await rows.tell(session, self._word, now):
                continue
            lease_s = self._outside.timeout_s + _MARK_S
            return await rows.claim(session, lease_s=lease_s, now=now)

    def _word(self, happening: Happening) -> dict[str, Any]:
        return envelope(happening, self._public_url)

    async def deliver(self, claim: DeliveryClaim) -> None:
        """Post once, and mark it. Cancelled in between, it goes out again after its lease."""
        async with self._database.transaction() as session:
            at = await self._now(session)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": _USER_AGENT,
            **signed_headers(claim.secrets, str(claim.event_id), at, claim.body),
        }
        loop = asyncio.get_running_loop()
        outcome = await loop.run_in_executor(
            self._threads, post, self._outside, claim.url, headers, claim.body.encode()
        )
        async with self._database.transaction() as session:
            await self._mark(session, claim, outcome)

    async def _mark(self, session: AsyncSession, claim: DeliveryClaim, outcome: Outcome) -> None:
        now = await self._now(session)
        found = await rows.mine(session, claim)
        if found is None:
            return
        hook, row = found
        attempt = _attempt(outcome)
        rows.note(hook, row, attempt, now)
        if not attempt.problem:
            row.state, row.finished_at = "delivered", now
            hook.failing_since = None
            log.info("delivery %s: %s", row.id, attempt.status)
            return
        log.info("delivery %s: %s %s", row.id, attempt.problem, attempt.status)
        hook.failing_since = hook.failing_since or now
        if attempt.status == 410:
            row.state, row.finished_at = "failed", now
            await self._switch_off(session, hook, "gone", now)
            return
        if claim.attempts > len(BACK_OFF_S):
            row.state, row.finished_at = "failed", now
        else:
            pause_s = BACK_OFF_S[claim.attempts - 1] * (1 + _JITTER * self._jitter())
            row.not_before = now + timedelta(seconds=min(pause_s, BACK_OFF_S[-1]))
        if now - hook.failing_since >= _SWITCH_OFF:
            await self._switch_off(session, hook, "failing", now)

    async def _switch_off(
        self, session: AsyncSession, hook: Webhook, because: str, now: datetime
    ) -> None:
        if hook.state != "active":
            return
        hook.state, hook.disabled_because = "disabled", because
        hook.updated_at = max(now, hook.updated_at + timedelta(microseconds=1))
        await session.flush()
        await notifications.webhook_disabled(session, hook, now)
        log.warning("webhook %s is switched off: %s", hook.id, because)

    async def tidy(self) -> None:
        """Forget deliveries of a month ago, and events that are kept no longer."""
        async with self._database.transaction() as session:
            now = await self._now(session)
            await rows.forget(session, now - _KEPT)
            await events.forget(session, now - self._events_kept)


def _attempt(outcome: Outcome) -> Attempt:
    match outcome:
        case Unanswered(trouble, duration_ms):
            return Attempt(None, trouble, duration_ms)
        case Answered(status, text, duration_ms):
            taken = 200 <= status < 300
            problem = "" if taken else "redirected" if 300 <= status < 400 else "refused"
            return Attempt(status, problem, duration_ms, text)
