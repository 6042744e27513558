"""Work that goes on until a signal comes."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, Final

from control_plane.supervisor.family import Family
from control_plane.supervisor.voice import complain
from mcp_runtime.ending import end_all

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_stopped(work: Coroutine[Any, Any, None], family: Family) -> None:
    """Do the work and wait for the first of `STOP_SIGNALS`, then stop the family; a second signal doesn't wait for it.

    Raises what the work raises, or Hopeless where the family is.
    """
    signalled = asyncio.Event()

    def hear(number: signal.Signals) -> None:
        if signalled.is_set():
            family.kill()
        else:
            complain(f"\n{number.name}: stopping everything …")
        signalled.set()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, hear, number)
    try:
        await _until(signalled, asyncio.create_task(work), family)
    finally:
        await family.stop()


async def _until(signalled: asyncio.Event, work: asyncio.Task[None], family: Family) -> None:
    ends: set[asyncio.Future[Any]] = {asyncio.create_task(signalled.wait()), family.hopeless}
    await asyncio.wait({work, *ends}, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await end_all([work])
    if family.hopeless.done():
        family.hopeless.result()
