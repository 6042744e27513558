"""The drain: publishes what the outbox lists, and takes it off the list.

Building happens here and not in the transaction that changed something, so what is published is always what was
committed, whoever drains and however often. Two drains at once do no harm; on PostgreSQL they share the work.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from django.db import connection
from django.utils import timezone

from mcp_runtime.contract import keys
from mcp_runtime.contract.jobs import JobState
from tenants.catalogue import tool_catalogue
from tenants.models import Job, Outbox
from tenants.publishing.bell import ring
from tenants.publishing.credentials import credential_document
from tenants.publishing.documents import Document, documents_publish
from tenants.publishing.snapshots import server_document
from tenants.publishing.store import STORE_DOWN, store
from tenants.selectors.credentials import credential_row
from tenants.selectors.housekeeping import publishing_scope
from tenants.selectors.published_servers import server_of_document

logger = logging.getLogger(__name__)

BATCH: Final = 200

LONGEST_WAIT_SECONDS: Final = 300

MOST_BELLS: Final = 20
"""How often a batch rings at most."""


def outbox_hurry() -> None:
    """Drain now, because somebody waits; where the store is down, the next drain does it."""
    try:
        outbox_drain()
    except STORE_DOWN as error:
        logger.warning("publishing waits for the store", extra={"error": type(error).__name__})


def outbox_drain() -> int:
    """Publish until the outbox is empty; returns how many rows were done. Raises STORE_DOWN."""
    done = 0
    while batch := _drain_batch():
        done += batch
        if batch < BATCH:
            break
    return done


def _drain_batch() -> int:
    # Before the transaction, so that a store that hangs keeps no row, and on SQLite no writer, waiting.
    store().ping()
    with publishing_scope():
        waiting = Outbox.objects.filter(available_at__lte=timezone.now()).order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        rows = list(waiting[:BATCH])
        bells = [row for row in rows if row.kind == keys.KIND_JOB]
        built = _build([row for row in rows if row.kind != keys.KIND_JOB])
        documents_publish(list(built.values()))
        _ring(bells)
        done = [row.pk for row in rows if (row.kind, row.key) in built]
        Outbox.objects.filter(pk__in=[*done, *(row.pk for row in bells)]).delete()
        return len(rows)


def _ring(rows: Sequence[Outbox]) -> None:
    """For the jobs that nobody has come for since they were committed. Whoever comes claims on while there is work."""
    jobs = (
        Job.objects.filter(pk__in=[row.key for row in rows], state=JobState.QUEUED.value)
        if rows
        else Job.objects.none()
    )
    waiting = jobs.count()
    if waiting:
        ring(min(waiting, MOST_BELLS))


def _build(rows: Sequence[Outbox]) -> dict[tuple[str, str], Document]:
    """What the rows ask for, each document once, as the database has it now. What can't be built waits."""
    built: dict[tuple[str, str], Document] = {}
    for row in sorted(rows, key=lambda row: row.version, reverse=True):
        if (row.kind, row.key) in built:
            continue
        try:
            built[row.kind, row.key] = _document(row.kind, row.key, row.version)
        except (ImportError, ValueError, msgspec.MsgspecError):
            logger.exception("a document can't be built", extra={"kind": row.kind})
            _postpone(row)
    return built


def _postpone(row: Outbox) -> None:
    seconds = min(2**row.attempts, LONGEST_WAIT_SECONDS)
    available_at = timezone.now() + timedelta(seconds=seconds)
    Outbox.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, available_at=available_at)


def _document(kind: str, name: str, least_version: int) -> Document:
    if kind == keys.KIND_SECRET:
        return Document(kind, name, least_version, b"")  # that it has changed, and nothing of it
    if kind == keys.KIND_SERVER:
        server = server_of_document(name=name)
        if server is not None:
            return server_document(server=server, catalogue=tool_catalogue())
    else:
        row = credential_row(digest=name)
        if row is not None:
            return credential_document(row=row, now=timezone.now())
    return Document(kind, name, least_version, b"")
