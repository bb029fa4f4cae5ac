"""The outbox against real mail servers: once each, nothing lost, nothing to people who may not."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    Clock,
    Principal,
    Project,
    add_asset,
    add_member,
    add_project,
    add_review,
    add_revision,
    add_user,
)
from issue_builders import add_drawing, add_issue, add_sheet_pin
from mail_builders import (
    MailBox,
    free_port,
    mail_server,
    mails,
    office,
    reachable,
    running,
    texts,
)
from sqlalchemy import delete, update

from holotable import comments, notifications, post, reviews
from holotable.comments import Remark
from holotable.review.roles import Role
from holotable.store.database import Database
from holotable.store.issue_tables import Issue
from holotable.store.notification_tables import MailRefusal, Notification
from holotable.store.queries import mail as rows
from holotable.store.review_tables import Review
from holotable.store.tables import Asset, Member, Revision


class Place:
    """A project of Mia's in which Ben reviews and reads mails."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    async def build(self) -> "Place":
        self.mia = await add_user(self.database, self.clock, "Mia Berg")
        self.ben = await add_user(self.database, self.clock, "Ben Okoro")
        self.project = await add_project(
            self.database, self.clock, owner=self.mia, name="Skid",
            members={Role.REVIEWER: self.ben},
        )  # fmt: skip
        self.asset = await add_asset(self.database, self.clock, self.project, "Gearbox")
        self.revision = await add_revision(self.database, self.clock, self.asset)
        await reachable(self.database, self.clock, self.mia, self.ben)
        return self

    async def ask(self, *people: Principal) -> Review:
        return await add_review(
            self.database, self.clock, self.revision, approvers=people or [self.ben], by=self.mia
        )

    async def say(self, issue: Issue, text: str, by: Principal) -> None:
        async with self.database.transaction() as session:
            row = await session.get_one(Issue, issue.id)
            await comments.say(session, row, Remark(text), author=by.id, now=self.clock())


@pytest.fixture
async def place(database: Database, clock: Clock) -> Place:
    return await Place(database, clock).build()


async def test_a_request_arrives_once_with_its_thread_and_its_place(place: Place) -> None:
    box = MailBox()
    review = await place.ask()
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        await outbox.deliver()
        await outbox.deliver()
        await office(place.database, server, place.clock).deliver()
    (mail,) = box.mails
    assert box.recipients == ["ben@example.org"]
    assert mail["Subject"] == "Review #1: Gearbox housing"
    plain, html = texts(mail)
    assert f"https://review.example.org/p/{place.project.id}/reviews/{review.id}" in plain
    assert "Mia Berg asks for your approval." in html
    assert [row.state for row in await mails(place.database)] == ["sent"]


async def test_a_mail_names_the_sheet_on_which_an_issue_stands_and_leads_to_it(
    place: Place,
) -> None:
    box = MailBox()
    await reachable_choice(place, "mention", "at_once")
    drawing = await add_drawing(place.database, place.clock, place.revision, "Pump")
    issue = await add_issue(place.database, place.clock, place.project, revision=place.revision)
    await add_sheet_pin(place.database, place.clock, issue, drawing, page=1)
    await place.say(issue, "@Ben Okoro", place.mia)
    with mail_server(box) as server:
        place.clock.advance(seconds=120)
        await office(place.database, server, place.clock).deliver()
    (mail,) = box.mails
    for text in texts(mail):
        assert "On sheet 2 of Pump." in text
        assert f"https://review.example.org/v/{place.asset.id}/A?issue={issue.number}" in text


async def test_remarks_within_a_minute_are_one_mail(place: Place) -> None:
    box = MailBox()
    await reachable_choice(place, "issue_watched", "at_once")
    issue = await add_issue(place.database, place.clock, place.project)
    async with place.database.transaction() as session:
        from holotable.store.queries import issues

        await issues.watch(session, issue, [place.ben.id], place.clock())
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        for text in ("one", "two", "three"):
            await place.say(issue, text, place.mia)
            place.clock.advance(seconds=10)
            await outbox.deliver()
        assert box.mails == []
        place.clock.advance(seconds=60)
        await outbox.deliver()
    (mail,) = box.mails
    assert "3 new comments." in texts(mail)[0]


async def reachable_choice(place: Place, kind: str, email: str) -> None:
    async with place.database.transaction() as session:
        from holotable.store.queries.notifications import settings_of

        settings = await settings_of(session, place.ben.id, place.clock())
        settings.choices = {**settings.choices, kind: {"app": True, "email": email}}


