"""Issues over REST: lists and boards, changes by many people at once, history, watchers."""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from holotable import issues
from holotable.errors import Forbidden, HolotableError, Invalid, IssueChanged, NotFound
from holotable.issues import Draft
from holotable.review.roles import Action, Role
from holotable.store.issue_tables import Issue, IssueWatcher
from holotable.store.queries import issues as rows
from holotable.store.queries.issues import Place, Sort
from holotable.store.tables import Asset, Project, Revision
from holotable.web.answers import (
    Author,
    Cursor,
    Items,
    Limit,
    Person,
    cut,
    decode_cursor,
    encode_cursor,
)
from holotable.web.dependencies import Access, Permissions
from holotable.web.etags import EPOCH, MICROSECOND, IfMatch, etag, moment_of, names
from holotable.web.issue_answers import (
    IssueAnswer,
    IssueFields,
    Refusal,
    author,
    issue_answer,
    issue_answers,
    may_trash,
    tombstone,
)
from holotable.web.issue_filters import Filters, query_of, require_asked

router = APIRouter(tags=["issues"])

MAX_BULK: Final = 200


class IssueRequest(IssueFields):
    """A new issue. id: made by the client, so that sending it again makes no second one."""

    id: UUID | None = None
    guid: UUID | None = None  # BCF; the id unless said
    asset_id: UUID | None = None  # null: of the whole project; known when a revision is named
    revision_id: UUID | None = None  # looked at when it was made


class IssuePage(BaseModel):
    """Issues, and how many there are of each status under the same filter but its statuses."""

    items: list[IssueAnswer]
    next_cursor: str | None = None
    counts: dict[str, int] | None = None  # only when asked for


class BulkItem(BaseModel):
    """One of several issues; etag: what the client read, refused when it is older."""

    id: UUID
    etag: str | None = None


class BulkRequest(BaseModel):
    """The same change for several issues, or all of them to the trash."""

    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MAX_BULK)]
    change: IssueFields | None = None
    add_labels: Annotated[list[str], Field(max_length=50)] = []
    remove_labels: Annotated[list[str], Field(max_length=50)] = []
    trash: bool = False


class BulkResult(BaseModel):
    """What became of one of them."""

    id: UUID
    done: bool
    etag: str | None = None
    problem: Refusal | None = None


class BulkAnswer(BaseModel):
    """What became of each, in the order they were named."""

    items: list[BulkResult]
    done: int


class HistoryItem(BaseModel):
    """One thing that happened to an issue. before, after: of `field`, JSON."""

    id: UUID
    at: datetime
    by: Author | None  # null: the server
    kind: str
    field: str | None
    before: Any = None  # JSON of any shape
    after: Any = None  # JSON of any shape
    comment_id: UUID | None


@router.get("/projects/{project_id}/issues")
async def list_issues(
    project_id: UUID,
    access: Access,
    asked: Filters,
    sort: Sort = "number",
    descending: bool = True,
    counts: Annotated[bool, Query(description="How many of each status")] = False,
    cursor: Annotated[
        str | None, Query(max_length=1_000, description="`next_cursor` of the answer before")
    ] = None,
    limit: Limit = 50,
) -> IssuePage:
    """The project's issues that the asker sees. Values of one filter are alternatives."""
    await require_asked(access, project_id, asked)
    everything = rows.matching(query_of(access, asked), project_id, access.who.id, access.now)
    status = asked.status
    statement = everything if not status else everything.where(Issue.status.in_(status))
    words = await rows.settings(access.transaction, project_id)
    after = _place(cursor) if cursor else None
    found = [
        (row, Role(role), value)
        for row, role, value in await access.transaction.execute(
            rows.ordered(statement, words, sort, descending=descending, after=after).limit(
                limit + 1
            )
        )
    ]
    page, more = cut(found, limit)
    answers = await issue_answers(access, [(row, role) for row, role, _ in page])
    return IssuePage(
        items=[one if one.deleted_at is None else tombstone(one) for one in answers],
        next_cursor=_packed(rows.place_of(page[-1][0], page[-1][2])) if more else None,
        counts=await rows.counts(access.transaction, everything) if counts else None,
    )


@router.post("/projects/{project_id}/issues", status_code=201)
async def create_issue(
    project_id: UUID, body: IssueRequest, response: Response, access: Access
) -> IssueAnswer:
    """Make an issue. The same id with the same content answers with the one it made before."""
    _, role = await access.require_with_role(Project, project_id, Action.ISSUE)
    asset_id = body.asset_id
    if body.revision_id is not None:
        revision = await access.require(Revision, body.revision_id, Action.VIEW)
        if revision.project_id != project_id or asset_id not in (None, revision.asset_id):
            raise NotFound()
        asset_id = revision.asset_id
    if asset_id is not None:
        asset = await access.require(Asset, asset_id, Action.VIEW)
        if asset.project_id != project_id:
            raise NotFound()
    else:
        await access.require_whole(project_id, Action.ISSUE)
    row, _ = await issues.create(
        access.transaction,
        project_id,
        Draft(
            fields=body.said(),
            id=body.id,
            guid=body.guid,
            asset_id=asset_id,
            revision_id=body.revision_id,
        ),
        author=access.who.id,
        now=access.now,
    )
    response.headers["Location"] = f"/api/v1/issues/{row.id}"
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return await issue_answer(access, row, role)


