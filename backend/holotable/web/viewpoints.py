"""Viewpoints: saved views, what links carry, and which parts of two revisions are the same."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from holotable import saved_views
from holotable.delivery import Structure
from holotable.errors import Conflict, Forbidden, Invalid, NotFound, UnknownRevision
from holotable.review.compare_partners import runs_of
from holotable.review.roles import Action, Role, allows
from holotable.review.viewpoint import Received, Viewpoint, check_parts, correspondence, document
from holotable.saved_views import View
from holotable.store import tables
from holotable.store.blobs import put_bytes
from holotable.store.queries import packages
from holotable.store.queries import projects as project_rows
from holotable.store.queries import viewpoints as rows
from holotable.store.queries.versions import later
from holotable.store.queries.visible import find, reach, visible
from holotable.store.tables import Asset, Principal, Project, Revision
from holotable.web import dependencies
from holotable.web.answers import Author, Cursor, Items, Limit, cut, encode_cursor, paged
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions
from holotable.web.etags import IfMatch, etag, hold_if_match
from holotable.web.ranges import blob_response

router = APIRouter(tags=["viewpoints"])

STRUCTURE: Final = "structure.json"
MAX_THUMBNAIL_BYTES: Final = 200_000
_PARTNERS_WAIT_S: Final = 3.0  # then stable ids must do
_PICTURES: Final = (
    (b"RIFF", "image/webp"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8", "image/jpeg"),
)

Thumbnail: TypeAlias = Annotated[
    str, Field(max_length=MAX_THUMBNAIL_BYTES * 4 // 3 + 4, description="Base64: WebP, PNG or JPEG")
]
ViewName: TypeAlias = Annotated[str, Field(max_length=200)]


class ViewpointAnswer(BaseModel):
    """A saved view as lists show it; `content` comes with the view itself."""

    id: UUID
    project_id: UUID
    asset_id: UUID
    revision_id: UUID
    revision_label: str
    immutable: bool  # made for a link: it never changes
    name: str
    folder: str
    position: float  # ascending: the agenda
    thumbnail_url: str | None
    created_at: datetime
    created_by: Author | None
    updated_at: datetime
    may_change: bool  # by whoever asks


class ViewpointDetailAnswer(ViewpointAnswer):
    """A saved view with all that was seen."""

    content: Viewpoint


class ViewpointRequest(BaseModel):
    """A new view; an immutable one is for links: the same content twice is one row."""

    content: Received
    name: ViewName = ""
    folder: ViewName = ""
    immutable: bool = False
    thumbnail: Thumbnail | None = None


class ViewpointPatch(BaseModel):
    """What changes; what is absent stays. after_id: the view before it, null is the first place."""

    name: ViewName | None = None
    folder: ViewName | None = None
    after_id: UUID | None = None
    content: Received | None = None
    thumbnail: Thumbnail | None = None


class CorrespondenceAnswer(BaseModel):
    """Which dense occurrence numbers of one revision are which of another.

    runs: [first of the other, first of this revision, how many]. What is in no run exists on one
    side only.
    """

    structure: str  # sha256 of this revision's structure
    other_structure: str
    count: int  # occurrences of this revision
    other_count: int
    matched_by: Literal["comparison", "id"]
    runs: list[tuple[int, int, int]]


@router.get("/projects/{project_id}/viewpoints")
async def list_viewpoints(
    project_id: UUID,
    access: Access,
    asset_id: Annotated[UUID | None, Query(description="Only of this asset")] = None,
    revision_id: Annotated[UUID | None, Query(description="Only made on this revision")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[ViewpointAnswer]:
    """The saved views that the asker sees, newest first; `position` orders the agenda."""
    await access.require(Project, project_id, Action.VIEW)
    statement = visible(tables.Viewpoint, reach(access.who.id, access.now)).where(
        tables.Viewpoint.project_id == project_id, ~tables.Viewpoint.immutable
    )
    if asset_id is not None:
        asset = await access.require(Asset, asset_id, Action.VIEW)
        statement = statement.where(tables.Viewpoint.asset_id == asset.id)
    if revision_id is not None:
        revision = await access.require(Revision, revision_id, Action.VIEW)
        statement = statement.where(tables.Viewpoint.revision_id == revision.id)
    found = [
        (row, Role(role))
        for row, role in await access.transaction.execute(
            paged(statement, tables.Viewpoint.__table__.c.id, cursor, limit)
        )
    ]
    page, more = cut(found, limit)
    return Items(
        items=[ViewpointAnswer(**(await _fields(access, row, role))) for row, role in page],
        next_cursor=encode_cursor(page[-1][0].id) if more else None,
    )


@router.post(
    "/projects/{project_id}/viewpoints", status_code=201, response_model_exclude_unset=True
)
async def create_viewpoint(
    project_id: UUID,
    body: ViewpointRequest,
    response: Response,
    who: dependencies.Principal,
    context: AppContext,
) -> ViewpointDetailAnswer:
    """Keep what somebody saw. The parts it names must be parts of its revision."""
    made_on = await checked(context, who, project_id, body.content)
    name = _name(body.name, needed=not body.immutable)
    picture = await _picture(context, body.thumbnail)
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        _, role = await access.require_with_role(Project, project_id, Action.COMMENT)
        view = View(made_on.content, name, body.folder.strip(), body.immutable, picture)
        revision = await transaction.get_one(Revision, made_on.revision_id)
        row = await saved_views.keep(
            transaction, revision, view, author=access.who.id, now=access.now
        )
        response.headers["Location"] = f"/api/v1/viewpoints/{row.id}"
        return await _detail(access, row, role, response)


@router.get("/viewpoints/{viewpoint_id}", response_model_exclude_unset=True)
async def get_viewpoint(
    viewpoint_id: UUID, response: Response, access: Access
) -> ViewpointDetailAnswer:
    """One view with its content."""
    row, role = await access.require_with_role(tables.Viewpoint, viewpoint_id, Action.VIEW)
    return await _detail(access, row, role, response)


@router.patch("/viewpoints/{viewpoint_id}", response_model_exclude_unset=True)
async def update_viewpoint(
    viewpoint_id: UUID,
    body: ViewpointPatch,
    response: Response,
    who: dependencies.Principal,
    context: AppContext,
    if_match: IfMatch,
) -> ViewpointDetailAnswer:
    """Rename, file, reorder a view or replace what it shows; its author and editors may."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        row, _ = await _changeable(access, viewpoint_id)
        if body.after_id is not None:
            await access.require(tables.Viewpoint, body.after_id, Action.VIEW)
        project_id, asset_id = row.project_id, row.asset_id
    made_on = None
    if body.content is not None:
        made_on = await checked(context, who, project_id, body.content)
        if made_on.asset_id != asset_id:
            raise UnknownRevision("A view stays with its asset; save a new one there.")
    picture = await _picture(context, body.thumbnail)
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        row, role = await _changeable(access, viewpoint_id)
        await project_rows.lock(transaction, row.project_id)
        await hold_if_match(transaction, row, if_match)
        if body.name is not None:
            row.name = _name(body.name, needed=True)
        if body.folder is not None:
            row.folder = body.folder.strip()
        if "after_id" in body.model_fields_set:
            row.position = await rows.place_after(transaction, row, body.after_id)
        if made_on is not None:
            said = document(made_on.content)
            row.content = said
            row.content_sha256 = saved_views.digest_of(said)
            row.revision_id = made_on.revision_id
        _set_picture(row, picture)
        row.updated_at = later(row.updated_at, access.now)
        await transaction.flush()
        return await _detail(access, row, role, response)


