"""Minutes gathered from rows: who was there, what they did meanwhile, and who is told."""

from datetime import timedelta

import pytest
from builders import (
    Asset,
    Clock,
    Principal,
    Project,
    Revision,
    Session,
    add_asset,
    add_member,
    add_operations,
    add_project,
    add_recording,
    add_revision,
    add_session,
    add_user,
)
from issue_builders import add_issue
from sqlalchemy import select

from holotable import issues, minutes, sessions
from holotable.errors import Conflict, Invalid
from holotable.review.roles import Role
from holotable.reviews import Person
from holotable.store.database import Database
from holotable.store.notification_tables import Notification
from holotable.store.queries import minutes as minute_rows
from holotable.store.queries import sessions as session_rows
from holotable.store.review_tables import RevisionEvent
from holotable.store.tables import Attendance


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def ben(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Ben Okoro")


@pytest.fixture
async def project(database: Database, clock: Clock, mia: Principal, ben: Principal) -> Project:
    project = await add_project(database, clock, owner=mia)
    await add_member(database, clock, project, ben, Role.REVIEWER)
    return project


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project, "Skid"))


@pytest.fixture
async def meeting(
    database: Database, clock: Clock, revision: Revision, mia: Principal, ben: Principal
) -> Session:
    session = await add_session(database, clock, revision)
    async with database.transaction() as transaction:
        for who, device in ((mia, "desktop"), (ben, "headset")):
            row = session_rows.attendance_row(
                session.id, who.id, who.name, "owner", device, clock()
            )
            transaction.add(Attendance(**row))
    return session


async def test_issues_that_attendees_touched_meanwhile_are_in_the_minutes(
    database: Database, clock: Clock, project: Project, revision: Revision, meeting: Session,
    mia: Principal, ben: Principal,
) -> None:  # fmt: skip
    elsewhere = await add_asset(database, clock, project, "Other")
    other = await add_revision(database, clock, elsewhere)
    issue = await add_issue(database, clock, project, revision=revision)
    foreign = await add_issue(database, clock, project, "Elsewhere", revision=other)
    stranger = await add_user(database, clock, "Sam")
    await add_recording(database, clock, meeting)
    clock.advance(seconds=30)
    async with database.transaction() as transaction:
        for one, by in ((issue, ben), (foreign, ben)):
            row = await transaction.merge(one)
            await issues.change(transaction, row, {"status": "Closed"}, by=by.id, now=clock())
        row = await transaction.merge(issue)
        await issues.change(
            transaction, row, {"title": "Bore too large"}, by=stranger.id, now=clock()
        )
    clock.advance(hours=1)
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        await sessions.end(transaction, session, now=clock())
        said = await minutes.drafted(transaction, session, clock())
    (touched,) = said["issues"]
    assert (touched["number"], touched["what"], touched["second"]) == (issue.number, "closed", 30)
    assert [(one["field"], one["by"]) for one in touched["happened"]] == [("status", "Ben Okoro")]
    assert [(one["name"], one["device"]) for one in said["attendees"]] == [
        ("Ben Okoro", "headset"), ("Mia Berg", "desktop"),
    ]  # fmt: skip
    assert said["attendees"][0]["visits"][0]["left_at"] == "2026-01-05T13:00:30.000Z"


async def test_publishing_freezes_tells_who_was_there_and_stands_in_the_audit_trail(
    database: Database, clock: Clock, revision: Revision, meeting: Session, mia: Principal,
    ben: Principal,
) -> None:  # fmt: skip
    await add_operations(database, meeting, mia, (clock(), "", "/q Who orders the seals?"))
    person = Person(mia.id, mia.name)
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        with pytest.raises(Conflict):
            await minutes.publish(transaction, session, person, clock())
        await sessions.end(transaction, session, now=clock())
        row = await minutes.publish(transaction, session, person, clock())
        assert row.document is not None
        assert [one["text"] for one in row.document["questions"]] == ["Who orders the seals?"]
        with pytest.raises(Conflict):
            await minutes.note(transaction, session, "late", by=mia.id, now=clock())
    async with database.transaction() as transaction:
        (told,) = await transaction.scalars(select(Notification))
        assert (told.principal_id, told.tally, told.kind) == (
            ben.id, {"minutes": 1}, "session_minutes",
        )  # fmt: skip
        (event,) = await transaction.scalars(
            select(RevisionEvent).where(RevisionEvent.revision_id == revision.id)
        )
        assert (event.kind, event.name) == ("minutes_published", "Mia Berg")


