"""Reconciling: the store is compared with what the database says, and mended.

It heals what no outbox row speaks of: a store that was emptied or restored from an old copy, a key that expired, a
toolkit that a new release describes differently, a document that nobody knows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from mcp_runtime.contract import keys
from tenants.catalogue import tool_catalogue
from tenants.models import AccessToken, ApiKey, Server
from tenants.publishing.credentials import credential_document
from tenants.publishing.documents import Document, Stored, documents_publish, documents_stored
from tenants.publishing.snapshots import server_document
from tenants.publishing.strays import strays_remove
from tenants.selectors.credentials import access_token_rows, api_key_rows
from tenants.selectors.housekeeping import reconciling_scope
from tenants.versions import next_version

BATCH: Final = 200

Built = Iterator[tuple[UUID, Document]]


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are published, one document each."""

    kind: str
    model: Any
    build: Callable[[QuerySet[Any]], Built]


def _build_servers(rows: QuerySet[Server]) -> Built:
    for server in rows.select_related("tenant"):
        yield server.pk, server_document(server=server, catalogue=tool_catalogue())


def _build_api_keys(rows: QuerySet[ApiKey]) -> Built:
    now = timezone.now()
    return ((row.id, credential_document(row=row, now=now)) for row in api_key_rows(rows))


def _build_access_tokens(rows: QuerySet[AccessToken]) -> Built:
    now = timezone.now()
    return ((row.id, credential_document(row=row, now=now)) for row in access_token_rows(rows))


SOURCES: Final = (
    Source(keys.KIND_SERVER, Server, _build_servers),
    Source(keys.KIND_CREDENTIAL, ApiKey, _build_api_keys),
    Source(keys.KIND_CREDENTIAL, AccessToken, _build_access_tokens),
)


def reconcile() -> dict[str, int]:
    """Compare everything; returns how many documents were compared, mended, and removed. Raises STORE_DOWN."""
    known: dict[str, set[str]] = {source.kind: set() for source in SOURCES}
    known[keys.KIND_SECRET] = set()  # marks of changes, of no use once everybody has heard
    mended = 0
    for source in SOURCES:
        for built in _batches(source):
            names = [document.name for document in built.values()]
            known[source.kind].update(names)
            stored = documents_stored(source.kind, names)
            wrong = [
                key for (key, document), found in zip(built.items(), stored, strict=True) if _differ(document, found)
            ]
            mended += sum(_mend(source, key) for key in wrong)
    removed = sum(strays_remove(kind, names) for kind, names in known.items())
    return {"compared": sum(map(len, known.values())), "mended": mended, "removed": removed}


def _batches(source: Source) -> Iterator[dict[UUID, Document]]:
    """All rows in the order of their ids. Each batch is a transaction of its own, so that nobody waits for long."""
    after = UUID(int=0)
    while True:
        with reconciling_scope():
            page = source.model.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]
            built = dict(source.build(source.model.objects.filter(pk__in=list(page))))
        if not built:
            return
        yield built
        after = max(built)


def _differ(document: Document, stored: Stored | None) -> bool:
    """Where there is to be nothing, the store may say nothing. The version is part of a body."""
    if document.is_tombstone:
        return stored is not None and stored.body != b""
    return stored is None or stored.body != document.body


def _mend(source: Source, key: UUID) -> bool:
    """Look again with the row locked, for a change may have been under way; then publish. True where it did."""
    with reconciling_scope():
        if source.model.objects.select_for_update().filter(pk=key).first() is None:
            return False
        document = _build_one(source, key)
        stored = documents_stored(source.kind, [document.name])[0]
        if not _differ(document, stored):
            return False
        if stored is not None and stored.version >= document.version:
            source.model.objects.filter(pk=key).update(version=next_version(stored.version))
            document = _build_one(source, key)
        return documents_publish([document])[0]


def _build_one(source: Source, key: UUID) -> Document:
    return next(document for _, document in source.build(source.model.objects.filter(pk=key)))
