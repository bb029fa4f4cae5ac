"""Reviews over REST: asking for approval, verdicts, checklists, and the audit trail."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from holotable import packets, reviews
from holotable.errors import Invalid, WrongPassword
from holotable.review.approval import Seat, Verdict
from holotable.review.lifecycle import Lifecycle
from holotable.review.roles import Action
from holotable.reviews import Plan
from holotable.store.queries import accounts as account_rows
from holotable.store.queries import projects as project_rows
from holotable.store.queries import reviews as rows
from holotable.store.queries.visible import reach, visible
from holotable.store.review_tables import Review
from holotable.store.review_tables import ReviewTick as TickRow
from holotable.store.tables import Asset, Project, Revision
from holotable.web import dependencies
from holotable.web.answers import Author, Cursor, Items, Limit, cut, encode_cursor, paged
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions
from holotable.web.etags import IfMatch, hold_if_match
from holotable.web.review_access import locked_review, my_seat, require_seat
from holotable.web.review_answers import (
    EventAnswer,
    LifecycleRequest,
    ReviewAnswer,
    ReviewPatch,
    ReviewRequest,
    ReviewState,
    ReviewSummary,
    RevisionName,
    VerdictRequest,
    facts_of,
    items_from,
    people_from,
    person_of,
    review_answer,
    revision_name,
    rule_from,
    stored_items,
    summaries,
)
from holotable.web.review_progress import progress_of

router = APIRouter(tags=["reviews"])


@router.get("/revisions/{revision_id}/reviews")
async def list_revision_reviews(revision_id: UUID, access: Access) -> Items[ReviewSummary]:
    """Reviews that are or were on this revision, newest first."""
    revision = await access.require(Revision, revision_id, Action.SEE_REVIEWS)
    found = await rows.on_revision(access.transaction, revision.id)
    return Items(items=await summaries(access, found))


@router.post("/revisions/{revision_id}/reviews", status_code=201)
async def request_review(
    revision_id: UUID,
    body: ReviewRequest,
    response: Response,
    access: Access,
    context: AppContext,
) -> ReviewAnswer:
    """Ask for approval of a revision; it is in review from now on."""
    revision = await access.require(Revision, revision_id, Action.REQUEST_REVIEW)
    await project_rows.lock(access.transaction, revision.project_id)
    await access.transaction.refresh(revision)
    asset = await access.transaction.get_one(Asset, revision.asset_id)
    await _check_compared(access, revision, body.compared_to_id)
    review = await reviews.request(
        access.transaction,
        revision,
        Plan(
            title=body.title.strip() or f"{asset.name} {revision.label}",
            description=body.description,
            due_on=body.due_on,
            rule=rule_from(body.rule),
            approvers=tuple(dict.fromkeys(body.approvers)),
            observers=tuple(dict.fromkeys(body.observers)),
            checklist=items_from(body.checklist, ()),
            compared_to_id=body.compared_to_id,
        ),
        person_of(access.who),
        access.now,
    )
    response.headers["Location"] = f"/api/v1/reviews/{review.id}"
    return await _answer(access, context, review, response)


@router.get("/projects/{project_id}/reviews")
async def list_reviews(
    project_id: UUID,
    access: Access,
    state: Annotated[ReviewState | None, Query()] = None,
    mine: Annotated[bool, Query(description="Only those I sit in")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[ReviewSummary]:
    """The reviews of a project, newest first."""
    await access.require(Project, project_id, Action.SEE_REVIEWS)
    seen = visible(Review, reach(access.who.id, access.now)).where(Review.project_id == project_id)
    if state == "closed":
        seen = seen.where(Review.closed_at.is_not(None))
    elif state is not None:
        seen = seen.where(Review.closed_at.is_(None), Review.outcome == state)
    if mine:
        seen = seen.where(
            Review.id.in_(rows.seated(access.who.id)),
        )
    page, more = cut(
        [
            row
            for row, _ in await access.transaction.execute(
                paged(seen, Review.__table__.c.id, cursor, limit)
            )
        ],
        limit,
    )
    return Items(
        items=await summaries(access, page),
        next_cursor=encode_cursor(page[-1].id) if more else None,
    )


@router.get("/reviews/{review_id}")
async def get_review(
    review_id: UUID, response: Response, access: Access, context: AppContext
) -> ReviewAnswer:
    """One review with everybody in it and everything said."""
    return await _answer(access, context, await _review(access, review_id), response)


@router.patch("/reviews/{review_id}")
async def change_review(
    review_id: UUID,
    body: ReviewPatch,
    response: Response,
    access: Access,
    context: AppContext,
    if_match: IfMatch,
) -> ReviewAnswer:
    """Change the title, the people, the rule, the day or the checklist."""
    review = await locked_review(access, review_id, Action.REQUEST_REVIEW)
    await hold_if_match(access.transaction, review, if_match)
    sent = body.model_fields_set
    seats = (await rows.seats_of(access.transaction, [review.id]))[review.id]
    revision = await access.transaction.get_one(Revision, review.revision_id)
    await _check_compared(access, revision, body.compared_to_id)
    await reviews.change(
        access.transaction,
        review,
        Plan(
            title=(body.title or "").strip() or review.title,
            description=review.description if body.description is None else body.description,
            due_on=body.due_on if "due_on" in sent else review.due_on,
            rule=rule_from(body.rule) if body.rule else reviews.rule_of(review),
            approvers=people_from(body.approvers, seats, Seat.APPROVER),
            observers=people_from(body.observers, seats, Seat.OBSERVER),
            checklist=(
                stored_items(review)
                if body.checklist is None
                else items_from(body.checklist, stored_items(review))
            ),
            compared_to_id=body.compared_to_id,
        ),
        person_of(access.who),
        access.now,
    )
    return await _answer(access, context, review, response)


@router.post("/reviews/{review_id}/verdicts", status_code=201)
async def give_verdict(
    review_id: UUID,
    body: VerdictRequest,
    response: Response,
    who: dependencies.Principal,
    context: AppContext,
) -> ReviewAnswer:
    """Comment, request changes or approve, on the revision you looked at."""
    signed = False
    if body.password is not None:
        # Before the transaction: argon2 takes its time, and on SQLite nobody could write.
        async with context.database.transaction() as transaction:
            await Permissions(who, transaction, context.clock()).require(
                Review, review_id, Action.DECIDE
            )
            user = await account_rows.user_of(transaction, who.id)
        context.rates.login_account.take(str(who.id))
        if user is None or not await context.passwords.verify(user.password_hash, body.password):
            raise WrongPassword(pointer="/password")
        signed = True
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        review = await locked_review(access, review_id, Action.DECIDE)
        await access.require(Revision, body.revision_id, Action.VIEW)
        if reviews.rule_of(review).signature and not signed and body.verdict != "comment":
            raise Invalid("This review asks for a signature.", pointer="/password")
        await reviews.give(
            transaction,
            review,
            person_of(who),
            access.now,
            revision_id=body.revision_id,
            verdict=Verdict(body.verdict),
            text=body.text,
            meaning=body.meaning,
            signed=signed,
            facts=await facts_of(
                access, review, await progress_of(access, review, context.comparisons)
            ),
        )
        return await _answer(access, context, review, response)


@router.put("/reviews/{review_id}/checklist/{item_id}")
async def tick_item(
    review_id: UUID, item_id: str, response: Response, access: Access, context: AppContext
) -> ReviewAnswer:
    """Tick a line of the checklist on the present revision; a tick stays its first ticker's."""
    review = await locked_review(access, review_id, Action.DECIDE)
    reviews.require_open(review)
    await require_seat(access, review)
    if item_id not in {item.id for item in stored_items(review)}:
        raise Invalid("The checklist has no such line.", pointer="/path/item_id")
    ticked = await rows.ticks_of(access.transaction, review.id, review.revision_id)
    if item_id not in ticked:
        access.transaction.add(
            TickRow(
                review_id=review.id,
                item_id=item_id,
                revision_id=review.revision_id,
                principal_id=access.who.id,
                at=access.now,
            )
        )
        await _noted_tick(access, review, item_id, ticked=True)
    return await _answer(access, context, review, response)


