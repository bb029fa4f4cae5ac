"""Participants of the peers' servers: `holotable.bench.crowd` speaking their protocols.

The same sockets, clock, phases and account as for ours; what differs is what one pose and one
operation are on the wire. A pose is what a developer would send: head and hand as fourteen numbers,
as JSON in awareness, as float32 fields of a state. Each carries its sender's nanoseconds as text.

y-websocket: message types 0 (sync: 0 step 1, 2 update) and 1 (awareness), y-protocols.
Hocuspocus: the same after the document's name, and type 2 (authentication) first.
Colyseus: first byte 10 (joined), 13 (message), 14 (state), 15 (patch); payloads are msgpack.
"""

import json
import os
import struct
import sys
import time
import zlib
from collections.abc import Sequence
from typing import Any, Final

from holotable.bench import crowd
from holotable.bench.crowd import BINARY, CLOSE, PING, PONG, Crowd, Order, Seat

POSE_MARK: Final = b"@p"
OP_MARK: Final = b"@o"
DIGITS: Final = 16
# Metres and quaternions with three digits after the point: head and one hand.
NUMBERS: Final = (1.234, 1.689, -2.345, 0.012, 0.707, -0.031, 0.706,
                  1.104, 1.211, -2.101, 0.131, 0.655, -0.212, 0.713)  # fmt: skip


def varint(number: int) -> bytes:
    """lib0's variable length unsigned integer."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def var_bytes(content: bytes) -> bytes:
    return varint(len(content)) + content


def mark(kind: bytes, stamp: int) -> bytes:
    return kind + b"%0*d" % (DIGITS, stamp)


class Peer:
    """What one kind of server understands."""

    def greet(self, seat: Seat) -> Sequence[bytes]:
        """What a newcomer says first."""
        raise NotImplementedError

    def is_greeted(self, seat: Seat, frame: bytes) -> Sequence[bytes] | None:
        """What to answer to a frame; an empty sequence: they are in; None: not yet."""
        raise NotImplementedError

    def pose(self, seat: Seat, stamp: int) -> bytes:
        raise NotImplementedError

    def operation(self, seat: Seat, number: int, stamp: int) -> bytes:
        raise NotImplementedError


class YWebsocket(Peer):
    """Awareness is presence, the document holds the operations."""

    def head(self, seat: Seat) -> bytes:
        return b""

    def greet(self, seat: Seat) -> Sequence[bytes]:
        return [self.head(seat) + b"\x00\x00" + var_bytes(b"\x00")]  # sync step 1, knowing nothing

    def is_greeted(self, seat: Seat, frame: bytes) -> Sequence[bytes] | None:
        # Sync step 2 answers ours: whoever has it has the document.
        return () if frame.startswith(self.head(seat) + b"\x00\x01") else None

    def pose(self, seat: Seat, stamp: int) -> bytes:
        state = json.dumps(
            {"at": mark(POSE_MARK, stamp).decode(), "head": NUMBERS[:7], "hand": NUMBERS[7:]},
            separators=(",", ":"),
        ).encode()
        one = varint(client_of(seat)) + varint(seat.sends + 1) + var_bytes(state)
        return self.head(seat) + b"\x01" + var_bytes(b"\x01" + one)

    def operation(self, seat: Seat, number: int, stamp: int) -> bytes:
        # One item into the map "log" under its own key: an update of version 1 with one struct.
        key = b"%d-%d" % (client_of(seat), number)
        text = mark(OP_MARK, stamp)
        item = (
            bytes((8 | 32,))  # ContentAny, with a key
            + b"\x01" + var_bytes(b"log") + var_bytes(key)
            + b"\x01" + bytes((119,)) + var_bytes(text)
        )  # fmt: skip
        struct = b"\x01\x01" + varint(client_of(seat)) + varint(number - 1) + item + b"\x00"
        return self.head(seat) + b"\x00\x02" + var_bytes(struct)


class Hocuspocus(YWebsocket):
    """As y-websocket, with the document's name in front of everything and a token first."""

    def head(self, seat: Seat) -> bytes:
        return var_bytes(seat.paths[0].partition("?")[0].strip("/").encode())

    def greet(self, seat: Seat) -> Sequence[bytes]:
        return [self.head(seat) + b"\x02\x00" + var_bytes(b"token"), *super().greet(seat)]

    def is_greeted(self, seat: Seat, frame: bytes) -> Sequence[bytes] | None:
        head = self.head(seat)
        # Sync step 2 comes as an answer (4) or as sync (0).
        return () if frame.startswith((head + b"\x00\x01", head + b"\x04\x01")) else None


