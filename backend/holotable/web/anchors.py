"""Pins: put on the model, drawn on every revision, corrected by hand, offered for verification."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from holotable import anchoring, pins
from holotable.anchoring import Pointed, anchor_at, opened
from holotable.errors import Forbidden, NotFound
from holotable.review import anchor as rules
from holotable.review.issue import LIVING
from holotable.review.roles import Action, Role
from holotable.store.issue_tables import Anchor, AnchorRun, Issue, IssueComment
from holotable.store.queries import anchors as rows
from holotable.store.queries import issues as issue_rows
from holotable.store.queries.anchors import Pin
from holotable.store.queries.issues import IssueQuery
from holotable.store.tables import Project, Revision
from holotable.web.answers import Author, Items, Limit
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.issue_answers import (
    AnchorAnswer,
    AnchorState,
    IssueAnswer,
    Refusal,
    Storable,
    anchor_answer,
    author,
    issue_answers,
    revisions_of,
)

router = APIRouter(tags=["issues"])


class AnchorRequest(Storable):
    """Where to pin it: a point of an occurrence, in its part's frame or in the model as shown.

    Without a point it stands for the part as a whole. id: made by the client.
    """

    revision_id: UUID
    occurrence: Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1, max_length=400)]
    point: rules.Vector | None = None  # metres, the part's frame
    normal: rules.Vector | None = None  # out of the material, the part's frame
    world: rules.Vector | None = None  # metres, y up; used when `point` is not said
    world_normal: rules.Vector | None = None
    id: UUID | None = None


class OutcomeAnswer(BaseModel):
    """What became of an anchor on one revision: `outcome` with its evidence, or why not."""

    revision_id: UUID
    revision_label: str
    state: AnchorState
    distance_m: float
    at: datetime
    outcome: rules.Outcome | None
    problem: Refusal | None


class AnchorDetailAnswer(AnchorAnswer):
    """An anchor with what is known of it on every revision, the newest first."""

    anchor: rules.Anchor
    issue_id: UUID | None
    comment_id: UUID | None
    outcomes: list[OutcomeAnswer]
    created_at: datetime
    created_by: Author | None
    ended_at: datetime | None  # another took its place, or it is kept as a note
    replaces_id: UUID | None


class PinsAnswer(BaseModel):
    """Everything pinned to a revision, as columns of equal length, so that 10,000 fit one answer.

    kind: `issue` or `comment`; ids are theirs.  number: of issues, else 0.  place: x, y, z of each
    in metres, y up, as the revision is shown, three numbers a pin; where it stood last when it is
    detached.  normal: three numbers a pin, 0, 0, 0 where unknown.  state: of the anchor on this
    revision.  status, category, title: empty for comments, whose title is their beginning.
    """

    revision_id: UUID
    count: int
    id: list[UUID]
    anchor_id: list[UUID]
    kind: list[Literal["issue", "comment"]]
    number: list[int]
    title: list[str]
    status: list[str]
    category: list[str]
    priority: list[str]
    blocking: list[bool]
    assignee_id: list[UUID | None]
    occurrence: list[str]
    place: list[float]
    normal: list[float]
    state: list[AnchorState]
    distance_m: list[float]


class RunAnswer(BaseModel):
    """How far the pins of earlier revisions are with this one; `none` when there were none."""

    revision_id: UUID
    state: Literal["none", "queued", "running", "done", "failed"]
    attempts: int
    problem: Refusal | None
    queued_at: datetime | None
    finished_at: datetime | None


class VerifyItem(BaseModel):
    """An issue whose geometry is another one now: probably resolved, please verify."""

    issue: IssueAnswer
    outcome: OutcomeAnswer


@router.post("/issues/{issue_id}/anchor", status_code=201)
async def anchor_issue(
    issue_id: UUID, body: AnchorRequest, who: Principal, context: AppContext
) -> AnchorDetailAnswer:
    """Pin an issue to the model, or put its pin somewhere else by hand; the one before is kept."""
    content = await _pointed(context, who, body, Issue, issue_id)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        issue = await access.require(Issue, issue_id, Action.ISSUE)
        return await _put(access, body, content, issue)


@router.delete("/issues/{issue_id}/anchor", status_code=204)
async def release_issue(issue_id: UUID, access: Access) -> None:
    """Keep an issue as a note without a place; what was known of its place is kept too."""
    issue = await access.require(Issue, issue_id, Action.ISSUE)
    await pins.release(access.transaction, issue, by=access.who.id, now=access.now)


@router.get("/issues/{issue_id}/anchors")
async def list_issue_anchors(issue_id: UUID, access: Access) -> Items[AnchorDetailAnswer]:
    """Every place that an issue had, the present one first, each with its outcomes."""
    await access.require(Issue, issue_id, Action.VIEW)
    found = await rows.of(access.transaction, issue_id=issue_id)
    return Items(items=[await _detail(access, row) for row in found])


@router.post("/comments/{comment_id}/anchor", status_code=201)
async def anchor_comment(
    comment_id: UUID, body: AnchorRequest, who: Principal, context: AppContext
) -> AnchorDetailAnswer:
    """Pin one's own comment to the model, or put its pin somewhere else."""
    content = await _pointed(context, who, body, IssueComment, comment_id)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        comment = await _own_comment(access, comment_id)
        return await _put(access, body, content, comment)


