"""`holotable bcf roundtrip`: a BCF file into an empty project and out of it again.

The same code as over REST, on a database of its own that lasts as long as the command.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from holotable import accounts, bcf_export, bcf_import
from holotable.bcf_blobs import keep
from holotable.delivery import Structures
from holotable.exchange.bcf_model import BcfFile, Topic, canonical
from holotable.exchange.bcf_read import read_bcf
from holotable.review.roles import Role
from holotable.store import migrate
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database, uuid7
from holotable.store.tables import Member, Project

_ORIGIN: Final = "http://localhost"
_DATABASE: Final = "bcf.sqlite"


async def roundtrip(
    content: bytes, empty: Path | None = None
) -> tuple[bytes, Mapping[str, object]]:
    """What comes out, and counts of what went in and came out. raises: BcfProblem.

    empty: a database to copy; None to make one.
    """
    file = read_bcf(content)
    with tempfile.TemporaryDirectory(prefix="holotable-bcf-") as folder:
        if empty is not None:
            await asyncio.to_thread(shutil.copyfile, empty, Path(folder) / _DATABASE)
        written = await _through(file, Path(folder))
    again = read_bcf(written)
    return written, {
        "version": file.version,
        **counts(file),
        "written": counts(again),
        "equal": topics_of(file) == topics_of(again),
        "unread": file.unread,
    }


def counts(file: BcfFile) -> dict[str, int]:
    """How much there is of each kind."""
    views = [view for topic in file.topics for view in topic.viewpoints or ()]
    return {
        "topics": len(file.topics),
        "comments": sum(len(topic.comments or ()) for topic in file.topics),
        "viewpoints": len(views),
        "snapshots": sum(view.snapshot is not None for view in views),
        "clipping_planes": sum(len(view.clipping_planes or ()) for view in views),
        "documents": len(file.documents),
        "files": sum(len(files) for files in file.files.values()),
    }


def topics_of(file: BcfFile) -> tuple[list[Topic], object, object]:
    """What must come out as it went in: topics, documents, files beside them."""
    plain = canonical(file)
    return plain.topics, plain.documents, plain.files


async def _through(file: BcfFile, folder: Path) -> bytes:
    url = f"sqlite+aiosqlite:///{folder / _DATABASE}"
    if not (folder / _DATABASE).exists():
        await migrate.upgrade(url)
    database, blobs = Database(url), FileBlobs(folder / "blobs")
    structures, now = Structures(blobs), datetime.now(UTC)
    try:
        async with database.transaction() as session:
            author = await accounts.create_user(
                session, name="BCF", login="bcf", password_hash="!", now=now
            )
            project = Project(
                id=uuid7(), name=_name(file), created_by=author.id, created_at=now, updated_at=now
            )
            session.add(project)
            await session.flush()
            session.add(
                Member(project_id=project.id, principal_id=author.id, role=Role.OWNER, added_at=now)
            )
            wanted = bcf_import.Wanted(file, await keep(file, blobs, dry_run=False))
            told = await bcf_import.take_in(
                session,
                project,
                wanted,
                structures=structures,
                blobs=blobs,
                author=author.id,
                now=now,
            )
            found = await bcf_export.gather(
                session, project, [one.number for one in told if one.number is not None]
            )
        return await bcf_export.written(
            found, blobs, structures, origin=_ORIGIN, version=file.version
        )
    finally:
        await database.close()


def _name(file: BcfFile) -> str:
    return ((file.project and file.project.name) or "BCF")[:200]
