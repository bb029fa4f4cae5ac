"""Rows of projects, members, folders and assets: lists, counts, the trash, moves without cycles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from holotable.errors import Conflict, Invalid, NotFound
from holotable.review.roles import Action, Role, allows
from holotable.store.issue_tables import Issue
from holotable.store.queries.sessions import SPECTATOR
from holotable.store.queries.visible import reach, visible
from holotable.store.review_tables import Review
from holotable.store.tables import (
    Asset,
    Attendance,
    Folder,
    Member,
    Package,
    Principal,
    Project,
    Revision,
    Session,
    User,
)

MAX_FOLDER_DEPTH = 32


def roles_with(action: Action) -> list[str]:
    """The roles that allow this, for a WHERE."""
    return [role.value for role in Role if allows(role, action)]


# Projects


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A meeting that goes on: who could be joined now."""

    session_id: UUID
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What a project's card shows.

    thumbnail_revision_id: the newest revision in review, or else the newest; packaged ones only.
    """

    assets: int = 0
    members: int = 0
    live: tuple[LiveSession, ...] = ()
    thumbnail_revision_id: UUID | None = None


async def overviews(
    transaction: AsyncSession, seen: Subquery, project_ids: Collection[UUID]
) -> dict[UUID, Overview]:
    """The overview of each project, counting only what `seen` reaches."""
    if not project_ids:
        return {}
    assets = await _counts(
        transaction,
        visible(Asset, seen)
        .with_only_columns(Asset.project_id, func.count().label("count"))
        .where(Asset.project_id.in_(project_ids))
        .group_by(Asset.project_id),
    )
    members = await _counts(
        transaction,
        select(Member.project_id, func.count().label("count"))
        .where(Member.project_id.in_(project_ids))
        .group_by(Member.project_id),
    )
    live: dict[UUID, list[LiveSession]] = {}
    people = (
        select(func.count())
        .where(
            Attendance.session_id == Session.id,
            Attendance.left_at.is_(None),
            Attendance.role != SPECTATOR,
        )
        .scalar_subquery()
    )
    for row in await transaction.execute(
        visible(Session, seen)
        .with_only_columns(Session.project_id, Session.id, Session.name, people.label("people"))
        .where(
            Session.project_id.in_(project_ids),
            Session.kind == "meeting",
            Session.ended_at.is_(None),
        )
        .order_by(Session.id.desc())
    ):
        live.setdefault(row.project_id, []).append(LiveSession(row.id, row.name, row.people))
    # What is being reviewed is what a visitor of the project comes for; else what came last.
    in_review = (
        select(Review.id)
        .where(Review.revision_id == Revision.id, Review.closed_at.is_(None))
        .exists()
    )
    cover_first = func.row_number().over(
        partition_by=Revision.project_id,
        order_by=(case((in_review, 0), else_=1), Revision.id.desc()),
    )
    packaged = (
        visible(Revision, seen)
        .join(Package, (Package.revision_id == Revision.id) & Package.is_current)
        .with_only_columns(Revision.project_id, Revision.id, cover_first.label("rank"))
        .where(Revision.project_id.in_(project_ids))
        .subquery()
    )
    rows = await transaction.execute(select(packaged).where(packaged.c.rank == 1))
    thumbnails = {row.project_id: row.id for row in rows}
    return {
        project_id: Overview(
            assets.get(project_id, 0),
            members.get(project_id, 0),
            tuple(live.get(project_id, ())),
            thumbnails.get(project_id),
        )
        for project_id in project_ids
    }


async def _counts(
    transaction: AsyncSession, statement: Select[*tuple[Any, ...]]
) -> dict[UUID, int]:
    return {row[0]: row[1] for row in await transaction.execute(statement)}


async def lock(transaction: AsyncSession, project_id: UUID) -> None:
    """Hold the project's row, so that checks of its members and folders stay true until commit."""
    await transaction.execute(select(Project.id).where(Project.id == project_id).with_for_update())


# Members


