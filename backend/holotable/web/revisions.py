"""One revision: its state, its note, cancel and retry, its log and its uploaded file."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from holotable import flows, history
from holotable.review.roles import Action
from holotable.store.queries import conversions
from holotable.store.tables import Revision
from holotable.web.answers import RevisionAnswer, revision_answer
from holotable.web.dependencies import Access, AppContext
from holotable.web.etags import IfMatch, etag, hold_if_match
from holotable.web.ranges import blob_response, content_disposition
from holotable.web.ref_answers import ExternalRefs, VendorWord, replace_refs

router = APIRouter(tags=["revisions"])


class Placement(BaseModel):
    """A correction of what the file says of itself; null believes the file."""

    unit: Literal["um", "mm", "cm", "m", "km", "in", "ft"] | None = None
    up_axis: Literal["y", "z"] | None = None


class RevisionPatch(BaseModel):
    """What changes; what is absent stays, a null placement takes the correction away."""

    note: str | None = Field(default=None, max_length=10_000)
    placement: Placement | None = None
    vendor_revision: VendorWord | None = None
    vendor_lifecycle: VendorWord | None = None
    external_refs: ExternalRefs | None = None


@router.get("/revisions/{revision_id}")
async def get_revision(revision_id: UUID, response: Response, access: Access) -> RevisionAnswer:
    """One revision with the state of its conversion."""
    revision = await access.require(Revision, revision_id, Action.VIEW)
    response.headers["ETag"] = etag(revision.id, revision.updated_at)
    return await revision_answer(access.transaction, revision)


@router.patch("/revisions/{revision_id}")
async def update_revision(
    revision_id: UUID, body: RevisionPatch, response: Response, access: Access, if_match: IfMatch
) -> RevisionAnswer:
    """Change the note or the vendor's words, correct unit and up-axis; the file stays as it is."""
    revision = await access.require(Revision, revision_id, Action.EDIT)
    await hold_if_match(access.transaction, revision, if_match)
    placement = None
    if "placement" in body.model_fields_set:
        placement = body.placement.model_dump() if body.placement else {}
    history.annotate(
        revision,
        now=access.now,
        note=body.note,
        placement=placement,
        vendor_revision=body.vendor_revision,
        vendor_lifecycle=body.vendor_lifecycle,
    )
    await replace_refs(access.transaction, revision, body.external_refs, by=access.who.id)
    await access.transaction.flush()
    response.headers["ETag"] = etag(revision.id, revision.updated_at)
    return await revision_answer(access.transaction, revision)


@router.post("/revisions/{revision_id}/cancel")
async def cancel_conversion(revision_id: UUID, access: Access) -> RevisionAnswer:
    """Stop the conversion; one that runs ends within a second or two."""
    revision = await access.require(Revision, revision_id, Action.UPLOAD)
    await conversions.request_cancel(access.transaction, revision.id)
    return await revision_answer(access.transaction, revision)


class RetryOptions(BaseModel):
    """What is different this time; the body may be left out."""

    allow_missing: bool | None = Field(
        default=None, description="Go on without files that the file names and that are not there"
    )


@router.post("/revisions/{revision_id}/retry")
async def retry_conversion(
    revision_id: UUID, access: Access, context: AppContext, body: RetryOptions | None = None
) -> RevisionAnswer:
    """Convert again what failed or was cancelled."""
    revision = await access.require(Revision, revision_id, Action.UPLOAD)
    allow_missing = body.allow_missing if body is not None else None
    await flows.retry(access.transaction, context.jobs, revision, allow_missing=allow_missing)
    return await revision_answer(access.transaction, revision)


@router.get("/revisions/{revision_id}/log", response_class=PlainTextResponse)
async def get_log(revision_id: UUID, access: Access) -> PlainTextResponse:
    """What the reader of the file printed, as text to download."""
    revision = await access.require(Revision, revision_id, Action.DOWNLOAD)
    text = await conversions.log_of(access.transaction, revision.id)
    name = f"{revision.source_name}.{revision.label}.log"
    return PlainTextResponse(text, headers={"Content-Disposition": content_disposition(name)})


@router.get(
    "/revisions/{revision_id}/source",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def get_source(
    revision_id: UUID, request: Request, access: Access, context: AppContext
) -> Response:
    """The uploaded bytes, under the name they came with. Answers Range and If-None-Match."""
    revision = await access.require(Revision, revision_id, Action.DOWNLOAD)
    return blob_response(
        request,
        context.blobs,
        sha256=revision.source_sha256,
        size=revision.source_bytes,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition(revision.source_name),
            "Cache-Control": "private, no-cache",
        },
    )
