"""Reverse proxies as docs/SCALING.md writes them: its own text, with addresses of a test."""

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from served import ROOT

SCALING = ROOT / "docs" / "SCALING.md"
START_CEILING_S = 30.0


def block(language: str) -> str:
    """The block of this language in docs/SCALING.md: what an operator copies."""
    found = re.search(rf"```{language}\n(.*?)```", SCALING.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, f"docs/SCALING.md has no {language} block"
    return found[1]


def with_addresses(text: str, addresses: Mapping[str, str]) -> str:
    """The text with what stands there for an example replaced; every example must be in it."""
    for example, real in addresses.items():
        assert example in text, f"docs/SCALING.md does not speak of {example}"
        text = text.replace(example, real)
    return text


@contextlib.contextmanager
def nginx(folder: Path, servers: str, ports: list[int]) -> Iterator[None]:
    """nginx with these servers, until the block ends. servers: what stands inside `http`."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    folder.mkdir()
    config = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{temporary}{servers}}}\n",
        encoding="utf-8",
    )
    command = [program, "-c", str(config), "-p", str(folder), "-e", str(folder / "error.log")]
    with _running(command, folder / "error.log", ports):
        yield


@contextlib.contextmanager
def caddy(folder: Path, text: str, ports: list[int]) -> Iterator[None]:
    """Caddy with this Caddyfile, until the block ends; it keeps nothing outside `folder`."""
    program = shutil.which("caddy")
    assert program is not None, "whoever calls has looked"
    folder.mkdir()
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text, encoding="utf-8")
    environment = {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = [program, "run", "--config", str(config), "--adapter", "caddyfile"]
    with _running(command, folder / "log", ports, environment):
        yield


@contextlib.contextmanager
def _running(
    command: list[str], log: Path, ports: list[int], environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_CEILING_S
        for port in ports:
            while not _answers(port):
                told = log.read_text(encoding="utf-8")
                assert process.poll() is None, f"it ended:\n{told}"
                assert time.monotonic() < deadline, f"it does not listen:\n{told}"
                time.sleep(0.05)  # polling a process start, not a rule under test
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(port: int) -> bool:
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=1),
    ):
        return True
    return False
