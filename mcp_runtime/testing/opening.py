"""A client before it is there: `with` waits for everything, `async with` is awaited."""

from collections.abc import Callable
from types import TracebackType

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
        self._installation: Installation | None = None
        self._wire: Wire | None = None
        self._thread: LoopThread | None = None

    async def __aenter__(self) -> ToolkitClient:
        self._installation = self._install()
        await self._installation.start()
        kind = ModernWire if self._era in MODERN else LegacyWire
        self._wire = kind(Line(self._installation), self._era, self._answers)
        await self._wire.open()
        return ToolkitClient(self._installation, self._wire, tasks=self._tasks)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wire is not None:
            await self._wire.close()
        if self._installation is not None:
            await self._installation.stop()

    def __enter__(self) -> BlockingToolkitClient:
        self._thread = LoopThread()
        return BlockingToolkitClient(self._thread.run(self.__aenter__()), self._thread)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            try:
                self._thread.run(self.__aexit__(kind, error, trace))
            finally:
                self._thread.close()
