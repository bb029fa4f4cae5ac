"""One of three servers under the same load: `python -m tests.bench.live_server KIND DATA_DIR`.

`lane` and `asgi` are the product, below ASGI and as plain ASGI; `textbook` is the relay of FastAPI's
own documentation: every message goes to everybody else, one `await` after the other. Prints its port.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from holotable.app import create_app
from holotable.rooms.lane import RoomProtocol
from holotable.settings import Settings


def textbook() -> FastAPI:
    """FastAPI's documentation, "Handling disconnections and multiple clients", with bytes."""
    app = FastAPI()
    rooms: dict[str, list[WebSocket]] = {}

    @app.websocket("/api/v1/sessions/{session_id}/live")
    async def live(websocket: WebSocket, session_id: str) -> None:
        await websocket.accept()
        members = rooms.setdefault(session_id, [])
        members.append(websocket)
        await websocket.send_text('{"t":"hello"}')
        try:
            while True:
                data = await websocket.receive_bytes()
                for other in list(members):
                    if other is not websocket:
                        await other.send_bytes(data)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            members.remove(websocket)

    return app


async def main(kind: str, data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, embedded_worker=False, load_sample=False)
    app = textbook() if kind == "textbook" else create_app(settings)
    protocol: Any = (
        RoomProtocol if kind == "lane" else WebSocketsSansIOProtocol
    )  # uvicorn's own types
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, ws=protocol, ws_per_message_deflate=False,
        ws_max_size=65_535, ws_ping_interval=10, ws_ping_timeout=10, log_level="error",
        access_log=False, timeout_graceful_shutdown=1, backlog=4_096,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn has no event
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await serving


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
