"""Rows of mails: claims, fences, refusals, the secret that all processes share."""

import asyncio
from datetime import timedelta

from builders import Clock, Principal, add_user

from holotable.store.database import Database
from holotable.store.queries import mail
from holotable.store.queries.mail import MailClaim


async def queue(database: Database, clock: Clock, count: int = 1) -> Principal:
    mia = await add_user(database, clock, "Mia")
    async with database.transaction() as session:
        for _ in range(count):
            await mail.enqueue(session, mia.id, "digest", not_before=clock(), now=clock())
    return mia


async def claim(database: Database, clock: Clock) -> MailClaim | None:
    async with database.transaction() as session:
        return await mail.claim(session, lease_s=60, now=clock())


async def test_a_mail_is_claimed_by_one_and_again_after_its_lease(
    database: Database, clock: Clock
) -> None:
    await queue(database, clock)
    claims = await asyncio.gather(*(claim(database, clock) for _ in range(4)))
    (first,) = [one for one in claims if one is not None]
    clock.advance(seconds=61)
    second = await claim(database, clock)
    assert second is not None
    assert (second.id, second.fence, second.attempts) == (first.id, first.fence + 1, 2)
    async with database.transaction() as session:
        assert not await mail.finish(session, first, "sent", clock())  # it came too late
        await mail.put_back(session, first, clock())
        assert await mail.finish(session, second, "sent", clock())
        assert await mail.counts(session) == {"sent": 1}
    assert await claim(database, clock) is None


async def test_what_is_put_back_waits_and_counts_or_not(database: Database, clock: Clock) -> None:
    await queue(database, clock)
    for counts, attempts in ((False, 0), (True, 1)):
        taken = await claim(database, clock)
        assert taken is not None
        async with database.transaction() as session:
            later = clock() + timedelta(minutes=1)
            await mail.put_back(session, taken, later, counts=counts)
        assert await claim(database, clock) is None
        clock.advance(minutes=1)
        assert taken.attempts - (0 if counts else 1) == attempts


async def test_the_secret_is_one_whoever_asks_first(database: Database) -> None:
    async def ask() -> bytes:
        async with database.transaction() as session:
            return await mail.secret(session)

    found = set(await asyncio.gather(*(ask() for _ in range(5))))
    assert len(found) == 1
    assert len(found.pop()) == 32


async def test_a_refusal_is_of_an_address_and_lifted_by_its_person_alone(
    database: Database, clock: Clock
) -> None:
    mia = await queue(database, clock)
    ben = await add_user(database, clock, "Ben")
    async with database.transaction() as session:
        for status in (550, 551):
            await mail.refuse(session, "Mia@Example.org", mia.id, status, "no", clock())
        found = await mail.refusal_of(session, "mia@example.ORG")
        assert found is not None
        assert found.status == 551
        await mail.forgive(session, "mia@example.org", ben.id)
        assert len(await mail.refusals(session)) == 1
        await mail.forgive(session, "MIA@example.org", mia.id)
        assert list(await mail.refusals(session)) == []


async def test_the_server_keeps_when_its_trouble_began(database: Database, clock: Clock) -> None:
    began = clock()
    async with database.transaction() as session:
        await mail.note_server(session, clock(), {"code": "x", "detail": "d", "remedy": "r"})
    clock.advance(hours=1)
    async with database.transaction() as session:
        await mail.note_server(session, clock(), {"code": "y", "detail": "d", "remedy": "r"})
        server = await mail.server(session)
        assert server is not None
        assert (server.problem_at, server.sent_at) == (began, None)
        await mail.note_server(session, clock(), None)
        assert (server.problem, server.problem_at, server.sent_at) == (None, None, clock())
