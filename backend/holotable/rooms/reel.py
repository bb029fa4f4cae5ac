"""The tape of one live room: fed ten times a second from its presence, emptied by the recorder."""

from datetime import datetime
from typing import Final

from holotable.rooms.effects import RecordingFacts
from holotable.rooms.presence import Presence
from holotable.rooms.room import Room
from holotable.rooms.tape import SAMPLE_MS, Tape

_PERIOD_S: Final = SAMPLE_MS / 1_000


class Reel:
    """Samples a room while it is recorded. Times: seconds of the room's clock."""

    def __init__(self, room: Room, presence: Presence) -> None:
        self._room = room
        self._presence = presence
        self._tape: Tape | None = None
        self._began = 0.0  # when millisecond 0 was
        self._due = 0.0
        self._agreed: frozenset[int] = frozenset()
        self.tapes: list[Tape] = []  # with chunks to store, oldest first

    def begin(self, facts: RecordingFacts, now: float, elapsed_ms: int) -> None:
        """Record from now on, `elapsed_ms` after the press."""
        self.end()
        self._tape = Tape(facts.id, next_chunk=facts.next_chunk)
        self.tapes.append(self._tape)
        self._began = now - elapsed_ms / 1_000
        self._due = now

    def end(self) -> None:
        """Record no more; what is on tape waits to be stored."""
        if self._tape is not None:
            self._tape.seal()
            self._tape = None

    def flush(self) -> None:
        """Let everything so far be stored, as when this process stops."""
        if self._tape is not None:
            self._tape.seal()

    @property
    def is_full(self) -> bool:
        """Whether the recording has reached its limits."""
        return self._tape is not None and self._tape.is_full

    def tick(self, now: float) -> None:
        """Take a sample when one is due; after a stall go on from now."""
        tape = self._tape
        if tape is None or now < self._due:
            return
        self._due = max(self._due + _PERIOD_S, now - _PERIOD_S)
        people = self._room.people() if tape.wants_people else None
        if people is not None:
            agreed = self._room.recording.agreed
            self._agreed = frozenset(p["slot"] for p in people if agreed(p["principal_id"]))
        ms = round((now - self._began) * 1_000)
        tape.sample(ms, self._presence.entries, people, self._agreed)

    def forget_stored(self) -> None:
        """Drop tapes that are over and stored."""
        self.tapes = [tape for tape in self.tapes if tape is self._tape or tape.sealed]


def wall_ms(at: str) -> int:
    """Milliseconds since 1970 of an ISO time."""
    return round(datetime.fromisoformat(at).timestamp() * 1_000)
