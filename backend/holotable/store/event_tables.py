"""Tables of the event log, and of the webhooks that are told of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class EventRow(Table):
    """One change that other systems hear of, written in the transaction of the change.

    seq: in the order of writing, with gaps, and of transactions that may still be open.
    number: in the order of reading, without gaps; given to committed rows only, so that whoever
    has read up to a number has missed nothing below it (queries/events.py).
    """

    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_feed", "project_id", "number"),)
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    id: Mapped[UUID] = mapped_column(unique=True)
    number: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(40))  # review.happening.What
    subject: Mapped[str] = mapped_column(String(64))  # issue/<id>
    facts: Mapped[JsonObject]
    principal_id: Mapped[UUID | None] = mapped_column(  # of a member event: whom it is about
        ForeignKey("principal.id", ondelete="CASCADE")
    )
    by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    at: Mapped[datetime]


class EventCounter(Table):
    """How far the log is numbered, told and forgotten: one row, of id 1, and the lock of it."""

    __tablename__ = "event_counter"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)  # the last one given
    told: Mapped[int] = mapped_column(BigInteger)  # webhooks have deliveries up to here
    forgotten: Mapped[int] = mapped_column(BigInteger)  # none is kept up to here


class Webhook(Table):
    """An address of another system that is told what happens in a project."""

    __tablename__ = "webhook"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[Any]]  # words of review.happening.filter_words; empty: everything
    secrets: Mapped[list[Any]]  # [{secret, until}], newest first; until: ISO
    state: Mapped[str] = mapped_column(String(16))  # active | paused | disabled
    disabled_because: Mapped[str] = mapped_column(String(16), default="")  # gone | failing
    after: Mapped[int] = mapped_column(BigInteger)  # the last event before it was made
    failing_since: Mapped[datetime | None]
    last_status: Mapped[int | None]  # null: no answer
    last_problem: Mapped[str] = mapped_column(String(40), default="")
    last_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]  # somebody delivers to it until then
    fence: Mapped[int] = mapped_column(BigInteger, default=0)  # rises with every claim
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]  # rises with every change of a person: the ETag


class WebhookDelivery(Table):
    """One event for one webhook: sent until it is taken, under the same id each time."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_queue", "state", "not_before"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]  # the header webhook-id, and the event's own id
    what: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)  # as it is signed and sent
    state: Mapped[str] = mapped_column(String(16))  # queued | delivered | failed
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    log: Mapped[list[Any]]  # [{at, status, problem, duration_ms, answer}], oldest first
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
