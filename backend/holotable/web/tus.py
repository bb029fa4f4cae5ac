"""tus 1.0.0: uploads that go on where the line broke, for files that become revisions."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from holotable import intake
from holotable.errors import Refused, TusHeaderWrong, TusTooLong
from holotable.review.roles import Action
from holotable.store.exchange_tables import TusUpload
from holotable.store.tables import Asset, Project
from holotable.tus import ALGORITHMS
from holotable.web import tus_headers
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Permissions, Principal

router = APIRouter(tags=["tus"])

_NOTHING: Final[dict[int | str, dict[str, Any]]] = {204: {"description": "Done; see the headers"}}


class TusFields(BaseModel):
    """What Upload-Metadata may say; other keys are kept and handed back."""

    filename: str = Field(default="upload", max_length=1_000)
    asset_id: UUID | None = None  # absent: a new asset
    folder_id: UUID | None = None
    name: str | None = Field(default=None, max_length=200)
    label: str | None = Field(default=None, max_length=intake.MAX_LABEL_LENGTH)
    note: str = Field(default="", max_length=10_000)
    allow_missing: bool = True


class TusUploadProblem(BaseModel):
    """Why no revision came of it."""

    code: str
    detail: str
    remedy: str


class TusUploadAnswer(BaseModel):
    """How much of a file is here, and what became of it."""

    id: UUID
    state: Literal["open", "done", "failed", "ended"]
    offset: int
    length: int
    problem: TusUploadProblem | None
    asset_id: UUID | None  # whose next revision it is to be; null for a new asset
    revision_id: UUID | None  # once it is done
    expires_at: datetime


@router.options("/tus", include_in_schema=False)
@router.options("/tus/{tus_upload_id}", include_in_schema=False)
@router.options("/projects/{project_id}/tus", include_in_schema=False)
async def describe_tus(context: AppContext) -> Response:
    """What this server speaks, for anybody (Core, OPTIONS)."""
    return Response(
        status_code=204,
        headers={
            "Tus-Extension": tus_headers.EXTENSIONS,
            "Tus-Max-Size": str(context.limits.max_upload_bytes),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


@router.post(
    "/projects/{project_id}/tus", status_code=201, response_class=Response,
    responses={201: {"description": "Made; Location names it"}},
)  # fmt: skip
async def create_tus_upload(
    project_id: UUID, request: Request, who: Principal, context: AppContext
) -> Response:
    """Begin an upload (Creation); bytes may come along (Creation With Upload).

    Upload-Metadata: filename, and asset_id for that asset's next revision or folder_id and name
    for a new asset; label, note, allow_missing as in the other uploads.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        project = await access.require(Project, project_id, Action.UPLOAD)
        headers = request.headers
        tus_headers.require_version(headers)
        length = _length(headers, context)
        said = tus_headers.metadata(headers)
        fields = _fields(said)
        with_bytes = "content-type" in headers and headers.get("content-length") != "0"
        checksum = tus_headers.checksum(headers)
        if with_bytes:
            tus_headers.require_media_type(headers)
            _require_room(headers, length)
        asset = None
        if fields.asset_id is not None:
            asset = await access.require(Asset, fields.asset_id, Action.UPLOAD)
            if asset.project_id != project.id:
                raise TusHeaderWrong("This asset is in another project.", header="Upload-Metadata")
        row = await context.tus.create(
            session, project_id=project.id, asset=asset, author=who.id, name=fields.filename,
            length=length, metadata=headers.get("upload-metadata", ""),
            fields=fields.model_dump(mode="json", exclude={"filename", "asset_id"}),
        )  # fmt: skip
    if with_bytes:
        row = await context.tus.append(row, 0, _bytes_of(request), checksum)
    else:
        row = await context.tus.finish(row.id)  # an empty file is whole already
    return _moved(row, 201)


