"""The minutes of a session, made from what was stored of it: the same facts, the same minutes.

Decisions are lines of chat that begin with `/decide`, numbered from 1; `/agree`, `/agree 2` or a
thumb up agrees with the newest or with that one, `/agree @41` with the one that is line 41 of the
log (a page may not know the first ones), `/disagree` is the opposite. Each person counts
once, the last word counts. `/q` asks a question, numbered from 1 after those that the session
before left open; `/answer 2 TEXT` answers that one, `/answer TEXT` the newest. Times are UTC.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from holotable.review.minutes_agenda import AGENDA, AGENDA_AT, Step, not_reached, stays

FORMAT: Final = "holotable-minutes/1"
MAX_LINES: Final = 2_000  # of one list
MAX_NOTES_CHARACTERS: Final = 20_000
_COMMAND: Final = re.compile(
    r"/(decide|agree|disagree|q|answer)\b[ \t]*(.*)", re.IGNORECASE | re.DOTALL
)
_ANSWER: Final = re.compile(r"(?:#?(\d{1,6})[.:]?\s+)?(.*)", re.DOTALL)
_NUMBER: Final = re.compile(r"#?(\d{1,6})\.?")
_LINE: Final = re.compile(r"@(\d{1,12})")
_LINK: Final = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}]")
_THUMBS: Final = re.compile("^\N{THUMBS UP SIGN}[\U0001f3fb-\U0001f3ff]?$")

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attended:
    """Somebody was there with one device. left_at: None while they are there."""

    principal_id: str
    name: str
    role: str
    device: str
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Noted:
    """One stored operation of the session: a line of chat, or a value of shared state."""

    seq: int
    at: datetime
    principal_id: str
    name: str
    kind: str  # chat | set
    key: str
    value: Any  # JSON


@dataclass(frozen=True, slots=True)
class Touched:
    """Something happened to an issue. closes: it counts as done with it."""

    number: int
    title: str
    at: datetime
    name: str
    kind: str  # of the issue's history
    field: str
    after: str  # a status, a name, a date; "" where words say nothing
    closes: bool
    status: str  # when the minutes were made
    assignee: str
    due_on: str  # ISO date, or ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict that somebody gave."""

    at: datetime
    name: str
    verdict: str
    revision: str
    text: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stretch that was recorded; ended_at: None while it goes on."""

    id: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Open:
    """A question that the session before this one left open."""

    session_id: str
    title: str  # of that session
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Remarked:
    """What somebody said to the draft."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """Everything that minutes are made from."""

    session_id: str
    title: str
    project: str
    asset: str
    revisions: Sequence[str]  # labels of those that were on the table
    started_at: datetime
    ended_at: datetime | None
    attended: Sequence[Attended]
    noted: Sequence[Noted]  # ascending
    touched: Sequence[Touched]
    judged: Sequence[Judged]
    recorded: Sequence[Recorded]
    open: Sequence[Open] = ()  # from the session before
    remarked: Sequence[Remarked] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)  # saved view -> sha256 of its picture
    next_at: datetime | None = None
    next_link: str = ""


def document(meeting: Meeting) -> Json:
    """The minutes as JSON: `holotable-minutes/1`, docs/formats/minutes.md."""
    chat = [one for one in meeting.noted if one.kind == "chat"]
    lines = _Lines(meeting)
    return {
        "format": FORMAT,
        "session_id": meeting.session_id,
        "title": meeting.title,
        "project": meeting.project,
        "asset": meeting.asset,
        "revisions": list(meeting.revisions),
        "started_at": moment(meeting.started_at),
        "ended_at": None if meeting.ended_at is None else moment(meeting.ended_at),
        "attendees": _attendees(meeting.attended),
        "agenda": _followed(meeting, lines) or _agenda(meeting.noted, meeting.pictures, lines),
        "not_reached": [
            {"name": item.title, "view_id": item.view_id, "issue": item.issue,
             "review_id": item.review_id, "minutes": item.minutes,
             "picture": meeting.pictures.get(str(item.view_id))}
            for item in not_reached(_steps(meeting))
        ],
        "decisions": _decisions(chat, lines),
        "issues": _issues(meeting.touched, lines),
        "measurements": _measurements(meeting.noted, lines),
        "verdicts": _verdicts(meeting.judged, lines),
        "questions": _questions(chat, meeting.open, lines),
        "links": _links(chat, lines),
        "recordings": [
            {
                "id": one.id,
                "started_at": moment(one.started_at),
                "ended_at": None if one.ended_at is None else moment(one.ended_at),
            }
            for one in sorted(meeting.recorded, key=lambda one: (one.started_at, one.id))
        ],
        "comments": [
            {"at": moment(one.at), "by": one.name, "text": one.text}
            for one in sorted(meeting.remarked, key=lambda one: (one.at, one.name))
        ][:MAX_LINES],
        "next": _next(meeting),
    }  # fmt: skip


def still_open(said: Json) -> list[Open]:
    """Questions that minutes leave open, as the next session takes them over."""
    return [
        Open(said["session_id"], said["title"], one["text"], one["by"])
        for one in said["questions"]
        if one["answer"] is None
    ]


def _next(meeting: Meeting) -> Json | None:
    if meeting.next_at is None and not meeting.next_link:
        return None
    at = None if meeting.next_at is None else moment(meeting.next_at)
    return {"at": at, "link": meeting.next_link}


def moment(at: datetime) -> str:
    """A time in minutes: RFC 3339, UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Lines:
    """Where a line leads: to a second of a recording, or to its time alone."""

    def __init__(self, meeting: Meeting) -> None:
        self._recorded = meeting.recorded

    def line(self, at: datetime, seq: int | None = None) -> Json:
        """What every line says beside its own."""
        for one in self._recorded:
            if one.started_at <= at and (one.ended_at is None or at <= one.ended_at):
                second = round((at - one.started_at).total_seconds(), 3)
                return {"at": moment(at), "seq": seq, "recording_id": one.id, "second": second}
        return {"at": moment(at), "seq": seq, "recording_id": None, "second": None}


