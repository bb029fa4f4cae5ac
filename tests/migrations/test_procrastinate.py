"""Procrastinate's schema is that of the pinned library, and comes and goes on PostgreSQL."""

from importlib.metadata import version
from pathlib import Path

import pytest
from postgres import PostgresServer
from sqlalchemy import text

from holotable.settings import Settings
from holotable.store import migrate
from holotable.store.database import Database

ROOT = Path(__file__).resolve().parents[2]


def test_the_pinned_library_is_the_one_that_databases_have() -> None:
    migration = (ROOT / "alembic" / "versions" / "0002_procrastinate.py").read_text()
    assert f'APPLIED = "{version("procrastinate")}"' in migration, "write an upgrade migration"


@pytest.mark.postgresql
async def test_the_queue_comes_and_goes_and_comes_again(postgresql: PostgresServer) -> None:
    url = Settings(database_url=postgresql.url(postgresql.create_database())).sqlalchemy_url
    for target, expected in (("0002", True), ("0001", False), ("head", True)):
        if target == "0001":
            await migrate.downgrade(url, target)
        else:
            await migrate.upgrade(url, target)
        database = Database(url)
        async with database.transaction() as session:
            names = "SELECT count(*) FROM pg_class WHERE relname LIKE 'procrastinate\\_%'"
            functions = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'procrastinate\\_%'"
            assert ((await session.execute(text(names))).scalar_one() > 0) is expected
            assert ((await session.execute(text(functions))).scalar_one() > 0) is expected
        await database.close()
