"""Rows of issues: what is asked of them, their order, what belongs to them, who watches."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Invalid
from holotable.review.comment import Mentionable
from holotable.review.issue import IssueSettings, settings_of
from holotable.store import issue_tables
from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueEvent,
    IssueLabel,
    IssueMention,
    IssueViewpoint,
    IssueWatcher,
)
from holotable.store.queries.visible import issues_since, reach, visible
from holotable.store.tables import Asset, Member, Principal, Revision, User

Standing: TypeAlias = Literal["model", "sheet", "nowhere"]
Sort: TypeAlias = Literal["number", "updated", "due", "priority", "status", "title"]
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_MAX_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class IssueQuery:
    """Which issues; empty says nothing. assignees, authors: None among them is nobody."""

    statuses: Collection[str] = ()
    categories: Collection[str] = ()
    types: Collection[str] = ()
    priorities: Collection[str] = ()
    assignees: Collection[UUID | None] = ()
    authors: Collection[UUID] = ()
    labels: Collection[str] = ()  # all of them
    anchor_states: Collection[str] = ()
    places: Collection[Standing] = ()  # any of them
    drawings: Collection[str] = ()  # names, however they are capitalised
    due_before: datetime | None = None
    updated_since: datetime | None = None
    asset_id: UUID | None = None
    revision_id: UUID | None = None
    blocking: bool | None = None
    watched_by: UUID | None = None
    text: str = ""
    numbers: Collection[int] = field(default=())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind the issue with this sort value and id."""

    value: Any  # JSON: a number or a text
    id: UUID


def matching(
    query: IssueQuery, project_id: UUID, principal_id: UUID, now: datetime
) -> Select[Issue, str]:
    """Select (issue, role) of the project's issues that the principal sees.

    Living ones; those that changed since a moment, with them come those that were put away since.
    """
    seen = reach(principal_id, now)
    statement = (
        visible(Issue, seen)
        if query.updated_since is None
        else issues_since(seen, query.updated_since)
    ).where(Issue.project_id == project_id)
    for column, words in (
        (Issue.status, query.statuses),
        (Issue.category, query.categories),
        (Issue.type, query.types),
        (Issue.priority, query.priorities),
        (Issue.created_by, query.authors),
        (Issue.number, query.numbers),
    ):
        if words:
            statement = statement.where(column.in_(words))
    if query.assignees:
        known = [one for one in query.assignees if one is not None]
        wanted: ColumnElement[bool] = Issue.assignee_id.in_(known)
        if None in query.assignees:
            wanted = or_(wanted, Issue.assignee_id.is_(None))
        statement = statement.where(wanted)
    for label in query.labels:
        has = exists().where(IssueLabel.issue_id == Issue.id, IssueLabel.label == label)
        statement = statement.where(has)
    if query.anchor_states:
        statement = statement.where(
            exists().where(
                Anchor.issue_id == Issue.id,
                Anchor.ended_at.is_(None),
                Anchor.state.in_(query.anchor_states),
            )
        )
    if query.places:
        statement = statement.where(or_(*(_stands(one) for one in dict.fromkeys(query.places))))
    if query.drawings:
        on_sheet = _on_sheet().where(
            SheetPin.drawing_id == Drawing.id,
            or_(*(func.lower(Drawing.name) == func.lower(one) for one in query.drawings)),
        )
        statement = statement.where(on_sheet)
    if query.due_before is not None:
        statement = statement.where(Issue.due_at < query.due_before)
    if query.asset_id is not None:
        statement = statement.where(Issue.asset_id == query.asset_id)
    if query.revision_id is not None:
        statement = statement.where(Issue.revision_id == query.revision_id)
    if query.blocking is not None:
        statement = statement.where(Issue.blocking == query.blocking)
    if query.watched_by is not None:
        statement = statement.where(
            exists().where(
                IssueWatcher.issue_id == Issue.id,
                IssueWatcher.principal_id == query.watched_by,
                ~IssueWatcher.muted,
            )
        )
    return statement.where(says(query.text)) if query.text.strip() else statement


