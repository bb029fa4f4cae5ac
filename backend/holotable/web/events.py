"""Server-Sent Events of a project (HTML Living Standard §9.2): conversions, issues, reviews."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from holotable.accounts import SignedIn
from holotable.review.roles import Action, allows
from holotable.store.queries import visible
from holotable.store.tables import Project
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Permissions, Principal
from holotable.web.feed import IssueNews, News, ReviewNews

router = APIRouter(tags=["events"])

_RECHECK_S: Final = 5.0  # whether the listener may still see the project
_KEEP_ALIVE: Final = ": still here\n\n"


@router.get(
    "/projects/{project_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def stream_events(project_id: UUID, who: Principal, context: AppContext) -> StreamingResponse:
    """`event: revision` with the revision as data: what is moving now, then every change.

    `event: issue` names what happened to an issue, a comment or a revision's pins, with its ETag.
    `event: review` names a review that changed, with its ETag; members hear it.
    """
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require(Project, project_id, Action.VIEW)
    return StreamingResponse(
        _stream(project_id, who, context),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(project_id: UUID, who: SignedIn, context: Context) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    async with context.feed.listen(project_id) as outbox:
        yield "retry: 2000\n\n"
        checked = loop.time() - _RECHECK_S
        asset_id: UUID | None = None
        hears_reviews = False
        while True:
            if loop.time() - checked >= _RECHECK_S:
                async with context.database.transaction() as session:
                    seen = await visible.reach_of(session, project_id, who.id, context.clock())
                if seen is None:
                    return
                asset_id, checked = seen.asset_id, loop.time()
                hears_reviews = allows(seen.role, Action.SEE_REVIEWS)
            try:
                async with asyncio.timeout(_RECHECK_S):
                    answer = await outbox.get()
            except TimeoutError:
                yield _KEEP_ALIVE
                continue
            if isinstance(answer, ReviewNews) and not hears_reviews:
                continue
            if asset_id is None or answer.asset_id == asset_id:
                yield f"event: {_name(answer)}\ndata: {answer.model_dump_json()}\n\n"


def _name(news: News) -> str:
    """The event that carries this."""
    if isinstance(news, IssueNews):
        return "issue"
    return "review" if isinstance(news, ReviewNews) else "revision"
