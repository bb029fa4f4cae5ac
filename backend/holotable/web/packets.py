"""What a review came to, handed over: reports, signed packets, and the keys that verify them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from holotable import packets, review_results
from holotable.errors import NotFound, NotReady, PacketFailed
from holotable.exchange.report_html import POLICY
from holotable.exchange.report_words import Language
from holotable.review.roles import Action
from holotable.store.queries import packets as rows
from holotable.store.review_tables import Review, ReviewPacket
from holotable.web.answers import Author, Items
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, Permissions, Principal
from holotable.web.ranges import blob_response, content_disposition

router = APIRouter(tags=["reviews"])

_RETRY_SECONDS: Final = 2
_PDF, _HTML = "application/pdf", "text/html"
_REPORT: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_HTML: {}, _PDF: {}}}}
_ZIP: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/zip": {}}}}

SpokenHere = Annotated[Language, Query(description="Of the report")]
Zone = Annotated[
    str,
    Query(max_length=64, description="IANA name; shown beside UTC. Unknown ones are left out."),
]


class PacketRequest(BaseModel):
    """How its report is written."""

    language: Language = "en"
    time_zone: str = Field(default="", max_length=64, description="IANA name, beside UTC")


class LeftOutAnswer(BaseModel):
    """Something that is not in a packet, and why."""

    what: str
    why: str


class PacketProblem(BaseModel):
    """Why a packet was not made."""

    code: str
    detail: str
    remedy: str


class PacketAnswer(BaseModel):
    """A packet: being made, made, or failed. outdated: the review has changed since."""

    id: UUID
    state: Literal["making", "ready", "failed"]
    problem: PacketProblem | None
    file_name: str
    sha256: str | None
    bytes: int
    key_id: str | None
    left_out: list[LeftOutAnswer]
    outdated: bool
    asked_at: datetime
    asked_by: Author | None
    finished_at: datetime | None
    url: str | None  # of its bytes


class SigningKeyAnswer(BaseModel):
    """The public half of a key that packets of this server were signed with."""

    id: str  # SHA-256 of its DER, hex
    algorithm: Literal["Ed25519"] = "Ed25519"
    public_pem: str
    first_used_at: datetime


@router.get("/reviews/{review_id}/report", response_class=Response, responses=_REPORT)
async def get_report(
    review_id: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
    language: SpokenHere = "en",
    time_zone: Zone = "",
    format: Annotated[  # named as people write it
        Literal["html", "pdf"] | None, Query(description="Left out: by Accept")
    ] = None,
) -> Response:
    """The result of a review as it stands now, as a page or as PDF."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        review = await access.require(Review, review_id, Action.SEE_REVIEWS)
        found = await review_results.gather(transaction, review)
    kind = format or _accepted(request)
    content = await packets.report(
        context.packets.workshop,
        found,
        language,
        packets.zone_of(time_zone),
        as_pdf=kind == "pdf",
    )
    name = f"{found.asset.name}-{found.revision.label}-review-{review.number}.{kind}"
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
    if kind == "pdf":
        headers["Content-Disposition"] = content_disposition(name).replace("attachment", "inline")
        return Response(content, media_type=_PDF, headers=headers)
    headers["Content-Security-Policy"] = f"{POLICY}; sandbox allow-popups; frame-ancestors 'none'"
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def _accepted(request: Request) -> Literal["html", "pdf"]:
    accepted = request.headers.get("accept", "")
    return "pdf" if _PDF in accepted and _HTML not in accepted else "html"


@router.post("/reviews/{review_id}/packet", status_code=202)
async def make_packet(
    review_id: UUID,
    body: PacketRequest,
    response: Response,
    who: Principal,
    context: AppContext,
) -> PacketAnswer:
    """Make a signed packet of what the review came to; the one being made, if there is one."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        review = await access.require(Review, review_id, Action.DECIDE)
        row = await rows.ask(
            transaction,
            review,
            language=body.language,
            time_zone=body.time_zone,
            by=who.id,
            name=who.name,
            now=access.now,
        )
        answer = _answer(row, review)
    context.packets.nudge()
    response.headers["Location"] = f"/api/v1/reviews/{review_id}/packets"
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return answer


@router.get("/reviews/{review_id}/packets")
async def list_packets(review_id: UUID, access: Access) -> Items[PacketAnswer]:
    """The packets of a review, newest first."""
    review = await access.require(Review, review_id, Action.SEE_REVIEWS)
    found = await rows.of_review(access.transaction, review.id)
    return Items(items=[_answer(row, review) for row in found])


@router.get("/reviews/{review_id}/packet", response_class=Response, responses=_ZIP)
async def get_packet(
    review_id: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
    packet_id: Annotated[UUID | None, Query(description="Left out: the newest")] = None,
) -> Response:
    """The bytes of a packet that was made."""
    async with context.database.transaction() as transaction:
        access = Permissions(who, transaction, context.clock())
        review = await access.require(Review, review_id, Action.SEE_REVIEWS)
        found = await rows.of_review(transaction, review.id)
    row = _chosen([one for one in found if packet_id in (None, one.id)])
    return _download(request, context, row)


def _chosen(found: list[ReviewPacket]) -> ReviewPacket:
    """The newest that is ready. raises: NotReady, PacketFailed, NotFound."""
    for row in found:
        if row.state == "ready":
            return row
    if any(row.state in rows.GOING_ON for row in found):
        raise NotReady(
            "This packet is still being made.", state="making", retry_after_s=_RETRY_SECONDS
        )
    if found:
        raise PacketFailed(str((found[0].problem or {}).get("detail") or "") or None)
    raise NotFound("Nobody has made a packet of this review yet.")


def _download(request: Request, context: Context, row: ReviewPacket) -> Response:
    return blob_response(
        request,
        context.blobs,
        sha256=row.sha256 or "",
        size=row.bytes,
        media_type="application/zip",
        headers={
            "Content-Disposition": content_disposition(row.file_name),
            "Cache-Control": "private, no-cache",
        },
    )


@router.get("/signing-keys")
async def list_signing_keys(context: AppContext) -> Items[SigningKeyAnswer]:
    """The public keys that packets of this server were signed with; for anybody, newest first."""
    async with context.database.transaction() as transaction:
        found = await rows.keys(transaction)
    return Items(
        items=[
            SigningKeyAnswer(id=row.id, public_pem=row.public_pem, first_used_at=row.first_used_at)
            for row in found
        ]
    )


def _answer(row: ReviewPacket, review: Review) -> PacketAnswer:
    ready = row.state == "ready"
    asked_by = Author(id=row.asked_by, name=row.asked_name) if row.asked_by else None
    return PacketAnswer(
        id=row.id,
        state="making" if row.state in rows.GOING_ON else row.state,  # pydantic checks the others
        problem=PacketProblem(**row.problem) if row.problem else None,
        file_name=row.file_name,
        sha256=row.sha256,
        bytes=row.bytes,
        key_id=row.key_id,
        left_out=[LeftOutAnswer(**one) for one in row.left_out],
        outdated=ready and row.covers_until != review.updated_at,
        asked_at=row.asked_at,
        asked_by=asked_by,
        finished_at=row.finished_at,
        url=f"/api/v1/reviews/{review.id}/packet?packet_id={row.id}" if ready else None,
    )
