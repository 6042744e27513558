"""From the stream of audit batches into the database. A batch leaves the stream after its rows are committed, so it may
be written twice, which changes nothing, and is never lost."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec
import redis

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import AuditEvent, decode_events
from tenants.publishing.live import CALLS, CONNECTIONS, live_announce
from tenants.publishing.store import store
from tenants.selectors.calls import CALL
from tenants.services.calls import calls_record

logger = logging.getLogger(__name__)

GROUP: Final = "database"
CONSUMER: Final = "drain"
LOCK: Final = keys.AUDIT + ":drain"
LOCK_SECONDS: Final = 30.0
"""Two drains at once would do the same work twice. One that died is succeeded after so long."""

ENTRIES: Final = 50
EVENTS: Final = 1_000
"""How many events one transaction writes: a quarter of a second's work, for SQLite has one writer at a time."""
_PENDING: Final = "0"
_NEW: Final = ">"


def audit_drain() -> int:
    """Write what the stream has; returns how many events were read, 0 also while another drain is at it.

    Raises STORE_DOWN, and what the database raises.
    """
    client = store()
    lock = client.lock(LOCK, timeout=LOCK_SECONDS, blocking=False)
    if not lock.acquire():
        return 0
    try:
        _make_group(client)
        # What a drain that died left behind comes first. All drains are one consumer, so none has to inherit anything.
        return sum(_drain(client, lock, position) for position in (_PENDING, _NEW))
    finally:
        # Where the lock ran out, or went with the whole store, there is nothing to give back.
        with suppress(redis.exceptions.LockError):
            lock.release()


def _make_group(client: Any) -> None:
    try:
        client.xgroup_create(keys.AUDIT, GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def _drain(client: Any, lock: Any, position: str) -> int:
    done = 0
    while entries := _read(client, position):
        lock.reacquire()
        events = [event for entry_id, fields in entries for event in _decode(entry_id, fields)]
        for start in range(0, len(events), EVENTS):
            batch = events[start : start + EVENTS]
            calls_record(events=batch)
            _announce(batch)
        entry_ids = [entry_id for entry_id, _ in entries]
        client.xack(keys.AUDIT, GROUP, *entry_ids)
        client.xdel(keys.AUDIT, *entry_ids)
        done += len(events)
    return done


def _announce(events: Sequence[AuditEvent]) -> None:
    """Whoever looks at a page sees them now."""
    live_announce(name=CALLS, tenants={event.tenant_id for event in events if event.method == CALL})
    live_announce(name=CONNECTIONS, tenants={event.tenant_id for event in events if event.method != CALL})


def _read(client: Any, position: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    answer = client.xreadgroup(GROUP, CONSUMER, {keys.AUDIT: position}, count=ENTRIES)
    streams = answer.values() if isinstance(answer, dict) else [entries for _, entries in answer or ()]
    return [entry for entries in streams for entry in entries]


def _decode(entry_id: bytes, fields: dict[bytes, bytes] | None) -> list[AuditEvent]:
    try:
        return decode_events((fields or {}).get(b"events", b""))
    except msgspec.DecodeError:
        logger.exception("an audit batch can't be read and is dropped", extra={"entry": entry_id.decode()})
        return []
