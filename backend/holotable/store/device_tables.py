"""Tables of paired headsets: the codes that wait, the devices that are signed in, what happened."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import Table


class Pairing(Table):
    """A headset that shows its code and waits for somebody to type it; used once, then deleted."""

    __tablename__ = "pairing"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)  # what the headset asks with
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)  # what the headset shows
    name: Mapped[str] = mapped_column(String(100))  # what kind of headset it says it is
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    approved_at: Mapped[datetime | None]


class Device(Table):
    """A headset signed in by its code; the row ends with its login."""

    __tablename__ = "device"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    login_id: Mapped[UUID] = mapped_column(ForeignKey("login.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class AccountEvent(Table):
    """One line of an account's audit trail; never changed."""

    __tablename__ = "account_event"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(24))  # devices.EventKind
    subject: Mapped[str] = mapped_column(String(100))  # the device's name then
    address: Mapped[str] = mapped_column(String(64), default="")  # where the request came from
