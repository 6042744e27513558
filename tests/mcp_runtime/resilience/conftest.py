"""Two replicas' breakers on one store, at a time that tests set."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as redis

from mcp_runtime.contract.breakers import CHANNEL
from mcp_runtime.resilience.breakers import Breakers
from mcp_runtime.resilience.targets import Target

ACMES = Target("id-of-acme", "http https://api.example", "https://api.example", 20)
GLOBEXS = Target("id-of-globex", "http https://api.example", "https://api.example", 20)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Pair:
    """What two replicas know. `deliver` hands on what has been said on the bus since the last time."""

    def __init__(self, url: str) -> None:
        self.clock = Clock()
        self.redis = redis.Redis.from_url(url)
        self.first, self.second = (Breakers(self.redis, name, clock=self.clock) for name in ("first", "second"))
        self.ear: Any = self.redis.pubsub()

    async def deliver(self) -> None:
        for breakers in (self.first, self.second):
            await breakers.stop()
        await self.redis.publish(CHANNEL, b"end")
        while (message := await self.ear.get_message(ignore_subscribe_messages=True, timeout=5))["data"] != b"end":
            self.first.hear(message["data"])
            self.second.hear(message["data"])


@pytest.fixture
async def pair(empty_store: str) -> AsyncIterator[Pair]:
    pair = Pair(empty_store)
    await pair.ear.subscribe(CHANNEL)
    await pair.ear.get_message(timeout=5)
    yield pair
    await pair.ear.aclose()
    await pair.redis.aclose()
