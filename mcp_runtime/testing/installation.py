"""One runtime for a toolkit's tests: the real one, with what stands for the database in memory."""

import asyncio
from collections.abc import Sequence
from typing import Final

from mcp_runtime.asgi import RuntimeApplication, build_application
from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.ending import end_all
from mcp_runtime.replica import redis_link
from mcp_runtime.settings import RuntimeSettings
from mcp_runtime.testing.jobs import InlineJobs
from mcp_runtime.testing.record import HeldRecord
from mcp_runtime.testing.store import store_url
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.registry import ToolkitRegistry

PATIENCE_SECONDS: Final = 3600.0
"""A call waits for its job however long that takes."""

SETTLING_SECONDS: Final = 1.0
LISTENING_SECONDS: Final = 20.0


class Installation:
    """Start it on the loop that its clients use, and stop it there."""

    def __init__(self, toolkits: Sequence[Toolkit], *, tenant: str, user: str) -> None:
        self.record = HeldRecord(toolkits, tenant, user)
        settings = RuntimeSettings(
            public_url="http://localhost",
            redis_url=store_url(),
            allow_loopback=True,
            job_patience=PATIENCE_SECONDS,
            drain_seconds=SETTLING_SECONDS,
        )
        registry = ToolkitRegistry(toolkits, development=True)
        self._executor, self._primitives = BuiltinExecutor(registry), BuiltinPrimitives(registry)
        self._bus = redis_link.connect(settings.redis_url)
        self._jobs = InlineJobs(self.record.server, self._executor, self._bus.publish)
        self.application: RuntimeApplication = build_application(
            settings,
            credentials=self.record,
            snapshots=self.record,
            audit_log=self.record,
            jobs=self._jobs,
            executors={"builtin": self._executor.bind},
            primitives={"builtin": self._primitives},
        )

    async def start(self) -> None:
        """Serve from now on."""
        await self.application.runtime.start()

    async def settle(self) -> None:
        """Wait until calls that were cancelled have noticed, for a moment at most."""
        left = self.application.runtime.background
        if left:
            await asyncio.wait(set(left), timeout=SETTLING_SECONDS)

    async def listened(self) -> None:
        """Wait until somebody's stream hears what the server says; it opens a moment before."""
        async with asyncio.timeout(LISTENING_SECONDS):
            while not len(self.application.runtime.listeners):  # noqa: ASYNC110 - nothing tells when it does
                await asyncio.sleep(0)

    async def stop(self) -> None:
        """End what still runs, and let everything go."""
        await self._jobs.close()
        await end_all(self.application.runtime.background)
        await self.application.runtime.stop()
        await self._bus.aclose()
        self._executor.close()
        self._primitives.close()
