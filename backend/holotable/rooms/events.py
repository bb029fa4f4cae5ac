"""What a participant does for a moment: authorised and limited, sent on, never stored (E1).

An event that changes something that lasts (who presents, who is removed) is an operation instead.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict  # pydantic refuses typing.TypedDict before Python 3.12

from holotable.rooms.values import Occurrence, Point, Slot, Strict, Uuid

Reaction: TypeAlias = Literal["agree", "applause", "heart", "laugh", "wow"]


class PointEvent(Strict):
    """Look here, for ten seconds.

    point: metres; in the frame of the part when `occurrence` names one, else in the model's.
    """

    kind: Literal["point"]
    revision_id: Uuid
    occurrence: Occurrence | None = None
    point: Point


class ReactEvent(Strict):
    """One of five faces that float from the avatar."""

    kind: Literal["react"]
    reaction: Reaction


class BringEvent(Strict):
    """Come and see what I see: everybody, or one; each may refuse."""

    kind: Literal["bring"]
    to: Slot | None = None


class AskEvent(Strict):
    """I would like to present; the hosts and the presenter hear it."""

    kind: Literal["ask"]


class OfferEvent(Strict):
    """Would you present? Accepting is the operation `session/presenter`."""

    kind: Literal["offer"]
    to: Slot


class DeclineEvent(Strict):
    """No, to an offer (its maker's slot) or to somebody who asked."""

    kind: Literal["decline"]
    to: Slot


class MuteEvent(Strict):
    """The microphone of one, or of everybody else, is closed (V5)."""

    kind: Literal["mute"]
    to: Slot | None = None


class AllowEvent(Strict):
    """You may open your microphone again (V6)."""

    kind: Literal["allow"]
    to: Slot


class LowerEvent(Strict):
    """Take a hand down, or all of them."""

    kind: Literal["lower"]
    to: Slot | None = None


class OwnEvent(Strict):
    """To another device of my own: leave VR there, or leave the sound to this one (E8)."""

    kind: Literal["own"]
    to: Slot
    act: Literal["leave_xr", "leave_voice"]


Event: TypeAlias = Annotated[
    PointEvent
    | ReactEvent
    | BringEvent
    | AskEvent
    | OfferEvent
    | DeclineEvent
    | MuteEvent
    | AllowEvent
    | LowerEvent
    | OwnEvent,
    Field(discriminator="kind"),
]


class EventMessage(Strict):
    """A client's event."""

    t: Literal["event"]
    event: Event


class Happened(TypedDict):
    """Somebody's event, for those whom it is for."""

    t: Literal["event"]
    slot: int
    event: dict[str, Any]  # an Event; JSON
