"""Web and runtime in one process on one port, told apart by the path: what the edge does in production."""

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope

from control_plane.asgi import application as web_application
from control_plane.composition import runtime_application
from control_plane.draining import Draining
from control_plane.health.probes import EVERYTHING, probes_apart

RUNTIME_PATHS = ("/mcp/", "/.well-known/oauth-protected-resource/", "/metrics")


class ByPath:
    """Passes each request to one of the two; `/readyz` says yes when both do, and everything behind them."""

    def __init__(self, *, runtime: ASGI3Application, web: ASGI3Application) -> None:
        self._runtime, self._web = runtime, web

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Only the runtime has something to start and to stop."""
        if scope["type"] == "lifespan":
            await self._runtime(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/readyz":
            await self._readiness(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(RUNTIME_PATHS):
            await self._runtime(scope, receive, send)
        else:
            await self._web(scope, receive, send)

    def drain(self) -> None:
        """The runtime is not ready from now on, and so neither is the whole."""
        if isinstance(self._runtime, Draining):
            self._runtime.drain()

    async def _readiness(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        answer: list[ASGISendEvent] = []

        async def keep(event: ASGISendEvent) -> None:
            answer.append(event)

        await self._runtime(scope, receive, keep)
        ready = any(event["type"] == "http.response.start" and event["status"] == 200 for event in answer)
        if ready and all(probe.ok for probe in await probes_apart(EVERYTHING)):
            for event in answer:
                await send(event)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 503,
                "headers": [(b"content-type", b"text/plain")],
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": b"not ready\n", "more_body": False})


application = ByPath(runtime=runtime_application(), web=web_application)
