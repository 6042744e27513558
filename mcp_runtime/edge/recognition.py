"""Recognising a caller: a client that was here a moment ago is not examined from the start again.

`edge.endpoint` examines the first request of a credential at a server, and keeps what it found as a `Caller`. That
stays true as long as the same credential record meets the same snapshot. Here only what may differ between two requests
of one client is looked at. Whatever is out of the ordinary is not recognised: it is examined, and only there refused.
"""

from time import time
from typing import Final

from mcp_runtime.calls.caller import Caller
from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from mcp_runtime.edge.address import client_address
from mcp_runtime.edge.origin import HostPolicy
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire.exchange import Exchange

_PREFIX: Final = len("/mcp/")


def recognize(runtime: Runtime, hosts: HostPolicy, exchange: Exchange) -> Caller | None:
    """The caller of an ordinary request, as examined before; None for everything else."""
    if not _is_ordinary(exchange, hosts) or not runtime.changes.are_heard:
        return None
    header = exchange.headers.get(b"authorization", b"")
    if header[:7] != b"Bearer ":
        return None
    credential = runtime.credentials.cached(token_digest(header[7:]).hex())
    if credential is None:
        return None
    name = exchange.path[_PREFIX:]
    caller = credential.callers.get(name)
    if caller is None or caller.loaded is not runtime.servers.cached(name) or _may_have_changed(caller.record):
        return None
    exchange.tenant, exchange.server = name.split("/")
    exchange.address = client_address(
        exchange.scope, exchange.headers.get(b"x-forwarded-for"), runtime.settings.trusted_proxies
    )
    return caller


def _is_ordinary(exchange: Exchange, hosts: HostPolicy) -> bool:
    """A POST to a known host, from no browser, without a header that is there twice or an escape in its path."""
    scope, headers = exchange.scope, exchange.headers
    return (
        scope["method"] == "POST"
        and len(headers) == len(scope["headers"])
        and b"origin" not in headers
        and hosts.is_known(headers.get(b"host"))
        and b"%" not in scope.get("raw_path", b"")
    )


def _may_have_changed(record: CredentialRecord) -> bool:
    """Whether time or place may make a good credential a bad one."""
    return bool(record.address_ranges) or (record.expires_at is not None and record.expires_at <= time())
