"""Drawings of revisions, and places on their sheets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _belongs(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "drawing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("pages", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("drawing", "project_id", "project"),
        _belongs("drawing", "asset_id", "asset"),
        _belongs("drawing", "revision_id", "revision"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_drawing_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawing")),
    )
    op.create_index("ix_drawing_name", "drawing", ["asset_id", "name"], unique=False)
    for column in ("project_id", "revision_id"):
        op.create_index(op.f(f"ix_drawing_{column}"), "drawing", [column], unique=False)
    op.create_table(
        "sheet_pin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("drawing_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        _belongs("sheet_pin", "project_id", "project"),
        _belongs("sheet_pin", "asset_id", "asset"),
        _belongs("sheet_pin", "drawing_id", "drawing"),
        _belongs("sheet_pin", "issue_id", "issue"),
        _belongs("sheet_pin", "comment_id", "issue_comment"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_sheet_pin_created_by")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["principal.id"], name=op.f("fk_sheet_pin_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_pin")),
    )
    for column in ("project_id", "drawing_id", "issue_id", "comment_id"):
        op.create_index(op.f(f"ix_sheet_pin_{column}"), "sheet_pin", [column], unique=False)


def downgrade() -> None:
    op.drop_table("sheet_pin")
    op.drop_table("drawing")