def _attendees(attended: Iterable[Attended]) -> list[Json]:
    """Each person once for each device, in the order of coming."""
    found: dict[tuple[str, str], Json] = {}
    for one in sorted(attended, key=lambda one: (one.joined_at, one.name, one.device)):
        row = found.setdefault(
            (one.principal_id, one.device),
            {"principal_id": one.principal_id, "device": one.device, "visits": []},
        )
        row["name"], row["role"] = one.name, one.role  # as they were last
        left = None if one.left_at is None else moment(one.left_at)
        row["visits"].append({"joined_at": moment(one.joined_at), "left_at": left})
    return list(found.values())[:MAX_LINES]


def _followed(meeting: Meeting, lines: _Lines) -> list[Json]:
    """The agenda of the session, each stay at an item with its end; empty when there was none."""
    return [
        {
            **lines.line(stay.at, stay.seq), "name": stay.title, "view_id": stay.view_id,
            "picture": meeting.pictures.get(str(stay.view_id)), "issue": stay.issue,
            "review_id": stay.review_id, "minutes": stay.minutes,
            "by": stay.by, "until": None if stay.until is None else moment(stay.until),
            "seconds": None if stay.until is None
            else round((stay.until - stay.at).total_seconds(), 3),
        }
        for stay in stays(_steps(meeting), meeting.ended_at)
    ][:MAX_LINES]  # fmt: skip


def _steps(meeting: Meeting) -> list[Step]:
    return [
        Step(one.seq, one.at, one.name, one.key, one.value)
        for one in meeting.noted
        if one.kind == "set" and one.key in (AGENDA, AGENDA_AT)
    ]


def _agenda(noted: Iterable[Noted], pictures: Mapping[str, str], lines: _Lines) -> list[Json]:
    """Saved views that everybody was shown, one after the other."""
    found: list[Json] = []
    for one in noted:
        if one.kind != "set" or one.key != "view" or not isinstance(one.value, dict):
            continue
        name, view_id = str(one.value.get("name", "")), one.value.get("id")
        if found and (found[-1]["name"], found[-1]["view_id"]) == (name, view_id):
            continue
        found.append({**lines.line(one.at, one.seq), "name": name, "view_id": view_id,
                      "picture": pictures.get(str(view_id)), "by": one.name})  # fmt: skip
    return found[:MAX_LINES]


def command_of(text: str) -> tuple[str, str] | None:
    """(word, rest) of a line of chat that says something to the minutes; else None."""
    text = text.strip()
    if _THUMBS.match(text):
        return "agree", ""
    found = _COMMAND.fullmatch(text)
    return None if found is None else (found[1].lower(), found[2].strip())


def _decisions(chat: Iterable[Noted], lines: _Lines) -> list[Json]:
    found: list[Json] = []
    votes: list[dict[str, tuple[str, bool]]] = []  # principal -> name, agrees
    for one in chat:
        said = command_of(_text(one))
        if said is None:
            continue
        word, rest = said
        if word == "decide" and rest:
            found.append(
                {**lines.line(one.at, one.seq), "number": len(found) + 1, "text": rest,
                 "by": one.name}
            )  # fmt: skip
            votes.append({})
        elif word in ("agree", "disagree"):
            which = _meant(rest, found)
            if which is not None:
                voted = votes[which]
                voted.pop(one.principal_id, None)  # the last word counts, in its order
                voted[one.principal_id] = (one.name, word == "agree")
    for decision, voted in zip(found, votes, strict=True):
        decision["agreed"] = [name for name, agrees in voted.values() if agrees]
        decision["disagreed"] = [name for name, agrees in voted.values() if not agrees]
    return found[:MAX_LINES]


