"""Worker processes of their own: killed, stopped past their lease, told to end."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import psutil
import pytest
from converting import CEILING_S, PROBE, add_bare_project, look, packages_of, queue, rows_of, until

from holotable import flows, worker
from holotable.intake import Upload
from holotable.settings import Settings
from holotable.store.blobs import FileBlobs, put_file
from holotable.store.database import Database
from holotable.store.jobs import Jobs, Perform, open_jobs
from holotable.store.tables import Project

TESTS = Path(__file__).resolve().parents[1]
LEASE_S = 2.0


@pytest.fixture
async def project(database: Database) -> Project:
    return await add_bare_project(database)


@pytest.fixture
def blobs(settings: Settings) -> FileBlobs:
    return FileBlobs(settings.data_dir / "blobs")


@pytest.fixture
def jobs(database: Database, settings: Settings) -> Jobs:
    url = settings.sqlalchemy_url
    return open_jobs(database, url, settings.data_dir, lease_s=LEASE_S)


class Workers:
    """Worker processes over one installation."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self._environment = {
            **os.environ,
            "HOLOTABLE_DATA_DIR": str(settings.data_dir),
            "HOLOTABLE_DATABASE_URL": database_url,
            "HOLOTABLE_LEASE_S": str(LEASE_S),
            "PYTHONPATH": str(TESTS),
        }
        self._log = settings.data_dir.parent / "workers.log"
        self.processes: list[subprocess.Popen[str]] = []

    def run(self, *command: str) -> subprocess.Popen[str]:
        with self._log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", *command],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.processes.append(process)
        return process

    def start(self) -> subprocess.Popen[str]:
        process = self.run(str(TESTS / "probe_worker.py"))
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n", self._log.read_text()
        return process

    def end(self) -> None:
        """End and reap every process, also one that does not listen; then say which did not."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        deaf = []
        for process in self.processes:
            try:
                process.wait(CEILING_S)
            except subprocess.TimeoutExpired:
                deaf.append(process.pid)
                process.kill()
                process.wait()
            assert process.stdout is not None
            process.stdout.close()
        assert not deaf, f"SIGTERM did not end {deaf}:\n{self._log.read_text()}"
        assert "ERROR:holotable" not in self._log.read_text(), self._log.read_text()


@pytest.fixture
def workers(settings: Settings, database_url: str) -> Iterator[Workers]:
    workers = Workers(settings, database_url)
    yield workers
    workers.end()


def gone_soon(pids: list[int], ceiling_s: float = CEILING_S) -> bool:
    end = time.monotonic() + ceiling_s
    while time.monotonic() < end:
        if not any(psutil.pid_exists(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


async def attempted(database: Database, revision_id: UUID, times: int) -> None:
    """Wait until the conversion was claimed so often and its file is being read."""
    async with asyncio.timeout(CEILING_S):
        while True:
            (row,) = await rows_of(database, revision_id)
            if row.attempts >= times and row.state == "tessellating":
                return
            await asyncio.sleep(0.05)


async def test_a_conversion_killed_with_its_worker_is_finished_by_the_next_one(
    workers: Workers,
    database: Database,
    blobs: FileBlobs,
    jobs: Jobs,
    project: Project,
    settings: Settings,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 3})
    first = workers.start()
    await until(database, revision.id, {"tessellating"})
    children = [child.pid for child in psutil.Process(first.pid).children(recursive=True)]
    assert children
    first.kill()
    first.wait()
    assert gone_soon(children)  # nobody goes on converting for a dead worker
    assert (await look(database, revision.id)).state == "tessellating"
    workers.start()
    started = time.monotonic()
    await until(database, revision.id, {"reading"})
    resumed_s = time.monotonic() - started
    assert (await until(database, revision.id, {"ready", "failed"})).state == "ready"
    if not database.is_postgresql:
        assert resumed_s < LEASE_S  # the lock file tells that its owner is dead
    (row,) = await rows_of(database, revision.id)
    assert (row.fence, row.attempts) == (2, 2)
    assert len(await packages_of(database, revision.id)) == 1
    workers.end()
    assert list((settings.data_dir / "work").iterdir()) == []
    assert list(blobs.spool.iterdir()) == []


async def test_a_file_that_takes_its_worker_down_every_time_fails_by_name(
    workers: Workers, database: Database, blobs: FileBlobs, jobs: Jobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 60})
    for attempt in (1, 2, 3):
        worker = workers.start()
        await until(database, revision.id, {"tessellating"})
        await attempted(database, revision.id, attempt)
        worker.kill()
        worker.wait()
    workers.start()
    view = await until(database, revision.id, {"failed"})
    assert view.problem is not None
    assert view.problem["code"] == "reader_crashed"
    assert "3 times" in view.problem["detail"]


async def test_sigterm_ends_the_worker_and_gives_the_job_back(
    workers: Workers, database: Database, blobs: FileBlobs, jobs: Jobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 60})
    worker = workers.start()
    await until(database, revision.id, {"tessellating"})
    children = [child.pid for child in psutil.Process(worker.pid).children(recursive=True)]
    worker.terminate()
    assert worker.wait(CEILING_S) == 0
    assert gone_soon(children)
    (row,) = await rows_of(database, revision.id)
    assert (row.state, row.attempts) == ("queued", 0)


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def test_a_worker_stopped_past_its_lease_and_continued_publishes_nothing(
    workers: Workers, database: Database, blobs: FileBlobs, jobs: Jobs, project: Project
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 2})
    stopped = workers.start()
    await until(database, revision.id, {"tessellating"})
    stopped.send_signal(signal.SIGSTOP)  # its child goes on and finishes the file
    workers.start()
    view = await until(database, revision.id, {"ready", "failed"})
    assert view.state == "ready"
    before = await packages_of(database, revision.id)
    (row,) = await rows_of(database, revision.id)
    assert (row.fence, row.attempts) == (2, 2)
    stopped.send_signal(signal.SIGCONT)
    marker = await queue(database, blobs, jobs, project, {"do": "nothing"})
    await until(database, marker.id, {"ready", "failed"})
    await asyncio.sleep(2.0)
    after = await packages_of(database, revision.id)
    (row,) = await rows_of(database, revision.id)
    assert [package.id for package in after] == [package.id for package in before]
    assert (row.state, row.fence) == ("ready", 2)


async def test_the_work_folder_of_a_killed_worker_is_swept(
    workers: Workers,
    database: Database,
    blobs: FileBlobs,
    jobs: Jobs,
    project: Project,
    settings: Settings,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 60})
    worker = workers.start()
    await until(database, revision.id, {"tessellating"})
    worker.kill()
    worker.wait()
    left = list((settings.data_dir / "work").iterdir())
    assert left
    workers.start()
    await until(database, revision.id, {"tessellating"})
    await attempted(database, revision.id, 2)
    assert not set(left) & set((settings.data_dir / "work").iterdir())


def height_field(path: Path, side: int) -> None:
    """A binary STL of 2 * side² triangles: a few seconds of work for the real pipeline."""
    x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="ij")
    points = np.stack([x, y, np.sin(x / 7) * np.cos(y / 5)], axis=-1).astype("<f4")
    a, b, c, d = points[:-1, :-1], points[1:, :-1], points[1:, 1:], points[:-1, 1:]
    corners = np.stack([a, b, c, a, c, d], axis=2).reshape(-1, 3, 3)
    facets = np.zeros(len(corners), np.dtype([("n", "<f4", 3), ("p", "<f4", (3, 3)), ("a", "<u2")]))
    facets["p"] = corners
    path.write_bytes(bytes(80) + np.uint32(len(facets)).tobytes() + facets.tobytes())


async def test_the_real_worker_killed_over_a_real_file_leaves_it_to_the_next_one(
    workers: Workers,
    database: Database,
    blobs: FileBlobs,
    jobs: Jobs,
    project: Project,
    tmp_path: Path,
) -> None:
    height_field(tmp_path / "field.stl", 400)
    upload = Upload("field.stl", await put_file(blobs, tmp_path / "field.stl"))
    async with database.transaction() as session:
        _asset, revision = await flows.add_asset(
            session, jobs, upload, project_id=project.id, folder_id=None, name=None,
            author=None, now=datetime.now(UTC),
        )  # fmt: skip
    first = workers.run("-m", "holotable", "worker", "--slots", "1")
    await until(database, revision.id, {"optimising"}, 60)
    first.kill()
    first.wait()
    workers.run("-m", "holotable", "worker", "--slots", "1")
    conversion = await until(database, revision.id, {"ready", "failed"}, 120)
    assert (conversion.state, conversion.attempts) == ("ready", 2)
    assert conversion.stats is not None
    assert conversion.stats["counts"]["triangles"] == 320_000
    assert len(await packages_of(database, revision.id)) == 1


async def test_the_runner_beside_the_pages_starts_again_after_a_failure(
    database: Database,
    blobs: FileBlobs,
    jobs: Jobs,
    project: Project,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "_PAUSE_S", 0.1)
    runner = worker.ConversionRunner(settings, database, blobs, jobs, converter=PROBE)
    real, tries = jobs.run, 0

    async def fails_once(perform: Perform, *, slots: int) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError("the database is away")
        await real(perform, slots=slots)

    monkeypatch.setattr(jobs, "run", fails_once)
    revision = await queue(database, blobs, jobs, project, {"do": "nothing"})
    async with worker.running(runner):
        assert (await until(database, revision.id, {"ready", "failed"})).state == "ready"
    assert tries == 2
