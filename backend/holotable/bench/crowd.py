"""Participants of live rooms by the hundred, in one process: `python -m holotable.bench.crowd`.

Raw sockets on one selector, because a client library would cost more than the server it measures.
Everybody sends poses evenly phased, asks for a pong once a second as the viewer does, and the first
of each room says something now and then. Each pose carries its sender's monotonic nanoseconds,
which all processes of a machine share; one pose of each frame that arrives is timed.

Standard input: an `Order` as one line of JSON, later `<begin> <end>` in monotonic nanoseconds.
Standard output: one line when everybody is in, and an `Account` at the end.
"""

import base64
import dataclasses
import errno
import json
import os
import random
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

POSE_BYTES: Final = 56  # a head, two hands and a pointer (LIVE.md §3.3)
STAMP: Final = struct.Struct("<q")
HEAD: Final = struct.Struct("<BBH3fI")  # version, flags, milliseconds, where, rotation (pose.ts)
_REST: Final = bytes(POSE_BYTES - HEAD.size - STAMP.size)
ENTRY_BYTES: Final = 4 + POSE_BYTES  # u16 slot, u16 length, the pose
HEAD_BYTES: Final = 8  # of a presence frame (rooms/presence.py)
FULL, IN_TURN = 1, 2  # flags of a presence frame
READ_BYTES: Final = 256 * 1024
BUFFER_BYTES: Final = 8 * 1024 * 1024
JOIN_CEILING_S: Final = 60.0
ALIVE_S: Final = 1.0
SAID: Final = b'"text":"bench '
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Order:
    """What one process of the crowd is to do.

    seats: for each participant the path of their socket, of the one they come back with, and
    whether they speak.  stuck: how many of them stop reading once they are in.
    ops_hz: operations per second of each who speaks.
    """

    port: int
    seats: list[tuple[str, str, bool]]
    hz: float
    ops_hz: float
    stuck: int = 0


@dataclass(slots=True)
class Account:
    """What one process of the crowd saw in the measured window; seconds and milliseconds."""

    joined_s: list[float] = field(default_factory=list)
    resumed_s: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    operations_ms: list[float] = field(default_factory=list)
    frames: int = 0
    poses: int = 0
    in_turn: int = 0  # those of a crowd that come in turn (rooms/relevance.py)
    received_bytes: int = 0
    refused: int = 0  # poses that the socket did not take at once
    lost: int = 0  # connections that ended while they were measured
    late_ms: float = 0.0  # how far the crowd itself fell behind its schedule
    cpu_s: float = 0.0


