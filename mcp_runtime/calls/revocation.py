"""What is revoked stops, running calls included: after every change, each of them is asked again whether it may go on.

A credential that only expired lets its calls end in peace (ARCHITECTURE.md: they outlive expiry, not revocation).
"""

import asyncio
from time import time

from mcp_runtime.calls.caller import Credential
from mcp_runtime.calls.loaded import LoadedServer
from mcp_runtime.calls.running import REVOKED, RunningCall, RunningCalls
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.replica.documents import Documents


class Revocation:
    """Reviews running calls; many changes at once make one review."""

    def __init__(
        self, running: RunningCalls, credentials: Documents[Credential], servers: Documents[LoadedServer]
    ) -> None:
        self._running, self._credentials, self._servers = running, credentials, servers
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def review_soon(self) -> None:
        """Something changed."""
        if not len(self._running):
            return
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.create_task(self._review())

    async def stop(self) -> None:
        """Wait for a review under way."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _review(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            for call in self._running:
                if call.task is None:
                    continue  # not begun: admission looks at the changed permissions by itself
                try:
                    allowed = await self._may_go_on(call)
                except RecordUnavailable:
                    continue  # not known to be revoked; asked again with the next change
                if not allowed:
                    call.end(REVOKED)

    async def _may_go_on(self, call: RunningCall) -> bool:
        credential = await self._credentials.get(call.digest)
        if credential is None:
            return call.expires_at is not None and call.expires_at <= time()
        loaded = await self._servers.get(call.server)
        if loaded is None or not loaded.snapshot.is_serving:
            return False
        slug = loaded.snapshot.slug
        servers = credential.record.servers
        if servers is not None and slug not in servers:
            return False
        return not call.tool or call.tool in loaded.access(credential.record).tools  # a stream is of no tool
