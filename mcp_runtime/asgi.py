"""The runtime as an ASGI application: dispatch by path, and the lifespan."""

from mcp_runtime.calls.offered import Primitives
from mcp_runtime.contract.ports import AuditLog, CredentialSource, JobRecord, SecretVault, SnapshotSource
from mcp_runtime.edge import health
from mcp_runtime.edge.endpoint import Endpoint
from mcp_runtime.edge.resource_metadata import ResourceMetadata
from mcp_runtime.protected_resource import PREFIX
from mcp_runtime.runtime import Executors, Runtime
from mcp_runtime.settings import RuntimeSettings
from mcp_runtime.wire.exchange import Exchange, Receive, Scope, Send

OWN_PREFIXES = ("/mcp/", f"{PREFIX}/")
"""Paths that belong to the runtime where it shares a port with the web application."""


class RuntimeApplication:
    """The ASGI application of one replica."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._endpoint, self._metadata = Endpoint(runtime), ResourceMetadata(runtime)
        self.express = self._endpoint.express
        self._health = {"/livez": health.live, "/readyz": health.ready, "/metrics": health.metrics}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of any kind."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.startswith("/mcp/"):
                await self._endpoint(scope, receive, send)
            else:
                await self._serve_other(Exchange(scope, receive, send))
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    def drain(self) -> None:
        """Not ready from now on; requests in flight, and those that still come, are answered."""
        self.runtime.drain()

    async def _serve_other(self, exchange: Exchange) -> None:
        if exchange.path.startswith(OWN_PREFIXES[1]):
            await self._metadata.answer(exchange)
        elif (check := self._health.get(exchange.path)) is not None:
            await check(self.runtime, exchange)
        else:
            await exchange.answer(404, b"not found\n", (health.TEXT,))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.runtime.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.runtime.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def build_application(
    settings: RuntimeSettings,
    *,
    credentials: CredentialSource,
    snapshots: SnapshotSource,
    audit_log: AuditLog,
    jobs: JobRecord,
    executors: Executors,
    primitives: dict[str, Primitives],
    vault: SecretVault | None = None,
) -> RuntimeApplication:
    """Put a replica together from its settings and what implements the ports."""
    return RuntimeApplication(
        Runtime(
            settings,
            credentials=credentials,
            snapshots=snapshots,
            audit_log=audit_log,
            jobs=jobs,
            executors=executors,
            primitives=primitives,
            vault=vault,
        )
    )
