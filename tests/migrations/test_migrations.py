"""Migrations: from empty to head and back on both databases, and the tables are the code's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import PostgresServer
from sqlalchemy import inspect

from holotable.settings import Settings
from holotable.store import migrate
from holotable.store.database import Database
from holotable.store.tables import Table


@pytest.fixture
def empty_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without any table."""
    if engine == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = server.create_database()
    yield Settings(database_url=server.url(name)).sqlalchemy_url
    server.drop_database(name)


async def tables(url: str) -> set[str]:
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    finally:
        await database.close()
    return {name for name in found if not name.startswith("procrastinate_")}


async def test_empty_to_head_and_the_code_differs_in_nothing(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    await migrate.check(empty_url)
    assert await tables(empty_url) == set(Table.metadata.tables) | {"alembic_version"}


async def test_head_to_base_leaves_nothing_and_head_comes_back(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    await migrate.downgrade(empty_url)
    assert await tables(empty_url) == {"alembic_version"}
    await migrate.upgrade(empty_url)
    await migrate.check(empty_url)


async def test_processes_that_migrate_at_once_wait_for_each_other(empty_url: str) -> None:
    script = (
        "import asyncio, sys; from holotable.store import migrate; "
        "asyncio.run(migrate.upgrade(sys.argv[1]))"
    )
    import sys

    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", script, empty_url)
        for _ in range(3)
    ]
    assert [await process.wait() for process in started] == [0, 0, 0]
    await migrate.check(empty_url)


async def test_migrating_again_changes_nothing(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    await migrate.upgrade(empty_url)
    await migrate.check(empty_url)
