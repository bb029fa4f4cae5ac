"""Webhooks over REST: for owners of a project. A secret is answered once, when it is made."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from holotable import webhooks
from holotable.review.roles import Action
from holotable.store.event_tables import Webhook, WebhookDelivery
from holotable.store.queries import webhooks as rows
from holotable.store.tables import Project
from holotable.web.answers import Cursor, Items, Limit, cut, encode_cursor, paged
from holotable.web.dependencies import Access, AppContext
from holotable.web.etags import IfMatch, check_if_match, etag
from holotable.web.security import origin_of

router = APIRouter(tags=["webhooks"])


class WebhookAnswer(BaseModel):
    """A webhook without its secret."""

    id: UUID
    project_id: UUID
    name: str
    url: str
    events: list[str]  # empty: everything
    state: Literal["active", "paused", "disabled"]
    disabled_because: Literal["", "gone", "failing"]
    failing_since: datetime | None
    last_at: datetime | None
    last_status: int | None  # null: no answer
    last_problem: str  # "" when it was taken
    created_at: datetime
    updated_at: datetime


class NewWebhookAnswer(WebhookAnswer):
    """A webhook with a secret just made: the only time it is shown."""

    secret: str


class WebhookRequest(BaseModel):
    """A new webhook. events: types like `issue.created`, kinds like `review.*`; empty: all."""

    url: str = Field(min_length=1, max_length=4000)
    name: str = Field(default="", max_length=200)
    events: list[str] = Field(default=[], max_length=60)


class WebhookPatch(BaseModel):
    """What changes; what is absent stays. Switched on again, it begins with what waits."""

    url: str | None = Field(default=None, min_length=1, max_length=4000)
    name: str | None = Field(default=None, max_length=200)
    events: list[str] | None = Field(default=None, max_length=60)
    state: Literal["active", "paused"] | None = None


class AttemptAnswer(BaseModel):
    """One attempt. problem: "" when it was taken; refused, redirected, or why no answer came."""

    at: datetime
    status: int | None
    problem: str
    duration_ms: int
    answer: str  # the beginning of what came back


class DeliveryAnswer(BaseModel):
    """One event for one webhook. event_id: the header webhook-id, the same in every attempt."""

    id: UUID
    webhook_id: UUID
    event_id: UUID
    type: str
    state: Literal["queued", "delivered", "failed"]
    attempts: list[AttemptAnswer]
    next_attempt_at: datetime | None
    body: str  # as it is signed and sent
    created_at: datetime
    finished_at: datetime | None


@router.get("/projects/{project_id}/webhooks")
async def list_webhooks(project_id: UUID, access: Access) -> Items[WebhookAnswer]:
    """The webhooks of a project, oldest first."""
    await access.require(Project, project_id, Action.MANAGE_WEBHOOKS)
    found = await rows.of_project(access.transaction, project_id)
    return Items(items=[_answer(row) for row in found])


@router.post("/projects/{project_id}/webhooks", status_code=201)
async def create_webhook(
    project_id: UUID, body: WebhookRequest, response: Response, access: Access, context: AppContext
) -> NewWebhookAnswer:
    """Have another system told of what happens here from now on."""
    await access.require(Project, project_id, Action.MANAGE_WEBHOOKS)
    row, secret = await webhooks.make(
        access.transaction,
        project_id,
        name=body.name.strip(),
        url=body.url.strip(),
        events=body.events,
        allowed=context.webhook_networks,
        by=access.who.id,
        now=access.now,
    )
    response.headers["Location"] = f"/api/v1/webhooks/{row.id}"
    return _with_secret(row, secret, response)


@router.get("/webhooks/{webhook_id}")
async def get_webhook(webhook_id: UUID, response: Response, access: Access) -> WebhookAnswer:
    """One webhook."""
    row = await access.require(Webhook, webhook_id, Action.MANAGE_WEBHOOKS)
    return _answer(row, response)


@router.patch("/webhooks/{webhook_id}")
async def update_webhook(
    webhook_id: UUID,
    body: WebhookPatch,
    response: Response,
    access: Access,
    context: AppContext,
    if_match: IfMatch = None,
) -> WebhookAnswer:
    """Rename, point elsewhere, choose events, pause and switch on."""
    await access.require(Webhook, webhook_id, Action.MANAGE_WEBHOOKS)
    row = await rows.locked(access.transaction, webhook_id)
    check_if_match(if_match, etag(row.id, row.updated_at))
    await webhooks.change(
        access.transaction,
        row,
        name=None if body.name is None else body.name.strip(),
        url=None if body.url is None else body.url.strip(),
        events=body.events,
        state=body.state,
        allowed=context.webhook_networks,
        now=access.now,
    )
    return _answer(row, response)


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: UUID, access: Access) -> None:
    """Stop telling it, and forget its deliveries."""
    row = await access.require(Webhook, webhook_id, Action.MANAGE_WEBHOOKS)
    await access.transaction.delete(row)


@router.post("/webhooks/{webhook_id}/rotate")
async def rotate_webhook_secret(
    webhook_id: UUID, response: Response, access: Access
) -> NewWebhookAnswer:
    """Give it another secret; for a day both sign."""
    await access.require(Webhook, webhook_id, Action.MANAGE_WEBHOOKS)
    row = await rows.locked(access.transaction, webhook_id)
    secret = await webhooks.rotate(access.transaction, row, access.now)
    return _with_secret(row, secret, response)


@router.post("/webhooks/{webhook_id}/test", status_code=202)
async def test_webhook(
    webhook_id: UUID, request: Request, access: Access, context: AppContext
) -> DeliveryAnswer:
    """Send an event of the type `webhook.test`; its delivery tells what became of it."""
    row = await access.require(Webhook, webhook_id, Action.MANAGE_WEBHOOKS)
    delivery = await webhooks.test(
        access.transaction,
        row,
        origin_of(request, context),
        by=(access.who.id, access.who.name),
        now=access.now,
    )
    return _delivery(delivery)


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: UUID,
    access: Access,
    state: Annotated[
        Literal["queued", "delivered", "failed"] | None, Query(description="These alone")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[DeliveryAnswer]:
    """What was sent in the last thirty days and what waits, newest first."""
    await access.require(Webhook, webhook_id, Action.MANAGE_WEBHOOKS)
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if state is not None:
        statement = statement.where(WebhookDelivery.state == state)
    key = WebhookDelivery.__table__.c.id
    found = (await access.transaction.scalars(paged(statement, key, cursor, limit))).all()
    page, more = cut(found, limit)
    return Items(
        items=[_delivery(row) for row in page],
        next_cursor=encode_cursor(page[-1].id) if more else None,
    )


@router.post("/webhook-deliveries/{delivery_id}/redeliver", status_code=202)
async def redeliver(delivery_id: UUID, access: Access) -> DeliveryAnswer:
    """Send it once more, the same bytes under the same id."""
    delivery = await access.require(WebhookDelivery, delivery_id, Action.MANAGE_WEBHOOKS)
    row = await rows.locked(access.transaction, delivery.webhook_id)
    await access.transaction.refresh(delivery)
    await webhooks.redeliver(access.transaction, row, delivery, access.now)
    return _delivery(delivery)


def _answer(row: Webhook, response: Response | None = None) -> WebhookAnswer:
    if response is not None:
        response.headers["ETag"] = etag(row.id, row.updated_at)
    return WebhookAnswer.model_validate(row, from_attributes=True)


def _with_secret(row: Webhook, secret: str, response: Response) -> NewWebhookAnswer:
    response.headers["Cache-Control"] = "no-store"
    return NewWebhookAnswer(**_answer(row, response).model_dump(), secret=secret)


def _delivery(row: WebhookDelivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=row.id,
        webhook_id=row.webhook_id,
        event_id=row.event_id,
        type=row.what,
        state=row.state,
        attempts=[AttemptAnswer.model_validate(one) for one in row.log],
        next_attempt_at=row.not_before if row.state == "queued" else None,
        body=row.body,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
