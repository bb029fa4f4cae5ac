"""The queue's own tables: Procrastinate 3.10.0 on PostgreSQL, nothing on SQLite.

The library ships its schema and is pinned by the lock, so an empty database gets the schema of the
version that will use it. APPLIED is the version that databases made until now have: raising the pin
needs a migration that runs the library's upgrade scripts where they are still missing, and a test
says so.
"""

from collections.abc import Sequence

from alembic import op
from procrastinate.schema import SchemaManager

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPLIED = "3.10.0"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # The driver reads % as a placeholder.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


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
