"""A connection to the store that is reset is an ordinary trouble, in whichever words the loop tells of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
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


def test_so_it_does_where_another_task_finds_out_first(valkey: ValkeyServer) -> None:
    async def speak() -> None:
        async with connect_ear(valkey.url) as client, client.pubsub() as ear:
            await ear.subscribe("one")
            connection = ear.connection
            speaking = asyncio.create_task(connection.send_command("SUBSCRIBE", "two"))
            await asyncio.sleep(0)
            await connection.disconnect(nowait=True)
            with pytest.raises(STORE_DOWN):
                await speaking

    asyncio.run(speak())
