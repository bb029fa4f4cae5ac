"""Assets of a project: list, make, change, move, to the trash and back."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Select

from holotable.accounts import display_name
from holotable.review.roles import Action
from holotable.store.database import uuid7
from holotable.store.queries import projects as rows
from holotable.store.queries.versions import later
from holotable.store.queries.visible import in_trash, reach, visible
from holotable.store.tables import Asset, Folder, Project
from holotable.web.answers import (
    AssetAnswer,
    Cursor,
    Items,
    Limit,
    UpdatedSince,
    asset_answer,
    asset_answers,
    asset_tombstones,
    encode_cursor,
    merged,
    paged,
)
from holotable.web.dependencies import Access, Permissions
from holotable.web.etags import IfMatch, etag, hold_if_match
from holotable.web.ref_answers import ExternalRefs, replace_refs

router = APIRouter(tags=["assets"])


class AssetRequest(BaseModel):
    """A new asset, still without a revision."""

    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=10_000)
    part_number: str = Field(default="", max_length=200)
    folder_id: UUID | None = None
    external_refs: ExternalRefs | None = None


class AssetPatch(BaseModel):
    """What changes; what is absent stays, a null folder moves to the top, references are all."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=10_000)
    part_number: str | None = Field(default=None, max_length=200)
    folder_id: UUID | None = None
    external_refs: ExternalRefs | None = None


@router.get("/projects/{project_id}/assets")
async def list_assets(
    project_id: UUID,
    access: Access,
    folder_id: Annotated[UUID | None, Query(description="Only what lies in this folder")] = None,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Items[AssetAnswer]:
    """The project's assets, newest first, each with its newest revision."""
    await access.require(Project, project_id, Action.VIEW)
    seen = reach(access.who.id, access.now)
    statement = visible(Asset, seen).where(Asset.project_id == project_id)
    if folder_id is not None:
        folder = await access.require(Folder, folder_id, Action.VIEW)
        statement = statement.where(Asset.folder_id == folder.id)
    gone: Sequence[Asset] = ()
    if updated_since is not None:
        statement = statement.where(Asset.updated_at >= updated_since)
        tombs = in_trash(Asset, seen).where(
            Asset.project_id == project_id, Asset.deleted_at >= updated_since
        )
        if folder_id is not None:
            tombs = tombs.where(Asset.folder_id == folder_id)
        gone = await _page(access, tombs, cursor, limit)
    page, more = merged(
        await _page(access, statement, cursor, limit), gone, lambda asset: asset.id, limit
    )
    answers = [
        *await asset_answers(access.transaction, [one for one in page if not one.deleted_at]),
        *await asset_tombstones(access.transaction, [one for one in page if one.deleted_at]),
    ]
    return Items(
        items=sorted(answers, key=lambda answer: answer.id, reverse=True),
        next_cursor=encode_cursor(page[-1].id) if more else None,
    )


async def _page(
    access: Permissions, statement: Select[Asset, str], cursor: str | None, limit: int
) -> list[Asset]:
    found = paged(statement, Asset.__table__.c.id, cursor, limit)
    return [row[0] for row in await access.transaction.execute(found)]


@router.post("/projects/{project_id}/assets", status_code=201)
async def create_asset(
    project_id: UUID, body: AssetRequest, response: Response, access: Access
) -> AssetAnswer:
    """Make an asset; its first revision is an upload to it."""
    await access.require(Project, project_id, Action.UPLOAD)
    await rows.place_in(access.transaction, project_id, body.folder_id)
    asset = Asset(
        id=uuid7(),
        project_id=project_id,
        folder_id=body.folder_id,
        name=display_name(body.name),
        description=body.description,
        part_number=body.part_number.strip(),
        created_at=access.now,
        created_by=access.who.id,
        updated_at=access.now,
    )
    access.transaction.add(asset)
    await access.transaction.flush()
    await replace_refs(access.transaction, asset, body.external_refs, by=access.who.id)
    response.headers["ETag"] = etag(asset.id, asset.updated_at)
    response.headers["Location"] = f"/api/v1/assets/{asset.id}"
    return await asset_answer(access.transaction, asset)


@router.get("/assets/{asset_id}")
async def get_asset(asset_id: UUID, response: Response, access: Access) -> AssetAnswer:
    """One asset with its newest revision."""
    asset = await access.require(Asset, asset_id, Action.VIEW)
    response.headers["ETag"] = etag(asset.id, asset.updated_at)
    return await asset_answer(access.transaction, asset)


@router.patch("/assets/{asset_id}")
async def update_asset(
    asset_id: UUID,
    body: AssetPatch,
    response: Response,
    access: Access,
    if_match: IfMatch,
) -> AssetAnswer:
    """Rename, describe, number or move an asset."""
    asset = await access.require(Asset, asset_id, Action.EDIT)
    await rows.lock(access.transaction, asset.project_id)
    await hold_if_match(access.transaction, asset, if_match)
    if body.name is not None:
        asset.name = display_name(body.name)
    if body.description is not None:
        asset.description = body.description
    if body.part_number is not None:
        asset.part_number = body.part_number.strip()
    if "folder_id" in body.model_fields_set:
        await rows.place_in(access.transaction, asset.project_id, body.folder_id)
        asset.folder_id = body.folder_id
    await replace_refs(access.transaction, asset, body.external_refs, by=access.who.id)
    asset.updated_at = later(asset.updated_at, access.now)
    await access.transaction.flush()
    response.headers["ETag"] = etag(asset.id, asset.updated_at)
    return await asset_answer(access.transaction, asset)


@router.delete("/assets/{asset_id}", status_code=204)
async def trash_asset(asset_id: UUID, access: Access, if_match: IfMatch) -> None:
    """Move an asset with its revisions to the trash."""
    asset = await access.require(Asset, asset_id, Action.EDIT)
    await hold_if_match(access.transaction, asset, if_match)
    asset.deleted_at = access.now


@router.post("/assets/{asset_id}/restore")
async def restore_asset(asset_id: UUID, access: Access) -> AssetAnswer:
    """Bring an asset back; to the top when its folder is gone."""
    asset = await access.require_trashed(Asset, asset_id, Action.EDIT)
    await rows.lock(access.transaction, asset.project_id)
    await rows.restore_asset(access.transaction, asset, access.now)
    await access.transaction.flush()
    return await asset_answer(access.transaction, asset)
