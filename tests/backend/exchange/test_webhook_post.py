"""Posting to addresses that people type: what is never reached, and what every fault is called."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from webhook_receiver import Receiver, receiving

from holotable.certificate import certificate_for, local_names
from holotable.errors import WebhookAddressInvalid, WebhookTargetRefused
from holotable.exchange.webhook_post import (
    Answered,
    Outside,
    Unanswered,
    check_url,
    may_reach,
    parse_networks,
    post,
)

HERE = Outside(parse_networks("127.0.0.0/8"), timeout_s=20.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "192.0.2.1", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_reached(address: str) -> None:
    assert not may_reach(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_what_is_public_is_reached(address: str) -> None:
    assert may_reach(ipaddress.ip_address(address), ())


def test_a_network_of_the_operators_is_reached_and_its_neighbour_is_not() -> None:
    allowed = parse_networks("10.1.0.0/16, fd00::/8 ,")
    assert may_reach(ipaddress.ip_address("10.1.2.3"), allowed)
    assert may_reach(ipaddress.ip_address("::ffff:10.1.2.3"), allowed)
    assert may_reach(ipaddress.ip_address("fd00::7"), allowed)
    assert not may_reach(ipaddress.ip_address("10.2.0.1"), allowed)
    with pytest.raises(ValueError, match="intranet"):
        parse_networks("intranet")


@pytest.mark.parametrize(
    "url",
    [
        "", "plm.example.org", "ftp://plm.example.org/", "file:///etc/passwd", "https:///hook",
        "https://user:pass@plm.example.org/", "https://plm.example.org/#top", "https://a b/",
        "https://plm.example.org:0/", "https://plm.example.org:99999/", "https://[::1/",
        "https://plm.example.org/\r\nX-Evil: 1", "https://plm.example.org/" + "a" * 2000,
        "gopher://127.0.0.1/", "https://bücher.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(WebhookAddressInvalid):
        check_url(url, ())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data",
        "http://localhost:8080/", "http://printer.local/", "https://vault.internal./",
        "http://[::ffff:7f00:1]/",
    ],
)  # fmt: skip
def test_addresses_and_names_of_this_network_are_refused_at_once(url: str) -> None:
    with pytest.raises(WebhookTargetRefused):
        check_url(url, ())


def test_other_spellings_of_loopback_are_judged_when_they_are_resolved(
    receiver: Receiver,
) -> None:
    port = receiver.url.rsplit(":", 1)[1]
    for host in ("0x7f.1", "2130706433", "127.1", "0177.0.0.1"):
        check_url(f"http://{host}/", ())
        found = post(Outside(timeout_s=20.0), f"http://{host}:{port}/", {}, b"{}")
        assert isinstance(found, Unanswered)
        assert found.trouble in ("target_refused", "name_unknown")
    assert receiver.got == []


def test_the_address_that_was_judged_is_the_one_that_is_reached(receiver: Receiver) -> None:
    """A name that answers differently the second time: DNS rebinding."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["10.9.9.9", "127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]

    outside = Outside(HERE.allowed, 20.0, resolve=resolve)
    port = receiver.url.rsplit(":", 1)[1]
    found = post(outside, f"http://plm.example.org:{port}/in?x=1", {"webhook-id": "1"}, b"{}")
    assert isinstance(found, Answered)
    assert asked == ["plm.example.org"]
    assert receiver.got[0].headers["host"] == f"plm.example.org:{port}"
    assert receiver.got[0].path == "/in?x=1"


def test_an_answer_is_read_up_to_a_bound_and_a_redirect_is_an_answer(receiver: Receiver) -> None:
    receiver.text = b"\0long" * 10_000
    receiver.answer = lambda _one: 302
    receiver.headers = {"Location": f"{receiver.url}/elsewhere"}
    found = post(HERE, receiver.url, {}, b"{}")
    assert isinstance(found, Answered)
    assert found.status == 302
    assert 0 < len(found.text) <= 2048
    assert "\0" not in found.text
    assert [one.path for one in receiver.got] == ["/"]


def test_no_proxy_of_the_environment_is_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert isinstance(post(HERE, receiver.url, {}, b"{}"), Answered)


def test_each_fault_has_its_name() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        found = post(HERE, f"http://127.0.0.1:{port}/", {}, b"{}")
    assert isinstance(found, Unanswered)
    assert found.trouble == "unreachable"

    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    unknown = post(Outside(resolve=nobody), "https://nobody.example/", {}, b"{}")
    assert isinstance(unknown, Unanswered)
    assert unknown.trouble == "name_unknown"
    refused = post(Outside(), "http://127.0.0.1/", {}, b"{}")
    assert isinstance(refused, Unanswered)
    assert refused.trouble == "target_refused"


@pytest.mark.parametrize(
    ("says", "trouble"),
    [(b"SSH-2.0-OpenSSH_9.6\r\n", "answer_unreadable"), (b"", "timed_out")],
)
def test_odd_and_silent_servers_end_in_time(says: bytes, trouble: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []

        def serve() -> None:
            connection, _ = listening.accept()
            held.append(connection)
            connection.recv(65536)
            if says:
                connection.sendall(says)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        outside = Outside(HERE.allowed, timeout_s=20.0 if says else 0.5)
        found = post(outside, f"http://127.0.0.1:{listening.getsockname()[1]}/", {}, b"{}")
        thread.join()
        for one in held:
            one.close()
    assert isinstance(found, Unanswered)
    assert found.trouble == trouble


def test_a_byte_now_and_then_does_not_hold_a_thread() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                try:
                    while not over.wait(0.05):
                        connection.sendall(b"H")
                except OSError:
                    over.set()

        thread = threading.Thread(target=serve)
        thread.start()
        started = time.monotonic()
        outside = Outside(HERE.allowed, timeout_s=0.5)
        found = post(outside, f"http://127.0.0.1:{listening.getsockname()[1]}/", {}, b"{}")
        over.set()
        thread.join()
    assert isinstance(found, Unanswered)
    assert found.trouble == "timed_out"
    assert time.monotonic() - started < 15.0, "each byte alone would have gone on for ever"


def test_tls_is_checked_and_an_own_authority_may_be_trusted(tmp_path: Path) -> None:
    made = certificate_for(local_names("here"), tmp_path, now=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate_file, made.key_file)
    trusting = Outside(HERE.allowed, 20.0, ca_file=str(made.authority_file))
    answers = []
    with receiving(tls=context) as receiver:
        port = receiver.url.rsplit(":", 1)[1]
        resolve = lambda _host, _port: ["127.0.0.1"]  # noqa: E731  # a name for each line
        for outside, host in ((HERE, "localhost"), (trusting, "localhost"), (trusting, "other")):
            known = replace(outside, resolve=resolve)
            answers.append(post(known, f"https://{host}:{port}/", {}, b"{}"))
    assert [getattr(one, "trouble", 200) for one in answers] == ["tls_failed", 200, "tls_failed"]
