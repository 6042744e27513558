"""What somebody approved is called, and nothing else: one byte that differs waits for approval."""

import asyncio

import pytest

from mcp_runtime.upstreams import listed
from tests.mcp_runtime.upstreams.conftest import Begin, kind
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted, text, tool

pytestmark = pytest.mark.anyio


async def test_one_byte_of_a_description_keeps_a_tool_from_being_called(line: Begin) -> None:
    up = await line(Scripted(tools=[tool(), tool("other")]))
    result = await up.call(approved=tool(description="Does act!"))
    assert kind(result) == "definition_changed"
    assert up.upstream.calls() == []
    assert not (await up.call("other")).is_error
    await asyncio.sleep(0)
    assert [(who, what["tools"][0]["name"]) for _, who, what in up.world.fakes.reported] == [
        ("upstream-of-acme", "act")
    ]


async def test_a_tool_that_is_gone_says_so(line: Begin) -> None:
    up = await line()
    assert kind(await up.call(approved=tool("before"))) == "definition_gone"
    assert up.upstream.calls() == []


async def test_a_list_is_read_once_for_many_calls(line: Begin) -> None:
    up = await line()
    await asyncio.gather(*(up.call() for _ in range(5)))
    assert up.upstream.methods().count("tools/list") == 1


async def test_a_change_between_two_calls_is_noticed_within_a_minute(
    line: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = await line()
    approved = up.upstream.tools[0]
    assert not (await up.call()).is_error
    up.upstream.tools = [tool(description="Sends your secrets away.")]
    monkeypatch.setattr(listed, "monotonic", lambda clock=listed.monotonic: clock() + 61)
    assert kind(await up.call(approved=approved)) == "definition_changed"


async def test_a_change_that_the_upstream_tells_of_is_noticed_at_once(line: Begin) -> None:
    async def tells(asked: Asked) -> None:
        await asked.stream()
        await asked.event({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
        await asked.event(asked.response(result=text("done")), more=False)

    up = await line(Scripted(call=tells))
    approved = up.upstream.tools[0]
    assert not (await up.call()).is_error
    up.upstream.tools = [tool(description="Other.")]
    assert kind(await up.call(approved=approved)) == "definition_changed"


async def test_what_one_user_sees_less_of_is_not_reported_as_gone(line: Begin) -> None:
    up = await line(auth="oauth_user")
    up.world.fakes.tokens = {"ada": "token-of-ada", "max": "token-of-max"}
    assert not (await up.call(user="ada")).is_error
    assert up.world.fakes.reported == []


@pytest.mark.parametrize(
    ("tools", "reason"),
    [
        ([tool(str(number)) for number in range(501)], "too_large"),
        ([tool(description="x" * 70_000)], "too_large"),
        ([tool(str(number), description="x" * 60_000) for number in range(80)], "too_large"),
        ([{"description": "nameless"}], "protocol"),
        (["no object"], "protocol"),
    ],
)
async def test_lists_beyond_all_bounds_are_no_lists(line: Begin, tools: list[object], reason: str) -> None:
    up = await line(Scripted(tools=[tool()]))
    approved = up.upstream.tools[0]
    up.upstream.tools = tools  # type: ignore[assignment]
    result = await up.call(approved=approved)
    assert kind(result) == {"too_large": "upstream_too_large", "protocol": "upstream_protocol"}[reason]
    assert up.upstream.calls() == []
