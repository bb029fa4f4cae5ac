"""Webhooks as people manage them: made, changed, given a new secret, tried, and tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import (
    DeliveryUnderWay,
    TooManyWebhooks,
    WebhookFilterUnknown,
    WebhookNotActive,
)
from holotable.exchange.webhook_post import Network, check_url
from holotable.exchange.webhook_signature import new_secret
from holotable.review.happening import Happening, What, envelope, filter_words
from holotable.store.database import uuid7
from holotable.store.event_tables import Webhook, WebhookDelivery
from holotable.store.queries import events as events_
from holotable.store.queries import projects
from holotable.store.queries import webhooks as rows

State: TypeAlias = Literal["active", "paused"]

MOST: Final = 20  # webhooks of one project
ROTATION: Final = timedelta(hours=24)  # both secrets sign, so that a receiver may change in peace
_TICK: Final = timedelta(microseconds=1)


async def make(
    session: AsyncSession,
    project_id: UUID,
    *,
    name: str,
    url: str,
    events: Sequence[str],
    allowed: Sequence[Network],
    by: UUID,
    now: datetime,
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is told this once. What happens from now on is sent.

    raises: WebhookAddressInvalid, WebhookTargetRefused, WebhookFilterUnknown, TooManyWebhooks.
    """
    check_url(url, allowed)
    wanted = _checked(events)
    await projects.lock(session, project_id)
    if len(await rows.of_project(session, project_id)) >= MOST:
        raise TooManyWebhooks(most=MOST)
    await events_.number_new(session)
    secret = new_secret()
    row = Webhook(
        id=uuid7(),
        project_id=project_id,
        name=name,
        url=url,
        events=wanted,
        secrets=[{"secret": secret, "until": None}],
        state="active",
        after=(await events_.head(session)).number,
        created_at=now,
        created_by=by,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    return row, secret


async def change(
    session: AsyncSession,
    row: Webhook,
    *,
    name: str | None,
    url: str | None,
    events: Sequence[str] | None,
    state: State | None,
    allowed: Sequence[Network],
    now: datetime,
) -> None:
    """Change what is not None; active again, it begins with what waits. raises: as `make`."""
    if url is not None:
        check_url(url, allowed)
        row.url = url
    if name is not None:
        row.name = name
    if events is not None:
        row.events = _checked(events)
    if state is not None:
        row.state = state
        row.disabled_because, row.failing_since = "", None
    touch(row, now)
    await session.flush()


async def rotate(session: AsyncSession, row: Webhook, now: datetime) -> str:
    """Another secret, told this once; the one before signs beside it for a day."""
    secret = new_secret()
    before = row.secrets[0]["secret"]
    until = (now + ROTATION).isoformat()
    row.secrets = [{"secret": secret, "until": None}, {"secret": before, "until": until}]
    touch(row, now)
    await session.flush()
    return secret


async def test(
    session: AsyncSession, row: Webhook, public_url: str, *, by: tuple[UUID, str], now: datetime
) -> WebhookDelivery:
    """Send an event that says nothing but that it arrived. raises: WebhookNotActive."""
    _require_active(row)
    subject = f"webhook/{row.id}"
    happening = Happening(uuid7(), What.WEBHOOK_TEST.value, row.project_id, subject, {}, by, now)
    delivery = rows.enqueue(session, row, happening, envelope(happening, public_url), now)
    await session.flush()
    return delivery


async def redeliver(
    session: AsyncSession, row: Webhook, delivery: WebhookDelivery, now: datetime
) -> None:
    """Send it once more, as it was and under its id. raises: WebhookNotActive, DeliveryUnderWay."""
    _require_active(row)
    if delivery.state == "queued":
        raise DeliveryUnderWay()
    delivery.state, delivery.attempts = "queued", 0
    delivery.not_before, delivery.finished_at = now, None
    await session.flush()


def touch(row: Webhook, now: datetime) -> None:
    """Give it a new ETag."""
    row.updated_at = max(now, row.updated_at + _TICK)


def _require_active(row: Webhook) -> None:
    if row.state != "active":
        raise WebhookNotActive(state=row.state)


def _checked(events: Sequence[str]) -> list[str]:
    known = filter_words()
    for number, word in enumerate(events):
        if word not in known:
            raise WebhookFilterUnknown(pointer=f"/events/{number}")
    return sorted(set(events))
