"""Two real web processes on a real PostgreSQL and a real Redis, behind a small proxy."""

import asyncio
import contextlib
import json
import random
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from conftest import missing
from page_client import PageClient
from postgres import PostgresServer
from redis_server import RedisServer, binary, redis_server
from two_nodes import Node, TwoNodes, two_nodes

from holotable.rooms.tape import Poses, read_chunk

pytestmark = pytest.mark.postgresql

CEILING_S = 60.0
NEVER = "3600"  # no poll and no lease runs out while tests run: what is told was rung


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    found = binary()
    if found is None:
        missing("Redis")
    with redis_server(found) as server:
        yield server


@pytest.fixture(scope="module")
def rung(
    postgresql: PostgresServer, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoNodes]:
    """Nodes that hear of each other's changes by the bell alone."""
    with two_nodes(
        tmp_path_factory.mktemp("rung"), postgresql, people=4, redis_url=redis.url,
        HOLOTABLE_ROOM_LEASE_S=NEVER, HOLOTABLE_ROOM_WATCH_S=NEVER,
    ) as nodes:  # fmt: skip
        yield nodes


@pytest.fixture(scope="module")
def polling(
    postgresql: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoNodes]:
    """Nodes without Redis whose leases run out soon."""
    with two_nodes(
        tmp_path_factory.mktemp("polling"), postgresql, people=4,
        HOLOTABLE_ROOM_LEASE_S="2", HOLOTABLE_ROOM_WATCH_S="0.5",
    ) as nodes:  # fmt: skip
        yield nodes


