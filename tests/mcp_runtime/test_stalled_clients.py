"""A client that keeps its connection and reads nothing holds nothing up: its call's messages wait in the log."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from mcp_runtime.sessions.store import Owner
from mcp_runtime.sessions.stream_log import StreamAbout
from mcp_runtime.wire.delivery import Delivery
from mcp_runtime.wire.exchange import Exchange
from tests.mcp_runtime.serving import Replica

pytestmark = pytest.mark.anyio

ADA = Owner("acme", "desk", "acme|ada")


async def never(*_: Any) -> MutableMapping[str, Any]:
    """What a server does for a connection whose buffers are full."""
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture
def unread() -> Exchange:
    """A request of such a client."""
    return Exchange({"headers": [], "path": "/mcp/acme/desk"}, never, never)  # type: ignore[arg-type]


async def test_a_client_that_reads_nothing_counts_as_gone_and_can_come_back(served: Replica, unread: Exchange) -> None:
    log = await served.runtime.streams.begin(ADA, "session", StreamAbout(request_id=1, tool="wait"))
    assert log is not None
    delivery = Delivery(unread, log, stalled_seconds=0.01)
    async with asyncio.timeout(10):
        await delivery.send([b"1"])
        assert delivery.client is None
        await delivery.send([b"2"])
        await delivery.end(b"3", b"3")
    reader = served.runtime.streams.reader(ADA, "session", f"{log.name}.0")
    assert reader is not None
    await reader.claim()
    assert [message for _, message in (await reader.read()).messages] == [b"1", b"2", b"3"]


async def test_without_a_log_a_client_may_take_its_time(unread: Exchange) -> None:
    delivery = Delivery(unread, None, stalled_seconds=0.0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await delivery.send([b"1"])
    assert delivery.client is unread
