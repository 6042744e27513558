"""Streams that stay open while the store is away: they wait, and go on with what is true when it is back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mcp_runtime.contract.announcements import PROMPTS_CHANGED, Announcement
from tests.fixtures.store import ValkeyServer
from tests.mcp_runtime.legacy_client import initialize
from tests.mcp_runtime.library import stock
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, replica
from tests.mcp_runtime.streaming import Stream, modern_stream, standing

pytestmark = pytest.mark.anyio


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A store that may be stopped. It keeps nothing."""
    server = ValkeyServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def running(record: Record, own_store: ValkeyServer, probe: Watch) -> AsyncIterator[Replica]:
    """A replica on that store, whose streams often say that they are there."""
    stock(record)
    async with replica(record, own_store.url, heartbeat_interval=0.05, poll_interval=0.05) as served:
        yield served


async def beats(stream: Stream) -> None:
    """The stream is open: two heartbeats, the first of which may have been on its way already."""
    await stream.line(":")
    await stream.line(":")


async def test_a_subscription_hears_on_when_the_store_is_back(running: Replica, own_store: ValkeyServer) -> None:
    asked = {"notifications": {"promptsListChanged": True}}
    async with asyncio.timeout(40), modern_stream(running, "subscriptions/listen", params=asked) as stream:
        assert (await stream.message())["method"] == "notifications/subscriptions/acknowledged"
        await asyncio.to_thread(own_store.stop)
        for _ in range(3):
            await beats(stream)
        await asyncio.to_thread(own_store.start)
        heard = asyncio.ensure_future(stream.message())
        while not heard.done():
            running.runtime.announcements.tell(Announcement(server="id-of-acme-desk", method=PROMPTS_CHANGED))
            await asyncio.wait({heard}, timeout=0.05)
        assert (await heard)["method"] == PROMPTS_CHANGED
    assert running.runtime.metrics.incidents == 0


async def test_a_sessions_stream_waits_and_ends_where_its_session_is_lost(
    running: Replica, own_store: ValkeyServer
) -> None:
    session = await initialize(running)
    async with asyncio.timeout(40), standing(running, session) as stream:
        await stream.line("id:")
        await asyncio.to_thread(own_store.stop)
        for _ in range(3):
            await beats(stream)
        await asyncio.to_thread(own_store.start)
        assert await stream.rest() == []
        async with standing(running, await initialize(running)) as another:
            await another.line("id:")
    assert running.runtime.metrics.incidents == 0