async def until(holds: Callable[[], Any]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + CEILING_S
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def seated(
    nodes: TwoNodes, session_id: str, *numbers: int,
    elsewhere: Callable[[str], str] = lambda url: url,
) -> AsyncIterator[list[PageClient]]:  # fmt: skip
    """These people in a session, all with their hello."""
    pages = [
        PageClient(
            f"person-{number}", nodes.front.url, session_id, nodes.meeting.people[number][1],
            chance=random.Random(number), elsewhere=elsewhere,
        )
        for number in numbers
    ]  # fmt: skip
    living = []
    for page in pages:  # the first opens the room
        living.append(asyncio.create_task(page.live()))
        await until(lambda page=page: page.is_connected)
    try:
        yield pages
    finally:
        for page in pages:
            await page.stop()
        await asyncio.gather(*living)


def at_other_node(nodes: TwoNodes, session_id: str) -> Node:
    """The node that does not own this room."""
    owner = nodes.owner(session_id)
    assert owner is not None, "somebody is in it"
    return nodes.other(owner)


def member(nodes: TwoNodes, number: int) -> str:
    return f"/projects/{nodes.meeting.project_id}/members/{nodes.meeting.people[number][0]}"


def ready(node: Node) -> dict[str, str]:
    with urllib.request.urlopen(f"{node.served.url}/api/v1/readyz", timeout=30) as answer:
        parts: dict[str, str] = json.loads(answer.read())["parts"]
    return parts


async def lose_role_elsewhere(nodes: TwoNodes, session_id: str, number: int, page: Any) -> None:
    """Take somebody out of the project at the other node, and wait until the room has heard."""
    other = at_other_node(nodes, session_id)
    await asyncio.to_thread(nodes.api(other).call, "DELETE", member(nodes, number))
    await until(lambda: page.ended == "removed")
    await asyncio.to_thread(nodes.api(other).call, "PUT", member(nodes, number), {"role": "editor"})


async def test_n1_what_is_changed_at_one_node_acts_at_once_in_a_room_of_the_other(
    rung: TwoNodes,
) -> None:
    session_id = await asyncio.to_thread(rung.begin_meeting)
    async with seated(rung, session_id, 0, 1) as (anna, ben):
        other = at_other_node(rung, session_id)
        await asyncio.to_thread(rung.api(other).call, "PUT", member(rung, 1), {"role": "viewer"})
        await until(lambda: anna.told("role"))
        assert anna.told("role")[0]["session_role"] == "listener"
        await lose_role_elsewhere(rung, session_id, 1, ben)
        host = rung.api(other, rung.meeting.people[0][1])
        await asyncio.to_thread(host.post, f"/sessions/{session_id}/end")
        await until(lambda: anna.ended == "ended")


async def test_n1_everything_that_takes_rights_away_rings(rung: TwoNodes) -> None:
    """A project in the trash is seen by nobody, wherever they sit."""
    project = await asyncio.to_thread(rung.api(rung.a).post, "/projects", {"name": "Short-lived"})
    upload = rung.a.served.data_dir / "cube.stl"
    upload.write_bytes(b"solid cube\nendsolid cube\n")
    api = rung.api(rung.a)
    made = await asyncio.to_thread(
        lambda: api.upload(f"/projects/{project['id']}/uploads", upload, name="Cube")
    )
    session = await asyncio.to_thread(
        api.post, f"/projects/{project['id']}/sessions", {"revision_id": made["revision"]["id"]}
    )
    page = PageClient("owner-page", rung.front.url, session["id"], rung.meeting.owner_token,
                      chance=random.Random(1))  # fmt: skip
    living = asyncio.create_task(page.live())
    await until(lambda: page.is_connected)
    other = at_other_node(rung, session["id"])
    await asyncio.to_thread(rung.api(other).call, "DELETE", f"/projects/{project['id']}")
    await until(lambda: page.ended == "removed")
    await living


async def test_n2_without_redis_rooms_hear_of_it_when_they_look(polling: TwoNodes) -> None:
    assert ready(polling.a)["doorbell"] == "none, rooms poll"
    session_id = await asyncio.to_thread(polling.begin_meeting)
    async with seated(polling, session_id, 0, 2) as (_anna, carl):
        await lose_role_elsewhere(polling, session_id, 2, carl)


async def test_n3_rooms_go_on_while_redis_is_killed_and_the_bell_rings_again_afterwards(
    rung: TwoNodes, redis: RedisServer
) -> None:
    session_id = await asyncio.to_thread(rung.begin_meeting)
    async with seated(rung, session_id, 0, 3) as (anna, dora):
        await until(lambda: [ready(n)["doorbell"] for n in rung.both] == ["redis", "redis"])
        redis.kill()
        await until(lambda: all("rooms poll" in ready(n)["doorbell"] for n in rung.both))
        anna.change("set", "explode", {"amount": 0.25})
        dora.change("chat", "", {"text": "still here"})
        await until(lambda: anna.log.seq == dora.log.seq == 2)
        redis.start()
        await until(lambda: [ready(n)["doorbell"] for n in rung.both] == ["redis", "redis"])
        await lose_role_elsewhere(rung, session_id, 3, dora)
        assert anna.journey.hellos == 1


async def test_n4_whoever_comes_to_another_node_is_sent_to_the_owner_by_a_new_ticket(
    rung: TwoNodes,
) -> None:
    session_id = await asyncio.to_thread(rung.begin_meeting)
    first = True

    def wrong_once(url: str) -> str:
        nonlocal first
        if not first:
            return url
        first = False
        owner = rung.owner(session_id)
        assert owner is not None
        line, other = owner.line.url, rung.other(owner).line.url
        return url.replace(line.removeprefix("http"), other.removeprefix("http"))

    async with seated(rung, session_id, 0) as (anna,):
        owner = rung.owner(session_id)
        assert owner is not None
        async with seated(rung, session_id, 1, elsewhere=wrong_once) as (ben,):
            assert [m["url"] for m in ben.told("moved")] == [owner.line.url]
            await until(lambda: anna.told("join"))
            ben.change("chat", "", {"text": "here I am"})
            await until(lambda: anna.log.seq == 1)


async def test_n5_the_owner_is_killed_and_everybody_goes_on_at_the_other_node(
    polling: TwoNodes,
) -> None:
    session_id = await asyncio.to_thread(polling.begin_meeting)
    async with seated(polling, session_id, 0, 1) as pages:
        for number in range(20):
            pages[number % 2].change("set", f"section/s{number}", section(number))
        await until(lambda: all(page.log.seq >= 10 for page in pages))
        owner = polling.owner(session_id)
        assert owner is not None
        try:
            polling.kill(owner)
            for number in range(20, 30):  # while nobody is connected
                pages[number % 2].change("set", f"section/s{number}", section(number))
            await until(lambda: all(p.log.seq == 30 and not p.log.pending for p in pages))
            assert polling.owner(session_id) is polling.other(owner)
        finally:
            await asyncio.to_thread(owner.served.start)
        assert all(page.journey.resumed >= 1 for page in pages)
        assert pages[0].log.held == pages[1].log.held
        assert len(pages[0].log.held) == 30


def section(number: int) -> dict[str, Any]:
    return {"normal": [0.0, 1.0, 0.0], "offset_m": number / 100, "enabled": True,
            "name": "Cut", "cap": True}  # fmt: skip


@asynccontextmanager
async def killed(nodes: TwoNodes, session_id: str) -> AsyncIterator[Node]:
    """The owner of a room is dead inside, and back afterwards."""
    owner = nodes.owner(session_id)
    assert owner is not None
    nodes.kill(owner)
    try:
        yield owner
    finally:
        await asyncio.to_thread(owner.served.start)


async def recording(nodes: TwoNodes, session_id: str, anna: PageClient) -> str:
    """Anna records until something is stored; the recording's id."""
    await anna.say({"t": "record", "on": True})
    await until(lambda: anna.told("recording"))
    recording_id = str(anna.told("recording")[0]["recording"]["id"])
    await move_until(anna, lambda: len(chunks(nodes, recording_id)) >= 1)
    return recording_id


async def move_until(anna: PageClient, holds: Callable[[], bool]) -> None:
    turn = 0

    def step() -> bool:
        nonlocal turn
        turn += 1
        return holds()

    deadline = time.monotonic() + CEILING_S
    while not step():
        assert time.monotonic() < deadline
        if anna.is_connected:
            with contextlib.suppress(Exception):  # the node dies while it is told
                await anna.say(bytes([turn % 251]) * 56)
        await asyncio.sleep(0.05)


def chunks(nodes: TwoNodes, recording_id: str) -> list[int]:
    query = "SELECT number FROM recording_chunk WHERE recording_id = %(id)s ORDER BY number"
    return [number for (number,) in nodes.rows(query, id=recording_id)]


def read_all(nodes: TwoNodes, recording_id: str) -> list[Any]:
    """What is on tape, as anybody reads it at any node."""
    found: list[Any] = []
    for number in chunks(nodes, recording_id):
        request = urllib.request.Request(
            f"{nodes.front.url}/api/v1/recordings/{recording_id}/chunks/{number}",
            headers={"Authorization": f"Bearer {nodes.meeting.owner_token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found += read_chunk(answer.read())
    return found


async def test_rec9_after_kill_9_of_its_node_the_next_one_goes_on_with_a_recording(
    polling: TwoNodes,
) -> None:
    session_id = await asyncio.to_thread(polling.begin_meeting)
    async with seated(polling, session_id, 0) as (anna,):
        recording_id = await recording(polling, session_id, anna)
        stored = chunks(polling, recording_id)
        async with killed(polling, session_id):
            await until(lambda: anna.journey.hellos >= 2)
            assert anna.told("hello")[-1]["recording"]["id"] == recording_id
            await move_until(anna, lambda: len(chunks(polling, recording_id)) > len(stored) + 1)
        await anna.say({"t": "record", "on": False})
        await until(lambda: anna.told("recording")[-1]["reason"] == "stopped")
        await until(lambda: told_all(polling, recording_id))
        numbers = chunks(polling, recording_id)
        assert numbers == list(range(len(numbers)))


def told_all(nodes: TwoNodes, recording_id: str) -> bool:
    """Poses before the kill and after it are on one tape, in the order of time."""
    poses = [one.ms for one in read_all(nodes, recording_id) if isinstance(one, Poses)]
    return poses == sorted(poses) and poses[-1] - poses[0] > 5_000


async def test_rec10_after_kill_9_what_was_stored_is_read_and_an_old_recording_is_closed(
    polling: TwoNodes,
) -> None:
    session_id = await asyncio.to_thread(polling.begin_meeting)
    async with seated(polling, session_id, 0) as (anna,):
        recording_id = await recording(polling, session_id, anna)
        async with killed(polling, session_id):
            polling.execute(
                "UPDATE recording_chunk SET stored_at = stored_at - interval '3 minutes' "
                "WHERE recording_id = %(id)s",
                id=recording_id,
            )
            await until(lambda: anna.journey.hellos >= 2)
            assert "recording" not in anna.told("hello")[-1]
        assert any(isinstance(one, Poses) for one in read_all(polling, recording_id))
        ((reason,),) = polling.rows(
            "SELECT ended_reason FROM recording WHERE id = %(id)s", id=recording_id
        )
        assert reason == "interrupted"
