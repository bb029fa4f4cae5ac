"""Queued conversions for tests: files whose content says how the probe converter misbehaves."""

import asyncio
import json
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from holotable import flows
from holotable.intake import Upload
from holotable.store.blobs import Blobs, put_bytes
from holotable.store.database import Database
from holotable.store.jobs import Jobs
from holotable.store.queries.standing import standing_of
from holotable.store.tables import Asset, Conversion, Package, Project, Revision
from holotable.worker import Converter

PROBE_FOLDER = Path(__file__).parent / "backend" / "conversion"
PROBE = Converter(entry="probe:convert", preload=(), python_path=(PROBE_FOLDER,))
CEILING_S = 30.0


async def add_bare_project(database: Database) -> Project:
    """A project of nobody's."""
    now = datetime.now(UTC)
    project = Project(name="Skid", created_at=now, updated_at=now)
    async with database.transaction() as session:
        session.add(project)
    return project


async def queue(
    database: Database,
    blobs: Blobs,
    jobs: Jobs,
    project: Project,
    order: dict[str, Any],
    asset: Asset | None = None,
) -> Revision:
    """A queued revision whose file makes the probe do what `order` says."""
    upload = Upload("probe.json", await put_bytes(blobs, json.dumps(order).encode()))
    now = datetime.now(UTC)
    async with database.transaction() as session:
        if asset is not None:
            return await flows.add_revision(session, jobs, asset, upload, author=None, now=now)
        return (
            await flows.add_asset(
                session, jobs, upload, project_id=project.id, folder_id=None, name=None,
                author=None, now=now,
            )
        )[1]  # fmt: skip


async def look(database: Database, revision_id: UUID) -> Conversion:
    """The latest conversion of a revision."""
    async with database.transaction() as session:
        revision = await session.get_one(Revision, revision_id)
        standing = (await standing_of(session, [revision]))[revision_id]
    assert standing.conversion is not None
    return standing.conversion


async def until(
    database: Database, revision_id: UUID, states: Collection[str], ceiling_s: float = CEILING_S
) -> Conversion:
    """Wait until the revision is in one of these states."""
    async with asyncio.timeout(ceiling_s):
        while True:
            view = await look(database, revision_id)
            if view.state in states:
                return view
            await asyncio.sleep(0.05)


async def rows_of(database: Database, revision_id: UUID) -> list[Conversion]:
    async with database.transaction() as session:
        statement = select(Conversion).where(Conversion.revision_id == revision_id)
        return list((await session.execute(statement.order_by(Conversion.created_at))).scalars())


async def packages_of(database: Database, revision_id: UUID) -> list[Package]:
    async with database.transaction() as session:
        statement = select(Package).where(Package.revision_id == revision_id)
        return list((await session.execute(statement)).scalars())
