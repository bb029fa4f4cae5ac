"""BCF API 3.0 and 2.1: who am I, projects with their words, and topics (buildingSMART BCF-API).

Bearer tokens are those of `/api/v1/tokens`. Changes go through the same code as on the page, with
its words, history and notifications.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from holotable import bcf_export, issues
from holotable.accounts import display_name
from holotable.errors import Forbidden, IdTaken, Invalid, NotFound
from holotable.exchange.bcf_model import Moment, Version
from holotable.exchange.odata import ordered, parse_filter, parse_order
from holotable.issues import Draft
from holotable.review.roles import Action, Role, allows
from holotable.store.issue_tables import Issue
from holotable.store.queries import issues as rows
from holotable.store.queries.visible import reach, visible
from holotable.store.tables import Project, Revision
from holotable.web.bcf_answers import (
    BcfVersion,
    entity,
    guids_of,
    known_version,
    topic_actions,
    topic_body,
    topic_row,
    topics,
    visible_numbers,
)
from holotable.web.bcf_files import origin
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.issue_answers import may_trash

router = APIRouter(include_in_schema=False)
routes = APIRouter(
    include_in_schema=False, prefix="/bcf/{version}", dependencies=[Depends(known_version)]
)

_ASKED: Final = frozenset(
    {"title", "creation_author", "modified_author", "assigned_to", "stage", "topic_status",
     "topic_type", "creation_date", "modified_date", "due_date", "labels", "priority", "index"}
)  # fmt: skip
_MAX_TOP: Final = 1_000
_FIRST = {"foundation": ("1.0", "1.1"), "bcf": ("2.1", "3.0")}


class TopicBody(BaseModel):
    """A topic as clients send it; what the server owns and what nobody knows is ignored."""

    model_config = ConfigDict(extra="ignore")
    guid: UUID | None = None
    title: Annotated[str, Field(min_length=1, max_length=500)]
    topic_type: str | None = None
    topic_status: str | None = None
    reference_links: list[str] | None = None
    priority: str | None = None
    labels: list[str] | None = None
    assigned_to: str | None = None
    stage: str | None = None
    description: str | None = None
    due_date: Moment | None = None


class ProjectBody(BaseModel):
    """A project's name."""

    model_config = ConfigDict(extra="ignore")
    name: Annotated[str, Field(min_length=1, max_length=200)]


class Related(BaseModel):
    """One of the topics that another is related to."""

    model_config = ConfigDict(extra="ignore")
    related_topic_guid: UUID


@router.get("/foundation/versions")
async def list_foundation_versions(request: Request) -> Response:
    """Which interfaces there are."""
    found = [
        {"api_id": api, "version_id": one, "detailed_version": one}
        for api, versions in _FIRST.items()
        for one in versions
    ]
    return entity(request, {"versions": found})


@router.get("/bcf/versions")
async def list_bcf_versions(request: Request) -> Response:
    """As clients of 2.1 ask."""
    found = [{"version_id": one, "detailed_version": one} for one in _FIRST["bcf"]]
    return entity(request, {"versions": found})


@router.get("/foundation/1.0/current-user")
@router.get("/foundation/1.1/current-user")
@router.get("/bcf/2.1/current-user")
async def get_current_user(request: Request, who: Principal) -> Response:
    """Whose token this is."""
    return entity(request, {"id": who.login or who.name, "name": who.name})


@routes.get("/projects")
async def list_bcf_projects(request: Request, access: Access) -> Response:
    """The projects that I see."""
    statement = visible(Project, reach(access.who.id, access.now)).order_by(Project.id)
    found = [(row, Role(role)) for row, role in await access.transaction.execute(statement)]
    return entity(request, [_project(row, role) for row, role in found])


@routes.get("/projects/{project_id}")
async def get_bcf_project(project_id: UUID, request: Request, access: Access) -> Response:
    """One of them."""
    row, role = await access.require_with_role(Project, project_id, Action.VIEW)
    return entity(request, _project(row, role))


@routes.put("/projects/{project_id}")
async def put_bcf_project(
    project_id: UUID, body: ProjectBody, request: Request, access: Access
) -> Response:
    """Rename it."""
    row, role = await access.require_with_role(Project, project_id, Action.EDIT)
    row.name, row.updated_at = display_name(body.name), access.now
    await access.transaction.flush()
    return entity(request, _project(row, role))


