"""Who leads a session: host, presenter, who asked, who was offered, whose hand is up.

What lasts is read from the log's state under the keys `session/…`, so that it is resumed and
reopened with everything else; what is asked and offered is forgotten after a while. Pure: times are
seconds of the room's clock. `Room` asks this for every operation, preview and event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias, TypeVar

from pydantic import JsonValue

from holotable.review.roles import Action, Role, allows
from holotable.rooms.agenda import AGENDA, AGENDA_AT, has_item
from holotable.rooms.conduct import (
    USUAL,
    Bar,
    Comer,
    Deed,
    DoorPast,
    Lobby,
    RulesValue,
    SessionRole,
    bar,
    why_not,
)
from holotable.rooms.effects import Facts
from holotable.rooms.keys import CLEAR_PREFIXES, rule_of
from holotable.rooms.protocol import Held, NakCode
from holotable.rooms.reasons import Reason

PRESENTER: Final = "session/presenter"
RULES: Final = "session/rules"
HOST: Final = "session/host"
LISTENER: Final = "session/listener/"
REMOVED: Final = "session/removed/"
DOOR: Final = "session/door/"
CONDUCT: Final = "session/"
OFFER_S: Final = 60.0  # an offer to present is open this long
ASK_S: Final = 300.0  # a wish to present is remembered this long
REMEMBERED: Final = 4_096  # hands, wishes and offers each; the oldest goes

Value = TypeVar("Value")
RoleOf: TypeAlias = Callable[[str], Role | None]  # of a principal; None: not here


class Refusal(NamedTuple):
    """Why an operation may not happen."""

    code: NakCode
    reason: Reason


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who wants something, with their role in the project."""

    principal_id: str
    role: Role


@dataclass(slots=True)
class _Offer:
    by: str  # principal
    until: float


