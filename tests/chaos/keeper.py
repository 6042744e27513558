"""Keeps one program running: whenever it ends it is started again, as the one who runs containers does."""

import asyncio
import contextlib
from typing import Final

from control_plane.supervisor.child import Child, Program

PAUSE_SECONDS: Final = 0.5


class Keeper:
    """One program. `deaths` counts its ends."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deaths = 0
        self._child: Child | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None while there is none."""
        if self._child is None or self._child.process.returncode is not None:
            return None
        return self._child.process.pid

    async def start(self) -> None:
        """Start it, and keep it from now on."""
        self._child = await Child.start(self.program)
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End it for good."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        if self._child is not None:
            self._child.kill()
            await self._child.process.wait()

    async def _keep(self) -> None:
        while self._child is not None:
            await self._child.ended()
            self.deaths += 1
            await asyncio.sleep(PAUSE_SECONDS)
            self._child = await Child.start(self.program)
