"""Who only watches a session, beside those who take part: pure.

A spectator is told everything that everybody is told and says nothing: no slot, no avatar, no
colour. Their seats are numbers below 0, so that they are never mistaken for a slot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from holotable.review.roles import Role
from holotable.rooms.effects import Joiner, Slot
from holotable.rooms.presence import Bucket

TELL_S: Final = 1.0  # how many watch is told at most this often
PING_RATE: Final = 4.0  # per second and spectator; clients send 1


@dataclass(slots=True)
class Spectator:
    """One socket that watches."""

    seat: Slot
    joiner: Joiner
    role: Role
    messages: Bucket

    @property
    def principal_id(self) -> str:
        """Whose socket it is."""
        return self.joiner.principal_id


class Gallery:
    """Everybody who watches, by seat."""

    def __init__(self) -> None:
        self.by_seat: dict[Slot, Spectator] = {}
        self._told = 0
        self._told_at = float("-inf")

    def __contains__(self, seat: Slot) -> bool:
        """Whether somebody watches from this seat."""
        return seat in self.by_seat

    def __len__(self) -> int:
        """How many watch."""
        return len(self.by_seat)

    def __iter__(self) -> Iterator[Spectator]:
        """A copy, so that spectators may leave meanwhile."""
        return iter(list(self.by_seat.values()))

    def sit(self, seat: Slot, joiner: Joiner, now: float) -> Spectator:
        """Somebody watches from now on."""
        spectator = Spectator(seat, joiner, joiner.role, Bucket(PING_RATE, 2 * PING_RATE, now))
        self.by_seat[seat] = spectator
        return spectator

    def news(self, now: float) -> int | None:
        """How many watch, when that is to be told now."""
        if len(self) == self._told or now - self._told_at < TELL_S:
            return None
        self._told, self._told_at = len(self), now
        return self._told