class Colyseus(Peer):
    """A state that the server patches, and messages that it passes on."""

    def greet(self, seat: Seat) -> Sequence[bytes]:
        return []

    def is_greeted(self, seat: Seat, frame: bytes) -> Sequence[bytes] | None:
        if frame[0] & 31 == 10:
            return [b"\x0a"]  # joined: the state comes next
        return () if frame[0] & 31 in (14, 15) else None

    def pose(self, seat: Seat, stamp: int) -> bytes:
        payload = b"\x82" + text("at") + text(mark(POSE_MARK, stamp).decode()) + text("pose")
        return b"\x0d" + text("pose") + payload + floats(seat.sends)

    def operation(self, seat: Seat, number: int, stamp: int) -> bytes:
        return b"\x0d" + text("op") + b"\x81" + text("at") + text(mark(OP_MARK, stamp).decode())


def text(words: str) -> bytes:
    """A short msgpack string."""
    raw = words.encode()
    assert len(raw) < 32, "longer ones have another head"
    return bytes((0xA0 | len(raw),)) + raw


def floats(turn: int) -> bytes:
    """Fourteen numbers as msgpack, each another one than a turn before: whoever sends only what
    has changed sends everything, as of a person who moves."""
    moved = (one + (turn % 1000) / 1e4 for one in NUMBERS)
    return bytes((0x90 | 14,)) + b"".join(b"\xca" + struct.pack(">f", one) for one in moved)


PEERS: Final = {"y-websocket": YWebsocket, "hocuspocus": Hocuspocus, "colyseus": Colyseus}


def client_of(seat: Seat) -> int:
    """A Yjs client id, another one after coming back."""
    return zlib.crc32(f"{seat.paths[0]} {id(seat)} {os.getpid()}".encode()) & 0x3FFFFFFF


class PeerCrowd(Crowd):
    """A crowd in rooms of a peer."""

    def __init__(self, order: Order, peer: Peer) -> None:
        super().__init__(order)
        self.peer = peer
        self._sampled = 0

    def _stay_alive(self) -> None:
        """Nothing: none of these servers cuts off who is silent that soon."""

    def _send_turn(self, seat: Seat) -> None:
        stamp = time.monotonic_ns()
        self._send(seat, BINARY, self.peer.pose(seat, stamp))
        if seat.speaks and self.order.ops_hz > 0:
            every = max(1, round(self.order.hz / self.order.ops_hz))
            if seat.sends % every == every - 1:
                number = seat.sends // every + 1
                self._send(seat, BINARY, self.peer.operation(seat, number, stamp))
        seat.sends += 1

    def _read_frames(self, seat: Seat, end: int, now: int, measured: bool) -> int:
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
            for frame in self.peer.greet(seat):
                self._send(seat, BINARY, frame)
        while end - at >= 2:
            length, head = buffer[at + 1], 2
            if length >= 126:
                head = 4 if length == 126 else 10
                if end - at < head:
                    return at
                length = int.from_bytes(buffer[at + 2 : at + head], "big")
            body = at + head
            if body + length > end:
                return at
            self._take(seat, buffer[at] & 15, body, body + length, now, measured)
            at = body + length
        return at

    def _take(
        self, seat: Seat, opcode: int, begin: int, end: int, now: int, measured: bool
    ) -> None:
        if opcode == PING:
            self._send(seat, PONG, bytes(self._buffer[begin:end]))
        elif opcode == CLOSE:
            self._lose(seat)
        elif seat.hello is None:
            answers = self.peer.is_greeted(seat, bytes(self._buffer[begin:end]))
            for answer in answers or ():
                self._send(seat, BINARY, answer)
            if answers is not None and not answers:
                seat.hello = {"seq": 0, "epoch": "none"}
        elif measured:
            self._count_marks(begin, end, now)

    def _count_marks(self, begin: int, end: int, now: int) -> None:
        account, buffer = self.account, self._buffer
        account.frames += 1
        poses = buffer.count(POSE_MARK, begin, end)
        account.poses += poses
        if poses:
            # One of each frame is timed, anywhere in it.
            self._sampled += 1
            middle = begin + (end - begin) * (self._sampled % 8) // 8
            at = buffer.find(POSE_MARK, middle, end)
            at = buffer.find(POSE_MARK, begin, end) if at < 0 else at
            if (stamp := self._stamp(at)) is not None:
                account.latencies_ms.append((now - stamp) / 1e6)
        at = buffer.find(OP_MARK, begin, end)
        while at >= 0 and (stamp := self._stamp(at)) is None:
            at = buffer.find(OP_MARK, at + 1, end)
        if at >= 0 and stamp is not None:
            account.operations_ms.append((now - stamp) / 1e6)

    def _stamp(self, at: int) -> int | None:
        """None: the bytes of a mark by chance, as in a client's id."""
        digits = self._buffer[at + len(POSE_MARK) : at + len(POSE_MARK) + DIGITS]
        return int(digits) if digits.isdigit() else None


def main() -> None:
    peer = PEERS[sys.argv[1]]()

    def build(order: Order) -> Any:  # takes the place of a class
        return PeerCrowd(order, peer)

    crowd.attend(build)


if __name__ == "__main__":
    main()
