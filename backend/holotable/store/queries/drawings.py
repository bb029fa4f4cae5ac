"""Rows of drawings and of places on their sheets; those of earlier revisions by the same name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.issue_tables import Issue, IssueComment
from holotable.store.tables import Revision

MAX_PINS: int = 2_000  # of one revision, the newest


@dataclass(frozen=True, slots=True)
class Placed:
    """A place with the drawing it was put on, and the revision of that."""

    pin: SheetPin
    drawing: Drawing
    revision_label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as a revision's drawing shows it. here: the drawing that shows it."""

    placed: Placed
    here: Drawing
    issue: Issue | None
    comment: IssueComment | None


async def of_revision(session: AsyncSession, revision_id: UUID) -> Sequence[Drawing]:
    """The living drawings of a revision, by name."""
    return (
        await session.scalars(
            select(Drawing)
            .where(Drawing.revision_id == revision_id, Drawing.deleted_at.is_(None))
            .order_by(func.lower(Drawing.name), Drawing.id)
        )
    ).all()


async def named(session: AsyncSession, revision_id: UUID, name: str) -> Drawing | None:
    """The living drawing of a revision with this name, however it is capitalised."""
    found = await of_revision(session, revision_id)
    return next((one for one in found if one.name.casefold() == name.casefold()), None)


async def labels(session: AsyncSession, found: Collection[Drawing]) -> dict[UUID, str]:
    """Labels of the revisions of these drawings."""
    ids = {one.revision_id for one in found}
    rows = await session.execute(select(Revision.id, Revision.label).where(Revision.id.in_(ids)))
    return {id_: label for id_, label in rows}


async def pins_of(
    session: AsyncSession,
    *,
    issue_ids: Collection[UUID] = (),
    comment_ids: Collection[UUID] = (),
) -> dict[UUID, Placed]:
    """The present place of each of these issues, or of these comments, that has one."""
    key = SheetPin.issue_id if issue_ids else SheetPin.comment_id
    rows = await session.execute(
        select(SheetPin, Drawing, Revision.label)
        .join(Drawing, Drawing.id == SheetPin.drawing_id)
        .join(Revision, Revision.id == Drawing.revision_id)
        .where(key.in_([*issue_ids, *comment_ids]), SheetPin.ended_at.is_(None))
        .order_by(SheetPin.id)
    )
    found = {}
    for pin, drawing, label in rows:
        id_ = pin.issue_id if issue_ids else pin.comment_id
        if id_ is not None:
            found[id_] = Placed(pin, drawing, label)
    return found


async def present(
    session: AsyncSession, *, issue_id: UUID | None = None, comment_id: UUID | None = None
) -> SheetPin | None:
    """Where on a sheet an issue or a comment stands now."""
    owner = SheetPin.issue_id == issue_id if issue_id else SheetPin.comment_id == comment_id
    return (
        await session.scalars(
            select(SheetPin)
            .where(owner, SheetPin.ended_at.is_(None))
            .order_by(SheetPin.id.desc())
            .limit(1)
        )
    ).one_or_none()


async def end(session: AsyncSession, *, comment_id: UUID, by: UUID, now: datetime) -> None:
    """Let the place of a comment that is taken away stand no longer."""
    await session.execute(
        update(SheetPin)
        .where(SheetPin.comment_id == comment_id, SheetPin.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )


async def hand_over(session: AsyncSession, *, comment_id: UUID, issue_id: UUID) -> None:
    """Let the place of a comment be that of the issue it became."""
    await session.execute(
        update(SheetPin).where(SheetPin.comment_id == comment_id).values(issue_id=issue_id)
    )


async def shown(session: AsyncSession, revision: Revision, *, with_closed: bool) -> Sequence[Shown]:
    """What the drawings of a revision show: places on them, and on earlier ones of their names.

    Earlier ones are those of earlier revisions and the removed ones of this; on a drawing that
    has fewer sheets, what stood behind the last is left out.
    """
    here, made_on = aliased(Drawing), aliased(Revision)
    statement = (
        select(SheetPin, Drawing, made_on.label, here, Issue, IssueComment)
        .join(Drawing, Drawing.id == SheetPin.drawing_id)
        .join(made_on, made_on.id == Drawing.revision_id)
        .join(
            here,
            and_(
                here.revision_id == revision.id,
                here.deleted_at.is_(None),
                SheetPin.page < here.page_count,
                or_(here.id == Drawing.id, func.lower(here.name) == func.lower(Drawing.name)),
            ),
        )
        .outerjoin(Issue, Issue.id == SheetPin.issue_id)
        .outerjoin(IssueComment, IssueComment.id == SheetPin.comment_id)
        .where(
            SheetPin.asset_id == revision.asset_id,
            SheetPin.ended_at.is_(None),
            made_on.ordinal <= revision.ordinal,
            Issue.deleted_at.is_(None),
            or_(SheetPin.issue_id.is_not(None), IssueComment.deleted_at.is_(None)),
        )
        .order_by(SheetPin.id.desc())
        .limit(MAX_PINS)
    )
    if not with_closed:
        statement = statement.where(
            or_(Issue.id.is_(None), Issue.category != "closed"),
            or_(SheetPin.issue_id.is_not(None), IssueComment.resolved_at.is_(None)),
        )
    return [
        Shown(Placed(pin, drawing, label), shows, issue, comment)
        for pin, drawing, label, shows, issue, comment in await session.execute(statement)
    ]