def _stands(place: Standing) -> ColumnElement[bool]:
    """Whether an issue has a place now: a pin on the model, one on a sheet, or neither."""
    on_model = exists().where(Anchor.issue_id == Issue.id, Anchor.ended_at.is_(None))
    match place:
        case "model":
            return on_model
        case "sheet":
            return _on_sheet()
        case "nowhere":
            return and_(~on_model, ~_on_sheet())


def _on_sheet() -> Exists:
    return exists().where(SheetPin.issue_id == Issue.id, SheetPin.ended_at.is_(None))


async def drawing_names(
    session: AsyncSession, project_id: UUID, principal_id: UUID, now: datetime
) -> list[tuple[str, int]]:
    """Names of the drawings on which issues stand that the principal sees, and how many do."""
    statement = (
        visible(Issue, reach(principal_id, now))
        .join(SheetPin, and_(SheetPin.issue_id == Issue.id, SheetPin.ended_at.is_(None)))
        .join(Drawing, Drawing.id == SheetPin.drawing_id)
        .where(Issue.project_id == project_id)
        .with_only_columns(func.max(Drawing.name), func.count(Issue.id.distinct()))
        .group_by(func.lower(Drawing.name))
        .order_by(func.lower(Drawing.name))
    )
    return [(name, count) for name, count in await session.execute(statement)]


def says(text: str) -> ColumnElement[bool]:
    """Whether an issue has this number (#12), or every word stands in it or its comments."""
    words = text.lower().split()[:_MAX_WORDS]
    number = text.strip().removeprefix("#")
    conditions = [
        or_(
            func.lower(Issue.title).contains(word, autoescape=True),
            func.lower(Issue.description).contains(word, autoescape=True),
            exists().where(
                IssueComment.issue_id == Issue.id,
                IssueComment.deleted_at.is_(None),
                func.lower(IssueComment.text).contains(word, autoescape=True),
            ),
        )
        for word in words
    ]
    every = and_(*conditions)
    if number.isascii() and number.isdigit() and len(number) < 10:
        return or_(Issue.number == int(number), every)
    return every


def ordered(
    statement: Select[Issue, str],
    settings: IssueSettings,
    sort: Sort,
    *,
    descending: bool,
    after: Place | None,
) -> Select[Any]:
    """The statement in an order in which every issue has one place, from a place on."""
    key = _sort_key(settings, sort)
    if after is not None:
        value = _stored(sort, after.value)
        beyond = (
            or_(key < value, and_(key == value, Issue.id < after.id))
            if descending
            else or_(key > value, and_(key == value, Issue.id > after.id))
        )
        statement = statement.where(beyond)
    columns: Select[Any] = statement.add_columns(key.label("sort_value"))
    if descending:
        return columns.order_by(key.desc(), Issue.id.desc())
    return columns.order_by(key, Issue.id)


def place_of(row: Issue, value: Any) -> str:
    """A place as JSON, for a cursor."""
    plain = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    return json.dumps([plain, str(row.id)])


def _sort_key(settings: IssueSettings, sort: Sort) -> ColumnElement[Any]:
    match sort:
        case "number":
            return Issue.number.expression
        case "updated":
            return Issue.updated_at.expression
        case "due":
            return func.coalesce(Issue.due_at, _NEVER)
        case "title":
            return func.lower(func.substr(Issue.title, 1, 80))
        case "priority":
            ranks = {word: rank for rank, word in enumerate(settings.priorities)}
            return case(ranks, value=Issue.priority, else_=len(ranks))
        case "status":
            ranks = {one.name: rank for rank, one in enumerate(settings.statuses)}
            return case(ranks, value=Issue.status, else_=len(ranks))


def _stored(sort: Sort, value: Any) -> Any:
    """A cursor's value as the database compares it. raises: Invalid."""
    try:
        if sort in ("updated", "due"):
            return datetime.fromisoformat(str(value)).astimezone(UTC)
        return str(value) if sort == "title" else int(value)
    except (ValueError, TypeError) as error:
        raise Invalid("This cursor is none of ours.", pointer="/query/cursor") from error


