"""Tables of what leaves and arrives over time: models in other formats, uploads that resume."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class ModelExport(Table):
    """A revision's model in one format: asked for, being made, made, or not. Its bytes are a blob.

    key: sha256 of all that decides its bytes, so that asking twice makes it once.
    """

    __tablename__ = "model_export"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    package_id: Mapped[UUID] = mapped_column(ForeignKey("package.id", ondelete="CASCADE"))
    format: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)  # queued | making | ready | …
    fraction: Mapped[float] = mapped_column(Float, default=0.0)  # 0 to 1
    problem: Mapped[JsonObject | None]  # {code, detail, remedy}
    attempts: Mapped[int] = mapped_column(default=0)  # a fence, too: rises with every claim
    lease_until: Mapped[datetime | None]  # who makes it is alive until then
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    left_out: Mapped[JsonObject]  # what the format cannot hold, counted by name
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    finished_at: Mapped[datetime | None]


class TusUpload(Table):
    """A file that arrives piece by piece (tus 1.0.0); how much of it is here is a number here."""

    __tablename__ = "tus_upload"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    # Where it goes: the next revision of an asset, or a new asset in a folder.
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    created_by: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(400))
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)  # rises with every writer and look
    metadata_text: Mapped[str] = mapped_column(Text, default="")  # Upload-Metadata, as it came
    fields: Mapped[JsonObject]  # label, note, name, folder_id, allow_missing
    state: Mapped[str] = mapped_column(String(16), index=True)  # open | done | failed | ended
    problem: Mapped[JsonObject | None]  # {code, detail, remedy}
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("revision.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class TusPiece(Table):
    """Some bytes of an upload, as a blob of their own until the file is whole."""

    __tablename__ = "tus_piece"
    upload_id: Mapped[UUID] = mapped_column(
        ForeignKey("tus_upload.id", ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
