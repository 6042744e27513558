"""One replica in front of the cast, for most tests of the runtime."""

from collections.abc import AsyncIterator
from typing import Any

import hypothesis  # noqa: F401 - its plugin imports it late otherwise, after tests have filled the stack
import pytest

from tests.fixtures.store import ValkeyServer
from tests.mcp_runtime.cast import cast
from tests.mcp_runtime.probe_toolkit import Watch, watch
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import Replica, replica


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def empty_store(valkey: ValkeyServer, store: Any) -> str:
    """The URL of a store with nothing in it."""
    return valkey.url


@pytest.fixture
def record() -> Record:
    return cast()


@pytest.fixture
async def publisher(empty_store: str) -> AsyncIterator[Publisher]:
    publisher = Publisher(empty_store)
    yield publisher
    await publisher.redis.aclose()


@pytest.fixture
async def probe() -> Watch:
    """What the probe tools of this test do."""
    watch[:] = [Watch()]
    return watch[0]


@pytest.fixture
async def served(record: Record, empty_store: str, probe: Watch) -> AsyncIterator[Replica]:
    async with replica(record, empty_store) as running:
        yield running


@pytest.fixture
async def beside(served: Replica, record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """A second replica on the same stores, known under the first one's public URL."""
    async with replica(record, empty_store, public_url=served.runtime.settings.public_url) as running:
        yield running
