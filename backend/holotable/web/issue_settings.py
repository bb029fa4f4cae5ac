"""The words of a project's issues, and the questions about them that people keep."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from holotable import issues
from holotable.accounts import display_name
from holotable.errors import Forbidden, IdTaken, Invalid
from holotable.review.issue import IssueSettings, settings_of
from holotable.review.roles import Action, Role, allows
from holotable.store import issue_tables
from holotable.store.database import uuid7
from holotable.store.issue_tables import IssueFilter
from holotable.store.queries import issues as rows
from holotable.store.queries.versions import later
from holotable.store.queries.visible import reach, visible
from holotable.store.tables import Project
from holotable.web.answers import Author, Items
from holotable.web.dependencies import Access, Permissions
from holotable.web.etags import IfMatch, check_if_match, etag, hold_if_match
from holotable.web.issue_answers import Storable, author

router = APIRouter(tags=["issues"])

MAX_FILTERS = 200  # of one project


class IssueSettingsAnswer(BaseModel):
    """The words of a project; `own` once somebody changed the ones every project begins with."""

    settings: IssueSettings
    own: bool
    updated_at: datetime | None
    updated_by: Author | None


class IssueSettingsRequest(Storable):
    """All words of a project at once."""

    settings: IssueSettings


class FilterQuery(Storable):
    """Query parameters of the list of issues, each with its values, as the page writes them."""

    parameters: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")],
            Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)],
        ],
        Field(max_length=40),
    ]
    view: Annotated[str, Field(pattern=r"^(board|table|model)$")] = "board"


class FilterRequest(Storable):
    """A question to keep. id: made by the client, so that sending it again keeps no second one."""

    id: UUID | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)]
    shared: bool = False  # with everybody in the project
    query: FilterQuery


class FilterPatch(Storable):
    """What changes; what is absent stays."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    shared: bool | None = None
    query: FilterQuery | None = None


class FilterAnswer(BaseModel):
    """A question that is kept."""

    id: UUID
    project_id: UUID
    name: str
    shared: bool
    query: FilterQuery
    created_by: Author | None
    updated_at: datetime
    may_change: bool


@router.get("/projects/{project_id}/issue-settings")
async def get_issue_settings(
    project_id: UUID, response: Response, access: Access
) -> IssueSettingsAnswer:
    """The types, statuses, priorities, labels and stages that the project's issues may have."""
    await access.require(Project, project_id, Action.VIEW)
    row = await access.transaction.get(issue_tables.IssueSettings, project_id)
    response.headers["ETag"] = _etag(project_id, row)
    return await _settings(access, row)


