"""Rows of reviews: which goes on, what to compare with, who sits where."""

from typing import Any

import pytest
from builders import (
    Asset,
    Clock,
    Principal,
    Project,
    Revision,
    add_asset,
    add_member,
    add_review,
    add_revision,
    add_user,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Issue
from holotable.store.queries import reviews as rows
from holotable.store.review_tables import Review


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Gearbox")


@pytest.fixture
async def ben(database: Database, clock: Clock, project: Project) -> Principal:
    person = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, person, Role.REVIEWER)
    return person


async def test_the_last_decided_revision_is_compared_with_else_the_one_before(
    database: Database, clock: Clock, asset: Asset
) -> None:
    made = [await add_revision(database, clock, asset) for _ in range(4)]
    async with database.transaction() as transaction:
        last = await transaction.get_one(Revision, made[3].id)
        assert await rows.last_decided(transaction, last) == made[2].id
        first = await transaction.get_one(Revision, made[0].id)
        assert await rows.last_decided(transaction, first) is None
        (await transaction.get_one(Revision, made[1].id)).lifecycle = "released"
        await transaction.flush()
        assert await rows.last_decided(transaction, last) == made[1].id
        found = await rows.earlier_standing(transaction, last, ("released", "approved"))
        assert [one.id for one in found] == [made[1].id]


async def test_an_asset_has_one_review_that_goes_on_whatever_happens_at_once(
    database: Database, clock: Clock, asset: Asset, ben: Principal
) -> None:
    revision = await add_revision(database, clock, asset)
    review = await add_review(database, clock, revision, approvers=[ben])
    with pytest.raises(IntegrityError):
        async with database.transaction() as transaction:
            transaction.add(
                Review(
                    id=uuid7(), project_id=asset.project_id, asset_id=asset.id,
                    revision_id=revision.id, number=2, title="x", rule={}, checklist=[],
                    created_at=clock(), updated_at=clock(),
                )
            )  # fmt: skip
    async with database.transaction() as transaction:
        found = await rows.going_on(transaction, asset.id)
        assert found is not None
        assert found.id == review.id
        assert await rows.next_number(transaction, asset.project_id) == 2
        found.closed_at = clock()
        await transaction.flush()
        assert await rows.going_on(transaction, asset.id) is None


async def test_seats_and_their_people_come_together(
    database: Database, clock: Clock, asset: Asset, ben: Principal
) -> None:
    revision = await add_revision(database, clock, asset)
    review = await add_review(database, clock, revision, approvers=[ben], checklist=["Weight"])
    async with database.transaction() as transaction:
        seats = await rows.seats_of(transaction, [review.id])
        assert [(seat.seat, who.name) for seat, who in seats[review.id]] == [
            ("approver", "Ben Okoro")
        ]
        mine = await transaction.scalars(select(Review).where(Review.id.in_(rows.seated(ben.id))))
        assert [one.id for one in mine] == [review.id]
        assert await rows.ticks_of(transaction, review.id, revision.id) == {}
        assert await rows.names(transaction, [ben.id]) == {ben.id: "Ben Okoro"}
        assert await rows.asset_names(transaction, [asset.id]) == {asset.id: "Gearbox"}
        listed = await rows.on_revision(transaction, revision.id)
        assert [one.id for one in listed] == [review.id]


async def test_open_blocking_issues_of_the_asset_are_counted_and_no_others(
    database: Database, clock: Clock, asset: Asset, project: Project
) -> None:
    other = await add_asset(database, clock, project, "Skid")

    def issue(number: int, **columns: Any) -> Issue:
        row = {"asset_id": asset.id, "category": "open", "blocking": True, **columns}
        return Issue(
            id=uuid7(), project_id=project.id, number=number, guid=uuid7(), request_sha256="",
            type="Issue", status="Open", priority="Normal", title="x", labels=[],
            reference_links=[], related=[], properties={}, created_at=clock(), updated_at=clock(),
            **row,
        )  # fmt: skip

    async with database.transaction() as transaction:
        transaction.add_all(
            [
                issue(1),
                issue(2, category="in_progress"),
                issue(3, category="resolved"),
                issue(4, blocking=False),
                issue(5, deleted_at=clock()),
                issue(6, asset_id=other.id),
            ]
        )
        await transaction.flush()
        assert await rows.blocking_issues(transaction, asset.id) == 2
