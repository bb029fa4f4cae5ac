"""Folders of a project: they nest, move without cycles, and go to the trash with their content."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from holotable.accounts import display_name
from holotable.review.roles import Action
from holotable.store.database import uuid7
from holotable.store.queries import projects as rows
from holotable.store.queries.visible import reach_of
from holotable.store.tables import Folder, Project
from holotable.web.answers import Items
from holotable.web.dependencies import Access

router = APIRouter(tags=["folders"])


class FolderAnswer(BaseModel):
    """A place for assets; without a parent it lies at the top of its project."""

    id: UUID
    project_id: UUID
    parent_id: UUID | None
    name: str


class FolderRequest(BaseModel):
    """A new folder."""

    name: str = Field(min_length=1, max_length=200)
    parent_id: UUID | None = None


class FolderPatch(BaseModel):
    """What changes; what is absent stays, a null parent moves to the top."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    parent_id: UUID | None = None


@router.get("/projects/{project_id}/folders")
async def list_folders(project_id: UUID, access: Access) -> Items[FolderAnswer]:
    """Every folder of the project, by name; the tree is in `parent_id`."""
    await access.require(Project, project_id, Action.VIEW)
    seen = await reach_of(access.transaction, project_id, access.who.id, access.now)
    if seen is None or seen.asset_id is not None:  # a guest of one asset sees no folders
        return Items(items=[])
    found = await rows.folders_of(access.transaction, project_id)
    return Items(items=[_answer(folder) for folder in found])


@router.post("/projects/{project_id}/folders", status_code=201)
async def create_folder(project_id: UUID, body: FolderRequest, access: Access) -> FolderAnswer:
    """Make a folder."""
    await access.require(Project, project_id, Action.EDIT)
    await rows.place_in(access.transaction, project_id, body.parent_id)
    folder = Folder(
        id=uuid7(),
        project_id=project_id,
        parent_id=body.parent_id,
        name=display_name(body.name),
        created_at=access.now,
    )
    access.transaction.add(folder)
    await access.transaction.flush()
    return _answer(folder)


@router.patch("/folders/{folder_id}")
async def update_folder(folder_id: UUID, body: FolderPatch, access: Access) -> FolderAnswer:
    """Rename or move a folder."""
    folder = await access.require(Folder, folder_id, Action.EDIT)
    if body.name is not None:
        folder.name = display_name(body.name)
    if "parent_id" in body.model_fields_set:
        await rows.place_in(access.transaction, folder.project_id, body.parent_id, moving=folder)
        folder.parent_id = body.parent_id
    return _answer(folder)


@router.delete("/folders/{folder_id}", status_code=204)
async def trash_folder(folder_id: UUID, access: Access) -> None:
    """Move a folder with its content to the trash."""
    folder = await access.require(Folder, folder_id, Action.EDIT)
    await rows.lock(access.transaction, folder.project_id)
    await rows.trash_folder(access.transaction, folder, access.now)


@router.post("/folders/{folder_id}/restore")
async def restore_folder(folder_id: UUID, access: Access) -> FolderAnswer:
    """Bring a folder back with what went with it; to the top when its parent is gone."""
    folder = await access.require_trashed(Folder, folder_id, Action.EDIT)
    await rows.lock(access.transaction, folder.project_id)
    await rows.restore_folder(access.transaction, folder, access.now)
    await access.transaction.flush()
    return _answer(folder)


def _answer(folder: Folder) -> FolderAnswer:
    return FolderAnswer.model_validate(folder, from_attributes=True)
