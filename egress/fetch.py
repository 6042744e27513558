"""Get what a URL leads to that somebody else chose: checked, resolved, classified, connected, verified and counted."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from egress.connecting import Connector, TcpConnector, checked_trust, connect_to_any, open_streams
from egress.errors import EgressFailed
from egress.exchange import Exchange, Fetched, get_request
from egress.resolver import Resolver, SystemResolver, public_addresses
from egress.urls import Policy, check_url

__all__ = ["Fetched", "fetch", "fetch_blocking"]

DEADLINE: Final = 5.0
SYSTEM_RESOLVER: Final = SystemResolver()
TCP_CONNECTOR: Final = TcpConnector()


async def fetch(
    url: str,
    *,
    policy: Policy,
    max_bytes: int,
    deadline: float = DEADLINE,
    headers: Mapping[str, str] | None = None,
    resolver: Resolver = SYSTEM_RESOLVER,
    connector: Connector = TCP_CONNECTOR,
    ssl_context: ssl.SSLContext | None = None,
) -> Fetched:
    """GET the URL. `deadline` is seconds for everything together, `max_bytes` the most that the body may have.

    The address that is connected to is the one that was classified: the name is looked up once. No redirect is
    followed, no proxy used, no cookie sent or kept, no compression accepted. Every status that is no redirect is an
    answer: look at it. Raises EgressRefused and EgressFailed (`egress.errors`), and ValueError for an `ssl_context`
    that does not verify.
    """
    context = checked_trust(ssl_context)
    target = check_url(url, policy)
    request = get_request(target, headers or {})
    try:
        async with asyncio.timeout(deadline):
            addresses = await public_addresses(target.host, resolver, policy.denied_networks)
            connection = await connect_to_any(addresses, target.port, connector)
            reader, writer = await open_streams(target, connection, context)
            try:
                return await Exchange(reader, writer, max_bytes).run(request)
            finally:
                await _close(writer)
    except TimeoutError as error:
        raise EgressFailed("deadline_passed") from error


async def _close(writer: asyncio.StreamWriter) -> None:
    """At once, without the farewell of TLS: the other side could let us wait for its part of that."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


def fetch_blocking(
    url: str,
    *,
    policy: Policy,
    max_bytes: int,
    deadline: float = DEADLINE,
    headers: Mapping[str, str] | None = None,
    resolver: Resolver = SYSTEM_RESOLVER,
    connector: Connector = TCP_CONNECTOR,
    ssl_context: ssl.SSLContext | None = None,
) -> Fetched:
    """`fetch` for a thread without an event loop, as Django's are. Raises RuntimeError where a loop is running."""
    return asyncio.run(
        fetch(
            url,
            policy=policy,
            max_bytes=max_bytes,
            deadline=deadline,
            headers=headers,
            resolver=resolver,
            connector=connector,
            ssl_context=ssl_context,
        )
    )
