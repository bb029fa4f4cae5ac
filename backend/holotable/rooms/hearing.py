"""Whom somebody's event is for: asked once per event, and what it asks is remembered (E1-E8)."""

from typing import Final

from holotable.rooms.conduct import Deed
from holotable.rooms.effects import Slot
from holotable.rooms.events import (
    AllowEvent,
    AskEvent,
    BringEvent,
    DeclineEvent,
    Event,
    LowerEvent,
    MuteEvent,
    OfferEvent,
    OwnEvent,
    PointEvent,
    ReactEvent,
)
from holotable.rooms.floor import Floor
from holotable.rooms.members import Member, Members
from holotable.rooms.reasons import Reason

DEEDS: Final[dict[type[Event], Deed]] = {
    PointEvent: Deed.LEAD,
    ReactEvent: Deed.REACT,
    BringEvent: Deed.LEAD,
    AskEvent: Deed.PRESENT,
    OfferEvent: Deed.LEAD,
    DeclineEvent: Deed.REACT,
    MuteEvent: Deed.HOST,
    AllowEvent: Deed.HOST,
    LowerEvent: Deed.HOST,
}


def why_not(floor: Floor, member: Member, event: Event) -> Reason | None:
    """Why somebody may not do this; None when they may."""
    if isinstance(event, OwnEvent):
        return None  # one's own devices are nobody else's business
    return floor.why_not(member.actor, DEEDS[type(event)])


def audience(
    floor: Floor, members: Members, member: Member, event: Event, now: float
) -> tuple[Slot, ...]:
    """Who is to hear an event that its sender may send; nobody when it finds nobody.

    Lowering hands is heard as a status instead, so its audience is nobody.
    """
    match event:
        case PointEvent() | ReactEvent() | BringEvent(to=None) | MuteEvent(to=None):
            return members.everyone(but=member.slot)
        case LowerEvent():
            return ()
        case OwnEvent(to=slot):
            own = members.by_slot.get(slot)
            mine = own is not None and own.principal_id == member.principal_id
            return (slot,) if mine and slot != member.slot else ()
        case AskEvent():
            floor.ask(member.principal_id, now)
            return members.slots_of(floor.host, floor.presenter)
        case (
            BringEvent(to=slot)
            | OfferEvent(to=slot)
            | DeclineEvent(to=slot)
            | MuteEvent(to=slot)
            | AllowEvent(to=slot)
        ):
            other = None if slot is None else members.by_slot.get(slot)
            if other is None or other.principal_id == member.principal_id:
                return ()
            return _addressed(floor, members, member, other, event, now)


def _addressed(
    floor: Floor, members: Members, member: Member, other: Member, event: Event, now: float
) -> tuple[Slot, ...]:
    me, them = member.principal_id, other.principal_id
    match event:
        case OfferEvent():
            floor.offer(them, me, now)
        case DeclineEvent():
            leads = floor.why_not(member.actor, Deed.LEAD) is None
            if not floor.decline(me, them, leads=leads):
                return ()
        case _:
            return (other.slot,)
    return members.slots_of(them)
