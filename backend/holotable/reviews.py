"""Reviews: rounds of approval on the revisions of an asset, and the lifecycle they drive.

A review goes on with the newest revision of its asset. Whoever changes one holds the project's row
(`queries.projects.lock`), so that two verdicts at once are both counted. Everything that happens
leaves a line in the audit trail of the revision, in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable import notifications
from holotable.errors import (
    CannotReview,
    Forbidden,
    Invalid,
    ReviewClosed,
    ReviewGoesOn,
    VerdictOnOldRevision,
    VerdictRefused,
)
from holotable.review import approval, lifecycle
from holotable.review.approval import Facts, Given, Outcome, Rule, Seat, Tally, Verdict
from holotable.review.lifecycle import Lifecycle
from holotable.review.roles import Action, Role, allows
from holotable.store.database import uuid7
from holotable.store.queries import reviews as rows
from holotable.store.queries.versions import later
from holotable.store.review_tables import Review, ReviewSeat, ReviewVerdict, RevisionEvent
from holotable.store.tables import Principal, Revision

Closed: TypeAlias = Literal["released", "rejected", "withdrawn"]

REVIEWABLE: Final = frozenset({Lifecycle.DRAFT, Lifecycle.IN_REVIEW})


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever does something, as the audit trail names them."""

    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of a checklist."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a review is asked to be."""

    title: str
    description: str
    due_on: date | None
    rule: Rule
    approvers: tuple[UUID, ...]
    observers: tuple[UUID, ...]
    checklist: tuple[CheckItem, ...]
    compared_to_id: UUID | None = None


def rule_of(review: Review) -> Rule:
    """The rule as it was stored."""
    said = dict(review.rule)
    return Rule(**{**said, "must": frozenset(UUID(one) for one in said.get("must", ()))})


def _stored(rule: Rule) -> dict[str, Any]:
    return {**asdict(rule), "must": sorted(str(one) for one in rule.must)}


async def request(
    session: AsyncSession, revision: Revision, plan: Plan, person: Person, now: datetime
) -> Review:
    """Ask for approval of a revision; it is in review from now on.

    raises: ReviewGoesOn when the asset has a review that is not closed; CannotReview when the
    revision is past it; Invalid for a rule that cannot be met or approvers who may not decide.
    """
    if await rows.going_on(session, revision.asset_id) is not None:
        raise ReviewGoesOn()
    if Lifecycle(revision.lifecycle) not in REVIEWABLE:
        raise CannotReview(lifecycle=revision.lifecycle)
    await _check_people(session, revision.project_id, plan)
    review = Review(
        id=uuid7(),
        project_id=revision.project_id,
        asset_id=revision.asset_id,
        revision_id=revision.id,
        compared_to_id=plan.compared_to_id or await rows.last_decided(session, revision),
        number=await rows.next_number(session, revision.project_id),
        title=plan.title,
        description=plan.description,
        due_on=plan.due_on,
        rule=_stored(plan.rule),
        checklist=[asdict(item) for item in plan.checklist],
        outcome=Outcome.OPEN.value,
        created_at=now,
        created_by=person.id,
        updated_at=now,
    )
    session.add(review)
    await session.flush()
    await _seat(session, review, plan, person, now)
    note(session, revision, person, now, kind="requested", review=review, facts=_who(plan))
    _step(session, revision, Lifecycle.IN_REVIEW, person, now, review=review)
    await session.flush()
    return review


async def change(
    session: AsyncSession, review: Review, plan: Plan, person: Person, now: datetime
) -> None:
    """Change what a review is; whoever leaves a seat keeps their verdicts in the list."""
    require_open(review)
    await _check_people(session, review.project_id, plan)
    before = _plan_facts(review)
    review.title, review.description, review.due_on = plan.title, plan.description, plan.due_on
    review.rule = _stored(plan.rule)
    review.checklist = [asdict(item) for item in plan.checklist]
    if plan.compared_to_id is not None:
        review.compared_to_id = plan.compared_to_id
    await _seat(session, review, plan, person, now)
    revision = await session.get_one(Revision, review.revision_id)
    facts = {**_who(plan), "before": before, "after": _plan_facts(review)}
    note(session, revision, person, now, kind="changed", review=review, facts=facts)
    await settle(session, review, person, now)


