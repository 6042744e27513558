"""A server of fastmcp, which somebody else wrote, behind a server of acme's."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio import fail_after

from tests.fixtures.foreign_servers import fastmcp_server
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.upstreams.world import World, client_of, world

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def port(fastmcp: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with fastmcp_server(fastmcp, tmp_path_factory.mktemp("fastmcp") / "log") as found:
        yield found


@pytest.fixture(params=["auto", "legacy"])
async def upstream(request: Any, port: int, served: Replica, record: Record) -> AsyncIterator[World]:
    async with world(port, era=request.param) as found:
        found.serve(record, served, await found.offer())
        yield found


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
async def test_what_it_offers_passes_through(upstream: World, served: Replica, mode: Any) -> None:
    heard: list[float] = []

    async def on_progress(progress: float, *_: object) -> None:
        heard.append(progress)

    with fail_after(30):
        async with client_of(served, mode) as client:
            counted = await client.call_tool("count", {"to": 3}, progress_callback=on_progress)
            greeted = await client.call_tool("greet", {"name": "Ada"})
            read = await client.read_resource("note://today")
            prompt = await client.get_prompt("summary", {"topic": "rain"})
    assert counted.structured_content == {"result": 3}
    assert heard == [1, 2, 3]
    assert greeted.content[0].text == "Hello Ada"  # type: ignore[union-attr]
    assert read.contents[0].text == "It rains."  # type: ignore[union-attr]
    assert prompt.messages[0].content.text == "Sum up rain."  # type: ignore[union-attr]
