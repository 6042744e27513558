"""Web and runtime in one process on one port, told apart by the path: what the edge does in production."""

from collections.abc import Awaitable, Callable

from control_plane.asgi import application as web_application
from control_plane.composition import runtime_application
from control_plane.draining import Draining
from control_plane.health.probes import EVERYTHING, probes_apart
from mcp_runtime.asgi import OWN_PREFIXES
from mcp_runtime.wire.exchange import Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class ByPath:
    """Passes each request to one of the two; `/readyz` says yes when both do, and everything behind them."""

    def __init__(self, *, runtime: Application, web: Application) -> None:
        self._runtime, self._web = runtime, web
        self.express = getattr(runtime, "express", None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only the runtime has something to start and to stop. Its metrics are what an operator looks for."""
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or path.startswith(OWN_PREFIXES) or path == "/metrics":
            await self._runtime(scope, receive, send)
        elif path == "/readyz":
            await self._readiness(scope, receive, send)
        else:
            await self._web(scope, receive, send)

    def drain(self) -> None:
        """The runtime is not ready from now on, and so neither is the whole. Open-ended streams end."""
        for application in (self._runtime, self._web):
            if isinstance(application, Draining):
                application.drain()

    async def _readiness(self, scope: Scope, receive: Receive, send: Send) -> None:
        everything = await probes_apart(EVERYTHING)
        if all(probe.ok for probe in everything):
            await self._runtime(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 503, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"not ready\n"})


application = ByPath(runtime=runtime_application(), web=web_application)
