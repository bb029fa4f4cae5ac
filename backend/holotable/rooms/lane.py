"""One participant's socket, in two ways behind one interface, `Lane`.

`RoomProtocol` goes below ASGI: uvicorn takes it as its websocket class (`ws=RoomProtocol`), the
handshake and authentication run as usual, and from `run` on it reads complete frames itself and
writes frames built once straight to the transport, whose write buffer is the backpressure signal.
Measured against plain ASGI with the same hub: half the CPU (docs/BENCHMARKS.md, Live).

`AsgiLane` is its twin for any other ASGI server: a bounded outbox and one sending task per
participant. `asyncio.gather` over participants is the obvious thing and stalls everybody; awaiting
them one after the other freezes the room on one stuck headset (both measured, same page).

`tests/contracts/test_lane.py` runs against both.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol, TypeAlias, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame as ParsedFrame
from websockets.http11 import Request
from websockets.speedups import apply_mask

from holotable.rooms.presence import MAX_POSE_BYTES
from holotable.rooms.protocol import CLOSE_TOO_BIG, MAX_TEXT_BYTES

TEXT: Final = 1  # RFC 6455 §5.2 opcodes
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9
LANE_EXTENSION: Final = "holotable.lane"  # where RoomProtocol puts itself in the ASGI scope
REFUSED_TIMEOUT_S: Final = 1.0  # for the other end to read why
ABNORMAL: Final = 1006  # the connection was lost without a close frame (RFC 6455 §7.4.1)

AsgiMessage: TypeAlias = MutableMapping[str, Any]  # ASGI events are untyped dictionaries
Receive: TypeAlias = Callable[[], Awaitable[AsgiMessage]]
Send: TypeAlias = Callable[[AsgiMessage], Awaitable[None]]


class Frame:
    """One message for any number of participants, framed once."""

    __slots__ = ("_wire", "opcode", "payload")

    def __init__(self, opcode: int, payload: bytes) -> None:
        self.opcode = opcode
        self.payload = payload
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        """The frame as it goes over TCP: unmasked, final, uncompressed (RFC 6455 §5.2)."""
        if self._wire is None:
            size = len(self.payload)
            if size < 126:
                head = bytes((0x80 | self.opcode, size))
            elif size < 65_536:
                head = bytes((0x80 | self.opcode, 126)) + size.to_bytes(2, "big")
            else:
                head = bytes((0x80 | self.opcode, 127)) + size.to_bytes(8, "big")
            self._wire = head + self.payload
        return self._wire


class Handler(Protocol):
    """Who hears what a participant sends. Called synchronously, in the order of arrival."""

    def on_text(self, text: str) -> None:
        """Take one reliable message."""

    def on_pose(self, pose: bytes) -> None:
        """Take one pose, at most MAX_POSE_BYTES."""

    def farewell(self) -> Frame:
        """Give the message to leave behind when this process stops."""


class Lane(Protocol):
    """One participant's open socket. Nothing here waits for a slow participant."""

    heard_at: float  # event loop time at which anything arrived last

    def write(self, *frames: Frame) -> None:
        """Queue frames, at once; a closed socket swallows them."""

    def unsent_bytes(self) -> int:
        """How much waits for this participant to read it."""

    def ping(self) -> None:
        """Ask the other end for a sign of life, where the transport can."""

    def close(self, code: int, reason: str) -> None:
        """End in order: what is queued goes out first."""

    def abort(self) -> None:
        """End now; what is queued is lost."""

    async def run(self, handler: Handler) -> int:
        """Feed the handler until the socket ends; returns the close code."""


class RoomProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol, and after `run` a `Lane` below ASGI.

    Only whole frames reach the sans-IO parser of the parent once the handshake is done, so that it
    stands on a frame boundary whenever `run` begins; from then on whole messages and poses
    never reach it at all. Depends on uvicorn internals (`handle_connect`, `handshake_complete`,
    `send_receive_event_to_app`, `conn`, `close_timer`): its minor version is pinned, and the
    framing fuzz of the contract suite guards the seam.
    """

    heard_at: float = 0.0
    _handler: Handler | None = None
    _rest = b""  # the beginning of a frame that has not arrived completely
    _deaf = False  # refused: whatever still arrives is not looked at

    def handle_connect(self, event: Request) -> None:
        """Offer this socket to the application; Origin and ticket are checked there."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)  # absent when the handshake itself was refused
        if scope is not None:
            scope["extensions"][LANE_EXTENSION] = self

    # Lane -----------------------------------------------------------------------------------

    def write(self, *frames: Frame) -> None:
        """Write frames that were built once for everybody, in one call of the system."""
        transport = self.transport
        if not self.close_sent and not transport.is_closing():  # uvloop raises on a closed one
            if len(frames) == 1:
                transport.write(frames[0].wire)
            else:
                transport.writelines([frame.wire for frame in frames])

    def unsent_bytes(self) -> int:
        """What the kernel did not take yet."""
        return self.transport.get_write_buffer_size()

    def ping(self) -> None:
        """A protocol ping: browsers answer it even when a hidden page's timers sleep."""
        self.write(Frame(PING, b""))

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after what is queued, then wait a moment for the answer."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def abort(self) -> None:
        """Drop the connection."""
        if not self.transport.is_closing():
            self.transport.abort()

    async def run(self, handler: Handler) -> int:
        """Feed the handler until the socket ends; returns the close code."""
        self.heard_at = self.loop.time()
        while not self.queue.empty():  # what arrived while the room was loading
            message = self.queue.get_nowait()
            if message["type"] == "websocket.disconnect":
                return message.get("code", ABNORMAL)
            self._deliver(handler, message)
        self._handler = handler
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        try:
            while True:
                message = await self.receive()
                if message["type"] == "websocket.disconnect":
                    return message.get("code", ABNORMAL)
        finally:
            self._handler = None

    @staticmethod
    def _deliver(handler: Handler, message: Any) -> None:  # an ASGI event
        text, data = message.get("text"), message.get("bytes")
        if text is not None:
            handler.on_text(text)
        elif data is not None and len(data) <= MAX_POSE_BYTES:
            handler.on_pose(data)

    # uvicorn --------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Walk complete frames: poses to the handler, every other frame whole to the parent."""
        if self._deaf:
            return
        handler = self._handler
        if self._rest:
            data, self._rest = self._rest + data, b""
        if not self.handshake_complete or self.close_sent:
            super().data_received(data)
            return
        self.heard_at = self.loop.time()
        start, size = 0, len(data)
        while size - start >= 6:
            first, second = data[start], data[start + 1]
            length, head = second & 127, 6
            if length == 127 or not second & 128:  # over 64 KiB, or unmasked (RFC 6455 §5.1)
                self._refuse()
                return
            if length == 126:
                if size - start < 8:
                    break
                length, head = (data[start + 2] << 8) | data[start + 3], 8
            if length > (MAX_POSE_BYTES if first & 15 == BINARY else MAX_TEXT_BYTES):
                self._refuse()
                return
            end = start + head + length
            if end > size:
                break
            if handler is not None and first == 0x80 | BINARY:
                body = start + head
                handler.on_pose(apply_mask(data[body:end], data[body - 4 : body]))
            elif handler is not None and first == 0x80 | TEXT and not self.frames:
                # Whole, and not between the fragments of another: the parser has nothing to add.
                body = start + head
                self._hear(handler, apply_mask(data[body:end], data[body - 4 : body]))
                if self.close_sent or self.transport.is_closing():
                    return
            else:
                super().data_received(data[start:end])
                if self.close_sent or self.transport.is_closing():  # a close frame, or a wrong one
                    return
            start = end
        if start < size:
            self._rest = data[start:]

    def send_receive_event_to_app(self) -> None:
        """Hand a text to the room at once instead of through the ASGI queue."""
        handler = self._handler
        if handler is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        parts, self.frames = self.frames, []
        payload = b"".join(parts)
        if self.curr_msg_data_type != "text":  # a pose that came in fragments
            if len(payload) > MAX_POSE_BYTES:
                self._refuse()
            else:
                handler.on_pose(payload)
            return
        self._hear(handler, payload)

    def _hear(self, handler: Handler, payload: bytes) -> None:
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            self.close(1007, "text is not UTF-8")
            return
        handler.on_text(text)

    def handle_cont(self, event: ParsedFrame) -> None:
        """Bound a fragmented message as a whole, not only each fragment."""
        if sum(len(part) for part in self.frames) + len(event.data) > MAX_TEXT_BYTES:
            self._refuse()
            return
        super().handle_cont(event)

    def shutdown(self) -> None:
        """Tell the participant when to come back before uvicorn closes with 1012."""
        if self._handler is not None:
            self.write(self._handler.farewell())
        super().shutdown()

    def _refuse(self) -> None:
        # Closing the transport at once would reset the connection over the unread rest, and the
        # close frame with the reason would be lost on the way.
        self._deaf = True
        self.close_timeout = REFUSED_TIMEOUT_S
        self.close(CLOSE_TOO_BIG, "message too big")


