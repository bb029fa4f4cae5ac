"""Who is told of what: the right people, never of their own act, in one row for each subject."""

from datetime import timedelta

import pytest
from builders import (
    Clock,
    Principal,
    add_asset,
    add_guest,
    add_member,
    add_project,
    add_review,
    add_revision,
    add_session,
    add_user,
)
from issue_builders import add_comment, add_drawing, add_issue, add_sheet_pin
from sqlalchemy import delete, select, update

from holotable import comments, issues, notifications, reviews
from holotable.comments import Remark
from holotable.issues import Draft
from holotable.review import notification_words as words
from holotable.review.approval import Facts, Verdict
from holotable.review.lifecycle import Lifecycle
from holotable.review.roles import Role
from holotable.store.database import Database, uuid7
from holotable.store.drawing_tables import Drawing
from holotable.store.issue_tables import Issue, IssueComment, IssueWatcher
from holotable.store.notification_tables import Mail, Notification
from holotable.store.queries import notifications as rows
from holotable.store.review_tables import Review
from holotable.store.tables import Conversion, Member, Revision, Session


class Team:
    """Mia owns, Ben reviews, Ola watches; a gearbox of Mia's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    async def build(self) -> "Team":
        self.mia = await add_user(self.database, self.clock, "Mia Berg")
        self.ben = await add_user(self.database, self.clock, "Ben Okoro")
        self.ola = await add_user(self.database, self.clock, "Ola Nord")
        self.project = await add_project(
            self.database, self.clock, owner=self.mia,
            members={Role.REVIEWER: self.ben, Role.VIEWER: self.ola},
        )  # fmt: skip
        self.asset = await add_asset(self.database, self.clock, self.project, "Gearbox")
        self.revision = await add_revision(self.database, self.clock, self.asset)
        return self

    async def told(self, who: Principal) -> list[tuple[str, str, dict[str, int]]]:
        """(subject without its id, state, tally) of everything somebody is told."""
        async with self.database.transaction() as session:
            found = await session.scalars(
                select(Notification)
                .where(Notification.principal_id == who.id)
                .order_by(Notification.id)
            )
            return [(row.subject.split(":")[0], row.state, dict(row.tally)) for row in found]

    async def read(self) -> None:
        async with self.database.transaction() as session:
            await session.execute(update(Notification).values(state="read"))

    async def review(self) -> Review:
        return await add_review(
            self.database, self.clock, self.revision, approvers=[self.ben], observers=[self.ola],
            by=self.mia,
        )  # fmt: skip

    async def decide(self, review: Review, who: Principal, verdict: Verdict) -> None:
        async with self.database.transaction() as session:
            row = await session.get_one(Review, review.id)
            facts = Facts(
                is_approver=verdict is not Verdict.COMMENT, is_author=False, opened=True,
                blocking_issues=0, unticked=0, checklist=0,
            )  # fmt: skip
            await reviews.give(
                session, row, reviews.Person(who.id, who.name), self.clock(),
                revision_id=row.revision_id, verdict=verdict, text="So it is.", meaning="",
                signed=False, facts=facts,
            )  # fmt: skip

    async def say(
        self, on: Issue | Revision, text: str, by: Principal, reply_to: IssueComment | None = None
    ) -> IssueComment:
        async with self.database.transaction() as session:
            row = await session.get_one(type(on), on.id)
            remark = Remark(text, reply_to=reply_to.id if reply_to else None)
            comment, _ = await comments.say(session, row, remark, author=by.id, now=self.clock())
            return comment

    async def make(self, by: Principal, **fields: object) -> Issue:
        async with self.database.transaction() as session:
            draft = Draft(fields={"title": "Bore", **fields}, asset_id=self.asset.id)
            issue, _ = await issues.create(
                session, self.project.id, draft, author=by.id, now=self.clock()
            )
            return issue

    async def change(self, issue: Issue, by: Principal, **fields: object) -> None:
        async with self.database.transaction() as session:
            row = await session.get_one(Issue, issue.id)
            await issues.change(session, row, fields, by=by.id, now=self.clock())


@pytest.fixture
async def team(database: Database, clock: Clock) -> Team:
    return await Team(database, clock).build()


async def test_a_review_goes_from_the_request_to_its_end_in_one_row_for_each_person(
    team: Team,
) -> None:
    review = await team.review()
    assert await team.told(team.ben) == [("review", "unread", {"requested": 1})]
    assert await team.told(team.ola) == [("review", "unread", {"observing": 1})]
    assert await team.told(team.mia) == []

    await team.decide(review, team.ben, Verdict.APPROVE)
    assert await team.told(team.ben) == [("review", "done", {"requested": 1})]
    assert await team.told(team.mia) == [("review", "unread", {"approved": 1})]

    async with team.database.transaction() as session:
        row = await session.get_one(Revision, team.revision.id)
        await reviews.set_lifecycle(
            session, row, Lifecycle.RELEASED, reviews.Person(team.mia.id, "Mia"), Role.OWNER, "",
            team.clock(),
        )  # fmt: skip
    assert await team.told(team.ben) == [("review", "unread", {"released": 1})]
    assert await team.told(team.ola) == [("review", "unread", {"released": 1})]
    assert (await team.told(team.mia))[0][1] == "done"


async def test_a_new_revision_asks_the_same_people_again_with_one_message(team: Team) -> None:
    await team.review()
    for _ in range(2):
        newer = await add_revision(team.database, team.clock, team.asset)
        async with team.database.transaction() as session:
            await reviews.move_on(session, await session.get_one(Revision, newer.id), team.clock())
    assert await team.told(team.ben) == [("review", "unread", {"requested_again": 1})]
    await team.read()
    third = await add_revision(team.database, team.clock, team.asset)
    async with team.database.transaction() as session:
        await reviews.move_on(session, await session.get_one(Revision, third.id), team.clock())
    assert await team.told(team.ben) == [("review", "unread", {"requested_again": 1})]


async def test_whoever_is_taken_out_of_a_review_has_nothing_to_do_there(team: Team) -> None:
    review = await team.review()
    async with team.database.transaction() as session:
        row = await session.get_one(Review, review.id)
        plan = reviews.Plan("T", "", None, reviews.rule_of(row), (team.mia.id,), (), ())
        await reviews.change(session, row, plan, reviews.Person(team.mia.id, "Mia"), team.clock())
    assert [one[1] for one in await team.told(team.ben)] == ["done"]


async def test_changes_requested_reach_everybody_in_the_review_but_their_author(
    team: Team,
) -> None:
    review = await team.review()
    await team.read()
    await team.decide(review, team.ben, Verdict.REQUEST_CHANGES)
    assert await team.told(team.ola) == [("review", "unread", {"changes_requested": 1})]
    assert await team.told(team.mia) == [("review", "unread", {"changes_requested": 1})]
    assert (await team.told(team.ben))[0][1] == "done"


async def test_an_assignee_a_watcher_and_somebody_named_hear_each_the_strongest(
    team: Team,
) -> None:
    issue = await team.make(team.mia, assignee_id=team.ben.id, description="@Ola Nord please")
    assert await team.told(team.ben) == [("issue", "unread", {"assigned": 1})]
    assert await team.told(team.ola) == [("issue", "unread", {"mentioned": 1})]
    assert await team.told(team.mia) == []

    for number in range(3):
        await team.say(issue, f"remark {number}", team.mia)
    assert await team.told(team.ben) == [("issue", "unread", {"assigned": 1, "commented": 3})]

    await team.say(issue, "@Ben Okoro yes", team.ola)
    assert (await team.told(team.ben))[0][2] == {"assigned": 1, "mentioned": 1, "commented": 3}
    assert await team.told(team.mia) == [("issue", "unread", {"commented": 1})]

    await team.read()
    await team.change(issue, team.mia, priority="High")
    assert (await team.told(team.ben))[0] == ("issue", "unread", {"changed": 1})


async def test_nobody_is_told_of_a_change_that_changes_nothing_or_of_his_own(team: Team) -> None:
    issue = await team.make(team.mia, assignee_id=team.mia.id)
    await team.change(issue, team.mia, title="Bore")
    await team.say(issue, "@Mia Berg, note to myself", team.mia)
    assert await team.told(team.mia) == []


async def test_whoever_left_an_issue_hears_only_when_he_is_named(team: Team) -> None:
    issue = await team.make(team.mia, assignee_id=team.ben.id)
    await team.read()
    async with team.database.transaction() as session:
        await session.execute(
            update(IssueWatcher).where(IssueWatcher.principal_id == team.ben.id).values(muted=True)
        )
    await team.say(issue, "remark", team.mia)
    await team.change(issue, team.mia, priority="High")
    assert (await team.told(team.ben))[0][1] == "read"
    await team.say(issue, "@Ben Okoro, look", team.mia)
    assert (await team.told(team.ben))[0][1:] == ("unread", {"mentioned": 1})


async def test_an_edit_tells_only_whom_it_names_newly(team: Team) -> None:
    issue = await team.make(team.mia)
    comment = await team.say(issue, "@Ben Okoro look", team.mia)
    await team.read()
    async with team.database.transaction() as session:
        row = await session.get_one(IssueComment, comment.id)
        text = "@Ben Okoro look, @Ola Nord too"
        await comments.edit(session, row, text, by=team.mia.id, now=team.clock())
    assert (await team.told(team.ben))[0][1] == "read"
    assert await team.told(team.ola) == [("issue", "unread", {"mentioned": 1})]


async def test_an_answer_on_a_revision_reaches_the_others_of_its_thread(team: Team) -> None:
    first = await team.say(team.revision, "What is this?", team.ben)
    await team.say(team.revision, "A bolt.", team.mia, reply_to=first)
    assert await team.told(team.ben) == [("comments", "unread", {"commented": 1})]
    assert await team.told(team.ola) == []


async def test_a_pin_asks_the_author_to_look(team: Team) -> None:
    issue = await team.make(team.mia, assignee_id=team.ben.id)
    await team.read()

    async def carried(state: str) -> None:
        async with team.database.transaction() as session:
            row = await session.get_one(Issue, issue.id)
            await notifications.pin_carried(session, row, state, team.clock())

    await carried("moved")
    assert (await team.told(team.ben))[0][1] == "read"
    await carried("geometry_changed")
    assert (await team.told(team.ben))[0][1:] == ("unread", {"verify": 1})
    assert await team.told(team.mia) == [("issue", "unread", {"verify": 1})]
    await carried("detached")
    assert await team.told(team.mia) == [("issue", "unread", {"detached": 1})]


async def test_ones_own_upload_is_told_once_of_each_run(team: Team) -> None:
    async with team.database.transaction() as session:
        run = (await session.scalars(select(Conversion))).one()
        for _ in range(2):
            await notifications.converted(session, run.id, team.clock())
    assert await team.told(team.mia) == [("conversion", "unread", {"converted": 1})]
    async with team.database.transaction() as session:
        failed = Conversion(
            id=uuid7(), project_id=run.project_id, revision_id=run.revision_id, state="failed",
            options={}, created_at=team.clock(),
        )  # fmt: skip
        waits = Conversion(
            id=uuid7(), project_id=run.project_id, revision_id=run.revision_id, state="queued",
            options={}, created_at=team.clock(),
        )  # fmt: skip
        session.add_all([failed, waits])
        await session.flush()
        await notifications.converted(session, failed.id, team.clock())
        await notifications.converted(session, waits.id, team.clock())
        await notifications.converted(session, uuid7(), team.clock())
    assert await team.told(team.mia) == [("conversion", "unread", {"failed": 1})]


async def test_an_invitation_is_told_once(team: Team) -> None:
    meeting = await add_session(team.database, team.clock, team.revision)
    for _ in range(2):
        async with team.database.transaction() as session:
            row = await session.get_one(Session, meeting.id)
            people = [team.ben.id, team.mia.id]
            await notifications.invited(session, row, people, by=team.mia.id, now=team.clock())
    assert await team.told(team.ben) == [("session", "unread", {"invited": 1})]
    assert await team.told(team.mia) == []


async def test_strangers_guests_and_disabled_people_are_told_nothing(team: Team) -> None:
    dana = await add_guest(team.database, team.clock, team.project, Role.GUEST_LIVE)
    eve = await add_user(team.database, team.clock, "Eve Elsewhere")
    async with team.database.transaction() as session:
        (await session.get_one(Principal, team.ola.id)).disabled_at = team.clock()
        row = await session.get_one(Revision, team.revision.id)
        meeting = await add_meeting(session, row, team.clock)
        people = [dana.id, eve.id, team.ola.id, team.ben.id]
        await notifications.invited(session, meeting, people, by=team.mia.id, now=team.clock())
    for who in (dana, eve, team.ola):
        assert await team.told(who) == []
    assert len(await team.told(team.ben)) == 1


async def add_meeting(session, revision: Revision, clock: Clock) -> Session:  # type: ignore[no-untyped-def]  # an AsyncSession
    meeting = Session(
        id=uuid7(), project_id=revision.project_id, revision_id=revision.id, kind="meeting",
        name="Friday", created_at=clock(), epoch="e",
    )  # fmt: skip
    session.add(meeting)
    await session.flush()
    return meeting


async def test_a_kind_that_is_off_writes_nothing_and_one_by_mail_alone_is_not_in_the_app(
    team: Team,
) -> None:
    async def choose(**kinds: dict[str, object]) -> None:
        async with team.database.transaction() as session:
            settings = await rows.settings_of(session, team.ben.id, team.clock())
            settings.choices = dict(kinds)
            settings.address, settings.confirmed_at = "ben@example.org", team.clock()

    await choose(review_requested={"app": False, "email": "off"})
    await team.review()
    assert await team.told(team.ben) == []
    await choose(issue_assigned={"app": False, "email": "at_once"})
    await team.make(team.mia, assignee_id=team.ben.id)
    async with team.database.transaction() as session:
        row = (await session.scalars(select(Notification).where(
            Notification.principal_id == team.ben.id))).one()  # fmt: skip
        assert not row.in_app
        assert [mail.notification_id for mail in await session.scalars(select(Mail))] == [row.id]
        assert (await rows.unread_of(session, [team.ben.id], team.clock()))[team.ben.id][0] == 0


async def test_a_change_that_is_rolled_back_tells_nobody(team: Team) -> None:
    async def fail() -> None:
        async with team.database.transaction() as session:
            draft = Draft(fields={"title": "Bore", "assignee_id": team.ben.id})
            await issues.create(
                session, team.project.id, draft, author=team.mia.id, now=team.clock()
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await team.told(team.ben) == []


async def test_a_person_who_lost_the_right_sees_nothing_and_sees_it_again_with_it(
    team: Team,
) -> None:
    await team.review()

    async def seen() -> int:
        async with team.database.transaction() as session:
            statement = rows.mine(team.ben.id, team.clock())
            return len((await session.scalars(statement)).all())

    assert await seen() == 1
    async with team.database.transaction() as session:
        await session.execute(delete(Member).where(Member.principal_id == team.ben.id))
    assert await seen() == 0
    await add_member(team.database, team.clock, team.project, team.ben, Role.VIEWER)
    assert await seen() == 1


async def test_the_inbox_of_a_trashed_issue_is_empty(team: Team) -> None:
    issue = await add_issue(team.database, team.clock, team.project)
    await team.say(issue, "@Ben Okoro", team.mia)
    async with team.database.transaction() as session:
        await issues.put_away(
            session, await session.get_one(Issue, issue.id), by=team.mia.id, now=team.clock()
        )
        assert (await session.scalars(rows.mine(team.ben.id, team.clock()))).all() == []


async def test_paths_lead_to_the_exact_place(team: Team) -> None:
    review = await team.review()
    issue = await team.make(team.mia, assignee_id=team.ben.id)
    await team.say(team.revision, "@Ben Okoro", team.mia)
    meeting = await add_session(team.database, team.clock, team.revision)
    async with team.database.transaction() as session:
        row = await session.get_one(Session, meeting.id)
        await notifications.invited(session, row, [team.ben.id], by=team.mia.id, now=team.clock())
        found = (await session.scalars(rows.mine(team.ben.id, team.clock()))).all()
        names = await rows.names_of(session, found)
        (remark,) = [row.comment_id for row in found if row.comment_id is not None]
        paths = {row.subject.split(":")[0]: notifications.path_of(row, names) for row in found}
        titles = {notifications.subject_of(row, names).title for row in found}
    assert paths == {
        "review": f"/p/{team.project.id}/reviews/{review.id}",
        "issue": f"/p/{team.project.id}/issues/{issue.number}",
        "comments": f"/v/{team.asset.id}/A?issue={remark}",
        "session": f"/live/{meeting.id}",
    }
    assert titles == {"Gearbox housing", "Bore", "Gearbox", "Friday review"}


async def test_what_stands_on_a_sheet_leads_there_and_names_it(team: Team) -> None:
    drawing = await add_drawing(team.database, team.clock, team.revision, "pump.pdf")
    on_sheet = await add_issue(team.database, team.clock, team.project, revision=team.revision)
    remark = await add_comment(team.database, team.clock, team.revision, author=team.mia.id)
    await add_sheet_pin(team.database, team.clock, on_sheet, drawing, page=1)
    await add_sheet_pin(team.database, team.clock, remark, drawing)
    await team.say(on_sheet, "@Ben Okoro", team.mia)
    async with team.database.transaction() as session:
        revision = await session.get_one(Revision, team.revision.id)
        answer = Remark("@Ben Okoro", reply_to=remark.id)
        await comments.say(session, revision, answer, author=team.mia.id, now=team.clock())

    async def said() -> dict[str, tuple[str, words.Sheet | None]]:
        async with team.database.transaction() as session:
            found = (await session.scalars(rows.mine(team.ben.id, team.clock()))).all()
            names = await rows.names_of(session, found)
            return {
                row.subject.split(":")[0]: (
                    notifications.path_of(row, names),
                    notifications.subject_of(row, names).sheet,
                )
                for row in found
            }

    at = f"/v/{team.asset.id}/A?issue="
    assert await said() == {
        "issue": (f"{at}{on_sheet.number}", words.Sheet("pump.pdf", 1, 2)),
        "comments": (f"{at}{remark.id}", words.Sheet("pump.pdf", 0, 2)),
    }
    # The drawing is removed: the sheet cannot be opened any more, the issue can.
    async with team.database.transaction() as session:
        (await session.get_one(Drawing, drawing.id)).deleted_at = team.clock()
    assert await said() == {
        "issue": (f"/p/{team.project.id}/issues/{on_sheet.number}", None),
        "comments": (f"{at}{remark.id}", None),
    }


async def test_a_snoozed_row_comes_back_by_itself(team: Team) -> None:
    await team.review()
    async with team.database.transaction() as session:
        await session.execute(
            update(Notification).values(snoozed_until=team.clock() + timedelta(hours=3))
        )
        assert (await rows.unread_of(session, [team.ben.id], team.clock()))[team.ben.id][0] == 0
    team.clock.advance(hours=3)
    async with team.database.transaction() as session:
        assert (await rows.unread_of(session, [team.ben.id], team.clock()))[team.ben.id][0] == 1
