"""The inbox over REST: what I am told of, with the place that shows it; marks, and the badge."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from holotable import notifications
from holotable.accounts import SignedIn
from holotable.errors import Forbidden, Invalid
from holotable.review.notification import KIND_OF, Kind
from holotable.review.roles import Action
from holotable.store.notification_tables import Notification
from holotable.store.queries import notifications as rows
from holotable.web.answers import Author, Limit, cut
from holotable.web.context import Context
from holotable.web.dependencies import Access, AppContext, NoGuest, Permissions

router = APIRouter(tags=["inbox"])

_RECHECK_S: Final = 15.0  # whether the listener is still signed in as a user who may
_KEEP_ALIVE: Final = ": still here\n\n"
State: TypeAlias = Literal["open", "unread", "snoozed", "done", "all"]

Thing: TypeAlias = Literal["review", "issue", "comments", "conversion", "session", "webhook"]


class Named(BaseModel):
    """A project or an asset by its name."""

    id: UUID
    name: str


class OnSheet(BaseModel):
    """The sheet of a drawing on which something stands. page: from 0."""

    drawing_name: str
    page: int
    page_count: int


class NotificationAnswer(BaseModel):
    """What I am told of one subject. tally: what happened since I read it, and how often, strongest
    first. path: of the page that shows it; where it stands on a sheet, the one that opens that."""

    id: UUID
    kind: Kind
    thing: Thing
    state: Literal["unread", "read", "done"]
    tally: dict[str, int]
    count: int
    title: str
    number: int | None
    label: str  # of the revision; empty when there is none
    due: str | None  # ISO date
    by: Author | None  # None: the server
    sheet: OnSheet | None
    project: Named
    asset: Named | None
    path: str
    happened_at: datetime
    snoozed_until: datetime | None


class InboxCounts(BaseModel):
    """How many rows there are. kinds: of the open ones."""

    open: int
    unread: int
    snoozed: int
    done: int
    kinds: dict[Kind, int]


class InboxAnswer(BaseModel):
    """One page of the inbox, newest first."""

    items: list[NotificationAnswer]
    next_cursor: str | None = None
    counts: InboxCounts


class NotificationPatch(BaseModel):
    """What changes. snoozed_until: null wakes it."""

    state: Literal["unread", "read", "done"] | None = None
    snoozed_until: AwareDatetime | None = None


class MarkRequest(BaseModel):
    """Marks several rows: these, or with `until` all open ones that happened up to then, so that
    what came meanwhile stays. kinds: only of these."""

    state: Literal["unread", "read", "done"]
    ids: list[UUID] = Field(default=[], max_length=500)
    until: AwareDatetime | None = None
    kinds: list[Kind] = Field(default=[], max_length=20)


class SeenRequest(BaseModel):
    """What I have in front of me. id: of the review, the issue or the session; of comments and of a
    conversion the revision."""

    thing: Thing
    id: UUID


class Marked(BaseModel):
    """The rows that changed, for taking it back."""

    ids: list[UUID]


class Waiting(BaseModel):
    """What waits for me in one project."""

    project_id: UUID
    issues: int  # assigned to me and not over
    reviews: int  # that want my verdict


@router.get("/inbox")
async def list_inbox(
    who: NoGuest,
    access: Access,
    state: Annotated[State, Query(description="open: unread and read, not snoozed")] = "open",
    kind: Annotated[list[Kind] | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 50,
) -> InboxAnswer:
    """What I am told of, newest first: only what I may see right now."""
    statement = rows.mine(who.id, access.now).where(rows.in_state(state, access.now))
    if kind:
        statement = statement.where(Notification.kind.in_([one.value for one in kind]))
    if cursor is not None:
        statement = statement.where(rows.after_place(*_place(cursor)))
    found = await access.transaction.scalars(
        statement.order_by(Notification.happened_at.desc(), Notification.id.desc()).limit(limit + 1)
    )
    page, more = cut(found.all(), limit)
    by_state, kinds = await rows.counts(access.transaction, who.id, access.now)
    return InboxAnswer(
        items=await _answers(access, page),
        next_cursor=_packed(page[-1]) if more else None,
        counts=InboxCounts(
            open=by_state["open"],
            unread=by_state["unread"],
            snoozed=by_state["snoozed"],
            done=by_state["done"],
            kinds={Kind(word): count for word, count in kinds.items() if word in set(Kind)},
        ),
    )


@router.get(
    "/inbox/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def stream_inbox(who: NoGuest, context: AppContext) -> StreamingResponse:
    """`event: inbox` with the number of unread rows: now, then whenever a row changes."""
    return StreamingResponse(
        _stream(who, context),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/inbox/waiting")
async def list_waiting(who: NoGuest, access: Access) -> list[Waiting]:
    """My open issues and the reviews that wait for me, by project."""
    found = await rows.waiting_by_project(access.transaction, who.id, access.now)
    return [
        Waiting(project_id=project_id, issues=issues, reviews=reviews)
        for project_id, (issues, reviews) in found.items()
    ]


@router.patch("/inbox/{notification_id}")
async def change_notification(
    notification_id: UUID, body: NotificationPatch, access: Access
) -> NotificationAnswer:
    """Mark a row of mine as read, unread or done, or put it away until a time."""
    row = await access.require(Notification, notification_id, Action.VIEW)
    if access.who.is_guest:
        raise Forbidden("Guests have no inbox.")
    if "snoozed_until" in body.model_fields_set:
        if body.snoozed_until is not None and body.snoozed_until <= access.now:
            raise Invalid("Choose a time that is still to come.", pointer="/snoozed_until")
        row.snoozed_until = body.snoozed_until
        notifications.touch(row, access.now)
    if body.state is not None and body.state != row.state:
        row.state = body.state
        notifications.touch(row, access.now)
    await access.transaction.flush()
    return (await _answers(access, [row]))[0]


@router.post("/inbox/mark")
async def mark_inbox(body: MarkRequest, who: NoGuest, access: Access) -> Marked:
    """Mark several rows of mine at once; ids that are none of mine are left out."""
    if bool(body.ids) == (body.until is not None):
        raise Invalid("Name rows in `ids`, or a time in `until`.", pointer="/ids")
    statement = rows.mine(who.id, access.now).where(Notification.state != body.state)
    if body.until is not None:
        statement = statement.where(
            Notification.happened_at <= body.until, rows.in_state("open", access.now)
        )
    else:
        statement = statement.where(Notification.id.in_(body.ids))
    if body.kinds:
        statement = statement.where(Notification.kind.in_([one.value for one in body.kinds]))
    changed = []
    for row in (await access.transaction.scalars(statement.order_by(Notification.id))).all():
        row.state = body.state
        notifications.touch(row, access.now)
        changed.append(row.id)
    await access.transaction.flush()
    return Marked(ids=changed)


@router.post("/inbox/seen")
async def see_subject(body: SeenRequest, who: NoGuest, access: Access) -> Marked:
    """What I am told of this is read, however I came to it: by a mail, a link, a list.

    What is done stays done; where I am told of nothing, nothing happens.
    """
    # What is for e-mail alone is seen as well: no mail tells of it again.
    statement = rows.mine(who.id, access.now, hidden=True).where(
        Notification.subject == f"{body.thing}:{body.id}", Notification.state == "unread"
    )
    found = (await access.transaction.scalars(statement)).all()
    for row in found:
        row.state = "read"
        notifications.touch(row, access.now)
    await access.transaction.flush()
    return Marked(ids=[row.id for row in found])


async def _answers(access: Permissions, found: Sequence[Notification]) -> list[NotificationAnswer]:
    names = await rows.names_of(access.transaction, found)
    answers = []
    for row in found:
        subject = notifications.subject_of(row, names)
        sheet = subject.sheet
        asset = names.assets.get(row.asset_id) if row.asset_id else None
        answers.append(
            NotificationAnswer.model_validate(
                {
                    "id": row.id,
                    "kind": row.kind,
                    "thing": subject.thing,
                    "state": row.state,
                    "tally": {what: n for what, n in row.tally.items() if what in KIND_OF},
                    "count": row.count,
                    "title": subject.title,
                    "number": subject.number,
                    "label": subject.label,
                    "due": subject.due or None,
                    "by": {"id": row.by, "name": subject.by} if row.by else None,
                    "sheet": {
                        "drawing_name": sheet.name, "page": sheet.page,
                        "page_count": sheet.page_count,
                    } if sheet is not None else None,
                    "project": {
                        "id": row.project_id, "name": names.projects.get(row.project_id, ""),
                    },
                    "asset": {"id": row.asset_id, "name": asset} if asset is not None else None,
                    "path": notifications.path_of(row, names),
                    "happened_at": row.happened_at,
                    "snoozed_until": row.snoozed_until,
                }
            )
        )  # fmt: skip
    return answers


async def _stream(who: SignedIn, context: Context) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    async with context.inbox.listen(who.id) as outbox:
        yield "retry: 3000\n\n"
        checked = loop.time()
        while True:
            if loop.time() - checked >= _RECHECK_S:
                async with context.database.transaction() as session:
                    if not await rows.may_listen(session, who.id, who.login_id, context.clock()):
                        return
                checked = loop.time()
            try:
                async with asyncio.timeout(_RECHECK_S):
                    news = await outbox.get()
            except TimeoutError:
                yield _KEEP_ALIVE
                continue
            yield f"event: inbox\ndata: {news.model_dump_json()}\n\n"


def _packed(row: Notification) -> str:
    place = json.dumps([row.happened_at.isoformat(), str(row.id)])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, UUID]:
    """The place a cursor names. raises: Invalid."""
    try:
        moment, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found = datetime.fromisoformat(moment), UUID(id_)
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid("This cursor is none of ours.", pointer="/query/cursor") from error
    if found[0].tzinfo is None:
        raise Invalid("This cursor is none of ours.", pointer="/query/cursor")
    return found
