"""What the crowd understands of the bytes that arrive, however they are cut."""

import json
import struct
import time
from collections.abc import Sequence

import pytest

from holotable.bench.crowd import HEAD, POSE_BYTES, STAMP, Crowd, Order
from holotable.rooms.presence import Presence


def frame(opcode: int, payload: bytes) -> bytes:
    """An unmasked frame, as servers send them (RFC 6455 §5.2)."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, length))
    elif length < 65_536:
        head = bytes((0x80 | opcode, 126)) + struct.pack(">H", length)
    else:
        head = bytes((0x80 | opcode, 127)) + struct.pack(">Q", length)
    return head + payload


def presence(count: int) -> bytes:
    """A tick in which this many people moved just now."""
    room = Presence()
    for slot in range(count):
        stamp = HEAD.pack(1, 0, 0, slot, 0, 0, 0) + STAMP.pack(time.monotonic_ns())
        room.put(slot, stamp + bytes(POSE_BYTES - len(stamp)))
    return room.advance()


def heard(chunks: Sequence[bytes]) -> Crowd:
    """A crowd of one to whom these bytes came, chunk by chunk."""
    crowd = Crowd(Order(port=1, seats=[("/a?ticket=1", "/a?ticket=2", False)], hz=20, ops_hz=0))
    seat = crowd._seats[0]
    seat.carry, seat.skip, seat.upgraded, seat.hello = b"", 0, False, None
    for chunk in chunks:
        carried = len(seat.carry)
        crowd._buffer[: carried + len(chunk)] = seat.carry + chunk
        now = time.monotonic_ns()
        at = crowd._read_frames(seat, carried + len(chunk), now, measured=True)
        seat.carry = bytes(crowd._buffer[at : carried + len(chunk)])
    return crowd


HELLO = json.dumps({"t": "hello", "seq": 4, "epoch": "e", "state": {"x": "y" * 70_000}}).encode()
SAID = json.dumps(
    {"t": "op", "value": {"text": f"bench {time.monotonic_ns()}"}}, separators=(",", ":")
).encode()
STREAM = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    + frame(1, HELLO)
    + frame(2, presence(3))
    + frame(1, b'{"t":"pong","ts":1}')
    + frame(2, presence(1_200))
    + frame(1, SAID)
    + frame(2, presence(2))
)


@pytest.mark.parametrize("size", [1, 7, 64, 1_000, 65_536, 10**6])
def test_however_the_bytes_are_cut_every_frame_is_counted_once(size: int) -> None:
    crowd = heard([STREAM[at : at + size] for at in range(0, len(STREAM), size)])
    account, seat = crowd.account, crowd._seats[0]
    assert seat.hello == {"seq": 4, "epoch": "e"}
    assert (account.frames, account.poses) == (3, 1_205)
    assert len(account.operations_ms) == 1
    # A pose is timed when it arrived with the head of its frame.
    assert len(account.latencies_ms) <= 3
    assert all(0 <= latency < 3_600_000 for latency in account.latencies_ms)


def test_a_refusal_is_no_hello() -> None:
    with pytest.raises(ConnectionError, match="403"):
        heard([b"HTTP/1.1 403 Forbidden\r\n\r\n"])
    refused = frame(1, b'{"t":"bye","reason":"full","retry_after_ms":1}')
    with pytest.raises(ConnectionError, match="full"):
        heard([STREAM[: STREAM.index(b"\r\n\r\n") + 4] + refused])
