"""A connection to the store that is reset is an ordinary trouble, in whichever words the loop tells of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import redis.asyncio as redis
import uvloop

from mcp_runtime.replica.redis_link import STORE_DOWN, connect_ear
from tests.fixtures.store import ValkeyServer


def lost(connection: Any) -> None:
    """As when the store was killed."""
    connection._writer.transport.abort()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_speaking_into_a_lost_connection_says_that_the_store_is_down(
    valkey: ValkeyServer, run: Callable[[Any], Any]
) -> None:
    async def speak() -> None:
        client = connect_ear(valkey.url)
        async with client, client.pubsub() as ear:
            await ear.subscribe("one")
            lost(ear.connection)
            with pytest.raises(STORE_DOWN):
                await ear.subscribe("two")

    run(speak())


@pytest.mark.parametrize("steps", range(4))
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_whoever_is_told_to_stop_while_it_speaks_stops(
    valkey: ValkeyServer, run: Callable[[Any], Any], steps: int
) -> None:
    async def speak_on(connection: Any, spoken: asyncio.Event) -> None:
        await connection.send_command("PING")
        spoken.set()
        await asyncio.Event().wait()

    async def interrupt() -> None:
        async with connect_ear(valkey.url) as client, client.pubsub() as ear:
            await ear.subscribe("one")
            spoken = asyncio.Event()
            speaking = asyncio.create_task(speak_on(ear.connection, spoken))
            for _ in range(steps):
                await asyncio.sleep(0)
            speaking.cancel()
            done, _ = await asyncio.wait([speaking], timeout=5)
            assert done, f"it goes on, {spoken}"

    run(interrupt())


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_an_ear_whose_connection_was_lost_hears_nothing_until_it_is_told_to(
    valkey: ValkeyServer, run: Callable[[Any], Any]
) -> None:
    async def listen() -> None:
        async with connect_ear(valkey.url) as client, client.pubsub() as ear, redis.from_url(valkey.url) as other:
            await ear.subscribe("one")
            assert await ear.get_message(timeout=5)
            await other.client_kill_filter(_type="pubsub")
            with pytest.raises(STORE_DOWN):
                await ear.get_message(timeout=5)
            assert await other.pubsub_numsub("one") == [(b"one", 0)]

    run(listen())