@router.delete("/viewpoints/{viewpoint_id}", status_code=204)
async def delete_viewpoint(viewpoint_id: UUID, access: Access, if_match: IfMatch) -> None:
    """Remove a view for good: there is no trash, the page's undo creates it again."""
    row, _ = await _changeable(access, viewpoint_id)
    await hold_if_match(access.transaction, row, if_match)
    await access.transaction.delete(row)


@router.get(
    "/viewpoints/{viewpoint_id}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}},
)
async def get_viewpoint_thumbnail(
    viewpoint_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """The picture of a view, as the browser that saved it drew it."""
    row = await access.require(tables.Viewpoint, viewpoint_id, Action.VIEW)
    if row.thumbnail_sha256 is None:
        raise NotFound("This view has no picture.")
    size = await context.blobs.size(row.thumbnail_sha256)
    return blob_response(
        request,
        context.blobs,
        sha256=row.thumbnail_sha256,
        size=size,
        media_type=row.thumbnail_type,
        headers={"Cache-Control": "private, no-cache"},
    )


@router.get("/revisions/{revision_id}/correspondence/{other_id}")
async def get_correspondence(
    revision_id: UUID,
    other_id: UUID,
    who: dependencies.Principal,
    context: AppContext,
    structure: Annotated[
        str | None,
        Query(pattern="^[0-9a-f]{64}$", description="sha256 of the other's structure"),
    ] = None,
) -> CorrespondenceAnswer:
    """Which parts of another revision are which here: a view of B is shown on C.

    By comparing the two, or by stable id where they cannot be compared or not within 3 s.
    """
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        await access.require(Revision, revision_id, Action.VIEW)
        await access.require(Revision, other_id, Action.VIEW)
        ours = await packages.find_file(transaction, revision_id, STRUCTURE)
        theirs = await packages.find_file(transaction, other_id, STRUCTURE, structure)
        newest = await packages.find_file(transaction, other_id, STRUCTURE)
    if ours is None or theirs is None:
        raise UnknownRevision("This scene is gone, or was never there.")
    here = await context.structures.get(ours.sha256)
    there = await context.structures.get(theirs.sha256)
    own, other = here.placed_ids(), there.placed_ids()
    columns = None
    if structure is None or (newest is not None and newest.sha256 == structure):
        columns = await context.comparisons.partners(other_id, revision_id, wait_s=_PARTNERS_WAIT_S)
    fits = columns is not None and (len(columns.partner), columns.new_count) == (
        len(other),
        len(own),
    )
    return CorrespondenceAnswer(
        structure=ours.sha256,
        other_structure=theirs.sha256,
        count=len(own),
        other_count=len(other),
        matched_by="comparison" if fits else "id",
        runs=runs_of(columns) if columns is not None and fits else correspondence(other, own),
    )


@dataclass(frozen=True, slots=True)
class MadeOn:
    """A checked content and the revision it was made on."""

    content: Viewpoint
    revision_id: UUID
    asset_id: UUID


async def checked(
    context: Context, who: dependencies.Principal, project_id: UUID, content: Viewpoint
) -> MadeOn:
    """The content, with the structure it speaks of named.

    The structure is read outside of a transaction: a large one takes a second, and on SQLite
    nobody could write.
    raises: UnknownRevision, UnknownParts; NotFound and Forbidden as for any change.
    """
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        await access.require(Project, project_id, Action.COMMENT)
        found = await find(
            transaction, Revision, UUID(content.revision_id), who.id, context.clock()
        )
        if found is None or found[0].project_id != project_id:
            raise UnknownRevision(pointer="/content/revision_id")
        revision = found[0]
        named = [("/content/layers", layer.revision_id) for layer in content.layers]
        if content.compare is not None:
            named.append(("/content/compare", content.compare.revision_id))
        for pointer, other in named:
            beside = await find(transaction, Revision, UUID(other), who.id, context.clock())
            if beside is None:
                raise UnknownRevision(pointer=pointer)
        file = await packages.find_file(transaction, revision.id, STRUCTURE, content.structure)
        if file is None and content.structure is not None:
            raise UnknownRevision(pointer="/content/structure")
        made_on = revision.id, revision.asset_id
    if file is not None:
        structure: Structure = await context.structures.get(file.sha256)
        check_parts(content, structure.placed_ids(), frozenset(structure.ids))
        content = content.model_copy(update={"structure": file.sha256})
    else:  # no scene yet: a camera may be kept, parts cannot be checked
        check_parts(content, (), frozenset())
    return MadeOn(content, *made_on)


async def _changeable(access: Permissions, viewpoint_id: UUID) -> tuple[tables.Viewpoint, Role]:
    """The view, if the principal may change it. raises: NotFound, Forbidden, Conflict."""
    row, role = await access.require_with_role(tables.Viewpoint, viewpoint_id, Action.VIEW)
    if not _may_change(access, row, role):
        raise Forbidden(
            "Only its author or an editor of the project changes a view.",
            needs=Role.EDITOR.value,
            role=role.value,
        )
    if row.immutable:
        raise Conflict("This view belongs to links and never changes.", reason="immutable")
    return row, role


def _may_change(access: Permissions, row: tables.Viewpoint, role: Role) -> bool:
    own = row.created_by == access.who.id and allows(role, Action.COMMENT)
    return own or allows(role, Action.EDIT)


def _name(name: str, *, needed: bool) -> str:
    clean = "".join(c for c in name if c.isprintable()).strip()
    if needed and not clean:
        raise Invalid("A saved view has a name.", pointer="/name")
    return clean


async def _picture(context: Context, thumbnail: str | None) -> tuple[str, str] | None:
    """(sha256, media type) of a picture that came as base64, kept as a blob."""
    if thumbnail is None:
        return None
    try:
        data = base64.b64decode(thumbnail, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("The picture is no base64.", pointer="/thumbnail") from error
    kind = next((kind for magic, kind in _PICTURES if data.startswith(magic)), None)
    if kind is None or len(data) > MAX_THUMBNAIL_BYTES:
        raise Invalid(
            f"A picture is WebP, PNG or JPEG of at most {MAX_THUMBNAIL_BYTES} bytes.",
            pointer="/thumbnail",
        )
    return (await put_bytes(context.blobs, data)).sha256, kind


def _set_picture(row: tables.Viewpoint, picture: tuple[str, str] | None) -> None:
    if picture is not None:
        row.thumbnail_sha256, row.thumbnail_type = picture


async def _detail(
    access: Permissions, row: tables.Viewpoint, role: Role, response: Response
) -> ViewpointDetailAnswer:
    response.headers["ETag"] = etag(row.id, row.updated_at)
    fields = await _fields(access, row, role)
    return ViewpointDetailAnswer(**fields, content=Viewpoint.model_validate(row.content))


async def _fields(access: Permissions, row: tables.Viewpoint, role: Role) -> dict[str, Any]:
    author = await access.transaction.get(Principal, row.created_by) if row.created_by else None
    revision = await access.transaction.get(Revision, row.revision_id)
    address = f"/api/v1/viewpoints/{row.id}/thumbnail?h={(row.thumbnail_sha256 or '')[:16]}"
    return {
        "id": row.id,
        "project_id": row.project_id,
        "asset_id": row.asset_id,
        "revision_id": row.revision_id,
        "revision_label": revision.label if revision else "",
        "immutable": row.immutable,
        "name": row.name,
        "folder": row.folder,
        "position": row.position,
        "thumbnail_url": address if row.thumbnail_sha256 else None,
        "created_at": row.created_at,
        "created_by": Author(id=author.id, name=author.name) if author else None,
        "updated_at": row.updated_at,
        "may_change": not row.immutable and _may_change(access, row, role),
    }
