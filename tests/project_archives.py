"""A project with a row in every table that moves, and what its archive holds."""

import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from builders import Caller, Clock, Project, add_asset, add_folder, add_revision, add_session
from issue_builders import add_issue
from sqlalchemy import JSON, Boolean, Date, Float, Integer, String, Uuid, func, insert, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.project_archive import ProjectArchives
from holotable.store.blobs import Blobs, put_bytes
from holotable.store.database import Database, uuid7
from holotable.store.queries.project_rows import BLOB_COLUMNS, KEPT
from holotable.store.tables import Table, UtcDateTime


async def full_project(
    database: Database, blobs: Blobs, clock: Clock, project: Project, owner: Caller
) -> None:
    """At least one row in each table, every column with something in it, and forward references."""
    await put_bytes(blobs, b"step")  # what the builders' revisions were made of
    folder = await add_folder(database, clock, project)
    asset = await add_asset(database, clock, project, "Ä 王", folder=folder)
    revision = await add_revision(database, clock, asset)
    await add_session(database, clock, revision, code="123456")
    await add_issue(database, clock, project, revision=revision)
    async with database.transaction() as session:
        for name in KEPT:
            table = Table.metadata.tables[name]
            if name == "package_file" or not await session.scalar(
                select(func.count()).select_from(table)
            ):
                await session.execute(
                    insert(table).values(
                        await _filled(session, table, blobs, clock, project, owner)
                    )
                )
        await session.flush()
        # The first comment answers to nothing and became the issue: a reference forward and back.
        comment = Table.metadata.tables["issue_comment"]
        await session.execute(comment.update().values(reply_to=None))


async def _filled(
    session: AsyncSession, table: SqlTable, blobs: Blobs, clock: Clock, project: Project,
    owner: Caller,
) -> dict[str, Any]:  # fmt: skip
    values: dict[str, Any] = {}
    for column in table.columns:
        where = (table.name, column.name)
        if where in BLOB_COLUMNS:
            values[column.name] = (await put_bytes(blobs, f"{where}".encode())).sha256
            continue
        if column.foreign_keys:
            (key,) = column.foreign_keys
            target = key.column.table
            if target.name == "principal":
                values[column.name] = owner.id
            elif target.name in KEPT and target is not table:
                values[column.name] = await session.scalar(select(key.column).limit(1))
            else:
                values[column.name] = None
            continue
        match column.type:
            case Uuid():
                values[column.name] = uuid7()
            case UtcDateTime():
                values[column.name] = clock().replace(microsecond=123456)
            case Date():
                values[column.name] = clock().date()
            case JSON():
                values[column.name] = {"of": str(project.id), "n": [1, 0.1, 1e-9, None, "ß"]}
            case Boolean():
                values[column.name] = True
            case Float():
                values[column.name] = 0.1
            case Integer():
                values[column.name] = 1
            case String():
                values[column.name] = "ready" if column.name == "state" else "x"
    if table.name == "review_packet":
        values["key_id"] = None
    return values


async def exported(archives: ProjectArchives, project_id: UUID, path: Path) -> Path:
    with path.open("wb") as file:
        async with archives.leaving(project_id) as leaving:
            async for piece in archives.pieces(leaving):
                file.write(piece)
    return path


def held(path: Path) -> tuple[dict[str, Any], list[Any], dict[str, bytes]]:
    """(manifest, rows, blobs by name) of an archive."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:2] == ["project.json", "rows.ndjson"]
        manifest = json.loads(archive.read("project.json"))
        rows = [json.loads(line) for line in archive.read("rows.ndjson").splitlines()]
        return manifest, rows, {name: archive.read(name) for name in names[2:]}


def rewritten(source: Path, target: Path, change: Any) -> Path:
    """The archive again, after `change` has had (manifest, rows as text, blobs) to alter."""
    import hashlib

    manifest, rows, blobs = held(source)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    extra = change(manifest, lines, blobs) or {}
    text = "".join(f"{line}\n" for line in lines).encode()
    manifest.setdefault("keep_hash", False)
    if not manifest.pop("keep_hash"):
        manifest["rows_sha256"] = hashlib.sha256(text).hexdigest()
        manifest["rows_bytes"] = len(text)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("project.json", json.dumps(manifest))
        archive.writestr("rows.ndjson", text)
        for name, data in {**blobs, **extra}.items():
            archive.writestr(name, data)
    return target
