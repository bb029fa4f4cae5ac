"""Two revisions → what changed: computed once, in a process of its own, and kept as blobs.

A row in the table is the truth. Whoever asks first computes it; when that process dies, its lease
runs out and the next who asks computes it again.
"""

import asyncio
import gzip
import json
import logging
import sys
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import review
from holotable.errors import (
    ComparisonFailed,
    HolotableError,
    NotComparable,
    NotReady,
    SameRevision,
)
from holotable.review.compare_partners import PartnerColumns, read_partner_columns
from holotable.review.coverage import changed_numbers, codes_of_new
from holotable.store.blobs import Blobs, local_file, put_file, read_all
from holotable.store.database import Database
from holotable.store.queries import comparisons, conversions, packages
from holotable.store.queries.packages import StoredFile
from holotable.store.tables import Comparison, Conversion, Package, Revision

log = logging.getLogger("holotable.comparison")

# What the child reads of a package, and what it is told: see comparison_run.py.
NEEDED: Final = ("structure.json", "structure-props.json", "exact.bin", "model.glb", "shape.bin")
TOO_LARGE: Final = 3
SECONDS: Final = 60.0  # for looking closely at shapes; then they are believed
TIMEOUT_S: Final = 300.0
MEMORY_BYTES: Final = 6 << 30  # of addresses: the two model.glb are mapped, not read
LEASE: Final = timedelta(seconds=TIMEOUT_S + 60)
RETRY_AFTER: Final = timedelta(minutes=5)
_RETRY_SECONDS: Final = 2
_LOOK_AGAIN_S: Final = 0.1
_CACHED_ROWS: Final = 300_000  # rows of changes kept parsed


@dataclass(frozen=True, slots=True)
class Side:
    """One revision as it is compared: its package's files and what its placement corrects."""

    revision_id: UUID
    project_id: UUID
    package_id: UUID
    source: Mapping[str, Any]
    placement: Mapping[str, Any] | None
    files: Mapping[str, StoredFile]
    points_only: bool

    def key(self) -> str:
        """All that decides what it looks like."""
        content = {name: file.sha256 for name, file in self.files.items()}
        said = {name: self.source.get(name) for name in ("kind", "length_unit", "up_axis")}
        return json.dumps([str(self.package_id), content, said, self.placement], sort_keys=True)


@dataclass(frozen=True, slots=True)
class Changed:
    """structure: sha256 of the new revision's.  numbers: dense, of what changed in it."""

    structure: str
    numbers: NDArray[np.int64]


