"""Drawings of a revision over REST: PDF and pictures, sent as forms, read as what they are."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from holotable import drawings
from holotable.drawings import Arrived
from holotable.errors import Invalid
from holotable.review.drawing import MAX_NAME, file_name
from holotable.review.roles import Action, Role, allows
from holotable.store.drawing_tables import Drawing
from holotable.store.queries import drawings as rows
from holotable.store.queries import issues as issue_rows
from holotable.store.tables import Revision
from holotable.web import multipart
from holotable.web.answers import Author, Items
from holotable.web.attachments import FORM, SHOWN, pieces, uuid_of
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.etags import IfMatch, etag, hold_if_match
from holotable.web.issue_answers import Storable, author
from holotable.web.ranges import blob_response, content_disposition
from holotable.web.review_answers import person_of

router = APIRouter(tags=["drawings"])

_HEADERS: Final = {**SHOWN, "Content-Security-Policy": "default-src 'none'; sandbox"}


class SheetSize(BaseModel):
    """How large a sheet is, turned as it is shown; see `unit` of its drawing."""

    width: float
    height: float


class DrawingAnswer(BaseModel):
    """A drawing beside a revision.

    unit: of the sizes of its pages: metres of paper, or pixels of a picture, whose paper nobody
    knows. url: of its content, which never changes.
    """

    id: UUID
    project_id: UUID
    asset_id: UUID
    revision_id: UUID
    revision_label: str
    name: str
    kind: Literal["pdf", "picture"]
    media_type: str
    bytes: int
    sha256: str
    unit: Literal["m", "px"]
    page_count: int
    pages: list[SheetSize]
    url: str
    created_at: datetime
    created_by: Author | None
    deleted_at: datetime | None
    etag: str
    may_change: bool


class DrawingPatch(Storable):
    """What a drawing is called now."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


@router.get("/revisions/{revision_id}/drawings")
async def list_drawings(revision_id: UUID, access: Access) -> Items[DrawingAnswer]:
    """The drawings of a revision, by name."""
    _, role = await access.require_with_role(Revision, revision_id, Action.VIEW)
    found = await rows.of_revision(access.transaction, revision_id)
    names = await issue_rows.names(access.transaction, [one.created_by for one in found])
    labels = await rows.labels(access.transaction, found)
    return Items(
        items=[
            _drawing_answer(one, labels[one.revision_id], author(one.created_by, names), role)
            for one in found
        ]
    )


@router.post("/revisions/{revision_id}/drawings", status_code=201, openapi_extra=FORM)
async def add_drawing(
    revision_id: UUID, request: Request, response: Response, who: Principal, context: AppContext
) -> DrawingAnswer:
    """Put a PDF, PNG, JPEG or WebP beside a revision. What it is tells its content, not its name.

    It is read in a sandbox before anything of it is kept; the same id makes no second one.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Revision, revision_id, Action.UPLOAD)
    arrived, id_ = await _receive(request, context)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        revision, role = await access.require_with_role(Revision, revision_id, Action.UPLOAD)
        row = await drawings.add(
            session, revision, arrived, id_=id_, person=person_of(access.who), now=access.now
        )
        response.headers["Location"] = f"/api/v1/drawings/{row.id}"
        return await _answer(access, row, role, response)


@router.get("/drawings/{drawing_id}")
async def get_drawing(drawing_id: UUID, response: Response, access: Access) -> DrawingAnswer:
    """One drawing with the sizes of its sheets."""
    row, role = await access.require_with_role(Drawing, drawing_id, Action.VIEW)
    return await _answer(access, row, role, response)


@router.get(
    "/drawings/{drawing_id}/content",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}}},
)
async def get_drawing_content(
    drawing_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """The bytes as they were sent; by its address a picture is shown, a PDF saved."""
    row = await access.require(Drawing, drawing_id, Action.VIEW)
    disposition = content_disposition(file_name(row.name, row.media_type))
    if row.kind == "picture":
        disposition = disposition.replace("attachment", "inline", 1)
    return blob_response(
        request,
        context.blobs,
        sha256=row.sha256,
        size=await context.blobs.size(row.sha256),
        media_type=row.media_type,
        headers={**_HEADERS, "Content-Disposition": disposition},
    )


@router.patch("/drawings/{drawing_id}")
async def rename_drawing(
    drawing_id: UUID,
    body: DrawingPatch,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> DrawingAnswer:
    """Call it otherwise. Drawings of one name belong together from revision to revision."""
    row, role = await access.require_with_role(Drawing, drawing_id, Action.EDIT)
    await hold_if_match(access.transaction, row, if_match)
    await drawings.rename(
        access.transaction, row, body.name, person=person_of(access.who), now=access.now
    )
    return await _answer(access, row, role, response)


@router.delete("/drawings/{drawing_id}", status_code=204)
async def remove_drawing(drawing_id: UUID, access: Access, if_match: IfMatch) -> None:
    """Remove a drawing; issues on its sheets stay and say where they were."""
    row = await access.require(Drawing, drawing_id, Action.EDIT)
    await hold_if_match(access.transaction, row, if_match)
    await drawings.put_away(access.transaction, row, person=person_of(access.who), now=access.now)


@router.post("/drawings/{drawing_id}/restore")
async def restore_drawing(drawing_id: UUID, response: Response, access: Access) -> DrawingAnswer:
    """Bring a removed drawing back, with everything on it."""
    row = await access.require_trashed(Drawing, drawing_id, Action.EDIT)
    await drawings.bring_back(access.transaction, row, person=person_of(access.who), now=access.now)
    again, role = await access.require_with_role(Drawing, drawing_id, Action.VIEW)
    return await _answer(access, again, role, response)


async def _receive(request: Request, context: Context) -> tuple[Arrived, UUID | None]:
    """The drawing of the form, stored, and the id beside it."""
    arrived: Arrived | None = None
    id_: UUID | None = None
    events = multipart.events(request)
    async for event in events:
        match event:
            case multipart.FileBegin(name="file", filename=filename) if arrived is None:
                arrived = await drawings.receive(
                    pieces(events), context.blobs, context.sheets, name=filename
                )
            case multipart.FileBegin():
                raise Invalid("Send one drawing, in the field `file`.", pointer="/file")
            case multipart.Field(name="id", value=value) if value:
                id_ = uuid_of(value)
    if arrived is None:
        raise Invalid("The form has no field `file` with a file in it.", pointer="/file")
    return arrived, id_


async def _answer(
    access: Permissions, row: Drawing, role: Role, response: Response
) -> DrawingAnswer:
    response.headers["ETag"] = etag(row.id, row.updated_at)
    names = await issue_rows.names(access.transaction, [row.created_by])
    labels = await rows.labels(access.transaction, [row])
    return _drawing_answer(row, labels[row.revision_id], author(row.created_by, names), role)


def _drawing_answer(row: Drawing, label: str, made_by: Author | None, role: Role) -> DrawingAnswer:
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "id", "project_id", "asset_id", "revision_id", "name", "kind", "media_type", "bytes",
            "sha256", "page_count", "created_at", "deleted_at",
        )
    }  # fmt: skip
    return DrawingAnswer(
        **plain,
        revision_label=label,
        unit="m" if row.kind == "pdf" else "px",
        pages=[SheetSize(width=width, height=height) for width, height in row.pages],
        url=f"/api/v1/drawings/{row.id}/content",
        created_by=made_by,
        etag=etag(row.id, row.updated_at),
        may_change=row.deleted_at is None and allows(role, Action.EDIT),
    )
