"""One present place for an issue or a comment; the ones before are kept."""

from uuid import UUID

import pytest
from builders import Clock, Project, Revision, add_asset, add_revision
from issue_builders import add_comment, add_issue
from sqlalchemy import select

from holotable import pins
from holotable.errors import IdTaken
from holotable.review.anchor import Anchor as Content
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Anchor, AnchorRun, Issue, IssueEvent
from holotable.store.tables import Asset


def at(occurrence: str = "valve") -> Content:
    return Content(occurrence_id=occurrence, point=(0.0, 0.0, 0.0), world=(0.0, 0.0, 0.0))


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def put(
    database: Database,
    clock: Clock,
    issue: Issue,
    revision: Revision,
    content: Content,
    id_: UUID | None = None,
) -> Anchor:
    async with database.transaction() as session:
        row = await session.get_one(Issue, issue.id)
        made = await session.get_one(type(revision), revision.id)
        return await pins.put(
            session, row, made, content, id_=id_, by=issue.created_by, now=clock()
        )


async def test_another_place_replaces_the_one_before_which_is_kept(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    issue = await add_issue(database, clock, project)
    first = await put(database, clock, issue, revision, at("valve"))
    second = await put(database, clock, issue, revision, at("pipe"))
    async with database.transaction() as session:
        found = {one.id: one for one in await session.scalars(select(Anchor))}
        row = await session.get_one(Issue, issue.id)
        events = list(await session.scalars(select(IssueEvent.after).order_by(IssueEvent.id)))
    assert found[first.id].ended_at == clock()
    assert (found[second.id].ended_at, found[second.id].replaces_id) == (None, first.id)
    assert (row.asset_id, row.revision_id) == (revision.asset_id, revision.id), "known from now on"
    said = [one["value"]["occurrence_id"] for one in events if one]
    assert said == ["valve", "pipe"]


async def test_the_same_request_again_makes_one_and_another_under_its_id_is_refused(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    issue = await add_issue(database, clock, project)
    id_ = uuid7()
    await put(database, clock, issue, revision, at(), id_)
    await put(database, clock, issue, revision, at(), id_)
    with pytest.raises(IdTaken):
        await put(database, clock, issue, revision, at("pipe"), id_)
    async with database.transaction() as session:
        assert [one.id for one in await session.scalars(select(Anchor))] == [id_]


async def test_a_pin_of_an_earlier_revision_waits_for_the_newest(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    async with database.transaction() as session:
        asset = await session.get_one(Asset, revision.asset_id)
    newest = await add_revision(database, clock, asset)
    comment = await add_comment(database, clock, revision, author=project.created_by)
    async with database.transaction() as session:
        row = await session.get_one(type(comment), comment.id)
        await pins.put(session, row, revision, at(), id_=None, by=project.created_by, now=clock())
    async with database.transaction() as session:
        assert await session.get(AnchorRun, newest.id) is not None


async def test_an_issue_that_is_released_stands_nowhere_and_says_where_it_stood(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    issue = await add_issue(database, clock, project)
    await put(database, clock, issue, revision, at())
    async with database.transaction() as session:
        row = await session.get_one(Issue, issue.id)
        await pins.release(session, row, by=issue.created_by, now=clock())
    async with database.transaction() as session:
        (anchor,) = await session.scalars(select(Anchor))
        events = list(await session.scalars(select(IssueEvent).order_by(IssueEvent.id)))
    assert anchor.ended_at == clock()
    assert (events[-1].before, events[-1].after) == (
        {"value": {"occurrence_id": "valve"}}, {"value": None},
    )  # fmt: skip
