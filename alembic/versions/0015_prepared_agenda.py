"""The agenda of a session, prepared before anybody comes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision: str = "0015"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("agenda", DOCUMENT, nullable=True))
        session.add_column(sa.Column("agenda_by", sa.Uuid(), nullable=True))
        session.create_foreign_key(op.f("fk_session_agenda_by"), "principal", ["agenda_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("session") as session:
        session.drop_constraint(op.f("fk_session_agenda_by"), type_="foreignkey")
        session.drop_column("agenda_by")
        session.drop_column("agenda")
