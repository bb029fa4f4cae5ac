"""The sample project: made once, before anybody has signed up, and given to the first owner.

`python -m holotable.sample DIR` writes the files and DIR/sample.json. It runs in a process of its
own, because generating B-rep solids keeps a core busy for seconds while people open the page.
Conversions are queued at once, so that the sample is ready when the owner has typed a password.
"""

import asyncio
import contextlib
import importlib.util
import logging
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import flows, intake
from holotable.accounts import Clock
from holotable.errors import Unavailable
from holotable.intake import Upload
from holotable.review.roles import Role
from holotable.store.blobs import Blobs, put_file
from holotable.store.database import Database, uuid7
from holotable.store.jobs import Jobs
from holotable.store.queries import accounts as rows
from holotable.store.tables import Asset, Folder, Member, Principal, Project

log = logging.getLogger("holotable.sample")

MANIFEST: Final = "sample.json"
GENERATOR: Final = "holotable.sample.__main__"
CEILING_S: Final = 600.0


class SampleFile(BaseModel):
    """One revision; files of the same asset are its revisions in this order."""

    asset: str
    file: str  # name in the directory of the manifest
    note: str = ""
    folder: str | None = None
    description: str = ""
    part_number: str = ""


class Sample(BaseModel):
    """What sample.json says."""

    name: str
    description: str = ""
    files: list[SampleFile]


def is_available() -> bool:
    """Whether this package can generate the sample."""
    return importlib.util.find_spec(GENERATOR) is not None


async def load_sample(
    database: Database,
    blobs: Blobs,
    jobs: Jobs,
    clock: Clock,
    *,
    command: Sequence[str] = (sys.executable, "-m", "holotable.sample"),
) -> Project | None:
    """Make the sample project and queue its conversions, unless this installation has a project.

    command: called with a directory; writes files and their manifest there.
    """
    async with database.transaction() as transaction:
        if await _has_projects(transaction):
            return None
    with tempfile.TemporaryDirectory(prefix="holotable-sample-") as folder:
        sample = await _generate([*command, folder], Path(folder))
        uploads = [
            Upload(
                intake.clean_name(entry.file),
                await put_file(blobs, Path(folder) / Path(entry.file).name),
            )
            for entry in sample.files
        ]
    async with database.transaction() as transaction:
        await rows.lock_setup(transaction)  # of two processes one loads; the owner comes or waits
        if await _has_projects(transaction):
            return None
        project = await _store(transaction, jobs, sample, uploads, clock())
        owner_id = await _first_owner(transaction)
        if owner_id is not None:
            await give_sample(transaction, owner_id, clock())
    log.info("The sample project is made: %d revisions wait for conversion.", len(uploads))
    return project


async def give_sample(transaction: AsyncSession, owner_id: UUID, now: datetime) -> None:
    """Make this principal the owner of the sample, if nobody has it yet."""
    nobodys = select(Project).where(
        Project.is_sample, ~exists().where(Member.project_id == Project.id)
    )
    for project in (await transaction.scalars(nobodys)).all():
        project.created_by = owner_id
        transaction.add(
            Member(project_id=project.id, principal_id=owner_id, role=Role.OWNER, added_at=now)
        )
    await transaction.flush()


async def _has_projects(transaction: AsyncSession) -> bool:
    return await transaction.scalar(select(Project.id).limit(1)) is not None


async def _first_owner(transaction: AsyncSession) -> UUID | None:
    return await transaction.scalar(
        select(Principal.id)
        .where(Principal.kind == "user", Principal.is_admin, Principal.disabled_at.is_(None))
        .order_by(Principal.id)
        .limit(1)
    )


async def _generate(command: Sequence[str], folder: Path) -> Sample:
    """Run the generator; it ends with us, and after CEILING_S at the latest."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(CEILING_S):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Unavailable(
            "The sample project could not be generated.", said=said.decode(errors="replace")[-2000:]
        )
    manifest = await asyncio.to_thread((folder / MANIFEST).read_text, "utf-8")
    return Sample.model_validate_json(manifest)


async def _store(
    transaction: AsyncSession,
    jobs: Jobs,
    sample: Sample,
    uploads: Sequence[Upload],
    now: datetime,
) -> Project:
    project = Project(
        id=uuid7(),
        name=sample.name,
        description=sample.description,
        is_sample=True,
        created_at=now,
        updated_at=now,
    )
    transaction.add(project)
    await transaction.flush()
    folders: dict[str, Folder] = {}
    assets: dict[str, Asset] = {}
    for entry, upload in zip(sample.files, uploads, strict=True):
        if entry.folder is not None and entry.folder not in folders:
            folders[entry.folder] = Folder(
                id=uuid7(), project_id=project.id, name=entry.folder, created_at=now
            )
            transaction.add(folders[entry.folder])
            await transaction.flush()
        options = {"trusted": True}
        if entry.asset in assets:
            await flows.add_revision(
                transaction, jobs, assets[entry.asset], upload,
                author=None, now=now, note=entry.note, options=options,
            )  # fmt: skip
            continue
        asset, _ = await flows.add_asset(
            transaction, jobs, upload, project_id=project.id,
            folder_id=folders[entry.folder].id if entry.folder else None,
            name=entry.asset, author=None, now=now, note=entry.note, options=options,
        )  # fmt: skip
        asset.description = entry.description
        asset.part_number = entry.part_number
        assets[entry.asset] = asset
    await transaction.flush()
    return project
