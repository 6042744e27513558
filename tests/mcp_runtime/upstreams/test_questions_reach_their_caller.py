"""Two calls at once over one session: each is asked what its own call asks, and nobody else."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from anyio import fail_after

from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.toolkits.context import Cancellation, Context
from mcp_runtime.upstreams.executor import UpstreamExecutor
from tests.mcp_runtime.upstreams.conftest import Begin, Line, kind
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted, text

pytestmark = pytest.mark.anyio

FORM = {"type": "object", "properties": {"who": {"type": "string"}}}


class Person:
    """Answers with their own name once both have been asked."""

    capabilities: Mapping[str, Any] = {"elicitation": {}}

    def __init__(self, name: str, both: asyncio.Barrier) -> None:
        self.name, self.both = name, both
        self.asked: list[str] = []

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        self.asked.append(request.params["message"])
        await self.both.wait()
        return {"action": "accept", "content": {"who": self.name}}


async def call(up: Line, person: Any, word: str) -> ToolResult:
    context = Context(
        emit=lambda _: None,
        cancellation=Cancellation(),
        tenant="acme",
        principal="p",
        call_id=word,
        asker=person,
    )
    spec = up.world._tool(up.upstream.tools[0], {})
    return await UpstreamExecutor(up.world.upstreams).bind(spec)({"word": word}, context)


async def test_over_one_session_each_is_asked_of_its_own_caller(line: Begin) -> None:
    waiting: dict[str, asyncio.Future[Any]] = {}

    async def asks(asked: Asked) -> None:
        word = asked.message["params"]["arguments"]["word"]
        await asked.stream()
        answer = waiting[word] = asyncio.get_running_loop().create_future()
        params = {"message": f"Who wants {word}?", "requestedSchema": FORM}
        await asked.event({"jsonrpc": "2.0", "id": word, "method": "elicitation/create", "params": params})
        who = (await answer)["content"]["who"]
        await asked.event(asked.response(result=text(f"{word} for {who}")), more=False)

    async def hears(asked: Asked) -> bool:
        if "method" in asked.message:
            return False
        waiting[asked.message["id"]].set_result(asked.message["result"])
        await asked.answer(202, b"")
        return True

    up = await line(Scripted(is_modern=False, call=asks, before=hears))
    both = asyncio.Barrier(2)
    ada, max_ = Person("Ada", both), Person("Max", both)
    with fail_after(10):
        tea, milk = await asyncio.gather(call(up, ada, "tea"), call(up, max_, "milk"))
    assert (ada.asked, max_.asked) == (["Who wants tea?"], ["Who wants milk?"])
    assert b"tea for Ada" in bytes(tea.content[0])  # type: ignore[arg-type]
    assert b"milk for Max" in bytes(milk.content[0])  # type: ignore[arg-type]
    assert len({asked.headers["mcp-session-id"] for asked in up.upstream.calls()}) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"$ref": "http://169.254.169.254/"}}},
        {"type": "object", "properties": {"a": {"type": "string"}}, "allOf": [{"$ref": "http://10.0.0.1/"}]},
        {"type": "object", "properties": {"a": {"type": "string"}}, "$schema": "http://10.0.0.1/"},
        {"type": "object", "properties": {"a": {"type": "string"}}, "$id": "http://10.0.0.1/"},
        {"type": "object", "properties": {"password": {"type": "string"}}},
        {"type": "object"},
        "no schema",
        None,
    ],
)
async def test_a_form_that_leads_elsewhere_or_asks_for_a_secret_is_asked_of_nobody(line: Begin, schema: Any) -> None:
    async def asks(asked: Asked) -> None:
        request = {"method": "elicitation/create", "params": {"message": "?", "requestedSchema": schema}}
        await asked.result({"resultType": "input_required", "inputRequests": {"q": request}})

    up = await line(Scripted(call=asks))
    person = Person("Ada", asyncio.Barrier(1))
    with fail_after(5):
        assert kind(await call(up, person, "tea")) == "input_failed"
    assert person.asked == []


async def test_what_an_upstream_wants_back_comes_back_as_it_was_under_a_new_id(line: Begin) -> None:
    state = '{"opaque": "\\u00e9 ", "n": 1}'

    async def asks(asked: Asked) -> None:
        params = asked.message["params"]
        if "inputResponses" in params:
            await asked.result(text(f"{params['requestState']}|{params['inputResponses']['q']['content']['who']}"))
            return
        request = {"method": "elicitation/create", "params": {"message": "Who?", "requestedSchema": FORM}}
        await asked.result({"resultType": "input_required", "inputRequests": {"q": request}, "requestState": state})

    up = await line(Scripted(call=asks))
    result = await call(up, Person("Ada", asyncio.Barrier(1)), "tea")
    import msgspec

    assert msgspec.json.decode(bytes(result.content[0]))["text"] == f"{state}|Ada"  # type: ignore[arg-type]
    first, second = up.upstream.calls()
    assert first.message["id"] != second.message["id"]
