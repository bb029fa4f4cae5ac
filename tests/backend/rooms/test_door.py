"""Whether somebody may come in, when the room is open nowhere here; rules C11 and C12 elsewhere."""

import asyncio
from typing import Any

import pytest
from builders import (
    Clock,
    Principal,
    Session,
    add_asset,
    add_project,
    add_revision,
    add_session,
    add_user,
)
from live_builders import MemoryLane, eventually

from holotable.review.roles import Role
from holotable.rooms import door
from holotable.rooms.conduct import Bar, Comer
from holotable.rooms.effects import Joiner
from holotable.rooms.hub import Hub, Pass
from holotable.store.database import Database


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def ben(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Ben Okoro")


@pytest.fixture
async def meeting(database: Database, clock: Clock, mia: Principal) -> Session:
    project = await add_project(database, clock, owner=mia)
    asset = await add_asset(database, clock, project)
    return await add_session(database, clock, await add_revision(database, clock, asset))


async def enter(hub: Hub, meeting: Session, who: Principal) -> tuple[MemoryLane, Any]:
    lane = MemoryLane()
    joiner = Joiner(str(who.id), who.name, Role.OWNER, guest=False, device="desktop")
    serving = asyncio.create_task(hub.serve(lane, Pass(meeting.id, joiner)))
    await until(lambda: bool(lane.texts))
    return lane, serving


async def until(true: Any) -> None:
    async def look() -> bool:
        return bool(true())

    await eventually(look, True)


def says(key: str, value: Any, cseq: int) -> dict[str, Any]:
    return {"t": "op", "cid": "client-mia", "cseq": cseq, "kind": "set", "key": key,
            "value": value}  # fmt: skip


def comer(who: Principal | None) -> Comer:
    if who is None:
        return Comer("", guest=True, role=None)
    return Comer(str(who.id), guest=False, role=Role.OWNER)


async def bars(database: Database, meeting: Session, who: Principal | None) -> Bar | None:
    async with database.transaction() as transaction:
        return await door.bars(transaction, meeting, comer(who))


async def test_the_door_says_what_the_room_said(
    database: Database, clock: Clock, meeting: Session, mia: Principal, ben: Principal
) -> None:
    cleo = await add_user(database, clock, "Cleo Ama")
    async with Hub(database, clock=clock).running() as hub:
        host, _ = await enter(hub, meeting, mia)
        guest, serving = await enter(hub, meeting, ben)
        host.say(says("session/rules", {"locked": True}, 1))
        await until(lambda: host.heard("op"))
        late, _ = await enter(hub, meeting, cleo)
        assert late.texts == [{"t": "bye", "reason": "locked", "retry_after_ms": None}]
        assert late.ended == (4403, "locked")
        guest.hang_up(1000)
        await serving
    # The room is open nowhere now: what it stored says the same.
    assert await bars(database, meeting, mia) is None
    assert await bars(database, meeting, ben) is None
    assert await bars(database, meeting, cleo) == "locked"
    assert await bars(database, meeting, None) == "locked"


async def test_who_was_removed_stays_out_until_the_host_takes_it_back(
    database: Database, clock: Clock, meeting: Session, mia: Principal, ben: Principal
) -> None:
    key = f"session/removed/{ben.id}"
    # The watch that looks at rights never comes round: nobody waits for it.
    async with Hub(database, clock=clock, watch_s=3600).running() as hub:
        host, _ = await enter(hub, meeting, mia)
        guest, serving = await enter(hub, meeting, ben)
        async with asyncio.timeout(20):
            host.say(says(key, {"name": "Ben Okoro"}, 1))
            await serving
        assert guest.ended == (4403, "removed")
        async with database.transaction() as transaction:
            assert await hub.bars(transaction, meeting, comer(ben)) == "removed"
    assert await bars(database, meeting, ben) == "removed"
    async with Hub(database, clock=clock).running() as hub:
        again, _ = await enter(hub, meeting, ben)
        assert again.texts == [{"t": "bye", "reason": "removed", "retry_after_ms": None}]
        host, _ = await enter(hub, meeting, mia)
        host.say(says(key, None, 2))
        await until(lambda: host.heard("op"))
    assert await bars(database, meeting, ben) is None


async def test_a_table_bars_nobody(database: Database, meeting: Session) -> None:
    meeting.kind = "table"
    assert await bars(database, meeting, None) is None
