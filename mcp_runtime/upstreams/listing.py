"""Reading lists of an upstream over a connection."""

from typing import Any

from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.upstreams.connection import Connection
from mcp_runtime.upstreams.credentials import Credentials
from mcp_runtime.upstreams.errors import RpcError
from mcp_runtime.upstreams.listed import KINDS, MOST_PAGES, Budget, Listing, decode_page, fresh_seconds


async def read_list(
    connection: Connection, credentials: Credentials, what: str, budget: Budget | None = None
) -> Listing:
    """The whole list; empty where the upstream says that it has none of the kind. Raises UpstreamUnreachable,
    SessionLost, Unauthorized."""
    kind, budget = KINDS[what], budget or Budget()
    if kind.capability not in connection.agreed.capabilities:
        return Listing(kind, (), fresh_seconds(None))
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    ttl_ms: float | None = None
    for _ in range(MOST_PAGES):
        params = {} if cursor is None else {"cursor": cursor}
        try:
            page = decode_page(await connection.request(kind.method, params, credentials))
        except RpcError as error:
            said = f"The upstream refused {kind.method}: {error.message[:300]}"
            raise UpstreamUnreachable("protocol", said) from error
        found += budget.take(kind, page.items(kind), len(found))
        ttl_ms = page.ttl_ms if ttl_ms is None or page.ttl_ms is None else min(ttl_ms, page.ttl_ms)
        if not page.next_cursor or page.next_cursor == cursor:
            return Listing(kind, tuple(found), fresh_seconds(ttl_ms))
        cursor = page.next_cursor
    raise UpstreamUnreachable("too_large", f"The upstream lists more than {MOST_PAGES} pages.")


async def current(connection: Connection, credentials: Credentials, what: str) -> tuple[Listing, bool]:
    """The list as it may be believed now, and whether it has just been read; one reading for many callers. Raises as
    `read_list` does."""
    listings = connection.listings
    if (kept := listings.fresh(what)) is not None:
        return kept, False
    async with listings.locks[what]:
        if (kept := listings.fresh(what)) is not None:
            return kept, False
        listing = await read_list(connection, credentials, what)
        listings.keep(what, listing)
        return listing, True
