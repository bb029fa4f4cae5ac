"""Uploads that resume (tus 1.0.0): pieces in the blob store, the offset in the database.

A writer keeps what has arrived in pieces and moves the offset with each; a line that breaks loses
what came since the last piece at most. With a checksum nothing counts before all of it is right.
When the last byte is here the pieces become one source and one revision, exactly as a form's file.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable import flows, intake
from holotable.errors import (
    Conflict,
    Gone,
    HolotableError,
    NotFound,
    TooMany,
    TusChecksumWrong,
    TusOffsetWrong,
    TusTooLong,
    Unavailable,
)
from holotable.intake import Upload
from holotable.store.blobs import Blobs, Incoming, incoming
from holotable.store.database import Database
from holotable.store.exchange_tables import TusUpload
from holotable.store.jobs import Jobs
from holotable.store.queries import projects, visible
from holotable.store.queries import tus as rows
from holotable.store.queries.tus import Piece
from holotable.store.tables import Asset

log = logging.getLogger("holotable.tus")

PIECE_BYTES: Final = 8 << 20  # kept at once: what a broken line loses at most
MAX_PIECES: Final = 20_000  # of one upload: a client that sends a byte at a time is refused
MAX_OPEN: Final = 50  # uploads somebody may have begun
SWEEP_S: Final = 300.0
ALGORITHMS: Final = ("sha1", "sha256", "md5")
_MARK_BYTES: Final = 24
_STOP_S: Final = 10.0  # for a writer to keep what it has
_LABEL_ATTEMPTS: Final = 4  # two uploads to one asset that end at the same moment


@dataclass(frozen=True, slots=True)
class Checksum:
    """What Upload-Checksum says of one request's bytes. algorithm: one of ALGORITHMS."""

    algorithm: str
    digest: bytes


def _mark(upload_id: UUID, start: int) -> bytes:
    """What a piece's blob begins with: no other blob is ever the same, so it may be deleted."""
    return upload_id.bytes + start.to_bytes(8, "big")