async def counts(session: AsyncSession, statement: Select[Issue, str]) -> dict[str, int]:
    """How many of the statement's issues have each status."""
    rows = await session.execute(
        statement.with_only_columns(Issue.status, func.count()).group_by(Issue.status)
    )
    return {status: count for status, count in rows}


async def settings(session: AsyncSession, project_id: UUID) -> IssueSettings:
    """The words of a project's issues."""
    row = await session.get(issue_tables.IssueSettings, project_id)
    return settings_of(row.content if row else None)


async def next_number(session: AsyncSession, project_id: UUID) -> int:
    """The number of the project's next issue; the caller holds the project's lock."""
    last = await session.scalar(
        select(func.max(Issue.number)).where(Issue.project_id == project_id)
    )
    return (last or 0) + 1


async def known(session: AsyncSession, project_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Which of these are ids of living issues of the project."""
    found = await session.scalars(
        select(Issue.id).where(
            Issue.project_id == project_id, Issue.id.in_(ids), Issue.deleted_at.is_(None)
        )
    )
    return set(found)


async def people(session: AsyncSession, project_id: UUID) -> list[Mentionable]:
    """The members of a project, as comments may name them."""
    rows = await session.execute(
        select(Principal.id, Principal.name, User.login)
        .join(Member, Member.principal_id == Principal.id)
        .outerjoin(User, User.principal_id == Principal.id)
        .where(Member.project_id == project_id, Principal.disabled_at.is_(None))
        .order_by(Principal.id)
    )
    return [
        Mentionable(id_, tuple(word for word in (name, login) if word)) for id_, name, login in rows
    ]


async def watch(
    session: AsyncSession, issue: Issue, principals: Collection[UUID], now: datetime
) -> None:
    """Let these hear of the issue, but for those who left it on purpose."""
    rows = await session.scalars(
        select(IssueWatcher.principal_id).where(IssueWatcher.issue_id == issue.id)
    )
    present = set(rows)
    for one in dict.fromkeys(principals):
        if one not in present:
            session.add(
                IssueWatcher(
                    issue_id=issue.id, principal_id=one, project_id=issue.project_id, added_at=now
                )
            )
    await session.flush()


async def watchers(session: AsyncSession, issue_id: UUID) -> Sequence[Principal]:
    """Who hears of the issue, by name."""
    return (
        await session.scalars(
            select(Principal)
            .join(IssueWatcher, IssueWatcher.principal_id == Principal.id)
            .where(IssueWatcher.issue_id == issue_id, ~IssueWatcher.muted)
            .order_by(Principal.name, Principal.id)
        )
    ).all()


@dataclass(slots=True)
class Belongings:
    """What lists show of an issue besides its own row."""

    comments: int = 0
    attachments: int = 0
    viewpoints: int = 0
    snapshot: IssueViewpoint | None = None
    anchor: Anchor | None = None
    watched: bool = False


async def belongings(
    session: AsyncSession, ids: Collection[UUID], principal_id: UUID
) -> dict[UUID, Belongings]:
    """Of each issue, in six statements however many there are."""
    found = {id_: Belongings() for id_ in ids}
    living = and_(IssueComment.issue_id.in_(ids), IssueComment.deleted_at.is_(None))
    for issue_id, count in await session.execute(
        select(IssueComment.issue_id, func.count()).where(living).group_by(IssueComment.issue_id)
    ):
        if issue_id is not None:
            found[issue_id].comments = count
    for issue_id, count in await session.execute(
        select(IssueAttachment.issue_id, func.count())
        .where(IssueAttachment.issue_id.in_(ids))
        .group_by(IssueAttachment.issue_id)
    ):
        if issue_id is not None:
            found[issue_id].attachments = count
    for row in await session.scalars(
        select(IssueViewpoint)
        .where(IssueViewpoint.issue_id.in_(ids))
        .order_by(IssueViewpoint.place, IssueViewpoint.id)
    ):
        one = found[row.issue_id]
        one.viewpoints += 1
        if one.snapshot is None and row.snapshot_sha256 is not None:
            one.snapshot = row
    for anchor in await session.scalars(
        select(Anchor)
        .where(Anchor.issue_id.in_(ids), Anchor.ended_at.is_(None))
        .order_by(Anchor.id.desc())
    ):
        if anchor.issue_id is not None:
            found[anchor.issue_id].anchor = anchor
    for issue_id in await session.scalars(
        select(IssueWatcher.issue_id).where(
            IssueWatcher.issue_id.in_(ids),
            IssueWatcher.principal_id == principal_id,
            ~IssueWatcher.muted,
        )
    ):
        found[issue_id].watched = True
    return found


async def names(session: AsyncSession, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """The names of principals."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = await session.execute(
        select(Principal.id, Principal.name).where(Principal.id.in_(wanted))
    )
    return {id_: name for id_, name in rows}


