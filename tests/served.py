"""A real Holotable server in a process of its own: started, killed and started again by tests."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT.parent / "shared" / "models"
START_CEILING_S = 60.0


def free_port() -> int:
    """A loopback port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Served:
    """One data directory and the server process that serves it."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    def start(self, *, wait: bool = True) -> "Served":
        """Run `holotable serve` until it answers."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HOLOTABLE_")
        } | {
            "HOLOTABLE_DATA_DIR": str(self.data_dir),
            "HOLOTABLE_FRONTEND_DIR": os.environ.get("FRONTEND_DIST")
            or str(ROOT / "frontend" / "dist"),
            "HOLOTABLE_TEST_HOOKS": "1",
            "HOLOTABLE_LOAD_SAMPLE": "0",
            **self.environment,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "holotable",
                    "serve",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        if wait:
            self.wait_until_it_answers()
        return self

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_CEILING_S
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the server ended:\n{self.log.read_text()[-3000:]}")
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.url}/api/v1/healthz", timeout=2),
            ):
                return
            time.sleep(0.1)  # polling a process start, not a rule under test
        raise AssertionError(f"no answer in {START_CEILING_S} s:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """kill -9 of the server and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """An orderly stop, as the operator's Ctrl+C."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def setup_link(self) -> str:
        """The first-owner link that the server printed."""
        found = re.findall(r"http\S+/setup\S*", self.log.read_text())
        return found[-1] if found else f"{self.url}/setup"


class Api:
    """A caller with a token or nothing; answers are parsed JSON, failures raise `ProblemError`."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:  # JSON
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", data, method=method, headers=headers
        )
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
            if method in ("PATCH", "PUT", "DELETE"):  # whatever it was before
                request.add_header("If-Match", headers.get("If-Match", "*"))
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                raise ProblemError(refused.code, json.loads(refused.read() or b"{}")) from refused
        return json.loads(raw) if raw else None

    def get(self, path: str) -> Any:  # JSON
        return self.call("GET", path)

    def post(self, path: str, body: object = None) -> Any:  # JSON
        return self.call("POST", path, {} if body is None else body)

    def upload(self, path: str, file: Path, **fields: str) -> Any:  # JSON
        """One multipart upload of `file`."""
        boundary = "holotable-boundary-7d1f"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            f"{value}\r\n".encode()
            for name, value in fields.items()
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{file.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        data = b"".join([*parts, head, file.read_bytes(), f"\r\n--{boundary}--\r\n".encode()])
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, method="POST")
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                raise ProblemError(refused.code, json.loads(refused.read() or b"{}")) from refused

    def wait_for(self, revision_id: str, *states: str, ceiling_s: float = 120.0) -> Any:  # JSON
        """Poll a revision until it is in one of `states`."""
        deadline = time.monotonic() + ceiling_s
        while time.monotonic() < deadline:
            revision = self.get(f"/revisions/{revision_id}")
            if revision["state"] in (states or ("ready", "failed", "cancelled")):
                return revision
            time.sleep(0.15)  # the documented way to wait over REST is to poll
        raise AssertionError(f"still {revision['state']} after {ceiling_s} s: {revision}")


class ProblemError(Exception):
    """The server refused, with a problem document."""

    def __init__(self, status: int, document: Any) -> None:  # JSON
        super().__init__(f"{status} {document.get('code')}: {document.get('detail')}")
        self.status = status
        self.code = document.get("code")
        self.document = document


def owner_of(served: Served, *, login: str = "mia", password: str = "correct horse battery") -> Api:
    """Set the server up over REST and return its owner with a token."""
    link = served.setup_link()
    key = re.search(r"[?&]k=([^&\s]+)", link)
    body = {"name": "Mia Berg", "login": login, "password": password}
    request = urllib.request.Request(
        f"{served.url}/api/v1/setup",
        json.dumps(body | ({"key": key.group(1)} if key else {})).encode(),
        headers={"Content-Type": "application/json", "Origin": served.url},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        me = json.loads(answer.read())
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    api = Api(served.url)
    made = api.call(
        "POST",
        "/tokens",
        {"name": "tests", "scopes": ["read", "write", "admin"]},
        **{"Cookie": cookie, "X-CSRF-Token": me["csrf_token"], "Origin": served.url},
    )
    return Api(served.url, made["token"])


@contextlib.contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[Served]:
    """A started server that is gone afterwards, whatever happened."""
    served = Served(data_dir, environment=environment).start()
    try:
        yield served
    finally:
        served.kill()
