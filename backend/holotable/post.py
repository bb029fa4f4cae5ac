"""The outbox: mails that wait are worded, sent and marked; digests and due dates come by the clock.

Runs beside the conversions, in as many processes as there are. Nothing waits for it, and what it
does is in the database before the next step: a mail is claimed under a lease, sent, then marked.
A process that dies in between leaves the lease; the mail is then sent once more, under the same
Message-ID, by which mail programs know it. In the normal course each goes out once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import letters, notifications
from holotable.letters import Envelope, Item, Reader
from holotable.review.notification import (
    KIND_OF,
    Choice,
    Kind,
    choices_of,
    last_digest_time,
    zone_of,
)
from holotable.review.notification_words import language_of, sentences, title
from holotable.smtp import (
    AddressRefused,
    MailRefused,
    Outcome,
    Sent,
    ServerProblem,
    SmtpServer,
    TryLater,
    send,
)
from holotable.store.database import Database
from holotable.store.notification_tables import Mail, Notification, NotificationSettings
from holotable.store.queries import mail as rows
from holotable.store.queries import notifications as notification_rows
from holotable.store.queries.conversions import database_now
from holotable.store.queries.mail import MailClaim, Recipient

log = logging.getLogger("holotable.post")

Now: TypeAlias = Callable[[AsyncSession], Awaitable[datetime]]

POLL_S: Final = 2.0
_DIGEST_EVERY_S: Final = 30.0
_DUE_EVERY_S: Final = 300.0
_TIDY_EVERY_S: Final = 3600.0
_LEASE_S: Final = 300.0  # longer than every command of one mail may take
_PAUSES_S: Final = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0)  # while the server takes nothing
_BACK_OFF: Final = (60, 300, 900, 3600, 4 * 3600)  # seconds, after a mail's first, second, … try
# RFC 5321 §4.5.4.1: four to five days.
_GIVE_UP: Final = timedelta(days=5)
_WITHOUT_SERVER: Final = timedelta(hours=1)  # then a waiting mail is news no more
_KEPT: Final = timedelta(days=30)
_KEPT_DONE: Final = timedelta(days=180)
_IN_DIGEST: Final = 50  # items; the others are counted


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that is worded."""

    message: EmailMessage
    address: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A mail that nobody needs any more. reason: snake_case."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """A mail for after the quiet hours."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Barred:
    """A mail for an address that was refused before."""

    address: str
    problem: dict[str, Any]


Letter: TypeAlias = Ready | Dropped | Postponed | Barred


