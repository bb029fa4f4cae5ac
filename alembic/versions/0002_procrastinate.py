"""The queue's own tables: Procrastinate 3.10.0 on PostgreSQL, nothing on SQLite.

A frozen copy of the library's schema stands beside, because the library's own file changes with its
version: upgrading it needs a migration with its upgrade scripts, and a test says so.
"""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SCHEMA = Path(__file__).resolve().parents[1] / "procrastinate-3.10.0.sql"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # The driver reads % as a placeholder.
    op.get_bind().exec_driver_sql(SCHEMA.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.get_bind().exec_driver_sql(
        """
        DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
            procrastinate_workers CASCADE;
        DO $$
        DECLARE routine regprocedure;
        BEGIN
            FOR routine IN SELECT p.oid::regprocedure FROM pg_proc p
                WHERE p.proname LIKE 'procrastinate_%%' AND p.pronamespace = 'public'::regnamespace
            LOOP
                EXECUTE 'DROP FUNCTION ' || routine || ' CASCADE';
            END LOOP;
        END $$;
        DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type,
            procrastinate_job_status;
        """
    )
