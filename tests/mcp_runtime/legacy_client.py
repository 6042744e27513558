"""The least that a client of the legacy era does, over httpx."""

from typing import Any

import httpx
import msgspec

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.serving import ACME, Replica

ACCEPT = "application/json, text/event-stream"


def legacy_headers(key: str = ADA, session: str | None = None, **more: str) -> dict[str, str]:
    """Headers of a legacy request; none for the protocol version, which clients of 2025-03-26 do not send."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept": ACCEPT}
    return {**headers, **({"Mcp-Session-Id": session} if session else {}), **more}


async def post(
    replica: Replica, body: Any, key: str = ADA, session: str | None = None, path: str = ACME, **more: str
) -> httpx.Response:
    """One POST of any body."""
    headers = legacy_headers(key, session, **more)
    return await replica.http.post(path, content=msgspec.json.encode(body), headers=headers)


def request(method: str, number: int | str = 1, **params: Any) -> dict[str, Any]:
    """A JSON-RPC request."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def initialize_request(version: str = "2025-11-25") -> dict[str, Any]:
    """An initialize request for this version."""
    return request(
        "initialize", protocolVersion=version, capabilities={}, clientInfo={"name": "old client", "version": "1"}
    )


async def initialize(replica: Replica, key: str = ADA, version: str = "2025-11-25", path: str = ACME) -> str:
    """Begin a session; its id."""
    response = await post(replica, initialize_request(version), key, path=path)
    assert response.status_code == 200, response.text
    session = response.headers["mcp-session-id"]
    assert (
        await post(replica, {"jsonrpc": "2.0", "method": "notifications/initialized"}, key, session, path)
    ).status_code == 202
    return str(session)
