"""Issues go out as BCF: as we know them, with the project's words and the model they are of."""

from pathlib import Path

import pytest
from builders import Clock, Principal, add_asset, add_project, add_revision, add_user
from issue_builders import add_comment, add_issue

from holotable.bcf_export import file_of, gather, present, words_of
from holotable.delivery import Structures
from holotable.errors import NotFound
from holotable.review.issue import DEFAULTS
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


async def test_an_issue_made_here_goes_out_with_its_words_and_its_model(
    database: Database, clock: Clock, mia: Principal, tmp_path: Path
) -> None:
    project = await add_project(database, clock, owner=mia)
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    issue = await add_issue(
        database, clock, project, revision=revision, author=mia.id, type="Special"
    )
    await add_comment(database, clock, issue, "Look.")
    blobs = FileBlobs(tmp_path)
    async with database.transaction() as session:
        with pytest.raises(NotFound):
            await gather(session, project, [99])
        found = await gather(session, project, [issue.number])
    file = await file_of(found, blobs, Structures(blobs), origin="https://x.example", version="3.0")
    (topic,) = file.topics
    assert (topic.guid, topic.server_assigned_id) == (issue.guid, "ISSUE-00001")
    assert topic.creation_author == "Mia Berg"
    assert [one.comment for one in topic.comments or ()] == ["Look."]
    assert topic.header_files is not None
    reference = f"https://x.example/api/v1/revisions/{revision.id}"
    assert topic.header_files[0].reference == reference
    assert file.extensions is not None
    assert file.extensions.topic_type == [*(one.name for one in DEFAULTS.types), "Special"]
    assert file.extensions.users == ["Mia Berg"]
    assert file.extensions.topic_status == [one.name for one in DEFAULTS.statuses]
    (again,) = await present(found.rows, blobs, Structures(blobs))
    assert (again.title, again.viewpoints) == (topic.title, None)
    assert words_of([], DEFAULTS, ()).priority == DEFAULTS.priorities
