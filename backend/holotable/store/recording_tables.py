"""Tables of recordings and minutes of sessions: what was kept of a meeting, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


class Recording(Table):
    """A stretch of a session that was recorded: numbers of its log, and chunks of presence."""

    __tablename__ = "recording"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    started_at: Mapped[datetime]  # the press; millisecond 0 of the recording
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    started_name: Mapped[str] = mapped_column(String(200))  # as the person was called then
    first_seq: Mapped[int] = mapped_column(BigInteger)  # of the log at the press; its state is ours
    last_seq: Mapped[int | None] = mapped_column(BigInteger)  # null while it goes on
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(String(16), default="")  # stopped | ended | …
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # of all chunks


class RecordingChunk(Table):
    """Some seconds of presence. Its content is a blob (docs/formats/recording.md)."""

    __tablename__ = "recording_chunk"
    recording_id: Mapped[UUID] = mapped_column(
        ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    from_ms: Mapped[int] = mapped_column(BigInteger)  # since the press
    to_ms: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime]
    lanes: Mapped[JsonObject | None]  # rooms.lanes.lanes_of; null: it could not be read


class RecordedVoice(Table):
    """What one person last said of their own voice in a recording."""

    __tablename__ = "recorded_voice"
    recording_id: Mapped[UUID] = mapped_column(
        ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))  # as the person was called then
    agrees: Mapped[bool]
    said_at: Mapped[datetime]
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # of all that is kept of it


class RecordedSpeech(Table):
    """Some seconds of one person's voice, playable alone. Its content is a blob (rooms.speech)."""

    __tablename__ = "recorded_speech"
    recording_id: Mapped[UUID] = mapped_column(
        ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # the page's: sent again it is the same
    from_ms: Mapped[int] = mapped_column(BigInteger)  # since the press
    duration_ms: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(32))
    bytes: Mapped[int] = mapped_column(BigInteger)  # of the sound
    sha256: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime]


class MinutesRow(Table):
    """What the host wrote beside the minutes of a session, and the minutes once published."""

    __tablename__ = "minutes"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), unique=True
    )
    notes: Mapped[str] = mapped_column(Text, default="")
    document: Mapped[JsonObject | None]  # review.minutes.document, frozen; null: a draft
    updated_at: Mapped[datetime]  # rises with every change: the ETag
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    published_name: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)  # rises when published minutes are corrected
    correction: Mapped[str] = mapped_column(Text, default="")  # what this version corrects
    next_at: Mapped[datetime | None]  # the session after this one
    next_link: Mapped[str] = mapped_column(String(500), default="")


class MinutesEdition(Table):
    """Minutes as they were published before they were corrected."""

    __tablename__ = "minutes_edition"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    correction: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    document: Mapped[JsonObject]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    published_name: Mapped[str] = mapped_column(String(200), default="")


class MinutesComment(Table):
    """What somebody says to a draft of minutes before they are published."""

    __tablename__ = "minutes_comment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("session.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    name: Mapped[str] = mapped_column(String(200))  # as the person was called then
    text: Mapped[str] = mapped_column(Text)
