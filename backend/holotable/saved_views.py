"""Saved views: what somebody saw of a revision, kept in the agenda of its asset or for links."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.review.viewpoint import Viewpoint, content_bytes, document
from holotable.store import tables
from holotable.store.database import uuid7
from holotable.store.queries import projects
from holotable.store.queries import viewpoints as rows
from holotable.store.tables import Revision


@dataclass(frozen=True, slots=True)
class View:
    """A view to be. content: checked against its revision.  immutable: for links, never changed.

    picture: (sha256, media type) of a blob.
    """

    content: Viewpoint
    name: str = ""
    folder: str = ""
    immutable: bool = False
    picture: tuple[str, str] | None = None


async def keep(
    session: AsyncSession, revision: Revision, view: View, *, author: UUID, now: datetime
) -> tables.Viewpoint:
    """A new view behind all others of the agenda; an immutable one with this content is kept once.

    revision: the one that the content was made on.
    """
    said = document(view.content)
    digest = digest_of(said)
    await projects.lock(session, revision.project_id)
    if view.immutable:
        before = await rows.link_with(session, revision.project_id, digest)
        if before is not None:
            return before
    row = tables.Viewpoint(
        id=uuid7(),
        project_id=revision.project_id,
        asset_id=revision.asset_id,
        revision_id=revision.id,
        immutable=view.immutable,
        name=view.name,
        folder=view.folder,
        position=await rows.last_place(session, revision.asset_id),
        content=said,
        content_sha256=digest,
        created_at=now,
        created_by=author,
        updated_at=now,
    )
    if view.picture is not None:
        row.thumbnail_sha256, row.thumbnail_type = view.picture
    session.add(row)
    await session.flush()
    return row


def digest_of(said: dict[str, object]) -> str:
    """The hash of a view's document: equal content has equal hashes."""
    return sha256(content_bytes(said)).hexdigest()