class TusUploads:
    """Keeps pieces, makes files of them, and tidies up after those who never came back."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        jobs: Jobs,
        clock: Callable[[], datetime],
        lifetime: timedelta,
    ) -> None:
        self._database, self._blobs, self._jobs = database, blobs, jobs
        self._clock, self._lifetime = clock, lifetime
        self._writers: dict[UUID, _Writer] = {}  # of this process

    async def create(
        self,
        session: AsyncSession,
        *,
        project_id: UUID,
        asset: Asset | None,
        author: UUID,
        name: str,
        length: int,
        metadata: str,
        fields: dict[str, Any],
    ) -> TusUpload:
        """A place for a file of `length` bytes. raises: TooMany, NotFound for another's folder."""
        if await rows.open_ones(session, author) >= MAX_OPEN:
            raise TooMany(f"You have {MAX_OPEN} uploads that are not finished.", retry_after_s=60)
        if asset is None:
            folder_id = fields.get("folder_id")
            await projects.place_in(session, project_id, UUID(folder_id) if folder_id else None)
        now = self._clock()
        row = TusUpload(
            project_id=project_id,
            asset_id=asset.id if asset else None,
            created_by=author,
            name=intake.clean_name(name),
            length=length,
            offset=0,
            fence=0,
            metadata_text=metadata,
            fields=fields,
            state="open",
            created_at=now,
            expires_at=now + self._lifetime,
        )
        session.add(row)
        await session.flush()
        return row

    async def stand(self, upload_id: UUID) -> TusUpload:
        """Where it stands, for certain: whoever still writes moves it no more.

        A writer of this process keeps what it has first; one of another process loses its piece.
        """
        await self._stop_writer(upload_id)
        async with self._database.transaction() as session:
            await rows.settle(session, upload_id)
            return await session.get_one(TusUpload, upload_id, populate_existing=True)

    async def append(
        self,
        row: TusUpload,
        offset: int,
        chunks: AsyncGenerator[bytes, None],
        checksum: Checksum | None,
    ) -> TusUpload:
        """Add bytes at `offset`, and make the revision when they were the last.

        raises: Gone, TusOffsetWrong, TusTooLong, TusChecksumWrong; Refused when the sender left.
        """
        self.require_open(row)
        await self._stop_writer(row.id)
        async with self._database.transaction() as session:
            fence = await rows.claim(session, row.id, offset)
            kept = await rows.pieces_of(session, row.id)
        if fence is None:
            now = await self._fresh(row.id)
            raise TusOffsetWrong(
                f"This upload stands at {now.offset}, not at {offset}.", offset=now.offset
            )
        if len(kept) >= MAX_PIECES:
            raise TooMany("This upload came in too many pieces; send larger ones.")
        writer = _Writer(self._database, self._blobs, row, fence, offset, checksum)
        self._writers[row.id] = writer
        try:
            await writer.take(chunks, lambda: self._clock() + self._lifetime)
        finally:
            writer.over.set()
            if self._writers.get(row.id) is writer:
                del self._writers[row.id]
        return await self.finish(row.id)

    async def _stop_writer(self, upload_id: UUID) -> None:
        writer = self._writers.get(upload_id)
        if writer is None:
            return
        writer.stop.set()
        with suppress(TimeoutError):  # then its fence stops it
            async with asyncio.timeout(_STOP_S):
                await writer.over.wait()

    def require_open(self, row: TusUpload) -> None:
        """Let nobody add to what is over. raises: Gone."""
        if row.state == "ended" or (row.state == "open" and row.expires_at < self._clock()):
            raise Gone("This upload was ended or not continued in time; its bytes are gone.")
        if row.state == "failed":
            raise Gone(str((row.problem or {}).get("detail") or "") or None)

    async def _fresh(self, upload_id: UUID) -> TusUpload:
        async with self._database.transaction() as session:
            return await session.get_one(TusUpload, upload_id, populate_existing=True)

    async def finish(self, upload_id: UUID) -> TusUpload:
        """Make the revision when all bytes are here and nobody has; the row as it is then."""
        row = await self._fresh(upload_id)
        if row.state != "open" or row.offset < row.length:
            return row
        try:
            upload = await self._assemble(row)
            await self._publish(row, upload)
        except HolotableError as problem:
            if isinstance(problem, Unavailable):
                raise
            said = {"code": problem.code, "detail": problem.detail, "remedy": problem.remedy}
            async with self._database.transaction() as session:
                await rows.end(session, row.id, "failed", said)
            await self._drop(row.id)
            raise
        await self._drop(row.id)
        return await self._fresh(row.id)

    async def _assemble(self, row: TusUpload) -> Upload:
        async with self._database.transaction() as session:
            pieces = await rows.pieces_of(session, row.id)
        async with incoming(self._blobs) as spool:
            for piece in pieces:
                if piece.start != spool.size:
                    break
                async for chunk in self._blobs.read(piece.sha256, _MARK_BYTES):
                    await spool.write(chunk)
            if spool.size != row.length:
                raise Unavailable("Some bytes of this upload are not in the store any more.")
            return Upload(row.name, await spool.keep())

    async def _publish(self, row: TusUpload, upload: Upload) -> None:
        """One transaction: the upload is done, and there is its revision."""
        for attempt in range(_LABEL_ATTEMPTS):
            try:
                async with self._database.transaction() as session:
                    if await rows.end(session, row.id, "done"):
                        mine = await session.get_one(TusUpload, row.id, populate_existing=True)
                        mine.revision_id = await self._revision(session, mine, upload)
                    return  # or another request was faster
            except Conflict:
                if row.fields.get("label") or attempt == _LABEL_ATTEMPTS - 1:
                    raise

    async def _revision(self, session: AsyncSession, row: TusUpload, upload: Upload) -> UUID:
        fields, now = row.fields, self._clock()
        options = {} if fields.get("allow_missing", True) else {"allow_missing": False}
        if row.asset_id is None:
            folder = UUID(fields["folder_id"]) if fields.get("folder_id") else None
            await projects.place_in(session, row.project_id, folder)
            _, revision = await flows.add_asset(
                session, self._jobs, upload, project_id=row.project_id, folder_id=folder,
                name=fields.get("name"), note=fields.get("note", ""), author=row.created_by,
                now=now, options=options,
            )  # fmt: skip
            return revision.id
        found = await visible.find(session, Asset, row.asset_id, row.created_by, now)
        if found is None:
            raise NotFound("The asset that this file was for is not there any more.")
        revision = await flows.add_revision(
            session, self._jobs, found[0], upload, author=row.created_by, now=now,
            label=fields.get("label"), note=fields.get("note", ""), options=options,
        )  # fmt: skip
        return revision.id

    async def end(self, row: TusUpload) -> None:
        """Give it up: what has arrived is deleted. raises: Gone when it is over already."""
        self.require_open(row)
        async with self._database.transaction() as session:
            await rows.end(session, row.id, "ended")
        await self._drop(row.id)

    async def _drop(self, upload_id: UUID) -> None:
        """Delete its pieces; nobody else has blobs of that mark."""
        async with self._database.transaction() as session:
            pieces = await rows.pieces_of(session, upload_id)
        for piece in pieces:
            await self._blobs.delete(piece.sha256)
        async with self._database.transaction() as session:
            await rows.forget_pieces(session, upload_id)

    async def sweep(self) -> int:
        """End what expired, and delete what whoever died left behind; returns how many."""
        now = self._clock()
        async with self._database.transaction() as session:
            late = await rows.expired(session, now)
            for upload_id in late:
                await rows.end(session, upload_id, "ended")
            leftovers = await rows.with_leftovers(session)
            await rows.forget(session, now - self._lifetime)
        for upload_id in {*late, *leftovers}:
            await self._drop(upload_id)
        return len(late)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tidy up now and then while the block lasts."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self.sweep()
            except Exception:  # the loop's border: logged once, and tried again
                log.exception("expired uploads could not be tidied up")


