"""Rows of anchors on both databases: what waits, who may take a run, what is drawn."""

import pytest
from builders import Asset, Clock, Project, Revision, add_asset, add_revision
from issue_builders import add_anchor, add_comment, add_issue

from holotable.errors import Unavailable
from holotable.store.database import Database
from holotable.store.issue_tables import Anchor, AnchorRun, Issue
from holotable.store.queries import anchors


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project)


@pytest.fixture
async def issue(database: Database, clock: Clock, project: Project) -> Issue:
    return await add_issue(database, clock, project)


async def enqueue(database: Database, revision: Revision) -> bool:
    async with database.transaction() as session:
        return await anchors.enqueue(session, await session.get_one(Revision, revision.id))


async def test_only_anchors_of_earlier_revisions_wait_and_none_that_ended(
    database: Database, clock: Clock, asset: Asset, issue: Issue
) -> None:
    first, second = [await add_revision(database, clock, asset) for _ in range(2)]
    waiting = await add_anchor(database, clock, issue, first)
    await add_anchor(database, clock, issue, first, ended_at=clock())
    await add_anchor(database, clock, issue, second)
    async with database.transaction() as session:
        revision = await session.get_one(Revision, second.id)
        assert [one.id for one in await anchors.todo(session, revision)] == [waiting.id]
        assert await anchors.todo(session, await session.get_one(Revision, first.id)) == []
    assert await enqueue(database, second)
    assert not await enqueue(database, first)
    async with database.transaction() as session:
        row = await session.get_one(Anchor, waiting.id)
        assert (row.state, row.newest_revision_id) == ("pending", second.id)


async def test_a_run_is_one_workers_until_its_lease_ends_and_fails_in_the_end(
    database: Database, clock: Clock, asset: Asset, issue: Issue
) -> None:
    first, second = [await add_revision(database, clock, asset) for _ in range(2)]
    waiting = await add_anchor(database, clock, issue, first)
    await enqueue(database, second)

    async def claim(lease_s: float) -> anchors.RunClaim | None:
        async with database.transaction() as session:
            return await anchors.claim(session, second.id, lease_s=lease_s, max_attempts=3)

    one = await claim(60.0)
    assert one is not None
    assert await claim(60.0) is None
    async with database.transaction() as session:
        assert await anchors.still_mine(session, one, lease_s=-1.0)
    other = await claim(-1.0)
    assert other is not None
    async with database.transaction() as session:
        assert not await anchors.still_mine(session, one, lease_s=60.0)
        await anchors.finish(session, one)  # too late: changes nothing
        assert (await session.get_one(AnchorRun, second.id)).state == "running"
        await anchors.give_back(session, other, Unavailable("away"), delay_s=60.0, max_attempts=3)
        assert await anchors.runnable(session) == []  # not before a minute has passed
        (await session.get_one(AnchorRun, second.id)).not_before = None
    async with database.transaction() as session:
        assert await anchors.runnable(session) == [second.id]
    assert await claim(-1.0) is not None
    assert await claim(-1.0) is None  # tried three times
    async with database.transaction() as session:
        assert (await session.get_one(AnchorRun, second.id)).state == "failed"
        assert (await session.get_one(Anchor, waiting.id)).state == "failed"
    assert await enqueue(database, second)
    assert await claim(60.0) is not None


async def test_an_outcome_is_written_once_and_a_failure_over(
    database: Database, clock: Clock, asset: Asset, issue: Issue
) -> None:
    first, second, third = [await add_revision(database, clock, asset) for _ in range(3)]
    made = await add_anchor(database, clock, issue, first)

    async def save(revision: Revision, state: str) -> tuple[list[str], str]:
        async with database.transaction() as session:
            row = await session.get_one(Anchor, made.id)
            at = await session.get_one(Revision, revision.id)
            await anchors.save(session, row, at, state, {}, 0.0, clock())
            return [one.state for one, _ in await anchors.outcomes(session, made.id)], row.state

    assert await save(third, "failed") == (["failed"], "failed")
    assert await save(third, "moved") == (["moved"], "moved")
    assert await save(third, "placed") == (["moved"], "moved")
    # A revision in the middle is told later: the newest one's word stays.
    assert await save(second, "detached") == (["moved", "detached"], "moved")


async def test_pins_are_of_this_revision_and_of_those_before_it(
    database: Database, clock: Clock, asset: Asset, issue: Issue
) -> None:
    first, second = [await add_revision(database, clock, asset) for _ in range(2)]
    early = await add_anchor(database, clock, issue, first)
    late = await add_anchor(database, clock, await add_comment(database, clock, second), second)

    async def drawn(revision: Revision) -> list[tuple[object, bool]]:
        async with database.transaction() as session:
            at = await session.get_one(Revision, revision.id)
            found = await anchors.pins(session, at, with_closed=False)
        return [(one.anchor.id, one.outcome is not None) for one in found]

    assert await drawn(first) == [(early.id, False)]
    assert await drawn(second) == [(early.id, False), (late.id, False)]
