"""The stage of comments: threads, histories, and what goes along when one becomes an issue."""

import pytest
from builders import Clock, Project, Revision, add_asset, add_revision
from issue_builders import add_anchor, add_attachment, add_comment, add_issue
from sqlalchemy import select

from holotable import comments
from holotable.comments import Remark
from holotable.errors import Conflict, DeletedComment, NotFound
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import (
    Anchor,
    IssueAttachment,
    IssueComment,
    IssueCommentEdit,
    IssueEvent,
)

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


async def test_a_deleted_plain_comment_takes_its_pin_away_and_that_of_an_issue_leaves_it(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    issue = await add_issue(database, clock, project, revision=revision)
    plain = await add_comment(database, clock, revision)
    told = await add_comment(database, clock, issue)
    for one in (plain, told):
        await add_anchor(database, clock, one, revision)
    async with database.transaction() as session:
        for one in (plain, told):
            row = await session.get_one(IssueComment, one.id)
            await comments.remove(session, row, by=one.created_by, now=clock())
    async with database.transaction() as session:
        ended = {one.comment_id: one.ended_at for one in await session.scalars(select(Anchor))}
        assert ended[plain.id] is not None
        assert ended[told.id] is None
        kept = await session.scalars(select(IssueCommentEdit.text))
        assert set(kept) == {"Please look"}


async def test_a_thread_that_becomes_an_issue_takes_its_files_along_once(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    first = await add_comment(database, clock, revision, "x" * 200)
    answer = await add_comment(database, clock, revision, "yes", reply_to=first.id)
    issue = await add_issue(database, clock, project, revision=revision)
    file = await add_attachment(database, clock, issue)
    async with database.transaction() as session:
        row = await session.get_one(IssueAttachment, file.id)
        row.issue_id, row.comment_id = None, answer.id
    id_ = uuid7()
    async with database.transaction() as session:
        comment = await session.get_one(IssueComment, first.id)
        made = await comments.become_issue(
            session, comment, {}, id_=id_, by=project.created_by, now=clock()
        )
        again = await comments.become_issue(
            session, comment, {}, id_=id_, by=project.created_by, now=clock()
        )
        assert again is made
        assert made.title.endswith("…")
        with pytest.raises(Conflict):
            await comments.become_issue(
                session, await session.get_one(IssueComment, answer.id), {}, id_=None,
                by=project.created_by, now=clock(),
            )  # fmt: skip
    async with database.transaction() as session:
        assert (await session.get_one(IssueAttachment, file.id)).issue_id == id_
        assert (await session.get_one(IssueComment, answer.id)).issue_id == id_


async def test_an_answer_belongs_to_what_it_answers_and_a_deleted_comment_takes_none(
    database: Database, clock: Clock, project: Project, revision: Revision
) -> None:
    gone = await add_comment(database, clock, revision)
    elsewhere = await add_comment(database, clock, await add_issue(database, clock, project))
    async with database.transaction() as session:
        row = await session.get_one(IssueComment, gone.id)
        await comments.remove(session, row, by=project.created_by, now=clock())
        with pytest.raises(DeletedComment):
            await comments.say(
                session, revision, Remark("x", reply_to=gone.id), author=project.created_by,
                now=clock(),
            )  # fmt: skip
        for unknown in (elsewhere.id, uuid7()):
            with pytest.raises(NotFound):
                await comments.say(
                    session, revision, Remark("x", reply_to=unknown), author=project.created_by,
                    now=clock(),
                )  # fmt: skip
        with pytest.raises(DeletedComment):
            await comments.edit(session, row, "y", by=project.created_by, now=clock())


async def test_saying_the_same_again_is_no_edit(
    database: Database, clock: Clock, revision: Revision
) -> None:
    made = await add_comment(database, clock, revision, "same")
    async with database.transaction() as session:
        row = await session.get_one(IssueComment, made.id)
        await comments.edit(session, row, " same ", by=made.created_by, now=clock())
        await comments.resolve(session, row, resolved=False, by=made.created_by, now=clock())
        assert row.edited_at is None
        assert list(await session.scalars(select(IssueEvent))) == []