@router.delete("/reviews/{review_id}/checklist/{item_id}")
async def untick_item(
    review_id: UUID, item_id: str, response: Response, access: Access, context: AppContext
) -> ReviewAnswer:
    """Take a tick away from the present revision."""
    review = await locked_review(access, review_id, Action.DECIDE)
    reviews.require_open(review)
    await require_seat(access, review)
    ticked = await rows.ticks_of(access.transaction, review.id, review.revision_id)
    if item_id in ticked:
        await access.transaction.delete(ticked[item_id][0])
        await _noted_tick(access, review, item_id, ticked=False)
    return await _answer(access, context, review, response)


@router.post("/reviews/{review_id}/opened", status_code=204)
async def note_opened(review_id: UUID, access: Access) -> None:
    """I have the present revision open in the viewer."""
    review = await _review(access, review_id)
    seat = await my_seat(access, review)
    if seat is not None:
        seat.opened_revision_id = review.revision_id


@router.get("/revisions/{revision_id}/history")
async def get_history(revision_id: UUID, access: Access) -> Items[EventAnswer]:
    """The audit trail of a revision, oldest first."""
    revision = await access.require(Revision, revision_id, Action.SEE_REVIEWS)
    found = await rows.events_of(access.transaction, revision.id)
    return Items(
        items=[
            EventAnswer(
                id=one.id,
                at=one.at,
                person=Author(id=one.principal_id, name=one.name) if one.principal_id else None,
                kind=one.kind,
                before=one.before,
                after=one.after,
                reason=one.reason,
                review_id=one.review_id,
                facts=one.facts,
            )
            for one in found
        ]
    )


