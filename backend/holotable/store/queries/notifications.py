"""Rows of notifications: who may be told, one row for a person and a subject, the inbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.issue import LIVING
from holotable.review.roles import Role
from holotable.store.database import uuid7
from holotable.store.issue_tables import Issue, IssueComment, IssueMention, IssueWatcher
from holotable.store.notification_tables import Notification, NotificationSettings
from holotable.store.queries import drawings
from holotable.store.queries.drawings import Placed
from holotable.store.queries.visible import reach, visible
from holotable.store.review_tables import Review, ReviewSeat, ReviewVerdict
from holotable.store.tables import (
    Asset,
    Login,
    Member,
    Principal,
    Project,
    Revision,
    Session,
    Table,
    User,
)


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who may be told of a place, and how he wants it."""

    principal: Principal
    role: Role
    login: str
    settings: NotificationSettings


async def listeners(
    session: AsyncSession,
    people: Collection[UUID],
    *,
    project_id: UUID,
    asset_id: UUID | None,
    now: datetime,
) -> list[Listener]:
    """Of these people, the users who see the place right now, in the order of their ids.

    Whoever has no settings yet gets the row of them.
    """
    if not people:
        return []
    seen = reach(list(people), now)
    rows = await session.execute(
        select(Principal, seen.c.role, seen.c.asset_id, User.login)
        .join(seen, seen.c.principal_id == Principal.id)
        .join(User, User.principal_id == Principal.id)
        .where(
            seen.c.project_id == project_id,
            Principal.kind == "user",
            Principal.disabled_at.is_(None),
        )
        .order_by(Principal.id)
    )
    found = []
    for principal, role, only_asset, login in rows.all():
        if only_asset is None or only_asset == asset_id:
            settings = await settings_of(session, principal.id, now)
            found.append(Listener(principal, Role(role), login, settings))
    return found


async def settings_of(
    session: AsyncSession, principal_id: UUID, now: datetime
) -> NotificationSettings:
    """A person's settings, made when there are none."""
    found = await session.get(NotificationSettings, principal_id)
    if found is None:
        before = now - timedelta(microseconds=1)  # what happens at this moment is told in a digest
        values = {
            "principal_id": principal_id, "address": "", "choices": {}, "daily_until": before,
            "weekly_until": before, "updated_at": now,
        }  # fmt: skip
        await insert_once(session, NotificationSettings, values)
        found = await session.get_one(NotificationSettings, principal_id)
    return found


async def row_of(
    session: AsyncSession, principal_id: UUID, subject: str, columns: dict[str, Any], now: datetime
) -> Notification:
    """The person's row of a subject, made when there is none, and nobody else's until commit.

    columns: what it is about. Two transactions that make it at once both get the one row.
    """
    of_it = (Notification.principal_id == principal_id, Notification.subject == subject)
    statement = select(Notification).where(*of_it).with_for_update()
    found = (await session.scalars(statement)).one_or_none()
    if found is not None:
        return found
    values = {
        "id": uuid7(), "principal_id": principal_id, "subject": subject, "kind": "", "tally": {},
        "count": 0, "told": [], "state": "read", "in_app": True, "created_at": now,
        "happened_at": now, "updated_at": now, **columns,
    }  # fmt: skip
    await insert_once(session, Notification, values)
    return (await session.scalars(statement)).one()


async def existing(session: AsyncSession, principal_id: UUID, subject: str) -> Notification | None:
    """The person's row of a subject, if there is one."""
    return (
        await session.scalars(
            select(Notification).where(
                Notification.principal_id == principal_id, Notification.subject == subject
            )
        )
    ).one_or_none()


async def insert_once(
    session: AsyncSession,
    table: type[Table],
    values: dict[str, Any],
) -> None:
    """Insert unless it is there already: a unique violation would end a PostgreSQL transaction."""
    await session.flush()
    postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if postgresql else sqlite_insert
    await session.execute(insert(table).values(values).on_conflict_do_nothing())


