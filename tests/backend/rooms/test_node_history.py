"""20 people change a room of two nodes for a while; what they saw is one history, whatever failed.

While they work nodes are killed with -9 and started again, one stands still until its lease has run
out, Redis is killed and comes back, lines are closed in the middle of a frame or go dead without a
word. HOLOTABLE_TEST_OPERATIONS says how many operations, 10,000 unless it is set.
HOLOTABLE_TEST_SEED repeats a run as far as machines do; it is printed.
"""

import asyncio
import collections
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import missing
from history import Numbered, canonical, violations
from page_client import PageClient
from postgres import PostgresServer
from redis_server import RedisServer, binary, redis_server
from two_nodes import TwoNodes, two_nodes

PEOPLE = 20
OPERATIONS = int(os.environ.get("HOLOTABLE_TEST_OPERATIONS", "10000"))
SEED = int(os.environ.get("HOLOTABLE_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
CEILING_S = 300.0  # for everybody to hear of everything once nothing fails any more
PER_S = 19.0  # of the 20 a second that a room takes from one
OFFLINE = 30  # changes that somebody makes without a connection, then they wait for it
FAULTS = ("kill owner", "cut", "redis", "kill other", "reset", "pause owner")


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    found = binary()
    if found is None:
        missing("Redis")
    with redis_server(found) as server:
        yield server


@pytest.fixture
def nodes(
    tmp_path: Path, postgresql: PostgresServer, redis: RedisServer
) -> Iterator[TwoNodes]:  # fmt: skip
    with two_nodes(
        tmp_path, postgresql, people=PEOPLE, redis_url=redis.url,
        HOLOTABLE_ROOM_LEASE_S="2", HOLOTABLE_ROOM_WATCH_S="0.5",
    ) as both:  # fmt: skip
        yield both


@pytest.mark.postgresql
async def test_n6_whatever_fails_what_everybody_saw_is_one_history(
    nodes: TwoNodes, redis: RedisServer
) -> None:
    report = await Run(nodes, redis, random.Random(SEED)).run()
    print(f"history of seed {SEED}: {report}")
    wrong = report.pop("wrong")
    assert wrong == [], f"seed {SEED}, {report}, {nodes.a.served.log.read_text()[-2000:]}"
    assert report["kills"] >= 2
    assert report["resumed"] > PEOPLE


class Run:
    """One run: who works, what fails, and what is left in the end."""

    def __init__(self, nodes: TwoNodes, redis: RedisServer, chance: random.Random) -> None:
        self._nodes = nodes
        self._redis = redis
        self._chance = chance
        self._faults: collections.Counter[str] = collections.Counter()
        self.clients = [
            PageClient(
                f"page-{number:04}", nodes.front.url, nodes.meeting.session_id, token,
                chance=random.Random(f"{SEED} {number}"), elsewhere=self._elsewhere,
            )
            for number, (_, token) in enumerate(nodes.meeting.people)
        ]  # fmt: skip

    def _elsewhere(self, url: str) -> str:
        """Now and then a socket goes to the node that the ticket does not name."""
        if self._chance.random() > 0.1:
            return url
        a, b = (node.line.url.removeprefix("http") for node in self._nodes.both)
        return url.replace(a, b) if a in url else url.replace(b, a)

    async def run(self) -> dict[str, Any]:
        began = time.monotonic()
        living = [asyncio.create_task(client.live()) for client in self.clients]
        await self._until(lambda: all(client.is_connected for client in self.clients))
        working = [asyncio.create_task(self._work(client)) for client in self.clients]
        failing = asyncio.create_task(self._fail())
        await asyncio.gather(*working)
        worked = time.monotonic()
        failing.cancel()
        await asyncio.gather(failing, return_exceptions=True)
        await self._heal()
        await self._until(self._everybody_knows)
        for client in self.clients:
            await client.stop()
        await asyncio.gather(*living)
        stored = self._stored()
        refusals: collections.Counter[str] = collections.Counter()
        for client in self.clients:
            refusals.update(client.log.refusals)
        return {
            "wrong": violations([client.log.end() for client in self.clients], stored),
            "made": sum(len(client.log.seen.sent) for client in self.clients),
            "stored": len(stored),
            "acknowledged": sum(len(c.log.seen.acknowledged) for c in self.clients),
            "refusals": dict(refusals),
            "faults": dict(self._faults),
            "kills": self._nodes.kills,
            "connections": sum(client.journey.hellos for client in self.clients),
            "resumed": sum(client.journey.resumed for client in self.clients),
            "moved": sum(client.journey.moved for client in self.clients),
            "half_open": sum(client.journey.silent for client in self.clients),
            "work_s": round(worked - began, 1),
            "all_s": round(time.monotonic() - began, 1),
        }

    async def _work(self, client: PageClient) -> None:
        chance = random.Random(f"{SEED} work {client.log.cid}")
        number = 0
        while not self._is_enough():
            number += 1
            amount = round(chance.random(), 6)
            section = {"normal": [0.0, 1.0, 0.0], "offset_m": amount, "enabled": True,
                       "name": f"{client.log.cid} {number}", "cap": True}  # fmt: skip
            key = f"section/s{chance.randrange(20)}"
            kind = chance.random()
            if kind < 0.45:
                client.change("set", key, section)
            elif kind < 0.6:  # made upon what is seen; somebody else may have been first
                client.change("set", key, section, client.log.held.get(key, (0, ""))[0])
            elif kind < 0.65:
                client.change("set", key, None)
            elif kind < 0.66:
                client.change("clear", "section/", None)
            elif kind < 0.85:
                client.change("set", "explode", {"amount": amount})
            else:
                client.change("chat", "", {"text": f"{client.log.cid} says {number}"})
            await asyncio.sleep(chance.uniform(0.5, 1.5) / PER_S)
            while len(client.log.pending) > OFFLINE and not client.is_connected:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def _is_enough(self) -> bool:
        """As many operations as were asked for are acknowledged, and every fault was made."""
        acknowledged = sum(len(client.log.seen.acknowledged) for client in self.clients)
        return acknowledged >= OPERATIONS and len(self._faults) == len(FAULTS)

    async def _fail(self) -> None:
        """One fault after another, until cancelled; the first kills the owner."""
        await asyncio.sleep(1.0)
        round_of = list(FAULTS)
        while True:
            for fault in round_of:
                self._faults[fault] += 1
                await self._make(fault)
                await asyncio.sleep(self._chance.uniform(0.5, 2.0))
            self._chance.shuffle(round_of)

    async def _make(self, fault: str) -> None:
        nodes, chance = self._nodes, self._chance
        owner = await asyncio.to_thread(nodes.owner) or nodes.a
        other = nodes.b if owner is nodes.a else nodes.a
        match fault:
            case "kill owner" | "kill other":
                victim = owner if fault == "kill owner" else other
                nodes.kill(victim)
                await asyncio.sleep(chance.uniform(0.1, 3.0))
                await asyncio.to_thread(victim.served.start)
            case "pause owner":
                owner.pause()
                try:
                    await asyncio.sleep(chance.uniform(2.2, 3.5))  # longer than its lease
                finally:
                    owner.go_on()
            case "redis":
                self._redis.kill()
                await asyncio.sleep(chance.uniform(0.1, 2.0))
                await asyncio.to_thread(self._redis.start)
            case "cut":
                owner.line.cut_some(0.4, chance)
            case "reset":
                for node in nodes.both:
                    node.line.reset_some(0.5, chance)

    async def _heal(self) -> None:
        for node in self._nodes.both:
            if not node.is_running or node.served.process is None:
                await asyncio.to_thread(node.served.start)
            await asyncio.to_thread(node.served.wait_until_it_answers)
        if self._redis.process is None:
            await asyncio.to_thread(self._redis.start)

    def _everybody_knows(self) -> bool:
        ((last,),) = self._nodes.rows("SELECT coalesce(max(seq), 0) FROM operation")
        return all(
            client.is_connected and not client.log.pending and client.log.seq == last
            for client in self.clients
        )

    async def _until(self, holds: Any) -> None:
        deadline = time.monotonic() + CEILING_S
        while not await asyncio.to_thread(holds):
            if time.monotonic() > deadline:
                return  # what is missing stands among the violations
            await asyncio.sleep(0.1)

    def _stored(self) -> list[Numbered]:
        rows = self._nodes.rows(
            "SELECT seq, client_id, client_seq, kind, key, value FROM operation ORDER BY seq"
        )
        return [Numbered(*row[:5], canonical(row[5])) for row in rows]
