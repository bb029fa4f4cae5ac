"""Sending one mail to the operator's mail server (RFC 5321), and what its answers mean.

Blocking, on purpose: the standard library's client in a thread of the worker's. What comes back is
a value: a mail server that refuses is normal.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal, TypeAlias

Tls: TypeAlias = Literal["starttls", "tls", "none"]

TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed in. ca_file: whom to trust besides, for a server's own certificate."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken the mail; what becomes of it is its business from now on."""


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """The server takes nothing for this recipient, and says so for good (5yz to RCPT)."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class MailRefused:
    """The server does not take this mail, for good (5yz to DATA)."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now (4yz), says the server of this mail."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class ServerProblem:
    """Nothing can be sent at all, whichever mail: the operator must act, or the server come back.

    code: mail_server_unreachable, mail_tls_failed, mail_login_failed, mail_sender_refused or
    mail_server_busy.
    """

    code: str
    detail: str
    remedy: str


Outcome: TypeAlias = Sent | AddressRefused | MailRefused | TryLater | ServerProblem


def send(server: SmtpServer, message: EmailMessage, sender: str, recipient: str) -> Outcome:
    """Hand one mail in. sender, recipient: addresses alone, of the envelope."""
    try:
        with _connected(server) as client:
            return _handed_in(server, client, message, sender, recipient)
    except _GaveUp as gave_up:
        return gave_up.problem
    except ssl.SSLError as error:
        return ServerProblem(
            "mail_tls_failed",
            f"No encrypted connection to {_where(server)}: {_reason(error)}",
            "Set HOLOTABLE_SMTP_TLS to what the server speaks (tls on 465, starttls on 587); for a "
            "certificate of your own name its authority in HOLOTABLE_SMTP_CA_FILE.",
        )
    except (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        return ServerProblem(
            "mail_server_unreachable",
            f"{_where(server)} does not answer: {_reason(error)}",
            "Check HOLOTABLE_SMTP_HOST, HOLOTABLE_SMTP_PORT, HOLOTABLE_SMTP_TLS and the firewall.",
        )
    except smtplib.SMTPException as error:
        return ServerProblem(
            "mail_server_unreachable",
            f"{_where(server)} answers in a way that is not understood: {_reason(error)}",
            "Check that HOLOTABLE_SMTP_PORT is a port of a mail server.",
        )


def _handed_in(
    server: SmtpServer,
    client: smtplib.SMTP,
    message: EmailMessage,
    sender: str,
    recipient: str,
) -> Outcome:
    client.ehlo_or_helo_if_needed()
    status, text = client.mail(sender)
    if status != 250:
        return _of_everything(server, status, _words(text), f"the sender {sender}")
    status, text = client.rcpt(recipient)
    if status not in (250, 251):
        words = _words(text)
        _end(client)
        if status == 421:
            return _of_everything(server, status, words, f"the recipient {recipient}")
        return AddressRefused(status, words) if status >= 500 else TryLater(status, words)
    try:
        status, text = client.data(message.as_bytes())
    except smtplib.SMTPDataError as error:  # to the command itself
        status, text = error.smtp_code, error.smtp_error  # type: ignore[assignment]  # bytes, says the code
    words = _words(text)
    if status == 250:
        _end(client)
        return Sent()
    _end(client)
    if status == 421:
        return _of_everything(server, status, words, "a mail")
    return MailRefused(status, words) if status >= 500 else TryLater(status, words)


@contextmanager
def _connected(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """A client that is encrypted and signed in as the settings say. Never falls back to less."""
    trusted = ssl.create_default_context()
    if server.ca_file is not None:
        try:
            trusted.load_verify_locations(server.ca_file)
        except OSError as error:
            raise _GaveUp(
                "mail_tls_failed",
                f"The certificates in {server.ca_file} cannot be read: {_reason(error)}",
                "Name a file of PEM certificates in HOLOTABLE_SMTP_CA_FILE.",
            ) from error
    client: smtplib.SMTP
    if server.tls == "tls":
        client = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout_s, context=trusted
        )
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
    try:
        if server.tls == "starttls":
            client.ehlo()
            if not client.has_extn("starttls"):
                raise _GaveUp(
                    "mail_tls_failed",
                    f"{_where(server)} offers no STARTTLS.",
                    "Use HOLOTABLE_SMTP_TLS=tls if it speaks TLS from the first byte, or none on "
                    "a network you trust.",
                )
            client.starttls(context=trusted)
        if server.user:
            _sign_in(server, client)
        yield client
    finally:
        client.close()


def _sign_in(server: SmtpServer, client: smtplib.SMTP) -> None:
    remedy = "Check HOLOTABLE_SMTP_USER and HOLOTABLE_SMTP_PASSWORD."
    try:
        client.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        answer = f"{error.smtp_code} {_words(error.smtp_error)}"
        raise _GaveUp(
            "mail_login_failed", f"{_where(server)} did not let us sign in: {answer}", remedy
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _GaveUp(
            "mail_login_failed",
            f"{_where(server)} offers no sign-in over this connection.",
            "Most servers offer it encrypted only: set HOLOTABLE_SMTP_TLS, or leave "
            "HOLOTABLE_SMTP_USER empty.",
        ) from error


class _GaveUp(Exception):  # it carries a value through the context manager
    """No mail can be sent over this connection."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.problem = ServerProblem(code, detail, remedy)


def _of_everything(server: SmtpServer, status: int, words: str, what: str) -> ServerProblem:
    """A refusal that would meet every other mail as well."""
    detail = f"{_where(server)} does not take {what}: {status} {words}"
    if 400 <= status < 500:
        return ServerProblem(
            "mail_server_busy", detail, "Nothing: it is tried again. If it stays, ask its operator."
        )
    return ServerProblem(
        "mail_sender_refused",
        detail,
        "Set HOLOTABLE_SMTP_FROM to an address that this server sends for, and sign in if it asks.",
    )


def _end(client: smtplib.SMTP) -> None:
    """Say goodbye; the mail's fate is decided, so a server that hangs up first changes nothing."""
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        return


def _where(server: SmtpServer) -> str:
    return f"The mail server {server.host}:{server.port}"


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]


def _reason(error: Exception) -> str:
    return _words(str(error)) or type(error).__name__