# The inbox


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of an inbox call their subjects.

    remarks: for each comment of a row the first one of its thread, which is where the place is.
    sheets: of issues and of first comments that stand on a sheet, by their ids.
    """

    projects: dict[UUID, str]
    assets: dict[UUID, str]
    revisions: dict[UUID, Revision]
    reviews: dict[UUID, Review]
    issues: dict[UUID, Issue]
    sessions: dict[UUID, Session]
    people: dict[UUID, str]
    remarks: dict[UUID, IssueComment]
    sheets: dict[UUID, Placed]


def mine(
    principal_id: UUID | Collection[UUID], now: datetime, *, hidden: bool = False
) -> Select[Notification, str]:
    """Select (notification, role) of what these people are told and may see at this moment.

    hidden: with the rows that are for e-mail alone.
    """
    statement = visible(Notification, reach(principal_id, now))
    return statement if hidden else statement.where(Notification.in_app)


def in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """A filter of the inbox: open (unread and read), unread, done, snoozed, all."""
    snoozed = and_(Notification.snoozed_until.is_not(None), Notification.snoozed_until > now)
    awake = or_(Notification.snoozed_until.is_(None), Notification.snoozed_until <= now)
    filters = {
        "unread": and_(Notification.state == "unread", awake),
        "done": Notification.state == "done",
        "snoozed": and_(Notification.state != "done", snoozed),
        "open": and_(Notification.state != "done", awake),
    }
    return filters.get(state, Notification.id.is_not(None))


def after_place(happened_at: datetime, id_: UUID) -> ColumnElement[bool]:
    """Behind a row of the list, newest first."""
    place: ColumnElement[bool] = tuple_(Notification.happened_at, Notification.id) < (
        happened_at,
        id_,
    )
    return place


async def unread_of(
    session: AsyncSession, people: Collection[UUID], now: datetime
) -> dict[UUID, tuple[int, datetime | None]]:
    """For each person: how many rows are unread, and when any row changed last."""
    found: dict[UUID, tuple[int, datetime | None]] = {one: (0, None) for one in people}
    if not people:
        return found
    statement = mine(people, now)
    newest = statement.with_only_columns(
        Notification.principal_id, func.max(Notification.updated_at)
    ).group_by(Notification.principal_id)
    for principal_id, moment in await session.execute(newest):
        found[principal_id] = (0, moment)
    unread = (
        statement.where(in_state("unread", now))
        .with_only_columns(Notification.principal_id, func.count())
        .group_by(Notification.principal_id)
    )
    for principal_id, count in await session.execute(unread):
        found[principal_id] = (count, found[principal_id][1])
    return found


async def counts(
    session: AsyncSession, principal_id: UUID, now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """How many rows of somebody's are in each state, and how many open ones are of each kind."""
    by_state: dict[str, int] = {}
    for state in ("open", "unread", "snoozed", "done"):
        statement = mine(principal_id, now).where(in_state(state, now))
        by_state[state] = (
            await session.scalar(statement.with_only_columns(func.count(Notification.id))) or 0
        )
    kinds = mine(principal_id, now).where(in_state("open", now))
    rows = await session.execute(
        kinds.with_only_columns(Notification.kind, func.count()).group_by(Notification.kind)
    )
    return by_state, {kind: count for kind, count in rows}


async def names_of(session: AsyncSession, rows: Collection[Notification]) -> Names:
    """What these rows speak of, in a dozen statements however many there are."""

    async def found(table: type[Any], ids: Collection[UUID | None]) -> dict[UUID, Any]:
        wanted = {one for one in ids if one is not None}
        if not wanted:
            return {}
        return {
            one.id: one for one in await session.scalars(select(table).where(table.id.in_(wanted)))
        }

    reviews = await found(Review, [row.review_id for row in rows])
    revisions = await found(
        Revision,
        [*(row.revision_id for row in rows), *(one.revision_id for one in reviews.values())],
    )
    projects = await found(Project, [row.project_id for row in rows])
    assets = await found(Asset, [row.asset_id for row in rows])
    people = await found(Principal, [row.by for row in rows])
    said = await found(IssueComment, [row.comment_id for row in rows])
    first = await found(IssueComment, [one.reply_to for one in said.values()])
    remarks = {id_: first.get(one.reply_to, one) for id_, one in said.items()}
    issues = await found(Issue, [row.issue_id for row in rows])
    sheets = {
        **await drawings.pins_of(session, issue_ids=list(issues)),
        **await drawings.pins_of(session, comment_ids=[one.id for one in remarks.values()]),
    }
    return Names(
        projects={id_: one.name for id_, one in projects.items()},
        assets={id_: one.name for id_, one in assets.items()},
        revisions=revisions,
        reviews=reviews,
        issues=issues,
        sessions=await found(Session, [row.session_id for row in rows]),
        people={id_: one.name for id_, one in people.items()},
        remarks=remarks,
        sheets=sheets,
    )


async def set_state(
    session: AsyncSession, ids: Collection[UUID], state: str, now: datetime
) -> None:
    """Give these rows a state; those that have it stay as they are."""
    await session.execute(
        update(Notification)
        .where(Notification.id.in_(ids), Notification.state != state)
        .values(state=state, updated_at=now)
        .execution_options(synchronize_session="fetch")
    )


async def finish_for(
    session: AsyncSession, principal_ids: Collection[UUID], subject: str, now: datetime
) -> None:
    """What was asked of these people is done, or is asked of them no longer."""
    await session.execute(
        update(Notification)
        .where(
            Notification.principal_id.in_(principal_ids),
            Notification.subject == subject,
            Notification.state != "done",
        )
        .values(state="done", updated_at=now)
        .execution_options(synchronize_session="fetch")
    )


# Who hears of what


