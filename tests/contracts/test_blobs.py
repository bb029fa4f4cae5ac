"""What every blob store promises, held against files and a real S3 server (SeaweedFS)."""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import missing
from served import free_port

from holotable.errors import NotFound, Unavailable
from holotable.store.blobs import (
    Blobs,
    FileBlobs,
    incoming,
    local_file,
    open_blobs,
    put_bytes,
    put_file,
    read_all,
    sweep_spool,
)

ACCESS, SECRET = "holotable", "a long secret key"


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server with a bucket `scenes`."""
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        missing("SeaweedFS")
    folder = tmp_path_factory.mktemp("weed")
    identity = {
        "name": "test",
        "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = {name: free_port() for name in ("s3", "master", "volume", "filer")}
    command = [
        *(str(weed), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}", "-s3"),
        *(f"-s3.port={ports['s3']}", f"-s3.config={folder / 's3.json'}"),
        *(f"-master.port={ports['master']}", f"-volume.port={ports['volume']}"),
        *(f"-filer.port={ports['filer']}", "-master.volumeSizeLimitMB=64", "-volume.max=8"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),  # fixed ports of protocols we do not speak
        *(f"-{name}.port.grpc={free_port()}" for name in ("master", "volume", "filer", "s3")),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{ports['s3']}"
    try:
        _make_bucket(url, folder / "log")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _make_bucket(url: str, log: Path) -> None:
    """Wait until the server takes a bucket: signed like any request, by obstore itself."""
    from obstore.exceptions import BaseError

    blobs = open_blobs(
        "s3://scenes", log.parent, endpoint=url, access_key=ACCESS, secret_key=SECRET
    )
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError, BaseError, OSError):
            # SeaweedFS makes a bucket of an administrator's first write into it
            asyncio.run(put_bytes(blobs, b"ready"))
            return
        time.sleep(0.5)
    pytest.fail(log.read_text()[-2000:])


@pytest.fixture(params=["files", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "files":
        return open_blobs("", tmp_path)
    return open_blobs(
        f"s3://scenes/{tmp_path.name}",
        tmp_path,
        endpoint=request.getfixturevalue("seaweed"),
        access_key=ACCESS,
        secret_key=SECRET,
    )


def spooled(blobs: Blobs) -> list[Path]:
    return list(blobs.spool.iterdir()) if blobs.spool.is_dir() else []


@pytest.mark.parametrize("size", [0, 1, 65_537, 3_000_000])
async def test_what_was_put_is_read_again_under_its_hash(blobs: Blobs, size: int) -> None:
    data = os.urandom(size)
    blob = await put_bytes(blobs, data)
    assert (blob.sha256, blob.size) == (hashlib.sha256(data).hexdigest(), size)
    assert await blobs.size(blob.sha256) == size
    assert await read_all(blobs, blob.sha256) == data
    assert spooled(blobs) == []


async def test_a_large_file_goes_through_in_parts(blobs: Blobs, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(os.urandom(1 << 20) * 20)
    blob = await put_file(blobs, file)
    assert file.exists()
    digest = hashlib.sha256()
    async for chunk in blobs.read(blob.sha256):
        assert len(chunk) <= 16 << 20
        digest.update(chunk)
    assert digest.hexdigest() == blob.sha256


async def test_putting_the_same_bytes_twice_is_harmless(blobs: Blobs) -> None:
    one, two = await asyncio.gather(put_bytes(blobs, b"same"), put_bytes(blobs, b"same"))
    assert one == two
    assert await read_all(blobs, one.sha256) == b"same"


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (5, 6), (990, 1000), (990, None), (0, None), (7, 7)]
)
async def test_a_range_is_exactly_those_bytes(blobs: Blobs, start: int, end: int | None) -> None:
    data = bytes(range(250)) * 4
    blob = await put_bytes(blobs, data)
    found = b"".join([chunk async for chunk in blobs.read(blob.sha256, start, end)])
    assert found == data[start:end]


async def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    nothing = "0" * 64
    with pytest.raises(NotFound):
        await blobs.size(nothing)
    with pytest.raises(NotFound):
        await read_all(blobs, nothing)
    with pytest.raises(NotFound):
        async with local_file(blobs, nothing):
            pytest.fail("there is no such file")
    await blobs.delete(nothing)
    assert spooled(blobs) == []


async def test_a_deleted_blob_is_gone(blobs: Blobs) -> None:
    blob = await put_bytes(blobs, b"short life")
    await blobs.delete(blob.sha256)
    with pytest.raises(NotFound):
        await blobs.size(blob.sha256)


async def test_a_write_that_breaks_off_leaves_nothing(blobs: Blobs) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with incoming(blobs) as spool:
            await spool.write(b"x" * 3_000_000)
            assert len(spooled(blobs)) == 1
            raise ZeroDivisionError
    assert spooled(blobs) == []


async def test_a_cancelled_write_leaves_nothing(blobs: Blobs) -> None:
    async def write() -> None:
        async with incoming(blobs) as spool:
            while True:
                await spool.write(bytes(1 << 20))

    task = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert spooled(blobs) == []


async def test_a_blob_becomes_a_file_of_this_machine_for_a_while(blobs: Blobs) -> None:
    blob = await put_bytes(blobs, b"ISO-10303-21;")
    async with local_file(blobs, blob.sha256) as path:
        assert path.read_bytes() == b"ISO-10303-21;"
    assert await read_all(blobs, blob.sha256) == b"ISO-10303-21;"
    assert spooled(blobs) == []


async def test_a_reader_that_stops_early_closes_what_it_opened(blobs: Blobs) -> None:
    blob = await put_bytes(blobs, bytes(5_000_000))
    reading = blobs.read(blob.sha256)
    async for chunk in reading:
        assert chunk
        break
    assert isinstance(reading, AsyncIterator)
    await reading.aclose()  # type: ignore[attr-defined]  # both are generators


async def test_the_store_says_whether_it_works(blobs: Blobs, tmp_path: Path) -> None:
    await blobs.check()
    dead = open_blobs(
        "s3://scenes", tmp_path, endpoint=f"http://127.0.0.1:{free_port()}",
        access_key=ACCESS, secret_key=SECRET,
    )  # fmt: skip
    with pytest.raises(Unavailable):
        await dead.check()


async def test_a_wrong_secret_is_refused(seaweed: str, tmp_path: Path) -> None:
    wrong = open_blobs(
        "s3://scenes", tmp_path, endpoint=seaweed, access_key=ACCESS, secret_key="guessed"
    )
    with pytest.raises(Unavailable):
        await wrong.check()


async def test_files_that_a_killed_writer_left_are_swept_and_others_are_not(
    tmp_path: Path,
) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    script = (
        "import asyncio, os, sys; from pathlib import Path\n"
        "from holotable.store.blobs import FileBlobs, incoming\n"
        "async def main():\n"
        "    async with incoming(FileBlobs(Path(sys.argv[1]))) as spool:\n"
        "        await spool.write(bytes(3 << 20))\n"
        "        os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path / "blobs")
    )
    assert await killed.wait() == -signal.SIGKILL
    async with incoming(blobs) as spool:
        await spool.write(b"alive")
        assert len(spooled(blobs)) == 2
        assert sweep_spool(blobs.spool) == 1
        blob = await spool.keep()
    assert await read_all(blobs, blob.sha256) == b"alive"
    assert spooled(blobs) == []
    assert sweep_spool(tmp_path / "absent") == 0


async def test_a_stored_file_cannot_be_written_by_accident(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    blob = await put_bytes(blobs, b"kept")
    assert blobs.path_of(blob.sha256).stat().st_mode & 0o222 == 0
