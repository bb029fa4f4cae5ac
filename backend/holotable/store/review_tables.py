"""Tables of reviews: who decides about a revision, what was said, and how its lifecycle went."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class Review(Table):
    """An approval round of an asset, on its present revision; at most one goes on at a time."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index(
            "uq_review_going_on",
            "asset_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    compared_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("revision.id", ondelete="SET NULL")
    )
    number: Mapped[int]  # in its project, from 1
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None] = mapped_column(Date)  # a day wherever the reader is
    rule: Mapped[JsonObject]  # review.approval.Rule
    checklist: Mapped[list[Any]]  # [{id, text}]
    outcome: Mapped[str] = mapped_column(String(24), default="open")  # approval.Outcome
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[str | None] = mapped_column(String(16))  # released | rejected | withdrawn


class ReviewSeat(Table):
    """Somebody's place in a review."""

    __tablename__ = "review_seat"
    review_id: Mapped[UUID] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seat: Mapped[str] = mapped_column(String(16))  # approver | observer
    added_at: Mapped[datetime]
    # The last revision this person had open in the viewer from here.
    opened_revision_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("revision.id", ondelete="SET NULL")
    )
    coverage: Mapped[bool] = mapped_column(default=False)  # its owner lets it be kept


class ReviewVerdict(Table):
    """One verdict, pinned to the revision it was given on; never changed, never removed."""

    __tablename__ = "review_verdict"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"))
    name: Mapped[str] = mapped_column(String(200))  # as the person was called then
    verdict: Mapped[str] = mapped_column(String(24))  # comment | request_changes | approve
    text: Mapped[str] = mapped_column(Text, default="")
    meaning: Mapped[str] = mapped_column(String(300), default="")  # of a signature
    signed: Mapped[bool] = mapped_column(default=False)  # the password was asked for again
    source_sha256: Mapped[str] = mapped_column(String(64))  # of the file that was judged
    at: Mapped[datetime]


class ReviewTick(Table):
    """A line of the checklist that somebody ticked on one revision."""

    __tablename__ = "review_tick"
    review_id: Mapped[UUID] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"))
    at: Mapped[datetime]


class ReviewCoverage(Table):
    """Which parts of a revision one approver has had in view, as stable ids of occurrences."""

    __tablename__ = "review_coverage"
    review_id: Mapped[UUID] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), primary_key=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True
    )
    structure_sha256: Mapped[str] = mapped_column(String(64))  # whose dense numbers `seen` speaks
    seen: Mapped[list[Any]]  # [[first, last], …] ascending
    updated_at: Mapped[datetime]


class RevisionEvent(Table):
    """One line of the audit trail of a revision; never changed, never removed."""

    __tablename__ = "revision_event"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("review.id", ondelete="SET NULL"))
    principal_id: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    name: Mapped[str] = mapped_column(String(200), default="")  # as the person was called then
    kind: Mapped[str] = mapped_column(String(32))
    before: Mapped[str] = mapped_column(String(24), default="")
    after: Mapped[str] = mapped_column(String(24), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[JsonObject]
    at: Mapped[datetime]


class ReviewPacket(Table):
    """A signed packet of a review: being made, made, or failed. Its bytes are a blob."""

    __tablename__ = "review_packet"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(8))
    time_zone: Mapped[str] = mapped_column(String(64), default="")  # of the report; "" is UTC alone
    state: Mapped[str] = mapped_column(String(16), index=True)  # queued | making | ready | failed
    problem: Mapped[JsonObject | None]  # {code, detail, remedy}
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]  # who makes it is alive until then
    file_name: Mapped[str] = mapped_column(String(200), default="")
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    key_id: Mapped[str | None] = mapped_column(ForeignKey("signing_key.id"))
    left_out: Mapped[list[Any]]  # [{what, why}]
    covers_until: Mapped[datetime | None]  # the review's `updated_at` that it shows
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    asked_name: Mapped[str] = mapped_column(
        String(200), default=""
    )  # as the person was called then
    finished_at: Mapped[datetime | None]


class SigningKeyRow(Table):
    """The public half of a key that packets were signed with; kept after it is no longer used."""

    __tablename__ = "signing_key"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of its DER
    public_pem: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]