class _Writer:
    """One request's bytes on their way into pieces."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        row: TusUpload,
        fence: int,
        offset: int,
        checksum: Checksum | None,
    ) -> None:
        self._database, self._blobs = database, blobs
        self._row, self._fence, self._start = row, fence, offset
        self._checksum = checksum
        self._digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self.stop, self.over = asyncio.Event(), asyncio.Event()
        self._held: list[Piece] = []  # kept, and not counted before the checksum is right
        self._expires: Callable[[], datetime]

    async def take(
        self, chunks: AsyncGenerator[bytes, None], expires: Callable[[], datetime]
    ) -> None:
        """Keep all that comes. raises: what `TusUploads.append` names."""
        self._expires = expires
        broken: HolotableError | None = None
        over = False
        try:
            rest = b""
            while not over:
                async with incoming(self._blobs) as spool:
                    await spool.write(_mark(self._row.id, self._start))
                    try:
                        rest, over = await self._fill(spool, chunks, rest)
                    except HolotableError as left:  # the sender: what came before is good
                        broken, over = left, True
                    await self._keep(spool)
            if self._checksum is not None and self._digest is not None and broken is None:
                if self._digest.digest() != self._checksum.digest:
                    raise TusChecksumWrong()
                await self._count(self._held)
                self._held = []
        finally:
            for piece in self._held:
                await self._blobs.delete(piece.sha256)
        if broken is not None:
            raise broken

    async def _fill(
        self, spool: Incoming, chunks: AsyncGenerator[bytes, None], rest: bytes
    ) -> tuple[bytes, bool]:
        """Write up to one piece; what is left of the last chunk, and whether there is no more."""
        chunk = rest
        while True:
            room = PIECE_BYTES + _MARK_BYTES - spool.size
            if len(chunk) > room or (chunk and room == 0):
                await self._write(spool, chunk[:room])
                return chunk[room:], False
            await self._write(spool, chunk)
            try:
                chunk = await self._next(chunks)
            except StopAsyncIteration:
                return b"", True

    async def _next(self, chunks: AsyncGenerator[bytes, None]) -> bytes:
        """What comes next. raises: TusOffsetWrong when another request takes over meanwhile."""
        coming = asyncio.ensure_future(anext(chunks))
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                return coming.result()
            raise TusOffsetWrong("Another request has taken this upload over.")
        finally:
            coming.cancel()
            stopping.cancel()
            await asyncio.gather(coming, stopping, return_exceptions=True)

    async def _write(self, spool: Incoming, data: bytes) -> None:
        if self._start + spool.size - _MARK_BYTES + len(data) > self._row.length:
            raise TusTooLong(f"This file was announced with {self._row.length} bytes.")
        if self._digest is not None:
            self._digest.update(data)
        if data:
            await spool.write(data)

    async def _keep(self, spool: Incoming) -> None:
        size = spool.size - _MARK_BYTES
        if size == 0:
            return
        blob = await spool.keep()
        piece = Piece(self._start, size, blob.sha256)
        self._start += size
        if self._checksum is not None:
            self._held.append(piece)
            return
        try:
            await self._count([piece])
        except TusOffsetWrong:
            await self._blobs.delete(blob.sha256)
            raise

    async def _count(self, pieces: list[Piece]) -> None:
        if not pieces:
            return
        async with self._database.transaction() as session:
            counted = await rows.append(session, self._row.id, self._fence, pieces, self._expires())
        if not counted:
            raise TusOffsetWrong("Another request has taken this upload over.")
