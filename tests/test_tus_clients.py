"""Foreign tus clients against our server: each resumes an upload that was cut three times."""

import asyncio
import contextlib
import hashlib
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from builders import Caller, Project
from conftest import missing
from httpx import AsyncClient

SIZE: Final = 3_000_000
CUTS: Final = (300_000, 700_000, 1_100_000)  # bytes that a connection may carry before it is cut
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


class Scissors:
    """A proxy whose first connections are cut in the middle of what they carry."""

    def __init__(self, target: int) -> None:
        self._target, self._left = target, list(CUTS)
        self.cuts = 0
        self.carried = 0  # bytes toward the server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()
                threading.Thread(target=self._forth, args=(client, server), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        here = 0
        with contextlib.suppress(OSError):
            while data := client.recv(16_384):
                server.sendall(data)
                here += len(data)
                self.carried += len(data)
                if self._left and here >= self._left[0]:
                    self._left.pop(0)
                    self.cuts += 1
                    break
        self._close(client, server)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(16_384):
                client.sendall(data)
        self._close(client, server)

    def _close(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def scissors(server: str) -> Iterator[Scissors]:
    port = urlsplit(server).port
    assert port is not None
    proxy = Scissors(port)
    yield proxy
    proxy.close()


@pytest.fixture
async def token(owner: Caller) -> str:
    made = await owner.client.post("/api/v1/tokens", json={"name": "t", "scopes": ["write"]})
    return str(made.json()["token"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "cube.stl"
    found.write_bytes(hashlib.shake_256(b"cube").digest(SIZE))
    return found


def file_sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def require_whole(owner: Caller, scissors: Scissors, revision_id: str, file: Path) -> None:
    assert scissors.cuts == len(CUTS)
    # It went on where it was: from the start each time, the line would have carried 5.1 MB.
    assert scissors.carried < 1.4 * SIZE
    found: Any = (await owner.client.get(f"/api/v1/revisions/{revision_id}")).json()
    assert found["source"]["sha256"] == file_sha256(file)


async def test_tuspy_resumes_an_upload_that_was_cut_three_times(
    server: str, scissors: Scissors, token: str, owner: Caller, project: Project, file: Path
) -> None:
    tusclient = pytest.importorskip("tusclient.client")

    def send() -> str:
        client = tusclient.TusClient(
            f"http://127.0.0.1:{scissors.port}/api/v1/projects/{project.id}/tus",
            headers={"Authorization": f"Bearer {token}"},
        )
        with file.open("rb") as stream:
            uploader = client.uploader(
                file_stream=stream, retries=6, retry_delay=0.3, metadata={"filename": "p.stl"}
            )
            uploader.upload()
        return str(uploader.url)

    place = await asyncio.to_thread(send)
    async with AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        answer = (await client.get(server + urlsplit(place).path)).json()
    assert answer["state"] == "done"
    await require_whole(owner, scissors, answer["revision_id"], file)


async def test_tus_js_client_resumes_an_upload_that_was_cut_three_times(
    server: str, scissors: Scissors, token: str, owner: Caller, project: Project, file: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        missing("node")
    url = f"http://127.0.0.1:{scissors.port}/api/v1/projects/{project.id}/tus"
    script = str(Path(__file__).with_name("tus_client.mjs"))
    done = await asyncio.to_thread(
        lambda: subprocess.run(
            [node, script, url, token, str(file)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["offsets"] == sorted(said["offsets"])
    assert len(said["offsets"]) == len(CUTS) + 1
    await require_whole(owner, scissors, said["revision"], file)
