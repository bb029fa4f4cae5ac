"""Transactions, identifiers, times and text on both databases."""

import asyncio
import gc
from datetime import datetime
from pathlib import Path

import pytest
from builders import Clock, add_user
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from holotable.store.database import Database, uuid7
from holotable.store.tables import Login, Principal


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(100)]
    assert {i.version for i in ids} == {7}
    assert len(set(ids)) == 100
    assert [i.int >> 80 for i in ids] == sorted(i.int >> 80 for i in ids)


async def test_an_exception_rolls_everything_back(database: Database, clock: Clock) -> None:
    async def add_and_fail() -> None:
        async with database.transaction() as transaction:
            transaction.add(
                Principal(id=uuid7(), kind="user", name="x", is_admin=False, created_at=clock())
            )
            await transaction.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await add_and_fail()
    async with database.transaction() as transaction:
        assert await transaction.scalar(select(func.count()).select_from(Principal)) == 0


async def test_times_come_back_aware_and_naive_ones_are_refused(
    database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock)
    async with database.transaction() as transaction:
        found = await transaction.get_one(Principal, ben.id)
        assert found.created_at == clock()
        assert found.created_at.utcoffset() is not None
    with pytest.raises(StatementError):
        async with database.transaction() as transaction:
            (await transaction.get_one(Principal, ben.id)).created_at = datetime(2026, 1, 5)  # noqa: DTZ001  # the point


async def test_references_are_enforced_on_both_databases(database: Database, clock: Clock) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as transaction:
            transaction.add(
                Login(
                    secret_hash="x",
                    principal_id=uuid7(),
                    created_at=clock(),
                    last_seen_at=clock(),
                    expires_at=clock(),
                )
            )


async def test_transactions_that_read_and_then_write_wait_for_each_other(
    database: Database, clock: Clock
) -> None:
    ben = await add_user(database, clock, "0")

    async def count_up() -> None:
        async with database.transaction() as transaction:
            row = await transaction.get_one(Principal, ben.id, with_for_update=True)
            await asyncio.sleep(0)
            row.name = str(int(row.name) + 1)

    await asyncio.gather(*(count_up() for _ in range(8)))
    async with database.transaction() as transaction:
        assert (await transaction.get_one(Principal, ben.id)).name == "8"


async def test_lower_knows_letters_beyond_ascii_on_both_databases(database: Database) -> None:
    async with database.transaction() as transaction:
        assert await transaction.scalar(select(func.lower("ÄRMEL Œ"))) == "ärmel œ"
        assert await transaction.scalar(select(func.lower(None))) is None


async def test_a_transaction_that_is_cancelled_leaves_no_lock_behind(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/lock.db")
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE t (a INTEGER, b TEXT)"))
        for number in range(300):
            await session.execute(
                text("INSERT INTO t VALUES (:a, :b)"), {"a": number, "b": "x" * 500}
            )

    async def read() -> None:
        async with database.transaction() as session:
            for _ in range(3):
                (await session.execute(text("SELECT * FROM t ORDER BY b"))).all()

    gc.collect()
    gc.disable()  # it would find the lock sooner or later; nobody may have to wait for it
    try:
        for step in range(80):
            reading = asyncio.create_task(read())
            await asyncio.sleep(step * 0.00015)  # somewhere in the middle, another place each time
            reading.cancel()
            await asyncio.wait([reading])
            async with asyncio.timeout(5):
                await read()
    finally:
        gc.enable()
        await database.close()
