"""Drawings beside a revision: streamed, recognised, counted in the sandbox, kept as blobs.

Nothing parses a PDF in the web process. What a person writes on a sheet stays when its drawing is
removed, and says where it was.
"""

import asyncio
import json
from collections.abc import AsyncIterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from holotable import issues, reviews
from holotable.attachments import MAX_ATTACHMENT_BYTES
from holotable.conversion import drawing_pages
from holotable.conversion.limits import Limits
from holotable.conversion.sandbox import Sandbox
from holotable.conversion.walls import detect_walls
from holotable.errors import (
    Conflict,
    DamagedDrawing,
    DrawingNameTaken,
    DrawingTooLarge,
    HolotableError,
    IdTaken,
    Invalid,
    NotADrawing,
    NotFound,
    SandboxUnavailable,
    UnknownSheet,
)
from holotable.review import drawing as rules
from holotable.review.attachment import HEAD_BYTES
from holotable.review.drawing import Kind, SheetPlace
from holotable.review.issue import Change
from holotable.reviews import Person
from holotable.store.blobs import Blob, Blobs, incoming
from holotable.store.database import uuid7
from holotable.store.drawing_tables import Drawing, SheetPin
from holotable.store.issue_tables import Issue, IssueComment, IssueEvent
from holotable.store.queries import drawings as rows
from holotable.store.queries import projects
from holotable.store.tables import Revision

MAX_DRAWING_BYTES: Final = MAX_ATTACHMENT_BYTES
LIMITS: Final = Limits(memory_bytes=1024**3, timeout_s=30.0, output_bytes=1024**2, cpu_s=20)
_AT_ONCE: Final = 2  # sandboxes of one process
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A drawing that has come whole and was found readable. sizes: see `Drawing.pages`."""

    name: str
    kind: Kind
    media_type: str
    sizes: list[list[float]]
    blob: Blob


class SheetReader:
    """Reads how many sheets a file has, each in a sandbox of its own that ends with it.

    work_dir: the folder of the worker's sandboxes, which sweeps what a SIGKILL left of ours too.
    """

    def __init__(self, work_dir: Path, *, allow_unsandboxed: bool) -> None:
        self._work_dir = work_dir
        self._allow_unsandboxed = allow_unsandboxed
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def sizes(self, source: Path, kind: Kind) -> list[list[float]]:
        """Width and height of each sheet. raises: what the file is refused for."""
        async with self._turn:
            # Shielded: a request that is given up must not leave a thread without its file.
            return await asyncio.shield(asyncio.to_thread(self._read, source, kind))

    def _read(self, source: Path, kind: Kind) -> list[list[float]]:
        """In one thread from beginning to end: the kernel ends a sandbox with its thread."""
        walls = detect_walls()
        if not (walls.isolates or self._allow_unsandboxed):
            raise SandboxUnavailable(kind=kind)
        sandbox = Sandbox(
            self._work_dir, walls, entry=drawing_pages.ENTRY, preload=drawing_pages.PRELOAD
        )
        try:
            sandbox.start()
            outcome = sandbox.convert(source, "drawing", {}, LIMITS, lambda _stage, _share: None)
            try:
                return _sizes(outcome.out, outcome.problem, kind)
            finally:
                outcome.discard()
        finally:
            sandbox.close()


def _sizes(out: Path, problem: HolotableError | None, kind: Kind) -> list[list[float]]:
    """What the child wrote, or why it wrote nothing; a crash or a hang is the file's fault."""
    if isinstance(problem, Invalid | NotADrawing | SandboxUnavailable):
        raise problem
    if problem is not None:
        raise DamagedDrawing(
            "This file could not be read to its end.", pointer="/file", cause=problem.code
        ) from problem
    result = out / drawing_pages.RESULT
    try:
        if result.is_symlink() or result.stat().st_size > LIMITS.output_bytes:
            raise ValueError("no plain result")
        return rules.clean_sizes(json.loads(result.read_bytes()), kind)
    except (OSError, ValueError, TypeError) as wrong:
        raise DamagedDrawing(pointer="/file") from wrong