class Seat:
    """One participant's socket."""

    __slots__ = (
        "carry",
        "connected",
        "hello",
        "is_stuck",
        "opened_at",
        "paths",
        "place",
        "sends",
        "skip",
        "sock",
        "speaks",
        "upgraded",
    )

    def __init__(self, path: str, path_back: str, speaks: bool) -> None:
        self.paths = (path, path_back)
        self.speaks = speaks
        self.place = HEAD.pack(1, 0, 0, random.uniform(-9, 9), 1.7, random.uniform(-9, 9), 0)
        self.is_stuck = False
        self.sends = 0
        self.hello: dict[str, Any] | None = None  # JSON
        self.sock: socket.socket | None = None

    def open(self, port: int, path: str) -> socket.socket:
        """Begin to connect; the request goes out when the line stands."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = sock.connect_ex(("127.0.0.1", port))
        if begun not in (0, errno.EINPROGRESS):
            raise OSError(begun, os.strerror(begun))
        key = base64.b64encode(os.urandom(16)).decode()
        self.carry = b""
        self.skip = 0
        self.upgraded = False
        self.connected = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: holotable.v1\r\n\r\n"
        ).encode()
        self.hello = None
        self.opened_at = time.monotonic()
        self.sock = sock
        return sock


class Crowd:
    """All seats of one process."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.account = Account()
        self._seats = [Seat(*seat) for seat in order.seats]
        self._selector = selectors.DefaultSelector()
        self._buffer = bytearray(BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._window = (0, 0)  # monotonic nanoseconds: begin, end
        self._is_told = False
        self._alive_at = 0.0

    def join(self, *, back: bool = False) -> list[float]:
        """Connect everybody at once; how long each waited for their hello, seconds."""
        waited: list[float] = []
        for seat in self._seats:
            path = seat.paths[1] if back else seat.paths[0]
            if back and seat.hello is not None:
                path += f"&since={seat.hello['seq']}&epoch={seat.hello['epoch']}"
            self._selector.register(
                seat.open(self.order.port, path),
                selectors.EVENT_READ | selectors.EVENT_WRITE,
                seat,
            )
        missing = set(self._seats)
        deadline = time.monotonic() + JOIN_CEILING_S
        while missing and time.monotonic() < deadline:
            self._stay_alive()
            self._hear(0.1)
            now = time.monotonic()
            for seat in [seat for seat in missing if seat.hello is not None]:
                missing.remove(seat)
                waited.append(now - seat.opened_at)
        if missing:
            raise TimeoutError(f"{len(missing)} of {len(self._seats)} never got their hello")
        return waited

    def wait(self) -> str:
        """Listen, and give signs of life, until a line comes in; who is silent is cut off."""
        self._is_told = False
        self._selector.register(sys.stdin, selectors.EVENT_READ, None)
        while not self._is_told:
            self._stay_alive()
            self._hear(0.2)
        self._selector.unregister(sys.stdin)
        return sys.stdin.readline()

    def _stay_alive(self) -> None:
        now = time.monotonic()
        if now - self._alive_at < ALIVE_S:
            return
        self._alive_at = now
        for seat in self._seats:
            if seat.hello is not None:
                self._send(seat, TEXT, b'{"t":"ping","ts":0}')

    def part(self) -> None:
        """Everybody's line is cut, as when a server or a network goes."""
        for seat in self._seats:
            if seat.sock is not None:
                if not seat.is_stuck:
                    self._selector.unregister(seat.sock)
                seat.sock.close()
                seat.sock = None
            seat.is_stuck = False

    def run(self, begin_ns: int, end_ns: int) -> None:
        """Send and listen until `end_ns`; what happens from `begin_ns` on is counted."""
        account, order = self.account, self.order
        self._window = (begin_ns, end_ns)
        for seat in self._seats[: order.stuck]:
            seat.is_stuck = True
            if seat.sock is not None:
                self._selector.unregister(seat.sock)
        gap_ns = round(1e9 / order.hz / max(1, len(self._seats)))
        due_ns = time.monotonic_ns()
        turn = 0
        cpu_before: float | None = None
        while (now := time.monotonic_ns()) < end_ns:
            if cpu_before is None and now >= begin_ns:
                cpu_before = time.process_time()
            while due_ns <= now:
                if now >= begin_ns:
                    account.late_ms = max(account.late_ms, (now - due_ns) / 1e6)
                self._send_turn(self._seats[turn % len(self._seats)])
                turn += 1
                due_ns += gap_ns
                now = time.monotonic_ns()
            self._hear(max(0.0, (due_ns - now) / 1e9))
        account.cpu_s = time.process_time() - (cpu_before or 0.0)

    # To the server --------------------------------------------------------------------------

    def _send_turn(self, seat: Seat) -> None:
        """One pose; once a second what a viewer asks; now and then something to say."""
        stamp = time.monotonic_ns()
        self._send(seat, BINARY, seat.place + STAMP.pack(stamp) + _REST)
        per_second = max(1, round(self.order.hz))
        if seat.sends % per_second == 0:
            self._send(seat, TEXT, b'{"t":"ping","ts":%d}' % (stamp // 1_000_000))
        if seat.speaks and self.order.ops_hz > 0:
            every = max(1, round(self.order.hz / self.order.ops_hz))
            if seat.sends % every == every - 1:
                number = seat.sends // every + 1
                said = {"t": "chat", "cid": _client_of(seat), "cseq": number}
                text = json.dumps({**said, "text": f"bench {stamp}"}, separators=(",", ":"))
                self._send(seat, TEXT, text.encode())
        seat.sends += 1

    def _send(self, seat: Seat, opcode: int, payload: bytes) -> None:
        """A masked frame. The mask is zero: the server works as much, the crowd less."""
        length = len(payload)
        head = (
            bytes((0x80 | opcode, 0x80 | length))
            if length < 126
            else bytes((0x80 | opcode, 0x80 | 126, length >> 8, length & 255))
        )
        if seat.sock is None:
            return
        try:
            seat.sock.send(head + b"\0\0\0\0" + payload)
        except BlockingIOError:
            self.account.refused += 1
        except OSError:
            self._lose(seat)

    # From the server ------------------------------------------------------------------------

    def _hear(self, timeout_s: float) -> None:
        for key, events in self._selector.select(timeout_s):
            seat: Seat | None = key.data
            if seat is None:
                self._is_told = True
                continue
            if events & selectors.EVENT_WRITE and seat.sock is not None:
                self._selector.modify(seat.sock, selectors.EVENT_READ, seat)
                try:
                    seat.sock.sendall(seat.connected)
                except OSError as error:
                    raise ConnectionError(f"no connection to the server: {error}") from error
            if events & selectors.EVENT_READ:
                self._read(seat)

    def _read(self, seat: Seat) -> None:
        if seat.sock is None:
            return
        carried = len(seat.carry)
        self._buffer[:carried] = seat.carry
        try:
            got = seat.sock.recv_into(self._view[carried : carried + READ_BYTES])
        except BlockingIOError:
            return
        except OSError:
            got = 0
        if got == 0:
            self._lose(seat)
            return
        now = time.monotonic_ns()
        measured = self._window[0] <= now < self._window[1]
        if measured:
            self.account.received_bytes += got
        at = self._read_frames(seat, carried + got, now, measured)
        seat.carry = bytes(self._view[at : carried + got])

    def _read_frames(self, seat: Seat, end: int, now: int, measured: bool) -> int:
        """Read what is complete of the buffer; where the rest begins."""
        buffer = self._buffer
        at = 0
        if not seat.upgraded:
            blank = buffer.find(b"\r\n\r\n", 0, end)
            if blank < 0:
                return 0
            if b" 101 " not in buffer[:20]:
                raise ConnectionError(bytes(buffer[: min(end, 300)]).decode(errors="replace"))
            seat.upgraded = True
            at = blank + 4
        while True:
            if seat.skip:
                step = min(seat.skip, end - at)
                seat.skip -= step
                at += step
            if end - at < 2:
                return at
            length, head = buffer[at + 1], 2
            if length >= 126:
                head = 4 if length == 126 else 10
                if end - at < head:
                    return at
                length = int.from_bytes(buffer[at + 2 : at + head], "big")
            body, there = at + head, end - at - head
            opcode = buffer[at] & 15
            if opcode == BINARY:
                if there < min(length, HEAD_BYTES):
                    return at
                if measured:
                    self._count(body, there, now)
            elif there < length:
                return at
            else:
                self._heard(seat, opcode, body, body + length, now, measured)
            seat.skip = max(0, length - there)
            at = min(end, body + length)

    def _count(self, body: int, there: int, now: int) -> None:
        """A presence frame of which `there` bytes have arrived."""
        account, buffer = self.account, self._buffer
        account.frames += 1
        count = buffer[body + 6] | buffer[body + 7] << 8
        account.poses += count
        if buffer[body + 1] & IN_TURN:
            account.in_turn += count
        if buffer[body + 1] & FULL or count == 0:
            return  # a full frame repeats old poses
        first = HEAD_BYTES + (account.frames * 7) % count * ENTRY_BYTES + 4 + HEAD.size
        if first + STAMP.size <= there:
            (sent,) = STAMP.unpack_from(buffer, body + first)
            account.latencies_ms.append((now - sent) / 1e6)

    def _heard(
        self, seat: Seat, opcode: int, begin: int, end: int, now: int, measured: bool
    ) -> None:
        if opcode == TEXT and seat.hello is None:
            message = json.loads(self._buffer[begin:end])
            if message["t"] != "hello":
                raise ConnectionError(f"refused: {message}")
            seat.hello = {"seq": message["seq"], "epoch": message["epoch"]}
        elif opcode == TEXT:
            said = self._buffer.find(SAID, begin, end)
            if said >= 0 and measured:
                start = said + len(SAID)
                sent = int(self._buffer[start : self._buffer.index(b'"', start)])
                self.account.operations_ms.append((now - sent) / 1e6)
        elif opcode == PING:
            self._send(seat, PONG, bytes(self._buffer[begin:end]))
        elif opcode == CLOSE:
            self._lose(seat)

    def _lose(self, seat: Seat) -> None:
        if seat.sock is None:
            return
        if not seat.is_stuck:
            self._selector.unregister(seat.sock)
            self.account.lost += 1
        seat.sock.close()
        seat.sock = None
        if seat.hello is None:
            raise ConnectionError("the server closed a connection before its hello")


def _client_of(seat: Seat) -> str:
    return f"bench-{abs(hash(seat.paths[0])):x}"[:36]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def attend(build: Callable[[Order], Crowd] = Crowd) -> None:
    """Read the order, join, wait for the window, measure, come back, and tell."""
    raw = json.loads(sys.stdin.readline())
    order = Order(**{**raw, "seats": [tuple(seat) for seat in raw["seats"]]})
    random.shuffle(order.seats)
    crowd = build(order)
    crowd.account.joined_s = crowd.join()
    _say("joined")
    begin, end = crowd.wait().split()
    crowd.run(int(begin), int(end))
    _say("measured")
    crowd.wait()
    crowd.part()
    crowd.account.resumed_s = crowd.join(back=True)
    crowd.part()
    _say(json.dumps(dataclasses.asdict(crowd.account)))


if __name__ == "__main__":
    attend()
