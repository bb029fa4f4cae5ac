"""The conversion process: takes queued conversions, one warm sandbox per slot.

Runs inside `serve` (SQLite), or as `holotable worker`, any number of processes (PostgreSQL).
"""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from holotable.anchoring import Anchoring, partners_compared
from holotable.collector import settle
from holotable.comparison import Comparisons
from holotable.conversion.limits import Limits
from holotable.conversion.sandbox import ENTRY, PRELOAD, Sandbox, sweep
from holotable.conversion.walls import detect_walls
from holotable.delivery import Structures
from holotable.errors import Invalid
from holotable.exchange.webhook_post import Outside, parse_networks
from holotable.flows import Conversions, OnPublished, Published
from holotable.post import PostOffice
from holotable.settings import Settings
from holotable.smtp import SmtpServer
from holotable.store import migrate
from holotable.store.blobs import Blobs, open_blobs, sweep_spool
from holotable.store.database import Database
from holotable.store.jobs import Jobs, open_jobs
from holotable.webhook_courier import Courier

log = logging.getLogger("holotable.worker")

_PAUSE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Converter:
    """What runs in the sandbox; another one only in tests."""

    entry: str = ENTRY
    preload: Sequence[str] = PRELOAD
    python_path: Sequence[Path] = ()


async def nobody_listens(_published: Published) -> None:
    """Stand where an announcement is made."""


class ConversionRunner:
    """Converts until it is cancelled."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        blobs: Blobs,
        jobs: Jobs,
        *,
        slots: int = 1,
        on_published: OnPublished = nobody_listens,
        converter: Converter | None = None,
    ) -> None:
        self._jobs = jobs
        self._blobs = blobs
        self._comparisons = Comparisons(database, blobs)
        self._anchoring = Anchoring(
            database,
            blobs,
            Structures(blobs),
            lease_s=settings.lease_s,
            find_partners=partners_compared(self._comparisons),
        )
        self._post = post_office(settings, database)
        self._courier = courier(settings, database)
        self._slots = slots
        self._converter = converter or Converter()
        self._work_dir = settings.data_dir.resolve() / "work"
        self._idle: asyncio.Queue[Sandbox] = asyncio.Queue()  # made anew by each run
        self._conversions = Conversions(
            database=database,
            blobs=blobs,
            worker=jobs.worker,
            limits=Limits(
                memory_bytes=settings.conversion_memory_bytes,
                timeout_s=settings.conversion_timeout_s,
                output_bytes=settings.conversion_output_bytes,
            ),
            reader_limits={
                "max_triangles": settings.max_triangles,
                "max_occurrences": settings.max_occurrences,
                "max_points": settings.max_points,
                "max_unpacked_bytes": settings.max_unpacked_bytes,
                "max_archive_entries": settings.max_archive_entries,
            },
            lease_s=settings.lease_s,
            max_attempts=settings.conversion_attempts,
            allow_unsandboxed=settings.allow_unsandboxed,
            on_published=on_published,
        )

    async def run(self) -> None:
        """Take conversions until cancelled; then their children are ended and the rows given back.

        Call from the process's main thread: the sandboxes end with the thread that starts them.
        """
        walls = await asyncio.to_thread(detect_walls)
        await asyncio.to_thread(self._sweep)
        log.info("converting in %d slot(s), sandbox level %s", self._slots, walls.name)
        sandboxes = [
            Sandbox(
                self._work_dir,
                walls,
                entry=self._converter.entry,
                preload=self._converter.preload,
                python_path=self._converter.python_path,
            )
            for _slot in range(self._slots)
        ]
        self._idle = asyncio.Queue()
        try:
            for sandbox in sandboxes:
                sandbox.start()  # loads the readers while nothing waits for them yet
                self._idle.put_nowait(sandbox)
            async with self._comparisons.running(), asyncio.TaskGroup() as group:
                # Pins follow the revisions that appear, beside the conversions and after none.
                group.create_task(self._anchoring.run())
                group.create_task(self._post.run())
                group.create_task(self._courier.run())
                await self._jobs.run(self._perform, slots=self._slots)
        finally:
            for sandbox in sandboxes:
                sandbox.close()

    async def _perform(self, conversion_id: UUID) -> None:
        sandbox = await self._idle.get()
        try:
            await self._conversions.convert(conversion_id, sandbox)
        except Exception:  # the database is away: the row stays, the sweep comes back to it
            log.exception("conversion %s could not be taken", conversion_id)
            await asyncio.sleep(1.0)
        finally:
            self._idle.put_nowait(sandbox)

    def _sweep(self) -> None:
        self._work_dir.mkdir(parents=True, exist_ok=True)
        sweep(self._work_dir)
        sweep_spool(self._blobs.spool)


@asynccontextmanager
async def running(runner: ConversionRunner) -> AsyncIterator[None]:
    """Run conversions beside whatever the block does; used by `serve`."""
    task = asyncio.create_task(_run_again(runner))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _run_again(runner: ConversionRunner) -> None:
    """The pages must not live on without conversions because the database was away for a moment."""
    while True:
        try:
            await runner.run()
        except Exception:
            log.exception("the conversion runner ended; it starts again in %.0f s", _PAUSE_S)
            await asyncio.sleep(_PAUSE_S)


async def run_worker(
    settings: Settings,
    *,
    slots: int | None = None,
    converter: Converter | None = None,
    on_published: OnPublished = nobody_listens,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Convert until SIGTERM or SIGINT: `holotable worker`. slots: None is half the processors."""
    settings.data_dir.mkdir(0o700, parents=True, exist_ok=True)
    await migrate.upgrade(settings.sqlalchemy_url)  # whoever starts first; the others wait
    database = Database(settings.sqlalchemy_url)
    try:
        blobs = blobs_of(settings)
        jobs = open_jobs(
            database, settings.sqlalchemy_url, settings.data_dir, lease_s=settings.lease_s
        )
        runner = ConversionRunner(
            settings,
            database,
            blobs,
            jobs,
            slots=slots or max(1, (os.cpu_count() or 2) // 2),
            on_published=on_published,
            converter=converter,
        )
        task = asyncio.create_task(runner.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        settle()
        started()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()
    finally:
        await database.close()


def post_office(settings: Settings, database: Database) -> PostOffice:
    """The outbox, with the mail server of the settings."""
    return PostOffice(
        database,
        mail_server(settings),
        sender=settings.mail_sender,
        public_url=settings.mail_public_url,
    )


def courier(settings: Settings, database: Database) -> Courier:
    """Who delivers to webhooks."""
    return Courier(
        database,
        outside(settings),
        public_url=settings.mail_public_url,
        events_kept=timedelta(days=settings.events_kept_days),
    )


def outside(settings: Settings) -> Outside:
    """What webhooks may reach. raises: Invalid for networks that are none."""
    try:
        allowed = parse_networks(settings.webhook_networks)
    except ValueError as error:
        raise Invalid(f"HOLOTABLE_WEBHOOK_NETWORKS: {error}.") from error
    file = settings.webhook_ca_file
    return Outside(allowed, settings.webhook_timeout_s, None if file is None else str(file))


def mail_server(settings: Settings) -> SmtpServer | None:
    """Where mails are handed in; None when e-mail is off."""
    if not settings.smtp_host:
        return None
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password,
        ca_file=settings.smtp_ca_file,
    )


def blobs_of(settings: Settings) -> Blobs:
    """The blob store that the settings name."""
    return open_blobs(
        settings.blob_url,
        settings.data_dir,
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        region=settings.s3_region,
    )
