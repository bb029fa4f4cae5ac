"""What reviews look like over REST: what is asked, and what whoever asks is answered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias, cast
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts, reviews
from holotable.accounts import SignedIn
from holotable.exchange.report_words import Language
from holotable.review import approval, lifecycle
from holotable.review.approval import Facts, Rule, Seat, Standing, Verdict
from holotable.review.lifecycle import Lifecycle
from holotable.review.roles import Action, Role, allows
from holotable.reviews import CheckItem, Person
from holotable.store.database import uuid7
from holotable.store.queries import reviews as rows
from holotable.store.review_tables import Review, ReviewSeat, ReviewVerdict
from holotable.store.tables import Revision
from holotable.web.answers import Author
from holotable.web.dependencies import Permissions
from holotable.web.etags import etag

MAX_SEATS: Final = 100
MAX_CHECKLIST: Final = 100
MAX_RUNS: Final = 50_000  # what somebody has seen, as runs of dense numbers

ReviewState: TypeAlias = Literal["open", "changes_requested", "approved", "closed"]
LifecycleWord: TypeAlias = Literal[
    "draft", "in_review", "approved", "released", "superseded", "rejected"
]


class RuleModel(BaseModel):
    """When a revision is approved; one standing *request changes* keeps it from it always."""

    kind: Literal["all", "count"] = "all"
    count: int = Field(default=1, ge=1, le=MAX_SEATS, description="Approvals, with kind `count`")
    must: list[UUID] = Field(default=[], max_length=MAX_SEATS, description="Named approvers")
    own_work: bool = Field(default=False, description="The revision's author may approve it")
    signature: bool = Field(default=False, description="Verdicts need the password and a meaning")
    block_on_issues: bool = True
    block_on_checklist: bool = False
    block_on_coverage: bool = False


class ChecklistItem(BaseModel):
    """One line to be ticked; the id is made by the server and kept by later changes."""

    id: str | None = Field(default=None, max_length=40)
    text: str = Field(min_length=1, max_length=500)


class ReviewRequest(BaseModel):
    """Whom to ask, by which rule, until when."""

    title: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=20_000)
    due_on: date | None = None
    rule: RuleModel = RuleModel()
    approvers: list[UUID] = Field(max_length=MAX_SEATS)
    observers: list[UUID] = Field(default=[], max_length=MAX_SEATS)
    checklist: list[ChecklistItem] = Field(default=[], max_length=MAX_CHECKLIST)
    compared_to_id: UUID | None = Field(
        default=None, description="The revision to compare with; left out: the last one decided"
    )


class ReviewPatch(BaseModel):
    """What changes; what is absent stays."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=20_000)
    due_on: date | None = None
    rule: RuleModel | None = None
    approvers: list[UUID] | None = Field(default=None, max_length=MAX_SEATS)
    observers: list[UUID] | None = Field(default=None, max_length=MAX_SEATS)
    checklist: list[ChecklistItem] | None = Field(default=None, max_length=MAX_CHECKLIST)
    compared_to_id: UUID | None = None


class VerdictRequest(BaseModel):
    """What somebody says of the revision they looked at."""

    revision_id: UUID = Field(description="The revision you looked at")
    verdict: Literal["comment", "request_changes", "approve"]
    text: str = Field(default="", max_length=20_000)
    password: str | None = Field(default=None, max_length=accounts.MAX_PASSWORD_LENGTH)
    meaning: str = Field(default="", max_length=300, description="What the signature means")


class LifecycleRequest(BaseModel):
    """Where to take a revision."""

    lifecycle: LifecycleWord
    reason: str = Field(default="", max_length=20_000)
    language: Language = Field(default="en", description="Of the packet made when a review ends")


class CoverageRequest(BaseModel):
    """Which occurrences were in view, as dense numbers of one structure; added to what is kept."""

    revision_id: UUID
    structure: str = Field(max_length=64, description="sha256 of structure.json")
    seen: list[tuple[int, int]] = Field(max_length=MAX_RUNS, description="[first, last] runs")


class SharingRequest(BaseModel):
    """Whether what I look at is kept for this review."""

    coverage: bool


