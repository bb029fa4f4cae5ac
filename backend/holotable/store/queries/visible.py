"""The one SQL visibility filter: which rows a principal may see, and with which role.

Every list joins `reach`, every single row comes from `find`; nothing else decides what is visible.
A trashed project, folder or asset, an expired or revoked grant: the row is simply not there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, Uuid, and_, cast, exists, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.roles import MEMBER_ROLES, Role
from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.event_tables import EventRow, Webhook, WebhookDelivery
from holotable.store.exchange_tables import ModelExport, TusUpload
from holotable.store.issue_tables import (
    Anchor,
    Issue,
    IssueAttachment,
    IssueComment,
    IssueEvent,
    IssueFilter,
    IssueViewpoint,
)
from holotable.store.notification_tables import Notification
from holotable.store.recording_tables import MinutesRow, Recording
from holotable.store.review_tables import Review, ReviewPacket, ReviewVerdict, RevisionEvent
from holotable.store.tables import (
    Asset,
    Conversion,
    Folder,
    GuestGrant,
    Member,
    Package,
    Project,
    Revision,
    Session,
    ShareLink,
    Table,
    Viewpoint,
)

Row = TypeVar("Row", bound=Table)
Trashable = TypeVar("Trashable", Asset, Folder, Issue, Drawing)
# What an issue or a comment owns, or is: of the whole project when `asset_id` is null.
_OF_ISSUES: tuple[type[Table], ...] = (
    Issue,
    IssueComment,
    IssueAttachment,
    IssueViewpoint,
    IssueEvent,
    Anchor,
    SheetPin,
)
# What belongs to a revision, and is seen with it.
_OF_REVISIONS: tuple[type[Table], ...] = (
    Session,
    Conversion,
    Package,
    ReviewPacket,
    ReviewVerdict,
    RevisionEvent,
    Recording,
    MinutesRow,
    ModelExport,
)

_OF_PROJECTS: tuple[type[Table], ...] = (EventRow, Webhook, WebhookDelivery)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one principal has in one project.

    asset_id: the only asset a guest may see; None means the whole project.
    """

    project_id: UUID
    role: Role
    asset_id: UUID | None


def reach(
    principal_id: UUID | Collection[UUID], now: datetime, *, trashed: bool = False
) -> Subquery:
    """Rows (principal_id, project_id, role, asset_id) of what the principals reach.

    At most one row per principal and project. trashed: of projects in the trash instead of the
    living ones.
    A membership beats a guest grant: a link never lowers what a member may do.
    """
    in_place = Project.deleted_at.is_not(None) if trashed else Project.deleted_at.is_(None)
    wanted = [principal_id] if isinstance(principal_id, UUID) else list(principal_id)
    membership = and_(
        Member.principal_id == GuestGrant.principal_id, Member.project_id == GuestGrant.project_id
    )
    members = (
        select(
            Member.principal_id,
            Member.project_id,
            Member.role,
            cast(null(), Uuid).label("asset_id"),
        )
        .join(Project, Project.id == Member.project_id)
        .where(Member.principal_id.in_(wanted), in_place)
    )
    guests = (
        select(
            GuestGrant.principal_id,
            GuestGrant.project_id,
            GuestGrant.role,
            GuestGrant.asset_id,
        )
        .join(Project, Project.id == GuestGrant.project_id)
        .outerjoin(ShareLink, ShareLink.id == GuestGrant.share_link_id)
        .outerjoin(Session, Session.id == GuestGrant.session_id)
        .where(
            GuestGrant.principal_id.in_(wanted),
            GuestGrant.expires_at > now,
            ShareLink.revoked_at.is_(None),
            or_(ShareLink.expires_at.is_(None), ShareLink.expires_at > now),
            Session.ended_at.is_(None),
            ~exists().where(membership),
            in_place,
        )
    )
    return members.union_all(guests).subquery("reach")


def _living_asset(seen: Subquery) -> ColumnElement[bool]:
    return and_(
        seen.c.project_id == Asset.project_id,
        or_(seen.c.asset_id.is_(None), seen.c.asset_id == Asset.id),
        Asset.deleted_at.is_(None),
    )


def in_trash(table: type[Trashable], seen: Subquery) -> Select[Trashable, str]:
    """Select (row, role) of what `table` has in the trash of whole living projects."""
    whole = and_(seen.c.project_id == table.project_id, seen.c.asset_id.is_(None))
    found: Select[Any] = select(table, seen.c.role).join(seen, whole)
    return found.where(table.deleted_at.is_not(None))


