"""Sequences that span stages: an upload becomes a queued revision, a queued revision a scene.

The web calls the first half inside its transaction, the worker's loop calls `convert`. Claim, each
report and publish are transactions of their own; none stays open while a child runs.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import history, intake, notifications, reviews
from holotable.conversion.journal import converter_version
from holotable.conversion.limits import Limits
from holotable.conversion.sandbox import Outcome, Sandbox
from holotable.conversion.sniff import sniff
from holotable.conversion.zip_directory import open_zip
from holotable.errors import (
    Cancelled,
    Conflict,
    HolotableError,
    Invalid,
    MissingFiles,
    SandboxUnavailable,
    Unavailable,
)
from holotable.intake import Upload
from holotable.store.blobs import Blob, Blobs, local_file
from holotable.store.database import Database
from holotable.store.jobs import Jobs
from holotable.store.queries import anchors, conversions, projects
from holotable.store.queries.conversions import STAGES, Claim, Verdict
from holotable.store.tables import Asset, Conversion, Package, Revision

log = logging.getLogger("holotable.flows")

# Read by our own Python and numpy; every other reader is native code that a file can take over.
MEMORY_SAFE_KINDS: Final = frozenset({"stl", "obj", "ply", "off", "dae", "3ds", "gltf"})
_PACKAGES: Final = (".usdz", ".3mf")  # zips that are one model
MAX_BUNDLE_ENTRIES: Final = 10_000
_TICK_S: Final = 0.25  # progress is written at most this often
_BEAT_S: Final = 0.5  # and the row is looked at, for Cancel, at least this often
_BACK_OFF_S: Final = (2.0, 10.0, 60.0)  # after the first, second, … attempt


@dataclass(frozen=True, slots=True)
class Published:
    """A scene that has just become a revision's current one."""

    project_id: UUID
    revision_id: UUID
    package_id: UUID


OnPublished: TypeAlias = Callable[[Published], Awaitable[None]]


async def add_asset(
    session: AsyncSession,
    jobs: Jobs,
    upload: Upload,
    *,
    project_id: UUID,
    folder_id: UUID | None,
    name: str | None,
    author: UUID | None,
    now: datetime,
    note: str = "",
    options: dict[str, Any] | None = None,
) -> tuple[Asset, Revision]:
    """A new asset with its first revision, named as the file unless told otherwise."""
    asset = Asset(
        project_id=project_id,
        folder_id=folder_id,
        name=(name or "").strip()[:200] or Path(upload.name).stem[:200] or "Asset",
        created_at=now,
        created_by=author,
        updated_at=now,
    )
    session.add(asset)
    await session.flush()
    revision = await add_revision(
        session, jobs, asset, upload, author=author, now=now, note=note, options=options
    )
    return asset, revision


async def add_revision(
    session: AsyncSession,
    jobs: Jobs,
    asset: Asset,
    upload: Upload,
    *,
    author: UUID | None,
    now: datetime,
    label: str | None = None,
    note: str = "",
    options: dict[str, Any] | None = None,
) -> Revision:
    """A new revision of an asset, queued. options: fields of ConvertOptions, and `trusted` for
    files that we made ourselves."""
    revision, conversion = await intake.add_revision(
        session,
        asset,
        upload,
        label=label,
        note=note,
        author=author,
        options=options or {},
        now=now,
    )
    if conversion.state == "queued":
        await jobs.announce(session, conversion.id)
    return revision


async def retry(
    session: AsyncSession, jobs: Jobs, revision: Revision, *, allow_missing: bool | None = None
) -> Conversion:
    """Convert a revision once more after it failed or was cancelled.

    allow_missing: whether to go on without files that it names and that are not there; None keeps
        what the upload said.
    """
    last = await conversions.latest(session, revision.id)
    if last is not None and last.state not in ("failed", "cancelled"):
        raise Conflict(f"There is nothing to retry: the conversion is {last.state}.")
    options = dict(last.options) if last is not None else {}
    if allow_missing is not None:
        options["allow_missing"] = allow_missing
    conversion = await conversions.enqueue(session, revision, options)
    await jobs.announce(session, conversion.id)
    return conversion


async def missing_files(session: AsyncSession, revision: Revision) -> list[str]:
    """The files that a revision's conversion ended for want of, as the source names them.

    raises: Conflict when it did not end so: a revision that was shown never changes its source.
    """
    last = await conversions.latest(session, revision.id)
    problem = (last.problem or {}) if last is not None and last.state == "failed" else {}
    if problem.get("code") != MissingFiles.code:
        raise Conflict("No file is missing from this revision. Upload a new revision instead.")
    return [str(name) for name in problem.get("facts", {}).get("files", [])]


