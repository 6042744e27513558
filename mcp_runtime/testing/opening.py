"""A client before it is there: `with` waits for everything, `async with` is awaited."""

from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack

from mcp_runtime.protocol.versions import MODERN
from mcp_runtime.testing.answering import ClientAnswers
from mcp_runtime.testing.blocking import BlockingToolkitClient, LoopThread
from mcp_runtime.testing.client import ToolkitClient
from mcp_runtime.testing.installation import Installation
from mcp_runtime.testing.legacy import LegacyWire
from mcp_runtime.testing.modern import ModernWire
from mcp_runtime.testing.wire import Line, Wire


class OpeningClient:
    """What `toolkit_client` returns. It is entered once."""

    def __init__(self, install: Callable[[], Installation], era: str, answers: ClientAnswers, *, tasks: bool) -> None:
        self._install, self._era, self._answers, self._tasks = install, era, answers, tasks
        self._open, self._blocking = AsyncExitStack(), ExitStack()

    async def __aenter__(self) -> ToolkitClient:
        async with AsyncExitStack() as opening:
            installation = self._install()
            await installation.start()
            opening.push_async_callback(installation.stop)
            wire = self._wire(Line(installation))
            await wire.open()
            opening.push_async_callback(wire.close)
            self._open = opening.pop_all()
        return ToolkitClient(installation, wire, tasks=self._tasks)

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def __enter__(self) -> BlockingToolkitClient:
        with ExitStack() as opening:
            thread = LoopThread()
            opening.callback(thread.close)
            client = thread.run(self.__aenter__())
            opening.callback(lambda: thread.run(self.__aexit__()))
            self._blocking = opening.pop_all()
        return BlockingToolkitClient(client, thread)

    def __exit__(self, *_: object) -> None:
        self._blocking.close()

    def _wire(self, line: Line) -> Wire:
        kind = ModernWire if self._era in MODERN else LegacyWire
        return kind(line, self._era, self._answers)