@router.get("/anchors/{anchor_id}")
async def get_anchor(anchor_id: UUID, access: Access) -> AnchorDetailAnswer:
    """One anchor with its fingerprint and everything that became of it."""
    return await _detail(access, await access.require(Anchor, anchor_id, Action.VIEW))


@router.get("/revisions/{revision_id}/pins")
async def list_pins(
    revision_id: UUID,
    access: Access,
    closed: Annotated[bool, Query(description="Closed issues and resolved comments too")] = False,
) -> PinsAnswer:
    """Everything with a place on this revision, made on it or on an earlier one, in one answer."""
    revision = await access.require(Revision, revision_id, Action.VIEW)
    found = await rows.pins(access.transaction, revision, with_closed=closed)
    return _pins(revision, found)


@router.get("/revisions/{revision_id}/anchor-run")
async def get_anchor_run(revision_id: UUID, access: Access) -> RunAnswer:
    """Whether the pins of earlier revisions have been carried to this one."""
    await access.require(Revision, revision_id, Action.VIEW)
    return _run(revision_id, await access.transaction.get(AnchorRun, revision_id))


@router.post("/revisions/{revision_id}/anchor-run")
async def retry_anchor_run(revision_id: UUID, access: Access) -> RunAnswer:
    """Carry the pins that are not on this revision yet, and those of which nobody could tell."""
    revision = await access.require(Revision, revision_id, Action.ISSUE)
    await rows.enqueue(access.transaction, revision)
    return _run(revision_id, await access.transaction.get(AnchorRun, revision_id))


@router.get("/projects/{project_id}/issues/verify")
async def list_issues_to_verify(
    project_id: UUID, access: Access, limit: Limit = 50
) -> Items[VerifyItem]:
    """Open issues whose geometry changed on the newest revision: probably resolved."""
    await access.require(Project, project_id, Action.VIEW)
    wanted = IssueQuery(categories=LIVING, anchor_states=("geometry_changed",))
    statement = issue_rows.matching(wanted, project_id, access.who.id, access.now)
    found = [
        (row, Role(role))
        for row, role in await access.transaction.execute(
            statement.order_by(Issue.number.desc()).limit(limit)
        )
    ]
    items = []
    for answer in await issue_answers(access, found):
        assert answer.anchor is not None  # the filter asked for one
        outcomes = await _outcomes(access, answer.anchor.id)
        newest = next(
            (one for one in outcomes if one.revision_id == answer.anchor.state_revision_id), None
        )
        if newest is not None:
            items.append(VerifyItem(issue=answer, outcome=newest))
    return Items(items=items)


