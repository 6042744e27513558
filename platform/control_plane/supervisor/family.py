"""Keeps programs running: one that ends by itself is started again, later each time, until that is hopeless."""

import asyncio
from collections import deque
from time import monotonic
from typing import Final

from control_plane.environment import ConfigurationError
from control_plane.supervisor.child import Child, Program
from control_plane.supervisor.last_words import last_words
from control_plane.supervisor.voice import complain
from mcp_runtime.ending import end_all

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0
DEATHS: Final = 5
WITHIN_SECONDS: Final = 60.0
"""So many deaths within so long, and it is given up."""


class Hopeless(Exception):  # noqa: N818 - reads as the state it reports
    """A program kept dying; the message says which, how often, and its last words."""


class Family:
    """The programs of one supervisor."""

    def __init__(self) -> None:
        self._keepers: list[asyncio.Task[None]] = []
        self._children: dict[str, Child] = {}
        self.hopeless: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self, program: Program) -> Child:
        """Start a program, to be stopped with the others. Raises ConfigurationError where it can't even be started."""
        try:
            child = await Child.start(program)
        except OSError as error:
            raise ConfigurationError(f"{program.name} can't be started: {error}") from error
        self._children[program.name] = child
        return child

    def keep(self, program: Program) -> None:
        """From now on, start the program again when it ends."""
        self._keepers.append(asyncio.create_task(self._keep(program)))

    async def _keep(self, program: Program) -> None:
        deaths: deque[float] = deque(maxlen=DEATHS)
        pause = FIRST_PAUSE
        while True:
            began = monotonic()
            how = await self._children[program.name].ended()
            deaths.append(monotonic())
            if len(deaths) == DEATHS and deaths[-1] - deaths[0] < WITHIN_SECONDS:
                self._give_up(program, how)
                return
            pause = FIRST_PAUSE if monotonic() - began > WITHIN_SECONDS else pause
            complain(f"{program.name} ended with {how} ({last_words(program.log)}); starting it again in {pause:g} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self.start(program)

    def _give_up(self, program: Program, how: str) -> None:
        if not self.hopeless.done():
            reason = f"{program.name} ended {DEATHS} times within a minute, the last time with {how}"
            self.hopeless.set_exception(Hopeless(f"{reason}: {last_words(program.log)} (see {program.log})"))

    async def stop(self) -> None:
        """Stop every program, in order."""
        await end_all(self._keepers)
        for order in sorted({child.program.order for child in self._children.values()}, reverse=True):
            together = [child for child in self._children.values() if child.program.order == order]
            await asyncio.gather(*(child.stop() for child in together))

    def kill(self) -> None:
        """End every program now."""
        for child in self._children.values():
            child.kill()
