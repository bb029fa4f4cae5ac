"""Participants by the hundred: raw sockets that send poses evenly and time what they receive.

Each pose carries its sender's number and monotonic nanoseconds; a receiver reads every eighth of
them, which is enough for a 99th percentile and keeps the loader below the server in cost.
"""

import asyncio
import base64
import os
import random
import struct
import time
from dataclasses import dataclass, field
from typing import cast

POSE_BYTES = 56
SEND_HZ = 20.0
SAMPLE_EVERY = 8
STAMP = struct.Struct("<Hq")  # at the beginning of each pose: sender, monotonic nanoseconds


@dataclass
class Tally:
    """What all participants of one load saw together."""

    measuring: bool = False
    frames: int = 0
    poses: int = 0
    received_bytes: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    joined_s: list[float] = field(default_factory=list)
    closed: int = 0

    def percentile(self, fraction: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * fraction))] if ordered else 0.0


class Participant(asyncio.Protocol):
    """One raw WebSocket client, without a library between us and the bytes."""

    def __init__(self, path: str, number: int, tally: Tally, coalesced: bool) -> None:
        self.path = path
        self.number = number
        self.tally = tally
        self.coalesced = coalesced
        self.joined = asyncio.get_running_loop().create_future()
        self.stuck = False
        self._buffer = b""
        self._upgraded = False
        self._started = time.monotonic()
        self._mask = os.urandom(4)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        transport = self.transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: holotable.v1\r\n\r\n".encode()
        )

    def connection_lost(self, error: Exception | None) -> None:
        self.tally.closed += 1
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("closed before hello"))

    def data_received(self, data: bytes) -> None:
        if self.tally.measuring:
            self.tally.received_bytes += len(data)
        data = self._buffer + data if self._buffer else data
        start, size = 0, len(data)
        if not self._upgraded:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = data
                return
            assert b" 101 " in data[:20], data[:200]
            self._upgraded = True
            start = end + 4
        while size - start >= 2:
            length, head = data[start + 1], 2
            if length == 126:
                if size - start < 4:
                    break
                length, head = (data[start + 2] << 8) | data[start + 3], 4
            elif length == 127:
                if size - start < 10:
                    break
                length, head = int.from_bytes(data[start + 2 : start + 10], "big"), 10
            end = start + head + length
            if end > size:
                break
            opcode = data[start] & 15
            if opcode == 2:
                if self.tally.measuring:
                    self._count(data, start + head, end)
            elif opcode == 1 and not self.joined.done():
                assert b'"hello"' in data[start:end], data[start:end]
                self.tally.joined_s.append(time.monotonic() - self._started)
                self.joined.set_result(None)
            elif opcode == 9:
                self._send(10, data[start + head : end])
            start = end
        self._buffer = data[start:] if start < size else b""

    def _count(self, data: bytes, start: int, end: int) -> None:
        tally = self.tally
        tally.frames += 1
        now = time.monotonic_ns()
        if not self.coalesced:
            tally.poses += 1
            if tally.poses % SAMPLE_EVERY == 0:
                tally.latencies_ms.append((now - STAMP.unpack_from(data, start)[1]) / 1e6)
            return
        count = data[start + 6] | data[start + 7] << 8
        tally.poses += count
        if data[start + 1] & 1 or count == 0:
            return  # a full frame repeats old poses
        entry = 4 + POSE_BYTES
        first = start + 8 + 4
        for index in range(tally.frames % SAMPLE_EVERY, count, SAMPLE_EVERY):
            sent = STAMP.unpack_from(data, first + index * entry)[1]
            tally.latencies_ms.append((now - sent) / 1e6)

    def send_pose(self) -> None:
        if not self.transport.is_closing():
            stamp = STAMP.pack(self.number & 0xFFFF, time.monotonic_ns())
            self._send(2, stamp + bytes(POSE_BYTES - len(stamp)))

    def _send(self, opcode: int, payload: bytes) -> None:
        mask = int.from_bytes(self._mask * (len(payload) // 4 + 1), "big") >> (
            8 * (4 - len(payload) % 4)
        )
        body = (int.from_bytes(payload, "big") ^ mask).to_bytes(len(payload), "big")
        self.transport.write(bytes((0x80 | opcode, 0x80 | len(payload))) + self._mask + body)


async def load(
    port: int,
    paths: list[str],
    *,
    coalesced: bool,
    seconds: float,
    stuck: int = 0,
    warm_up_s: float = 1.5,
    on_measure: object = None,
) -> Tally:
    """Connect everybody at once, let them send evenly phased, and measure for a while.

    stuck: how many stop reading once they are in.  on_measure: called at start and end.
    """
    loop = asyncio.get_running_loop()
    tally = Tally()
    people: list[Participant] = []

    async def connect(number: int, path: str) -> Participant:
        _, participant = await loop.create_connection(
            lambda: Participant(path, number, tally, coalesced), "127.0.0.1", port
        )
        await participant.joined
        return participant

    people = list(await asyncio.gather(*(connect(n, path) for n, path in enumerate(paths))))
    period = 1.0 / SEND_HZ
    phases = [random.random() * period for _ in people]
    stopping = False

    def send(participant: Participant, due: float) -> None:
        if not stopping:
            participant.send_pose()
            loop.call_at(due + period, send, participant, due + period)

    begin = loop.time() + 0.05
    for participant, phase in zip(people, phases, strict=True):
        loop.call_at(begin + phase, send, participant, begin + phase)
    for participant in people[:stuck]:
        participant.transport.pause_reading()
    await asyncio.sleep(warm_up_s)
    if callable(on_measure):
        on_measure()
    tally.measuring = True
    await asyncio.sleep(seconds)
    tally.measuring = False
    if callable(on_measure):
        on_measure()
    stopping = True
    assert tally.closed == 0, f"{tally.closed} sockets were lost under load"
    for participant in people:
        participant.transport.abort()
    await asyncio.sleep(0.1)
    return tally
