"""From a queued revision to a scene, with a real sandbox around a converter that misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import Clock, add_member, add_review, add_user
from converting import (
    PROBE,
    PROBE_FOLDER,
    add_bare_project,
    look,
    packages_of,
    queue,
    rows_of,
    until,
)

from holotable import flows, worker
from holotable.conversion.limits import Limits
from holotable.conversion.sandbox import Sandbox
from holotable.conversion.walls import Walls, detect_walls
from holotable.errors import Conflict, Unavailable
from holotable.flows import Conversions, Published
from holotable.intake import Upload
from holotable.review.roles import Role
from holotable.settings import Settings
from holotable.store.blobs import FileBlobs, put_bytes, read_all
from holotable.store.database import Database
from holotable.store.jobs import EmbeddedJobs
from holotable.store.queries import conversions, packages
from holotable.store.review_tables import Review
from holotable.store.tables import Asset, Conversion, Project, Revision
from holotable.worker import ConversionRunner


@pytest.fixture
def engine() -> str:
    return "sqlite"  # the contract suite holds both queues to the same promises


@pytest.fixture
async def project(database: Database) -> Project:
    return await add_bare_project(database)


@pytest.fixture
def blobs(settings: Settings) -> FileBlobs:
    return FileBlobs(settings.data_dir / "blobs")


@pytest.fixture
def jobs(database: Database, settings: Settings) -> EmbeddedJobs:
    return EmbeddedJobs(database, settings.data_dir / "runner.lock")


@pytest.fixture
def published() -> list[Published]:
    return []


@pytest.fixture
async def runner(
    settings: Settings,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    published: list[Published],
) -> AsyncIterator[ConversionRunner]:
    async def hear(view: Published) -> None:
        published.append(view)

    small = settings.model_copy(
        update={
            "conversion_timeout_s": 3.0,
            "conversion_memory_bytes": 300 << 20,
            "conversion_output_bytes": 20 << 20,
        }
    )
    one = ConversionRunner(small, database, blobs, jobs, on_published=hear, converter=PROBE)
    async with worker.running(one):
        yield one
    assert list((settings.data_dir / "work").iterdir()) == []
    assert list(blobs.spool.iterdir()) == []


async def test_an_upload_becomes_a_scene_and_is_announced(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
    published: list[Published],
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "nothing"})
    view = await until(database, revision.id, {"ready", "failed"})
    assert (view.state, view.problem, view.fraction) == ("ready", None, 1.0)
    assert view.stats is not None
    assert view.stats["counts"] == {"occurrences": 1, "parts": 1, "triangles": 12}
    assert [one.revision_id for one in published] == [revision.id]
    async with database.transaction() as session:
        package = await packages.current(session, revision.id)
        assert package is not None
        files = await packages.files_of(session, package.id)
    assert {"manifest.json", "structure.json", "base.glb"} <= set(files)
    manifest = json.loads(await read_all(blobs, files["manifest.json"].sha256))
    assert manifest["source"]["name"] == "probe.json"


async def test_stages_are_reported_in_order_while_it_runs(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 2})
    seen: list[tuple[str, float]] = []
    while (view := await look(database, revision.id)).state not in ("ready", "failed"):
        seen.append((view.state, view.fraction))
        await asyncio.sleep(0.05)
    order = ["queued", "reading", "tessellating", "optimising", "publishing"]
    ranks = [(order.index(state), fraction) for state, fraction in seen]
    assert ranks == sorted(ranks)
    assert len({fraction for state, fraction in seen if state == "tessellating"}) >= 3


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"do": "crash"}, "reader_crashed"),
        ({"do": "hang"}, "reader_timed_out"),
        ({"do": "native memory"}, "out_of_memory"),
        ({"do": "many files"}, "too_complex"),
        ({"do": "typed"}, "damaged_file"),
        ({"do": "untyped"}, "conversion_failed"),
        ({"do": "odd files"}, "reader_crashed"),
        ({"do": "no manifest"}, "reader_crashed"),
    ],
)
async def test_a_bad_file_fails_with_a_name_keeps_its_upload_and_is_not_tried_again(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
    order: dict[str, Any],
    code: str,
) -> None:
    revision = await queue(database, blobs, jobs, project, order)
    view = await until(database, revision.id, {"ready", "failed"})
    assert view.state == "failed"
    assert view.problem is not None
    assert view.problem["code"] == code
    assert view.problem["detail"]
    assert view.problem["remedy"]
    await asyncio.sleep(1.2)
    (row,) = await rows_of(database, revision.id)
    assert row.attempts == 1
    assert json.loads(await read_all(blobs, revision.source_sha256)) == order
    after = await queue(database, blobs, jobs, project, {"do": "nothing"})
    assert (await until(database, after.id, {"ready", "failed"})).state == "ready"


async def test_the_log_of_a_failed_conversion_can_be_read(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "untyped"})
    await until(database, revision.id, {"failed"})
    async with database.transaction() as session:
        text = await conversions.log_of(session, revision.id)
    assert "ZeroDivisionError: by zero" in text
    assert "Traceback" in text


async def test_a_running_conversion_is_cancelled_within_two_seconds(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 60})
    await until(database, revision.id, {"tessellating"})
    async with database.transaction() as session:
        await conversions.request_cancel(session, revision.id)
    view = await until(database, revision.id, {"cancelled", "failed", "ready"}, 2.0)
    assert view.state == "cancelled"
    assert view.problem is not None
    assert view.problem["code"] == "cancelled"
    assert await packages_of(database, revision.id) == []


async def test_a_waiting_conversion_is_cancelled_at_once_and_retried_on_demand(
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
    settings: Settings,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "nothing"})
    async with database.transaction() as session:
        assert (await conversions.request_cancel(session, revision.id)).state == "cancelled"
    async with database.transaction() as session:
        with pytest.raises(Conflict):
            await conversions.request_cancel(session, revision.id)
    async with database.transaction() as session:
        await flows.retry(session, jobs, await session.get_one(Revision, revision.id))
    async with database.transaction() as session:
        with pytest.raises(Conflict):
            await flows.retry(session, jobs, await session.get_one(Revision, revision.id))
    one = ConversionRunner(settings, database, blobs, jobs, converter=PROBE)
    async with worker.running(one):
        assert (await until(database, revision.id, {"ready", "failed"})).state == "ready"


async def test_a_new_package_replaces_the_current_one(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "nothing"})
    await until(database, revision.id, {"ready"})
    async with database.transaction() as session:
        again = await session.get_one(Revision, revision.id)
        # Other options: with the same ones the package that is there would be taken.
        conversion = await conversions.enqueue(session, again, {"trusted": True})
        await jobs.announce(session, conversion.id)
    await until(database, revision.id, {"queued", "reading", "optimising", "publishing"})
    await until(database, revision.id, {"ready"})
    made = await packages_of(database, revision.id)
    assert sorted(package.is_current for package in made) == [False, True]


async def test_the_same_file_is_converted_once_in_a_project_and_again_in_another(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
    published: list[Published],
) -> None:
    other = await add_bare_project(database)
    order = {"do": "slow", "seconds": 1}
    stats, files = [], []
    for home in (project, project, other):
        revision = await queue(database, blobs, jobs, home, order)
        view = await until(database, revision.id, {"ready", "failed"})
        assert view.stats is not None
        stats.append(view.stats)
        async with database.transaction() as session:
            package = await packages.current(session, revision.id)
            assert package is not None
            found = await packages.files_of(session, package.id)
            files.append({name: file.sha256 for name, file in found.items()})
    assert [bool(one.get("reused")) for one in stats] == [False, True, False]
    assert stats[1]["counts"] == stats[0]["counts"]
    assert files[0] == files[1]
    assert len(published) == 3


async def test_a_review_goes_on_with_the_next_revision_once_that_can_be_seen(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
    clock: Clock,
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    first = await queue(database, blobs, jobs, project, {"do": "nothing"})
    await until(database, first.id, {"ready"})
    review = await add_review(database, clock, first, approvers=[ben])
    async with database.transaction() as session:
        asset = await session.get_one(Asset, first.asset_id)
    broken = await queue(database, blobs, jobs, project, {"do": "crash"}, asset)
    await until(database, broken.id, {"failed"})
    async with database.transaction() as session:
        assert (await session.get_one(Review, review.id)).revision_id == first.id
    # The second of them is the file of the first again: published without being converted.
    for order in ({"do": "slow", "seconds": 0.1}, {"do": "nothing"}):
        later = await queue(database, blobs, jobs, project, order, asset)
        await until(database, later.id, {"ready"})
        async with database.transaction() as session:
            assert (await session.get_one(Review, review.id)).revision_id == later.id
            assert (await session.get_one(Revision, later.id)).lifecycle == "in_review"


async def test_the_next_revision_of_a_unitless_file_inherits_what_was_said_of_its_unit(
    runner: ConversionRunner,
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
) -> None:
    first = await queue(database, blobs, jobs, project, {"do": "nothing"})
    await until(database, first.id, {"ready"})
    async with database.transaction() as session:
        row = await session.get_one(Revision, first.id)
        row.placement = {"unit": "in"}
        asset = await session.get_one(Asset, row.asset_id)
    second = await queue(database, blobs, jobs, project, {"do": "nothing", "x": 1}, asset)
    await until(database, second.id, {"ready"})
    async with database.transaction() as session:
        assert (await session.get_one(Revision, second.id)).placement == {"unit": "in"}


async def test_an_empty_file_fails_at_the_door_with_its_name(
    database: Database, blobs: FileBlobs, jobs: EmbeddedJobs, project: Project
) -> None:
    upload = Upload("nothing.step", await put_bytes(blobs, b""))
    async with database.transaction() as session:
        _asset, revision = await flows.add_asset(
            session, jobs, upload, project_id=project.id, folder_id=None, name=None,
            author=None, now=datetime.now(UTC),
        )  # fmt: skip
    view = await look(database, revision.id)
    assert view.state == "failed"
    assert view.problem is not None
    assert view.problem["code"] == "empty_file"


def conversions_of(
    database: Database, blobs: FileBlobs, *, max_attempts: int = 3, lease_s: float = 30.0
) -> Conversions:
    return Conversions(
        database=database,
        blobs=blobs,
        worker="test",
        limits=Limits(memory_bytes=300 << 20, timeout_s=20.0, output_bytes=20 << 20),
        reader_limits={},
        lease_s=lease_s,
        max_attempts=max_attempts,
        allow_unsandboxed=False,
        on_published=worker.nobody_listens,
    )


def probe_sandbox(folder: Path, walls: Walls | None = None) -> Sandbox:
    return Sandbox(
        folder,
        walls or detect_walls(),
        entry=PROBE.entry,
        preload=(),
        python_path=[PROBE_FOLDER],
    )


async def test_a_native_format_without_walls_is_refused_and_our_own_sample_is_not(
    database: Database, blobs: FileBlobs, jobs: EmbeddedJobs, project: Project, tmp_path: Path
) -> None:
    step = b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"
    upload = Upload("a.step", await put_bytes(blobs, step))
    now = datetime.now(UTC)
    sandbox = probe_sandbox(tmp_path / "work", Walls(None, landlock=False, seccomp=False))
    states = []
    for options in ({}, {"trusted": True}):
        async with database.transaction() as session:
            _asset, revision = await flows.add_asset(
                session, jobs, upload, project_id=project.id, folder_id=None, name=None,
                author=None, now=now, options=options,
            )  # fmt: skip
        (row,) = await rows_of(database, revision.id)
        await conversions_of(database, blobs).convert(row.id, sandbox)
        view = await look(database, revision.id)
        assert view.problem is not None
        states.append(view.problem["code"])
    sandbox.close()
    assert states == ["sandbox_unavailable", "conversion_failed"]  # the probe reads no STEP


async def test_a_failure_that_is_not_the_files_is_tried_again_later_and_a_few_times_only(
    database: Database, blobs: FileBlobs, jobs: EmbeddedJobs, project: Project, tmp_path: Path
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "nothing"})
    (row,) = await rows_of(database, revision.id)
    sandbox = probe_sandbox(tmp_path / "work")

    class Broken(Sandbox):
        def convert(self, *_arguments: object, **_named: object) -> Any:
            raise Unavailable("The disk is full.")

    sandbox.__class__ = Broken
    parts = conversions_of(database, blobs, max_attempts=2)
    for attempt in (1, 2):
        await parts.convert(row.id, sandbox)
        (row,) = await rows_of(database, revision.id)
        assert (row.state, row.attempts) == ("queued", attempt)
        assert row.not_before is not None
        assert row.not_before > datetime.now(UTC)
        await parts.convert(row.id, sandbox)  # too early: nothing happens
        async with database.transaction() as session:
            (await session.get_one(Conversion, row.id)).not_before = None
    await parts.convert(row.id, sandbox)
    view = await look(database, revision.id)
    assert view.state == "failed"
    assert view.problem is not None
    assert view.problem["detail"] == "The disk is full."
    sandbox.close()


async def test_stopping_the_worker_gives_the_job_back_without_counting_it(
    database: Database,
    blobs: FileBlobs,
    jobs: EmbeddedJobs,
    project: Project,
    settings: Settings,
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 60})
    one = ConversionRunner(settings, database, blobs, jobs, converter=PROBE)
    async with worker.running(one):
        await until(database, revision.id, {"tessellating"})
    (row,) = await rows_of(database, revision.id)
    assert (row.state, row.attempts) == ("queued", 0)
    assert list((settings.data_dir / "work").iterdir()) == []


async def test_a_worker_that_lost_its_claim_publishes_nothing(
    database: Database, blobs: FileBlobs, jobs: EmbeddedJobs, project: Project, tmp_path: Path
) -> None:
    revision = await queue(database, blobs, jobs, project, {"do": "slow", "seconds": 2})
    (row,) = await rows_of(database, revision.id)
    sandbox = probe_sandbox(tmp_path / "work")
    slow = asyncio.create_task(conversions_of(database, blobs).convert(row.id, sandbox))
    await until(database, revision.id, {"tessellating"})
    async with database.transaction() as session:
        taken = await session.get_one(Conversion, row.id)
        taken.lease_until = datetime(2020, 1, 1, tzinfo=UTC)  # as if it had been stopped
        await session.flush()
        claim = await conversions.claim(session, row.id, worker="other", lease_s=30, max_attempts=3)
    assert claim is not None
    await slow
    (row,) = await rows_of(database, revision.id)
    assert (row.state, row.worker, row.fence) == ("reading", "other", 2)
    assert await packages_of(database, revision.id) == []
    sandbox.close()