class PostOffice:
    """Sends what waits until it is cancelled. server: None sends nothing: e-mail is off."""

    def __init__(
        self,
        database: Database,
        server: SmtpServer | None,
        *,
        sender: str,
        public_url: str,
        now: Now = database_now,
    ) -> None:
        self._database = database
        self._server = server
        self._sender = sender
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._pauses = 0

    async def run(self) -> None:
        """Deliver, make digests, tell of due dates and tidy up, each in its own beat."""
        loop = asyncio.get_running_loop()
        beats: list[tuple[float, Callable[[], Awaitable[object]]]] = [
            (_DIGEST_EVERY_S, self.make_digests),
            (_DUE_EVERY_S, self.tell_due),
            (_TIDY_EVERY_S, self.tidy),
        ]
        last = [-1e9] * len(beats)
        resume = 0.0
        while True:
            for number, (every_s, act) in enumerate(beats):
                if loop.time() - last[number] >= every_s:
                    last[number] = loop.time()
                    await self._safely(act)
            if loop.time() >= resume:
                problem = await self._safely(self.deliver)
                if isinstance(problem, ServerProblem):
                    resume = loop.time() + _PAUSES_S[min(self._pauses, len(_PAUSES_S)) - 1]
            await asyncio.sleep(POLL_S)

    async def _safely(self, act: Callable[[], Awaitable[object]]) -> object:
        """The worker's border: whatever fails is logged and tried again with the next beat."""
        try:
            return await act()
        except SQLAlchemyError:
            log.exception("the mails that wait could not be read")
        except Exception:
            log.exception("the outbox met a fault; it goes on")
        return None

    async def deliver(self) -> ServerProblem | None:
        """Send all that may go now, oldest first; ends early with what keeps the server from it."""
        if self._server is None:
            return None
        while True:
            async with self._database.transaction() as session:
                now = await self._now(session)
                claim = await rows.claim(session, lease_s=_LEASE_S, now=now)
            if claim is None:
                return None
            try:
                letter = await self._worded(claim)
            except Exception as problem:  # one odd mail must not keep the others from going
                log.exception("mail %s could not be written", claim.id)
                await self._finish(claim, "failed", problem=_unmade(problem))
                continue
            if not isinstance(letter, Ready):
                await self._without_sending(claim, letter)
                continue
            outcome = await self._sent(self._server, claim, letter)
            if isinstance(outcome, ServerProblem):
                return outcome

    async def _sent(self, server: SmtpServer, claim: MailClaim, letter: Ready) -> Outcome:
        """Send a mail and mark it. A worker that is told to stop does so after the mark: what the
        server has taken must not go out again."""
        sender = letters.address_alone(self._sender)
        work = asyncio.ensure_future(
            asyncio.to_thread(send, server, letter.message, sender, letter.address)
        )
        try:
            outcome = await asyncio.shield(work)
        except asyncio.CancelledError:
            await self._after(claim, letter, await work)
            raise
        await self._after(claim, letter, outcome)
        return outcome

    async def _after(self, claim: MailClaim, letter: Ready, outcome: Outcome) -> None:
        """Write down what became of a mail."""
        async with self._database.transaction() as session:
            now = await self._now(session)
            if not isinstance(outcome, ServerProblem):
                self._pauses = 0
                await rows.note_server(session, now, None)
            match outcome:
                case Sent():
                    await rows.finish(session, claim, "sent", now, address=letter.address)
                    log.info("mail %s: sent", claim.id)
                case AddressRefused(status, text):
                    row = await session.get_one(Mail, claim.id)
                    await rows.refuse(session, letter.address, row.principal_id, status, text, now)
                    problem = _refused(status, text)
                    await rows.finish(
                        session, claim, "refused", now, address=letter.address, problem=problem
                    )
                    log.warning("mail %s: the address is refused: %d %s", claim.id, status, text)
                case MailRefused(status, text):
                    problem = _refused(status, text, code="mail_refused")
                    await rows.finish(
                        session, claim, "failed", now, address=letter.address, problem=problem
                    )
                    log.warning("mail %s: refused: %d %s", claim.id, status, text)
                case TryLater(status, text):
                    problem = _refused(status, text, code="mail_postponed")
                    if now - claim.created_at > _GIVE_UP:
                        await rows.finish(
                            session, claim, "failed", now, address=letter.address, problem=problem
                        )
                    else:
                        wait_s = _BACK_OFF[min(claim.attempts, len(_BACK_OFF)) - 1]
                        later = now + timedelta(seconds=wait_s)
                        await rows.put_back(session, claim, later, problem=problem)
                    log.info("mail %s: not now: %d %s", claim.id, status, text)
                case ServerProblem():
                    said = {
                        "code": outcome.code, "detail": outcome.detail, "remedy": outcome.remedy,
                    }  # fmt: skip
                    await rows.note_server(session, now, said)
                    if now - claim.created_at > _GIVE_UP:
                        await rows.finish(session, claim, "failed", now, problem=said)
                    else:
                        await rows.put_back(session, claim, now, problem=said, counts=False)
                    if self._pauses == 0:
                        log.warning("no mail goes out: %s %s", outcome.detail, outcome.remedy)
                    self._pauses += 1

    async def _without_sending(
        self, claim: MailClaim, letter: Dropped | Postponed | Barred
    ) -> None:
        match letter:
            case Dropped(reason):
                await self._finish(claim, "dropped", problem={"reason": reason})
            case Barred(address, problem):
                await self._finish(claim, "refused", address=address, problem=problem)
            case Postponed(until):
                async with self._database.transaction() as session:
                    await rows.put_back(session, claim, until, counts=False)

    async def _finish(
        self,
        claim: MailClaim,
        state: str,
        *,
        problem: dict[str, Any],
        address: str = "",
    ) -> None:
        async with self._database.transaction() as session:
            now = await self._now(session)
            await rows.finish(session, claim, state, now, address=address, problem=problem)

    # Wording

    async def _worded(self, claim: MailClaim) -> Letter:
        """The mail as of this moment: with the rights, the choices and the news of now."""
        async with self._database.transaction() as session:
            now = await self._now(session)
            row = await session.get_one(Mail, claim.id)
            to = await rows.recipient(session, row.principal_id)
            if to is None:
                return Dropped("nobody")
            address = notifications.address_of(to)
            if row.kind == "confirm":
                address = str(row.content["address"])
                if address != to.settings.address:
                    return Dropped("another_address")
            if not address:
                return Dropped("no_address")
            refusal = await rows.refusal_of(session, address)
            if refusal is not None:
                return Barred(address, _refused(refusal.status, refusal.text))
            language = language_of(to.settings.language)
            reader = Reader(to.principal.id, to.principal.name, address, language)
            envelope = Envelope(self._sender, self._public_url, await rows.secret(session))
            if row.kind == "confirm":
                expires_at = datetime.fromisoformat(str(row.content["expires_at"]))
                message = letters.confirm_mail(
                    envelope, reader, expires_at=expires_at, mail_id=row.id, now=now
                )
                return Ready(message, address)
            if row.kind == "digest":
                return await _digest(session, row, to, reader, envelope, now)
            return await _notification(session, row, to, reader, envelope, now)

    # By the clock

    async def make_digests(self) -> int:
        """Write the digests that are due since the last look; how many."""
        if self._server is None:
            return 0
        made = 0
        async with self._database.transaction() as session:
            people = [one.principal_id for one in await rows.with_digests(session)]
        for principal_id in people:
            for cadence in ("daily", "weekly"):
                async with self._database.transaction() as session:
                    made += await self._make_digest(session, principal_id, cadence)
        return made

    async def _make_digest(self, session: AsyncSession, principal_id: UUID, cadence: str) -> int:
        now = await self._now(session)
        settings = await notification_rows.settings_of(session, principal_id, now)
        if cadence not in {one.email for one in choices_of(settings.choices).values()}:
            return 0
        until = last_digest_time(now, zone_of(settings.time_zone), weekly=cadence == "weekly")
        since = settings.daily_until if cadence == "daily" else settings.weekly_until
        if since >= until or not await rows.take_digest(session, settings, cadence, until):
            return 0
        to = await rows.recipient(session, principal_id)
        if to is None or not notifications.address_of(to):
            return 0
        if not await _news(session, settings, cadence, since, until, now):
            return 0
        content = {
            "cadence": cadence, "since": since.isoformat(), "until": until.isoformat(),
        }  # fmt: skip
        await rows.enqueue(
            session, principal_id, "digest", not_before=now, now=now, content=content
        )
        return 1

    async def tell_due(self) -> None:
        """Tell of what is due soon or overdue."""
        async with self._database.transaction() as session:
            await notifications.tell_due(session, await self._now(session))

    async def tidy(self) -> None:
        """Forget mails of a month ago and what was done half a year ago."""
        async with self._database.transaction() as session:
            now = await self._now(session)
            if self._server is None:
                await rows.drop_waiting(session, now - _WITHOUT_SERVER, now)
            await rows.forget(session, now - _KEPT)
            await notification_rows.forget(session, now - _KEPT_DONE)


