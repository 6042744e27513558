"""What a stream that only listens costs a runtime: so many are opened, and nothing is said on them."""

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

STREAMS: Final = 500
PER_TENANT: Final = 20
"""As many as one principal may have open."""

REVISION: Final = "2026-07-28"


@contextmanager
def listening(port: int, tenants: Sequence[str]) -> Iterator[None]:
    """One stream of 2026-07-28 for each of these tenants, each acknowledged by the server; closed at the end."""
    with ExitStack() as stack:
        for tenant in tenants:
            stack.callback(_listen(port, tenant).close)
        yield


def stream_kilobytes(port: int, slugs: Sequence[str], resident_megabytes: Callable[[], float]) -> float:
    """Memory of each of `STREAMS` streams, in kB of 10^3 bytes. The first few warm up: what one stream needs once is
    not the price of all."""
    tenants = [slug for slug in slugs for _ in range(PER_TENANT)]
    with listening(port, tenants[:PER_TENANT]):
        before = resident_megabytes()
        with listening(port, tenants[PER_TENANT : PER_TENANT + STREAMS]):
            return max(0.0, resident_megabytes() - before) * 1000 / STREAMS


def _listen(port: int, tenant: str) -> http.client.HTTPConnection:
    meta = {
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    }
    parameters = {"_meta": meta, "notifications": {"toolsListChanged": True}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": parameters})
    headers = {
        "Authorization": f"Bearer {tenant}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": REVISION,
        "Mcp-Method": "subscriptions/listen",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", f"/mcp/{tenant}/desk", body, headers)
    response = connection.getresponse()
    line = response.readline()
    while response.status == 200 and line and not line.startswith(b"data:"):
        line = response.readline()
    if b"subscriptions/acknowledged" not in line:
        raise ValueError(f"subscriptions/listen answered {response.status}: {line!r}")
    return connection
