"""An API that tests stop and start again, HTTP tools in front of it, and replicas that serve them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from mcp_runtime.contract.tools import ToolAnnotations, ToolSpec
from mcp_runtime.http_tools.executor import HttpExecutor
from mcp_runtime.resilience.breaker import Policy
from mcp_runtime.resilience.breakers import Breakers
from tests.egress.certificates import serving
from tests.egress.outside import Outside, Recorder, answer
from tests.mcp_runtime.cast import server, tools
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, replica

TLS = serving("api.example", "other.example")
URL = "https://api.example/v1/items"
ARGUMENTS = {"type": "object", "properties": {"item": {"type": "string"}}}
IMPATIENT = Policy(first_pause=0.1, longest_pause=0.2)


class Api:
    """Answers each request with its number. `hold` keeps answers back; `answers` makes them; it can be dead."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.hold: asyncio.Event | None = None
        self.answers: Callable[[int], bytes] = lambda number: json_answer({"number": number})
        self.came = asyncio.Event()
        self.recorder = Recorder()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.recorder.port or 0, ssl=TLS)
        self.recorder.port = self._server.sockets[0].getsockname()[1]

    def kill(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(OSError, EOFError):
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            number = len(self.requests)
            self.came.set()
            if self.hold is not None:
                await self.hold.wait()
            writer.write(self.answers(number))
            await writer.drain()
        self._open.discard(writer)
        writer.close()


def json_answer(document: Any, status: str = "200 OK", **headers: str) -> bytes:
    body = msgspec.json.encode(document)
    return answer(body, status=status, Content_Type="application/json", Connection="close", **headers)


def http_tool(tenant: str, name: str = "items", **changes: Any) -> ToolSpec:
    """A tool that reads from the API, with its argument in the query."""
    request = {"method": "GET", "url": URL, "parameters": [{"argument": "item", "location": "query"}]}
    fields: dict[str, Any] = {
        "id": f"{tenant}-{name}",
        "name": name,
        "input_schema": ARGUMENTS,
        "annotations": ToolAnnotations(read_only_hint=True),
        "kind": "http",
        "config": {"tenant_id": f"id-of-{tenant}", "request": {**request, **changes.pop("request", {})}},
        "timeout_seconds": 10.0,
    }
    return ToolSpec(**{**fields, **changes})


def give_tools(record: Record, *specs: ToolSpec, tenant: str = "acme") -> None:
    """Have the tenant's server offer these beside its own."""
    record.keep_server(server(tenant, tools=(*tools(), *specs)))


@asynccontextmanager
async def reaching(
    record: Record, url: str, api: Api, policy: Policy = IMPATIENT, **more: Any
) -> AsyncIterator[Replica]:
    """A replica whose way out leads to the API."""
    async with replica(record, url, **more) as running:
        runtime = running.runtime
        runtime.executors["http"] = HttpExecutor(Outside(recorder=api.recorder).door(), runtime.secret).bind
        hurry(runtime.resilience.breakers, policy)
        yield running


def hurry(breakers: Breakers, policy: Policy) -> None:
    """Have its pauses be short."""
    breakers._policy = policy


async def error(running: Replica, name: str = "items", **options: Any) -> str:
    """The type of the error that a call has; empty for none."""
    result = await called(running, name, **options)
    return result["_meta"]["io.atrium/error"]["type"] if result.get("isError") else ""


async def called(running: Replica, name: str = "items", **options: Any) -> dict[str, Any]:
    """The result of a call."""
    arguments = options.pop("arguments", {})
    response = await running.call(name, arguments, **options)
    body = response.text
    if response.headers["content-type"].startswith("text/event-stream"):
        body = next(line[5:] for line in reversed(body.splitlines()) if line.startswith("data:") and "result" in line)
    return dict(msgspec.json.decode(body)["result"])
