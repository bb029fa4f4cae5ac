"""Rows of mails to send: written beside what they tell of, claimed under a fence, kept for a month.

Like a conversion, a mail is claimed by one worker at a time; a worker that dies between sending and
marking leaves a lease, after which the mail goes out again under the same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.database import uuid7
from holotable.store.notification_tables import (
    Mail,
    MailRefusal,
    MailServer,
    Notification,
    NotificationSettings,
)
from holotable.store.queries import visible
from holotable.store.queries.notifications import insert_once, mine
from holotable.store.tables import Principal, User

_SERVER: Final = 1
_MOST_IN_DIGEST: Final = 500


@dataclass(frozen=True, slots=True)
class MailClaim:
    """One worker's right to send one mail, good while `fence` is the row's."""

    id: UUID
    fence: int
    attempts: int
    created_at: datetime


async def enqueue(
    session: AsyncSession,
    principal_id: UUID,
    kind: str,
    *,
    not_before: datetime,
    now: datetime,
    notification_id: UUID | None = None,
    content: dict[str, Any] | None = None,
) -> None:
    """A mail to send; of a notification there is at most one that waits."""
    if notification_id is not None:
        waits = await session.scalar(
            select(Mail.id).where(Mail.notification_id == notification_id, Mail.state == "queued")
        )
        if waits is not None:
            return
    session.add(
        Mail(
            id=uuid7(),
            principal_id=principal_id,
            kind=kind,
            notification_id=notification_id,
            content=content or {},
            state="queued",
            not_before=not_before,
            created_at=now,
        )
    )
    await session.flush()


async def claim(session: AsyncSession, *, lease_s: float, now: datetime) -> MailClaim | None:
    """The mail that has waited longest and may go now; None when there is none."""
    row = (
        await session.scalars(
            select(Mail)
            .where(
                Mail.state == "queued",
                Mail.not_before <= now,
                or_(Mail.lease_until.is_(None), Mail.lease_until <= now),
            )
            .order_by(Mail.not_before, Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    row.fence += 1
    row.attempts += 1
    row.lease_until = now + timedelta(seconds=lease_s)
    await session.flush()
    return MailClaim(row.id, row.fence, row.attempts, row.created_at)


async def finish(
    session: AsyncSession,
    claim: MailClaim,
    state: str,
    now: datetime,
    *,
    address: str = "",
    problem: dict[str, Any] | None = None,
) -> bool:
    """The mail is sent, dropped, refused or failed; False when another worker has it by now."""
    row = await _mine(session, claim)
    if row is None:
        return False
    row.state, row.address, row.problem = state, address, problem
    row.lease_until, row.finished_at = None, now
    await session.flush()
    return True


async def put_back(
    session: AsyncSession,
    claim: MailClaim,
    not_before: datetime,
    *,
    problem: dict[str, Any] | None = None,
    counts: bool = True,
) -> None:
    """Try again later. counts: False when it was no fault of this mail's."""
    row = await _mine(session, claim)
    if row is not None:
        row.not_before, row.lease_until, row.problem = not_before, None, problem
        row.attempts -= 0 if counts else 1
        await session.flush()


