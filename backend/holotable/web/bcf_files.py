"""BCF files over REST: into a project and out of it."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from holotable import bcf_export, bcf_import
from holotable.bcf_blobs import keep, named_revisions
from holotable.bcf_import import Became, Done, Mode, Wanted
from holotable.errors import BcfTooLarge, BcfTooMany, Invalid, NotFound
from holotable.exchange.bcf_model import BcfFile, Version
from holotable.exchange.bcf_read import read_bcf
from holotable.exchange.bcf_seen import Model, named_rows
from holotable.exchange.bcf_zip import LIMITS
from holotable.review.roles import Action
from holotable.review_results import MAX_ISSUES
from holotable.store.issue_tables import Issue
from holotable.store.queries import issues as rows
from holotable.store.queries import packages
from holotable.store.queries.visible import find
from holotable.store.tables import Revision
from holotable.web import multipart
from holotable.web.attachments import pieces
from holotable.web.context import Context
from holotable.web.dependencies import AppContext, Permissions, Principal
from holotable.web.issue_filters import Filters, query_of, require_asked
from holotable.web.ranges import content_disposition
from holotable.web.security import is_secure

router = APIRouter(tags=["issues"])

TYPE: Final = "application/octet-stream"
_MAX_MODELS: Final = 20  # revisions that one file names
_STRUCTURE: Final = "structure.json"
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/zip",
                            "description": "BCF-XML 2.1 or 3.0: .bcf or .bcfzip",
                        }
                    },
                }
            }
        },
    }
}


class ImportedTopic(BaseModel):
    """What became of a topic. problem: why it was skipped or refused.

    left_out: parts and cuts of its views that the model has not; words: that the project does not
    list, taken as they are.
    """

    guid: UUID
    title: str
    done: Done
    issue_id: UUID | None
    number: int | None
    comments: int  # new or changed
    viewpoints: int  # new
    left_out: int
    problem: str | None
    words: list[str]


class BcfImportAnswer(BaseModel):
    """What became of a file, topic by topic; dry_run: nothing was changed."""

    version: Literal["2.1", "3.0"]
    project_name: str | None  # as the file says
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    unread: list[str]  # files of the zip that belong to nothing, at most 100
    topics: list[ImportedTopic]


@router.post("/projects/{project_id}/issues.bcf", openapi_extra=_FORM)
async def import_bcf(
    project_id: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
    dry_run: Annotated[bool, Query(description="Say what would happen, change nothing")] = False,
    mode: Annotated[
        Mode, Query(description="What happens to issues that are there already")
    ] = "update",
    revision_id: Annotated[
        UUID | None, Query(description="Views are of this one, whatever the file says")
    ] = None,
) -> BcfImportAnswer:
    """Take in a BCF file: each topic by its guid, however often the same file comes."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        await access.require_whole(project_id, Action.ISSUE)
        await _revision(access, project_id, revision_id)
    content = await _received(request)
    file = await asyncio.to_thread(read_bcf, content)
    wanted = await _wanted(context, who, project_id, file, revision_id, mode, dry_run=dry_run)
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        project, _ = await access.require_whole(project_id, Action.ISSUE)
        nested = await session.begin_nested()
        told = await bcf_import.take_in(
            session,
            project,
            wanted,
            structures=context.structures,
            blobs=context.blobs,
            author=who.id,
            now=access.now,
        )
        if dry_run:
            await nested.rollback()
        else:
            await nested.commit()
    return _answer(file, told, dry_run=dry_run)


@router.get(
    "/projects/{project_id}/issues.bcf",
    response_class=Response,
    responses={200: {"content": {TYPE: {}}}},
)
async def export_bcf(
    project_id: UUID,
    request: Request,
    who: Principal,
    context: AppContext,
    asked: Filters,
    version: Annotated[Version, Query(description="Of BCF-XML")] = "3.0",
) -> Response:
    """The project's issues that the asker sees and asks for, in one BCF file; 404 without any."""
    async with context.database.transaction() as session:
        access = Permissions(who, session, context.clock())
        project = await require_asked(access, project_id, asked)
        statement = rows.matching(query_of(access, asked), project_id, who.id, access.now)
        statement = statement.where(Issue.deleted_at.is_(None))  # a file has no tombstones
        if asked.status:
            statement = statement.where(Issue.status.in_(asked.status))
        numbers = sorted(
            await session.scalars(statement.with_only_columns(Issue.number).limit(MAX_ISSUES + 1))
        )
        if not numbers:
            raise NotFound("No issue is as asked for.")
        if len(numbers) > MAX_ISSUES:
            raise BcfTooMany(f"A file holds at most {MAX_ISSUES:,} issues.", limit=MAX_ISSUES)
        found = await bcf_export.gather(session, project, numbers)
    content = await bcf_export.written(
        found, context.blobs, context.structures, origin=origin(request, context), version=version
    )
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": content_disposition(f"{project.name}.bcf"),
    }
    return Response(content, media_type=TYPE, headers=headers)


