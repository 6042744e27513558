"""Telling whoever looks at a page that something of their tenant changed.

Only a name goes out, never data: a page asks for what it shows. Nothing rests on it being heard.
"""

import logging
import os
from collections.abc import Collection
from functools import cache
from threading import Event, Lock, Thread
from time import sleep
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction

from mcp_runtime.contract import keys
from mcp_runtime.contract.open_sessions import LIVE_NAME
from tenants.publishing.store import STORE_DOWN, store

logger = logging.getLogger(__name__)

CALLS: Final = "calls"
CONNECTIONS: Final = "connections"
JOBS: Final = "jobs"
SESSIONS: Final = LIVE_NAME
TOGETHER_SECONDS: Final = 0.03
"""What changes within so long is said together."""

NAMES: Final = (CALLS, CONNECTIONS, JOBS, SESSIONS)
"""What may change while somebody looks: calls that were recorded; clients that arrived, were let in or shut out; jobs
that came, moved on or ended; sessions and streams that were opened or ended."""


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
    transaction.on_commit(lambda: _announcer(os.getpid()).say(name, str(tenant_id)))


class Announcer:
    """Says what changed on a thread of its own, once for many changes that come together."""

    def __init__(self) -> None:
        self._changed: dict[str, set[str]] = {}
        self._changing, self._wake = Lock(), Event()
        self._is_running = False

    def say(self, name: str, tenant: str) -> None:
        """Soon. From any thread."""
        with self._changing:
            self._changed.setdefault(name, set()).add(tenant)
            if not self._is_running:
                Thread(target=self._run, name="announcer", daemon=True).start()
                self._is_running = True
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            sleep(TOGETHER_SECONDS)
            self._wake.clear()
            with self._changing:
                changed, self._changed = self._changed, {}
            for name, tenants in changed.items():
                live_announce(name=name, tenants=tenants)


@cache
def _announcer(process: int) -> Announcer:
    """Of this very process: a forked one has none of its parent's threads."""
    return Announcer()
