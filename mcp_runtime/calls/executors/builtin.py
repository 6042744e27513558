"""Runs the tools of toolkits: `async def` on the event loop, `def` in a bounded pool of threads."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, TypeVar

from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.toolkits.asked_parameters import AskedParameter, ask_for
from mcp_runtime.toolkits.binding import BoundTool
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ToolBusy, ToolError, ToolExited
from mcp_runtime.toolkits.registry import ToolkitRegistry

Arguments = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BoundCall:
    """The call of one tool, to be kept: `await call(arguments, context)`. The context may be None where the tool does
    not want one; making it costs as much as a quick tool. `asked` are parameters that are asked for first."""

    run: Callable[[Arguments, Context | None], Coroutine[Any, Any, ToolResult]]
    wants_context: bool
    asked: tuple[AskedParameter, ...] = ()

    def __call__(self, arguments: Arguments, context: Context | None) -> Coroutine[Any, Any, ToolResult]:
        """Begin one call."""
        return self.run(arguments, context)


class ToolThreads:
    """Threads for tools that block. At most `queue` calls wait beyond the `threads` running ones."""

    def __init__(self, threads: int, queue: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = BoundedSemaphore(threads + queue)

    def submit(self, run: Callable[[], T]) -> Future[T]:
        """Start or queue a call. Raises ToolBusy."""
        if not self._room.acquire(blocking=False):
            raise ToolBusy("too many calls of this kind are running; try again in a moment")
        future = self._pool.submit(copy_context().run, run)
        # Released when the thread is really free: a call that timed out may still be computing.
        future.add_done_callback(lambda _: self._room.release())
        return future

    def close(self) -> None:
        """Drop what is queued; running calls end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _run_blocking(bound: BoundTool, arguments: Arguments, context: Context | None) -> ToolResult:
    try:
        return bound.shape(bound.function(**bound.prepare(arguments, context)))
    except ToolError as error:
        return failed(error.type, error.message, **error.data)
    # Neither may travel through a future: one would end the event loop, the other leave its waiter waiting for ever.
    except (SystemExit, StopIteration) as error:
        raise ToolExited(f"the tool raised {type(error).__name__}") from error


def _on_threads(bound: BoundTool, threads: ToolThreads) -> BoundCall:
    async def call(arguments: Arguments, context: Context | None) -> ToolResult:
        future = threads.submit(lambda: _run_blocking(bound, arguments, context))
        reason = None
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            reason = "nobody waits for this call any more"
            raise
        finally:
            if context is not None:
                context.close(reason)

    return BoundCall(call, bound.wants_context)


def _on_loop(bound: BoundTool) -> BoundCall:
    function, prepare, shape = bound.function, bound.prepare, bound.shape

    async def call(arguments: Arguments, context: Context | None) -> ToolResult:
        try:
            return shape(await function(**prepare(arguments, context)))
        except ToolError as error:
            return failed(error.type, error.message, **error.data)
        except SystemExit as error:
            raise ToolExited("the tool raised SystemExit") from error
        finally:
            if context is not None:
                context.close()

    return BoundCall(call, bound.wants_context)


def _asking_first(call: BoundCall, asked: tuple[AskedParameter, ...]) -> BoundCall:
    """The call, once everything has been asked for that the function's parameters ask for."""

    async def ask_and_call(arguments: Arguments, context: Context | None) -> ToolResult:
        if context is None:
            raise TypeError("this tool asks for something and got no Context to ask through")
        try:
            context.answered = await ask_for(asked, context)
        except ToolError as error:
            return failed(error.type, error.message, **error.data)
        return await call(arguments, context)

    return BoundCall(ask_and_call, wants_context=True, asked=asked)


class BuiltinExecutor:
    """Runs tools of kind `builtin`.

    Quick tools have threads of their own, so that long computations never keep them waiting. What a tool raises
    besides ToolError comes out as it is: the caller decides how a crash looks.
    """

    def __init__(self, registry: ToolkitRegistry, threads: int = 8, queue: int = 64) -> None:
        self._registry = registry
        self._quick = ToolThreads(threads, queue, "quick-tool")
        self._long = ToolThreads(threads, queue, "tool")

    def wants_context(self, spec: ToolSpec) -> bool:
        """Whether the tool takes a Context; other calls need none. Raises UnknownTool."""
        return self._bound(spec).wants_context

    def is_async(self, spec: ToolSpec) -> bool:
        """Whether the tool runs on the loop, where it can be cancelled while it waits. Raises UnknownTool."""
        return self._bound(spec).is_async

    def bind(self, spec: ToolSpec) -> BoundCall:
        """The call of one tool, to be kept: `await call(arguments, context)`. Arguments must be validated already.
        Raises UnknownTool; the call raises ToolBusy, and whatever the tool does."""
        bound = self._bound(spec)
        threads = self._quick if spec.quick else self._long
        call = _on_loop(bound) if bound.is_async else _on_threads(bound, threads)
        return _asking_first(call, bound.asked) if bound.asked else call

    async def __call__(
        self, spec: ToolSpec, arguments: Arguments, context_factory: Callable[[], Context] | None = None
    ) -> ToolResult:
        """Bind and call at once; the context is made only for a tool that wants it."""
        context = context_factory() if context_factory and self.wants_context(spec) else None
        return await self.bind(spec)(arguments, context)

    def close(self) -> None:
        """Stop taking calls; queued ones are dropped, running ones end by themselves."""
        self._quick.close()
        self._long.close()

    def _bound(self, spec: ToolSpec) -> BoundTool:
        return self._registry.bind(spec.config.get("toolkit", ""), spec.config.get("tool", ""))
