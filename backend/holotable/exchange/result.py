"""What a review came to, as one value: the source of the report, of decisions.json and of the log.

Times are aware and UTC, lengths metres. Nothing here knows where it was stored.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from holotable.exchange.topics import Attached, Picture, Topic

FORMAT: Final = "holotable-decisions/1"


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """One revision as the review speaks of it."""

    id: UUID
    label: str
    lifecycle: str
    file_name: str
    source_sha256: str
    uploaded_at: datetime
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody in the review. standing: of approvers, as `approval.Standing` has it."""

    name: str
    seat: str
    must: bool
    standing: str


@dataclass(frozen=True, slots=True)
class Said:
    """One verdict. revision: its label; source_sha256: of the file that was judged."""

    name: str
    verdict: str
    text: str
    revision: str
    stale: bool
    signed: bool
    meaning: str
    source_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist on the present revision."""

    text: str
    ticked_by: str = ""
    ticked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of what changed one person has had in view; only of people who let it be kept."""

    name: str
    seen: int
    changed: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the audit trail; name is empty for what followed by itself."""

    at: datetime
    name: str
    kind: str
    revision: str
    before: str = ""
    after: str = ""
    reason: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # JSON of the kind's shape


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between the two revisions, as the comparison has it (compare.md).

    problem: why there is none. stops: of the change tour, the most important first.
    """

    problem: str = ""
    summary: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    stops: tuple[Mapping[str, Any], ...] = ()
    total: int = 0  # stops there are


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not there, and why. what: a file of the packet or a part of the report."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a review came to.

    rule: as `approval.Rule`, but with names. as_of: the last thing that happened.
    """

    project: str
    asset: str
    number: int
    title: str
    description: str
    due_on: date | None
    state: str
    closed_as: str
    closed_at: datetime | None
    asked_by: str
    asked_at: datetime
    as_of: datetime
    revision: RevisionFacts
    compared_to: RevisionFacts | None
    rule: Mapping[str, Any]
    approvals: int
    needed: int
    missing: tuple[str, ...]
    seats: tuple[Seated, ...]
    said: tuple[Said, ...]
    checklist: tuple[Line, ...]
    covered: tuple[Covered, ...]
    changes: Changes | None
    topics: tuple[Topic, ...]
    trail: tuple[Happened, ...]
    drawings: tuple[Attached, ...] = ()  # of the revision, and others that issues stand on
    thumbnail: Picture | None = None
    left_out: tuple[LeftOut, ...] = ()


def decisions(result: Result) -> dict[str, Any]:
    """decisions.json: all but pictures, changes and the trail, which have files of their own."""
    said = plain(result)
    for name in ("thumbnail", "changes", "trail", "topics"):
        said.pop(name)
    said["issues"] = [_issue(topic) for topic in result.topics]
    return {"format": FORMAT, **said}


def _issue(topic: Topic) -> dict[str, Any]:
    """An issue without its comments and views: those are in issues.bcfzip."""
    said: dict[str, Any] = plain(topic)
    said["remarks"] = len(topic.remarks)
    said["views"] = len(topic.views)
    said["files"] = [plain(one) for one in files_of(topic)]
    return said


def files_of(topic: Topic) -> list[Attached]:
    """The files beside an issue and its comments."""
    return [*topic.files, *(file for remark in topic.remarks for file in remark.files)]


def log_entries(result: Result) -> list[dict[str, Any]]:
    """The trail, to be chained."""
    return [plain(one) for one in result.trail]


def plain(value: Any) -> Any:
    """A value as JSON: members by their names, times as RFC 3339 in UTC, ids as text."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def moment(at: datetime) -> str:
    """2026-11-23T09:00:00.000000Z, always as long, so that texts sort as times do."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
