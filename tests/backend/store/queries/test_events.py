"""The event log as readers meet it: no event lost whoever commits first, none told to strangers."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import pytest
from builders import Clock, Project, add_asset, add_member, add_project, add_user
from sqlalchemy import select

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.event_tables import EventCounter, EventRow
from holotable.store.queries import events
from holotable.store.tables import Asset, Member
from holotable.store.tables import Project as ProjectRow


async def read(database: Database, who: UUID, clock: Clock, after: int = 0) -> list[str]:
    async with database.transaction() as session:
        await events.number_new(session)
        found = await events.page(session, who, clock(), after=after, limit=500)
    return [one.happening.what for one in found]


@pytest.fixture
async def home(database: Database, clock: Clock) -> Project:
    return await add_project(database, clock, owner=await add_user(database, clock, "Mia"))


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def test_what_commits_late_comes_behind_what_was_read(
    database: Database, clock: Clock, home: Project
) -> None:
    """The obvious cursor, the highest id, loses the slow one."""

    def asset(name: str) -> Asset:
        return Asset(
            id=uuid7(), project_id=home.id, name=name, created_at=clock(), updated_at=clock()
        )

    async def names(after: int) -> tuple[list[str], int]:
        async with database.transaction() as session:
            await events.number_new(session)
            found = await events.since(session, after, 500)
        names = [str(one.happening.facts["asset"]) for one in found]
        return names, found[-1].place.number if found else after

    async with database.transaction() as session:
        await events.number_new(session)
        start = (await events.head(session)).number
    async with database.transaction() as slow:
        slow.add(asset("slow"))
        await slow.flush()  # its row has the lower seq
        async with database.transaction() as quick:
            quick.add(asset("quick"))
        assert await names(start) == (["quick"], start + 1)
    assert await names(start + 1) == (["slow"], start + 2)


async def test_many_writers_and_readers_at_once_lose_and_repeat_nothing(
    database: Database, clock: Clock, home: Project
) -> None:
    writers, each = 6, 8
    done = asyncio.Event()

    async def write(seed: int) -> None:
        rng = random.Random(seed)
        for _step in range(each):
            async with database.transaction() as session:
                session.add(
                    Asset(
                        id=uuid7(),
                        project_id=home.id,
                        name=f"{seed}",
                        created_at=clock(),
                        updated_at=clock(),
                    )
                )
                await session.flush()
                await asyncio.sleep(rng.random() / 200)  # commits come in another order

    async def follow() -> list[UUID]:
        seen: list[UUID] = []
        after = 0
        while True:
            last = done.is_set()
            async with database.transaction() as session:
                await events.number_new(session)
                found = await events.since(session, after, 7)
            seen += [one.happening.id for one in found]
            after = found[-1].place.number if found else after
            if last and not found:
                return seen
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        readers = [group.create_task(follow()) for _reader in range(2)]
        async with asyncio.TaskGroup() as working:
            for seed in range(writers):
                working.create_task(write(seed))
        done.set()
    async with database.transaction() as session:
        written = (await session.scalars(select(EventRow.id).order_by(EventRow.number))).all()
        counter = await session.get_one(EventCounter, 1)
    assert len(written) == writers * each + 2  # and the project and its owner
    assert [reader.result() for reader in readers] == [list(written)] * 2
    assert counter.number == len(written)


async def test_members_read_their_projects_and_strangers_nothing(
    database: Database, clock: Clock, home: Project
) -> None:
    assert home.created_by is not None
    ben = await add_user(database, clock, "Ben")
    await add_project(database, clock, owner=ben, name="bens")
    assert await read(database, ben.id, clock) == ["project.created", "member.added"]
    await add_member(database, clock, home, ben, Role.VIEWER)
    assert len(await read(database, ben.id, clock)) == 5
    assert len(await read(database, home.created_by, clock)) == 3


async def test_who_is_taken_out_hears_that_and_no_more(
    database: Database, clock: Clock, home: Project
) -> None:
    ben = await add_user(database, clock, "Ben")
    await add_member(database, clock, home, ben, Role.VIEWER)
    async with database.transaction() as session:
        await session.delete(await session.get_one(Member, (home.id, ben.id)))
    await add_asset(database, clock, home)
    assert await read(database, ben.id, clock) == ["member.removed"]


async def test_a_trashed_project_tells_its_members_that_it_was_and_nothing_else(
    database: Database, clock: Clock, home: Project
) -> None:
    assert home.created_by is not None
    await add_asset(database, clock, home)
    async with database.transaction() as session:
        (await session.get_one(ProjectRow, home.id)).deleted_at = clock()
    assert await read(database, home.created_by, clock) == ["project.trashed"]
    stranger = await add_user(database, clock, "Ben")
    assert await read(database, stranger.id, clock) == []


async def test_old_events_are_forgotten_once_webhooks_were_told(
    database: Database, clock: Clock, home: Project
) -> None:
    await read(database, home.created_by or uuid7(), clock)
    async with database.transaction() as session:
        first = (await events.since(session, 0, 1))[0].place
        await events.forget(session, clock() + timedelta(days=1))
        assert (await session.get_one(EventCounter, 1)).forgotten == 0, "nobody was told"
        (await session.get_one(EventCounter, 1)).told = 2
        await session.flush()
        await events.forget(session, clock() + timedelta(days=1))
    async with database.transaction() as session:
        assert (await session.get_one(EventCounter, 1)).forgotten == 2
        assert not await events.is_kept(session, first)
        assert await events.is_kept(session, await events.head(session))
    await add_asset(database, clock, home)
    async with database.transaction() as session:
        await events.number_new(session)
        assert (await events.head(session)).number == 3
