"""Whole projects out and in: one archive each, for another server or another database."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from holotable.errors import ProjectArchiveTooLarge, Refused
from holotable.project_archive import Brought
from holotable.review.roles import Action
from holotable.store.blobs import incoming
from holotable.web.dependencies import Administrator, AppContext, Permissions, Principal
from holotable.web.ranges import content_disposition

router = APIRouter(tags=["project archives"])

_ZIP: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/zip": {}}}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ArchivedPerson(BaseModel):
    """Somebody whom the project names, and who it is here."""

    name: str
    login: str | None
    became: Literal["known", "placeholder"]  # a placeholder has no password


class ProjectImportAnswer(BaseModel):
    """What came of an archive, or would."""

    dry_run: bool
    project_id: UUID
    project_name: str
    counts: dict[str, int]  # rows of each table
    blobs: int
    blob_bytes: int
    missing: int  # files that the other server had lost already
    ids_mapped: int  # ids that were taken here and became others
    people: list[ArchivedPerson]


@router.get("/projects/{project_id}/archive", response_class=Response, responses=_ZIP)
async def export_project(
    project_id: UUID, request: Request, who: Principal, context: AppContext
) -> Response:
    """All of a project as one zip; for its owners. docs/formats/project-archive.md."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        project, _ = await access.require_whole(project_id, Action.MANAGE_MEMBERS)
    name = re.sub(r"[^\w.+-]+", "-", project.name).strip("-.")[:80] or "project"
    headers = {
        "Content-Disposition": content_disposition(f"{name}.holotable.zip"),
        "Cache-Control": "private, no-store",
    }
    if request.scope.get("state", {}).get("is_head"):
        return Response(media_type="application/zip", headers=headers)
    stack = AsyncExitStack()
    leaving = await stack.enter_async_context(context.archives.leaving(project.id))

    async def pieces() -> AsyncIterator[bytes]:
        async with stack:
            async for piece in context.archives.pieces(leaving):
                if piece:
                    yield piece

    return StreamingResponse(pieces(), media_type="application/zip", headers=headers)


@router.post("/admin/project-archives", openapi_extra=_BODY)
async def import_project(
    request: Request,
    who: Administrator,
    context: AppContext,
    dry_run: Annotated[bool, Query(description="Check all of it and say what would be")] = False,
) -> ProjectImportAnswer:
    """Make a project of an archive; for owners of the installation, who own it then.

    People are known by their login; whoever is not becomes a placeholder without a password.
    """
    async with incoming(context.blobs) as spool:
        try:
            async for chunk in request.stream():
                if spool.size + len(chunk) > context.archives.max_bytes:
                    raise ProjectArchiveTooLarge(max_bytes=context.archives.max_bytes)
                await spool.write(chunk)
        except ClientDisconnect as gone:
            raise Refused("The upload broke off.") from gone
        path = await spool.finished_path()
        brought = await context.archives.bring(path, by=who.id, dry_run=dry_run)
    return _answer(brought, dry_run=dry_run)


def _answer(brought: Brought, *, dry_run: bool) -> ProjectImportAnswer:
    return ProjectImportAnswer(
        dry_run=dry_run,
        project_id=brought.project_id,
        project_name=brought.project_name,
        counts=dict(brought.counts),
        blobs=brought.blobs,
        blob_bytes=brought.blob_bytes,
        missing=brought.missing,
        ids_mapped=brought.ids_mapped,
        people=[
            ArchivedPerson(name=one.name, login=one.login, became=one.became)
            for one in brought.people
        ],
    )
