"""The row's rules: claims, fences, leases, progress, back-off; on both databases."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from converting import add_bare_project, rows_of
from hypothesis import HealthCheck, given, settings, strategies

from holotable.errors import Conflict, DamagedFile, NotFound
from holotable.store.database import Database, uuid7
from holotable.store.queries import conversions
from holotable.store.queries.conversions import Claim, Verdict
from holotable.store.tables import Asset, Conversion, Revision


@pytest.fixture
async def revision(database: Database) -> Revision:
    project = await add_bare_project(database)
    now = datetime.now(UTC)
    async with database.transaction() as session:
        asset = Asset(project_id=project.id, name="A", created_at=now, updated_at=now)
        session.add(asset)
        await session.flush()
        revision = Revision(
            project_id=project.id, asset_id=asset.id, ordinal=1, label="A", source_name="a.stp",
            source_sha256="0" * 64, source_bytes=1, created_at=now,
        )  # fmt: skip
        session.add(revision)
    return revision


async def enqueue(database: Database, revision: Revision) -> UUID:
    async with database.transaction() as session:
        return (await conversions.enqueue(session, revision, {"angle_rad": 0.5})).id


async def claim(
    database: Database, conversion_id: UUID, worker: str = "w", lease_s: float = 60.0
) -> Claim | None:
    async with database.transaction() as session:
        return await conversions.claim(
            session, conversion_id, worker=worker, lease_s=lease_s, max_attempts=3
        )


async def must_claim(database: Database, conversion_id: UUID, lease_s: float = 60.0) -> Claim:
    found = await claim(database, conversion_id, lease_s=lease_s)
    assert found is not None
    return found


async def beat(database: Database, held: Claim, state: str, fraction: float) -> Verdict:
    async with database.transaction() as session:
        return await conversions.beat(session, held, lease_s=60, state=state, fraction=fraction)


async def row_of(database: Database, revision: Revision) -> Conversion:
    return (await rows_of(database, revision.id))[-1]


async def test_a_claim_carries_what_the_worker_needs(
    database: Database, revision: Revision
) -> None:
    held = await must_claim(database, await enqueue(database, revision))
    assert (held.fence, held.attempts, held.source_name) == (1, 1, "a.stp")
    assert held.options == {"angle_rad": 0.5}
    row = await row_of(database, revision)
    assert (row.state, row.worker) == ("reading", "w")
    assert row.lease_until is not None
    assert row.lease_until > datetime.now(UTC) + timedelta(seconds=50)


async def test_only_one_of_many_claims_succeeds(database: Database, revision: Revision) -> None:
    conversion_id = await enqueue(database, revision)
    claims = await asyncio.gather(
        *(claim(database, conversion_id, f"w{number}") for number in range(8))
    )
    assert len([one for one in claims if one is not None]) == 1


async def test_a_claim_is_refused_while_the_lease_holds_and_given_after_it(
    database: Database, revision: Revision
) -> None:
    conversion_id = await enqueue(database, revision)
    first = await must_claim(database, conversion_id, lease_s=0.3)
    assert await claim(database, conversion_id) is None
    await asyncio.sleep(0.4)
    async with database.transaction() as session:
        assert await conversions.runnable(session) == [conversion_id]
    second = await must_claim(database, conversion_id)
    assert (second.fence, second.attempts) == (2, 2)
    assert await beat(database, first, "optimising", 1.0) is Verdict.LOST
    async with database.transaction() as session:
        assert await conversions.lock_to_publish(session, first) is None
        assert await conversions.lock_to_publish(session, second) is not None
        assert not await conversions.finish(session, first, "failed")
        assert not await conversions.give_back(session, first)
    assert (await row_of(database, revision)).state == "reading"


async def test_a_beat_renews_the_lease_even_when_it_comes_late(
    database: Database, revision: Revision
) -> None:
    conversion_id = await enqueue(database, revision)
    held = await must_claim(database, conversion_id, lease_s=0.1)
    await asyncio.sleep(0.2)  # the machine slept, and nobody took it meanwhile
    assert await beat(database, held, "reading", 0.5) is Verdict.CONTINUE
    assert await claim(database, conversion_id) is None


@given(
    reports=strategies.lists(
        strategies.tuples(
            strategies.sampled_from(conversions.RUNNING), strategies.floats(0.0, 1.0)
        ),
        max_size=12,
    )
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_progress_never_goes_back(
    database: Database, revision: Revision, reports: Sequence[tuple[str, float]]
) -> None:
    async def check() -> None:
        local = Database(str(database.engine.url))
        held = await must_claim(local, await enqueue(local, revision))
        seen = []
        for state, fraction in reports:
            await beat(local, held, state, fraction)
            row = await row_of(local, revision)
            seen.append((conversions.RUNNING.index(row.state), row.fraction))
        await local.close()
        assert seen == sorted(seen)

    asyncio.run(check())


async def test_a_cancel_reaches_the_worker_and_then_ends_the_row(
    database: Database, revision: Revision
) -> None:
    held = await must_claim(database, await enqueue(database, revision))
    async with database.transaction() as session:
        await conversions.request_cancel(session, revision.id)
        await conversions.request_cancel(session, revision.id)  # pressed twice
    assert await beat(database, held, "reading", 1.0) is Verdict.CANCEL
    async with database.transaction() as session:
        assert await conversions.lock_to_publish(session, held) is None
        assert await conversions.finish(session, held, "cancelled")
    async with database.transaction() as session:
        with pytest.raises(Conflict):
            await conversions.request_cancel(session, revision.id)


async def test_a_cancel_needs_no_worker_when_its_worker_is_dead(
    database: Database, revision: Revision
) -> None:
    await must_claim(database, await enqueue(database, revision), lease_s=0.05)
    await asyncio.sleep(0.1)
    async with database.transaction() as session:
        assert (await conversions.request_cancel(session, revision.id)).state == "cancelled"


async def test_a_cancel_whose_worker_dies_is_kept_by_the_next_one(
    database: Database, revision: Revision
) -> None:
    conversion_id = await enqueue(database, revision)
    await must_claim(database, conversion_id, lease_s=0.3)
    async with database.transaction() as session:
        await conversions.request_cancel(session, revision.id)
    await asyncio.sleep(0.4)
    assert await claim(database, conversion_id) is None
    assert (await row_of(database, revision)).state == "cancelled"


async def test_too_many_dead_workers_fail_the_row(database: Database, revision: Revision) -> None:
    conversion_id = await enqueue(database, revision)
    for _attempt in range(3):
        await must_claim(database, conversion_id, lease_s=0.0)
        await asyncio.sleep(0.02)
    assert await claim(database, conversion_id) is None
    row = await row_of(database, revision)
    assert row.state == "failed"
    assert row.problem is not None
    assert row.problem["code"] == "reader_crashed"


async def test_what_is_given_back_waits_and_may_leave_the_attempt_uncounted(
    database: Database, revision: Revision
) -> None:
    conversion_id = await enqueue(database, revision)
    held = await must_claim(database, conversion_id)
    async with database.transaction() as session:
        assert await conversions.give_back(session, held, counts=False)
    held = await must_claim(database, conversion_id)
    assert (held.fence, held.attempts) == (2, 1)
    async with database.transaction() as session:
        await conversions.give_back(session, held, delay_s=60)
    assert await claim(database, conversion_id) is None
    async with database.transaction() as session:
        assert await conversions.runnable(session) == []


async def test_release_dead_frees_one_family_only(database: Database, revision: Revision) -> None:
    held = []
    for worker in ("embedded:1", "embedded:2", "host:3"):
        conversion_id = await enqueue(database, revision)
        await claim(database, conversion_id, worker)
        held.append(conversion_id)
    async with database.transaction() as session:
        freed = await conversions.release_dead(session, family="embedded:", alive="embedded:2")
        assert freed == 1
        assert await conversions.runnable(session) == held[:1]


async def test_a_known_problem_fails_the_row_from_the_start(
    database: Database, revision: Revision
) -> None:
    async with database.transaction() as session:
        await conversions.enqueue(session, revision, {}, problem=DamagedFile(line=3))
    row = await row_of(database, revision)
    assert row.state == "failed"
    assert row.problem is not None
    assert row.problem["facts"] == {"line": 3}
    async with database.transaction() as session:
        assert "damaged_file" in await conversions.log_of(session, revision.id)
        with pytest.raises(NotFound):
            await conversions.log_of(session, uuid7())
        with pytest.raises(Conflict):
            await conversions.request_cancel(session, uuid7())


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def test_the_same_news_waits_once(database: Database, revision: Revision) -> None:
    from sqlalchemy import text

    conversion_id = await enqueue(database, revision)
    async with database.transaction() as session:
        for _twice in range(2):
            await conversions.ring(session, conversion_id, queue="q", task="t")
        count = await session.execute(text("SELECT count(*) FROM procrastinate_jobs"))
        assert count.scalar_one() == 1
