"""Rows of issues on both databases: numbers, people, belongings in a few statements, news."""

from builders import Clock, Project, add_asset, add_member, add_project, add_revision, add_user
from issue_builders import (
    add_anchor,
    add_attachment,
    add_comment,
    add_issue,
    add_issue_viewpoint,
)
from sqlalchemy import event

from holotable import issues as stage
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.queries import issues
from holotable.store.queries.issues import IssueQuery


async def test_numbers_are_of_the_project_and_known_issues_are_its_living_ones(
    database: Database, clock: Clock, project: Project
) -> None:
    other = await add_project(
        database, clock, owner=await add_user(database, clock, "Ben"), name="other"
    )
    mine, gone = [await add_issue(database, clock, project) for _ in range(2)]
    theirs = await add_issue(database, clock, other)
    async with database.transaction() as session:
        row = await session.merge(gone)
        row.deleted_at = clock()
    async with database.transaction() as session:
        assert await issues.next_number(session, project.id) == 3
        assert await issues.next_number(session, uuid7()) == 1
        ids = [mine.id, gone.id, theirs.id, uuid7()]
        assert await issues.known(session, project.id, ids) == {mine.id}


async def test_people_are_members_who_can_sign_in(
    database: Database, clock: Clock, project: Project
) -> None:
    ben, eve = [await add_user(database, clock, name) for name in ("Ben", "Eve")]
    for one in (ben, eve):
        await add_member(database, clock, project, one, Role.VIEWER)
    async with database.transaction() as session:
        (await session.merge(eve)).disabled_at = clock()
    async with database.transaction() as session:
        found = await issues.people(session, project.id)
    assert [one.words for one in found] == [("Mia Berg", "mia.berg"), ("Ben", "ben")]


async def test_what_lists_show_costs_as_many_statements_for_fifty_issues_as_for_one(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    rows = [await add_issue(database, clock, project, revision=revision) for _ in range(5)]
    for row in rows:
        await add_comment(database, clock, row)
        await add_attachment(database, clock, row)
        await add_issue_viewpoint(database, clock, row)
        await add_anchor(database, clock, row, revision)
    counts = []
    for ids in ([rows[0].id], [row.id for row in rows]):
        async with database.transaction() as session:
            statements: list[str] = []
            event.listen(
                session.get_bind(), "before_cursor_execute",
                lambda _c, _u, statement, *_: statements.append(statement),  # noqa: B023
            )  # fmt: skip
            found = await issues.belongings(session, ids, project.created_by)
            counts.append(len([one for one in statements if one.startswith("SELECT")]))
        assert {(b.comments, b.attachments, b.viewpoints) for b in found.values()} == {(1, 1, 1)}
        assert all(b.anchor is not None for b in found.values())
    assert counts[0] == 5


async def test_a_question_that_says_nothing_is_everything_of_the_project(
    database: Database, clock: Clock, project: Project
) -> None:
    rows = [await add_issue(database, clock, project, f"{n}%_") for n in range(3)]
    async with database.transaction() as session:
        for query, count in (
            (IssueQuery(), 3), (IssueQuery(text="%_"), 3), (IssueQuery(text="1%"), 1),
            (IssueQuery(numbers=(1, 2)), 2), (IssueQuery(text="#3"), 1),
            (IssueQuery(text="9" * 30), 0),
        ):  # fmt: skip
            statement = issues.matching(query, project.id, project.created_by, clock())
            found = (await session.execute(statement)).all()
            assert len(found) == count, query
        statement = issues.matching(IssueQuery(), project.id, project.created_by, clock())
        assert await issues.counts(session, statement) == {"Open": 3}
    assert [row.number for row in rows] == [1, 2, 3]


async def test_news_are_what_happened_after_an_event_in_order(
    database: Database, clock: Clock, project: Project
) -> None:
    row = await add_issue(database, clock, project)
    before = uuid7()
    async with database.transaction() as session:
        again = await session.merge(row)
        for title in ("a", "b"):
            await stage.change(session, again, {"title": title}, by=project.created_by, now=clock())
    async with database.transaction() as session:
        found = await issues.news(session, project.id, before, 10)
        assert [one.after for one, _, _ in found] == [{"value": "a"}, {"value": "b"}]
        assert all(issue is not None and issue.id == row.id for _, issue, _ in found)
        assert await issues.news(session, project.id, found[0][0].id, 10) == found[1:]
        since = await issues.changes_since(session, row.id, clock())
        assert [one.field for one in since] == ["title", "title"]
