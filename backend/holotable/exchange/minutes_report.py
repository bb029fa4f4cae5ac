"""Minutes of a session as a report: drawn as HTML or PDF by its parts, or as Markdown here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from holotable.exchange.report import Block, Facts, Note, Report, Section, Shown, Table
from holotable.exchange.report_words import Language, Words
from holotable.exchange.topics import Picture

Json = Mapping[str, Any]  # review.minutes.document

_ENGLISH: Final = {
    "minutes": "Minutes", "draft": "Draft: not published yet.", "notes": "Notes",
    "published": "Published", "published_by": "{at} by {name}", "from": "From", "to": "To",
    "goes_on": "goes on", "duration": "Duration", "minutes_count": "{count} min",
    "revisions": "Revisions", "attendees": "Attendees", "device": "Device", "there": "There",
    "role": "Role", "agenda": "Agenda", "not_reached": "Not reached: {names}",
    "view": "View", "by": "By",
    "decisions": "Decisions", "decision": "Decision", "agreed": "Agreed",
    "agreed_by": "{count}: {names}", "against": "against: {names}",
    "measurements": "Measurements", "value": "Value", "questions": "Questions",
    "question": "Question", "links": "Links", "link": "Address", "nothing": "Nobody was there.",
    "comments": "Comments on the draft", "comment": "Comment", "answer": "Answer",
    "open": "open", "carried": "from {title}", "next": "Next session",
    "version": "Version", "corrects": "{number}; it corrects: {text}",
    "recordings": "Recordings", "what": "What", "replay": "Times lead to the recording.",
    "what.opened": "opened", "what.changed": "changed", "what.closed": "closed",
    "role.owner": "owner", "role.editor": "editor", "role.reviewer": "reviewer",
    "role.viewer": "viewer", "role.guest_live": "guest", "role.guest_view": "guest",
    "role.spectator": "spectator",
    "device.desktop": "computer", "device.tablet": "tablet", "device.phone": "phone",
    "device.headset": "headset",
}  # fmt: skip
_GERMAN: Final = {
    "minutes": "Protokoll", "draft": "Entwurf: noch nicht veröffentlicht.", "notes": "Notizen",
    "published": "Veröffentlicht", "published_by": "{at} von {name}", "from": "Von", "to": "Bis",
    "goes_on": "läuft", "duration": "Dauer", "minutes_count": "{count} min",
    "revisions": "Revisionen", "attendees": "Anwesende", "device": "Gerät", "there": "Anwesend",
    "role": "Rolle", "agenda": "Agenda", "not_reached": "Nicht erreicht: {names}",
    "view": "Ansicht", "by": "Von",
    "decisions": "Beschlüsse", "decision": "Beschluss", "agreed": "Zustimmung",
    "agreed_by": "{count}: {names}", "against": "dagegen: {names}",
    "measurements": "Messungen", "value": "Wert", "questions": "Fragen",
    "question": "Frage", "links": "Verweise", "link": "Adresse", "nothing": "Niemand war da.",
    "comments": "Anmerkungen zum Entwurf", "comment": "Anmerkung", "answer": "Antwort",
    "open": "offen", "carried": "aus {title}", "next": "Nächste Sitzung",
    "version": "Fassung", "corrects": "{number}; sie berichtigt: {text}",
    "recordings": "Aufzeichnungen", "what": "Was", "replay": "Zeiten führen zur Aufzeichnung.",
    "what.opened": "eröffnet", "what.changed": "geändert", "what.closed": "geschlossen",
    "role.owner": "Eigentümer", "role.editor": "Bearbeitend", "role.reviewer": "Prüfend",
    "role.viewer": "Lesend", "role.guest_live": "Gast", "role.guest_view": "Gast",
    "role.spectator": "Zuschauend",
    "device.desktop": "Rechner", "device.tablet": "Tablet", "device.phone": "Telefon",
    "device.headset": "Headset",
}  # fmt: skip
_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {"en": _ENGLISH, "de": _GERMAN}


class MinutesWords(Words):
    """Words of reports, and those of minutes. Times have seconds: a line is a moment."""

    def __init__(self, language: Language, zone: ZoneInfo | None = None) -> None:
        super().__init__(language, zone)
        self._texts = {**self._texts, **_TEXTS[language]}

    def second(self, at: str) -> str:
        """09:00:05 UTC (10:00:05 CET)."""
        moment = datetime.fromisoformat(at)
        text = moment.strftime("%H:%M:%S UTC")
        if self.zone is None:
            return text
        return f"{text} ({moment.astimezone(self.zone).strftime('%H:%M:%S %Z')})"


def compose(
    said: Json, words: MinutesWords, *, notes: str, published: tuple[datetime, str] | None,
    origin: str, pictures: Mapping[str, Picture] = MappingProxyType({}), version: int = 1,
    correction: str = "",
) -> Report:  # fmt: skip
    """Lay minutes out.

    published: when and by whom; None: a draft. origin: of the server, for links to the recording.
    pictures: of saved views, by their sha256. correction: what a later version corrects.
    """
    laid = _Lay(said, words, origin, pictures, version, correction)
    sections = (
        Section("", tuple(laid.head(published))),
        Section(words("notes"), (Note(notes),) if notes.strip() else ()),
        Section(words("attendees"), tuple(laid.attendees())),
        Section(words("decisions"), tuple(laid.decisions())),
        Section(words("questions"), tuple(laid.questions())),
        Section(words("issues"), tuple(laid.issues())),
        Section(words("agenda"), tuple(laid.agenda())),
        Section(words("measurements"), tuple(laid.measurements())),
        Section(words("verdicts"), tuple(laid.verdicts())),
        Section(words("links"), tuple(laid.links())),
        Section(words("next"), tuple(laid.next())),
        Section(words("comments"), tuple(laid.comments())),
    )
    return Report(
        title=f"{words('minutes')}: {said['title']}",
        subtitle=f"{said['asset']} · {words('revisions')} {', '.join(said['revisions'])}",
        sections=tuple(one for one in sections if one.blocks),
    )


def replay_path(session_id: str, line: Json) -> str:
    """The page that plays the second of a line, from the root; "" when it was not recorded."""
    if line["recording_id"] is None:
        return ""
    return f"/live/{session_id}/replay?r={line['recording_id']}&t={line['second']:g}"


class _Lay:
    def __init__(
        self, said: Json, words: MinutesWords, origin: str, pictures: Mapping[str, Picture],
        version: int, correction: str,
    ) -> None:  # fmt: skip
        self._said, self._words, self._origin = said, words, origin
        self._pictures, self._version, self._correction = pictures, version, correction

    def head(self, published: tuple[datetime, str] | None) -> Iterator[Block]:
        said, words = self._said, self._words
        began = datetime.fromisoformat(said["started_at"])
        rows = [(words("project"), said["project"]), (words("from"), words.moment(began))]
        if said["ended_at"] is None:
            rows.append((words("to"), words("goes_on")))
        else:
            ended = datetime.fromisoformat(said["ended_at"])
            minutes = round((ended - began).total_seconds() / 60)
            rows.append((words("to"), words.moment(ended)))
            rows.append((words("duration"), words("minutes_count", count=minutes)))
        if self._version > 1:
            text = words("corrects", number=self._version, text=self._correction)
            rows.append((words("version"), text))
        if published is not None:
            at, name = published
            text = words("published_by", at=words.moment(at), name=name)
            rows.append((words("published"), text))
        yield Facts(rows)
        if published is None:
            yield Note(words("draft"), strong=True)
        zone = words.zone
        yield Note(words("times_utc") if zone is None else words("times_zone", zone=zone.key))
        if said["recordings"]:
            yield Note(words("replay"))

    def attendees(self) -> Iterator[Block]:
        words = self._words
        rows = [
            (
                one["name"],
                words.known("role", one["role"]),
                words.known("device", one["device"]),
                "\n".join(self._visit(visit) for visit in one["visits"]),
            )
            for one in self._said["attendees"]
        ]
        if not rows:
            yield Note(words("nothing"))
            return
        head = (words("name"), words("role"), words("device"), words("there"))
        yield Table(head, rows, (0.25, 0.15, 0.15, 0.45))

    def decisions(self) -> Iterator[Block]:
        words = self._words
        head = (words("when"), "", words("decision"), words("by"), words("agreed"))
        yield from self._table(
            "decisions", head, (0.2, 0.05, 0.4, 0.12, 0.23),
            lambda one: (f"{one['number']}.", one["text"], one["by"], self._votes(one)),
        )  # fmt: skip

    def questions(self) -> Iterator[Block]:
        words = self._words
        head = (words("when"), "", words("question"), words("by"), words("answer"))
        yield from self._table(
            "questions", head, (0.2, 0.05, 0.35, 0.15, 0.25),
            lambda one: (f"{one['number']}.", one["text"], one["by"], self._answer(one)),
        )  # fmt: skip

    def next(self) -> Iterator[Block]:
        words, after = self._words, self._said["next"]
        if after is not None:
            at = "" if after["at"] is None else words.moment(datetime.fromisoformat(after["at"]))
            yield Facts(
                [row for row in ((words("when"), at), (words("link"), after["link"])) if row[1]]
            )

    def comments(self) -> Iterator[Block]:
        words = self._words
        rows = [(words.second(one["at"]), one["text"], one["by"]) for one in self._said["comments"]]
        if rows:
            yield Table((words("when"), words("comment"), words("by")), rows, (0.2, 0.6, 0.2))

    def issues(self) -> Iterator[Block]:
        words = self._words
        head = (words("when"), words("issue"), words("title"), words("what"), words("status"),
                words("assignee"), words("due"))  # fmt: skip
        yield from self._table(
            "issues", head, (0.2, 0.07, 0.31, 0.1, 0.1, 0.12, 0.1),
            lambda one: (
                f"#{one['number']}", one["title"], words.known("what", one["what"]),
                one["status"], one["assignee"], one["due_on"],
            ),
        )  # fmt: skip

    def agenda(self) -> Iterator[Block]:
        words = self._words
        yield from self._table(
            "agenda", (words("when"), words("view"), words("by")), (0.2, 0.6, 0.2),
            lambda one: (one["name"], one["by"]),
        )  # fmt: skip
        left = [one["name"] for one in self._said.get("not_reached", ())]
        if left:
            yield Note(words("not_reached", names=", ".join(left)))
        shown: set[str] = set()
        for one in self._said["agenda"]:
            sha256 = one.get("picture") or ""  # minutes of before have none of followed agendas
            picture = self._pictures.get(sha256)
            if picture is not None and sha256 not in shown:
                shown.add(sha256)
                yield Shown(picture, one["name"])

    def measurements(self) -> Iterator[Block]:
        words = self._words
        yield from self._table(
            "measurements", (words("when"), words("name"), words("value"), words("by")),
            (0.2, 0.4, 0.2, 0.2),
            lambda one: (one["name"] or one["kind"], self._value(one), one["by"]),
        )  # fmt: skip

    def verdicts(self) -> Iterator[Block]:
        words = self._words
        head = (words("when"), words("name"), words("verdict"), words("given_on"), words("text"))
        yield from self._table(
            "verdicts", head, (0.2, 0.18, 0.2, 0.1, 0.32),
            lambda one: (
                one["by"], words.known("verdict", one["verdict"]), one["revision"], one["text"]
            ),
        )  # fmt: skip

    def links(self) -> Iterator[Block]:
        words = self._words
        yield from self._table(
            "links", (words("when"), words("link"), words("by")), (0.2, 0.6, 0.2),
            lambda one: (one["url"], one["by"]),
        )  # fmt: skip

    def _table(
        self, name: str, head: Sequence[str], wide: Sequence[float], cells: Any
    ) -> Iterator[Block]:
        lines = self._said[name]
        if lines:
            rows = [(self._when(one), *cells(one)) for one in lines]
            paths = [replay_path(self._said["session_id"], one) for one in lines]
            yield Table(head, rows, wide, [path and self._origin + path for path in paths])

    def _when(self, one: Json) -> str:
        if one["at"] is not None:
            return self._words.second(one["at"])
        return self._words("carried", title=one["carried_from"]["title"])

    def _answer(self, one: Json) -> str:
        answer = one["answer"]
        return self._words("open") if answer is None else f"{answer['text']} ({answer['by']})"

    def _visit(self, visit: Json) -> str:
        words = self._words
        left = visit["left_at"]
        until = words("goes_on") if left is None else words.second(left)
        return f"{words.second(visit['joined_at'])} \u2013 {until}"

    def _votes(self, one: Json) -> str:
        words = self._words
        names = ", ".join(one["agreed"])
        said = words("agreed_by", count=len(one["agreed"]), names=names) if names else "0"
        if one["disagreed"]:
            said += f"; {words('against', names=', '.join(one['disagreed']))}"
        return said

    def _value(self, one: Json) -> str:
        if one["value"] is None:
            return ""
        value = self._words.decimal(f"{one['value']:.6g}")
        return f"{value} {one['unit']}".strip()


def markdown(report: Report) -> bytes:
    """A report as Markdown (CommonMark with GitHub's tables), UTF-8. What people wrote is text."""
    text = "\n".join(_markdown(report))
    return (re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n").encode("utf-8", "replace")


_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]>#|~]|^[-+]|(?<=^\d)[.)](?=\s|$))")


def _plain(text: str) -> str:
    """Text in which nothing is markup, on one line."""
    lines = [
        _SPECIAL.sub(r"\\\1", line.strip()).replace("&", "&amp;").replace("<", "&lt;")
        for line in text.splitlines()
    ]
    return "<br>".join(lines)


def _markdown(report: Report) -> Iterator[str]:
    yield f"# {_plain(report.title)}"
    yield ""
    yield _plain(report.subtitle)
    for section in report.sections:
        yield ""
        if section.title:
            yield f"## {_plain(section.title)}"
            yield ""
        for block in section.blocks:
            yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Facts(rows):
            for name, value in rows:
                yield f"- {_plain(name)}: {_plain(value)}"
            yield ""
        case Table(head, rows):
            yield f"| {' | '.join(_plain(cell) for cell in head)} |"
            yield f"|{'---|' * len(head)}"
            for number, row in enumerate(rows):
                cells = [_plain(cell) for cell in row]
                if block.link(number):
                    cells[0] = f"[{cells[0]}](<{block.link(number)}>)"
                yield f"| {' | '.join(cells)} |"
        case Note(text, strong):
            for line in text.splitlines():
                plain = _plain(line)
                yield f"**{plain}**" if strong and plain else plain
                yield ""
        case _:
            return  # a picture has no place in a text
