"""Who is told of what: one row for a person and a subject, in the transaction of the change.

Stages call a function of here where something happens. Nobody is told of what he did himself, and
nobody of what he does not see; the same filter is asked again when a row is read and a mail sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review import notification_words as words
from holotable.review.issue import Change
from holotable.review.notification import (
    KIND_OF,
    Choice,
    after_quiet,
    choices_of,
    due_state,
    kind_of,
    stored_choices,
    strongest,
    tallied,
    zone_of,
)
from holotable.store.event_tables import Webhook
from holotable.store.issue_tables import Issue, IssueComment
from holotable.store.notification_tables import Notification, NotificationSettings
from holotable.store.queries import mail
from holotable.store.queries import notifications as rows
from holotable.store.queries.drawings import Placed
from holotable.store.queries.notifications import Listener, Names
from holotable.store.review_tables import Review, ReviewVerdict
from holotable.store.tables import Conversion, Revision, Session

_TICK: Final = timedelta(microseconds=1)
# Remarks come in bunches: their mail waits this long for the next one.
_GATHER: Final = timedelta(seconds=60)
_GATHERED: Final = frozenset({"commented", "changed", "said"})
_MOST_TOLD: Final = 200  # keys of one row: the oldest are forgotten
_DUE_LOOK_BACK: Final = timedelta(days=7)  # what was due before a worker last ran


@dataclass(frozen=True, slots=True)
class Subject:
    """What something happened to."""

    key: str
    project_id: UUID
    asset_id: UUID | None
    about: Mapping[str, UUID | None] = field(default_factory=dict)  # columns of Notification


# Reviews


async def review_asked(
    session: AsyncSession,
    review: Review,
    seats: Mapping[UUID, str] | None,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """People were asked into a review. seats: who is new in it; None: all are asked again."""
    again = "" if seats is not None else "_again"
    seated = await rows.seats(session, review.id) if seats is None else seats
    said = {
        one: ("requested" if seat == "approver" else "observing") + again
        for one, seat in seated.items()
    }
    await _tell(session, said, _of_review(review), by=by, now=now)


async def review_left(
    session: AsyncSession, review: Review, people: Collection[UUID], now: datetime
) -> None:
    """Nothing is asked any more of those who were taken out of a review."""
    await rows.finish_for(session, people, f"review:{review.id}", now)


async def review_said(
    session: AsyncSession, review: Review, verdict: ReviewVerdict, now: datetime
) -> None:
    """A verdict was given: whoever asked for it hears, and its giver has nothing more to do."""
    word = {"approve": "approved", "request_changes": "changes_requested"}.get(
        verdict.verdict, "said"
    )
    told = {review.created_by} | {
        one
        for one, seat in (await rows.seats(session, review.id)).items()
        if seat == "observer" or word == "changes_requested"
    }
    if verdict.principal_id is not None and word != "said":
        await rows.finish_for(session, [verdict.principal_id], f"review:{review.id}", now)
    said = {one: word for one in told if one is not None}
    await _tell(session, said, _of_review(review), by=verdict.principal_id, now=now)


async def review_closed(
    session: AsyncSession, review: Review, *, by: UUID | None, now: datetime
) -> None:
    """A review is over: everybody in it hears how it ended."""
    people = {review.created_by, *await rows.seats(session, review.id)}
    said = {one: str(review.closed_as) for one in people if one is not None}
    await rows.finish_for(session, list(said), f"review:{review.id}", now)
    await _tell(session, said, _of_review(review), by=by, now=now)


# Issues


async def issue_made(session: AsyncSession, issue: Issue, *, by: UUID, now: datetime) -> None:
    """A new issue: its assignee hears, and whom its description names."""
    said = dict.fromkeys(await rows.mentioned(session, issue_id=issue.id), "mentioned")
    _add(said, [issue.assignee_id], "assigned")
    await _tell(session, said, _of_issue(issue), by=by, now=now)


async def issue_changed(
    session: AsyncSession,
    issue: Issue,
    made: Sequence[Change],
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Fields of an issue changed: watchers hear, a new assignee and newly named people more."""
    watching, muted = await rows.watchers(session, issue.id)
    said = dict.fromkeys(watching, "changed")
    fields = {one.field for one in made}
    if "description" in fields:
        _add(said, await rows.mentioned(session, issue_id=issue.id), "mentioned")
    if "assignee_id" in fields:
        _add(said, [issue.assignee_id], "assigned")
    for one in muted:
        if said.get(one) == "changed":
            del said[one]
    await _tell(session, said, _of_issue(issue), by=by, now=now)


