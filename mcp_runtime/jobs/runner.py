"""`python -m mcp_runtime.jobs.runner`: runs the tools of jobs, one after another, for the process that started it.

It knows the toolkits and nothing else: no database, no store, no secret. Its parent says what to run over a socket, and
ends it with SIGKILL where a tool does not end by itself.
"""

import argparse
import asyncio
import gc
import logging
import os
import socket
import sys
import traceback
from collections.abc import Sequence
from threading import Thread
from threading import enumerate as threads
from typing import Final

import msgspec

from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.contract.job_running import JobWork
from mcp_runtime.jobs.frames import Answered, Begin, Channel, Logged, Ready, Said, Stop
from mcp_runtime.jobs.one_job import OneJob
from mcp_runtime.jobs.process_limits import limit_memory, memory_used
from mcp_runtime.lifeline import end_with
from mcp_runtime.toolkits.registry import ToolkitRegistry

WORN_SHARE: Final = 0.5
"""A runner that has had this share of its memory is replaced, so that the next job has all of it."""

OWN_THREADS: Final = ("MainThread", "supervisor", "tool", "quick-tool", "asyncio")
OWN_TASKS: Final = 2


class LogSender(logging.Handler):
    """Hands log lines to the supervisor, whose log is without secrets and in one form."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Send one; with the supervisor gone, there is nobody to tell."""
        exception = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        line = Logged(
            record.levelno,
            record.name,
            record.getMessage(),
            exception,
            getattr(record, "incident", ""),
            getattr(record, "doing", ""),
        )
        try:
            self._channel.send(line)
        except OSError:
            self.handleError(record)


class Runner:
    """The loop of the process, and the one job that it may be running."""

    def __init__(self, channel: Channel, registry: ToolkitRegistry, memory_mb: int) -> None:
        self._channel = channel
        self._executor = BuiltinExecutor(registry, threads=1, queue=0)
        self._memory = memory_mb * 1024 * 1024
        self._loop = asyncio.get_running_loop()
        self._job: OneJob | None = None
        self._running: asyncio.Task[None] | None = None
        self._tool: LoadedTool | None = None

    def listen(self) -> None:
        """Hear the supervisor, on a thread of its own: a tool may keep the loop from anything. Ends the process when
        the supervisor is gone."""
        try:
            while True:
                for frame in self._channel.receive():
                    if isinstance(frame, Begin):
                        self._begin(frame.work)
                    elif isinstance(frame, Stop):
                        self._stop(frame.reason)
                    elif isinstance(frame, Answered):
                        self._answer(frame)
        except (EOFError, OSError, msgspec.MsgspecError):
            os._exit(0)

    def _begin(self, work: JobWork) -> None:
        if self._tool is None or self._tool.spec != work.spec:
            self._tool = LoadedTool(work.spec)  # with validators that are compiled once, while the tool stays as it is
        tell = self._channel.send
        self._job = OneJob(work, self._tool, self._executor, lambda event: tell(Said(event)), tell)
        self._loop.call_soon_threadsafe(self._start, self._job)

    def _start(self, job: OneJob) -> None:
        self._running = asyncio.create_task(self._run(job))

    def _stop(self, reason: str) -> None:
        job = self._job
        if job is not None:
            job.raise_flag(reason)
            self._loop.call_soon_threadsafe(job.interrupt)

    def _answer(self, answered: Answered) -> None:
        if (job := self._job) is not None:
            self._loop.call_soon_threadsafe(job.hear, answered)

    async def _run(self, job: OneJob) -> None:
        ended = await job.run()
        self._job = None
        self._channel.send(msgspec.structs.replace(ended, worn=self._is_worn()))

    def _is_worn(self) -> bool:
        """Whether a job has left something behind: threads of its own, tasks, or a process grown large."""
        strange = [thread.name for thread in threads() if not thread.name.startswith(OWN_THREADS)]
        return bool(strange) or len(asyncio.all_tasks()) > OWN_TASKS or memory_used() > self._memory * WORN_SHARE


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line that `mcp_runtime.jobs.runner_process` writes."""
    parser = argparse.ArgumentParser(prog="mcp_runtime.jobs.runner", description=__doc__)
    parser.add_argument("--descriptor", type=int, required=True, help="one end of a pair of connected sockets")
    parser.add_argument("--parent", type=int, required=True, help="the process to end with")
    parser.add_argument("--memory-mb", type=int, required=True, help="memory it may have, in MiB")
    parser.add_argument("--development", action="store_true", help="offer the toolkits for development, too")
    return parser.parse_args(arguments)


async def serve(channel: Channel, *, memory_mb: int, development: bool) -> None:
    """Load the toolkits, say so, and run what is asked for until the supervisor is gone."""
    runner = Runner(channel, ToolkitRegistry.discover(development=development), memory_mb)
    gc.freeze()  # what is loaded by now stays: to look through it again and again would only hold tools up
    channel.send(Ready())
    Thread(target=runner.listen, name="supervisor", daemon=True).start()
    await asyncio.Event().wait()


def main(arguments: Sequence[str]) -> None:
    """Run until the supervisor is gone."""
    chosen = options(arguments)
    end_with(chosen.parent)
    limit_memory(chosen.memory_mb)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    channel = Channel(socket.socket(fileno=chosen.descriptor))
    logging.basicConfig(level=logging.INFO, handlers=[LogSender(channel)])
    asyncio.run(serve(channel, memory_mb=chosen.memory_mb, development=chosen.development))


if __name__ == "__main__":
    main(sys.argv[1:])
