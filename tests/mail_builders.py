"""A real mail server on a loopback port, and an installation's outbox that sends to it."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from builders import Clock
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.certificate import Names, certificate_for
from holotable.post import PostOffice
from holotable.smtp import SmtpServer, Tls
from holotable.store.database import Database
from holotable.store.notification_tables import Mail, NotificationSettings

SENDER = "Holotable <holotable@example.org>"
PUBLIC_URL = "https://review.example.org"


@dataclass
class MailBox:
    """What the server took, and what it answers."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    to_sender: str = ""  # answers, when not empty, in place of 250
    to_recipient: str = ""
    to_data: str = ""
    delay_s: float = 0.0  # before it answers a mail
    asked: bool = False  # a mail is being handed in

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.to_sender:
            return self.to_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.asked = True
        await asyncio.sleep(self.delay_s)
        if self.to_data:
            return self.to_data
        content = cast(bytes, envelope.content)
        self.mails.append(cast(EmailMessage, message_from_bytes(content, policy=default)))
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@contextmanager
def mail_server(
    box: MailBox,
    *,
    tls: Tls = "none",
    certificate: Path | None = None,
    login: tuple[str, str] | None = None,
    port: int = 0,
) -> Iterator[SmtpServer]:
    """A mail server that runs until the block ends, and how to reach it."""
    context = None
    ca_file = None
    if tls != "none":
        assert certificate is not None, "a server that encrypts has a certificate"
        names = Names(("localhost",), ("127.0.0.1",))
        made = certificate_for(names, certificate, now=datetime.now(UTC))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate_file, made.key_file)
        ca_file = made.authority_file

    def authenticate(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        sent = (data.login.decode(), data.password.decode()) if _is_login(data) else None
        return AuthResult(success=sent == login, handled=False)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port or free_port(),
        ssl_context=context if tls == "tls" else None,
        tls_context=context if tls == "starttls" else None,
        require_starttls=tls == "starttls",
        authenticator=authenticate if login else None,
        auth_required=login is not None,
        auth_require_tls=True,
    )
    controller.start()
    try:
        user, password = login or ("", "")
        yield SmtpServer("localhost", controller.port, tls, user, password, ca_file, timeout_s=5.0)
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on: the controller wants to know it before it starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def _is_login(data: Any) -> bool:
    return isinstance(data, LoginPassword)


def office(database: Database, server: SmtpServer | None, clock: Clock) -> PostOffice:
    """An outbox whose time only the test moves."""

    async def now(_session: AsyncSession) -> datetime:
        return clock()

    return PostOffice(database, server, sender=SENDER, public_url=PUBLIC_URL, now=now)


async def reachable(
    database: Database, clock: Clock, *people: Any, address: str = "", **columns: Any
) -> None:
    """Let these people have a confirmed address: their name at example.org."""
    async with database.transaction() as session:
        for one in people:
            said: dict[str, Any] = {
                "address": address or f"{one.name.split()[0].lower()}@example.org",
                "confirmed_at": clock(), "choices": {}, "updated_at": clock(),
                **dict.fromkeys(("daily_until", "weekly_until"), clock() - timedelta(seconds=1)),
                **columns,
            }  # fmt: skip
            session.add(NotificationSettings(principal_id=one.id, **said))


async def mails(database: Database) -> list[Mail]:
    """Every mail, oldest first."""
    async with database.transaction() as session:
        return list((await session.scalars(select(Mail).order_by(Mail.id))).all())


def texts(mail: EmailMessage) -> tuple[str, str]:
    """The two bodies of a mail: text and HTML."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


@asynccontextmanager
async def running(post: PostOffice) -> AsyncIterator[None]:
    """The outbox beside the block."""
    task = asyncio.create_task(post.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