async def receive(
    pieces: AsyncIterable[bytes],
    blobs: Blobs,
    reader: SheetReader,
    *,
    name: str,
    max_bytes: int = MAX_DRAWING_BYTES,
) -> Arrived:
    """Store a stream; nothing of it stays when it is refused.

    raises: DrawingTooLarge, NotADrawing, EncryptedDrawing, DamagedDrawing, NoSheets,
    TooManySheets, SandboxUnavailable, Invalid (empty).
    """
    clean = rules.name_of_file(name)
    head = bytearray()
    async with incoming(blobs) as spool:
        async for piece in pieces:
            if spool.size + len(piece) > max_bytes:
                raise DrawingTooLarge(
                    f"A drawing has at most {max_bytes / 2**20:.0f} MB.", max_bytes=max_bytes
                )
            await spool.write(piece)
            if len(head) < HEAD_BYTES:
                head += piece[: HEAD_BYTES - len(head)]
                if len(head) >= HEAD_BYTES:
                    rules.recognise(bytes(head))  # refused before the rest of it is sent
        if not spool.size:
            raise Invalid("The file is empty.", pointer="/file")
        kind, media_type = rules.recognise(bytes(head))
        sizes = await reader.sizes(await spool.finished_path(), kind)
        return Arrived(clean, kind, media_type, sizes, await spool.keep())