@dataclass(slots=True)
class Floor:
    """The part of a room that knows who leads it."""

    facts: Facts
    state: Mapping[str, Held]  # the log's own, which changes
    known: set[str]  # principals who were in this room at any time
    host: str | None = field(init=False)
    _asked: dict[str, float] = field(default_factory=dict)  # principal -> until
    _offers: dict[str, _Offer] = field(default_factory=dict)  # principal it was made to -> offer
    _hands: dict[str, int] = field(default_factory=dict)  # principal -> place in the queue
    _next_hand: int = 1
    _rules: tuple[int, RulesValue] = (0, USUAL)  # with the number of the operation they came by

    def __post_init__(self) -> None:
        self.host = None
        if self.facts.kind == "meeting":
            self.host = self._named(HOST) or self.facts.host_id

    # What the log says ----------------------------------------------------------------------

    @property
    def rules(self) -> RulesValue:
        """What the host decided."""
        held = self.state.get(RULES)
        if held is None:
            return USUAL
        if self._rules[0] != held["seq"]:
            self._rules = (held["seq"], RulesValue.model_validate(held["value"]))
        return self._rules[1]

    @property
    def presenter(self) -> str | None:
        """The principal who presents, whether they are here or not."""
        return self._named(PRESENTER)

    def _named(self, key: str) -> str | None:
        held = self.state.get(key)
        value = held["value"] if held else None
        return str(value["principal_id"]) if isinstance(value, dict) else None

    def session_role(self, principal_id: str, role: Role) -> SessionRole:
        """What somebody is in this session; listening goes before presenting."""
        if principal_id == self.host:
            return "host"
        if LISTENER + principal_id in self.state or not allows(role, Action.SHARE_SCENE):
            return "listener"
        return "presenter" if principal_id == self.presenter else "participant"

    @property
    def lobby(self) -> Lobby:
        """Who waits; once somebody was removed guests always do: none comes back unseen (C20)."""
        lobby = self.rules.lobby or self.facts.lobby
        if lobby == "off" and any(key.startswith(REMOVED) for key in self.state):
            return "guests"
        return lobby

    def bars(self, comer: Comer) -> Bar | None:
        """Why somebody may not come in."""
        if self.facts.kind == "table":
            return None
        principal_id = comer.principal_id
        held = self.state.get(DOOR + principal_id)
        value = held["value"] if held else None
        past = DoorPast(
            removed=REMOVED + principal_id in self.state,
            known=principal_id in self.known or principal_id == self.host,
            said=value["admitted"] is True if isinstance(value, dict) else None,
        )
        return bar(comer, past, self.rules, self.lobby)

    # Whether somebody may -------------------------------------------------------------------

    def why_not(self, actor: Actor, deed: Deed) -> Reason | None:
        """Why somebody may not do this; None when they may."""
        mine = self.session_role(actor.principal_id, actor.role)
        return why_not(deed, mine, actor.role, self.rules)

    def refuse(
        self, actor: Actor, kind: str, key: str, value: JsonValue, role_of: RoleOf
    ) -> Refusal | None:
        """Why this change of a key, whose value fits it, may not happen; None when it may."""
        if kind == "clear":
            return _forbidden(self.why_not(actor, CLEAR_PREFIXES[key]))
        rule = rule_of(key)
        assert rule is not None, "the value fits its key"
        if key == PRESENTER:
            return self._refuse_presenter(actor, value, role_of)
        refused = self.why_not(actor, rule.deed)
        if refused is not None:
            return _forbidden(refused)
        if rule.deed is Deed.OBJECT:
            return self._refuse_object(actor, key, value)
        if key == HOST:
            return self._refuse_host(value, role_of)
        if key.startswith(DOOR) and actor.principal_id != self.host:
            is_away = self.host is None or role_of(self.host) is None
            return None if is_away else Refusal("forbidden", Reason.DOOR)
        if key == AGENDA_AT and isinstance(value, dict):
            agenda = self.state.get(AGENDA)
            known = agenda is not None and has_item(agenda["value"], str(value["id"]))
            return None if known else Refusal("invalid", Reason.NO_ITEM)
        if key.startswith((LISTENER, REMOVED)) and value is not None:
            whom = key.rsplit("/", 1)[-1]
            return Refusal("invalid", Reason.PASS_STAR) if whom == self.host else None
        return None

    def _refuse_object(self, actor: Actor, key: str, value: JsonValue) -> Refusal | None:
        """A measurement or a drawing keeps its owner, who changes it, or the leaders do (C9)."""
        held = self.state.get(key)
        owner = _owner(held["value"]) if held else None
        leads = self.why_not(actor, Deed.OTHERS) is None
        if owner is not None and owner != actor.principal_id and not leads:
            return _forbidden(self.why_not(actor, Deed.OTHERS))
        if value is None:
            return None
        said = _owner(value)
        if owner is not None and said != owner:
            return Refusal("invalid", Reason.KEEPS_OWNER)
        if owner is None and said != actor.principal_id and not leads:
            return Refusal("invalid", Reason.OWNS_NEW)
        return None

    @staticmethod
    def _refuse_host(value: JsonValue, role_of: RoleOf) -> Refusal | None:
        if not isinstance(value, dict):
            return Refusal("invalid", Reason.NEEDS_HOST)
        role = role_of(str(value["principal_id"]))
        if role is None:
            return Refusal("invalid", Reason.NOT_HERE)
        if not allows(role, Action.HOST_SESSION):
            return Refusal("invalid", Reason.MAY_NOT_HOST)
        return None

    def _refuse_presenter(self, actor: Actor, value: JsonValue, role_of: RoleOf) -> Refusal | None:
        """Nobody presents who did not ask for it, and nobody is pushed from the stage (C5-C8)."""
        leads = self.why_not(actor, Deed.LEAD) is None
        presenter = self.presenter
        vacant = presenter is None or role_of(presenter) is None
        refused = self._refuse_beginning(actor)
        if value is None:
            if leads or (vacant and refused is None):
                return None
            return _forbidden(Reason.ENDS_PRESENTING)
        assert isinstance(value, dict), "the value fits its key"
        whom = str(value["principal_id"])
        role = role_of(whom)
        if role is None:
            return Refusal("invalid", Reason.NOT_HERE)
        if whom != actor.principal_id:
            if not leads:
                return _forbidden(Reason.HANDS_OVER)
            if LISTENER + whom in self.state or not allows(role, Action.SHARE_SCENE):
                return Refusal("invalid", Reason.THEY_LISTEN)
            asked = whom in self._asked
            return None if asked else _forbidden(Reason.OFFER_FIRST)
        if leads or self.offered(whom, role_of):
            return None
        if refused is not None or vacant:
            return _forbidden(refused)
        return _forbidden(Reason.ASK_PRESENTER)

    def _refuse_beginning(self, actor: Actor) -> Reason | None:
        """Why somebody may not begin to present when nobody does."""
        refused = self.why_not(actor, Deed.PRESENT)
        if refused is None and self.rules.present == "hosts" and actor.principal_id != self.host:
            return Reason.ASK_HOST
        return refused

    # What is asked and offered --------------------------------------------------------------

    def ask(self, principal_id: str, now: float) -> None:
        """Remember that somebody would like to present."""
        _remember(self._asked, principal_id, now + ASK_S)

    def offer(self, to: str, by: str, now: float) -> None:
        """Remember that presenting was offered to somebody; a later offer replaces it."""
        _remember(self._offers, to, _Offer(by, now + OFFER_S))

    def offered(self, to: str, role_of: RoleOf) -> bool:
        """Whether somebody may accept: the offer is open, and its maker still leads, and is here.

        Who only listens cannot accept.
        """
        offer = self._offers.get(to)
        mine = role_of(to)
        if offer is None or mine is None:
            return False
        theirs = role_of(offer.by)
        if theirs is None or self.why_not(Actor(offer.by, theirs), Deed.LEAD) is not None:
            return False
        return self.why_not(Actor(to, mine), Deed.PRESENT) is None

    def decline(self, by: str, to: str, *, leads: bool) -> bool:
        """End what `to` offered or, to those who lead, asked; False: there was nothing."""
        offer = self._offers.get(by)
        if offer is not None and offer.by == to:
            del self._offers[by]
            return True
        return leads and self._asked.pop(to, None) is not None

    def forget(self, now: float) -> None:
        """Let time pass: what nobody answered is over."""
        for principal, until in list(self._asked.items()):
            if until <= now:
                del self._asked[principal]
        for principal, offer in list(self._offers.items()):
            if offer.until <= now:
                del self._offers[principal]

    def settled(self, principal_id: str) -> None:
        """Somebody presents: their wish is granted, and their offer used up."""
        self._asked.pop(principal_id, None)
        self._offers.pop(principal_id, None)

    def gone(self, principal_id: str, *, for_good: bool) -> None:
        """Nobody of this principal is here any more; who was cut off keeps their place (C16)."""
        self.settled(principal_id)
        if for_good:
            self._hands.pop(principal_id, None)

    # Hands ----------------------------------------------------------------------------------

    def raise_hand(self, principal_id: str) -> int:
        """The place of a raised hand in the queue: the one it has, or the last."""
        rank = self._hands.get(principal_id)
        if rank is None:
            rank, self._next_hand = self._next_hand, self._next_hand + 1
            _remember(self._hands, principal_id, rank)
        return rank

    def lower_hand(self, principal_id: str) -> None:
        """Take a hand down."""
        self._hands.pop(principal_id, None)


def _owner(value: JsonValue) -> str | None:
    owner = value.get("owner") if isinstance(value, dict) else None
    return owner if isinstance(owner, str) else None


def _forbidden(reason: Reason | None) -> Refusal | None:
    return None if reason is None else Refusal("forbidden", reason)


def _remember(memory: dict[str, Value], key: str, value: Value) -> None:
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
