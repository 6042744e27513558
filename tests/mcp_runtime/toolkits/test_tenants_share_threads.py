"""Functions of resources and prompts that hang keep threads, but never those of another tenant, nor those of tools."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from threading import Event, Semaphore
from typing import Any

import pytest

from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.contract.primitives import ResourceSpec
from mcp_runtime.toolkits import Context, Toolkit
from mcp_runtime.toolkits.context import Cancellation
from mcp_runtime.toolkits.errors import ToolBusy
from mcp_runtime.toolkits.primitive_testing import offered_by
from mcp_runtime.toolkits.registry import ToolkitRegistry
from mcp_runtime.toolkits.testing import specification_of

pytestmark = pytest.mark.anyio

toolkit = Toolkit("well")
released, entered = Event(), Semaphore(0)


@toolkit.resource("well://deep")
def deep() -> str:
    """Hold a thread until released."""
    entered.release()
    assert released.wait(20)
    return "deep"


@toolkit.resource("well://shallow")
def shallow() -> str:
    """Return at once."""
    return "shallow"


@toolkit.tool()
def draw() -> str:
    """Return at once."""
    return "water"


@pytest.fixture
async def primitives() -> AsyncIterator[BuiltinPrimitives]:
    released.clear()
    offered = BuiltinPrimitives(ToolkitRegistry([toolkit]), threads=8, queue=8)
    yield offered
    released.set()
    offered.close()


def read(primitives: BuiltinPrimitives, uri: str, tenant: str) -> Coroutine[Any, Any, Any]:
    specs: dict[str, ResourceSpec] = {spec.uri: spec for spec in offered_by(toolkit)["resources"]}
    context = Context(emit=print, cancellation=Cancellation(), tenant=tenant, principal="ada", call_id="1")
    return primitives.read(specs[uri], context)


async def hang(primitives: BuiltinPrimitives, tenant: str) -> list["asyncio.Task[Any]"]:
    """As much as a tenant can: two threads are taken, and two requests wait."""
    hanging = [asyncio.create_task(read(primitives, "well://deep", tenant)) for _ in range(4)]
    for _ in range(2):
        assert await asyncio.to_thread(entered.acquire, timeout=20)
    return hanging


async def give_up(hanging: list["asyncio.Task[Any]"]) -> None:
    for task in hanging:
        task.cancel()
    await asyncio.wait(hanging)


async def test_what_hangs_keeps_nobody_elses_threads(primitives: BuiltinPrimitives) -> None:
    await give_up(await hang(primitives, "acme"))
    waiting = asyncio.create_task(read(primitives, "well://shallow", "acme"))
    async with asyncio.timeout(20):
        (contents,) = await read(primitives, "well://shallow", "globex")
        assert contents.text == "shallow"
        assert not waiting.done()
        released.set()
        (contents,) = await waiting
    assert contents.text == "shallow"


async def test_one_tenant_alone_does_not_fill_the_queue(primitives: BuiltinPrimitives) -> None:
    hanging = await hang(primitives, "acme")
    with pytest.raises(ToolBusy):
        await read(primitives, "well://shallow", "acme")
    assert await read(primitives, "well://shallow", "globex")
    await give_up(hanging)


async def test_tools_have_threads_of_their_own(primitives: BuiltinPrimitives) -> None:
    hanging = await hang(primitives, "acme")
    tools = BuiltinExecutor(ToolkitRegistry([toolkit]), threads=1)
    async with asyncio.timeout(20):
        result = await tools(specification_of(toolkit.bound("draw").definition), {})
    assert result.structured == {"result": "water"}
    tools.close()
    await give_up(hanging)


async def test_a_lane_is_gone_with_its_last_request(primitives: BuiltinPrimitives) -> None:
    hanging = await hang(primitives, "acme")
    released.set()
    async with asyncio.timeout(20):
        await asyncio.wait(hanging)
        while primitives._threads._lanes:
            await asyncio.sleep(0)
