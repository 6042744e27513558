"""`def` tools never hold the event loop, and a bounded number of threads runs them."""

import asyncio
import sys
from collections.abc import Callable
from contextvars import ContextVar
from threading import Event, get_ident
from typing import Any

import pytest

from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.toolkits import Cancelled, Context, Toolkit
from mcp_runtime.toolkits.context import Cancellation
from mcp_runtime.toolkits.errors import ToolBusy, ToolExited, UnknownTool
from mcp_runtime.toolkits.registry import ToolkitRegistry
from mcp_runtime.toolkits.testing import call, specification_of

toolkit = Toolkit("sample")
released, entered, stopped = Event(), Event(), Event()
language: ContextVar[str] = ContextVar("language", default="none")


@toolkit.tool()
def hold() -> int:
    """Hold a thread until released."""
    entered.set()
    assert released.wait(10)
    return get_ident()


@toolkit.tool(quick=True)
def quick() -> int:
    """Return at once."""
    return get_ident()


@toolkit.tool()
def compute(context: Context) -> str:
    """Compute until nobody waits."""
    entered.set()
    try:
        while True:
            context.raise_if_cancelled()
    except Cancelled:
        stopped.set()
        raise


@toolkit.tool()
def spoken() -> str:
    """Tell the caller's language."""
    return language.get()


@toolkit.tool()
def leave() -> str:
    """Leave the process."""
    sys.exit("bye")


@toolkit.tool()
async def leave_async() -> str:
    """Leave the process."""
    sys.exit("bye")


@toolkit.tool()
def stop() -> str:
    """Stop somebody's iteration."""
    raise StopIteration


Start = Callable[[str], asyncio.Task[ToolResult]]


def executing(story: Callable[[Start], Any], **limits: int) -> Any:
    executor = BuiltinExecutor(ToolkitRegistry([toolkit]), **limits)

    def start(name: str) -> asyncio.Task[ToolResult]:
        context = Context(emit=print, cancellation=Cancellation(), tenant="acme", principal="ada", call_id="1")
        specification = specification_of(toolkit.bound(name).definition)
        return asyncio.get_running_loop().create_task(executor(specification, {}, lambda: context))

    async def tell() -> Any:
        return await story(start)

    for event in (released, entered, stopped):
        event.clear()
    try:
        return asyncio.run(tell())
    finally:
        released.set()
        executor.close()


async def until(event: Event) -> None:
    assert await asyncio.to_thread(event.wait, 10)


def test_the_loop_goes_on_while_a_tool_blocks() -> None:
    async def story(start: Start) -> None:
        holding = start("hold")
        await until(entered)
        assert not holding.done()
        released.set()
        assert (await holding).structured["result"] != get_ident()

    executing(story)


def test_too_many_waiting_calls_are_refused_and_room_comes_back() -> None:
    async def story(start: Start) -> None:
        first = start("hold")
        await until(entered)
        second = start("hold")
        with pytest.raises(ToolBusy):
            await start("hold")
        released.set()
        await first
        await second
        assert not (await start("hold")).is_error

    executing(story, threads=1, queue=1)


def test_quick_tools_never_wait_for_long_ones() -> None:
    async def story(start: Start) -> None:
        holding = start("hold")
        await until(entered)
        await start("quick")
        assert not holding.done()
        released.set()
        await holding

    executing(story, threads=1)


def test_a_cancelled_call_tells_its_thread_to_stop() -> None:
    async def story(start: Start) -> None:
        computing = start("compute")
        await until(entered)
        computing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await computing
        await until(stopped)

    executing(story)


def test_a_thread_that_still_computes_keeps_its_place() -> None:
    async def story(start: Start) -> None:
        holding = start("hold")
        await until(entered)
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
        with pytest.raises(ToolBusy):
            await start("hold")

    executing(story, threads=1, queue=0)


def test_a_thread_knows_what_its_caller_knew() -> None:
    async def story(start: Start) -> str:
        language.set("de")
        return (await start("spoken")).structured["result"]

    assert executing(story) == "de"


@pytest.mark.parametrize("tool", ["leave", "leave_async", "stop"])
def test_no_tool_ends_the_process_or_hangs_its_caller(tool: str) -> None:
    with pytest.raises(ToolExited):
        call(toolkit, tool)


def test_an_unknown_tool_cannot_be_bound() -> None:
    executor = BuiltinExecutor(ToolkitRegistry([]))
    with pytest.raises(UnknownTool, match="no toolkit 'sample'"):
        executor.bind(specification_of(toolkit.bound("quick").definition))
