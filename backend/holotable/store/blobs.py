"""Bytes by their sha256: uploads and package files, on disk or in any S3.

A blob is written once and never changed; writing it again is cheap and harmless. Every write goes
through a spool file on this machine first, because the name is known only after the last byte.
The writer holds a lock on its spool file, so that what a SIGKILL left behind can be told from what
is being written, by any process on the machine.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

import obstore
from obstore.store import S3Store

from holotable.errors import NotFound, Unavailable

CHUNK_BYTES: Final = 1 << 20  # handed to a thread at once; 64 kB pieces cost 3x the time
PART_BYTES: Final = 8 << 20  # of an S3 multipart upload
_CHECK_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes."""

    sha256: str  # hex
    size: int  # bytes


class Incoming:
    """A blob being written; only `keep` makes it one.

    Not a buffer: what is written is on disk in chunks, so memory does not grow with the upload.
    """

    def __init__(self, folder: Path, store: "Blobs") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{uuid4().hex}.part"
        self._store = store
        self._descriptor = os.open(
            self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
        )
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._digest = hashlib.sha256()
        self._pending = bytearray()
        self._busy: asyncio.Future[None] | None = None
        self.size = 0  # bytes taken so far

    async def write(self, data: bytes) -> None:
        """Append."""
        self.size += len(data)
        self._pending += data
        if len(self._pending) >= CHUNK_BYTES:
            await self._flush()

    async def finished_path(self) -> Path:
        """The spool file with everything written, until the block ends."""
        await self._flush()
        return self._path

    async def keep(self) -> Blob:
        """Make it a blob, durably, and say its name; nothing may be written afterwards."""
        await self._flush()
        await self._in_thread(os.fsync, self._descriptor)
        blob = Blob(self._digest.hexdigest(), self.size)
        await self._store.adopt(self._path, blob)
        return blob

    async def _flush(self) -> None:
        pending, self._pending = bytes(self._pending), bytearray()
        if pending:
            await self._in_thread(self._write, pending)

    async def _in_thread(self, act: Callable[..., None], *arguments: object) -> None:
        # Shielded: a cancelled wait leaves the thread running, and closing the descriptor under
        # its write would send those bytes into whatever file gets the number next.
        self._busy = asyncio.get_running_loop().run_in_executor(None, act, *arguments)
        await asyncio.shield(self._busy)

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    async def close(self) -> None:
        """Remove the spool file if it is still there, and let go of it."""
        if self._busy is not None and not self._busy.done():
            await asyncio.wait([self._busy])
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


