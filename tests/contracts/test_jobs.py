"""What every queue promises, held against the runner on SQLite and Procrastinate on PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from converting import add_bare_project, queue, rows_of
from sqlalchemy import delete, text

from holotable import flows
from holotable.settings import Settings
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database
from holotable.store.jobs import Jobs, open_jobs
from holotable.store.queries import conversions
from holotable.store.tables import Conversion, Project, Revision

LEASE_S = 1.5


@pytest.fixture
async def project(database: Database) -> Project:
    return await add_bare_project(database)


@pytest.fixture
def blobs(settings: Settings) -> FileBlobs:
    return FileBlobs(settings.data_dir / "blobs")


@pytest.fixture
def jobs(database: Database, settings: Settings) -> Jobs:
    return jobs_of(database, settings)


def jobs_of(database: Database, settings: Settings) -> Jobs:
    url = settings.sqlalchemy_url
    return open_jobs(database, url, settings.data_dir, lease_s=LEASE_S)


class Heard:
    """A worker that claims what it hears of and leaves the row as a dead worker would."""

    def __init__(self, database: Database, name: str, *, finish: bool = True) -> None:
        self.database, self.name, self.finish = database, name, finish
        self.claims: list[conversions.Claim] = []
        self.most_at_once = 0
        self.cancelled = 0
        self.hold_s = 0.0
        self._now = 0

    async def __call__(self, conversion_id: UUID) -> None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            async with self.database.transaction() as session:
                claim = await conversions.claim(
                    session, conversion_id, worker=self.name, lease_s=LEASE_S, max_attempts=9
                )
            if claim is not None:
                self.claims.append(claim)
                await asyncio.sleep(self.hold_s)
                if self.finish:
                    async with self.database.transaction() as session:
                        await conversions.finish(session, claim, "ready")
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self._now -= 1

    @property
    def ids(self) -> list[UUID]:
        return [claim.conversion_id for claim in self.claims]


@asynccontextmanager
async def working(jobs: Jobs, heard: Heard, slots: int = 1) -> AsyncIterator[None]:
    task = asyncio.create_task(jobs.run(heard, slots=slots))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled(), task.exception()


async def eventually(holds: Callable[[], bool], ceiling_s: float = 20.0) -> None:
    async with asyncio.timeout(ceiling_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def conversion_of(database: Database, revision: Revision) -> UUID:
    return (await rows_of(database, revision.id))[-1].id


async def test_what_is_announced_is_heard_once_and_soon(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    heard = Heard(database, jobs.worker)
    async with working(jobs, heard):
        await asyncio.sleep(0.3)
        revisions = [await queue(database, blobs, jobs, project, {}) for _ in range(3)]
        wanted = {await conversion_of(database, revision) for revision in revisions}
        await eventually(lambda: len(heard.claims) == 3, 5)
        await asyncio.sleep(0.5)
    assert set(heard.ids) == wanted
    assert len(heard.ids) == 3


async def test_what_was_queued_before_the_worker_started_is_heard(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {})
    heard = Heard(database, jobs.worker)
    async with working(jobs, heard):
        await eventually(lambda: len(heard.claims) == 1)
    assert heard.ids == [await conversion_of(database, revision)]


async def test_news_of_a_transaction_that_rolled_back_is_not_told(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {})
    heard = Heard(database, jobs.worker)
    with contextlib.suppress(ZeroDivisionError):
        async with database.transaction() as session:
            row = await session.get_one(Conversion, await conversion_of(database, revision))
            row.state = "failed"
            await session.flush()
            retried = await flows.retry(session, jobs, await session.get_one(Revision, revision.id))
            raise ZeroDivisionError
    async with working(jobs, heard):
        await eventually(lambda: len(heard.claims) == 1)
        await asyncio.sleep(0.3)
    assert retried.id not in heard.ids


async def test_no_more_run_at_once_than_there_are_slots(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    heard = Heard(database, jobs.worker)
    heard.hold_s = 0.2
    for _ in range(5):
        await queue(database, blobs, jobs, project, {})
    async with working(jobs, heard, slots=2):
        await eventually(lambda: len(heard.claims) == 5)
        await asyncio.sleep(0.3)
    assert heard.most_at_once == 2


async def test_lost_news_is_found_by_the_sweep(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {})
    if database.is_postgresql:
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM procrastinate_jobs"))
    heard = Heard(database, jobs.worker)
    async with working(jobs, heard):
        await eventually(lambda: len(heard.claims) == 1)
    assert heard.ids == [await conversion_of(database, revision)]


async def test_a_job_whose_worker_vanished_is_taken_again_with_a_higher_fence(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    await queue(database, blobs, jobs, project, {})
    heard = Heard(database, jobs.worker, finish=False)
    async with working(jobs, heard):
        await eventually(lambda: len(heard.claims) == 2)
    assert [claim.fence for claim in heard.claims] == [1, 2]


async def test_a_row_that_backs_off_waits_for_its_time(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {})
    conversion_id = await conversion_of(database, revision)
    async with database.transaction() as session:
        claim = await conversions.claim(
            session, conversion_id, worker="w", lease_s=9, max_attempts=9
        )
        assert claim is not None
        await conversions.give_back(session, claim, delay_s=2.0)
    heard = Heard(database, jobs.worker)
    async with working(jobs, heard):
        await asyncio.sleep(1.0)
        assert heard.claims == []
        await eventually(lambda: len(heard.claims) == 1)


async def test_stopping_the_worker_cancels_what_runs_and_waits_for_it(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    await queue(database, blobs, jobs, project, {})
    heard = Heard(database, jobs.worker)
    heard.hold_s = 60
    async with working(jobs, heard):
        await eventually(lambda: len(heard.claims) == 1)
    assert heard.cancelled == 1


async def hears_a_stop(jobs: Jobs, heard: Heard, turns: int) -> bool:
    """Whether `run` ends when it is cancelled this many turns of the loop after a conversion."""
    loop = asyncio.get_running_loop()

    def stop(left: int) -> None:
        if left:
            loop.call_soon(stop, left - 1)
        else:
            running.cancel()

    async def perform(conversion_id: UUID) -> None:
        await heard(conversion_id)
        stop(turns)

    running = asyncio.create_task(jobs.run(perform, slots=1))
    ended, _ = await asyncio.wait([running], timeout=20)
    running.cancel()
    await asyncio.wait([running])
    return bool(ended)


async def test_a_stop_in_the_moment_in_which_a_conversion_ends_is_heard(
    database: Database, settings: Settings, blobs: FileBlobs, project: Project
) -> None:
    """`asyncio.wait_for` of Python 3.11 drops a cancellation that meets the end of its wait."""
    for turns in range(8):
        jobs = jobs_of(database, settings)
        heard = Heard(database, jobs.worker)
        await queue(database, blobs, jobs, project, {})
        assert await hears_a_stop(jobs, heard, turns), turns
        assert len(heard.claims) == 1


async def test_a_row_that_is_gone_hurts_nobody(
    database: Database, jobs: Jobs, blobs: FileBlobs, project: Project
) -> None:
    gone = await queue(database, blobs, jobs, project, {})
    async with database.transaction() as session:
        await session.execute(delete(Conversion).where(Conversion.revision_id == gone.id))
    kept = await queue(database, blobs, jobs, project, {})
    heard = Heard(database, jobs.worker)
    async with working(jobs, heard):
        await eventually(lambda: len(heard.claims) == 1)
    assert heard.ids == [await conversion_of(database, kept)]


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def test_two_workers_share_the_work_and_do_nothing_twice(
    database: Database, settings: Settings, blobs: FileBlobs, project: Project
) -> None:
    first, second = jobs_of(database, settings), jobs_of(database, settings)
    one, two = Heard(database, first.worker), Heard(database, second.worker)
    one.hold_s = two.hold_s = 0.1
    revisions = [await queue(database, blobs, first, project, {}) for _ in range(12)]
    async with working(first, one), working(second, two):
        await eventually(lambda: len(one.claims) + len(two.claims) == 12)
        await asyncio.sleep(0.5)
    assert len({*one.ids, *two.ids}) == len(revisions)
    assert one.claims
    assert two.claims


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_only_one_runner_works_and_the_next_takes_over_at_once(
    database: Database, settings: Settings, blobs: FileBlobs, project: Project
) -> None:
    first, second = jobs_of(database, settings), jobs_of(database, settings)
    one, two = Heard(database, first.worker, finish=False), Heard(database, second.worker)
    async with working(second, two):
        await eventually((settings.data_dir / "runner.lock").exists)
        async with working(first, one):
            await queue(database, blobs, first, project, {})
            await eventually(lambda: len(two.claims) == 1)
            await asyncio.sleep(1.5)
    assert one.claims == []

    abandoned = await queue(database, blobs, first, project, {})
    async with database.transaction() as session:
        await conversions.claim(
            session,
            await conversion_of(database, abandoned),
            worker=second.worker,
            lease_s=3600,  # a runner that died just now
            max_attempts=9,
        )
    async with working(first, one):
        await eventually(lambda: len(one.claims) == 1, 3)