def _meant(rest: str, decisions: Sequence[Json]) -> int | None:
    """Which decision is agreed with; None: none that there is."""
    if not rest:
        return len(decisions) - 1 if decisions else None
    for pattern, name in ((_NUMBER, "number"), (_LINE, "seq")):
        said = pattern.fullmatch(rest)
        if said is not None:
            wanted = int(said[1])
            return next((n for n, one in enumerate(decisions) if one[name] == wanted), None)
    return None


def _questions(chat: Iterable[Noted], carried: Iterable[Open], lines: _Lines) -> list[Json]:
    """Those taken over first, then this session's; each with its last answer."""
    nowhere: Json = {"at": None, "seq": None, "recording_id": None, "second": None}
    found: list[Json] = [
        {**nowhere, "number": number, "text": one.text, "by": one.by,
         "carried_from": {"session_id": one.session_id, "title": one.title}}
        for number, one in enumerate(carried, 1)
    ]  # fmt: skip
    answers: dict[int, Json] = {}  # index -> the last one
    for one in chat:
        word, rest = command_of(_text(one)) or ("", "")
        if word == "q" and rest:
            found.append(
                {**lines.line(one.at, one.seq), "number": len(found) + 1, "text": rest,
                 "by": one.name, "carried_from": None}
            )  # fmt: skip
        elif word == "answer" and found:
            said = _ANSWER.fullmatch(rest)
            assert said is not None, "it matches anything"
            which = len(found) - 1 if said[1] is None else int(said[1]) - 1
            if 0 <= which < len(found) and said[2].strip():
                answers[which] = {**lines.line(one.at, one.seq), "text": said[2].strip(),
                                  "by": one.name}  # fmt: skip
    return [one | {"answer": answers.get(at)} for at, one in enumerate(found)][:MAX_LINES]


def _links(chat: Iterable[Noted], lines: _Lines) -> list[Json]:
    """Each address once, as it was said first."""
    found: dict[str, Json] = {}
    for one in chat:
        for url in _LINK.findall(_text(one)):
            found.setdefault(url, {**lines.line(one.at, one.seq), "url": url, "by": one.name})
    return list(found.values())[:MAX_LINES]


def _issues(touched: Iterable[Touched], lines: _Lines) -> list[Json]:
    """Each issue once, at the moment it was touched first, with all that happened to it."""
    found: dict[int, Json] = {}
    for one in sorted(touched, key=lambda one: one.at):
        row = found.setdefault(
            one.number,
            {
                **lines.line(one.at), "number": one.number, "title": one.title, "what": "changed",
                "status": one.status, "assignee": one.assignee, "due_on": one.due_on,
                "happened": [],
            },
        )  # fmt: skip
        row["happened"].append(
            {**lines.line(one.at), "kind": one.kind, "field": one.field, "after": one.after,
             "by": one.name}
        )  # fmt: skip
        if one.kind == "created":
            row["what"] = "opened"
        if one.closes:
            row["what"] = "closed"
        elif one.field == "status" and row["what"] == "closed":
            row["what"] = "changed"  # opened again
    return list(found.values())[:MAX_LINES]


def _measurements(noted: Iterable[Noted], lines: _Lines) -> list[Json]:
    """Those that were left standing, whatever they hold: a name, a value, its unit."""
    found: dict[str, Json] = {}
    for one in noted:
        if one.kind == "clear":
            found = {key: row for key, row in found.items() if not key.startswith(one.key)}
        if one.kind != "set" or not one.key.startswith("measurement/"):
            continue
        if not isinstance(one.value, dict):
            found.pop(one.key, None)
            continue
        value: Mapping[str, Any] = one.value
        number = value.get("value")
        first = found.get(one.key) or lines.line(one.at, one.seq) | {"by": one.name}
        found[one.key] = {
            **{name: first[name] for name in ("at", "seq", "recording_id", "second", "by")},
            "name": next((str(value[k]) for k in ("name", "label", "text") if value.get(k)), ""),
            "kind": str(value.get("kind", "")),
            "value": number if isinstance(number, int | float) else None,
            "unit": str(value.get("unit", "")),
        }
    return list(found.values())[:MAX_LINES]


def _verdicts(judged: Iterable[Judged], lines: _Lines) -> list[Json]:
    return [
        {**lines.line(one.at), "by": one.name, "verdict": one.verdict, "revision": one.revision,
         "text": one.text}
        for one in sorted(judged, key=lambda one: (one.at, one.name))
    ][:MAX_LINES]  # fmt: skip


def _text(one: Noted) -> str:
    return str(one.value.get("text", "")) if isinstance(one.value, dict) else ""
