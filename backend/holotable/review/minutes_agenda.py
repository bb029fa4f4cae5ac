"""The agenda in the minutes: each stay at an item, since when and until when, as the log has it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

AGENDA: Final = "session/agenda"
AGENDA_AT: Final = "session/agenda-at"


class Stay(NamedTuple):
    """An item was looked at. until: None while it is."""

    seq: int
    at: datetime
    until: datetime | None
    title: str
    view_id: str | None
    by: str


class Step(NamedTuple):
    """One operation on the agenda, as it was stored."""

    seq: int
    at: datetime
    name: str
    key: str
    value: Any  # JSON


def stays(steps: Sequence[Step], ended_at: datetime | None) -> Iterator[Stay]:
    """Every stay at an item, in order; an item that the agenda never had is none."""
    items: dict[str, dict[str, Any]] = {}  # JSON
    open_stay: Stay | None = None
    last: str | None = None
    for step in steps:
        value = step.value if isinstance(step.value, dict) else {}
        if step.key == AGENDA:
            items |= {str(item["id"]): item for item in value.get("items", [])}
            continue
        item_id = value.get("id")
        if item_id == last:
            continue  # shown once more
        if open_stay is not None:
            yield open_stay._replace(until=step.at)
            open_stay = None
        last = item_id
        item = items.get(str(item_id))
        if item is not None:
            title, view_id = str(item["title"]), item.get("view_id")
            open_stay = Stay(step.seq, step.at, None, title, view_id, step.name)
    if open_stay is not None:
        yield open_stay._replace(until=ended_at)
