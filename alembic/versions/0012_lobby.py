"""Who waits at the door of a session."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("session") as session:
        # Sessions that run while the server is upgraded go on without a lobby.
        session.add_column(
            sa.Column("lobby", sa.String(length=16), nullable=False, server_default="off")
        )


def downgrade() -> None:
    with op.batch_alter_table("session") as session:
        session.drop_column("lobby")