async def _pointed(
    context: Context,
    who: Principal,
    body: AnchorRequest,
    table: type[Issue] | type[IssueComment],
    row_id: UUID,
) -> rules.Anchor:
    """The anchor of a request, with its fingerprint, made outside of a transaction.

    raises: UnknownOccurrence, PartWithoutShape, NotReady; NotFound and Forbidden as for a change.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        if table is Issue:
            issue = await access.require(Issue, row_id, Action.ISSUE)
            await _revision_of(access, issue, body.revision_id)
        else:
            await _revision_of(access, await _own_comment(access, row_id), body.revision_id)
    pointed = Pointed(body.occurrence, body.point, body.normal, body.world, body.world_normal)
    async with opened(
        context.database, context.blobs, context.structures, body.revision_id
    ) as revision:
        return await anchoring.in_thread(lambda: anchor_at(revision, pointed))


async def _own_comment(access: Permissions, comment_id: UUID) -> IssueComment:
    row, role = await access.require_with_role(IssueComment, comment_id, Action.COMMENT)
    if row.created_by != access.who.id:
        raise Forbidden("Only whoever wrote a comment pins it.", role=role.value)
    return row


async def _revision_of(
    access: Permissions, to: Issue | IssueComment, revision_id: UUID
) -> Revision:
    """The revision, if it belongs where the issue or the comment does. raises: NotFound."""
    revision = await access.require(Revision, revision_id, Action.VIEW)
    same = to.asset_id in (None, revision.asset_id)
    if revision.project_id != to.project_id or not same:
        raise NotFound()
    return revision


async def _put(
    access: Permissions, body: AnchorRequest, content: rules.Anchor, to: Issue | IssueComment
) -> AnchorDetailAnswer:
    """Make the anchor the present one. raises: IdTaken, NotFound."""
    revision = await _revision_of(access, to, body.revision_id)
    row = await pins.put(
        access.transaction, to, revision, content, id_=body.id, by=access.who.id, now=access.now
    )
    return await _detail(access, row)


async def _detail(access: Permissions, row: Anchor) -> AnchorDetailAnswer:
    labels = await issue_rows.labels_of_revisions(access.transaction, revisions_of([row]))
    names = await issue_rows.names(access.transaction, [row.created_by])
    return AnchorDetailAnswer(
        **anchor_answer(row, labels).model_dump(),
        anchor=rules.Anchor.model_validate(row.content),
        issue_id=row.issue_id,
        comment_id=row.comment_id,
        outcomes=await _outcomes(access, row.id),
        created_at=row.created_at,
        created_by=author(row.created_by, names),
        ended_at=row.ended_at,
        replaces_id=row.replaces_id,
    )


async def _outcomes(access: Permissions, anchor_id: UUID) -> list[OutcomeAnswer]:
    return [
        OutcomeAnswer(
            revision_id=row.revision_id,
            revision_label=label,
            state=row.state,  # pydantic checks that it is one of them
            distance_m=row.distance_m,
            at=row.at,
            outcome=(None if row.state == "failed" else rules.Outcome.model_validate(row.content)),
            problem=_problem(row.content.get("problem")),
        )
        for row, label in await rows.outcomes(access.transaction, anchor_id)
    ]


def _problem(said: dict[str, Any] | None) -> Refusal | None:
    return None if said is None else Refusal.model_validate(said)


def _run(revision_id: UUID, row: AnchorRun | None) -> RunAnswer:
    return RunAnswer(
        revision_id=revision_id,
        state=row.state if row else "none",  # pydantic checks that it is one of them
        attempts=row.attempts if row else 0,
        problem=_problem(row.problem) if row else None,
        queued_at=row.queued_at if row else None,
        finished_at=row.finished_at if row else None,
    )


def _pins(revision: Revision, found: Sequence[Pin]) -> PinsAnswer:
    """The pins as columns; positions in micrometres' precision keep 10,000 of them small."""
    answer = PinsAnswer(
        revision_id=revision.id, count=len(found), id=[], anchor_id=[], kind=[], number=[],
        title=[], status=[], category=[], priority=[], blocking=[], assignee_id=[], occurrence=[],
        place=[], normal=[], state=[], distance_m=[],
    )  # fmt: skip
    for pin in found:
        issue, comment = pin.issue, pin.comment
        said = pin.anchor.content
        place, normal = said["world"], said.get("world_normal")
        state, distance = pin.anchor.state, 0.0
        occurrence = pin.anchor.occurrence_id
        if pin.anchor.revision_id == revision.id:
            state = "placed"
        elif pin.outcome is not None:
            state, distance = pin.outcome.state, pin.outcome.distance_m
            place = pin.outcome.content.get("world") or place
            normal = pin.outcome.content.get("world_normal") or normal
            occurrence = pin.outcome.content.get("occurrence_id") or occurrence
        else:
            state = "failed" if state == "failed" else "pending"
        answer.id.append(issue.id if issue else comment.id if comment else pin.anchor.id)
        answer.anchor_id.append(pin.anchor.id)
        answer.kind.append("issue" if issue else "comment")
        answer.number.append(issue.number if issue else 0)
        answer.title.append(issue.title if issue else (comment.text[:80] if comment else ""))
        answer.status.append(issue.status if issue else "")
        answer.category.append(issue.category if issue else "")
        answer.priority.append(issue.priority if issue else "")
        answer.blocking.append(issue.blocking if issue else False)
        answer.assignee_id.append(issue.assignee_id if issue else None)
        answer.occurrence.append(occurrence)
        answer.place.extend(round(float(one), 6) for one in place)
        answer.normal.extend(round(float(one), 3) for one in normal or (0.0, 0.0, 0.0))
        answer.state.append(state)  # type: ignore[arg-type]  # one of AnchorState, as stored
        answer.distance_m.append(distance)
    return answer
