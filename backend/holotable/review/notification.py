"""What people are told of, how strongly, on which channel and when: rules without a clock.

A *what* is one thing that happened ("commented"); it belongs to a *kind*, which is what people
choose channels for. What happened to one subject is tallied in one row, so that the tally is the
message: {"commented": 3, "mentioned": 1}.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from holotable.errors import Invalid

Cadence: TypeAlias = Literal["at_once", "daily", "weekly", "off"]
Language: TypeAlias = Literal["en", "de"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "de")
CADENCES: Final[tuple[Cadence, ...]] = ("at_once", "daily", "weekly", "off")
DIGEST_AT: Final = time(8, 0)  # local time of the person; weekly ones come on Mondays
DUE_SOON: Final = timedelta(days=1)


class Kind(StrEnum):
    """What a person chooses channels for."""

    REVIEW_REQUESTED = "review_requested"
    REVIEW_VERDICT = "review_verdict"
    REVIEW_CLOSED = "review_closed"
    DUE = "due"
    ISSUE_ASSIGNED = "issue_assigned"
    MENTION = "mention"
    ISSUE_WATCHED = "issue_watched"
    ISSUE_VERIFY = "issue_verify"
    ANCHOR_DETACHED = "anchor_detached"
    CONVERSION = "conversion"
    SESSION_INVITED = "session_invited"
    SESSION_MINUTES = "session_minutes"
    WEBHOOK = "webhook"


# Everything that can be said of a subject, strongest first: a row is of the kind of its strongest.
KIND_OF: Final[Mapping[str, Kind]] = {
    "overdue": Kind.DUE,
    "requested": Kind.REVIEW_REQUESTED,
    "requested_again": Kind.REVIEW_REQUESTED,
    "invited": Kind.SESSION_INVITED,
    "assigned": Kind.ISSUE_ASSIGNED,
    "mentioned": Kind.MENTION,
    "changes_requested": Kind.REVIEW_VERDICT,
    "approved": Kind.REVIEW_VERDICT,
    "due_soon": Kind.DUE,
    "released": Kind.REVIEW_CLOSED,
    "rejected": Kind.REVIEW_CLOSED,
    "withdrawn": Kind.REVIEW_CLOSED,
    "failed": Kind.CONVERSION,
    "webhook_off": Kind.WEBHOOK,
    "verify": Kind.ISSUE_VERIFY,
    "detached": Kind.ANCHOR_DETACHED,
    "observing": Kind.REVIEW_REQUESTED,
    "observing_again": Kind.REVIEW_REQUESTED,
    "said": Kind.REVIEW_VERDICT,
    "commented": Kind.ISSUE_WATCHED,
    "changed": Kind.ISSUE_WATCHED,
    "converted": Kind.CONVERSION,
    "minutes": Kind.SESSION_MINUTES,
}
# Said once however often it happens before it is read: the newest of a group takes the place of
# the others.
_INSTEAD: Final = (
    frozenset({"requested", "requested_again"}),
    frozenset({"observing", "observing_again"}),
    frozenset({"due_soon", "overdue"}),
    frozenset({"released", "rejected", "withdrawn"}),
    frozenset({"failed", "converted"}),
    frozenset({"verify", "detached"}),
    frozenset({"assigned"}),
    frozenset({"invited"}),
    frozenset({"minutes"}),
    frozenset({"webhook_off"}),
)
_RANKS: Final = {what: rank for rank, what in enumerate(KIND_OF)}


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to hear of one kind."""

    app: bool
    email: Cadence


DEFAULTS: Final[Mapping[Kind, Choice]] = {
    Kind.REVIEW_REQUESTED: Choice(True, "at_once"),
    Kind.REVIEW_VERDICT: Choice(True, "at_once"),
    Kind.REVIEW_CLOSED: Choice(True, "at_once"),
    Kind.DUE: Choice(True, "at_once"),
    Kind.ISSUE_ASSIGNED: Choice(True, "at_once"),
    Kind.MENTION: Choice(True, "at_once"),
    Kind.ISSUE_WATCHED: Choice(True, "daily"),
    Kind.ISSUE_VERIFY: Choice(True, "daily"),
    Kind.ANCHOR_DETACHED: Choice(True, "daily"),
    Kind.CONVERSION: Choice(True, "off"),
    Kind.SESSION_INVITED: Choice(True, "at_once"),
    Kind.SESSION_MINUTES: Choice(True, "at_once"),
    Kind.WEBHOOK: Choice(True, "at_once"),
}


