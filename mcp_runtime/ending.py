"""How tasks are ended."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

AGAIN_SECONDS: Final = 1.0


async def end_all(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel these tasks and wait until they have ended, however they do; what they raise is dropped.

    A library that a task waits in may lose a cancellation that comes just as its own wait is over, and the task would
    run on for ever: so one that goes on is told again.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        ended, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)
        for task in ended:
            if not task.cancelled():
                task.exception()
