"""Every table. `project_id` stands on every owned row; a principal is every author.

Times are UTC. Ids are UUIDv7. No relationships: queries name what they join.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from holotable.store.database import uuid7


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC on every database; SQLite would hand back a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Name the zone that SQLite forgets."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


Document = JSON().with_variant(JSONB(), "postgresql")
JsonObject = dict[str, Any]  # JSON as stored: parsed into typed values by whoever reads it


class Table(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: UtcDateTime(),
        UUID: Uuid(),
        JsonObject: Document,
        list[Any]: Document,
    }


class Principal(Table):
    """Anyone who acts: a user, a guest, a service account."""

    __tablename__ = "principal"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str] = mapped_column(String(16))  # user | guest | service
    name: Mapped[str] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(default=False)  # owner of the installation
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class User(Table):
    """How a user principal signs in."""

    __tablename__ = "user_account"
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True
    )
    login: Mapped[str] = mapped_column(String(200), unique=True)  # lower case name or e-mail
    password_hash: Mapped[str] = mapped_column(Text)  # argon2id, encoded


class Login(Table):
    """A signed-in browser; the cookie holds a secret of which only the hash is here."""

    __tablename__ = "login"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)  # sha256, hex
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class Token(Table):
    """A personal access token, `ht_<id>_<secret>`; scopes: read, write, admin."""

    __tablename__ = "token"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str] = mapped_column(String(64), default="")
    revoked_at: Mapped[datetime | None]


class Project(Table):
    """A container with members and roles: the boundary of every permission."""

    __tablename__ = "project"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Member(Table):
    """A principal's role in a project."""

    __tablename__ = "member"
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(16))
    added_at: Mapped[datetime]


