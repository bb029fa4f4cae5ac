"""Live rooms for tests: the pure room's people and messages, a served app, a raw client."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import uuid4

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from holotable.review.roles import Role
from holotable.rooms.effects import Append, Effect, Facts, Joiner, Past, RoomKind, Send
from holotable.rooms.events import EventMessage
from holotable.rooms.lane import BINARY, TEXT, Frame, Handler, RoomProtocol
from holotable.rooms.protocol import ChatMessage, Hello, OpMessage, ServerMessage
from holotable.rooms.room import Room

AT = "2026-01-05T12:00:00.000Z"
REVISION = "01890000-0000-7000-8000-00000000000a"
RECORDING = "01890000-0000-7000-8000-0000000000c1"
CID = "client-one"
SECTION = {"normal": [0, 1, 0], "offset_m": 0.25, "enabled": True, "name": "Cut", "cap": True}
MEASUREMENT = {
    "id": "m1", "name": "Bore", "kind": "distance", "mode": "points", "value": 0.04, "exact": True,
    "anchors": [
        {"position": [0.0, 0.0, 0.0], "snap": "vertex", "occurrence": 4, "local": [0.0, 0.0, 0.0]},
        {"position": [0.0, 0.04, 0.0], "snap": "none"},
    ],
}  # fmt: skip
MARK = {
    "id": "k1", "kind": "pin", "colour": "#d62728", "text": "here",
    "points": [{"position": [1.0, 0.0, 0.0]}],
}  # fmt: skip
LANES: dict[str, type[asyncio.Protocol]] = {
    "below_asgi": RoomProtocol,
    "plain_asgi": WebSocketsSansIOProtocol,
}


# The pure room -------------------------------------------------------------------------------


def facts(kind: RoomKind = "meeting", host_id: str | None = "anna") -> Facts:
    return Facts(
        session_id="s1", kind=kind, name="Friday", project_id="p1", revision_id=REVISION,
        host_id=host_id,
    )  # fmt: skip


def room(kind: RoomKind = "meeting", past: Past | None = None, **options: Any) -> Room:
    return Room(facts(kind), past or Past(epoch="e1"), now=0.0, **options)


def joiner(name: str = "Anna", role: Role = Role.EDITOR, device: str = "desktop") -> Joiner:
    return Joiner(
        principal_id=name.lower(), name=name, role=role, guest=role is Role.GUEST_LIVE,
        device=device,
    )  # fmt: skip


def enter(live: Room, name: str = "Anna", role: Role = Role.EDITOR, now: float = 0.0) -> int:
    joined = live.join(joiner(name, role), now)
    assert joined is not None
    return joined[0]


def set_(key: str = "explode", value: Any = None, cseq: int = 1, **more: Any) -> OpMessage:
    fields = {"t": "op", "cid": CID, "cseq": cseq, "kind": "set", "key": key, "value": value}
    return OpMessage.model_validate(fields | more)


def chat(text: str = "hello", cseq: int = 1, cid: str = CID) -> ChatMessage:
    return ChatMessage(t="chat", cid=cid, cseq=cseq, text=text)


def event(kind: str, **fields: Any) -> EventMessage:
    return EventMessage.model_validate({"t": "event", "event": {"kind": kind} | fields})


def does(live: Room, slot: int, key: str, value: Any = None, **more: Any) -> list[Effect]:
    """One operation of the principal in this slot, with a number of its own."""
    name = next(p["principal_id"] for p in live.people() if p["slot"] == slot)
    fields = {"cid": f"client-{name}", "cseq": live.log.seq + 1} | more
    return live.receive(slot, set_(key, value, **fields), 0.0, AT)


def reopened(live: Room) -> Room:
    """The room after a restart: only what was stored."""
    past = Past(
        epoch="e1", seq=live.log.seq, state=dict(live.log.state), known=frozenset(live.floor.known)
    )
    return Room(live.facts, past, now=0.0)


def messages(effects: list[Effect], to: int | None = None) -> list[ServerMessage]:
    """What is sent, to everybody or to one slot."""
    return [e.message for e in effects if isinstance(e, Send) and (to is None or to in e.to)]


def stored(effects: list[Effect]) -> list[int]:
    return [effect.op["seq"] for effect in effects if isinstance(effect, Append)]


def only(effects: list[Effect]) -> Any:  # one server message, of whatever type
    (message,) = messages(effects)
    return message


def hello_of(effects: list[Effect]) -> Hello:
    first = messages(effects)[0]
    assert first["t"] == "hello"
    return cast(Hello, first)


# A served app --------------------------------------------------------------------------------


@asynccontextmanager
async def serving(app: Any, lane: str = "below_asgi") -> AsyncIterator[str]:
    """The app on a loopback port, as `holotable serve` runs it; yields `127.0.0.1:port`."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ws=cast(Any, LANES[lane]),  # uvicorn's type names only its own classes
        ws_per_message_deflate=False,
        ws_max_size=65_536,
        ws_ping_interval=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's process
    task = asyncio.create_task(server._serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    try:
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await task


class Client:
    """One participant: a socket, what arrived, and a counter of its own changes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.cid = uuid4().hex
        self.cseq = 0
        self.texts: list[Any] = []  # server messages
        self.frames: list[bytes] = []
        self._read = 0

    async def say(self, message: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(message))

    async def op(self, key: str, value: Any, kind: str = "set", **more: Any) -> int:
        self.cseq += 1
        await self.say(
            {"t": "op", "cid": self.cid, "cseq": self.cseq, "kind": kind, "key": key,
             "value": value} | more
        )  # fmt: skip
        return self.cseq

    async def chat(self, text: str) -> int:
        self.cseq += 1
        await self.say({"t": "chat", "cid": self.cid, "cseq": self.cseq, "text": text})
        return self.cseq

    async def pose(self, data: bytes) -> None:
        await self.socket.send(data)

    async def hear(self, t: str, where: Callable[[Any], bool] = lambda _: True) -> Any:
        """The next message of this type, skipping others."""
        async with asyncio.timeout(30):
            while True:
                while self._read < len(self.texts):
                    message = self.texts[self._read]
                    self._read += 1
                    if message["t"] == t and where(message):
                        return message
                await self._receive()

    async def presence(self) -> bytes:
        """The next presence frame."""
        async with asyncio.timeout(30):
            while not self.frames:
                await self._receive()
            return self.frames.pop(0)

    async def closed(self) -> tuple[int | None, str]:
        """Wait for the end; its code and reason."""
        async with asyncio.timeout(30):
            try:
                while True:
                    await self._receive()
            except ConnectionClosed:
                return self.socket.close_code, self.socket.close_reason or ""

    async def _receive(self) -> None:
        message = await self.socket.recv()
        if isinstance(message, bytes):
            self.frames.append(message)
        else:
            self.texts.append(json.loads(message))


@asynccontextmanager
async def joined(url: str, **options: Any) -> AsyncIterator[Client]:
    """A connected client; the caller hears its hello."""
    async with connect(
        url, subprotocols=cast(Any, ["holotable.v1"]), compression=None, ping_interval=None,
        **options,
    ) as socket:  # fmt: skip
        yield Client(socket)


async def eventually(look: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Ask until the answer is the wanted one; fails after half a minute with the last answer."""
    answer = None
    for _ in range(1_500):
        answer = await look()
        if answer == wanted:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"still {answer!r}, wanted {wanted!r}")


