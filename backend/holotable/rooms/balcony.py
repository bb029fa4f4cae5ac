"""Presence for those who watch: five times a second, who moved since the last time.

They ride beside the lane of those who take part, so that its frames stay one for all.
"""

import struct
from collections.abc import Iterable
from typing import Final, Protocol

from holotable.rooms.lane import BINARY, Frame
from holotable.rooms.presence import FLAG_FULL, FRAME_POSES, Presence

PERIOD_S: Final = 0.2
RELIABLE_LIMIT_BYTES: Final = 256 * 1024  # above it somebody who watches is cut and resumes
PRESENCE_LIMIT_BYTES: Final = 16 * 1024  # above it their frames are skipped
_HEAD: Final = struct.Struct("<BBIH")


class Watched(Protocol):
    """The part of a participant that this needs."""

    greeted: bool
    behind: bool

    def unsent_bytes(self) -> int:
        """What their lane has not sent yet."""

    def write(self, frame: Frame) -> None:
        """Queue a frame."""


class Balcony:
    """What was shown to those who watch."""

    def __init__(self) -> None:
        self._shown: dict[int, bytes] = {}
        self._due = float("-inf")

    def tick(self, now: float, presence: Presence, watching: Iterable[Watched]) -> None:
        """Send who moved to everybody who watches, and all of it to who missed something."""
        if now < self._due:
            return
        self._due = now + PERIOD_S
        entries = presence.entries
        # A pose of somebody who moved is another object, also when its bytes are the same.
        moved = [entry for slot, entry in entries.items() if self._shown.get(slot) is not entry]
        self._shown = dict(entries)
        if not entries:
            return
        news = _frame(presence.tick, 0, moved) if moved else None
        full: Frame | None = None
        for one in watching:
            if not one.greeted or (news is None and not one.behind):
                continue
            if one.unsent_bytes() > PRESENCE_LIMIT_BYTES:
                one.behind = True
            elif one.behind:
                full = full or _frame(presence.tick, FLAG_FULL, list(entries.values()))
                one.behind = False
                one.write(full)
            elif news is not None:
                one.write(news)


def _frame(tick: int, flags: int, entries: list[bytes]) -> Frame:
    head = _HEAD.pack(FRAME_POSES, flags, tick, len(entries))
    return Frame(BINARY, head + b"".join(entries))
