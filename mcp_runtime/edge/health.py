"""Liveness, readiness and metrics of one replica. The public answers have no details."""

import hmac
from ipaddress import ip_address

from mcp_runtime.edge.address import client_address
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire.exchange import Exchange

TEXT = (b"content-type", b"text/plain; charset=utf-8")
EXPOSITION = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
READY_AGE_SECONDS = 10.0


async def live(runtime: Runtime, exchange: Exchange) -> None:
    """200 while the event loop turns."""
    await exchange.answer(200, b"ok\n", (TEXT,))


async def ready(runtime: Runtime, exchange: Exchange) -> None:
    """200 while requests can be served; 503 while draining, and until changes have been heard."""
    if is_ready(runtime):
        await exchange.answer(200, b"ok\n", (TEXT,))
    else:
        await exchange.answer(503, b"not ready\n", (TEXT,))


def is_ready(runtime: Runtime) -> bool:
    """Whether this replica should get requests."""
    return not runtime.draining and runtime.changes.age < READY_AGE_SECONDS


async def metrics(runtime: Runtime, exchange: Exchange) -> None:
    """The Prometheus exposition: with the metrics token, or from loopback. 404 for everybody else."""
    if may_see_details(runtime, exchange):
        await exchange.answer(200, runtime.metrics.render(), (EXPOSITION,))
    else:
        await exchange.answer(404, b"not found\n", (TEXT,))


def may_see_details(runtime: Runtime, exchange: Exchange) -> bool:
    """With the token; without one set, from loopback, unless the request came through a proxy."""
    token = runtime.settings.metrics_token
    if token:
        return hmac.compare_digest(exchange.headers.get(b"authorization", b""), b"Bearer " + token.encode())
    forwarded = exchange.headers.get(b"x-forwarded-for")
    address = client_address(exchange.scope.get("client"), forwarded, runtime.settings.trusted_proxies)
    try:
        return ip_address(address).is_loopback and (forwarded is None or bool(runtime.settings.trusted_proxies))
    except ValueError:
        return False
