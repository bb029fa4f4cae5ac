"""Procrastinate's schema: the frozen copy is the library's, and it comes and goes on PostgreSQL."""

from importlib.metadata import version
from pathlib import Path

import procrastinate
import pytest
from postgres import PostgresServer
from sqlalchemy import text

from holotable.settings import Settings
from holotable.store import migrate
from holotable.store.database import Database

ROOT = Path(__file__).resolve().parents[2]


def test_the_frozen_schema_is_the_one_of_the_pinned_library() -> None:
    frozen = (ROOT / "alembic" / f"procrastinate-{version('procrastinate')}.sql").read_text()
    assert frozen == procrastinate.schema.SchemaManager.get_schema(), "write an upgrade migration"


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
