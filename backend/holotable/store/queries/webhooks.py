"""Rows of webhooks: who is told of what, whose turn it is, and what became of each attempt.

One delivery of a webhook goes out at a time, so that a receiver that answers hears things in order;
the webhook is claimed under a fence and a lease, like a conversion. A process that dies between
sending and marking leaves the lease, and the delivery goes out again under the same id.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.happening import Happening, passes
from holotable.store.database import uuid7
from holotable.store.event_tables import EventCounter, EventRow, Webhook, WebhookDelivery
from holotable.store.queries import events

TOLD_OF: Final = ("active", "paused")  # what happens while one is paused waits for it
_AT_ONCE: Final = 200  # events told in one transaction
_LOG: Final = 20  # attempts kept of one delivery


@dataclass(frozen=True, slots=True)
class DeliveryClaim:
    """One process's right to make one attempt, good while `fence` is the webhook's."""

    webhook_id: UUID
    fence: int
    delivery_id: UUID
    event_id: UUID
    url: str
    secrets: tuple[str, ...]  # that are good now, newest first
    body: str
    attempts: int  # this one included


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt. status: None without an answer. problem: "" when it was taken."""

    status: int | None
    problem: str
    duration_ms: int
    answer: str = ""


async def of_project(session: AsyncSession, project_id: UUID) -> list[Webhook]:
    """The webhooks of a project, oldest first."""
    statement = select(Webhook).where(Webhook.project_id == project_id).order_by(Webhook.id)
    return list((await session.scalars(statement)).all())


async def locked(session: AsyncSession, webhook_id: UUID) -> Webhook:
    """The webhook, nobody else's until commit."""
    statement = select(Webhook).where(Webhook.id == webhook_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def waiting(session: AsyncSession, webhook_id: UUID) -> int:
    """How many deliveries of a webhook are still to be made."""
    count = select(func.count()).select_from(WebhookDelivery)
    of_it = count.where(WebhookDelivery.webhook_id == webhook_id)
    return await session.scalar(of_it.where(WebhookDelivery.state == "queued")) or 0


def enqueue(
    session: AsyncSession,
    webhook: Webhook,
    happening: Happening,
    body: dict[str, Any],
    now: datetime,
) -> WebhookDelivery:
    """A delivery that may go now."""
    row = WebhookDelivery(
        id=uuid7(),
        project_id=webhook.project_id,
        webhook_id=webhook.id,
        event_id=happening.id,
        what=happening.what,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        state="queued",
        not_before=now,
        log=[],
        created_at=now,
    )
    session.add(row)
    return row


async def tell(
    session: AsyncSession, word: Callable[[Happening], dict[str, Any]], now: datetime
) -> bool:
    """Turn what happened into deliveries; whether more waits. word: an event as it is sent."""
    counter = await session.get_one(EventCounter, 1)
    new = exists().where(or_(EventRow.number.is_(None), EventRow.number > counter.told))
    if not await session.scalar(select(new)):
        return False
    await events.number_new(session)
    counter = await events.lock(session)
    await session.refresh(counter)
    found = await events.since(session, counter.told, _AT_ONCE)
    projects = {one.happening.project_id for one in found}
    hooks = (
        await session.scalars(
            select(Webhook)
            .where(Webhook.project_id.in_(projects), Webhook.state.in_(TOLD_OF))
            .order_by(Webhook.id)
        )
    ).all()
    for one in found:
        for hook in hooks:
            its = hook.project_id == one.happening.project_id and one.place.number > hook.after
            if its and passes(one.happening.what, hook.events):
                enqueue(session, hook, one.happening, word(one.happening), now)
    if found:
        counter.told = found[-1].place.number
    await session.flush()
    return len(found) == _AT_ONCE


async def claim(session: AsyncSession, *, lease_s: float, now: datetime) -> DeliveryClaim | None:
    """The oldest delivery that may go now, of a webhook that nobody delivers to."""
    found = (
        await session.execute(
            select(Webhook, WebhookDelivery)
            .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
            .where(
                WebhookDelivery.state == "queued",
                WebhookDelivery.not_before <= now,
                Webhook.state == "active",
                or_(Webhook.lease_until.is_(None), Webhook.lease_until <= now),
            )
            .order_by(WebhookDelivery.id)
            .limit(1)
            .with_for_update(of=Webhook, skip_locked=True)
        )
    ).one_or_none()
    if found is None:
        return None
    hook, row = found
    hook.fence += 1
    hook.lease_until = now + timedelta(seconds=lease_s)
    row.attempts += 1
    await session.flush()
    return DeliveryClaim(
        webhook_id=hook.id,
        fence=hook.fence,
        delivery_id=row.id,
        event_id=row.event_id,
        url=hook.url,
        secrets=tuple(good_secrets(hook, now)),
        body=row.body,
        attempts=row.attempts,
    )


def good_secrets(hook: Webhook, now: datetime) -> list[str]:
    """The secrets that sign now, newest first."""
    return [
        str(one["secret"])
        for one in hook.secrets
        if one["until"] is None or datetime.fromisoformat(one["until"]) > now
    ]


async def mine(
    session: AsyncSession, claim: DeliveryClaim
) -> tuple[Webhook, WebhookDelivery] | None:
    """The rows of a claim, locked; None when another process has the webhook, or it is gone."""
    statement = select(Webhook).where(Webhook.id == claim.webhook_id, Webhook.fence == claim.fence)
    hook = (await session.scalars(statement.with_for_update())).one_or_none()
    row = None if hook is None else await session.get(WebhookDelivery, claim.delivery_id)
    return None if hook is None or row is None else (hook, row)


def note(hook: Webhook, row: WebhookDelivery, attempt: Attempt, now: datetime) -> None:
    """Write down an attempt, and let the webhook go."""
    said = {
        "at": now.isoformat(), "status": attempt.status, "problem": attempt.problem,
        "duration_ms": attempt.duration_ms, "answer": attempt.answer,
    }  # fmt: skip
    row.log = [*row.log, said][-_LOG:]
    hook.last_status, hook.last_problem, hook.last_at = attempt.status, attempt.problem, now
    hook.lease_until = None


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop deliveries of long ago."""
    await session.execute(delete(WebhookDelivery).where(WebhookDelivery.created_at < before))
