"""Sockets end with the login they came with; those of tokens are nobody's business here."""

from datetime import timedelta
from uuid import UUID

import pytest
from builders import Clock, add_user
from live_builders import MemoryLane
from sqlalchemy.exc import OperationalError

from holotable import accounts
from holotable.store.database import Database, uuid7
from holotable.store.queries import devices as rows
from holotable.web.open_sockets import OpenSockets


async def login_of(database: Database, clock: Clock) -> UUID:
    principal = await add_user(database, clock, f"User {uuid7().hex}")
    async with database.transaction() as transaction:
        login = await accounts.start_login(
            transaction, principal, lifetime=timedelta(days=1), now=clock()
        )
    assert login.who.login_id is not None
    return login.who.login_id


async def test_only_the_sockets_of_ended_logins_are_closed(
    database: Database, clock: Clock
) -> None:
    sockets, stays, ends = OpenSockets(database), await login_of(database, clock), uuid7()
    ended, second, kept, token = MemoryLane(), MemoryLane(), MemoryLane(), MemoryLane()
    with (
        sockets.listed(ends, ended), sockets.listed(ends, second), sockets.listed(stays, kept),
        sockets.listed(None, token),
    ):  # fmt: skip
        await sockets.look()
        assert [lane.ended for lane in (ended, second)] == [(4403, "signed_out")] * 2
        assert [lane.ended for lane in (kept, token)] == [None, None]
        async with database.transaction() as transaction:
            await rows.end_login(transaction, stays)
        await sockets.look()
        assert kept.ended == (4403, "signed_out")
    again = MemoryLane()
    with sockets.listed(None, again):
        await sockets.look()  # nobody is listed any more: nothing is asked
    assert again.ended is None


async def test_a_database_that_does_not_answer_closes_nothing(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def fails(*_: object) -> set[UUID]:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr("holotable.store.queries.devices.living_logins", fails)
    sockets, lane = OpenSockets(database), MemoryLane()
    with sockets.listed(uuid7(), lane):
        await sockets.look()
    assert lane.ended is None
    assert "not closed yet" in caplog.text
