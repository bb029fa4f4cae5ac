"""Who comes and goes in a large room, told once per tick instead of one by one.

500 people who come back after a restart are 125,000 writes told one by one, and a few thousand told
together. Pure: what is to be told goes in, frames with their receivers come out.
"""

from collections.abc import Iterator
from typing import Final

from holotable.rooms.effects import Slot
from holotable.rooms.greeting import Greeting
from holotable.rooms.lane import TEXT, Frame
from holotable.rooms.protocol import Join, Left, ServerMessage

CROWD: Final = 32  # people; smaller rooms are told at once


class Comings:
    """Joins and departures that wait for the tick, in order."""

    def __init__(self, greeting: Greeting) -> None:
        self._greeting = greeting
        self._waiting: list[tuple[frozenset[Slot], Join | Left]] = []

    def take(self, to: tuple[Slot, ...], message: ServerMessage, present: int) -> bool:
        """Keep this for the tick; False: it is to be told now."""
        if present <= CROWD or (message["t"] != "join" and message["t"] != "left"):
            return False
        self._waiting.append((frozenset(to), message))
        return True

    @property
    def any(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    def tell(self, present: tuple[Slot, ...]) -> Iterator[tuple[tuple[Slot, ...], Frame]]:
        """What waited, each frame with those for whom it is; then nothing waits.

        Who came in between is told of those who came later only: their hello named the others.
        """
        waiting, self._waiting = self._waiting, []
        alike: dict[tuple[int, ...], list[Slot]] = {}
        for slot in present:
            due = tuple(index for index, (to, _) in enumerate(waiting) if slot in to)
            if due:
                alike.setdefault(due, []).append(slot)
        for due, slots in alike.items():
            frame = Frame(TEXT, self._greeting.batch([waiting[index][1] for index in due]))
            yield tuple(slots), frame
