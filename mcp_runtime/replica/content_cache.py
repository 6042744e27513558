"""Contents of what tenants host, in the memory of a replica: bounded in bytes, one read for many who ask.

A snapshot names the digest of a content, so what is kept never has to be forgotten: what has changed has another one.
"""

import asyncio
from collections import OrderedDict
from typing import Final

from mcp_runtime.contract.hosted import HostedContent, HostedContents

MOST_BYTES: Final = 64 * 1024 * 1024

EACH: Final = 512
"""What one takes beside its bytes: nothing is free."""

Key = tuple[str, str, str]
"""Tenant, id and digest."""


class ContentCache:
    """Reads contents through the port."""

    def __init__(self, contents: HostedContents, *, most_bytes: int = MOST_BYTES) -> None:
        self._contents, self._most = contents, most_bytes
        self._kept: OrderedDict[Key, HostedContent] = OrderedDict()
        self._reads: dict[Key, asyncio.Future[HostedContent | None]] = {}
        self.bytes = 0

    async def read(self, tenant_id: str, primitive_id: str, digest: str) -> HostedContent | None:
        """The content of this digest, or a newer one where it has changed since; None where it is gone. Raises
        RecordUnavailable."""
        key = (tenant_id, primitive_id, digest)
        content = self._kept.get(key)
        if content is not None:
            self._kept.move_to_end(key)
            return content
        reading = self._reads.get(key)
        if reading is None:
            reading = self._reads[key] = asyncio.ensure_future(self._contents.content(tenant_id, primitive_id))
            reading.add_done_callback(lambda done: self._keep(key, done))
        # Shielded: one caller that gives up must not take the content away from the others.
        return await asyncio.shield(reading)

    def _keep(self, key: Key, done: "asyncio.Future[HostedContent | None]") -> None:
        del self._reads[key]
        content = None if done.cancelled() or done.exception() is not None else done.result()
        if content is None:
            return
        tenant_id, primitive_id, _ = key
        found = (tenant_id, primitive_id, content.digest)
        if found not in self._kept:
            self.bytes += _size(content)
        self._kept[found] = content
        while self.bytes > self._most:
            _, oldest = self._kept.popitem(last=False)
            self.bytes -= _size(oldest)


def _size(content: HostedContent) -> int:
    return len(content.body) + EACH
