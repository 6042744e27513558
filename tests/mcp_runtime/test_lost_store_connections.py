"""A connection to the store that is reset is an ordinary trouble, in whichever words the loop tells of it."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

from mcp_runtime.replica.redis_link import STORE_DOWN, connect, connect_ear
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


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_who_asks_over_a_lost_connection_asks_over_another_one_next(
    valkey: ValkeyServer, run: Callable[[Any], Any]
) -> None:
    async def ask() -> None:
        async with connect(valkey.url) as client:
            connection = await client.connection_pool.get_connection()
            await client.connection_pool.release(connection)
            lost(connection)
            with contextlib.suppress(*STORE_DOWN):
                await client.ping()
            assert await client.ping()

    run(ask())