class AsgiLane:
    """A `Lane` over the application's `receive` and `send`, after `websocket.accept`."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._outbox: deque[Frame | tuple[int, str]] = deque()  # (code, reason) ends it
        self._unsent_bytes = 0
        self._wake = asyncio.Event()
        self._closing = False
        self._aborted = asyncio.Event()
        self.heard_at = self._loop.time()

    def write(self, *frames: Frame) -> None:
        """Queue frames for the sending task."""
        if self._closing:
            return
        self._outbox.extend(frames)
        self._unsent_bytes += sum(len(frame.payload) for frame in frames)
        self._wake.set()

    def unsent_bytes(self) -> int:
        """What the sending task has not handed to the server."""
        return self._unsent_bytes

    def ping(self) -> None:
        """Nothing: ASGI has no pings; the server's own keep the connection alive."""

    def close(self, code: int, reason: str) -> None:
        """Queue the end."""
        if not self._closing:
            self._closing = True
            self._outbox.append((code, reason))
            self._wake.set()

    def abort(self) -> None:
        """Drop the queue and return from the application; the server then closes the socket."""
        self._closing = True
        self._outbox.clear()
        self._aborted.set()

    async def run(self, handler: Handler) -> int:
        """Feed the handler until the socket ends; returns the close code."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._drain())
            reading = tasks.create_task(self._read(handler))
            aborted = tasks.create_task(self._aborted.wait())
            await asyncio.wait({sending, reading, aborted}, return_when=asyncio.FIRST_COMPLETED)
            if self._closing and not self._aborted.is_set() and not reading.done():
                await asyncio.wait({reading, aborted}, timeout=10, return_when="FIRST_COMPLETED")
            code = reading.result() if reading.done() and not reading.cancelled() else ABNORMAL
            self._closing = True
            for task in (sending, reading, aborted):
                task.cancel()
        return code

    async def _read(self, handler: Handler) -> int:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return cast(int, message.get("code", ABNORMAL))  # an int by the ASGI specification
            self.heard_at = self._loop.time()
            if self._closing:
                continue
            text, data = message.get("text"), message.get("bytes")
            if text is not None:
                if len(text) > MAX_TEXT_BYTES:
                    self.close(CLOSE_TOO_BIG, "message too big")
                else:
                    handler.on_text(text)
            elif data is not None:
                if len(data) > MAX_POSE_BYTES:
                    self.close(CLOSE_TOO_BIG, "message too big")
                else:
                    handler.on_pose(data)

    async def _drain(self) -> None:
        try:
            while True:
                while self._outbox:
                    item = self._outbox.popleft()
                    if isinstance(item, tuple):
                        code, reason = item
                        end = {"type": "websocket.close", "code": code, "reason": reason}
                        await self._send(end)
                        return
                    if item.opcode == BINARY:
                        await self._send({"type": "websocket.send", "bytes": item.payload})
                    else:
                        text = item.payload.decode()
                        await self._send({"type": "websocket.send", "text": text})
                    self._unsent_bytes -= len(item.payload)
                self._wake.clear()
                await self._wake.wait()
        except OSError:
            return  # ASGI's word for a gone client (specification 2.4, send); reading tells the hub


def open_lane(extensions: Any, receive: Receive, send: Send) -> Lane:  # scope["extensions"]
    """The lane of an accepted socket: below ASGI where the server is ours, else the twin."""
    protocol = (extensions or {}).get(LANE_EXTENSION)
    return protocol if isinstance(protocol, RoomProtocol) else AsgiLane(receive, send)