def visible(table: type[Row], seen: Subquery) -> Select[Row, str]:
    """Select (row, role) of everything of `table` that `seen` reaches."""
    columns: Select[Any] = select(table, seen.c.role)
    if table is Project:
        return columns.join(seen, seen.c.project_id == Project.id)
    if table is Folder:  # a guest of one asset sees no folders
        whole = and_(seen.c.project_id == Folder.project_id, seen.c.asset_id.is_(None))
        return columns.join(seen, whole).where(Folder.deleted_at.is_(None))
    if table in _OF_PROJECTS:  # of the whole project: routes ask for the role they need
        owned = table.__table__.c.project_id
        whole = and_(seen.c.project_id == owned, seen.c.asset_id.is_(None))
        return columns.join(seen, whole)
    if table is ShareLink:
        whole = and_(seen.c.project_id == ShareLink.project_id, seen.c.asset_id.is_(None))
        return columns.join(seen, whole)
    if table is Asset:
        return columns.join(seen, _living_asset(seen))
    if table is Viewpoint:
        return columns.join(Asset, Asset.id == Viewpoint.asset_id).join(seen, _living_asset(seen))
    if table is Review:
        return columns.join(Asset, Asset.id == Review.asset_id).join(seen, _living_asset(seen))
    if table is Drawing:
        of_asset = columns.join(Asset, Asset.id == Drawing.asset_id)
        return of_asset.join(seen, _living_asset(seen)).where(Drawing.deleted_at.is_(None))
    if table is Revision:
        return columns.join(Asset, Asset.id == Revision.asset_id).join(seen, _living_asset(seen))
    if table in _OF_REVISIONS:
        revision_id = table.__table__.c.revision_id
        return (
            columns.join(Revision, Revision.id == revision_id)
            .join(Asset, Asset.id == Revision.asset_id)
            .join(seen, _living_asset(seen))
        )
    if table is IssueFilter:  # one's own, and those that were shared with the whole project
        whole = and_(seen.c.project_id == IssueFilter.project_id, seen.c.asset_id.is_(None))
        mine = IssueFilter.created_by == seen.c.principal_id
        return columns.join(seen, whole).where(or_(IssueFilter.shared, mine))
    if table is TusUpload:  # nobody's but whose it is
        whole = and_(seen.c.project_id == TusUpload.project_id, seen.c.asset_id.is_(None))
        return columns.join(seen, whole).where(TusUpload.created_by == seen.c.principal_id)
    if table is Notification:  # one's own, of what one still sees
        own = _of_issues(columns, table, seen)
        members = or_(Notification.review_id.is_(None), seen.c.role.in_(MEMBER_ROLES))
        return own.where(Notification.principal_id == seen.c.principal_id, members)
    if table in _OF_ISSUES:
        return _of_issues(columns, table, seen)
    raise TypeError(f"{table.__name__} is not owned by a project")


def issues_since(seen: Subquery, since: datetime) -> Select[Issue, str]:
    """Select (issue, role) of what changed since, and of what members may know went to the trash.

    An issue that went with its asset is not there: the asset's own tombstone stands for it.
    """
    columns: Select[Any] = select(Issue, seen.c.role)
    gone = and_(Issue.deleted_at >= since, seen.c.asset_id.is_(None))
    changed = and_(Issue.deleted_at.is_(None), Issue.updated_at >= since)
    return _reached(columns, Issue, seen).where(Asset.deleted_at.is_(None), or_(changed, gone))


def _of_issues(columns: Select[Any], table: type[Table], seen: Subquery) -> Select[Any]:
    """Of living issues and of assets that are not in the trash."""
    found = _reached(columns, table, seen)
    if table is not Issue:
        found = found.outerjoin(Issue, Issue.id == table.__table__.c.issue_id)
    return found.where(Asset.deleted_at.is_(None), Issue.deleted_at.is_(None))


def _reached(columns: Select[Any], table: type[Table], seen: Subquery) -> Select[Any]:
    """Of a reached project, of one asset of it for those who see only that."""
    own = table.__table__.c
    reached = and_(
        seen.c.project_id == own.project_id,
        or_(seen.c.asset_id.is_(None), seen.c.asset_id == own.asset_id),
    )
    return columns.join(seen, reached).outerjoin(Asset, Asset.id == own.asset_id)


async def find(
    transaction: AsyncSession, table: type[Row], row_id: UUID, principal_id: UUID, now: datetime
) -> tuple[Row, Role] | None:
    """The row and the principal's role in its project; None when unknown or not visible."""
    key = table.__table__.c.id
    statement = visible(table, reach(principal_id, now)).where(key == row_id)
    found = (await transaction.execute(statement)).one_or_none()
    if found is None:
        return None
    row, role = found
    return row, Role(role)


async def find_trashed(
    transaction: AsyncSession,
    table: type[Trashable],
    row_id: UUID,
    principal_id: UUID,
    now: datetime,
) -> tuple[Trashable, Role] | None:
    """A row in the trash of a living project, and the principal's role there."""
    statement = in_trash(table, reach(principal_id, now)).where(table.id == row_id)
    found = (await transaction.execute(statement)).one_or_none()
    return None if found is None else (found[0], Role(found[1]))


async def reach_of(
    transaction: AsyncSession,
    project_id: UUID,
    principal_id: UUID,
    now: datetime,
    *,
    trashed: bool = False,
) -> Reach | None:
    """What the principal has in this project; None when it is unknown or not visible."""
    seen = reach(principal_id, now, trashed=trashed)
    found = (
        await transaction.execute(select(seen).where(seen.c.project_id == project_id))
    ).one_or_none()
    return None if found is None else Reach(found.project_id, Role(found.role), found.asset_id)
