"""A real Redis on loopback that tests start, kill and start again; nothing of it is kept."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from served import free_port

START_CEILING_S = 30.0


def binary() -> str | None:
    """redis-server, or Valkey's of the same tongue."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


@dataclass
class RedisServer:
    """One server on a port of its own."""

    binary: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "RedisServer":
        """Run it until it answers."""
        self.process = subprocess.Popen(
            [self.binary, "--port", str(self.port), "--bind", "127.0.0.1",
             "--save", "", "--appendonly", "no"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + START_CEILING_S
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), timeout=1) as line,
            ):
                line.sendall(b"PING\r\n")
                if line.recv(16).startswith(b"+PONG"):
                    return self
            time.sleep(0.02)  # polling a process start, not a rule under test
        raise AssertionError("Redis does not answer")

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextlib.contextmanager
def redis_server(found: str) -> Iterator[RedisServer]:
    """A started server that is gone afterwards."""
    server = RedisServer(found).start()
    try:
        yield server
    finally:
        server.kill()
