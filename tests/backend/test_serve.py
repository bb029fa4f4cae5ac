"""Serving for real: two doors on one loop, what the operator reads, an orderly end."""

import asyncio
import hashlib
import http.client
import json
import logging
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from live_builders import eventually
from served import Served, free_port

from holotable.app import utc_now
from holotable.certificate import Certificate, Names, certificate_for, local_names
from holotable.errors import Unavailable
from holotable.serve import (
    Door,
    DoorServer,
    announcement,
    bind,
    configuration,
    https_door,
    logging_configuration,
    renew,
    settings_with,
)
from holotable.settings import Settings

NAMES = Names(("review", "review.local", "localhost"), ("192.168.1.5", "127.0.0.1"))


@contextmanager
def https_server(data_dir: Path) -> Iterator[tuple[Served, int]]:
    """`holotable serve --https` in a process of its own."""
    secure = free_port()
    served = Served(data_dir)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HOLOTABLE_")
    } | {
        "HOLOTABLE_DATA_DIR": str(data_dir),
        "HOLOTABLE_LOAD_SAMPLE": "0",
        "HOLOTABLE_HTTPS_PORT": str(secure),
    }
    data_dir.mkdir()
    with served.log.open("wb") as log:
        served.process = subprocess.Popen(
            [sys.executable, "-m", "holotable", "serve", "--port", str(served.port), "--https"],
            env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        served.wait_until_it_answers()
        yield served, secure
    finally:
        served.kill()


def ask(port: int, *, secure: bool, host: str) -> dict[str, object]:
    if secure:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            "127.0.0.1", port, context=context, timeout=10
        )
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/api/v1/setup", headers={"Host": f"{host}:{port}"})
        return dict(json.loads(connection.getresponse().read()))
    finally:
        connection.close()


def test_one_process_serves_this_computer_and_the_others_and_stops_in_order(
    tmp_path: Path,
) -> None:
    with https_server(tmp_path / "data") as (served, secure):
        assert served.process is not None
        assert ask(served.port, secure=False, host="localhost") == {
            "needed": True, "key_required": False,
        }  # fmt: skip
        assert ask(secure, secure=True, host="review.local") == {
            "needed": True, "key_required": True,
        }  # fmt: skip
        said = served.log.read_text()
        assert f"Open       http://localhost:{served.port} " in said
        assert re.search(rf"LAN        https://\S+\.local:{secure} ", said)
        assert f"First owner link (once): http://localhost:{served.port}/setup?k=" in said
        assert re.search(r"SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}", said)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(20) == 0
        assert "Traceback" not in served.log.read_text()
        served.process = None


def test_a_port_that_is_taken_is_named_and_nothing_is_served(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Unavailable, match=f"127.0.0.1:{port}"):
            bind(Door("127.0.0.1", port))
        served = Served(tmp_path / "data", port=port).start(wait=False)
        assert served.process is not None
        deadline = time.monotonic() + 30
        while served.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)  # polling a process end
        assert served.process.returncode == 1
        assert '"code": "unavailable"' in served.log.read_text()


def test_without_https_the_operator_reads_which_command_opens_it_to_others() -> None:
    lines = announcement([Door("127.0.0.1", 8080)], NAMES, setup_key=None)
    text = "\n".join(lines)
    assert "Ready.  Open       http://localhost:8080" in text
    assert "make run HTTPS=1" in text
    assert "First owner" not in text


def test_with_https_the_operator_reads_names_addresses_and_the_headset_page() -> None:
    secure = Door("0.0.0.0", 8443, Certificate(Path("c"), Path("k"), "AA:BB"))
    lines = announcement([Door("127.0.0.1", 8080), secure], NAMES, setup_key="key")
    text = "\n".join(lines)
    assert "LAN        https://review.local:8443" in text
    assert "https://192.168.1.5:8443" in text
    assert "Headset    https://review.local:8443/go" in text
    assert "Certificate SHA-256 AA:BB" in text
    assert "First owner link (once): http://localhost:8080/setup?k=key" in text


