"""Who is in a room right now, in order of arrival, as the room and everybody in it sees them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from holotable.review.roles import Role
from holotable.rooms.conduct import SessionRole
from holotable.rooms.effects import Joiner, Send, Slot
from holotable.rooms.floor import Actor, Floor
from holotable.rooms.gallery import Gallery, Spectator
from holotable.rooms.presence import Bucket
from holotable.rooms.protocol import Author, Nak, NakCode, Person, RoleChanged, ServerMessage
from holotable.rooms.reasons import SENTENCES, Reason

IMPORTANT: Final = 16  # people whom everybody sees move at the full rate, however many are here


@dataclass(slots=True)
class Member:
    """One connection in the room."""

    slot: Slot
    joiner: Joiner
    role: Role
    colour: int
    shape: int
    ops: Bucket
    messages: Bucket
    events: Bucket
    signals: Bucket
    status: dict[str, Any] = field(default_factory=dict)  # StatusValue as sent; JSON
    shown: Person | None = None  # as everyone saw them last

    @property
    def principal_id(self) -> str:
        """Whose connection it is."""
        return self.joiner.principal_id

    @property
    def actor(self) -> Actor:
        """Whoever wants something."""
        return Actor(self.joiner.principal_id, self.role)

    @property
    def author(self) -> Author:
        """Whoever did something."""
        return Author(principal_id=self.principal_id, name=self.joiner.name, slot=self.slot)


class Members:
    """Everyone here, by slot."""

    def __init__(self, floor: Floor, gallery: Gallery | None = None) -> None:
        self._floor = floor
        self._gallery = gallery if gallery is not None else Gallery()
        self.by_slot: dict[Slot, Member] = {}  # in order of arrival

    def __iter__(self) -> Iterator[Member]:
        """A copy, so that members may leave meanwhile."""
        return iter(list(self.by_slot.values()))

    def everyone(self, but: Slot | None = None) -> tuple[Slot, ...]:
        """All slots, or all but one, and the seats of those who watch."""
        return (*(slot for slot in self.by_slot if slot != but), *self._gallery.by_seat)

    def slots_of(self, *principals: str | None) -> tuple[Slot, ...]:
        """The slots of these principals."""
        return tuple(slot for slot, m in self.by_slot.items() if m.principal_id in principals)

    def is_present(self, principal_id: str) -> bool:
        """Whether any device of theirs is here."""
        return any(member.principal_id == principal_id for member in self.by_slot.values())

    def role_of(self, principal_id: str) -> Role | None:
        """Somebody's role in the project; None when they are not here."""
        members = self.by_slot.values()
        return next((m.role for m in members if m.principal_id == principal_id), None)

    def roles(self) -> dict[str, set[Role]]:
        """Everybody's roles in the project, by principal: of all their devices."""
        found: dict[str, set[Role]] = {}
        for member in self.by_slot.values():
            found.setdefault(member.principal_id, set()).add(member.role)
        return found

    def important(self) -> list[Slot]:
        """Whom everybody wants to see move: leaders, speakers, the followed, the first who asks.

        Who leads comes first, then whose microphone is open, then by how many follow.
        """
        leading = {self._floor.host, self._floor.presenter}
        crowd = len(self.by_slot)
        followers: dict[Slot, int] = {}
        hands: dict[Slot, int] = {}
        for slot, member in self.by_slot.items():
            if member.principal_id in leading:
                followers[slot] = followers.get(slot, 0) + 2 * crowd
            status = member.status
            if status.get("voice") == "open":
                followers[slot] = followers.get(slot, 0) + crowd
            if (followed := status.get("following")) is not None:
                followers[followed] = followers.get(followed, 0) + 1
            if (rank := status.get("hand_rank")) is not None:
                hands[slot] = rank
        found = sorted(followers, key=lambda slot: -followers[slot])[:IMPORTANT]
        if hands:
            found.append(min(hands, key=lambda slot: hands[slot]))
        return found

    def session_role(self, member: Member) -> SessionRole:
        """What somebody is in this session."""
        return self._floor.session_role(member.principal_id, member.role)

    def session_roles(self) -> dict[Slot, SessionRole]:
        """What everybody is in this session."""
        return {slot: self.session_role(member) for slot, member in self.by_slot.items()}

    def person(self, member: Member) -> Person:
        """Somebody as everyone sees them; the same object while nothing has changed."""
        joiner, shown = member.joiner, member.shown
        session_role = self.session_role(member)
        if (
            shown is not None
            and shown["session_role"] == session_role
            and shown["role"] == member.role.value
            and shown["status"] == member.status
        ):
            return shown
        member.shown = Person(
            slot=member.slot,
            principal_id=joiner.principal_id,
            name=joiner.name,
            colour=member.colour,
            shape=member.shape,
            role=member.role.value,
            session_role=session_role,
            device=joiner.device,
            guest=joiner.guest,
            status=dict(member.status),
        )
        return member.shown

    @staticmethod
    def spectator(spectator: Spectator) -> Person:
        """Somebody who watches, as they alone see themselves."""
        return Person(
            slot=spectator.seat,
            principal_id=spectator.principal_id,
            name=spectator.joiner.name,
            colour=0,
            shape=0,
            role=spectator.role.value,
            session_role="listener",
            device=spectator.joiner.device,
            guest=spectator.joiner.guest,
            status={},
        )

    def announce_role(self, member: Member) -> Iterator[Send]:
        """Tell everybody what somebody may do now."""
        news = RoleChanged(
            t="role",
            slot=member.slot,
            role=member.role.value,
            session_role=self.session_role(member),
        )
        yield Send(self.everyone(), news)

    def tell(
        self, message: ServerMessage, *, but: Slot | None = None, lossy: bool = False
    ) -> Iterator[Send]:
        """Send to everybody, or all but one, unless nobody is there to receive it."""
        yield from send(self.everyone(but), message, lossy=lossy)


def send(to: tuple[Slot, ...], message: ServerMessage, *, lossy: bool = False) -> Iterator[Send]:
    """A Send, unless nobody is there to receive it."""
    if to:
        yield Send(to, message, lossy)


def nak(
    slot: Slot,
    cseq: int | None,
    code: NakCode,
    reason: Reason,
    *,
    detail: str | None = None,
    about: Literal["event", "voice"] | None = None,
) -> Send:
    """Say that, and why, nothing happened. detail: more than the reason's own sentence says."""
    message = Nak(t="nak", cseq=cseq, code=code, reason=reason, detail=detail or SENTENCES[reason])
    if about is not None:
        message["about"] = about
    return Send((slot,), message)
