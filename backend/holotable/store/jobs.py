"""News of queued conversions, and the loop that takes them: in this process, or by Procrastinate.

The conversion row is the truth (queries/conversions.py); what travels here is only its id. News
that is lost, doubled or late changes nothing: whoever hears it claims the row, and a sweep rings
again for every row that could be taken and is not.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Final, Protocol, TypeAlias
from uuid import UUID, uuid4

import procrastinate
from psycopg.conninfo import make_conninfo
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import Database
from holotable.store.queries import conversions

log = logging.getLogger("holotable.jobs")

QUEUE: Final = "conversion"
TASK: Final = "holotable.convert"
_POLL_S: Final = 1.0  # how late the embedded runner sees a row that another process queued

Perform: TypeAlias = Callable[
    [UUID], Coroutine[None, None, None]
]  # tries one conversion; never raises


class Jobs(Protocol):
    """How conversions get to whoever does them. tests/contracts/test_jobs.py holds both to this."""

    worker: str  # this process, as it stands in the rows it claims

    async def announce(self, session: AsyncSession, conversion_id: UUID) -> None:
        """Tell the workers of a row, once the transaction of `session` commits, else never."""

    async def run(self, perform: Perform, *, slots: int) -> None:
        """Call `perform` for every conversion that can be taken, at most `slots` at once, until
        cancelled; then the running ones are cancelled too and awaited."""


class EmbeddedJobs:
    """One runner inside the web process, for SQLite; a lock file makes it the only one.

    Because the lock dies with its process, the next runner knows that whatever stands under
    another name is abandoned, and takes it at once instead of after its lease.
    """

    def __init__(self, database: Database, lock_file: Path) -> None:
        self._database = database
        self._lock_file = lock_file
        self._family = "embedded:"
        self.worker = f"{self._family}{os.getpid()}:{uuid4().hex[:8]}"
        self._wake = asyncio.Event()

    async def announce(self, session: AsyncSession, conversion_id: UUID) -> None:  # noqa: ARG002
        """Wake the runner of this process after the commit; another process's polls."""
        loop = asyncio.get_running_loop()

        def committed(_session: object) -> None:
            loop.call_soon_threadsafe(self._wake.set)

        event.listen(session.sync_session, "after_commit", committed, once=True)

    async def run(self, perform: Perform, *, slots: int) -> None:
        """Wait to be the only runner, free what a dead one held, then work."""
        async with self._only_runner(), asyncio.TaskGroup() as group:
            async with self._database.transaction() as session:
                freed = await conversions.release_dead(
                    session, family=self._family, alive=self.worker
                )
            if freed:
                log.info("resuming %d conversions of a runner that ended", freed)
            running: dict[UUID, asyncio.Task[None]] = {}
            while True:
                running = {id_: task for id_, task in running.items() if not task.done()}
                self._wake.clear()
                for conversion_id in await self._runnable(slots + len(running)):
                    if len(running) < slots and conversion_id not in running:
                        running[conversion_id] = group.create_task(perform(conversion_id))
                        running[conversion_id].add_done_callback(lambda _task: self._wake.set())
                with contextlib.suppress(TimeoutError):  # then it is time to look anyway
                    async with asyncio.timeout(_POLL_S):
                        await self._wake.wait()

    async def _runnable(self, limit: int) -> list[UUID]:
        try:
            async with self._database.transaction() as session:
                return await conversions.runnable(session, limit)
        except SQLAlchemyError:
            log.exception("the queue could not be read")
            return []

    @contextlib.asynccontextmanager
    async def _only_runner(self) -> AsyncIterator[None]:
        self._lock_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            told = False
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not told:
                        log.info("another process runs the conversions of %s", self._lock_file)
                        told = True
                    await asyncio.sleep(_POLL_S)
            yield
        finally:
            os.close(descriptor)


class ProcrastinateJobs:
    """Any number of worker processes on PostgreSQL.

    sweep_s: how often abandoned rows and lost news are looked for.
    """

    def __init__(self, database: Database, url: str, *, sweep_s: float) -> None:
        self._database = database
        self._url = url
        self._sweep_s = sweep_s
        self.worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:8]}"

    async def announce(self, session: AsyncSession, conversion_id: UUID) -> None:
        """Insert the job in the caller's transaction; its trigger notifies at the commit."""
        await conversions.ring(session, conversion_id, queue=QUEUE, task=TASK)

    async def run(self, perform: Perform, *, slots: int) -> None:
        """Fetch jobs, and sweep."""
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=_conninfo(self._url), min_size=1, max_size=slots + 3
            )
        )

        @app.task(name=TASK, queue=QUEUE)
        async def convert(conversion_id: str) -> None:
            await perform(UUID(conversion_id))

        async with app.open_async(), asyncio.TaskGroup() as group:
            group.create_task(self._sweep(app))
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=slots,
                install_signal_handlers=False,
                delete_jobs="always",  # the conversion row tells the story
                fetch_job_polling_interval=self._sweep_s,
                update_heartbeat_interval=self._sweep_s,
                stalled_worker_timeout=3 * self._sweep_s,
                shutdown_graceful_timeout=0,
            )

    async def _sweep(self, app: procrastinate.App) -> None:
        """Ring again for every row that can be taken; remove jobs whose worker is gone."""
        while True:
            try:
                async with self._database.transaction() as session:
                    for conversion_id in await conversions.runnable(session):
                        await self.announce(session, conversion_id)
                for job in await app.job_manager.get_stalled_jobs(
                    queue=QUEUE, seconds_since_heartbeat=3 * self._sweep_s
                ):
                    await app.job_manager.finish_job(
                        job, procrastinate.jobs.Status.FAILED, delete_job=True
                    )
            except (SQLAlchemyError, procrastinate.exceptions.ProcrastinateException):
                log.exception("the sweep of the queue failed")
            await asyncio.sleep(self._sweep_s)


def open_jobs(database: Database, url: str, data_dir: Path, *, lease_s: float) -> Jobs:
    """The queue that fits the database. url: as SQLAlchemy takes it."""
    if database.is_postgresql:
        return ProcrastinateJobs(database, url, sweep_s=min(5.0, lease_s / 3))
    return EmbeddedJobs(database, data_dir / "runner.lock")


def _conninfo(url: str) -> str:
    """libpq's connection string of a SQLAlchemy address."""
    parsed = make_url(url)
    query = {name: str(value) for name, value in parsed.query.items()}
    return make_conninfo(
        host=query.pop("host", None) or parsed.host,
        port=query.pop("port", None) or parsed.port,
        user=parsed.username,
        password=None if parsed.password is None else str(parsed.password),
        dbname=parsed.database,
        **query,
    )