def test_a_public_address_is_what_the_operator_reads() -> None:
    lines = announcement(
        [Door("0.0.0.0", 8080)], NAMES, setup_key="key", public_url="https://review.example.org"
    )
    assert "https://review.example.org/setup?k=key" in "\n".join(lines)


def test_the_command_line_beats_the_settings() -> None:
    settings = Settings(host="127.0.0.1", port=8080)
    assert settings_with(settings, host=None, port=None) == settings
    changed = settings_with(settings, host="0.0.0.0", port=9000)
    assert (changed.host, changed.port) == ("0.0.0.0", 9000)


def test_every_handler_takes_secrets_out_of_the_log() -> None:
    configuration = logging_configuration(access_log=True)
    assert all(
        "without_secrets" in handler["filters"] for handler in configuration["handlers"].values()
    )
    assert logging.getLevelName(configuration["loggers"]["uvicorn.access"]["level"]) == 20


def verified(port: int, authority: Path, host: str) -> str:
    """Connect as a browser does that trusts the authority; the SHA-256 of the certificate."""
    context = ssl.create_default_context(cafile=str(authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        return hashlib.sha256(secure.getpeercert(binary_form=True) or b"").digest().hex(":").upper()


def test_who_trusts_the_authority_is_not_asked_and_the_page_tells_the_same_fingerprint(
    tmp_path: Path,
) -> None:
    with https_server(tmp_path / "data") as (served, secure):
        authority = tmp_path / "data" / "tls" / "authority.pem"
        seen = {verified(secure, authority, host) for host in ("localhost", "127.0.0.1")}
        (fingerprint,) = seen
        with pytest.raises(ssl.SSLCertVerificationError):
            verified(secure, authority, "elsewhere.example")
        url = f"http://127.0.0.1:{served.port}/api/v1/https"
        with urllib.request.urlopen(url, timeout=10) as answer:
            told = json.loads(answer.read())
        assert told["fingerprint"] == fingerprint
        assert told["secure"] is False
        assert f"https://{local_names().hosts[0].split('.')[0]}.local:{secure}" in told["addresses"]
        with urllib.request.urlopen(f"{url}/authority.crt", timeout=10) as answer:
            assert answer.read() == authority.read_bytes()
        assert fingerprint in served.log.read_text()
    directory = tmp_path / "data" / "tls"
    keys = {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.glob("*key.pem")}
    assert keys == {"key.pem": 0o600, "authority-key.pem": 0o600}


async def test_a_renewed_certificate_is_used_by_the_next_connection(tmp_path: Path) -> None:
    now, names = utc_now(), local_names("review.corp.example")
    certificate = certificate_for(names, tmp_path, now=now)
    port = free_port()
    told = https_door(certificate, names, port)
    door = Door("127.0.0.1", port, certificate)

    async def answers(scope: object, receive: object, send: object) -> None:
        raise AssertionError("nothing is asked")

    server = DoorServer(configuration(cast(Any, answers), door))

    async def started() -> bool:
        return server.started

    with bind(door) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await eventually(started, True)
        authority = tmp_path / "authority.pem"
        first = await asyncio.to_thread(verified, port, authority, "localhost")
        assert not renew(told, [server.config], tmp_path, names=names, now=now)
        later = now + timedelta(days=391)
        assert renew(told, [server.config], tmp_path, names=names, now=later)
        # its beginning lies in the future of this test's clock, not of the browser's then
        second = await asyncio.to_thread(unverified, port)
        server.should_exit = True
        await serving
    assert first == certificate.fingerprint
    assert second == told.fingerprint != first


def unverified(port: int) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain) as secure,
    ):
        return hashlib.sha256(secure.getpeercert(binary_form=True) or b"").digest().hex(":").upper()
