"""The stage of comparing: what decides a result, and what is refused before anything runs."""

import dataclasses
from pathlib import Path
from uuid import uuid4

import pytest

from holotable.comparison import NEEDED, Comparisons, Side, engine_version
from holotable.comparison_run import NEEDED as READ
from holotable.errors import NotComparable, SameRevision
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database
from holotable.store.queries.packages import StoredFile


def side(**changes: object) -> Side:
    package = uuid4()
    files = {"structure.json": StoredFile(package, "structure.json", "a" * 64, 10)}
    plain = Side(uuid4(), uuid4(), package, {"kind": "step"}, None, files, False)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]  # by name


def test_the_stage_gives_the_child_what_it_reads() -> None:
    assert set(NEEDED) == set(READ)


def test_a_placement_another_file_or_another_unit_makes_another_key() -> None:
    one = side()
    same = dataclasses.replace(one)
    assert one.key() == same.key()
    other_file = {"structure.json": StoredFile(one.package_id, "structure.json", "b" * 64, 10)}
    for changed in (
        dataclasses.replace(one, placement={"unit": "in"}),
        dataclasses.replace(one, files=other_file),
        dataclasses.replace(one, source={"kind": "step", "length_unit": "mm"}),
        dataclasses.replace(one, package_id=uuid4()),
    ):
        assert changed.key() != one.key()
    assert len(engine_version()) == 16


async def test_a_revision_with_itself_and_a_scan_with_a_solid_are_refused(
    database: Database, tmp_path: Path
) -> None:
    comparisons = Comparisons(database, FileBlobs(tmp_path / "blobs"))
    one = side()
    with pytest.raises(SameRevision):
        await comparisons.ask(one, one, None)
    with pytest.raises(NotComparable):
        await comparisons.ask(one, side(points_only=True), None)
