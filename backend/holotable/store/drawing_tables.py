"""Tables of drawings: the sheets beside a revision, and what stands on them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class Drawing(Table):
    """A PDF or a picture beside a revision; its pages are its sheets. Its content is a blob."""

    __tablename__ = "drawing"
    __table_args__ = (Index("ix_drawing_name", "asset_id", "name"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))  # once among a revision's living ones
    kind: Mapped[str] = mapped_column(String(16))  # pdf | picture, by its content
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    page_count: Mapped[int]
    pages: Mapped[list[Any]]  # [[width, height], …]: metres of a PDF's, pixels of a picture's
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]  # rises with every change: the ETag
    deleted_at: Mapped[datetime | None]


class SheetPin(Table):
    """Where on a sheet an issue or a comment stands; another place makes a new row."""

    __tablename__ = "sheet_pin"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    drawing_id: Mapped[UUID] = mapped_column(
        ForeignKey("drawing.id", ondelete="CASCADE"), index=True
    )
    issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )
    page: Mapped[int]  # from 0
    x: Mapped[float] = mapped_column(Float)  # fractions of the sheet, from its upper left corner
    y: Mapped[float] = mapped_column(Float)
    content: Mapped[JsonObject]  # review.drawing.SheetPlace: with what is drawn
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    ended_at: Mapped[datetime | None]  # another took its place, or it is kept as a note
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
