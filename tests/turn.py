"""A real TURN server on loopback: Debian's coturn with the shared secret of the tests."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from served import free_port

SECRET = "north wind"
CEILING_S = 30.0


@contextlib.contextmanager
def coturn(folder: Path) -> Iterator[str | None]:
    """The address of a TURN server as browsers take it; None where coturn is not installed."""
    program = shutil.which("turnserver") or shutil.which("turnserver", path="/usr/bin:/usr/sbin")
    if program is None:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    # An empty file for -c, so that no configuration of this machine is read.
    (folder / "turnserver.conf").write_text("")
    command = [
        program, "-c", str(folder / "turnserver.conf"), "--log-file=stdout", "--no-cli",
        "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", str(port), "--no-tls", "--no-dtls",
        "--allow-loopback-peers", "--fingerprint", "--use-auth-secret",
        f"--static-auth-secret={SECRET}", "--realm=holotable",
        "--pidfile", str(folder / "pid"), "--db", str(folder / "turndb"),
    ]  # fmt: skip
    with (folder / "turn.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(port, process, folder / "turn.log")
            yield f"turn:127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + CEILING_S
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)  # polling another program's start
    raise AssertionError(f"coturn does not listen: {log.read_text(errors='replace')}")
