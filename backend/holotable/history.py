"""Conversion → revision: what a converter wrote becomes the revision's package, in one step.

The folder comes out of a sandbox that a hostile file may have taken over, so only plain files with
plain names are taken, and the manifest must be one.
"""

import asyncio
import gzip
import json
import re
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from holotable.errors import ReaderCrashed
from holotable.store.blobs import Blobs, put_bytes, put_file
from holotable.store.queries import conversions, packages, revisions
from holotable.store.queries.conversions import Claim
from holotable.store.queries.packages import COMPRESSED, NewFile
from holotable.store.queries.versions import later
from holotable.store.tables import Conversion, Package, Revision

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\.(json|glb|bin|webp)")
_WORD: Final = re.compile(r"[a-z0-9_]{1,40}")
_MAX_FILES: Final = 20_000
_MAX_MANIFEST_BYTES: Final = 32 << 20
_GZIP_FROM_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Written:
    """What a converter wrote, looked at and found plain."""

    files: tuple[Path, ...]
    manifest: dict[str, Any]


def inspect_output(folder: Path) -> Written:
    """Look at a converter's folder. raises: ReaderCrashed when it holds no scene package."""
    files: list[Path] = []
    for path in folder.iterdir():
        plain = stat.S_ISREG(path.lstat().st_mode)
        if not plain or not _NAME.fullmatch(path.name) or len(files) >= _MAX_FILES:
            raise ReaderCrashed("The converter wrote something that belongs to no scene package.")
        files.append(path)
    try:
        if (folder / "manifest.json").stat().st_size > _MAX_MANIFEST_BYTES:
            raise ValueError("too large")
        manifest = json.loads((folder / "manifest.json").read_bytes(), parse_constant=_refuse)
        if not str(manifest["format"]).startswith("holotable-scene/"):
            raise ValueError("another format")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ReaderCrashed("The converter wrote no manifest of a scene package.") from problem
    return Written(tuple(sorted(files)), manifest)


async def store_output(blobs: Blobs, written: Written) -> list[NewFile]:
    """Store every file, and a compressed companion of each JSON file that is worth it."""
    stored = []
    for path in written.files:
        blob = await put_file(blobs, path)
        stored.append(NewFile(path.name, blob.sha256, blob.size))
        if path.suffix == ".json" and blob.size >= _GZIP_FROM_BYTES:
            packed = await asyncio.to_thread(_gzip, path)
            companion = await put_bytes(blobs, packed)
            stored.append(NewFile(path.name + COMPRESSED, companion.sha256, companion.size))
    return stored


async def publish(
    session: AsyncSession,
    claim: Claim,
    files: list[NewFile],
    stats: dict[str, Any],
    log: str,
    converter_version: str,
) -> Package | None:
    """Make the package the revision's current one and the run ready, in this one transaction.

    A revision of a file without a unit inherits what somebody said of the one before.
    None, and nothing changed, when the claim is stale or the run was cancelled.
    """
    row = await conversions.lock_to_publish(session, claim)
    if row is None:
        return None
    package = await packages.replace_current(
        session,
        revision_id=claim.revision_id,
        conversion_id=claim.conversion_id,
        converter_version=converter_version,
        options=claim.options,
        files=files,
        now=await conversions.database_now(session),
    )
    await conversions.finish(session, claim, "ready", log=log, stats=stats)
    revision = await session.get_one(Revision, claim.revision_id)
    if revision.placement is None and stats.get("length_unit") is None:
        revision.placement = await revisions.placement_before(session, revision)
    return package


async def reuse(session: AsyncSession, claim: Claim, converter_version: str) -> Package | None:
    """Publish what the same converter made of the same file in this project, if it did."""
    revision = await session.get_one(Revision, claim.revision_id)
    earlier = await packages.same_source(session, revision, converter_version, claim.options)
    if earlier is None:
        return None
    made = await session.get_one(Conversion, earlier.conversion_id)
    files = (await packages.files_of(session, earlier.id)).values()
    return await publish(
        session,
        claim,
        [NewFile(file.name, file.sha256, file.size) for file in files],
        {**(made.stats or {}), "seconds": 0.0, "cpu_s": 0.0, "reused": True},
        made.log,
        converter_version,
    )


def stats_of(manifest: dict[str, Any], files: list[NewFile]) -> dict[str, Any]:
    """What lists and cards show of a package without opening it: numbers and short words only."""
    source = _mapping(manifest.get("source"))
    bounds = _mapping(manifest.get("bounds"))
    warnings = manifest.get("warnings")
    return {
        "counts": _numbers(manifest.get("counts")),
        "headset": _numbers(manifest.get("headset")),
        "bounds": {side: _vector(bounds.get(side)) for side in ("min", "max")},
        "kind": _word(source.get("kind")),
        "length_unit": _word(source.get("length_unit")),
        "up_axis": _word(source.get("up_axis")),
        "warnings": len(warnings) if isinstance(warnings, list) else 0,
        "package_bytes": sum(file.size for file in files if not file.name.endswith(COMPRESSED)),
    }


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _numbers(value: object) -> dict[str, Any]:
    kept = list(_mapping(value).items())[:30]
    return {
        name: number
        for name, number in kept
        if _WORD.fullmatch(name) and isinstance(number, int | float)
    }


def _vector(value: object) -> list[float] | None:
    if isinstance(value, list) and len(value) == 3:
        numbers = [float(one) for one in value if isinstance(one, int | float)]
        return numbers if len(numbers) == 3 else None
    return None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def annotate(
    revision: Revision,
    *,
    now: datetime,
    note: str | None = None,
    placement: dict[str, Any] | None = None,
    vendor_revision: str | None = None,
    vendor_lifecycle: str | None = None,
) -> None:
    """Change what people may change of a revision; None leaves a field alone, {} clears it.

    placement: {unit, up_axis}, a correction of what the file says, applied by whoever shows it.
    """
    if note is not None:
        revision.note = note
    if placement is not None:
        kept = {name: value for name, value in placement.items() if value is not None}
        revision.placement = kept or None
    if vendor_revision is not None:
        revision.vendor_revision = vendor_revision.strip()
    if vendor_lifecycle is not None:
        revision.vendor_lifecycle = vendor_lifecycle.strip()
    revision.updated_at = later(revision.updated_at, now)


def _gzip(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")  # PostgreSQL would refuse it later
