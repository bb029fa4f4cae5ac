"""The socket of a session: Origin and ticket are checked here, then the hub has it."""

from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, WebSocket, WebSocketDisconnect

from holotable.rooms.effects import Joiner
from holotable.rooms.hub import Pass, Seat
from holotable.rooms.lane import AsgiMessage, open_lane
from holotable.rooms.protocol import CLOSE_TICKET, SUBPROTOCOL
from holotable.web.context import Context, context_of
from holotable.web.security import SAFE_METHODS

router = APIRouter(tags=["sessions"])


@router.websocket("/sessions/{session_id}/live")
async def live(
    websocket: WebSocket,
    session_id: UUID,
    ticket: str = "",
    since: int | None = None,
    epoch: str | None = None,
    seat: Seat = "table",
) -> None:
    """One participant's socket.

    A foreign Origin is refused with HTTP 403: cookies play no part here, but a page of another
    site must not even use a ticket it got hold of. A bad ticket closes with 4401 after the
    handshake, because a browser cannot read the status of a refused one. seat: take part, only
    watch, or wait to be let in.
    """
    context = context_of(websocket)
    if not _is_own_origin(websocket, context):
        await websocket.close()
        return
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
    admitted = await context.tickets.use(ticket, session_id)
    if admitted is None:
        await websocket.close(CLOSE_TICKET, "ticket")
        return

    async def send(message: AsgiMessage) -> None:
        try:
            await websocket.send(message)
        except (WebSocketDisconnect, RuntimeError) as gone:  # Starlette's words for a gone client
            raise ConnectionError from gone

    lane = open_lane(websocket.scope.get("extensions"), websocket.receive, send)
    joiner = Joiner(
        principal_id=str(admitted.principal_id),
        name=admitted.name,
        role=admitted.role,
        guest=admitted.guest,
        device=admitted.device,
    )
    with context.sockets.listed(admitted.login_id, lane):
        await context.hub.serve(lane, Pass(session_id, joiner), since=since, epoch=epoch, seat=seat)


def rooms_look_again(request: Request, afterwards: BackgroundTasks) -> None:
    """Dependency of routers that change rights: rooms apply them at once, not at the next watch."""
    if request.method not in SAFE_METHODS:
        afterwards.add_task(context_of(request).hub.recheck_everywhere)  # after the commit


def _is_own_origin(websocket: WebSocket, context: Context) -> bool:
    """Whether the page that opens this is ours; clients that are no browser send no Origin."""
    origin = websocket.headers.get("origin")
    if origin is None:
        return True
    own = {websocket.headers.get("host", ""), urlsplit(context.public_url).netloc}
    return urlsplit(origin).netloc in own - {""}
