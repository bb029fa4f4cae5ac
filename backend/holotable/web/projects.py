"""Projects: list, make, change, to the trash and back."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from sqlalchemy import Select

from holotable.accounts import display_name
from holotable.errors import NotFound
from holotable.review.roles import Action, Role
from holotable.store.database import uuid7
from holotable.store.external_tables import ExternalRef
from holotable.store.queries import projects as rows
from holotable.store.queries.external_refs import refs_of
from holotable.store.queries.versions import later
from holotable.store.queries.visible import reach, reach_of, visible
from holotable.store.tables import Member, Project
from holotable.web.answers import Cursor, Items, Limit, UpdatedSince, encode_cursor, merged, paged
from holotable.web.dependencies import (
    Access,
    AppContext,
    NoGuest,
    Permissions,
    Principal,
    Transaction,
    require_role,
)
from holotable.web.etags import IfMatch, etag, hold_if_match
from holotable.web.live import rooms_look_again
from holotable.web.ref_answers import ExternalRefAnswer, ExternalRefs, ref_answers, replace_refs

router = APIRouter(tags=["projects"])


class Counts(BaseModel):
    """What a project holds, as far as the asker sees it."""

    assets: int
    members: int


class LiveAnswer(BaseModel):
    """A meeting that goes on."""

    session_id: UUID
    name: str
    people: int


class ProjectAnswer(BaseModel):
    """A container with members and roles."""

    id: UUID
    name: str
    description: str
    is_sample: bool
    role: Role  # the asker's
    created_at: datetime
    updated_at: datetime
    counts: Counts
    live: list[LiveAnswer]
    thumbnail_revision_id: UUID | None = None
    external_refs: list[ExternalRefAnswer] | None = None
    deleted_at: datetime | None = None


class ProjectRequest(BaseModel):
    """A new project; whoever makes it owns it."""

    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=10_000)
    external_refs: ExternalRefs | None = None


class ProjectPatch(BaseModel):
    """What changes; what is absent stays, references are all."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=10_000)
    external_refs: ExternalRefs | None = None


@router.get("/projects")
async def list_projects(
    who: Principal,
    transaction: Transaction,
    context: AppContext,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[ProjectAnswer]:
    """The projects I see, newest first."""
    now = context.clock()
    seen = reach(who.id, now)

    async def rows_of(statement: Select[Project, str]) -> list[tuple[Project, Role]]:
        found = paged(statement, Project.__table__.c.id, cursor, limit)
        return [(row[0], Role(row[1])) for row in await transaction.execute(found)]

    living, gone = visible(Project, seen), []
    if updated_since is not None:
        living = living.where(Project.updated_at >= updated_since)
        trashed = visible(Project, reach(who.id, now, trashed=True))
        gone = await rows_of(trashed.where(Project.deleted_at >= updated_since))
    page, more = merged(await rows_of(living), gone, lambda found: found[0].id, limit)
    ids = [project.id for project, _ in page]
    overviews = await rows.overviews(transaction, seen, ids)
    refs = await refs_of(transaction, Project, ids)
    return Items(
        items=[
            _answer(project, role, overviews[project.id], refs.get(project.id, []))
            for project, role in page
        ],
        next_cursor=encode_cursor(page[-1][0].id) if more else None,
    )


@router.post("/projects", status_code=201)
async def create_project(
    body: ProjectRequest,
    response: Response,
    who: NoGuest,
    transaction: Transaction,
    context: AppContext,
) -> ProjectAnswer:
    """Make a project that I own."""
    now = context.clock()
    project = Project(
        id=uuid7(),
        name=display_name(body.name),
        description=body.description,
        created_at=now,
        created_by=who.id,
        updated_at=now,
        is_sample=False,
    )
    transaction.add(project)
    await transaction.flush()
    transaction.add(
        Member(project_id=project.id, principal_id=who.id, role=Role.OWNER, added_at=now)
    )
    await transaction.flush()
    access = Permissions(who, transaction, now)
    await replace_refs(access.transaction, project, body.external_refs, by=access.who.id)
    response.headers["ETag"] = etag(project.id, project.updated_at)
    response.headers["Location"] = f"/api/v1/projects/{project.id}"
    return await project_answer(access, project, Role.OWNER)


@router.get("/projects/{project_id}")
async def get_project(project_id: UUID, response: Response, access: Access) -> ProjectAnswer:
    """One project."""
    project, role = await access.require_with_role(Project, project_id, Action.VIEW)
    response.headers["ETag"] = etag(project.id, project.updated_at)
    return await project_answer(access, project, role)


@router.patch("/projects/{project_id}")
async def update_project(
    project_id: UUID,
    body: ProjectPatch,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> ProjectAnswer:
    """Rename or describe a project."""
    project, role = await access.require_with_role(Project, project_id, Action.EDIT)
    await rows.lock(access.transaction, project_id)
    await hold_if_match(access.transaction, project, if_match)
    if body.name is not None:
        project.name = display_name(body.name)
    if body.description is not None:
        project.description = body.description
    await replace_refs(access.transaction, project, body.external_refs, by=access.who.id)
    project.updated_at = later(project.updated_at, access.now)
    await access.transaction.flush()
    response.headers["ETag"] = etag(project.id, project.updated_at)
    return await project_answer(access, project, role)


@router.delete("/projects/{project_id}", status_code=204, dependencies=[Depends(rooms_look_again)])
async def trash_project(project_id: UUID, access: Access, if_match: IfMatch) -> None:
    """Move a project with everything in it to the trash."""
    project = await access.require(Project, project_id, Action.DELETE_PROJECT)
    await hold_if_match(access.transaction, project, if_match)
    project.deleted_at = access.now


@router.post("/projects/{project_id}/restore")
async def restore_project(project_id: UUID, access: Access) -> ProjectAnswer:
    """Bring a project back from the trash."""
    seen = await reach_of(access.transaction, project_id, access.who.id, access.now, trashed=True)
    project = await access.transaction.get(Project, project_id)
    if seen is None or project is None:
        raise NotFound()
    require_role(seen.role, Action.DELETE_PROJECT)
    project.deleted_at = None
    project.updated_at = access.now
    await access.transaction.flush()
    return await project_answer(access, project, seen.role)


async def project_answer(access: Permissions, project: Project, role: Role) -> ProjectAnswer:
    """One project as whoever asks sees it."""
    seen = reach(access.who.id, access.now)
    overviews = await rows.overviews(access.transaction, seen, [project.id])
    refs = await refs_of(access.transaction, Project, [project.id])
    return _answer(project, role, overviews[project.id], refs.get(project.id, []))


def _answer(
    project: Project, role: Role, overview: rows.Overview, refs: list[ExternalRef]
) -> ProjectAnswer:
    gone = project.deleted_at is not None  # a tombstone says which it was, and no more
    return ProjectAnswer(
        id=project.id,
        name="" if gone else project.name,
        description="" if gone else project.description,
        is_sample=project.is_sample,
        role=role,
        created_at=project.created_at,
        updated_at=project.updated_at,
        counts=Counts(assets=overview.assets, members=overview.members),
        live=[
            LiveAnswer(session_id=live.session_id, name=live.name, people=live.people)
            for live in overview.live
        ],
        thumbnail_revision_id=overview.thumbnail_revision_id,
        external_refs=ref_answers(refs),
        deleted_at=project.deleted_at,
    )
