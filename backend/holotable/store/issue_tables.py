"""Tables of issues: what is wrong, what was said of it, where on the model, and what became of it.

`asset_id` stands on every row that a guest of one asset may see; null is the whole project. A BCF
guid is an id as well, so that a topic keeps its own; `foreign_part` keeps what an imported BCF
object says and no column of ours holds.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from holotable.store.database import uuid7
from holotable.store.tables import JsonObject, Table


def _project() -> Mapped[UUID]:
    return mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)


class Issue(Table):
    """Something to be decided or repaired: a BCF topic."""

    __tablename__ = "issue"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("project_id", "guid"),
        Index("ix_issue_board", "project_id", "status"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    asset_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID | None] = mapped_column(  # made on
        ForeignKey("revision.id", ondelete="SET NULL"), index=True
    )
    number: Mapped[int]  # in its project, from 1, never given twice
    guid: Mapped[UUID]  # BCF; the id unless the issue was imported
    request_sha256: Mapped[str] = mapped_column(String(64))  # of what it was made from
    type: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(100))
    category: Mapped[str] = mapped_column(String(16), index=True)  # open | in_progress | …
    priority: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown, as typed
    stage: Mapped[str] = mapped_column(String(100), default="")
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"), index=True)
    due_at: Mapped[datetime | None]
    blocking: Mapped[bool] = mapped_column(default=False)
    labels: Mapped[list[Any]]  # the words again, in order; issue_label is for asking
    reference_links: Mapped[list[Any]]
    related: Mapped[list[Any]]  # ids of issues of the same project
    properties: Mapped[JsonObject]
    external_system: Mapped[str] = mapped_column(String(100), default="")
    external_id: Mapped[str] = mapped_column(String(200), default="")
    foreign_part: Mapped[JsonObject | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]  # rises with every change: the ETag
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    deleted_at: Mapped[datetime | None]


class IssueLabel(Table):
    """A label of an issue, for asking; the column is called as OData filters of BCF name it."""

    __tablename__ = "issue_label"
    issue_id: Mapped[UUID] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[str] = mapped_column(String(100), primary_key=True)
    project_id: Mapped[UUID] = _project()


class IssueWatcher(Table):
    """Somebody who wants to hear of an issue."""

    __tablename__ = "issue_watcher"
    issue_id: Mapped[UUID] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True
    )
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    project_id: Mapped[UUID] = _project()
    added_at: Mapped[datetime]
    muted: Mapped[bool] = mapped_column(default=False)  # left on purpose: nothing adds them again


class IssueViewpoint(Table):
    """What somebody saw when he wrote: never changed. A BCF viewpoint."""

    __tablename__ = "issue_viewpoint"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("revision.id", ondelete="SET NULL"))
    guid: Mapped[UUID]
    request_sha256: Mapped[str] = mapped_column(String(64))
    place: Mapped[int] = mapped_column(default=0)  # ascending: its place in the issue
    content: Mapped[JsonObject | None]  # holotable-viewpoint/1; null: a picture alone
    snapshot_sha256: Mapped[str | None] = mapped_column(String(64))
    snapshot_type: Mapped[str] = mapped_column(String(32), default="")
    snapshot_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    foreign_part: Mapped[JsonObject | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))


class IssueComment(Table):
    """A remark on an issue, or on a revision; an answer when it has `reply_to`."""

    __tablename__ = "issue_comment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    reply_to: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )  # the first of its thread: threads are one level deep
    viewpoint_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_viewpoint.id", ondelete="SET NULL")
    )
    guid: Mapped[UUID]
    request_sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)  # Markdown, as typed; empty once deleted
    foreign_part: Mapped[JsonObject | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    updated_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]  # of the first of a thread
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    became_issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="SET NULL")
    )
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))


class IssueCommentEdit(Table):
    """What a comment said before somebody changed it."""

    __tablename__ = "issue_comment_edit"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    comment_id: Mapped[UUID] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))


class IssueMention(Table):
    """Somebody named in a comment or in an issue's description."""

    __tablename__ = "issue_mention"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )
    principal_id: Mapped[UUID] = mapped_column(
        ForeignKey("principal.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]


class IssueAttachment(Table):
    """A file beside an issue or a comment: its content is a blob."""

    __tablename__ = "issue_attachment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(16))  # picture | recording | file, by its content
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))


class IssueEvent(Table):
    """One thing that happened to an issue, a comment or the pins of a revision; never changed."""

    __tablename__ = "issue_event"
    __table_args__ = (Index("ix_issue_event_feed", "project_id", "id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)  # ordered by time
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    revision_id: Mapped[UUID | None] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(32))
    field: Mapped[str] = mapped_column(String(60), default="")
    before: Mapped[JsonObject | None]  # {"value": …}
    after: Mapped[JsonObject | None]  # {"value": …}
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))  # null: the server


class Anchor(Table):
    """Where on the model an issue or a comment stands; a hand's correction makes a new row."""

    __tablename__ = "anchor"
    __table_args__ = (Index("ix_anchor_living", "asset_id", "ended_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    revision_id: Mapped[UUID] = mapped_column(  # made on
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    issue_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue.id", ondelete="CASCADE"), index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("issue_comment.id", ondelete="CASCADE"), index=True
    )
    occurrence_id: Mapped[str] = mapped_column(String(400))
    content: Mapped[JsonObject]  # review.anchor.Anchor
    state: Mapped[str] = mapped_column(String(24), default="placed")  # on the newest revision
    newest_revision_id: Mapped[UUID | None] = mapped_column(  # that `state` speaks of
        ForeignKey("revision.id", ondelete="SET NULL")
    )
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("anchor.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
    ended_at: Mapped[datetime | None]  # another took its place, or it is kept as a note
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))


class AnchorOutcome(Table):
    """What became of an anchor on a later revision."""

    __tablename__ = "anchor_outcome"
    __table_args__ = (UniqueConstraint("anchor_id", "revision_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    anchor_id: Mapped[UUID] = mapped_column(ForeignKey("anchor.id", ondelete="CASCADE"))
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(24))  # placed | moved | geometry_changed | detached
    # | failed: nobody could tell, see the problem in `content`
    distance_m: Mapped[float] = mapped_column(Float, default=0.0)
    content: Mapped[JsonObject]  # review.anchor.Outcome, or {problem}
    at: Mapped[datetime]


class AnchorRun(Table):
    """All anchors of an asset carried to one revision: the row is the truth about that work."""

    __tablename__ = "anchor_run"
    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[UUID] = _project()
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16), index=True)  # queued | running | done | failed
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)  # rises with every claim
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    problem: Mapped[JsonObject | None]
    queued_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class IssueFilter(Table):
    """A question somebody asks again and again; shared ones are everybody's."""

    __tablename__ = "issue_filter"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _project()
    created_by: Mapped[UUID] = mapped_column(ForeignKey("principal.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    shared: Mapped[bool] = mapped_column(default=False)
    query: Mapped[JsonObject]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class IssueSettings(Table):
    """The words of a project's issues, once somebody changed them."""

    __tablename__ = "issue_settings"
    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[JsonObject]  # review.issue.IssueSettings
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("principal.id"))
