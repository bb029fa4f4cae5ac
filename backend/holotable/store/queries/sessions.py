"""Rows of sessions: leases, operations, tickets, codes, attendance.

The database is the sequencer: operations are appended only under the fence of the lease, in the
transaction that checks it, and `UNIQUE(session, seq)` beside `UNIQUE(session, client_id,
client_seq)` holds even when everything else fails.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    delete,
    distinct,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.roles import Role
from holotable.store.database import uuid7
from holotable.store.queries import visible
from holotable.store.tables import (
    Attendance,
    GuestGrant,
    Operation,
    Principal,
    Revision,
    Session,
    Ticket,
)

SPECTATOR = "spectator"  # the role in an attendance of who only watched
CHUNK = 500  # bound parameters per statement stay far below SQLite's 32,766


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to append to a session's log, until somebody claims it with a higher fence."""

    session_id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class HeldElsewhere:
    """Another node owns this room right now."""

    owner_url: str


@dataclass(frozen=True, slots=True)
class Live:
    """A session with people in it."""

    session_id: UUID
    project_id: UUID
    name: str
    people: int


async def database_now(transaction: AsyncSession) -> datetime:
    """The time by the database's clock, which all nodes share."""
    if transaction.get_bind().dialect.name == "postgresql":
        # now() would be the start of the transaction, before it waited for a lock.
        moment: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
        return moment.astimezone(UTC)
    text = await transaction.scalar(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now")))
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


# Leases -------------------------------------------------------------------------------------


async def claim(
    transaction: AsyncSession, session_id: UUID, owner_url: str, lease: timedelta
) -> tuple[Session, Lease] | HeldElsewhere | None:
    """Own a session's room; None when the session is unknown or over.

    A node takes back its own lease at once: after a crash it finds the row in its own name. The
    fence rises with every claim, so whoever held it before can append no more.
    """
    row = (
        await transaction.scalars(select(Session).where(Session.id == session_id).with_for_update())
    ).one_or_none()
    if row is None or row.ended_at is not None:
        return None
    now = await database_now(transaction)
    held = row.lease_until is not None and row.lease_until > now
    if held and row.owner_url != owner_url:
        return HeldElsewhere(row.owner_url)
    row.owner_url = owner_url
    row.fence += 1
    row.lease_until = now + lease
    # Nobody can be in a room that is only now opened: a crash left these behind.
    await everyone_left(transaction, session_id, now)
    await transaction.flush()
    return row, Lease(session_id, row.fence)


async def held(transaction: AsyncSession, leases: Collection[Lease]) -> frozenset[Lease]:
    """Those of the leases that are still ours, of sessions that are not over.

    The rows are locked until the transaction ends, so a claim waits for it or came first and is
    seen; it never falls between. Locked in the order of their ids, because two transactions that
    lock several rows in different orders would wait for each other for ever.
    """
    found: set[Lease] = set()
    every = sorted((lease.session_id, lease.fence) for lease in leases)
    for start in range(0, len(every), CHUNK):
        kept = await transaction.execute(
            select(Session.id, Session.fence)
            .where(
                tuple_(Session.id, Session.fence).in_(every[start : start + CHUNK]),
                Session.ended_at.is_(None),
            )
            .order_by(Session.id)
            .with_for_update(key_share=True)
        )
        found |= {Lease(session_id, fence) for session_id, fence in kept}
    return frozenset(found)


async def renew(
    transaction: AsyncSession, leases: Collection[Lease], lease: timedelta
) -> frozenset[UUID]:
    """Prolong leases; the sessions whose lease is still ours and that are not over."""
    until = await database_now(transaction) + lease
    kept = [one.session_id for one in await held(transaction, leases)]
    for start in range(0, len(kept), CHUNK):
        await transaction.execute(
            update(Session)
            .where(Session.id.in_(kept[start : start + CHUNK]))
            .values(lease_until=until)
        )
    return frozenset(kept)


async def release(transaction: AsyncSession, lease: Lease) -> None:
    """Let any node own the room from now on."""
    await transaction.execute(
        update(Session)
        .where(Session.id == lease.session_id, Session.fence == lease.fence)
        .values(lease_until=None, owner_url="")
    )


async def owner_of(transaction: AsyncSession, session_id: UUID) -> str | None:
    """The URL of the node that holds a living lease of this room; None: any node may take it."""
    row = (
        await transaction.execute(
            select(Session.owner_url, Session.lease_until).where(Session.id == session_id)
        )
    ).one_or_none()
    if row is None or row.lease_until is None:
        return None
    return row.owner_url if row.lease_until > await database_now(transaction) else None


async def living_owners(transaction: AsyncSession) -> frozenset[str]:
    """The URLs of all nodes that hold a living lease of any room."""
    now = await database_now(transaction)
    found = await transaction.scalars(
        select(Session.owner_url).where(Session.lease_until > now).distinct()
    )
    return frozenset(found)


# Operations ---------------------------------------------------------------------------------


async def append(transaction: AsyncSession, operations: Sequence[Mapping[str, Any]]) -> None:
    """Store operations, in the transaction in which `held` has said that they may be.

    operations: columns of `operation`.
    """
    if operations:
        await transaction.execute(insert(Operation), [dict(row) for row in operations])


async def operations_of(
    transaction: AsyncSession, session_id: UUID, *, after: int = 0
) -> Sequence[Operation]:
    """The operations with a number above `after`, ascending."""
    return (
        await transaction.scalars(
            select(Operation)
            .where(Operation.session_id == session_id, Operation.seq > after)
            .order_by(Operation.seq)
        )
    ).all()


async def last_seq(transaction: AsyncSession, session_id: UUID) -> int:
    """The number of the last operation, 0 when there is none."""
    found = await transaction.scalar(
        select(func.max(Operation.seq)).where(Operation.session_id == session_id)
    )
    return found or 0


async def changes_until(
    transaction: AsyncSession, session_id: UUID, last: int
) -> Sequence[Operation]:
    """Operations up to number `last` that can still matter to the state, ascending.

    Of each key only its last set, and every clear: what lies between was replaced.
    """
    newest = (
        select(func.max(Operation.seq))
        .where(Operation.session_id == session_id, Operation.seq <= last, Operation.kind == "set")
        .group_by(Operation.key)
    )
    return (
        await transaction.scalars(
            select(Operation)
            .where(
                Operation.session_id == session_id,
                Operation.seq <= last,
                or_(Operation.kind == "clear", Operation.seq.in_(newest)),
            )
            .order_by(Operation.seq)
        )
    ).all()


async def newest_values(
    transaction: AsyncSession, session_id: UUID, keys: Collection[str]
) -> dict[str, Any]:  # JSON
    """What these keys hold after every operation so far; a removed or unknown key is absent.

    For keys that no clear reaches.
    """
    newest = (
        select(func.max(Operation.seq))
        .where(Operation.session_id == session_id, Operation.kind == "set")
        .where(Operation.key.in_(keys))
        .group_by(Operation.key)
    )
    found = await transaction.execute(
        select(Operation.key, Operation.value).where(
            Operation.session_id == session_id, Operation.seq.in_(newest)
        )
    )
    return {key: value for key, value in found if value is not None}


async def newest_under(
    transaction: AsyncSession, session_id: UUID, prefix: str
) -> dict[str, Any]:  # JSON
    """What the keys with this prefix hold after every operation so far; removed ones are absent.

    For keys that no clear reaches.
    """
    newest = (
        select(func.max(Operation.seq))
        .where(Operation.session_id == session_id, Operation.kind == "set")
        .where(Operation.key.startswith(prefix, autoescape=True))
        .group_by(Operation.key)
    )
    found = await transaction.execute(
        select(Operation.key, Operation.value).where(
            Operation.session_id == session_id, Operation.seq.in_(newest)
        )
    )
    return {key: value for key, value in found if value is not None}


async def revoke_guests(
    transaction: AsyncSession, session_id: UUID, principal_ids: Collection[UUID]
) -> None:
    """Take away what the code of this session let these people see."""
    if principal_ids:
        await transaction.execute(
            delete(GuestGrant).where(
                GuestGrant.session_id == session_id,
                GuestGrant.principal_id.in_(list(principal_ids)),
            )
        )


async def last_chat(transaction: AsyncSession, session_id: UUID, count: int) -> Sequence[Operation]:
    """The last lines of chat, ascending."""
    rows = await transaction.scalars(
        select(Operation)
        .where(Operation.session_id == session_id, Operation.kind == "chat")
        .order_by(Operation.seq.desc())
        .limit(count)
    )
    return list(reversed(rows.all()))


async def chat_of(transaction: AsyncSession, session_id: UUID) -> Sequence[Operation]:
    """The whole chat of a session, ascending; of a very long one the first 10,000 lines."""
    return (
        await transaction.scalars(
            select(Operation)
            .where(Operation.session_id == session_id, Operation.kind == "chat")
            .order_by(Operation.seq)
            .limit(10_000)
        )
    ).all()


async def clients_of(
    transaction: AsyncSession, session_id: UUID, *, until: int
) -> dict[str, tuple[UUID, int]]:
    """Per client id its principal and the highest client_seq among operations up to `until`."""
    rows = await transaction.execute(
        select(Operation.client_id, Operation.principal_id, func.max(Operation.client_seq))
        .where(Operation.session_id == session_id, Operation.seq <= until)
        .group_by(Operation.client_id, Operation.principal_id)
    )
    return {client_id: (principal_id, highest) for client_id, principal_id, highest in rows}


async def operation_by_client(
    transaction: AsyncSession, session_id: UUID, client_id: str, client_seq: int
) -> Operation | None:
    """The operation a client sent under this number."""
    return (
        await transaction.scalars(
            select(Operation).where(
                Operation.session_id == session_id,
                Operation.client_id == client_id,
                Operation.client_seq == client_seq,
            )
        )
    ).one_or_none()


# People -------------------------------------------------------------------------------------


async def roles_of(
    transaction: AsyncSession, principal_ids: Collection[UUID], now: datetime
) -> dict[tuple[UUID, UUID], tuple[Role, UUID | None]]:
    """(principal, project) -> (role, only asset or None), of principals that are not disabled."""
    found: dict[tuple[UUID, UUID], tuple[Role, UUID | None]] = {}
    every = list(principal_ids)
    for start in range(0, len(every), CHUNK):
        seen = visible.reach(every[start : start + CHUNK], now)
        rows = await transaction.execute(
            select(seen)
            .join(Principal, Principal.id == seen.c.principal_id)
            .where(Principal.disabled_at.is_(None))
        )
        for row in rows:
            found[row.principal_id, row.project_id] = (Role(row.role), row.asset_id)
    return found


async def record_arrivals(transaction: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down who came; rows: columns of `attendance`."""
    if rows:
        await transaction.execute(insert(Attendance), [dict(row) for row in rows])


async def record_departures(
    transaction: AsyncSession, attendance_ids: Collection[UUID], now: datetime
) -> None:
    """Write down who went."""
    every = list(attendance_ids)
    for start in range(0, len(every), CHUNK):
        await transaction.execute(
            update(Attendance)
            .where(Attendance.id.in_(every[start : start + CHUNK]), Attendance.left_at.is_(None))
            .values(left_at=now)
        )


async def everyone_left(transaction: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Write down that nobody is in this room any more."""
    await transaction.execute(
        update(Attendance)
        .where(Attendance.session_id == session_id, Attendance.left_at.is_(None))
        .values(left_at=now)
    )


async def attendees_of(transaction: AsyncSession, session_id: UUID) -> Sequence[UUID]:
    """Everybody who took part in this room at any time; who only watched did not."""
    rows = await transaction.scalars(
        select(Attendance.principal_id)
        .where(Attendance.session_id == session_id, Attendance.role != SPECTATOR)
        .distinct()
    )
    return rows.all()


async def attended(transaction: AsyncSession, session_id: UUID, principal_id: UUID) -> bool:
    """Whether somebody took part in this room at any time."""
    found = await transaction.scalar(
        select(Attendance.id)
        .where(
            Attendance.session_id == session_id,
            Attendance.principal_id == principal_id,
            Attendance.role != SPECTATOR,
        )
        .limit(1)
    )
    return found is not None


async def people_in(
    transaction: AsyncSession, session_ids: Collection[UUID], now: datetime
) -> dict[UUID, int]:
    """How many different people are in each of these rooms; rooms without anybody are absent."""
    rows = await transaction.execute(
        select(Attendance.session_id, func.count(distinct(Attendance.principal_id)))
        .join(Session, Session.id == Attendance.session_id)
        .where(
            Attendance.session_id.in_(list(session_ids)),
            Attendance.left_at.is_(None),
            Attendance.role != SPECTATOR,
            Session.lease_until > now,  # without a living owner nobody is connected
        )
        .group_by(Attendance.session_id)
    )
    return {session_id: count for session_id, count in rows}


async def live_in(
    transaction: AsyncSession, project_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[Live]]:
    """Meetings with people in them right now, by project."""
    rows = await transaction.execute(
        select(
            Session.id,
            Session.project_id,
            Session.name,
            func.count(distinct(Attendance.principal_id)),
        )
        .join(Attendance, Attendance.session_id == Session.id)
        .where(
            Session.project_id.in_(list(project_ids)),
            Session.kind == "meeting",
            Session.ended_at.is_(None),
            Session.lease_until > now,
            Attendance.left_at.is_(None),
            Attendance.role != SPECTATOR,
        )
        .group_by(Session.id, Session.project_id, Session.name)
        .order_by(Session.id)
    )
    found: dict[UUID, list[Live]] = {}
    for session_id, project_id, name, people in rows:
        found.setdefault(project_id, []).append(Live(session_id, project_id, name, people))
    return found


# Sessions, codes, tickets -------------------------------------------------------------------


async def sessions_of(
    transaction: AsyncSession, project_id: UUID, *, asset_id: UUID | None
) -> Sequence[tuple[Session, UUID, Principal | None]]:
    """A project's meetings with their asset and who started them: running first, then newest."""
    statement = (
        select(Session, Revision.asset_id, Principal)
        .join(Revision, Revision.id == Session.revision_id)
        .outerjoin(Principal, Principal.id == Session.created_by)
        .where(Session.project_id == project_id, Session.kind == "meeting")
        .order_by(Session.ended_at.is_not(None), Session.id.desc())
        .limit(200)
    )
    if asset_id is not None:
        statement = statement.where(Revision.asset_id == asset_id)
    return [(row[0], row[1], row[2]) for row in await transaction.execute(statement)]


async def table_of(transaction: AsyncSession, revision_id: UUID) -> Session | None:
    """The revision's implicit room."""
    return (
        await transaction.scalars(
            select(Session).where(Session.revision_id == revision_id, Session.kind == "table")
        )
    ).one_or_none()


async def by_code(transaction: AsyncSession, code: str, now: datetime) -> Session | None:
    """The session that a living six-digit code opens."""
    return (
        await transaction.scalars(
            select(Session).where(
                Session.code == code,
                Session.ended_at.is_(None),
                Session.code_expires_at > now,
            )
        )
    ).one_or_none()


async def free_expired_codes(transaction: AsyncSession, now: datetime) -> None:
    """Let codes that open nothing any more be given out again."""
    await transaction.execute(
        update(Session)
        .where(Session.code.is_not(None), Session.code_expires_at <= now)
        .values(code=None)
    )


async def add_ticket(transaction: AsyncSession, ticket: Ticket) -> None:
    """Store a ticket."""
    transaction.add(ticket)
    await transaction.flush()


async def take_tickets(
    transaction: AsyncSession, secret_hashes: Collection[str]
) -> dict[str, tuple[Ticket, Principal]]:
    """Use tickets up: delete them and return them by hash with their principals.

    The delete is what makes a ticket one-use: of two transactions, one deletes the row.
    """
    tickets = (
        await transaction.scalars(
            delete(Ticket).where(Ticket.secret_hash.in_(list(secret_hashes))).returning(Ticket)
        )
    ).all()
    wanted = {ticket.principal_id for ticket in tickets}
    found = await transaction.scalars(select(Principal).where(Principal.id.in_(wanted)))
    principals = {principal.id: principal for principal in found}
    return {ticket.secret_hash: (ticket, principals[ticket.principal_id]) for ticket in tickets}


async def forget_expired_tickets(transaction: AsyncSession, now: datetime) -> None:
    """Delete tickets nobody used in time."""
    await transaction.execute(delete(Ticket).where(Ticket.expires_at <= now))


def attendance_row(
    session_id: UUID, principal_id: UUID, name: str, role: str, device: str, now: datetime
) -> dict[str, Any]:
    """Columns of one arrival."""
    return {
        "id": uuid7(),
        "session_id": session_id,
        "principal_id": principal_id,
        "name": name,
        "role": role,
        "device": device,
        "joined_at": now,
        "left_at": None,
    }
