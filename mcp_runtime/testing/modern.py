"""The client of a toolkit's tests in the era of 2026-07-28: every request says all, and answers come with a retry."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from mcp_runtime.calls.task_support import EXTENSION
from mcp_runtime.methods.subscriptions import LISTS
from mcp_runtime.testing.answering import ClientAnswers
from mcp_runtime.testing.exchange import InProcessExchange
from mcp_runtime.testing.headers import mirrored, named
from mcp_runtime.testing.wire import Hear, Line, RequestFailed, result_of
from mcp_runtime.wire.era import VERSION_META
from mcp_runtime.wire.modern import CAPABILITIES_META, CLIENT_META, LOG_LEVEL_META

CLIENT: Final = {"name": "toolkit tests", "version": "1"}
ASK_AGAIN_SECONDS: Final = 0.02


class ModernWire:
    """Implements `Wire`."""

    def __init__(self, line: Line, era: str, answers: ClientAnswers) -> None:
        self._line, self._era, self._answers = line, era, answers
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        """Nothing comes before the first request."""

    async def request(self, method: str, params: dict[str, Any], hear: Hear, *, as_task: bool = False) -> Any:
        """Ask, and ask once more with what the server wants to know, until there is a result (basic/patterns/mrtr)."""
        asked = params
        while True:
            result = await self._once(method, asked, hear, as_task=as_task)
            kind = result.get("resultType")
            if kind == "task":
                return await self._follow(result["taskId"], hear)
            if kind != "input_required":
                return result
            state = {"requestState": result["requestState"]} if "requestState" in result else {}
            asked = {**params, **self._inputs(result), **state}

    @asynccontextmanager
    async def listening(self, uris: Sequence[str]) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """What the server says on a stream of its own (basic/patterns/subscriptions); first, that it was understood."""
        asked = {**dict.fromkeys(LISTS, True), **({"resourceSubscriptions": list(uris)} if uris else {})}
        async with self._send("subscriptions/listen", {"notifications": asked}) as exchange:
            messages = exchange.messages()
            acknowledged = await anext(messages)
            if "method" not in acknowledged:
                result_of(exchange, acknowledged)
            yield messages

    async def close(self) -> None:
        """Nothing comes after the last request."""

    def _inputs(self, result: dict[str, Any]) -> dict[str, Any]:
        requests = result.get("inputRequests") or {}
        answered = {
            key: self._answers.answer(asked["method"], asked.get("params", {})) for key, asked in requests.items()
        }
        return {"inputResponses": answered} if answered else {}

    async def _follow(self, task_id: str, hear: Hear) -> Any:
        """Ask what became of a task until it has ended (the tasks extension)."""
        named_task = {"taskId": task_id}
        try:
            while True:
                task = await self._once("tasks/get", named_task, hear, as_task=True)
                if task["status"] == "input_required" and (inputs := self._inputs(task)):
                    await self._once("tasks/update", {**named_task, **inputs}, hear, as_task=True)
                elif task["status"] in ("completed", "failed", "cancelled"):
                    break
                await asyncio.sleep(ASK_AGAIN_SECONDS)
        except asyncio.CancelledError:
            await self._once("tasks/cancel", named_task, hear, as_task=True)
            raise
        if task["status"] == "completed":
            return task["result"]
        raise RequestFailed(200, task.get("error") or {"message": f"the task is {task['status']}"})

    async def _once(self, method: str, params: dict[str, Any], hear: Hear, *, as_task: bool) -> Any:
        async with self._send(method, params, as_task=as_task) as exchange:
            async for heard in exchange.messages():
                if "method" not in heard:
                    return result_of(exchange, heard)
                hear(heard)
        raise RequestFailed(exchange.status, {"message": "the stream ended without an answer"})

    def _send(self, method: str, params: dict[str, Any], *, as_task: bool = False) -> InProcessExchange:
        number = next(self._numbers)
        extensions: dict[str, Any] = {"extensions": {EXTENSION: {}}} if as_task else {}
        meta = {
            VERSION_META: self._era,
            CAPABILITIES_META: {**self._answers.capabilities, **extensions},
            CLIENT_META: CLIENT,
            LOG_LEVEL_META: "debug",
            "progressToken": number,
        }
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, "_meta": meta}}
        headers = {"mcp-protocol-version": self._era, "mcp-method": method, **named(method, params)}
        if method == "tools/call":
            headers.update(mirrored(self._line.installation, params))
        return self._line.send(message, headers)
