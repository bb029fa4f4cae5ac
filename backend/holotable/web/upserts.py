"""Made or changed by what a PLM calls them: projects, assets, and what is said of revisions.

Sending the same again changes nothing. What is absent stays; who has both rights may, and what is
in the trash is not made a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

from pydantic import Field

from holotable import external_refs
from holotable.accounts import display_name
from holotable.errors import (
    AmbiguousRef,
    FileNeeded,
    Forbidden,
    RefExists,
    RefInTrash,
    RefTaken,
)
from holotable.external_refs import Ref
from holotable.review.roles import Action, Role
from holotable.store.database import uuid7
from holotable.store.external_tables import ExternalRef
from holotable.store.queries import external_refs as ref_rows
from holotable.store.queries import projects as project_rows
from holotable.store.queries.versions import later
from holotable.store.queries.visible import find_trashed, reach
from holotable.store.tables import Asset, Member, Project, Revision
from holotable.web.dependencies import Permissions, require_role
from holotable.web.etags import hold_if_match
from holotable.web.issue_answers import Storable
from holotable.web.ref_answers import VendorWord

Row = TypeVar("Row", Project, Asset, Revision)
Outcome: TypeAlias = Literal["created", "changed", "unchanged"]


class RefFields(Storable):
    """What may be said of the reference itself."""

    revision: VendorWord | None = Field(default=None, description="The system's own label")
    url: str | None = Field(default=None, max_length=2000, description="Deep link")


class ProjectByRef(RefFields):
    """A project as the system has it; what is absent stays. A new one is named by its id."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=10_000)


class AssetByRef(RefFields):
    """An asset as the system has it; what is absent stays. A new one is named by its id."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=10_000)
    part_number: str | None = Field(default=None, max_length=200)
    folder_id: UUID | None = None


class RevisionByRef(RefFields):
    """What a system says of a revision; what is absent stays."""

    note: str | None = Field(default=None, max_length=10_000)
    vendor_revision: VendorWord | None = None
    vendor_lifecycle: VendorWord | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what an upsert may happen."""

    create_only: bool = False
    if_match: str | None = None


@dataclass(frozen=True, slots=True)
class Upserted(Generic[Row]):
    """The row, and what became of it."""

    row: Row
    outcome: Outcome


async def find_project(access: Permissions, ref: Ref) -> tuple[Project, Role] | None:
    """The project of this name that the asker sees. raises: AmbiguousRef, RefInTrash."""
    if not ref.is_sound:
        return None
    seen = reach(access.who.id, access.now)
    found = await ref_rows.projects_named(access.transaction, seen, *ref.key)
    if len(found) > 1:
        raise AmbiguousRef(projects=[str(project.id) for project, _ in found])
    if found:
        return found[0][0], Role(found[0][1])
    gone = reach(access.who.id, access.now, trashed=True)
    if trashed := await ref_rows.projects_named(access.transaction, gone, *ref.key):
        raise RefInTrash(id=str(trashed[0][0].id))
    return None


async def find_asset(access: Permissions, project_id: UUID, ref: Ref) -> Asset | None:
    """The asset of this name in a project. raises: RefInTrash."""
    held = await _in_scope(access, project_id, ref)
    if held is None or held.asset_id is None:
        return None
    trashed = await find_trashed(
        access.transaction, Asset, held.asset_id, access.who.id, access.now
    )
    if trashed is not None:
        raise RefInTrash(id=str(held.asset_id))
    return await access.require(Asset, held.asset_id, Action.VIEW)


async def find_revision(access: Permissions, asset_id: UUID, ref: Ref) -> Revision | None:
    """The revision of this name of an asset."""
    held = await _in_scope(access, asset_id, ref)
    if held is None or held.revision_id is None:
        return None
    return await access.require(Revision, held.revision_id, Action.VIEW)


async def _in_scope(access: Permissions, scope_id: UUID, ref: Ref) -> ExternalRef | None:
    if not ref.is_sound:
        return None
    return await ref_rows.in_scope(access.transaction, scope_id, *ref.key)


async def upsert_project(
    access: Permissions, ref: Ref, said: ProjectByRef, conditions: Conditions
) -> Upserted[Project]:
    """Make or change the project of this name; whoever makes it owns it."""
    found = await find_project(access, ref)
    if found is None:
        if access.who.is_guest:
            raise Forbidden("Guests see what was shared with them and nothing else.")
        await external_refs.check(access.transaction, _told(ref, said), "")
        try:
            return Upserted(await _make_project(access, ref, said), "created")
        except RefTaken:  # somebody was faster, in the same name
            found = await find_project(access, ref)
            if found is None:
                raise
    project, role = found
    require_role(role, Action.EDIT)
    await _may_change(access, project, conditions)
    return await _change(access, project, ref, said, {"name": _name(said.name)})


