"""Rows of pairings, paired headsets and account events."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.device_tables import AccountEvent, Device, Pairing
from holotable.store.tables import Login, Principal, User


async def forget_expired(transaction: AsyncSession, now: datetime) -> None:
    """Delete codes nobody can use any more."""
    await transaction.execute(delete(Pairing).where(Pairing.expires_at <= now))


async def by_code(transaction: AsyncSession, code_hash: str, now: datetime) -> Pairing | None:
    """The headset that shows this code and that nobody has signed in yet."""
    return (
        await transaction.scalars(
            select(Pairing)
            .where(
                Pairing.code_hash == code_hash,
                Pairing.expires_at > now,
                Pairing.approved_by.is_(None),
            )
            .with_for_update()
        )
    ).one_or_none()


async def by_secret(transaction: AsyncSession, secret_hash: str, now: datetime) -> Pairing | None:
    """What became of a headset's code; locked, so that it is collected once."""
    return (
        await transaction.scalars(
            select(Pairing)
            .where(Pairing.secret_hash == secret_hash, Pairing.expires_at > now)
            .with_for_update()
        )
    ).one_or_none()


async def enabled_user(
    transaction: AsyncSession, principal_id: UUID
) -> tuple[Principal, str] | None:
    """An enabled user and their login name."""
    row = (
        await transaction.execute(
            select(Principal, User.login)
            .join(User, User.principal_id == Principal.id)
            .where(Principal.id == principal_id, Principal.disabled_at.is_(None))
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def devices_of(
    transaction: AsyncSession, principal_id: UUID, now: datetime
) -> Sequence[tuple[Device, Login]]:
    """The headsets a user is signed in on, used last first."""
    rows = await transaction.execute(
        select(Device, Login)
        .join(Login, Login.id == Device.login_id)
        .where(Device.principal_id == principal_id, Login.expires_at > now)
        .order_by(Login.last_seen_at.desc(), Device.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


async def end_login(transaction: AsyncSession, login_id: UUID) -> None:
    """Sign one browser out; its device goes with it."""
    await transaction.execute(delete(Device).where(Device.login_id == login_id))
    await transaction.execute(delete(Login).where(Login.id == login_id))


async def living_logins(transaction: AsyncSession, login_ids: Collection[UUID]) -> set[UUID]:
    """Which of these logins still are."""
    found: set[UUID] = set()
    asked = list(login_ids)
    for start in range(0, len(asked), 500):  # far below SQLite's 32,766 bound parameters
        chunk = asked[start : start + 500]
        found.update(await transaction.scalars(select(Login.id).where(Login.id.in_(chunk))))
    return found


async def events_of(
    transaction: AsyncSession, principal_id: UUID, limit: int
) -> Sequence[AccountEvent]:
    """An account's audit trail, newest first."""
    return (
        await transaction.scalars(
            select(AccountEvent)
            .where(AccountEvent.principal_id == principal_id)
            .order_by(AccountEvent.id.desc())
            .limit(limit)
        )
    ).all()