async def test_what_was_read_meanwhile_is_not_mailed(place: Place) -> None:
    box = MailBox()
    await place.ask()
    async with place.database.transaction() as session:
        await session.execute(update(Notification).values(state="read"))
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    (row,) = await mails(place.database)
    assert (box.mails, row.state, row.problem) == ([], "dropped", {"reason": "seen"})


async def test_a_person_who_lost_the_right_gets_no_mail(place: Place) -> None:
    box = MailBox()
    await place.ask()
    async with place.database.transaction() as session:
        await session.execute(delete(Member).where(Member.principal_id == place.ben.id))
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    (row,) = await mails(place.database)
    assert (box.mails, row.state, row.problem) == ([], "dropped", {"reason": "not_visible"})


async def test_what_lies_in_the_trash_is_not_mailed(place: Place) -> None:
    box = MailBox()
    await place.ask()
    async with place.database.transaction() as session:
        await session.execute(update(Asset).values(deleted_at=place.clock()))
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    assert box.mails == []


async def test_a_refused_address_is_kept_and_gets_nothing_more(place: Place) -> None:
    box = MailBox(to_recipient="550 no such user here")
    await place.ask()
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        await outbox.deliver()
        box.to_recipient = ""
        issue = await add_issue(place.database, place.clock, place.project)
        await place.say(issue, "@Ben Okoro look", place.mia)
        await outbox.deliver()
        assert box.mails == []
        states = [row.state for row in await mails(place.database)]
        assert states == ["refused", "refused"]
        async with place.database.transaction() as session:
            refusal = await session.get_one(MailRefusal, "ben@example.org")
            assert (refusal.status, refusal.text) == (550, "no such user here")
            assert refusal.principal_id == place.ben.id
            await rows.forgive(session, "ben@example.org", place.ben.id)
        await place.say(issue, "@Ben Okoro again", place.mia)
        place.clock.advance(minutes=1)
        await outbox.deliver()
    assert [mail["Subject"] for mail in box.mails] == ["Issue #1: Bore too small"]


async def test_a_mail_that_is_put_off_goes_later_and_for_five_days(place: Place) -> None:
    box = MailBox(to_recipient="450 greylisted")
    await place.ask()
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        await outbox.deliver()
        (row,) = await mails(place.database)
        assert (row.state, row.attempts) == ("queued", 1)
        assert row.not_before == place.clock() + timedelta(seconds=60)
        place.clock.advance(seconds=59)
        await outbox.deliver()
        assert (await mails(place.database))[0].attempts == 1
        place.clock.advance(seconds=1)
        box.to_recipient = ""
        await outbox.deliver()
    assert len(box.mails) == 1
    await place.say(
        await add_issue(place.database, place.clock, place.project), "@Ben Okoro", place.mia
    )
    box.to_recipient = "450 greylisted"
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        for _ in range(60):
            await outbox.deliver()
            place.clock.advance(hours=4)
    last = (await mails(place.database))[-1]
    assert (last.state, len(box.mails)) == ("failed", 1)
    assert last.problem is not None
    assert last.problem["code"] == "mail_postponed"
    assert (
        timedelta(days=5)
        < (last.finished_at or place.clock()) - last.created_at
        < timedelta(days=6)
    )


async def test_a_mail_that_is_refused_does_not_keep_the_others(place: Place) -> None:
    box = MailBox(to_data="554 spam")
    await place.ask()
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    (row,) = await mails(place.database)
    assert row.state == "failed"
    assert row.problem is not None
    assert row.problem["detail"] == "554 spam"
    async with place.database.transaction() as session:
        assert await rows.refusal_of(session, "ben@example.org") is None


async def test_a_server_that_is_down_and_comes_back_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "POLL_S", 0.02)
    monkeypatch.setattr(post, "_PAUSES_S", (0.05,))
    box, port = MailBox(), free_port()
    await place.ask()
    with mail_server(box, port=port) as up:
        server = up
    async with running(office(place.database, server, place.clock)):
        while True:
            async with place.database.transaction() as session:
                seen = await rows.server(session)
                if seen is not None and seen.problem is not None:
                    break
            await asyncio.sleep(0.02)
        assert seen.problem["code"] == "mail_server_unreachable"
        (row,) = await mails(place.database)
        assert (row.state, row.attempts) == ("queued", 0)
        place.clock.advance(minutes=6)  # its lease was given back, so this is not waited for
        with mail_server(box, port=port):
            async with asyncio.timeout(30):
                while not box.mails:  # noqa: ASYNC110  # another process would poll as well
                    await asyncio.sleep(0.02)
                while (await mails(place.database))[0].state != "sent":  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
    async with place.database.transaction() as session:
        seen = await rows.server(session)
        assert seen is not None
        assert (seen.problem, seen.sent_at) == (None, place.clock())


