"""Who listens hears every change, once, and nobody pays when nobody listens."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from builders import (
    Asset,
    Caller,
    Clock,
    Project,
    add_asset,
    add_member,
    add_review,
    add_revision,
    add_user,
)
from converting import rows_of

from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.queries import conversions
from holotable.store.tables import Conversion
from holotable.web import feed as feed_module
from holotable.web.answers import RevisionAnswer
from holotable.web.feed import IssueNews, Outbox, ReviewNews, RevisionFeed


@pytest.fixture
async def asset(owner: Caller, database: Database, clock: Clock, project: Project) -> Asset:
    return await add_asset(database, clock, project)


async def heard(outbox: Outbox) -> RevisionAnswer:
    async with asyncio.timeout(30):
        one = await outbox.get()
    assert isinstance(one, RevisionAnswer)
    return one


async def test_each_change_is_told_once_to_every_listener(
    database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    feed = RevisionFeed(database)
    revision = await add_revision(database, clock, asset, state="queued")
    (row,) = await rows_of(database, revision.id)
    async with feed.listen(project.id) as one, feed.listen(project.id) as two:
        assert (await heard(one)).progress.queue_position == 1
        assert (await heard(two)).state == "queued"
        async with database.transaction() as session:
            claim = await conversions.claim(session, row.id, worker="w", lease_s=60, max_attempts=3)
        assert claim is not None
        assert (await heard(one)).state == "reading"
        async with database.transaction() as session:
            await conversions.beat(session, claim, lease_s=60, state="tessellating", fraction=0.5)
        changed = await heard(one)
        assert (changed.state, changed.progress.fraction) == ("tessellating", 0.5)
        async with database.transaction() as session:
            await conversions.finish(session, claim, "failed")
        assert (await heard(one)).state == "failed"
        await asyncio.sleep(1.2)
        assert one.empty()
        assert [answer.state for answer in two._queue] == ["reading", "tessellating", "failed"]  # type: ignore[attr-defined]  # what waits, without taking it
    assert feed._watchers == {}


async def test_a_late_listener_is_told_what_is_moving(
    database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    feed = RevisionFeed(database)
    await add_revision(database, clock, asset, state="queued")
    async with feed.listen(project.id) as first:
        await heard(first)
        async with feed.listen(project.id) as second:
            assert second.get_nowait().state == "queued"


async def test_what_ended_long_ago_and_other_projects_are_not_told(
    database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    feed = RevisionFeed(database)
    revision = await add_revision(database, clock, asset, state="failed")
    (row,) = await rows_of(database, revision.id)
    async with database.transaction() as session:
        old = await session.get_one(Conversion, row.id)
        old.finished_at = datetime(2026, 1, 1, tzinfo=UTC)
    async with feed.listen(project.id) as outbox:
        await asyncio.sleep(0.8)
        assert outbox.empty()


async def test_what_happens_to_issues_is_told_once_with_the_new_etag(
    owner: Caller, database: Database, clock: Clock, project: Project
) -> None:
    feed = RevisionFeed(database)
    path = f"/api/v1/projects/{project.id}/issues"
    async with feed.listen(project.id) as outbox:
        made = (await owner.client.post(path, json={"title": "Bore"})).json()
        created = await news(outbox)
        assert (created.what, created.number, created.etag) == ("created", 1, made["etag"])
        changed = await owner.client.patch(
            f"/api/v1/issues/{made['id']}", json={"title": "Bore 2", "priority": "High"}
        )
        told = await news(outbox)
        assert (told.what, told.fields) == ("changed", ["priority", "title"])
        assert told.etag == changed.headers["etag"]
        assert told.by == owner.id
        said = await owner.client.post(
            f"/api/v1/issues/{made['id']}/comments", json={"text": "Look"}
        )
        comment = await news(outbox)
        assert (comment.what, comment.etag) == ("comment_added", said.headers["etag"])
        await asyncio.sleep(1.2)
        assert outbox.empty()


async def test_a_look_that_comes_late_misses_nothing(
    owner: Caller, database: Database, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = feed_module._Told(feed_module._moments_ago())

    async def look() -> list[str]:
        async with database.transaction() as session:
            return [one.what for one in await told.news(session, project.id)]

    assert await look() == []
    told.all_was_read()
    made = await owner.client.post(f"/api/v1/projects/{project.id}/issues", json={"title": "Bore"})
    assert made.status_code == 201
    # The machine slept, or the database was away, for far longer than a look goes back.
    later = UUID(int=uuid7().int + (3_600_000 << 80))
    monkeypatch.setattr(feed_module, "_moments_ago", lambda: later)
    assert await look() == ["created"]
    assert await look() == []
    told.all_was_read()
    assert await look() == []


async def news(outbox: Outbox) -> IssueNews:
    async with asyncio.timeout(30):
        one = await outbox.get()
    assert isinstance(one, IssueNews)
    return one


async def test_a_review_that_changes_is_told_with_its_new_etag(
    owner: Caller, database: Database, clock: Clock, project: Project, asset: Asset
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    first = await add_review(
        database, clock, await add_revision(database, clock, asset), approvers=[ben]
    )
    feed = RevisionFeed(database)
    async with feed.listen(project.id) as outbox:
        await asyncio.sleep(1.2)
        assert reviews_in(outbox) == []  # what was there before is no news
        clock.advance(seconds=1)
        path = f"/api/v1/reviews/{first.id}"
        changed = await owner.client.patch(path, json={"title": "Housing"})
        assert changed.status_code == 200
        await asyncio.sleep(1.2)
        told = reviews_in(outbox)
        assert [(one.review_id, one.etag) for one in told] == [(first.id, changed.headers["etag"])]
        await asyncio.sleep(1.2)
        assert reviews_in(outbox) == []


def reviews_in(outbox: Outbox) -> list[ReviewNews]:
    """What was told of reviews so far; the rest is left out."""
    told = []
    while not outbox.empty():
        one = outbox.get_nowait()
        if isinstance(one, ReviewNews):
            told.append(one)
    return told