@router.get("/issues/{issue_id}")
async def get_issue(issue_id: UUID, response: Response, access: Access) -> IssueAnswer:
    """One issue; its comments, viewpoints, attachments and history have addresses of their own."""
    row, role = await access.require_with_role(Issue, issue_id, Action.VIEW)
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return await issue_answer(access, row, role)


@router.patch("/issues/{issue_id}")
async def update_issue(
    issue_id: UUID,
    body: IssueFields,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> IssueAnswer:
    """Change fields. With If-Match a change that somebody made meanwhile is named, not undone."""
    row, role = await access.require_with_role(Issue, issue_id, Action.ISSUE)
    await access.transaction.refresh(row, with_for_update=True)
    await _check_unchanged(access, row, if_match)
    await issues.change(access.transaction, row, body.said(), by=access.who.id, now=access.now)
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return await issue_answer(access, row, role)


@router.delete("/issues/{issue_id}", status_code=204)
async def trash_issue(issue_id: UUID, access: Access, if_match: IfMatch) -> None:
    """Move an issue to the trash; its author and editors may."""
    row, role = await access.require_with_role(Issue, issue_id, Action.VIEW)
    await access.transaction.refresh(row, with_for_update=True)
    await _check_unchanged(access, row, if_match)
    _require_trash(access, row, role)
    await issues.put_away(access.transaction, row, by=access.who.id, now=access.now)


@router.post("/issues/{issue_id}/restore")
async def restore_issue(issue_id: UUID, response: Response, access: Access) -> IssueAnswer:
    """Bring an issue back with its comments, pictures and pins."""
    row = await access.require_trashed(Issue, issue_id, Action.ISSUE)
    await issues.bring_back(access.transaction, row, by=access.who.id, now=access.now)
    response.headers["ETag"] = etag(row.id, row.updated_at)
    again, role = await access.require_with_role(Issue, issue_id, Action.VIEW)
    return await issue_answer(access, again, role)


@router.get("/projects/{project_id}/trashed-issues")
async def list_trashed_issues(
    project_id: UUID, access: Access, limit: Limit = 50
) -> Items[IssueAnswer]:
    """Issues in the trash, the newest there first."""
    _, role = await access.require_with_role(Project, project_id, Action.ISSUE)
    found = await rows.trashed(access.transaction, project_id, access.who.id, access.now, limit)
    return Items(items=await issue_answers(access, [(row, role) for row in found]))


@router.post("/projects/{project_id}/issues/bulk")
async def change_issues(project_id: UUID, body: BulkRequest, access: Access) -> BulkAnswer:
    """The same change for many; one that is refused does not keep the others from it."""
    await access.require(Project, project_id, Action.ISSUE)
    results = [await _one_of_many(access, project_id, item, body) for item in body.items]
    return BulkAnswer(items=results, done=sum(one.done for one in results))


@router.get("/issues/{issue_id}/history")
async def list_issue_history(
    issue_id: UUID, access: Access, cursor: Cursor = None, limit: Limit = 50
) -> Items[HistoryItem]:
    """Every change of every field, with who, when, from what and to what; newest first."""
    await access.require(Issue, issue_id, Action.VIEW)
    found = await rows.history(
        access.transaction,
        issue_id,
        before=decode_cursor(cursor) if cursor else None,
        limit=limit + 1,
    )
    page, more = cut(found, limit)
    names = await rows.names(access.transaction, [one.by for one in page])
    return Items(
        items=[
            HistoryItem(
                id=one.id,
                at=one.at,
                by=author(one.by, names),
                kind=one.kind,
                field=one.field or None,
                before=(one.before or {}).get("value"),
                after=(one.after or {}).get("value"),
                comment_id=one.comment_id,
            )
            for one in page
        ],
        next_cursor=encode_cursor(page[-1].id) if more else None,
    )


@router.get("/issues/{issue_id}/watchers")
async def list_watchers(issue_id: UUID, access: Access) -> Items[Person]:
    """Who hears of the issue."""
    await access.require(Issue, issue_id, Action.VIEW)
    return await _watchers(access, issue_id)


@router.put("/issues/{issue_id}/watchers/{principal_id}")
async def add_watcher(issue_id: UUID, principal_id: UUID, access: Access) -> Items[Person]:
    """Let a member hear of the issue; everybody who sees it may watch it himself."""
    myself = principal_id == access.who.id
    row = await access.require(Issue, issue_id, Action.VIEW if myself else Action.ISSUE)
    members = {one.id for one in await rows.people(access.transaction, row.project_id)}
    if principal_id not in members and not myself:
        raise NotFound()
    kept = await access.transaction.get(IssueWatcher, (issue_id, principal_id))
    if kept is None:
        await rows.watch(access.transaction, row, [principal_id], access.now)
    elif myself or not kept.muted:
        kept.muted = False
        await access.transaction.flush()
    else:
        raise Forbidden("This person left the issue and has to come back himself.")
    return await _watchers(access, issue_id)


@router.delete("/issues/{issue_id}/watchers/{principal_id}")
async def remove_watcher(issue_id: UUID, principal_id: UUID, access: Access) -> Items[Person]:
    """Hear no more of the issue, whatever happens; others are removed by those who edit issues."""
    myself = principal_id == access.who.id
    await access.require(Issue, issue_id, Action.VIEW if myself else Action.ISSUE)
    kept = await access.transaction.get(IssueWatcher, (issue_id, principal_id))
    if kept is not None and myself:
        kept.muted = True
        await access.transaction.flush()
    elif kept is not None:
        await access.transaction.delete(kept)
        await access.transaction.flush()
    return await _watchers(access, issue_id)


async def _watchers(access: Permissions, issue_id: UUID) -> Items[Person]:
    found = await rows.watchers(access.transaction, issue_id)
    return Items(items=[Person.model_validate(one, from_attributes=True) for one in found])


async def _one_of_many(
    access: Permissions, project_id: UUID, item: BulkItem, body: BulkRequest
) -> BulkResult:
    """Change or put away one issue; what is refused is the result, and nothing of it is done."""
    try:
        async with access.transaction.begin_nested():
            row, role = await access.require_with_role(Issue, item.id, Action.VIEW)
            if row.project_id != project_id:
                raise NotFound()
            await access.transaction.refresh(row, with_for_update=True)
            await _check_unchanged(access, row, item.etag)
            if body.trash:
                _require_trash(access, row, role)
                await issues.put_away(access.transaction, row, by=access.who.id, now=access.now)
            else:
                wanted = body.change.said() if body.change else {}
                if body.add_labels or body.remove_labels:
                    labels = [*wanted.get("labels", row.labels), *body.add_labels]
                    wanted["labels"] = [one for one in labels if one not in body.remove_labels]
                await issues.change(
                    access.transaction, row, wanted, by=access.who.id, now=access.now
                )
            return BulkResult(id=item.id, done=True, etag=etag(row.id, row.updated_at))
    except HolotableError as refused:
        return BulkResult(
            id=item.id,
            done=False,
            problem=Refusal(
                code=refused.code,
                detail=refused.detail,
                remedy=refused.remedy,
                facts={k: v for k, v in refused.facts.items() if k != "pointer"},
            ),
        )


async def _check_unchanged(access: Permissions, row: Issue, if_match: str | None) -> None:
    """Raise IssueChanged, with what is there now and who changed what since the client read it."""
    current = etag(row.id, row.updated_at)
    if if_match is None or if_match.strip() == "*" or names(if_match, current):
        return
    since = _moment_of(if_match)
    made = await rows.changes_since(access.transaction, row.id, since)
    people = await rows.names(access.transaction, [row.updated_by, *(one.by for one in made)])
    raise IssueChanged(
        f"{people.get(row.updated_by, 'Somebody') if row.updated_by else 'Somebody'} changed this"
        " since you read it.",
        current=current,
        issue=issues.fields_of(row),
        updated_at=row.updated_at.isoformat(),
        updated_by=_named(row.updated_by, people),
        changes=[
            {
                "field": one.field,
                "before": (one.before or {}).get("value"),
                "after": (one.after or {}).get("value"),
                "by": _named(one.by, people),
                "at": one.at.isoformat(),
            }
            for one in made
        ],
    )


def _named(principal_id: UUID | None, names: dict[UUID, str]) -> dict[str, str] | None:
    found = author(principal_id, names)
    return None if found is None else {"id": str(found.id), "name": found.name}


def _moment_of(sent: str) -> datetime:
    """Just behind the change that made this ETag; the beginning when it is none of ours."""
    read = moment_of(sent.split(",")[0])
    return EPOCH if read is None else read + MICROSECOND


def _require_trash(access: Permissions, row: Issue, role: Role) -> None:
    if not may_trash(access, row, role):
        raise Forbidden(
            "Only its author or an editor of the project puts an issue away.",
            needs=Role.EDITOR.value,
            role=role.value,
        )


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    """The place a cursor names. raises: Invalid."""
    try:
        value, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return Place(value, UUID(id_))
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise Invalid("This cursor is none of ours.", pointer="/query/cursor") from error
