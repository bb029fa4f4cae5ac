"""A bell between nodes: who changed something over REST rings where the room lives.

A ring says only "look at the database now", so a lost one costs the two seconds of the next poll
and nothing else (N2). One Redis channel per node; whoever subscribes anew looks at once, because
what was rung meanwhile is gone: PUBLISH answers OK also when nobody has subscribed yet.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger("holotable.rooms")

CHANNEL: Final = "holotable:node:"  # then the node's URL
ANSWER_S: Final = 2.0  # Redis answers within this, or it is away
QUIET_S: Final = 3.0  # after this long without a ring Redis is asked whether it is there
FIRST_RETRY_S: Final = 0.1
LAST_RETRY_S: Final = 5.0


class Doorbell:
    """This node's bell, and a hand for those of others."""

    def __init__(self, redis_url: str, node_url: str) -> None:
        self._node_url = node_url
        self._client = Redis.from_url(
            redis_url,
            socket_connect_timeout=ANSWER_S,
            socket_timeout=ANSWER_S,
            # Once more at once, because a pooled connection may have died with an earlier Redis.
            # When to come back after that is decided here, in one place.
            retry=Retry(NoBackoff(), 1),
        )
        self._is_up: bool | None = None  # None: not tried yet

    @property
    def state(self) -> str:
        """For /readyz: Redis away is no failure, rooms poll (N3)."""
        if self._is_up is None:
            return "connecting"
        return "redis" if self._is_up else "redis does not answer, rooms poll"

    async def listen(self, on_ring: Callable[[], None]) -> None:
        """Hear this node's bell until cancelled; on_ring is also called whenever we are back."""
        attempt = 0
        try:
            while True:
                try:
                    async with aclosing(self._client.pubsub()) as bell:
                        await bell.subscribe(CHANNEL + self._node_url)
                        attempt = 0
                        await self._hear(bell, on_ring)
                except (RedisError, OSError, TimeoutError) as failure:
                    self._away(failure)
                longest = min(LAST_RETRY_S, FIRST_RETRY_S * 2**attempt)
                attempt = min(attempt + 1, 16)
                # Half of it by chance, so that all nodes do not come back in one moment.
                await asyncio.sleep(random.uniform(longest / 2, longest))
        finally:
            await self._client.aclose()

    async def ring(self, node_urls: Iterable[str]) -> None:
        """Tell other nodes to look now; never raises, they look by themselves soon."""
        if not self._is_up:
            return
        for node_url in node_urls:
            try:
                await self._client.publish(CHANNEL + node_url, b"")
            except (RedisError, OSError, TimeoutError) as failure:
                # Whether Redis is away is for the listener to say: it also notices the return.
                log.info("the doorbell of %s was not rung: %s", node_url, failure)
                return

    async def _hear(self, bell: PubSub, on_ring: Callable[[], None]) -> None:
        """Until Redis is away, which is raised."""
        asked = False
        while True:
            async with asyncio.timeout(QUIET_S + ANSWER_S):
                message = await bell.get_message(timeout=QUIET_S)
            if message is None:
                if asked:  # a half-open line is silent, not closed
                    raise TimeoutError("Redis is silent")
                await bell.ping()
                asked = True
                continue
            asked = False
            match message["type"]:
                case "subscribe":
                    self._back()
                    on_ring()
                case "message":
                    on_ring()
                case _:
                    pass  # the answer to our question

    def _back(self) -> None:
        if self._is_up is False:
            log.warning("Redis answers again: changes elsewhere act at once")
        self._is_up = True

    def _away(self, failure: Exception) -> None:
        if self._is_up is not False:  # one line per outage
            log.warning("Redis does not answer, rooms poll until it does: %s", failure)
        self._is_up = False
