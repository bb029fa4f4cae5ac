"""Sending to real mail servers: plain, STARTTLS, TLS, signed in; and every way they refuse."""

import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mail_builders import PUBLIC_URL, SENDER, MailBox, free_port, mail_server, texts

from holotable.letters import Envelope, Reader, check_mail
from holotable.smtp import (
    AddressRefused,
    MailRefused,
    Sent,
    ServerProblem,
    SmtpServer,
    Tls,
    TryLater,
    send,
)
from holotable.store.database import uuid7

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def sent_to(server: SmtpServer, address: str = "mia@example.org") -> object:
    message = check_mail(
        Envelope(SENDER, PUBLIC_URL, b"k"), Reader(uuid7(), "Mia Berg", address, "de"),
        mail_id=uuid7(), now=NOW,
    )  # fmt: skip
    return send(server, message, "holotable@example.org", address)


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_a_mail_arrives_over_each_kind_of_connection(tls: Tls, tmp_path: Path) -> None:
    box = MailBox()
    with mail_server(box, tls=tls, certificate=tmp_path / "own") as server:
        assert sent_to(server) == Sent()
    (mail,) = box.mails
    assert box.recipients == ["mia@example.org"]
    assert mail["Subject"] == "Eine Testmail von Holotable"
    assert "nimmt Mails von Holotable an" in texts(mail)[0]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_not_believed(tls: Tls, tmp_path: Path) -> None:
    box = MailBox()
    with mail_server(box, tls=tls, certificate=tmp_path / "own") as server:
        problem = sent_to(replace(server, ca_file=None))
    assert isinstance(problem, ServerProblem)
    assert problem.code == "mail_tls_failed"
    assert "HOLOTABLE_SMTP_CA_FILE" in problem.remedy
    assert box.mails == []


def test_a_server_without_starttls_gets_nothing_in_clear() -> None:
    box = MailBox()
    with mail_server(box) as server:
        problem = sent_to(replace(server, tls="starttls"))
    assert isinstance(problem, ServerProblem)
    assert (problem.code, box.mails) == ("mail_tls_failed", [])


def test_signing_in_works_and_a_wrong_password_is_named(tmp_path: Path) -> None:
    box = MailBox()
    login = ("holotable", "s3cret")
    with mail_server(box, tls="starttls", certificate=tmp_path / "own", login=login) as server:
        assert sent_to(server) == Sent()
        problem = sent_to(replace(server, password="wrong"))
        nobody = sent_to(replace(server, user=""))
    assert isinstance(problem, ServerProblem)
    assert problem.code == "mail_login_failed"
    assert "wrong" not in problem.detail
    assert isinstance(nobody, ServerProblem)
    assert nobody.code == "mail_sender_refused"
    assert len(box.mails) == 1


def test_the_password_is_in_no_text_of_the_server() -> None:
    assert "s3cret" not in repr(SmtpServer("mail", 25, "none", "me", "s3cret"))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"to_recipient": "550 no such user"}, AddressRefused(550, "no such user")),
        ({"to_recipient": "450 greylisted"}, TryLater(450, "greylisted")),
        ({"to_data": "554 looks like spam"}, MailRefused(554, "looks like spam")),
        ({"to_data": "451 disk is full"}, TryLater(451, "disk is full")),
    ],
)
def test_a_refusal_is_of_the_address_of_the_mail_or_for_now(
    answers: dict[str, str], expected: object
) -> None:
    with mail_server(MailBox(**answers)) as server:  # type: ignore[arg-type]  # names of answers
        assert sent_to(server) == expected


@pytest.mark.parametrize(
    ("answer", "code"),
    [("550 not you", "mail_sender_refused"), ("421 too many", "mail_server_busy")],
)
def test_a_refused_sender_stops_every_mail(answer: str, code: str) -> None:
    with mail_server(MailBox(to_sender=answer)) as server:
        problem = sent_to(server)
    assert isinstance(problem, ServerProblem)
    assert problem.code == code


def test_a_server_that_is_not_there_or_is_none_is_named() -> None:
    port = free_port()
    closed = sent_to(SmtpServer("127.0.0.1", port, "none", timeout_s=2))
    assert isinstance(closed, ServerProblem)
    assert closed.code == "mail_server_unreachable"
    assert f"127.0.0.1:{port}" in closed.detail
    with socket.socket() as silent:  # takes the connection and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        mute = sent_to(SmtpServer("127.0.0.1", port, "none", timeout_s=0.3))
    assert isinstance(mute, ServerProblem)
    assert mute.code == "mail_server_unreachable"
    unknown = sent_to(SmtpServer("mail.invalid", 25, "none", timeout_s=2))
    assert isinstance(unknown, ServerProblem)
    missing = SmtpServer("127.0.0.1", port, "tls", ca_file=Path("/nowhere.pem"))
    problem = sent_to(missing)
    assert isinstance(problem, ServerProblem)
    assert "/nowhere.pem" in problem.detail