class RevisionName(BaseModel):
    """A revision as reviews name it."""

    id: UUID
    label: str
    lifecycle: LifecycleWord


class VerdictAnswer(BaseModel):
    """One verdict as it was given."""

    id: UUID
    person: Author
    verdict: Literal["comment", "request_changes", "approve"]
    text: str
    revision: RevisionName
    stale: bool  # given on another revision than the present one
    signed: bool
    meaning: str
    at: datetime


class SeatAnswer(BaseModel):
    """Somebody's place in the review."""

    person: Author
    seat: Literal["approver", "observer"]
    must: bool  # named by the rule
    standing: Literal["waiting", "approved", "changes_requested", "stale"] | None
    decision: VerdictAnswer | None  # the last verdict that decides something
    opened: bool  # had the present revision open


class CheckAnswer(BaseModel):
    """Something I am told before approving."""

    code: Literal[
        "blocking_issues",
        "checklist",
        "comparing",
        "coverage",
        "not_approver",
        "not_compared",
        "not_opened",
        "own_work",
    ]
    blocking: bool
    count: int
    total: int


class ChecklistAnswer(BaseModel):
    """One line of the checklist on the present revision."""

    id: str
    text: str
    ticked_by: Author | None
    ticked_at: datetime | None


class MyPart(BaseModel):
    """What whoever asks may do here."""

    seat: Literal["approver", "observer"] | None
    checks: list[CheckAnswer]
    may_comment: bool
    may_decide: bool
    may_approve: bool
    may_change: bool
    choices: list[LifecycleWord]  # where I may take the revision
    shares_coverage: bool
    may_make_packet: bool


class ReviewSummary(BaseModel):
    """A review as lists show it."""

    id: UUID
    project_id: UUID
    asset_id: UUID
    asset_name: str
    number: int
    title: str
    revision: RevisionName
    state: ReviewState
    closed_as: Literal["released", "rejected", "withdrawn"] | None
    approvals: int
    needed: int
    due_on: date | None
    created_by: Author | None
    created_at: datetime
    updated_at: datetime
    waits_for_me: bool


class ReviewAnswer(ReviewSummary):
    """A review with everybody and everything said."""

    description: str
    compared_to: RevisionName | None
    rule: RuleModel
    seats: list[SeatAnswer]
    missing: list[Author]  # named approvers who have not approved
    verdicts: list[VerdictAnswer]  # oldest first
    checklist: list[ChecklistAnswer]
    blocking_issues: int
    mine: MyPart


class EventAnswer(BaseModel):
    """One line of a revision's audit trail."""

    id: UUID
    at: datetime
    person: Author | None
    kind: str
    before: str
    after: str
    reason: str
    review_id: UUID | None
    facts: dict[str, Any]  # JSON of the kind's own shape