async def members_of(
    transaction: AsyncSession, project_id: UUID
) -> Sequence[tuple[Member, Principal, str | None]]:
    """Each member with its principal and login name, owners first."""
    rows = await transaction.execute(
        select(Member, Principal, User.login)
        .join(Principal, Principal.id == Member.principal_id)
        .outerjoin(User, User.principal_id == Principal.id)
        .where(Member.project_id == project_id)
        .order_by(Member.added_at, Member.principal_id)
    )
    order = {role.value: rank for rank, role in enumerate(Role)}
    return sorted(
        ((row[0], row[1], row[2]) for row in rows), key=lambda found: order[found[0].role]
    )


async def member_of(
    transaction: AsyncSession, project_id: UUID, principal_id: UUID
) -> Member | None:
    """One membership."""
    return await transaction.get(Member, (project_id, principal_id))


async def keep_an_owner(
    transaction: AsyncSession, project_id: UUID, leaving_principal_id: UUID
) -> None:
    """Refuse what would leave the project without an owner who can sign in."""
    await lock(transaction, project_id)
    others = await transaction.scalar(
        select(func.count())
        .select_from(Member)
        .join(Principal, Principal.id == Member.principal_id)
        .where(
            Member.project_id == project_id,
            Member.role == Role.OWNER,
            Member.principal_id != leaving_principal_id,
            Principal.disabled_at.is_(None),
        )
    )
    if not others:
        raise Conflict(
            "A project keeps at least one owner; make somebody else owner first.",
            reason="last_owner",
        )


# Folders


async def folders_of(transaction: AsyncSession, project_id: UUID) -> Sequence[Folder]:
    """Every living folder of the project, by name."""
    return (
        await transaction.scalars(
            select(Folder)
            .where(Folder.project_id == project_id, Folder.deleted_at.is_(None))
            .order_by(func.lower(Folder.name), Folder.id)
        )
    ).all()


async def place_in(
    transaction: AsyncSession,
    project_id: UUID,
    parent_id: UUID | None,
    moving: Folder | None = None,
) -> None:
    """Check that a folder or asset of this project may lie in `parent_id`; None is the top.

    moving: the folder that moves there, which must not be the target nor above it.
    """
    await lock(transaction, project_id)
    above, steps = parent_id, 0
    while above is not None:
        if moving is not None and above == moving.id:
            raise Conflict("A folder cannot lie inside itself.", reason="folder_cycle")
        folder = await transaction.get(Folder, above)
        if folder is None or folder.project_id != project_id or folder.deleted_at is not None:
            raise NotFound()
        above, steps = folder.parent_id, steps + 1
        if steps >= MAX_FOLDER_DEPTH:
            raise Invalid(f"Folders nest at most {MAX_FOLDER_DEPTH} deep.", pointer="/parent_id")


def _inside(folder_id: UUID) -> Select[*tuple[Any, ...]]:
    """The ids of a folder and of all folders below it."""
    tree = select(Folder.id).where(Folder.id == folder_id).cte("tree", recursive=True)
    tree = tree.union_all(select(Folder.id).join(tree, Folder.parent_id == tree.c.id))
    return select(tree.c.id)


async def trash_folder(transaction: AsyncSession, folder: Folder, now: datetime) -> None:
    """Move a folder and its living content to the trash, under one time that names the act."""
    inside = [row[0] for row in await transaction.execute(_inside(folder.id))]
    for row in await _content(transaction, inside, None):
        row.deleted_at = now
    await transaction.flush()


async def restore_folder(transaction: AsyncSession, folder: Folder, now: datetime) -> None:
    """Bring a folder back with what went to the trash with it; to the top if its parent is gone."""
    act = folder.deleted_at
    inside = [row[0] for row in await transaction.execute(_inside(folder.id))]
    back = await _content(transaction, inside, act)
    for row in back:
        row.deleted_at = None
    await transaction.flush()
    await _changed(transaction, [row.id for row in back if isinstance(row, Asset)], now)
    if folder.parent_id is not None:
        parent = await transaction.get(Folder, folder.parent_id)
        if parent is None or parent.deleted_at is not None:
            folder.parent_id = None


