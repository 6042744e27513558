"""One child process: in a process group of its own, its output in a log file, ended with grace and then without."""

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from mcp_runtime.lifeline import end_with

LOG_BYTES: Final = 10 * 1024 * 1024
"""A log beyond this size is put aside (one generation) when its process starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run. `grace` is how many seconds it may take to end by itself after SIGTERM; `inherits` are descriptors
    that it gets; `orphaned` is the signal the kernel sends it when the supervisor is gone; programs of a higher `order`
    end before those of a lower one."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    grace: float = 10.0
    inherits: tuple[int, ...] = ()
    orphaned: signal.Signals = signal.SIGKILL
    order: int = 1


@dataclass(slots=True)
class Child:
    """A running program."""

    program: Program
    process: asyncio.subprocess.Process = field(repr=False)

    @classmethod
    async def start(cls, program: Program) -> "Child":
        """Start it. It hears no Ctrl-C of the terminal: the supervisor decides the order of the end."""
        if program.log.exists() and program.log.stat().st_size > LOG_BYTES:
            program.log.replace(program.log.with_suffix(".old.log"))
        with program.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                env=dict(program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=program.inherits,
                start_new_session=True,
                preexec_fn=partial(end_with, os.getpid(), program.orphaned),
            )
        return cls(program, process)

    async def ended(self) -> str:
        """Wait until it has ended; how it ended, in words."""
        status = await self.process.wait()
        return f"status {status}" if status >= 0 else signal.Signals(-status).name

    async def stop(self) -> None:
        """Ask it to end, wait for its grace, then end whatever is left of its process group."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(self.program.grace):
                    await self.process.wait()
            except TimeoutError:
                pass
        self.kill()
        await self.process.wait()

    def kill(self) -> None:
        """End its whole process group now."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