async def give(
    session: AsyncSession,
    review: Review,
    person: Person,
    now: datetime,
    *,
    revision_id: UUID,
    verdict: Verdict,
    text: str,
    meaning: str,
    signed: bool,
    facts: Facts,
) -> ReviewVerdict:
    """Write down what somebody says of the revision under review, and count.

    revision_id: the one its giver was looking at. signed: the password was right just now.
    raises: ReviewClosed; VerdictOnOldRevision when the review has gone on to another revision;
    Invalid without the words or the meaning that are needed; VerdictRefused with the checks.
    """
    require_open(review)
    if revision_id != review.revision_id:
        raise VerdictOnOldRevision(revision_id=str(review.revision_id))
    rule = rule_of(review)
    decides = verdict is not Verdict.COMMENT
    if verdict is not Verdict.APPROVE and not text.strip():
        raise Invalid("Say what is to be changed, or what you think.", pointer="/text")
    if decides and not facts.is_approver:
        raise Forbidden("Only approvers decide; you may comment.")
    if verdict is Verdict.APPROVE:
        blocking = [check for check in approval.checks(rule, facts) if check.blocking]
        if blocking:
            raise VerdictRefused(checks=[asdict(check) for check in blocking])
    if decides and rule.signature and not (signed and meaning.strip()):
        raise Invalid("Say what your signature means.", pointer="/meaning")
    revision = await session.get_one(Revision, review.revision_id)
    given = ReviewVerdict(
        id=uuid7(),
        project_id=review.project_id,
        review_id=review.id,
        revision_id=revision.id,
        principal_id=person.id,
        name=person.name,
        verdict=verdict.value,
        text=text.strip(),
        meaning=meaning.strip() if signed else "",
        signed=signed,
        source_sha256=revision.source_sha256,
        at=now,
    )
    session.add(given)
    await session.flush()
    said = {"verdict_id": str(given.id), "signed": signed, "text": given.text}
    note(session, revision, person, now, "verdict", review=review, after=verdict.value, facts=said)
    await settle(session, review, person, now)
    await notifications.review_said(session, review, given, now)
    return given


async def settle(session: AsyncSession, review: Review, person: Person, now: datetime) -> Tally:
    """Count the verdicts anew; the revision's lifecycle follows what they amount to."""
    counted = await count(session, review)
    review.updated_at = now
    if counted.outcome.value != review.outcome:
        review.outcome = counted.outcome.value
    revision = await session.get_one(Revision, review.revision_id)
    approved = counted.outcome is Outcome.APPROVED
    if approved and revision.lifecycle == Lifecycle.IN_REVIEW:
        _step(session, revision, Lifecycle.APPROVED, person, now, review=review)
    elif not approved and revision.lifecycle == Lifecycle.APPROVED:
        _step(session, revision, Lifecycle.IN_REVIEW, person, now, review=review)
    await session.flush()
    return counted


async def count(session: AsyncSession, review: Review) -> Tally:
    """What the verdicts of a review amount to now."""
    seats = (await rows.seats_of(session, [review.id]))[review.id]
    verdicts = (await rows.verdicts_of(session, [review.id]))[review.id]
    return tally(review, seats, verdicts)


def tally(
    review: Review,
    seats: Sequence[tuple[ReviewSeat, Principal]],
    verdicts: Sequence[ReviewVerdict],
) -> Tally:
    """The same of rows that were read already."""
    approvers = [seat.principal_id for seat, _ in seats if seat.seat == Seat.APPROVER]
    given = [
        Given(one.principal_id, one.revision_id, Verdict(one.verdict), one.at) for one in verdicts
    ]
    return approval.tally(rule_of(review), approvers, given, review.revision_id)


async def move_on(session: AsyncSession, revision: Revision, now: datetime) -> Review | None:
    """A later revision of the asset can be seen: the review goes on with it.

    Verdicts stay listed as stale and the same people are asked again; nobody is dropped. None when
    no review goes on, or it is at this revision or a later one already.
    """
    review = await rows.going_on(session, revision.asset_id)
    if review is None or review.revision_id == revision.id:
        return None
    before = await session.get_one(Revision, review.revision_id)
    if before.ordinal >= revision.ordinal or Lifecycle(revision.lifecycle) not in REVIEWABLE:
        return None
    nobody = Person(None, "")
    if before.lifecycle == Lifecycle.IN_REVIEW:
        _step(session, before, Lifecycle.SUPERSEDED, nobody, now, review=review)
    review.revision_id = revision.id
    facts = {"from": before.label, "to": revision.label}
    note(session, revision, nobody, now, kind="moved_on", review=review, facts=facts)
    _step(session, revision, Lifecycle.IN_REVIEW, nobody, now, review=review)
    await settle(session, review, nobody, now)
    await notifications.review_asked(session, review, None, by=None, now=now)
    return review


async def set_lifecycle(
    session: AsyncSession,
    revision: Revision,
    after: Lifecycle,
    person: Person,
    role: Role,
    reason: str,
    now: datetime,
) -> None:
    """Take a revision where a person may take it; its review closes when that ends it.

    raises: Invalid for a step there is not, or without the reason it needs; Forbidden when the
    role does not allow it.
    """
    before = Lifecycle(revision.lifecycle)
    needed = lifecycle.needed_for(before, after)
    if needed is None or after is Lifecycle.IN_REVIEW:
        raise Invalid(
            f"A revision that is {before.value} cannot be made {after.value}.",
            pointer="/lifecycle",
            choices=[one.value for one in lifecycle.choices(before)],
        )
    if not allows(role, needed):
        raise Forbidden(f"This needs the right to {needed.value.replace('_', ' ')}.")
    if after in lifecycle.NEEDS_REASON and not reason.strip():
        raise Invalid("Say why the revision is rejected.", pointer="/reason")
    review = await rows.going_on(session, revision.asset_id)
    if review is not None and review.revision_id == revision.id:
        _close(review, _CLOSED[after], now)
        await notifications.review_closed(session, review, by=person.id, now=now)
    _step(session, revision, after, person, now, review=review, reason=reason.strip())
    if after is Lifecycle.RELEASED:
        gone = (Lifecycle.RELEASED.value, Lifecycle.APPROVED.value)
        for earlier in await rows.earlier_standing(session, revision, gone):
            _step(session, earlier, Lifecycle.SUPERSEDED, person, now)
    await session.flush()


