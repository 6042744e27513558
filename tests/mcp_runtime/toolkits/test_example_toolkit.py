"""A package beside Atrium: installed offline, found, and used by its own tests and by the official client."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from mcp_runtime.testing.installation import Installation
from mcp_runtime.toolkits.registry import ToolkitRegistry
from tests.mcp_runtime.toolkits.installing import copied, installed, run_own_tests
from tests.repository import ROOT

EXAMPLE = ROOT / "tests" / "example_toolkit"
CONTENT = ["text", "image", "audio", "resource", "resource_link"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(EXAMPLE, tmp_path_factory.mktemp("authors"))


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    return installed(project, project.parent)


@pytest.fixture
def registry(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ToolkitRegistry]:
    """What a runtime discovers beside which the package is installed."""
    monkeypatch.syspath_prepend(str(site))
    yield ToolkitRegistry.discover()
    for name in [name for name in sys.modules if name.startswith("atrium_garden")]:
        del sys.modules[name]


@asynccontextmanager
async def serving(registry: ToolkitRegistry) -> AsyncIterator[tuple[Installation, str]]:
    """A runtime of everything discovered, on a socket; and its address."""
    installation = Installation(registry.toolkits, tenant="acme", user="ada")
    await installation.start()
    config = uvicorn.Config(installation.application, port=0, lifespan="off", log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield installation, f"http://127.0.0.1:{port}{installation.record.path}"
    finally:
        await server.shutdown()
        await installation.stop()


async def chosen(context: Any, params: Any) -> ElicitResult:
    """What somebody wants to plant."""
    return ElicitResult(action="accept", content={"plant": "kale", "rows": 2})


def test_its_own_tests_pass_on_what_is_installed(project: Path, site: Path) -> None:
    run_own_tests(project, site)


def test_it_is_found_beside_the_shipped_ones(registry: ToolkitRegistry) -> None:
    assert [toolkit.name for toolkit in registry.toolkits] == ["compute", "data", "garden", "text", "time"]
    assert registry.problems == ()


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
async def test_the_official_client_uses_all_of_it(registry: ToolkitRegistry, mode: str) -> None:
    async with serving(registry) as (installation, url):
        headers = {"Authorization": f"Bearer {installation.record.key}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode, elicitation_callback=chosen) as client,
        ):
            watered = await client.call_tool("water", {"bed": "north", "litres": 2})
            assert watered.structured_content == {"bed": "north", "litres": 2.0}
            assert [block.type for block in (await client.call_tool("album")).content] == CONTENT
            planted = await client.call_tool("plant", {"bed": "wall"})
            assert planted.structured_content == {"result": "2 × kale in the wall bed."}
            harvested = await client.call_tool("harvest")
            assert harvested.structured_content == {"north": 2, "south": 2, "wall": 1}
            read: Any = (await client.read_resource("garden://beds/south")).contents[0]
            assert "basil" in read.text
            prompt: Any = (await client.get_prompt("advice", {"bed": "wall", "plant": "fig"})).messages[0].content
            assert "My fig grows" in prompt.text