async def commented(
    session: AsyncSession, comment: IssueComment, *, by: UUID, now: datetime, named_only: bool
) -> None:
    """Something was said: those named in it hear, watchers of the issue, the others in the thread.

    named_only: it was said before and changed now, so that only whom it names hears.
    """
    named = await rows.mentioned(session, comment_id=comment.id)
    said = dict.fromkeys(named, "mentioned")
    issue = await session.get(Issue, comment.issue_id) if comment.issue_id else None
    if not named_only:
        thread = await rows.thread_authors(session, comment.reply_to) if comment.reply_to else set()
        watching, muted = (set(), set()) if issue is None else await rows.watchers(
            session, issue.id
        )  # fmt: skip
        _add(said, (thread | watching) - muted, "commented")
    subject = _of_issue(issue) if issue is not None else Subject(
        f"comments:{comment.revision_id}",
        comment.project_id,
        comment.asset_id,
        {"revision_id": comment.revision_id},
    )  # fmt: skip
    about = {**subject.about, "comment_id": comment.id}
    place = Subject(subject.key, subject.project_id, subject.asset_id, about)
    key = f"mentioned:{comment.id}" if named_only else None
    await _tell(session, said, place, by=by, now=now, once=key)
    if not named_only:
        await _remember(session, said, place.key, f"mentioned:{comment.id}")


async def pin_carried(session: AsyncSession, issue: Issue, state: str, now: datetime) -> None:
    """What became of an issue's pin on a new revision.

    Changed geometry is probably what the issue asked for: its author and its assignee are asked to
    look. A detached pin is its author's to put back.
    """
    if issue.deleted_at is not None or issue.category not in ("open", "in_progress", "resolved"):
        return
    said: dict[UUID, str] = {}
    if state == "geometry_changed":
        _add(said, [issue.created_by, issue.assignee_id], "verify")
    elif state == "detached":
        _add(said, [issue.created_by], "detached")
    await _tell(session, said, _of_issue(issue), by=None, now=now)


# Conversions and sessions


async def converted(session: AsyncSession, conversion_id: UUID, now: datetime) -> None:
    """A conversion is over: whoever uploaded the file hears, once of each run, how it ended."""
    run = await session.get(Conversion, conversion_id)
    if run is None or run.state not in ("ready", "failed"):
        return
    revision = await session.get_one(Revision, run.revision_id)
    said: dict[UUID, str] = {}
    _add(said, [revision.created_by], "converted" if run.state == "ready" else "failed")
    about = {"revision_id": revision.id}
    subject = Subject(f"conversion:{revision.id}", revision.project_id, revision.asset_id, about)
    await _tell(session, said, subject, by=None, now=now, once=f"run:{run.id}")


members = rows.members


async def invited(
    session: AsyncSession,
    meeting: Session,
    people: Collection[UUID],
    *,
    by: UUID,
    now: datetime,
) -> None:
    """People were asked to come to a session."""
    subject = await _of_session(session, meeting)
    await _tell(session, dict.fromkeys(people, "invited"), subject, by=by, now=now)


async def minutes_published(
    session: AsyncSession,
    meeting: Session,
    people: Collection[UUID],
    *,
    by: UUID,
    now: datetime,
) -> None:
    """The minutes of a session are published: whoever was there and is a member is told."""
    subject = await _of_session(session, meeting)
    await _tell(session, dict.fromkeys(people, "minutes"), subject, by=by, now=now)


async def webhook_disabled(session: AsyncSession, webhook: Webhook, now: datetime) -> None:
    """A webhook was switched off by the server: the owners of its project hear."""
    owners = await rows.owners(session, webhook.project_id)
    subject = Subject(f"webhook:{webhook.id}", webhook.project_id, None)
    said = dict.fromkeys(owners, "webhook_off")
    await _tell(session, said, subject, by=None, now=now)


async def _of_session(session: AsyncSession, meeting: Session) -> Subject:
    revision = await session.get_one(Revision, meeting.revision_id)
    return Subject(
        f"session:{meeting.id}",
        meeting.project_id,
        revision.asset_id,
        {"session_id": meeting.id, "revision_id": revision.id},
    )


