"""Idempotency keys: held by one attempt, taken over from a dead one, gone after a day."""

from datetime import timedelta

import pytest
from builders import Caller, Clock

from holotable.errors import KeyInFlight, KeyReused
from holotable.store.database import Database, uuid7
from holotable.store.queries.idempotency import Attempt, begin, finish, release

LEASE = timedelta(minutes=2)


async def test_a_key_lives_from_its_first_attempt_to_the_end_of_its_day(
    owner: Caller, database: Database, clock: Clock
) -> None:
    first, second = (Attempt(owner.id, "k", uuid7(), "print") for _ in range(2))

    async def tried(attempt: Attempt) -> object:
        async with database.transaction() as transaction:
            return await begin(transaction, attempt, now=clock(), lease=LEASE)

    assert await tried(first) is None
    with pytest.raises(KeyInFlight):
        await tried(second)
    with pytest.raises(KeyReused):
        await tried(Attempt(owner.id, "k", uuid7(), "other"))
    clock.advance(minutes=3)  # whoever held it died
    assert await tried(second) is None
    with pytest.raises(KeyInFlight):  # and comes back too late: its transaction is undone
        async with database.transaction() as transaction:
            await finish(transaction, first, status=201, headers={}, body=b"1")
    async with database.transaction() as transaction:
        await release(transaction, first)  # not its own any more
        await finish(transaction, second, status=201, headers={"etag": '"a"'}, body=b"2")
    done = await tried(first)
    assert (getattr(done, "status", None), getattr(done, "body", None)) == (201, b"2")
    clock.advance(hours=24)
    assert await tried(first) is None
    async with database.transaction() as transaction:
        await release(transaction, first)
    assert await tried(second) is None