async def labels_of_revisions(
    session: AsyncSession, ids: Collection[UUID | None]
) -> dict[UUID, str]:
    """The labels of revisions."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = await session.execute(select(Revision.id, Revision.label).where(Revision.id.in_(wanted)))
    return {id_: label for id_, label in rows}


async def history(
    session: AsyncSession, issue_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[IssueEvent]:
    """What happened to an issue, newest first."""
    statement = select(IssueEvent).where(IssueEvent.issue_id == issue_id)
    if before is not None:
        statement = statement.where(IssueEvent.id < before)
    return (await session.scalars(statement.order_by(IssueEvent.id.desc()).limit(limit))).all()


async def changes_since(
    session: AsyncSession, issue_id: UUID, since: datetime
) -> Sequence[IssueEvent]:
    """The changes of an issue's fields after this moment, oldest first."""
    return (
        await session.scalars(
            select(IssueEvent)
            .where(
                IssueEvent.issue_id == issue_id,
                IssueEvent.at >= since,
                IssueEvent.field != "",
            )
            .order_by(IssueEvent.id)
        )
    ).all()


async def news(
    session: AsyncSession, project_id: UUID, after: UUID, limit: int
) -> Sequence[tuple[IssueEvent, Issue | None, IssueComment | None]]:
    """What happened in a project since an event, with what it happened to, oldest first."""
    rows = await session.execute(
        select(IssueEvent, Issue, IssueComment)
        .outerjoin(Issue, Issue.id == IssueEvent.issue_id)
        .outerjoin(IssueComment, IssueComment.id == IssueEvent.comment_id)
        .where(IssueEvent.project_id == project_id, IssueEvent.id > after)
        .order_by(IssueEvent.id)
        .limit(limit)
    )
    return [(event, issue, comment) for event, issue, comment in rows]


async def mentioned(
    session: AsyncSession, *, issue_id: UUID | None = None, comment_ids: Collection[UUID] = ()
) -> dict[UUID | None, list[UUID]]:
    """Whom each comment names; under None whom the issue's own description names."""
    statement = select(IssueMention.comment_id, IssueMention.principal_id)
    if issue_id is not None:
        statement = statement.where(
            IssueMention.issue_id == issue_id, IssueMention.comment_id.is_(None)
        )
    else:
        statement = statement.where(IssueMention.comment_id.in_(comment_ids))
    found: dict[UUID | None, list[UUID]] = {}
    for comment_id, principal_id in await session.execute(statement.order_by(IssueMention.id)):
        found.setdefault(comment_id, []).append(principal_id)
    return found


async def trashed(
    session: AsyncSession, project_id: UUID, principal_id: UUID, now: datetime, limit: int
) -> Sequence[Issue]:
    """Issues of a project in the trash, newest first."""
    seen = reach(principal_id, now)
    return (
        await session.scalars(
            select(Issue)
            .join(seen, and_(seen.c.project_id == Issue.project_id, seen.c.asset_id.is_(None)))
            .outerjoin(Asset, Asset.id == Issue.asset_id)
            .where(
                Issue.project_id == project_id,
                Issue.deleted_at.is_not(None),
                Asset.deleted_at.is_(None),
            )
            .order_by(Issue.deleted_at.desc(), Issue.id.desc())
            .limit(limit)
        )
    ).all()