async def _notification(
    session: AsyncSession,
    row: Mail,
    to: Recipient,
    reader: Reader,
    envelope: Envelope,
    now: datetime,
) -> Letter:
    assert row.notification_id is not None, "a mail of this kind speaks of one"
    told = await rows.still_visible(session, row.notification_id, reader.id, now)
    if told is None:
        return Dropped("not_visible")
    if told.state != "unread":
        return Dropped("seen")
    choices = choices_of(to.settings.choices)
    wanted = [KIND_OF[what] for what in told.tally if choices[KIND_OF[what]].email == "at_once"]
    if not wanted:
        return Dropped("not_wanted")
    until = notifications.quiet_end(to.settings, now)
    if until > now:
        return Postponed(until)
    item = (await _items(session, [told], reader))[0]
    message = letters.notification_mail(
        envelope, reader, item, kind=wanted[0], mail_id=row.id, thread=told.subject, now=now
    )
    return Ready(message, reader.address)


async def _digest(
    session: AsyncSession,
    row: Mail,
    to: Recipient,
    reader: Reader,
    envelope: Envelope,
    now: datetime,
) -> Letter:
    cadence = str(row.content["cadence"])
    since = datetime.fromisoformat(str(row.content["since"]))
    until = datetime.fromisoformat(str(row.content["until"]))
    news = await _news(session, to.settings, cadence, since, until, now)
    if not news:
        return Dropped("seen")
    items = await _items(session, news[:_IN_DIGEST], reader)
    message = letters.digest_mail(
        envelope, reader, items, more=len(news) - len(items), cadence=cadence, mail_id=row.id,
        now=now,
    )  # fmt: skip
    return Ready(message, reader.address)


async def _news(
    session: AsyncSession,
    settings: NotificationSettings,
    cadence: str,
    since: datetime,
    until: datetime,
    now: datetime,
) -> list[Notification]:
    """What a digest tells of: unread rows with something of the kinds that come in it."""
    choices = choices_of(settings.choices)
    found = await rows.for_digest(session, settings.principal_id, since, until, now)
    return [one for one in found if _comes_in(one, choices, cadence)]


def _comes_in(row: Notification, choices: dict[Kind, Choice], cadence: str) -> bool:
    """Whether this is told in summaries of this cadence, and not by a mail of its own."""
    kinds = {KIND_OF[what] for what in row.tally if what in KIND_OF}
    cadences = {choices[kind].email for kind in kinds}
    return cadence in cadences and "at_once" not in cadences


async def _items(session: AsyncSession, told: list[Notification], reader: Reader) -> list[Item]:
    names = await notification_rows.names_of(session, told)
    items = []
    for row in told:
        subject = notifications.subject_of(row, names)
        items.append(
            Item(
                title=title(reader.language, subject),
                sentences=sentences(reader.language, row.tally, subject),
                path=notifications.path_of(row, names),
                project=names.projects.get(row.project_id, ""),
            )
        )
    return items


def _refused(status: int, text: str, code: str = "mail_address_refused") -> dict[str, Any]:
    """What a mail server said, as a problem."""
    remedy = {
        "mail_address_refused": "Check the address for mistakes, enter it again, or use another.",
        "mail_refused": "Ask the operator of the mail server what it did not like.",
        "mail_postponed": "Nothing: it is tried again for five days.",
    }[code]
    return {"code": code, "detail": f"{status} {text}", "remedy": remedy}


def _unmade(problem: Exception) -> dict[str, Any]:
    return {
        "code": "mail_not_written",
        "detail": f"The mail could not be written: {type(problem).__name__}.",
        "remedy": "Send the log to your administrator.",
    }