def choices_of(stored: Mapping[str, Any] | None) -> dict[Kind, Choice]:
    """A person's choices: what was stored over the defaults; odd values count as not stored."""
    found = dict(DEFAULTS)
    for kind in Kind:
        said = (stored or {}).get(kind.value)
        if isinstance(said, Mapping):
            email = said.get("email")
            found[kind] = Choice(
                bool(said.get("app", found[kind].app)),
                email if email in CADENCES else found[kind].email,
            )
    return found


def stored_choices(choices: Mapping[Kind, Choice]) -> dict[str, Any]:
    """Choices as JSON."""
    return {
        kind.value: {"app": choice.app, "email": choice.email} for kind, choice in choices.items()
    }


def tallied(before: Mapping[str, int], what: str) -> dict[str, int]:
    """The tally with one thing more, strongest first."""
    counts = dict(before)
    group = next((one for one in _INSTEAD if what in one), None)
    if group is None:
        counts[what] = counts.get(what, 0) + 1
    else:
        counts = {word: count for word, count in counts.items() if word not in group}
        counts[what] = 1
    return dict(sorted(counts.items(), key=lambda item: _RANKS[item[0]]))


def kind_of(tally: Mapping[str, int]) -> Kind:
    """What a row is of: the kind of the strongest thing in it."""
    return KIND_OF[min(tally, key=lambda what: _RANKS[what])]


def strongest(one: str, other: str) -> str:
    """The one of two that a person is told when both are true at once."""
    return min(one, other, key=lambda what: _RANKS[what])


def zone_of(name: str | None) -> tzinfo:
    """A time zone by its IANA name; UTC for none, and for one that this machine does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def require_zone(name: str) -> str:
    """The name of a time zone that is known here. raises: Invalid."""
    known = available_timezones()
    if not known:  # a slim machine: neither /usr/share/zoneinfo nor the package tzdata
        raise Invalid(
            "This server has no time zone data. An operator must install tzdata.",
            pointer="/time_zone",
        )
    if name not in known:
        raise Invalid(f"There is no time zone {name[:60]!r}.", pointer="/time_zone")
    return name


def last_digest_time(now: datetime, zone: tzinfo, *, weekly: bool) -> datetime:
    """When the newest digest was due: 08:00 local at or before now, of a Monday when weekly.

    Made of the local date and then turned into UTC, so a day of 23 or 25 hours moves nothing.
    """
    day = now.astimezone(zone).date()
    while True:
        due = _at(day, DIGEST_AT, zone)
        if due <= now and (not weekly or day.weekday() == 0):
            return due
        day -= timedelta(days=1)


def after_quiet(
    now: datetime, zone: tzinfo, quiet_from: str | None, quiet_until: str | None
) -> datetime:
    """Now, or the end of the quiet hours that now lies in.

    quiet_from, quiet_until: local times "22:00"; either None is no quiet hours. The time that a
    clock skips in spring counts as the one an hour later (PEP 495, fold=0).
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return now
    begin, end = clock_time(quiet_from), clock_time(quiet_until)
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    over_midnight = end < begin
    if not (clock >= begin or clock < end) if over_midnight else not begin <= clock < end:
        return now
    day = local.date()
    if over_midnight and clock >= begin:
        day += timedelta(days=1)
    return max(now, _at(day, end, zone))


def clock_time(text: str) -> time:
    """A time of day from "22:00". raises: Invalid."""
    try:
        hours, minutes = text.split(":")
        return time(int(hours), int(minutes))
    except ValueError as error:
        raise Invalid(f"{text[:20]!r} is no time of day like 22:00.") from error


def due_state(due: datetime | date, now: datetime, zone: tzinfo) -> str | None:
    """`due_soon` within a day before, `overdue` after it, else None.

    A date is over when the day is over where the person is; a moment is over when it is past.
    """
    if isinstance(due, datetime):
        if now > due:
            return "overdue"
        return "due_soon" if due - now <= DUE_SOON else None
    today = now.astimezone(zone).date()
    if today > due:
        return "overdue"
    return "due_soon" if due - today <= DUE_SOON else None


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
