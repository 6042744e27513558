"""The audit trail of a replica: events are buffered and flushed to a Redis stream every 25 ms, in batches.

A SIGKILL loses at most what came within two flushes (200 ms). While Redis is away batches go straight into the
database; while both are away they wait in a bounded buffer, and `is_full` tells admission to refuse before one is lost.
"""

import asyncio
import logging
from functools import lru_cache
from itertools import count
from typing import Any, Final, Protocol
from uuid import uuid4

from msgspec import Raw

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import CALLS, AuditEvent, decode_events, encode_events
from mcp_runtime.contract.ports import AuditLog, RecordUnavailable
from mcp_runtime.ending import end_all
from mcp_runtime.redaction import redact_text
from mcp_runtime.replica.redis_link import STORE_DOWN

logger = logging.getLogger(__name__)

_CALLS: Final = CALLS.encode()

BATCH: Final = 250
"""Events that are encoded and sent at once: few enough that nobody notices the pause, many enough to be cheap."""

SHOWN: Final = 200
"""What is kept of a text that a client gives itself, in characters. Cut before it is cached: such texts may be long."""


class Encodable(Protocol):
    """An event that is encoded later, redacted, in two parts."""

    def encoded(self) -> tuple[bytes, bytes]:
        """What it shares with other events, as the beginning of a JSON object; and the object of its own fields."""


class AuditTrail:
    """Collects, flushes, counts. `events_total` counts outcomes of calls appended since the process started."""

    def __init__(self, *, redis: Any, log: AuditLog, interval: float, capacity: int) -> None:
        self._redis, self._log, self._interval, self._capacity = redis, log, interval, capacity
        self._waiting: list[AuditEvent | Encodable] = []
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

    def append(self, event: AuditEvent) -> None:
        """Take an outcome; it is flushed within the interval."""
        self.events_total += 1
        self._waiting.append(event)

    def append_later(self, event: Encodable) -> None:
        """Take an outcome that is encoded when it is flushed."""
        self.events_total += 1
        self._waiting.append(event)

    def note(self, event: AuditEvent) -> None:
        """Take what is no call: it is flushed like one, but not counted, and left out while `is_full`."""
        if not self.is_full:
            self._waiting.append(event)

    async def commit(self, event: AuditEvent) -> None:
        """Write one event to the database and wait until it is committed. Raises RecordUnavailable."""
        await self._log.commit([event])

    def count_committed(self) -> None:
        """Count an outcome that was committed directly."""
        self.events_total += 1

    async def start(self) -> None:
        """Begin to flush."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Flush a last time."""
        if self._task is not None:
            await end_all([self._task])
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
            # What comes while this is sent waits for the next time: under load there is always something new.
            left = len(self._waiting)
            while left:
                batch = self._waiting[: min(left, BATCH)]
                if not await self._send(batch):
                    self.flush_failures += 1
                    return
                del self._waiting[: len(batch)]
                left -= len(batch)

    async def _send(self, events: list[AuditEvent | Encodable]) -> bool:
        encoded = encode_events(_grouped(events))
        try:
            await self._redis.xadd(keys.AUDIT, {"events": encoded})
        except STORE_DOWN:
            return await self._send_to_database(decode_events(encoded))
        return True

    async def _send_to_database(self, events: list[AuditEvent]) -> bool:
        try:
            await self._log.commit(events)
        except RecordUnavailable:
            logger.warning("audit events can't be written", extra={"waiting": len(self._waiting)})
            return False
        return True


def _grouped(events: list[AuditEvent | Encodable]) -> list[AuditEvent | Raw]:
    """The batch, with what many events share said once."""
    batch: list[AuditEvent | Raw] = []
    groups: dict[bytes, list[bytes]] = {}
    for event in events:
        if isinstance(event, AuditEvent):
            batch.append(event)
        else:
            shared, own = event.encoded()
            groups.setdefault(shared, []).append(own)
    batch.extend(Raw(b'%b,"%b":[%b]}' % (shared, _CALLS, b",".join(each))) for shared, each in groups.items())
    return batch


def shown_id(request_id: str | int) -> str:
    """A request's id as it is kept."""
    return str(request_id) if isinstance(request_id, int) else shorten(request_id)


def shown_user_agent(value: bytes) -> str:
    """A User-Agent header as it is kept."""
    return _readable(value[:SHOWN]) if value else ""


def shown_client(info: Any) -> str:
    """Name and version of a client as it gives them; nothing rests on them."""
    if not isinstance(info, dict):
        return ""
    name, version = info.get("name"), info.get("version")
    return _joined(name[:SHOWN] if type(name) is str else "", version[:SHOWN] if type(version) is str else "")


@lru_cache(maxsize=4096)
def _readable(value: bytes) -> str:
    return shorten(value.decode("latin-1"))


@lru_cache(maxsize=4096)
def _joined(name: str, version: str) -> str:
    return shorten(f"{name}/{version}")


def shorten(text: str) -> str:
    """Text from a client, fit to be kept: redacted, without control characters, bounded."""
    text = text[:SHOWN]
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    return redact_text(text)
