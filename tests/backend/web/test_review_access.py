"""Reviews and seats: whoever does not sit in a review is told so."""

import pytest
from builders import (
    Caller,
    Clock,
    Project,
    add_asset,
    add_member,
    add_review,
    add_revision,
    add_user,
)

from holotable.accounts import SignedIn
from holotable.errors import Forbidden, NotFound
from holotable.review.roles import Action, Role
from holotable.store.database import Database, uuid7
from holotable.web.dependencies import Permissions
from holotable.web.review_access import locked_review, my_seat, require_seat


async def test_a_seat_is_its_owners_and_others_are_told_that_they_have_none(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    asset = await add_asset(database, clock, project)
    made = await add_review(
        database, clock, await add_revision(database, clock, asset), approvers=[ben]
    )
    async with database.transaction() as transaction:
        access = Permissions(SignedIn(ben.id, "user", ben.name, None, False), transaction, clock())
        review = await locked_review(access, made.id, Action.DECIDE)
        assert review.id == made.id
        seat = await my_seat(access, review)
        assert seat is not None
        assert seat.principal_id == ben.id
        assert await require_seat(access, review) is seat
        with pytest.raises(NotFound):
            await locked_review(access, uuid7(), Action.DECIDE)
        others = Permissions(SignedIn(owner.id, "user", "Mia", None, False), transaction, clock())
        assert await my_seat(others, review) is None
        with pytest.raises(Forbidden, match="do not sit"):
            await require_seat(others, review)