@cache
def engine_version() -> str:
    """A mark of the code that compares: a better engine compares again."""
    digest = sha256()
    folder = Path(review.__file__).parent
    for path in sorted([*folder.glob("*.py"), Path(__file__).with_name("comparison_run.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


async def side_of(session: AsyncSession, revision: Revision) -> Side:
    """A revision to be compared. raises: NotReady without a package."""
    package = await packages.current(session, revision.id)
    if package is None:
        last = await conversions.latest(session, revision.id)
        state = last.state if last else "queued"
        raise NotReady(
            f"Revision {revision.label} has no scene yet: its conversion is {state}.",
            state=state, revision_id=str(revision.id),
        )  # fmt: skip
    stats = await _stats(session, package)
    files = await packages.files_of(session, package.id)
    if NEEDED[0] not in files:
        raise NotReady("This scene has no structure.", state="ready", revision_id=str(revision.id))
    counts = stats.get("counts") or {}
    return Side(
        revision.id,
        revision.project_id,
        package.id,
        stats,
        revision.placement,
        {name: files[name] for name in NEEDED if name in files},
        bool(counts.get("points")) and not counts.get("triangles"),
    )


async def _stats(session: AsyncSession, package: Package) -> dict[str, Any]:
    conversion = await session.get(Conversion, package.conversion_id)
    return (conversion.stats if conversion else None) or {}


def _check(old: Side, new: Side) -> None:
    if old.revision_id == new.revision_id:
        raise SameRevision()
    if old.points_only != new.points_only:
        raise NotComparable()


def _written(folder: Path) -> tuple[dict[str, Any], list[Path]]:
    """What the child wrote: the summary, and all files."""
    return json.loads((folder / "summary.json").read_bytes()), sorted(folder.iterdir())


class Comparisons:
    """Computes comparisons, one at a time in this process, and hands out what they found."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database, self._blobs = database, blobs
        self._turn = asyncio.Semaphore(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._rows: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()
        self._shares: dict[UUID, float] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End what is being computed when the process ends; its lease runs out by itself."""
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def prepare(self, old_id: UUID, new_id: UUID) -> None:
        """Let two revisions be compared soon, if nobody has; why they cannot be is for who asks."""
        task = asyncio.create_task(self._prepare(old_id, new_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _prepare(self, old_id: UUID, new_id: UUID) -> None:
        try:
            async with self._database.transaction() as session:
                old = await side_of(session, await session.get_one(Revision, old_id))
                new = await side_of(session, await session.get_one(Revision, new_id))
            await self.ask(old, new, None)
        except HolotableError as refused:
            log.info("revisions %s and %s are not compared: %s", old_id, new_id, refused.detail)
        except SQLAlchemyError:
            log.exception("revisions %s and %s could not be compared", old_id, new_id)

    async def changed(self, session: AsyncSession, old: Revision, new: Revision) -> Changed | None:
        """What the two revisions' comparison found in the new one; None while there is none.

        Reads only: see `prepare`. raises: SameRevision, NotComparable, ComparisonFailed.
        """
        try:
            before, after = await side_of(session, old), await side_of(session, new)
        except NotReady:
            return None
        _check(before, after)
        row = await comparisons.by_key(session, self._key(before, after))
        if row is not None and row.state == "failed":
            raise ComparisonFailed(str((row.problem or {}).get("detail") or "") or None)
        if row is None or row.state != "ready":
            return None
        content = await read_all(self._blobs, str(row.files["occurrences.bin"]["sha256"]))
        codes = await asyncio.to_thread(lambda: codes_of_new(gzip.decompress(content)))
        return Changed(after.files[NEEDED[0]].sha256, changed_numbers(codes))

    @staticmethod
    def _key(old: Side, new: Side) -> str:
        said = [engine_version(), str(old.revision_id), old.key(), str(new.revision_id), new.key()]
        return sha256("\n".join(said).encode()).hexdigest()

    async def ask(self, old: Side, new: Side, author: UUID | None) -> Comparison:
        """The comparison of two revisions, being computed or ready; starts it when it is neither.

        raises: SameRevision, NotComparable; ComparisonFailed when it failed not long ago.
        """
        _check(old, new)
        key = self._key(old, new)
        now = datetime.now(UTC)
        begun = False
        try:
            async with self._database.transaction() as session:
                row = await comparisons.by_key(session, key)
                if row is None:
                    row = await comparisons.begin(
                        session, key=key, project_id=old.project_id,
                        old_revision_id=old.revision_id, new_revision_id=new.revision_id,
                        author=author, now=now, lease=LEASE,
                    )  # fmt: skip
                    begun = True
                elif row.state != "ready" and row.lease_until is not None and row.lease_until < now:
                    begun = await comparisons.take_over(session, row, now=now, lease=LEASE)
                    await session.refresh(row)
        except IntegrityError:  # somebody else asked at the same moment
            async with self._database.transaction() as session:
                row = await comparisons.by_key(session, key)
            if row is None:
                raise
        if begun:
            self._start(row.id, old, new)
        elif row.state == "failed":
            problem = row.problem or {}
            raise ComparisonFailed(str(problem.get("detail") or "") or None)
        return row

    def _start(self, comparison_id: UUID, old: Side, new: Side) -> None:
        task = asyncio.create_task(self._compute(comparison_id, old, new))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait for what is being computed here."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _compute(self, comparison_id: UUID, old: Side, new: Side) -> None:
        problem: dict[str, Any] | None = None
        summary: dict[str, Any] | None = None
        files: dict[str, Any] = {}
        try:
            async with self._turn:
                summary, files = await self._run(comparison_id, old, new)
        except ComparisonFailed as failure:
            problem = {"code": failure.code, "detail": failure.detail}
        except Exception:  # the task's border: logged once, the row says so
            log.exception("comparison %s failed", comparison_id)
            problem = {"code": ComparisonFailed.code, "detail": "The comparison stopped."}
        finally:
            self._shares.pop(comparison_id, None)
        async with self._database.transaction() as session:
            await comparisons.finish(
                session, comparison_id, now=datetime.now(UTC), retry_after=RETRY_AFTER,
                summary=summary, files=files, problem=problem,
            )  # fmt: skip

    async def _run(
        self, comparison_id: UUID, old: Side, new: Side
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run the child and store what it wrote. raises: ComparisonFailed."""
        async with AsyncExitStack() as stack:
            work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="holotable-")))
            order: dict[str, Any] = {
                "out": str(work), "seconds": SECONDS, "memory_bytes": MEMORY_BYTES,
            }  # fmt: skip
            mapped = 0
            for name, side in (("old", old), ("new", new)):
                paths = {
                    file: str(
                        await stack.enter_async_context(local_file(self._blobs, stored.sha256))
                    )
                    for file, stored in side.files.items()
                }
                mapped += sum(stored.size for stored in side.files.values())
                source = {key: side.source.get(key) for key in ("kind", "length_unit", "up_axis")}
                order[name] = {"files": paths, "source": source, "placement": side.placement}
            order["memory_bytes"] = MEMORY_BYTES + mapped
            await self._child(comparison_id, order)
            summary, written = await asyncio.to_thread(_written, work)
            stored_files = {}
            for path in written:
                blob = await put_file(self._blobs, path)
                stored_files[path.name] = {"sha256": blob.sha256, "bytes": blob.size}
            return summary, stored_files

    async def _child(self, comparison_id: UUID, order: Mapping[str, Any]) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "holotable.comparison_run",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(TIMEOUT_S), asyncio.TaskGroup() as group:
                group.create_task(self._listen(comparison_id, process))
                said = await self._order(process, order)
        except TimeoutError as late:
            raise ComparisonFailed(
                f"Comparing these revisions took longer than {TIMEOUT_S / 60:.0f} minutes."
            ) from late
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == TOO_LARGE:
            raise ComparisonFailed("These revisions are too large to be compared on this machine.")
        if process.returncode != 0:
            log.error(
                "the comparison ended with %s: %s",
                process.returncode,
                said[-4000:].decode("utf-8", "replace"),
            )
            raise ComparisonFailed("One of these scenes holds something that cannot be compared.")

    async def _order(self, process: asyncio.subprocess.Process, order: Mapping[str, Any]) -> bytes:
        """Hand the order over and wait; returns what it said on standard error."""
        assert process.stdin is not None
        assert process.stderr is not None
        # A process that ended before it read its order says so by its exit code.
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(json.dumps(order).encode())
            await process.stdin.drain()
        process.stdin.close()
        said = await process.stderr.read()
        await process.wait()
        return said

    async def _listen(self, comparison_id: UUID, process: asyncio.subprocess.Process) -> None:
        """Note the shares that the child says are done."""
        assert process.stdout is not None
        async for line in process.stdout:
            with suppress(ValueError):
                self._shares[comparison_id] = min(1.0, max(0.0, float(line)))

    def share_done(self, row: Comparison) -> float | None:
        """How far a comparison is, 0 to 1; None where another process computes it."""
        return self._shares.get(row.id)

    async def rows(self, row: Comparison, name: str) -> list[dict[str, Any]]:
        """The rows of a result's JSON file: changes.json, tour.json or parts.json."""
        digest = str(row.files[name]["sha256"])
        if digest in self._rows:
            self._rows.move_to_end(digest)
            return self._rows[digest]
        content = await read_all(self._blobs, digest)
        parsed: list[dict[str, Any]] = await asyncio.to_thread(json.loads, content)
        self._rows[digest] = parsed
        while len(self._rows) > 1 and sum(len(one) for one in self._rows.values()) > _CACHED_ROWS:
            self._rows.popitem(last=False)
        return parsed

    async def partners(self, old_id: UUID, new_id: UUID, *, wait_s: float) -> PartnerColumns | None:
        """Who became whom, computed if it was not yet; None when it cannot be told, or not so soon.

        wait_s: for a comparison that is being computed, here or by another process.
        """
        try:
            async with self._database.transaction() as session:
                old = await side_of(session, await session.get_one(Revision, old_id))
                new = await side_of(session, await session.get_one(Revision, new_id))
            if old.project_id != new.project_id:
                return None
            async with asyncio.timeout(wait_s):
                row = await self.ask(old, new, None)
                while row.state == "computing":
                    await asyncio.sleep(_LOOK_AGAIN_S)
                    row = await self.ask(old, new, None)
            content = await read_all(self._blobs, str(row.files["partners.bin"]["sha256"]))
            return read_partner_columns(content)
        except (SameRevision, NotComparable, NotReady, TimeoutError):
            return None
        except HolotableError as failure:
            log.warning("no partners of %s and %s: %s", old_id, new_id, failure.detail)
            return None

    def retry_after_s(self) -> int:
        """When to ask again."""
        return _RETRY_SECONDS
