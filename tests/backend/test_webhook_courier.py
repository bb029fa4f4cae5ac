"""The courier against a real receiver: in order, signed, tried again, switched off, told once."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import Clock, Project, add_asset, add_project, add_user
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks import Webhook as Verifier
from webhook_receiver import Receiver, receiving

from holotable import webhooks
from holotable.exchange.webhook_post import Outside, parse_networks
from holotable.review.happening import passes
from holotable.store.database import Database
from holotable.store.event_tables import EventCounter, EventRow, Webhook, WebhookDelivery
from holotable.store.notification_tables import Notification
from holotable.store.queries import webhooks as rows
from holotable.webhook_courier import BACK_OFF_S, Courier

HERE = parse_networks("127.0.0.0/8")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
async def home(database: Database, clock: Clock) -> Project:
    return await add_project(database, clock, owner=await add_user(database, clock, "Mia"))


class Post:
    """A courier whose time is the test's."""

    def __init__(self, database: Database, clock: Clock, **outside: Any) -> None:
        self.database, self.clock = database, clock

        async def now(_session: AsyncSession) -> datetime:
            return clock()

        self.courier = Courier(
            database,
            Outside(**{"allowed": HERE, "timeout_s": 20.0, **outside}),
            public_url="https://review.example.org",
            events_kept=timedelta(days=365),
            now=now,
            jitter=lambda: 0.0,
        )

    async def hook(self, project: Project, url: str, *events: str) -> tuple[Webhook, str]:
        assert project.created_by is not None
        async with self.database.transaction() as session:
            return await webhooks.make(
                session, project.id, name="PLM", url=url, events=events, allowed=HERE,
                by=project.created_by, now=self.clock(),
            )  # fmt: skip

    async def go(self) -> int:
        """Make every attempt that is due; how many."""
        made = 0
        while (claim := await self.courier.next()) is not None:
            await self.courier.deliver(claim)
            made += 1
        return made

    async def deliveries(self) -> list[WebhookDelivery]:
        async with self.database.transaction() as session:
            found = select(WebhookDelivery).order_by(WebhookDelivery.id)
            return list((await session.scalars(found)).all())

    async def again(self, hook: Webhook) -> Webhook:
        async with self.database.transaction() as session:
            return await session.get_one(Webhook, hook.id)


