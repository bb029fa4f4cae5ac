import asyncio
import itertools
from datetime import timedelta

import pytest
from builders import (
    Clock,
    Principal,
    Project,
    Revision,
    Session,
    add_asset,
    add_project,
    add_revision,
    add_session,
    add_user,
)
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from holotable import sessions
from holotable.errors import Gone, Invalid, NotFound, Unavailable
from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.tables import Ticket

LIFETIME = timedelta(seconds=30)
CODE_LIFETIME = timedelta(hours=12)


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def project(database: Database, clock: Clock, mia: Principal) -> Project:
    return await add_project(database, clock, owner=mia)


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def start(
    database: Database, clock: Clock, revision: Revision, mia: Principal, *codes: str,
    name: str = "Friday review",
) -> Session:  # fmt: skip
    supply = itertools.cycle(codes or ("482913",))
    async with database.transaction() as transaction:
        return await sessions.start(
            transaction, revision=revision, name=name, creator_id=mia.id,
            code_lifetime=CODE_LIFETIME, now=clock(), new_code=lambda: next(supply),
        )  # fmt: skip


def test_codes_are_six_digits() -> None:
    codes = {sessions.random_code() for _ in range(2_000)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 1_900


async def test_a_code_that_is_taken_is_not_given_out_twice(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    await start(database, clock, revision, mia, "000001")
    second = await start(database, clock, revision, mia, "000001", "000001", "000002")
    assert second.code == "000002"
    with pytest.raises(Unavailable):
        await start(database, clock, revision, mia, "000001", "000002")


async def test_the_code_of_an_ended_or_expired_session_is_free_again(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    first = await start(database, clock, revision, mia, "000001")
    async with database.transaction() as transaction:
        row = await transaction.get(Session, first.id)
        assert row is not None
        await sessions.end(transaction, row, now=clock())
    second = await start(database, clock, revision, mia, "000001")
    clock.advance(hours=12)
    third = await start(database, clock, revision, mia, "000001")
    assert second.id != third.id


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "line\x00break"])
async def test_a_session_needs_a_readable_name(
    database: Database, clock: Clock, revision: Revision, mia: Principal, name: str
) -> None:
    with pytest.raises(Invalid):
        await start(database, clock, revision, mia, name=name)


async def test_a_code_opens_its_session_until_it_expires(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    started = await start(database, clock, revision, mia)
    async with database.transaction() as transaction:
        for typed in ("482913", "482 913", "482-913"):
            assert (await sessions.by_code(transaction, typed, now=clock())).id == started.id
        for wrong in ("482914", "48291", "4829130", "", "４８２９１３", "%' OR 1=1"):
            with pytest.raises(NotFound):
                await sessions.by_code(transaction, wrong, now=clock())
        with pytest.raises(NotFound):
            await sessions.by_code(transaction, "482913", now=clock() + CODE_LIFETIME)


async def test_a_revision_has_one_table_however_many_open_it_at_once(
    database: Database, clock: Clock, revision: Revision
) -> None:
    async def open_it() -> Session:
        async with database.transaction() as transaction:
            return await sessions.table_of(transaction, revision, now=clock())

    tables = await asyncio.gather(*(open_it() for _ in range(8)))
    assert len({table.id for table in tables}) == 1
    assert (tables[0].kind, tables[0].code) == ("table", None)


async def test_a_table_cannot_be_ended(
    database: Database, clock: Clock, revision: Revision
) -> None:
    async with database.transaction() as transaction:
        table = await sessions.table_of(transaction, revision, now=clock())
        with pytest.raises(NotFound):
            await sessions.end(transaction, table, now=clock())


async def test_ending_twice_keeps_the_first_time(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision, code="482913")
    async with database.transaction() as transaction:
        row = await transaction.get(Session, meeting.id)
        assert row is not None
        await sessions.end(transaction, row, now=clock())
        await sessions.end(transaction, row, now=clock() + CODE_LIFETIME)
        assert (row.ended_at, row.code) == (clock(), None)


async def issue(
    database: Database, clock: Clock, session: Session, mia: Principal
) -> sessions.IssuedTicket:
    async with database.transaction() as transaction:
        return await sessions.issue_ticket(
            transaction, session, principal_id=mia.id, role=Role.EDITOR, device="headset",
            lifetime=LIFETIME, now=clock(),
        )  # fmt: skip


async def use(
    database: Database, clock: Clock, secret: str, session: Session
) -> sessions.Admission | None:
    return await sessions.TicketDesk(database, clock).use(secret, session.id)


async def test_a_ticket_lets_its_principal_in_once(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    ticket = await issue(database, clock, meeting, mia)
    admitted = await use(database, clock, ticket.secret, meeting)
    assert admitted == sessions.Admission(
        session_id=meeting.id, principal_id=mia.id, name="Mia Berg", role=Role.EDITOR,
        guest=False, device="headset",
    )  # fmt: skip
    assert await use(database, clock, ticket.secret, meeting) is None


async def test_of_two_who_use_a_ticket_at_once_one_gets_in(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    ticket = await issue(database, clock, meeting, mia)
    results = await asyncio.gather(
        *(use(database, clock, ticket.secret, meeting) for _ in range(6))
    )
    assert sum(result is not None for result in results) == 1


async def test_a_ticket_is_worth_nothing_late_elsewhere_or_guessed(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    other = await add_session(database, clock, revision)
    ticket = await issue(database, clock, meeting, mia)
    assert await use(database, clock, ticket.secret, other) is None
    assert await use(database, clock, "guess", meeting) is None
    clock.advance(seconds=30)
    assert await use(database, clock, ticket.secret, meeting) is None


async def test_tickets_nobody_used_are_forgotten_and_no_secret_is_stored(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    for _ in range(3):
        ticket = await issue(database, clock, meeting, mia)
    clock.advance(seconds=31)
    last = await issue(database, clock, meeting, mia)
    async with database.transaction() as transaction:
        assert await transaction.scalar(select(func.count()).select_from(Ticket)) == 1
        stored = await transaction.scalar(select(Ticket.secret_hash))
    assert stored not in (ticket.secret, last.secret)
    assert last.secret not in repr(last)


async def test_an_ended_session_gives_no_ticket_and_a_disabled_principal_does_not_enter(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    ticket = await issue(database, clock, meeting, mia)
    async with database.transaction() as transaction:
        principal = await transaction.get(Principal, mia.id)
        assert principal is not None
        principal.disabled_at = clock()
    assert await use(database, clock, ticket.secret, meeting) is None
    meeting.ended_at = clock()
    with pytest.raises(Gone):
        await issue(database, clock, meeting, mia)


async def test_tickets_that_come_together_are_used_up_together(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    other = await add_session(database, clock, revision)
    issued = [await issue(database, clock, meeting, mia) for _ in range(5)]
    desk = sessions.TicketDesk(database, clock)
    admitted = await asyncio.gather(
        *(desk.use(ticket.secret, meeting.id) for ticket in issued[:4]),
        desk.use(issued[0].secret, meeting.id),
        desk.use(issued[4].secret, other.id),
        desk.use("guess", meeting.id),
    )
    assert [one is not None for one in admitted] == [True] * 4 + [False] * 3


async def test_a_desk_without_its_database_says_so_to_everyone_and_works_again(
    database: Database, clock: Clock, revision: Revision, mia: Principal
) -> None:
    meeting = await add_session(database, clock, revision)
    ticket = await issue(database, clock, meeting, mia)
    away = True

    def refuse(*_: object) -> None:
        if away:
            raise OperationalError("DELETE", {}, OSError("gone"))

    event.listen(database.engine.sync_engine, "before_cursor_execute", refuse)
    desk = sessions.TicketDesk(database, clock)
    failed = await asyncio.gather(
        *(desk.use(ticket.secret, meeting.id) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(failure, OperationalError) for failure in failed)
    away = False
    assert await desk.use(ticket.secret, meeting.id) is not None
