"""The stage of issues: what is written down, and what stays as it was."""

from datetime import timedelta

import pytest
from builders import Caller, Clock, Project, add_asset, add_member, add_revision, add_user
from sqlalchemy import select

from holotable import issues
from holotable.errors import IdTaken, Invalid
from holotable.issues import Draft
from holotable.review.issue import DEFAULTS, IssueType, PropertyDefinition
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Issue, IssueEvent, IssueLabel, IssueMention


async def make(database: Database, clock: Clock, project: Project, **fields: object) -> Issue:
    async with database.transaction() as session:
        row, is_new = await issues.create(
            session, project.id, Draft(fields={"title": "Bore", **fields}),
            author=project.created_by, now=clock(),
        )  # fmt: skip
    assert is_new
    return row


async def test_an_etag_rises_with_every_change_even_while_the_clock_stands_still(
    database: Database, clock: Clock, project: Project
) -> None:
    row = await make(database, clock, project)
    seen = [row.updated_at]
    for title in ("a", "b"):
        async with database.transaction() as session:
            again = await session.get_one(Issue, row.id)
            await issues.change(
                session, again, {"title": title}, by=project.created_by, now=clock()
            )
            seen.append(again.updated_at)
    assert seen[0] < seen[1] < seen[2]
    assert seen[2] - seen[0] == timedelta(microseconds=2)


async def test_labels_and_mentions_are_rows_to_ask_for_and_follow_the_fields(
    database: Database, clock: Clock, project: Project
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    row = await make(database, clock, project, labels=["x", "y"], description="@Ben Okoro look")
    async with database.transaction() as session:
        again = await session.get_one(Issue, row.id)
        labels = set(await session.scalars(select(IssueLabel.label)))
        named = list(await session.scalars(select(IssueMention.principal_id)))
        assert (labels, named) == ({"x", "y"}, [ben.id])
        await issues.change(
            session, again, {"labels": ["y"], "description": ""}, by=ben.id, now=clock()
        )
        assert set(await session.scalars(select(IssueLabel.label))) == {"y"}
        assert list(await session.scalars(select(IssueMention.principal_id))) == []


async def test_another_type_leaves_behind_the_properties_that_it_does_not_have(
    database: Database, clock: Clock, project: Project
) -> None:
    text = PropertyDefinition(key="note", name="Note", kind="text")
    gap = PropertyDefinition(key="gap", name="Gap", kind="number")
    words = DEFAULTS.model_copy(
        update={
            "types": [
                IssueType(name="Issue", properties=[text, gap]),
                IssueType(name="Clash", properties=[gap]),
            ]
        }
    )
    async with database.transaction() as session:
        await issues.set_settings(session, project.id, words, by=project.created_by, now=clock())
    row = await make(database, clock, project, properties={"note": "a", "gap": 2})
    async with database.transaction() as session:
        again = await session.get_one(Issue, row.id)
        made = await issues.change(
            session, again, {"type": "Clash"}, by=project.created_by, now=clock()
        )
        assert again.properties == {"gap": 2}
        assert [one.field for one in made] == ["type", "properties"]


async def test_words_that_were_abolished_stay_until_somebody_changes_that_field(
    database: Database, clock: Clock, project: Project
) -> None:
    row = await make(database, clock, project, priority="Low")
    words = DEFAULTS.model_copy(update={"priorities": ["Urgent"], "default_priority": "Urgent"})
    async with database.transaction() as session:
        await issues.set_settings(session, project.id, words, by=project.created_by, now=clock())
        again = await session.get_one(Issue, row.id)
        await issues.change(session, again, {"title": "x"}, by=project.created_by, now=clock())
        assert again.priority == "Low"


async def test_an_issue_of_the_trash_does_not_answer_for_its_id(
    database: Database, clock: Clock, project: Project, owner: Caller
) -> None:
    draft = Draft(fields={"title": "x"}, id=uuid7())
    async with database.transaction() as session:
        row, _ = await issues.create(session, project.id, draft, author=owner.id, now=clock())
        await issues.put_away(session, row, by=owner.id, now=clock())
        with pytest.raises(IdTaken):
            await issues.create(session, project.id, draft, author=owner.id, now=clock())
        await issues.bring_back(session, row, by=owner.id, now=clock())
        _, is_new = await issues.create(session, project.id, draft, author=owner.id, now=clock())
        assert is_new is False
        kinds = list(await session.scalars(select(IssueEvent.kind).order_by(IssueEvent.id)))
        assert kinds == ["created", "trashed", "restored"]


async def test_a_title_cannot_be_emptied(
    database: Database, clock: Clock, project: Project
) -> None:
    row = await make(database, clock, project)
    async with database.transaction() as session:
        again = await session.get_one(Issue, row.id)
        with pytest.raises(Invalid, match="has a title"):
            await issues.change(session, again, {"title": " "}, by=project.created_by, now=clock())


def test_requests_that_differ_have_different_digests() -> None:
    one, other = uuid7(), uuid7()
    assert issues.digest({"a": 1, "b": one}) == issues.digest({"b": one, "a": 1})
    assert issues.digest({"a": one}) != issues.digest({"a": other})


async def test_an_issue_keeps_the_revision_that_was_looked_at(
    database: Database, clock: Clock, project: Project
) -> None:
    revision = await add_revision(database, clock, await add_asset(database, clock, project))
    async with database.transaction() as session:
        row, _ = await issues.create(
            session, project.id,
            Draft(fields={"title": "x"}, asset_id=revision.asset_id, revision_id=revision.id),
            author=project.created_by, now=clock(),
        )  # fmt: skip
    assert (row.asset_id, row.revision_id) == (revision.asset_id, revision.id)
