"""Topics become issues in one transaction: fields cut to ours, nobody mailed, histories written."""

from pathlib import Path
from uuid import UUID

import pytest
from bcf_files import TOPIC, files_3_0, zipped
from builders import Clock, Principal, Project, add_project, add_user
from sqlalchemy import func, select

from holotable.bcf_blobs import keep
from holotable.bcf_import import Became, Wanted, take_in
from holotable.delivery import Structures
from holotable.exchange.bcf_model import BcfFile, Topic
from holotable.exchange.bcf_read import read_bcf
from holotable.store.blobs import FileBlobs
from holotable.store.database import Database
from holotable.store.issue_tables import Issue, IssueComment, IssueEvent, IssueLabel
from holotable.store.notification_tables import Notification


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


async def take(
    database: Database, clock: Clock, project: Project, mia: Principal, file: BcfFile, folder: Path
) -> list[Became]:
    blobs = FileBlobs(folder)
    wanted = Wanted(file, await keep(file, blobs, dry_run=False))
    async with database.transaction() as session:
        return await take_in(
            session, project, wanted, structures=Structures(blobs), blobs=blobs, author=mia.id,
            now=clock(),
        )  # fmt: skip


async def test_rows_are_made_with_labels_history_and_no_notification(
    database: Database, clock: Clock, mia: Principal, tmp_path: Path
) -> None:
    project = await add_project(database, clock, owner=mia)
    told = await take(database, clock, project, mia, read_bcf(zipped(files_3_0())), tmp_path)
    assert [one.done for one in told] == ["created", "created"]
    async with database.transaction() as session:
        row = (await session.scalars(select(Issue).where(Issue.guid == UUID(TOPIC)))).one()
        assert (row.number, row.stage, row.created_by) == (1, "Design", mia.id)
        assert row.id != row.guid
        labels = set(await session.scalars(select(IssueLabel.label)))
        assert labels == {"MEP", "Statik Süd"}
        kinds = set(await session.scalars(select(IssueEvent.kind)))
        assert kinds == {"created", "comment_added", "viewpoint_added"}
        assert await session.scalar(select(func.count()).select_from(Notification)) == 0
        comment = (await session.scalars(select(IssueComment))).one()
        assert (comment.text, comment.viewpoint_id is None) == ("Move the pipe.", False)


async def test_what_is_longer_than_our_fields_is_cut_and_kept_whole(
    database: Database, clock: Clock, mia: Principal, tmp_path: Path
) -> None:
    project = await add_project(database, clock, owner=mia)
    said = {
        "guid": TOPIC, "title": "T" * 900, "topic_type": "x" * 300, "labels": ["l" * 200, " "],
        "creation_author": "Zoe", "creation_date": "2999-01-01T00:00:00Z",
        "topic_status": "Erledigt", "description": "d" * 60_000,
    }  # fmt: skip
    file = BcfFile(version="3.0", topics=[Topic.model_validate(said)])
    (told,) = await take(database, clock, project, mia, file, tmp_path)
    assert told.words == ["x" * 300, "Erledigt"]
    async with database.transaction() as session:
        row = (await session.scalars(select(Issue))).one()
        assert (len(row.title), len(row.type), len(row.description)) == (500, 100, 50_000)
        assert (row.labels, row.category) == (["l" * 100], "closed")
        assert row.created_at == clock(), "nothing is made in the future"
        assert row.foreign_part is not None
        assert row.foreign_part["topic"]["title"] == "T" * 900
