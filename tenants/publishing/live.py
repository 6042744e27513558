"""Telling whoever looks at a page that something of their tenant changed.

Only a name goes out, never data: a page asks for what it shows. Nothing rests on it being heard.
"""

import logging
import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction

from mcp_runtime.contract import keys
from tenants.publishing.store import STORE_DOWN, store

logger = logging.getLogger(__name__)

CALLS: Final = "calls"
CONNECTIONS: Final = "connections"
JOBS: Final = "jobs"
NAMES: Final = (CALLS, CONNECTIONS, JOBS)
"""What may change while somebody looks: calls that were recorded; clients that arrived, were let in or shut out; jobs
that came, moved on or ended."""


def live_announce(*, name: str, tenants: Collection[str]) -> None:
    """Say it now for these tenants (ids). Where the store is away, pages find out by asking."""
    if not tenants:
        return
    try:
        store().publish(keys.LIVE, msgspec.json.encode({"name": name, "tenants": sorted(tenants)}))
    except STORE_DOWN as error:
        logger.info("pages are not told", extra={"error": type(error).__name__})


def live_changed(*, tenant_id: UUID, name: str) -> None:
    """Say it once the transaction of a service is committed. Nobody waits until it is said."""
    transaction.on_commit(lambda: _announcer(os.getpid()).submit(live_announce, name=name, tenants=[str(tenant_id)]))


@cache
def _announcer(process: int) -> ThreadPoolExecutor:
    """Of this very process: a forked one has none of its parent's threads."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="announcer")