async def bundle(
    blobs: Blobs, revision: Revision, additions: Sequence[Upload], wanted: Sequence[str]
) -> Upload:
    """The revision's source with the files it was missing. raises: Invalid, Conflict."""
    source = Upload(revision.source_name, Blob(revision.source_sha256, revision.source_bytes))
    if source.name.lower().endswith(_PACKAGES):
        raise Conflict(f"{source.name} is one package: put the files into it and upload it again.")
    places = [intake.place_for(addition.name, wanted).casefold() for addition in additions]
    taken = {source.name.casefold()}
    async with local_file(blobs, source.blob.sha256) as path:
        if intake.is_archive(path, source.name):
            taken = await asyncio.to_thread(_entries, path)
    for place in places:
        if not place.strip(". ") or ":" in place:
            raise Invalid(f"{place!r} is no name of a file.", pointer="/file")
        if place in taken:
            raise Conflict(f"{place} is in the upload already.", file=place)
        taken.add(place)
    return await intake.bundle(blobs, source, additions, wanted)


def _entries(path: Path) -> set[str]:
    """The names in a zip, whatever their case."""
    with open_zip(path, MAX_BUNDLE_ENTRIES) as archive:
        return {name.casefold() for name in archive.namelist()}


async def complete(
    session: AsyncSession, jobs: Jobs, revision: Revision, bundled: Upload
) -> Conversion:
    """Convert a revision again from its source and the files that were added to it."""
    revision.source_name = bundled.name
    revision.source_sha256 = bundled.blob.sha256
    revision.source_bytes = bundled.blob.size
    await session.flush()
    return await retry(session, jobs, revision)


@dataclass(frozen=True, slots=True)
class Conversions:
    """What a worker needs to convert; built once by worker.py."""

    database: Database
    blobs: Blobs
    worker: str
    limits: Limits
    reader_limits: dict[str, int]  # the max_ fields of ConvertOptions
    lease_s: float
    max_attempts: int
    allow_unsandboxed: bool
    on_published: OnPublished

    async def convert(self, conversion_id: UUID, sandbox: Sandbox) -> None:
        """Claim one conversion, run it, publish it; does nothing when it is not to be had.

        Ends with the row finished or given back, whatever happens; only cancelling this task and a
        database that stays away leave it to the lease.
        """
        async with self.database.transaction() as session:
            claim = await conversions.claim(
                session,
                conversion_id,
                worker=self.worker,
                lease_s=self.lease_s,
                max_attempts=self.max_attempts,
            )
            if claim is None:  # perhaps because it has just had its last attempt
                now = await conversions.database_now(session)
                await notifications.converted(session, conversion_id, now)
        if claim is None:
            return
        log.info(
            "conversion %s: attempt %d of revision %s",
            claim.conversion_id,
            claim.attempts,
            claim.revision_id,
        )
        try:
            await self._run(claim, sandbox)
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(claim, None, counts=False))
            raise
        except Exception as problem:  # the worker's border: logged once, tried again later
            log.exception("conversion %s: attempt %d failed", claim.conversion_id, claim.attempts)
            await self._give_back(claim, problem)

    async def _run(self, claim: Claim, sandbox: Sandbox) -> None:
        async with self.database.transaction() as session:
            reused = await history.reuse(session, claim, converter_version())
            if reused is not None:
                await follow(session, claim.revision_id)
        if reused is not None:
            log.info("conversion %s: this file was converted before", claim.conversion_id)
            await self._announce(claim, reused)
            return
        async with local_file(self.blobs, claim.source_sha256) as source:
            refusal = await asyncio.to_thread(self._refusal, claim, source, sandbox)
            if refusal is not None:
                await self._finish(claim, "failed", refusal, "")
                return
            async with _Heart(self, claim, sandbox) as heart:
                outcome = await self._in_sandbox(claim, source, sandbox, heart)
                try:
                    await self._conclude(claim, outcome, heart)
                finally:
                    await asyncio.to_thread(outcome.discard)

    async def _in_sandbox(
        self, claim: Claim, source: Path, sandbox: Sandbox, heart: "_Heart"
    ) -> Outcome:
        options = {key: value for key, value in claim.options.items() if key != "trusted"}
        sandbox.start()  # in this thread, which lives as long as the worker
        work = asyncio.get_running_loop().run_in_executor(
            None,
            lambda: sandbox.convert(
                source,
                claim.source_name,
                {**options, **self.reader_limits},
                self.limits,
                heart.report,
            ),
        )
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            sandbox.cancel()
            await asyncio.wait([work])
            if work.exception() is None:
                await asyncio.to_thread(work.result().discard)
            raise

    async def _conclude(self, claim: Claim, outcome: Outcome, heart: "_Heart") -> None:
        """Publish, or say why not."""
        if heart.verdict is Verdict.LOST:
            log.warning("conversion %s: another worker has it now", claim.conversion_id)
            return
        if heart.verdict is Verdict.CANCEL:
            await self._finish(claim, "cancelled", Cancelled(), outcome.log)
            return
        if outcome.problem is not None:
            await self._finish(claim, "failed", outcome.problem, outcome.log)
            return
        heart.report("publishing", 0.0)
        try:
            written = await asyncio.to_thread(history.inspect_output, outcome.out)
        except HolotableError as problem:
            await self._finish(claim, "failed", problem, outcome.log)
            return
        files = await history.store_output(self.blobs, written)
        stats = {
            **history.stats_of(written.manifest, files),
            "seconds": round(outcome.seconds, 3),
            "cpu_s": outcome.cpu_s,
            "peak_memory_bytes": outcome.peak_memory_bytes,
        }
        async with self.database.transaction() as session:
            package = await history.publish(
                session, claim, files, stats, outcome.log, converter_version()
            )
            if package is not None:
                await follow(session, claim.revision_id)
        if package is None:
            await self._finish(claim, "cancelled", Cancelled(), outcome.log)
            log.warning("conversion %s: stale or cancelled, not published", claim.conversion_id)
            return
        log.info("conversion %s: ready in %.2f s", claim.conversion_id, outcome.seconds)
        await self._announce(claim, package)

    async def _announce(self, claim: Claim, package: Package) -> None:
        """Tell whoever listens; the scene is published whatever becomes of it."""
        try:
            await self.on_published(Published(claim.project_id, claim.revision_id, package.id))
        except Exception:
            log.exception("conversion %s: the announcement failed", claim.conversion_id)

    def _refusal(self, claim: Claim, source: Path, sandbox: Sandbox) -> HolotableError | None:
        """Why this file may not be read on this machine, if it may not."""
        if sandbox.walls.isolates or self.allow_unsandboxed or claim.options.get("trusted"):
            return None
        try:
            kind = sniff(source, claim.source_name)
        except HolotableError as problem:
            return problem
        return None if kind in MEMORY_SAFE_KINDS else SandboxUnavailable(kind=kind)

    async def _finish(self, claim: Claim, state: str, problem: HolotableError, text: str) -> None:
        async with self.database.transaction() as session:
            done = await conversions.finish(session, claim, state, problem=problem, log=text)
            if done and state == "failed":
                now = await conversions.database_now(session)
                await notifications.converted(session, claim.conversion_id, now)
        if done:
            log.info("conversion %s: %s (%s)", claim.conversion_id, state, problem.code)

    async def _give_back(
        self, claim: Claim, cause: Exception | None, *, counts: bool = True
    ) -> None:
        problem = cause if isinstance(cause, HolotableError) else None
        if cause is not None and problem is None:
            problem = Unavailable(f"The worker failed: {type(cause).__name__}.")
        delay_s = _BACK_OFF_S[min(claim.attempts, len(_BACK_OFF_S)) - 1] if counts else 0.0
        try:
            async with self.database.transaction() as session:
                await conversions.give_back(
                    session, claim, delay_s=delay_s, problem=problem, counts=counts
                )
        except SQLAlchemyError:
            log.exception("conversion %s: left to its lease", claim.conversion_id)


