"""Documents that the database does not know: rows that were deleted, tombstones that have done their work."""

from time import time_ns
from typing import Final

from mcp_runtime.contract import keys
from tenants.publishing.documents import Document, documents_publish, documents_stored, tombstone_drop
from tenants.publishing.store import store
from tenants.selectors.credentials import credential_row
from tenants.selectors.housekeeping import reconciling_scope
from tenants.selectors.published_servers import server_of_document

TOMBSTONE_MICROSECONDS: Final = 3_600 * 1_000_000
"""How long a tombstone stays: far longer than any build that it has to keep from coming back."""

_PATTERNS: Final = {
    kind: keys.document_key(kind, "*/*").removesuffix("/*")
    for kind in (keys.KIND_SERVER, keys.KIND_CREDENTIAL, keys.KIND_SECRET)
}


def strays_remove(kind: str, known: set[str]) -> int:
    """Bury every document of this kind that is not known, and remove old tombstones of such; returns how many."""
    pattern = _PATTERNS[kind]
    prefix = len(pattern) - 1
    names = (key.decode()[prefix:] for key in store().scan_iter(match=pattern, count=1_000))
    return sum(_remove(kind, name) for name in names if name not in known)


def _remove(kind: str, name: str) -> bool:
    stored = documents_stored(kind, [name])[0]
    if stored is None:
        return False
    if stored.body:
        # Only just newer than what is there: a thing of this name that was made meanwhile is newer still.
        return not _exists(kind, name) and documents_publish([Document(kind, name, stored.version + 1, b"")])[0]
    is_old = stored.version < time_ns() // 1_000 - TOMBSTONE_MICROSECONDS
    return is_old and tombstone_drop(kind, name, stored.version)


def _exists(kind: str, name: str) -> bool:
    with reconciling_scope():
        found = server_of_document(name=name) if kind == keys.KIND_SERVER else credential_row(digest=name)
        return found is not None
