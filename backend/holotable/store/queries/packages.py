"""Scene packages: the current one of a revision, its files, and how a new one takes its place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.store.tables import Package, PackageFile, Revision

COMPRESSED: Final = ".gz"  # suffix of a JSON file's companion, made once at publishing


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of a package to be."""

    name: str
    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a package."""

    package_id: UUID
    name: str
    sha256: str
    size: int  # bytes


async def replace_current(
    session: AsyncSession,
    *,
    revision_id: UUID,
    conversion_id: UUID,
    converter_version: str,
    options: dict[str, Any],
    files: Collection[NewFile],
    now: datetime,
) -> Package:
    """Make a package the current one of its revision, in the caller's transaction."""
    locked = select(Revision).where(Revision.id == revision_id).with_for_update()
    revision = (await session.execute(locked)).scalar_one()
    await session.execute(
        update(Package)
        .where(Package.revision_id == revision_id, Package.is_current)
        .values(is_current=False)
    )
    package = Package(
        project_id=revision.project_id,
        revision_id=revision_id,
        conversion_id=conversion_id,
        converter_version=converter_version,
        options=options,
        is_current=True,
        created_at=now,
    )
    session.add(package)
    await session.flush()
    session.add_all(
        PackageFile(package_id=package.id, name=file.name, sha256=file.sha256, bytes=file.size)
        for file in files
    )
    await session.flush()
    return package


async def same_source(
    session: AsyncSession,
    revision: Revision,
    converter_version: str,
    options: dict[str, Any],
) -> Package | None:
    """The newest package of the project that the same converter made of the same file.

    Only in the same project: elsewhere an instant answer would tell that somebody has this file.
    """
    statement = (
        select(Package)
        .join(Revision, Revision.id == Package.revision_id)
        .where(
            Package.project_id == revision.project_id,
            Package.converter_version == converter_version,
            Revision.source_sha256 == revision.source_sha256,
            Revision.source_name == revision.source_name,
        )
        .order_by(Package.created_at.desc(), Package.id.desc())
        .limit(20)
    )
    found = await session.scalars(statement)
    return next((package for package in found if package.options == options), None)


async def current(session: AsyncSession, revision_id: UUID) -> Package | None:
    """The package that is shown."""
    statement = select(Package).where(Package.revision_id == revision_id, Package.is_current)
    return (await session.execute(statement)).scalar_one_or_none()


async def files_of(session: AsyncSession, package_id: UUID) -> dict[str, StoredFile]:
    """Every file of a package by its name."""
    statement = select(PackageFile).where(PackageFile.package_id == package_id)
    rows = await session.scalars(statement)
    return {row.name: StoredFile(row.package_id, row.name, row.sha256, row.bytes) for row in rows}


async def find_file(
    session: AsyncSession, revision_id: UUID, name: str, sha256: str | None = None
) -> StoredFile | None:
    """A file of the current package; with `sha256`, of whichever package of the revision has it.

    A page that was opened before a package was replaced still gets the chunks it read about.
    """
    statement = (
        select(PackageFile)
        .join(Package, Package.id == PackageFile.package_id)
        .where(Package.revision_id == revision_id, PackageFile.name == name)
        .order_by(Package.is_current.desc())
        .limit(1)
    )
    if sha256 is None:
        statement = statement.where(Package.is_current)
    else:
        statement = statement.where(PackageFile.sha256 == sha256)
    return _stored(await session.scalar(statement))


async def companion(session: AsyncSession, file: StoredFile) -> StoredFile | None:
    """The compressed form of a file, if it was worth making."""
    return _stored(await session.get(PackageFile, (file.package_id, file.name + COMPRESSED)))


def _stored(row: PackageFile | None) -> StoredFile | None:
    return None if row is None else StoredFile(row.package_id, row.name, row.sha256, row.bytes)
