"""Revisions with real packages, for tests of what is made of them."""

import json
from pathlib import Path
from typing import Any

from builders import Asset, Clock, Revision, add_revision

from holotable.sample.step_file import StepFile, translation
from holotable.store.blobs import put_file
from holotable.store.database import Database
from holotable.store.queries import packages
from holotable.store.queries.packages import NewFile
from holotable.store.tables import Conversion
from holotable.web.context import Context
from tests.compare_models import bolt, plate, step, step_package


def fixture_packages(folder: Path) -> dict[str, Path]:
    """B: a plate and four bolts. C: wider holes, one bolt gone, one moved by 12.5 mm."""
    return {"B": step_package(folder, _before), "C": step_package(folder, _after)}


def fixture_steps(folder: Path) -> tuple[Path, Path]:
    """The same two as STEP files."""
    return step(folder, _before, "before.step"), step(folder, _after, "after.step")


def _before(file: StepFile) -> None:
    _fixture(file, 3.0, [0, 30, 70, 120])


def _after(file: StepFile) -> None:
    _fixture(file, 3.25, [0, 42.5, 120])


def _fixture(file: StepFile, bore: float, spots: list[float]) -> None:
    root = file.assembly("Fixture")
    file.place(root, file.part("Plate", plate(bore), "#6080a0"), None, "Plate")
    pin = file.part("Bolt", bolt(), "#303030")
    for spot in spots:
        file.place(root, pin, translation(spot, 200), "")


async def published(
    context: Context, database: Database, clock: Clock, asset: Asset, folder: Path, **columns: Any
) -> Revision:
    """A revision with the package in this folder."""
    made = await add_revision(database, clock, asset, **columns)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    paths = [folder / name for name in (*manifest["files"], "manifest.json")]
    stored = {path.name: await put_file(context.blobs, path) for path in paths}
    async with database.transaction() as session:
        old = await packages.current(session, made.id)
        assert old is not None
        conversion = await session.get_one(Conversion, old.conversion_id)
        conversion.stats = {**manifest["source"], "counts": manifest["counts"]}
        await packages.replace_current(
            session, revision_id=made.id, conversion_id=old.conversion_id, converter_version="1",
            options={}, now=context.clock(),
            files=[NewFile(name, blob.sha256, blob.size) for name, blob in stored.items()],
        )  # fmt: skip
    return made
