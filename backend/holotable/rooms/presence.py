"""Presence: who holds which slot, and the one binary frame per tick that carries every pose.

A pose is opaque: bytes of a participant, at most MAX_POSE_BYTES, of which only the newest counts.
Frame layout, little endian (pinned by `tests/vectors/presence.json`):

    u8 type = 1 | u8 flags (1 = full, 2 = in turn) | u32 tick | u16 count
    count x (u16 slot | u16 length | bytes)

A frame with the full flag holds the newest pose of everybody; without it, of those who moved since
the tick before. With the flag *in turn* it holds some of a crowd, who come a few times a second
(`relevance.py`). No clock here: times are seconds of any monotonic clock, passed in.
"""

import struct
from collections.abc import Collection
from typing import Final

FRAME_POSES: Final = 1
FLAG_FULL: Final = 1
FLAG_IN_TURN: Final = 2
MAX_POSE_BYTES: Final = 256
POSE_RATE: Final = 40.0  # per second and participant; clients send 20
POSE_BURST: Final = 40.0
MAX_SLOTS: Final = 4_096
SLOT_QUARANTINE_S: Final = 5.0  # a late frame must not move a newcomer's avatar

_HEAD: Final = struct.Struct("<BBIH")


class Bucket:
    """A token bucket: `rate` per second on average, `burst` at once."""

    __slots__ = ("_at", "_tokens", "burst", "rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> bool:
        """Whether one more is allowed now; takes a token if so."""
        tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        allowed = tokens >= 1.0
        self._tokens = tokens - 1.0 if allowed else tokens
        return allowed


class Slots:
    """Numbers for participants, reused only after a quarantine, lowest first."""

    def __init__(self, limit: int = MAX_SLOTS) -> None:
        self.limit = limit
        self._next = 0
        self._free: list[int] = []
        self._quarantined: list[tuple[float, int]] = []  # (time of release, slot), oldest first

    def take(self, now: float) -> int | None:
        """A slot nobody holds or held within the quarantine; None when the room is full."""
        while self._quarantined and now - self._quarantined[0][0] >= SLOT_QUARANTINE_S:
            self._free.append(self._quarantined.pop(0)[1])
        if self._free:
            slot = min(self._free)
            self._free.remove(slot)
            return slot
        if self._next >= self.limit:
            return None
        self._next += 1
        return self._next - 1

    def release(self, slot: int, now: float) -> None:
        """Give a slot back; it stays unused for SLOT_QUARANTINE_S."""
        self._quarantined.append((now, slot))


class Presence:
    """The newest pose of everyone in a room.

    `put` is the hot path: it runs once per pose that arrives, 20 times a second per person.
    """

    def __init__(self) -> None:
        self.tick = 0
        self._dirty: dict[int, bytes] = {}  # slot -> encoded entry, since the last tick
        self._latest: dict[int, bytes] = {}

    def put(self, slot: int, pose: bytes) -> None:
        """Remember the newest pose of a participant, at most MAX_POSE_BYTES."""
        size = len(pose)
        self._dirty[slot] = bytes((slot & 255, slot >> 8, size & 255, size >> 8)) + pose

    def remove(self, slot: int) -> None:
        """Forget a participant; no later frame holds the slot."""
        self._dirty.pop(slot, None)
        self._latest.pop(slot, None)

    @property
    def moved(self) -> bool:
        """Whether anybody moved since the last tick."""
        return bool(self._dirty)

    @property
    def empty(self) -> bool:
        """Whether nobody has sent a pose yet."""
        return not self._latest and not self._dirty

    @property
    def entries(self) -> dict[int, bytes]:
        """Everybody's newest entry as frames carry it; of somebody who moved, another object."""
        return self._latest | self._dirty if self._dirty else self._latest

    def advance(self) -> bytes:
        """Start the next tick and build the frame of those who moved since the one before."""
        return self.frame(self.take().values())

    def take(self) -> dict[int, bytes]:
        """Start the next tick; the entries of those who moved since the one before."""
        self.tick = (self.tick + 1) & 0xFFFFFFFF
        dirty = self._dirty
        self._dirty = {}
        self._latest.update(dirty)
        return dirty

    def frame(self, entries: Collection[bytes], flags: int = 0) -> bytes:
        """A frame of this tick with these entries."""
        return _HEAD.pack(FRAME_POSES, flags, self.tick, len(entries)) + b"".join(entries)

    def full(self) -> bytes:
        """The frame for somebody who joined or missed ticks: everybody's newest pose."""
        poses = self._latest | self._dirty
        head = _HEAD.pack(FRAME_POSES, FLAG_FULL, self.tick, len(poses))
        return head + b"".join(poses.values())