async def test_notes_are_bounded(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        with pytest.raises(Invalid):
            await minutes.note(transaction, session, "x" * 20_001, by=mia.id, now=clock())


async def test_revisions_on_the_table_are_named(
    database: Database, clock: Clock, project: Project, revision: Revision, meeting: Session,
    mia: Principal,
) -> None:  # fmt: skip
    async with database.transaction() as transaction:
        asset = await transaction.get_one(Asset, revision.asset_id)
    beside = await add_revision(database, clock, asset)
    layers = {"items": [{"revision_id": str(beside.id)}]}
    await add_operations(database, meeting, mia, (clock() + timedelta(seconds=1), "layers", layers))
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        said = await minutes.drafted(transaction, session, clock())
    assert said["revisions"] == [revision.label, beside.label]


async def test_published_minutes_are_corrected_in_a_next_version_and_stay_readable(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    person = Person(mia.id, mia.name)
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        with pytest.raises(Conflict):
            await minutes.correct(transaction, session, person, "Nothing yet", clock())
        await minutes.note(transaction, session, "first", by=mia.id, now=clock())
        await sessions.end(transaction, session, now=clock())
        await minutes.publish(transaction, session, person, clock())
        with pytest.raises(Invalid):
            await minutes.correct(transaction, session, person, "  ", clock())
        row = await minutes.correct(transaction, session, person, "The bore", clock())
        assert (row.version, row.correction, row.published_at) == (2, "The bore", None)
        await minutes.note(transaction, session, "second", by=mia.id, now=clock())
        await minutes.publish(transaction, session, person, clock())
        (old,) = await minute_rows.editions_of(transaction, session.id)
        assert (old.version, old.notes, old.document["title"]) == (1, "first", session.name)


async def test_comments_stand_in_the_draft_and_end_with_it(
    database: Database, clock: Clock, meeting: Session, mia: Principal, ben: Principal
) -> None:
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        said = Person(ben.id, ben.name)
        await minutes.remark(transaction, session, said, " Ben came late. ", clock())
        for text in ("", "  ", "x" * 4_001):
            with pytest.raises(Invalid):
                await minutes.remark(transaction, session, said, text, clock())
        drafted = await minutes.drafted(transaction, session, clock())
        assert [(one["by"], one["text"]) for one in drafted["comments"]] == [
            ("Ben Okoro", "Ben came late.")
        ]
        await sessions.end(transaction, session, now=clock())
        await minutes.publish(transaction, session, Person(mia.id, mia.name), clock())
        with pytest.raises(Conflict):
            await minutes.remark(transaction, session, said, "late", clock())


async def test_the_next_session_takes_over_what_was_left_open(
    database: Database, clock: Clock, revision: Revision, meeting: Session, mia: Principal
) -> None:
    await add_operations(
        database, meeting, mia, (clock(), "", "/q Who pays?"), (clock(), "", "/q Who orders?"),
        (clock(), "", "/answer 1 We do"),
    )  # fmt: skip
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, meeting.id)
        link = "javascript:alert(1)"
        with pytest.raises(Invalid):
            await minutes.plan_next(transaction, session, None, link, by=mia.id, now=clock())
        at = clock() + timedelta(days=7)
        link = "https://meet.example/7"
        await minutes.plan_next(transaction, session, at, link, by=mia.id, now=clock())
        await sessions.end(transaction, session, now=clock())
        row = await minutes.publish(transaction, session, Person(mia.id, mia.name), clock())
        assert row.document is not None
        assert row.document["next"] == {"at": "2026-01-12T12:00:00.000Z", "link": link}
    clock.advance(days=7)
    later = await add_session(database, clock, revision)
    async with database.transaction() as transaction:
        session = await transaction.get_one(Session, later.id)
        (question,) = (await minutes.drafted(transaction, session, clock()))["questions"]
        assert (question["text"], question["carried_from"]["session_id"]) == (
            "Who orders?", str(meeting.id),
        )  # fmt: skip