async def test_what_happens_arrives_in_order_and_a_foreign_verifier_takes_it(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    clock.now = datetime.now(clock.now.tzinfo)  # verifiers know no other time
    post = Post(database, clock)
    _, secret = await post.hook(home, receiver.url + "/in")
    for name in ("Pump", "Frame", "Motor"):
        await add_asset(database, clock, home, name=name)
    assert await post.go() == 3
    said = [Verifier(secret).verify(one.body, one.headers) for one in receiver.got]
    assert [one["data"]["asset"] for one in said] == ["Pump", "Frame", "Motor"]
    first = receiver.got[0]
    assert first.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert first.headers["webhook-id"] == said[0]["id"]
    assert said[0]["type"] == "dev.holotable.asset.created.v1"
    assert said[0]["data"]["url"].startswith("https://review.example.org/p/")
    assert await post.go() == 0
    done = await post.deliveries()
    assert {one.state for one in done} == {"delivered"}
    assert done[0].log[0] | {"duration_ms": 0} == {
        "at": clock().isoformat(), "status": 200, "problem": "", "duration_ms": 0,
        "answer": "thanks",
    }  # fmt: skip


async def test_filters_pauses_and_other_projects_keep_their_events(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    other = await add_project(database, clock, owner=await add_user(database, clock, "Ben"))
    await post.hook(home, receiver.url + "/issues", "issue.*")
    paused, _ = await post.hook(home, receiver.url + "/paused", "asset.created")
    async with database.transaction() as session:
        (await session.get_one(Webhook, paused.id)).state = "paused"
    await add_asset(database, clock, home)
    await add_asset(database, clock, other)
    assert await post.go() == 0
    async with database.transaction() as session:
        row = await session.get_one(Webhook, paused.id)
        await webhooks.change(
            session, row, name=None, url=None, events=None, state="active", allowed=HERE,
            now=clock(),
        )  # fmt: skip
    assert await post.go() == 1, "what happened meanwhile has waited"
    assert [one.path for one in receiver.got] == ["/paused"]
    assert passes("asset.created", paused.events)


async def test_what_fails_comes_again_later_and_later_under_the_same_id(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    hook, _ = await post.hook(home, receiver.url)
    receiver.answer = lambda _one: 503
    await add_asset(database, clock, home)
    assert await post.go() == 1
    for pause_s in BACK_OFF_S[:3]:
        clock.advance(seconds=pause_s - 1)
        assert await post.go() == 0
        clock.advance(seconds=1)
        assert await post.go() == 1
    receiver.answer = lambda _one: 204
    clock.advance(seconds=BACK_OFF_S[3])
    assert await post.go() == 1
    assert len(set(receiver.ids())) == 1
    assert len({one.body for one in receiver.got}) == 1
    stamps = [int(one.headers["webhook-timestamp"]) for one in receiver.got]
    assert stamps == sorted(set(stamps)), "each attempt is signed with its own time"
    (row,) = await post.deliveries()
    assert [one["status"] for one in row.log] == [503] * 4 + [204]
    assert (await post.again(hook)).failing_since is None


async def test_after_the_last_pause_a_delivery_is_given_up_and_may_be_sent_again(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    hook, _ = await post.hook(home, receiver.url)
    receiver.answer = lambda _one: 500
    await add_asset(database, clock, home)
    attempts = await post.go()
    for pause_s in BACK_OFF_S:
        clock.advance(seconds=pause_s)
        attempts += await post.go()
    (row,) = await post.deliveries()
    assert (attempts, row.state) == (len(BACK_OFF_S) + 1, "failed")
    receiver.answer = lambda _one: 200
    async with database.transaction() as session:
        found = await session.get_one(WebhookDelivery, row.id)
        await webhooks.redeliver(session, await rows.locked(session, hook.id), found, clock())
    assert await post.go() == 1
    assert len(set(receiver.ids())) == 1


async def test_gone_switches_off_at_once_and_the_owners_are_told(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    hook, _ = await post.hook(home, receiver.url)
    receiver.answer = lambda _one: 410
    await add_asset(database, clock, home)
    assert await post.go() == 1
    found = await post.again(hook)
    assert (found.state, found.disabled_because) == ("disabled", "gone")
    await add_asset(database, clock, home)
    assert await post.go() == 0
    async with database.transaction() as session:
        (told,) = (await session.scalars(select(Notification))).all()
    assert (told.principal_id, told.kind, told.tally) == (
        home.created_by, "webhook", {"webhook_off": 1},
    )  # fmt: skip


async def test_five_days_of_failures_switch_off_and_one_success_begins_anew(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    hook, _ = await post.hook(home, receiver.url)
    receiver.answer = lambda _one: 500

    async def day() -> str:
        await add_asset(database, clock, home)
        await post.go()
        clock.advance(days=1)
        return (await post.again(hook)).state

    assert [await day() for _day in range(4)] == ["active"] * 4
    receiver.answer = lambda _one: 200
    assert await day() == "active"
    receiver.answer = lambda _one: 500
    assert [await day() for _day in range(6)] == ["active"] * 5 + ["disabled"]
    assert (await post.again(hook)).disabled_because == "failing"


async def test_a_receiver_that_hangs_up_a_redirect_and_a_private_name_are_failures_by_name(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    hook, _ = await post.hook(home, receiver.url)
    receiver.answer = lambda _one: 301
    receiver.headers = {"Location": receiver.url + "/elsewhere"}
    await add_asset(database, clock, home)
    await post.go()
    assert (await post.again(hook)).last_problem == "redirected"
    strict = Post(database, clock, allowed=())
    clock.advance(seconds=BACK_OFF_S[0])
    await strict.go()
    found = await post.again(hook)
    assert (found.last_problem, found.last_status) == ("target_refused", None)
    assert [one.path for one in receiver.got] == ["/"]


async def test_two_processes_share_the_work_and_send_nothing_twice(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    one, other = Post(database, clock), Post(database, clock)
    for number in range(3):
        await one.hook(home, f"{receiver.url}/{number}")
    for _asset in range(4):
        await add_asset(database, clock, home)
    claimed = await one.courier.next()
    assert claimed is not None
    assert await other.go() == 8, "the third webhook is being delivered to"
    await one.courier.deliver(claimed)
    assert await other.go() == 3
    pairs = [(received.path, received.headers["webhook-id"]) for received in receiver.got]
    assert len(pairs) == len(set(pairs)) == 12
    for number in range(3):
        assert len([path for path, _ in pairs if path == f"/{number}"]) == 4


async def test_a_process_that_dies_leaves_a_lease_and_its_late_mark_changes_nothing(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    dead, alive = Post(database, clock), Post(database, clock)
    hook, _ = await dead.hook(home, receiver.url)
    await add_asset(database, clock, home)
    late = await dead.courier.next()
    assert late is not None
    assert await alive.go() == 0
    clock.advance(seconds=60)
    assert await alive.go() == 1
    await dead.courier.deliver(late)  # it was only slow
    assert len(receiver.got) == 2
    assert len(set(receiver.ids())) == 1
    (row,) = await alive.deliveries()
    assert (row.state, len(row.log), (await alive.again(hook)).lease_until) == (
        "delivered", 1, None,
    )  # fmt: skip


async def test_tidying_forgets_old_deliveries_and_events_that_were_told(
    database: Database, clock: Clock, home: Project, receiver: Receiver
) -> None:
    post = Post(database, clock)
    await post.hook(home, receiver.url)
    await add_asset(database, clock, home)
    await post.go()
    clock.advance(days=31)
    await post.courier.tidy()
    assert await post.deliveries() == []
    async with database.transaction() as session:
        assert len((await session.scalars(select(EventRow))).all()) == 3
    clock.advance(days=365)
    await post.courier.tidy()
    async with database.transaction() as session:
        assert (await session.scalars(select(EventRow))).all() == []
        assert (await session.get_one(EventCounter, 1)).forgotten == 3


async def test_secrets_and_addresses_are_in_no_log(
    database: Database, clock: Clock, home: Project, receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level("DEBUG", logger="holotable")
    post = Post(database, clock)
    _, secret = await post.hook(home, receiver.url + "/in?token=hidden")
    receiver.answer = lambda _one: 500
    await add_asset(database, clock, home)
    await post.go()
    assert "refused 500" in caplog.text
    assert "hidden" not in caplog.text
    assert secret not in caplog.text + json.dumps([one.log for one in await post.deliveries()])