async def test_two_workers_send_each_mail_once(place: Place) -> None:
    box = MailBox()
    for number in range(8):
        issue = await add_issue(place.database, place.clock, place.project, f"Issue {number}")
        await place.say(issue, "@Ben Okoro", place.mia)
    with mail_server(box) as server:
        workers = [office(place.database, server, place.clock) for _ in range(3)]
        await asyncio.gather(*(worker.deliver() for worker in workers))
    assert len(box.mails) == 8
    assert len({mail["Message-ID"] for mail in box.mails}) == 8


async def test_a_crash_between_sending_and_marking_sends_again_under_the_same_id(
    place: Place,
) -> None:
    box = MailBox()
    await place.ask()

    class Dies(post.PostOffice):
        async def _after(self, *_facts: object) -> None:
            raise asyncio.CancelledError

    with mail_server(box) as server:
        whole = office(place.database, server, place.clock)
        dying = Dies(
            place.database, server, sender=whole._sender, public_url=whole._public_url,
            now=whole._now,
        )  # fmt: skip
        with pytest.raises(asyncio.CancelledError):
            await dying.deliver()
        await whole.deliver()
        assert len(box.mails) == 1  # the lease holds
        place.clock.advance(minutes=6)
        await whole.deliver()
        await whole.deliver()
    assert len(box.mails) == 2
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]
    assert [row.state for row in await mails(place.database)] == ["sent"]


async def test_a_worker_that_is_told_to_stop_marks_what_it_is_sending(place: Place) -> None:
    box = MailBox(delay_s=0.5)
    await place.ask()
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        task = asyncio.create_task(outbox.deliver())
        async with asyncio.timeout(30):
            while not box.asked:  # noqa: ASYNC110  # the server runs in a thread
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        place.clock.advance(minutes=6)
        await outbox.deliver()
    assert len(box.mails) == 1
    assert [row.state for row in await mails(place.database)] == ["sent"]


async def test_quiet_hours_hold_a_mail_until_they_are_over(place: Place) -> None:
    box = MailBox()
    place.clock.now = datetime(2026, 1, 5, 22, 0, tzinfo=UTC)
    async with place.database.transaction() as session:
        from holotable.store.queries.notifications import settings_of

        settings = await settings_of(session, place.ben.id, place.clock())
        settings.time_zone, settings.quiet_from, settings.quiet_until = (
            "Europe/Berlin", "22:00", "07:00",
        )  # fmt: skip
    await place.ask()
    with mail_server(box) as server:
        outbox = office(place.database, server, place.clock)
        await outbox.deliver()
        place.clock.now = datetime(2026, 1, 6, 5, 59, tzinfo=UTC)
        await outbox.deliver()
        assert box.mails == []
        place.clock.now = datetime(2026, 1, 6, 6, 0, tzinfo=UTC)
        await outbox.deliver()
    assert len(box.mails) == 1


async def remark(place: Place, project: Project, *texts_: str) -> None:
    """Something that Ben hears of by daily summary alone."""
    issue = await add_issue(place.database, place.clock, project, texts_[0])
    async with place.database.transaction() as session:
        from holotable.store.queries import issues

        await issues.watch(session, issue, [place.ben.id], place.clock())
    for text in texts_:
        await place.say(issue, text, place.mia)


async def digests(place: Place, box: MailBox, hours: Sequence[int]) -> list[int]:
    """How many mails there are after a look at each of these hours of 5 January and after."""
    found = []
    with mail_server(box) as server:
        for hour in hours:
            place.clock.now = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=hour)
            for outbox in [office(place.database, server, place.clock) for _ in range(2)]:
                await outbox.make_digests()  # the second is another worker, or a restart
                await outbox.deliver()
            found.append(len(box.mails))
    return found


async def test_a_digest_comes_once_in_the_morning_grouped_and_never_empty(place: Place) -> None:
    box = MailBox()
    house = await add_project(
        place.database, place.clock, owner=place.mia, name="House",
        members={Role.REVIEWER: place.ben},
    )  # fmt: skip
    await remark(place, place.project, "Bore", "too small")
    await remark(place, house, "Door")
    assert await digests(place, box, [13, 23, 31, 32, 33, 40, 56, 80]) == [0, 0, 0, 1, 1, 1, 1, 1]
    plain, _ = texts(box.mails[0])
    assert box.mails[0]["Subject"] == "Holotable: 2 new for you"
    assert "== Skid ==" in plain
    assert "== House ==" in plain
    assert "2 new comments." in plain


