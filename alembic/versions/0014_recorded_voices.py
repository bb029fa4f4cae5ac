"""Voices of recordings: who lets theirs be kept, and what they said."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _recording(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_recording_id")
    return sa.ForeignKeyConstraint(
        ["recording_id"], ["recording.id"], name=name, ondelete="CASCADE"
    )


def _speaker(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_principal_id")
    return sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "recorded_voice",
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _recording("recorded_voice"),
        _speaker("recorded_voice"),
        sa.PrimaryKeyConstraint("recording_id", "principal_id", name=op.f("pk_recorded_voice")),
    )
    op.create_table(
        "recorded_speech",
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        _recording("recorded_speech"),
        _speaker("recorded_speech"),
        sa.PrimaryKeyConstraint(
            "recording_id", "principal_id", "id", name=op.f("pk_recorded_speech")
        ),
    )


def downgrade() -> None:
    op.drop_table("recorded_speech")
    op.drop_table("recorded_voice")
