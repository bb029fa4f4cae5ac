"""Lists of revisions: of one asset, of a whole project, and what changed of them since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import and_, exists, or_, select

from holotable.review.roles import Action
from holotable.store.queries.visible import find_trashed, reach, visible
from holotable.store.tables import Asset, Conversion, Project, Revision
from holotable.web.answers import (
    ANY_SELECT,
    Cursor,
    Items,
    Limit,
    RevisionAnswer,
    UpdatedSince,
    encode_cursor,
    merged,
    paged,
    revision_answers,
    revision_tombstones,
)
from holotable.web.dependencies import Access, Permissions

router = APIRouter(tags=["revisions"])


@router.get("/assets/{asset_id}/revisions")
async def list_revisions(
    asset_id: UUID,
    access: Access,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[RevisionAnswer]:
    """The asset's revisions, newest first."""
    trashed = None
    if updated_since is not None:
        trashed = await find_trashed(access.transaction, Asset, asset_id, access.who.id, access.now)
    if trashed is None:
        await access.require(Asset, asset_id, Action.VIEW)
    return await _list(access, Revision.asset_id == asset_id, updated_since, cursor, limit)


@router.get("/projects/{project_id}/revisions")
async def list_project_revisions(
    project_id: UUID,
    access: Access,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[RevisionAnswer]:
    """Every revision of the project, newest first: what somebody follows who syncs with it."""
    await access.require(Project, project_id, Action.VIEW)
    return await _list(access, Revision.project_id == project_id, updated_since, cursor, limit)


async def _list(
    access: Permissions, where: Any, since: datetime | None, cursor: str | None, limit: int
) -> Items[RevisionAnswer]:
    """where: a condition of SQL, which of them."""
    seen = reach(access.who.id, access.now)
    statement = visible(Revision, seen).where(where)
    gone: list[tuple[Revision, datetime | None]] = []
    if since is not None:
        statement = statement.where(_changed_since(since))
        whole = and_(seen.c.project_id == Revision.project_id, seen.c.asset_id.is_(None))
        tombs = (
            select(Revision, Asset.deleted_at)
            .join(Asset, Asset.id == Revision.asset_id)
            .join(seen, whole)
            .where(where, Asset.deleted_at >= since)
        )
        gone = [(row[0], row[1]) for row in await _rows(access, tombs, cursor, limit)]
    living: list[tuple[Revision, datetime | None]] = [
        (row[0], None) for row in await _rows(access, statement, cursor, limit)
    ]
    page, more = merged(living, gone, lambda found: found[0].id, limit)
    answers = [
        *await revision_answers(access.transaction, [one for one, at in page if at is None]),
        *await revision_tombstones(
            access.transaction, [(one, at) for one, at in page if at is not None]
        ),
    ]
    return Items(
        items=sorted(answers, key=lambda answer: answer.id, reverse=True),
        next_cursor=encode_cursor(page[-1][0].id) if more else None,
    )


async def _rows(
    access: Permissions, statement: ANY_SELECT, cursor: str | None, limit: int
) -> list[Any]:
    found = paged(statement, Revision.__table__.c.id, cursor, limit)
    return list(await access.transaction.execute(found))


def _changed_since(since: datetime) -> Any:
    """Said of it, or done to it by the converter."""
    converted = exists().where(
        Conversion.revision_id == Revision.id,
        or_(Conversion.created_at >= since, Conversion.finished_at >= since),
    )
    return or_(Revision.updated_at >= since, converted)
