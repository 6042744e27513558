"""A toolkit that does everything a client can see, for the tests of the authors' harness."""

import asyncio
from threading import Event, current_thread, main_thread
from typing import Annotated

from msgspec import Meta, Struct

from mcp_runtime.toolkits import (
    AudioContent,
    Context,
    EmbeddedResource,
    ImageContent,
    ProtocolError,
    ResourceContents,
    ResourceLink,
    ResourceNotFound,
    TextContent,
    ToolError,
    Toolkit,
    ToolResult,
)

toolkit = Toolkit("workbench", title="Workbench")
stopped = Event()

MANUAL = ResourceContents(uri="bench://manual", mime_type="text/plain", text="Mind your fingers.")
WOODS = {"chair": ["beech", "birch", "oak"]}


@toolkit.tool()
def saw(boards: Annotated[int, Meta(ge=1, le=5)], context: Context) -> list[str]:
    """Saw boards, off the loop."""
    assert current_thread() is not main_thread()
    for board in range(boards):
        context.progress(board + 1, boards, f"board {board + 1}")
        context.log("debug", {"board": board}, "saw")
    return [f"board {board + 1}" for board in range(boards)]


@toolkit.tool()
async def show() -> ToolResult:
    """Show every kind of content."""
    return ToolResult(
        [
            TextContent("Look:"),
            ImageContent("AAAA", "image/png"),
            AudioContent("AAAA", "audio/wav"),
            EmbeddedResource(MANUAL),
            ResourceLink(uri="bench://manual", name="Manual"),
        ]
    )


@toolkit.tool()
async def wait(context: Context) -> str:
    """Wait for ever."""
    context.progress(1)
    try:
        await asyncio.Event().wait()
    finally:
        stopped.set()
    return ""


@toolkit.tool(background=True)
async def glue(context: Context) -> str:
    """Take a while, on a worker."""
    context.progress(1, 2)
    context.log("info", "it dries")
    await asyncio.sleep(0)
    context.progress(2, 2)
    return f"{context.tenant}, attempt {context.attempt}"


@toolkit.tool(background=True)
async def dry(context: Context) -> str:
    """Take for ever, on a worker."""
    context.progress(1)
    try:
        await asyncio.Event().wait()
    finally:
        stopped.set()
    return ""


@toolkit.tool(background=True, timeout_seconds=0.05)
async def rush() -> str:
    """Take longer than is allowed, on a worker."""
    await asyncio.Event().wait()
    return ""


@toolkit.tool(task_required=True)
def varnish(coats: int) -> int:
    """Take so long that only a task will do."""
    return coats


@toolkit.tool()
async def drill(where: Annotated[str, Meta(extra_json_schema={"x-mcp-header": "Where"})]) -> str:
    """Drill where it says."""
    if where == "finger":
        raise ToolError("Not there.", type="ouch")
    if where == "wire":
        raise ProtocolError("The fuse is blown.", type="fuse")
    return where


@toolkit.tool()
async def promise() -> dict[str, int]:
    """Return something else than was promised."""
    return {"nails": "none"}  # type: ignore[dict-item]


@toolkit.tool()
async def rewrite(context: Context) -> str:
    """Write the manual anew."""
    context.resource_updated("bench://manual")
    context.list_changed("prompts")
    return ""


@toolkit.tool(background=True)
def rewrite_later(context: Context) -> str:
    """Write it anew on a worker."""
    context.resource_updated("bench://manual")
    return ""


class Order(Struct):
    """What somebody wants."""

    what: str
    legs: int = 4


@toolkit.tool()
async def order(context: Context) -> str:
    """Ask what somebody wants, and how they pay."""
    wish = await context.elicit("What shall it be?", Order)
    if wish.value is None:
        return wish.action
    paid = await context.elicit_url("Pay here.", "https://pay.example/1")
    return f"{wish.value.what} on {wish.value.legs}, {paid.action}"


@toolkit.tool(background=True)
def order_later(context: Context) -> str:
    """Ask the same from a thread, on a worker."""
    wish = context.elicit("What shall it be?", Order).wait()
    return wish.action if wish.value is None else f"{wish.value.what} on {wish.value.legs}"


@toolkit.tool()
async def praise(context: Context) -> str:
    """Have the client's model praise a file."""
    (root,) = await context.roots()
    return (await context.sample(f"Praise {root.uri}.", max_tokens=10)).text


@toolkit.resource("bench://manual", title="Manual")
def manual() -> str:
    """How to use it."""
    return "Mind your fingers."


@toolkit.template("bench://drawers/{drawer}", complete={"drawer": ["nails", "screws"]})
async def drawer(drawer: str) -> str:
    """What is in a drawer."""
    if drawer not in ("nails", "screws"):
        raise ResourceNotFound(f"There is no drawer for {drawer}.")
    return drawer


@toolkit.prompt()
async def gift(context: Context) -> str:
    """Build something for somebody, who is asked."""
    wish = await context.elicit("What do you wish for?", Order)
    return f"Build a {wish.value.what}." if wish.value else "Build nothing."


def woods(typed: str, known: dict[str, str]) -> list[str]:
    """Suggest what such a thing is made of."""
    return [wood for wood in WOODS.get(known.get("what", ""), []) if wood.startswith(typed)]


@toolkit.prompt(complete={"what": ["chair", "table"], "wood": woods})
async def build(what: str, wood: str = "oak") -> str:
    """Build something."""
    return f"Build a {what} of {wood}."
