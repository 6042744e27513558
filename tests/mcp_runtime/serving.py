"""Runtime replicas under test: real sockets, real Valkey, the in-memory record behind the ports."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import msgspec
import uvicorn

from mcp_runtime.asgi import RuntimeApplication, build_application
from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.edge.connection import BoundedProtocol
from mcp_runtime.settings import RuntimeSettings
from mcp_runtime.toolkits.registry import ToolkitRegistry
from tests.mcp_runtime.cast import ADA, REGISTRY
from tests.mcp_runtime.record import Record

MODERN: Final = "2026-07-28"
VERSION_META: Final = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_META: Final = "io.modelcontextprotocol/clientCapabilities"
ACME: Final = "/mcp/acme/desk"
GLOBEX: Final = "/mcp/globex/desk"


class Replica:
    """One runtime on a port of its own, and a client for it."""

    def __init__(self, application: RuntimeApplication, base_url: str) -> None:
        self.application, self.runtime = application, application.runtime
        self.http = httpx.AsyncClient(base_url=base_url, timeout=20)

    async def modern(self, method: str, key: str = ADA, path: str = ACME, **options: Any) -> httpx.Response:
        """A well-formed request of 2026-07-28; `params`, `meta`, `headers` and `id` change it."""
        return await self.http.request("POST", path, **modern_request(method, key, **options))

    async def call(self, name: str, arguments: dict[str, Any], key: str = ADA, **options: Any) -> httpx.Response:
        """A tools/call of 2026-07-28."""
        return await self.modern("tools/call", key, params={"name": name, "arguments": arguments}, **options)


def modern_request(method: str, key: str = ADA, **options: Any) -> dict[str, Any]:
    """The arguments of an httpx request for one modern JSON-RPC request."""
    params = dict(options.get("params", {}))
    params["_meta"] = {VERSION_META: MODERN, CAPABILITIES_META: {}, **options.get("meta", {})}
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": MODERN,
        "Mcp-Method": method,
        **_named(params),
        **options.get("headers", {}),
    }
    body = {"jsonrpc": "2.0", "id": options.get("id", 1), "method": method, "params": params}
    return {"headers": {k: v for k, v in headers.items() if v is not None}, "content": msgspec.json.encode(body)}


def _named(params: dict[str, Any]) -> dict[str, str]:
    named = [params[name] for name in ("name", "uri", "taskId") if type(params.get(name)) is str]
    return {"Mcp-Name": named[0]} if named else {}


@asynccontextmanager
async def replica(
    record: Record,
    redis_url: str,
    *,
    protocol: Any = BoundedProtocol,
    keep_alive: int = 75,
    registry: ToolkitRegistry = REGISTRY,
    **settings: Any,
) -> AsyncIterator[Replica]:
    """Start a replica under the protocol that serves it; stop it in an orderly way."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # asyncio spares these the delay of small writes
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        shared = {"redis_url": redis_url, "secrets": ("shared",)}
        chosen = {"public_url": base_url, "allow_loopback": True, **shared, **settings}
        application = _application(record, registry, RuntimeSettings(**chosen))
        started = asyncio.Event()
        config = uvicorn.Config(
            _announcing(application, started),
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            http=protocol,
            timeout_keep_alive=keep_alive,
            timeout_graceful_shutdown=10,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(10):
                await started.wait()
            yield Replica(application, base_url)
        finally:
            server.should_exit = True
            await serving


def _application(record: Record, registry: ToolkitRegistry, settings: RuntimeSettings) -> RuntimeApplication:
    return build_application(
        settings,
        credentials=record,
        snapshots=record,
        audit_log=record,
        jobs=record.jobs,
        executors={"builtin": BuiltinExecutor(registry).bind},
        primitives={"builtin": BuiltinPrimitives(registry)},
    )


def _announcing(application: RuntimeApplication, started: asyncio.Event) -> Any:
    """The application, setting the event once its lifespan has begun."""

    async def announce(scope: Any, receive: Any, send: Any) -> None:
        async def tell(message: Any) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                started.set()

        await application(scope, receive, tell if scope["type"] == "lifespan" else send)

    announce.express = application.express  # type: ignore[attr-defined]
    return announce


def events(text: str) -> list[dict[str, Any]]:
    """The messages of an event stream."""
    data = [line[5:].strip() for line in text.splitlines() if line.startswith("data:")]
    return [msgspec.json.decode(message) for message in data if message]
