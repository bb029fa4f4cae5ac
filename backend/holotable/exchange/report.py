"""A review's result as a report: headings, facts, tables and pictures, drawn as HTML or as PDF.

The same result, language and zone make the same report.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from holotable.exchange.report_words import Words
from holotable.exchange.result import Result, RevisionFacts, Said, files_of
from holotable.exchange.topics import Picture, Topic

MAX_STOPS: Final = 50  # kinds of change that are listed
MAX_ISSUES: Final = 500
MAX_TRAIL: Final = 2_000
MAX_PICTURES: Final = 100  # snapshots of issues


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one below the other."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head. wide: shares of the width. links: of the first cells; "" for none."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    wide: Sequence[float]
    links: Sequence[str] = ()

    def link(self, row: int) -> str:
        """The address that the first cell of a row leads to; "" for none."""
        return self.links[row] if row < len(self.links) else ""


@dataclass(frozen=True, slots=True)
class Note:
    """A line of text. strong: it must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with what it shows. height: of the page, as a share."""

    picture: Picture
    caption: str
    height: float = 0.25


Block: TypeAlias = Facts | Table | Note | Shown


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading."""

    title: str
    blocks: Sequence[Block] = field(default=())


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def compose(result: Result, words: Words) -> Report:
    """Lay a result out."""
    sections = (
        Section("", tuple(_head(result, words))),
        Section(words("people"), tuple(_people(result, words))),
        Section(words("verdicts"), tuple(_verdicts(result, words))),
        Section(words("checklist"), tuple(_checklist(result, words))),
        Section(words("coverage"), tuple(_coverage(result, words))),
        Section(words("changes"), tuple(_changes(result, words))),
        Section(words("issues"), tuple(_issues(result, words))),
        Section(words("trail"), tuple(_trail(result, words))),
        Section(words("left_out"), tuple(_left_out(result, words))),
    )
    return Report(
        title=f"{words('review')} #{result.number}: {result.title}",
        subtitle=f"{result.asset} · {words('revision')} {result.revision.label}",
        sections=tuple(one for one in sections if one.blocks),
    )


def _head(result: Result, words: Words) -> Iterator[Block]:
    state = words.known("state", result.state)
    if result.closed_as:
        state += f" ({words.known('closed', result.closed_as)})"
    count = words("approvals", count=result.approvals, needed=result.needed)
    if result.missing:
        count += f"; {words('missing', names=', '.join(result.missing))}"
    rows = [
        (words("state"), f"{state}; {count}"),
        (words("project"), result.project),
        (words("asset"), result.asset),
        (words("revision"), _revision(result.revision, words)),
    ]
    if result.compared_to is not None:
        rows.append((words("compared_to"), _revision(result.compared_to, words)))
    rows.append((words("rule"), _rule(result.rule, words)))
    if result.due_on is not None:
        rows.append((words("due"), words.day(result.due_on)))
    rows.append((words("asked"), f"{result.asked_by}, {words.moment(result.asked_at)}"))
    if result.closed_at is not None:
        rows.append((words("closed"), words.moment(result.closed_at)))
    rows.append((words("as_of"), words.moment(result.as_of)))
    yield Facts(rows)
    zone = words.zone
    yield Note(words("times_utc") if zone is None else words("times_zone", zone=zone.key))
    if result.thumbnail is not None:
        caption = f"{result.asset}, {words('revision')} {result.revision.label}"
        yield Shown(result.thumbnail, caption, height=0.3)
    if result.description:
        yield Note(result.description)


def _revision(revision: RevisionFacts, words: Words) -> str:
    stands = words.known("lifecycle", revision.lifecycle)
    return f"{revision.label} ({stands}), {revision.file_name}, SHA-256 {revision.source_sha256}"


def _rule(rule: Mapping[str, Any], words: Words) -> str:
    said = words("all") if rule.get("kind") == "all" else words("count", count=rule.get("count"))
    names = rule.get("must") or ()
    if names:
        said += f", {words('must_rule', names=', '.join(str(one) for one in names))}"
    extra = [words(key) for key, holds in
             (("with_signature", rule.get("signature")), ("own_work", rule.get("own_work")))
             if holds]  # fmt: skip
    return ", ".join([said, *extra])


def _people(result: Result, words: Words) -> Iterator[Block]:
    rows = []
    for one in result.seats:
        role = words.known("seat", one.seat) + (f", {words('must')}" if one.must else "")
        standing = words.known("standing", one.standing) if one.standing else ""
        rows.append((_name(one.name, words), role, standing))
    if rows:
        head = (words("name"), words("part_in_it"), words("standing"))
        yield Table(head, rows, (0.4, 0.35, 0.25))


def _verdicts(result: Result, words: Words) -> Iterator[Block]:
    if not result.said:
        yield Note(words("no_verdicts"))
        return
    head = (words("when"), words("name"), words("verdict"), words("text"))
    rows = [
        (words.moment(one.at), _name(one.name, words), _verdict(one, words), one.text)
        for one in result.said
    ]
    yield Table(head, rows, (0.2, 0.18, 0.34, 0.28))


def _verdict(one: Said, words: Words) -> str:
    said = [
        f"{words.known('verdict', one.verdict)}. {words('given_on')} {one.revision}",
        words("signed", meaning=one.meaning) if one.signed else words("unsigned"),
    ]
    if one.stale:
        said.append(words("stale", label=one.revision))
    return "; ".join(said)


