"""Tools that run in a real runner: good ones, and every kind that a worker has to survive."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from mcp_runtime.toolkits import Context, ProtocolError, ToolError, Toolkit

toolkit = Toolkit("jobs", title="Jobs")


@toolkit.tool()
def describe(context: Context) -> dict[str, Any]:
    """Say what the context says."""
    names = ("tenant", "principal", "call_id", "idempotency_key", "attempt", "cancelled")
    return {name: getattr(context, name) for name in names}


@toolkit.tool()
async def describe_async(context: Context) -> dict[str, Any]:
    """Say what the context says, on the loop."""
    return describe(context)


@toolkit.tool()
def announce(uri: str, context: Context) -> str:
    """Tell everybody that a resource has changed."""
    context.resource_updated(uri)
    context.list_changed("tools")
    return "announced"


@toolkit.tool()
def report(steps: int, context: Context) -> int:
    """Report steps from 1 on, each with a log message."""
    for step in range(1, steps + 1):
        context.progress(step, steps, f"step {step}")
        context.log("info", {"step": step}, "counter")
    return steps


@toolkit.tool()
def complain() -> str:
    """Fail in a way that the model can read."""
    raise ToolError("There is no such city. Try Berlin.", type="unknown_city")


@toolkit.tool()
def insist() -> str:
    """Have the call itself fail."""
    raise ProtocolError("The desk is closed for good.", type="closed")


@toolkit.tool()
async def insist_async() -> str:
    """The same, on the loop."""
    raise ProtocolError("The desk is closed for good.", type="closed")


@toolkit.tool()
def crash() -> str:
    """Raise something with a secret in it."""
    raise RuntimeError("password=canary-secret")


@toolkit.tool()
def leave() -> str:
    """Try to end the process in Python's own way."""
    sys.exit(3)


@toolkit.tool()
async def heed(context: Context) -> str:
    """Wait on the loop until cancelled."""
    context.progress(1)
    await asyncio.Event().wait()
    return "never"


@toolkit.tool()
def heed_in_thread(context: Context) -> str:
    """Look at the flag until it is up."""
    context.progress(1)
    waiting = Event()
    while True:
        waiting.wait(0.005)
        context.raise_if_cancelled()


@toolkit.tool()
def ignore(context: Context) -> str:
    """Never look at the flag."""
    context.progress(1)
    Event().wait()
    return "never"


@toolkit.tool()
async def hold_everything(context: Context) -> str:
    """Sleep in C with the lock of the interpreter held: no thread of this process runs any more."""
    context.progress(1)
    ctypes.PyDLL(None).sleep(3600)
    return "never"


@toolkit.tool()
def hog() -> int:
    """Take memory until there is none."""
    taken = []
    while True:
        taken.append(bytearray(16 * 1024 * 1024))


@toolkit.tool()
def die() -> str:
    """End the process in no way of Python's."""
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


@toolkit.tool()
def start_another(context: Context) -> str:
    """Start a process and wait for it."""
    child = subprocess.Popen(["sleep", "3600"])
    context.log("info", {"pid": child.pid})
    child.wait()
    return "never"


@toolkit.tool()
def leave_a_thread() -> int:
    """Return while a thread goes on; the process's id."""
    Thread(target=Event().wait, daemon=True, name="left").start()
    return os.getpid()


@toolkit.tool()
def which_process() -> int:
    """The process's id."""
    return os.getpid()


@toolkit.tool()
def surroundings() -> dict[str, list[str]]:
    """The environment, and the files that are open."""
    opened = [str(path.resolve()) for path in Path("/proc/self/fd").iterdir() if path.exists()]
    return {"names": sorted(os.environ), "values": sorted(os.environ.values()), "opened": opened}


@toolkit.tool()
def wait_for(path: str, context: Context) -> int:
    """Say something, and return once there is a file; which attempt it was."""
    context.progress(context.attempt * 10)
    waiting = Event()
    while not Path(path).exists():
        waiting.wait(0.02)
    return context.attempt


@dataclass(frozen=True)
class Named:
    """What is asked for."""

    name: str


@toolkit.tool()
async def ask(context: Context, question: str = "Who are you?") -> str:
    """Ask for a name."""
    answer = await context.elicit(question, Named, key="name")
    return answer.value.name if answer.value is not None else answer.action


@toolkit.tool()
def ask_in_thread(context: Context) -> str:
    """Ask for a name, where the function runs in a thread."""
    answer = context.elicit("Who are you?", Named).wait()
    return answer.value.name if answer.value is not None else answer.action


@toolkit.tool()
async def ask_two(context: Context) -> list[str]:
    """Ask for two names at once."""
    asked = [context.elicit(f"Who is {which}?", Named, key=which) for which in ("first", "second")]
    answers = await asyncio.gather(*asked)
    return [answer.value.name if answer.value is not None else answer.action for answer in answers]


@toolkit.tool()
async def ask_shortly(context: Context) -> str:
    """Ask, and go on without the answer."""

    async def ask() -> None:
        await context.elicit("Who are you?", Named)

    asking = asyncio.ensure_future(ask())
    await asyncio.sleep(0.05)
    asking.cancel()
    await asyncio.wait([asking])
    context.log("info", "went on")
    return (await context.elicit("Really?", Named)).action