class MemoryLane:
    """A lane without a network: what was written to it is a list, how full it is a number."""

    def __init__(self) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        self.frames: list[Frame] = []
        self.unsent = 0
        self.pings = 0
        self.ended: tuple[int, str] | None = None
        self.aborted = False
        self.handler: Handler | None = None
        self._end = asyncio.Event()

    def write(self, *frames: Frame) -> None:
        if self.ended is None and not self.aborted:
            self.frames.extend(frames)

    def unsent_bytes(self) -> int:
        return self.unsent

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: int, reason: str) -> None:
        if self.ended is None:
            self.ended = (code, reason)
            self._end.set()

    def abort(self) -> None:
        self.aborted = True
        self._end.set()

    def hang_up(self, code: int) -> None:
        """The participant ends it."""
        self.close(code, "")

    async def run(self, handler: Handler) -> int:
        self.handler = handler
        await self._end.wait()
        return self.ended[0] if self.ended else 1006

    def say(self, message: Any) -> None:
        """The participant sends a message."""
        assert self.handler is not None, "nobody listens yet"
        text = message if isinstance(message, str) else json.dumps(message)
        self.handler.on_text(text)

    @property
    def texts(self) -> list[Any]:  # server messages
        return [json.loads(f.payload) for f in self.frames if f.opcode == TEXT]

    @property
    def presence(self) -> list[bytes]:
        return [frame.payload for frame in self.frames if frame.opcode == BINARY]

    def heard(self, t: str) -> list[Any]:
        return [message for message in self.texts if message["t"] == t]
