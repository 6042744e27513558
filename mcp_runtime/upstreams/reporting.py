"""What is noticed of upstreams is told to the platform, without keeping any call waiting."""

import asyncio
import logging
from collections import OrderedDict
from typing import Final

from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.upstreams import UpstreamReports, UpstreamSpec
from mcp_runtime.upstreams.listed import Listing

logger = logging.getLogger(__name__)

MOST: Final = 4_096
AT_ONCE: Final = 16


class Reporting:
    """Tells each list once, until it is another. Where each user has an account of their own, only what differs from
    what was approved is a reason to tell: one of them may see less than another."""

    def __init__(self, reports: UpstreamReports | None) -> None:
        self._reports = reports
        self._told: OrderedDict[tuple[str, str, str], frozenset[tuple[str, str]]] = OrderedDict()
        self._telling: set[asyncio.Task[None]] = set()

    def tell(self, upstream: UpstreamSpec, what: str, listing: Listing, *, is_certain: bool) -> None:
        """The upstream lists this now. `is_certain`: it differs from what was approved."""
        if self._reports is None or len(self._telling) >= AT_ONCE:
            return
        if upstream.auth == "oauth_user" and not is_certain:
            return
        key, now = (upstream.tenant_id, upstream.id, what), frozenset(listing.digests.items())
        if self._told.get(key) == now:
            return
        self._told[key] = now
        self._told.move_to_end(key)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        task = asyncio.ensure_future(self._offered(self._reports, key, listing))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def aclose(self) -> None:
        """What is being told has a moment to arrive."""
        if self._telling:
            await asyncio.wait(self._telling, timeout=1)

    async def _offered(self, reports: UpstreamReports, key: tuple[str, str, str], listing: Listing) -> None:
        tenant_id, upstream_id, what = key
        try:
            await reports.offered(tenant_id, upstream_id, {what: listing.definitions})
        except RecordUnavailable:
            logger.warning("what an upstream offers could not be written down", extra={"upstream": upstream_id})
            self._told.pop(key, None)
