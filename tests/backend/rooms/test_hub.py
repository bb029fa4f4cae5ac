import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from builders import (
    Clock,
    Principal,
    Project,
    Revision,
    Session,
    add_asset,
    add_member,
    add_project,
    add_revision,
    add_session,
    add_user,
)
from live_builders import SECTION, Client, MemoryLane, eventually, joined
from served import Api, Served, owner_of
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from holotable.review.roles import Role
from holotable.rooms.effects import Joiner
from holotable.rooms.hub import Hub, Pass
from holotable.store.database import Database
from holotable.store.tables import Attendance, Member, Operation

A, B = "https://a.example", "https://b.example"


@pytest.fixture
async def mia(database: Database, clock: Clock) -> Principal:
    return await add_user(database, clock, "Mia Berg")


@pytest.fixture
async def project(database: Database, clock: Clock, mia: Principal) -> Project:
    return await add_project(database, clock, owner=mia)


@pytest.fixture
async def revision(database: Database, clock: Clock, project: Project) -> Revision:
    return await add_revision(database, clock, await add_asset(database, clock, project))


@pytest.fixture
async def meeting(database: Database, clock: Clock, revision: Revision) -> Session:
    return await add_session(database, clock, revision)


def hub(database: Database, clock: Clock, url: str = "", **options: Any) -> Hub:
    return Hub(database, clock=clock, node_url=url, **options)


@asynccontextmanager
async def seated(
    hub: Hub, session: Session, who: Principal, role: Role = Role.OWNER, **resume: Any
) -> AsyncIterator[MemoryLane]:
    """Somebody in the room who has heard its hello, or whatever came instead."""
    lane = MemoryLane()
    joiner = Joiner(str(who.id), who.name, role, guest=False, device="desktop")
    serving = asyncio.create_task(hub.serve(lane, Pass(session.id, joiner), **resume))
    await eventually(lambda: _value(bool(lane.texts)), True)
    yield lane
    lane.hang_up(1000)
    await serving


async def _value(value: Any) -> Any:
    return value


async def heard(lane: MemoryLane, t: str, count: int = 1) -> list[Any]:
    await eventually(lambda: _value(len(lane.heard(t)) >= count), True)
    return lane.heard(t)


def op(amount: float, cseq: int, cid: str = "client-one") -> dict[str, Any]:
    return {"t": "op", "cid": cid, "cseq": cseq, "kind": "set", "key": "explode",
            "value": {"amount": amount}}  # fmt: skip


async def stored(database: Database, session: Session) -> list[int]:
    async with database.transaction() as transaction:
        found = await transaction.scalars(
            select(Operation.seq).where(Operation.session_id == session.id).order_by(Operation.seq)
        )
        return list(found)


