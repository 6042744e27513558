"""The mcp Python client, doing what scenario.mjs does; the same input, the same transcript."""

import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import anyio
import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Implementation
from pydantic import BaseModel

MODES = {"legacy": "legacy", "auto": "auto", "modern": "2026-07-28"}
ACCEPTED_AGAIN_WITHIN_SECONDS = 15
Run = dict[str, Any]


def plain(result: BaseModel) -> dict[str, Any]:
    """What came, as it was on the wire."""
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


async def connect(stack: AsyncExitStack, run: Run, server: dict[str, Any], answers: list[Any] | None = None) -> Client:
    """A connected client, as long as the stack is open; every answer's status and challenge go to `answers`."""

    async def note(response: httpx2.Response) -> None:
        if answers is not None:
            answers.append({"status": response.status_code, "challenge": response.headers.get("www-authenticate")})

    headers = {"Authorization": f"Bearer {server['api_key']}"} if server["api_key"] else {}
    http = httpx2.AsyncClient(headers=headers, timeout=30, event_hooks={"response": [note]})
    await stack.enter_async_context(http)
    transport = streamable_http_client(server["url"], http_client=http)
    information = Implementation(name=run["name"], version="1")
    return await stack.enter_async_context(Client(transport, mode=MODES[run["mode"]], client_info=information))


async def outcome(call: Awaitable[CallToolResult]) -> dict[str, Any]:
    try:
        return {"result": plain(await call)}
    except MCPError as error:
        return {"error": {"name": "MCPError", "code": error.error.code, "message": error.error.message}}


async def with_progress(client: Client, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    progress: list[dict[str, Any]] = []

    async def note(value: float, total: float | None, message: str | None) -> None:
        progress.append({"progress": value, "total": total, "message": message})

    result = await client.call_tool(name, arguments, progress_callback=note)
    return {"progress": progress, "result": plain(result)}


async def cancelled(client: Client, size: int) -> dict[str, Any]:
    """Give a long call up at its first report of progress."""
    reports = 0
    result = None
    with anyio.CancelScope() as scope:

        async def give_up(value: float, total: float | None, message: str | None) -> None:
            nonlocal reports
            reports += 1
            scope.cancel()

        result = await client.call_tool("matrix_decomposition", {"size": size}, progress_callback=give_up)
    error = {"name": "Cancelled"} if scope.cancelled_caught else None
    return {"reports": reports, "result": result and plain(result), "error": error}


async def accepted_again(client: Client) -> dict[str, Any]:
    """One decomposition at a time is allowed to a tenant: another is accepted only when the cancelled one stopped."""
    deadline = anyio.current_time() + ACCEPTED_AGAIN_WITHIN_SECONDS
    while True:
        found = await outcome(client.call_tool("matrix_decomposition", {"size": 4}))
        accepted = "result" in found and not found["result"].get("isError")
        if accepted or anyio.current_time() > deadline:
            return found
        await anyio.sleep(0.1)


async def refused(run: Run, api_key: str | None) -> dict[str, Any]:
    """Try to connect and list with this key."""
    answers: list[Any] = []
    found: list[dict[str, Any]] = []

    async def attempt() -> None:
        async with AsyncExitStack() as stack:
            client = await connect(stack, run, {"url": run["demo"]["url"], "api_key": api_key}, answers)
            await client.list_tools()

    try:
        await attempt()
    except* MCPError as group:
        found = [{"name": "MCPError", "message": str(leaf)} for leaf in leaves(group)]
    return {"answers": answers, "error": found[0] if found else None}


def leaves(group: BaseException) -> list[BaseException]:
    if not isinstance(group, BaseExceptionGroup):
        return [group]
    return [leaf for member in group.exceptions for leaf in leaves(member)]


async def exercise(run: Run) -> dict[str, Any]:
    """All steps of one run."""
    async with AsyncExitStack() as stack:
        demo = await connect(stack, run, run["demo"])
        everything = await connect(stack, run, run["everything"])
        tools = (await demo.list_tools()).model_dump(mode="json", by_alias=True, exclude_none=True)["tools"]
        call: Callable[..., Awaitable[CallToolResult]] = demo.call_tool
        return {
            "era": demo.protocol_version,
            "tools": tools,
            "statistics": plain(await call("text_statistics", {"text": "one two\nthree"})),
            "steps": await with_progress(everything, "test_tool_with_progress", {}),
            "decomposition": await with_progress(demo, "matrix_decomposition", {"size": 6, "seed": 7}),
            "cancelled": await cancelled(demo, run["long_size"]),
            "accepted_again": await accepted_again(demo),
            "unknown_tool": await outcome(call("no_such_tool", {})),
            "wrong_arguments": await outcome(call("text_statistics", {"text": 7})),
            "without_key": await refused(run, None),
            "outsider": await refused(run, run["outsider_key"]),
        }


async def main() -> None:
    """Run what stdin asks for, one run after the other, and print the transcripts."""
    runs = json.load(sys.stdin)["runs"]
    print(json.dumps({run["name"]: await exercise(run) for run in runs}))


if __name__ == "__main__":
    anyio.run(main)
