"""Clients on the mcp Python SDK, steered line by line; steered.mjs does the same in TypeScript.

stdin has commands, one JSON object a line: {"number", "client", "do": "connect" | "call" | "read" | "list" | "close" |
"cancel", …}. All run at once. Each is answered on stdout by a line with its number and `result` or `error`; before that
come lines with `progress`. `cancel` gives up the command whose number it has, and is not answered itself.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import anyio
from anyio.abc import TaskGroup
from mcp import Client, MCPError

from tests.end_to_end.clients.python_client import connect, leaves, plain

Command = dict[str, Any]


def say(command: Command, **message: Any) -> None:
    print(json.dumps({"number": command["number"], **message}), flush=True)


class SteeredClient:
    """One client, from its `connect` to its `close`."""

    def __init__(self) -> None:
        self._closing = anyio.Event()
        self._client: Client | None = None

    async def connect(self, command: Command) -> None:
        """Connect, say the revision that was agreed on, and stay until told to close."""
        async with AsyncExitStack() as stack:
            self._client = client = await connect(stack, command, command["server"])
            await client.list_tools()
            say(command, result=client.protocol_version)
            await self._closing.wait()

    async def close(self, command: Command) -> None:
        self._closing.set()
        say(command, result=None)

    async def call(self, command: Command) -> None:
        """Call a tool; with `progress`, ask for reports of it."""

        async def report(value: float, total: float | None, message: str | None) -> None:
            say(command, progress=value)

        callback = report if command["progress"] else None
        meta = command["meta"] or None
        assert self._client is not None
        called = self._client.call_tool(command["tool"], command["arguments"], progress_callback=callback, meta=meta)
        say(command, result=plain(await called))

    async def read(self, command: Command) -> None:
        """Read a resource."""
        assert self._client is not None
        found = await self._client.read_resource(command["uri"])
        say(command, result=plain(found))

    async def list(self, command: Command) -> None:
        """What tools and templates of resources there are."""
        assert self._client is not None
        tools, templates = await self._client.list_tools(), await self._client.list_resource_templates()
        listed = {"tools": tools.tools, "templates": templates.resource_templates}
        say(command, result={name: [plain(each) for each in found] for name, found in listed.items()})


class Steering:
    """All clients of this process."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._clients: dict[str, SteeredClient] = {}
        self._scopes: dict[int, anyio.CancelScope] = {}

    def obey(self, command: Command) -> None:
        """Begin what is asked."""
        if command["do"] == "cancel":
            self._scopes[command["number"]].cancel()
        else:
            self._tasks.start_soon(self._do, command)

    async def _do(self, command: Command) -> None:
        client = self._clients.setdefault(command["client"], SteeredClient())
        with anyio.CancelScope() as scope:
            self._scopes[command["number"]] = scope
            try:
                await getattr(client, command["do"])(command)
            except* MCPError as group:
                say(command, error={"name": "MCPError", "message": str(leaves(group)[0])})
        if scope.cancelled_caught:
            say(command, error={"name": "Cancelled", "message": ""})


async def main() -> None:
    """Until stdin ends."""
    lines = await asyncio.get_running_loop().connect_read_pipe(
        partial(asyncio.StreamReaderProtocol, reader := asyncio.StreamReader()), sys.stdin
    )
    async with anyio.create_task_group() as tasks:
        steering = Steering(tasks)
        while line := await reader.readline():
            steering.obey(json.loads(line))
        tasks.cancel_scope.cancel()
    lines[0].close()


if __name__ == "__main__":
    anyio.run(main)
