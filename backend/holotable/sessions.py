"""Sessions as rows: starting, ending, finding by code, and the tickets that open a socket.

A *meeting* is started by somebody and has a code; a *table* is the implicit room of a revision,
made when somebody first looks at it. What happens inside is `rooms`; nothing here runs a room.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Gone, Invalid, NotFound, Unavailable
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.queries import recordings
from holotable.store.queries import sessions as rows
from holotable.store.tables import Principal, Revision, Session, Ticket

Lobby: TypeAlias = Literal["off", "guests", "outside"]  # who waits; rooms.conduct says how
Device: TypeAlias = Literal["desktop", "tablet", "phone", "headset"]

CODE_DIGITS: Final = 6
TICKET_BATCH: Final = 200
CODE_ATTEMPTS: Final = 20  # with a thousand living codes, twenty misses come once in 1e60
MAX_NAME_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket just made: the only moment its secret is known to us."""

    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Admission:
    """Whom a used ticket lets in."""

    session_id: UUID
    principal_id: UUID
    name: str
    role: Role
    guest: bool
    device: str
    login_id: UUID | None = None  # the browser it was made for


def random_code() -> str:
    """Six digits, evenly distributed."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


async def start(
    transaction: AsyncSession,
    *,
    revision: Revision,
    name: str,
    creator_id: UUID,
    code_lifetime: timedelta,
    now: datetime,
    lobby: Lobby = "off",
    new_code: Callable[[], str] = random_code,
) -> Session:
    """Start a meeting on a revision, with a code that nobody else's living session has."""
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= MAX_NAME_CHARACTERS or not clean.isprintable():
        raise Invalid(
            f"A session's name has 1 to {MAX_NAME_CHARACTERS} characters.", pointer="/name"
        )
    await rows.free_expired_codes(transaction, now)
    for _ in range(CODE_ATTEMPTS):
        session = Session(
            id=uuid7(),
            project_id=revision.project_id,
            revision_id=revision.id,
            kind="meeting",
            name=clean,
            code=new_code(),
            code_expires_at=now + code_lifetime,
            created_at=now,
            created_by=creator_id,
            lobby=lobby,
            epoch=secrets.token_hex(8),
        )
        try:
            async with transaction.begin_nested():
                transaction.add(session)
        except IntegrityError:
            continue  # somebody has this code
        return session
    raise Unavailable("No free session code was found.")


async def end(transaction: AsyncSession, session: Session, *, now: datetime) -> None:
    """End a meeting for everybody; its code opens nothing any more. Ending twice is no error."""
    if session.kind != "meeting":
        raise NotFound()
    if session.ended_at is None:
        session.ended_at = now
        session.code = None
        await rows.everyone_left(transaction, session.id, now)
        await recordings.end_with_session(transaction, session.id, now)
        await transaction.flush()


async def table_of(transaction: AsyncSession, revision: Revision, *, now: datetime) -> Session:
    """The implicit room of a revision, made at the first look at it."""
    found = await rows.table_of(transaction, revision.id)
    if found is not None:
        return found
    session = Session(
        id=uuid7(),
        project_id=revision.project_id,
        revision_id=revision.id,
        kind="table",
        name=revision.label,
        created_at=now,
        epoch=secrets.token_hex(8),
    )
    try:
        async with transaction.begin_nested():
            transaction.add(session)
    except IntegrityError:  # two people opened it in the same moment
        found = await rows.table_of(transaction, revision.id)
        assert found is not None, "the unique index says that it is there"
        return found
    return session


async def by_code(transaction: AsyncSession, code: str, *, now: datetime) -> Session:
    """The session a code opens; spaces and hyphens people type are ignored."""
    digits = code.replace(" ", "").replace("-", "")
    found = None
    if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit():
        found = await rows.by_code(transaction, digits, now)
    if found is None:
        raise NotFound("No session has this code; ask the host, codes end with their session.")
    return found


async def issue_ticket(
    transaction: AsyncSession,
    session: Session,
    *,
    principal_id: UUID,
    role: Role,
    device: Device,
    lifetime: timedelta,
    now: datetime,
    login_id: UUID | None = None,
) -> IssuedTicket:
    """A one-use pass into the session's room; Gone when the session is over."""
    if session.ended_at is not None:
        raise Gone("This session is over.")
    await rows.forget_expired_tickets(transaction, now)
    secret = secrets.token_urlsafe(32)
    ticket = Ticket(
        secret_hash=_hash(secret),
        session_id=session.id,
        principal_id=principal_id,
        role=role.value,
        device=device,
        login_id=login_id,
        expires_at=now + lifetime,
    )
    await rows.add_ticket(transaction, ticket)
    return IssuedTicket(secret, ticket.expires_at)


async def use_tickets(
    transaction: AsyncSession, presented: Sequence[tuple[str, UUID]], *, now: datetime
) -> list[Admission | None]:
    """Whom each (secret, session) lets in; None when it is wrong, used, expired or elsewhere.

    Presenting a ticket uses it up, whatever comes of it; presented twice, the first one counts.
    """
    taken = await rows.take_tickets(transaction, [_hash(secret) for secret, _ in presented])
    return [
        _admission(taken.pop(_hash(secret), None), session_id, now)
        for secret, session_id in presented
    ]


def _admission(
    taken: tuple[Ticket, Principal] | None, session_id: UUID, now: datetime
) -> Admission | None:
    if taken is None:
        return None
    ticket, principal = taken
    if ticket.session_id != session_id or ticket.expires_at <= now:
        return None
    if principal.disabled_at is not None:
        return None
    return Admission(
        session_id=session_id,
        principal_id=principal.id,
        name=principal.name,
        role=Role(ticket.role),
        guest=principal.kind == "guest",
        device=ticket.device,
        login_id=ticket.login_id,
    )


class TicketDesk:
    """Takes tickets in as they come and uses up all that wait in one transaction.

    After a restart everybody comes back within a second. A transaction each is the obvious thing:
    500 of them queued on SQLite's write lock, and half of the 500 waited over 3 s (measured).
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._waiting: list[tuple[str, UUID, asyncio.Future[Admission | None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def use(self, secret: str, session_id: UUID) -> Admission | None:
        """Whom this ticket lets into this room; None when it is wrong, used or expired."""
        answer: asyncio.Future[Admission | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((secret, session_id, answer))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._use_up())
        return await answer

    async def _use_up(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:TICKET_BATCH], self._waiting[TICKET_BATCH:]
            try:
                async with self._database.transaction() as transaction:
                    presented = [(secret, session_id) for secret, session_id, _ in batch]
                    admissions = await use_tickets(transaction, presented, now=self._clock())
            except Exception as failure:  # handed to every socket that waits, which reports it
                for _, _, answer in batch:
                    if not answer.done():
                        answer.set_exception(failure)
                continue
            for (_, _, answer), admission in zip(batch, admissions, strict=True):
                if not answer.done():
                    answer.set_result(admission)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