def origin(request: Request, context: Context) -> str:
    """Of this server, for addresses in files."""
    scheme = "https" if is_secure(request, context) else "http"
    return context.public_url or f"{scheme}://{request.headers.get('host', '')}"


async def models_of(
    context: Context, who: Principal, project_id: UUID, ids: Collection[UUID]
) -> dict[UUID, Model]:
    """These revisions, as far as they are of this project; what has no scene has no parts."""
    found: list[tuple[Revision, str | None]] = []
    async with context.database.transaction() as session:
        for one in list(dict.fromkeys(ids))[:_MAX_MODELS]:
            seen = await find(session, Revision, one, who.id, context.clock())
            if seen is not None and seen[0].project_id == project_id:
                stored = await packages.find_file(session, one, _STRUCTURE)
                found.append((seen[0], stored.sha256 if stored else None))
    made = {}
    for revision, sha256 in found:
        ids_there: list[str] = []
        if sha256 is not None:
            ids_there = (await context.structures.get(sha256)).ids
        named = await asyncio.to_thread(named_rows, ids_there)
        made[revision.id] = Model(revision.id, revision.asset_id, sha256, named)
    return made


async def _wanted(
    context: Context,
    who: Principal,
    project_id: UUID,
    file: BcfFile,
    revision_id: UUID | None,
    mode: Mode,
    *,
    dry_run: bool,
) -> Wanted:
    named = [one for topic in file.topics for one in named_revisions(topic)]
    asked = [] if revision_id is None else [revision_id]
    models = await models_of(context, who, project_id, [*asked, *named])
    return Wanted(
        file=file,
        kept=await keep(file, context.blobs, dry_run=dry_run),
        mode=mode,
        models=models,
        model=None if revision_id is None else models.get(revision_id),
    )


async def _revision(access: Permissions, project_id: UUID, revision_id: UUID | None) -> None:
    if revision_id is not None:
        row = await access.require(Revision, revision_id, Action.VIEW)
        if row.project_id != project_id:
            raise NotFound()


async def _received(request: Request) -> bytes:
    """The file in the form. raises: Invalid, BcfTooLarge."""
    events = multipart.events(request)
    content = bytearray()
    found = False
    async for event in events:
        if isinstance(event, multipart.FileBegin) and event.name == "file" and not found:
            found = True
            async for piece in pieces(events):
                content += piece
                if len(content) > LIMITS.packed_bytes:
                    raise BcfTooLarge(
                        f"A BCF file has at most {LIMITS.packed_bytes >> 20} MB.",
                        limit=LIMITS.packed_bytes,
                    )
    if not found:
        raise Invalid("Send the file in the field `file`.", pointer="/file")
    return bytes(content)


def _answer(file: BcfFile, told: list[Became], *, dry_run: bool) -> BcfImportAnswer:
    def count(done: Done) -> int:
        return sum(one.done == done for one in told)

    return BcfImportAnswer(
        version=file.version,
        project_name=file.project.name if file.project else None,
        dry_run=dry_run,
        created=count("created"),
        updated=count("updated"),
        unchanged=count("unchanged"),
        skipped=count("skipped"),
        refused=count("refused"),
        unread=file.unread[:100],
        topics=[
            ImportedTopic(
                guid=one.guid,
                title=one.title,
                done=one.done,
                issue_id=None if dry_run and one.done == "created" else one.issue_id,
                number=None if dry_run and one.done == "created" else one.number,
                comments=one.comments,
                viewpoints=one.viewpoints,
                left_out=one.left_out,
                problem=one.problem or None,
                words=one.words,
            )
            for one in told
        ],
    )
