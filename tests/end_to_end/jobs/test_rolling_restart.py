"""Both replicas are restarted, one after the other, while clients of both eras call: whatever a client saw accepted it
sees the end of, and sessions go on."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.end_to_end.jobs.replicas import Pair, pair, wait_until_ready
from tests.fixtures.live import Live

pytestmark = pytest.mark.processes

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
NOT_ACCEPTED = (429, 502, 503)
CLIENTS_OF_A_KIND = 3
PAUSE_SECONDS = 0.05
"""Between the calls of one client, so that replicas that start get something of the processor, too."""

QUICK = {"name": "test_simple_text", "arguments": {}}
SLOW = {"name": "test_tool_with_progress", "arguments": {}, "_meta": {"progressToken": "p"}}
JOB = {"name": "slow_compute", "arguments": {"seconds": 0.5}, "_meta": {"progressToken": "p"}}


class Unfinished(AssertionError):  # noqa: N818 - reads as the state it reports
    """A call was accepted, and its client never saw an end of it."""


@pytest.fixture
def restarted(live: Live, tmp_path: Path) -> Iterator[Pair]:
    with pair(live, tmp_path / "restarted") as both:
        yield both


class Caller:
    """A client that calls until it is told to stop. `ended` counts how its calls did."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self._http, self._path, self.ended = http, path, Counter[str]()
        self.session = ""
        self._ids = count(1)

    async def modern(self, params: dict[str, Any]) -> None:
        meta = {
            **params.get("_meta", {}),
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": params["name"]}
        await self._call({**params, "_meta": meta}, headers)

    async def legacy(self, params: dict[str, Any]) -> None:
        headers = {"Mcp-Session-Id": await self._in_session(), "MCP-Protocol-Version": LEGACY}
        await self._call(params, headers)

    async def _in_session(self) -> str:
        while not self.session:
            agreed = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "roller", "version": "1"}}
            response = await self._http.post(self._path, content=_body("initialize", agreed))
            if response.status_code == 200:
                self.session = response.headers["mcp-session-id"]
        return self.session

    async def _call(self, params: dict[str, Any], headers: dict[str, str]) -> None:
        number = next(self._ids)
        body = _body("tools/call", params, number)
        async with self._http.stream("POST", self._path, content=body, headers=headers) as response:
            if response.status_code in NOT_ACCEPTED:
                why = (await response.aread()).decode(errors="replace")
                self.ended[f"not accepted: {response.status_code} {why[:200]}"] += 1
                return
            assert response.status_code == 200, (response.status_code, await response.aread())
            seen, last_event_id = await _read(response)
        if not _has_ended(seen, number) and self.session:
            seen += await self._come_back(last_event_id)
        if not _has_ended(seen, number):
            raise Unfinished(params["name"], seen)
        self.ended["result" if '"result"' in seen else seen] += 1

    async def _come_back(self, last_event_id: str) -> str:
        headers = {"Mcp-Session-Id": self.session, "MCP-Protocol-Version": LEGACY, "Last-Event-ID": last_event_id}
        for _ in range(100):
            async with self._http.stream("GET", self._path, headers=headers) as response:
                if response.status_code == 200:
                    return (await _read(response))[0]
            await asyncio.sleep(0.1)
        return ""


def _body(method: str, params: dict[str, Any], number: int = 0) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def _has_ended(seen: str, number: int) -> bool:
    return f'"id":{number},' in seen and ('"result"' in seen or '"error"' in seen)


async def _read(response: httpx.Response) -> tuple[str, str]:
    """What comes until the end, also where that is sudden; and the id of the last event."""
    lines, last_event_id = [], ""
    try:
        async for line in response.aiter_lines():
            lines.append(line)
            last_event_id = line[4:] if line.startswith("id: ") else last_event_id
    except httpx.TransportError:
        lines.append("the connection broke")
    return "\n".join(lines), last_event_id


@asynccontextmanager
async def load(base_url: str, path: str, key: str) -> AsyncIterator[Counter[str]]:
    """Calls of every kind until the block is left; then what became of them. Raises Unfinished."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    stop, total = asyncio.Event(), Counter[str]()
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=60, limits=httpx.Limits()) as http:
        callers = [Caller(http, path) for _ in range(CLIENTS_OF_A_KIND * 2)]

        async def go_on(call: Callable[[dict[str, Any]], Coroutine[Any, Any, None]], params: dict[str, Any]) -> None:
            while not stop.is_set():
                await call(params)
                await asyncio.sleep(PAUSE_SECONDS)

        eras = [caller.modern if number % 2 else caller.legacy for number, caller in enumerate(callers)]
        calling = [asyncio.ensure_future(go_on(call, params)) for call in eras for params in (QUICK, SLOW, JOB)]
        try:
            yield total
            stop.set()
            await asyncio.gather(*calling)
        finally:
            for task in calling:
                task.cancel()
        for caller in callers:
            total.update(caller.ended)


async def restart_each(both: Pair) -> None:
    """As an upgrade does: the next one when the one before is ready again."""
    for port, process in both.replicas.items():
        process.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.process.wait, 40) == 0
        process.__enter__()
        await asyncio.to_thread(wait_until_ready, port, process)


def test_nothing_that_was_accepted_is_lost(restarted: Pair, live: Live) -> None:
    endpoint = live.endpoint("everything", restarted.base_url)
    path = endpoint.url.removeprefix(restarted.base_url)

    async def roll() -> Counter[str]:
        async with load(restarted.base_url, path, endpoint.api_key) as total:
            await restart_each(restarted)
        return total

    total = asyncio.run(roll())
    assert total["result"] > 100
    assert [how for how in total if how != "result" and not how.startswith("not accepted")] == [], total
    assert sum(total.values()) - total["result"] < total["result"], total
