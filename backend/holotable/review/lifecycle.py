"""The lifecycle of a revision: draft, in review, approved, released, superseded, or rejected.

Approval comes out of a review and superseding out of a later revision: no person chooses either.
"""

from enum import StrEnum
from typing import Final

from holotable.review.roles import Action


class Lifecycle(StrEnum):
    """Where a revision stands between its upload and its end."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


# What a person may choose, and the right it needs. Reasons are asked for what takes something away.
CHOSEN: Final[dict[tuple[Lifecycle, Lifecycle], Action]] = {
    (Lifecycle.DRAFT, Lifecycle.IN_REVIEW): Action.REQUEST_REVIEW,
    (Lifecycle.IN_REVIEW, Lifecycle.DRAFT): Action.REQUEST_REVIEW,
    (Lifecycle.DRAFT, Lifecycle.REJECTED): Action.RELEASE,
    (Lifecycle.IN_REVIEW, Lifecycle.REJECTED): Action.RELEASE,
    (Lifecycle.APPROVED, Lifecycle.REJECTED): Action.RELEASE,
    (Lifecycle.APPROVED, Lifecycle.RELEASED): Action.RELEASE,
    (Lifecycle.REJECTED, Lifecycle.DRAFT): Action.RELEASE,
}

# What follows from something else.
FOLLOWING: Final[frozenset[tuple[Lifecycle, Lifecycle]]] = frozenset(
    {
        (Lifecycle.IN_REVIEW, Lifecycle.APPROVED),  # the rule of the review is met
        (Lifecycle.APPROVED, Lifecycle.IN_REVIEW),  # an approver takes the approval back
        (Lifecycle.IN_REVIEW, Lifecycle.SUPERSEDED),  # the review goes on with a later revision
        (Lifecycle.APPROVED, Lifecycle.SUPERSEDED),  # a later revision is released
        (Lifecycle.RELEASED, Lifecycle.SUPERSEDED),
    }
)

NEEDS_REASON: Final = frozenset({Lifecycle.REJECTED})


def needed_for(before: Lifecycle, after: Lifecycle) -> Action | None:
    """The right a person needs for this step; None: nobody may choose it."""
    return CHOSEN.get((before, after))


def choices(before: Lifecycle) -> tuple[Lifecycle, ...]:
    """Where a person may take a revision from here."""
    return tuple(after for start, after in CHOSEN if start is before)


def may_follow(before: Lifecycle, after: Lifecycle) -> bool:
    """Whether a step may follow by itself."""
    return (before, after) in FOLLOWING