async def watchers(session: AsyncSession, issue_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """Who hears of an issue, and who left it on purpose."""
    rows = await session.execute(
        select(IssueWatcher.principal_id, IssueWatcher.muted).where(
            IssueWatcher.issue_id == issue_id
        )
    )
    found = rows.all()
    return {row[0] for row in found if not row[1]}, {row[0] for row in found if row[1]}


async def mentioned(
    session: AsyncSession, *, issue_id: UUID | None = None, comment_id: UUID | None = None
) -> set[UUID]:
    """Whom a comment names, or the description of an issue."""
    statement = select(IssueMention.principal_id)
    if comment_id is not None:
        statement = statement.where(IssueMention.comment_id == comment_id)
    else:
        statement = statement.where(
            IssueMention.issue_id == issue_id, IssueMention.comment_id.is_(None)
        )
    return set(await session.scalars(statement))


async def thread_authors(session: AsyncSession, first_id: UUID) -> set[UUID]:
    """Who has said something in a thread."""
    rows = await session.scalars(
        select(IssueComment.created_by).where(
            or_(IssueComment.id == first_id, IssueComment.reply_to == first_id),
            IssueComment.deleted_at.is_(None),
        )
    )
    return {one for one in rows if one is not None}


async def seats(session: AsyncSession, review_id: UUID) -> dict[UUID, str]:
    """Who sits in a review, and as what."""
    rows = await session.execute(
        select(ReviewSeat.principal_id, ReviewSeat.seat).where(ReviewSeat.review_id == review_id)
    )
    return {principal_id: seat for principal_id, seat in rows}


async def due_reviews(
    session: AsyncSession, since: datetime, until: datetime
) -> Sequence[tuple[Review, UUID]]:
    """(review, approver) of reviews that go on and are due in this span, without a verdict on the
    present revision."""
    decided = (
        select(ReviewVerdict.id)
        .where(
            ReviewVerdict.review_id == Review.id,
            ReviewVerdict.revision_id == Review.revision_id,
            ReviewVerdict.principal_id == ReviewSeat.principal_id,
            ReviewVerdict.verdict != "comment",
        )
        .exists()
    )
    rows = await session.execute(
        select(Review, ReviewSeat.principal_id)
        .join(ReviewSeat, and_(ReviewSeat.review_id == Review.id, ReviewSeat.seat == "approver"))
        .where(
            Review.closed_at.is_(None),
            Review.due_on >= since.date(),
            Review.due_on <= until.date(),
            ~decided,
        )
        .order_by(Review.id, ReviewSeat.principal_id)
    )
    return [(review, principal_id) for review, principal_id in rows]


async def due_issues(session: AsyncSession, since: datetime, until: datetime) -> Sequence[Issue]:
    """Assigned issues that are not over and are due in this span."""
    return (
        await session.scalars(
            select(Issue)
            .where(
                Issue.assignee_id.is_not(None),
                Issue.category.in_(LIVING),
                Issue.deleted_at.is_(None),
                Issue.due_at >= since,
                Issue.due_at <= until,
            )
            .order_by(Issue.id)
        )
    ).all()


async def waiting_by_project(
    session: AsyncSession, principal_id: UUID, now: datetime
) -> dict[UUID, tuple[int, int]]:
    """For each project: my open issues, and reviews that wait for my verdict."""
    found: dict[UUID, tuple[int, int]] = {}
    issues = visible(Issue, reach(principal_id, now)).where(
        Issue.assignee_id == principal_id, Issue.category.in_(LIVING)
    )
    for project_id, count in await session.execute(
        issues.with_only_columns(Issue.project_id, func.count()).group_by(Issue.project_id)
    ):
        found[project_id] = (count, 0)
    decided = (
        select(ReviewVerdict.id)
        .where(
            ReviewVerdict.review_id == Review.id,
            ReviewVerdict.revision_id == Review.revision_id,
            ReviewVerdict.principal_id == principal_id,
            ReviewVerdict.verdict != "comment",
        )
        .exists()
    )
    seated = (
        select(ReviewSeat.review_id)
        .where(
            ReviewSeat.review_id == Review.id,
            ReviewSeat.principal_id == principal_id,
            ReviewSeat.seat == "approver",
        )
        .exists()
    )
    reviews = visible(Review, reach(principal_id, now)).where(
        Review.closed_at.is_(None), seated, ~decided
    )
    for project_id, count in await session.execute(
        reviews.with_only_columns(Review.project_id, func.count()).group_by(Review.project_id)
    ):
        found[project_id] = (found.get(project_id, (0, 0))[0], count)
    return found


async def may_listen(
    session: AsyncSession, principal_id: UUID, login_id: UUID | None, now: datetime
) -> bool:
    """Whether this person is still here: not disabled, and not signed out of the browser."""
    statement = select(Principal.id).where(
        Principal.id == principal_id, Principal.disabled_at.is_(None)
    )
    if login_id is not None:
        login = select(Login.id).where(Login.id == login_id, Login.expires_at > now).exists()
        statement = statement.where(login)
    return await session.scalar(statement) is not None


async def owners(session: AsyncSession, project_id: UUID) -> set[UUID]:
    """The owners of a project."""
    found = select(Member.principal_id).where(
        Member.project_id == project_id, Member.role == Role.OWNER.value
    )
    return set((await session.scalars(found)).all())


async def members(session: AsyncSession, project_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Which of these are members of the project."""
    rows = await session.scalars(
        select(Member.principal_id).where(
            Member.project_id == project_id, Member.principal_id.in_(people)
        )
    )
    return set(rows)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Remove rows that were done before this moment."""
    await session.execute(
        delete(Notification).where(Notification.state == "done", Notification.updated_at < before)
    )
