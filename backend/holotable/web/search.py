"""Search across everything the asker sees."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from holotable.errors import Invalid
from holotable.store.queries.search import find_everywhere
from holotable.web.answers import Cursor, Items, Limit, cut, decode_cursor, encode_cursor
from holotable.web.dependencies import Access

router = APIRouter(tags=["search"])


class Hit(BaseModel):
    """Something whose words fit."""

    kind: Literal["project", "folder", "asset", "revision", "issue", "comment"]
    id: UUID
    name: str
    project_id: UUID
    project_name: str
    asset_id: UUID | None = None
    revision_id: UUID | None = None


@router.get("/search")
async def search(
    access: Access,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words, all must occur")],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[Hit]:
    """Projects, folders, assets and revisions by name, text, part number, file name and note;
    issues by number (#12), title, text and what was said of them; comments by their text.

    Names that begin with the words come first, then newest first.
    """
    found = await find_everywhere(
        access.transaction,
        q,
        access.who.id,
        access.now,
        after=_after(cursor) if cursor else None,
        limit=limit + 1,
    )
    page, more = cut(found, limit)
    return Items(
        items=[Hit.model_validate(row, from_attributes=True) for row in page],
        next_cursor=f"{page[-1].rank}{encode_cursor(page[-1].id)}" if more else None,
    )


def _after(cursor: str) -> tuple[int, UUID]:
    if cursor[0] not in "01":
        raise Invalid("This cursor is none of ours.", pointer="/query/cursor")
    return int(cursor[0]), decode_cursor(cursor[1:])
