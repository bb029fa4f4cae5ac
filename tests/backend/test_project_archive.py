"""Projects that move: to the other database and back, beside themselves, and never by force."""

import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import Caller, Clock, Project, add_project, add_user
from fastapi import FastAPI
from postgres import PostgresServer
from project_archives import exported, full_project, held, rewritten
from sqlalchemy import func, select

from holotable.errors import (
    ProjectArchiveDamaged,
    ProjectArchiveEntries,
    ProjectArchiveProblem,
    ProjectArchiveRows,
    ProjectArchiveUnreadable,
    ProjectArchiveVersion,
)
from holotable.project_archive import ProjectArchives
from holotable.settings import Settings
from holotable.store.blobs import FileBlobs, put_bytes
from holotable.store.database import Database
from holotable.store.queries.project_rows import KEPT
from holotable.store.tables import Asset, Member, Principal, User
from holotable.store.tables import Project as ProjectRow

ONE = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def archives(app: FastAPI) -> ProjectArchives:
    found: ProjectArchives = app.state.context.archives
    return found


@pytest.fixture
async def archive(
    app: FastAPI, archives: ProjectArchives, database: Database, clock: Clock, project: Project,
    owner: Caller, tmp_path: Path,
) -> Path:  # fmt: skip
    await full_project(database, app.state.context.blobs, clock, project, owner)
    return await exported(archives, project.id, tmp_path / "project.zip")


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    file = tmp_path / "elsewhere.sqlite"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
def other_url(engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the other kind."""
    if engine == "postgresql":
        yield request.getfixturevalue("sqlite_url")
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = server.create_database(request.getfixturevalue("migrated_postgresql"))
    yield Settings(database_url=server.url(name)).sqlalchemy_url
    server.drop_database(name)


@asynccontextmanager
async def empty_server(
    url: str, folder: Path, clock: Clock
) -> AsyncIterator[tuple[ProjectArchives, Database]]:
    database = Database(url)
    yield (
        ProjectArchives(database, FileBlobs(folder), clock, server="", max_bytes=1 << 30),
        database,
    )
    await database.close()


@pytest.fixture
async def elsewhere(
    other_url: str, clock: Clock, tmp_path: Path
) -> AsyncIterator[tuple[ProjectArchives, Database]]:
    """An empty server on the other database."""
    async with empty_server(other_url, tmp_path / "elsewhere", clock) as made:
        yield made


@pytest.fixture
async def empty(
    sqlite_url: str, clock: Clock, tmp_path: Path
) -> AsyncIterator[tuple[ProjectArchives, Database]]:
    """An empty server."""
    async with empty_server(sqlite_url, tmp_path / "elsewhere", clock) as made:
        yield made


@pytest.mark.postgresql
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_project_is_the_same_on_the_other_database_table_by_table(
    archive: Path, elsewhere: tuple[ProjectArchives, Database], tmp_path: Path, owner: Caller
) -> None:
    there, database = elsewhere
    manifest, rows, blobs = held(archive)
    assert manifest["counts"].keys() == KEPT.keys()
    assert manifest["missing"] == []
    brought = await there.bring(archive, by=None, dry_run=False)
    assert (brought.ids_mapped, [one.became for one in brought.people]) == (0, ["placeholder"])
    again = await exported(there, brought.project_id, tmp_path / "again.zip")
    told, same_rows, same_blobs = held(again)
    assert same_rows == rows
    assert same_blobs == blobs
    assert told["people"] == manifest["people"]
    assert hashlib.sha256((tmp_path / "again.zip").read_bytes()).digest()
    async with database.transaction() as session:
        mia = await session.get_one(User, owner.id)
        assert (mia.login, mia.password_hash) == ("mia.berg", "!")
        assert not (await session.get_one(Principal, owner.id)).is_admin


@ONE
async def test_beside_itself_every_id_is_another_and_people_are_who_they_are(
    archive: Path, archives: ProjectArchives, database: Database, clock: Clock, project: Project,
    owner: Caller, tmp_path: Path,
) -> None:  # fmt: skip
    ann = await add_user(database, clock, "Ann")
    brought = await archives.bring(archive, by=ann.id, dry_run=False)
    assert brought.project_id != project.id
    assert [(one.login, one.became) for one in brought.people] == [("mia.berg", "known")]
    copy = await exported(archives, brought.project_id, tmp_path / "copy.zip")
    _, rows, blobs = held(archive)
    _, copied, same_blobs = held(copy)
    assert same_blobs == blobs
    said = json.dumps(copied)
    for _, row in rows:
        if "id" in row and "recording_id" not in row:  # a voice's piece is its page's id, beside
            assert row["id"] not in said  # nor in documents
    assert len(copied) == len(rows) + 1  # Ann owns it, too
    async with database.transaction() as session:
        role = await session.scalar(
            select(Member.role).where(
                Member.project_id == brought.project_id, Member.principal_id == ann.id
            )
        )
    assert role == "owner"


@ONE
async def test_a_dry_run_tells_the_same_and_keeps_nothing(
    archive: Path, empty: tuple[ProjectArchives, Database], tmp_path: Path
) -> None:
    there, database = empty
    told = await there.bring(archive, by=None, dry_run=True)
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Principal)) == 0
    assert not [one for one in (tmp_path / "elsewhere").rglob("*") if one.is_file()]
    assert await there.bring(archive, by=None, dry_run=False) == told


def drop_blob(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    name = next(iter(blobs))
    del blobs[name]


def lost_blob(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    name = next(iter(blobs))
    del blobs[name]
    del manifest["blobs"][name.removeprefix("blobs/")]


def other_bytes(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    name = next(iter(blobs))
    blobs[name] = b"?" * len(blobs[name])


def smuggled(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    sha256 = hashlib.sha256(b"more").hexdigest()
    blobs[f"blobs/{sha256}"] = b"more"
    manifest["blobs"][sha256] = 4


def edited(**change: Any) -> Callable[[Any, list[str], dict[str, bytes]], None]:
    def act(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
        manifest.update(change)

    return act


def twice(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    lines.insert(0, lines[0])


def clash(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    """Two revisions with one label: each row is fine by itself."""
    at = next(number for number, line in enumerate(lines) if line.startswith('["revision"'))
    row = json.loads(lines[at])
    row[1]["id"] = "01900000-0000-7000-8000-00000000beef"
    lines.insert(at, json.dumps(row))
    manifest["counts"]["revision"] += 1


def escape(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> dict[str, bytes]:
    return {"../../etc/passwd": b"x"}


def bomb(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
    manifest["made_at"] = "x"
    manifest["server"] = "y" * (65 << 20)


@ONE
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (edited(format="holotable-project/9"), ProjectArchiveVersion),
        (edited(format=None), ProjectArchiveVersion),
        (edited(people={"x": {}}), ProjectArchiveUnreadable),
        (edited(missing=["../"]), ProjectArchiveUnreadable),
        (edited(counts={"asset": 1}), ProjectArchiveDamaged),
        (edited(rows_sha256="0" * 64, keep_hash=True), ProjectArchiveDamaged),
        (edited(rows_bytes=1, keep_hash=True), ProjectArchiveEntries),
        (edited(project_id="01900000-0000-7000-8000-000000000009"), ProjectArchiveRows),
        (edited(people={}), ProjectArchiveRows),
        (twice, ProjectArchiveRows),
        (clash, ProjectArchiveRows),
        (drop_blob, ProjectArchiveEntries),
        (lost_blob, ProjectArchiveEntries),
        (smuggled, ProjectArchiveEntries),
        (other_bytes, ProjectArchiveDamaged),
        (escape, ProjectArchiveEntries),
        (bomb, ProjectArchiveEntries),
    ],
)
async def test_an_archive_that_lies_is_refused_by_its_kind_and_leaves_no_row(
    archive: Path, archives: ProjectArchives, empty: tuple[ProjectArchives, Database],
    tmp_path: Path, change: Any, kind: type[ProjectArchiveProblem],
) -> None:  # fmt: skip
    there, database = empty
    hostile = rewritten(archive, tmp_path / "hostile.zip", change)
    with pytest.raises(kind) as refused:
        await there.bring(hostile, by=None, dry_run=False)
    assert type(refused.value) is kind
    async with database.transaction() as session:
        for table in (ProjectRow, Principal, Asset):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


@ONE
async def test_no_archive_reaches_what_is_here_by_an_id_or_a_hash(
    archive: Path, archives: ProjectArchives, app: FastAPI, database: Database, clock: Clock,
    tmp_path: Path,
) -> None:  # fmt: skip
    ann = await add_user(database, clock, "Ann")
    foreign = await add_project(database, clock, owner=ann, name="Secret")
    secret = (await put_bytes(app.state.context.blobs, b"secret")).sha256

    def by_id(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
        lines[:] = [
            line.replace(manifest["project_id"], str(foreign.id))
            if line.startswith('["folder"')
            else line
            for line in lines
        ]

    def by_hash(manifest: Any, lines: list[str], blobs: dict[str, bytes]) -> None:
        at = next(number for number, line in enumerate(lines) if line.startswith('["revision"'))
        row = json.loads(lines[at])
        old = row[1]["source_sha256"]
        lines[:] = [line.replace(old, secret) for line in lines]
        del blobs[f"blobs/{old}"]
        del manifest["blobs"][old]
        manifest["missing"] = [secret]

    with pytest.raises(ProjectArchiveRows, match="of another project"):
        await archives.bring(rewritten(archive, tmp_path / "a.zip", by_id), by=None, dry_run=False)
    with pytest.raises(ProjectArchiveEntries, match="it is here"):
        await archives.bring(
            rewritten(archive, tmp_path / "b.zip", by_hash), by=None, dry_run=False
        )


@ONE
@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + b"\0" * 18, b"no zip at all" * 100])
async def test_what_is_no_archive_is_refused(
    archives: ProjectArchives, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(content)
    with pytest.raises(ProjectArchiveUnreadable):
        await archives.bring(path, by=None, dry_run=False)
