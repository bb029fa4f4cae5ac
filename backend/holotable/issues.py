"""Issues: made, changed, put away and brought back, each change written down with its author.

Whoever calls holds the transaction and has asked for the right; here the project's words, its
members and the order of numbers are seen to. Every change is an `issue_event`, which is the history
that people read and the news that listeners get.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import notifications
from holotable.errors import IdTaken, Invalid, NotFound, UnknownAssignee
from holotable.review import issue as rules
from holotable.review.comment import mentions
from holotable.review.issue import Change, IssueSettings
from holotable.store import issue_tables
from holotable.store.database import uuid7
from holotable.store.issue_tables import Issue, IssueEvent, IssueLabel, IssueMention
from holotable.store.queries import issues as rows
from holotable.store.queries import projects

# What people change of an issue, under the names of the API and of the history.
FIELDS: Final = (
    "type", "status", "priority", "title", "description", "stage", "assignee_id", "due_at",
    "blocking", "labels", "reference_links", "related", "properties", "external_system",
    "external_id",
)  # fmt: skip
_TICK: Final = timedelta(microseconds=1)  # a change never has the time of the one before


@dataclass(frozen=True, slots=True)
class Draft:
    """A new issue. fields: some of FIELDS; what is absent begins as the project says."""

    fields: Mapping[str, Any]
    id: UUID | None = None
    guid: UUID | None = None
    asset_id: UUID | None = None
    revision_id: UUID | None = None
    also: Mapping[str, Any] = field(default_factory=dict)  # of the request, for telling two apart


def digest(said: Mapping[str, Any]) -> str:
    """What was asked for, as one word: the same request again has the same."""
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


async def create(
    session: AsyncSession, project_id: UUID, draft: Draft, *, author: UUID, now: datetime
) -> tuple[Issue, bool]:
    """A new issue, or the one that this very request made before; and whether it is new.

    raises: IdTaken, Invalid, OutsideVocabulary, UnknownAssignee, NotFound (a related issue).
    """
    await projects.lock(session, project_id)
    said = digest(
        {**draft.fields, **draft.also, "asset": draft.asset_id, "revision": draft.revision_id}
    )
    if draft.id is not None:
        before = await session.get(Issue, draft.id)
        if before is not None:
            same = before.project_id == project_id and before.created_by == author
            if not same or before.request_sha256 != said or before.deleted_at is not None:
                raise IdTaken(pointer="/id")
            return before, False
    settings = await rows.settings(session, project_id)
    wanted = {
        "type": settings.default_type,
        "status": settings.default_status,
        "priority": settings.default_priority,
        **{name: value for name, value in draft.fields.items() if value is not None},
    }
    wanted.setdefault("description", _template(settings, str(wanted["type"])))
    id_ = draft.id or uuid7()
    issue = Issue(
        id=id_,
        project_id=project_id,
        asset_id=draft.asset_id,
        revision_id=draft.revision_id,
        number=await rows.next_number(session, project_id),
        guid=draft.guid or id_,
        request_sha256=said,
        type=wanted["type"],
        status=settings.default_status,
        category="open",
        priority=wanted["priority"],
        title="",
        description="",
        stage="",
        blocking=False,
        labels=[],
        reference_links=[],
        related=[],
        properties={},
        external_system="",
        external_id="",
        created_at=now,
        created_by=author,
        updated_at=now,
        updated_by=author,
    )
    wanted.setdefault("properties", {})
    await _take(session, issue, settings, wanted, fresh=True)
    if not issue.title:
        raise Invalid("An issue has a title.", pointer="/title")
    session.add(issue)
    await session.flush()
    await _after(session, issue, wanted, now)
    note(session, "created", issue=issue, by=author, at=now)
    await rows.watch(session, issue, [author], now)
    await notifications.issue_made(session, issue, by=author, now=now)
    return issue, True


async def change(
    session: AsyncSession, issue: Issue, wanted: Mapping[str, Any], *, by: UUID, now: datetime
) -> list[Change]:
    """Change some of FIELDS; what stays the same is no change, and nothing at all changes no ETag.

    raises: as `create`, and StatusNotReachable.
    """
    settings = await rows.settings(session, issue.project_id)
    before = fields_of(issue)
    await _take(session, issue, settings, wanted, fresh=False)
    if not issue.title:
        raise Invalid("An issue has a title.", pointer="/title")
    made = rules.changes(before, fields_of(issue))
    if not made:
        return []
    touch(issue, by, now)
    await session.flush()
    changed = {one.field for one in made}
    await _after(session, issue, {name: wanted.get(name) for name in changed}, now)
    for one in made:
        note(session, "changed", issue=issue, by=by, at=issue.updated_at, change=one)
    await session.flush()
    await notifications.issue_changed(session, issue, made, by=by, now=now)
    return made


async def put_away(session: AsyncSession, issue: Issue, *, by: UUID, now: datetime) -> None:
    """Move an issue with all that belongs to it to the trash."""
    issue.deleted_at = now
    touch(issue, by, now)
    note(session, "trashed", issue=issue, by=by, at=now)
    await session.flush()


async def bring_back(session: AsyncSession, issue: Issue, *, by: UUID, now: datetime) -> None:
    """Out of the trash, with all that belongs to it."""
    issue.deleted_at = None
    touch(issue, by, now)
    note(session, "restored", issue=issue, by=by, at=now)
    await session.flush()


async def set_settings(
    session: AsyncSession, project_id: UUID, settings: IssueSettings, *, by: UUID, now: datetime
) -> issue_tables.IssueSettings:
    """Give a project its own words; issues keep the words they have. raises: Invalid."""
    rules.check_settings(settings)
    await projects.lock(session, project_id)
    row = await session.get(issue_tables.IssueSettings, project_id)
    content = settings.model_dump(mode="json")
    if row is None:
        row = issue_tables.IssueSettings(project_id=project_id, content=content, updated_at=now)
        session.add(row)
    before, row.content = row.content, content
    row.updated_at = max(now, row.updated_at + _TICK)
    row.updated_by = by
    session.add(
        IssueEvent(
            id=uuid7(),
            project_id=project_id,
            kind="settings",
            before={"value": before},
            after={"value": content},
            at=now,
            by=by,
        )
    )
    await session.flush()
    return row


def fields_of(issue: Issue) -> dict[str, Any]:
    """The FIELDS of an issue as JSON."""
    return {name: _plain(getattr(issue, name)) for name in FIELDS}


def touch(issue: Issue, by: UUID, now: datetime) -> None:
    """Give the issue a new ETag."""
    issue.updated_at = max(now, issue.updated_at + _TICK)
    issue.updated_by = by


def note(
    session: AsyncSession,
    kind: str,
    *,
    issue: Issue,
    by: UUID | None,
    at: datetime,
    change: Change | None = None,
    comment_id: UUID | None = None,
) -> None:
    """Write down what happened to an issue."""
    session.add(
        IssueEvent(
            id=uuid7(),
            project_id=issue.project_id,
            asset_id=issue.asset_id,
            revision_id=issue.revision_id,
            issue_id=issue.id,
            comment_id=comment_id,
            kind=kind,
            field=change.field if change else "",
            before={"value": change.before} if change else None,
            after={"value": change.after} if change else None,
            at=at,
            by=by,
        )
    )


async def _take(
    session: AsyncSession,
    issue: Issue,
    settings: IssueSettings,
    wanted: Mapping[str, Any],
    *,
    fresh: bool,
) -> None:
    """Set the fields that were asked for, checked one by one."""
    if "type" in wanted:
        rules.check_word("type", wanted["type"], [one.name for one in settings.types])
        issue.type = wanted["type"]
    if "status" in wanted:
        # A new issue may begin anywhere: one that was imported is closed already.
        rules.check_step(settings, wanted["status"] if fresh else issue.status, wanted["status"])
        issue.status = wanted["status"]
        issue.category = rules.category_of(settings, issue.status)
    if "priority" in wanted:
        rules.check_word("priority", wanted["priority"], settings.priorities)
        issue.priority = wanted["priority"]
    if wanted.get("stage"):
        rules.check_word("stage", wanted["stage"], settings.stages)
    for name in ("title", "description", "stage", "external_system", "external_id"):
        if name in wanted:
            setattr(issue, name, _text(str(wanted[name] or ""), one_line=name != "description"))
    for name in ("due_at", "blocking", "reference_links"):
        if name in wanted:
            setattr(issue, name, wanted[name])
    if "labels" in wanted:
        issue.labels = rules.check_labels(settings, wanted["labels"] or ())
    if "assignee_id" in wanted:
        await _assign(session, issue, wanted["assignee_id"])
    if "related" in wanted:
        issue.related = await _related(session, issue, wanted["related"] or ())
    if "properties" in wanted or (not fresh and "type" in wanted):
        said = wanted.get("properties")
        merged = issue.properties if said is None else {**issue.properties, **said}
        if "type" in wanted and not fresh:  # what the new type does not have stays behind
            kind = next(one for one in settings.types if one.name == issue.type)
            keys = {one.key for one in kind.properties} | set(said or ())
            merged = {key: value for key, value in merged.items() if key in keys}
        issue.properties = rules.check_properties(settings, issue.type, merged)


async def _assign(session: AsyncSession, issue: Issue, assignee_id: UUID | None) -> None:
    if assignee_id is not None and assignee_id != issue.assignee_id:
        people = {one.id for one in await rows.people(session, issue.project_id)}
        if assignee_id not in people:
            raise UnknownAssignee(pointer="/assignee_id")
    issue.assignee_id = assignee_id


async def _related(session: AsyncSession, issue: Issue, ids: Collection[UUID]) -> list[str]:
    wanted = [one for one in dict.fromkeys(ids) if one != issue.id]
    there = await rows.known(session, issue.project_id, wanted)
    kept = {UUID(one) for one in issue.related}  # one that was trashed meanwhile stays named
    if not set(wanted) <= there | kept:
        raise NotFound()
    return [str(one) for one in wanted]


async def _after(
    session: AsyncSession, issue: Issue, changed: Mapping[str, Any], now: datetime
) -> None:
    """What follows from new fields: labels to ask for, watchers, mentions."""
    if "labels" in changed:
        await session.execute(delete(IssueLabel).where(IssueLabel.issue_id == issue.id))
        session.add_all(
            IssueLabel(issue_id=issue.id, label=label, project_id=issue.project_id)
            for label in issue.labels
        )
    if "description" in changed:
        named = mentions(issue.description, await rows.people(session, issue.project_id))
        await session.execute(
            delete(IssueMention).where(
                IssueMention.issue_id == issue.id, IssueMention.comment_id.is_(None)
            )
        )
        session.add_all(
            IssueMention(
                id=uuid7(),
                project_id=issue.project_id,
                issue_id=issue.id,
                principal_id=one,
                at=now,
            )
            for one in named
        )
        await rows.watch(session, issue, named, now)
    if issue.assignee_id is not None and "assignee_id" in changed:
        await rows.watch(session, issue, [issue.assignee_id], now)


def _template(settings: IssueSettings, type_name: str) -> str:
    return next((one.description for one in settings.types if one.name == type_name), "")


def _text(text: str, *, one_line: bool) -> str:
    kept = "".join(
        c for c in text.replace("\r\n", "\n") if c.isprintable() or (c in "\n\t" and not one_line)
    )
    return kept.strip() if one_line else kept


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
