"""What a converter's folder may hold, and what is kept of it."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holotable.errors import ReaderCrashed
from holotable.history import annotate, inspect_output, stats_of, store_output
from holotable.store.blobs import FileBlobs, read_all
from holotable.store.queries.packages import NewFile
from holotable.store.tables import Revision

MANIFEST = {
    "format": "holotable-scene/1",
    "source": {"kind": "step", "length_unit": "mm", "up_axis": "z", "name": "x\u0000"},
    "counts": {"parts": 5, "occurrences": 18, "odd key!": 1, "text": "no"},
    "bounds": {"min": [0, -1, 0.5], "max": [1, 2, "3"]},
    "headset": {"level": 2, "passes": True},
    "warnings": [{"code": "a"}, {"code": "b"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "structure.json").write_text(json.dumps({"name": ["bolt"] * 500}))
    (folder / "base.glb").write_bytes(b"glTF" * 1000)
    return folder


def test_a_package_is_taken_as_it_is(folder: Path) -> None:
    written = inspect_output(folder)
    assert [path.name for path in written.files] == [
        "base.glb",
        "manifest.json",
        "structure.json",
    ]
    assert written.manifest == MANIFEST


@pytest.mark.parametrize("odd", ["link", "folder", "name", "program", "fifo"])
def test_anything_that_is_no_plain_package_file_is_refused(folder: Path, odd: str) -> None:
    match odd:
        case "link":
            (folder / "edges.bin").symlink_to("/etc/passwd")
        case "folder":
            (folder / "base2.glb").mkdir()
        case "name":
            (folder / "Über.glb").write_bytes(b"")
        case "program":
            (folder / "run.sh").write_bytes(b"")
        case _:
            import os

            os.mkfifo(folder / "edges.bin")
    with pytest.raises(ReaderCrashed):
        inspect_output(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other/1"}', '{"format": "holotable-scene/1", "x": NaN}',
             "[" * 100_000]
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ReaderCrashed):
        inspect_output(folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(ReaderCrashed):
        inspect_output(folder)


async def test_json_gets_a_compressed_companion_that_is_the_same_each_time(
    folder: Path, tmp_path: Path
) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    files = {file.name: file for file in await store_output(blobs, inspect_output(folder))}
    again = {file.name: file for file in await store_output(blobs, inspect_output(folder))}
    assert files == again
    assert set(files) == {"base.glb", "manifest.json", "structure.json", "structure.json.gz"}
    packed = await read_all(blobs, files["structure.json.gz"].sha256)
    assert gzip.decompress(packed) == (folder / "structure.json").read_bytes()
    assert (folder / "base.glb").exists()


def test_stats_keep_numbers_and_short_words_only() -> None:
    files = [NewFile("a.json", "", 100), NewFile("a.json.gz", "", 10)]
    assert stats_of(MANIFEST, files) == {
        "counts": {"parts": 5, "occurrences": 18},
        "headset": {"level": 2, "passes": True},
        "bounds": {"min": [0.0, -1.0, 0.5], "max": None},
        "kind": "step",
        "length_unit": "mm",
        "up_axis": "z",
        "warnings": 2,
        "package_bytes": 100,
    }
    assert stats_of({"source": 1, "counts": [], "warnings": None}, [])["counts"] == {}


def test_a_note_and_a_placement_change_alone() -> None:
    made, now = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    revision = Revision(note="old", placement={"unit": "in"}, updated_at=made)
    annotate(revision, now=now, note="new")
    assert (revision.note, revision.placement) == ("new", {"unit": "in"})
    annotate(revision, now=now, placement={"unit": "mm", "up_axis": None})
    assert (revision.note, revision.placement) == ("new", {"unit": "mm"})
    annotate(revision, now=now, placement={})
    assert revision.placement is None
    assert (revision.vendor_revision, revision.vendor_lifecycle) == (None, None)  # not said yet
    annotate(revision, now=now, vendor_revision=" B.3 ", vendor_lifecycle="Released")
    assert (revision.vendor_revision, revision.vendor_lifecycle) == ("B.3", "Released")
    assert revision.updated_at == now + timedelta(microseconds=3)  # each change has its own time
