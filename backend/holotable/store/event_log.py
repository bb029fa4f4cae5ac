"""Where events are born: every flush is looked through, and what others hear of becomes a row.

The one place that writes the event log. It stands below the stages on purpose: the obvious thing,
a call in each stage, is forgotten in the next one, and an import that writes projects, assets and
issues would tell nobody. The row is in the transaction of the change: rolled back with it. What
changes by a Core UPDATE is not seen here, so rows of the tables below are changed as objects.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, event, insert, inspect, select, update
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction

from holotable.review.happening import What
from holotable.store.database import uuid7
from holotable.store.event_tables import EventRow
from holotable.store.issue_tables import Issue, IssueComment, IssueEvent
from holotable.store.review_tables import Review, RevisionEvent
from holotable.store.tables import Asset, Conversion, Member, Principal, Project, Revision, Table

ACTOR: Final = "actor"  # in a session's info: the principal whose request this is
_WRITTEN: Final = "events"  # in a session's info: (what, subject) → the event of this transaction

_OF_REVISION: Final[Mapping[str, What]] = {
    "requested": What.REVIEW_REQUESTED,
    "changed": What.REVIEW_UPDATED,
    "verdict": What.REVIEW_VERDICT,
    "moved_on": What.REVIEW_MOVED_ON,
    "lifecycle": What.REVISION_LIFECYCLE_CHANGED,
    "packet_made": What.PACKET_MADE,
    "minutes_published": What.MINUTES_PUBLISHED,
}
_OF_ISSUE: Final[Mapping[str, tuple[What, str]]] = {  # the field that is said to have changed
    "created": (What.ISSUE_CREATED, ""),
    "changed": (What.ISSUE_UPDATED, ""),
    "trashed": (What.ISSUE_TRASHED, ""),
    "restored": (What.ISSUE_RESTORED, ""),
    "comment_added": (What.COMMENT_CREATED, ""),
    "comment_edited": (What.COMMENT_UPDATED, "text"),
    "comment_deleted": (What.COMMENT_DELETED, ""),
    "thread_resolved": (What.COMMENT_UPDATED, "resolved"),
    "thread_reopened": (What.COMMENT_UPDATED, "resolved"),
    "comment_became_issue": (What.COMMENT_UPDATED, "became_issue"),
    "attached": (What.ISSUE_UPDATED, "attachments"),
    "detached": (What.ISSUE_UPDATED, "attachments"),
    "viewpoint_added": (What.ISSUE_UPDATED, "viewpoints"),
    "viewpoint_removed": (What.ISSUE_UPDATED, "viewpoints"),
    "anchor": (What.ISSUE_UPDATED, "anchor"),
    "sheet": (What.ISSUE_UPDATED, "sheet"),
}
_PROJECT_FIELDS: Final = ("name", "description")
_ASSET_FIELDS: Final = ("name", "description", "part_number", "folder_id")
_REVISION_FIELDS: Final = ("note", "placement")
_CLOSED: Final = "closed"  # review.issue.Category


@dataclass(frozen=True, slots=True)
class _Born:
    """An event before it is a row."""

    what: What
    project_id: UUID
    subject: str
    facts: dict[str, Any]
    by: UUID | None
    at: datetime
    principal_id: UUID | None = None


class RecordingSession(OrmSession):
    """A session whose flushes write the event log."""


@event.listens_for(RecordingSession, "after_flush")
def _record(session: OrmSession, _context: UOWTransaction) -> None:
    for row in _in_order(session):
        for born in _births(session, row):
            _write(session, born)


def _in_order(session: OrmSession) -> Iterator[Table]:
    """What this flush has written: new rows as they were added, then changed and deleted ones."""
    yield from (row for row in session.new if isinstance(row, Table))
    changed = [row for row in session.dirty if isinstance(row, Table)]
    yield from sorted(changed, key=lambda row: (type(row).__name__, str(inspect(row).identity)))
    yield from (row for row in session.deleted if isinstance(row, Member))


def _births(session: OrmSession, row: Table) -> Iterator[_Born]:
    fresh = row in session.new
    connection = session.connection()
    actor: UUID | None = session.info.get(ACTOR)
    match row:
        case Project():
            yield from _of_project(row, fresh, actor)
        case Member():
            yield from _of_member(connection, row, fresh, row in session.deleted, actor)
        case Asset():
            yield from _of_asset(row, fresh, actor)
        case Revision():
            yield from _of_revision(connection, row, fresh, actor)
        case Conversion():
            yield from _of_conversion(connection, row, fresh)
        case Review() if _set(row, "closed_at"):
            facts = _review_facts(connection, row.id) | {"closed_as": row.closed_as}
            subject = f"review/{row.id}"
            yield _Born(What.REVIEW_CLOSED, row.project_id, subject, facts, actor, row.updated_at)
        case RevisionEvent() if fresh and row.kind in _OF_REVISION:
            yield _of_trail(connection, row)
        case Issue() if not fresh and _before(row, "category") is not None:
            yield from _of_category(connection, row)
        case IssueEvent() if fresh and row.kind in _OF_ISSUE:
            yield from _of_issue_event(connection, row)
        case _:
            return


def _write(session: OrmSession, born: _Born) -> None:
    """Write it; what is updated twice in one transaction is one event."""
    connection = session.connection()
    written: dict[tuple[str, str], UUID] = session.info.setdefault(_WRITTEN, {})
    key = (born.what.value, born.subject)
    earlier = written.get(key)
    if earlier is not None and "fields" in born.facts:
        facts = connection.scalar(select(EventRow.facts).where(EventRow.id == earlier))
        if facts is not None:  # None: it went with a savepoint
            fields = [*facts.get("fields", ()), *born.facts["fields"]]
            merged = {**facts, **born.facts, "fields": list(dict.fromkeys(fields))}
            connection.execute(update(EventRow).where(EventRow.id == earlier).values(facts=merged))
            return
    id_ = uuid7()
    connection.execute(
        insert(EventRow).values(
            id=id_,
            project_id=born.project_id,
            what=born.what.value,
            subject=born.subject,
            facts=born.facts,
            principal_id=born.principal_id,
            by=born.by,
            at=born.at,
        )
    )
    written[key] = id_


# Tables


def _of_project(row: Project, fresh: bool, actor: UUID | None) -> Iterator[_Born]:
    def born(what: What, at: datetime, **more: object) -> _Born:
        facts = {"project": row.name, **more}
        return _Born(what, row.id, f"project/{row.id}", facts, actor or row.created_by, at)

    yield from _of_container(row, fresh, "PROJECT", _PROJECT_FIELDS, born)


def _of_asset(row: Asset, fresh: bool, actor: UUID | None) -> Iterator[_Born]:
    def born(what: What, at: datetime, **more: object) -> _Born:
        facts = {
            "asset_id": str(row.id), "asset": row.name, "part_number": row.part_number, **more,
        }  # fmt: skip
        by = actor or (row.created_by if fresh else None)
        return _Born(what, row.project_id, f"asset/{row.id}", facts, by, at)

    yield from _of_container(row, fresh, "ASSET", _ASSET_FIELDS, born)


def _of_container(
    row: Project | Asset,
    fresh: bool,
    kind: str,
    fields: tuple[str, ...],
    born: Callable[..., _Born],
) -> Iterator[_Born]:
    """Made, changed, put into the trash, taken out of it."""
    if fresh:
        yield born(What[f"{kind}_CREATED"], row.created_at)
        return
    changed = [name for name in fields if _changed(row, name)]
    if changed:
        yield born(What[f"{kind}_UPDATED"], row.updated_at, fields=changed)
    if _set(row, "deleted_at"):
        assert row.deleted_at is not None, "as was asked just now"
        yield born(What[f"{kind}_TRASHED"], row.deleted_at)
    elif _changed(row, "deleted_at") and row.deleted_at is None:
        yield born(What[f"{kind}_RESTORED"], row.updated_at)


def _of_member(
    connection: Connection, row: Member, fresh: bool, gone: bool, actor: UUID | None
) -> Iterator[_Born]:
    if not fresh and not gone and not _changed(row, "role"):
        return
    what = What.MEMBER_ADDED if fresh else What.MEMBER_REMOVED if gone else What.MEMBER_CHANGED
    name = connection.scalar(select(Principal.name).where(Principal.id == row.principal_id))
    facts = {"member_id": str(row.principal_id), "member": name, "role": str(row.role)}
    at = row.added_at if fresh else datetime.now(UTC)  # the row tells of no later moment
    subject = f"member/{row.principal_id}"
    yield _Born(what, row.project_id, subject, facts, actor, at, row.principal_id)


def _of_revision(
    connection: Connection, row: Revision, fresh: bool, actor: UUID | None
) -> Iterator[_Born]:
    subject = f"revision/{row.id}"
    if fresh:
        facts = _revision_facts(connection, row.id) | {
            "source": {
                "name": row.source_name, "sha256": row.source_sha256, "bytes": row.source_bytes,
            },
        }  # fmt: skip
        by = actor or row.created_by
        yield _Born(What.REVISION_UPLOADED, row.project_id, subject, facts, by, row.created_at)
        return
    changed = [name for name in _REVISION_FIELDS if _changed(row, name)]
    if changed:
        facts = _revision_facts(connection, row.id) | {"fields": changed}
        at = datetime.now(UTC)  # a revision has no time of its last change
        yield _Born(What.REVISION_UPDATED, row.project_id, subject, facts, actor, at)


def _of_conversion(connection: Connection, row: Conversion, fresh: bool) -> Iterator[_Born]:
    if row.state not in ("ready", "failed") or not (fresh or _changed(row, "state")):
        return
    facts = _revision_facts(connection, row.revision_id) | {"conversion_id": str(row.id)}
    if row.state == "failed":
        facts["problem"] = (row.problem or {}).get("code")
    what = What.REVISION_CONVERTED if row.state == "ready" else What.REVISION_FAILED
    at = row.finished_at or row.created_at
    yield _Born(what, row.project_id, f"revision/{row.revision_id}", facts, None, at)


def _of_trail(connection: Connection, row: RevisionEvent) -> _Born:
    """A line of the audit trail of a revision."""
    what = _OF_REVISION[row.kind]
    facts = _revision_facts(connection, row.revision_id)
    subject = f"revision/{row.revision_id}"
    if row.review_id is not None:
        facts |= _review_facts(connection, row.review_id)
        subject = f"review/{row.review_id}"
    if what is What.REVISION_LIFECYCLE_CHANGED:
        subject = f"revision/{row.revision_id}"
        facts |= {"before": row.before, "after": row.after, "lifecycle": row.after}
    elif what is What.REVIEW_VERDICT:
        facts |= {
            "verdict": row.after,
            "verdict_id": row.facts.get("verdict_id"),
            "signed": row.facts.get("signed"),
        }
    elif what is What.PACKET_MADE:
        subject = f"packet/{row.facts.get('packet_id')}"
        facts |= {name: row.facts.get(name) for name in ("packet_id", "sha256")}
    elif what is What.MINUTES_PUBLISHED:
        subject = f"session/{row.facts.get('session_id')}"
        facts |= {"session_id": row.facts.get("session_id"), "session": row.facts.get("name")}
    return _Born(what, row.project_id, subject, facts, row.principal_id, row.at)


def _of_category(connection: Connection, row: Issue) -> Iterator[_Born]:
    was_closed, is_closed = _before(row, "category") == _CLOSED, row.category == _CLOSED
    if was_closed == is_closed:
        return
    what = What.ISSUE_CLOSED if is_closed else What.ISSUE_REOPENED
    facts = _issue_facts(connection, row.id)
    yield _Born(what, row.project_id, f"issue/{row.id}", facts, row.updated_by, row.updated_at)


def _of_issue_event(connection: Connection, row: IssueEvent) -> Iterator[_Born]:
    what, said = _OF_ISSUE[row.kind]
    of_comment = what.value.startswith("comment.")
    if (row.comment_id if of_comment else row.issue_id) is None:
        return  # an attachment or a sheet of a comment: it is told with the comment
    facts: dict[str, Any] = {}
    if row.revision_id is not None:
        facts |= _revision_facts(connection, row.revision_id)
    if row.issue_id is not None:
        facts |= _issue_facts(connection, row.issue_id)
    subject = f"issue/{row.issue_id}"
    if of_comment:
        subject = f"comment/{row.comment_id}"
        reply_to = connection.scalar(
            select(IssueComment.reply_to).where(IssueComment.id == row.comment_id)
        )
        facts["comment_id"] = str(row.comment_id)
        facts["reply_to"] = None if reply_to is None else str(reply_to)
    if what in (What.ISSUE_UPDATED, What.COMMENT_UPDATED):
        facts["fields"] = [row.field or said]
    yield _Born(what, row.project_id, subject, facts, row.by, row.at)


# Facts: ids and short words, read in the same transaction


def _revision_facts(connection: Connection, revision_id: UUID) -> dict[str, Any]:
    found = connection.execute(
        select(Asset.id, Asset.name, Asset.part_number, Revision.label, Revision.lifecycle)
        .join(Asset, Asset.id == Revision.asset_id)
        .where(Revision.id == revision_id)
    ).one()
    return {
        "asset_id": str(found[0]), "asset": found[1], "part_number": found[2],
        "revision_id": str(revision_id), "revision": found[3], "lifecycle": found[4],
    }  # fmt: skip


def _review_facts(connection: Connection, review_id: UUID) -> dict[str, Any]:
    found = connection.execute(
        select(Review.number, Review.title, Review.outcome, Review.revision_id).where(
            Review.id == review_id
        )
    ).one()
    return _revision_facts(connection, found[3]) | {
        "review_id": str(review_id), "review_number": found[0], "review": found[1],
        "outcome": found[2],
    }  # fmt: skip


def _issue_facts(connection: Connection, issue_id: UUID) -> dict[str, Any]:
    columns: list[Any] = [  # of several types
        Issue.number, Issue.title, Issue.type, Issue.status, Issue.priority, Issue.blocking,
        Issue.external_system, Issue.external_id, Issue.guid, Issue.assignee_id, Issue.due_at,
    ]  # fmt: skip
    asked = select(*columns).where(Issue.id == issue_id)
    found = connection.execute(asked).mappings().one()
    assignee, due_at = found["assignee_id"], found["due_at"]
    return {
        "issue_id": str(issue_id),
        "issue_number": found["number"],
        "guid": str(found["guid"]),
        "assignee_id": None if assignee is None else str(assignee),
        "due_at": None if due_at is None else due_at.astimezone(UTC).isoformat(),
        **{column.key: found[column.key] for column in columns[1:8]},
    }


# What a flush has changed of a row


def _changed(row: Table, name: str) -> bool:
    history = inspect(row).attrs[name].history
    return bool(history.deleted) and list(history.deleted) != list(history.added or ())


def _before(row: Table, name: str) -> Any:  # a column's value, of whichever type it has
    """The value that this flush replaces; None when it replaces none."""
    return next(iter(inspect(row).attrs[name].history.deleted or ()), None)


def _set(row: Table, name: str) -> bool:
    """Whether a time that was not there is there now."""
    added = next(iter(inspect(row).attrs[name].history.added or ()), None)
    return added is not None and _before(row, name) is None