async def follow(session: AsyncSession, revision_id: UUID) -> None:
    """What a revision that can be seen brings with it, in the transaction that publishes it.

    The review of its asset goes on with it, and the pins of earlier ones wait to be carried over.
    """
    revision = await session.get_one(Revision, revision_id)
    await projects.lock(session, revision.project_id)
    await anchors.enqueue(session, revision)
    now = await conversions.database_now(session)
    await reviews.move_on(session, revision, now)
    latest = await conversions.latest(session, revision.id)
    if latest is not None:
        await notifications.converted(session, latest.id, now)


@dataclass(slots=True)
class _Heart:
    """Tells the row that the work goes on, and the sandbox when it must stop."""

    parts: Conversions
    claim: Claim
    sandbox: Sandbox
    verdict: Verdict = Verdict.CONTINUE
    _state: str = STAGES[0]
    _fraction: float = 0.0
    _task: asyncio.Task[None] | None = field(default=None)

    def report(self, state: str, fraction: float) -> None:
        """Note how far it is, from any thread; stages that nobody knows are left out."""
        if state in (*STAGES, "publishing"):
            self._state, self._fraction = state, fraction

    async def __aenter__(self) -> "_Heart":
        self._task = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_exception: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        told, last = ("", -1.0), loop.time()
        while self.verdict is Verdict.CONTINUE:
            await asyncio.sleep(_TICK_S)
            now = (self._state, self._fraction)
            if now == told and loop.time() - last < _BEAT_S:
                continue
            try:
                async with self.parts.database.transaction() as session:
                    verdict = await conversions.beat(
                        session,
                        self.claim,
                        lease_s=self.parts.lease_s,
                        state=now[0],
                        fraction=now[1],
                    )
                told, last = now, loop.time()
            except SQLAlchemyError:
                log.exception("conversion %s: a report failed", self.claim.conversion_id)
                verdict = Verdict.LOST if loop.time() - last > self.parts.lease_s else self.verdict
            if verdict is not Verdict.CONTINUE:
                self.verdict = verdict
                self.sandbox.cancel()
