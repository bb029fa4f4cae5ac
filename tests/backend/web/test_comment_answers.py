"""What is said of a comment: who may change it, and what a tombstone still tells."""

import pytest
from builders import Caller, Clock, Project, add_member, add_user, sign_in
from fastapi import FastAPI
from issue_builders import add_attachment, add_comment, add_issue

from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.issue_tables import IssueAttachment


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("role", "may_edit", "may_delete"),
    [(Role.VIEWER, False, False), (Role.REVIEWER, False, False), (Role.EDITOR, False, True)],
)
async def test_each_reader_is_told_what_he_may_do(
    app: FastAPI, owner: Caller, project: Project, database: Database, clock: Clock, role: Role,
    may_edit: bool, may_delete: bool,
) -> None:  # fmt: skip
    comment = await add_comment(database, clock, await add_issue(database, clock, project))
    who = await add_user(database, clock, "Ben")
    await add_member(database, clock, project, who, role)
    async with sign_in(app, database, clock, who) as caller:
        found = (await caller.client.get(f"/api/v1/comments/{comment.id}")).json()
    assert (found["may_edit"], found["may_delete"]) == (may_edit, may_delete)
    mine = (await owner.client.get(f"/api/v1/comments/{comment.id}")).json()
    assert (mine["may_edit"], mine["may_delete"]) == (True, True)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_tombstone_shows_no_file(
    owner: Caller, project: Project, database: Database, clock: Clock
) -> None:
    issue = await add_issue(database, clock, project)
    comment = await add_comment(database, clock, issue)
    file = await add_attachment(database, clock, issue)
    async with database.transaction() as session:
        (await session.get_one(IssueAttachment, file.id)).comment_id = comment.id
    path = f"/api/v1/comments/{comment.id}"
    assert len((await owner.client.get(path)).json()["attachments"]) == 1
    await owner.client.delete(path)
    found = (await owner.client.get(path)).json()
    assert (found["attachments"], found["text"], found["may_edit"]) == ([], "", False)