@router.put("/projects/{project_id}/issue-settings")
async def set_issue_settings(
    project_id: UUID,
    body: IssueSettingsRequest,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> IssueSettingsAnswer:
    """Give the project its own words. Issues keep theirs until somebody changes that field."""
    await access.require_whole(project_id, Action.EDIT)
    row = await access.transaction.get(issue_tables.IssueSettings, project_id)
    check_if_match(if_match, _etag(project_id, row))
    row = await issues.set_settings(
        access.transaction, project_id, body.settings, by=access.who.id, now=access.now
    )
    response.headers["ETag"] = _etag(project_id, row)
    return await _settings(access, row)


@router.get("/projects/{project_id}/issue-filters")
async def list_issue_filters(project_id: UUID, access: Access) -> Items[FilterAnswer]:
    """My own questions and the shared ones, by name."""
    await access.require(Project, project_id, Action.VIEW)
    found = await access.transaction.execute(
        visible(IssueFilter, reach(access.who.id, access.now))
        .where(IssueFilter.project_id == project_id)
        .order_by(func.lower(IssueFilter.name), IssueFilter.id)
        .limit(MAX_FILTERS)
    )
    return Items(items=[await _answer(access, row, Role(role)) for row, role in found])


@router.post("/projects/{project_id}/issue-filters", status_code=201)
async def create_issue_filter(
    project_id: UUID, body: FilterRequest, response: Response, access: Access
) -> FilterAnswer:
    """Keep a question; sharing it needs the right to make issues."""
    _, role = await access.require_whole(project_id, Action.VIEW)
    _check_sharing(role, shared=body.shared)
    content = body.query.model_dump(mode="json")
    row = await access.transaction.get(IssueFilter, body.id) if body.id else None
    if row is not None:
        mine = row.project_id == project_id and row.created_by == access.who.id
        if not mine or (row.name, row.shared, row.query) != (body.name, body.shared, content):
            raise IdTaken(pointer="/id")
    else:
        count = await access.transaction.scalar(
            select(func.count()).where(IssueFilter.project_id == project_id)
        )
        if (count or 0) >= MAX_FILTERS:
            raise Invalid(f"A project keeps at most {MAX_FILTERS} filters.")
        row = IssueFilter(
            id=body.id or uuid7(),
            project_id=project_id,
            created_by=access.who.id,
            name=display_name(body.name),
            shared=body.shared,
            query=content,
            created_at=access.now,
            updated_at=access.now,
        )
        access.transaction.add(row)
        await access.transaction.flush()
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return await _answer(access, row, role)


@router.patch("/issue-filters/{issue_filter_id}")
async def update_issue_filter(
    issue_filter_id: UUID,
    body: FilterPatch,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> FilterAnswer:
    """Rename, share or change a question; whoever keeps it may, and editors a shared one."""
    row, role = await _changeable(access, issue_filter_id)
    await hold_if_match(access.transaction, row, if_match)
    if body.shared is not None:
        _check_sharing(role, shared=body.shared)
        row.shared = body.shared
    if body.name is not None:
        row.name = display_name(body.name)
    if body.query is not None:
        row.query = body.query.model_dump(mode="json")
    row.updated_at = later(row.updated_at, access.now)
    await access.transaction.flush()
    response.headers["ETag"] = etag(row.id, row.updated_at)
    return await _answer(access, row, role)


@router.delete("/issue-filters/{issue_filter_id}", status_code=204)
async def delete_issue_filter(issue_filter_id: UUID, access: Access) -> None:
    """Keep a question no longer."""
    row, _ = await _changeable(access, issue_filter_id)
    await access.transaction.delete(row)


async def _changeable(access: Permissions, filter_id: UUID) -> tuple[IssueFilter, Role]:
    row, role = await access.require_with_role(IssueFilter, filter_id, Action.VIEW)
    if not _may_change(access, row, role):
        raise Forbidden(
            "Only whoever keeps it or an editor of the project changes a filter.",
            needs=Role.EDITOR.value,
            role=role.value,
        )
    return row, role


def _may_change(access: Permissions, row: IssueFilter, role: Role) -> bool:
    return row.created_by == access.who.id or allows(role, Action.EDIT)


def _check_sharing(role: Role, *, shared: bool) -> None:
    if shared and not allows(role, Action.ISSUE):
        raise Forbidden(
            "Sharing a filter needs the role reviewer.", needs=Role.REVIEWER.value, role=role.value
        )


def _etag(project_id: UUID, row: issue_tables.IssueSettings | None) -> str:
    return f'"{project_id.hex[-8:]}-0"' if row is None else etag(project_id, row.updated_at)


async def _settings(
    access: Permissions, row: issue_tables.IssueSettings | None
) -> IssueSettingsAnswer:
    by = row.updated_by if row else None
    return IssueSettingsAnswer(
        settings=settings_of(row.content if row else None),
        own=row is not None,
        updated_at=row.updated_at if row else None,
        updated_by=author(by, await rows.names(access.transaction, [by])),
    )


async def _answer(access: Permissions, row: IssueFilter, role: Role) -> FilterAnswer:
    names = await rows.names(access.transaction, [row.created_by])
    return FilterAnswer(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        shared=row.shared,
        query=FilterQuery.model_validate(row.query),
        created_by=author(row.created_by, names),
        updated_at=row.updated_at,
        may_change=_may_change(access, row, role),
    )