@routes.get("/projects/{project_id}/extensions")
async def get_bcf_extensions(
    version: BcfVersion, project_id: UUID, request: Request, access: Access
) -> Response:
    """The project's words, and what I may do."""
    _, role = await access.require_with_role(Project, project_id, Action.VIEW)
    words = await _words(access, project_id)
    creates = [*(["update"] if allows(role, Action.EDIT) else [])]
    creates += ["createTopic"] if allows(role, Action.ISSUE) else []
    said = {
        **words,
        "project_actions": creates,
        "topic_actions": topic_actions(role),
        "comment_actions": ["update"] if allows(role, Action.COMMENT) else [],
    }
    if version == "2.1":
        said["user_id_type"] = said.pop("users")
    return entity(request, said)


@routes.get("/projects/{project_id}/files_information")
async def list_bcf_files_information(
    project_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """Every revision that I see is a model that topics may speak of."""
    await access.require(Project, project_id, Action.VIEW)
    statement = visible(Revision, reach(access.who.id, access.now)).where(
        Revision.project_id == project_id
    )
    found = await access.transaction.scalars(statement.order_by(Revision.id).limit(_MAX_TOP))
    here = origin(request, context)
    return entity(
        request,
        [
            {
                "display_information": [
                    {"field_display_name": "Revision", "field_value": one.label}
                ],
                "file": bcf_export.model_file(one, here).model_dump(
                    mode="json", exclude_none=True, exclude={"is_external"}
                ),
            }
            for one in found
        ],
    )


@routes.get("/projects/{project_id}/topics")
async def list_topics(
    version: BcfVersion,
    project_id: UUID,
    request: Request,
    access: Access,
    context: AppContext,
    wanted: Annotated[str | None, Query(alias="$filter")] = None,
    order: Annotated[str | None, Query(alias="$orderby")] = None,
    top: Annotated[int, Query(alias="$top", ge=0, le=_MAX_TOP)] = 500,
    skip: Annotated[int, Query(alias="$skip", ge=0)] = 0,
    authorization: Annotated[bool, Query(alias="includeAuthorization")] = False,
) -> Response:
    """Topics that I see and ask for."""
    project, role = await access.require_with_role(Project, project_id, Action.VIEW)
    passes = parse_filter(wanted, _ASKED) if wanted else None
    by = parse_order(order, _ASKED) if order else []
    numbers = await visible_numbers(access, project_id)
    if passes is None and not by:
        numbers, skip = numbers[skip : skip + top], 0
    found = [
        one.model_dump() | {"": one} for one in await topics(access, context, project, numbers)
    ]
    kept = [one for one in found if passes is None or passes(one)]
    page = ordered(kept, by)[skip : skip + top] if by else kept[skip : skip + top]
    words = await _words(access, project_id) if authorization else None
    return entity(request, [topic_body(one[""], version, role, words) for one in page])


@routes.post("/projects/{project_id}/topics")
async def create_topic(
    version: BcfVersion,
    project_id: UUID,
    body: TopicBody,
    request: Request,
    access: Access,
    context: AppContext,
) -> Response:
    """A new topic; 409 when its guid is there already."""
    project, role = await access.require_whole(project_id, Action.ISSUE)
    if body.guid is not None:
        taken = select(Issue.id).where(Issue.project_id == project_id, Issue.guid == body.guid)
        if await access.transaction.scalar(taken) is not None:
            raise IdTaken(pointer="/guid")
    fields = {name: value for name, value in (await _fields(access, project_id, body)).items()}
    row, _ = await issues.create(
        access.transaction,
        project_id,
        Draft(fields={k: v for k, v in fields.items() if v not in (None, "")}, guid=body.guid),
        author=access.who.id,
        now=access.now,
    )
    return await _one(access, context, request, project, row, version, role, 201)


@routes.get("/projects/{project_id}/topics/{guid}")
async def get_topic(
    version: BcfVersion,
    project_id: UUID,
    guid: UUID,
    request: Request,
    access: Access,
    context: AppContext,
) -> Response:
    """One topic."""
    row, role = await topic_row(access, project_id, guid, Action.VIEW)
    project = await access.require(Project, project_id, Action.VIEW)
    return await _one(access, context, request, project, row, version, role)


@routes.put("/projects/{project_id}/topics/{guid}")
async def put_topic(
    version: BcfVersion,
    project_id: UUID,
    guid: UUID,
    body: TopicBody,
    request: Request,
    access: Access,
    context: AppContext,
) -> Response:
    """The whole topic: what is not said is empty, or as the project begins."""
    row, role = await topic_row(access, project_id, guid, Action.ISSUE)
    if body.guid not in (None, guid):
        raise Invalid("A topic keeps its guid.", pointer="/guid")
    settings = await rows.settings(access.transaction, project_id)
    fields = await _fields(access, project_id, body)
    for name, value in (
        ("type", settings.default_type),
        ("status", settings.default_status),
        ("priority", settings.default_priority),
    ):
        fields[name] = fields[name] or value
    now = issues.fields_of(row)  # a word that the project lost meanwhile stays as it is
    changed = {name: value for name, value in fields.items() if now[name] != value}
    await issues.change(access.transaction, row, changed, by=access.who.id, now=access.now)
    project = await access.require(Project, project_id, Action.VIEW)
    return await _one(access, context, request, project, row, version, role)


@routes.delete("/projects/{project_id}/topics/{guid}")
async def delete_topic(project_id: UUID, guid: UUID, access: Access) -> Response:
    """To the trash; its author and editors may."""
    row, role = await topic_row(access, project_id, guid, Action.VIEW)
    if not may_trash(access, row, role):
        raise Forbidden("Only its author or an editor of the project deletes a topic.")
    await issues.put_away(access.transaction, row, by=access.who.id, now=access.now)
    return Response(status_code=200)


@routes.get("/projects/{project_id}/topics/{guid}/related_topics")
async def list_related_topics(
    project_id: UUID, guid: UUID, request: Request, access: Access
) -> Response:
    """Topics that this one names."""
    row, _ = await topic_row(access, project_id, guid, Action.VIEW)
    found = await guids_of(access, row.related)
    return entity(request, [{"related_topic_guid": one} for one in found])


@routes.put("/projects/{project_id}/topics/{guid}/related_topics")
async def put_related_topics(
    project_id: UUID,
    guid: UUID,
    body: Annotated[list[Related], Field(max_length=200)],
    request: Request,
    access: Access,
) -> Response:
    """All of them at once; one that is not there is 404."""
    row, _ = await topic_row(access, project_id, guid, Action.ISSUE)
    ids = []
    for one in body:
        other, _ = await topic_row(access, project_id, one.related_topic_guid, Action.VIEW)
        ids.append(other.id)
    await issues.change(access.transaction, row, {"related": ids}, by=access.who.id, now=access.now)
    found = await guids_of(access, row.related)
    return entity(request, [{"related_topic_guid": one} for one in found])


def _project(row: Project, role: Role) -> dict[str, Any]:
    actions = ["update"] if allows(role, Action.EDIT) else []
    actions += ["createTopic"] if allows(role, Action.ISSUE) else []
    return {
        "project_id": str(row.id),
        "name": row.name,
        "authorization": {"project_actions": actions},
    }


async def _words(access: Permissions, project_id: UUID) -> Mapping[str, Any]:
    """The project's words under the names of BCF; every key is there."""
    settings = await rows.settings(access.transaction, project_id)
    people = await rows.people(access.transaction, project_id)
    words = bcf_export.words_of([], settings, tuple(one.words[-1] for one in people if one.words))
    return {name: value or [] for name, value in words.model_dump().items()}


async def _fields(access: Permissions, project_id: UUID, body: TopicBody) -> dict[str, Any]:
    """A body as fields of an issue. raises: Invalid, for somebody who is no member."""
    assignee: UUID | None = None
    if body.assigned_to:
        wanted = body.assigned_to.strip().casefold()
        people = await rows.people(access.transaction, project_id)
        found = {one.id for one in people if wanted in [word.casefold() for word in one.words]}
        if len(found) != 1:
            raise Invalid("Nobody in this project is called so.", pointer="/assigned_to")
        assignee = found.pop()
    return {
        "title": body.title,
        "type": body.topic_type,
        "status": body.topic_status,
        "priority": body.priority,
        "description": body.description or "",
        "stage": body.stage or "",
        "assignee_id": assignee,
        "due_at": None if body.due_date is None else body.due_date.astimezone(UTC),
        "labels": body.labels or [],
        "reference_links": (body.reference_links or [])[:100],
    }


async def _one(
    access: Permissions,
    context: AppContext,
    request: Request,
    project: Project,
    row: Issue,
    version: Version,
    role: Role,
    status: int = 200,
) -> Response:
    await access.transaction.flush()
    found = await topics(access, context, project, [row.number])
    if not found:
        raise NotFound()
    words = None
    if request.query_params.get("includeAuthorization") == "true":
        words = await _words(access, project.id)
    return entity(request, topic_body(found[0], version, role, words), status)
