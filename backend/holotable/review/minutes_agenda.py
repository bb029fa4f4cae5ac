"""The agenda in the minutes: each stay at an item, since when and until when, as the log has it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

AGENDA: Final = "session/agenda"
AGENDA_AT: Final = "session/agenda-at"


class Item(NamedTuple):
    """Something that was to be looked at. minutes: planned."""

    title: str
    view_id: str | None
    issue: int | None
    review_id: str | None
    minutes: int | None


class Stay(NamedTuple):
    """An item was looked at. until: None while it is."""

    seq: int
    at: datetime
    until: datetime | None
    title: str
    view_id: str | None
    by: str
    issue: int | None = None
    review_id: str | None = None
    minutes: int | None = None  # planned


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
            said = _item(item)
            open_stay = Stay(
                step.seq, step.at, None, said.title, said.view_id, step.name, said.issue,
                said.review_id, said.minutes,
            )  # fmt: skip
    if open_stay is not None:
        yield open_stay._replace(until=ended_at)


def not_reached(steps: Sequence[Step]) -> list[Item]:
    """Items of the last agenda that were never looked at, in its order."""
    looked_at: set[str] = set()
    items: list[dict[str, Any]] = []  # JSON
    for step in steps:
        value = step.value if isinstance(step.value, dict) else {}
        if step.key == AGENDA:
            items = list(value.get("items", []))
        else:
            looked_at.add(str(value.get("id")))
    return [_item(item) for item in items if str(item["id"]) not in looked_at]


def _item(item: dict[str, Any]) -> Item:  # JSON
    return Item(
        str(item["title"]), item.get("view_id"), item.get("issue"), item.get("review_id"),
        item.get("minutes"),
    )  # fmt: skip
