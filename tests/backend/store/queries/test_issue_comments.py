"""Rows of comments: threads with and without the resolved ones, files, anchors."""

from builders import Clock, Project, add_asset, add_revision
from issue_builders import add_anchor, add_attachment, add_comment, add_issue

from holotable.store.database import Database
from holotable.store.issue_tables import IssueAttachment, IssueComment
from holotable.store.queries import issue_comments


async def test_a_resolved_thread_is_left_out_as_a_whole(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    first = await add_comment(database, clock, revision, "first")
    await add_comment(database, clock, revision, "answer", reply_to=first.id)
    other = await add_comment(database, clock, revision, "other")
    async with database.transaction() as session:
        (await session.get_one(IssueComment, first.id)).resolved_at = clock()
    async with database.transaction() as session:
        for with_resolved, expected in ((True, ["first", "answer", "other"]), (False, ["other"])):
            found = await issue_comments.of_revision(
                session, revision.id, after=None, limit=10, with_resolved=with_resolved
            )
            assert [one.text for one in found] == expected
        thread = await issue_comments.thread(session, first)
        assert [one.text for one in thread] == ["first", "answer"]
        later = await issue_comments.of_revision(
            session, revision.id, after=first.id, limit=1, with_resolved=True
        )
        assert [one.text for one in later] == ["answer"]
        assert [one.text for one in await issue_comments.thread(session, other)] == ["other"]


async def test_files_of_an_issue_are_counted_with_those_of_its_comments_and_listed_without(
    database: Database, clock: Clock, project: Project
) -> None:
    issue = await add_issue(database, clock, project)
    comment = await add_comment(database, clock, issue)
    own, told = [await add_attachment(database, clock, issue) for _ in range(2)]
    async with database.transaction() as session:
        (await session.get_one(IssueAttachment, told.id)).comment_id = comment.id
    async with database.transaction() as session:
        of_issue = await issue_comments.attachments(session, issue_id=issue.id)
        of_comment = await issue_comments.attachments(session, comment_ids=[comment.id])
        assert ([one.id for one in of_issue], [one.id for one in of_comment]) == (
            [own.id], [told.id],
        )  # fmt: skip
        assert await issue_comments.count_attachments(
            session, issue_id=issue.id, comment_id=None
        ) == 2  # fmt: skip
        assert await issue_comments.viewpoints(session, issue.id) == []
        assert await issue_comments.edits(session, comment.id) == []


async def test_only_the_present_anchor_of_a_comment_is_shown(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    comment = await add_comment(database, clock, revision)
    await add_anchor(database, clock, comment, revision, ended_at=clock())
    present = await add_anchor(database, clock, comment, revision, "frame")
    async with database.transaction() as session:
        found = await issue_comments.anchors(session, [comment.id])
        assert {key: row.id for key, row in found.items()} == {comment.id: present.id}
