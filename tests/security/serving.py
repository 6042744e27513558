"""The runtime of this installation, on its real ports and a real store, asked from tests that are not asynchronous."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from django.conf import settings

from control_plane.composition import runtime_application
from tests.mcp_runtime.serving import CAPABILITIES_META, modern_request
from tests.security.primitives import PRIMITIVES

ACCEPT: Final = "application/json, text/event-stream"


class Served:
    """A runtime in a thread of its own."""

    def __init__(self, portal: BlockingPortal, client: httpx.AsyncClient) -> None:
        self._portal, self._client = portal, client

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request of HTTP."""
        return self._portal.call(lambda: self._client.request(method, path, **options))

    def modern(
        self, path: str, key: str | None, method: str, extensions: dict[str, Any] | None = None, /, **params: Any
    ) -> httpx.Response:
        """A request of 2026-07-28; without a key where that is None."""
        meta = {CAPABILITIES_META: {"extensions": extensions or {}}}
        request = modern_request(method, key or "", params=params, meta=meta)
        if key is None:
            del request["headers"]["Authorization"]
        return self.ask("POST", path, **request)

    def legacy(
        self, path: str, key: str | None, method: str, session: str | None = None, **params: Any
    ) -> httpx.Response:
        """A request or a notification of 2025-11-25, or the DELETE that ends a session."""
        headers = {"Accept": ACCEPT, "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {key}"} if key is not None else {}
        headers |= {"Mcp-Session-Id": session} if session is not None else {}
        if method == "DELETE":
            return self.ask("DELETE", path, headers=headers)
        body = {"jsonrpc": "2.0", "method": method, "params": params}
        body |= {} if method.startswith("notifications/") else {"id": 1}
        return self.ask("POST", path, headers=headers, content=msgspec.json.encode(body))

    def begin(self, path: str, key: str) -> str:
        """A session; its id."""
        return str(self.legacy(path, key, "initialize", **INITIALIZE).headers["mcp-session-id"])


INITIALIZE: Final = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "probe", "version": "1"},
}


@contextmanager
def served_runtime() -> Iterator[Served]:
    """Start one on REDIS_URL and the database of this test, and stop it in an orderly way."""
    with start_blocking_portal("asyncio") as portal:
        application = runtime_application()
        application.runtime.primitives["builtin"] = PRIMITIVES
        client = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=settings.PUBLIC_URL)
        portal.call(application.runtime.start)
        try:
            yield Served(portal, client)
        finally:
            portal.call(client.aclose)
            portal.call(application.runtime.stop)
