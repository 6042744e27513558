"""Writing down calls."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, Q

from mcp_runtime.contract.audit import AuditEvent
from tenants.models import AccessToken, ApiKey, Call, Connection
from tenants.selectors.credentials import KIND_ACCESS_TOKEN, KIND_API_KEY
from tenants.selectors.housekeeping import audit_scope

logger = logging.getLogger(__name__)

INTENT: Final = "intent"
USE_RESOLUTION: Final = timedelta(minutes=1)
"""How exact the time of last use of a key or connection is kept: a busy one's row is not written with every batch."""

MOST_PARAMETERS: Final = 500

_COMPLETED: Final = ("phase", "outcome", "reason", "duration_ms", "tool", "arguments")
_LENGTHS: Final = {
    field.name: field.max_length
    for field in Call._meta.get_fields()
    if isinstance(field, CharField) and field.max_length
}


def calls_record(*, events: Sequence[AuditEvent]) -> int:
    """Write a batch; returns how many rows are new. One transaction.

    An event that was written before is left as it is, and an intent is completed by its outcome, in whichever order and
    however often they come.
    """
    rows = {(row.tenant_id, row.event_id): row for row in _rows(events)}
    if not rows:
        return 0
    with audit_scope():
        known = _known(rows)
        Call.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=200)
        _complete(rows, known)
        _touch_credentials(rows.values())
    return len(rows) - len(known)


def _rows(events: Sequence[AuditEvent]) -> Iterable[Call]:
    """Outcomes last, so that within a batch they replace their intents."""
    for event in sorted(events, key=lambda event: event.phase != INTENT):
        try:
            yield call_row(event)
        except (ValueError, OverflowError):
            logger.exception("an audit event is malformed and is left out", extra={"event": event.id})


def call_row(event: AuditEvent) -> Call:
    """The row that keeps an event, not yet saved. Raises ValueError or OverflowError where the event is malformed."""
    return Call(**call_values(event))


def call_values(event: AuditEvent) -> dict[str, Any]:
    """What that row says, by the names of its attributes. Raises ValueError or OverflowError."""
    texts = {name: _text(name, getattr(event, name, None)) for name in _LENGTHS if name not in ("event_id", "id")}
    return {
        **texts,
        "tenant_id": UUID(event.tenant_id),
        "event_id": event.id[:64],
        "time": datetime.fromtimestamp(event.time, tz=UTC),
        "server_id": UUID(event.server_id),
        "duration_ms": event.duration_ms,
        "user_id": None if event.user is None else UUID(event.user),
        "arguments": (event.arguments or "").replace("\x00", ""),
    }


def _text(name: str, value: str | None) -> str:
    # PostgreSQL has no NUL in text, and clients may send anything as their name.
    return (value or "").replace("\x00", "")[: _LENGTHS[name]]


def _known(rows: dict[tuple[UUID, str], Call]) -> dict[tuple[UUID, str], Call]:
    ids, tenants = [event_id for _, event_id in rows], {tenant_id for tenant_id, _ in rows}
    # In parts, because a database takes only so many parameters at once.
    parts = (ids[start : start + MOST_PARAMETERS] for start in range(0, len(ids), MOST_PARAMETERS))
    found = (row for part in parts for row in Call.objects.filter(event_id__in=part, tenant_id__in=tenants))
    return {(row.tenant_id, row.event_id): row for row in found if (row.tenant_id, row.event_id) in rows}


def _complete(rows: dict[tuple[UUID, str], Call], known: dict[tuple[UUID, str], Call]) -> None:
    completed = []
    for name, row in known.items():
        if row.phase == INTENT and rows[name].phase != INTENT:
            for field in _COMPLETED:
                setattr(row, field, getattr(rows[name], field))
            completed.append(row)
    Call.objects.bulk_update(completed, _COMPLETED, batch_size=100)


def _touch_credentials(rows: Iterable[Call]) -> None:
    """Note the use of keys, and of the connections whose tokens were used: a few queries a batch, however many."""
    for kind, used_at, ids in _used(rows):
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=used_at - USE_RESOLUTION)
        if kind == KIND_API_KEY:
            ApiKey.objects.filter(stale, pk__in=ids).update(last_used_at=used_at)
        elif kind == KIND_ACCESS_TOKEN:
            tokens = AccessToken.objects.filter(pk__in=ids)
            Connection.objects.filter(stale, pk__in=tokens.values("connection_id")).update(last_used_at=used_at)


def _used(rows: Iterable[Call]) -> Iterator[tuple[str, datetime, set[UUID]]]:
    """The credentials by kind and by minute, oldest first, with the latest time of each minute."""
    groups: dict[tuple[datetime, str], tuple[datetime, set[UUID]]] = {}
    for row in rows:
        group = (row.time.replace(second=0, microsecond=0), row.credential_kind)
        latest, ids = groups.get(group, (row.time, set()))
        with suppress(ValueError):  # a credential without an id is none of the tables'
            ids.add(UUID(row.credential_id))
        groups[group] = (max(latest, row.time), ids)
    for (_, kind), (used_at, ids) in sorted(groups.items()):
        yield kind, used_at, ids
