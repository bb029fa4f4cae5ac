"""One whole project leaves as an archive and comes in again, on any server and either database.

Out: rows are read in one moment into a file, then file and blobs are streamed. In: everything is
checked before anything is kept, then blobs, then all rows in one transaction; ids are kept where
they are free and others are written in their place wherever they stand, in documents too.
"""

import asyncio
import hashlib
import json
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable import accounts
from holotable.conversion.zip_directory import open_zip
from holotable.errors import (
    ArchiveProblem,
    DamagedFile,
    NotFound,
    ProjectArchiveDamaged,
    ProjectArchiveEntries,
    ProjectArchiveRows,
)
from holotable.exchange import project_archive as container
from holotable.exchange.project_archive import (
    BLOBS,
    MANIFEST,
    ROWS,
    Limits,
    Manifest,
    Reader,
    Writer,
)
from holotable.review.roles import Role
from holotable.store.blobs import Blobs, incoming
from holotable.store.database import Database, uuid7
from holotable.store.queries import accounts as account_rows
from holotable.store.queries import project_rows
from holotable.store.queries.project_rows import Checker, Loader
from holotable.store.tables import Member, Principal, Project, User

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOBODY: Final = "!"  # no argon2id hash: nobody signs in with it until a password is set
_LINES: Final = 500
_MAX_ENTRIES: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom rows name, and who it is here."""

    name: str
    login: str | None
    became: Literal["known", "placeholder"]


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of an archive, or would."""

    project_id: UUID
    project_name: str
    counts: Mapping[str, int]
    blobs: int
    blob_bytes: int
    missing: int  # files that the other server had lost
    ids_mapped: int  # ids that were taken here
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A project on its way out; its rows lie in a file."""

    manifest: Manifest
    rows: Path


class ProjectArchives:
    """Writes and reads archives of projects."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        clock: Callable[[], datetime],
        *,
        server: str,
        max_bytes: int,
    ) -> None:
        self._database, self._blobs, self._clock = database, blobs, clock
        self._server = server
        self.max_bytes = max_bytes

    # Out

    @asynccontextmanager
    async def leaving(self, project_id: UUID) -> AsyncIterator[Leaving]:
        """A project as it is now, to be streamed by `pieces` while the block lasts."""
        with tempfile.TemporaryDirectory(prefix="holotable-") as folder:
            rows = Path(folder) / ROWS
            yield Leaving(await self._dump(project_id, rows), rows)

    async def _dump(self, project_id: UUID, path: Path) -> Manifest:
        digest, counts, size = hashlib.sha256(), dict[str, int](), 0
        people: set[str] = set()
        named: set[str] = set()
        async with self._database.transaction() as session:
            if self._database.is_postgresql:  # one moment for all statements, as on SQLite
                _ = await session.connection(
                    execution_options={"isolation_level": "REPEATABLE READ"}
                )
            project = await session.get_one(Project, project_id)
            with path.open("wb") as file:
                async for name, row in project_rows.dump(session, project_id):
                    line = json.dumps([name, row], sort_keys=True, ensure_ascii=False).encode()
                    file.write(line + b"\n")
                    digest.update(line + b"\n")
                    size += len(line) + 1
                    counts[name] = counts.get(name, 0) + 1
                    people.update(project_rows.principals_in(name, row))
                    named.update(project_rows.blobs_in(name, row))
            who = await _people(session, people)
            schema = await session.scalar(text("SELECT version_num FROM alembic_version"))
        sizes: dict[str, int] = {}
        missing = []
        for sha256 in sorted(named):
            try:
                sizes[sha256] = await self._blobs.size(sha256)
            except NotFound:
                missing.append(sha256)
        return Manifest(
            software=f"Holotable {version('holotable')}",
            made_at=self._clock().isoformat(),
            server=self._server,
            schema=str(schema),
            project_id=str(project_id),
            project_name=project.name,
            people=who,
            counts=counts,
            rows_sha256=digest.hexdigest(),
            rows_bytes=size,
            blobs=sizes,
            missing=tuple(missing),
        )

    async def pieces(self, leaving: Leaving) -> AsyncIterator[bytes]:
        """The archive, piece by piece; a blob that goes meanwhile ends it in the middle."""
        writer = Writer()
        writer.begin(MANIFEST, packed=True)
        yield writer.write(leaving.manifest.document())
        writer.begin(ROWS, packed=True)
        with leaving.rows.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, container.PIECE):
                yield await asyncio.to_thread(writer.write, piece)
        for sha256 in leaving.manifest.blobs:
            writer.begin(f"{BLOBS}{sha256}", packed=False)
            async for piece in self._blobs.read(sha256):
                yield writer.write(piece)
        yield writer.finish()

    # In

    async def bring(self, path: Path, *, by: UUID | None, dry_run: bool) -> Brought:
        """Make a project of an archive, or say what would be made.

        by: becomes an owner of it. raises: ProjectArchiveProblem, of whichever kind.
        """
        limits = Limits(self.max_bytes, _MAX_ENTRIES)
        try:
            opened = await asyncio.to_thread(open_zip, path, limits.entries)
        except (ArchiveProblem, DamagedFile) as problem:
            raise container.refused(problem) from problem
        with await asyncio.to_thread(container.open_archive, opened, limits) as reader:
            checker = await asyncio.to_thread(_checked, reader)
            await self._require_nothing_borrowed(reader, checker)
            if dry_run:
                for sha256 in reader.manifest.blobs:
                    await asyncio.to_thread(_read_through, reader.blob(sha256))
                async with self._database.transaction() as session:
                    ids = await self._new_ids(session, checker)
                    people, _ = await self._people_here(session, reader.manifest)
                return _brought(reader, checker, ids, people)
            for sha256 in reader.manifest.blobs:
                await self._keep(reader, sha256)
            try:
                async with self._database.transaction() as session:
                    return await self._load(session, reader, checker, by)
            except DBAPIError as clash:
                raise ProjectArchiveRows("Rows of the archive contradict each other.") from clash

    async def _require_nothing_borrowed(self, reader: Reader, checker: Checker) -> None:
        """Rows name the archive's own files: a hash alone must not open what lies here."""
        manifest = reader.manifest
        missing = set(manifest.missing)
        if checker.blobs != manifest.blobs.keys() | missing or missing & manifest.blobs.keys():
            raise ProjectArchiveEntries("The files are not those that the rows name.")
        for sha256 in manifest.missing:
            try:
                await self._blobs.size(sha256)
            except NotFound:
                continue
            raise ProjectArchiveEntries(
                f"The archive says that {sha256[:12]}… was lost, and it is here."
            )

    async def _keep(self, reader: Reader, sha256: str) -> None:
        pieces = reader.blob(sha256)
        async with incoming(self._blobs) as spool:
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                await spool.write(piece)
            await spool.keep()

    async def _load(
        self, session: AsyncSession, reader: Reader, checker: Checker, by: UUID | None
    ) -> Brought:
        manifest = reader.manifest
        ids = await self._new_ids(session, checker)
        people, principals = await self._people_here(session, manifest, make=True)
        places = {**ids, **principals}
        project_id = places.get(manifest.project_id, manifest.project_id)
        again = Checker(project_id, frozenset(principals.values()))
        loader = Loader(session)
        lines = reader.rows()
        while batch := await asyncio.to_thread(_rows_of, lines, places, again):
            for name, values in batch:
                await loader.add(name, values)
        await loader.finish()
        if by is not None:
            member = await session.get(Member, (UUID(project_id), by))
            if member is None:
                session.add(
                    Member(
                        project_id=UUID(project_id), principal_id=by, role=Role.OWNER,
                        added_at=self._clock(),
                    )
                )  # fmt: skip
            else:
                member.role = Role.OWNER
        return _brought(reader, checker, ids, people)

    async def _new_ids(self, session: AsyncSession, checker: Checker) -> dict[str, str]:
        """Another id for each that is taken here."""
        taken = await project_rows.taken(session, checker.ids)
        return {one: str(uuid7()) for one in sorted(taken)}

    async def _people_here(
        self, session: AsyncSession, manifest: Manifest, *, make: bool = False
    ) -> tuple[list[Person], dict[str, str]]:
        """Who each of them is here, and their ids; make: placeholders for those who are nobody."""
        people, ids = [], {}
        for there, said in sorted(manifest.people.items()):
            login = accounts.normal_login(said["login"]) if said.get("login") else None
            known = await self._known(session, UUID(there), said, login)
            if known is None and make:
                known = await self._placeholder(session, UUID(there), said, login)
                became: Literal["known", "placeholder"] = "placeholder"
            else:
                became = "placeholder" if known is None else "known"
            people.append(Person(said["name"], login, became))
            ids[there] = str(known.id) if known is not None else there
        return people, ids

    async def _known(
        self, session: AsyncSession, there: UUID, said: Mapping[str, Any], login: str | None
    ) -> Principal | None:
        """Users are known by their login; guests and service accounts by id, kind and name."""
        if login is not None:
            return await account_rows.principal_by_login(session, login)
        same = await session.get(Principal, there)
        if same is None or (same.kind, same.name) != (said["kind"], said["name"]):
            return None
        return same if await session.get(User, there) is None else None

    async def _placeholder(
        self, session: AsyncSession, there: UUID, said: Mapping[str, Any], login: str | None
    ) -> Principal:
        """Somebody by name, who cannot sign in until a password is set for them."""
        free = await session.get(Principal, there) is None
        made = Principal(
            id=there if free else uuid7(),
            kind=said["kind"],
            name=said["name"],
            is_admin=False,
            created_at=self._clock(),
        )
        session.add(made)
        await session.flush()
        if login is not None and said["kind"] == "user":
            session.add(User(principal_id=made.id, login=login, password_hash=_NOBODY))
            await session.flush()
        return made