# Due dates


async def tell_due(session: AsyncSession, now: datetime) -> None:
    """Tell of what is due within a day or overdue: once of each, and again when the date moves."""
    since, until = now - _DUE_LOOK_BACK, now + timedelta(days=2)
    for review, approver in await rows.due_reviews(session, since, until):
        assert review.due_on is not None, "asked for by its date"
        zone = zone_of((await rows.settings_of(session, approver, now)).time_zone)
        state = due_state(review.due_on, now, zone)
        if state is not None:
            once = f"{state}:{review.due_on.isoformat()}"
            said = {approver: state}
            await _tell(session, said, _of_review(review), by=None, now=now, once=once)
    for issue in await rows.due_issues(session, since, until):
        assert issue.due_at is not None, "asked for by its date"
        assert issue.assignee_id is not None, "asked for as an assigned one"
        state = due_state(issue.due_at, now, UTC)
        if state is not None:
            once = f"{state}:{issue.due_at.astimezone(UTC).isoformat()}"
            said = {issue.assignee_id: state}
            await _tell(session, said, _of_issue(issue), by=None, now=now, once=once)


# Telling


async def _tell(
    session: AsyncSession,
    said: Mapping[UUID, str],
    subject: Subject,
    *,
    by: UUID | None,
    now: datetime,
    once: str | None = None,
) -> None:
    """Tell each person his word of a subject. once: a key that is never told twice."""
    people = [one for one in said if one != by]
    for listener in await rows.listeners(
        session, people, project_id=subject.project_id, asset_id=subject.asset_id, now=now
    ):
        await _tell_one(session, listener, said[listener.principal.id], subject, by, now, once)
    await session.flush()


async def _tell_one(
    session: AsyncSession,
    listener: Listener,
    what: str,
    subject: Subject,
    by: UUID | None,
    now: datetime,
    once: str | None,
) -> None:
    choice = choices_of(listener.settings.choices)[KIND_OF[what]]
    if not choice.app and choice.email == "off":
        return
    columns = {
        "project_id": subject.project_id, "asset_id": subject.asset_id, **subject.about,
    }  # fmt: skip
    row = await rows.row_of(session, listener.principal.id, subject.key, columns, now)
    if once is not None:
        if once in row.told:
            return
        row.told = [*row.told, once]
    fresh = row.state != "unread"
    row.tally = tallied({} if fresh else row.tally, what)
    row.count = sum(row.tally.values())
    row.kind = kind_of(row.tally).value
    row.in_app = choice.app if fresh else row.in_app or choice.app
    row.state = "unread"
    row.by = by
    row.comment_id = subject.about.get("comment_id", row.comment_id)
    row.asset_id = subject.asset_id
    row.happened_at = now
    touch(row, now)
    await session.flush()
    if choice.email == "at_once" and address_of(listener) != "":
        gather = _GATHER if what in _GATHERED else timedelta()
        await mail.enqueue(
            session,
            listener.principal.id,
            "notification",
            notification_id=row.id,
            not_before=quiet_end(listener.settings, now + gather),
            now=now,
        )


def address_of(listener: Listener | mail.Recipient) -> str:
    """Where a person's mail goes: the address he confirmed, else a login that is one, else ""."""
    settings = listener.settings
    if settings.address and settings.confirmed_at is not None:
        return settings.address
    return listener.login if "@" in listener.login else ""


def quiet_end(settings: NotificationSettings, now: datetime) -> datetime:
    """Now, or when this person's quiet hours are over."""
    zone = zone_of(settings.time_zone)
    return after_quiet(now, zone, settings.quiet_from, settings.quiet_until)


def _of_review(review: Review) -> Subject:
    about = {"review_id": review.id}
    return Subject(f"review:{review.id}", review.project_id, review.asset_id, about)


def _of_issue(issue: Issue) -> Subject:
    return Subject(f"issue:{issue.id}", issue.project_id, issue.asset_id, {"issue_id": issue.id})


def _add(said: dict[UUID, str], people: Collection[UUID | None], what: str) -> None:
    """Say it to these people, unless they hear something stronger already."""
    for one in people:
        if one is not None:
            said[one] = strongest(said[one], what) if one in said else what


