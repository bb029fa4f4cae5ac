"""Rows of idempotency keys: one attempt holds a key, its answer is kept, what failed frees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import KeyInFlight, KeyReused, TooMany
from holotable.store.external_tables import IdempotencyKey

LIFETIME: Final = timedelta(hours=24)
MAX_KEYS: Final = 10_000  # of one principal in a day; each may keep an answer of a megabyte


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody's request under a key; id: which of several that were sent with it."""

    principal_id: UUID
    key: str
    id: UUID
    fingerprint: str


async def begin(
    transaction: AsyncSession, attempt: Attempt, *, now: datetime, lease: timedelta
) -> IdempotencyKey | None:
    """Hold the key, or return the row with the answer that it has already.

    raises: KeyReused for another request under the key, KeyInFlight while one is at work.
    """
    await transaction.execute(delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now))
    row = (
        await transaction.scalars(
            select(IdempotencyKey)
            .where(
                IdempotencyKey.principal_id == attempt.principal_id,
                IdempotencyKey.key == attempt.key,
            )
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        await _insert(transaction, attempt, now, lease)
        return None
    if row.fingerprint != attempt.fingerprint:
        raise KeyReused()
    if row.status is not None:
        return row
    if row.lease_until > now:
        raise KeyInFlight(retry_after_s=1)
    row.attempt, row.lease_until = attempt.id, now + lease  # who held it is dead
    return None


async def _insert(
    transaction: AsyncSession, attempt: Attempt, now: datetime, lease: timedelta
) -> None:
    held = await transaction.scalar(
        select(func.count()).where(IdempotencyKey.principal_id == attempt.principal_id)
    )
    if (held or 0) >= MAX_KEYS:
        raise TooMany(f"At most {MAX_KEYS} keys are kept in a day.", retry_after_s=3600)
    row = IdempotencyKey(
        principal_id=attempt.principal_id,
        key=attempt.key,
        fingerprint=attempt.fingerprint,
        attempt=attempt.id,
        expires_at=now + LIFETIME,
        lease_until=now + lease,
    )
    try:
        async with transaction.begin_nested():
            transaction.add(row)
    except IntegrityError as clash:  # the other of two that came at once
        raise KeyInFlight(retry_after_s=1) from clash


async def finish(
    transaction: AsyncSession,
    attempt: Attempt,
    *,
    status: int,
    headers: dict[str, Any],
    body: bytes | None,
) -> None:
    """Keep the answer, in the transaction of what it tells of.

    raises: KeyInFlight when another attempt has taken the key meanwhile: nothing is done twice.
    """
    done = await transaction.execute(
        update(IdempotencyKey)
        .where(*_mine(attempt))
        .values(status=status, headers=headers, body=body)
    )
    if not done.rowcount:  # type: ignore[attr-defined]  # of a CursorResult, which this is
        raise KeyInFlight(retry_after_s=1)


async def release(transaction: AsyncSession, attempt: Attempt) -> None:
    """Free the key: what was asked for did not happen."""
    await transaction.execute(delete(IdempotencyKey).where(*_mine(attempt)))


def _mine(attempt: Attempt) -> tuple[Any, ...]:
    return (
        IdempotencyKey.principal_id == attempt.principal_id,
        IdempotencyKey.key == attempt.key,
        IdempotencyKey.attempt == attempt.id,
        IdempotencyKey.status.is_(None),
    )