async def add(
    session: AsyncSession,
    revision: Revision,
    arrived: Arrived,
    *,
    id_: UUID | None,
    person: Person,
    now: datetime,
) -> Drawing:
    """Keep a drawing beside a revision, once however often the same request comes.

    raises: IdTaken, DrawingNameTaken, Invalid (too many).
    """
    await projects.lock(session, revision.project_id)
    if id_ is not None:
        before = await session.get(Drawing, id_)
        if before is not None:
            there = (before.revision_id, before.created_by, before.sha256)
            if there != (revision.id, person.id, arrived.blob.sha256):
                raise IdTaken(pointer="/id")
            return before
    await _require_free(session, revision.id, arrived.name)
    if len(await rows.of_revision(session, revision.id)) >= rules.MAX_DRAWINGS:
        raise Invalid(f"A revision has at most {rules.MAX_DRAWINGS} drawings.", pointer="/file")
    row = Drawing(
        id=id_ or uuid7(),
        project_id=revision.project_id,
        asset_id=revision.asset_id,
        revision_id=revision.id,
        name=arrived.name,
        kind=arrived.kind,
        media_type=arrived.media_type,
        sha256=arrived.blob.sha256,
        bytes=arrived.blob.size,
        page_count=len(arrived.sizes),
        pages=arrived.sizes,
        created_at=now,
        created_by=person.id,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    await _note(session, "drawing_added", row, person, now)
    return row


async def rename(
    session: AsyncSession, row: Drawing, name: str, *, person: Person, now: datetime
) -> None:
    """Call it otherwise. raises: DrawingNameTaken, Invalid."""
    await projects.lock(session, row.project_id)
    wanted = rules.clean_name(name)
    if wanted == row.name:
        return
    await _require_free(session, row.revision_id, wanted, but=row.id)
    before, row.name = row.name, wanted
    _touch(row, now)
    await session.flush()
    await _note(session, "drawing_renamed", row, person, now, before=before)


async def put_away(session: AsyncSession, row: Drawing, *, person: Person, now: datetime) -> None:
    """Remove it from its revision; what stands on it stays, and it can be brought back."""
    row.deleted_at = now
    _touch(row, now)
    await session.flush()
    await _note(session, "drawing_removed", row, person, now)


async def bring_back(session: AsyncSession, row: Drawing, *, person: Person, now: datetime) -> None:
    """Undo a removal. raises: DrawingNameTaken when another took its name."""
    await projects.lock(session, row.project_id)
    await _require_free(session, row.revision_id, row.name, but=row.id)
    row.deleted_at = None
    _touch(row, now)
    await session.flush()
    await _note(session, "drawing_restored", row, person, now)


async def pin(
    session: AsyncSession,
    to: Issue | IssueComment,
    drawing: Drawing,
    place: SheetPlace,
    *,
    id_: UUID | None,
    by: UUID,
    now: datetime,
) -> SheetPin:
    """Put an issue or a comment on a sheet; the place before is kept as one that was.

    raises: IdTaken, UnknownSheet, NotFound (a drawing of another asset), Conflict (a comment that
    belongs to an issue: the issue has the place).
    """
    await projects.lock(session, to.project_id)
    if isinstance(to, IssueComment) and to.issue_id is not None:
        raise Conflict("This comment belongs to an issue: put the issue on the sheet.")
    if drawing.project_id != to.project_id or to.asset_id not in (None, drawing.asset_id):
        raise NotFound()
    if place.page >= drawing.page_count:
        raise UnknownSheet(
            f"{drawing.name} has {drawing.page_count} sheets.",
            pointer="/page",
            page_count=drawing.page_count,
        )
    issue = to if isinstance(to, Issue) else None
    said = place.model_dump(mode="json")
    if id_ is not None:
        before = await session.get(SheetPin, id_)
        if before is not None:
            owner = before.issue_id if issue else before.comment_id
            if (owner, before.drawing_id, before.content) != (to.id, drawing.id, said):
                raise IdTaken(pointer="/id")
            return before
    replaced = await _end(session, to, by=by, now=now)
    row = SheetPin(
        id=id_ or uuid7(),
        project_id=drawing.project_id,
        asset_id=drawing.asset_id,
        drawing_id=drawing.id,
        issue_id=issue.id if issue else None,
        comment_id=None if issue else to.id,
        page=place.page,
        x=place.x,
        y=place.y,
        content=said,
        created_at=now,
        created_by=by,
    )
    session.add(row)
    if issue is not None:
        if issue.asset_id is None:  # of the whole project until somebody pointed at something
            issue.asset_id, issue.revision_id = drawing.asset_id, drawing.revision_id
        after = {"drawing": drawing.name, "page": place.page}
        change = Change("sheet", await _said(session, replaced), after)
        issues.note(session, "sheet", issue=issue, by=by, at=now, change=change)
    else:
        _tell(session, drawing, by=by, at=now, comment_id=to.id)
    await session.flush()
    return row


async def release(session: AsyncSession, issue: Issue, *, by: UUID, now: datetime) -> None:
    """Take an issue off its sheet; that it stood there is kept."""
    ended = await _end(session, issue, by=by, now=now)
    if ended is not None:
        change = Change("sheet", await _said(session, ended), None)
        issues.note(session, "sheet", issue=issue, by=by, at=now, change=change)
        await session.flush()


async def _end(
    session: AsyncSession, of: Issue | IssueComment, *, by: UUID, now: datetime
) -> SheetPin | None:
    """Let the present place be one that was."""
    if isinstance(of, Issue):
        found = await rows.present(session, issue_id=of.id)
    else:
        found = await rows.present(session, comment_id=of.id)
    if found is not None:
        found.ended_at, found.ended_by = now, by
    return found


async def _said(session: AsyncSession, pin: SheetPin | None) -> dict[str, Any] | None:
    if pin is None:
        return None
    drawing = await session.get_one(Drawing, pin.drawing_id)
    return {"drawing": drawing.name, "page": pin.page}


async def _require_free(
    session: AsyncSession, revision_id: UUID, name: str, *, but: UUID | None = None
) -> None:
    taken = await rows.named(session, revision_id, name)
    if taken is not None and taken.id != but:
        raise DrawingNameTaken(
            f"This revision has a drawing {taken.name} already.",
            pointer="/name",
            drawing_id=str(taken.id),
            name=taken.name,
        )


def _touch(row: Drawing, now: datetime) -> None:
    row.updated_at = max(now, row.updated_at + _TICK)


async def _note(
    session: AsyncSession,
    kind: str,
    row: Drawing,
    person: Person,
    now: datetime,
    *,
    before: str | None = None,
) -> None:
    """A line of the revision's audit trail, and news for whoever has it open."""
    revision = await session.get_one(Revision, row.revision_id)
    facts = {"drawing_id": str(row.id), "name": row.name, "sha256": row.sha256}
    if before is not None:
        facts["was"] = before
    reviews.note(session, revision, person, now, kind, facts=facts)
    _tell(session, row, by=person.id, at=now)
    await session.flush()


def _tell(
    session: AsyncSession,
    row: Drawing,
    *,
    by: UUID | None,
    at: datetime,
    comment_id: UUID | None = None,
) -> None:
    session.add(
        IssueEvent(
            id=uuid7(),
            project_id=row.project_id,
            asset_id=row.asset_id,
            revision_id=row.revision_id,
            comment_id=comment_id,
            kind="sheet" if comment_id else "drawings",
            at=at,
            by=by,
        )
    )
