"""The bell on a real Redis; what rings in rooms is in test_nodes.py."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from conftest import missing
from redis_server import RedisServer, binary, redis_server

from holotable.rooms.doorbell import Doorbell

A, B = "https://a.example", "https://b.example"
CEILING_S = 30.0


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    found = binary()
    if found is None:
        missing("Redis")
    with redis_server(found) as server:
        yield server


class House:
    """Somebody who hears a bell."""

    def __init__(self, redis_url: str, node_url: str) -> None:
        self.bell = Doorbell(redis_url, node_url)
        self.rings = 0
        self._rang = asyncio.Event()

    def hear(self) -> None:
        self.rings += 1
        self._rang.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(CEILING_S):
            while self.rings < count:
                self._rang.clear()
                await self._rang.wait()

    async def until_state(self, state: str) -> None:
        async with asyncio.timeout(CEILING_S):
            while self.bell.state != state:  # noqa: ASYNC110 - it has no event for tests
                await asyncio.sleep(0.02)


@asynccontextmanager
async def living(redis_url: str, node_url: str) -> AsyncIterator[House]:
    house = House(redis_url, node_url)
    listening = asyncio.create_task(house.bell.listen(house.hear))
    try:
        yield house
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_ring_is_heard_by_the_node_it_is_for_and_by_no_other(redis: RedisServer) -> None:
    async with living(redis.url, A) as a, living(redis.url, B) as b:
        await a.until(1)  # who has just come looks at once
        await b.until(1)
        await a.bell.ring([B])
        await b.until(2)
        await b.bell.ring([A, B])
        await a.until(2)
        await b.until(3)
        assert (a.rings, b.rings) == (2, 3)


async def test_n3_a_bell_whose_redis_went_away_rings_again_and_says_each_outage_once(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "holotable.rooms")
    async with living(redis.url, A) as a, living(redis.url, B) as b:
        await a.until(1)
        await b.until(1)
        assert a.bell.state == "redis"
        await a.bell.ring([B])  # over a connection that dies with this Redis
        await b.until(2)
        redis.kill()
        await a.until_state("redis does not answer, rooms poll")
        await b.until_state("redis does not answer, rooms poll")
        await a.bell.ring([B])  # nobody hears it, and nobody minds
        redis.start()
        await a.until(2)  # what was rung meanwhile is gone: look
        await b.until(3)
        await a.bell.ring([B])
        await b.until(4)
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if line.startswith("Redis does not answer")]) == 2
    assert len([line for line in said if line.startswith("Redis answers again")]) == 2


async def test_a_redis_that_never_was_there_is_no_failure() -> None:
    async with living("redis://127.0.0.1:1/0", A) as a:
        assert a.bell.state == "connecting"
        await a.until_state("redis does not answer, rooms poll")
        await a.bell.ring([B])
        assert a.rings == 0


async def test_a_redis_that_stands_still_is_found_out(redis: RedisServer) -> None:
    assert redis.process is not None
    async with living(redis.url, A) as a:
        await a.until(1)
        redis.process.send_signal(signal.SIGSTOP)  # the line stays open and nothing is answered
        try:
            await a.until_state("redis does not answer, rooms poll")
        finally:
            redis.process.send_signal(signal.SIGCONT)
        await a.until(2)