@router.get("/tus/{tus_upload_id}")
async def get_tus_upload(
    tus_upload_id: UUID, request: Request, response: Response, who: Principal, context: AppContext
) -> TusUploadAnswer:
    """Where it stands; HEAD answers as tus has it (Core), and ends whoever still writes."""
    row = await _mine(tus_upload_id, who, context)
    if request.scope.get("state", {}).get("is_head"):
        tus_headers.require_version(request.headers)
        context.tus.require_open(row)
        row = await context.tus.stand(row.id)
        row = await context.tus.finish(row.id)  # whoever took the last byte may have died
    response.headers.update(_headers(row))
    if row.metadata_text:
        response.headers["Upload-Metadata"] = row.metadata_text
    return TusUploadAnswer(
        id=row.id,
        state=row.state,  # pydantic checks it
        offset=row.offset,
        length=row.length,
        problem=TusUploadProblem(**row.problem) if row.problem else None,
        asset_id=row.asset_id,
        revision_id=row.revision_id,
        expires_at=row.expires_at,
    )


@router.patch("/tus/{tus_upload_id}", status_code=204, response_class=Response, responses=_NOTHING)
async def append_to_tus_upload(
    tus_upload_id: UUID, request: Request, who: Principal, context: AppContext
) -> Response:
    """Add bytes at Upload-Offset (Core); the last ones make the revision."""
    row = await _mine(tus_upload_id, who, context)
    headers = request.headers
    tus_headers.require_version(headers)
    tus_headers.require_media_type(headers)
    offset = tus_headers.number(headers, "Upload-Offset")
    checksum = tus_headers.checksum(headers)
    if offset == row.offset:
        _require_room(headers, row.length - row.offset)
    return _moved(await context.tus.append(row, offset, _bytes_of(request), checksum), 204)


@router.delete("/tus/{tus_upload_id}", status_code=204, response_class=Response, responses=_NOTHING)
async def end_tus_upload(
    tus_upload_id: UUID, request: Request, who: Principal, context: AppContext
) -> Response:
    """Give an upload up (Termination): what has arrived is deleted."""
    row = await _mine(tus_upload_id, who, context)
    tus_headers.require_version(request.headers)
    await context.tus.end(row)
    return Response(status_code=204)


@router.post("/tus/{tus_upload_id}", include_in_schema=False)
async def override_tus_method(
    tus_upload_id: UUID, request: Request, who: Principal, context: AppContext
) -> Response:
    """X-HTTP-Method-Override, for clients that can only POST (Core)."""
    method = request.headers.get("x-http-method-override", "").upper()
    if method == "PATCH":
        return await append_to_tus_upload(tus_upload_id, request, who, context)
    if method == "DELETE":
        return await end_tus_upload(tus_upload_id, request, who, context)
    raise HTTPException(405, "PATCH or DELETE.", headers={"Allow": "HEAD, PATCH, DELETE"})


async def _mine(upload_id: UUID, who: Principal, context: Context) -> TusUpload:
    """Whoever began it, as long as they may upload here; for others there is nothing."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        return await access.require(TusUpload, upload_id, Action.UPLOAD)


def _length(headers: Mapping[str, str], context: Context) -> int:
    length = tus_headers.number(headers, "Upload-Length")
    if length > context.limits.max_upload_bytes:
        raise intake.too_large(context.limits.max_upload_bytes)
    return length


def _require_room(headers: Mapping[str, str], room: int) -> None:
    """Refuse more bytes than are missing before any of them is taken."""
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > room:
        raise TusTooLong(f"{declared} bytes were sent and {room} are missing.")


def _fields(said: Mapping[str, str]) -> TusFields:
    known = {name: text for name, text in said.items() if text or name == "note"}
    try:
        return TusFields.model_validate(known)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise TusHeaderWrong(
            f"{first['loc'][0]}: {first['msg']}", header="Upload-Metadata"
        ) from wrong


async def _bytes_of(request: Request) -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as gone:
        raise Refused("The upload broke off.") from gone


def _headers(row: TusUpload) -> dict[str, str]:
    headers = {"Upload-Offset": str(row.offset), "Upload-Length": str(row.length)}
    if row.state == "open":
        headers["Upload-Expires"] = tus_headers.http_date(row.expires_at)
    if row.revision_id is not None:
        headers["Holotable-Revision"] = str(row.revision_id)
    return headers


def _moved(row: TusUpload, status: int) -> Response:
    headers = _headers(row)
    if status == 201:
        headers["Location"] = f"/api/v1/tus/{row.id}"
    return Response(status_code=status, headers=headers)
