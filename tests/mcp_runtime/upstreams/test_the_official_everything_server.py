"""The official everything server, which somebody else wrote in another language, behind a server of acme's."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from anyio import fail_after

from tests.fixtures.everything import everything_server
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.upstreams.world import World, client_of, world

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def port(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with everything_server(node, tmp_path_factory.mktemp("everything") / "log") as found:
        yield found


@pytest.fixture
async def upstream(port: int, served: Replica, record: Record) -> AsyncIterator[World]:
    async with world(port) as found:
        found.serve(record, served, await found.offer())
        yield found


@pytest.fixture(params=["2026-07-28", "legacy"])
def mode(request: Any) -> str:
    return str(request.param)


async def test_every_kind_of_content_passes_through(upstream: World, served: Replica, mode: str) -> None:
    with fail_after(30):
        async with client_of(served, mode) as client:
            echo = await client.call_tool("echo", {"message": "hello"})
            total = await client.call_tool("get-sum", {"a": 2, "b": 3})
            image = await client.call_tool("get-tiny-image", {})
            links = await client.call_tool("get-resource-links", {"count": 3})
            embedded = await client.call_tool("get-resource-reference", {"resourceType": "Text", "resourceId": 1})
            noted = await client.call_tool("get-annotated-message", {"messageType": "error", "includeImage": True})
            structured = await client.call_tool("get-structured-content", {"location": "New York"})
    assert echo.content[0].text == "Echo: hello"  # type: ignore[union-attr]
    assert "5" in total.content[0].text  # type: ignore[union-attr]
    assert "image" in {block.type for block in image.content}
    assert [block.type for block in links.content].count("resource_link") == 3
    assert "resource" in {block.type for block in embedded.content}
    assert noted.content[0].annotations.priority == 1.0  # type: ignore[union-attr]
    assert structured.structured_content
    assert set(structured.structured_content) == {"temperature", "conditions", "humidity"}


async def test_progress_of_a_long_operation_is_heard(upstream: World, served: Replica, mode: str) -> None:
    heard: list[float] = []

    async def on_progress(progress: float, *_: object) -> None:
        heard.append(progress)

    with fail_after(30):
        async with client_of(served, mode) as client:
            arguments = {"duration": 0.4, "steps": 4}
            result = await client.call_tool("trigger-long-running-operation", arguments, progress_callback=on_progress)
    assert not result.is_error
    assert heard == [1, 2, 3, 4]


async def test_it_asks_a_person_and_a_model_through_us(upstream: World, served: Replica, mode: str) -> None:
    async def elicit(_: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        return types.ElicitResult(action="accept", content={"name": "Ada", "check": True})

    async def sample(_: Any, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        content = types.TextContent(type="text", text="a model's words")
        return types.CreateMessageResult(role="assistant", content=content, model="m")

    with fail_after(30):
        async with client_of(served, mode, elicitation_callback=elicit, sampling_callback=sample) as client:
            asked = await client.call_tool("trigger-elicitation-request", {})
            sampled = await client.call_tool("trigger-sampling-request", {"prompt": "Say it."})
    assert "Ada" in "".join(block.text for block in asked.content)  # type: ignore[union-attr]
    assert "a model's words" in "".join(block.text for block in sampled.content)  # type: ignore[union-attr]


async def test_a_tool_that_runs_only_as_a_task_is_followed_to_its_end(
    upstream: World, served: Replica, mode: str
) -> None:
    heard: list[str | None] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message)

    with fail_after(30):
        async with client_of(served, mode) as client:
            arguments = {"topic": "rain", "ambiguous": False}
            result = await client.call_tool("simulate-research-query", arguments, progress_callback=on_progress)
    assert not result.is_error, result
    assert "rain" in result.content[0].text  # type: ignore[union-attr]
    assert heard


async def test_resources_and_prompts_pass_through(upstream: World, served: Replica, mode: str) -> None:
    with fail_after(30):
        async with client_of(served, mode) as client:
            listed = (await client.list_resources()).resources
            read = await client.read_resource(str(listed[0].uri))
            templates = (await client.list_resource_templates()).resource_templates
            prompts = (await client.list_prompts()).prompts
            simple = await client.get_prompt("simple-prompt")
            given = await client.get_prompt("args-prompt", {"city": "Bern", "state": "BE"})
    assert len(templates) == 2
    assert {"simple-prompt", "args-prompt"} <= {prompt.name for prompt in prompts}
    assert read.contents
    assert simple.messages
    assert "Bern" in given.messages[0].content.text  # type: ignore[union-attr]
