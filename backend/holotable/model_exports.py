"""A revision's model in the formats of others: asked for, made beside the server, kept as a blob.

A row is the truth, as with packets: whoever serves makes what was asked for, one at a time, in a
child process; when that process dies, its lease runs out and the next one makes it again. The key
names all that decides the bytes, so a second ask of the same is answered at once.
"""

import asyncio
import json
import logging
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args
from uuid import UUID

import numpy as np
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import delivery, exchange
from holotable.errors import (
    HolotableError,
    ModelExportCancelled,
    ModelExportFailed,
    NoGeometry,
    NoModel,
)
from holotable.model_export_run import DAMAGED, MODEL, NO_GEOMETRY, TOO_LARGE
from holotable.store.blobs import Blobs, local_file, put_file
from holotable.store.database import Database
from holotable.store.exchange_tables import ModelExport
from holotable.store.queries import model_exports as rows
from holotable.store.queries import packages
from holotable.store.queries.packages import COMPRESSED, StoredFile
from holotable.store.tables import Asset, Revision

log = logging.getLogger("holotable.model_exports")

Format: TypeAlias = Literal["glb", "packed", "usdz", "usda", "stl", "obj", "3mf"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
# What the file is called behind its name, and what it is (IANA, where it is registered).
SUFFIXES: Final[Mapping[str, str]] = {
    "glb": ".glb",
    "packed": ".scene.zip",
    "usdz": ".usdz",
    "usda": ".usda",
    "stl": ".stl",
    "obj": ".obj.zip",
    "3mf": ".3mf",
}
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "glb": "model/gltf-binary",
    "packed": "application/zip",
    "usdz": "model/vnd.usdz+zip",
    "usda": "model/vnd.usda",
    "stl": "model/stl",
    "obj": "application/zip",
    "3mf": "model/3mf",
}
LEASE: Final = timedelta(seconds=30)
BEAT_S: Final = 1.0  # how often the row hears how far it is, and says whether it is cancelled
POLL_S: Final = 2.0
TIMEOUT_S: Final = 900.0
MEMORY_BYTES: Final = 6 << 30  # of addresses
OUTPUT_BYTES: Final = 8 << 30


@dataclass(frozen=True, slots=True)
class Model:
    """What an export is made of, gathered in one transaction."""

    files: Mapping[str, StoredFile]
    placement: tuple[float, ...]  # (16,) row by row: unit and up axis
    asset: Mapping[str, str]  # name, identifier, version


class _Taken(Exception):
    """Cancelled, or made by another process meanwhile: nothing is to be said."""