async def _remember(
    session: AsyncSession, said: Mapping[UUID, str], subject: str, key: str
) -> None:
    """Keep that whom a comment names was told, so that an edit of it tells the others only."""
    for one in sorted(one for one, what in said.items() if what == "mentioned"):
        row = await rows.existing(session, one, subject)
        if row is not None and key not in row.told:
            row.told = [*row.told, key][-_MOST_TOLD:]


def touch(row: Notification, now: datetime) -> None:
    """Let the badge know that a row changed."""
    row.updated_at = max(now, row.updated_at + _TICK)


async def stop_mails(
    session: AsyncSession, settings: NotificationSettings, what: str, now: datetime
) -> None:
    """No more mails of a kind, or no more summaries of a cadence; the inbox stays as it is."""
    choices = {
        kind: Choice(choice.app, "off") if what in (kind.value, choice.email) else choice
        for kind, choice in choices_of(settings.choices).items()
    }
    settings.choices = stored_choices(choices)
    settings.updated_at = now
    await session.flush()


# Where it is, and what it is called


def path_of(row: Notification, names: Names) -> str:
    """The page that shows what a row speaks of, from the root."""
    if row.review_id is not None:
        return f"/p/{row.project_id}/reviews/{row.review_id}"
    issue = names.issues.get(row.issue_id) if row.issue_id else None
    sheet = sheet_of(row, names)
    if issue is not None and sheet is not None:
        return _on_model(sheet.pin.asset_id, sheet.revision_label, issue.number)
    if issue is not None:
        return f"/p/{row.project_id}/issues/{issue.number}"
    if row.session_id is not None:
        return f"/live/{row.session_id}" + ("/minutes" if "minutes" in row.tally else "")
    revision = names.revisions.get(row.revision_id) if row.revision_id else None
    if row.subject.startswith("webhook:"):
        return f"/p/{row.project_id}/settings"
    if revision is None or row.asset_id is None:
        return f"/p/{row.project_id}"
    if "failed" in row.tally:
        return f"/p/{row.project_id}/a/{row.asset_id}/r/{quote(revision.label, safe='')}"
    first = names.remarks.get(row.comment_id) if row.comment_id else None
    if first is not None and first.revision_id == revision.id and first.deleted_at is None:
        became = first.became_issue_id is not None or first.issue_id is not None
        return _on_model(row.asset_id, revision.label, None if became else first.id)
    return _on_model(row.asset_id, revision.label, None)


def sheet_of(row: Notification, names: Names) -> Placed | None:
    """The sheet on which the issue or the comment of a row stands, unless its drawing is gone."""
    first = names.remarks.get(row.comment_id) if row.comment_id else None
    stands = row.issue_id if row.issue_id is not None else first.id if first else None
    found = names.sheets.get(stands) if stands is not None else None
    return None if found is None or found.drawing.deleted_at is not None else found


def _on_model(asset_id: UUID, label: str, at: int | UUID | None) -> str:
    """A revision in the viewer, at an issue (its number) or a comment (its id)."""
    return f"/v/{asset_id}/{quote(label, safe='')}" + ("" if at is None else f"?issue={at}")


def subject_of(row: Notification, names: Names) -> words.Subject:
    """What a row speaks of, by name."""
    thing = row.subject.split(":", 1)[0]
    by = names.people.get(row.by, "") if row.by else ""
    review = names.reviews.get(row.review_id) if row.review_id else None
    revision_id = review.revision_id if review else row.revision_id
    revision = names.revisions.get(revision_id) if revision_id else None
    label = revision.label if revision else ""
    asset = names.assets.get(row.asset_id, "") if row.asset_id else ""
    if review is not None:
        due = review.due_on.isoformat() if review.due_on else ""
        return words.Subject(thing, review.title, review.number, label, by, due)
    issue = names.issues.get(row.issue_id) if row.issue_id else None
    stands = sheet_of(row, names)
    sheet = None if stands is None else words.Sheet(
        stands.drawing.name, stands.pin.page, stands.drawing.page_count
    )  # fmt: skip
    if issue is not None:
        due = issue.due_at.date().isoformat() if issue.due_at else ""
        return words.Subject(thing, issue.title, issue.number, label, by, due, sheet)
    session = names.sessions.get(row.session_id) if row.session_id else None
    title = session.name if session else asset
    if thing == "webhook":
        title = names.projects.get(row.project_id, "")
    return words.Subject(thing, title, None, label, by, sheet=sheet)
