"""Tables of what other systems call our rows, and of requests that may be sent twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class ExternalSystem(Table):
    """A system whose references this installation takes: a PLM, an ERP."""

    __tablename__ = "external_system"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)  # as it stands in addresses
    title: Mapped[str] = mapped_column(String(200))
    base_url: Mapped[str] = mapped_column(String(400))  # deep links begin with it; "" has none
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))


class ExternalRef(Table):
    """What a system calls a project, an asset (asset_id) or a revision (both ids)."""

    __tablename__ = "external_ref"
    __table_args__ = (UniqueConstraint("scope_id", "system", "object_type", "external_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    # Within what it is unique: of a project the principal who set it (so that nobody learns of
    # projects that he does not see), of an asset its project, of a revision its asset.
    scope_id: Mapped[UUID]
    system: Mapped[str] = mapped_column(ForeignKey("external_system.name"), index=True)
    object_type: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[str] = mapped_column(String(64), default="")  # the system's own label
    url: Mapped[str] = mapped_column(String(2000), default="")
    synced_at: Mapped[datetime | None]


class IdempotencyKey(Table):
    """A request that may be sent twice: what it was, and once it is done what it was answered."""

    __tablename__ = "idempotency_key"
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))  # sha256, hex
    attempt: Mapped[UUID]  # who holds it while it is in flight
    status: Mapped[int | None]  # None: in flight
    headers: Mapped[JsonObject | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: not kept, it held a secret
    expires_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime]  # an attempt that died frees the key then
