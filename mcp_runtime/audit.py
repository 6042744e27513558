"""The audit trail of a replica: events are buffered and flushed to a Redis stream every 100 ms, in batches.

A SIGKILL loses at most what came within two flushes (200 ms). While Redis is away batches go straight into the
database; while both are away they wait in a bounded buffer, and `is_full` tells admission to refuse before one is lost.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final
from uuid import uuid4

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import AuditEvent, encode_events
from mcp_runtime.contract.ports import AuditLog, RecordUnavailable
from mcp_runtime.redaction import redact_text, redacted_json
from mcp_runtime.replica.redis_link import STORE_DOWN

logger = logging.getLogger(__name__)

BATCH: Final = 500


class CallRecord:
    """What a call leaves behind until it is flushed: the event's fields, and what the client sent, not yet redacted."""

    __slots__ = ("arguments", "client_info", "fields", "request_id", "sensitive", "user_agent")

    def __init__(
        self,
        fields: dict[str, Any],
        arguments: Any,
        sensitive: frozenset[str],
        request_id: str | int,
        user_agent: bytes,
        client_info: Any,
    ) -> None:
        self.fields, self.arguments, self.sensitive = fields, arguments, sensitive
        self.request_id, self.user_agent, self.client_info = request_id, user_agent, client_info

    def event(self) -> AuditEvent:
        """The event as it is kept: redacted, bounded."""
        return AuditEvent(
            arguments=redacted_json(self.arguments, self.sensitive),
            request_id=shorten(str(self.request_id)),
            user_agent=_readable(self.user_agent),
            client_name=_client_name(self.client_info),
            **self.fields,
        )


class AuditTrail:
    """Collects, flushes, counts. `events_total` counts outcomes appended since the process started."""

    def __init__(self, *, redis: Any, log: AuditLog, interval: float, capacity: int) -> None:
        self._redis, self._log, self._interval, self._capacity = redis, log, interval, capacity
        self._waiting: list[CallRecord] = []
        self._task: asyncio.Task[None] | None = None
        self._flushing = asyncio.Lock()
        self._prefix = uuid4().hex[:16]
        self._numbers = count(1)
        self.events_total = 0
        self.flush_failures = 0

    @property
    def is_full(self) -> bool:
        """True while neither Redis nor the database takes events: the next call would go unaudited."""
        return len(self._waiting) >= self._capacity

    @property
    def backlog(self) -> int:
        """Events not yet flushed."""
        return len(self._waiting)

    def next_id(self) -> str:
        """A call id, unique across replicas and restarts."""
        return f"{self._prefix}-{next(self._numbers):x}"

    def append(self, record: CallRecord) -> None:
        """Take an outcome; it is flushed within the interval."""
        self.events_total += 1
        self._waiting.append(record)

    async def commit(self, record: CallRecord) -> None:
        """Write one event to the database and wait until it is committed. Raises RecordUnavailable."""
        await self._log.commit([record.event()])

    def count_committed(self) -> None:
        """Count an outcome that was committed directly."""
        self.events_total += 1

    async def start(self) -> None:
        """Begin to flush."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Flush a last time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            if self._waiting:
                # Shielded: a flush cut off half-way would send its batch twice.
                await asyncio.shield(self.flush())

    async def flush(self) -> None:
        """Send everything that waits, in batches; what can't be sent waits on, in order."""
        async with self._flushing:
            while self._waiting:
                batch = self._waiting[:BATCH]
                if not await self._send([record.event() for record in batch]):
                    self.flush_failures += 1
                    return
                del self._waiting[: len(batch)]

    async def _send(self, events: Sequence[AuditEvent]) -> bool:
        try:
            await self._redis.xadd(keys.AUDIT, {"events": encode_events(list(events))})
        except STORE_DOWN:
            return await self._send_to_database(events)
        return True

    async def _send_to_database(self, events: Sequence[AuditEvent]) -> bool:
        try:
            await self._log.commit(events)
        except RecordUnavailable:
            logger.warning("audit events can't be written", extra={"waiting": len(self._waiting)})
            return False
        return True


@lru_cache(maxsize=4096)
def _readable(value: bytes) -> str:
    return shorten(value.decode("latin-1"))


def _client_name(info: Any) -> str:
    """Name and version as the client gives them; nothing rests on them."""
    if not isinstance(info, dict):
        return ""
    return shorten(f"{info.get('name', '')}/{info.get('version', '')}")


@lru_cache(maxsize=4096)
def shorten(text: str, length: int = 200) -> str:
    """Text from a client, fit to be kept: redacted, without control characters, bounded."""
    return redact_text("".join(character for character in text[:length] if character.isprintable()))
