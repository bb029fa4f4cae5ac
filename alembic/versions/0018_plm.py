"""External references, the vendor's words beside ours, when revisions changed, idempotency keys."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision: str = "0018"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "external_system",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("base_url", sa.String(400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["principal.id"], name=op.f("fk_external_system_created_by")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_external_system")),
    )
    op.create_table(
        "external_ref",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("object_type", sa.String(64), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("revision", sa.String(64), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_external_ref_{table}_id"),
                ondelete="CASCADE",
            )
            for table in ("project", "asset", "revision")
        ),
        sa.ForeignKeyConstraint(
            ["system"], ["external_system.name"], name=op.f("fk_external_ref_system")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_ref")),
        sa.UniqueConstraint(
            "scope_id",
            "system",
            "object_type",
            "external_id",
            name=op.f("uq_external_ref_scope_id_system_object_type_external_id"),
        ),
    )
    for column in ("project_id", "asset_id", "revision_id", "system"):
        op.create_index(op.f(f"ix_external_ref_{column}"), "external_ref", [column])
    op.create_table(
        "idempotency_key",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", DOCUMENT, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["principal_id"],
            ["principal.id"],
            name=op.f("fk_idempotency_key_principal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("principal_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_expires_at"), "idempotency_key", ["expires_at"])
    with op.batch_alter_table("revision") as table:
        table.add_column(
            sa.Column("vendor_revision", sa.String(64), nullable=False, server_default="")
        )
        table.add_column(
            sa.Column("vendor_lifecycle", sa.String(64), nullable=False, server_default="")
        )
        table.add_column(sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE revision SET updated_at = created_at")
    with op.batch_alter_table("revision") as table:
        table.alter_column("updated_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.alter_column("vendor_revision", existing_type=sa.String(64), server_default=None)
        table.alter_column("vendor_lifecycle", existing_type=sa.String(64), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("revision") as table:
        table.drop_column("updated_at")
        table.drop_column("vendor_lifecycle")
        table.drop_column("vendor_revision")
    op.drop_index(op.f("ix_idempotency_key_expires_at"), "idempotency_key")
    op.drop_table("idempotency_key")
    for column in ("system", "revision_id", "asset_id", "project_id"):
        op.drop_index(op.f(f"ix_external_ref_{column}"), "external_ref")
    op.drop_table("external_ref")
    op.drop_table("external_system")
