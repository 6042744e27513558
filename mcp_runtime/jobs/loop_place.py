"""Where an attempt runs whose tool is code of ours: a task on an event loop of the worker's own process.

Its supervisor speaks to it as to a runner's process, over a socket, and ends it as surely: what is cancelled here
stands at an `await`, and closes what it has open.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Final

import msgspec

from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.contract.job_running import JobWork
from mcp_runtime.jobs.frames import Answered, Begin, Channel, Frame, Said, Stop
from mcp_runtime.jobs.one_job import JobExecutor, OneJob

logger = logging.getLogger(__name__)

END_SECONDS: Final = 10.0
"""How long a cancelled task may take to close what it has open."""


class JobLoop:
    """An event loop on a thread of its own, and what runs tools on it."""

    def __init__(self, make: Callable[[], JobExecutor]) -> None:
        self.executor = make()
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, name="job-loop", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop it. What still runs then is left to the end of the process."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(END_SECONDS)


class LoopPlace:
    """One attempt's. Implements `mcp_runtime.jobs.attempt.Place`; its own methods run on the loop."""

    is_ready = True

    def __init__(self, on: JobLoop) -> None:
        ours, theirs = socket.socketpair()
        self.channel, self._inner = Channel(ours), Channel(theirs)
        self._on = on
        self._job: OneJob | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_killed, self._is_over = False, Event()
        on.loop.call_soon_threadsafe(on.loop.add_reader, theirs, self._hear)

    def kill(self) -> None:
        """End it now. From any thread, any number of times."""
        with suppress(OSError):
            self._inner.socket.shutdown(socket.SHUT_RDWR)  # its supervisor hears of it, whatever the loop is at
        self._on.loop.call_soon_threadsafe(self._end)

    def close(self) -> str:
        """End it, and wait until nothing of it runs; how that went, in words."""
        self.kill()
        has_ended = self._is_over.wait(END_SECONDS)
        if not has_ended:
            logger.error("the task of a job does not end")
        self.channel.socket.close()
        return "its task has ended" if has_ended else "its task does not end"

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it runs any more."""
        return self._is_over.is_set()

    def _hear(self) -> None:
        try:
            frames = self._inner.receive()
        except (EOFError, OSError, msgspec.MsgspecError):
            self._end()
            return
        for frame in frames:
            self._heed(frame)

    def _heed(self, frame: Frame) -> None:
        if isinstance(frame, Begin):
            self._begin(frame.work)
        elif isinstance(frame, Stop) and self._job is not None:
            self._job.raise_flag(frame.reason)
            self._job.interrupt()
        elif isinstance(frame, Answered) and self._job is not None:
            self._job.hear(frame)

    def _begin(self, work: JobWork) -> None:
        tell = self._inner.send
        self._job = OneJob(work, LoadedTool(work.spec), self._on.executor, lambda event: tell(Said(event)), tell)
        self._task = self._on.loop.create_task(self._run(self._job))
        self._task.add_done_callback(lambda _: self._look())

    async def _run(self, job: OneJob) -> None:
        ended = await job.run()
        with suppress(OSError):  # whoever asked for it is gone
            await asyncio.to_thread(self._inner.send, ended)

    def _end(self) -> None:
        if self._is_killed:
            return
        self._is_killed = True
        self._on.loop.remove_reader(self._inner.socket)
        if self._job is not None:
            self._job.raise_flag("killed")
            self._job.interrupt()
        self._look()

    def _look(self) -> None:
        if self._is_killed and (self._task is None or self._task.done()):
            self._inner.socket.close()
            self._is_over.set()
