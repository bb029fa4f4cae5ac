"""Who waits at the door of a session, who is asked about them, and what becomes of them: pure.

Somebody who waits is nobody in the room: they have no slot, are told nothing of it, and nothing
they say is heard but that they are still there. Their seats are numbers below 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from holotable.review.roles import Action, allows
from holotable.rooms.conduct import Bar
from holotable.rooms.effects import Close, Effect, Joiner, Send, Slot
from holotable.rooms.floor import Floor
from holotable.rooms.members import Members
from holotable.rooms.presence import Bucket
from holotable.rooms.protocol import (
    CLOSE_FORBIDDEN,
    CLOSE_NORMAL,
    Asked,
    Bye,
    ByeReason,
    Knock,
    Knocks,
    LobbyNews,
    PingMessage,
)

MOST_WAITING: Final = 64
WAIT_S: Final = 600.0  # then they are told that nobody answered
PING_RATE: Final = 4.0  # per second and who waits; clients send 1


@dataclass(slots=True)
class Waiting:
    """Somebody at the door."""

    joiner: Joiner
    since: float
    messages: Bucket
    told: Asked | None = None


class Lobby:
    """Everybody who waits, in the order they came."""

    def __init__(self, floor: Floor, members: Members) -> None:
        self._floor = floor
        self._members = members
        self._waiting: dict[Slot, Waiting] = {}
        self._asked: frozenset[Slot] = frozenset()  # who was told of the list
        self._shown: list[Knock] = []

    def __contains__(self, seat: Slot) -> bool:
        """Whether this is somebody who waits."""
        return seat in self._waiting

    def bars(self, joiner: Joiner) -> Bar | None:
        """Why somebody may not come in."""
        return self._floor.bars(joiner.comer)

    def knock(self, seat: Slot, joiner: Joiner, now: float) -> list[Effect] | None:
        """Let somebody wait, or answer at once; None: too many wait already."""
        effects: list[Effect] = []
        for earlier, waiting in list(self._waiting.items()):
            if waiting.joiner.principal_id == joiner.principal_id:
                effects += self._end(earlier, "replaced")
        if len(self._waiting) >= MOST_WAITING:
            return None
        self._waiting[seat] = Waiting(joiner, now, Bucket(PING_RATE, 2 * PING_RATE, now))
        return [*effects, *self.settle(now)]

    def leave(self, seat: Slot, now: float) -> list[Effect]:
        """Somebody waits no more; nothing happens when they are gone already."""
        if self._waiting.pop(seat, None) is None:
            return []
        return [*self.settle(now)]

    def receive(self, seat: Slot, message: object, now: float) -> list[Effect]:
        """Answer a ping; hear nothing else."""
        waiting = self._waiting.get(seat)
        if (
            waiting is None
            or not isinstance(message, PingMessage)
            or not waiting.messages.take(now)
        ):
            return []
        return [Send((seat,), {"t": "pong", "ts": message.ts})]

    def settle(self, now: float) -> Iterator[Effect]:
        """Let in and send away whom the room's state says, and tell who is asked (C17-C21)."""
        if not self._waiting and not self._asked:
            return
        who, asked = self._who_is_asked()
        for seat, waiting in list(self._waiting.items()):
            bar = self._floor.bars(waiting.joiner.comer)
            if bar is None:
                del self._waiting[seat]
                yield Send((seat,), LobbyNews(t="lobby", state="admitted", asked=who))
                yield Close(seat, CLOSE_NORMAL, "admitted")
            elif bar != "lobby":
                yield from self._end(seat, bar)
            elif now - waiting.since >= WAIT_S:
                yield from self._end(seat, "unanswered")
            elif waiting.told != who:
                waiting.told = who
                yield Send((seat,), LobbyNews(t="lobby", state="waiting", asked=who))
        yield from self._tell(asked)

    def _end(self, seat: Slot, reason: ByeReason) -> Iterator[Effect]:
        del self._waiting[seat]
        yield Send((seat,), Bye(t="bye", reason=reason, retry_after_ms=None))
        yield Close(seat, CLOSE_FORBIDDEN, reason)

    def _who_is_asked(self) -> tuple[Asked, frozenset[Slot]]:
        """The host; while the host is away, who presents and may let people in."""
        hosts = self._members.slots_of(self._floor.host)
        if hosts:
            return "host", frozenset(hosts)
        presenting = frozenset(
            member.slot
            for member in self._members
            if self._members.session_role(member) == "presenter"
            and allows(member.role, Action.HOST_SESSION)
        )
        return ("presenter" if presenting else "nobody"), presenting

    def _tell(self, asked: frozenset[Slot]) -> Iterator[Effect]:
        """Send the list to who is asked and has another one, and none to who is asked no more."""
        shown = [
            Knock(
                principal_id=waiting.joiner.principal_id,
                name=waiting.joiner.name,
                guest=waiting.joiner.guest,
            )
            for waiting in self._waiting.values()
        ]
        here = frozenset(self._members.by_slot)
        dropped = tuple(sorted((self._asked - asked) & here)) if self._shown else ()
        due = asked if shown != self._shown else asked - self._asked if shown else frozenset()
        if dropped:
            yield Send(dropped, Knocks(t="knocks", waiting=[]))
        if due:
            yield Send(tuple(sorted(due)), Knocks(t="knocks", waiting=shown))
        self._shown = shown
        self._asked = asked if shown else frozenset()