class Blobs(Protocol):
    """Where bytes live. tests/contracts/test_blobs.py holds every implementation to this."""

    spool: Path  # folder on this machine for files being written

    async def adopt(self, path: Path, blob: Blob) -> None:
        """Take a finished file of this machine as a blob; the file may be moved away."""

    async def size(self, sha256: str) -> int:
        """Bytes of a blob. raises: NotFound."""

    def read(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in chunks. raises: NotFound."""

    async def delete(self, sha256: str) -> None:
        """Forget a blob; absent is fine."""

    async def check(self) -> None:
        """Raise Unavailable when blobs can be neither read nor written."""


@asynccontextmanager
async def incoming(blobs: Blobs) -> AsyncIterator[Incoming]:
    """A blob to write; whatever ends the block, no file is left unless `keep` was reached."""
    spool = await asyncio.to_thread(Incoming, blobs.spool, blobs)
    try:
        yield spool
    finally:
        await spool.close()


async def put_file(blobs: Blobs, path: Path) -> Blob:
    """Store a copy of a file."""
    async with incoming(blobs) as spool:
        file = await asyncio.to_thread(path.open, "rb")
        try:
            while data := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await spool.write(data)
        finally:
            file.close()
        return await spool.keep()


async def put_bytes(blobs: Blobs, data: bytes) -> Blob:
    """Store bytes that are in memory anyway."""
    async with incoming(blobs) as spool:
        await spool.write(data)
        return await spool.keep()


async def read_all(blobs: Blobs, sha256: str) -> bytes:
    """A whole blob; for files that are small by nature."""
    return b"".join([chunk async for chunk in blobs.read(sha256)])


@asynccontextmanager
async def local_file(blobs: Blobs, sha256: str) -> AsyncIterator[Path]:
    """A blob as a file of this machine, to be read only; a download is removed afterwards."""
    if isinstance(blobs, FileBlobs):
        await blobs.size(sha256)
        yield blobs.path_of(sha256)
        return
    async with incoming(blobs) as spool:
        async for chunk in blobs.read(sha256):
            await spool.write(chunk)
        yield await spool.finished_path()


def sweep_spool(spool: Path) -> int:
    """Remove spool files whose writer is gone; returns how many."""
    removed = 0
    for path in spool.glob("*.part") if spool.is_dir() else ():
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # its writer has just finished
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            removed += 1
        except BlockingIOError:
            continue  # being written
        finally:
            os.close(descriptor)
    return removed


class FileBlobs:
    """Content-addressed files: <root>/ab/cd/<sha256>, complete or absent."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self.spool = self._root / "spool"

    def path_of(self, sha256: str) -> Path:
        """Where a blob lies, whether or not it is there."""
        return self._root / sha256[:2] / sha256[2:4] / sha256

    async def adopt(self, path: Path, blob: Blob) -> None:
        """Move the file into place: a rename, then the folder's entry made durable."""
        await asyncio.to_thread(self._adopt, path, self.path_of(blob.sha256))

    def _adopt(self, path: Path, target: Path) -> None:
        folders = [target.parent]
        if not target.parent.exists():  # its own entry must be durable too
            target.parent.mkdir(parents=True, exist_ok=True)
            folders += [target.parent.parent, self._root]
        path.chmod(0o440)
        path.replace(target)
        for folder in folders:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    async def size(self, sha256: str) -> int:
        """Bytes of a blob."""
        try:
            return (await asyncio.to_thread(self.path_of(sha256).stat)).st_size
        except FileNotFoundError as missing:
            raise NotFound("These bytes are not in the store.", sha256=sha256) from missing

    async def read(
        self, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Read in a thread, chunk by chunk."""
        try:
            file = await asyncio.to_thread(self.path_of(sha256).open, "rb")
        except FileNotFoundError as missing:
            raise NotFound("These bytes are not in the store.", sha256=sha256) from missing
        with file:
            file.seek(start)
            left = (1 << 62) if end is None else end - start
            while left > 0 and (data := await asyncio.to_thread(file.read, min(left, CHUNK_BYTES))):
                left -= len(data)
                yield data

    async def delete(self, sha256: str) -> None:
        """Unlink; whoever is reading it keeps it."""
        await asyncio.to_thread(self.path_of(sha256).unlink, missing_ok=True)

    async def check(self) -> None:
        """Write and remove a spool file."""
        try:
            async with incoming(self) as spool:
                await spool.write(b"check")
        except OSError as refused:
            raise Unavailable(
                f"The blob folder cannot be written: {refused.strerror}."
            ) from refused


class S3Blobs:
    """Objects <prefix>/ab/cd/<sha256> in a bucket of any S3."""

    def __init__(self, store: S3Store, spool: Path) -> None:
        self._store = store
        self.spool = spool

    def _key(self, sha256: str) -> str:
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    async def adopt(self, path: Path, blob: Blob) -> None:
        """Upload, in parts when it is large; an object appears only when it is complete."""
        await obstore.put_async(
            self._store, self._key(blob.sha256), path, chunk_size=PART_BYTES, max_concurrency=4
        )

    async def size(self, sha256: str) -> int:
        """Bytes of an object."""
        try:
            return (await obstore.head_async(self._store, self._key(sha256)))["size"]
        except FileNotFoundError as missing:
            raise NotFound("These bytes are not in the store.", sha256=sha256) from missing

    async def read(
        self, sha256: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Stream a range; an empty one asks nothing of the server."""
        if end is not None and end <= start:
            return
        options: obstore.GetOptions = {"range": {"offset": start} if end is None else (start, end)}
        if start == 0 and end is None:
            options = {}
        try:
            found = await obstore.get_async(self._store, self._key(sha256), options=options)
        except FileNotFoundError as missing:
            raise NotFound("These bytes are not in the store.", sha256=sha256) from missing
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    async def delete(self, sha256: str) -> None:
        """Remove the object."""
        try:
            await obstore.delete_async(self._store, self._key(sha256))
        except FileNotFoundError:
            return  # absent is fine

    async def check(self) -> None:
        """Ask for the listing's first page; obstore would try again for three minutes."""
        try:
            async with asyncio.timeout(_CHECK_S):
                async for _page in obstore.list(self._store, chunk_size=1):
                    break
        except TimeoutError as slow:
            raise Unavailable("The object store does not answer.") from slow
        except Exception as refused:  # obstore has no common base of its errors
            raise Unavailable(f"The object store does not answer: {refused}") from refused


def open_blobs(
    url: str,
    data_dir: Path,
    *,
    endpoint: str = "",
    access_key: str = "",
    secret_key: str = "",
    region: str = "us-east-1",
) -> Blobs:
    """The blob store that settings name: "" is a folder, s3://bucket/prefix an object store."""
    if not url:
        return FileBlobs(data_dir / "blobs")
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    store = S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=endpoint or None,
        access_key_id=access_key or None,
        secret_access_key=secret_key or None,
        region=region,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=10),
            "timeout": timedelta(minutes=30),
        },
    )
    return S3Blobs(store, data_dir / "spool")
