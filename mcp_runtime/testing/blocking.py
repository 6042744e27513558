"""The client for tests without an event loop: each method waits for its answer."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from threading import Thread
from typing import Any, TypeVar

from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.ending import end_all
from mcp_runtime.testing.changes import Change, Changes
from mcp_runtime.testing.client import Answer, Listen, ToolkitClient
from mcp_runtime.toolkits.completion import Completion
from mcp_runtime.toolkits.messages import PromptMessage

T = TypeVar("T")


class LoopThread:
    """An event loop on a thread of its own, on which the runtime lives between the questions of a test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="toolkit-client", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End what is left on the loop, then the loop and its thread."""
        self.run(_end_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class BlockingChanges:
    """Like `Changes`, without `await`."""

    def __init__(self, changes: Changes, thread: LoopThread) -> None:
        self._changes, self._thread = changes, thread

    def next(self) -> Change:
        """The next that was said and not looked at yet. Raises TimeoutError where nothing comes for 20 seconds."""
        return self._thread.run(self._changes.next())


class BlockingToolkitClient:
    """Like `ToolkitClient`, without `await`."""

    def __init__(self, client: ToolkitClient, thread: LoopThread) -> None:
        self._client, self._thread = client, thread

    def call(self, tool: str, arguments: dict[str, Any] | None = None, *, listen: Listen | None = None) -> Answer:
        """Call a tool and wait for it. `listen` runs on the client's own thread."""
        return self._thread.run(self._client.call(tool, arguments, listen=listen))

    def read(self, uri: str) -> list[ResourceContents]:
        """Read a resource."""
        return self._thread.run(self._client.read(uri))

    def prompt(self, name: str, arguments: dict[str, str] | None = None) -> list[PromptMessage]:
        """The messages of a prompt."""
        return self._thread.run(self._client.prompt(name, arguments))

    def complete(self, of: str, argument: str, typed: str = "", known: dict[str, str] | None = None) -> Completion:
        """What is suggested for an argument of a prompt, or for a variable of a template."""
        return self._thread.run(self._client.complete(of, argument, typed, known))

    def list_tools(self) -> list[dict[str, Any]]:
        """The tools, as clients see them."""
        return self._thread.run(self._client.list_tools())

    def list_resources(self) -> list[dict[str, Any]]:
        """The resources, as clients see them."""
        return self._thread.run(self._client.list_resources())

    def list_templates(self) -> list[dict[str, Any]]:
        """The resource templates, as clients see them."""
        return self._thread.run(self._client.list_templates())

    def list_prompts(self) -> list[dict[str, Any]]:
        """The prompts, as clients see them."""
        return self._thread.run(self._client.list_prompts())

    @contextmanager
    def listening(self, *uris: str) -> Iterator[BlockingChanges]:
        """While this is open, hear what the server says unasked: that lists, and these resources, have changed."""
        listening = self._client.listening(*uris)
        changes = self._thread.run(_entered(listening))
        try:
            yield BlockingChanges(changes, self._thread)
        finally:
            self._thread.run(_left(listening))

    def request(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """The result of any other request."""
        return self._thread.run(self._client.request(method, params))


async def _end_others() -> None:
    own = asyncio.current_task()
    await end_all(task for task in asyncio.all_tasks() if task is not own)


async def _entered(manager: AbstractAsyncContextManager[T]) -> T:
    return await manager.__aenter__()


async def _left(manager: AbstractAsyncContextManager[Any]) -> None:
    await manager.__aexit__(None, None, None)
