"""The container of project archives: a stream out, and the same bytes again."""

import io
import zipfile

import pytest

from holotable.errors import ProjectArchiveDamaged, ProjectArchiveEntries, ProjectArchiveUnreadable
from holotable.exchange.project_archive import (
    BLOBS,
    MANIFEST,
    ROWS,
    Limits,
    Manifest,
    Writer,
    open_archive,
)

LIMITS = Limits(1 << 20, 10)
BLOB = b"blob"
SHA = "fa2c8cc4f28176bbeed4b736df569a34c79cd3723e9ec42f9674b4d46ac6b8b8"
ROW = b'["project", {}]\n'


def manifest(**change: object) -> Manifest:
    said: dict[str, object] = {
        "software": "Holotable 1", "made_at": "now", "server": "", "schema": "0021",
        "project_id": "p", "project_name": "P", "people": {}, "counts": {"project": 1},
        "rows_sha256": "13bf2b8e1cb4e6a4a8e4e3f1", "rows_bytes": len(ROW), "blobs": {SHA: 4},
        "missing": (), **change,
    }  # fmt: skip
    return Manifest(**said)  # type: ignore[arg-type]  # a test's own dict


def written(said: Manifest, rows: bytes = ROW, blob: bytes = BLOB) -> bytes:
    writer, out = Writer(), b""
    writer.begin(MANIFEST, packed=True)
    out += writer.write(said.document())
    writer.begin(ROWS, packed=True)
    out += writer.write(rows)
    writer.begin(f"{BLOBS}{SHA}", packed=False)
    out += writer.write(blob)
    return out + writer.finish()


def test_an_archive_is_a_plain_zip_and_the_same_bytes_each_time() -> None:
    data = written(manifest())
    assert data == written(manifest())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [MANIFEST, ROWS, f"{BLOBS}{SHA}"]
    with open_archive(zipfile.ZipFile(io.BytesIO(data)), LIMITS) as reader:
        assert reader.manifest == manifest()
        assert b"".join(reader.blob(SHA)) == BLOB
        with pytest.raises(ProjectArchiveDamaged, match="not those that were written"):
            list(reader.rows())


def test_other_bytes_under_a_hash_are_found() -> None:
    data = written(manifest(), blob=b"BLOB")
    with (
        open_archive(zipfile.ZipFile(io.BytesIO(data)), LIMITS) as reader,
        pytest.raises(ProjectArchiveDamaged),
    ):
        list(reader.blob(SHA))


@pytest.mark.parametrize("name", ["/etc/passwd", "blobs/../x", "blobs/", "extra.txt", MANIFEST])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_has_no_place_in_an_archive_is_refused(name: str) -> None:
    stream = io.BytesIO(written(manifest()))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(ProjectArchiveEntries):
        open_archive(zipfile.ZipFile(stream), LIMITS)


def test_too_many_too_much_and_too_well_packed_are_refused() -> None:
    data = written(manifest())
    for limits in (Limits(1 << 20, 2), Limits(10, 10)):
        with pytest.raises(ProjectArchiveEntries):
            open_archive(zipfile.ZipFile(io.BytesIO(data)), limits)
    bomb = written(manifest(rows_bytes=1 << 22), rows=b"0" * (1 << 22))
    with pytest.raises(ProjectArchiveEntries, match="far more"):
        open_archive(zipfile.ZipFile(io.BytesIO(bomb)), Limits(1 << 30, 10))
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    with pytest.raises(ProjectArchiveUnreadable):
        open_archive(zipfile.ZipFile(empty), LIMITS)
