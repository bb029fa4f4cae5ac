"""Uploads: a file becomes a revision of an asset, or a new asset with its first revision."""

from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, ValidationError

from holotable import flows, intake
from holotable.errors import Conflict, Invalid, TooLarge
from holotable.intake import Upload
from holotable.review.roles import Action
from holotable.store.queries import projects as rows
from holotable.store.tables import Asset, Project, Revision
from holotable.web import multipart
from holotable.web.answers import AssetAnswer, RevisionAnswer, asset_answer, revision_answer
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Permissions, Principal

router = APIRouter(tags=["revisions"])

Fields = TypeVar("Fields", bound=BaseModel)

_MAX_ADDED_FILES: Final = 200
_FORM_SLACK_BYTES: Final = 1024 * 1024  # of boundaries, headers and fields around the file


class UploadFields(BaseModel):
    """What may stand beside the file."""

    label: str | None = Field(default=None, max_length=intake.MAX_LABEL_LENGTH)
    note: str = Field(default="", max_length=10_000)
    name: str | None = Field(default=None, max_length=200)
    folder_id: UUID | None = None
    allow_missing: bool = True

    @property
    def options(self) -> dict[str, Any]:
        """Fields of ConvertOptions that differ from their defaults."""
        return {} if self.allow_missing else {"allow_missing": False}


class UploadAnswer(BaseModel):
    """A new asset and its first revision."""

    asset: AssetAnswer
    revision: RevisionAnswer


_ALLOW_MISSING: Final = (
    "false: end with missing_files when the file names others that were not sent along, so that"
    " they can be added. Default true: convert what is there and warn"
)


def form(required: tuple[str, ...] = ("file",), **fields: str) -> dict[str, Any]:
    """The request body in OpenAPI: the route reads the stream itself."""
    properties: dict[str, Any] = {"file": {"type": "string", "contentMediaType": "*/*"}}
    properties |= {name: {"type": "string", "description": text} for name, text in fields.items()}
    schema = {"type": "object", "required": list(required), "properties": properties}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


@router.post(
    "/assets/{asset_id}/revisions",
    status_code=201,
    openapi_extra=form(
        label="Default: the letter after the last one",
        note="What changed",
        allow_missing=_ALLOW_MISSING,
    ),
)
async def upload_revision(
    asset_id: UUID, request: Request, response: Response, who: Principal, context: AppContext
) -> RevisionAnswer:
    """Upload a file as the asset's next revision; its conversion starts by itself."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Asset, asset_id, Action.UPLOAD)
    upload, fields = await receive(request, context, UploadFields)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        asset = await access.require(Asset, asset_id, Action.UPLOAD)
        revision = await flows.add_revision(
            session,
            context.jobs,
            asset,
            upload,
            author=who.id,
            now=access.now,
            label=fields.label,
            note=fields.note,
            options=fields.options,
        )
        response.headers["Location"] = f"/api/v1/revisions/{revision.id}"
        return await revision_answer(session, revision)


@router.post("/revisions/{revision_id}/files", openapi_extra=form(required=("file",)))
async def add_missing_files(
    revision_id: UUID, request: Request, who: Principal, context: AppContext
) -> RevisionAnswer:
    """Add the files that a conversion ended for want of (`missing_files`), and convert again.

    Send each in a field `file` of one form. The revision's source becomes a zip of all of them.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        revision = await access.require(Revision, revision_id, Action.UPLOAD)
        wanted = await flows.missing_files(session, revision)
    additions = await _receive_files(request, context, revision.source_bytes)
    bundled = await flows.bundle(context.blobs, revision, additions, wanted)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        current = await access.require(Revision, revision_id, Action.UPLOAD)
        await session.refresh(current, with_for_update=True)  # one addition after the other
        await flows.missing_files(session, current)
        if current.source_sha256 != revision.source_sha256:
            raise Conflict("Somebody else has just added files. Look at the revision again.")
        await flows.complete(session, context.jobs, current, bundled)
        return await revision_answer(session, current)


@router.post(
    "/projects/{project_id}/uploads",
    status_code=201,
    openapi_extra=form(
        name="Default: the file's name",
        folder_id="Default: the top",
        note="",
        allow_missing=_ALLOW_MISSING,
    ),
)
async def upload_asset(
    project_id: UUID, request: Request, response: Response, who: Principal, context: AppContext
) -> UploadAnswer:
    """Upload a file as revision A of a new asset."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Project, project_id, Action.UPLOAD)
    upload, fields = await receive(request, context, UploadFields)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        project = await access.require(Project, project_id, Action.UPLOAD)
        await rows.place_in(session, project.id, fields.folder_id)
        asset, revision = await flows.add_asset(
            session,
            context.jobs,
            upload,
            project_id=project.id,
            folder_id=fields.folder_id,
            name=fields.name,
            note=fields.note,
            author=who.id,
            now=access.now,
            options=fields.options,
        )
        response.headers["Location"] = f"/api/v1/revisions/{revision.id}"
        return UploadAnswer(
            asset=await asset_answer(session, asset),
            revision=await revision_answer(session, revision),
        )


async def receive(request: Request, context: Context, kind: type[Fields]) -> tuple[Upload, Fields]:
    """Store the file of the form, and read its fields, in whatever order they come."""
    max_bytes = context.limits.max_upload_bytes
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > max_bytes + _FORM_SLACK_BYTES:
        raise intake.too_large(max_bytes)
    events = multipart.events(request)
    upload: Upload | None = None
    texts: dict[str, str] = {}
    async for event in events:
        match event:
            case multipart.FileBegin(name="file", filename=filename) if upload is None:
                upload = await intake.receive(
                    _pieces(events), context.blobs, name=filename, max_bytes=max_bytes
                )
            case multipart.FileBegin():
                raise Invalid("Send one file, in the field `file`.", pointer="/file")
            case multipart.Field(name, value) if value:
                texts[name] = value
    if upload is None:
        raise Invalid("The form has no field `file` with a file in it.", pointer="/file")
    try:
        return upload, kind.model_validate(texts)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Invalid(str(first["msg"]), pointer=f"/{first['loc'][0]}") from wrong


async def _receive_files(request: Request, context: Context, held_bytes: int) -> list[Upload]:
    """Store every file of the form; with what is held already no larger than one upload may be."""
    max_bytes = context.limits.max_upload_bytes
    left = max(0, max_bytes - held_bytes)
    events = multipart.events(request, max_parts=_MAX_ADDED_FILES + 1)
    uploads: list[Upload] = []
    async for event in events:
        if not isinstance(event, multipart.FileBegin):
            continue
        if event.name != "file" or len(uploads) >= _MAX_ADDED_FILES:
            raise Invalid(
                f"Send at most {_MAX_ADDED_FILES} files, each in a field `file`.", pointer="/file"
            )
        try:
            upload = await intake.receive(
                _pieces(events), context.blobs, name=event.filename, max_bytes=left
            )
        except TooLarge as problem:
            raise TooLarge(
                f"The source and the added files are together larger than the limit of"
                f" {max_bytes / 1e6:,.0f} MB.",
                max_bytes=max_bytes,
            ) from problem
        left -= upload.blob.size
        uploads.append(upload)
    if not uploads:
        raise Invalid("The form has no field `file` with a file in it.", pointer="/file")
    return uploads


async def _pieces(events: AsyncIterator[multipart.Event]) -> AsyncIterator[bytes]:
    """The content of one file, up to its end."""
    async for event in events:
        if not isinstance(event, bytes):
            return
        yield event
