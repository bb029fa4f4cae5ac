"""Who may do what in a session: one pure table of session roles, narrowed by the host's rules.

The project's roles (review/roles.py) are asked first: a session gives nobody more than the project
does. Why somebody may not do something is one of `reasons.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from holotable.review.roles import MEMBER_ROLES, Action, Role, allows
from holotable.rooms.reasons import Reason
from holotable.rooms.values import PrincipalId, Strict

SessionRole: TypeAlias = Literal["host", "presenter", "participant", "listener"]
Lobby: TypeAlias = Literal["off", "guests", "outside"]
Bar: TypeAlias = Literal["locked", "removed", "declined", "lobby"]
MAX_SPECTATORS: Final = 1_000  # that a host may allow
USUAL_SPECTATORS: Final = 100


class Deed(StrEnum):
    """Something a participant does to a session."""

    SCENE = "scene"  # change what everybody sees
    OBJECT = "object"  # add measurements and drawings, change and remove one's own
    OTHERS = "others"  # change and remove what somebody else added
    CHAT = "chat"
    REACT = "react"  # react, raise a hand
    SPEAK = "speak"  # open a microphone
    PRESENT = "present"  # begin to present unasked, ask for it
    LEAD = "lead"  # bring everyone, point at something, hand over
    ADMIT = "admit"  # let in who waits: the host's, the presenter's while the host is away
    HOST = "host"  # rules, lock, roles, removing, muting, lowering hands, passing the star


_LISTENER: Final = frozenset({Deed.CHAT, Deed.REACT})
_PARTICIPANT: Final = _LISTENER | {Deed.SCENE, Deed.OBJECT, Deed.SPEAK, Deed.PRESENT}
_PRESENTER: Final = _PARTICIPANT | {Deed.OTHERS, Deed.LEAD, Deed.ADMIT}

ALLOWED: Final[dict[SessionRole, frozenset[Deed]]] = {
    "host": frozenset(Deed),
    "presenter": _PRESENTER,
    "participant": _PARTICIPANT,
    "listener": _LISTENER,
}

NEEDED: Final[dict[Deed, Action]] = {
    Deed.SCENE: Action.SHARE_SCENE,
    Deed.OBJECT: Action.COMMENT,
    Deed.OTHERS: Action.COMMENT,
    Deed.CHAT: Action.COMMENT,
    Deed.REACT: Action.VIEW,
    Deed.SPEAK: Action.COMMENT,
    Deed.PRESENT: Action.SHARE_SCENE,
    Deed.LEAD: Action.SHARE_SCENE,
    Deed.ADMIT: Action.HOST_SESSION,
    Deed.HOST: Action.HOST_SESSION,
}

REASONS: Final[dict[Deed, Reason]] = {
    Deed.SCENE: Reason.LISTENS,
    Deed.OBJECT: Reason.LISTENS,
    Deed.OTHERS: Reason.NOT_YOURS,
    Deed.CHAT: Reason.NO_CHAT,
    Deed.REACT: Reason.NOT_ALLOWED,
    Deed.SPEAK: Reason.RAISE_HAND,
    Deed.PRESENT: Reason.RAISE_HAND,
    Deed.LEAD: Reason.LEADS,
    Deed.ADMIT: Reason.DOOR,
    Deed.HOST: Reason.HOSTS,
}


class RulesValue(Strict):
    """What the host decided for this session.

    scene: who changes what everybody sees.  present: who may begin to present unasked.
    guided: whoever presents is followed, and nobody at a desk leaves that.
    locked: nobody new comes in.  lobby: who waits until they are let in; None: whom the session was
    started with.  spectators: how many may watch beside those who take part.
    voice: who opens a microphone again that the host closed.
    """

    scene: Literal["everyone", "presenters", "hosts"] = "everyone"
    present: Literal["everyone", "hosts"] = "everyone"
    guided: bool = False
    locked: bool = False
    lobby: Lobby | None = None
    spectators: Annotated[int, Field(ge=0, le=MAX_SPECTATORS)] = USUAL_SPECTATORS
    voice: Literal["everyone", "hosts"] = "everyone"


class PresenterValue(Strict):
    """Who presents."""

    principal_id: PrincipalId


class HostValue(Strict):
    """Whom the star was passed to."""

    principal_id: PrincipalId


class ListedValue(Strict):
    """Somebody who only listens, or who was removed; the key names the principal."""

    name: Annotated[str, Field(max_length=200)]


class DoorValue(Strict):
    """What was said to somebody who waited; the key names the principal."""

    name: Annotated[str, Field(max_length=200)]
    admitted: bool


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody at the door. principal_id "": nobody knows them yet."""

    principal_id: str
    guest: bool  # no account
    role: Role | None  # in the project; None: none yet

    def waits(self, lobby: Lobby) -> bool:
        """Whether such a person is let in by somebody inside."""
        outside = self.role not in MEMBER_ROLES
        return lobby != "off" and outside and (self.guest or lobby == "outside")


@dataclass(frozen=True, slots=True)
class DoorPast:
    """What a session knows of somebody at the door.

    known: they host it or were in it before.  said: what they were told when they waited.
    """

    removed: bool = False
    known: bool = False
    said: bool | None = None


USUAL: Final = RulesValue()


def why_not(
    deed: Deed, session_role: SessionRole, role: Role, rules: RulesValue = USUAL
) -> Reason | None:
    """Why somebody may not do this in a session; None when they may."""
    if not allows(role, NEEDED[deed]):
        return Reason.ROLE
    if deed not in ALLOWED[session_role]:
        return REASONS[deed]
    if session_role == "host":
        return None
    if deed is Deed.SCENE and rules.scene == "hosts":
        return Reason.SCENE_HOSTS
    if deed is Deed.SCENE and rules.scene == "presenters" and session_role != "presenter":
        return Reason.SCENE_PRESENTERS
    return None


def bar(comer: Comer, past: DoorPast, rules: RulesValue, lobby: Lobby) -> Bar | None:
    """Why somebody may not come in; `lobby`: not before somebody inside says so."""
    if past.removed:
        return "removed"
    if past.known or past.said is True:
        return None
    if past.said is False:
        return "declined"
    if rules.locked:
        return "locked"
    return "lobby" if comer.waits(lobby) else None
