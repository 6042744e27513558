"""What an author's test sees is what clients see, in every revision, without a network."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mcp_runtime.calls.results import AudioContent, EmbeddedResource, ImageContent, ResourceLink, TextContent
from mcp_runtime.testing import (
    ERAS,
    BlockingToolkitClient,
    CallCancelled,
    Change,
    RequestFailed,
    text_of,
    toolkit_client,
)
from mcp_runtime.toolkits.context import LogMessage, Progress
from tests.mcp_runtime.toolkits.workbench import stopped, toolkit

WITH_TASKS = ("2026-07-28", "2025-11-25")


@pytest.fixture(params=ERAS, scope="module")
def client(request: pytest.FixtureRequest) -> Iterator[BlockingToolkitClient]:
    with toolkit_client(toolkit, era=request.param) as client:
        client.era = request.param  # type: ignore[attr-defined]
        yield client


@pytest.fixture
def era(client: Any) -> str:
    return str(client.era)


def test_a_tool_is_called_with_all_that_it_says(client: BlockingToolkitClient, era: str) -> None:
    answer = client.call("saw", {"boards": 2})
    assert not answer.is_error
    if era >= "2025-06-18":
        assert answer.structured == {"result": ["board 1", "board 2"]}
    assert answer.progress == [
        Progress(1, 2, "board 1"),
        Progress(2, 2, "board 2"),
    ]
    assert answer.logs == [LogMessage("debug", {"board": 0}, "saw"), LogMessage("debug", {"board": 1}, "saw")]


def test_arguments_are_checked_as_clients_see_it(client: BlockingToolkitClient, era: str) -> None:
    if era >= "2025-11-25":
        assert "9 is greater than the maximum of 5" in client.call("saw", {"boards": 9}).text
    else:
        with pytest.raises(RequestFailed, match="greater than the maximum") as failed:
            client.call("saw", {"boards": 9})
        assert (failed.value.code, failed.value.type) == (-32602, "invalid_arguments")


def test_results_are_checked(client: BlockingToolkitClient) -> None:
    answer = client.call("promise")
    assert answer.is_error
    assert "nails" not in answer.text


def test_every_kind_of_content_arrives(client: BlockingToolkitClient, era: str) -> None:
    kinds = [type(block) for block in client.call("show").result.content]
    last = TextContent if era == "2025-03-26" else ResourceLink
    assert kinds == [TextContent, ImageContent, AudioContent, EmbeddedResource, last]


def test_errors_of_the_tool_and_of_the_call_are_told_apart(client: BlockingToolkitClient) -> None:
    refused = client.call("drill", {"where": "finger"})
    assert (refused.is_error, refused.error_type, refused.text) == (True, "ouch", "Not there.")
    with pytest.raises(RequestFailed, match=r"The fuse is blown\.") as failed:
        client.call("drill", {"where": "wire"})
    assert failed.value.data["error"] == "fuse"
    with pytest.raises(RequestFailed):
        client.call("hammer")


@pytest.mark.parametrize("where", ["wall", "Decke über der Tür", " left ", "=?base64?AAAA?="])
def test_mirrored_arguments_are_repeated_in_headers(client: BlockingToolkitClient, where: str) -> None:
    assert client.call("drill", {"where": where}).text == where


def test_a_background_tool_runs_as_a_job(client: BlockingToolkitClient) -> None:
    answer = client.call("glue")
    assert answer.text == "acme, attempt 1"
    assert answer.progress[-1] == Progress(2, 2)
    assert [said.data for said in answer.logs] == ["it dries"]


def test_a_job_has_its_time(client: BlockingToolkitClient) -> None:
    answer = client.call("rush")
    assert (answer.is_error, answer.error_type) == (True, "timeout")


def test_a_tool_that_needs_a_task_gets_one(client: BlockingToolkitClient, era: str) -> None:
    if era in WITH_TASKS:
        assert client.call("varnish", {"coats": 3}).structured == {"result": 3}
    else:
        with pytest.raises(RequestFailed) as failed:
            client.call("varnish", {"coats": 3})
        assert failed.value.type == "task_required"


@pytest.mark.parametrize("tool", ["wait", "dry"])
def test_a_call_is_cancelled_on_the_way(client: BlockingToolkitClient, tool: str) -> None:
    stopped.clear()
    with pytest.raises(CallCancelled):
        client.call(tool, listen=lambda said, stop: stop())
    assert stopped.wait(20)
    assert client.call("drill", {"where": "on"}).text == "on"


def test_resources_prompts_and_suggestions_are_there(client: BlockingToolkitClient) -> None:
    assert text_of(client.read("bench://manual")) == "Mind your fingers."
    assert text_of(client.read("bench://drawers/nails")) == "nails"
    with pytest.raises(RequestFailed, match="There is no drawer for spoons"):
        client.read("bench://drawers/spoons")
    assert text_of(client.prompt("build", {"what": "table"})) == "Build a table of oak."
    assert client.complete("bench://drawers/{drawer}", "drawer", "s").values == ["screws", "nails"]
    assert client.complete("build", "wood", "b", {"what": "chair"}).values == ["beech", "birch"]


def test_what_is_said_unasked_is_heard(client: BlockingToolkitClient) -> None:
    updated = Change("notifications/resources/updated", "bench://manual")
    with client.listening("bench://manual") as changes:
        client.call("rewrite")
        assert {changes.next(), changes.next()} == {updated, Change("notifications/prompts/list_changed")}
        client.call("rewrite_later")
        assert changes.next() == updated
    with client.listening():
        assert client.call("drill", {"where": "wall"}).text == "wall"


def test_lists_say_what_there_is(client: BlockingToolkitClient) -> None:
    assert {tool["name"] for tool in client.list_tools()} >= {"saw", "glue", "get_job_result"}
    assert [resource["uri"] for resource in client.list_resources()] == ["bench://manual"]
    assert "bench://drawers/{drawer}" in [template["uriTemplate"] for template in client.list_templates()]
    assert [prompt["name"] for prompt in client.list_prompts()] == ["gift", "build"]


def test_whoever_calls_can_be_chosen() -> None:
    with toolkit_client(toolkit, tenant="globex", user="gus") as client:
        assert client.call("glue").text == "globex, attempt 1"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: toolkit_client(toolkit, era="2020-01-01"), "no revision"),
        (lambda: toolkit_client(toolkit, tenant="Ac/me").__enter__(), "no tenant's name"),
        (lambda: toolkit_client(toolkit, toolkit).__enter__(), "a tool named saw"),
    ],
)
def test_mistakes_are_told(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.anyio
async def test_it_is_awaited_where_there_is_a_loop() -> None:
    async with toolkit_client(toolkit) as client:
        answers = await asyncio.gather(*(client.call("saw", {"boards": number}) for number in (1, 2, 3)))
        assert [len(answer.progress) for answer in answers] == [1, 2, 3]


@pytest.mark.anyio
async def test_cancelling_the_test_cancels_the_call() -> None:
    stopped.clear()
    async with toolkit_client(toolkit, era="2025-06-18") as client:
        heard = asyncio.Event()
        calling = asyncio.create_task(client.call("wait", listen=lambda said, stop: heard.set()))
        await heard.wait()
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert stopped.is_set()
