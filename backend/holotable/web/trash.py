"""The trash: what the asker may bring back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from holotable.store.queries import projects as rows
from holotable.web.answers import Cursor, Items, Limit, cut, encode_cursor, paged
from holotable.web.dependencies import Access

router = APIRouter(tags=["trash"])


class Trashed(BaseModel):
    """Something that waits to be restored; what went with its folder comes back with it."""

    kind: Literal["project", "folder", "asset", "issue"]
    id: UUID
    name: str
    project_id: UUID
    deleted_at: datetime


@router.get("/trash")
async def list_trash(access: Access, cursor: Cursor = None, limit: Limit = 50) -> Items[Trashed]:
    """Everything I may restore, in every project, newest first."""
    trash = rows.trash(access.who.id, access.now)
    statement = paged(select(trash), trash.c.id, cursor, limit)
    found = [
        Trashed.model_validate(row, from_attributes=True)
        for row in await access.transaction.execute(statement)
    ]
    page, more = cut(found, limit)
    return Items(items=list(page), next_cursor=encode_cursor(page[-1].id) if more else None)
