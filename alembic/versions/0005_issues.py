"""Issues: topics, comments, viewpoints, files, history, anchors and what became of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "issue_filter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("query", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["principal.id"],
            name=op.f("fk_issue_filter_created_by"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_filter_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_filter")),
    )
    op.create_index(
        op.f("ix_issue_filter_project_id"), "issue_filter", ["project_id"], unique=False
    )
    op.create_table(
        "issue_settings",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_settings_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["principal.id"], name=op.f("fk_issue_settings_updated_by")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_issue_settings")),
    )
    op.create_table(
        "anchor_run",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", DOCUMENT, nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_anchor_run_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_anchor_run_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_anchor_run_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_anchor_run")),
    )
    op.create_index(op.f("ix_anchor_run_project_id"), "anchor_run", ["project_id"], unique=False)
    op.create_index(op.f("ix_anchor_run_state"), "anchor_run", ["state"], unique=False)
    op.create_table(
        "issue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("guid", sa.Uuid(), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=100), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("labels", DOCUMENT, nullable=False),
        sa.Column("reference_links", DOCUMENT, nullable=False),
        sa.Column("related", DOCUMENT, nullable=False),
        sa.Column("properties", DOCUMENT, nullable=False),
        sa.Column("external_system", sa.String(length=100), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("foreign_part", DOCUMENT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_issue_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["principal.id"], name=op.f("fk_issue_assignee_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["principal.id"], name=op.f("fk_issue_created_by")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_issue_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_issue_revision_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["updated_by"], ["principal.id"], name=op.f("fk_issue_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("project_id", "guid", name=op.f("uq_issue_project_id_guid")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_issue_project_id_number")),
    )
    op.create_index(op.f("ix_issue_asset_id"), "issue", ["asset_id"], unique=False)
    op.create_index(op.f("ix_issue_assignee_id"), "issue", ["assignee_id"], unique=False)
    op.create_index("ix_issue_board", "issue", ["project_id", "status"], unique=False)
    op.create_index(op.f("ix_issue_category"), "issue", ["category"], unique=False)
    op.create_index(op.f("ix_issue_project_id"), "issue", ["project_id"], unique=False)
    op.create_index(op.f("ix_issue_revision_id"), "issue", ["revision_id"], unique=False)
    op.create_table(
        "issue_label",
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_issue_label_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_label_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("issue_id", "label", name=op.f("pk_issue_label")),
    )
    op.create_index(op.f("ix_issue_label_project_id"), "issue_label", ["project_id"], unique=False)
    op.create_table(
        "issue_viewpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("guid", sa.Uuid(), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=True),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=True),
        sa.Column("snapshot_type", sa.String(length=32), nullable=False),
        sa.Column("snapshot_bytes", sa.BigInteger(), nullable=False),
        sa.Column("foreign_part", DOCUMENT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_issue_viewpoint_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_issue_viewpoint_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_issue_viewpoint_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_viewpoint_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_issue_viewpoint_revision_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_viewpoint")),
    )
    op.create_index(
        op.f("ix_issue_viewpoint_issue_id"), "issue_viewpoint", ["issue_id"], unique=False
    )
    op.create_index(
        op.f("ix_issue_viewpoint_project_id"), "issue_viewpoint", ["project_id"], unique=False
    )
    op.create_table(
        "issue_watcher",
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_issue_watcher_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"],
            ["principal.id"],
            name=op.f("fk_issue_watcher_principal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_watcher_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("issue_id", "principal_id", name=op.f("pk_issue_watcher")),
    )
    op.create_index(
        op.f("ix_issue_watcher_principal_id"), "issue_watcher", ["principal_id"], unique=False
    )
    op.create_index(
        op.f("ix_issue_watcher_project_id"), "issue_watcher", ["project_id"], unique=False
    )
    op.create_table(
        "issue_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("reply_to", sa.Uuid(), nullable=True),
        sa.Column("viewpoint_id", sa.Uuid(), nullable=True),
        sa.Column("guid", sa.Uuid(), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("foreign_part", DOCUMENT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("became_issue_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_issue_comment_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["became_issue_id"],
            ["issue.id"],
            name=op.f("fk_issue_comment_became_issue_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_issue_comment_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by"], ["principal.id"], name=op.f("fk_issue_comment_deleted_by")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_issue_comment_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_comment_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reply_to"],
            ["issue_comment.id"],
            name=op.f("fk_issue_comment_reply_to"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["principal.id"], name=op.f("fk_issue_comment_resolved_by")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_issue_comment_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["viewpoint_id"],
            ["issue_viewpoint.id"],
            name=op.f("fk_issue_comment_viewpoint_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_comment")),
    )
    op.create_index(op.f("ix_issue_comment_issue_id"), "issue_comment", ["issue_id"], unique=False)
    op.create_index(
        op.f("ix_issue_comment_project_id"), "issue_comment", ["project_id"], unique=False
    )
    op.create_index(op.f("ix_issue_comment_reply_to"), "issue_comment", ["reply_to"], unique=False)
    op.create_index(
        op.f("ix_issue_comment_revision_id"), "issue_comment", ["revision_id"], unique=False
    )
    op.create_table(
        "anchor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("occurrence_id", sa.String(length=400), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("newest_revision_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_anchor_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["issue_comment.id"],
            name=op.f("fk_anchor_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_anchor_created_by")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["principal.id"], name=op.f("fk_anchor_ended_by")),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_anchor_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["newest_revision_id"],
            ["revision.id"],
            name=op.f("fk_anchor_newest_revision_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_anchor_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["anchor.id"], name=op.f("fk_anchor_replaces_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_anchor_revision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
    )
    op.create_index(op.f("ix_anchor_comment_id"), "anchor", ["comment_id"], unique=False)
    op.create_index(op.f("ix_anchor_issue_id"), "anchor", ["issue_id"], unique=False)
    op.create_index("ix_anchor_living", "anchor", ["asset_id", "ended_at"], unique=False)
    op.create_index(op.f("ix_anchor_project_id"), "anchor", ["project_id"], unique=False)
    op.create_index(op.f("ix_anchor_revision_id"), "anchor", ["revision_id"], unique=False)
    op.create_table(
        "issue_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.id"],
            name=op.f("fk_issue_attachment_asset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["issue_comment.id"],
            name=op.f("fk_issue_attachment_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_issue_attachment_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issue.id"],
            name=op.f("fk_issue_attachment_issue_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_attachment_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_attachment")),
    )
    op.create_index(
        op.f("ix_issue_attachment_comment_id"), "issue_attachment", ["comment_id"], unique=False
    )
    op.create_index(
        op.f("ix_issue_attachment_issue_id"), "issue_attachment", ["issue_id"], unique=False
    )
    op.create_index(
        op.f("ix_issue_attachment_project_id"), "issue_attachment", ["project_id"], unique=False
    )
    op.create_table(
        "issue_comment_edit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["principal.id"], name=op.f("fk_issue_comment_edit_by")),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["issue_comment.id"],
            name=op.f("fk_issue_comment_edit_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_comment_edit_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_comment_edit")),
    )
    op.create_index(
        op.f("ix_issue_comment_edit_comment_id"), "issue_comment_edit", ["comment_id"], unique=False
    )
    op.create_index(
        op.f("ix_issue_comment_edit_project_id"), "issue_comment_edit", ["project_id"], unique=False
    )
    op.create_table(
        "issue_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("before", DOCUMENT, nullable=True),
        sa.Column("after", DOCUMENT, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_issue_event_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by"], ["principal.id"], name=op.f("fk_issue_event_by")),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["issue_comment.id"],
            name=op.f("fk_issue_event_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_issue_event_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_event_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_issue_event_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_event")),
    )
    op.create_index(op.f("ix_issue_event_comment_id"), "issue_event", ["comment_id"], unique=False)
    op.create_index("ix_issue_event_feed", "issue_event", ["project_id", "id"], unique=False)
    op.create_index(op.f("ix_issue_event_issue_id"), "issue_event", ["issue_id"], unique=False)
    op.create_table(
        "issue_mention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["issue_comment.id"],
            name=op.f("fk_issue_mention_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_issue_mention_issue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"],
            ["principal.id"],
            name=op.f("fk_issue_mention_principal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_issue_mention_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_mention")),
    )
    op.create_index(
        op.f("ix_issue_mention_comment_id"), "issue_mention", ["comment_id"], unique=False
    )
    op.create_index(op.f("ix_issue_mention_issue_id"), "issue_mention", ["issue_id"], unique=False)
    op.create_index(
        op.f("ix_issue_mention_principal_id"), "issue_mention", ["principal_id"], unique=False
    )
    op.create_index(
        op.f("ix_issue_mention_project_id"), "issue_mention", ["project_id"], unique=False
    )
    op.create_table(
        "anchor_outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("anchor_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("distance_m", sa.Float(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["anchor_id"],
            ["anchor.id"],
            name=op.f("fk_anchor_outcome_anchor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_anchor_outcome_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_anchor_outcome_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_outcome")),
        sa.UniqueConstraint(
            "anchor_id", "revision_id", name=op.f("uq_anchor_outcome_anchor_id_revision_id")
        ),
    )
    op.create_index(
        op.f("ix_anchor_outcome_project_id"), "anchor_outcome", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_anchor_outcome_revision_id"), "anchor_outcome", ["revision_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        "anchor_outcome",
        "issue_mention",
        "issue_event",
        "issue_comment_edit",
        "issue_attachment",
        "anchor",
        "issue_comment",
        "issue_watcher",
        "issue_viewpoint",
        "issue_label",
        "issue",
        "anchor_run",
        "issue_settings",
        "issue_filter",
    ):
        op.drop_table(table)
