"""The conversion row: who works on it, how far it is, and that only one of them may publish.

The row is the truth. Whoever takes it raises its `fence`; from then on every statement of the
worker before him names an older fence and changes nothing. Times are the database's on PostgreSQL,
so that workers on machines with different clocks agree about leases.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Cancelled, Conflict, HolotableError, NotFound, ReaderCrashed
from holotable.store.tables import Conversion, Revision

STAGES: Final = ("reading", "tessellating", "optimising")  # what a converter may report, in order
RUNNING: Final = (*STAGES, "publishing")
ACTIVE: Final = ("queued", *RUNNING)
FINISHED: Final = ("ready", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's right to one conversion, good while `fence` is the row's."""

    conversion_id: UUID
    fence: int
    attempts: int  # this one included
    project_id: UUID
    revision_id: UUID
    source_name: str
    source_sha256: str
    source_bytes: int
    options: dict[str, Any]


class Verdict(Enum):
    """What a worker learns when it reports."""

    CONTINUE = "continue"
    CANCEL = "cancel"  # somebody pressed Cancel
    LOST = "lost"  # another worker has it, or it is over: stop, and change nothing


def problem_of(error: HolotableError) -> dict[str, Any]:
    """An error as the row and the API show it."""
    return {
        "code": error.code,
        "detail": error.detail,
        "remedy": error.remedy,
        "facts": error.facts,
    }


async def database_now(session: AsyncSession) -> datetime:
    """The time leases are measured by."""
    if session.get_bind().dialect.name == "postgresql":
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        return now.astimezone(UTC)
    return datetime.now(UTC)


async def enqueue(
    session: AsyncSession,
    revision: Revision,
    options: dict[str, Any],
    problem: HolotableError | None = None,
) -> Conversion:
    """A new run for a revision: queued, or failed from the start when `problem` is known."""
    now = await database_now(session)
    conversion = Conversion(
        project_id=revision.project_id,
        revision_id=revision.id,
        state="failed" if problem else "queued",
        options=options,
        problem=problem_of(problem) if problem else None,
        created_at=now,
        finished_at=now if problem else None,
    )
    session.add(conversion)
    await session.flush()
    return conversion


async def runnable(session: AsyncSession, limit: int = 100) -> list[UUID]:
    """Conversions that a worker may take now, oldest first: waiting ones and abandoned ones."""
    now = await database_now(session)
    statement = (
        select(Conversion.id)
        .where(
            or_(
                and_(
                    Conversion.state == "queued",
                    or_(Conversion.not_before.is_(None), Conversion.not_before <= now),
                ),
                and_(Conversion.state.in_(RUNNING), Conversion.lease_until < now),
            )
        )
        .order_by(Conversion.created_at, Conversion.id)
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())


async def claim(
    session: AsyncSession, conversion_id: UUID, *, worker: str, lease_s: float, max_attempts: int
) -> Claim | None:
    """Take a conversion; None when there is nothing to do for this worker.

    One that was cancelled while its worker was dead becomes cancelled, one whose workers died
    `max_attempts` times becomes failed.
    """
    statement = select(Conversion).where(Conversion.id == conversion_id)
    row = (await session.execute(statement.with_for_update(skip_locked=True))).scalar_one_or_none()
    now = await database_now(session)
    if row is None or not _may_take(row, now):
        return None
    if row.cancel_requested_at is not None:
        _finish(row, now, "cancelled", problem_of(Cancelled()))
        return None
    if row.attempts >= max_attempts:
        text_ = f"The worker ended {row.attempts} times while it converted this file."
        _finish(row, now, "failed", row.problem or problem_of(ReaderCrashed(text_)))
        return None
    revision = await session.get_one(Revision, row.revision_id)
    row.state, row.fraction = "reading", 0.0
    row.fence += 1
    row.attempts += 1
    row.worker = worker
    row.lease_until = now + timedelta(seconds=lease_s)
    row.not_before = None
    row.problem = None
    row.started_at = row.started_at or now
    return Claim(
        conversion_id=row.id,
        fence=row.fence,
        attempts=row.attempts,
        project_id=row.project_id,
        revision_id=row.revision_id,
        source_name=revision.source_name,
        source_sha256=revision.source_sha256,
        source_bytes=revision.source_bytes,
        options=dict(row.options),
    )


def _may_take(row: Conversion, now: datetime) -> bool:
    if row.state == "queued":
        return row.not_before is None or row.not_before <= now
    return row.state in RUNNING and (row.lease_until is None or row.lease_until < now)