async def _changed(transaction: AsyncSession, asset_ids: Collection[UUID], now: datetime) -> None:
    """Assets with their revisions are new again to whoever asks what changed."""
    for table, own in ((Asset, Asset.id), (Revision, Revision.asset_id)):
        await transaction.execute(
            update(table)
            .where(own.in_(asset_ids))
            .values(updated_at=now)
            .execution_options(synchronize_session="fetch")
        )


async def _content(
    transaction: AsyncSession, inside: Sequence[UUID], act: datetime | None
) -> list[Folder | Asset]:
    """These folders and the assets in them that were trashed by this act; None: living ones.

    As objects, because what is changed by an UPDATE is in no event log (store/event_log.py).
    """
    folders = select(Folder).where(Folder.id.in_(inside), _trashed_by(Folder.deleted_at, act))
    assets = select(Asset).where(Asset.folder_id.in_(inside), _trashed_by(Asset.deleted_at, act))
    return [*(await transaction.scalars(folders)), *(await transaction.scalars(assets))]


def _trashed_by(
    column: InstrumentedAttribute[datetime | None], act: datetime | None
) -> ColumnElement[bool]:
    return column.is_(None) if act is None else column == act


async def restore_asset(transaction: AsyncSession, asset: Asset, now: datetime) -> None:
    """Bring an asset back; to the top if its folder is in the trash."""
    asset.deleted_at = None
    await _changed(transaction, [asset.id], now)
    if asset.folder_id is not None:
        folder = await transaction.get(Folder, asset.folder_id)
        if folder is None or folder.deleted_at is not None:
            asset.folder_id = None


# The trash


def trash(principal_id: UUID, now: datetime) -> Subquery:
    """Rows (kind, id, name, project_id, deleted_at) that the principal may restore.

    What went with its folder is not listed: it comes back with the folder.
    """
    gone = reach(principal_id, now, trashed=True)
    seen = reach(principal_id, now)
    may_edit = seen.c.role.in_(roles_with(Action.EDIT))
    parent = Folder.__table__.alias("parent")
    projects = (
        select(
            literal("project").label("kind"),
            Project.id,
            Project.name,
            Project.id.label("project_id"),
            Project.deleted_at,
        )
        .join(gone, gone.c.project_id == Project.id)
        .where(gone.c.role.in_(roles_with(Action.DELETE_PROJECT)))
    )
    folders = (
        select(
            literal("folder").label("kind"),
            Folder.id,
            Folder.name,
            Folder.project_id,
            Folder.deleted_at,
        )
        .join(seen, seen.c.project_id == Folder.project_id)
        .outerjoin(parent, parent.c.id == Folder.parent_id)
        .where(
            may_edit,
            Folder.deleted_at.is_not(None),
            or_(parent.c.deleted_at.is_(None), parent.c.deleted_at != Folder.deleted_at),
        )
    )
    assets = (
        select(
            literal("asset").label("kind"),
            Asset.id,
            Asset.name,
            Asset.project_id,
            Asset.deleted_at,
        )
        .join(seen, seen.c.project_id == Asset.project_id)
        .outerjoin(parent, parent.c.id == Asset.folder_id)
        .where(
            may_edit,
            Asset.deleted_at.is_not(None),
            or_(parent.c.deleted_at.is_(None), parent.c.deleted_at != Asset.deleted_at),
        )
    )
    # Their authors and editors put them away; whoever may change issues brings them back.
    issues = (
        select(
            literal("issue").label("kind"),
            Issue.id,
            (literal("#") + cast(Issue.number, String) + literal(" ") + Issue.title).label("name"),
            Issue.project_id,
            Issue.deleted_at,
        )
        .join(seen, and_(seen.c.project_id == Issue.project_id, seen.c.asset_id.is_(None)))
        .outerjoin(Asset, Asset.id == Issue.asset_id)
        .where(
            seen.c.role.in_(roles_with(Action.ISSUE)),
            Issue.deleted_at.is_not(None),
            Asset.deleted_at.is_(None),
        )
    )
    return union_all(projects, folders, assets, issues).subquery("trash")
