"""The agenda of a session: what will be looked at, where it stands, how long each item took.

Its items are one value (`session/agenda`), because their order is theirs together. Where it stands
is another (`session/agenda-at`): the room writes the times on it, no page's clock counts.
"""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, JsonValue

from holotable.rooms.values import Strict, Uuid

AGENDA: Final = "session/agenda"
AGENDA_AT: Final = "session/agenda-at"
MOST_ITEMS: Final = 64

ItemId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,36}$")]
Seconds = Annotated[float, Field(ge=0.0, le=1e7)]


class AgendaItem(Strict):
    """Something to be looked at. minutes: how long it may take."""

    id: ItemId
    title: Annotated[str, Field(min_length=1, max_length=200)]
    view_id: Uuid | None = None
    revision_id: Uuid | None = None
    minutes: Annotated[int, Field(ge=1, le=480)] | None = None
    issue: Annotated[int, Field(ge=1)] | None = None  # number of an issue of the project
    review_id: Uuid | None = None


class AgendaValue(Strict):
    """What will be looked at, in order."""

    items: Annotated[list[AgendaItem], Field(max_length=MOST_ITEMS)]


class AgendaAtValue(Strict):
    """The item that is looked at now. What clients say of times is overwritten.

    started_at: ISO 8601, UTC.  spent_s: seconds of the items before, by id.
    """

    id: ItemId
    started_at: Annotated[str, Field(max_length=40)] | None = None
    spent_s: Annotated[dict[ItemId, Seconds], Field(max_length=2 * MOST_ITEMS)] | None = None


def has_item(agenda: JsonValue, item_id: str) -> bool:
    """Whether an agenda, as it is stored, has this item."""
    items = agenda.get("items") if isinstance(agenda, dict) else None
    return isinstance(items, list) and any(
        isinstance(item, dict) and item.get("id") == item_id for item in items
    )


def timed(before: JsonValue, value: JsonValue, agenda: JsonValue, at: str) -> JsonValue:
    """Where the agenda stands, with the times that the room knows.

    before, agenda: the values of both keys until now.  at: now, ISO 8601, UTC.
    """
    if not isinstance(value, dict):
        return None
    spent: dict[str, JsonValue] = {}
    started_at: JsonValue = at
    if isinstance(before, dict) and isinstance(before["started_at"], str):
        said = before.get("spent_s")
        spent = dict(said) if isinstance(said, dict) else {}
        last = str(before["id"])
        if last == value["id"]:
            started_at = before["started_at"]
        else:
            passed = _seconds(before["started_at"], at)
            earlier = spent.get(last)
            spent[last] = passed + (earlier if isinstance(earlier, float | int) else 0.0)
    kept = {key: seconds for key, seconds in spent.items() if has_item(agenda, key)}
    return {"id": value["id"], "started_at": started_at, "spent_s": kept}


def _seconds(since: str, until: str) -> float:
    passed = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    return round(max(0.0, min(passed.total_seconds(), 1e6)), 3)
