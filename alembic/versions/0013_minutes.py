"""Lanes of recordings; corrected minutes, comments on drafts, the next session."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _belongs(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def _author(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["principal.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    with op.batch_alter_table("recording_chunk") as chunk:
        chunk.add_column(sa.Column("lanes", DOCUMENT, nullable=True))
    with op.batch_alter_table("minutes") as minutes:
        minutes.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        minutes.add_column(sa.Column("correction", sa.Text(), nullable=False, server_default=""))
        minutes.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        minutes.add_column(
            sa.Column("next_link", sa.String(length=500), nullable=False, server_default="")
        )
    with op.batch_alter_table("minutes") as minutes:  # the rows have them: no default stays
        for column in ("version", "correction", "next_link"):
            minutes.alter_column(column, server_default=None)
    op.create_table(
        "minutes_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_name", sa.String(length=200), nullable=False),
        _belongs("minutes_edition", "project_id", "project"),
        _belongs("minutes_edition", "session_id", "session"),
        _author("minutes_edition", "published_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_edition")),
    )
    op.create_table(
        "minutes_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _belongs("minutes_comment", "project_id", "project"),
        _belongs("minutes_comment", "session_id", "session"),
        _author("minutes_comment", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_comment")),
    )
    for table in ("minutes_edition", "minutes_comment"):
        for column in ("project_id", "session_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    op.drop_table("minutes_comment")
    op.drop_table("minutes_edition")
    with op.batch_alter_table("minutes") as minutes:
        for column in ("next_link", "next_at", "correction", "version"):
            minutes.drop_column(column)
    with op.batch_alter_table("recording_chunk") as chunk:
        chunk.drop_column("lanes")
