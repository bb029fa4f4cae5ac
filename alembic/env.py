"""How a migration reaches the database: the async engine of the product, one transaction.

The address is `attributes["url"]` when `store/migrate.py` calls, else that of Settings.
"""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection, event, text
from sqlalchemy.sql.schema import SchemaItem

from holotable.settings import Settings
from holotable.store import device_tables as _device_tables  # noqa: F401  # as below
from holotable.store import drawing_tables as _drawing_tables  # noqa: F401  # as below
from holotable.store import event_tables as _event_tables  # noqa: F401  # as above
from holotable.store import exchange_tables as _exchange_tables  # noqa: F401  # as below
from holotable.store import external_tables as _external_tables  # noqa: F401  # as below
from holotable.store import issue_tables as _issue_tables  # noqa: F401  # its tables are known then
from holotable.store import notification_tables as _notification_tables  # noqa: F401  # as above
from holotable.store import recording_tables as _recording_tables  # noqa: F401  # as above
from holotable.store.database import Database
from holotable.store.review_tables import Review  # with it all tables are known
from holotable.store.tables import UtcDateTime

MIGRATION_LOCK = 0x484F4C4F  # "HOLO": two processes that start at once migrate one after the other


def include_object(
    _item: SchemaItem,
    name: str | None,
    kind: str,
    _reflected: bool,
    _compare_to: SchemaItem | None,
) -> bool:
    """Leave the queue's own tables alone: Procrastinate brings their schema itself."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column types as the plain types they are, so that a migration never imports us."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Run the requested migrations in one transaction on this connection."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Review.metadata,
        include_object=include_object,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,  # also on SQLite: the engine begins transactions itself
    )
    with context.begin_transaction():
        if not is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        context.run_migrations()


async def main(url: str) -> None:
    """Open the engine, migrate, close it."""
    database = Database(url)
    if not database.is_postgresql:
        # Batch mode rebuilds a table by dropping the old one, and with foreign keys on that
        # deletes every row that refers to it. Must stand before BEGIN: it is ignored inside.
        @event.listens_for(database.engine.sync_engine, "connect")
        def _without_foreign_keys(connection: object, _record: object) -> None:
            connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]  # DB-API, untyped

    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await database.close()


if context.is_offline_mode():
    raise SystemExit("Migrations read the database; offline SQL is not supported.")
asyncio.run(main(context.config.attributes.get("url") or Settings().sqlalchemy_url))