@cache
def engine_version() -> str:
    """A mark of the code that writes: a better writer writes again."""
    digest = sha256()
    for path in sorted(Path(exchange.__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


async def _model_of(session: AsyncSession, revision: Revision, format: str) -> Model:
    """What an export is made of. raises: NotReady without a package, NoModel without a model."""
    package_id = await delivery.require_package(session, revision.id)
    found = await packages.files_of(session, package_id)
    if format == "packed":
        files = {name: one for name, one in found.items() if not name.endswith(COMPRESSED)}
    elif MODEL in found:
        files = {MODEL: found[MODEL]}
    else:
        raise NoModel()
    asset = await session.get_one(Asset, revision.asset_id)
    placement = np.eye(4)
    if format != "packed":
        placement = await delivery.correction_of(session, revision)
    return Model(
        files,
        tuple(placement.reshape(-1).tolist()),
        {
            "name": asset.name,
            "identifier": asset.part_number or str(asset.id),
            "version": revision.label,
        },
    )


def _key(revision: Revision, format: str, model: Model) -> str:
    """All that decides the bytes and the name."""
    content = {name: one.sha256 for name, one in model.files.items()}
    said = [engine_version(), str(revision.id), format, content, model.placement, model.asset]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def file_name(asset: str, label: str, format: str) -> str:
    """Gearbox-C.glb, with nothing in it that any file system dislikes."""
    name = re.sub(r"[^\w.+-]+", "-", asset).strip("-.")[:80] or "asset"
    revision = re.sub(r"[^\w.+-]+", "-", label).strip("-.") or "revision"
    return f"{name}-{revision}{SUFFIXES[format]}"


def said(problem: HolotableError) -> dict[str, Any]:
    """A problem as a row keeps it."""
    return {"code": problem.code, "detail": problem.detail, "remedy": problem.remedy}


class ModelExports:
    """Makes what was asked for, one at a time in this process."""

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime]) -> None:
        self._database, self._blobs, self._clock = database, blobs, clock
        self._asked = asyncio.Event()

    async def ask(self, revision: Revision, format: Format, by: UUID) -> ModelExport:
        """The export of a revision as it stands, ready or on its way.

        raises: NotReady without a package, NoModel when model.glb was left out for its size.
        """
        try:
            row = await self._ask(revision, format, by)
        except IntegrityError:  # somebody else asked at the same moment
            row = await self._ask(revision, format, by)
        self._asked.set()
        return row

    async def _ask(self, revision: Revision, format: Format, by: UUID) -> ModelExport:
        async with self._database.transaction() as session:
            current = await session.get_one(Revision, revision.id)
            model = await _model_of(session, current, format)
            return await rows.ask(
                session,
                current,
                package_id=next(iter(model.files.values())).package_id,
                format=format,
                key=_key(current, format, model),
                file_name=file_name(model.asset["name"], current.label, format),
                by=by,
                now=self._clock(),
            )

    async def cancel(self, session: AsyncSession, row: ModelExport, name: str) -> None:
        """Stop making it; what is over stays what it is. name: whoever cancels."""
        problem = said(ModelExportCancelled(f"{name} cancelled this."))
        await rows.cancel(session, row.id, self._clock(), problem)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make exports while the block lasts; one that is cut off is made again later."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                while await self.make_one():
                    continue
            except Exception:  # the loop's border: logged once, and tried again
                log.exception("exports could not be looked for")
            try:
                async with asyncio.timeout(POLL_S):
                    await self._asked.wait()
            except TimeoutError:
                continue
            finally:
                self._asked.clear()

    async def make_one(self) -> bool:
        """Make the export that has waited longest; False when none waits."""
        async with self._database.transaction() as session:
            row = await rows.claim(session, self._clock(), LEASE)
        if row is None:
            return False
        problem: HolotableError | None = None
        try:
            if row.attempts > rows.MAX_ATTEMPTS:
                raise ModelExportFailed("Writing this file was cut off again and again.")
            async with asyncio.timeout(TIMEOUT_S):
                await self._make(row)
        except _Taken:
            log.info("export %s was cancelled or taken over", row.id)
        except HolotableError as known:
            problem = known
        except TimeoutError:
            problem = ModelExportFailed(f"It took longer than {TIMEOUT_S / 60:.0f} minutes.")
        except Exception:  # the job's border: logged once, the row says so
            log.exception("export %s failed", row.id)
            problem = ModelExportFailed()
        if problem is not None:
            async with self._database.transaction() as session:
                await rows.finish(session, row, now=self._clock(), problem=said(problem))
        return True

    async def _make(self, row: ModelExport) -> None:
        """Write and keep. raises: HolotableError with what is to be said, _Taken."""
        async with self._database.transaction() as session:
            revision = await session.get_one(Revision, row.revision_id)
            model = await _model_of(session, revision, row.format)
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="holotable-")))
            out = folder / f"model{SUFFIXES[row.format]}"
            paths = {
                name: str(await stack.enter_async_context(local_file(self._blobs, one.sha256)))
                for name, one in model.files.items()
            }
            left_out = await self._child(
                row,
                {
                    "out": str(out), "packed": row.format == "packed", "files": paths,
                    "placement": model.placement, "asset": dict(model.asset),
                    "memory_bytes": MEMORY_BYTES, "seconds": TIMEOUT_S,
                    "output_bytes": OUTPUT_BYTES,
                },
            )  # fmt: skip
            blob = await put_file(self._blobs, out)
        async with self._database.transaction() as session:
            await rows.finish(
                session, row, now=self._clock(),
                sha256=blob.sha256, size=blob.size, left_out=left_out,
            )  # fmt: skip

    async def _child(self, row: ModelExport, order: Mapping[str, Any]) -> dict[str, int]:
        """Run the writer; returns what was left out. raises: ModelExportFailed, NoGeometry."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "holotable.model_export_run",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        heard: list[Any] = [0.0]
        watch = asyncio.create_task(self._watch(row, heard))
        talk = asyncio.create_task(_talk(process, order, heard))
        try:
            await asyncio.wait({watch, talk}, return_when=asyncio.FIRST_COMPLETED)
            if not talk.done():
                await watch  # raises _Taken, or what the database said
            errors = await talk
        finally:
            watch.cancel()
            talk.cancel()
            if process.returncode is None:
                process.kill()
            await process.wait()
            await asyncio.gather(watch, talk, return_exceptions=True)
        if process.returncode == 0 and isinstance(heard[-1], dict):
            return heard[-1]
        raise _refusal(process.returncode, errors, row)

    async def _watch(self, row: ModelExport, heard: list[Any]) -> None:
        """Tell the row how far it is. raises: _Taken when it is no longer ours."""
        while True:
            share = heard[-1] if isinstance(heard[-1], float) else 1.0
            async with self._database.transaction() as session:
                ours = await rows.beat(session, row, fraction=share, now=self._clock(), lease=LEASE)
            if not ours:
                raise _Taken
            await asyncio.sleep(BEAT_S)


async def _talk(
    process: asyncio.subprocess.Process, order: Mapping[str, Any], heard: list[Any]
) -> str:
    """Hand the order over and listen to the end; returns what was said on standard error."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    # A process that ended before it read its order says so by its exit code.
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps(order).encode())
        await process.stdin.drain()
    process.stdin.close()
    errors = asyncio.create_task(process.stderr.read())
    async for line in process.stdout:
        with suppress(ValueError):  # a library may print what it likes
            heard.append(json.loads(line))
    words = await errors
    await process.wait()
    return words[-4000:].decode("utf-8", "replace")


def _refusal(code: int | None, words: str, row: ModelExport) -> HolotableError:
    if code == NO_GEOMETRY:
        return NoGeometry(words)
    if code == DAMAGED:
        return ModelExportFailed("The scene's model cannot be read.")
    if code == TOO_LARGE:
        return ModelExportFailed("This model is too large to be written on this machine.")
    log.error("export %s ended with %s: %s", row.id, code, words)
    return ModelExportFailed("The writer of this format stopped.")