async def upsert_asset(
    access: Permissions, project_id: UUID, ref: Ref, said: AssetByRef, conditions: Conditions
) -> Upserted[Asset]:
    """Make or change the asset of this name in a project."""
    await access.require_whole(project_id, Action.UPLOAD)
    await project_rows.place_in(access.transaction, project_id, said.folder_id)
    asset = await find_asset(access, project_id, ref)
    if asset is None:
        await external_refs.check(access.transaction, _told(ref, said), "")
        try:
            return Upserted(await _make_asset(access, project_id, ref, said), "created")
        except RefTaken:
            asset = await find_asset(access, project_id, ref)
            if asset is None:
                raise
    await access.require(Asset, asset.id, Action.EDIT)
    await _may_change(access, asset, conditions)
    values = {
        "name": _name(said.name),
        "part_number": _stripped(said.part_number),
        "folder_id": said.folder_id,
    }
    return await _change(access, asset, ref, said, values)


async def change_revision(
    access: Permissions, asset_id: UUID, ref: Ref, said: RevisionByRef, conditions: Conditions
) -> Upserted[Revision]:
    """Say something else of a revision that is there. raises: FileNeeded when none is."""
    await access.require(Asset, asset_id, Action.UPLOAD)
    revision = await find_revision(access, asset_id, ref)
    if revision is None:
        await external_refs.check(access.transaction, _told(ref, said), "")
        raise FileNeeded(pointer="/file")
    await access.require(Revision, revision.id, Action.EDIT)
    await _may_change(access, revision, conditions)
    values = {
        "note": said.note,
        "vendor_revision": _stripped(said.vendor_revision),
        "vendor_lifecycle": _stripped(said.vendor_lifecycle),
    }
    return await _change(access, revision, ref, said, values)


async def name_revision(
    access: Permissions, revision: Revision, ref: Ref, said: RevisionByRef
) -> None:
    """Give a revision that was just made this reference, and the vendor's words."""
    revision.vendor_revision = _stripped(said.vendor_revision) or ""
    revision.vendor_lifecycle = _stripped(said.vendor_lifecycle) or ""
    await _put(access, revision, ref, said)


async def _make_project(access: Permissions, ref: Ref, said: ProjectByRef) -> Project:
    project = Project(
        id=uuid7(),
        name=_name(said.name) or display_name(ref.id),
        description=said.description or "",
        created_at=access.now,
        created_by=access.who.id,
        updated_at=access.now,
        is_sample=False,
    )
    member = Member(
        project_id=project.id, principal_id=access.who.id, role=Role.OWNER, added_at=access.now
    )
    async with access.transaction.begin_nested():
        access.transaction.add(project)
        await access.transaction.flush()
        access.transaction.add(member)
        await _put(access, project, ref, said)
    return project


async def _make_asset(access: Permissions, project_id: UUID, ref: Ref, said: AssetByRef) -> Asset:
    asset = Asset(
        id=uuid7(),
        project_id=project_id,
        folder_id=said.folder_id,
        name=_name(said.name) or display_name(ref.id),
        description=said.description or "",
        part_number=(said.part_number or "").strip(),
        created_at=access.now,
        created_by=access.who.id,
        updated_at=access.now,
    )
    async with access.transaction.begin_nested():
        access.transaction.add(asset)
        await access.transaction.flush()
        await _put(access, asset, ref, said)
    return asset


async def _may_change(
    access: Permissions, row: Project | Asset | Revision, conditions: Conditions
) -> None:
    if conditions.create_only:
        raise RefExists(id=str(row.id))
    await hold_if_match(access.transaction, row, conditions.if_match)


async def _change(
    access: Permissions, row: Row, ref: Ref, said: RefFields, values: Mapping[str, object]
) -> Upserted[Row]:
    """Give a row the values that were sent, and say whether that made any difference."""
    described = {"description": getattr(said, "description", None)}
    different = {
        name: value
        for name, value in {**described, **values}.items()
        if value is not None and getattr(row, name) != value
    }
    for name, value in different.items():
        setattr(row, name, value)
    renamed = await _put(access, row, ref, said)
    if not different and not renamed:
        return Upserted(row, "unchanged")
    row.updated_at = later(row.updated_at, access.now)
    await access.transaction.flush()
    return Upserted(row, "changed")


async def _put(
    access: Permissions, row: Project | Asset | Revision, ref: Ref, said: RefFields
) -> bool:
    """Keep the reference as told just now; what was not said of it stays."""
    refs = await external_refs.of(access.transaction, row)
    held = next((one for one in refs if external_refs.key_of(one) == ref.key), None)
    was = ("", "") if held is None else (held.revision, held.url)
    told = Ref(
        *ref.key,
        revision=was[0] if said.revision is None else said.revision.strip(),
        url=was[1] if said.url is None else said.url.strip(),
        synced_at=access.now,
    )
    return await external_refs.put(access.transaction, row, told, by=access.who.id)


def _told(ref: Ref, said: RefFields) -> Ref:
    return Ref(*ref.key, revision=said.revision or "", url=said.url or "")


def _name(sent: str | None) -> str | None:
    return None if sent is None else display_name(sent)


def _stripped(sent: str | None) -> str | None:
    return None if sent is None else sent.strip()