class CoverageAnswer(BaseModel):
    """What one person who lets it be kept has had in view of the present revision.

    changed, unseen: occurrences that changed since the revision it is compared to, and those among
    them that were not seen; null while the two are being compared, or cannot be. next: stable ids
    of the first that were not seen.
    """

    person: Author
    structure: str | None
    seen: list[tuple[int, int]]
    changed: int | None
    unseen: int | None
    next: list[str]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the asker has had in view of what changed: how many parts, and how many not."""

    known: approval.Knowledge
    changed: int = 0
    unseen: int = 0


async def facts_of(access: Permissions, review: Review, progress: Progress | None) -> Facts:
    """What is known of the asker before they approve. progress: None when nobody keeps track."""
    transaction = access.transaction
    seat = await access.transaction.get(ReviewSeat, (review.id, access.who.id))
    revision = await transaction.get_one(Revision, review.revision_id)
    items = stored_items(review)
    ticked = await rows.ticks_of(transaction, review.id, review.revision_id)
    return Facts(
        is_approver=seat is not None and seat.seat == Seat.APPROVER,
        is_author=revision.created_by == access.who.id,
        opened=seat is not None and seat.opened_revision_id == review.revision_id,
        blocking_issues=await rows.blocking_issues(transaction, review.asset_id),
        unticked=sum(1 for item in items if item.id not in ticked),
        checklist=len(items),
        coverage=progress.known if progress else "untracked",
        unseen=progress.unseen if progress else 0,
        changed=progress.changed if progress else 0,
    )


def person_of(who: SignedIn) -> Person:
    """Whoever asks, as the audit trail names them."""
    return Person(who.id, who.name)


def rule_from(said: RuleModel) -> Rule:
    """The rule that a request says."""
    return Rule(**{**said.model_dump(exclude={"must"}), "must": frozenset(said.must)})


def rule_model(rule: Rule) -> RuleModel:
    """A rule as it is answered."""
    return RuleModel(**{**asdict(rule), "must": sorted(rule.must)})


def items_from(said: Sequence[ChecklistItem], before: Sequence[CheckItem]) -> tuple[CheckItem, ...]:
    """The lines as they are kept: known ids stay, so that ticks stay."""
    known = {item.id for item in before}
    return tuple(
        CheckItem(item.id if item.id in known else uuid7().hex, item.text.strip()) for item in said
    )


def stored_items(review: Review) -> tuple[CheckItem, ...]:
    """The lines of the checklist as they are kept."""
    return tuple(CheckItem(item["id"], item["text"]) for item in review.checklist)


def people_from(
    said: list[UUID] | None, seats: Sequence[tuple[ReviewSeat, Any]], kind: Seat
) -> tuple[UUID, ...]:
    """The people a change names, else those who sit there now."""
    if said is not None:
        return tuple(dict.fromkeys(said))
    return tuple(seat.principal_id for seat, _ in seats if seat.seat == kind)


def revision_name(revision: Revision) -> RevisionName:
    """A revision as reviews name it."""
    return RevisionName(
        id=revision.id, label=revision.label, lifecycle=Lifecycle(revision.lifecycle).value
    )


async def summaries(access: Permissions, found: Sequence[Review]) -> list[ReviewSummary]:
    """Reviews as lists show them, in the same order."""
    parts = await _Parts.of(access.transaction, found)
    return [_summary(access.who, review, parts) for review in found]


class _Parts:
    """What answers about several reviews need, read together."""

    def __init__(self) -> None:
        self.seats: dict[UUID, list[tuple[ReviewSeat, Any]]] = {}
        self.verdicts: dict[UUID, list[ReviewVerdict]] = {}
        self.revisions: dict[UUID, Revision] = {}
        self.assets: dict[UUID, str] = {}
        self.names: dict[UUID, str] = {}

    @classmethod
    async def of(cls, transaction: AsyncSession, found: Sequence[Review]) -> "_Parts":
        parts = cls()
        ids = [review.id for review in found]
        parts.seats = dict(await rows.seats_of(transaction, ids))
        parts.verdicts = await rows.verdicts_of(transaction, ids)
        wanted = {review.revision_id for review in found}
        wanted |= {one.compared_to_id for one in found if one.compared_to_id}
        wanted |= {one.revision_id for said in parts.verdicts.values() for one in said}
        parts.revisions = await rows.revisions_by_id(transaction, wanted)
        parts.assets = await rows.asset_names(transaction, {one.asset_id for one in found})
        parts.names = await rows.names(
            transaction, {one.created_by for one in found if one.created_by}
        )
        return parts


def _summary(who: SignedIn, review: Review, parts: _Parts) -> ReviewSummary:
    counted = reviews.tally(review, parts.seats[review.id], parts.verdicts[review.id])
    state: ReviewState = "closed" if review.closed_at else counted.outcome.value
    standing = counted.standing.get(who.id)
    author = review.created_by
    return ReviewSummary(
        id=review.id,
        project_id=review.project_id,
        asset_id=review.asset_id,
        asset_name=parts.assets.get(review.asset_id, ""),
        number=review.number,
        title=review.title,
        revision=revision_name(parts.revisions[review.revision_id]),
        state=state,
        closed_as=review.closed_as,
        approvals=counted.approvals,
        needed=counted.needed,
        due_on=review.due_on,
        created_by=Author(id=author, name=parts.names.get(author, "")) if author else None,
        created_at=review.created_at,
        updated_at=review.updated_at,
        waits_for_me=review.closed_at is None and standing in (Standing.WAITING, Standing.STALE),
    )


async def review_answer(
    access: Permissions, review: Review, response: Response, progress: Progress | None
) -> ReviewAnswer:
    """The whole review as the asker sees it. progress: None when nobody keeps track."""
    transaction = access.transaction
    await transaction.flush()
    parts = await _Parts.of(transaction, [review])
    seats, verdicts = parts.seats[review.id], parts.verdicts[review.id]
    counted = reviews.tally(review, seats, verdicts)
    rule = reviews.rule_of(review)
    said = [_verdict(one, review, parts) for one in verdicts]
    by_moment = {(one.person.id, one.at, one.verdict): one for one in said}
    people = {principal.id: principal.name for _, principal in seats}
    ticked = await rows.ticks_of(transaction, review.id, review.revision_id)
    facts = await facts_of(access, review, progress)
    compared = parts.revisions.get(review.compared_to_id) if review.compared_to_id else None
    response.headers["ETag"] = etag(review.id, review.updated_at)
    return ReviewAnswer(
        **_summary(access.who, review, parts).model_dump(),
        description=review.description,
        compared_to=revision_name(compared) if compared else None,
        rule=rule_model(rule),
        seats=[
            SeatAnswer(
                person=Author(id=principal.id, name=principal.name),
                seat=Seat(seat.seat).value,
                must=principal.id in rule.must,
                standing=(
                    counted.standing[principal.id].value
                    if principal.id in counted.standing
                    else None
                ),
                decision=(
                    by_moment.get((principal.id, decision.at, decision.verdict.value))
                    if (decision := counted.decisions.get(principal.id))
                    else None
                ),
                opened=seat.opened_revision_id == review.revision_id,
            )
            for seat, principal in seats
        ],
        missing=[Author(id=one, name=people.get(one, "")) for one in counted.missing],
        verdicts=said,
        checklist=[
            ChecklistAnswer(
                id=item.id,
                text=item.text,
                ticked_by=(
                    Author(id=ticked[item.id][0].principal_id, name=ticked[item.id][1])
                    if item.id in ticked
                    else None
                ),
                ticked_at=ticked[item.id][0].at if item.id in ticked else None,
            )
            for item in stored_items(review)
        ],
        blocking_issues=facts.blocking_issues,
        mine=await _mine(access, review, rule, facts, parts),
    )


async def _mine(
    access: Permissions, review: Review, rule: Rule, facts: Facts, parts: _Parts
) -> MyPart:
    _, role = await access.require_with_role(Review, review.id, Action.SEE_REVIEWS)
    seat = next(
        (one for one, _ in parts.seats[review.id] if one.principal_id == access.who.id), None
    )
    is_open = review.closed_at is None
    found = approval.checks(rule, facts) if seat is not None else ()
    decides = is_open and facts.is_approver and allows(role, Action.DECIDE)
    return MyPart(
        seat=Seat(seat.seat).value if seat else None,
        checks=[CheckAnswer(**asdict(check)) for check in found if check.code != "not_approver"],
        may_comment=is_open and allows(role, Action.DECIDE),
        may_decide=decides,
        may_approve=decides and not any(check.blocking for check in found),
        may_change=is_open and allows(role, Action.REQUEST_REVIEW),
        choices=_choices(parts.revisions[review.revision_id], role),
        shares_coverage=bool(seat and seat.coverage),
        may_make_packet=allows(role, Action.DECIDE),
    )


def _choices(revision: Revision, role: Role) -> list[LifecycleWord]:
    before = Lifecycle(revision.lifecycle)
    found: list[LifecycleWord] = []
    for after in lifecycle.choices(before):
        needed = lifecycle.needed_for(before, after)
        if needed is not None and allows(role, needed) and after is not Lifecycle.IN_REVIEW:
            found.append(cast(LifecycleWord, after.value))
    return found


def _verdict(given: ReviewVerdict, review: Review, parts: _Parts) -> VerdictAnswer:
    return VerdictAnswer(
        id=given.id,
        person=Author(id=given.principal_id, name=given.name),
        verdict=Verdict(given.verdict).value,
        text=given.text,
        revision=revision_name(parts.revisions[given.revision_id]),
        stale=given.revision_id != review.revision_id,
        signed=given.signed,
        meaning=given.meaning,
        at=given.at,
    )