async def beat(
    session: AsyncSession, claim: Claim, *, lease_s: float, state: str, fraction: float
) -> Verdict:
    """Say that the work goes on and how far it is; progress never goes back within a claim."""
    row = await _owned(session, claim)
    if row is None:
        return Verdict.LOST
    if row.cancel_requested_at is not None:
        return Verdict.CANCEL
    now = await database_now(session)
    row.lease_until = now + timedelta(seconds=lease_s)
    if RUNNING.index(state) > RUNNING.index(row.state):
        row.state, row.fraction = state, fraction
    elif state == row.state:
        row.fraction = max(row.fraction, fraction)
    return Verdict.CONTINUE


async def lock_to_publish(session: AsyncSession, claim: Claim) -> Conversion | None:
    """The row, locked for the transaction that publishes; None when this claim may not."""
    row = await _owned(session, claim)
    return None if row is None or row.cancel_requested_at is not None else row


async def finish(
    session: AsyncSession,
    claim: Claim,
    state: str,
    *,
    problem: HolotableError | None = None,
    log: str = "",
    stats: dict[str, Any] | None = None,
) -> bool:
    """End a run as ready, failed or cancelled; False when it is no longer this worker's."""
    row = await _owned(session, claim)
    if row is None:
        return False
    row.log = log
    if stats is not None:
        row.stats = stats
    _finish(row, await database_now(session), state, problem_of(problem) if problem else None)
    return True


async def give_back(
    session: AsyncSession,
    claim: Claim,
    *,
    delay_s: float = 0.0,
    problem: HolotableError | None = None,
    counts: bool = True,
) -> bool:
    """Let somebody try again, after `delay_s`: the worker stops, or something else than the file
    failed. counts: whether this attempt is one of the few."""
    row = await _owned(session, claim)
    if row is None:
        return False
    row.state, row.fraction, row.worker, row.lease_until = "queued", 0.0, "", None
    row.attempts -= 0 if counts else 1
    row.problem = problem_of(problem) if problem else None
    if delay_s > 0:
        row.not_before = await database_now(session) + timedelta(seconds=delay_s)
    return True


async def request_cancel(session: AsyncSession, revision_id: UUID) -> Conversion:
    """Cancel the latest run: at once when nobody works on it, else its worker is told.

    raises: Conflict when it is already over.
    """
    row = await latest(session, revision_id)
    if row is None or row.state not in ACTIVE:
        raise Conflict("This conversion is already over.", state=row.state if row else None)
    now = await database_now(session)
    if _may_take(row, now) or row.state == "queued":
        _finish(row, now, "cancelled", problem_of(Cancelled()))
    elif row.cancel_requested_at is None:
        row.cancel_requested_at = now
    return row


async def latest(session: AsyncSession, revision_id: UUID) -> Conversion | None:
    """The latest run of a revision, locked on PostgreSQL."""
    statement = (
        select(Conversion)
        .where(Conversion.revision_id == revision_id)
        .order_by(Conversion.created_at.desc(), Conversion.id.desc())
        .limit(1)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def log_of(session: AsyncSession, revision_id: UUID) -> str:
    """What the readers printed in the latest run, after its problem."""
    row = await latest(session, revision_id)
    if row is None:
        raise NotFound()
    head = f"state: {row.state}, attempts: {row.attempts}\n"
    if row.problem:
        head += f"{row.problem['code']}: {row.problem['detail']}\n{row.problem['remedy']}\n"
    return head + row.log


async def release_dead(session: AsyncSession, *, family: str, alive: str) -> int:
    """Let go of what earlier processes of one family held; the caller knows that they are dead.

    family: the beginning of their worker names. alive: the caller's own name. returns: how many.
    """
    statement = (
        update(Conversion)
        .where(
            Conversion.state.in_(RUNNING),
            Conversion.worker.startswith(family, autoescape=True),
            Conversion.worker != alive,
        )
        .values(lease_until=datetime(1970, 1, 1, tzinfo=UTC))
        .returning(Conversion.id)
    )
    return len((await session.execute(statement)).all())


async def ring(session: AsyncSession, conversion_id: UUID, *, queue: str, task: str) -> None:
    """Put the news of a conversion into Procrastinate's table, in this very transaction.

    Its unique index over waiting jobs makes a second piece of the same news vanish.
    """
    await session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args) "
            "VALUES (:queue, :task, :id, jsonb_build_object('conversion_id', CAST(:id AS text))) "
            "ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING"
        ),
        {"queue": queue, "task": task, "id": str(conversion_id)},
    )


async def _owned(session: AsyncSession, claim: Claim) -> Conversion | None:
    statement = select(Conversion).where(
        Conversion.id == claim.conversion_id,
        Conversion.fence == claim.fence,
        Conversion.state.in_(RUNNING),
    )
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


def _finish(row: Conversion, now: datetime, state: str, problem: dict[str, Any] | None) -> None:
    row.state, row.problem, row.finished_at = state, problem, now
    row.fraction = 1.0 if state == "ready" else row.fraction
    row.lease_until, row.worker = None, ""
