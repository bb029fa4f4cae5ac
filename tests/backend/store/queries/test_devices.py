"""Rows of paired headsets."""

from datetime import timedelta

from builders import Clock, add_user
from sqlalchemy import select

from holotable import accounts
from holotable.store.database import Database, uuid7
from holotable.store.device_tables import Device
from holotable.store.queries import devices as rows


async def test_a_device_lasts_as_long_as_its_login(database: Database, clock: Clock) -> None:
    dana = await add_user(database, clock, "Dana Fox")
    async with database.transaction() as transaction:
        ids = []
        for days in (1, 2):
            login = await accounts.start_login(
                transaction, dana, lifetime=timedelta(days=days), now=clock()
            )
            assert login.who.login_id is not None
            ids.append(login.who.login_id)
            transaction.add(
                Device(
                    id=uuid7(), principal_id=dana.id, login_id=ids[-1], name=f"Quest {days}",
                    created_at=clock(),
                )
            )  # fmt: skip
        await transaction.flush()
        assert await rows.living_logins(transaction, [*ids, uuid7()]) == set(ids)
        assert len(await rows.devices_of(transaction, dana.id, clock())) == 2
        clock.advance(days=1)
        ((device, _),) = await rows.devices_of(transaction, dana.id, clock())
        assert device.name == "Quest 2"
        await rows.end_login(transaction, ids[1])
        assert await rows.living_logins(transaction, ids) == {ids[0]}
        await accounts.start_login(transaction, dana, lifetime=timedelta(days=1), now=clock())
    async with database.transaction() as transaction:  # the expired one was forgotten with it
        assert (await transaction.scalars(select(Device))).all() == []


async def test_asking_for_more_logins_than_one_statement_takes(
    database: Database, clock: Clock
) -> None:
    dana = await add_user(database, clock, "Dana Fox")
    async with database.transaction() as transaction:
        login = await accounts.start_login(
            transaction, dana, lifetime=timedelta(days=1), now=clock()
        )
        asked = [uuid7() for _ in range(1_200)] + [login.who.login_id or uuid7()]
        assert await rows.living_logins(transaction, asked) == {login.who.login_id}
