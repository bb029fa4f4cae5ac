"""The issues of a session as one BCF file."""

import io
import zipfile
from pathlib import Path

import pytest
from builders import Clock, Principal, add_asset, add_project, add_revision, add_user
from issue_builders import add_issue, add_issue_viewpoint

from holotable.delivery import Structures
from holotable.errors import NotFound
from holotable.minutes_bcf import gather, written
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path)


async def test_it_has_those_issues_with_their_views_and_no_others(
    database: Database, clock: Clock, blobs: FileBlobs, mia: Principal
) -> None:
    project = await add_project(database, clock, owner=mia)
    other = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    bore = await add_issue(database, clock, project, "Bore", revision=revision, author=mia.id)
    view = await add_issue_viewpoint(database, clock, bore, {})
    await add_issue(database, clock, project, "Not touched")
    gone = await add_issue(database, clock, project, "Gone", deleted_at=clock())
    await add_issue(database, clock, other, "Elsewhere")
    async with database.transaction() as transaction:
        found = await gather(transaction, project, {bore.number, gone.number})
        with pytest.raises(NotFound):
            await gather(transaction, project, {gone.number})
    content = await written(found, blobs, Structures(blobs), origin="https://x.example")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        markup = archive.read(f"{bore.guid}/markup.bcf").decode()
    assert "bcf.version" in names
    assert [one for one in names if one.endswith("markup.bcf")] == [f"{bore.guid}/markup.bcf"]
    assert "<Title>Bore</Title>" in markup
    assert "Mia Berg" in markup
    assert str(view.guid) in markup
