"""An upstream that dies and comes back while it is called: others are unharmed, and nothing has to be restarted."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from anyio import fail_after

from mcp_runtime.toolkits.context import Cancellation, Context
from tests.mcp_runtime.upstreams.conftest import Begin, Line, kind
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted, text
from tests.mcp_runtime.upstreams.world import serving, world

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("is_modern", [True, False])
async def test_while_one_is_dead_and_comes_back_the_others_answer(line: Begin, is_modern: bool) -> None:
    other = await line(Scripted(is_modern=is_modern))
    failed: list[str] = []
    stop = asyncio.Event()

    async def keep_calling() -> int:
        count = 0
        while not stop.is_set():
            count += 1
            if (result := await other.call()).is_error:
                failed.append(kind(result))
        return count

    with fail_after(30):
        async with AsyncExitStack() as running:
            calling = asyncio.create_task(keep_calling())
            upstream = Scripted(is_modern=is_modern)
            async with serving(upstream) as port:
                up = Line(upstream, await running.enter_async_context(world(port)), [])
                assert not (await up.call()).is_error
            assert kind(await up.call()) == "upstream_unreachable"
            upstream.sessions.clear()
            async with serving(upstream, port):
                assert not (await up.call()).is_error
            stop.set()
            assert await calling > 10
    assert failed == []


async def test_a_resource_that_has_changed_is_told_to_whoever_subscribed_here(line: Begin) -> None:
    async def tells(asked: Asked) -> None:
        await asked.stream()
        await asked.event(
            {"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": {"uri": "note://today"}}
        )
        await asked.event(asked.response(result=text("done")), more=False)

    up = await line(Scripted(call=tells))
    told: list[tuple[str, str]] = []
    context = Context(
        emit=lambda _: None,
        cancellation=Cancellation(),
        tenant="acme",
        principal="p",
        call_id="c",
        announce=lambda method, topic: told.append((method, topic)),
    )
    from mcp_runtime.upstreams.executor import UpstreamExecutor

    await UpstreamExecutor(up.world.upstreams).bind(up.world._tool(up.upstream.tools[0], {}))({}, context)
    await asyncio.sleep(0)
    assert told == [("notifications/resources/updated", "note://today")]