@router.post("/revisions/{revision_id}/lifecycle")
async def set_lifecycle(revision_id: UUID, body: LifecycleRequest, access: Access) -> RevisionName:
    """Release, reject, take a rejection back, or withdraw from review."""
    revision, role = await access.require_with_role(Revision, revision_id, Action.DECIDE)
    await project_rows.lock(access.transaction, revision.project_id)
    await access.transaction.refresh(revision)
    await reviews.set_lifecycle(
        access.transaction,
        revision,
        Lifecycle(body.lifecycle),
        person_of(access.who),
        role,
        body.reason,
        access.now,
    )
    await packets.ask_at_closing(
        access.transaction, revision, person_of(access.who), access.now, body.language
    )
    return revision_name(revision)


async def _review(access: Permissions, review_id: UUID) -> Review:
    return await access.require(Review, review_id, Action.SEE_REVIEWS)


async def _answer(
    access: Permissions, context: Context, review: Review, response: Response
) -> ReviewAnswer:
    progress = await progress_of(access, review, context.comparisons)
    return await review_answer(access, review, response, progress)


async def _check_compared(
    access: Permissions, revision: Revision, compared_to_id: UUID | None
) -> None:
    if compared_to_id is None:
        return
    other = await access.require(Revision, compared_to_id, Action.VIEW)
    if other.project_id != revision.project_id or other.id == revision.id:
        raise Invalid("Compare with another revision of this project.", pointer="/compared_to_id")


async def _noted_tick(access: Permissions, review: Review, item_id: str, *, ticked: bool) -> None:
    revision = await access.transaction.get_one(Revision, review.revision_id)
    text = next((item.text for item in stored_items(review) if item.id == item_id), "")
    review.updated_at = access.now
    reviews.note(
        access.transaction,
        revision,
        person_of(access.who),
        access.now,
        kind="ticked" if ticked else "unticked",
        review=review,
        facts={"item_id": item_id, "text": text},
    )
    await access.transaction.flush()
