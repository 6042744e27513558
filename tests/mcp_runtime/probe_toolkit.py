"""Tools that tests can hold, watch and break."""

import asyncio
from typing import TypedDict

from mcp_runtime.toolkits import Context, ProtocolError, ToolError, Toolkit

toolkit = Toolkit("probe", title="Probe")


class Watch:
    """What the tools did. `hold` keeps the waiting tool from returning; `began` and `ended` say where it is."""

    def __init__(self) -> None:
        self.began, self.ended, self.hold = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.effects: list[str] = []


watch: list[Watch] = []


@toolkit.tool(read_only=True, quick=True)
async def echo(text: str) -> str:
    """Return the text."""
    return text


@toolkit.tool(quick=True)
async def pause(turns: int) -> str:
    """Let others go first, so many times."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return f"paused {turns} times"


@toolkit.tool()
async def wait(steps: int, context: Context) -> str:
    """Report some steps, then wait until the test lets go."""
    present = watch[-1]
    for step in range(1, steps + 1):
        context.progress(step, steps, f"step {step}")
    context.log("info", {"waiting": True})
    context.log("debug", "only for those who ask")
    present.began.set()
    try:
        await present.hold.wait()
    finally:
        present.ended.set()
    return "let go"


@toolkit.tool()
async def tell(steps: int, context: Context) -> str:
    """Begin, wait until the test lets go, then report some steps."""
    present = watch[-1]
    context.progress(0, steps)
    present.began.set()
    await present.hold.wait()
    for step in range(1, steps + 1):
        context.progress(step, steps)
    present.ended.set()
    return "told"


@toolkit.tool(quick=True)
async def touch(uri: str, times: int, context: Context) -> str:
    """Say that a resource has changed."""
    for _ in range(times):
        context.resource_updated(uri)
    context.list_changed("prompts")
    context.list_changed("tools")
    return "touched"


@toolkit.tool(read_only=True)
async def trace(context: Context) -> dict[str, str]:
    """What a request to elsewhere would carry on."""
    return {} if context.trace is None else context.trace.headers()


@toolkit.tool(quick=True)
async def crash() -> str:
    """Raise something with a secret in it."""
    raise RuntimeError("the password is canary-secret")


@toolkit.tool(quick=True)
async def complain() -> str:
    """Fail in a way that the model can read."""
    raise ToolError("There is no such city. Try Berlin.", type="unknown_city")


@toolkit.tool(quick=True)
async def insist() -> str:
    """Have the call itself fail."""
    raise ProtocolError("The desk is closed for good.", type="closed")


@toolkit.tool(destructive=True, quick=True)
async def erase(name: str) -> str:
    """Have an effect."""
    watch[-1].effects.append(name)
    return "erased"


@toolkit.tool(quick=True, timeout_seconds=0.05)
async def dawdle() -> str:
    """Never return."""
    await asyncio.Event().wait()
    return ""


class Small(TypedDict):
    """A typed answer."""

    number: int


@toolkit.tool(quick=True)
async def promise() -> Small:
    """Return what the schema does not allow."""
    return {"number": "not a number"}  # type: ignore[typeddict-item]


@toolkit.tool(quick=True)
async def fill(length: int) -> str:
    """Return a text of this length."""
    return "x" * length
