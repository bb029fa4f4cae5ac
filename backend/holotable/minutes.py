"""Minutes of a session: gathered from what was stored, noted beside, published once and for all."""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import notifications, reviews
from holotable.errors import Conflict, Invalid, NotFound
from holotable.exchange.minutes_report import MinutesWords, compose, markdown
from holotable.exchange.report_fonts import found_fonts
from holotable.exchange.report_html import html
from holotable.exchange.report_pdf import pdf
from holotable.exchange.report_words import Language
from holotable.exchange.topics import Picture
from holotable.review.issue import category_of
from holotable.review.minutes import (
    MAX_NOTES_CHARACTERS,
    Attended,
    Judged,
    Meeting,
    Noted,
    Open,
    Recorded,
    Remarked,
    Touched,
    document,
    still_open,
)
from holotable.review.minutes_agenda import AGENDA
from holotable.reviews import Person
from holotable.store.database import uuid7
from holotable.store.queries import issues as issue_rows
from holotable.store.queries import minutes as rows
from holotable.store.queries import recordings
from holotable.store.recording_tables import MinutesComment, MinutesEdition, MinutesRow
from holotable.store.tables import Asset, Project, Revision, Session

log = logging.getLogger("holotable.minutes")

Form: TypeAlias = Literal["html", "pdf", "md"]
MAX_COMMENT_CHARACTERS: Final = 4_000
MAX_COMMENTS: Final = 500  # on the minutes of one session
MAX_VERSIONS: Final = 50
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`]{1,490}")
_TICK: Final = timedelta(microseconds=1)
_DONE: Final = frozenset({"resolved", "closed"})


async def drafted(
    transaction: AsyncSession, session: Session, now: datetime
) -> dict[str, Any]:  # review.minutes.document
    """The minutes as what is stored says now."""
    revision = await transaction.get_one(Revision, session.revision_id)
    asset = await transaction.get_one(Asset, revision.asset_id)
    project = await transaction.get_one(Project, session.project_id)
    attended = await rows.attendance(transaction, session.id)
    operations = await rows.noted(transaction, session.id)
    people = {one.principal_id for one in attended}
    until = session.ended_at or now
    recorded = await recordings.of_session(transaction, session.id)
    verdicts = await rows.verdicts(transaction, asset.id, people, session.created_at, until)
    row = await rows.of_session(transaction, session.id)
    remarks = await rows.comments_of(transaction, session.id)
    labels = await issue_rows.labels_of_revisions(
        transaction, [revision.id, *_laid_on_the_table(operations)]
    )
    others = sorted(label for one, label in labels.items() if one != revision.id)
    return document(
        Meeting(
            session_id=str(session.id),
            title=session.name,
            project=project.name,
            asset=asset.name,
            revisions=[revision.label, *others],
            started_at=session.created_at,
            ended_at=session.ended_at,
            attended=[
                Attended(
                    str(one.principal_id), one.name, one.role, one.device, one.joined_at,
                    one.left_at,
                )
                for one in attended
            ],
            noted=[
                Noted(
                    one.seq, one.at, str(one.principal_id), one.name, one.kind, one.key, one.value
                )
                for one in operations
                if one.key != "layers"
            ],
            touched=await _touched(transaction, session, asset.id, people, until),
            judged=[
                Judged(one.at, one.name, one.verdict, label, one.text) for one, label in verdicts
            ],
            recorded=[Recorded(str(one.id), one.started_at, one.ended_at) for one in recorded],
            open=await _left_open(transaction, session, asset.id),
            remarked=[Remarked(one.at, one.name, one.text) for one in remarks],
            pictures=await rows.pictures(transaction, session.project_id, _views(operations)),
            next_at=None if row is None else row.next_at,
            next_link="" if row is None else row.next_link,
        )
    )  # fmt: skip


async def note(
    transaction: AsyncSession, session: Session, notes: str, *, by: UUID, now: datetime
) -> MinutesRow:
    """Write what the host adds to the draft. raises: Conflict once it is published."""
    if len(notes) > MAX_NOTES_CHARACTERS or "\0" in notes:
        raise Invalid(f"Notes have at most {MAX_NOTES_CHARACTERS} characters.", pointer="/notes")
    row = await _draft(transaction, session, by, now)
    row.notes, row.updated_by = notes, by
    row.updated_at = max(now, row.updated_at + _TICK)
    await transaction.flush()
    return row


async def plan_next(
    transaction: AsyncSession, session: Session, at: datetime | None, link: str, *,
    by: UUID, now: datetime,
) -> MinutesRow:  # fmt: skip
    """Write when and where people meet again. raises: Conflict once the minutes are published."""
    if link and not _ADDRESS.fullmatch(link):
        raise Invalid("A link begins with https:// or http://.", pointer="/next_link")
    row = await _draft(transaction, session, by, now)
    row.next_at, row.next_link, row.updated_by = at, link, by
    row.updated_at = max(now, row.updated_at + _TICK)
    await transaction.flush()
    return row


async def remark(
    transaction: AsyncSession, session: Session, person: Person, text: str, now: datetime
) -> None:
    """Say something to the draft. raises: Conflict once it is published."""
    if not text.strip() or len(text) > MAX_COMMENT_CHARACTERS or "\0" in text:
        raise Invalid(f"A comment has 1 to {MAX_COMMENT_CHARACTERS} characters.", pointer="/text")
    if session.kind != "meeting":
        raise NotFound()
    row = await rows.of_session(transaction, session.id)
    if row is not None and row.published_at is not None:
        raise _published()
    if await rows.count_comments(transaction, session.id) >= MAX_COMMENTS:
        raise Conflict(f"A draft takes {MAX_COMMENTS} comments.", reason="too_many")
    transaction.add(
        MinutesComment(
            id=uuid7(), project_id=session.project_id, session_id=session.id, at=now,
            by=person.id, name=person.name, text=text.strip(),
        )
    )  # fmt: skip
    await transaction.flush()


async def correct(
    transaction: AsyncSession, session: Session, person: Person, correction: str, now: datetime
) -> MinutesRow:
    """Open published minutes again as the draft of their next version; the old one stays readable.

    correction: what is corrected; every form says it. raises: Conflict while they are a draft.
    """
    correction = correction.strip()
    if not correction or len(correction) > MAX_COMMENT_CHARACTERS or "\0" in correction:
        text = f"A correction has 1 to {MAX_COMMENT_CHARACTERS} characters."
        raise Invalid(text, pointer="/correction")
    row = await rows.of_session(transaction, session.id)
    if row is None or row.published_at is None or row.document is None:
        raise Conflict("These minutes are a draft: write in them.", reason="draft")
    if row.version >= MAX_VERSIONS:
        raise Conflict(f"Minutes have at most {MAX_VERSIONS} versions.", reason="too_many")
    transaction.add(
        MinutesEdition(
            id=uuid7(), project_id=row.project_id, session_id=row.session_id, version=row.version,
            correction=row.correction, notes=row.notes, document=row.document,
            published_at=row.published_at, published_by=row.published_by,
            published_name=row.published_name,
        )
    )  # fmt: skip
    row.version, row.correction, row.document = row.version + 1, correction, None
    row.published_at, row.published_by, row.published_name = None, None, ""
    row.updated_by, row.updated_at = person.id, max(now, row.updated_at + _TICK)
    await transaction.flush()
    return row


async def publish(
    transaction: AsyncSession, session: Session, person: Person, now: datetime
) -> MinutesRow:
    """Freeze the minutes of a session that is over, and tell whoever was there."""
    if session.kind != "meeting":
        raise NotFound()
    if session.ended_at is None:
        raise Conflict("The session goes on; end it first.", reason="going_on")
    assert person.id is not None, "routes know who asks"
    row = await _draft(transaction, session, person.id, now)
    said = await drafted(transaction, session, now)
    row.document, row.published_at, row.published_by = said, now, person.id
    row.published_name, row.updated_by, row.updated_at = person.name, person.id, now
    await transaction.flush()
    revision = await transaction.get_one(Revision, session.revision_id)
    facts = {"session_id": str(session.id), "name": session.name}
    reviews.note(transaction, revision, person, now, "minutes_published", facts=facts)
    present = [UUID(one["principal_id"]) for one in said["attendees"]]
    await notifications.minutes_published(transaction, session, present, by=person.id, now=now)
    return row


def written(
    said: dict[str, Any],
    row: MinutesRow | MinutesEdition | None,
    form: Form,
    language: Language,
    zone: ZoneInfo | None,
    *,
    origin: str,
    fonts: Sequence[Path] = (),
    pictures: Mapping[str, Picture] = MappingProxyType({}),
) -> bytes:
    """Minutes as a document. Seconds for a long PDF: a thread."""
    words = MinutesWords(language, zone)
    published = None
    if row is not None and row.published_at is not None:
        published = row.published_at, row.published_name
    notes = "" if row is None else row.notes
    report = compose(
        said, words, notes=notes, published=published, origin=origin, pictures=pictures,
        version=1 if row is None else row.version, correction="" if row is None else row.correction,
    )  # fmt: skip
    match form:
        case "html":
            return html(report, language)
        case "md":
            return markdown(report)
        case "pdf":
            return pdf(report, words, found_fonts(fonts))


def _published() -> Conflict:
    return Conflict("These minutes are published and stay as they are.", reason="published")


async def _draft(
    transaction: AsyncSession, session: Session, by: UUID, now: datetime
) -> MinutesRow:
    """The row of minutes that may still be written. raises: Conflict once they are published."""
    row = await _row(transaction, session, by, now)
    if row.published_at is not None:
        raise _published()
    return row


async def _left_open(transaction: AsyncSession, session: Session, asset_id: UUID) -> list[Open]:
    """Open questions of the newest published minutes of the asset from before this session."""
    before = await rows.published_before(transaction, asset_id, session.created_at)
    return [] if before is None else still_open(before)


def _views(operations: Sequence[Any]) -> set[UUID]:
    """Saved views that everybody was shown, and those of the agenda."""
    found: set[UUID] = set()
    for one in operations:
        if one.key == "view" and isinstance(one.value, dict) and one.value.get("id"):
            found.add(UUID(str(one.value["id"])))
        if one.key == AGENDA and isinstance(one.value, dict):
            items = one.value.get("items", [])
            found |= {UUID(str(item["view_id"])) for item in items if item.get("view_id")}
    return found


async def _row(transaction: AsyncSession, session: Session, by: UUID, now: datetime) -> MinutesRow:
    found = await rows.of_session(transaction, session.id)
    if found is not None:
        return found
    row = MinutesRow(
        id=uuid7(), project_id=session.project_id, revision_id=session.revision_id,
        session_id=session.id, notes="", updated_at=now, updated_by=by, published_name="",
    )  # fmt: skip
    try:
        async with transaction.begin_nested():
            transaction.add(row)
    except IntegrityError:  # two people wrote the first word at once
        found = await rows.of_session(transaction, session.id)
        assert found is not None, "the unique key says that it is there"
        return found
    return row


async def _touched(
    transaction: AsyncSession, session: Session, asset_id: UUID, people: set[UUID], until: datetime
) -> list[Touched]:
    found = await rows.issue_events(
        transaction, session.project_id, asset_id, people, session.created_at, until
    )
    settings = await issue_rows.settings(transaction, session.project_id)
    names = await issue_rows.names(transaction, {event.by for event, _, _ in found if event.by})
    touched = []
    for event, issue, assignee in found:
        after = (event.after or {}).get("value")
        word = after if isinstance(after, str) and event.field in ("status", "priority") else ""
        closes = event.field == "status" and category_of(settings, word) in _DONE
        touched.append(
            Touched(
                number=issue.number, title=issue.title, at=event.at,
                name=names.get(event.by, "") if event.by else "", kind=event.kind,
                field=event.field, after=word, closes=closes, status=issue.status,
                assignee=assignee, due_on=issue.due_at.date().isoformat() if issue.due_at else "",
            )
        )  # fmt: skip
    return touched


def _laid_on_the_table(operations: Sequence[Any]) -> set[UUID]:
    """Revisions that anybody put on the table, as the log has them."""
    found: set[UUID] = set()
    for one in operations:
        if one.key == "layers" and isinstance(one.value, dict):
            found |= {UUID(layer["revision_id"]) for layer in one.value.get("items", [])}
    return found
