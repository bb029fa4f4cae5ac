"""Tables of notifications: what somebody is told, how he wants it, and the mails to send."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class Notification(Table):
    """What one person is told of one subject: a row that is updated in place."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("principal_id", "subject"),
        Index("ix_notification_inbox", "principal_id", "state", "updated_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(64))  # review:<id>, issue:<id>, conversion:<id>, …
    review_id: Mapped[UUID | None] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    comment_id: Mapped[UUID | None] = mapped_column(  # the newest one it speaks of
        ForeignKey("issue_comment.id", ondelete="SET NULL")
    )
    kind: Mapped[str] = mapped_column(String(24))  # review.notification.Kind of the strongest
    tally: Mapped[JsonObject]  # what → how often since it was read, strongest first
    count: Mapped[int]  # of all of them
    told: Mapped[list[Any]]  # keys of what is said once only: due dates
    by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))  # whose act was the newest
    state: Mapped[str] = mapped_column(String(8))  # unread | read | done
    in_app: Mapped[bool]  # False: this person wants this kind by e-mail alone
    snoozed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    happened_at: Mapped[datetime]  # the newest of what it speaks of
    updated_at: Mapped[datetime]  # rises with every change


class NotificationSettings(Table):
    """How somebody wants to hear; made when he is told of something for the first time."""

    __tablename__ = "notification_settings"
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(254), default="")  # empty: the login, if it is one
    confirmed_at: Mapped[datetime | None]  # null: nobody has shown yet that the address is his
    language: Mapped[str | None] = mapped_column(String(8))  # null: no page has told yet
    time_zone: Mapped[str | None] = mapped_column(String(64))  # IANA; null: no page has told yet
    quiet_from: Mapped[str | None] = mapped_column(String(5))  # "22:00", local
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    choices: Mapped[JsonObject]  # kind → {app, email}
    daily_until: Mapped[datetime]  # what daily digests have told of already
    weekly_until: Mapped[datetime]
    updated_at: Mapped[datetime]


class Mail(Table):
    """One mail to send: written with what it tells of, worded when it is sent."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_queue", "state", "not_before"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))  # notification | digest | confirm
    notification_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE"), index=True
    )
    content: Mapped[JsonObject]  # of a digest: {cadence, since}; of a confirmation: {address}
    state: Mapped[str] = mapped_column(String(16))  # queued | sent | dropped | refused | failed
    address: Mapped[str] = mapped_column(String(254), default="")  # it went, or was to go, there
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)  # rises with every claim
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    problem: Mapped[JsonObject | None]  # {code, detail, remedy}, or {reason} of a dropped one
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class MailRefusal(Table):
    """An address that a mail server has refused for good; nothing is sent there until it is
    entered again."""

    __tablename__ = "mail_refusal"
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    status: Mapped[int]  # of SMTP, 500 to 599
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class MailServer(Table):
    """How the mail server was last met, and what signs links in mails: one row, of id 1."""

    __tablename__ = "mail_server"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # In the database, because a worker that sends and a page that is opened need not share files.
    secret: Mapped[str] = mapped_column(String(64))
    problem: Mapped[JsonObject | None]  # {code, detail, remedy} while it takes nothing
    problem_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