_CLOSED: Final[Mapping[Lifecycle, Closed]] = {
    Lifecycle.RELEASED: "released",
    Lifecycle.REJECTED: "rejected",
    Lifecycle.DRAFT: "withdrawn",
}


def _close(review: Review, closed: Closed, now: datetime) -> None:
    review.closed_at = now
    review.closed_as = closed
    review.updated_at = now


def require_open(review: Review) -> None:
    """Refuse a change of a review that is over."""
    if review.closed_at is not None:
        raise ReviewClosed(closed_as=review.closed_as)


def note(
    session: AsyncSession,
    revision: Revision,
    person: Person,
    now: datetime,
    kind: str,
    *,
    review: Review | None = None,
    before: str = "",
    after: str = "",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the audit trail of a revision."""
    session.add(
        RevisionEvent(
            id=uuid7(),
            project_id=revision.project_id,
            revision_id=revision.id,
            review_id=review.id if review else None,
            principal_id=person.id,
            name=person.name,
            kind=kind,
            before=before,
            after=after,
            reason=reason,
            facts=dict(facts or {}),
            at=now,
        )
    )


def _step(
    session: AsyncSession,
    revision: Revision,
    after: Lifecycle,
    person: Person,
    now: datetime,
    *,
    review: Review | None = None,
    reason: str = "",
) -> None:
    before = Lifecycle(revision.lifecycle)
    if before is after:
        return
    if not lifecycle.may_follow(before, after) and lifecycle.needed_for(before, after) is None:
        raise AssertionError(f"no step from {before} to {after}")
    revision.lifecycle = after.value
    revision.updated_at = later(revision.updated_at, now)
    note(
        session,
        revision,
        person,
        now,
        kind="lifecycle",
        review=review,
        before=before.value,
        after=after.value,
        reason=reason,
    )


async def _check_people(session: AsyncSession, project_id: UUID, plan: Plan) -> None:
    approval.check_rule(plan.rule, plan.approvers)
    if set(plan.approvers) & set(plan.observers):
        raise Invalid("Nobody is approver and observer at once.", pointer="/observers")
    known = await rows.members(session, project_id, {*plan.approvers, *plan.observers})
    for field, people in (("approvers", plan.approvers), ("observers", plan.observers)):
        for number, one in enumerate(people):
            role = known.get(one)
            if role is None:
                raise Invalid(
                    "This person is no member of the project.", pointer=f"/{field}/{number}"
                )
            if field == "approvers" and not allows(Role(role), Action.DECIDE):
                raise Invalid(
                    f"An approver must be at least a reviewer; this person is a {role}.",
                    pointer=f"/{field}/{number}",
                )


async def _seat(
    session: AsyncSession, review: Review, plan: Plan, person: Person, now: datetime
) -> None:
    """Let exactly these people sit in the review."""
    wanted = dict.fromkeys(plan.approvers, Seat.APPROVER) | dict.fromkeys(
        plan.observers, Seat.OBSERVER
    )
    for seat, _ in (await rows.seats_of(session, [review.id]))[review.id]:
        kind = wanted.pop(seat.principal_id, None)
        if kind is None:
            await session.delete(seat)
            await notifications.review_left(session, review, [seat.principal_id], now)
        else:
            seat.seat = kind.value
    session.add_all(
        ReviewSeat(review_id=review.id, principal_id=who, seat=kind.value, added_at=now)
        for who, kind in wanted.items()
    )
    await session.flush()
    new = {who: kind.value for who, kind in wanted.items()}
    await notifications.review_asked(session, review, new, by=person.id, now=now)


def _who(plan: Plan) -> dict[str, Any]:
    return {
        "approvers": [str(one) for one in plan.approvers],
        "observers": [str(one) for one in plan.observers],
    }


def _plan_facts(review: Review) -> dict[str, Any]:
    return {
        "title": review.title,
        "due_on": review.due_on.isoformat() if review.due_on else None,
        "rule": dict(review.rule),
        "checklist": list(review.checklist),
    }


def merged_runs(
    one: Collection[Sequence[int]], other: Collection[Sequence[int]]
) -> list[list[int]]:
    """Runs [first, last] of two sets of numbers as one set, ascending and apart."""
    merged: list[list[int]] = []
    for first, last in sorted((run[0], run[1]) for run in (*one, *other)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return merged