async def _people(session: AsyncSession, ids: set[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    waiting = [UUID(one) for one in sorted(ids)]
    for start in range(0, len(waiting), _LINES):
        statement = (
            select(Principal, User.login)
            .outerjoin(User, User.principal_id == Principal.id)
            .where(Principal.id.in_(waiting[start : start + _LINES]))
        )
        for principal, login in await session.execute(statement):
            found[str(principal.id)] = {
                "kind": principal.kind, "name": principal.name, "login": login,
            }  # fmt: skip
    return found


def _checked(reader: Reader) -> Checker:
    manifest = reader.manifest
    checker = Checker(manifest.project_id, frozenset(manifest.people))
    for line in reader.rows():
        checker.take(line)
    checker.finish()
    if checker.counts != manifest.counts:
        raise ProjectArchiveDamaged("There are not as many rows as the manifest says.")
    return checker


def _rows_of(
    lines: Iterator[str], places: Mapping[str, str], checker: Checker
) -> list[tuple[str, dict[str, Any]]]:
    """The next rows, with other ids where those of the archive are taken."""
    rows = []
    for line in lines:
        here = _ID.sub(lambda found: places.get(found[0], found[0]), line)
        rows.append(checker.take(here))
        if len(rows) == _LINES:
            break
    return rows


def _read_through(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        continue


def _brought(
    reader: Reader, checker: Checker, ids: Mapping[str, str], people: list[Person]
) -> Brought:
    manifest = reader.manifest
    return Brought(
        project_id=UUID(ids.get(manifest.project_id, manifest.project_id)),
        project_name=manifest.project_name,
        counts=checker.counts,
        blobs=len(manifest.blobs),
        blob_bytes=sum(manifest.blobs.values()),
        missing=len(manifest.missing),
        ids_mapped=len(ids),
        people=people,
    )