def _checklist(result: Result, words: Words) -> Iterator[Block]:
    rows = []
    for line in result.checklist:
        ticked = words("not_ticked")
        if line.ticked_at is not None:
            ticked = f"☑ {_name(line.ticked_by, words)}, {words.moment(line.ticked_at)}"
        rows.append((line.text, ticked))
    if rows:
        yield Table((words("line"), words("ticked")), rows, (0.6, 0.4))


def _coverage(result: Result, words: Words) -> Iterator[Block]:
    if result.covered:
        rows = [(_name(one.name, words), f"{one.seen} / {one.changed}") for one in result.covered]
        yield Table((words("name"), words("seen")), rows, (0.6, 0.4))
        yield Note(words("coverage_note"))


def _changes(result: Result, words: Words) -> Iterator[Block]:
    changes = result.changes
    if changes is None:
        yield Note(words("not_compared"))
        return
    if changes.problem:
        yield Note(words("compare_failed", why=changes.problem), strong=True)
        return
    counts = changes.summary.get("counts") or {}
    said = [
        f"{counts[kind]} {words.known('kind', kind)}"
        for kind in ("added", "removed", "moved", "shape", "appearance", "properties")
        if counts.get(kind)
    ]
    yield Note(", ".join(said) or words("no_changes"))
    remarks = [words.remark(one) for one in changes.summary.get("remarks") or ()]
    if remarks:
        yield Note("; ".join(remarks))
    listed = changes.stops[:MAX_STOPS]
    if listed:
        rows = [
            (
                _name(str(stop.get("name", "")), words)
                + (f" \u00d7{stop['count']}" if stop.get("count", 1) > 1 else ""),
                words.known("kind", str(stop.get("kind", ""))),
                words.stop(stop),
            )
            for stop in listed
        ]
        yield Table((words("name"), words("type"), words("text")), rows, (0.35, 0.15, 0.5))
    if changes.total > len(listed):
        yield Note(words("more_changes", shown=len(listed), total=changes.total))


def _issues(result: Result, words: Words) -> Iterator[Block]:
    yield from _files(result, words)
    if not result.topics:
        yield Note(words("no_issues"))
        return
    states: dict[str, int] = {}
    for topic in result.topics:
        states[topic.status] = states.get(topic.status, 0) + 1
    yield Note(
        ", ".join(words("issues_count", count=count, status=name) for name, count in states.items())
    )
    head = (words("issue"), words("title"), words("status"), words("place"), words("assignee"))
    yield Table(
        head,
        [_issue(topic, words) for topic in result.topics[:MAX_ISSUES]],
        (0.1, 0.36, 0.2, 0.2, 0.14),
    )
    left = MAX_PICTURES
    for topic in result.topics[:MAX_ISSUES]:
        seen = next((view.snapshot for view in topic.views if view.snapshot is not None), None)
        if seen is not None and left:
            left -= 1
            yield Shown(seen, f"#{topic.number} {topic.title}")


def _files(result: Result, words: Words) -> Iterator[Block]:
    """Which drawings there are, and how much lies beside the issues."""
    beside = [file for topic in result.topics for file in files_of(topic)]
    if not beside and not result.drawings:
        return
    size = words.decimal(f"{sum(one.bytes for one in beside) / 2**20:.1f}")
    names = ", ".join(f"{one.name} ({one.revision})" for one in result.drawings)
    yield Note(
        words("files_note", drawings=names or words("no_drawings"), count=len(beside), size=size)
    )


def _issue(topic: Topic, words: Words) -> Sequence[str]:
    title = topic.title
    counted = [words("comments", count=len(topic.remarks))] if topic.remarks else []
    files = files_of(topic)
    counted += [words("files_count", count=len(files))] if files else []
    if counted:
        title += f" ({', '.join(counted)})"
    status = topic.status + (f", {words('blocking')}" if topic.blocking else "")
    places = [words.known("anchor", topic.anchor)] if topic.anchor else []
    if topic.drawing:
        places.append(words("on_sheet", name=topic.drawing, sheet=topic.sheet))
    return (f"#{topic.number}", title, status, ", ".join(places), topic.assignee)


def _trail(result: Result, words: Words) -> Iterator[Block]:
    rows = []
    for one in [one for one in result.trail if not one.kind.startswith("issue.")][-MAX_TRAIL:]:
        group = "verdict" if one.kind == "verdict" else "lifecycle"
        known = words.known("event", one.kind)
        values = {"before": words.known(group, one.before), "after": words.known(group, one.after)}
        said = {name: str(value) for name, value in one.facts.items() if isinstance(value, str)}
        for name, value in {**said, **values}.items():
            known = known.replace(f"{{{name}}}", value)
        event = known + (f": {one.reason}" if one.reason else "")
        who = one.name or words("nobody")
        rows.append((words.moment(one.at), who, one.revision, event))
    if rows:
        head = (words("when"), words("who"), words("revision"), words("event"))
        yield Table(head, rows, (0.25, 0.2, 0.1, 0.45))


def _left_out(result: Result, words: Words) -> Iterator[Block]:
    if result.left_out:
        rows = [(one.what, one.why) for one in result.left_out]
        yield Table((words("name"), words("text")), rows, (0.3, 0.7))


def _name(name: str, words: Words) -> str:
    return name if name.strip() else words("unnamed")
