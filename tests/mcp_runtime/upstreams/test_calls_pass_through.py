"""A client in either era calls the tools of an upstream in either era, and gets what the upstream answers."""

from collections.abc import AsyncIterator
from typing import Any

import mcp_types as types
import pytest
from anyio import fail_after

from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.upstreams.sdk_server import app, sdk_server
from tests.mcp_runtime.upstreams.world import World, client_of, serving, world

pytestmark = pytest.mark.anyio

ERAS = [(mode, era) for mode in ("2026-07-28", "legacy") for era in ("modern", "legacy")]


@pytest.fixture(params=["modern", "legacy"])
async def upstream(request: Any, served: Replica, record: Record) -> AsyncIterator[World]:
    """acme's server leads to a server of the SDK's."""
    async with serving(app(sdk_server())) as port, world(port, era=request.param) as found:
        found.serve(record, served, await found.offer())
        yield found


@pytest.fixture(params=["2026-07-28", "legacy"])
def mode(request: Any) -> str:
    return str(request.param)


async def test_a_tool_is_called_and_its_progress_heard(upstream: World, served: Replica, mode: str) -> None:
    heard: list[tuple[float, Any]] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))

    with fail_after(20):
        async with client_of(served, mode) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {"count", "greet", "fail", "add"}
            result = await client.call_tool("count", {"to": 3}, progress_callback=on_progress)
            sums = await client.call_tool("add", {"first": 1, "second": 2})
            failing = await client.call_tool("fail", {})
    assert result.structured_content == {"result": "counted to 3"}
    assert heard == [(1, "at 1"), (2, "at 2"), (3, "at 3")]
    assert sums.structured_content == {"result": 3}
    assert failing.is_error


async def test_what_it_asks_is_asked_of_whoever_called(upstream: World, served: Replica, mode: str) -> None:
    asked: list[str] = []

    async def answer(_: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        asked.append(params.message)
        return types.ElicitResult(action="accept", content={"name": "Ada"})

    async def decline(_: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        return types.ElicitResult(action="decline")

    with fail_after(20):
        async with client_of(served, mode, elicitation_callback=answer) as client:
            result = await client.call_tool("greet", {})
        async with client_of(served, mode, elicitation_callback=decline) as client:
            declined = await client.call_tool("greet", {})
    assert result.structured_content == {"result": "Hello Ada"}
    assert asked == ["Who are you?"]
    assert declined.structured_content == {"result": "No: decline"}


async def test_resources_prompts_and_completions_pass_through(upstream: World, served: Replica, mode: str) -> None:
    with fail_after(20):
        async with client_of(served, mode) as client:
            read = await client.read_resource("note://today")
            day = await client.read_resource("note://day/monday")
            prompt = await client.get_prompt("summary", {"topic": "rain"})
            reference = types.PromptReference(type="ref/prompt", name="summary")
            completion = await client.complete(reference, {"name": "topic", "value": "r"})
    assert read.contents[0].text == "It rains."  # type: ignore[union-attr]
    assert day.contents[0].text == "On monday it rained."  # type: ignore[union-attr]
    assert prompt.messages[0].content.text == "Sum up rain."  # type: ignore[union-attr]
    assert completion.completion.values == []
