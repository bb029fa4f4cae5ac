"""Files beside topics as blobs."""

from pathlib import Path
from uuid import UUID

import pytest
from bcf_files import DOCUMENT, TOPIC, files_3_0, zipped

from holotable.bcf_blobs import DOCUMENTS, keep, named_revisions
from holotable.errors import NotFound
from holotable.exchange.bcf_model import Topic
from holotable.exchange.bcf_read import read_bcf
from holotable.store.blobs import FileBlobs, read_all


async def test_files_are_kept_and_pictures_are_known_by_their_content(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    file = read_bcf(zipped(files_3_0()))
    kept = await keep(file, blobs, dry_run=False)
    assert kept[UUID(TOPIC)]["first.png"].media_type == "image/png"
    assert kept[UUID(TOPIC)]["part.ifc"].media_type == ""
    assert await read_all(blobs, kept[DOCUMENTS][DOCUMENT].sha256) == b"%PDF-1.7 plan"


async def test_a_dry_run_measures_and_keeps_nothing(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    kept = await keep(read_bcf(zipped(files_3_0())), blobs, dry_run=True)
    with pytest.raises(NotFound):
        await read_all(blobs, kept[UUID(TOPIC)]["first.png"].sha256)


def test_revisions_are_named_by_our_addresses_alone() -> None:
    id_ = UUID(int=7)
    references = [
        f"https://x.example/api/v1/revisions/{id_}",
        "/api/v1/revisions/no",
        "a.ifc",
        None,
    ]
    topic = Topic.model_validate(
        {
            "guid": TOPIC, "title": "A", "creation_author": "A",
            "creation_date": "2026-01-01T00:00",
            "header_files": [{"reference": one} for one in references],
        }
    )  # fmt: skip
    assert named_revisions(topic) == [id_]