class GuestGrant(Table):
    """What a guest principal may reach: one project, through one share link or session code."""

    __tablename__ = "guest_grant"
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16))  # guest_live | guest_view
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    share_link_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("share_link.id", ondelete="CASCADE")
    )
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class ShareLink(Table):
    """A link that lets people without an account look, or take part live."""

    __tablename__ = "share_link"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    capability: Mapped[str] = mapped_column(String(16))  # view | live
    password_hash: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("principal.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0)


class Folder(Table):
    """A place for assets inside a project; folders nest."""

    __tablename__ = "folder"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("folder.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Asset(Table):
    """One thing under design."""

    __tablename__ = "asset"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    folder_id: Mapped[UUID | None] = mapped_column(ForeignKey("folder.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    part_number: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Revision(Table):
    """One immutable upload of an asset, labelled A, B, C…"""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("asset_id", "ordinal"),
        UniqueConstraint("asset_id", "label"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    ordinal: Mapped[int]
    label: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, default="")
    lifecycle: Mapped[str] = mapped_column(String(16), default="draft")
    source_name: Mapped[str] = mapped_column(String(400))
    source_sha256: Mapped[str] = mapped_column(String(64))
    source_bytes: Mapped[int] = mapped_column(BigInteger)
    placement: Mapped[JsonObject | None]  # {unit, up_axis}: a correction of what the file says
    # What the vendor's PLM calls this revision and its state; ours are `label` and `lifecycle`.
    vendor_revision: Mapped[str] = mapped_column(String(64), default="")
    vendor_lifecycle: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime] = mapped_column(  # new: when it was made
        default=lambda context: context.get_current_parameters()["created_at"]
    )


class Conversion(Table):
    """One run from source to package: the row is the truth, queues only carry news of it."""

    __tablename__ = "conversion"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(16), index=True)
    fraction: Mapped[float] = mapped_column(Float, default=0.0)  # of the stage `state`, 0 to 1
    options: Mapped[JsonObject]
    problem: Mapped[JsonObject | None]  # {code, detail, remedy, facts}
    stats: Mapped[JsonObject | None]
    log: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)  # rises with every claim
    worker: Mapped[str] = mapped_column(String(100), default="")
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]  # back-off
    cancel_requested_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Package(Table):
    """A scene package of a revision; one is current, so a better converter makes no revision."""

    __tablename__ = "package"
    __table_args__ = (
        Index(
            "uq_package_current",
            "revision_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    conversion_id: Mapped[UUID] = mapped_column(ForeignKey("conversion.id", ondelete="CASCADE"))
    converter_version: Mapped[str] = mapped_column(String(32))
    options: Mapped[JsonObject]
    is_current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class PackageFile(Table):
    """One file of a package, by content."""

    __tablename__ = "package_file"
    package_id: Mapped[UUID] = mapped_column(
        ForeignKey("package.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)


class Session(Table):
    """A live meeting (`kind` meeting), or who looks at a revision right now (`kind` table)."""

    __tablename__ = "session"
    __table_args__ = (
        Index(
            "uq_session_code",
            "code",
            unique=True,
            sqlite_where=text("code IS NOT NULL"),
            postgresql_where=text("code IS NOT NULL"),
        ),
        Index(
            "uq_session_table",
            "revision_id",
            unique=True,
            sqlite_where=text("kind = 'table'"),
            postgresql_where=text("kind = 'table'"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str | None] = mapped_column(String(6))  # six digits; NULL when over or expired
    code_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    ended_at: Mapped[datetime | None]
    lobby: Mapped[str] = mapped_column(String(16), default="off")  # who waits: conduct.Lobby
    # Prepared before anybody came (rooms.agenda.AgendaValue); the room's log has it from then on.
    agenda: Mapped[Any] = mapped_column(Document, nullable=True)
    agenda_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    epoch: Mapped[str] = mapped_column(String(16))  # names the log; changes only on restore
    owner_url: Mapped[str] = mapped_column(String(300), default="")
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    lease_until: Mapped[datetime | None]


class Viewpoint(Table):
    """What somebody saw of a revision: a saved view, or what a link carries (`immutable`)."""

    __tablename__ = "viewpoint"
    __table_args__ = (
        Index(
            "uq_viewpoint_immutable",
            "project_id",
            "content_sha256",
            unique=True,
            sqlite_where=text("immutable"),
            postgresql_where=text("immutable"),
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
    immutable: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(200), default="")
    folder: Mapped[str] = mapped_column(String(200), default="")  # a name; "" is none
    position: Mapped[float] = mapped_column(Float, default=0.0)  # its place in the asset's agenda
    content: Mapped[JsonObject]  # holotable-viewpoint/1
    content_sha256: Mapped[str] = mapped_column(String(64))
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))  # a blob: WebP, PNG or JPEG
    thumbnail_type: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]


class Comparison(Table):
    """What changed between two packages; computed once for a pair, its placements and engine."""

    __tablename__ = "comparison"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    old_revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    new_revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(64), unique=True)  # sha256 of all that decides it
    state: Mapped[str] = mapped_column(String(16))  # computing | ready | failed
    problem: Mapped[JsonObject | None]  # {code, detail}
    summary: Mapped[JsonObject | None]
    files: Mapped[JsonObject]  # name → {sha256, bytes}
    lease_until: Mapped[datetime | None]  # who computes it is alive until then
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    finished_at: Mapped[datetime | None]


class Operation(Table):
    """One numbered, durable change of shared state in a session."""

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("session_id", "client_id", "client_seq"),)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36))
    client_seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(200))
    value: Mapped[Any] = mapped_column(Document, nullable=True)
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"))
    name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class Ticket(Table):
    """A one-use pass into a room, deleted when used."""

    __tablename__ = "ticket"
    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(16))
    device: Mapped[str] = mapped_column(String(16), default="desktop")
    login_id: Mapped[UUID | None]  # the browser it was made for; None: by a token
    expires_at: Mapped[datetime]


class Attendance(Table):
    """Who was in a session, from when to when."""

    __tablename__ = "attendance"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    device: Mapped[str] = mapped_column(String(16), default="desktop")
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
