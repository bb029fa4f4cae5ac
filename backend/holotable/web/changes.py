"""What happened since I last asked: the event log, for systems that poll instead of listening."""

import base64
import binascii
import struct
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from holotable.errors import CursorExpired, CursorUnknown
from holotable.review.happening import What, envelope
from holotable.review.roles import Action
from holotable.store.event_tables import EventCounter
from holotable.store.queries import events as rows
from holotable.store.queries.events import Place
from holotable.store.tables import Project
from holotable.web.dependencies import Access, AppContext, NoGuest, Permissions
from holotable.web.security import origin_of

router = APIRouter(tags=["changes"])

_PLACE: Final = struct.Struct(">BQ16s")  # version, number, id of the event of that number
_VERSION: Final = 1

Since: TypeAlias = Annotated[
    str | None,
    Query(
        max_length=100,
        description="`cursor` of the answer before; `latest` for the end of the log; absent for "
        "its beginning",
    ),
]
Types: TypeAlias = Annotated[
    list[What] | None, Query(alias="type", max_length=40, description="These alone")
]
Most: TypeAlias = Annotated[int, Query(ge=1, le=500, description="Items in one answer")]


class By(BaseModel):
    """Who did it."""

    id: UUID
    name: str


class HappeningAnswer(BaseModel):
    """What happened, as CloudEvents 1.0 in JSON; the body of a webhook is the same.

    data: project_id, deleted, by, url, and ids and short words of what it speaks of. `deleted`
    says that a copy is to be removed; everything else is to be fetched again.
    """

    specversion: Literal["1.0"]
    id: UUID
    type: str
    source: str
    subject: str
    time: str
    datacontenttype: Literal["application/json"]
    data: dict[str, Any]  # JSON that differs from type to type


class ChangesAnswer(BaseModel):
    """What happened, oldest first. `cursor` is for the next question, also when nothing did."""

    items: list[HappeningAnswer]
    cursor: str
    more: bool  # ask again at once


@router.get("/changes")
async def read_changes(
    request: Request,
    who: NoGuest,
    access: Access,
    context: AppContext,
    since: Since = None,
    types: Types = None,
    limit: Most = 100,
) -> ChangesAnswer:
    """What happened in all projects that I am a member of.

    A project that was trashed and one that I was taken out of are told once more.
    """
    del who  # a guest has no feed
    return await _answer(request, access, context, None, since, types or (), limit)


@router.get("/projects/{project_id}/changes")
async def read_project_changes(
    project_id: UUID,
    request: Request,
    access: Access,
    context: AppContext,
    since: Since = None,
    types: Types = None,
    limit: Most = 100,
) -> ChangesAnswer:
    """What happened in a project; for members."""
    await access.require(Project, project_id, Action.SEE_REVIEWS)  # what members see
    return await _answer(request, access, context, project_id, since, types or (), limit)


async def _answer(
    request: Request,
    access: Permissions,
    context: AppContext,
    project_id: UUID | None,
    since: str | None,
    types: list[What] | tuple[()],
    limit: int,
) -> ChangesAnswer:
    await rows.number_new(access.transaction)
    end = await rows.head(access.transaction)
    if since == "latest":
        return ChangesAnswer(items=[], cursor=encode_place(end), more=False)
    after = await _after(access, since)
    found = await rows.page(
        access.transaction,
        access.who.id,
        access.now,
        after=after,
        limit=limit + 1,
        project_id=project_id,
        what=[one.value for one in types],
    )
    # The end was read before the page: what commits in between is behind it, and comes next time.
    kept = [one for one in found if one.place.number <= end.number]
    more = len(kept) > limit
    shown = kept[:limit]
    public_url = origin_of(request, context)
    return ChangesAnswer(
        items=[
            HappeningAnswer.model_validate(envelope(one.happening, public_url)) for one in shown
        ],
        cursor=encode_place(shown[-1].place if more else end),
        more=more,
    )


async def _after(access: Permissions, since: str | None) -> int:
    """The number to begin behind. raises: CursorUnknown, CursorExpired."""
    if since is None:
        return (await access.transaction.get_one(EventCounter, 1)).forgotten
    place = decode_place(since)
    if not await rows.is_kept(access.transaction, place):
        raise CursorExpired()
    return place.number


def encode_place(place: Place) -> str:
    """A place in the log as the opaque cursor that people keep."""
    packed = _PLACE.pack(_VERSION, place.number, place.event_id.bytes)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_place(cursor: str) -> Place:
    """The place that a cursor names. raises: CursorUnknown."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        version, number, event_id = _PLACE.unpack(packed)
    except (binascii.Error, ValueError, struct.error) as error:
        raise CursorUnknown(pointer="/query/since") from error
    if version != _VERSION or number >= 1 << 63:
        raise CursorUnknown(pointer="/query/since")
    return Place(number, UUID(bytes=event_id))
