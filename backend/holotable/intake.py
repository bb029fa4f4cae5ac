"""Upload → source: bytes are streamed, measured and named by their hash; a revision is made."""

import asyncio
import fcntl
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import Conflict, EmptyFile, Invalid, TooLarge
from holotable.store.blobs import Blob, Blobs, incoming, local_file, put_file
from holotable.store.queries import conversions, revisions
from holotable.store.tables import Asset, Conversion, Revision

MAX_NAME_LENGTH: Final = 200
MAX_LABEL_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Upload:
    """A source file that has arrived whole."""

    name: str  # as the person's disk called it, cleaned
    blob: Blob


async def receive(
    chunks: AsyncIterable[bytes], blobs: Blobs, *, name: str, max_bytes: int
) -> Upload:
    """Store a stream; nothing of it stays when it is too large or breaks off.

    raises: TooLarge as soon as one byte too many has come.
    """
    async with incoming(blobs) as spool:
        async for chunk in chunks:
            if spool.size + len(chunk) > max_bytes:
                raise too_large(max_bytes)
            await spool.write(chunk)
        return Upload(clean_name(name), await spool.keep())


async def bundle(
    blobs: Blobs, source: Upload, additions: Sequence[Upload], wanted: Sequence[str]
) -> Upload:
    """The source together with files it was missing, as one zip to be converted instead of it.

    A source that is a zip keeps its entries untouched. wanted: names as the source refers to them;
    an addition of such a name is put where the source looks for it.
    """
    async with AsyncExitStack() as stack:
        named = {
            place_for(addition.name, wanted): await stack.enter_async_context(
                local_file(blobs, addition.blob.sha256)
            )
            for addition in additions
        }
        original = await stack.enter_async_context(local_file(blobs, source.blob.sha256))
        blobs.spool.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=blobs.spool, suffix=".part") as target:
            fcntl.flock(target, fcntl.LOCK_EX)  # so that a sweep of the spool lets it be
            path = Path(target.name)
            await asyncio.to_thread(_write_bundle, path, source.name, original, named)
            name = clean_name(PurePosixPath(source.name).stem + ".zip")
            return Upload(name, await put_file(blobs, path))


def _write_bundle(
    path: Path, source_name: str, original: Path, additions: Mapping[str, Path]
) -> None:
    """Write the zip, stored: most models are compressed already, and speed matters here."""
    if is_archive(original, source_name):
        shutil.copyfile(original, path)
        mode: Any = "a"
    else:
        additions = {source_name: original, **additions}
        mode = "w"
    with zipfile.ZipFile(path, mode, zipfile.ZIP_STORED) as archive:
        for name, file in additions.items():
            archive.write(file, name)


def is_archive(path: Path, name: str) -> bool:
    """Whether a file is a zip of files; 3MF and USDZ are zips that are one model."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04" and not name.lower().endswith((".3mf", ".usdz"))


def place_for(name: str, wanted: Sequence[str]) -> str:
    """Where in a bundle a file belongs: at the path that the source names, else beside it."""
    for reference in wanted:
        parts = PurePosixPath(reference.replace("\\", "/")).parts
        if parts and parts[-1].casefold() == name.casefold():
            plain = not any(part == ".." or part[0] == "/" or ":" in part for part in parts)
            return "/".join(parts) if plain else parts[-1]
    return name


def too_large(max_bytes: int) -> TooLarge:
    """The refusal, with the limit in it."""
    mega = max_bytes / 1e6
    return TooLarge(f"The file is larger than the limit of {mega:,.0f} MB.", max_bytes=max_bytes)


def clean_name(name: str) -> str:
    """The last part of a path, NFC, without control characters, shortened in its stem."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    if len(clean) > MAX_NAME_LENGTH:
        stem, dot, suffix = clean.rpartition(".")
        suffix = suffix[:20] if dot else ""
        clean = (stem if dot else clean)[: MAX_NAME_LENGTH - len(suffix) - 1] + dot + suffix
    return clean or "upload"


async def add_revision(
    session: AsyncSession,
    asset: Asset,
    upload: Upload,
    *,
    label: str | None,
    note: str,
    author: UUID | None,
    options: dict[str, Any],
    now: datetime,
) -> tuple[Revision, Conversion]:
    """A new revision of an asset and its queued conversion; an empty file fails at once.

    raises: Conflict when the label is taken.
    """
    taken = await revisions.labels(session, asset.id)
    chosen = _chosen_label(label, [name for _ordinal, name in taken])
    revision = Revision(
        project_id=asset.project_id,
        asset_id=asset.id,
        ordinal=max((ordinal for ordinal, _name in taken), default=0) + 1,
        label=chosen,
        note=note,
        source_name=upload.name,
        source_sha256=upload.blob.sha256,
        source_bytes=upload.blob.size,
        created_at=now,
        created_by=author,
    )
    session.add(revision)
    try:
        await session.flush()
    except IntegrityError as clash:
        raise Conflict(f"This asset already has a revision {chosen}.", label=chosen) from clash
    await revisions.touch(session, asset.id, now)
    empty = EmptyFile() if upload.blob.size == 0 else None
    return revision, await conversions.enqueue(session, revision, options, problem=empty)


def next_label(taken: Iterable[str]) -> str:
    """The label after the last of A, B, …, Z, AA, …; labels of another kind do not count.

    Three letters and more are words somebody chose: OLD is not followed by OLE.
    """
    used = set(taken)
    number = max((_number(label) for label in used if re.fullmatch("[A-Z]{1,2}", label)), default=0)
    while (label := _letters(number + 1)) in used:
        number += 1
    return label


def _chosen_label(label: str | None, taken: list[str]) -> str:
    chosen = (label or "").strip()
    if not chosen:
        return next_label(taken)
    if len(chosen) > MAX_LABEL_LENGTH or not chosen.isprintable() or "/" in chosen:
        raise Invalid(
            f"A label has at most {MAX_LABEL_LENGTH} characters and no slash.", pointer="/label"
        )
    if chosen in taken:
        raise Conflict(f"This asset already has a revision {chosen}.", label=chosen)
    return chosen


def _number(label: str) -> int:
    number = 0
    for letter in label:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(number: int) -> str:
    label = ""
    while number:
        number, rest = divmod(number - 1, 26)
        label = chr(ord("A") + rest) + label
    return label
