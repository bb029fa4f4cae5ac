"""Reviews and seats as the routes of reviews ask for them."""

from uuid import UUID

from holotable.errors import Forbidden
from holotable.review.roles import Action
from holotable.store.queries import projects as project_rows
from holotable.store.review_tables import Review, ReviewSeat
from holotable.web.dependencies import Permissions


async def locked_review(access: Permissions, review_id: UUID, action: Action) -> Review:
    """A review nobody else changes until commit."""
    review = await access.require(Review, review_id, action)
    await project_rows.lock(access.transaction, review.project_id)
    await access.transaction.refresh(review)
    return review


async def my_seat(access: Permissions, review: Review) -> ReviewSeat | None:
    """The seat of whoever asks."""
    return await access.transaction.get(ReviewSeat, (review.id, access.who.id))


async def require_seat(access: Permissions, review: Review) -> ReviewSeat:
    """The same. raises: Forbidden without one."""
    seat = await my_seat(access, review)
    if seat is None:
        raise Forbidden("You do not sit in this review.")
    return seat
