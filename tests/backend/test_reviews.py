"""The stage of reviews: what goes on with a revision, what follows by itself, what is written."""

import itertools

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
from hypothesis import given, strategies

from holotable import reviews
from holotable.errors import Forbidden, ReviewClosed, VerdictRefused
from holotable.review.approval import Facts, Rule, Verdict
from holotable.review.roles import Role
from holotable.reviews import Person
from holotable.store.database import Database
from holotable.store.queries import reviews as rows
from holotable.store.review_tables import Review

READY = Facts(
    is_approver=True, is_author=False, opened=True, blocking_issues=0, unticked=0, checklist=0
)


@pytest.fixture
async def asset(database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project, "Gearbox")


@pytest.fixture
async def ben(database: Database, clock: Clock, project: Project) -> Principal:
    person = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, person, Role.REVIEWER)
    return person


async def approve(
    database: Database, clock: Clock, review: Review, who: Principal, facts: Facts = READY
) -> None:
    async with database.transaction() as transaction:
        row = await transaction.get_one(Review, review.id)
        await reviews.give(
            transaction,
            row,
            Person(who.id, who.name),
            clock(),
            revision_id=row.revision_id,
            verdict=Verdict.APPROVE,
            text="",
            meaning="",
            signed=False,
            facts=facts,
        )


async def lifecycle_of(database: Database, revision: Revision) -> str:
    async with database.transaction() as transaction:
        return (await transaction.get_one(Revision, revision.id)).lifecycle


async def test_an_older_or_the_same_revision_moves_nothing(
    database: Database, clock: Clock, asset: Asset, ben: Principal
) -> None:
    first = await add_revision(database, clock, asset)
    second = await add_revision(database, clock, asset)
    await add_review(database, clock, second, approvers=[ben])
    async with database.transaction() as transaction:
        for revision in (first, second):
            row = await transaction.get_one(Revision, revision.id)
            assert await reviews.move_on(transaction, row, clock()) is None
    assert await lifecycle_of(database, first) == "draft"
    assert await lifecycle_of(database, second) == "in_review"


async def test_without_a_review_a_new_revision_stays_a_draft(
    database: Database, clock: Clock, asset: Asset
) -> None:
    revision = await add_revision(database, clock, asset)
    async with database.transaction() as transaction:
        row = await transaction.get_one(Revision, revision.id)
        assert await reviews.move_on(transaction, row, clock()) is None
    assert await lifecycle_of(database, revision) == "draft"


async def test_moving_on_twice_is_moving_on_once(
    database: Database, clock: Clock, asset: Asset, ben: Principal
) -> None:
    first = await add_revision(database, clock, asset)
    review = await add_review(database, clock, first, approvers=[ben])
    second = await add_revision(database, clock, asset)
    for expected in (True, False):
        async with database.transaction() as transaction:
            row = await transaction.get_one(Revision, second.id)
            assert (await reviews.move_on(transaction, row, clock()) is not None) is expected
    async with database.transaction() as transaction:
        kinds = [one.kind for one in await rows.events_of(transaction, second.id)]
        assert kinds == ["moved_on", "lifecycle"]
        assert (await transaction.get_one(Review, review.id)).revision_id == second.id


async def test_an_approval_that_a_check_blocks_is_refused_and_nothing_is_written(
    database: Database, clock: Clock, asset: Asset, ben: Principal
) -> None:
    revision = await add_revision(database, clock, asset)
    review = await add_review(database, clock, revision, approvers=[ben])
    blocked = Facts(
        is_approver=True, is_author=False, opened=True, blocking_issues=2, unticked=0, checklist=0
    )
    with pytest.raises(VerdictRefused) as caught:
        await approve(database, clock, review, ben, blocked)
    assert caught.value.facts["checks"] == [
        {"code": "blocking_issues", "blocking": True, "count": 2, "total": 0}
    ]
    async with database.transaction() as transaction:
        assert await rows.verdicts_of(transaction, [review.id]) == {review.id: []}
    assert await lifecycle_of(database, revision) == "in_review"


async def test_a_rule_that_becomes_weaker_may_approve_at_once(
    database: Database, clock: Clock, asset: Asset, ben: Principal, project: Project
) -> None:
    cara = await add_user(database, clock, "Cara Ruiz")
    await add_member(database, clock, project, cara, Role.REVIEWER)
    revision = await add_revision(database, clock, asset)
    review = await add_review(database, clock, revision, approvers=[ben, cara])
    await approve(database, clock, review, ben)
    assert await lifecycle_of(database, revision) == "in_review"
    async with database.transaction() as transaction:
        row = await transaction.get_one(Review, review.id)
        plan = reviews.Plan(
            title="Gearbox", description="", due_on=None, rule=Rule(kind="count", count=1),
            approvers=(ben.id, cara.id), observers=(), checklist=(),
        )  # fmt: skip
        await reviews.change(transaction, row, plan, Person(ben.id, ben.name), clock())
    assert await lifecycle_of(database, revision) == "approved"


async def test_a_closed_review_takes_nothing_more(
    database: Database, clock: Clock, asset: Asset, ben: Principal
) -> None:
    from holotable.review.lifecycle import Lifecycle

    revision = await add_revision(database, clock, asset)
    review = await add_review(database, clock, revision, approvers=[ben])
    async with database.transaction() as transaction:
        row = await transaction.get_one(Revision, revision.id)
        person = Person(ben.id, ben.name)
        with pytest.raises(Forbidden):
            await reviews.set_lifecycle(
                transaction, row, Lifecycle.REJECTED, person, Role.REVIEWER, "No.", clock()
            )
        await reviews.set_lifecycle(
            transaction, row, Lifecycle.REJECTED, person, Role.OWNER, "No.", clock()
        )
    with pytest.raises(ReviewClosed):
        await approve(database, clock, review, ben)


RUNS = strategies.lists(
    strategies.tuples(strategies.integers(0, 60), strategies.integers(0, 8)).map(
        lambda run: (run[0], run[0] + run[1])
    )
)


def numbers(runs: list[tuple[int, int]] | list[list[int]]) -> set[int]:
    return {number for first, last in runs for number in range(first, last + 1)}


@given(RUNS, RUNS)
def test_merged_runs_are_the_union_ascending_and_apart(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    merged = reviews.merged_runs(one, other)
    assert numbers(merged) == numbers(one) | numbers(other)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(merged))