async def test_d2_a_room_opened_again_has_its_state_numbers_and_memory(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with hub(database, clock).running() as first, seated(first, meeting, mia) as lane:
        lane.say({"t": "op", "cid": "client-one", "cseq": 1, "kind": "set", "key": "section/a",
                  "value": SECTION})  # fmt: skip
        lane.say(op(0.5, 2))
        lane.say({"t": "chat", "cid": "client-one", "cseq": 3, "text": "hello"})
        lane.say(op(0.6, 4))
        before = await heard(lane, "op", 4)
    async with hub(database, clock).running() as second:
        async with seated(second, meeting, mia) as lane:
            (hello,) = lane.heard("hello")
            assert (hello["epoch"], hello["seq"]) == (meeting.epoch, 4)
            state = {key: (held["value"], held["seq"]) for key, held in hello["state"].items()}
            assert state == {"section/a": (SECTION, 1), "explode": ({"amount": 0.6}, 4)}
            assert [line["value"] for line in hello["chat"]] == [{"text": "hello"}]
            lane.say(op(0.5, 2))  # its acknowledgement was lost with the first process
            lane.say(op(0.7, 5))
            again, new = await heard(lane, "op", 2)
            assert (again["seq"], again["at"]) == (2, before[1]["at"])
            assert new["seq"] == 5
        async with seated(second, meeting, mia, since=2, epoch=meeting.epoch) as lane:
            assert [op["seq"] for op in lane.heard("hello")[0]["ops"]] == [3, 4, 5]
    assert await stored(database, meeting) == [1, 2, 3, 4, 5]


async def test_d3_a_room_that_cannot_store_goes_and_comes_back_as_stored(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    broken = True

    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if broken and statement.startswith("INSERT INTO operation"):
            raise OperationalError("INSERT", {}, OSError("disk full"))

    event.listen(database.engine.sync_engine, "before_cursor_execute", refuse)
    async with hub(database, clock).running() as live:
        async with seated(live, meeting, mia) as lane:
            lane.say(op(0.5, 1))
            await heard(lane, "bye")
            assert (lane.ended, lane.heard("op")) == ((1012, "restart"), [])
        broken = False
        async with seated(live, meeting, mia) as lane:
            assert lane.heard("hello")[0]["seq"] == 0
            lane.say(op(0.5, 1))
            assert (await heard(lane, "op"))[0]["seq"] == 1


async def test_d5_whoever_is_fenced_out_stores_nothing_and_names_the_new_owner(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    slow = hub(database, clock, A, watch_s=60)
    async with (
        slow.running(),
        hub(database, clock, B).running() as other,
        seated(slow, meeting, mia) as lane,
    ):
        lane.say(op(0.5, 1))
        await heard(lane, "op")
        await let_the_lease_run_out(database, meeting)  # it was stopped, and continues now
        async with seated(other, meeting, mia) as there:
            assert there.heard("hello")[0]["seq"] == 1
            lane.say(op(0.6, 2))
            assert await heard(lane, "moved") == [{"t": "moved", "url": B}]
            assert lane.ended == (4307, "moved")
            assert len(lane.heard("op")) == 1
            there.say(op(0.7, 1, "client-two"))
            assert [m["seq"] for m in await heard(there, "op")] == [2]
    assert await stored(database, meeting) == [1, 2]


async def test_d5_losing_the_lease_is_noticed_without_an_operation(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    one, two = hub(database, clock, A, watch_s=60), hub(database, clock, B)
    async with one.running(), two.running(), seated(one, meeting, mia) as lane:
        await let_the_lease_run_out(database, meeting)
        async with seated(two, meeting, mia):
            one.recheck()
            assert await heard(lane, "moved") == [{"t": "moved", "url": B}]


async def let_the_lease_run_out(database: Database, session: Session) -> None:
    async with database.transaction() as transaction:
        past = session.created_at - timedelta(days=3650)
        await transaction.execute(
            update(Session).where(Session.id == session.id).values(lease_until=past)
        )


async def test_d6_a_node_takes_over_when_the_lease_has_run_out(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    lease = timedelta(seconds=0.5)
    dying = hub(database, clock, A, lease=lease, watch_s=60)
    async with (
        dying.running(),
        seated(dying, meeting, mia),
        hub(database, clock, B, lease=lease).running() as other,
    ):

        async def kind() -> str:
            async with seated(other, meeting, mia) as lane:
                return str(lane.texts[0]["t"])

        assert await kind() == "moved"
        await eventually(kind, "hello")


async def test_d6_a_node_takes_its_own_room_back_at_once_after_a_crash(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    crashed = hub(database, clock, A, watch_s=60)
    async with (
        crashed.running(),
        seated(crashed, meeting, mia),
        hub(database, clock, A).running() as restarted,
        seated(restarted, meeting, mia) as lane,
    ):
        assert lane.texts[0]["t"] == "hello"


async def test_d7_a_wrong_node_says_where_the_room_is(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with (
        hub(database, clock, A).running() as one,
        hub(database, clock, B).running() as two,
        seated(one, meeting, mia),
        seated(two, meeting, mia) as lane,
    ):
        assert lane.texts == [{"t": "moved", "url": A}]
        assert lane.ended == (4307, "moved")


async def test_d8_an_empty_room_is_closed_and_its_lease_given_back(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with hub(database, clock, A, linger_s=0, watch_s=0.02).running() as one:
        async with seated(one, meeting, mia):
            assert one.counts() == {"rooms": 1, "participants": 1}
        await eventually(lambda: _value(one.counts()["rooms"]), 0)

        async def owner() -> str:
            async with database.transaction() as transaction:
                row = await transaction.get(Session, meeting.id)
                assert row is not None
                return row.owner_url

        await eventually(owner, "")
        async with hub(database, clock, B).running() as two, seated(two, meeting, mia) as lane:
            assert lane.texts[0]["t"] == "hello"


async def test_j8_a_full_room_lets_watch_and_then_says_when_to_try_again(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with (
        hub(database, clock, max_slots=1).running() as live,
        seated(live, meeting, mia) as host,
        seated(live, meeting, mia) as watching,
    ):
        hello = watching.texts[0]
        assert (hello["t"], hello["spectator"], hello["slot"] < 0) == ("hello", True, True)
        assert host.handler is not None
        rules = {"scene": "everyone", "present": "everyone", "spectators": 0}
        host.handler.on_text(json.dumps({
            "t": "op", "cid": "client-mia", "cseq": 1, "kind": "set", "key": "session/rules",
            "value": rules,
        }))  # fmt: skip
        await eventually(lambda: _said(watching, "op"), True)
        async with seated(live, meeting, mia) as lane:
            assert lane.texts == [{"t": "bye", "reason": "full", "retry_after_ms": 15_000}]
            assert lane.ended == (1013, "full")


async def _said(lane: MemoryLane, kind: str) -> bool:
    return any(text["t"] == kind for text in lane.texts)


async def test_a_role_changed_elsewhere_counts_within_the_watch(
    database: Database, clock: Clock, meeting: Session, project: Project, mia: Principal
) -> None:
    ben = await add_user(database, clock, "Ben Okoro")
    await add_member(database, clock, project, ben, Role.REVIEWER)
    async with (
        hub(database, clock, watch_s=0.05).running() as live,
        seated(live, meeting, mia),
        seated(live, meeting, ben, Role.REVIEWER) as lane,
    ):
        async with database.transaction() as transaction:
            row = await transaction.get(Member, (project.id, ben.id))
            assert row is not None
            row.role = Role.VIEWER
        assert (await heard(lane, "role"))[0]["session_role"] == "listener"
        async with database.transaction() as transaction:
            row = await transaction.get(Member, (project.id, ben.id))
            await transaction.delete(row)
        assert (await heard(lane, "bye"))[0]["reason"] == "removed"


async def test_many_sockets_that_arrive_while_a_room_loads_enter_one_room(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with hub(database, clock).running() as live:
        lanes = [MemoryLane() for _ in range(20)]
        joiner = Joiner(str(mia.id), mia.name, Role.OWNER, guest=False, device="desktop")
        tasks = [asyncio.create_task(live.serve(lane, Pass(meeting.id, joiner))) for lane in lanes]
        await eventually(lambda: _value(live.people_in(meeting.id)), 20)
        await eventually(lambda: _value([len(lane.heard("hello")) for lane in lanes]), [1] * 20)
        for lane in lanes:
            lane.hang_up(1000)
        await asyncio.gather(*tasks)
        assert live.people_in(meeting.id) == 0


async def test_attendance_says_who_was_there_from_when_to_when(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async def rows() -> list[tuple[str, bool]]:
        async with database.transaction() as transaction:
            found = await transaction.scalars(select(Attendance).order_by(Attendance.id))
            return [(row.name, row.left_at is not None) for row in found]

    async with hub(database, clock).running() as live:
        async with seated(live, meeting, mia):
            await eventually(rows, [("Mia Berg", False)])
        await eventually(rows, [("Mia Berg", True)])
        async with seated(live, meeting, mia):
            await eventually(rows, [("Mia Berg", True), ("Mia Berg", False)])
    assert await rows() == [("Mia Berg", True), ("Mia Berg", True)]


async def test_an_ended_or_unknown_session_lets_nobody_in(
    database: Database, clock: Clock, meeting: Session, mia: Principal
) -> None:
    async with database.transaction() as transaction:
        row = await transaction.get(Session, meeting.id)
        assert row is not None
        row.ended_at = clock()
    async with hub(database, clock).running() as live, seated(live, meeting, mia) as lane:
        assert lane.texts == [{"t": "bye", "reason": "ended", "retry_after_ms": None}]
        assert lane.ended == (4403, "ended")


# A real server, killed -----------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Any:
    served = Served(tmp_path / "data", environment={"HOLOTABLE_EMBEDDED_WORKER": "0"}).start()
    yield served
    served.kill()


def start_meeting(served: Served, owner: Api) -> str:
    """A meeting on a revision; the file behind it does not matter here."""
    project = owner.post("/projects", {"name": "Live"})["id"]
    file = served.data_dir / "cube.stl"
    file.write_bytes(b"solid cube\nendsolid cube\n")
    revision = owner.upload(f"/projects/{project}/uploads", file, name="Cube")["revision"]["id"]
    answer = owner.post(f"/projects/{project}/sessions", {"revision_id": revision})
    return str(answer["id"])


@asynccontextmanager
async def connected(owner: Api, session_id: str, resume: str = "") -> AsyncIterator[Client]:
    ticket = await asyncio.to_thread(owner.post, f"/sessions/{session_id}/tickets")
    assert urlsplit(ticket["url"]).path == f"/api/v1/sessions/{session_id}/live"
    async with joined(f"{ticket['url']}?ticket={ticket['ticket']}{resume}") as client:
        yield client


async def test_d1_whatever_anybody_received_is_stored_when_the_server_is_killed(
    server: Served,
) -> None:
    owner = await asyncio.to_thread(owner_of, server)
    session_id = await asyncio.to_thread(start_meeting, server, owner)
    sender_cid = ""
    async with connected(owner, session_id) as sender, connected(owner, session_id) as reader:
        hello = await sender.hear("hello")
        await reader.hear("hello")
        sender_cid = sender.cid

        async def keep_sending() -> None:
            for number in range(1, 10_000):
                await sender.op("explode", {"amount": (number % 100) / 100})
                await asyncio.sleep(0.045)

        sending = asyncio.create_task(keep_sending())
        await reader.hear("op", lambda op: op["seq"] >= 25)
        await asyncio.to_thread(server.kill)
        await reader.closed()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    received = [m["seq"] for m in reader.texts if m["t"] == "op"]
    assert received == list(range(1, len(received) + 1))

    with sqlite3.connect(server.data_dir / "holotable.sqlite") as database:
        rows = database.execute(
            "SELECT seq, client_seq, value FROM operation WHERE session_id = ? ORDER BY seq",
            (UUID(session_id).hex,),
        ).fetchall()
    database.close()
    assert [seq for seq, _, _ in rows[: len(received)]] == received
    last = max(received)

    await asyncio.to_thread(server.start)
    resume = f"&since={last - 5}&epoch={hello['epoch']}"
    async with connected(owner, session_id, resume) as reader:
        again = await reader.hear("hello")
        assert again["resumed"] is True
        assert [op["seq"] for op in again["ops"]] == [seq for seq, _, _ in rows if seq > last - 5]
        # The sender repeats what it had no answer to: each counts once, under its old number.
        for seq, client_seq, value in rows[-3:]:
            await reader.say({"t": "op", "cid": sender_cid, "cseq": client_seq, "kind": "set",
                              "key": "explode", "value": json.loads(value)})  # fmt: skip
            answer = await reader.hear("op")
            assert (answer["seq"], answer["cseq"]) == (seq, client_seq)
        await reader.op("explode", {"amount": 1.0})
        assert (await reader.hear("op"))["seq"] == rows[-1][0] + 1