async def _mine(session: AsyncSession, claim: MailClaim) -> Mail | None:
    return (
        await session.scalars(
            select(Mail)
            .where(Mail.id == claim.id, Mail.fence == claim.fence, Mail.state == "queued")
            .with_for_update()
        )
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a mail goes, as of now."""

    principal: Principal
    login: str
    settings: NotificationSettings


async def recipient(session: AsyncSession, principal_id: UUID) -> Recipient | None:
    """The person of a mail; None when there is no such user any more, or he is disabled."""
    row = (
        await session.execute(
            select(Principal, User.login, NotificationSettings)
            .join(User, User.principal_id == Principal.id)
            .join(NotificationSettings, NotificationSettings.principal_id == Principal.id)
            .where(Principal.id == principal_id, Principal.disabled_at.is_(None))
        )
    ).one_or_none()
    return None if row is None else Recipient(row[0], row[1], row[2])


async def still_visible(
    session: AsyncSession, notification_id: UUID, principal_id: UUID, now: datetime
) -> Notification | None:
    """The notification, if its person sees what it speaks of at this moment."""
    found = await visible.find(session, Notification, notification_id, principal_id, now)
    return None if found is None else found[0]


async def for_digest(
    session: AsyncSession, principal_id: UUID, since: datetime, until: datetime, now: datetime
) -> Sequence[Notification]:
    """What happened in this span, is unread still and seen still; by project, oldest first."""
    statement = mine(principal_id, now, hidden=True).where(
        Notification.state == "unread",
        Notification.happened_at > since,
        Notification.happened_at <= until,
    )
    rows = await session.scalars(
        statement.order_by(
            Notification.project_id, Notification.happened_at, Notification.id
        ).limit(_MOST_IN_DIGEST)
    )
    return rows.all()


async def with_digests(session: AsyncSession) -> Sequence[NotificationSettings]:
    """The settings of everybody who has something unread: only they can be due a digest."""
    unread = (
        select(Notification.id)
        .where(
            Notification.principal_id == NotificationSettings.principal_id,
            Notification.state == "unread",
        )
        .exists()
    )
    return (
        await session.scalars(
            select(NotificationSettings).where(unread).order_by(NotificationSettings.principal_id)
        )
    ).all()


async def take_digest(
    session: AsyncSession, settings: NotificationSettings, cadence: str, until: datetime
) -> bool:
    """Move the mark up to which digests have told; False when another worker was faster."""
    column = (
        NotificationSettings.daily_until
        if cadence == "daily"
        else NotificationSettings.weekly_until
    )
    before = settings.daily_until if cadence == "daily" else settings.weekly_until
    taken = await session.execute(
        update(NotificationSettings)
        .where(NotificationSettings.principal_id == settings.principal_id, column == before)
        .values({column: until})
        .returning(NotificationSettings.principal_id)
        .execution_options(synchronize_session=False)
    )
    return taken.one_or_none() is not None


# Refusals, and the server


async def refusal_of(session: AsyncSession, address: str) -> MailRefusal | None:
    """Why nothing is sent to an address."""
    return await session.get(MailRefusal, address.lower()) if address else None


async def refuse(
    session: AsyncSession,
    address: str,
    principal_id: UUID,
    status: int,
    text: str,
    now: datetime,
) -> None:
    """Keep that a server refused an address for good."""
    row = await session.get(MailRefusal, address.lower())
    if row is None:
        row = MailRefusal(
            address=address.lower(), principal_id=principal_id, status=status, text=text, at=now
        )
        session.add(row)
    row.principal_id, row.status, row.text, row.at = principal_id, status, text, now
    await session.flush()


async def forgive(session: AsyncSession, address: str, principal_id: UUID) -> None:
    """Send to an address again: its owner entered it once more."""
    await session.execute(
        delete(MailRefusal).where(
            MailRefusal.address == address.lower(), MailRefusal.principal_id == principal_id
        )
    )


async def refusals(
    session: AsyncSession, limit: int = 200
) -> Sequence[tuple[MailRefusal, Principal]]:
    """Refused addresses and whose they are, newest first."""
    rows = await session.execute(
        select(MailRefusal, Principal)
        .join(Principal, Principal.id == MailRefusal.principal_id)
        .order_by(MailRefusal.at.desc())
        .limit(limit)
    )
    return [(refusal, principal) for refusal, principal in rows]


async def note_server(session: AsyncSession, now: datetime, problem: dict[str, Any] | None) -> None:
    """How the mail server was met just now. problem: None when it took a mail."""
    row = await _server_row(session)
    if problem is None:
        row.problem, row.problem_at, row.sent_at = None, None, now
    else:
        row.problem = problem
        row.problem_at = row.problem_at or now
    await session.flush()


async def secret(session: AsyncSession) -> bytes:
    """What signs links in mails: made once, the same for all processes of an installation."""
    return bytes.fromhex((await _server_row(session)).secret)


async def _server_row(session: AsyncSession) -> MailServer:
    found = await session.get(MailServer, _SERVER)
    if found is None:
        await insert_once(session, MailServer, {"id": _SERVER, "secret": token_hex(32)})
        found = await session.get_one(MailServer, _SERVER)
    return found


async def server(session: AsyncSession) -> MailServer | None:
    """How the mail server was last met."""
    return await session.get(MailServer, _SERVER)


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many mails are in each state."""
    rows = await session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    return {state: count for state, count in rows}


async def failed(session: AsyncSession, limit: int = 50) -> Sequence[tuple[Mail, Principal]]:
    """Mails that could not be sent, newest first."""
    rows = await session.execute(
        select(Mail, Principal)
        .join(Principal, Principal.id == Mail.principal_id)
        .where(Mail.state.in_(("failed", "refused")))
        .order_by(Mail.id.desc())
        .limit(limit)
    )
    return [(mail, principal) for mail, principal in rows]


async def forget(session: AsyncSession, before: datetime) -> None:
    """Remove mails that were finished before this moment."""
    await session.execute(delete(Mail).where(Mail.finished_at < before))


async def drop_waiting(session: AsyncSession, before: datetime, now: datetime) -> None:
    """Mails that were written before this moment are not sent any more: there is no server."""
    await session.execute(
        update(Mail)
        .where(Mail.state == "queued", Mail.created_at < before)
        .values(state="dropped", problem={"reason": "no_mail_server"}, finished_at=now)
        .execution_options(synchronize_session=False)
    )
