"""Rows of packets: asked for once, made by one, made again when that one died."""

from datetime import timedelta

import pytest
from builders import (
    Clock,
    Project,
    add_asset,
    add_member,
    add_review,
    add_revision,
    add_user,
)

from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.queries import packets as rows
from holotable.store.review_tables import Review, ReviewPacket

LEASE = timedelta(minutes=1)


@pytest.fixture
async def review(database: Database, clock: Clock, project: Project) -> Review:
    owner = await add_user(database, clock, "Mia")
    await add_member(database, clock, project, owner, Role.REVIEWER)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    return await add_review(database, clock, revision, approvers=[owner], by=owner)


async def asked(database: Database, clock: Clock, review: Review) -> ReviewPacket:
    async with database.transaction() as session:
        return await rows.ask(
            session, review, language="en", time_zone="", by=None, name="Mia", now=clock()
        )


async def test_asking_again_is_answered_with_the_one_that_is_being_made(
    database: Database, clock: Clock, review: Review
) -> None:
    first = await asked(database, clock, review)
    assert (await asked(database, clock, review)).id == first.id
    async with database.transaction() as session:
        assert await rows.claim(session, clock(), LEASE) is not None
    assert (await asked(database, clock, review)).id == first.id
    async with database.transaction() as session:
        await rows.fail(session, first.id, clock(), {"code": "x", "detail": "y", "remedy": "z"})
    assert (await asked(database, clock, review)).id != first.id


async def test_one_makes_it_and_another_only_when_the_lease_is_over(
    database: Database, clock: Clock, review: Review
) -> None:
    made = await asked(database, clock, review)
    async with database.transaction() as session:
        first = await rows.claim(session, clock(), LEASE)
        assert first is not None
        assert (first.id, first.state, first.attempts) == (made.id, "making", 1)
    async with database.transaction() as session:
        assert await rows.claim(session, clock(), LEASE) is None
        again = await rows.claim(session, clock() + 2 * LEASE, LEASE)
        assert again is not None
        assert again.attempts == 2


async def test_a_public_key_is_kept_once(database: Database, clock: Clock) -> None:
    for _ in range(2):
        async with database.transaction() as session:
            await rows.known_key(session, "a" * 64, "PEM", clock())
    async with database.transaction() as session:
        assert [one.public_pem for one in await rows.keys(session)] == ["PEM"]


async def test_closed_now_finds_the_review_that_was_closed_at_this_moment(
    database: Database, clock: Clock, review: Review
) -> None:
    async with database.transaction() as session:
        assert await rows.closed_now(session, review.revision_id, clock()) is None
        row = await session.get_one(Review, review.id)
        row.closed_at, row.closed_as = clock(), "released"
        await session.flush()
        found = await rows.closed_now(session, review.revision_id, clock())
        assert found is not None
        assert found.id == review.id
