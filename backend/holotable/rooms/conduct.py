"""Who may do what in a session: one pure table of session roles, narrowed by the host's rules.

The project's roles (review/roles.py) are asked first: a session gives nobody more than the project
does. Reasons are sentences without a full stop, shown as they are.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from holotable.review.roles import Action, Role, allows
from holotable.rooms.values import PrincipalId, Strict

SessionRole: TypeAlias = Literal["host", "presenter", "participant", "listener"]
Bar: TypeAlias = Literal["locked", "removed"]


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
    HOST = "host"  # rules, lock, roles, removing, muting, lowering hands, passing the star


_LISTENER: Final = frozenset({Deed.CHAT, Deed.REACT})
_PARTICIPANT: Final = _LISTENER | {Deed.SCENE, Deed.OBJECT, Deed.SPEAK, Deed.PRESENT}
_PRESENTER: Final = _PARTICIPANT | {Deed.OTHERS, Deed.LEAD}

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
    Deed.HOST: Action.HOST_SESSION,
}

REASONS: Final[dict[Deed, str]] = {
    Deed.SCENE: "you listen in this session; ask the host to let you take part",
    Deed.OBJECT: "you listen in this session; ask the host to let you take part",
    Deed.OTHERS: "only who made it, the presenter and the host may change this",
    Deed.CHAT: "you may not write here",
    Deed.REACT: "you may not do this here",
    Deed.SPEAK: "you listen in this session; raise your hand to be heard",
    Deed.PRESENT: "you listen in this session; raise your hand to be heard",
    Deed.LEAD: "only the presenter and the host may do this",
    Deed.HOST: "only the host may do this",
}


class RulesValue(Strict):
    """What the host decided for this session.

    scene: who changes what everybody sees.  present: who may begin to present unasked.
    guided: whoever presents is followed at once.  locked: nobody new comes in.
    voice: who opens a microphone again that the host closed.
    """

    scene: Literal["everyone", "presenters", "hosts"] = "everyone"
    present: Literal["everyone", "hosts"] = "everyone"
    guided: bool = False
    locked: bool = False
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


USUAL: Final = RulesValue()


def why_not(
    deed: Deed, session_role: SessionRole, role: Role, rules: RulesValue = USUAL
) -> str | None:
    """Why somebody may not do this in a session; None when they may."""
    if not allows(role, NEEDED[deed]):
        return f"your role ({role.value}) may not do this"
    if deed not in ALLOWED[session_role]:
        return REASONS[deed]
    if session_role == "host":
        return None
    if deed is Deed.SCENE and rules.scene == "hosts":
        return "only the host changes the scene in this session"
    if deed is Deed.SCENE and rules.scene == "presenters" and session_role != "presenter":
        return "only the presenter and the host change the scene in this session"
    return None


def bar(*, removed: bool, rules: RulesValue, known: bool) -> Bar | None:
    """Why somebody may not come in; known: they host it or were in it before."""
    if removed:
        return "removed"
    return "locked" if rules.locked and not known else None
