"""Comparisons: what changed between two packages, computed once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("old_revision_id", sa.Uuid(), nullable=False),
        sa.Column("new_revision_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", DOCUMENT, nullable=True),
        sa.Column("summary", DOCUMENT, nullable=True),
        sa.Column("files", DOCUMENT, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_comparison_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["old_revision_id"],
            ["revision.id"],
            name=op.f("fk_comparison_old_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["new_revision_id"],
            ["revision.id"],
            name=op.f("fk_comparison_new_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_comparison_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
        sa.UniqueConstraint("key", name=op.f("uq_comparison_key")),
    )
    for column in ("project_id", "old_revision_id", "new_revision_id"):
        op.create_index(op.f(f"ix_comparison_{column}"), "comparison", [column], unique=False)


def downgrade() -> None:
    op.drop_table("comparison")
