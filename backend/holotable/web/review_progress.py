"""How much of what changed each approver has had in view; kept only of people who say yes."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter

from holotable import reviews
from holotable.comparison import Changed, Comparisons
from holotable.errors import ComparisonFailed, Forbidden, Invalid, NotComparable, SameRevision
from holotable.review.coverage import unseen_numbers
from holotable.review.roles import Action
from holotable.store.queries import reviews as rows
from holotable.store.review_tables import Review, ReviewCoverage
from holotable.store.tables import Revision
from holotable.web.answers import Author, Items
from holotable.web.dependencies import Access, AppContext, Permissions
from holotable.web.review_access import locked_review, my_seat, require_seat
from holotable.web.review_answers import (
    MAX_RUNS,
    CoverageAnswer,
    CoverageRequest,
    Progress,
    SharingRequest,
)

router = APIRouter(tags=["reviews"])

_DIGEST: Final = re.compile("[0-9a-f]{64}")
_NAMED: Final = 20  # of the parts that were not seen: the next ones to look at


async def _changed(
    access: Permissions, review: Review, comparisons: Comparisons
) -> Changed | Literal["comparing", "impossible"]:
    old = None
    if review.compared_to_id is not None:
        old = await access.transaction.get(Revision, review.compared_to_id)
    if old is None:
        return "impossible"
    new = await access.transaction.get_one(Revision, review.revision_id)
    try:
        changed = await comparisons.changed(access.transaction, old, new)
    except (SameRevision, NotComparable, ComparisonFailed):
        return "impossible"
    if changed is None and review.closed_at is None:
        comparisons.prepare(old.id, new.id)
    return changed or "comparing"


async def progress_of(
    access: Permissions, review: Review, comparisons: Comparisons
) -> Progress | None:
    """What the asker has had in view of what changed; None where nobody keeps track of it.

    Whoever lets nothing be kept has seen nothing, where the rule asks for it.
    """
    seat = await my_seat(access, review)
    asked = reviews.rule_of(review).block_on_coverage
    if seat is None or not (seat.coverage or asked):
        return None
    changed = await _changed(access, review, comparisons)
    if not isinstance(changed, Changed):
        return Progress(changed)
    unseen = _unseen(changed, (await _kept(access, review)).get(access.who.id))
    return Progress("known", len(changed.numbers), len(unseen))


async def _kept(access: Permissions, review: Review) -> dict[UUID, ReviewCoverage]:
    found = await rows.coverage_of(access.transaction, review.id, review.revision_id)
    return {one.principal_id: one for one in found}


def _unseen(changed: Changed, kept: ReviewCoverage | None) -> Sequence[int]:
    seen: list[Any] = []
    if kept is not None and kept.structure_sha256 == changed.structure:
        seen = kept.seen
    return [int(number) for number in unseen_numbers(changed.numbers, seen)]


@router.put("/reviews/{review_id}/sharing", status_code=204)
async def share_coverage(review_id: UUID, body: SharingRequest, access: Access) -> None:
    """Let what I look at be kept for this review, or stop it and remove what was kept."""
    review = await access.require(Review, review_id, Action.SEE_REVIEWS)
    seat = await require_seat(access, review)
    seat.coverage = body.coverage
    if not body.coverage:
        await rows.forget_seen(access.transaction, review.id, access.who.id)


@router.get("/reviews/{review_id}/coverage")
async def get_coverage(
    review_id: UUID, access: Access, context: AppContext
) -> Items[CoverageAnswer]:
    """What each person who lets it be kept has had in view of the present revision."""
    review = await access.require(Review, review_id, Action.SEE_REVIEWS)
    found = await _changed(access, review, context.comparisons)
    changed = found if isinstance(found, Changed) else None
    kept = await _kept(access, review)
    seats = (await rows.seats_of(access.transaction, [review.id]))[review.id]
    ids: Sequence[str] = ()
    if changed is not None:
        ids = (await context.structures.get(changed.structure)).placed_ids()
    items: list[CoverageAnswer] = []
    for seat, principal in seats:
        if not seat.coverage:
            continue
        one = kept.get(principal.id)
        unseen = _unseen(changed, one) if changed is not None else None
        items.append(
            CoverageAnswer(
                person=Author(id=principal.id, name=principal.name),
                structure=one.structure_sha256 if one else None,
                seen=[(run[0], run[1]) for run in one.seen] if one else [],
                changed=len(changed.numbers) if changed is not None else None,
                unseen=len(unseen) if unseen is not None else None,
                next=[ids[number] for number in (unseen or [])[:_NAMED] if number < len(ids)],
                updated_at=one.updated_at if one else None,
            )
        )
    return Items(items=items)


@router.post("/reviews/{review_id}/coverage", status_code=204)
async def add_coverage(review_id: UUID, body: CoverageRequest, access: Access) -> None:
    """Add what I have had in view; nothing is kept of people who have not said yes."""
    review = await locked_review(access, review_id, Action.SEE_REVIEWS)
    await access.require(Revision, body.revision_id, Action.VIEW)
    seat = await require_seat(access, review)
    if not seat.coverage:
        raise Forbidden("You have not said that what you look at may be kept.")
    if body.revision_id != review.revision_id or review.closed_at is not None:
        return  # it has gone on meanwhile: nobody needs this any more
    if not _DIGEST.fullmatch(body.structure):
        raise Invalid("A structure is named by its sha256, in hex.", pointer="/structure")
    if any(first < 0 or last < first for first, last in body.seen):
        raise Invalid("A run is [first, last] with first ≤ last.", pointer="/seen")
    kept = (await _kept(access, review)).get(access.who.id)
    if kept is None:
        kept = ReviewCoverage(
            review_id=review.id,
            revision_id=review.revision_id,
            principal_id=access.who.id,
            structure_sha256=body.structure,
            seen=[],
            updated_at=access.now,
        )
        access.transaction.add(kept)
    if kept.structure_sha256 != body.structure:
        kept.seen = []  # another conversion of the same file numbers its parts anew
        kept.structure_sha256 = body.structure
    kept.seen = reviews.merged_runs(kept.seen, body.seen)[:MAX_RUNS]
    kept.updated_at = access.now