async def test_a_digest_leaves_out_what_was_read_or_is_hidden_by_now(place: Place) -> None:
    box = MailBox()
    await remark(place, place.project, "Bore")
    async with place.database.transaction() as session:
        await session.execute(delete(Member).where(Member.principal_id == place.ben.id))
    assert await digests(place, box, [32]) == [0]
    await add_member(place.database, place.clock, place.project, place.ben, Role.REVIEWER)
    await remark(place, place.project, "Pin")
    async with place.database.transaction() as session:
        await session.execute(update(Notification).values(state="read"))
    assert await digests(place, box, [56]) == [0]


async def test_weekly_summaries_come_on_monday_and_what_is_mailed_at_once_in_none(
    place: Place,
) -> None:
    box = MailBox()
    await reachable_choice(place, "issue_watched", "weekly")
    await remark(place, place.project, "Bore")
    assert await digests(place, box, [32, 7 * 24 + 7, 7 * 24 + 8, 8 * 24 + 8]) == [0, 0, 1, 1]
    async with place.database.transaction() as session:
        await session.execute(update(Notification).values(state="read"))
    await place.ask()
    assert await digests(place, box, [9 * 24]) == [2]  # at once
    assert await digests(place, box, [9 * 24 + 8, 14 * 24 + 8]) == [2, 2]


async def test_without_a_mail_server_nothing_is_sent_and_nothing_piles_up(place: Place) -> None:
    await place.ask()
    outbox = office(place.database, None, place.clock)
    assert await outbox.deliver() is None
    await outbox.tidy()
    assert [row.state for row in await mails(place.database)] == ["queued"]
    place.clock.advance(hours=2)
    await outbox.tidy()
    assert [row.state for row in await mails(place.database)] == ["dropped"]
    place.clock.advance(days=31)
    await outbox.tidy()
    assert await mails(place.database) == []


async def test_due_dates_are_told_once_and_again_when_they_move(place: Place) -> None:
    review = await place.ask()
    async with place.database.transaction() as session:
        await session.execute(update(Notification).values(state="done"))
        (await session.get_one(Review, review.id)).due_on = (
            place.clock() + timedelta(days=1)
        ).date()
    outbox = office(place.database, None, place.clock)

    async def told() -> tuple[str, dict[str, int]]:
        await outbox.tell_due()
        async with place.database.transaction() as session:
            row = (await session.scalars(_of(place.ben))).one()
            found = row.state, dict(row.tally)
            row.state = "read"
        return found

    assert await told() == ("unread", {"due_soon": 1})
    assert (await told())[0] == "read"
    place.clock.advance(days=2)
    assert await told() == ("unread", {"overdue": 1})
    assert (await told())[0] == "read"
    async with place.database.transaction() as session:
        (await session.get_one(Review, review.id)).due_on = (
            place.clock() + timedelta(days=1)
        ).date()
    assert await told() == ("unread", {"due_soon": 1})


def _of(who: Principal):  # type: ignore[no-untyped-def]  # a select
    from sqlalchemy import select

    return select(Notification).where(Notification.principal_id == who.id)


async def test_a_new_revision_is_one_message_to_the_same_people(place: Place) -> None:
    box = MailBox()
    await place.ask()
    second = await add_revision(place.database, place.clock, place.asset)
    async with place.database.transaction() as session:
        row = await session.get_one(Revision, second.id)
        await reviews.move_on(session, row, place.clock())
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    (mail,) = box.mails
    assert "There is a new revision: you are asked again." in texts(mail)[0]


async def test_an_address_is_asked_whether_it_agrees(place: Place) -> None:
    box = MailBox()
    async with place.database.transaction() as session:
        from holotable.store.queries.notifications import settings_of

        settings = await settings_of(session, place.ben.id, place.clock())
        settings.address, settings.confirmed_at = "new@example.org", None
        expires_at = (place.clock() + timedelta(days=2)).isoformat()
        for address in ("new@example.org", "older@example.org"):
            await rows.enqueue(
                session, place.ben.id, "confirm", not_before=place.clock(), now=place.clock(),
                content={"address": address, "expires_at": expires_at},
            )  # fmt: skip
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    assert box.recipients == ["new@example.org"]
    assert "/settings/me?confirm=" in texts(box.mails[0])[0]


async def test_a_mail_that_cannot_be_written_fails_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = MailBox()
    await place.ask()
    issue = await add_issue(place.database, place.clock, place.project)
    await place.say(issue, "@Ben Okoro", place.mia)
    whole = notifications.subject_of

    def odd(row: Notification, names: object) -> object:
        if row.review_id is not None:
            raise ValueError("odd")
        return whole(row, names)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(notifications, "subject_of", odd)
    with mail_server(box) as server:
        await office(place.database, server, place.clock).deliver()
    assert sorted(row.state for row in await mails(place.database)) == ["failed", "sent"]
    assert len(box.mails) == 1
