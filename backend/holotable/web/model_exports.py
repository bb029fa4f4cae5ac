"""A revision's model for other tools: asked for in a format, waited for, downloaded, cancelled."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from holotable.errors import ModelExportCancelled, ModelExportFailed, NotReady
from holotable.model_exports import MEDIA_TYPES, Format
from holotable.review.roles import Action
from holotable.store.exchange_tables import ModelExport
from holotable.store.queries import model_exports as rows
from holotable.store.tables import Revision
from holotable.web.answers import Items
from holotable.web.dependencies import Access, AppContext, Permissions, Principal, require_role
from holotable.web.ranges import blob_response, content_disposition

router = APIRouter(tags=["exports"])

_RETRY_SECONDS: Final = 1
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The bytes"}
}


class ModelExportRequest(BaseModel):
    """In which format: plain glTF, the scene package as it is served, or somebody else's."""

    format: Format


class ModelExportProblem(BaseModel):
    """Why there is no file."""

    code: str
    detail: str
    remedy: str


class ModelExportAnswer(BaseModel):
    """A model in one format: on its way, ready, or not to be had."""

    id: UUID
    revision_id: UUID
    format: Format
    state: Literal["queued", "making", "ready", "failed", "cancelled"]
    fraction: float  # 0 to 1, of making it
    problem: ModelExportProblem | None
    file_name: str
    bytes: int
    sha256: str | None
    left_out: dict[str, int]  # what the format cannot hold, counted: points, lines, textures
    asked_at: datetime
    finished_at: datetime | None
    url: str | None  # of its bytes


@router.post("/revisions/{revision_id}/exports", status_code=202)
async def export_model(
    revision_id: UUID,
    body: ModelExportRequest,
    response: Response,
    who: Principal,
    context: AppContext,
) -> ModelExportAnswer:
    """Ask for the model in a format: 202 while it is made, 200 when it has been made before.

    What was made once is kept until the revision's scene, placement, name or label change.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        revision = await access.require(Revision, revision_id, Action.DOWNLOAD)
    row = await context.model_exports.ask(revision, body.format, who.id)
    response.headers["Location"] = f"/api/v1/exports/{row.id}"
    if row.state == "ready":
        response.status_code = 200
    else:
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return _answer(row)


@router.get("/revisions/{revision_id}/exports")
async def list_model_exports(revision_id: UUID, access: Access) -> Items[ModelExportAnswer]:
    """What was asked for of this revision, the newest first."""
    revision = await access.require(Revision, revision_id, Action.DOWNLOAD)
    found = await rows.of_revision(access.transaction, revision.id)
    return Items(items=[_answer(row) for row in found])


@router.get("/exports/{model_export_id}")
async def get_model_export(
    model_export_id: UUID, response: Response, access: Access
) -> ModelExportAnswer:
    """How far it is."""
    row = await access.require(ModelExport, model_export_id, Action.DOWNLOAD)
    if row.state in rows.GOING_ON:
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return _answer(row)


@router.delete("/exports/{model_export_id}")
async def cancel_model_export(
    model_export_id: UUID, access: Access, context: AppContext
) -> ModelExportAnswer:
    """Stop making it; for whoever asked and for editors. What is over stays as it is."""
    row, role = await access.require_with_role(ModelExport, model_export_id, Action.DOWNLOAD)
    if row.asked_by != access.who.id:
        require_role(role, Action.EDIT)
    await context.model_exports.cancel(access.transaction, row, access.who.name)
    await access.transaction.refresh(row)
    return _answer(row)


@router.get("/exports/{model_export_id}/file", response_class=Response, responses=_FILE)
async def get_model_export_file(
    model_export_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """The bytes. Answers Range and If-None-Match."""
    row = await access.require(ModelExport, model_export_id, Action.DOWNLOAD)
    if row.state in rows.GOING_ON:
        raise NotReady(
            "This file is still being made.", state=row.state, retry_after_s=_RETRY_SECONDS
        )
    if row.state != "ready":
        kind = ModelExportCancelled if row.state == "cancelled" else ModelExportFailed
        raise kind(str((row.problem or {}).get("detail") or "") or None)
    return blob_response(
        request,
        context.blobs,
        sha256=row.sha256 or "",
        size=row.bytes,
        media_type=MEDIA_TYPES[row.format],
        headers={
            "Content-Disposition": content_disposition(row.file_name),
            "Cache-Control": "private, no-cache",
        },
    )


def _answer(row: ModelExport) -> ModelExportAnswer:
    return ModelExportAnswer(
        id=row.id,
        revision_id=row.revision_id,
        format=row.format,  # pydantic checks it, and the state
        state=row.state,
        fraction=row.fraction,
        problem=ModelExportProblem(**row.problem) if row.problem else None,
        file_name=row.file_name,
        bytes=row.bytes,
        sha256=row.sha256,
        left_out=row.left_out,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        url=f"/api/v1/exports/{row.id}/file" if row.state == "ready" else None,
    )
